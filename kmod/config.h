/* SPDX-License-Identifier: GPL-2.0 */
/* Config snapshots: what one generation consists of, and finding in it. */
#ifndef _L4LB_CONFIG_H
#define _L4LB_CONFIG_H

#include <linux/refcount.h>
#include <linux/workqueue.h>
#include "director.h"
#include "lb.h"
#include "state.h"

struct lb_answers;
struct lb_flows;
struct lb_pkt;
struct lb_snat;
struct lb_tunnels;

/**
 * struct lb_options - `service lvs`, as configured; 0 = default
 */
struct lb_options {
	/** @tcp_ms: idle time of established TCP conns */
	u32 tcp_ms;
	/** @tcpfin_ms: idle time of TCP conns that saw a FIN */
	u32 tcpfin_ms;
	/** @udp_ms: idle time of UDP conns */
	u32 udp_ms;
	/** @is_pickup: a TCP segment in midstream may make a conn */
	bool is_pickup;
	/** @is_conntrack: new conns are tracked, see track.c */
	bool is_conntrack;
};

/**
 * struct lb_config - one generation; constant once published
 */
struct lb_config {
	/** @by_key: directors by VIP, open addressing, @mask + 1 places */
	struct lb_director **by_key;
	/** @by_addr: one director of each address, the same */
	struct lb_director **by_addr;
	/** @by_name: directors by name, open addressing, @mask + 1 places */
	struct lb_director **by_name;
	/** @mask: places in each table, minus 1 */
	u32 mask;
	/** @flows: all flows; holds a reference; NULL if there are none */
	struct lb_flows *flows;
	/** @flow_dirs: by flow, the directors of those with that policy */
	struct lb_director **flow_dirs;
	/** @flows_deny: lb_flows.denies */
	bool flows_deny;
	/** @snat: all nat rules; holds a reference; NULL if there are none */
	struct lb_snat *snat;
	/** @judges_portless: lb_flows.judges_portless */
	bool judges_portless;
	/**
	 * @nr4: directors of IPv4, tunnels over it, and 1 if flows decide
	 * about it; 0: its packets need not be seen
	 */
	u32 nr4;
	/** @nr6: the same of IPv6 */
	u32 nr6;
	/** @nr_any_port: directors for all ports of their VIP */
	u32 nr_any_port;
	/** @timeouts: idle times, ticks */
	struct lb_timeouts timeouts;
	/** @options: as configured */
	struct lb_options options;
	/** @generation: which one */
	u32 generation;
	/** @nr: of @directors */
	u32 nr;
	/** @answers: who may answer one-packet directors in nat mode */
	struct lb_answers *answers;
	/** @tunnels: servers in tunnel mode by address, or NULL */
	struct lb_tunnels *tunnels;
	/** @directors: in order; each holds a reference */
	struct lb_director **directors;
	/** @ref: held by lb_net.config and dumps */
	refcount_t ref;
	/** @rwork: frees it after a grace period, in process context */
	struct rcu_work rwork;
};

struct lb_config *lb_config_create(struct lb_director *const *dirs, u32 nr,
				   const struct lb_options *opt);
int lb_config_set_flows(struct lb_config *cfg, struct lb_flows *flows);
struct lb_config *lb_config_get(struct lb_net *ln);
void lb_config_put(struct lb_config *cfg);
struct lb_director *lb_config_find_vip(const struct lb_config *cfg,
				       const struct lb_pkt *pkt);
bool lb_config_has_addr(const struct lb_config *cfg, u8 family,
			const union nf_inet_addr *addr);
bool lb_config_has_vip(const struct lb_config *cfg, u8 family, u8 proto,
		       const union nf_inet_addr *addr, __be16 port);
struct lb_director *lb_config_find_name(const struct lb_config *cfg,
					const char *name);

#endif /* _L4LB_CONFIG_H */
