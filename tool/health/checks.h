/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The health of servers: which are checked, by which probe, and what follows
 * from the results.
 */
#ifndef LBCTL_HEALTH_CHECKS_H
#define LBCTL_HEALTH_CHECKS_H

#include "probe.h"
#include "rise.h"

/* so many results are worth a message, and fit into one */
#define LB_REPORT_MAX	100

/** struct lb_checked - a server that is checked */
struct lb_checked {
	/** @next: of the same probe */
	struct lb_checked *next;
	/** @probe: asks it */
	struct lb_probe *probe;
	/** @director: its director's name */
	char director[LB_NAME_MAX + 1];
	/** @name: its name */
	char name[LB_NAME_MAX + 1];
	/** @addr: where it is; with the names this is who it is */
	struct lb_addr addr;
	/** @port: host byte order, 0: the packet's */
	uint16_t port;
	/** @limits: what turns results into a state */
	struct lb_limits limits;
	/** @rise: its state */
	struct lb_rise rise;
	/** @order: its place in the configuration */
	size_t order;
	/** @since: when the state began, us */
	int64_t since;
	/** @known: enum lb_health, what the kernel has */
	uint8_t known;
	/** @error: its last check could not be made, and this was told */
	bool error;
	/** @joined: new to a probe that has a result */
	bool joined;
	/** @told: hash of the result and reason that were reported last */
	uint32_t told;
	/** @untold: results since then that say the same */
	uint32_t untold;
	/** @queued: its last result is not reported yet */
	bool queued;
};

/** struct lb_checks - all of them */
struct lb_checks {
	/** @prober: runs the probes */
	struct lb_prober prober;
	/** @checked: in the order of the configuration */
	struct lb_checked *checked;
	/** @n: how many */
	size_t n;
	/** @probe: the probes, in no order */
	struct lb_probe **probe;
	/** @n_probes: how many */
	size_t n_probes;
	/** @queue: servers whose last result is not reported yet */
	struct lb_checked **queue;
	/** @n_queued: how many */
	size_t n_queued;
	/** @every: so many results that say the same are reported once */
	uint32_t every;
	/** @timer: reports soon */
	struct event timer;
	/** @report: is given all results since the last time, in the order of
	 * the configuration; those that the kernel has taken are to be told by
	 * lb_checks_reported()
	 */
	void (*report)(struct lb_checked **results, size_t n, void *arg);
	/** @result: is told each result of a probe, or NULL */
	void (*result)(const struct lb_probe *p, void *arg);
	/** @left: is told who was not up and is not checked any more, or NULL */
	void (*left)(const struct lb_checked *c, void *arg);
	/** @arg: for these */
	void *arg;
};

void lb_checks_init(struct lb_checks *h, struct event_base *base);
void lb_checks_exit(struct lb_checks *h);
void lb_checks_update(struct lb_checks *h, const struct lb_model *m);
void lb_checks_flush(struct lb_checks *h);
void lb_checks_reported(struct lb_checked *c);
enum lb_health lb_checked_health(const struct lb_checked *c);

#endif
