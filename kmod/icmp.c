// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the ICMP errors that the balancer sends, and the input route they need.
 *
 * icmp_send() silently does nothing for a packet without a route, and takes
 * the sender's address from it: the VIP if that is local.  At PRE_ROUTING
 * there is no route yet, so one is looked up as the stack would have done a
 * moment later.  That lookup is also the kernel's only source validation
 * (rp_filter, martians), which is why it serves for that too.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>
#include "compat/route.h"
#include "icmp.h"
#include "pkt.h"

static bool input_route4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	skb_dst_drop(skb);
	return !lb_compat_route_input(skb, iph, iph->daddr);
}

/*
 * Where the VIP is neither local nor forwarded to, the stack gives up before
 * it looks at the source.  A packet to this machine is always looked at.
 */
static bool source_is_valid4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	__be32 local;

	if (!input_route4(skb))
		return false;
	if (!skb_dst(skb)->error)
		return true;
	local = inet_select_addr(skb->dev, iph->saddr, RT_SCOPE_LINK);
	skb_dst_drop(skb);
	return !local || !lb_compat_route_input(skb, iph, local);
}

static void send4(struct lb_pkt *pkt, int type, int code, u32 info)
{
	if (input_route4(pkt->skb))
		icmp_send(pkt->skb, type, code, htonl(info));
	skb_dst_drop(pkt->skb);
}

/**
 * lb_icmp_port_unreach() - tell the client that nobody serves it
 * @pkt: its packet, as it came
 *
 * Context: softirq, under RCU.
 */
void lb_icmp_port_unreach(struct lb_pkt *pkt)
{
	/* Its sender gets the error from the system call, see local.c. */
	if (pkt->is_own)
		return;
	if (pkt->family == AF_INET)
		send4(pkt, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	else
		icmpv6_send(pkt->skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH,
			    0);
}

/**
 * lb_icmp_host_unreach() - tell the client that its server is out of reach
 * @pkt: its packet, as it came
 *
 * Context: softirq, under RCU.
 */
void lb_icmp_host_unreach(struct lb_pkt *pkt)
{
	if (pkt->family == AF_INET)
		send4(pkt, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		icmpv6_send(pkt->skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH,
			    0);
}

/**
 * lb_icmp_time_exceeded() - tell the sender that its packet's time ran out
 * @pkt: the packet, as it came
 *
 * Context: softirq, under RCU.
 */
void lb_icmp_time_exceeded(struct lb_pkt *pkt)
{
	if (pkt->family == AF_INET)
		send4(pkt, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	else
		icmpv6_send(pkt->skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT,
			    0);
}

/*
 * An own packet has the route by which it would have left.  The error below
 * makes its socket look that up again, unless it leads to this machine, as to
 * a VIP that is local: such a route the socket keeps whatever becomes known.
 * So the MTU is noted first, and the socket made to forget its route.
 */
static void own_too_big4(struct sk_buff *skb, u32 mtu)
{
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (skb->sk && sk_fullsock(skb->sk))
		sk_dst_reset(skb->sk);
	/* Now without a reference, the route lives on under RCU. */
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
}

/**
 * lb_icmp_too_big() - tell the sender the MTU that its packet is over
 * @pkt: the packet, as it came
 * @mtu: bytes of IP packet that fit
 *
 * Context: softirq, under RCU.
 */
void lb_icmp_too_big(struct lb_pkt *pkt, u32 mtu)
{
	if (pkt->family == AF_INET && pkt->is_own)
		own_too_big4(pkt->skb, mtu);
	else if (pkt->family == AF_INET)
		send4(pkt, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
	else
		icmpv6_send(pkt->skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

static bool source_is_valid6(const struct lb_pkt *pkt)
{
	const struct in6_addr *source = &ipv6_hdr(pkt->skb)->saddr;

	return !ipv6_addr_any(source) &&
	       !ipv6_chk_addr(pkt->ln->net, source, NULL, 0);
}

/**
 * lb_icmp_source_is_valid() - would the stack accept this packet's source?
 * @pkt: the first packet of a conn, or an ICMP error about one
 *
 * IPv4: rp_filter and the martian checks, which live in the input route
 * lookup that a stolen packet never reaches.  IPv6 has no rp_filter in the
 * core and has checked multicast and loopback sources before; what remains are
 * the unspecified address and those of this machine.
 *
 * Context: softirq, under RCU.
 * Return: true if the packet may be balanced.
 */
bool lb_icmp_source_is_valid(struct lb_pkt *pkt)
{
	bool ok;

	if (pkt->family == AF_INET6)
		return source_is_valid6(pkt);
	ok = source_is_valid4(pkt->skb);
	skb_dst_drop(pkt->skb);
	return ok;
}
