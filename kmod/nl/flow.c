// SPDX-License-Identifier: GPL-2.0
/* Handlers of flows and their rules. */
#include <net/sock.h>
#include "../config.h"
#include "../flow.h"
#include "../nl.h"
#include "handlers.h"
#include "match.h"
#include "txn.h"

/* [A-Za-z0-9_-]{1,27} */
static int flow_name(char *to, const struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	ssize_t len = attr ? nla_strscpy(to, attr, LB_FLOW_NAME_MAX + 1) : 0;

	if (len > 0 && strspn(to, allowed) == len)
		return 0;
	return lb_nl_refuse(extack, attr,
			    "the flow's name is missing or malformed");
}

static int parse_policy(struct lb_flowspec *spec, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *policy = tb[LB_FLOW_A_POLICY];

	if (!policy)
		return lb_nl_refuse(extack, NULL, "a flow needs a policy");
	for (spec->policy = 0; spec->policy < LB_FLOW_POLICY_NR; spec->policy++)
		if (!nla_strcmp(policy, lb_flow_policy_name(spec->policy)))
			break;
	if (spec->policy == LB_FLOW_POLICY_NR)
		return lb_nl_refuse(extack, policy, "no such policy");
	if (spec->policy == LB_FLOW_DIRECTOR)
		return lb_nl_name(spec->director, tb[LB_FLOW_A_DIRECTOR],
				  "the director's name is missing or malformed",
				  extack);
	if (tb[LB_FLOW_A_DIRECTOR])
		return lb_nl_refuse(extack, tb[LB_FLOW_A_DIRECTOR],
				    "only the policy director names a director");
	return 0;
}

static int no_memory_or_full(int err, struct netlink_ext_ack *extack)
{
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack,
			       "more than 65535 flows, or rules in all flows");
	return err;
}

static int flow_set(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_FLOW_A_MAX + 1];
	struct lb_flowspec spec = {};
	int err;

	err = lb_nl_nested(tb, LB_FLOW_A_MAX, info->attrs[LB_A_FLOW],
			   "LB_A_FLOW is missing", info->extack) ?:
	      flow_name(spec.name, tb[LB_FLOW_A_NAME], info->extack) ?:
	      parse_policy(&spec, tb, info->extack) ?:
	      lb_stage_flows_open(&txn->flows);
	if (err)
		return err;
	return no_memory_or_full(lb_stage_flow_set(&txn->flows, &spec),
				 info->extack);
}

int lb_nl_flow_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, flow_set);
}

/* A staged flow, to be edited.  Return: borrowed, or ERR_PTR. */
static struct lb_stage_flow *find_flow(struct lb_txn *txn,
				       const struct nlattr *attr,
				       struct netlink_ext_ack *extack)
{
	char name[LB_FLOW_NAME_MAX + 1];
	struct lb_stage_flow *flow;
	int err;

	err = flow_name(name, attr, extack) ?:
	      lb_stage_flows_open(&txn->flows);
	if (err)
		return ERR_PTR(err);
	flow = lb_stage_flow_find(&txn->flows, name);
	if (flow)
		return flow;
	NL_SET_ERR_MSG_ATTR(extack, attr, "no such flow");
	return ERR_PTR(-ENOENT);
}

static int flow_del(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_FLOW_A_MAX + 1];
	struct lb_stage_flow *flow;
	int err;

	err = lb_nl_nested(tb, LB_FLOW_A_MAX, info->attrs[LB_A_FLOW],
			   "LB_A_FLOW is missing", info->extack);
	if (err)
		return err;
	flow = find_flow(txn, tb[LB_FLOW_A_NAME], info->extack);
	if (IS_ERR(flow))
		return PTR_ERR(flow);
	lb_stage_flow_del(&txn->flows, flow);
	return 0;
}

int lb_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, flow_del);
}

/* The conditions that are numbers; those that need a protocol come later. */
static int parse_numbers(struct lb_rule *rule, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *proto = tb[LB_RULE_A_PROTO];

	if (tb[LB_RULE_A_FWMARK]) {
		rule->has |= LB_RULE_F_FWMARK;
		rule->mark = nla_get_u32(tb[LB_RULE_A_FWMARK]);
	}
	if (tb[LB_RULE_A_ICMPTYPE]) {
		rule->has |= LB_RULE_F_ICMPTYPE;
		rule->icmp_type = nla_get_u8(tb[LB_RULE_A_ICMPTYPE]);
	}
	if (!proto)
		return 0;
	rule->has |= LB_RULE_F_PROTO;
	rule->proto = nla_get_u8(proto);
	if (rule->proto != IPPROTO_TCP && rule->proto != IPPROTO_UDP &&
	    rule->proto != IPPROTO_ICMP)
		return lb_nl_refuse(extack, proto,
				    "the protocol must be TCP, UDP or ICMP");
	return 0;
}

/* What must hold between the conditions. */
static int check_rule(const struct lb_rule *rule, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	u8 proto = rule->not & LB_RULE_F_PROTO ? 0 : rule->proto;

	if (rule->not & ~rule->has)
		return lb_nl_refuse(extack, tb[LB_RULE_A_NOT],
				    "a condition that is absent is negated");
	if (rule->has & (LB_RULE_F_SRCPORT | LB_RULE_F_DSTPORT) &&
	    proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return lb_nl_refuse(extack, tb[LB_RULE_A_DSTPORT] ?:
					    tb[LB_RULE_A_SRCPORT],
				    "a port needs the protocol TCP or UDP");
	if (rule->has & LB_RULE_F_ICMPTYPE && proto != IPPROTO_ICMP)
		return lb_nl_refuse(extack, tb[LB_RULE_A_ICMPTYPE],
				    "an ICMP type needs the protocol ICMP");
	return 0;
}

static int parse_rule(struct lb_rule *rule, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	rule->is_ignore = nla_get_flag(tb[LB_RULE_A_IGNORE]);
	if (tb[LB_RULE_A_NOT])
		rule->not = nla_get_u32(tb[LB_RULE_A_NOT]);
	if (tb[LB_RULE_A_IFACE])
		rule->has |= LB_RULE_F_IFACE;
	if (tb[LB_RULE_A_SRC])
		rule->has |= LB_RULE_F_SRC;
	if (tb[LB_RULE_A_DST])
		rule->has |= LB_RULE_F_DST;
	if (tb[LB_RULE_A_SRCPORT])
		rule->has |= LB_RULE_F_SRCPORT;
	if (tb[LB_RULE_A_DSTPORT])
		rule->has |= LB_RULE_F_DSTPORT;
	return lb_nl_match_iface(rule->iface, tb[LB_RULE_A_IFACE], extack) ?:
	       parse_numbers(rule, tb, extack) ?:
	       lb_nl_match_addr(&rule->src, &rule->family, &tb[LB_RULE_A_SRC],
				extack) ?:
	       lb_nl_match_addr(&rule->dst, &rule->family, &tb[LB_RULE_A_DST],
				extack) ?:
	       lb_nl_match_ports(&rule->sport, &tb[LB_RULE_A_SRCPORT],
				 extack) ?:
	       lb_nl_match_ports(&rule->dport, &tb[LB_RULE_A_DSTPORT],
				 extack) ?:
	       check_rule(rule, tb, extack);
}

static int rule_add(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_RULE_A_MAX + 1];
	struct lb_stage_flow *flow;
	struct lb_rule rule = {};
	int err;

	err = lb_nl_nested(tb, LB_RULE_A_MAX, info->attrs[LB_A_RULE],
			   "LB_A_RULE is missing", info->extack);
	if (err)
		return err;
	flow = find_flow(txn, tb[LB_RULE_A_FLOW], info->extack);
	if (IS_ERR(flow))
		return PTR_ERR(flow);
	err = parse_rule(&rule, tb, info->extack);
	if (err)
		return err;
	return no_memory_or_full(lb_stage_rule_add(&txn->flows, flow, &rule),
				 info->extack);
}

int lb_nl_rule_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, rule_add);
}

/**
 * struct flow_dump - where a dump of flows is
 */
struct flow_dump {
	/** @cfg: the generation it shows; a reference */
	struct lb_config *cfg;
	/** @i: the next flow, or the one whose rules are being told */
	u32 i;
	/** @j: 0: the flow itself is next; else its rule @j, from 1 */
	u32 j;
};

static struct flow_dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct flow_dump) > sizeof(cb->ctx));
	return (struct flow_dump *)cb->ctx;
}

int lb_nl_flow_get_start(struct netlink_callback *cb)
{
	struct flow_dump *d = dump_of(cb);

	d->cfg = lb_config_get(lb_net(sock_net(cb->skb->sk)));
	d->i = 0;
	d->j = 0;
	return 0;
}

int lb_nl_flow_get_done(struct netlink_callback *cb)
{
	lb_config_put(dump_of(cb)->cfg);
	return 0;
}

static int put_flow(struct sk_buff *skb, const struct lb_flow *flow)
{
	const struct lb_flowspec *s = &flow->spec;

	return nla_put_string(skb, LB_FLOW_A_NAME, s->name) ?:
	       nla_put_string(skb, LB_FLOW_A_POLICY,
			      lb_flow_policy_name(s->policy)) ?:
	       (*s->director ? nla_put_string(skb, LB_FLOW_A_DIRECTOR,
					      s->director) : 0) ?:
	       nla_put_u32(skb, LB_FLOW_A_RULES, flow->nr) ?:
	       nla_put_u64_64bit(skb, LB_FLOW_A_HITS, lb_flow_hits(flow),
				 LB_FLOW_A_PAD);
}

static int put_condition(struct sk_buff *skb, const struct lb_rule *rule,
			 u32 cond)
{
	switch (cond) {
	case LB_RULE_F_IFACE:
		return nla_put_string(skb, LB_RULE_A_IFACE, rule->iface);
	case LB_RULE_F_PROTO:
		return nla_put_u8(skb, LB_RULE_A_PROTO, rule->proto);
	case LB_RULE_F_ICMPTYPE:
		return nla_put_u8(skb, LB_RULE_A_ICMPTYPE, rule->icmp_type);
	case LB_RULE_F_SRC:
		return lb_nl_put_match_addr(skb, LB_RULE_A_SRC, &rule->src,
					    rule->family);
	case LB_RULE_F_DST:
		return lb_nl_put_match_addr(skb, LB_RULE_A_DST, &rule->dst,
					    rule->family);
	case LB_RULE_F_SRCPORT:
		return lb_nl_put_match_ports(skb, LB_RULE_A_SRCPORT,
					     &rule->sport);
	case LB_RULE_F_DSTPORT:
		return lb_nl_put_match_ports(skb, LB_RULE_A_DSTPORT,
					     &rule->dport);
	case LB_RULE_F_FWMARK:
		return nla_put_u32(skb, LB_RULE_A_FWMARK, rule->mark);
	}
	return 0;
}

static int put_rule(struct sk_buff *skb, const struct lb_flow *flow,
		    const struct lb_rule *rule, u32 index)
{
	u32 left, cond;
	int err;

	err = nla_put_string(skb, LB_RULE_A_FLOW, flow->spec.name) ?:
	      nla_put_u32(skb, LB_RULE_A_INDEX, index) ?:
	      (rule->is_ignore ? nla_put_flag(skb, LB_RULE_A_IGNORE) : 0) ?:
	      (rule->not ? nla_put_u32(skb, LB_RULE_A_NOT, rule->not) : 0);
	for (left = rule->has; left && !err; left ^= cond) {
		cond = left & -left;
		err = put_condition(skb, rule, cond);
	}
	return err;
}

/* The flow that the dump is at, or one of its rules. */
static int put_next(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct flow_dump *d = dump_of(cb);
	const struct lb_flows *flows = d->cfg->flows;
	const struct lb_flow *flow = &flows->flows[d->i];
	struct nlattr *nest;
	void *hdr;
	int err;

	hdr = lb_nl_dump_put(skb, cb, LB_CMD_FLOW_GET, d->cfg->generation);
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, d->j ? LB_A_RULE : LB_A_FLOW);
	err = nest ? 0 : -EMSGSIZE;
	if (!err && d->j)
		err = put_rule(skb, flow,
			       &flows->rules[flow->first + d->j - 1], d->j);
	else if (!err)
		err = put_flow(skb, flow);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

int lb_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct flow_dump *d = dump_of(cb);
	const struct lb_flows *flows = d->cfg->flows;

	while (flows && d->i < flows->nr) {
		if (put_next(skb, cb))
			return skb->len ?: -EMSGSIZE;
		if (d->j < flows->flows[d->i].nr) {
			d->j++;
		} else {
			d->i++;
			d->j = 0;
		}
	}
	return skb->len;
}
