/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tournament tree: which of n entries is preferred, known at any time in
 * O(1), kept up in O(log n) when one entry changes, without a lock.
 *
 * Each node has four children: with two the tree would be twice as deep, and
 * it is the levels that cost.  Node 0 is the root, 4k + 1 to 4k + 4 are the
 * children of node k, and behind the inner nodes come the leaves, one for each
 * entry.  An inner node holds the winner of its children: the one of the lowest
 * key, the first in line order if there are several.  A key is made of what the
 * server counts at the time of the comparison.
 *
 * Many CPUs update at once.  Each node carries a version beside its winner and
 * is replaced by compare-and-exchange: read the node, then its children,
 * compare, exchange.  Who changes an entry refreshes the nodes above it, each
 * of them up to twice; if both exchanges fail, another CPU has begun its own
 * comparison after the change, and saw it.  So when all updates have returned
 * every node is right (P. Jayanti, "f-arrays: implementation and applications",
 * PODC 2002).
 *
 * The function that makes a key is a parameter and inlined: an indirect call
 * for each comparison would cost more than the comparison.
 */
#ifndef _L4LB_SCHED_TREE_H
#define _L4LB_SCHED_TREE_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "../sched.h"
#include "../server.h"

/* The winner of a node without entries below. */
#define LB_TREE_NOBODY	U32_MAX
#define LB_TREE_WAYS	4

/**
 * struct lb_tree - the inner nodes
 */
struct lb_tree {
	/** @inner: how many; the leaf of entry i is node @inner + i */
	u32 inner;
	/** @node: winner, and in the upper 32 bits the version */
	atomic64_t node[];
};

/**
 * struct lb_tree_key - what entries are compared by: @num / @den
 *
 * Below 2^32 and from 1 to 2^31, so that products do not overflow.  A count of
 * conns may read -1 for a moment, see lb_conns(): that only makes it lower.
 */
struct lb_tree_key {
	/** @num: numerator */
	s64 num;
	/** @den: denominator */
	u32 den;
};

/* Behind all that a key can be made of. */
#define LB_TREE_LAST	(1LL << 32)

typedef struct lb_tree_key (*lb_tree_key_fn)(const struct lb_sched_entry *e);

/**
 * lb_tree_create() - make a tree, its nodes yet to be refreshed
 * @n: entries, above 0
 *
 * Context: process, may sleep.
 * Return: for kvfree(), or NULL.
 */
static inline struct lb_tree *lb_tree_create(u32 n)
{
	u32 inner = 0, width = 1;
	struct lb_tree *t;

	for (; width < n; width *= LB_TREE_WAYS)
		inner += width;
	t = kvzalloc(struct_size(t, node, inner), GFP_KERNEL_ACCOUNT);
	if (t)
		t->inner = inner;
	return t;
}

static __always_inline u32 lb_tree_winner(const struct lb_sched *sched,
					  const struct lb_tree *t, u32 k)
{
	if (k < t->inner)
		return (u32)atomic64_read(&t->node[k]);
	k -= t->inner;
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
	return lb_tree_winner(sched, t, 0);
}

/* One more child: does it beat the best so far?  False: there are no more. */
static __always_inline bool lb_tree_challenge(const struct lb_sched *sched,
					      u32 w, u32 *best,
					      struct lb_tree_key *key,
					      lb_tree_key_fn key_of)
{
	struct lb_tree_key other;

	if (unlikely(w == LB_TREE_NOBODY))
		return false;
	other = key_of(&sched->e[w]);
	if (other.num * key->den < key->num * other.den) {
		*best = w;
		*key = other;
	}
	return true;
}

/* Entries fill the leaves from the left, so nobody comes after nobody. */
static __always_inline u32 lb_tree_match(const struct lb_sched *sched,
					 const struct lb_tree *t, u32 k,
					 lb_tree_key_fn key_of)
{
	const u32 first = LB_TREE_WAYS * k + 1;
	u32 w[LB_TREE_WAYS], best;
	struct lb_tree_key key;

	BUILD_BUG_ON(LB_TREE_WAYS != 4);
	if (first < t->inner) {
		const atomic64_t *node = &t->node[first];

		w[0] = (u32)atomic64_read(&node[0]);
		w[1] = (u32)atomic64_read(&node[1]);
		w[2] = (u32)atomic64_read(&node[2]);
		w[3] = (u32)atomic64_read(&node[3]);
	} else {
		u32 i = first - t->inner;

		w[0] = i < sched->n ? i : LB_TREE_NOBODY;
		w[1] = i + 1 < sched->n ? i + 1 : LB_TREE_NOBODY;
		w[2] = i + 2 < sched->n ? i + 2 : LB_TREE_NOBODY;
		w[3] = i + 3 < sched->n ? i + 3 : LB_TREE_NOBODY;
	}
	best = w[0];
	if (unlikely(best == LB_TREE_NOBODY))
		return best;
	key = key_of(&sched->e[best]);
	if (lb_tree_challenge(sched, w[1], &best, &key, key_of) &&
	    lb_tree_challenge(sched, w[2], &best, &key, key_of))
		lb_tree_challenge(sched, w[3], &best, &key, key_of);
	return best;
}

/* Return: are the nodes above untouched by what happened to entry @i? */
static __always_inline bool lb_tree_refresh(const struct lb_sched *sched,
					    struct lb_tree *t, u32 k, u32 i,
					    lb_tree_key_fn key_of)
{
	int try;

	for (try = 0; try < 2; try++) {
		s64 old = atomic64_read(&t->node[k]), new;
		u32 winner;

		/*
		 * The node before its children and the counts, also as other
		 * CPUs see it, or a stale winner could go in.
		 */
		smp_mb();
		winner = lb_tree_match(sched, t, k, key_of);
		/* The next version, and the winner. */
		new = (old | U32_MAX) + 1 + winner;
		if (likely(atomic64_try_cmpxchg(&t->node[k], &old, new)))
			return (u32)old == winner && winner != i;
	}
	return false;
}

/**
 * lb_tree_update() - the key of an entry has changed
 * @sched: the instance
 * @t: its tree
 * @i: the entry
 * @key_of: the order
 *
 * Context: any, under RCU; what @key_of reads was written before.
 */
static __always_inline void lb_tree_update(const struct lb_sched *sched,
					   struct lb_tree *t, u32 i,
					   lb_tree_key_fn key_of)
{
	u32 k = t->inner + i;

	while (k) {
		k = (k - 1) / LB_TREE_WAYS;
		if (lb_tree_refresh(sched, t, k, i, key_of))
			break;
	}
}

/**
 * lb_tree_refresh_all() - work out every node
 * @sched: the instance
 * @t: its tree
 * @key_of: the order
 *
 * Context: any; may run beside updates.
 */
static __always_inline void lb_tree_refresh_all(const struct lb_sched *sched,
						struct lb_tree *t,
						lb_tree_key_fn key_of)
{
	u32 k;

	for (k = t->inner; k-- > 0;)
		lb_tree_refresh(sched, t, k, LB_TREE_NOBODY, key_of);
}

/* How often the way is cleared of entries that have just been filled. */
#define LB_TREE_TRIES	4

/**
 * lb_tree_best_open() - the preferred entry that is not full
 * @sched: the instance
 * @t: its tree
 * @key_of: the order, in which full entries come last
 *
 * An entry may be full before its CPU has got round to saying so here, and the
 * tree of an instance that is being replaced may not be told at all.
 *
 * Context: softirq, under RCU.
 * Return: the entry, or NULL if all are full.
 */
static __always_inline struct lb_sched_entry *
lb_tree_best_open(struct lb_sched *sched, struct lb_tree *t,
		  lb_tree_key_fn key_of)
{
	int try;

	for (try = 0; try < LB_TREE_TRIES; try++) {
		u32 i = lb_tree_best(sched, t);

		if (likely(key_of(&sched->e[i]).num < LB_TREE_LAST))
			return &sched->e[i];
		lb_tree_update(sched, t, i, key_of);
	}
	return NULL;
}

/* Keys that more than one scheduler needs. */

static __always_inline bool lb_entry_is_open(const struct lb_sched_entry *e)
{
	return atomic_read(&e->srv->active) < e->maxconn;
}

static __always_inline struct lb_tree_key lb_key(s64 num, u32 den)
{
	return (struct lb_tree_key){ .num = num, .den = den };
}

/*
 * 256 for each active conn and 1 for each other one, per weight; who is full
 * comes last.  Counts move while they are read; any moment's truth is good
 * enough.
 */
static __always_inline struct lb_tree_key
lb_key_load(const struct lb_sched_entry *e)
{
	s64 active = atomic_read(&e->srv->active);

	if (unlikely(active >= e->maxconn))
		return lb_key(LB_TREE_LAST, 1);
	return lb_key(active * 256 + atomic_read(&e->srv->inactive),
		      e->weight);
}

static __always_inline bool lb_is_less_loaded(const struct lb_sched_entry *a,
					      const struct lb_sched_entry *b)
{
	struct lb_tree_key x = lb_key_load(a), y = lb_key_load(b);

	return x.num * y.den < y.num * x.den;
}

#endif /* _L4LB_SCHED_TREE_H */
