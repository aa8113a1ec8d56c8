// SPDX-License-Identifier: GPL-2.0
/*
 * Shortest expected delay: the server with the lowest (active + 1) / weight,
 * the delay a new conn would see there.  Equal delays go to the first in line
 * order.
 *
 * Never queue: an idle server if there is one, whatever its weight, the first
 * in line order; else the shortest expected delay.
 */
#include "../sched.h"
#include "tree.h"

static __always_inline struct lb_tree_key
sed_key(const struct lb_sched_entry *e)
{
	s64 active = atomic_read(&e->srv->active);

	if (unlikely(active >= e->maxconn))
		return lb_key(LB_TREE_LAST, 1);
	return lb_key(active + 1, e->weight);
}

static __always_inline struct lb_tree_key
nq_key(const struct lb_sched_entry *e)
{
	return atomic_read(&e->srv->active) > 0 ? sed_key(e) : lb_key(0, 1);
}

static struct lb_server *pick_best(struct lb_sched *sched,
				   const struct lb_pkt *pkt)
{
	const struct lb_sched_entry *e;

	e = &sched->e[lb_tree_best(sched, sched->tree)];
	return likely(lb_entry_is_open(e)) ? e->srv : NULL;
}

static int sed_build(struct lb_sched *sched)
{
	lb_tree_refresh_all(sched, sched->tree, sed_key);
	return 0;
}

static void sed_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, sed_key);
}

static int nq_build(struct lb_sched *sched)
{
	lb_tree_refresh_all(sched, sched->tree, nq_key);
	return 0;
}

static void nq_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, nq_key);
}

const struct lb_sched_ops lb_sched_shortexpdelay = {
	.name = "shortexpdelay",
	.has_shares = true,
	.build = sed_build,
	.pick = pick_best,
	.changed = sed_changed,
};

const struct lb_sched_ops lb_sched_neverqueue = {
	.name = "neverqueue",
	.has_shares = true,
	.build = nq_build,
	.pick = pick_best,
	.changed = nq_changed,
};
