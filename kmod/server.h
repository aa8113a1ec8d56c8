/* SPDX-License-Identifier: GPL-2.0 */
/* Real servers: identity, run-time state, counters, cached route. */
#ifndef _L4LB_SERVER_H
#define _L4LB_SERVER_H

#include <linux/kref.h>
#include <linux/netfilter.h>
#include "lb.h"
#include "stats.h"

struct lb_pkt;
struct lb_reason;
struct lb_route;
struct lb_sched;
struct lb_sched_entry;

/**
 * struct lb_dirid - what stays of a director across its versions
 *
 * Shared by the director versions of one name and by their servers, which
 * name their director by it.
 */
struct lb_dirid {
	/** @ref: held by director versions and servers */
	struct kref ref;
	/** @name: the director's name */
	char name[LB_NAME_MAX + 1];
	/** @refused: new conns that found no usable server; per-CPU */
	u64 __percpu *refused;
	/** @refused_base: @refused at the last zero; under lb_net.mutex */
	u64 refused_base;
	/** @retired: totals of servers that left; under lb_net.mutex */
	struct lb_totals retired;
	/** @heard: who sent last, and whether that is a peer; see peer.c */
	atomic64_t heard;
	/** @id: unique as long as the module is loaded; constant */
	u32 id;
	/** @persist_ticks: idle time of templates; written under lb_net.mutex */
	u32 persist_ticks;
	/** @sched: instance in force, borrowed; under lb_net.mutex */
	struct lb_sched *sched;
	/** @is_sorry: sorry servers serve; written under lb_net.mutex */
	bool is_sorry;
	/** @ramp_pass: when slow start rebuilt @sched; under lb_net.mutex */
	u32 ramp_pass;
};

/* Why a server's conns end. */
enum lb_gone {
	/* they do not */
	LB_GONE_NOT,
	/* the operator or the checks say that it is down */
	LB_GONE_DOWN,
	/* no config lists it any more */
	LB_GONE_RETIRED,
};

/**
 * struct lb_server - a real server of one director
 */
struct lb_server {
	/* read by every packet of its conns */

	/** @route: how to reach it; RCU, replaced under @route_lock */
	struct lb_route __rcu *route;
	/** @stats: traffic totals; per-CPU */
	struct lb_stats __percpu *stats;
	/** @addr: its address; constant */
	union nf_inet_addr addr;
	/** @port: network byte order, 0 = the packet's own; constant */
	__be16 port;
	/** @encap_port: gue, network byte order; written under lb_net.mutex */
	__be16 encap_port;
	/** @family: AF_INET or AF_INET6, of @addr; constant */
	u8 family;
	/** @is_sorry: for when no other is usable; under lb_net.mutex */
	u8 is_sorry;
	/** @gone: enum lb_gone: its conns are to end; under lb_net.mutex */
	u8 gone;
	/** @admin: enum lb_admin; written under lb_net.mutex */
	u8 admin;
	/** @health: enum lb_health; written under lb_net.mutex */
	u8 health;
	/**
	 * @may_loop: enum lb_peer_way: its director also has this machine as a
	 * server, so what peers send is not to be sent on; under mark_lock
	 */
	u8 may_loop;
	/** @route_lock: guards the replacement of @route */
	spinlock_t route_lock;

	/* written by new, changing and ending conns */

	/** @active: conns in an active state */
	atomic_t active ____cacheline_aligned_in_smp;
	/** @inactive: the other conns */
	atomic_t inactive;
	/** @maxconn: bound of @active, INT_MAX: none; under lb_net.mutex */
	s32 maxconn;
	/**
	 * @seat: its place in the scheduler instance that wants to know of its
	 * conns; RCU, written under lb_net.mutex
	 */
	struct lb_sched_entry __rcu *seat;
	/** @next_seat: its place in an instance that is just taking over */
	struct lb_sched_entry __rcu *next_seat;
	/** @snat_full: jiffies when no source was free for it; races harmless */
	unsigned long snat_full;
	/** @ref: held by director versions and conns */
	struct kref ref;

	/* slow path, under lb_net.mutex unless said otherwise */

	/** @weight: configured, 0..LB_WEIGHT_MAX */
	u32 weight;
	/** @override: weight set at run time if @has_override */
	u32 override;
	/** @has_override: @override counts, not @weight */
	bool has_override;
	/** @slowstart_ms: ramp after coming up, 0: none */
	u32 slowstart_ms;
	/** @ramp_from: boot time, ms, when it came up, if @ramp_node is used */
	u64 ramp_from;
	/** @ramp_built: its share in the instance that serves; 0: none yet */
	u32 ramp_built;
	/** @ramp_node: in lb_net.ramping, which holds a reference */
	struct list_head ramp_node;
	/** @is_newcomer: staged for a director that serves already */
	bool is_newcomer;
	/** @listed_in: generation that listed it last in a new version */
	u32 listed_in;
	/** @since: boot time, s, of the last change of state */
	time64_t since;
	/** @health_in_force: @health as the instance that serves knows it */
	u8 health_in_force;
	/** @result: enum lb_result, of the last check */
	u8 result;
	/** @checked_at: boot time, ms, of the last check */
	u64 checked_at;
	/** @latency_us: of the last check */
	u32 latency_us;
	/** @reason: of @result, or NULL; RCU */
	struct lb_reason __rcu *reason;
	/** @base: totals at the last zero */
	struct lb_totals base;
	/** @dirid: its director; holds a reference; constant */
	struct lb_dirid *dirid;
	/** @name: its name; constant */
	char name[LB_NAME_MAX + 1];
};

/**
 * struct lb_reason - why the last check of a server ended as it did
 */
struct lb_reason {
	/** @rcu: frees it after a grace period */
	struct rcu_head rcu;
	/** @text: NUL-terminated */
	char text[];
};

/**
 * struct lb_route - a server's cached route
 */
struct lb_route {
	/** @dst: the route; holds a reference until freed */
	struct dst_entry *dst;
	/** @nexthop: neighbour's address, of @gw_family */
	union nf_inet_addr nexthop;
	/** @source: our address towards the server, if @has_source */
	union nf_inet_addr source;
	/** @cookie: for dst_check() */
	u32 cookie;
	/** @gw_family: family of @nexthop */
	u8 gw_family;
	/** @is_local: the address is this machine's */
	bool is_local;
	/** @has_gateway: a router is between */
	bool has_gateway;
	/** @has_source: this machine has an address that the server may see */
	bool has_source;
	/** @rcu: frees it after a grace period */
	struct rcu_head rcu;
};

struct lb_dirid *lb_dirid_create(const char *name);
struct lb_dirid *lb_dirid_get(struct lb_dirid *id);
void lb_dirid_put(struct lb_dirid *id);
u64 lb_dirid_refused(const struct lb_dirid *id);

struct lb_server *lb_server_create(struct lb_dirid *dirid, const char *name,
				   const union nf_inet_addr *addr, u8 family,
				   __be16 port);
struct lb_server *lb_server_get(struct lb_server *srv);
void lb_server_put(struct lb_server *srv);
u32 lb_server_weight(const struct lb_server *srv);
void lb_server_totals(const struct lb_server *srv, struct lb_totals *t);
void lb_server_zero(struct lb_server *srv);
void lb_server_retire(struct lb_server *srv);
bool lb_server_reserve(struct lb_server *srv);
void lb_server_release(struct lb_server *srv);
void lb_server_settle_seat(struct lb_server *srv);
const struct lb_route *lb_server_route(struct lb_server *srv,
				       const struct lb_pkt *pkt);
void lb_server_route_drop(struct lb_server *srv, const struct net_device *dev);
struct dst_entry *lb_route_lookup(struct net *net, const struct lb_pkt *pkt,
				  const union nf_inet_addr *daddr,
				  const union nf_inet_addr *saddr, u8 family);
u32 lb_dst_cookie(const struct dst_entry *dst, u8 family);

/**
 * lb_conns() - a server's number of conns
 * @n: its active or inactive conns
 *
 * A change of state moves a conn from one to the other in two steps, and a
 * reader between them may see one too few.
 *
 * Return: the number, not below 0.
 */
static inline u32 lb_conns(const atomic_t *n)
{
	return max(atomic_read(n), 0);
}

#endif /* _L4LB_SERVER_H */
