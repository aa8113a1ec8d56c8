/* SPDX-License-Identifier: GPL-2.0 */
/* Flows: ordered rules that are asked before the directors' addresses. */
#ifndef _L4LB_FLOW_H
#define _L4LB_FLOW_H

#include <linux/if.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/socket.h>
#include "flow_index.h"
#include "lb.h"
#include "pkt.h"

struct lb_config;
struct lb_conn;
struct lb_director;

/* All flows of a namespace together; so many flows at most, too. */
#define LB_FLOW_RULES_MAX	65535

/* Where packets of this machine itself come in, as rules see it. */
#define LB_FLOW_OWN_IFACE	"lo"

/* What a flow does with a packet that one of its rules matches. */
enum lb_flow_policy {
	/* go on as if there were no flows */
	LB_FLOW_PERMIT,
	LB_FLOW_DENY,
	/* the flow is not asked */
	LB_FLOW_SKIP,
	/* if it has no conn: give it to the flow's director */
	LB_FLOW_DIRECTOR,

	LB_FLOW_POLICY_NR
};

/* How an address condition was written. */
enum lb_rule_kind {
	LB_RULE_ONE,
	LB_RULE_NET,
	LB_RULE_RANGE,
};

/**
 * struct lb_rule_addr - an address condition
 */
struct lb_rule_addr {
	/** @first: first address that agrees */
	union nf_inet_addr first;
	/** @last: last address that agrees */
	union nf_inet_addr last;
	/** @plen: prefix length if @kind is LB_RULE_NET */
	u8 plen;
	/** @kind: enum lb_rule_kind */
	u8 kind;
};

/**
 * struct lb_rule_ports - a port condition
 */
struct lb_rule_ports {
	/** @first: first port that agrees, host byte order */
	u16 first;
	/** @last: last port that agrees, host byte order */
	u16 last;
	/** @is_range: written as a range, even of one port */
	bool is_range;
};

/**
 * struct lb_rule - one rule, as configured
 */
struct lb_rule {
	/** @has: LB_RULE_F_: the conditions there are */
	u16 has;
	/** @not: LB_RULE_F_: those that must not hold */
	u16 not;
	/** @family: AF_INET, AF_INET6; 0 = no address condition, both */
	u8 family;
	/** @proto: IPPROTO_TCP, _UDP, _ICMP; the last also means ICMPv6 */
	u8 proto;
	/** @icmp_type: of either ICMP */
	u8 icmp_type;
	/** @is_ignore: leaves the flow */
	bool is_ignore;
	/** @sport: source ports */
	struct lb_rule_ports sport;
	/** @dport: destination ports */
	struct lb_rule_ports dport;
	/** @mark: the packet's firewall mark */
	u32 mark;
	/** @flow: number of its flow; set by lb_flows_finish() */
	u32 flow;
	/** @src: source addresses */
	struct lb_rule_addr src;
	/** @dst: destination addresses */
	struct lb_rule_addr dst;
	/** @iface: inbound interface */
	char iface[IFNAMSIZ];
};

/**
 * struct lb_flowspec - a flow as configured, but for its rules
 */
struct lb_flowspec {
	/** @policy: enum lb_flow_policy */
	u8 policy;
	/** @name: NUL-terminated */
	char name[LB_FLOW_NAME_MAX + 1];
	/** @director: its director's name if @policy is LB_FLOW_DIRECTOR */
	char director[LB_NAME_MAX + 1];
};

/**
 * struct lb_flow - one flow of a set
 */
struct lb_flow {
	/** @policy: enum lb_flow_policy, again, beside what packets read */
	u8 policy;
	/** @first: its first rule */
	u32 first;
	/** @nr: of its rules */
	u32 nr;
	/** @hits: packets its policy decided; per-CPU */
	u64 __percpu *hits;
	/** @hits_base: @hits at the last zero; under lb_net.mutex */
	u64 hits_base;
	/** @spec: as configured */
	struct lb_flowspec spec;
};

/**
 * struct lb_flows - all flows of a generation and of those after it that
 * leave them as they are; constant once published but for hits and @epoch
 */
struct lb_flows {
	/** @index4: rules for IPv4 packets */
	struct lb_flow_index index4;
	/** @index6: rules for IPv6 packets */
	struct lb_flow_index index6;
	/** @rules: all rules, flow by flow */
	struct lb_rule *rules;
	/** @flows: in order */
	struct lb_flow *flows;
	/** @nr_rules: of @rules */
	u32 nr_rules;
	/** @nr: of @flows */
	u32 nr;
	/**
	 * @epoch: tells conns that they were judged by these flows and these
	 * interface names; 1 to 65535, see lb_flows_renew()
	 */
	u32 epoch;
	/** @decides4: a flow may decide about an IPv4 packet */
	bool decides4;
	/** @decides6: the same for IPv6 */
	bool decides6;
	/** @denies: a flow denies, so packets of conns are judged, too */
	bool denies;
	/** @judges_portless: other packets than TCP and UDP are judged, too */
	bool judges_portless;
	/** @judges_own: a rule matches what this machine sends */
	bool judges_own;
	/** @asks_mark: a rule has a mark condition: no judgement is kept */
	bool asks_mark;
	/** @ref: held by configs and transactions */
	refcount_t ref;
};

/**
 * struct lb_flow_hit - what lb_flows_find() found
 */
struct lb_flow_hit {
	/** @dir: if @policy is LB_FLOW_DIRECTOR; borrowed from the config */
	struct lb_director *dir;
	/** @flow: number of the flow, from 0 */
	u32 flow;
	/** @rule: number of the rule in the flow, from 1 */
	u32 rule;
	/** @policy: of the flow: permit, deny or director */
	enum lb_flow_policy policy;
};

struct lb_flows *lb_flows_create(u32 nr, u32 nr_rules);
struct lb_rule *lb_flows_add(struct lb_flows *flows,
			     const struct lb_flowspec *spec, u32 nr);
int lb_flows_finish(struct lb_flows *flows);
struct lb_flows *lb_flows_get(struct lb_flows *flows);
void lb_flows_put(struct lb_flows *flows);
void lb_flows_renew(struct lb_net *ln, struct lb_flows *flows);
u64 lb_flow_hits(const struct lb_flow *flow);
void lb_flows_zero(struct lb_flows *flows);
const char *lb_flow_policy_name(enum lb_flow_policy policy);

bool lb_flows_find(const struct lb_config *cfg, const struct lb_pkt *pkt,
		   const char *iface, u32 mark, struct lb_flow_hit *hit);
bool lb_flows_decide(const struct lb_config *cfg, const struct lb_pkt *pkt,
		     struct lb_flow_hit *hit);
bool lb_flows_deny_conn(const struct lb_config *cfg, const struct lb_pkt *pkt,
			struct lb_conn *conn);

/**
 * lb_rule_addr_has() - is an address what a condition asks for?
 * @a: the condition
 * @family: of the condition and the address
 * @addr4: the address if @family is AF_INET
 * @addr6: the address if it is AF_INET6
 *
 * Return: true if it is.
 */
static inline bool lb_rule_addr_has(const struct lb_rule_addr *a, u8 family,
				    __be32 addr4, const struct in6_addr *addr6)
{
	if (family == AF_INET)
		return ntohl(addr4) >= ntohl(a->first.ip) &&
		       ntohl(addr4) <= ntohl(a->last.ip);
	return memcmp(addr6, &a->first.in6, sizeof(*addr6)) >= 0 &&
	       memcmp(addr6, &a->last.in6, sizeof(*addr6)) <= 0;
}

/**
 * lb_rule_ports_have() - is a port what a condition asks for?
 * @p: the condition
 * @port: network byte order
 *
 * Return: true if it is.
 */
static inline bool lb_rule_ports_have(const struct lb_rule_ports *p,
				      __be16 port)
{
	return ntohs(port) >= p->first && ntohs(port) <= p->last;
}

/**
 * lb_rule_proto() - the protocol number that a rule's packets carry
 * @rule: with a protocol condition
 * @family: of the packets
 *
 * Return: IPPROTO_.
 */
static inline u8 lb_rule_proto(const struct lb_rule *rule, u8 family)
{
	return rule->proto == IPPROTO_ICMP && family == AF_INET6 ?
	       IPPROTO_ICMPV6 : rule->proto;
}

#endif /* _L4LB_FLOW_H */
