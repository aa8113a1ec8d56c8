// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the resets for TCP segments to a director that belong to no conn, as when
 * a server was taken out and its conns with it.
 *
 * As a rule somebody else has the VIP, this machine's stack or one that it
 * forwards to, and answers.  A VIP that is only routed to this machine nobody
 * has: the stack would drop the segment, or send it back to where it came from,
 * and the client would wait for minutes.  (RFC 9293, 3.10.7.1)
 */
#include <linux/if_ether.h>
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "compat/route.h"
#include "icmp.h"
#include "reset.h"
#include "server.h"
#include "xmit.h"

static bool leads_back(const struct lb_pkt *pkt, struct dst_entry *dst)
{
	return !lb_xmit_is_local(dst, pkt->family) && dst->dev == pkt->skb->dev;
}

static bool is_nobodys4(const struct lb_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	bool is_nobodys = false;

	skb_dst_drop(skb);
	if (!lb_compat_route_input(skb, ip_hdr(skb), ip_hdr(skb)->daddr))
		is_nobodys = skb_dst(skb)->error ||
			     leads_back(pkt, skb_dst(skb));
	skb_dst_drop(skb);
	return is_nobodys;
}

static bool is_nobodys6(const struct lb_pkt *pkt)
{
	const struct net *net = pkt->ln->net;
	union nf_inet_addr vip = {}, client = {};
	struct dst_entry *dst;
	bool is_nobodys;

	vip.in6 = pkt->k6.daddr;
	client.in6 = pkt->k6.saddr;
	dst = lb_route_lookup(pkt->ln->net, pkt, &vip, &client, AF_INET6);
	if (!dst)
		return true;
	is_nobodys = !lb_xmit_is_local(dst, AF_INET6) &&
		     (!READ_ONCE(net->ipv6.devconf_all->forwarding) ||
		      leads_back(pkt, dst));
	dst_release(dst);
	return is_nobodys;
}

/* Nothing but a TCP header behind the IP header, and that whole and right. */
static bool can_be_answered(const struct lb_pkt *pkt)
{
	unsigned int head = pkt->family == AF_INET ? sizeof(struct iphdr) :
						     sizeof(struct ipv6hdr);
	const struct sk_buff *skb = pkt->skb;
	const struct tcphdr *th = (void *)(skb->data + pkt->l4off);

	return pkt->l4off == head && th->doff * 4 >= sizeof(*th) &&
	       pkt->l4off + th->doff * 4 <= skb->len &&
	       !nf_checksum(pkt->skb, NF_INET_PRE_ROUTING, pkt->l4off,
			    IPPROTO_TCP, pkt->family);
}

/* Cuts the packet down to its headers; the TCP header becomes the reset. */
static bool make_tcp(const struct lb_pkt *pkt)
{
	unsigned int len = pkt->l4off + sizeof(struct tcphdr);
	struct sk_buff *skb = pkt->skb;
	u32 next, size = skb->len;
	struct tcphdr *th;

	if (pskb_trim(skb, len) || skb_ensure_writable(skb, len))
		return false;
	skb_gso_reset(skb);
	skb->ip_summed = CHECKSUM_NONE;
	th = (struct tcphdr *)(skb->data + pkt->l4off);
	next = ntohl(th->seq) + size - pkt->l4off - th->doff * 4 + th->syn +
	       th->fin;
	swap(th->source, th->dest);
	if (th->ack) {
		th->seq = th->ack_seq;
		th->ack_seq = 0;
		tcp_flag_word(th) = TCP_FLAG_RST;
	} else {
		th->seq = 0;
		th->ack_seq = htonl(next);
		tcp_flag_word(th) = TCP_FLAG_RST | TCP_FLAG_ACK;
	}
	th->doff = sizeof(*th) / 4;
	th->urg_ptr = 0;
	th->check = 0;
	return true;
}

static void make_ip4(const struct lb_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	struct iphdr *iph = ip_hdr(skb);
	struct tcphdr *th = (struct tcphdr *)(skb->data + pkt->l4off);

	swap(iph->saddr, iph->daddr);
	iph->tos = 0;
	iph->tot_len = htons(skb->len);
	iph->id = 0;
	iph->frag_off = htons(IP_DF);
	iph->ttl = READ_ONCE(pkt->ln->net->ipv4.sysctl_ip_default_ttl);
	ip_send_check(iph);
	th->check = tcp_v4_check(sizeof(*th), iph->saddr, iph->daddr,
				 csum_partial(th, sizeof(*th), 0));
}

static void make_ip6(const struct lb_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct tcphdr *th = (struct tcphdr *)(skb->data + pkt->l4off);

	swap(ip6h->saddr, ip6h->daddr);
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->payload_len = htons(sizeof(*th));
	ip6h->hop_limit = READ_ONCE(pkt->ln->net->ipv6.devconf_all->hop_limit);
	th->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, sizeof(*th),
				    IPPROTO_TCP,
				    csum_partial(th, sizeof(*th), 0));
}

static enum lb_verdict send(struct lb_pkt *pkt, union nf_inet_addr *client,
			    struct dst_entry *dst)
{
	struct lb_hop hop;

	pkt->keeps_ttl = true;
	pkt->must_fragment = false;
	if (!make_tcp(pkt))
		return lb_drop(pkt, LB_C_DROP_NOMEM);
	if (pkt->family == AF_INET)
		make_ip4(pkt);
	else
		make_ip6(pkt);
	lb_xmit_client_hop(&hop, client, dst, pkt->family);
	return lb_xmit_send(pkt, &hop, LB_C_DROP_NO_CONN);
}

/**
 * lb_reset() - a TCP segment to a director, of no conn and opening none
 * @pkt: the packet; it becomes the reset that its sender needs, if nobody else
 *	would send one
 *
 * Context: softirq, under RCU.  The skb is gone after LB_STOLEN.
 * Return: what became of it.
 */
enum lb_verdict lb_reset(struct lb_pkt *pkt)
{
	union nf_inet_addr client = {}, vip = {};
	struct dst_entry *dst;
	enum lb_verdict v;

	/*
	 * Never a reset for a reset.  With `service lvs / conntrack` a rule may
	 * have translated the client's address, which only the stack undoes.
	 */
	if (pkt->event == LB_TCP_RST || pkt->is_own || pkt->is_tracked ||
	    !can_be_answered(pkt) || !lb_icmp_source_is_valid(pkt) ||
	    !(pkt->family == AF_INET ? is_nobodys4(pkt) : is_nobodys6(pkt)))
		return lb_pass(pkt, LB_C_PASS_NO_CONN);
	if (pkt->family == AF_INET) {
		client.ip = pkt->k4.saddr;
		vip.ip = pkt->k4.daddr;
	} else {
		client.in6 = pkt->k6.saddr;
		vip.in6 = pkt->k6.daddr;
	}
	dst = lb_route_lookup(pkt->ln->net, pkt, &client, &vip, pkt->family);
	if (!dst)
		return lb_pass(pkt, LB_C_PASS_NO_CONN);
	v = send(pkt, &client, dst);
	/* Freed after a grace period: the neighbour may still look at it. */
	dst_release(dst);
	return v;
}
