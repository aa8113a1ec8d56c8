// SPDX-License-Identifier: GPL-2.0
/*
 * Owns real servers and their cached routes, and what stays of a director.
 *
 * A route is replaced under the server's route_lock when a packet finds it
 * missing or no longer valid, and dropped when its device goes down or the
 * server goes; readers use it under RCU.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "health.h"
#include "pkt.h"
#include "ramp.h"
#include "sched.h"
#include "server.h"
#include "source.h"

/**
 * lb_dirid_create() - make what stays of a director
 * @name: the director's name, at most LB_NAME_MAX bytes
 *
 * Context: process, may sleep.
 * Return: with one reference, or NULL.
 */
struct lb_dirid *lb_dirid_create(const char *name)
{
	struct lb_dirid *id = kzalloc(sizeof(*id), GFP_KERNEL_ACCOUNT);
	static atomic_t last_id;

	if (!id)
		return NULL;
	id->refused = alloc_percpu(u64);
	if (!id->refused) {
		kfree(id);
		return NULL;
	}
	kref_init(&id->ref);
	id->id = atomic_inc_return(&last_id);
	strscpy(id->name, name, sizeof(id->name));
	return id;
}

static void dirid_release(struct kref *ref)
{
	struct lb_dirid *id = container_of(ref, struct lb_dirid, ref);

	free_percpu(id->refused);
	kfree(id);
}

/**
 * lb_dirid_get() - take a reference
 * @id: held already
 *
 * Return: @id.
 */
struct lb_dirid *lb_dirid_get(struct lb_dirid *id)
{
	kref_get(&id->ref);
	return id;
}

/**
 * lb_dirid_put() - give a reference back
 * @id: may be freed by this; NULL is fine
 *
 * Context: any but hard interrupts.
 */
void lb_dirid_put(struct lb_dirid *id)
{
	if (id)
		kref_put(&id->ref, dirid_release);
}

/**
 * lb_dirid_refused() - new conns refused since the last zero
 * @id: the director's
 *
 * Context: under lb_net.mutex or in a dump, where a concurrent zero shows as
 * the value before or after.
 * Return: the count.
 */
u64 lb_dirid_refused(const struct lb_dirid *id)
{
	/* Before the sum: a zero in between must not make it less. */
	u64 base = READ_ONCE(id->refused_base);
	u64 sum = 0;
	int cpu;

	smp_rmb();
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(id->refused, cpu));
	return sum - base;
}

/**
 * lb_server_create() - make a server
 * @dirid: its director; a reference is taken
 * @name: its name, at most LB_NAME_MAX bytes
 * @addr: its address
 * @family: of @addr
 * @port: network byte order, 0 = the packet's own
 *
 * Context: process, may sleep.
 * Return: with one reference, or NULL.
 */
struct lb_server *lb_server_create(struct lb_dirid *dirid, const char *name,
				   const union nf_inet_addr *addr, u8 family,
				   __be16 port)
{
	struct lb_server *srv = kzalloc(sizeof(*srv), GFP_KERNEL_ACCOUNT);

	if (!srv)
		return NULL;
	srv->stats = lb_stats_alloc(GFP_KERNEL_ACCOUNT);
	if (!srv->stats) {
		kfree(srv);
		return NULL;
	}
	kref_init(&srv->ref);
	spin_lock_init(&srv->route_lock);
	srv->dirid = lb_dirid_get(dirid);
	srv->addr = *addr;
	srv->family = family;
	srv->port = port;
	srv->maxconn = INT_MAX;
	srv->snat_full = jiffies - HZ;
	INIT_LIST_HEAD(&srv->ramp_node);
	srv->since = ktime_get_boottime_seconds();
	strscpy(srv->name, name, sizeof(srv->name));
	return srv;
}

static void route_free(struct rcu_head *rcu)
{
	struct lb_route *route = container_of(rcu, struct lb_route, rcu);

	dst_release(route->dst);
	kfree(route);
}

/* The last holder is a config's or conn's RCU callback: no reader is left. */
static void server_release(struct kref *ref)
{
	struct lb_server *srv = container_of(ref, struct lb_server, ref);
	struct lb_route *route = rcu_dereference_protected(srv->route, true);

	if (route)
		call_rcu(&route->rcu, route_free);
	lb_health_free(srv);
	free_percpu(srv->stats);
	lb_dirid_put(srv->dirid);
	kfree(srv);
}

/**
 * lb_server_get() - take a reference
 * @srv: held, or found under RCU through something that holds it
 *
 * Return: @srv.
 */
struct lb_server *lb_server_get(struct lb_server *srv)
{
	kref_get(&srv->ref);
	return srv;
}

/**
 * lb_server_put() - give a reference back
 * @srv: may be freed by this
 *
 * Context: process or RCU callback.
 */
void lb_server_put(struct lb_server *srv)
{
	kref_put(&srv->ref, server_release);
}

/**
 * lb_server_weight() - the weight in force, before slow start
 * @srv: the server
 *
 * Context: any; a change at the same time is seen before or after.
 * Return: 0 if it takes no new conns.
 */
u32 lb_server_weight(const struct lb_server *srv)
{
	if (READ_ONCE(srv->admin) != LB_ADMIN_UP ||
	    READ_ONCE(srv->health) != LB_HEALTH_UP)
		return 0;
	return READ_ONCE(srv->has_override) ? READ_ONCE(srv->override) :
					      READ_ONCE(srv->weight);
}

/**
 * lb_server_totals() - traffic totals since the last zero
 * @srv: the server
 * @t: to which they are added
 */
void lb_server_totals(const struct lb_server *srv, struct lb_totals *t)
{
	/* Before the sum: a zero in between must not make it less. */
	const struct lb_totals base = srv->base;
	int dir;

	smp_rmb();
	lb_stats_add_to(t, srv->stats);
	t->conns -= base.conns;
	for (dir = 0; dir < 2; dir++) {
		t->pkts[dir] -= base.pkts[dir];
		t->bytes[dir] -= base.bytes[dir];
	}
}

/**
 * lb_server_zero() - count traffic from here on
 * @srv: the server
 *
 * Context: under lb_net.mutex.
 */
void lb_server_zero(struct lb_server *srv)
{
	struct lb_totals now = {};

	lb_stats_add_to(&now, srv->stats);
	srv->base = now;
}

/**
 * lb_server_reserve() - count a conn that is about to be made
 * @srv: its server
 *
 * The count is the conn's, or given back by lb_server_release().
 *
 * Context: softirq, under RCU.
 * Return: false if the server has as many active conns as it may.
 */
bool lb_server_reserve(struct lb_server *srv)
{
	s32 max = READ_ONCE(srv->maxconn);
	int old = atomic_read(&srv->active);

	if (likely(max == INT_MAX)) {
		atomic_inc(&srv->active);
	} else {
		do {
			if (old >= max)
				return false;
		} while (!atomic_try_cmpxchg(&srv->active, &old, old + 1));
	}
	lb_sched_server_changed(srv);
	return true;
}

/**
 * lb_server_release() - the conn that was counted is not made
 * @srv: its server
 *
 * Context: softirq, under RCU.
 */
void lb_server_release(struct lb_server *srv)
{
	atomic_dec(&srv->active);
	lb_sched_server_changed(srv);
}

/**
 * lb_server_settle_seat() - only the instance in force is told of conns
 * @srv: a server whose instance has been published
 *
 * Context: process, under lb_net.mutex.
 */
void lb_server_settle_seat(struct lb_server *srv)
{
	struct lb_sched_entry *next = rcu_dereference_protected(srv->next_seat,
								true);

	rcu_assign_pointer(srv->seat, next);
	RCU_INIT_POINTER(srv->next_seat, NULL);
}

/**
 * lb_server_retire() - a server leaves its director's config
 * @srv: the server; its totals stay in the director's
 *
 * Context: under lb_net.mutex.
 */
void lb_server_retire(struct lb_server *srv)
{
	lb_server_totals(srv, &srv->dirid->retired);
	lb_ramp_stop(srv);
	RCU_INIT_POINTER(srv->seat, NULL);
	WRITE_ONCE(srv->gone, LB_GONE_RETIRED);
	lb_server_route_drop(srv, NULL);
}

/*
 * To servers with FLOWI_FLAG_KNOWN_NH: the neighbour is in the route.  A packet
 * that waits for an address resolution has its neighbour looked up again when
 * that is done, and in gateway mode the header's destination, the VIP, would
 * mislead it.  Such a route is this server's alone; to clients, of whom there
 * are many, the routing table's shared ones serve.
 */
static struct dst_entry *lookup4(struct net *net, int oif,
				 const union nf_inet_addr *daddr,
				 const union nf_inet_addr *saddr,
				 union nf_inet_addr *source)
{
	struct flowi4 fl4 = {
		.daddr = daddr->ip,
		.flowi4_oif = oif,
	};
	struct rtable *rt;

	if (saddr) {
		/* The VIP need not be an address of this machine. */
		fl4.saddr = saddr->ip;
		fl4.flowi4_flags = FLOWI_FLAG_ANYSRC;
	} else {
		fl4.flowi4_flags = FLOWI_FLAG_KNOWN_NH;
	}
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	if (source)
		source->ip = fl4.saddr;
	return &rt->dst;
}

static struct dst_entry *lookup6(struct net *net, int oif,
				 const union nf_inet_addr *daddr,
				 const union nf_inet_addr *saddr)
{
	struct flowi6 fl6 = {
		.daddr = daddr->in6,
		.flowi6_oif = oif,
	};
	struct dst_entry *dst;

	if (saddr)
		fl6.saddr = saddr->in6;
	else
		fl6.flowi6_flags = FLOWI_FLAG_KNOWN_NH;
	dst = ip6_route_output(net, NULL, &fl6);
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	return dst;
}

/* @source: IPv4: gets the address that this machine would send from; or NULL */
static struct dst_entry *lookup(struct net *net, const struct lb_pkt *pkt,
				const union nf_inet_addr *daddr,
				const union nf_inet_addr *saddr, u8 family,
				union nf_inet_addr *source)
{
	int oif = pkt->skb ? l3mdev_master_ifindex_rcu(pkt->skb->dev) : 0;
	struct dst_entry *dst;

	lb_count(pkt->ln, LB_C_ROUTE_LOOKUP);
	dst = family == AF_INET ? lookup4(net, oif, daddr, saddr, source) :
				  lookup6(net, oif, daddr, saddr);
	/* An encapsulating route wants dst_output(), which we are not. */
	if (dst && dst->lwtstate) {
		dst_release(dst);
		dst = NULL;
	}
	return dst;
}

/**
 * lb_route_lookup() - look up the way to an address
 * @net: the namespace
 * @pkt: whose packet: one that came in through a VRF stays in it; its skb may
 *	be NULL
 * @daddr: where to
 * @saddr: source address for policy routing, or NULL
 * @family: of the addresses
 *
 * Context: softirq, under RCU.
 * Return: the route with a reference, or NULL.
 */
struct dst_entry *lb_route_lookup(struct net *net, const struct lb_pkt *pkt,
				  const union nf_inet_addr *daddr,
				  const union nf_inet_addr *saddr, u8 family)
{
	return lookup(net, pkt, daddr, saddr, family, NULL);
}

/**
 * lb_dst_cookie() - what dst_check() wants to see again
 * @dst: a route
 * @family: its family
 *
 * Return: the cookie.
 */
u32 lb_dst_cookie(const struct dst_entry *dst, u8 family)
{
	return family == AF_INET6 ?
	       rt6_get_cookie(container_of(dst, struct rt6_info, dst)) : 0;
}

static void route_fill4(struct lb_route *r, const struct lb_server *srv)
{
	const struct rtable *rt = container_of(r->dst, struct rtable, dst);

	r->is_local = rt->rt_flags & RTCF_LOCAL;
	r->has_gateway = rt->rt_uses_gateway;
	r->gw_family = rt->rt_gw_family ?: AF_INET;
	r->nexthop = srv->addr;
	if (rt->rt_gw_family == AF_INET)
		r->nexthop.ip = rt->rt_gw4;
	else if (rt->rt_gw_family == AF_INET6)
		r->nexthop.in6 = rt->rt_gw6;
}

static void route_fill6(struct lb_route *r, const struct lb_server *srv)
{
	const struct rt6_info *rt = container_of(r->dst, struct rt6_info, dst);

	r->is_local = rt->rt6i_flags & RTF_LOCAL;
	r->has_gateway = rt->rt6i_flags & RTF_GATEWAY;
	r->gw_family = AF_INET6;
	r->nexthop = srv->addr;
	if (r->has_gateway)
		r->nexthop.in6 = rt->rt6i_gateway;
}

static struct lb_route *route_create(struct lb_server *srv,
				     const struct lb_pkt *pkt)
{
	struct lb_route *r = kzalloc(sizeof(*r), GFP_ATOMIC);

	if (!r)
		return NULL;
	r->dst = lookup(pkt->ln->net, pkt, &srv->addr, NULL, srv->family,
			&r->source);
	if (!r->dst) {
		kfree(r);
		return NULL;
	}
	lb_source_select(pkt->ln, r->dst, srv->family, &srv->addr, &r->source);
	r->has_source = memchr_inv(&r->source, 0, sizeof(r->source));
	r->cookie = lb_dst_cookie(r->dst, srv->family);
	if (srv->family == AF_INET)
		route_fill4(r, srv);
	else
		route_fill6(r, srv);
	return r;
}

static bool route_is_valid(const struct lb_route *r)
{
	return r && dst_check(r->dst, r->cookie);
}

static const struct lb_route *route_renew(struct lb_server *srv,
					  const struct lb_pkt *pkt)
{
	struct lb_route *old, *new;
	bool is_retired;

	spin_lock_bh(&srv->route_lock);
	/* Once: who sets it later drops the route after us. */
	is_retired = READ_ONCE(srv->gone) == LB_GONE_RETIRED;
	old = rcu_dereference_protected(srv->route,
					lockdep_is_held(&srv->route_lock));
	new = old;
	/* Another CPU may have been first. */
	if (!route_is_valid(old)) {
		new = route_create(srv, pkt);
		/*
		 * A server that has left keeps nothing: nobody would drop it.
		 * But a packet that was on its way there still goes.
		 */
		rcu_assign_pointer(srv->route, is_retired ? NULL : new);
		if (old)
			call_rcu(&old->rcu, route_free);
		if (new && is_retired)
			call_rcu(&new->rcu, route_free);
	}
	spin_unlock_bh(&srv->route_lock);
	return new;
}

/**
 * lb_server_route() - the way to a server
 * @srv: the server
 * @pkt: whose packet, should the route have to be looked up
 *
 * Context: softirq, under RCU.  Takes route_lock if the cache is stale.
 * Return: borrowed under RCU, or NULL if there is no way.
 */
const struct lb_route *lb_server_route(struct lb_server *srv,
				       const struct lb_pkt *pkt)
{
	const struct lb_route *r = rcu_dereference(srv->route);

	if (likely(route_is_valid(r)))
		return r;
	return route_renew(srv, pkt);
}

/*
 * A route of IPv6 holds its entry of the routing table, and that a device, for
 * which unregister_netdevice() would wait: it need not be the route's, which is
 * lo if the server is this machine, and which the kernel may have taken from it
 * by now.  All of them are given back, to be looked up again.
 */
static bool may_hold(const struct dst_entry *dst,
			 const struct net_device *dev)
{
	return dst->dev == dev || dst->ops->family == AF_INET6;
}

/**
 * lb_server_route_drop() - forget the cached route
 * @srv: the server
 * @dev: only if it may hold this device; NULL: whatever it is
 *
 * Context: process or softirq, under RCU or lb_net.mutex.  Takes route_lock.
 */
void lb_server_route_drop(struct lb_server *srv, const struct net_device *dev)
{
	struct lb_route *r;

	spin_lock_bh(&srv->route_lock);
	r = rcu_dereference_protected(srv->route,
				      lockdep_is_held(&srv->route_lock));
	if (r && (!dev || may_hold(r->dst, dev))) {
		RCU_INIT_POINTER(srv->route, NULL);
		call_rcu(&r->rcu, route_free);
	}
	spin_unlock_bh(&srv->route_lock);
}
