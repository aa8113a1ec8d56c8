/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scheduler contract.  A scheduler is one file in sched/ with one
 * lb_sched_ops, and one line in the table of sched.c.
 *
 * An instance is built for a fixed list of servers and never edited: when
 * servers, weights or states change, a new one replaces it and the old one is
 * freed after a grace period.  What does move is the servers' conns.  A
 * scheduler that decides by them sets @changed, is told of each change, and
 * keeps a tournament tree (sched/tree.h), so that no decision is linear in the
 * number of servers.
 */
#ifndef _L4LB_SCHED_H
#define _L4LB_SCHED_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct lb_dirid;
struct lb_pkt;
struct lb_sched;
struct lb_server;
struct lb_tree;

/**
 * struct lb_sched_entry - one server of an instance; a server's seat
 */
struct lb_sched_entry {
	/** @srv: borrowed; the director that holds the instance holds it */
	struct lb_server *srv;
	/** @sched: the instance it is an entry of */
	struct lb_sched *sched;
	/**
	 * @weight: its share; only shares of one instance compare.  0: not
	 * usable, listed for its place only, see lb_sched_ops.keeps_places
	 */
	u32 weight;
	/** @place: the share its places are dealt by, if it keeps them */
	u32 place;
	/** @capacity: the weight as a number of conns */
	u32 capacity;
	/** @maxconn: active conns it may have, INT_MAX if any number */
	s32 maxconn;
};

/**
 * struct lb_sched - an instance
 */
struct lb_sched {
	/** @ops: whose instance it is */
	const struct lb_sched_ops *ops;
	/** @sorry: for when all of @e are full; owned, or NULL */
	struct lb_sched *sorry;
	/** @tree: entries in order of preference; owned, or NULL */
	struct lb_tree *tree;
	/** @table: the scheduler's own, freed by kvfree(), or NULL */
	void *table;
	/** @shared: outlives instances, see lb_sched_ops.share; or NULL */
	void *shared;
	/** @rcu: frees it after a grace period */
	struct rcu_head rcu;
	/** @next: picks so far; on its own line, all CPUs write it */
	atomic64_t next ____cacheline_aligned_in_smp;
	/** @n: of @e; constant, as all that follows */
	u32 n ____cacheline_aligned_in_smp;
	/** @is_limited: some entry has a maxconn */
	bool is_limited;
	/** @is_sorry: of sorry servers */
	bool is_sorry;
	/** @has_port: `balance ... port`: the client port joins the key */
	bool has_port;
	/** @e: in line order */
	struct lb_sched_entry e[];
};

/**
 * struct lb_sched_ops - one scheduler
 */
struct lb_sched_ops {
	/** @name: as in `balance NAME` */
	const char *name;
	/** @has_shares: weights are shares: scaling all changes nothing */
	bool has_shares;
	/** @keeps_places: servers that are not usable keep their places */
	bool keeps_places;
	/** @takes_port: `balance NAME port` has a meaning */
	bool takes_port;
	/** @full: the counter when pick() finds nobody; 0: DROP_MAXCONN */
	unsigned int full;
	/**
	 * @build: make ready what pick() needs; @sched->e is filled.  Process
	 * context, may sleep.  Return: 0 or -ENOMEM.  Optional.
	 */
	int (*build)(struct lb_sched *sched);
	/**
	 * @share: set @sched->shared: take another hold on that of @prev, an
	 * instance of the same scheduler and director, or make a new one if
	 * @prev is NULL.  Process context.  Return: 0 or -ENOMEM.  Optional.
	 */
	int (*share)(struct lb_sched *sched, const struct lb_sched *prev);
	/** @unshare: give the hold back, after a grace period; any context */
	void (*unshare)(struct lb_sched *sched);
	/**
	 * @pick: choose a server.  Softirq, under RCU, on many CPUs at once.
	 * With pkt->is_dry nothing is to change.  Return: NULL if all are
	 * full.
	 */
	struct lb_server *(*pick)(struct lb_sched *sched,
				  const struct lb_pkt *pkt);
	/**
	 * @changed: the number of conns of entry @i has changed.  Softirq or
	 * process, under RCU, on many CPUs at once.  Optional.
	 */
	void (*changed)(struct lb_sched *sched, u32 i);
};

extern const struct lb_sched_ops lb_sched_roundrobin;
extern const struct lb_sched_ops lb_sched_leastconn;
extern const struct lb_sched_ops lb_sched_locality;
extern const struct lb_sched_ops lb_sched_replication;
extern const struct lb_sched_ops lb_sched_source;
extern const struct lb_sched_ops lb_sched_dest;
extern const struct lb_sched_ops lb_sched_srcdst;
extern const struct lb_sched_ops lb_sched_shortexpdelay;
extern const struct lb_sched_ops lb_sched_neverqueue;
extern const struct lb_sched_ops lb_sched_fo;
extern const struct lb_sched_ops lb_sched_ovh;
extern const struct lb_sched_ops lb_sched_mh;
extern const struct lb_sched_ops lb_sched_twos;

const struct lb_sched_ops *lb_sched_find(const char *name);
const struct lb_sched_ops *lb_sched_at(unsigned int i);
struct lb_sched *lb_sched_alloc(const struct lb_sched_ops *ops, u32 n);
int lb_sched_build(struct lb_sched *sched, const struct lb_sched *prev);
void lb_sched_free(struct lb_sched *sched);
void lb_sched_free_rcu(struct lb_sched *sched);
void lb_sched_seat(struct lb_sched *sched);
struct lb_server *lb_sched_pick(struct lb_sched *sched,
				const struct lb_pkt *pkt);
struct lb_server *lb_sched_open_from(const struct lb_sched *sched, u32 i);
void lb_sched_server_changed(struct lb_server *srv);

#endif /* _L4LB_SCHED_H */
