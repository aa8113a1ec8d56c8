// SPDX-License-Identifier: GPL-2.0
/*
 * Nat mode: requests get the server's address and port in place of the VIP's,
 * replies the VIP's in place of the server's.  Both directions pass here.
 * Where the source is translated, too (lb_conn.is_snat), requests also get the
 * translated source in place of the client's, replies the client in place of
 * it: whatever a packet becomes is the other tuple of its conn, turned around.
 *
 * Checksums are updated by the difference (RFC 1624).  A UDP checksum of 0
 * means none and stays 0, one that becomes 0 is sent as 0xffff (RFC 768).
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include "../conn.h"
#include "../local.h"
#include "../related.h"
#include "../server.h"
#include "../xmit.h"

/* One end of a packet, and what takes its place. */
struct rewrite {
	union nf_inet_addr from;
	union nf_inet_addr to;
	__be16 from_port;
	__be16 to_port;
	bool is_source;
};

/* The end as the packet has it: @is_source, or else the destination. */
static void rewrite_from(struct rewrite *rw, const struct lb_pkt *pkt,
			 bool is_source)
{
	rw->is_source = is_source;
	if (pkt->family == AF_INET)
		rw->from.ip = is_source ? pkt->k4.saddr : pkt->k4.daddr;
	else
		rw->from.in6 = is_source ? pkt->k6.saddr : pkt->k6.daddr;
	rw->from_port = is_source ? lb_pkt_sport(pkt) : lb_pkt_dport(pkt);
}

/* What the client asked for, whom his replies must come from. */
static void vip_of_conn(struct rewrite *rw, const struct lb_conn *conn)
{
	if (conn->family == AF_INET) {
		rw->to.ip = conn->t4[0].key.daddr;
		rw->to_port = conn->t4[0].key.dport;
	} else {
		rw->to.in6 = conn->t6[0].key.daddr;
		rw->to_port = conn->t6[0].key.dport;
	}
}

static void client_of_conn(union nf_inet_addr *client,
			   const struct lb_conn *conn)
{
	if (conn->family == AF_INET)
		client->ip = conn->t4[0].key.saddr;
	else
		client->in6 = conn->t6[0].key.saddr;
}

static void fix_sum(const struct lb_pkt *pkt, __sum16 *sum,
		    const struct rewrite *rw)
{
	if (pkt->family == AF_INET)
		inet_proto_csum_replace4(sum, pkt->skb, rw->from.ip,
					 rw->to.ip, true);
	else
		inet_proto_csum_replace16(sum, pkt->skb, rw->from.ip6,
					  rw->to.ip6, true);
	inet_proto_csum_replace2(sum, pkt->skb, rw->from_port, rw->to_port,
				 false);
}

static void rewrite_tcp(const struct lb_pkt *pkt, const struct rewrite *rw)
{
	struct tcphdr *th = (struct tcphdr *)(pkt->skb->data + pkt->l4off);

	fix_sum(pkt, &th->check, rw);
	if (rw->is_source)
		th->source = rw->to_port;
	else
		th->dest = rw->to_port;
}

static void rewrite_udp(const struct lb_pkt *pkt, const struct rewrite *rw)
{
	struct udphdr *uh = (struct udphdr *)(pkt->skb->data + pkt->l4off);

	if (uh->check || pkt->skb->ip_summed == CHECKSUM_PARTIAL) {
		fix_sum(pkt, &uh->check, rw);
		if (!uh->check)
			uh->check = CSUM_MANGLED_0;
	}
	if (rw->is_source)
		uh->source = rw->to_port;
	else
		uh->dest = rw->to_port;
}

static void rewrite_ip(const struct lb_pkt *pkt, const struct rewrite *rw)
{
	if (pkt->family == AF_INET) {
		struct iphdr *iph = ip_hdr(pkt->skb);

		csum_replace4(&iph->check, rw->from.ip, rw->to.ip);
		if (rw->is_source)
			iph->saddr = rw->to.ip;
		else
			iph->daddr = rw->to.ip;
	} else {
		struct ipv6hdr *iph = ipv6_hdr(pkt->skb);

		if (rw->is_source)
			iph->saddr = rw->to.in6;
		else
			iph->daddr = rw->to.in6;
	}
}

static bool rewrite_end(const struct lb_pkt *pkt, const struct rewrite *rw)
{
	unsigned int len = pkt->l4off + (pkt->proto == IPPROTO_TCP ?
					 sizeof(struct tcphdr) :
					 sizeof(struct udphdr));

	if (skb_ensure_writable(pkt->skb, len))
		return false;
	/* A sum over the whole packet, if any, ends here: see skb_forward_csum. */
	skb_forward_csum(pkt->skb);
	if (pkt->proto == IPPROTO_TCP)
		rewrite_tcp(pkt, rw);
	else
		rewrite_udp(pkt, rw);
	rewrite_ip(pkt, rw);
	return true;
}

/*
 * The end of a full-NAT conn's packet that a conn without it leaves alone: what
 * the other tuple has as its destination.
 */
static bool rewrite_client(const struct lb_pkt *pkt,
			   const struct lb_conn *conn)
{
	struct rewrite rw;

	rewrite_from(&rw, pkt, !pkt->dir);
	if (pkt->family == AF_INET) {
		const struct lb_key4 *k = &conn->t4[!pkt->dir].key;

		rw.to.ip = pkt->dir ? k->saddr : k->daddr;
		rw.to_port = pkt->dir ? k->sport : k->dport;
	} else {
		const struct lb_key6 *k = &conn->t6[!pkt->dir].key;

		rw.to.in6 = pkt->dir ? k->saddr : k->daddr;
		rw.to_port = pkt->dir ? k->sport : k->dport;
	}
	return rewrite_end(pkt, &rw);
}

/* @conn: NULL if nobody remembers it. */
static bool rewrite(struct lb_pkt *pkt, const struct rewrite *rw,
		    const struct lb_conn *conn)
{
	if (unlikely(pkt->is_portless))
		return lb_related_translate(pkt, conn);
	if (!rewrite_end(pkt, rw))
		return false;
	return likely(!conn || !conn->is_snat) || rewrite_client(pkt, conn);
}

static enum lb_verdict nat_request(struct lb_pkt *pkt, struct lb_server *srv,
				   const struct lb_conn *conn)
{
	const struct lb_route *route = lb_server_route(srv, pkt);
	struct rewrite rw;
	enum lb_verdict v;

	if (unlikely(!route))
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);
	pkt->keeps_ttl |= route->is_local;
	v = lb_xmit_check(pkt, route->dst);
	if (v != LB_CONTINUE)
		return v;
	rewrite_from(&rw, pkt, false);
	rw.to = srv->addr;
	rw.to_port = srv->port ?: rw.from_port;
	if (!rewrite(pkt, &rw, conn))
		return lb_drop(pkt, LB_C_DROP_NOMEM);
	/* What came in goes on its way up; what is our own, through lo. */
	if (unlikely(route->is_local && !pkt->is_own))
		return lb_local_serve(pkt, srv);
	return lb_xmit_to_server(pkt, srv, route, LB_C_FORWARD_NAT);
}

/*
 * The way to the client, cached in the conn: it may change under a running
 * conn, and each client has its own.  dst_release() of the last reference
 * frees after a grace period, so readers under RCU are safe.
 */
static struct dst_entry *client_route(struct lb_pkt *pkt, struct lb_conn *conn)
{
	struct dst_entry *dst = rcu_dereference(conn->client_dst);
	union nf_inet_addr client, vip;
	struct dst_entry *old;

	if (likely(dst && dst_check(dst, READ_ONCE(conn->client_cookie))))
		return dst;

	client_of_conn(&client, conn);
	if (conn->family == AF_INET)
		vip.ip = conn->t4[0].key.daddr;
	else
		vip.in6 = conn->t6[0].key.daddr;
	dst = lb_route_lookup(pkt->ln->net, pkt, &client, &vip, conn->family);
	if (!dst)
		return NULL;
	/* Beside another CPU's dst this cookie only means one more look-up. */
	WRITE_ONCE(conn->client_cookie, lb_dst_cookie(dst, conn->family));
	old = unrcu_pointer(xchg(&conn->client_dst, RCU_INITIALIZER(dst)));
	dst_release(old);
	return dst;
}

/* Where a route leads for the client, @addr; what it leads to is kept there. */
static void client_hop(struct lb_hop *hop, union nf_inet_addr *addr,
		       struct dst_entry *dst, u8 family)
{
	hop->dst = dst;
	hop->nexthop = addr;
	hop->family = family;
	if (family == AF_INET) {
		const struct rtable *rt = container_of(dst, struct rtable, dst);

		if (rt->rt_gw_family == AF_INET)
			addr->ip = rt->rt_gw4;
		if (rt->rt_gw_family == AF_INET6) {
			addr->in6 = rt->rt_gw6;
			hop->family = AF_INET6;
		}
	} else {
		struct in6_addr client = addr->in6;

		addr->in6 = *rt6_nexthop(container_of(dst, struct rt6_info,
						      dst), &client);
	}
}

/*
 * @conn: NULL if nobody remembers it, @rw: what the client sees as the source,
 * @dst: the way to him.
 */
static enum lb_verdict send_reply(struct lb_pkt *pkt, struct lb_server *srv,
				  const struct lb_conn *conn,
				  struct rewrite *rw, struct dst_entry *dst)
{
	unsigned int len = pkt->skb->len;
	union nf_inet_addr nexthop;
	struct lb_hop hop;
	enum lb_verdict v;

	/* This machine is the client: the answer reaches it through lo. */
	if (unlikely(lb_xmit_is_local(dst, pkt->family))) {
		pkt->keeps_ttl = true;
		pkt->is_tracked = false;
	}
	v = lb_xmit_check(pkt, dst);
	if (v != LB_CONTINUE)
		return v;
	rewrite_from(rw, pkt, true);
	if (!rewrite(pkt, rw, conn))
		return lb_drop(pkt, LB_C_DROP_NOMEM);
	if (pkt->family == AF_INET)
		nexthop.ip = pkt->k4.daddr;
	else
		nexthop.in6 = pkt->k6.daddr;
	if (unlikely(conn && conn->is_snat))
		client_of_conn(&nexthop, conn);
	client_hop(&hop, &nexthop, dst, pkt->family);
	v = lb_xmit_send(pkt, &hop, LB_C_FORWARD_NAT_REPLY);
	if (likely(v == LB_STOLEN))
		lb_stats_packet(srv->stats, 1, len);
	return v;
}

static enum lb_verdict nat_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				struct lb_conn *conn)
{
	struct dst_entry *dst;
	struct rewrite rw;

	if (!pkt->dir)
		return nat_request(pkt, srv, conn);
	dst = client_route(pkt, conn);
	if (unlikely(!dst))
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);
	vip_of_conn(&rw, conn);
	return send_reply(pkt, srv, conn, &rw, dst);
}

/**
 * lb_nat_answer() - send an answer to a one-packet request to its client
 * @pkt: the answer, from a server to a client
 * @srv: the server
 * @vip: whom the client asked, of the packet's family
 * @port: at which port, network byte order
 *
 * No conn tells of the client, so his route is looked up each time.
 *
 * Context: softirq, under RCU.
 * Return: as lb_xmit_ops.xmit, or LB_CONTINUE: this machine is the client.
 */
enum lb_verdict lb_nat_answer(struct lb_pkt *pkt, struct lb_server *srv,
			      const union nf_inet_addr *vip, __be16 port)
{
	struct rewrite rw = { .to = *vip, .to_port = port };
	union nf_inet_addr client = {};
	struct dst_entry *dst;
	enum lb_verdict v;

	if (pkt->family == AF_INET)
		client.ip = pkt->k4.daddr;
	else
		client.in6 = pkt->k6.daddr;
	dst = lb_route_lookup(pkt->ln->net, pkt, &client, vip, pkt->family);
	if (!dst)
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);
	if (lb_xmit_is_local(dst, pkt->family)) {
		/* This machine asked the server itself. */
		dst_release(dst);
		return LB_CONTINUE;
	}
	pkt->dir = 1;
	v = send_reply(pkt, srv, NULL, &rw, dst);
	/* Freed after a grace period: the neighbour may still look at it. */
	dst_release(dst);
	return v;
}

const struct lb_xmit_ops lb_xmit_nat = {
	.name = "nat",
	.has_reply = true,
	.can_map_port = true,
	.xmit = nat_xmit,
};
