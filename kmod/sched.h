/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scheduler contract.  A scheduler is one file in sched/ with one
 * lb_sched_ops, and one line in the table of sched.c.
 *
 * An instance is built for a fixed list of usable servers and never edited:
 * when servers, weights or states change, a new one replaces it and the old
 * one is freed after a grace period.
 */
#ifndef _L4LB_SCHED_H
#define _L4LB_SCHED_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct lb_pkt;
struct lb_server;

/**
 * struct lb_sched_entry - one candidate
 */
struct lb_sched_entry {
	/** @srv: borrowed; the director that holds the instance holds it */
	struct lb_server *srv;
	/** @weight: above 0 */
	u32 weight;
};

/**
 * struct lb_sched - the head of every scheduler's instance
 */
struct lb_sched {
	/** @ops: whose instance it is */
	const struct lb_sched_ops *ops;
	/** @rcu: for freeing it after a grace period */
	struct rcu_head rcu;
};

/**
 * struct lb_sched_ops - one scheduler
 */
struct lb_sched_ops {
	/** @name: as in `balance NAME` */
	const char *name;
	/**
	 * @create: build an instance for @n > 0 usable servers in line order.
	 * Process context, may sleep.  Return: kvmalloc()ed, or NULL.
	 */
	struct lb_sched *(*create)(const struct lb_sched_entry *servers,
				   unsigned int n);
	/**
	 * @pick: choose a server.  Softirq, under RCU, on many CPUs at once.
	 * Return: never NULL.
	 */
	struct lb_server *(*pick)(struct lb_sched *sched,
				  const struct lb_pkt *pkt);
};

extern const struct lb_sched_ops lb_sched_roundrobin;
extern const struct lb_sched_ops lb_sched_leastconn;

const struct lb_sched_ops *lb_sched_find(const char *name);
const struct lb_sched_ops *lb_sched_at(unsigned int i);
void lb_sched_free_rcu(struct lb_sched *sched);

#endif /* _L4LB_SCHED_H */
