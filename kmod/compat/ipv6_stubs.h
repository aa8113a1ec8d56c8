/* SPDX-License-Identifier: GPL-2.0 */
/*
 * <net/ipv6_stubs.h>: how code outside ipv6.ko got at functions of it that are
 * not exported.  It is gone from where IPv6 can no longer be a module (7.x),
 * and ip6_fragment() exported.
 */
#ifndef _L4LB_COMPAT_IPV6_STUBS_H
#define _L4LB_COMPAT_IPV6_STUBS_H

#include <net/ip6_route.h>
#if __has_include(<net/ipv6_stubs.h>)
#include <net/ipv6_stubs.h>
#endif

/**
 * lb_compat_ip6_fragment() - send a packet in fragments
 * @net: the namespace
 * @skb: the packet, with a route; it is gone afterwards
 * @output: called for each fragment
 *
 * Return: as ip6_fragment().
 */
static inline int lb_compat_ip6_fragment(struct net *net, struct sk_buff *skb,
					 int (*output)(struct net *net,
						       struct sock *sk,
						       struct sk_buff *skb))
{
#if __has_include(<net/ipv6_stubs.h>)
	return ipv6_stub->ipv6_fragment(net, NULL, skb, output);
#else
	return ip6_fragment(net, NULL, skb, output);
#endif
}

#endif /* _L4LB_COMPAT_IPV6_STUBS_H */
