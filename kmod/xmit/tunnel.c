// SPDX-License-Identifier: GPL-2.0
/*
 * Tunnel mode: the client's packet travels inside another one to the server,
 * which unpacks it and answers the client itself.  The server may be behind
 * routers, and reached by the other address family than the client.
 *
 *	ipip	IP | IP ...			RFC 2003, 2473, 4213
 *	gre	IP | GRE | IP ...		RFC 2784
 *	gue	IP | UDP | GUE | IP ...		GUE version 0
 *
 * The inner packet loses one TTL, as when it is forwarded, and is otherwise
 * sent as it came.  The outer header takes over DSCP and ECN (RFC 6040, 4.1:
 * copied as they are), and DF.
 *
 * A packet that is too long for the way to the server is never fragmented
 * outside, where the server's end of the tunnel would have to collect it: the
 * client is told, or the inner packet fragmented.  The one exception is an IPv6
 * packet of up to 1280 bytes, which has to get through (RFC 8200, 5).
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/siphash.h>
#include <net/dsfield.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include "../compat/dst.h"
#include "../compat/gso.h"
#include "../compat/ipv6_stubs.h"
#include "../conn.h"
#include "../server.h"
#include "../xmit.h"
#include "tunnel.h"

/* RFC 791: what every IPv4 link takes whole. */
#define LB_MIN_MTU4	68

static const struct lb_encap ipip = {
	.gso4 = SKB_GSO_IPXIP4,
	.gso6 = SKB_GSO_IPXIP6,
};

static const struct lb_encap gre = {
	.proto = IPPROTO_GRE,
	.len = LB_GRE_LEN,
	.gso4 = SKB_GSO_GRE,
	.gso6 = SKB_GSO_GRE,
};

/* IPv6 wants a UDP checksum, in IPv4 the inner one will do. */
static const struct lb_encap gue = {
	.proto = IPPROTO_UDP,
	.len = sizeof(struct udphdr) + LB_GUE_LEN,
	.gso4 = SKB_GSO_UDP_TUNNEL,
	.gso6 = SKB_GSO_UDP_TUNNEL_CSUM,
};

/**
 * struct tunnel - one packet's way to its server; on the stack
 */
struct tunnel {
	/** @ln: the namespace */
	struct lb_net *ln;
	/** @encap: what goes between the headers */
	const struct lb_encap *encap;
	/** @route: the way, and the outer source; borrowed under RCU */
	const struct lb_route *route;
	/** @srv: the server */
	const struct lb_server *srv;
	/** @neigh: the next hop's; borrowed under RCU */
	struct neighbour *neigh;
	/** @hop: the next hop */
	struct lb_hop hop;
	/** @hash: of the client's addresses and ports */
	u32 hash;
	/** @mtu: bytes of outer packet that the way takes */
	unsigned int mtu;
	/** @overhead: bytes of all that goes in front */
	unsigned int overhead;
	/** @limit: bytes of inner packet that may be sent whole */
	unsigned int limit;
	/** @inner: family of the client's packet */
	u8 inner;
	/** @outer: family of the server's address */
	u8 outer;
};

/*
 * One flow keeps one hash, whether it comes in fragments or not, so that
 * routers on the way do not reorder it; keyed, for the client to choose only
 * who shares his path by luck.
 */
static u32 flow_hash(const struct lb_pkt *pkt)
{
	u32 seed = (u32)lb_hash_key.key[0] ^ pkt->proto;

	if (pkt->family == AF_INET)
		return jhash_3words((__force u32)pkt->k4.saddr,
				    (__force u32)pkt->k4.daddr,
				    (__force u32)pkt->k4.sport << 16 |
				    (__force u32)pkt->k4.dport, seed);
	/* Addresses and ports are the key's first words. */
	return jhash2((const u32 *)&pkt->k6,
		      offsetof(struct lb_key6, proto) / sizeof(u32), seed);
}

static void tunnel_init(struct tunnel *t, const struct lb_pkt *pkt,
			const struct lb_server *srv,
			const struct lb_route *route,
			const struct lb_encap *encap)
{
	t->ln = pkt->ln;
	t->encap = encap;
	t->route = route;
	t->srv = srv;
	t->hop.dst = route->dst;
	t->hop.nexthop = &route->nexthop;
	t->hop.family = route->gw_family;
	t->inner = pkt->family;
	t->outer = srv->family;
	t->hash = 0;
	if (encap == &gue || t->outer == AF_INET6)
		t->hash = flow_hash(pkt);
	t->overhead = encap->len + (t->outer == AF_INET ?
				    sizeof(struct iphdr) :
				    sizeof(struct ipv6hdr));
	t->mtu = dst_mtu(route->dst);
}

/* As lb_xmit_check(), for what is left of the MTU. */
static enum lb_verdict check(struct tunnel *t, struct lb_pkt *pkt)
{
	if (unlikely(t->mtu < t->overhead + LB_MIN_MTU4))
		return lb_drop(pkt, LB_C_DROP_TUNNEL_MTU);
	t->limit = t->mtu - t->overhead;
	if (t->inner == AF_INET6)
		t->limit = max_t(unsigned int, t->limit, IPV6_MIN_MTU);
	return lb_xmit_check_mtu(pkt, t->limit);
}

/* Room for the outer headers, and an inner one that may be written. */
static bool make_writable(const struct tunnel *t, struct sk_buff *skb)
{
	unsigned int room = LL_RESERVED_SPACE(t->hop.dst->dev) + t->overhead;
	unsigned int len = t->inner == AF_INET ? sizeof(struct iphdr) :
						 sizeof(struct ipv6hdr);

	return !skb_cow_head(skb, room) && !skb_ensure_writable(skb, len);
}

/* Nothing of the reception may follow the packet out. */
static void scrub(const struct lb_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (likely(!pkt->is_own)) {
		skb_orphan(skb);
		skb_clear_tstamp(skb);
	}
	skb_scrub_packet(skb, false);
	skb_forward_csum(skb);
	skb_set_transport_header(skb, pkt->l4off);
	skb->protocol = pkt->family == AF_INET ? htons(ETH_P_IP) :
						 htons(ETH_P_IPV6);
	if (unlikely(pkt->keeps_ttl))
		return;
	if (pkt->family == AF_INET)
		ip_decrease_ttl(ip_hdr(skb));
	else
		ipv6_hdr(skb)->hop_limit--;
}

/*
 * Offloads know of one inner packet.  A packet that is a tunnel's itself, which
 * has come with its inner one's sums or segments still to be made, gets them
 * here; its segments are made by send_segments().
 */
static bool finish_offloads(struct sk_buff *skb)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return false;
	skb->encapsulation = 0;
	return true;
}

static void push_gre(struct sk_buff *skb)
{
	struct lb_grehdr *h = skb_push(skb, sizeof(*h));

	h->flags = 0;
	h->protocol = skb->protocol;
	skb_reset_transport_header(skb);
}

/* The source port is one of the dynamic ones (RFC 6335), as RFC 7510 has it. */
static void push_gue(const struct tunnel *t, struct sk_buff *skb)
{
	struct lb_guehdr *h = skb_push(skb, sizeof(*h));
	struct udphdr *uh;

	h->version_hlen = 0;
	h->protocol = t->inner == AF_INET ? IPPROTO_IPIP : IPPROTO_IPV6;
	h->flags = 0;
	uh = skb_push(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = htons(0xc000 | t->hash >> 18);
	uh->dest = READ_ONCE(t->srv->encap_port);
	uh->len = htons(skb->len);
	uh->check = 0;
	if (t->outer == AF_INET6)
		udp6_set_csum(false, skb, &t->route->source.in6,
			      &t->srv->addr.in6, skb->len);
}

static void push_ip4(const struct tunnel *t, struct sk_buff *skb, u8 proto,
		     u8 tos, __be16 df)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = tos;
	iph->tot_len = htons(skb->len);
	iph->frag_off = df;
	iph->ttl = ip4_dst_hoplimit(t->hop.dst);
	iph->protocol = proto;
	iph->saddr = t->route->source.ip;
	iph->daddr = t->srv->addr.ip;
	ip_select_ident_segs(t->ln->net, skb, NULL,
			     skb_shinfo(skb)->gso_segs ?: 1);
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

/* The flow label lets routers tell flows apart (RFC 6438). */
static void push_ip6(const struct tunnel *t, struct sk_buff *skb, u8 proto,
		     u8 tclass)
{
	struct ipv6hdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	ip6_flow_hdr(iph, tclass, htonl(t->hash) & IPV6_FLOWLABEL_MASK);
	iph->payload_len = htons(skb->len - sizeof(*iph));
	iph->nexthdr = proto;
	iph->hop_limit = ip6_dst_hoplimit(t->hop.dst);
	iph->saddr = t->route->source.in6;
	iph->daddr = t->srv->addr.in6;
	skb->protocol = htons(ETH_P_IPV6);
}

/* Can only fail for want of memory. */
static bool encapsulate(const struct tunnel *t, struct sk_buff *skb)
{
	bool is4 = t->inner == AF_INET, out4 = t->outer == AF_INET;
	u8 tos = is4 ? ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
	__be16 df = is4 ? ip_hdr(skb)->frag_off & htons(IP_DF) : htons(IP_DF);
	u8 proto = t->encap->proto;

	/* Only what must get through is still too long: see above. */
	if (!skb_is_gso(skb) && skb->len + t->overhead > t->mtu)
		df = 0;
	if (!proto)
		proto = is4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	if (unlikely(skb->encapsulation) && !finish_offloads(skb))
		return false;
	skb_reset_mac_header(skb);
	if (iptunnel_handle_offloads(skb, out4 ? t->encap->gso4 :
						 t->encap->gso6))
		return false;
	if (t->encap == &ipip)
		skb_set_inner_ipproto(skb, proto);
	else
		skb_set_inner_protocol(skb, skb->protocol);
	if (t->encap == &gre)
		push_gre(skb);
	else if (t->encap == &gue)
		push_gue(t, skb);
	else
		skb_reset_transport_header(skb);
	if (out4)
		push_ip4(t, skb, proto, tos, df);
	else
		push_ip6(t, skb, proto, tos);
	/* Of the inner packet; it is another one's now. */
	memset(skb->cb, 0, sizeof(skb->cb));
	return true;
}

/* The skb is gone whatever is returned. */
static int send_one(const struct tunnel *t, struct sk_buff *skb)
{
	/* Fragments and segments have come into being since it was checked. */
	if (skb_cow_head(skb, LL_RESERVED_SPACE(t->hop.dst->dev) +
			      t->overhead) || !encapsulate(t, skb)) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	return lb_xmit_outer(t->ln, skb, t->outer, &t->hop, t->neigh,
			     !skb_is_gso(skb) && skb->len > t->mtu);
}

/*
 * Which GSO packets cannot stay one: those with an inner packet already, those
 * whose length the outer header could not tell, and those whose segments are
 * to be fragmented.
 */
static bool must_segment(const struct tunnel *t, const struct sk_buff *skb)
{
	return skb->encapsulation || skb->len + t->overhead > IP_MAX_MTU ||
	       (t->limit + t->overhead > t->mtu &&
		!skb_gso_validate_network_len(skb, t->mtu - t->overhead));
}

/*
 * The kernel fragments for a route.  That to the server is of the outer family
 * and has the outer MTU, so the inner packet is given one that has no limit,
 * and its limit beside it, in the control block.
 */
static unsigned int no_mtu(const struct dst_entry *dst)
{
	return IP_MAX_MTU;
}

static struct dst_ops no_ops = {
	.family = AF_UNSPEC,
	.mtu = no_mtu,
};

static const struct dst_metrics no_metrics = {
	.metrics[RTAX_MTU - 1] = IP_MAX_MTU,
};

/**
 * struct inner_route - what the inner packet is fragmented for; on the stack
 */
struct inner_route {
	union {
		/** @dst: what both routes begin with */
		struct dst_entry dst;
		/** @rt4: for IPv4 */
		struct rtable rt4;
		/** @rt6: for IPv6 */
		struct rt6_info rt6;
	};
	/** @t: where the fragments go */
	const struct tunnel *t;
};

static void inner_route_init(struct inner_route *r, const struct tunnel *t)
{
	struct dst_entry *dst = &r->dst;

	BUILD_BUG_ON(offsetof(struct rtable, dst));
	BUILD_BUG_ON(offsetof(struct rt6_info, dst));
	memset(r, 0, sizeof(*r));
	r->t = t;
	dst->ops = &no_ops;
	dst->_metrics = (unsigned long)&no_metrics | DST_METRICS_READ_ONLY;
	dst->dev = t->hop.dst->dev;
	/* IPv6 fragments take references, and give them back one by one. */
	lb_compat_dst_own(dst);
}

/* Each fragment comes with the route. */
static int send_fragment(struct net *net, struct sock *sk,
			 struct sk_buff *skb)
{
	const struct inner_route *r;
	const struct tunnel *t;

	r = container_of(skb_dst(skb), struct inner_route, dst);
	t = r->t;
	skb_dst_drop(skb);
	return send_one(t, skb);
}

static void fragment4(const struct tunnel *t, struct sk_buff *skb)
{
	unsigned int max = IPCB(skb)->frag_max_size;

	if (!max || max > t->limit)
		IPCB(skb)->frag_max_size = t->limit;
	ip_do_fragment(t->ln->net, NULL, skb, send_fragment);
}

static void fragment6(const struct tunnel *t, struct sk_buff *skb)
{
	unsigned int max = IP6CB(skb)->frag_max_size;

	if (!max || max > t->limit)
		IP6CB(skb)->frag_max_size = t->limit;
	/* Reassembled, it may be longer by its header than any MTU. */
	skb->ignore_df = 1;
	lb_compat_ip6_fragment(t->ln->net, skb, send_fragment);
}

/* The inner packet goes in fragments, each of them in a packet of its own. */
static void send_fragments(const struct tunnel *t, struct sk_buff *skb)
{
	struct inner_route r;

	inner_route_init(&r, t);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &r.dst);
	if (t->inner == AF_INET)
		fragment4(t, skb);
	else
		fragment6(t, skb);
}

static void send_segments(const struct tunnel *t, struct sk_buff *skb,
			  bool must_fragment)
{
	struct sk_buff *segs = skb_gso_segment(skb, 0), *seg, *next;

	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		if (must_fragment)
			send_fragments(t, seg);
		else
			send_one(t, seg);
	}
}

/* The skb is gone after it. */
static void tunnel_send(const struct tunnel *t, struct sk_buff *skb,
			bool must_fragment)
{
	if (unlikely(must_fragment))
		lb_count(t->ln, LB_C_FRAGMENTED);
	if (skb_is_gso(skb) && unlikely(must_fragment || must_segment(t, skb)))
		send_segments(t, skb, must_fragment);
	else if (unlikely(must_fragment))
		send_fragments(t, skb);
	else
		send_one(t, skb);
}

static enum lb_verdict tunnel_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				   const struct lb_encap *encap)
{
	const struct lb_route *route = lb_server_route(srv, pkt);
	unsigned int len = pkt->skb->len;
	enum lb_verdict v;
	struct tunnel t;

	if (unlikely(!route))
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);
	if (unlikely(route->is_local)) {
		/* As if it had come out of a tunnel here. */
		lb_stats_packet(srv->stats, 0, len);
		return lb_pass(pkt, LB_C_PASS_LOCAL_SERVER);
	}
	if (unlikely(!route->has_source))
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);

	tunnel_init(&t, pkt, srv, route, encap);
	v = check(&t, pkt);
	if (v != LB_CONTINUE)
		return v;
	t.neigh = lb_xmit_neigh(&t.hop);
	if (IS_ERR(t.neigh))
		return lb_drop(pkt, LB_C_DROP_NEIGH);
	if (unlikely(pkt->is_tracked)) {
		v = lb_xmit_post_routing(pkt, route->dst);
		if (v != LB_CONTINUE)
			return v;
	}
	if (!make_writable(&t, pkt->skb))
		return lb_drop(pkt, LB_C_DROP_NOMEM);

	scrub(pkt);
	lb_count(pkt->ln, unlikely(pkt->is_portless) ? LB_C_FORWARD_ICMP :
						       LB_C_FORWARD_TUNNEL);
	tunnel_send(&t, pkt->skb, pkt->must_fragment);
	lb_stats_packet(srv->stats, 0, len);
	return LB_STOLEN;
}

static enum lb_verdict ipip_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				 struct lb_conn *conn)
{
	return tunnel_xmit(pkt, srv, &ipip);
}

static enum lb_verdict gre_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				struct lb_conn *conn)
{
	return tunnel_xmit(pkt, srv, &gre);
}

static enum lb_verdict gue_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				struct lb_conn *conn)
{
	return tunnel_xmit(pkt, srv, &gue);
}

const struct lb_xmit_ops lb_xmit_ipip = {
	.name = "tunnel",
	.encap = "ipip",
	.tunnel = &ipip,
	.xmit = ipip_xmit,
};

const struct lb_xmit_ops lb_xmit_gre = {
	.name = "tunnel",
	.encap = "gre",
	.tunnel = &gre,
	.xmit = gre_xmit,
};

const struct lb_xmit_ops lb_xmit_gue = {
	.name = "tunnel",
	.encap = "gue",
	.has_encap_port = true,
	.tunnel = &gue,
	.xmit = gue_xmit,
};
