/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects to and from netlink attributes: memory only, no socket.
 *
 * Attributes are always put in the order of the UAPI header, so two objects
 * are equal when their bytes are.  Readers believe nothing: what comes from a
 * socket may be anything.
 */
#ifndef LBCTL_MSG_H
#define LBCTL_MSG_H

#include "model.h"

struct nl_msg;
struct nlattr;

/** struct lb_info - what the module tells about itself */
struct lb_info {
	/** @version: its version */
	char version[64];
	/** @conn_max: conns allowed */
	uint32_t conn_max;
	/** @conn_count: conns there are */
	uint32_t conn_count;
	/** @n_scheds: number of schedulers */
	unsigned int n_scheds;
	/** @n_modes: number of modes */
	unsigned int n_modes;
	/** @n_encaps: number of encapsulations */
	unsigned int n_encaps;
	/** @sched: names of schedulers */
	char sched[32][48];
	/** @mode: names of modes */
	char mode[32][48];
	/** @encap: names of encapsulations, of mode tunnel */
	char encap[32][48];
	/** @monitor: process ID of the monitor */
	uint32_t monitor;
	/** @has_monitor: there is one */
	bool has_monitor;
	/** @skipped: results of checks that were not taken */
	uint32_t skipped;
};

/** struct lb_verdict - how a check of a server ended */
struct lb_verdict {
	/** @result: enum lb_result, not NONE */
	uint8_t result;
	/** @health: enum lb_health */
	uint8_t health;
	/** @has_latency: @latency is known */
	bool has_latency;
	/** @latency: us it took */
	uint32_t latency;
	/** @reason: one line, or NULL: that of the last check */
	const char *reason;
};

/** struct lb_conn - one connection, or one template of persistence */
struct lb_conn {
	/** @client: who */
	struct lb_addr client;
	/** @vip: whom it asked for */
	struct lb_addr vip;
	/** @server_addr: who answers */
	struct lb_addr server_addr;
	/** @source: whom the server sees, none: the client */
	struct lb_addr source;
	/** @source_port: at which port */
	uint16_t source_port;
	/** @client_port: host byte order, as the others */
	uint16_t client_port;
	/** @vip_port: asked for */
	uint16_t vip_port;
	/** @server_port: of the server */
	uint16_t server_port;
	/** @proto: IPPROTO_ */
	uint8_t proto;
	/** @expires: ms until it is idle long enough */
	uint32_t expires;
	/** @count: conns flushed; of a template, conns that use it */
	uint32_t count;
	/** @templates: templates flushed */
	uint32_t templates;
	/** @client_prefix: of a template: length of its client net */
	uint8_t client_prefix;
	/** @director: its name */
	char director[LB_NAME_MAX + 1];
	/** @server: its name */
	char server[LB_NAME_MAX + 1];
	/** @mode: gateway, nat, ... */
	char mode[LB_WORD_MAX + 1];
	/** @state: of the protocol */
	char state[LB_WORD_MAX + 1];
};

/** struct lb_counter - one counter */
struct lb_counter {
	/** @name: its name */
	char name[64];
	/** @help: one line */
	char help[256];
	/** @value: how often */
	uint64_t value;
	/** @kind: enum lb_counter_kind */
	uint8_t kind;
};

/** struct lb_explain - a packet, and who decides about it */
struct lb_explain {
	/** @client: where it comes from */
	struct lb_addr client;
	/** @vip: where it goes */
	struct lb_addr vip;
	/** @client_port: host byte order, as the others */
	uint16_t client_port;
	/** @vip_port: destination port */
	uint16_t vip_port;
	/** @proto: IPPROTO_TCP, IPPROTO_UDP */
	uint8_t proto;
	/** @has_fwmark: @fwmark was named */
	bool has_fwmark;
	/** @fwmark: its mark */
	uint32_t fwmark;
	/** @iface: where it comes in, may be empty */
	char iface[LB_IFNAME_MAX + 1];
	/** @flow: whose rule matches; from here on the answer */
	char flow[LB_FLOW_NAME_MAX + 1];
	/** @rule: its number in the flow, from 1 */
	uint32_t rule;
	/** @policy: of that flow */
	char policy[LB_WORD_MAX + 1];
	/** @director: who takes it, may be empty */
	char director[LB_NAME_MAX + 1];
	/** @server: who gets it, may be empty */
	char server[LB_NAME_MAX + 1];
	/** @server_addr: its address */
	struct lb_addr server_addr;
	/** @server_port: the port it is sent to */
	uint16_t server_port;
	/** @nat: section that translates its source, may be empty */
	char nat[LB_NAME_MAX + 1];
	/** @decided_by: conn, template, scheduler, sorry, nobody */
	char decided_by[LB_WORD_MAX + 1];
	/** @reason: one line */
	char reason[256];
	/** @counter: where it would be counted if nobody gets it */
	char counter[64];
};

int lb_msg_put_director(struct nl_msg *m, const struct lb_director *d);
int lb_msg_put_director_name(struct nl_msg *m, const char *name);
int lb_msg_put_server(struct nl_msg *m, const char *director,
		      const struct lb_server *s, bool last);
int lb_msg_put_server_name(struct nl_msg *m, const char *director,
			   const char *name);
int lb_msg_put_state(struct nl_msg *m, const char *director,
		     const char *name, const uint8_t *admin,
		     const uint32_t *override);
int lb_msg_put_verdict(struct nl_msg *m, const char *director,
		       const struct lb_server *s,
		       const struct lb_verdict *v);
int lb_msg_put_pin(struct nl_msg *m, const char *director, const char *server,
		   const struct lb_addr *client, uint16_t client_port,
		   const struct lb_addr *vip, uint16_t vip_port);
int lb_msg_put_monitor(struct nl_msg *m, uint32_t pid);
int lb_msg_put_flow(struct nl_msg *m, const struct lb_flow *f);
int lb_msg_put_flow_name(struct nl_msg *m, const char *name);
int lb_msg_put_rule(struct nl_msg *m, const char *flow,
		    const struct lb_rule *r);
int lb_msg_put_nat(struct nl_msg *m, const struct lb_nat *n);
int lb_msg_put_nat_name(struct nl_msg *m, const char *name);
int lb_msg_put_question(struct nl_msg *m, const struct lb_explain *e);
int lb_msg_put_options(struct nl_msg *m, const struct lb_service *s);
int lb_msg_put_filter(struct nl_msg *m, const struct lb_conn *filter);

int lb_msg_get_director(struct nlattr *nest, struct lb_director *d);
int lb_msg_get_server(struct nlattr *nest, struct lb_server *s,
		      char director[LB_NAME_MAX + 1]);
int lb_msg_get_flow(struct nlattr *nest, struct lb_flow *f);
int lb_msg_get_rule(struct nlattr *nest, struct lb_rule *r,
		    char flow[LB_FLOW_NAME_MAX + 1]);
int lb_msg_get_nat(struct nlattr *nest, struct lb_nat *n);
int lb_msg_get_explain(struct nlattr *nest, struct lb_explain *e);
int lb_msg_get_options(struct nlattr *nest, struct lb_service *s);
int lb_msg_get_info(struct nlattr *nest, struct lb_info *info);
int lb_msg_get_conn(struct nlattr *nest, struct lb_conn *c);
int lb_msg_get_counter(struct nlattr *nest, struct lb_counter *c);

#endif
