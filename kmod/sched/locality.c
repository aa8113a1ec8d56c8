// SPDX-License-Identifier: GPL-2.0
/*
 * Locality: leastconn that remembers, for each destination address, where it
 * went, so that servers that cache see the same destinations again.
 *
 * localitybased remembers one server.  It is kept unless it is not usable, or
 * overloaded: it has more active conns than its weight while some server has
 * less than half its weight.  Then leastconn's choice takes its place.
 *
 * replication remembers a set of servers and takes the one of the lowest load
 * per weight among those that are usable and not overloaded.  If there is
 * none, leastconn's choice joins the set.  A set of more than one that has
 * been the same for a day gives up those that are no longer usable, or else the
 * one of the highest load per weight.
 *
 * What is remembered outlives an instance: it is shared by all of a director,
 * and forgotten when nobody at all is usable.
 */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <net/ipv6.h>
#include "../pkt.h"
#include "../wheel.h"
#include "tree.h"

#define LB_LOCALITY_BITS	10
#define LB_LOCALITY_MAX		16384
/* When the memory is full, what has not been used for this long goes. */
#define LB_LOCALITY_STALE_MS	(6 * 60 * 1000)
/* How many entries one new entry looks at to find some that may go. */
#define LB_LOCALITY_SWEEP	32

static unsigned int locality_expire = 24 * 60 * 60;
module_param(locality_expire, uint, 0644);
MODULE_PARM_DESC(locality_expire, "seconds until an unused destination is forgotten, and an unchanged set of servers shrinks");

/**
 * struct lb_set - servers that a destination is sent to; constant
 */
struct lb_set {
	/** @rcu: frees it after a grace period */
	struct rcu_head rcu;
	/** @nr: of @srv */
	u32 nr;
	/** @srv: sorted by address in memory; a reference to each */
	struct lb_server *srv[];
};

/**
 * struct lb_place - what is remembered of a destination
 */
struct lb_place {
	/** @node: in the memory's bucket; RCU */
	struct hlist_node node;
	/** @addr: destination, what the family does not use is 0; constant */
	union nf_inet_addr addr;
	/** @set: where it is sent, or NULL; RCU, under the memory's lock */
	struct lb_set __rcu *set;
	/** @used: lb_now() of the last pick; only written if it changes */
	u32 used;
	/** @changed: lb_now() when @set last changed */
	u32 changed;
	/** @rcu: frees it after a grace period */
	struct rcu_head rcu;
};

/**
 * struct lb_memory - what a director remembers
 */
struct lb_memory {
	/** @ref: held by instances */
	struct kref ref;
	/** @lock: BH; guards changes */
	spinlock_t lock;
	/** @nr: places; under @lock */
	u32 nr;
	/** @sweep: bucket to look at next for old ones; under @lock */
	u32 sweep;
	/** @buckets: places by address; RCU */
	struct hlist_head buckets[BIT(LB_LOCALITY_BITS)];
};

static void dest_addr(union nf_inet_addr *addr, const struct lb_pkt *pkt)
{
	memset(addr, 0, sizeof(*addr));
	if (pkt->family == AF_INET)
		addr->ip = pkt->k4.daddr;
	else
		addr->in6 = pkt->k6.daddr;
}

static struct hlist_head *bucket_of(struct lb_memory *m,
				    const union nf_inet_addr *addr)
{
	u64 h = siphash(addr, sizeof(*addr), &lb_hash_key);

	return &m->buckets[h & (BIT(LB_LOCALITY_BITS) - 1)];
}

static struct lb_place *place_find(struct lb_memory *m,
				   const union nf_inet_addr *addr)
{
	struct lb_place *p;

	hlist_for_each_entry_rcu(p, bucket_of(m, addr), node)
		if (!memcmp(&p->addr, addr, sizeof(*addr)))
			return p;
	return NULL;
}

static void set_free(struct rcu_head *rcu)
{
	struct lb_set *set = container_of(rcu, struct lb_set, rcu);
	u32 i;

	for (i = 0; i < set->nr; i++)
		lb_server_put(set->srv[i]);
	kfree(set);
}

/* Under the memory's lock, or with nobody else about. */
static struct lb_set *place_set(const struct lb_place *p)
{
	return rcu_dereference_protected(p->set, true);
}

static void place_replace(struct lb_place *p, struct lb_set *set)
{
	struct lb_set *old = place_set(p);

	rcu_assign_pointer(p->set, set);
	WRITE_ONCE(p->changed, lb_now());
	if (old)
		call_rcu(&old->rcu, set_free);
}

/* A set to be filled by set_add(), or NULL: forgetting is all that follows. */
static struct lb_set *set_alloc(u32 max)
{
	struct lb_set *set;

	return kzalloc(struct_size(set, srv, max), GFP_ATOMIC | __GFP_NOWARN);
}

static void set_add(struct lb_set *set, struct lb_server *srv)
{
	set->srv[set->nr++] = lb_server_get(srv);
}

static bool set_has(const struct lb_set *set, const struct lb_server *srv)
{
	u32 lo = 0, hi = set->nr;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (set->srv[mid] == srv)
			return true;
		if (set->srv[mid] < srv)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static void place_remove(struct lb_memory *m, struct lb_place *p)
{
	place_replace(p, NULL);
	hlist_del_rcu(&p->node);
	m->nr--;
	kfree_rcu(p, rcu);
}

/*
 * Each new place pays for a look at some old ones, so that nothing has to run
 * by itself and nothing is searched at once.
 */
static void memory_sweep(struct lb_memory *m)
{
	u32 life = m->nr < LB_LOCALITY_MAX ?
		   lb_ms_to_ticks(min(READ_ONCE(locality_expire),
				      U32_MAX / 1000) * 1000) :
		   lb_ms_to_ticks(LB_LOCALITY_STALE_MS);
	struct hlist_node *next;
	struct lb_place *p;
	u32 now = lb_now();
	unsigned int seen = 0, i;

	for (i = 0; i < LB_LOCALITY_SWEEP && seen < LB_LOCALITY_SWEEP; i++) {
		struct hlist_head *b = &m->buckets[m->sweep];

		m->sweep = (m->sweep + 1) % ARRAY_SIZE(m->buckets);
		hlist_for_each_entry_safe(p, next, b, node) {
			seen++;
			if (now - READ_ONCE(p->used) >= life)
				place_remove(m, p);
		}
	}
}

static struct lb_place *place_create(struct lb_memory *m,
				     const union nf_inet_addr *addr)
{
	struct lb_place *p;

	memory_sweep(m);
	if (m->nr >= LB_LOCALITY_MAX)
		return NULL;
	p = kzalloc(sizeof(*p), GFP_ATOMIC);
	if (!p)
		return NULL;
	p->addr = *addr;
	p->used = lb_now();
	hlist_add_head_rcu(&p->node, bucket_of(m, addr));
	m->nr++;
	return p;
}

/*
 * Does it take part?  Its seat says so: in this instance or in the one that is
 * just taking its place.  Normal and sorry servers share the memory.
 */
static const struct lb_sched_entry *member_entry(const struct lb_sched *sched,
						 const struct lb_server *srv)
{
	const struct lb_sched_entry *e = rcu_dereference(srv->seat);

	if (!e || e->sched->shared != sched->shared)
		return NULL;
	return e->sched->is_sorry == sched->is_sorry ? e : NULL;
}

/**
 * struct lb_halves - which servers have less than half their weight
 */
struct lb_halves {
	/** @nr: how many */
	atomic_t nr;
	/** @is: by entry */
	atomic_t is[];
};

static bool is_half_idle(const struct lb_sched_entry *e)
{
	return (u64)lb_conns(&e->srv->active) * 2 < e->capacity;
}

/*
 * Who writes last looks again after having written, so that when all CPUs have
 * returned the mark is right.
 */
static void halves_update(struct lb_sched *sched, u32 i)
{
	struct lb_halves *h = sched->table;
	bool now;

	do {
		int was;

		now = is_half_idle(&sched->e[i]);
		if (atomic_read(&h->is[i]) == now)
			continue;
		was = atomic_xchg(&h->is[i], now);
		if (was != now)
			atomic_add(now ? 1 : -1, &h->nr);
	} while (is_half_idle(&sched->e[i]) != now);
}

static bool is_overloaded(const struct lb_sched *sched,
			  const struct lb_sched_entry *e)
{
	const struct lb_halves *h = sched->table;
	s64 active = lb_conns(&e->srv->active);

	if (active >= e->maxconn)
		return true;
	return active > e->capacity && atomic_read(&h->nr) > 0;
}

static bool is_before(const struct lb_sched_entry *a,
		      const struct lb_sched_entry *b)
{
	return lb_is_less_loaded(a, b) ||
	       (a < b && !lb_is_less_loaded(b, a));
}

/*
 * The one of the lowest load per weight, the first in line order if several
 * have it, of those that are not overloaded.  @all: the same of all servers;
 * if it is in the set, as in a large set it mostly is, nobody has to search.
 */
static const struct lb_sched_entry *set_best(const struct lb_sched *sched,
					     const struct lb_set *set,
					     const struct lb_sched_entry *all)
{
	const struct lb_sched_entry *best = NULL, *e;
	u32 i;

	if (all && set_has(set, all->srv) && !is_overloaded(sched, all))
		return all;
	for (i = 0; i < set->nr; i++) {
		e = member_entry(sched, set->srv[i]);
		if (e && !is_overloaded(sched, e) &&
		    (!best || is_before(e, best)))
			best = e;
	}
	return best;
}

/* The servers of @from that still take part, and @srv, in order. */
static struct lb_set *set_with(const struct lb_sched *sched,
			       const struct lb_set *from,
			       struct lb_server *srv)
{
	u32 nr = from ? from->nr : 0, i;
	struct lb_set *set = set_alloc(nr + 1);

	if (!set)
		return NULL;
	for (i = 0; i < nr; i++) {
		if (srv && srv < from->srv[i]) {
			set_add(set, srv);
			srv = NULL;
		}
		if (from->srv[i] == srv)
			srv = NULL;
		else if (!member_entry(sched, from->srv[i]))
			continue;
		set_add(set, from->srv[i]);
	}
	if (srv)
		set_add(set, srv);
	return set;
}

static void remember(struct lb_sched *sched, const struct lb_pkt *pkt,
		     struct lb_server *srv, bool one)
{
	struct lb_memory *m = sched->shared;
	union nf_inet_addr addr;
	struct lb_place *p;
	struct lb_set *set;

	dest_addr(&addr, pkt);
	spin_lock_bh(&m->lock);
	p = place_find(m, &addr) ?: place_create(m, &addr);
	set = p ? set_with(sched, one ? NULL : place_set(p), srv) : NULL;
	if (set)
		place_replace(p, set);
	spin_unlock_bh(&m->lock);
}

/* The set without those of no use, or if there are none without the worst. */
static struct lb_set *set_less(const struct lb_sched *sched,
			       const struct lb_set *from)
{
	const struct lb_sched_entry *worst = NULL, *e;
	struct lb_set *set = set_alloc(from->nr);
	u32 i;

	if (!set)
		return NULL;
	for (i = 0; i < from->nr; i++) {
		e = member_entry(sched, from->srv[i]);
		if (!e)
			continue;
		set_add(set, from->srv[i]);
		if (!worst || lb_is_less_loaded(worst, e) ||
		    (e < worst && !lb_is_less_loaded(e, worst)))
			worst = e;
	}
	if (!worst || set->nr < from->nr)
		return set;
	for (i = 0; set->srv[i] != worst->srv; i++)
		;
	lb_server_put(worst->srv);
	set->nr--;
	memmove(&set->srv[i], &set->srv[i + 1],
		(set->nr - i) * sizeof(set->srv[0]));
	return set;
}

static void set_shrink(struct lb_sched *sched, struct lb_place *p)
{
	struct lb_memory *m = sched->shared;
	struct lb_set *set;

	spin_lock_bh(&m->lock);
	set = place_set(p);
	/* A place that has been removed meanwhile has none. */
	set = set && set->nr > 1 ? set_less(sched, set) : NULL;
	if (set)
		place_replace(p, set);
	spin_unlock_bh(&m->lock);
}

static bool is_unchanged(const struct lb_place *p)
{
	u32 secs = min(READ_ONCE(locality_expire), U32_MAX / 1000);

	return lb_now() - READ_ONCE(p->changed) >= lb_ms_to_ticks(secs * 1000);
}

static struct lb_server *pick(struct lb_sched *sched,
			      const struct lb_pkt *pkt, bool one)
{
	const struct lb_sched_entry *all, *e = NULL;
	const struct lb_set *set = NULL;
	union nf_inet_addr addr;
	struct lb_place *p;

	all = lb_tree_best_open(sched, sched->tree, lb_key_load);
	dest_addr(&addr, pkt);
	p = place_find(sched->shared, &addr);
	if (p)
		set = rcu_dereference(p->set);
	if (set) {
		e = set_best(sched, set, all);
		if (!pkt->is_dry && READ_ONCE(p->used) != lb_now())
			WRITE_ONCE(p->used, lb_now());
		if (!pkt->is_dry && set->nr > 1 && unlikely(is_unchanged(p)))
			set_shrink(sched, p);
	}
	if (e)
		return e->srv;
	if (!all)
		return NULL;
	if (!pkt->is_dry)
		remember(sched, pkt, all->srv, one);
	return all->srv;
}

static struct lb_server *locality_pick(struct lb_sched *sched,
				       const struct lb_pkt *pkt)
{
	return pick(sched, pkt, true);
}

static struct lb_server *replication_pick(struct lb_sched *sched,
					  const struct lb_pkt *pkt)
{
	return pick(sched, pkt, false);
}

static void locality_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, lb_key_load);
	halves_update(sched, i);
}

static int locality_build(struct lb_sched *sched)
{
	struct lb_halves *h;
	u32 i;

	h = kvzalloc(struct_size(h, is, sched->n), GFP_KERNEL_ACCOUNT);
	if (!h)
		return -ENOMEM;
	sched->table = h;
	for (i = 0; i < sched->n; i++)
		halves_update(sched, i);
	lb_tree_refresh_all(sched, sched->tree, lb_key_load);
	return 0;
}

static int locality_share(struct lb_sched *sched, const struct lb_sched *prev)
{
	struct lb_memory *m;

	if (prev) {
		m = prev->shared;
		kref_get(&m->ref);
	} else {
		m = kvzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
		if (!m)
			return -ENOMEM;
		kref_init(&m->ref);
		spin_lock_init(&m->lock);
	}
	sched->shared = m;
	return 0;
}

static void memory_release(struct kref *ref)
{
	struct lb_memory *m = container_of(ref, struct lb_memory, ref);
	struct hlist_node *next;
	struct lb_place *p;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(m->buckets); i++)
		hlist_for_each_entry_safe(p, next, &m->buckets[i], node)
			place_remove(m, p);
	kvfree(m);
}

static void locality_unshare(struct lb_sched *sched)
{
	struct lb_memory *m = sched->shared;

	kref_put(&m->ref, memory_release);
}

const struct lb_sched_ops lb_sched_locality = {
	.name = "leastconn localitybased",
	.has_shares = true,
	.build = locality_build,
	.share = locality_share,
	.unshare = locality_unshare,
	.pick = locality_pick,
	.changed = locality_changed,
};

const struct lb_sched_ops lb_sched_replication = {
	.name = "leastconn localitybased replication",
	.has_shares = true,
	.build = locality_build,
	.share = locality_share,
	.unshare = locality_unshare,
	.pick = replication_pick,
	.changed = locality_changed,
};
