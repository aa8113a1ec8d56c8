/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tournament tree: which of n entries is preferred, known at any time in
 * O(1), kept up in O(log n) when one entry changes, without a lock.
 *
 * Nodes are numbered as in a heap: 1 is the root, 2k and 2k + 1 are the
 * children of k, and size + i is the leaf of entry i.  An inner node holds the
 * winner of its two children, the left one (first in line order) if they are
 * equal.  What makes an entry better is read from the servers themselves, at
 * the time of the comparison.
 *
 * Many CPUs update at once.  Each node carries a version beside its winner and
 * is replaced by compare-and-exchange: read the node, then its children,
 * compare, exchange.  Who changes an entry refreshes the nodes above it, each
 * of them up to twice; if both exchanges fail, another CPU has begun its own
 * comparison after the change, and saw it.  So when all updates have returned
 * every node is right (P. Jayanti, "f-arrays: implementation and applications",
 * PODC 2002).
 *
 * The comparison is passed as a function and inlined: indirect calls in a loop
 * would cost more than the comparison.
 */
#ifndef _L4LB_SCHED_TREE_H
#define _L4LB_SCHED_TREE_H

#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "../sched.h"
#include "../server.h"

/* The winner of a node without entries below. */
#define LB_TREE_NOBODY	U32_MAX

/**
 * struct lb_tree - the inner nodes
 */
struct lb_tree {
	/** @size: leaves, a power of two, at least the number of entries */
	u32 size;
	/** @node: by number, [0] unused; version in the upper 32 bits */
	atomic64_t node[];
};

/* Is @b strictly better than @a?  @a comes first in line order. */
typedef bool (*lb_tree_better_fn)(const struct lb_sched_entry *a,
				  const struct lb_sched_entry *b);

/**
 * lb_tree_create() - make a tree, its nodes yet to be refreshed
 * @n: entries, above 0
 *
 * Context: process, may sleep.
 * Return: for kvfree(), or NULL.
 */
static inline struct lb_tree *lb_tree_create(u32 n)
{
	u32 size = roundup_pow_of_two(n);
	struct lb_tree *t;

	t = kvzalloc(struct_size(t, node, size), GFP_KERNEL_ACCOUNT);
	if (t)
		t->size = size;
	return t;
}

static __always_inline u32 lb_tree_winner(const struct lb_sched *sched,
					  const struct lb_tree *t, u32 k)
{
	if (k < t->size)
		return (u32)atomic64_read(&t->node[k]);
	k -= t->size;
	return k < sched->n ? k : LB_TREE_NOBODY;
}

/**
 * lb_tree_best() - the preferred entry
 * @sched: the instance
 * @t: its tree
 *
 * Context: any, under RCU.
 * Return: its number.
 */
static __always_inline u32 lb_tree_best(const struct lb_sched *sched,
					const struct lb_tree *t)
{
	return lb_tree_winner(sched, t, 1);
}

static __always_inline u32 lb_tree_match(const struct lb_sched *sched,
					 const struct lb_tree *t, u32 k,
					 lb_tree_better_fn better)
{
	u32 a = lb_tree_winner(sched, t, 2 * k);
	u32 b = lb_tree_winner(sched, t, 2 * k + 1);

	if (b == LB_TREE_NOBODY)
		return a;
	return better(&sched->e[a], &sched->e[b]) ? b : a;
}

/* Return: are the nodes above untouched by what happened to entry @i? */
static __always_inline bool lb_tree_refresh(const struct lb_sched *sched,
					    struct lb_tree *t, u32 k, u32 i,
					    lb_tree_better_fn better)
{
	int try;

	for (try = 0; try < 2; try++) {
		/* Before the children, or a stale winner could go in. */
		s64 old = atomic64_read_acquire(&t->node[k]);
		u32 winner = lb_tree_match(sched, t, k, better);
		u64 version = ((u64)old >> 32) + 1;

		if (atomic64_try_cmpxchg(&t->node[k], &old,
					 (s64)(version << 32 | winner)))
			return (u32)old == winner && winner != i;
	}
	return false;
}

/**
 * lb_tree_update() - an entry has become better or worse
 * @sched: the instance
 * @t: its tree
 * @i: the entry
 * @better: the order
 *
 * Context: any, under RCU; what @better reads was written before.
 */
static __always_inline void lb_tree_update(const struct lb_sched *sched,
					   struct lb_tree *t, u32 i,
					   lb_tree_better_fn better)
{
	u32 k;

	for (k = (t->size + i) >> 1; k; k >>= 1)
		if (lb_tree_refresh(sched, t, k, i, better))
			break;
}

/**
 * lb_tree_refresh_all() - work out every node
 * @sched: the instance
 * @t: its tree
 * @better: the order
 *
 * Context: any; may run beside updates.
 */
static __always_inline void lb_tree_refresh_all(const struct lb_sched *sched,
						struct lb_tree *t,
						lb_tree_better_fn better)
{
	u32 k;

	for (k = t->size - 1; k; k--)
		lb_tree_refresh(sched, t, k, LB_TREE_NOBODY, better);
}

/* Orders that more than one scheduler needs. */

static __always_inline bool lb_entry_is_open(const struct lb_sched_entry *e)
{
	return lb_conns(&e->srv->active) < e->maxconn;
}

/*
 * 256 for each active conn and 1 for each other one.  Counts move while they
 * are read; any moment's truth is good enough.
 */
static __always_inline u64 lb_entry_load(const struct lb_sched_entry *e)
{
	return (u64)lb_conns(&e->srv->active) * 256 +
	       lb_conns(&e->srv->inactive);
}

/*
 * load/weight without dividing.  A load is at most 256 * LB_CONN_MAX = 2^32, a
 * weight below 2^31: no overflow.
 */
static __always_inline bool lb_is_less(u64 load_b, u32 weight_b, u64 load_a,
				       u32 weight_a)
{
	return load_b * weight_a < load_a * weight_b;
}

/* Full servers come last, whatever else is asked. */
static __always_inline int lb_open_order(const struct lb_sched_entry *a,
					 const struct lb_sched_entry *b)
{
	if (likely(a->maxconn == U32_MAX && b->maxconn == U32_MAX))
		return 0;
	return (int)lb_entry_is_open(b) - (int)lb_entry_is_open(a);
}

static __always_inline bool lb_less_loaded(const struct lb_sched_entry *a,
					   const struct lb_sched_entry *b)
{
	int open = lb_open_order(a, b);

	if (unlikely(open))
		return open > 0;
	return lb_is_less(lb_entry_load(b), b->weight, lb_entry_load(a),
			  a->weight);
}

#endif /* _L4LB_SCHED_TREE_H */
