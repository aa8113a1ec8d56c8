// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the table of schedulers, the life of their instances, and what happens
 * when a server is full.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "pkt.h"
#include "sched.h"
#include "sched/tree.h"

static const struct lb_sched_ops *const scheds[] = {
	&lb_sched_roundrobin,
	&lb_sched_leastconn,
	&lb_sched_locality,
	&lb_sched_replication,
	&lb_sched_source,
	&lb_sched_dest,
	&lb_sched_srcdst,
	&lb_sched_shortexpdelay,
	&lb_sched_neverqueue,
	&lb_sched_fo,
	&lb_sched_ovh,
	&lb_sched_mh,
	&lb_sched_twos,
};

/**
 * lb_sched_find() - a scheduler by name
 * @name: as in `balance NAME`
 *
 * Return: its ops, or NULL.
 */
const struct lb_sched_ops *lb_sched_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scheds); i++)
		if (!strcmp(scheds[i]->name, name))
			return scheds[i];
	return NULL;
}

/**
 * lb_sched_at() - the i-th scheduler, for listing
 * @i: from 0
 *
 * Return: its ops, or NULL behind the last.
 */
const struct lb_sched_ops *lb_sched_at(unsigned int i)
{
	return i < ARRAY_SIZE(scheds) ? scheds[i] : NULL;
}

/**
 * lb_sched_alloc() - begin an instance
 * @ops: of this scheduler
 * @n: entries, above 0, which the caller fills but for their @sched
 *
 * Context: process, may sleep.
 * Return: for lb_sched_build() or lb_sched_free(), or NULL.
 */
struct lb_sched *lb_sched_alloc(const struct lb_sched_ops *ops, u32 n)
{
	struct lb_sched *sched;
	u32 i;

	sched = kvzalloc(struct_size(sched, e, n), GFP_KERNEL_ACCOUNT);
	if (!sched)
		return NULL;
	sched->ops = ops;
	sched->n = n;
	for (i = 0; i < n; i++)
		sched->e[i].sched = sched;
	return sched;
}

/*
 * For schedulers that do not look at conns: a tree of who is not full, so that
 * the next one that is not can be found without asking all.
 */
static __always_inline struct lb_tree_key
open_key(const struct lb_sched_entry *e)
{
	/* A server that only keeps its place never serves. */
	return lb_key(!(e->weight && lb_entry_is_open(e)), 1);
}

/**
 * lb_sched_build() - make an instance ready for its first pick
 * @sched: from lb_sched_alloc(), entries filled
 * @prev: another instance of its director, whose memory it takes over, or
 *	NULL
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -ENOMEM; @sched is then for lb_sched_free().
 */
int lb_sched_build(struct lb_sched *sched, const struct lb_sched *prev)
{
	const struct lb_sched_ops *ops = sched->ops;
	int err = 0;
	u32 i;

	for (i = 0; i < sched->n; i++)
		if (sched->e[i].maxconn != INT_MAX)
			sched->is_limited = true;
	if (ops->changed || sched->is_limited || ops->keeps_places) {
		sched->tree = lb_tree_create(sched->n);
		if (!sched->tree)
			return -ENOMEM;
	}
	if (ops->build)
		err = ops->build(sched);
	if (!err && ops->share)
		err = ops->share(sched, prev && prev->ops == ops ? prev : NULL);
	if (!err && sched->tree && !ops->changed)
		lb_tree_refresh_all(sched, sched->tree, open_key);
	return err;
}

/**
 * lb_sched_free() - free an instance that no packet has seen, or sees any more
 * @sched: the instance, or NULL
 *
 * Context: any but hard interrupts.
 */
void lb_sched_free(struct lb_sched *sched)
{
	if (!sched)
		return;
	lb_sched_free(sched->sorry);
	if (sched->shared)
		sched->ops->unshare(sched);
	kvfree(sched->tree);
	kvfree(sched->table);
	kvfree(sched);
}

static void sched_free_rcu(struct rcu_head *rcu)
{
	lb_sched_free(container_of(rcu, struct lb_sched, rcu));
}

/**
 * lb_sched_free_rcu() - free an unlinked instance after a grace period
 * @sched: the instance, or NULL
 *
 * Context: any.
 */
void lb_sched_free_rcu(struct lb_sched *sched)
{
	if (sched)
		call_rcu(&sched->rcu, sched_free_rcu);
}

static bool wants_changes(const struct lb_sched *sched)
{
	return sched->ops->changed || sched->is_limited;
}

static void sched_changed(struct lb_sched *sched, u32 i)
{
	if (sched->ops->changed)
		sched->ops->changed(sched, i);
	else
		lb_tree_update(sched, sched->tree, i, open_key);
}

/**
 * lb_sched_seat() - from now on this instance is told of its servers' conns
 * @sched: built; about to be published
 *
 * What changed before a server was seated is made up for afterwards.
 *
 * Context: process, under lb_net.mutex.
 */
void lb_sched_seat(struct lb_sched *sched)
{
	u32 i;

	if (sched->sorry)
		lb_sched_seat(sched->sorry);
	if (!wants_changes(sched))
		return;
	for (i = 0; i < sched->n; i++)
		rcu_assign_pointer(sched->e[i].srv->seat, &sched->e[i]);
	/* Pairs with lb_sched_server_changed(): it sees the seat or we it. */
	smp_mb();
	rcu_read_lock();
	for (i = 0; i < sched->n; i++)
		sched_changed(sched, i);
	rcu_read_unlock();
}

/**
 * lb_sched_server_changed() - a server has got or lost a conn
 * @srv: the server; its counts are written
 *
 * Context: any, under RCU.
 */
void lb_sched_server_changed(struct lb_server *srv)
{
	struct lb_sched_entry *seat;

	/* The counts before the comparisons; pairs with lb_sched_seat(). */
	smp_mb__after_atomic();
	seat = rcu_dereference(srv->seat);
	if (seat)
		sched_changed(seat->sched, seat - seat->sched->e);
}

/**
 * lb_sched_open_from() - the first server from a place on that is not full
 * @sched: an instance with a tree of who is not, see lb_sched_build()
 * @i: the place in line order; after the last comes the first
 *
 * Context: softirq, under RCU.
 * Return: the server, or NULL if all are full.
 */
struct lb_server *lb_sched_open_from(const struct lb_sched *sched, u32 i)
{
	const struct lb_tree *t = sched->tree;
	const struct lb_sched_entry *e = &sched->e[i];
	u32 k;

	if (e->weight && lb_entry_is_open(e))
		return e->srv;
	/* The winner of a node is the first below it that is not full. */
	for (k = t->inner + i; k; k = (k - 1) / LB_TREE_WAYS) {
		u32 last = ((k - 1) / LB_TREE_WAYS + 1) * LB_TREE_WAYS;
		u32 right, w;

		for (right = k + 1; right <= last; right++) {
			w = lb_tree_winner(sched, t, right);
			if (w == LB_TREE_NOBODY)
				break;
			e = &sched->e[w];
			if (e->weight && lb_entry_is_open(e))
				return e->srv;
		}
	}
	e = &sched->e[lb_tree_best(sched, t)];
	return e->weight && lb_entry_is_open(e) ? e->srv : NULL;
}

/**
 * lb_sched_pick() - choose a server, a sorry server if all others are full
 * @sched: the instance
 * @pkt: the packet of the new conn
 *
 * Context: softirq, under RCU.
 * Return: borrowed under RCU; NULL if nobody takes it, see lb_sched_ops.full.
 */
struct lb_server *lb_sched_pick(struct lb_sched *sched,
				const struct lb_pkt *pkt)
{
	struct lb_server *srv = sched->ops->pick(sched, pkt);

	if (likely(srv) || !sched->sorry || sched->ops->full)
		return srv;
	return sched->sorry->ops->pick(sched->sorry, pkt);
}
