/* SPDX-License-Identifier: GPL-2.0 */
/*
 * l4lb: what every part shares, and the rules all of them keep.
 *
 * Nouns, the same from the config file to the counters:
 *   director   the virtual service: a VIP, a port, a protocol
 *   server     a real server of one director
 *   flow       rules that permit, deny or give packets to a director (flow.h)
 *   conn       one client connection (or UDP flow), bound to a server
 *   scheduler  picks the server of a new conn (sched.h)
 *   mode       how a packet is sent to its server (xmit.h)
 *   nat rule   gives conns of mode nat another source (snat.h)
 *
 * Locking and lifetimes
 * =====================
 *
 * Everything lives in one network namespace, struct lb_net.  Global are only
 * the slab caches, the workqueue, the hash key and the plug-in tables.
 *
 * lock             | kind, context            | protects             | after
 * -----------------+--------------------------+----------------------+--------
 * lb_net.mutex     | mutex, process           | config writers, the  | (RTNL)
 *                  |                          | transactions, server |
 *                  |                          | admin and weights,   |
 *                  |                          | scheduler rebuilds   |
 * lb_server        | spinlock, BH, per server | the cached route's   | -
 *  .route_lock     |                          | replacement          |
 * lb_wheel.lock    | spinlock, BH, per CPU    | the expiry slots and | -
 *                  |                          | conn.due, .node      |
 * lb_memory.lock   | spinlock, BH, per        | what locality has    | -
 *                  | director                 | remembered           |
 * api_mutex        | mutex, process           | nf_conntrack's       | lb_net
 *  (track.c)       |                          | functions            | .mutex
 * mark_lock        | spinlock, BH, one        | lb_server.may_loop   | -
 *  of peer.c       |                          |                      |
 * rhashtable's own | bit locks, BH            | conn table chains,   | -
 *                  |                          | limited clients      |
 *
 * The packet path (softirq, or a process that sends, with BH off; under
 * rcu_read_lock of the netfilter hook) takes none of them for a packet of an
 * established conn whose state stays.  It follows RCU pointers only:
 * lb_net.config -> director -> sched -> server, lb_net.config -> flows, and
 * conn -> server -> route.
 *
 * config    immutable once published; replaced by commit; the old one is put
 *           after a grace period, from the workqueue.  Dumps hold a counted
 *           reference, so one dump shows one generation.
 * director  immutable but for its scheduler instance (an RCU pointer that
 *           runtime commands replace).  Counted; shared by the configs that
 *           contain it unchanged, so that its state survives a commit.
 * sched     an instance of a scheduler, owned by a director version, freed
 *           after a grace period.  Constant but for its tree, whose nodes any
 *           CPU replaces by cmpxchg when a server's conns change.  A server
 *           has a seat (an RCU pointer) in the instance that is to know of its
 *           conns, and while another takes over a second one.
 * flows     the rules; immutable but for hit counters; counted, shared by the
 *           configs that have the same.
 * flows     all rules, with their index; immutable but for hits and the epoch
 *           (see lb_flows_renew()).  Counted; shared by the configs of commits
 *           that leave the flows alone.
 * nat rules immutable (snat.h).  Counted; shared as the flows are.
 * server    counted; held by each director version that lists it and by each
 *           conn bound to it.  `gone` is set when no config lists it any more,
 *           or the operator or the checks say that it is down: its conns are
 *           then expired by whoever meets them first, a packet or the reaper,
 *           but for checks of a server that is only down (probe.c).
 * reason    of a server's last check; an RCU pointer, replaced under the mutex,
 *           freed after a grace period.
 * conn      in the table by one tuple (nat, and checks: two).  Not counted: found and used
 *           under RCU only.  Whoever moves its state to LB_STATE_DEAD, by
 *           xchg, unlinks it; memory and server reference go after a grace
 *           period (call_rcu).
 * template  a conn without packets, whose users (itself while in the table,
 *           and the conns made from it) are counted; freed with the last.
 * client    a limited client's count of active conns, in a table of its own
 *           while it is above 0.
 * route     an RCU-freed holder of a dst, one per server.
 *
 * Deleting is always unlink, wait (call_rcu or queue_rcu_work), free.
 *
 * Teardown of a netns: pre_exit stops late_work and unhooks; the core waits a grace period; exit
 * stops the works (wheel, reaper, slow start), drops transactions, the config
 * and every conn.  Module exit: genl family and notifiers, then the netns as
 * above, then the barriers of free_all_deferred(), then workqueue and caches.
 */
#ifndef _L4LB_LB_H
#define _L4LB_LB_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <uapi/linux/l4lb.h>

#define LB_VERSION	"0.4.0"

struct lb_config;
struct lb_counters;
struct lb_wheel;

/**
 * struct lb_net - one network namespace's balancer
 */
struct lb_net {
	/* read by every packet; set before the hooks, then constant */

	/** @config: the generation in force; RCU, written under @mutex */
	struct lb_config __rcu *config;
	/** @counters: the named counters; per-CPU */
	struct lb_counters __percpu *counters;
	/** @conns4: IPv4 tuples of conns; own locks, RCU lookups */
	struct rhashtable conns4;
	/** @conns6: IPv6 tuples of conns */
	struct rhashtable conns6 ____cacheline_aligned_in_smp;
	/** @wheels: expiry wheels; made before the hooks, freed on exit */
	struct lb_wheel __percpu *wheels ____cacheline_aligned_in_smp;
	/** @net: the namespace; outlives this */
	struct net *net;

	/* written by new and ending conns */

	/** @conn_count: conns in the table; bounded by lb_conn_max */
	atomic_t conn_count ____cacheline_aligned_in_smp;
	/** @limit_told: jiffies of the last conn-limit event; races harmless */
	unsigned long limit_told;
	/** @flow_epochs: see lb_flows_renew() */
	atomic_t flow_epochs;

	/* slow path */

	/** @mutex: serialises all configuration, see "Locking and lifetimes" */
	struct mutex mutex;
	/** @generation: of @config, counts commits; under @mutex */
	u32 generation;
	/** @hook4: as registered; constant after init */
	struct nf_hook_ops hook4;
	/** @hook6: as registered; constant after init */
	struct nf_hook_ops hook6;
	/** @own_hook4: as registered, for own packets; constant after init */
	struct nf_hook_ops own_hook4;
	/** @own_hook6: the same for IPv6 */
	struct nf_hook_ops own_hook6;
	/** @owned4: @own_hook4 is on; under @mutex */
	bool owned4;
	/** @owned6: the same for IPv6; under @mutex */
	bool owned6;
	/** @hooked4: IPv4 hook and defragmentation are on; under @mutex */
	bool hooked4;
	/** @hooked6: the same for IPv6; under @mutex */
	bool hooked6;
	/** @late4: as registered behind nf_conntrack, see track.c; constant */
	struct nf_hook_ops late4;
	/** @late6: the same for IPv6; constant */
	struct nf_hook_ops late6;
	/** @is_late4: @late4 is on, in place of @hook4; under @mutex */
	bool is_late4;
	/** @is_late6: the same for IPv6; under @mutex */
	bool is_late6;
	/** @late_work: ends them when no tracked conn is left */
	struct delayed_work late_work;
	/** @counter_base: the counters at the last zero; under @mutex */
	u64 *counter_base;
	/** @pinned: holds a module reference while configured; under @mutex */
	bool pinned;
	/** @txns: open transactions; under @mutex */
	struct list_head txns;
	/** @monitor_port: socket that makes the health checks; under @mutex */
	u32 monitor_port;
	/** @monitor_pid: its process, as it says; under @mutex */
	u32 monitor_pid;
	/** @wheel_work: turns the wheels while there are conns */
	struct delayed_work wheel_work;
	/** @ramping: servers in slow start; under @mutex */
	struct list_head ramping;
	/** @ramp_work: the next step of their ramps */
	struct delayed_work ramp_work;
	/** @ramp_due: jiffies when @ramp_work is due; under @mutex */
	unsigned long ramp_due;
	/** @clients: conns of clients under a limit; own locks, RCU lookups */
	struct rhashtable clients;
	/** @reap_work: deletes the conns of servers that are gone */
	struct work_struct reap_work;
};

extern unsigned int lb_net_id;
extern struct workqueue_struct *lb_wq;
extern siphash_key_t lb_hash_key;

struct lb_net *lb_net(const struct net *net);

#endif /* _L4LB_LB_H */
