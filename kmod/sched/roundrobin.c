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
#include "../pkt.h"
#include "../sched.h"
#include "../server.h"

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
 * struct rr - the order of one round; constant
 */
struct rr {
	/** @total: picks in a round */
	u64 total;
	/** @nr_bands: of @bands */
	u32 nr_bands;
	/** @bands: by rising start; they lie behind @order */
	struct rr_band *bands;
	/** @order: entries by falling weight, then line order */
	u32 order[];
};

struct rr_order {
	u32 weight;
	u32 line;
};

static int rr_cmp(const void *a, const void *b)
{
	const struct rr_order *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return x->line < y->line ? -1 : 1;
}

/* @order is sorted, @div the greatest common divisor of the weights. */
static void rr_fill(struct rr *rr, const struct rr_order *order, u32 n,
		    u32 div)
{
	u32 i;

	for (i = 0; i < n; i++) {
		u32 next = i + 1 < n ? order[i + 1].weight / div : 0;
		u32 weight = order[i].weight / div;

		rr->order[i] = order[i].line;
		if (weight == next)
			continue;
		rr->bands[rr->nr_bands].start = rr->total;
		rr->bands[rr->nr_bands].width = i + 1;
		rr->nr_bands++;
		rr->total += (u64)(weight - next) * (i + 1);
	}
}

static int rr_build(struct lb_sched *sched)
{
	struct rr_order *order;
	size_t bands_at;
	struct rr *rr;
	u32 i, div = 0;

	order = kvmalloc_array(sched->n, sizeof(*order), GFP_KERNEL_ACCOUNT);
	if (!order)
		return -ENOMEM;
	for (i = 0; i < sched->n; i++) {
		order[i].weight = sched->e[i].weight;
		order[i].line = i;
		div = gcd(div, sched->e[i].weight);
	}
	sort(order, sched->n, sizeof(*order), rr_cmp, NULL);

	bands_at = ALIGN(struct_size(rr, order, sched->n),
			 __alignof__(struct rr_band));
	rr = kvzalloc(bands_at + array_size(sched->n, sizeof(*rr->bands)),
		      GFP_KERNEL_ACCOUNT);
	if (rr) {
		rr->bands = (void *)rr + bands_at;
		rr_fill(rr, order, sched->n, div);
		sched->table = rr;
	}
	kvfree(order);
	return rr ? 0 : -ENOMEM;
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
	const struct rr *rr = sched->table;
	const struct rr_band *band;
	u64 picks, pos;
	u32 i;

	picks = pkt->is_dry ? atomic64_read(&sched->next) :
			      atomic64_fetch_inc(&sched->next);
	div64_u64_rem(picks, rr->total, &pos);
	band = rr_find_band(rr, pos);
	div_u64_rem(pos - band->start, band->width, &i);
	i = rr->order[i];
	if (unlikely(sched->is_limited))
		return lb_sched_open_from(sched, i);
	return sched->e[i].srv;
}

const struct lb_sched_ops lb_sched_roundrobin = {
	.name = "roundrobin",
	.has_shares = true,
	.build = rr_build,
	.pick = rr_pick,
};
