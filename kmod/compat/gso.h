/* SPDX-License-Identifier: GPL-2.0 */
/* <net/gso.h> was split off <linux/skbuff.h> in 6.5. */
#ifndef _L4LB_COMPAT_GSO_H
#define _L4LB_COMPAT_GSO_H

#include <linux/skbuff.h>
#if __has_include(<net/gso.h>)
#include <net/gso.h>
#endif

#endif /* _L4LB_COMPAT_GSO_H */
