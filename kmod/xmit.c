// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the table of modes, and what all of them do at the end: judge TTL and
 * size, and hand the packet to the neighbour layer.
 *
 * The packet leaves as the forwarding path would send it, but FORWARD and
 * POST_ROUTING do not see it.  Those of tracked conns meet POST_ROUTING.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>
#include "compat/gso.h"
#include "compat/ipv6_stubs.h"
#include "icmp.h"
#include "local.h"
#include "server.h"
#include "xmit.h"

static const struct lb_xmit_ops *const modes[] = {
	&lb_xmit_gateway,
	&lb_xmit_nat,
	&lb_xmit_ipip,
	&lb_xmit_gre,
	&lb_xmit_gue,
};

/**
 * lb_xmit_find() - a mode by name
 * @name: as in `mode NAME`
 * @encap: as in `mode tunnel ENCAP`; NULL: the mode's first
 *
 * Return: its ops, or NULL.
 */
const struct lb_xmit_ops *lb_xmit_find(const char *name, const char *encap)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(modes[i]->name, name))
			continue;
		if (!encap || (modes[i]->encap &&
			       !strcmp(modes[i]->encap, encap)))
			return modes[i];
	}
	return NULL;
}

/**
 * lb_xmit_at() - the i-th mode, for listing
 * @i: from 0; the encapsulations of one mode follow each other
 *
 * Return: its ops, or NULL behind the last.
 */
const struct lb_xmit_ops *lb_xmit_at(unsigned int i)
{
	return i < ARRAY_SIZE(modes) ? modes[i] : NULL;
}

/**
 * lb_xmit_is_local() - does a route lead to this machine itself?
 * @dst: the route
 * @family: its family
 *
 * Return: true if what takes it goes through lo.
 */
bool lb_xmit_is_local(struct dst_entry *dst, u8 family)
{
	if (family == AF_INET)
		return container_of(dst, struct rtable, dst)->rt_flags &
		       RTCF_LOCAL;
	return container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_LOCAL;
}

/* Reassembled at the entrance: what counts is how big its fragments were. */
static unsigned int frag_max_size(const struct lb_pkt *pkt)
{
	return pkt->family == AF_INET ? IPCB(pkt->skb)->frag_max_size :
					IP6CB(pkt->skb)->frag_max_size;
}

static bool fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb->len <= mtu)
		return true;
	return skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu);
}

/*
 * May a packet over the MTU be sent in fragments?  IPv4: unless its sender
 * said DF, or if it came in fragments that fit.  IPv6: only the latter, as a
 * router would have passed them on one by one.  Own packets, if their socket
 * would have them fragmented on their own way out, too.
 */
static bool may_fragment(const struct lb_pkt *pkt, unsigned int mtu)
{
	unsigned int max = frag_max_size(pkt);

	/* DF there is only a wish, unless the socket insists on it. */
	if (pkt->is_own && pkt->skb->ignore_df)
		return true;
	if (max && max <= mtu)
		return true;
	return pkt->family == AF_INET &&
	       !(ip_hdr(pkt->skb)->frag_off & htons(IP_DF));
}

/*
 * What was reassembled here leaves in fragments no larger than it came in: the
 * sender may have cut it for a smaller MTU further on.
 */
static bool came_in_fragments(const struct lb_pkt *pkt)
{
	unsigned int max = frag_max_size(pkt);

	return unlikely(max) && pkt->skb->len > max;
}

static bool has_time(const struct lb_pkt *pkt)
{
	return pkt->family == AF_INET ? ip_hdr(pkt->skb)->ttl > 1 :
					ipv6_hdr(pkt->skb)->hop_limit > 1;
}

/**
 * lb_xmit_check_mtu() - may the packet go on, as it came?
 * @pkt: the packet, nothing of it rewritten yet, so that an ICMP error quotes
 *	what its sender sent
 * @mtu: bytes of it that the way takes
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE, or LB_DROP with the sender told why.
 */
enum lb_verdict lb_xmit_check_mtu(struct lb_pkt *pkt, unsigned int mtu)
{
	if (unlikely(skb_warn_if_lro(pkt->skb)))
		return lb_drop(pkt, LB_C_DROP_LRO);
	if (unlikely(!has_time(pkt) && !pkt->keeps_ttl)) {
		lb_icmp_time_exceeded(pkt);
		return lb_drop(pkt, LB_C_DROP_TTL);
	}
	pkt->must_fragment = came_in_fragments(pkt);
	if (likely(fits(pkt->skb, mtu)))
		return LB_CONTINUE;
	if (may_fragment(pkt, mtu)) {
		pkt->must_fragment = true;
		return LB_CONTINUE;
	}
	lb_icmp_too_big(pkt, mtu);
	return lb_drop(pkt, LB_C_DROP_MTU);
}

/*
 * As for what the stack forwards: what ICMP has told about IPv4 is for the ends
 * of a conn, and anybody may have sent it; believed here, it would make the
 * way of all clients as narrow as 552 bytes.  That of IPv6 ends at 1280.
 */
static unsigned int forward_mtu(const struct lb_pkt *pkt,
				const struct dst_entry *dst)
{
	if (dst->ops->family == AF_INET)
		return ip_dst_mtu_maybe_forward(dst, !pkt->is_own);
	return dst_mtu(dst);
}

/**
 * lb_xmit_check() - as lb_xmit_check_mtu(), for a route
 * @pkt: the packet
 * @dst: the route it would take
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE, or LB_DROP with the sender told why.
 */
enum lb_verdict lb_xmit_check(struct lb_pkt *pkt, const struct dst_entry *dst)
{
	enum lb_verdict v;

	if (likely(!pkt->keeps_ttl || !(dst->dev->flags & IFF_LOOPBACK)))
		return lb_xmit_check_mtu(pkt, forward_mtu(pkt, dst));
	/*
	 * To this machine, through lo, which takes anything whole.  Its address
	 * may be a VIP, whose path MTU, of a tunnel say, is not that of lo.
	 */
	v = lb_xmit_check_mtu(pkt, dst->dev->mtu);
	pkt->must_fragment = false;
	return v;
}

static struct neighbour *find_neigh(struct net_device *dev,
				    const struct lb_hop *hop)
{
	if (hop->family == AF_INET)
		return ip_neigh_gw4(dev, hop->nexthop->ip);
	return ip_neigh_gw6(dev, &hop->nexthop->in6);
}

/*
 * The hh cache of the device knows one protocol: an IPv4 packet to an IPv6
 * neighbour must have its header built each time.
 */
static int output(struct sk_buff *skb, struct neighbour *neigh,
		  const struct lb_hop *hop)
{
	bool skip_cache = hop->family == AF_INET6 &&
			  skb->protocol == htons(ETH_P_IP);

	return neigh_output(neigh, skb, skip_cache);
}

/*
 * Fragments come one by one, with no word of the hop; but a route to a server
 * tells its next hop itself (see lookup4() in server.c), and any other leads
 * where the header's destination is.
 */
static int output_fragment(struct net *net, struct sock *sk,
			   struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	bool is_v6gw = false;
	struct neighbour *neigh;

	if (skb->protocol == htons(ETH_P_IP)) {
		struct rtable *rt = container_of(dst, struct rtable, dst);

		neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	} else {
		struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

		neigh = ip_neigh_gw6(skb->dev,
				     rt6_nexthop(rt, &ipv6_hdr(skb)->daddr));
	}
	if (!IS_ERR(neigh))
		return neigh_output(neigh, skb, is_v6gw);
	kfree_skb(skb);
	return PTR_ERR(neigh);
}

static void fragment(const struct lb_pkt *pkt, struct sk_buff *skb)
{
	struct net *net = pkt->ln->net;

	if (pkt->family == AF_INET)
		ip_do_fragment(net, NULL, skb, output_fragment);
	else
		lb_compat_ip6_fragment(net, skb, output_fragment);
}

/* Each segment is a packet that the sender has sent: no larger than it was. */
static void fragment_segments(const struct lb_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	struct sk_buff *segs, *next;

	segs = skb_gso_segment(skb, netif_skb_features(skb) &
				    ~NETIF_F_GSO_MASK);
	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		fragment(pkt, skb);
	}
}

static void send_fragments(struct lb_pkt *pkt)
{
	lb_count(pkt->ln, LB_C_FRAGMENTED);
	/* Each fragment takes a reference of its own to the route. */
	if (!skb_dst_force(pkt->skb)) {
		kfree_skb(pkt->skb);
		return;
	}
	if (skb_is_gso(pkt->skb))
		fragment_segments(pkt);
	else
		fragment(pkt, pkt->skb);
}

static void forward(const struct lb_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (pkt->family == AF_INET) {
		IPCB(skb)->flags |= IPSKB_FORWARDED;
		ip_decrease_ttl(ip_hdr(skb));
	} else {
		IP6CB(skb)->flags |= IP6SKB_FORWARDED;
		ipv6_hdr(skb)->hop_limit--;
	}
}

/*
 * Make the packet ours: nothing of its reception may follow it out.  An own
 * packet stays its socket's, which counts what is on its way and paces it.
 */
static void scrub(struct lb_pkt *pkt, struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;

	if (likely(!pkt->is_own)) {
		skb_orphan(skb);
		skb_forward_csum(skb);
		skb_clear_tstamp(skb);
	}
	if (likely(!pkt->is_tracked)) {
		nf_reset_ct(skb);
		skb->dev = dst->dev;
	}
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	skb->protocol = pkt->family == AF_INET ? htons(ETH_P_IP) :
						 htons(ETH_P_IPV6);
	if (likely(!pkt->keeps_ttl)) {
		forward(pkt);
	} else if (dst->dev->flags & IFF_LOOPBACK) {
		nf_reset_ct(skb);
		lb_local_untrack(skb);
	}
}

/*
 * The rest of the forwarding path: POST_ROUTING, where the system's own rules
 * translate the source and nf_conntrack confirms its entry, then fragments and
 * the neighbour.  The device it came in by is still skb->dev, for rules to see.
 */
static enum lb_verdict send_tracked(struct lb_pkt *pkt, struct dst_entry *dst,
				    enum lb_counter done)
{
	bool must_fragment = pkt->must_fragment;

	scrub(pkt, dst);
	/* Only a hook says so; what comes after them, others count. */
	if (dst_output(pkt->ln->net, NULL, pkt->skb) == -EPERM) {
		lb_count(pkt->ln, LB_C_DROP_POST_ROUTING);
		return LB_FREED;
	}
	lb_count(pkt->ln, done);
	if (must_fragment)
		lb_count(pkt->ln, LB_C_FRAGMENTED);
	return LB_STOLEN;
}

/**
 * lb_xmit_post_routing() - show a packet to POST_ROUTING before encapsulation
 * @pkt: the inner packet as it came; headers may be reallocated
 * @dst: the route of the outer packet
 *
 * Does nothing for conns that are not tracked.  Afterwards the packet belongs
 * to no nf_conntrack entry and is sent like any other.  Rules may look into a
 * route, so where that is of the other family they are not asked, and nothing
 * is tracked.  A rule that queues packets for userspace drops them: what comes
 * back could not be encapsulated any more.
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE, or LB_FREED.
 */
enum lb_verdict lb_xmit_post_routing(struct lb_pkt *pkt, struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;

	if (likely(!pkt->is_tracked))
		return LB_CONTINUE;
	if (dst->ops->family == pkt->family) {
		skb_dst_drop(skb);
		skb_dst_set_noref(skb, dst);
		/* What comes back from a queue, maybe without us, is dropped. */
		if (nf_hook(dst->ops->family == AF_INET ? NFPROTO_IPV4 :
							  NFPROTO_IPV6,
			    NF_INET_POST_ROUTING, pkt->ln->net, NULL, skb,
			    skb->dev, dst->dev, dst_discard_out) != 1) {
			lb_count(pkt->ln, LB_C_DROP_POST_ROUTING);
			return LB_FREED;
		}
	}
	nf_reset_ct(skb);
	pkt->is_tracked = false;
	return LB_CONTINUE;
}

/**
 * lb_xmit_send() - send a checked packet
 * @pkt: the packet, its network header writable
 * @hop: where to
 * @done: the FORWARD counter if it is sent
 *
 * Context: softirq, under RCU.  The skb is gone after LB_STOLEN and LB_FREED.
 * Return: LB_STOLEN, LB_DROP or LB_FREED.
 */
enum lb_verdict lb_xmit_send(struct lb_pkt *pkt, const struct lb_hop *hop,
			     enum lb_counter done)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int room = LL_RESERVED_SPACE(hop->dst->dev);
	struct neighbour *neigh;

	if (unlikely(pkt->is_portless))
		done = LB_C_FORWARD_ICMP;
	if (unlikely(pkt->is_tracked))
		return send_tracked(pkt, hop->dst, done);
	neigh = find_neigh(hop->dst->dev, hop);
	if (IS_ERR(neigh))
		return lb_drop(pkt, LB_C_DROP_NEIGH);
	if (unlikely(skb_headroom(skb) < room) && skb_cow_head(skb, room))
		return lb_drop(pkt, LB_C_DROP_NOMEM);

	scrub(pkt, hop->dst);
	lb_count(pkt->ln, done);
	/* What the neighbour and the device do with it, they count. */
	if (unlikely(pkt->must_fragment))
		send_fragments(pkt);
	else
		output(skb, neigh, hop);
	return LB_STOLEN;
}

/**
 * lb_xmit_to_server() - send a checked packet to its server, and account it
 * @pkt: the packet, its network header writable
 * @srv: the server
 * @route: the way to it
 * @done: the FORWARD counter if it is sent
 *
 * Context: softirq, under RCU.  The skb is gone after LB_STOLEN and LB_FREED.
 * Return: LB_STOLEN, LB_DROP or LB_FREED.
 */
enum lb_verdict lb_xmit_to_server(struct lb_pkt *pkt, struct lb_server *srv,
				  const struct lb_route *route,
				  enum lb_counter done)
{
	const struct lb_hop hop = {
		.dst = route->dst,
		.nexthop = &route->nexthop,
		.family = route->gw_family,
	};
	unsigned int len = pkt->skb->len;
	enum lb_verdict v = lb_xmit_send(pkt, &hop, done);

	if (likely(v == LB_STOLEN))
		lb_stats_packet(srv->stats, 0, len);
	return v;
}

/**
 * lb_xmit_neigh() - the neighbour of a hop
 * @hop: the hop
 *
 * Context: softirq, under RCU.
 * Return: borrowed under RCU, or ERR_PTR.
 */
struct neighbour *lb_xmit_neigh(const struct lb_hop *hop)
{
	return find_neigh(hop->dst->dev, hop);
}

/**
 * lb_xmit_outer() - send a packet that was built here around a client's
 * @ln: the namespace
 * @skb: the packet, complete from its IP header on, with room for the link's
 * @family: of its IP header
 * @hop: where to
 * @neigh: lb_xmit_neigh() of @hop
 * @must_fragment: it is over the MTU and may be fragmented
 *
 * Context: softirq, under RCU.  The skb is gone whatever is returned.
 * Return: 0, or what the device or the lack of memory made of it.
 */
int lb_xmit_outer(struct lb_net *ln, struct sk_buff *skb, u8 family,
		  const struct lb_hop *hop, struct neighbour *neigh,
		  bool must_fragment)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, hop->dst);
	skb->dev = hop->dst->dev;
	if (unlikely(must_fragment)) {
		struct lb_pkt outer = {
			.skb = skb, .ln = ln, .family = family,
		};

		/* IPv6 fragments only what is said to be our own. */
		skb->ignore_df = 1;
		send_fragments(&outer);
		return 0;
	}
	return output(skb, neigh, hop);
}
