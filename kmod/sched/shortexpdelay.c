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

static __always_inline bool sed_better(const struct lb_sched_entry *a,
				       const struct lb_sched_entry *b)
{
	int open = lb_open_order(a, b);

	if (unlikely(open))
		return open > 0;
	return lb_is_less((u64)lb_conns(&b->srv->active) + 1, b->weight,
			  (u64)lb_conns(&a->srv->active) + 1, a->weight);
}

static __always_inline bool nq_better(const struct lb_sched_entry *a,
				      const struct lb_sched_entry *b)
{
	bool is_idle = !lb_conns(&a->srv->active);

	if (is_idle || !lb_conns(&b->srv->active))
		return !is_idle;
	return sed_better(a, b);
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
	lb_tree_refresh_all(sched, sched->tree, sed_better);
	return 0;
}

static void sed_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, sed_better);
}

static int nq_build(struct lb_sched *sched)
{
	lb_tree_refresh_all(sched, sched->tree, nq_better);
	return 0;
}

static void nq_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, nq_better);
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
