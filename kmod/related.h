/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors about packets of conns. */
#ifndef _L4LB_RELATED_H
#define _L4LB_RELATED_H

#include <linux/types.h>
#include "pkt.h"

struct lb_conn;

enum lb_verdict lb_related(struct lb_pkt *pkt);
bool lb_related_translate(struct lb_pkt *pkt, const struct lb_conn *conn);

#endif /* _L4LB_RELATED_H */
