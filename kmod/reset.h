/* SPDX-License-Identifier: GPL-2.0 */
/* Resets for TCP segments that belong to no conn. */
#ifndef _L4LB_RESET_H
#define _L4LB_RESET_H

#include "pkt.h"

enum lb_verdict lb_reset(struct lb_pkt *pkt);

#endif /* _L4LB_RESET_H */
