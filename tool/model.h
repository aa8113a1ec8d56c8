/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration as lbctl knows it, whether it came from a file or from
 * the kernel.
 *
 * Each struct that keyword rows (key.h) describe begins with @set: bit i says
 * that row i was written.  What was not written is not printed and not sent,
 * so that a default stays a default.
 */
#ifndef LBCTL_MODEL_H
#define LBCTL_MODEL_H

#include "addr.h"

#include <linux/l4lb.h>
#include <stddef.h>

struct lb_buf;

/** struct lb_pos - a place in the text, both from 1; 0: not in the text */
struct lb_pos {
	/** @line: line */
	uint32_t line;
	/** @col: byte in the line */
	uint32_t col;
};

/** struct lb_check - check parameters, rows lb_check_keys */
struct lb_check {
	/** @set: rows written */
	uint32_t set;
	/** @pos: where each row was written */
	struct lb_pos pos[8];
	/** @interval: ms from probe to probe */
	uint32_t interval;
	/** @timeout: ms a probe may take */
	uint32_t timeout;
	/** @source: address probes come from */
	struct lb_addr source;
	/** @port: port probed */
	uint16_t port;
	/** @inhibit: down means weight 0, not removal */
	bool inhibit;
	/** @via_vip: probe along the data path */
	bool via_vip;
	/** @rise: good probes in a row until up */
	uint32_t rise;
	/** @fall: bad probes in a row until down */
	uint32_t fall;
};

/** struct lb_method - how a director checks, rows of lb_methods[].keys */
struct lb_method {
	/** @set: rows written */
	uint32_t set;
	/** @name: icmp, arp, tcp, http; empty: none named */
	char name[LB_WORD_MAX + 1];
	/** @iface: arp: where to ask */
	char iface[LB_IFNAME_MAX + 1];
	/** @uri: http: what to get, or NULL */
	char *uri;
	/** @vhost: http: the Host header, or NULL */
	char *vhost;
	/** @statuscode: http: the good answer */
	uint16_t statuscode;
};

/** struct lb_persist - option persistence, rows lb_persist_keys */
struct lb_persist {
	/** @set: rows written */
	uint32_t set;
	/** @pos: where each row was written */
	struct lb_pos pos[2];
	/** @on: the option is there */
	bool on;
	/** @netmask: how clients are grouped */
	struct lb_mask netmask;
	/** @timeout: ms of idleness */
	uint32_t timeout;
};

/** struct lb_dopts - the director's other options, rows lb_dopt_keys */
struct lb_dopts {
	/** @set: rows written */
	uint32_t set;
	/** @pos: where each row was written */
	struct lb_pos pos[3];
	/** @onepacket: every datagram is scheduled afresh */
	bool onepacket;
	/** @connlimit: conns one client address may have */
	uint32_t connlimit;
	/** @vip_iface: interface that shall own the address */
	char vip_iface[LB_IFNAME_MAX + 1];
};

/** struct lb_sopts - words of a server line, rows lb_server_keys */
struct lb_sopts {
	/** @set: rows written */
	uint32_t set;
	/** @pos: where each row was written */
	struct lb_pos pos[4];
	/** @weight: share, 0 drains */
	uint32_t weight;
	/** @sorry: only while no other is usable */
	bool sorry;
	/** @slowstart: ms of ramp after coming up */
	uint32_t slowstart;
	/** @maxconn: conns at most */
	uint32_t maxconn;
};

/** struct lb_runtime - what the kernel tells beside the configuration */
struct lb_runtime {
	/** @conns: conns scheduled */
	uint64_t conns;
	/** @in_pkts: packets from clients */
	uint64_t in_pkts;
	/** @in_bytes: bytes from clients */
	uint64_t in_bytes;
	/** @out_pkts: packets from servers, nat only */
	uint64_t out_pkts;
	/** @out_bytes: bytes from servers, nat only */
	uint64_t out_bytes;
	/** @refused: new conns without a server, director only */
	uint64_t refused;
	/** @active: conns in an active state */
	uint32_t active;
	/** @inactive: the other conns */
	uint32_t inactive;
	/** @servers: number of servers, director only */
	uint32_t servers;
	/** @eff_weight: weight that schedules, server only */
	uint32_t eff_weight;
	/** @override: weight set at run time, server only */
	uint32_t override;
	/** @since: s since the state changed, server only */
	uint32_t since;
	/** @sorry: sorry servers serve, director only */
	bool sorry;
	/** @has_override: @override is in force */
	bool has_override;
	/** @admin: enum lb_admin, server only; so are those that follow */
	uint8_t admin;
	/** @health: enum lb_health */
	uint8_t health;
	/** @result: enum lb_result, of the last check */
	uint8_t result;
	/** @latency: us the last check took, 0: it did not end */
	uint32_t latency;
	/** @age: ms since the last check */
	uint32_t age;
	/** @reason: why @result is what it is, or NULL; see lb_server_clear() */
	char *reason;
};

/** struct lb_server - one real server of one director */
struct lb_server {
	/** @name: unique in the director */
	char name[LB_NAME_MAX + 1];
	/** @addr: where it is */
	struct lb_addr addr;
	/** @port: host byte order; 0: the packet's */
	uint16_t port;
	/** @checked: its line says check */
	bool checked;
	/** @opts: weight and the like */
	struct lb_sopts opts;
	/** @check: overrides of the director's parameters */
	struct lb_check check;
	/** @pos: its keyword */
	struct lb_pos pos;
	/** @name_pos: its name */
	struct lb_pos name_pos;
	/** @addr_pos: its address */
	struct lb_pos addr_pos;
	/** @port_pos: its port */
	struct lb_pos port_pos;
	/** @run: from the kernel only */
	struct lb_runtime run;
};

/** struct lb_director - one virtual service */
struct lb_director {
	/** @name: unique */
	char name[LB_NAME_MAX + 1];
	/** @addr: none: reachable through a flow only */
	struct lb_addr addr;
	/** @port: host byte order; 0: any */
	uint16_t port;
	/** @proto: IPPROTO_TCP, IPPROTO_UDP, 0: both */
	uint8_t proto;
	/** @hash_port: the client port joins the hash key */
	bool hash_port;
	/** @sched: canonical name */
	char sched[LB_WORD_MAX + 16];
	/** @mode: gateway, nat, tunnel */
	char mode[LB_WORD_MAX + 1];
	/** @encap: ipip, gre, gue; empty unless mode is tunnel */
	char encap[LB_WORD_MAX + 1];
	/** @encap_port: gue, host byte order */
	uint16_t encap_port;
	/** @opts: onepacket and the like */
	struct lb_dopts opts;
	/** @persist: option persistence */
	struct lb_persist persist;
	/** @check: defaults for its servers */
	struct lb_check check;
	/** @method: how its servers are checked */
	struct lb_method method;
	/** @server: in the order of the lines */
	struct lb_server **server;
	/** @n_servers: how many */
	size_t n_servers;
	/** @pos: its keyword; the others: the words they are called after */
	struct lb_pos pos;
	struct lb_pos name_pos, addr_pos, sched_pos, local_pos, mode_pos;
	struct lb_pos check_pos, method_pos, persist_pos;
	/** @run: from the kernel only */
	struct lb_runtime run;
};

/** struct lb_cond - the conditions of one flow rule, rows lb_cond_keys */
struct lb_cond {
	/** @set: rows written */
	uint32_t set;
	/** @neg: rows with "not" before them */
	uint32_t neg;
	/** @pos: where each row was written */
	struct lb_pos pos[8];
	/** @iface: where the packet came in */
	char iface[LB_IFNAME_MAX + 1];
	/** @proto: IPPROTO_TCP, _UDP, _ICMP */
	uint8_t proto;
	/** @icmptype: 0..255 */
	uint8_t icmptype;
	/** @src: source network */
	struct lb_net src;
	/** @dst: destination network */
	struct lb_net dst;
	/** @srcport: source ports */
	struct lb_ports srcport;
	/** @dstport: destination ports */
	struct lb_ports dstport;
	/** @fwmark: mark of the packet */
	uint32_t fwmark;
};

/** struct lb_rule - one line of a flow */
struct lb_rule {
	/** @ignore: leaves the flow, instead of applying its policy */
	bool ignore;
	/** @cond: all must hold */
	struct lb_cond cond;
	/** @pos: its keyword */
	struct lb_pos pos;
};

/** struct lb_flow - an ordered list of rules with one policy */
struct lb_flow {
	/** @name: unique among flows */
	char name[LB_FLOW_NAME_MAX + 1];
	/** @policy: skip, permit, deny, director */
	const char *policy;
	/** @director: whom it feeds, when the policy is director */
	char director[LB_NAME_MAX + 1];
	/** @rule: in order */
	struct lb_rule *rule;
	/** @n_rules: how many */
	size_t n_rules;
	/** @hits: packets its policy decided, from the kernel only */
	uint64_t hits;
	/** @pos: its keyword */
	struct lb_pos pos;
	/** @name_pos: its name */
	struct lb_pos name_pos;
};

/** struct lb_nat_side - what a packet is before or becomes after, rows
 * lb_nat_side_keys
 */
struct lb_nat_side {
	/** @set: rows written */
	uint32_t set;
	/** @pos: where each row was written */
	struct lb_pos pos[4];
	/** @src: source addresses */
	struct lb_net src;
	/** @dst: destination addresses */
	struct lb_net dst;
	/** @srcport: source ports */
	struct lb_ports srcport;
	/** @dstport: destination ports */
	struct lb_ports dstport;
};

/** struct lb_nat_match - head of a nat section, rows lb_nat_keys */
struct lb_nat_match {
	/** @set: rows written */
	uint32_t set;
	/** @pos: where each row was written */
	struct lb_pos pos[3];
	/** @in: inbound interface */
	char in[LB_IFNAME_MAX + 1];
	/** @out: outbound interface */
	char out[LB_IFNAME_MAX + 1];
	/** @proto: IPPROTO_TCP or _UDP */
	uint8_t proto;
};

/** struct lb_nat - a rule that translates the source of balanced packets */
struct lb_nat {
	/** @name: unique among nats */
	char name[LB_NAME_MAX + 1];
	/** @match: interfaces and protocol */
	struct lb_nat_match match;
	/** @before: the packet as it arrives */
	struct lb_nat_side before;
	/** @after: what it becomes */
	struct lb_nat_side after;
	/** @pos: its keyword */
	struct lb_pos pos;
	/** @name_pos: its name */
	struct lb_pos name_pos;
	/** @after_pos: the first "after", right or wrong */
	struct lb_pos after_pos;
};

/** struct lb_service - service lvs, rows lb_service_keys */
struct lb_service {
	/** @set: rows written */
	uint32_t set;
	/** @conntrack: keep nf_conntrack entries */
	bool conntrack;
	/** @pickup: take sessions over in mid-stream */
	bool pickup;
	/** @tcp: ms an established TCP conn may idle */
	uint32_t tcp;
	/** @tcpfin: ms after FIN */
	uint32_t tcpfin;
	/** @udp: ms a UDP conn may idle */
	uint32_t udp;
};

/** struct lb_model - a whole configuration */
struct lb_model {
	/** @service: options of the whole balancer */
	struct lb_service service;
	/** @director: in order */
	struct lb_director **director;
	/** @n_directors: how many */
	size_t n_directors;
	/** @flow: in order */
	struct lb_flow **flow;
	/** @n_flows: how many */
	size_t n_flows;
	/** @nat: in order */
	struct lb_nat **nat;
	/** @n_nats: how many */
	size_t n_nats;
};

extern const char *const lb_policies[];

struct lb_director *lb_director_create(void);
void lb_director_free(struct lb_director *d);
void lb_director_defaults(struct lb_director *d);
void lb_server_clear(struct lb_server *s);
struct lb_server *lb_director_add_server(struct lb_director *d);
struct lb_director *lb_model_add_director(struct lb_model *m);
struct lb_flow *lb_model_add_flow(struct lb_model *m);
struct lb_rule *lb_flow_add_rule(struct lb_flow *f);
struct lb_nat *lb_model_add_nat(struct lb_model *m);
void lb_service_defaults(struct lb_service *s);
void lb_service_normalize(struct lb_service *s);
void lb_persist_normalize(struct lb_persist *p);
void lb_model_free(struct lb_model *m);

void *lb_named_sort(const void *objects, size_t n, size_t pos);
void *lb_named_find(const void *sorted, size_t n, const char *name);
struct lb_director **lb_model_sort(const struct lb_model *m);
struct lb_server **lb_director_sort(const struct lb_director *d);
struct lb_director *lb_model_find(const struct lb_model *m, const char *name);
struct lb_server *lb_director_find(const struct lb_director *d,
				   const char *name);

void lb_model_print(struct lb_buf *b, const struct lb_model *m);
void lb_director_print_head(struct lb_buf *b, const struct lb_director *d);
void lb_server_print(struct lb_buf *b, const struct lb_server *s);
void lb_flow_print_head(struct lb_buf *b, const struct lb_flow *f);
void lb_rule_print(struct lb_buf *b, const struct lb_rule *r);
void lb_nat_print(struct lb_buf *b, const struct lb_nat *n);
const char *lb_proto_name(uint8_t proto);

#endif
