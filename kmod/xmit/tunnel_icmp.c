// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what becomes of ICMP errors about the outer packets of tunnel mode.
 *
 * Routers between the balancer and a server, and the server itself, send them
 * here, because the outer source is this machine; the client would never hear
 * of them.  So the path MTU they tell of is remembered for the route, and if
 * they quote enough of the packet inside, its client gets the error that he
 * would have got without a tunnel.
 *
 * Anybody can send such an error.  What it quotes is believed as far as any
 * tunnel of the kernel does: it must name an address of this machine and a
 * server, with this server's encapsulation.  A client is told only if it quotes
 * a conn that is bound to that server.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/overflow.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>
#include "../config.h"
#include "../conn.h"
#include "../icmp.h"
#include "../server.h"
#include "../xmit.h"
#include "tunnel.h"

/* What one quotes of the inner packet at least, or its client's stack ignores it. */
#define LB_QUOTED_L4	8

/**
 * struct tunnel_end - a server in tunnel mode, as one director has it
 */
struct tunnel_end {
	/** @srv: the server; held by the config's director */
	struct lb_server *srv;
	/** @dir: the director */
	const struct lb_director *dir;
	/** @next: another of the same address, or NULL */
	const struct tunnel_end *next;
};

/**
 * struct lb_tunnels - the servers of tunnels; constant
 */
struct lb_tunnels {
	/** @mask: places, minus 1 */
	u32 mask;
	/** @nr: of @ends */
	u32 nr;
	/** @place: by address, at most half full, open addressing */
	const struct tunnel_end **place;
	/** @ends: all of them; behind it, @place */
	struct tunnel_end ends[];
};

/**
 * struct outer_error - an ICMP error about a packet to a server
 */
struct outer_error {
	/** @source: the quoted outer packet's, of the ICMP's own family */
	union nf_inet_addr source;
	/** @server: where it went */
	union nf_inet_addr server;
	/** @outer: offset of the quoted outer header */
	unsigned int outer;
	/** @inner: offset of what it carried; later, of the inner IP header */
	unsigned int inner;
	/** @mtu: that it does not fit; 0: the server is out of reach */
	u32 mtu;
	/** @proto: of the outer header */
	u8 proto;
	/** @family: of the inner packet */
	u8 family;
};

/* Who sends packets chooses what is looked up here, so the hash is keyed. */
static u32 end_hash(const union nf_inet_addr *addr)
{
	return siphash(addr, sizeof(*addr), &lb_hash_key);
}

static bool is_server(const struct tunnel_end *end, u8 family,
		      const union nf_inet_addr *addr)
{
	return end->srv->family == family &&
	       !memcmp(&end->srv->addr, addr, sizeof(*addr));
}

/* The place of an address, with its servers, or where they would be. */
static const struct tunnel_end **find_place(const struct lb_tunnels *tuns,
					    u8 family,
					    const union nf_inet_addr *addr)
{
	u32 i = end_hash(addr);

	while (tuns->place[i & tuns->mask] &&
	       !is_server(tuns->place[i & tuns->mask], family, addr))
		i++;
	return &tuns->place[i & tuns->mask];
}

static void add_director(struct lb_config *cfg, const struct lb_director *dir)
{
	struct lb_tunnels *tuns = cfg->tunnels;
	u32 i;

	for (i = 0; i < dir->nr; i++) {
		struct lb_server *srv = dir->servers[i].srv;
		struct tunnel_end *end = &tuns->ends[tuns->nr++];
		const struct tunnel_end **place;

		place = find_place(tuns, srv->family, &srv->addr);
		*end = (struct tunnel_end){ srv, dir, *place };
		*place = end;
		/* Errors about it must be seen, whatever its clients are. */
		if (srv->family == AF_INET)
			cfg->nr4++;
		else
			cfg->nr6++;
	}
}

/**
 * lb_tunnels_create() - list the servers in tunnel mode
 * @cfg: its directors are in; @cfg->tunnels is set, to NULL if there are none
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int lb_tunnels_create(struct lb_config *cfg)
{
	struct lb_tunnels *tuns;
	u32 i, n = 0, places;

	for (i = 0; i < cfg->nr; i++)
		if (cfg->directors[i]->spec.xmit->tunnel)
			n += cfg->directors[i]->nr;
	if (!n)
		return 0;
	places = roundup_pow_of_two(2 * n);
	tuns = kvzalloc(size_add(struct_size(tuns, ends, n),
				 array_size(places, sizeof(*tuns->place))),
			GFP_KERNEL_ACCOUNT);
	if (!tuns)
		return -ENOMEM;
	tuns->mask = places - 1;
	tuns->place = (const struct tunnel_end **)&tuns->ends[n];
	cfg->tunnels = tuns;
	for (i = 0; i < cfg->nr; i++)
		if (cfg->directors[i]->spec.xmit->tunnel)
			add_director(cfg, cfg->directors[i]);
	return 0;
}

/* What is quoted behind an ICMP header, if the error is one of ours to know. */
static bool read_icmp4(const struct lb_pkt *pkt, struct outer_error *e)
{
	const struct icmphdr *icmp;
	const struct iphdr *iph;
	struct icmphdr icmp_buf;
	struct iphdr buf;

	icmp = skb_header_pointer(pkt->skb, pkt->l4off, sizeof(icmp_buf),
				  &icmp_buf);
	if (!icmp || (icmp->type != ICMP_DEST_UNREACH &&
		      (icmp->type != ICMP_TIME_EXCEEDED ||
		       icmp->code != ICMP_EXC_TTL)))
		return false;
	if (icmp->type == ICMP_DEST_UNREACH && icmp->code == ICMP_FRAG_NEEDED)
		e->mtu = max_t(u32, ntohs(icmp->un.frag.mtu), 1);
	e->outer = pkt->l4off + sizeof(*icmp);
	iph = skb_header_pointer(pkt->skb, e->outer, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl != 5 ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	e->source.ip = iph->saddr;
	e->server.ip = iph->daddr;
	e->proto = iph->protocol;
	e->inner = e->outer + sizeof(*iph);
	return ip_hdr(pkt->skb)->daddr == iph->saddr;
}

static bool read_icmp6(const struct lb_pkt *pkt, struct outer_error *e)
{
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *iph;
	struct icmp6hdr icmp_buf;
	struct ipv6hdr buf;

	icmp = skb_header_pointer(pkt->skb, pkt->l4off, sizeof(icmp_buf),
				  &icmp_buf);
	if (!icmp || (icmp->icmp6_type != ICMPV6_DEST_UNREACH &&
		      icmp->icmp6_type != ICMPV6_PKT_TOOBIG &&
		      (icmp->icmp6_type != ICMPV6_TIME_EXCEED ||
		       icmp->icmp6_code != ICMPV6_EXC_HOPLIMIT)))
		return false;
	if (icmp->icmp6_type == ICMPV6_PKT_TOOBIG)
		e->mtu = max_t(u32, ntohl(icmp->icmp6_mtu), IPV6_MIN_MTU);
	e->outer = pkt->l4off + sizeof(*icmp);
	iph = skb_header_pointer(pkt->skb, e->outer, sizeof(buf), &buf);
	/* Behind a fragment header, or another, there is nothing of ours. */
	if (!iph || iph->version != 6)
		return false;
	e->source.in6 = iph->saddr;
	e->server.in6 = iph->daddr;
	e->proto = iph->nexthdr;
	e->inner = e->outer + sizeof(*iph);
	return ipv6_addr_equal(&ipv6_hdr(pkt->skb)->daddr, &iph->saddr);
}

static bool source_is_ours(const struct lb_pkt *pkt,
			   const struct outer_error *e)
{
	struct net *net = pkt->ln->net;

	if (pkt->family == AF_INET)
		return inet_addr_type_dev_table(net, pkt->skb->dev,
						e->source.ip) == RTN_LOCAL;
	return ipv6_chk_addr(net, &e->source.in6, NULL, 0);
}

static u8 family_of(u8 proto)
{
	if (proto == IPPROTO_IPIP)
		return AF_INET;
	return proto == IPPROTO_IPV6 ? AF_INET6 : 0;
}

/* The family of what a GRE header announces, or 0: not one of ours. */
static u8 read_gre(const struct sk_buff *skb, unsigned int off)
{
	const struct lb_grehdr *h;
	struct lb_grehdr buf;

	h = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!h || h->flags)
		return 0;
	if (h->protocol == htons(ETH_P_IP))
		return AF_INET;
	return h->protocol == htons(ETH_P_IPV6) ? AF_INET6 : 0;
}

/*
 * The same of a UDP and a GUE header; @port, of one of our servers.  Of the
 * latter a router may have quoted nothing, and port and address do then.
 */
static u8 read_gue(const struct sk_buff *skb, unsigned int off, __be16 port)
{
	const struct lb_guehdr *h;
	struct lb_guehdr h_buf;
	const __be16 *ports;
	__be16 buf[2];

	ports = skb_header_pointer(skb, off, sizeof(buf), buf);
	if (!ports || ports[1] != port)
		return 0;
	h = skb_header_pointer(skb, off + sizeof(struct udphdr),
			       sizeof(h_buf), &h_buf);
	if (!h)
		return AF_INET;
	return h->version_hlen || h->flags ? 0 : family_of(h->protocol);
}

/* Is it a packet that we put inside another one for this server? */
static bool is_from_tunnel(const struct lb_pkt *pkt, struct outer_error *e,
			   const struct tunnel_end *end)
{
	const struct lb_encap *encap = end->dir->spec.xmit->tunnel;

	if (!encap->proto)
		e->family = family_of(e->proto);
	else if (encap->proto != e->proto)
		e->family = 0;
	else if (e->proto == IPPROTO_GRE)
		e->family = read_gre(pkt->skb, e->inner);
	else
		e->family = read_gue(pkt->skb, e->inner,
				     READ_ONCE(end->srv->encap_port));
	if (!e->family)
		return false;
	e->inner += encap->len;
	return true;
}

/* Less than that the kernel does not remember. */
static u32 least_mtu(const struct lb_pkt *pkt)
{
	return pkt->family == AF_INET ?
	       READ_ONCE(pkt->ln->net->ipv4.ip_rt_min_pmtu) : IPV6_MIN_MTU;
}

/* The routes to it that are cached know nothing of it and are looked up. */
static void drop_routes(const struct tunnel_end *end, u32 mtu)
{
	for (; end; end = end->next) {
		const struct lb_route *route = rcu_dereference(end->srv->route);

		if (route && dst_mtu(route->dst) > mtu &&
		    !dst_metric_locked(route->dst, RTAX_MTU))
			lb_server_route_drop(end->srv, NULL);
	}
}

/*
 * The kernel remembers the MTU for the route that it looks up for the quoted
 * header, at skb->data.  Ours is looked up for nothing but the destination
 * (lb_server_route()): policy routing and multipath must not make them two.
 */
static bool learn_mtu(struct lb_pkt *pkt, const struct outer_error *e)
{
	int oif = l3mdev_master_ifindex_rcu(pkt->skb->dev);
	unsigned int len = pkt->family == AF_INET ? sizeof(struct iphdr) :
						    sizeof(struct ipv6hdr);
	struct net *net = pkt->ln->net;
	struct sk_buff *skb = pkt->skb;

	if (skb_ensure_writable(skb, e->outer + len))
		return false;
	__skb_pull(skb, e->outer);
	if (pkt->family == AF_INET) {
		struct iphdr *iph = (struct iphdr *)skb->data;

		iph->saddr = 0;
		iph->tos = 0;
		ipv4_update_pmtu(skb, net, e->mtu, oif, 0);
	} else {
		struct ipv6hdr *iph = (struct ipv6hdr *)skb->data;

		ip6_flow_hdr(iph, 0, 0);
		iph->saddr = in6addr_any;
		ip6_update_pmtu(skb, net, htonl(e->mtu), oif, 0,
				sock_net_uid(net, NULL));
	}
	__skb_push(skb, e->outer);
	return true;
}

/* Templates, too, have a protocol, but no packet of it is anybody's. */
static bool is_balanced(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static bool read_inner4(struct lb_pkt *in)
{
	const struct iphdr *iph;
	const __be16 *ports;

	if (!pskb_may_pull(in->skb, sizeof(*iph) + LB_QUOTED_L4))
		return false;
	skb_reset_network_header(in->skb);
	iph = ip_hdr(in->skb);
	/* Nothing with options goes through a tunnel of ours. */
	if (iph->version != 4 || iph->ihl != 5 ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	in->proto = iph->protocol;
	if (!is_balanced(in->proto))
		return false;
	in->l4off = sizeof(*iph);
	in->k4.saddr = iph->saddr;
	in->k4.daddr = iph->daddr;
	in->k4.proto = in->proto;
	ports = (const __be16 *)(in->skb->data + in->l4off);
	in->k4.sport = ports[0];
	in->k4.dport = ports[1];
	in->skb->protocol = htons(ETH_P_IP);
	return true;
}

static bool read_inner6(struct lb_pkt *in)
{
	const struct ipv6hdr *iph;
	__be16 frag_off = 0;
	const __be16 *ports;
	int off;

	if (!pskb_may_pull(in->skb, sizeof(*iph)))
		return false;
	skb_reset_network_header(in->skb);
	iph = ipv6_hdr(in->skb);
	in->proto = iph->nexthdr;
	off = ipv6_skip_exthdr(in->skb, sizeof(*iph), &in->proto, &frag_off);
	if (iph->version != 6 || off < 0 || !is_balanced(in->proto) ||
	    frag_off & htons(IP6_OFFSET) ||
	    !pskb_may_pull(in->skb, off + LB_QUOTED_L4))
		return false;
	iph = ipv6_hdr(in->skb);
	in->l4off = off;
	in->k6.saddr = iph->saddr;
	in->k6.daddr = iph->daddr;
	in->k6.proto = in->proto;
	ports = (const __be16 *)(in->skb->data + in->l4off);
	in->k6.sport = ports[0];
	in->k6.dport = ports[1];
	in->skb->protocol = htons(ETH_P_IPV6);
	return true;
}

/* As if the packet had just come from its client: where he is, is looked up. */
static bool come_from_client(struct lb_pkt *in)
{
	union nf_inet_addr client = {};
	struct dst_entry *dst;

	if (in->family == AF_INET)
		client.ip = in->k4.saddr;
	else
		client.in6 = in->k6.saddr;
	dst = lb_route_lookup(in->ln->net, in, &client, NULL, in->family);
	if (!dst)
		return false;
	in->skb->dev = dst->dev;
	dst_release(dst);
	/* To itself this machine sends none. */
	if (in->skb->dev->flags & IFF_LOOPBACK)
		return false;
	memset(in->skb->cb, 0, sizeof(in->skb->cb));
	if (in->family == AF_INET6)
		IP6CB(in->skb)->iif = in->skb->dev->ifindex;
	return true;
}

/* As it came, if it was not written to. */
static void restore(const struct lb_pkt *pkt, const struct outer_error *e)
{
	struct sk_buff *skb = pkt->skb;

	__skb_push(skb, e->inner);
	skb_reset_network_header(skb);
	skb->protocol = pkt->family == AF_INET ? htons(ETH_P_IP) :
						 htons(ETH_P_IPV6);
}

/*
 * Turns the skb into the quoted packet of a client.  Return: LB_DROP if he has
 * been told, or should have been; LB_CONTINUE, the skb restored, if there is no
 * such client.
 */
static enum lb_verdict tell_client(struct lb_pkt *pkt,
				   const struct outer_error *e, u32 overhead)
{
	struct lb_pkt in = {
		.skb = pkt->skb, .ln = pkt->ln, .family = e->family,
	};
	const struct lb_conn *conn = NULL;

	if (!pskb_may_pull(in.skb, e->inner))
		return LB_CONTINUE;
	__skb_pull(in.skb, e->inner);
	if (in.family == AF_INET ? read_inner4(&in) : read_inner6(&in))
		conn = lb_conn_find(&in);
	if (!conn || in.dir || conn->server->family != pkt->family ||
	    memcmp(&conn->server->addr, &e->server, sizeof(e->server))) {
		restore(pkt, e);
		return LB_CONTINUE;
	}
	if (!come_from_client(&in))
		return lb_drop(pkt, LB_C_DROP_TUNNEL_ERROR);
	if (!e->mtu)
		lb_icmp_host_unreach(&in);
	else if (in.family == AF_INET)
		lb_icmp_too_big(&in, max_t(int, e->mtu - overhead, 68));
	else
		lb_icmp_too_big(&in, max_t(int, e->mtu - overhead,
					   IPV6_MIN_MTU));
	return lb_drop(pkt, LB_C_FORWARD_TUNNEL_ERROR);
}

static bool has_good_sum(const struct lb_pkt *pkt)
{
	u8 proto = pkt->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;

	return !nf_checksum(pkt->skb, NF_INET_PRE_ROUTING, pkt->l4off, proto,
			    pkt->family);
}

/* The server that the error is about, if we sent what it quotes. */
static const struct tunnel_end *find_end(const struct lb_pkt *pkt,
					 const struct lb_tunnels *tuns,
					 struct outer_error *e,
					 const struct tunnel_end **first)
{
	const struct tunnel_end *end;

	end = *find_place(tuns, pkt->family, &e->server);
	*first = end;
	while (end && !is_from_tunnel(pkt, e, end))
		end = end->next;
	if (!end || !source_is_ours(pkt, e) || !has_good_sum(pkt))
		return NULL;
	return end;
}

/**
 * lb_tunnel_error() - an ICMP error about a packet that went through a tunnel
 * @pkt: a packet whose @proto is not TCP or UDP; @l4off is what follows the
 *	IP header; if LB_DROP is returned its skb is no longer as it came
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE if it is not one, or nothing is to be learned from it and
 * nobody told; or LB_DROP, with the client told if it can be.
 */
enum lb_verdict lb_tunnel_error(struct lb_pkt *pkt)
{
	const struct lb_config *cfg = rcu_dereference(pkt->ln->config);
	u8 icmp = pkt->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	const struct tunnel_end *end, *first;
	struct outer_error e = {};
	enum lb_verdict v;
	u32 overhead;

	if (!cfg->tunnels || pkt->proto != icmp)
		return LB_CONTINUE;
	if (!(pkt->family == AF_INET ? read_icmp4(pkt, &e) :
				       read_icmp6(pkt, &e)))
		return LB_CONTINUE;
	overhead = e.inner - e.outer;
	end = find_end(pkt, cfg->tunnels, &e, &first);
	if (!end)
		return LB_CONTINUE;
	overhead += end->dir->spec.xmit->tunnel->len;

	if (!lb_icmp_source_is_valid(pkt))
		return lb_drop(pkt, LB_C_DROP_SOURCE);
	if (!xfrm_policy_check(NULL, XFRM_POLICY_IN, pkt->skb, pkt->family))
		return lb_drop(pkt, LB_C_DROP_POLICY);
	if (e.mtu) {
		if (e.mtu < overhead || !learn_mtu(pkt, &e))
			return lb_drop(pkt, LB_C_DROP_TUNNEL_ERROR);
		drop_routes(first, max(e.mtu, least_mtu(pkt)));
	}
	v = tell_client(pkt, &e, overhead);
	/* It may be about a tunnel device between the same two machines. */
	if (v == LB_CONTINUE && e.mtu)
		return lb_drop(pkt, LB_C_DROP_TUNNEL_ERROR);
	return v;
}
