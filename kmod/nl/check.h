/* SPDX-License-Identifier: GPL-2.0 */
/* The health checker's socket. */
#ifndef _L4LB_NL_CHECK_H
#define _L4LB_NL_CHECK_H

#include <linux/types.h>

struct lb_net;

void lb_nl_monitor_end(struct lb_net *ln, u32 portid);

#endif /* _L4LB_NL_CHECK_H */
