// SPDX-License-Identifier: GPL-2.0
/*
 * Least connections: the server with the lowest load per weight, where load
 * is 256 for each active conn and 1 for each other one.  Equal loads go to the
 * first in line order.
 *
 * The search is linear in the number of servers.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "../sched.h"
#include "../server.h"

/**
 * struct lc - an instance
 */
struct lc {
	/** @sched: what all instances have */
	struct lb_sched sched;
	/** @n: of @servers */
	unsigned int n;
	/** @servers: in line order */
	struct lb_sched_entry servers[];
};

static struct lb_sched *lc_create(const struct lb_sched_entry *servers,
				  unsigned int n)
{
	struct lc *lc = kvzalloc(struct_size(lc, servers, n), GFP_KERNEL_ACCOUNT);

	if (!lc)
		return NULL;
	lc->n = n;
	memcpy(lc->servers, servers, array_size(n, sizeof(*servers)));
	return &lc->sched;
}

/* Counts move while they are read; any moment's truth is good enough. */
static u64 lc_load(const struct lb_server *srv)
{
	u64 active = lb_conns(&srv->active);
	u64 inactive = lb_conns(&srv->inactive);

	return active * 256 + inactive;
}

static struct lb_server *lc_pick(struct lb_sched *sched,
				 const struct lb_pkt *pkt)
{
	const struct lc *lc = container_of(sched, struct lc, sched);
	const struct lb_sched_entry *best = &lc->servers[0];
	u64 best_load = lc_load(best->srv);
	unsigned int i;

	/*
	 * load/weight < best_load/best.weight without dividing.  A load is at
	 * most 256 * LB_CONN_MAX = 2^32, a weight below 2^31: no overflow.
	 */
	for (i = 1; i < lc->n; i++) {
		const struct lb_sched_entry *e = &lc->servers[i];
		u64 load = lc_load(e->srv);

		if (load * best->weight < best_load * e->weight) {
			best = e;
			best_load = load;
		}
	}
	return best->srv;
}

const struct lb_sched_ops lb_sched_leastconn = {
	.name = "leastconn",
	.create = lc_create,
	.pick = lc_pick,
};
