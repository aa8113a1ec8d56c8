/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors that the balancer itself sends. */
#ifndef _L4LB_ICMP_H
#define _L4LB_ICMP_H

#include <linux/types.h>

struct lb_pkt;

void lb_icmp_port_unreach(struct lb_pkt *pkt);
void lb_icmp_host_unreach(struct lb_pkt *pkt);
void lb_icmp_time_exceeded(struct lb_pkt *pkt);
void lb_icmp_too_big(struct lb_pkt *pkt, u32 mtu);
bool lb_icmp_source_is_valid(struct lb_pkt *pkt);

#endif /* _L4LB_ICMP_H */
