/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When probes start and when they have to be done.
 *
 * Each probe has one place in one heap: while it waits the time of its next
 * start, while it runs the time it has to be done.  Times are microseconds of a
 * clock that never jumps.
 */
#ifndef LBCTL_HEALTH_SCHED_H
#define LBCTL_HEALTH_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* starts lie on a grid, so that many need one wake-up and one system call */
#define LB_SCHED_GRID	10000

/** struct lb_slot - the place of one probe */
struct lb_slot {
	/** @at: index in the heap, from 1; 0: it is not there */
	size_t at;
	/** @when: the next thing happens, us */
	int64_t when;
	/** @due: the running or next start should be, us; never drifts */
	int64_t due;
	/** @interval: from start to start, ms */
	uint32_t interval;
	/** @running: started and not ended */
	bool running;
	/** @overlong: the running one may take longer than the interval */
	bool overlong;
	/** @grace: how much longer stalls may make the running one take, us */
	int64_t grace;
};

/** struct lb_sched - the schedule; all zero is an empty one */
struct lb_sched {
	/** @heap: the next one first; [0] is unused */
	struct lb_slot **heap;
	/** @n: how many */
	size_t n;
	/** @starts: probes started */
	uint64_t starts;
	/** @late: those later than a tenth of their interval, or left out */
	uint64_t late;
	/** @max_late: the latest of all, us */
	int64_t max_late;
	/** @running: probes started and not ended */
	size_t running;
	/** @stalls: so often did the program stand still */
	uint64_t stalls;
	/** @max_stall: the longest time, us */
	int64_t max_stall;
};

void lb_sched_add(struct lb_sched *s, struct lb_slot *slot, int64_t due);
void lb_sched_remove(struct lb_sched *s, struct lb_slot *slot);
struct lb_slot *lb_sched_next(const struct lb_sched *s);
void lb_sched_start(struct lb_sched *s, struct lb_slot *slot, int64_t now,
		    uint32_t timeout);
void lb_sched_end(struct lb_sched *s, struct lb_slot *slot, int64_t now);
void lb_sched_sent(struct lb_sched *s, struct lb_slot *slot, int64_t now,
		   uint32_t timeout);
void lb_sched_stall(struct lb_sched *s, int64_t now, int64_t us);
int64_t lb_sched_spread(size_t i, size_t n, uint32_t interval);
void lb_sched_free(struct lb_sched *s);

#endif
