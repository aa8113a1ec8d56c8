// SPDX-License-Identifier: GPL-2.0
/*
 * Least connections: the server with the lowest load per weight, where load
 * is 256 for each active conn and 1 for each other one.  Equal loads go to the
 * first in line order.
 */
#include "../sched.h"
#include "tree.h"

static int lc_build(struct lb_sched *sched)
{
	lb_tree_refresh_all(sched, sched->tree, lb_key_load);
	return 0;
}

static struct lb_server *lc_pick(struct lb_sched *sched,
				 const struct lb_pkt *pkt)
{
	const struct lb_sched_entry *e;

	e = &sched->e[lb_tree_best(sched, sched->tree)];
	return likely(lb_entry_is_open(e)) ? e->srv : NULL;
}

static void lc_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, lb_key_load);
}

const struct lb_sched_ops lb_sched_leastconn = {
	.name = "leastconn",
	.has_shares = true,
	.build = lc_build,
	.pick = lc_pick,
	.changed = lc_changed,
};
