// SPDX-License-Identifier: GPL-2.0
/*
 * The wire form of flows, their rules, and the question which of them decides.
 */
#include "attr.h"
#include "key.h"
#include "msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

/* in the order of the bits LB_RULE_F_ */
static const struct lb_wire rule_wire[] = {
	{ "iface", LB_RULE_A_IFACE },
	{ "proto", LB_RULE_A_PROTO },
	{ "icmptype", LB_RULE_A_ICMPTYPE },
	{ "src", LB_RULE_A_SRC },
	{ "dst", LB_RULE_A_DST },
	{ "srcport", LB_RULE_A_SRCPORT },
	{ "dstport", LB_RULE_A_DSTPORT },
	{ "fwmark", LB_RULE_A_FWMARK },
	{ NULL, 0 }
};

/* our row of a bit LB_RULE_F_ */
static unsigned int row_of(unsigned int bit)
{
	unsigned int i;

	for (i = 0; i < lb_cond_keys.n; i++)
		if (!strcmp(lb_cond_keys.key[i].name, rule_wire[bit].key))
			break;
	return i;
}

/**
 * lb_msg_put_flow() - append a flow without its rules
 * @m: the message
 * @f: the flow
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_flow(struct nl_msg *m, const struct lb_flow *f)
{
	struct nlattr *nest;

	nest = nla_nest_start(m, LB_A_FLOW | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_FLOW_A_NAME, f->name) ||
	    nla_put_string(m, LB_FLOW_A_POLICY, f->policy))
		return -ENOBUFS;
	if (f->director[0] &&
	    nla_put_string(m, LB_FLOW_A_DIRECTOR, f->director))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

/**
 * lb_msg_put_flow_name() - append what names a flow
 * @m: the message
 * @name: its name
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_flow_name(struct nl_msg *m, const char *name)
{
	struct nlattr *nest;

	nest = nla_nest_start(m, LB_A_FLOW | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_FLOW_A_NAME, name))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

/**
 * lb_msg_put_rule() - append a rule
 * @m: the message
 * @flow: name of its flow
 * @r: the rule
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_rule(struct nl_msg *m, const char *flow,
		    const struct lb_rule *r)
{
	struct nlattr *nest;
	unsigned int i, row;
	uint32_t not = 0;
	int err = 0;

	for (i = 0; rule_wire[i].key; i++) {
		row = row_of(i);
		if (lb_key_has(&r->cond, row) && r->cond.neg & LB_BIT(row))
			not |= 1U << i;
	}
	nest = nla_nest_start(m, LB_A_RULE | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_RULE_A_FLOW, flow))
		return -ENOBUFS;
	if (r->ignore)
		err |= nla_put_flag(m, LB_RULE_A_IGNORE);
	if (not)
		err |= nla_put_u32(m, LB_RULE_A_NOT, not);
	err |= lb_attr_put_rows(m, rule_wire, &lb_cond_keys, &r->cond);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_put_question() - append the packet to be explained
 * @m: the message
 * @e: the packet
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_question(struct nl_msg *m, const struct lb_explain *e)
{
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(m, LB_A_EXPLAIN | NLA_F_NESTED);
	if (!nest)
		return -ENOBUFS;
	err = nla_put_u8(m, LB_EXPLAIN_A_PROTO, e->proto);
	err |= nla_put(m, LB_EXPLAIN_A_CLIENT_ADDR, e->client.len,
		       e->client.b);
	err |= nla_put_u16(m, LB_EXPLAIN_A_CLIENT_PORT,
			   htons(e->client_port));
	err |= nla_put(m, LB_EXPLAIN_A_VIP_ADDR, e->vip.len, e->vip.b);
	err |= nla_put_u16(m, LB_EXPLAIN_A_VIP_PORT, htons(e->vip_port));
	if (e->iface[0])
		err |= nla_put_string(m, LB_EXPLAIN_A_IFACE, e->iface);
	if (e->has_fwmark)
		err |= nla_put_u32(m, LB_EXPLAIN_A_FWMARK, e->fwmark);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_get_flow() - read a flow, without its rules
 * @nest: the LB_A_FLOW attribute
 * @f: an empty flow; half filled on error
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_flow(struct nlattr *nest, struct lb_flow *f)
{
	struct nlattr *a[LB_FLOW_A_MAX + 1];
	char policy[LB_WORD_MAX + 1] = "";
	unsigned int i;
	int bad = 0;

	if (nla_parse_nested(a, LB_FLOW_A_MAX, nest, NULL) ||
	    !a[LB_FLOW_A_NAME])
		return -EBADMSG;
	lb_attr_str(a[LB_FLOW_A_NAME], f->name, sizeof(f->name), &bad);
	lb_attr_str(a[LB_FLOW_A_POLICY], policy, sizeof(policy), &bad);
	for (i = 0; lb_policies[i] && strcmp(lb_policies[i], policy); i++)
		;
	if (!lb_policies[i])
		return -EBADMSG;
	f->policy = lb_policies[i];
	lb_attr_str(a[LB_FLOW_A_DIRECTOR], f->director, sizeof(f->director),
		    &bad);
	f->hits = lb_attr_uint(a[LB_FLOW_A_HITS], 8, &bad);
	return bad;
}

/**
 * lb_msg_get_rule() - read a rule
 * @nest: the LB_A_RULE attribute
 * @r: an empty rule; half filled on error
 * @flow: gets the name of its flow
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_rule(struct nlattr *nest, struct lb_rule *r,
		    char flow[LB_FLOW_NAME_MAX + 1])
{
	struct nlattr *a[LB_RULE_A_MAX + 1];
	unsigned int i, row;
	uint32_t not;
	int bad = 0;

	if (nla_parse_nested(a, LB_RULE_A_MAX, nest, NULL) ||
	    !a[LB_RULE_A_FLOW])
		return -EBADMSG;
	lb_attr_str(a[LB_RULE_A_FLOW], flow, LB_FLOW_NAME_MAX + 1, &bad);
	r->ignore = a[LB_RULE_A_IGNORE];
	lb_attr_rows(a, rule_wire, &lb_cond_keys, &r->cond, &bad);
	not = lb_attr_uint(a[LB_RULE_A_NOT], 4, &bad);
	for (i = 0; rule_wire[i].key; i++) {
		row = row_of(i);
		if (not & (1U << i) && lb_key_has(&r->cond, row))
			r->cond.neg |= LB_BIT(row);
	}
	return bad;
}

/**
 * lb_msg_get_explain() - read who decides about a packet
 * @nest: the LB_A_EXPLAIN attribute
 * @e: gets the answer; what was asked stays
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_explain(struct nlattr *nest, struct lb_explain *e)
{
	struct nlattr *a[LB_EXPLAIN_A_MAX + 1];
	int bad = 0;

	if (nla_parse_nested(a, LB_EXPLAIN_A_MAX, nest, NULL))
		return -EBADMSG;
	lb_attr_str(a[LB_EXPLAIN_A_FLOW], e->flow, sizeof(e->flow), &bad);
	e->rule = lb_attr_uint(a[LB_EXPLAIN_A_RULE], 4, &bad);
	lb_attr_str(a[LB_EXPLAIN_A_POLICY], e->policy, sizeof(e->policy),
		    &bad);
	lb_attr_str(a[LB_EXPLAIN_A_DIRECTOR], e->director,
		    sizeof(e->director), &bad);
	lb_attr_str(a[LB_EXPLAIN_A_SERVER], e->server, sizeof(e->server),
		    &bad);
	lb_attr_addr(a[LB_EXPLAIN_A_SERVER_ADDR], &e->server_addr, &bad);
	e->server_port = lb_attr_port(a[LB_EXPLAIN_A_SERVER_PORT], &bad);
	lb_attr_str(a[LB_EXPLAIN_A_NAT], e->nat, sizeof(e->nat), &bad);
	lb_attr_str(a[LB_EXPLAIN_A_DECIDED_BY], e->decided_by,
		    sizeof(e->decided_by), &bad);
	lb_attr_str(a[LB_EXPLAIN_A_REASON], e->reason, sizeof(e->reason),
		    &bad);
	lb_attr_str(a[LB_EXPLAIN_A_COUNTER], e->counter, sizeof(e->counter),
		    &bad);
	return bad;
}
