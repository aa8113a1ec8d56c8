/* SPDX-License-Identifier: GPL-2.0 */
/* Nat rules: which conns have their source translated too, and into what. */
#ifndef _L4LB_SNAT_H
#define _L4LB_SNAT_H

#include <linux/if.h>
#include <linux/refcount.h>
#include "flow.h"
#include "pkt.h"

struct lb_config;
struct lb_conn;
struct lb_server;

/* Asked one after the other by each new conn, so there cannot be many. */
#define LB_NAT_RULES_MAX	1024
/* Addresses that one rule may translate into. */
#define LB_SNAT_POOL_MAX	256

/* lb_snat_rule.has: what a nat section says; the rest is any or unchanged */
#define LB_SNAT_SRC		BIT(0)
#define LB_SNAT_DST		BIT(1)
#define LB_SNAT_SRCPORT		BIT(2)
#define LB_SNAT_DSTPORT		BIT(3)
#define LB_SNAT_TO		BIT(4)
#define LB_SNAT_TO_PORT		BIT(5)

/**
 * struct lb_snat_rule - a nat section, as configured
 */
struct lb_snat_rule {
	/** @has: LB_SNAT_ */
	u8 has;
	/** @family: AF_INET, AF_INET6; 0 = no address is named, both */
	u8 family;
	/** @proto: IPPROTO_TCP, IPPROTO_UDP; 0 = both */
	u8 proto;
	/** @nr_to: addresses in @to */
	u16 nr_to;
	/** @sport: the client's port */
	struct lb_rule_ports sport;
	/** @dport: the port asked for */
	struct lb_rule_ports dport;
	/** @to_port: the ports to translate into */
	struct lb_rule_ports to_port;
	/** @src: the client */
	struct lb_rule_addr src;
	/** @dst: the VIP */
	struct lb_rule_addr dst;
	/** @to: the addresses to translate into */
	struct lb_rule_addr to;
	/** @in: inbound interface, or "" */
	char in[IFNAMSIZ];
	/** @out: interface to the server, or "" */
	char out[IFNAMSIZ];
	/** @name: NUL-terminated */
	char name[LB_NAME_MAX + 1];
};

/**
 * struct lb_snat - all nat rules of a generation and of those after it that
 * leave them as they are; constant once published
 */
struct lb_snat {
	/** @ref: held by configs and transactions */
	refcount_t ref;
	/** @asks_out: a rule asks for the outbound interface */
	bool asks_out;
	/** @nr: of @rules */
	u32 nr;
	/** @rules: in order */
	struct lb_snat_rule rules[];
};

struct lb_snat *lb_snat_create(u32 nr);
struct lb_snat *lb_snat_get(struct lb_snat *snat);
void lb_snat_put(struct lb_snat *snat);

const struct lb_snat_rule *lb_snat_find(const struct lb_snat *snat,
					const struct lb_pkt *pkt,
					const char *in, const char *out);
const struct lb_snat_rule *lb_snat_choose(const struct lb_config *cfg,
					  struct lb_pkt *pkt,
					  struct lb_server *srv);
struct lb_conn *lb_snat_insert(struct lb_pkt *pkt, struct lb_conn *conn);

#endif /* _L4LB_SNAT_H */
