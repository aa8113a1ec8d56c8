// SPDX-License-Identifier: GPL-2.0
/*
 * Owns parsing: decides which packets the balancer may judge at all, and
 * reads addresses, ports and TCP flags of those.  Reads, never writes.
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_bridge.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "config.h"
#include "pkt.h"

/*
 * The errors that quote a packet.  Not source quench, which nobody heeds any
 * more (RFC 6633), nor redirects, which are for the neighbour who gets them.
 */
static bool is_icmp_error(const struct lb_pkt *pkt)
{
	if (pkt->family == AF_INET6)
		return pkt->proto == IPPROTO_ICMPV6 &&
		       !(pkt->icmp_type & ICMPV6_INFOMSG_MASK);
	return pkt->proto == IPPROTO_ICMP &&
	       (pkt->icmp_type == ICMP_DEST_UNREACH ||
		pkt->icmp_type == ICMP_TIME_EXCEEDED ||
		pkt->icmp_type == ICMP_PARAMETERPROB);
}

/* The type is at @off, if that is not negative. */
static void parse_icmp(struct lb_pkt *pkt, int off)
{
	const u8 *type = NULL;
	u8 buf;

	if (off >= 0 && (pkt->proto == IPPROTO_ICMP ||
			 pkt->proto == IPPROTO_ICMPV6))
		type = skb_header_pointer(pkt->skb, off, sizeof(buf), &buf);
	pkt->has_icmp_type = type;
	pkt->icmp_type = type ? *type : 0;
	pkt->is_icmp_error = type && is_icmp_error(pkt);
}

/*
 * Not for a director, but flows may deny it, if there are any that ask about
 * such packets, and ICMP errors may be about a conn: read what can be read.
 */
static enum lb_verdict parse_portless(struct lb_pkt *pkt, int off,
				      enum lb_counter why)
{
	const struct lb_config *cfg = rcu_dereference(pkt->ln->config);

	/* Of @pass_why and @dropped_for. */
	BUILD_BUG_ON(LB_C_NR > U8_MAX);
	parse_icmp(pkt, off);
	if (likely(!cfg->judges_portless && !pkt->is_icmp_error))
		return lb_pass_rest(pkt, why);
	pkt->is_portless = true;
	pkt->pass_why = why;
	if (pkt->family == AF_INET) {
		pkt->k4.saddr = ip_hdr(pkt->skb)->saddr;
		pkt->k4.daddr = ip_hdr(pkt->skb)->daddr;
		pkt->k4.sport = 0;
		pkt->k4.dport = 0;
	} else {
		pkt->k6.saddr = ipv6_hdr(pkt->skb)->saddr;
		pkt->k6.daddr = ipv6_hdr(pkt->skb)->daddr;
		pkt->k6.sport = 0;
		pkt->k6.dport = 0;
	}
	return LB_PASS_JUDGED;
}

static enum lb_tcp_event tcp_event(const struct tcphdr *th)
{
	if (th->rst)
		return LB_TCP_RST;
	if (th->syn)
		return LB_TCP_SYN;
	if (th->fin)
		return LB_TCP_FIN;
	return th->ack ? LB_TCP_ACK : LB_TCP_NONE;
}

/* Ports and flags; the header is made linear, so skb->head may change. */
static enum lb_verdict parse_l4(struct lb_pkt *pkt, __be16 *ports)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int len;

	if (pkt->proto == IPPROTO_TCP)
		len = sizeof(struct tcphdr);
	else if (pkt->proto == IPPROTO_UDP)
		len = sizeof(struct udphdr);
	else
		return parse_portless(pkt, pkt->l4off, LB_C_PASS_PROTO);

	if (!pskb_may_pull(skb, pkt->l4off + len))
		return parse_portless(pkt, -1, LB_C_PASS_TRUNCATED);

	memcpy(ports, skb->data + pkt->l4off, 2 * sizeof(*ports));
	pkt->event = LB_TCP_NONE;
	pkt->is_first_syn = false;
	pkt->is_portless = false;
	if (pkt->proto == IPPROTO_TCP) {
		const struct tcphdr *th;

		th = (const struct tcphdr *)(skb->data + pkt->l4off);
		pkt->event = tcp_event(th);
		pkt->is_first_syn = pkt->event == LB_TCP_SYN &&
				    !th->ack && !th->fin;
	}
	return LB_CONTINUE;
}

static enum lb_verdict parse4(struct lb_pkt *pkt)
{
	const struct iphdr *iph = ip_hdr(pkt->skb);
	enum lb_verdict v;

	pkt->proto = iph->protocol;
	/* Some kernels let raw sockets send such a header. */
	if (unlikely(iph->ihl < 5))
		return parse_portless(pkt, -1, LB_C_PASS_TRUNCATED);
	/* The defragmenter, at a higher priority, leaves none in practice. */
	if (ip_is_fragment(iph))
		return parse_portless(pkt, -1, LB_C_PASS_FRAGMENT);

	pkt->has_options = iph->ihl > 5;
	pkt->l4off = skb_network_offset(pkt->skb) + iph->ihl * 4;
	v = parse_l4(pkt, &pkt->k4.sport);
	if (v != LB_CONTINUE)
		return v;

	iph = ip_hdr(pkt->skb);
	pkt->k4.saddr = iph->saddr;
	pkt->k4.daddr = iph->daddr;
	pkt->k4.proto = pkt->proto;
	return LB_CONTINUE;
}

/*
 * Walk extension headers to TCP or UDP.  A routing header that is not yet
 * used up means the destination address is not the final one, and behind an
 * authentication header nothing may be rewritten: both are the stack's.
 */
static int skip_exthdrs(struct sk_buff *skb, u8 *proto, bool *is_frag)
{
	int flags = IP6_FH_F_SKIP_RH;
	unsigned int at = 0;
	__be16 frag_off = 0;
	int off;

	if (ipv6_find_hdr(skb, &at, NEXTHDR_ROUTING, NULL, &flags) >= 0)
		return -EINVAL;
	at = 0;
	if (ipv6_find_hdr(skb, &at, NEXTHDR_AUTH, NULL, NULL) >= 0)
		return -EINVAL;

	off = ipv6_skip_exthdr(skb, skb_network_offset(skb) +
			       (int)sizeof(struct ipv6hdr), proto, &frag_off);
	*is_frag = frag_off & htons(IP6_OFFSET | IP6_MF);
	return off;
}

static enum lb_verdict parse6(struct lb_pkt *pkt)
{
	const struct ipv6hdr *iph = ipv6_hdr(pkt->skb);
	enum lb_verdict v;

	pkt->proto = iph->nexthdr;
	pkt->has_options = false;
	pkt->l4off = skb_network_offset(pkt->skb) + sizeof(*iph);
	if (unlikely(ipv6_ext_hdr(pkt->proto))) {
		bool is_frag = false;
		int off = skip_exthdrs(pkt->skb, &pkt->proto, &is_frag);

		if (is_frag)
			return parse_portless(pkt, -1, LB_C_PASS_FRAGMENT);
		if (off < 0)
			return parse_portless(pkt, -1, LB_C_PASS_TRUNCATED);
		pkt->l4off = off;
	}
	v = parse_l4(pkt, &pkt->k6.sport);
	if (v != LB_CONTINUE)
		return v;

	iph = ipv6_hdr(pkt->skb);
	pkt->k6.saddr = iph->saddr;
	pkt->k6.daddr = iph->daddr;
	pkt->k6.proto = pkt->proto;
	return LB_CONTINUE;
}

/*
 * br_netfilter shows a bridge's frames to this hook: those that it passes to
 * another machine, and those for this one, which will not be shown again when
 * they come up.  Frames that have another header before IP's are left alone.
 */
static bool is_bridged_past(const struct sk_buff *skb)
{
	return nf_bridge_info_exists(skb) &&
	       (skb_vlan_tag_present(skb) ||
		(skb->protocol != htons(ETH_P_IP) &&
		 skb->protocol != htons(ETH_P_IPV6)) ||
		!ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr));
}

/* What came through lo this machine has sent, and was seen at LOCAL_OUT. */
static enum lb_verdict judge_arrival(const struct lb_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return lb_pass(pkt, LB_C_PASS_NOT_HOST);
	if (unlikely(is_bridged_past(skb)))
		return lb_pass(pkt, LB_C_PASS_BRIDGED);
	if (unlikely(skb->dev->flags & IFF_LOOPBACK))
		return lb_pass(pkt, LB_C_PASS_LOOPBACK);
	return LB_CONTINUE;
}

/**
 * lb_pkt_parse() - fill the key and the facts of a packet
 * @pkt: @skb, @ln, @family and @is_own are set, the rest is filled
 *
 * Context: softirq, in the netfilter hook.  May reallocate the skb's head.
 * Return: LB_CONTINUE; LB_PASS_JUDGED for what no director takes, but a flow
 * may deny; LB_PASS for what the balancer does not judge.
 */
enum lb_verdict lb_pkt_parse(struct lb_pkt *pkt)
{
	enum lb_verdict v = LB_CONTINUE;

	if (likely(!pkt->is_own))
		v = judge_arrival(pkt);
	if (unlikely(v != LB_CONTINUE))
		return v;
	return pkt->family == AF_INET ? parse4(pkt) : parse6(pkt);
}
