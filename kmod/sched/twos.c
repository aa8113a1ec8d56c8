// SPDX-License-Identifier: GPL-2.0
/*
 * The power of two choices: two servers are drawn by weight, with replacement,
 * and the one with the lower load per weight is taken, the first drawn if they
 * are equal.
 *
 * M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing",
 * IEEE TPDS 12 (10), 2001.
 */
#include <linux/math64.h>
#include <linux/random.h>
#include "../sched.h"
#include "tree.h"

/**
 * struct twos - where in the sum of weights each entry ends; constant
 */
struct twos {
	/** @total: sum of all weights */
	u64 total;
	/** @end: by entry, rising */
	u64 end[];
};

static int twos_build(struct lb_sched *sched)
{
	struct twos *t;
	u32 i;

	t = kvzalloc(struct_size(t, end, sched->n), GFP_KERNEL_ACCOUNT);
	if (!t)
		return -ENOMEM;
	for (i = 0; i < sched->n; i++) {
		t->total += sched->e[i].weight;
		t->end[i] = t->total;
	}
	sched->table = t;
	return 0;
}

/* The remainder prefers nobody by more than 2^-20: total is below 2^44. */
static const struct lb_sched_entry *draw(const struct lb_sched *sched)
{
	const struct twos *t = sched->table;
	u32 lo = 0, hi = sched->n - 1;
	u64 pos;

	div64_u64_rem(get_random_u64(), t->total, &pos);
	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (t->end[mid] > pos)
			hi = mid;
		else
			lo = mid + 1;
	}
	return &sched->e[lo];
}

static struct lb_server *twos_pick(struct lb_sched *sched,
				   const struct lb_pkt *pkt)
{
	const struct lb_sched_entry *a = draw(sched), *b = draw(sched);
	const struct lb_sched_entry *e = lb_is_less_loaded(b, a) ? b : a;

	if (unlikely(sched->is_limited))
		return lb_sched_open_from(sched, e - sched->e);
	return e->srv;
}

const struct lb_sched_ops lb_sched_twos = {
	.name = "twos",
	.has_shares = true,
	.build = twos_build,
	.pick = twos_pick,
};
