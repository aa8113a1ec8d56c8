// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the table of counter names and the summing over CPUs.  Counters are
 * only ever added to; `lbctl zero` is a baseline that the reader subtracts,
 * kept beside each object, so that no writer is ever raced.
 */
#include "stats.h"

struct lb_counter_row {
	const char *name;
	const char *help;
	enum lb_counter_kind kind;
};

static const struct lb_counter_row lb_counter_rows[LB_C_NR] = {
#define LB_COUNTER_ROW(id, k, h) \
	[LB_C_##id] = { .name = #id, .kind = LB_COUNTER_##k, .help = h },
	LB_COUNTER_ROWS(LB_COUNTER_ROW)
#undef LB_COUNTER_ROW
};

/**
 * lb_stats_alloc() - allocate zeroed traffic totals
 * @gfp: allocation context
 *
 * Return: the totals, to be freed with free_percpu(), or NULL.
 */
struct lb_stats __percpu *lb_stats_alloc(gfp_t gfp)
{
	struct lb_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu_gfp(struct lb_stats, gfp);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

/**
 * lb_stats_conn() - account a new conn to a server
 * @stats: the server's totals
 *
 * Context: softirq or BH off.
 */
void lb_stats_conn(struct lb_stats __percpu *stats)
{
	struct lb_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_inc(&s->conns);
	u64_stats_update_end(&s->sync);
}

/**
 * lb_stats_add_to() - add all CPUs' totals to a sum
 * @t: the sum
 * @stats: what is added
 */
void lb_stats_add_to(struct lb_totals *t, struct lb_stats __percpu *stats)
{
	struct lb_totals one;
	unsigned int start;
	int cpu, dir;

	for_each_possible_cpu(cpu) {
		const struct lb_stats *s = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->sync);
			one.conns = u64_stats_read(&s->conns);
			for (dir = 0; dir < 2; dir++) {
				one.pkts[dir] = u64_stats_read(&s->pkts[dir]);
				one.bytes[dir] = u64_stats_read(&s->bytes[dir]);
			}
		} while (u64_stats_fetch_retry(&s->sync, start));

		t->conns += one.conns;
		for (dir = 0; dir < 2; dir++) {
			t->pkts[dir] += one.pkts[dir];
			t->bytes[dir] += one.bytes[dir];
		}
	}
}

/**
 * lb_counter_sum() - a named counter over all CPUs
 * @ln: the namespace
 * @id: which counter
 *
 * Return: the count since the namespace's balancer was made.
 */
u64 lb_counter_sum(const struct lb_net *ln, enum lb_counter id)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(ln->counters, cpu)->v[id]);
	return sum;
}

/**
 * lb_counter_name() - the name of a counter, in upper case
 * @id: which counter
 *
 * Return: a constant string.
 */
const char *lb_counter_name(enum lb_counter id)
{
	return lb_counter_rows[id].name;
}

/**
 * lb_counter_help() - one line that says what a counter counts
 * @id: which counter
 *
 * Return: a constant string.
 */
const char *lb_counter_help(enum lb_counter id)
{
	return lb_counter_rows[id].help;
}

/**
 * lb_counter_kind() - which side of the books a counter is on
 * @id: which counter
 *
 * Return: the kind, as the UAPI defines it.
 */
enum lb_counter_kind lb_counter_kind(enum lb_counter id)
{
	return lb_counter_rows[id].kind;
}
