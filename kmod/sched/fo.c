// SPDX-License-Identifier: GPL-2.0
/*
 * Failover: the usable server of the highest weight, the first in line order
 * if several have it.
 *
 * Overflow: the same, but a server is passed over while it has more active
 * conns than its weight; nobody is left when all have.
 */
#include "../sched.h"
#include "../stats.h"
#include "tree.h"

/* The lowest key is the highest weight. */
static __always_inline struct lb_tree_key
fo_key(const struct lb_sched_entry *e)
{
	return lb_key(likely(lb_entry_is_open(e)) ? LB_WEIGHT_MAX - e->weight :
						    LB_TREE_LAST, 1);
}

static __always_inline bool has_room(const struct lb_sched_entry *e)
{
	s64 active = atomic_read(&e->srv->active);

	return active <= e->capacity && active < e->maxconn;
}

static __always_inline struct lb_tree_key
ovh_key(const struct lb_sched_entry *e)
{
	return lb_key(has_room(e) ? LB_WEIGHT_MAX - e->weight : LB_TREE_LAST,
		      1);
}

static int fo_build(struct lb_sched *sched)
{
	lb_tree_refresh_all(sched, sched->tree, fo_key);
	return 0;
}

static struct lb_server *fo_pick(struct lb_sched *sched,
				 const struct lb_pkt *pkt)
{
	const struct lb_sched_entry *e;

	e = &sched->e[lb_tree_best(sched, sched->tree)];
	return likely(lb_entry_is_open(e)) ? e->srv : NULL;
}

static void fo_changed(struct lb_sched *sched, u32 i)
{
	/* Without a limit the order is that of the weights, for good. */
	if (sched->is_limited)
		lb_tree_update(sched, sched->tree, i, fo_key);
}

static int ovh_build(struct lb_sched *sched)
{
	lb_tree_refresh_all(sched, sched->tree, ovh_key);
	return 0;
}

static struct lb_server *ovh_pick(struct lb_sched *sched,
				  const struct lb_pkt *pkt)
{
	const struct lb_sched_entry *e;

	e = &sched->e[lb_tree_best(sched, sched->tree)];
	return has_room(e) ? e->srv : NULL;
}

static void ovh_changed(struct lb_sched *sched, u32 i)
{
	lb_tree_update(sched, sched->tree, i, ovh_key);
}

const struct lb_sched_ops lb_sched_fo = {
	.name = "fo",
	.build = fo_build,
	.pick = fo_pick,
	.changed = fo_changed,
};

const struct lb_sched_ops lb_sched_ovh = {
	.name = "ovh",
	.full = LB_C_DROP_OVERFLOW,
	.build = ovh_build,
	.pick = ovh_pick,
	.changed = ovh_changed,
};
