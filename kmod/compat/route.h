/* SPDX-License-Identifier: GPL-2.0 */
/* Shims for <net/route.h>. */
#ifndef _L4LB_COMPAT_ROUTE_H
#define _L4LB_COMPAT_ROUTE_H

#include <linux/version.h>
#include <net/ip.h>
#include <net/route.h>

/* The TOS argument became a dscp_t in 6.13; the return, a drop reason. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define lb_compat_iph_tos(iph) ip4h_dscp(iph)
#else
#define lb_compat_iph_tos(iph) ((iph)->tos)
#endif

/**
 * lb_compat_route_input() - attach an input route to a packet, unreferenced
 * @skb: the packet
 * @iph: its IPv4 header
 * @daddr: where it is taken to go
 *
 * Return: 0 or what the kernel refuses it for, not 0.
 */
static inline int lb_compat_route_input(struct sk_buff *skb,
					const struct iphdr *iph, __be32 daddr)
{
	return ip_route_input_noref(skb, daddr, iph->saddr,
				    lb_compat_iph_tos(iph), skb->dev);
}

#endif /* _L4LB_COMPAT_ROUTE_H */
