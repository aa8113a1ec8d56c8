// SPDX-License-Identifier: GPL-2.0
/*
 * Weighted round robin: in any sum(w/gcd) picks in a row each server is taken
 * exactly w/gcd times, the heaviest first.
 *
 * The order is that of a falling threshold: with weights divided by their gcd,
 * a round starts at the threshold max(w) and ends at 1; at each threshold all
 * servers of at least that weight are taken once, heaviest first, then in line
 * order.  For 5:3:2 that is a, a, a b, a b c, a b c.
 *
 * Nothing of that is walked: a counter gives the position in the round, and a
 * binary search over the distinct weights gives the server, so a pick costs
 * O(log n) whatever the weights, and takes no lock.  With the servers sorted
 * by falling weight, all thresholds between one distinct weight and the next
 * lower one take the same first `width` servers: that is a band.
 */
#include <linux/gcd.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "../sched.h"

/**
 * struct rr_band - thresholds that take the same servers
 */
struct rr_band {
	/** @start: position in the round of its first pick */
	u64 start;
	/** @width: how many servers each of its thresholds takes */
	u32 width;
};

/**
 * struct rr - an instance
 */
struct rr {
	/** @sched: what all instances have */
	struct lb_sched sched;
	/** @total: picks in a round */
	u64 total;
	/** @nr_bands: of @bands */
	u32 nr_bands;
	/** @bands: by rising start; set before publish, then constant */
	struct rr_band *bands;
	/** @next: picks so far; on its own line, all CPUs write it */
	atomic64_t next ____cacheline_aligned_in_smp;
	/** @servers: by falling weight, then line order; @bands lie behind */
	struct lb_server *servers[];
};

struct rr_order {
	struct lb_sched_entry e;
	u32 line;
};

static int rr_cmp(const void *a, const void *b)
{
	const struct rr_order *x = a, *y = b;

	if (x->e.weight != y->e.weight)
		return x->e.weight > y->e.weight ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

static void rr_fill(struct rr *rr, const struct rr_order *o, unsigned int n,
		    u32 div)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		u32 weight = o[i].e.weight / div;
		u32 lower = i + 1 < n ? o[i + 1].e.weight / div : 0;

		rr->servers[i] = o[i].e.srv;
		if (weight == lower)
			continue;
		rr->bands[rr->nr_bands].start = rr->total;
		rr->bands[rr->nr_bands].width = i + 1;
		rr->nr_bands++;
		rr->total += (u64)(weight - lower) * (i + 1);
	}
}

static struct lb_sched *rr_create(const struct lb_sched_entry *servers,
				  unsigned int n)
{
	struct rr_order *order;
	struct rr *rr = NULL;
	size_t bands_at;
	unsigned int i;
	u32 div = 0;

	order = kvmalloc_array(n, sizeof(*order), GFP_KERNEL_ACCOUNT);
	if (!order)
		return NULL;
	for (i = 0; i < n; i++) {
		order[i].e = servers[i];
		order[i].line = i;
		div = gcd(div, servers[i].weight);
	}
	sort(order, n, sizeof(*order), rr_cmp, NULL);

	bands_at = ALIGN(struct_size(rr, servers, n),
			 __alignof__(struct rr_band));
	rr = kvzalloc(bands_at + array_size(n, sizeof(*rr->bands)),
		      GFP_KERNEL_ACCOUNT);
	if (rr) {
		rr->bands = (void *)rr + bands_at;
		rr_fill(rr, order, n, div);
	}
	kvfree(order);
	return rr ? &rr->sched : NULL;
}

/* The last band that starts at or before the position. */
static const struct rr_band *rr_find_band(const struct rr *rr, u64 pos)
{
	u32 lo = 0, hi = rr->nr_bands;

	while (hi - lo > 1) {
		u32 mid = lo + (hi - lo) / 2;

		if (rr->bands[mid].start <= pos)
			lo = mid;
		else
			hi = mid;
	}
	return &rr->bands[lo];
}

static struct lb_server *rr_pick(struct lb_sched *sched,
				 const struct lb_pkt *pkt)
{
	struct rr *rr = container_of(sched, struct rr, sched);
	const struct rr_band *band;
	u64 pos;
	u32 i;

	div64_u64_rem(atomic64_fetch_inc(&rr->next), rr->total, &pos);
	band = rr_find_band(rr, pos);
	div_u64_rem(pos - band->start, band->width, &i);
	return rr->servers[i];
}

const struct lb_sched_ops lb_sched_roundrobin = {
	.name = "roundrobin",
	.create = rr_create,
	.pick = rr_pick,
};
