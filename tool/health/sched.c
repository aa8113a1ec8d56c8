// SPDX-License-Identifier: GPL-2.0
/*
 * A binary heap of probes, and the arithmetic of their times.
 */
#include "sched.h"
#include "util.h"

#include <stdlib.h>
#include <string.h>

/* shorter time-outs are kept to the microsecond, others to the grid */
#define EXACT_BELOW_MS	100

static void put(struct lb_sched *s, size_t at, struct lb_slot *slot)
{
	s->heap[at] = slot;
	slot->at = at;
}

static void sift_up(struct lb_sched *s, size_t at, struct lb_slot *slot)
{
	for (; at > 1 && s->heap[at / 2]->when > slot->when; at /= 2)
		put(s, at, s->heap[at / 2]);
	put(s, at, slot);
}

static void sift_down(struct lb_sched *s, size_t at, struct lb_slot *slot)
{
	size_t child;

	for (; (child = at * 2) <= s->n; at = child) {
		if (child < s->n &&
		    s->heap[child + 1]->when < s->heap[child]->when)
			child++;
		if (s->heap[child]->when >= slot->when)
			break;
		put(s, at, s->heap[child]);
	}
	put(s, at, slot);
}

/* @when of many has changed */
static void heapify(struct lb_sched *s)
{
	size_t at;

	for (at = s->n / 2; at; at--)
		sift_down(s, at, s->heap[at]);
}

static void move(struct lb_sched *s, struct lb_slot *slot, int64_t when)
{
	int64_t before = slot->when;

	slot->when = when;
	if (when < before)
		sift_up(s, slot->at, slot);
	else
		sift_down(s, slot->at, slot);
}

static int64_t on_grid(int64_t when)
{
	return (when + LB_SCHED_GRID - 1) / LB_SCHED_GRID * LB_SCHED_GRID;
}

/**
 * lb_sched_add() - a probe takes part from now on
 * @s: the schedule
 * @slot: its place, with its interval
 * @due: its first start, us
 */
void lb_sched_add(struct lb_sched *s, struct lb_slot *slot, int64_t due)
{
	/* heap[0] is unused: n + 1 elements are there, and one comes */
	s->heap = lb_grow(s->heap, s->n + 1, sizeof(struct lb_slot *));
	s->n++;
	slot->running = false;
	slot->due = due;
	slot->when = on_grid(due);
	sift_up(s, s->n, slot);
}

/**
 * lb_sched_remove() - a probe takes no part any more
 * @s: the schedule
 * @slot: its place
 */
void lb_sched_remove(struct lb_sched *s, struct lb_slot *slot)
{
	struct lb_slot *last = s->heap[s->n];
	size_t at = slot->at;

	slot->at = 0;
	s->running -= slot->running;
	slot->running = false;
	s->n--;
	if (last == slot)
		return;
	if (at > 1 && s->heap[at / 2]->when > last->when)
		sift_up(s, at, last);
	else
		sift_down(s, at, last);
}

/**
 * lb_sched_next() - whose time comes first
 * @s: the schedule
 *
 * Return: its place, or NULL when there are no probes.
 */
struct lb_slot *lb_sched_next(const struct lb_sched *s)
{
	return s->n ? s->heap[1] : NULL;
}

/**
 * lb_sched_start() - a probe starts
 * @s: the schedule
 * @slot: its place; lb_sched_end() has to follow
 * @now: us
 * @timeout: it may take, ms
 */
void lb_sched_start(struct lb_sched *s, struct lb_slot *slot, int64_t now,
		    uint32_t timeout)
{
	int64_t late = now - slot->due, when = now + timeout * 1000LL;

	s->starts++;
	/* a tenth of the interval is a hundred times its number in us */
	if (late > slot->interval * 100LL)
		s->late++;
	if (late > s->max_late)
		s->max_late = late;
	slot->running = true;
	slot->overlong = timeout > slot->interval;
	slot->grace = timeout * 1000LL;
	s->running++;
	move(s, slot, timeout < EXACT_BELOW_MS ? when : on_grid(when));
}

/**
 * lb_sched_sent() - a running probe has only now asked
 * @s: the schedule
 * @slot: its place
 * @now: us
 * @timeout: it may take from now on, ms
 */
void lb_sched_sent(struct lb_sched *s, struct lb_slot *slot, int64_t now,
		   uint32_t timeout)
{
	int64_t when = now + timeout * 1000LL;

	if (when > slot->when)
		move(s, slot, timeout < EXACT_BELOW_MS ? when : on_grid(when));
}

/**
 * lb_sched_end() - a probe is done, and waits for its next start
 * @s: the schedule
 * @slot: its place
 * @now: us
 *
 * The next start is one interval after the last was due.  When that is past, a
 * probe that may take longer than its interval starts now.  For others the
 * program was too slow: they go on at the times they had, or all would start at
 * one time from then on; whole intervals that are past count as late starts.
 */
void lb_sched_end(struct lb_sched *s, struct lb_slot *slot, int64_t now)
{
	int64_t interval = slot->interval * 1000LL, missed;

	slot->running = false;
	s->running--;
	slot->due += interval;
	if (slot->due < now && slot->overlong) {
		slot->due = now;
	} else if (slot->due < now) {
		missed = (now - slot->due) / interval;
		s->late += missed;
		slot->due += missed * interval;
		/* a little late is better than one interval late */
		if (now - slot->due > interval / 10) {
			s->late++;
			slot->due += interval;
		}
	}
	move(s, slot, on_grid(slot->due));
}

/* how much more time a running probe gets; in all no more than it has */
static int64_t grace(struct lb_slot *slot, int64_t us)
{
	if (us > slot->grace)
		us = slot->grace;
	slot->grace -= us;
	return us;
}

/**
 * lb_sched_stall() - the program stood still: nobody is late for that
 * @s: the schedule
 * @now: us
 * @us: how long
 *
 * What runs has so much more time, from now on if its time was up meanwhile.
 * A program that stands still again and again, as one that gets too little CPU
 * does, must still notice who does not answer: in all a probe gets its time-out
 * once more.
 */
void lb_sched_stall(struct lb_sched *s, int64_t now, int64_t us)
{
	struct lb_slot *slot;
	size_t i;

	s->stalls++;
	if (us > s->max_stall)
		s->max_stall = us;
	for (i = 1; i <= s->n; i++) {
		slot = s->heap[i];
		if (!slot->running)
			continue;
		if (slot->when < now)
			slot->when = now;
		slot->when += grace(slot, us);
	}
	heapify(s);
}

/**
 * lb_sched_spread() - when the first start of one of many new probes is
 * @i: which of them, from 0
 * @n: how many there are
 * @interval: its own, ms
 *
 * They start 10 ms apart, or closer when they are so many that this would take
 * longer than the interval.
 *
 * Return: us from now.
 */
int64_t lb_sched_spread(size_t i, size_t n, uint32_t interval)
{
	int64_t whole = interval * 1000LL, step = whole / (int64_t)(n ? n : 1);

	if (step > LB_SCHED_GRID)
		step = LB_SCHED_GRID;
	return (int64_t)i * step % whole;
}

/**
 * lb_sched_free() - free the heap
 * @s: the schedule, empty afterwards; the places are the caller's
 */
void lb_sched_free(struct lb_sched *s)
{
	free(s->heap);
	memset(s, 0, sizeof(*s));
}
