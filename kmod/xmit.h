/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transmit contract.  A mode is one file in xmit/ with one lb_xmit_ops,
 * and one line in the table of xmit.c.
 */
#ifndef _L4LB_XMIT_H
#define _L4LB_XMIT_H

#include <linux/types.h>
#include "pkt.h"

struct dst_entry;
struct lb_config;
struct lb_conn;
struct lb_encap;
struct lb_route;
struct lb_server;
struct neighbour;

/**
 * struct lb_xmit_ops - one mode
 */
struct lb_xmit_ops {
	/** @name: as in `mode NAME` */
	const char *name;
	/** @encap: as in `mode tunnel ENCAP`, or NULL */
	const char *encap;
	/** @tunnel: how the packet is put inside another one, or NULL */
	const struct lb_encap *tunnel;
	/** @has_reply: replies come back through us; conns get two tuples */
	bool has_reply;
	/** @can_map_port: the server's port may differ from the service's */
	bool can_map_port;
	/** @is_probe: of conns for `check via vip`, see probe.c */
	bool is_probe;
	/** @has_encap_port: the encapsulation needs a port, lb_server has it */
	bool has_encap_port;
	/**
	 * @xmit: send a packet to @srv, or with pkt->dir to its client, or say
	 * why not.  @conn: its conn, NULL for a request that has none.
	 * Softirq, under RCU.
	 */
	enum lb_verdict (*xmit)(struct lb_pkt *pkt, struct lb_server *srv,
				struct lb_conn *conn);
};

/**
 * struct lb_hop - where lb_xmit_send() sends
 */
struct lb_hop {
	/** @dst: the route; borrowed under RCU */
	struct dst_entry *dst;
	/** @nexthop: the neighbour's address, of @family */
	const union nf_inet_addr *nexthop;
	/** @family: AF_INET or AF_INET6 */
	u8 family;
};

extern const struct lb_xmit_ops lb_xmit_gateway;
extern const struct lb_xmit_ops lb_xmit_nat;
extern const struct lb_xmit_ops lb_xmit_ipip;
extern const struct lb_xmit_ops lb_xmit_gre;
extern const struct lb_xmit_ops lb_xmit_gue;

const struct lb_xmit_ops *lb_xmit_find(const char *name, const char *encap);
const struct lb_xmit_ops *lb_xmit_at(unsigned int i);
bool lb_xmit_is_local(struct dst_entry *dst, u8 family);
enum lb_verdict lb_xmit_check(struct lb_pkt *pkt, const struct dst_entry *dst);
enum lb_verdict lb_xmit_check_mtu(struct lb_pkt *pkt, unsigned int mtu);
enum lb_verdict lb_xmit_to_server(struct lb_pkt *pkt, struct lb_server *srv,
				  const struct lb_route *route,
				  enum lb_counter done);
enum lb_verdict lb_xmit_post_routing(struct lb_pkt *pkt,
				     struct dst_entry *dst);
enum lb_verdict lb_xmit_send(struct lb_pkt *pkt, const struct lb_hop *hop,
			     enum lb_counter done);
struct neighbour *lb_xmit_neigh(const struct lb_hop *hop);
int lb_xmit_outer(struct lb_net *ln, struct sk_buff *skb, u8 family,
		  const struct lb_hop *hop, struct neighbour *neigh,
		  bool must_fragment);

/* xmit/nat.c */
enum lb_verdict lb_nat_answer(struct lb_pkt *pkt, struct lb_server *srv,
			      const union nf_inet_addr *vip, __be16 port);

/* xmit/tunnel_icmp.c */
int lb_tunnels_create(struct lb_config *cfg);
enum lb_verdict lb_tunnel_error(struct lb_pkt *pkt);

#endif /* _L4LB_XMIT_H */
