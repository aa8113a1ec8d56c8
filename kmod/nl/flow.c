// SPDX-License-Identifier: GPL-2.0
/* Handlers of flows and their rules. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "../config.h"
#include "../flow.h"
#include "../nl.h"
#include "handlers.h"
#include "txn.h"

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  const char *why)
{
	if (extack) {
		extack->_msg = why;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

/* [A-Za-z0-9_-]{1,27} */
static int flow_name(char *to, const struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	ssize_t len = attr ? nla_strscpy(to, attr, LB_FLOW_NAME_MAX + 1) : 0;

	if (len > 0 && strspn(to, allowed) == len)
		return 0;
	return refuse(extack, attr,
		      "the flow's name is missing or malformed");
}

static int parse_policy(struct lb_flowspec *spec, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *policy = tb[LB_FLOW_A_POLICY];

	if (!policy)
		return refuse(extack, NULL, "a flow needs a policy");
	for (spec->policy = 0; spec->policy < LB_FLOW_POLICY_NR; spec->policy++)
		if (!nla_strcmp(policy, lb_flow_policy_name(spec->policy)))
			break;
	if (spec->policy == LB_FLOW_POLICY_NR)
		return refuse(extack, policy, "no such policy");
	if (spec->policy == LB_FLOW_DIRECTOR)
		return lb_nl_name(spec->director, tb[LB_FLOW_A_DIRECTOR],
				  "the director's name is missing or malformed",
				  extack);
	if (tb[LB_FLOW_A_DIRECTOR])
		return refuse(extack, tb[LB_FLOW_A_DIRECTOR],
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

/* The first and last address of the net that @a->first is in. */
static void fill_net(struct lb_rule_addr *a, u8 family)
{
	unsigned int i;
	__be32 mask;

	if (family == AF_INET) {
		mask = inet_make_mask(a->plen);
		a->first.ip &= mask;
		a->last.ip = a->first.ip | ~mask;
		return;
	}
	for (i = 0; i < 4; i++) {
		mask = inet_make_mask(clamp((int)a->plen - 32 * (int)i, 0, 32));
		a->first.ip6[i] &= mask;
		a->last.ip6[i] = a->first.ip6[i] | ~mask;
	}
}

static int parse_range(struct lb_rule_addr *a, u8 family,
		       const struct nlattr *last,
		       struct netlink_ext_ack *extack)
{
	int len = family == AF_INET ? sizeof(a->last.ip) : sizeof(a->last.in6);

	a->kind = LB_RULE_RANGE;
	if (nla_len(last) != len)
		return refuse(extack, last,
			      "the first and last address differ in family");
	memset(&a->last, 0, sizeof(a->last));
	memcpy(&a->last, nla_data(last), len);
	if (memcmp(&a->first, &a->last, len) > 0)
		return refuse(extack, last,
			      "the last address is below the first");
	return 0;
}

/* SRC or DST, with the two attributes that follow it. */
static int parse_addr(struct lb_rule *rule, struct lb_rule_addr *a, u32 cond,
		      struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = tb[0], *last = tb[1], *plen = tb[2];
	u8 family;

	if (!addr && (last || plen))
		return refuse(extack, last ?: plen, "the address is missing");
	if (!addr)
		return 0;
	if (nla_len(addr) != sizeof(a->first.ip) &&
	    nla_len(addr) != sizeof(a->first.in6))
		return refuse(extack, addr, "not an address");
	family = nla_len(addr) == sizeof(a->first.ip) ? AF_INET : AF_INET6;
	if (rule->family && rule->family != family)
		return refuse(extack, addr,
			      "source and destination differ in family");
	if (last && plen)
		return refuse(extack, plen,
			      "both a last address and a prefix length");
	rule->family = family;
	rule->has |= cond;
	memcpy(&a->first, nla_data(addr), nla_len(addr));
	a->last = a->first;
	if (last)
		return parse_range(a, family, last, extack);
	if (!plen)
		return 0;
	a->kind = LB_RULE_NET;
	a->plen = nla_get_u8(plen);
	if (a->plen > (family == AF_INET ? 32 : 128))
		return refuse(extack, plen, "the prefix length is over 32");
	fill_net(a, family);
	return 0;
}

/* SRCPORT or DSTPORT, with the attribute that follows it. */
static int parse_ports(struct lb_rule *rule, struct lb_rule_ports *p, u32 cond,
		       struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct nlattr *port = tb[0], *last = tb[1];

	if (!port && last)
		return refuse(extack, last, "the first port is missing");
	if (!port)
		return 0;
	rule->has |= cond;
	p->first = ntohs(nla_get_be16(port));
	p->last = p->first;
	p->is_range = last;
	if (last)
		p->last = ntohs(nla_get_be16(last));
	if (p->last < p->first)
		return refuse(extack, last, "the last port is below the first");
	return 0;
}

static int parse_iface(struct lb_rule *rule, const struct nlattr *iface,
		       struct netlink_ext_ack *extack)
{
	if (!iface)
		return 0;
	rule->has |= LB_RULE_F_IFACE;
	nla_strscpy(rule->iface, iface, sizeof(rule->iface));
	if (!dev_valid_name(rule->iface))
		return refuse(extack, iface, "not an interface's name");
	return 0;
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
		return refuse(extack, proto,
			      "the protocol must be TCP, UDP or ICMP");
	return 0;
}

/* What must hold between the conditions. */
static int check_rule(const struct lb_rule *rule, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	u8 proto = rule->not & LB_RULE_F_PROTO ? 0 : rule->proto;

	if (rule->not & ~rule->has)
		return refuse(extack, tb[LB_RULE_A_NOT],
			      "a condition that is absent is negated");
	if (rule->has & (LB_RULE_F_SRCPORT | LB_RULE_F_DSTPORT) &&
	    proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return refuse(extack, tb[LB_RULE_A_DSTPORT] ?:
				      tb[LB_RULE_A_SRCPORT],
			      "a port needs the protocol TCP or UDP");
	if (rule->has & LB_RULE_F_ICMPTYPE && proto != IPPROTO_ICMP)
		return refuse(extack, tb[LB_RULE_A_ICMPTYPE],
			      "an ICMP type needs the protocol ICMP");
	return 0;
}

static int parse_rule(struct lb_rule *rule, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	rule->is_ignore = nla_get_flag(tb[LB_RULE_A_IGNORE]);
	if (tb[LB_RULE_A_NOT])
		rule->not = nla_get_u32(tb[LB_RULE_A_NOT]);
	return parse_iface(rule, tb[LB_RULE_A_IFACE], extack) ?:
	       parse_numbers(rule, tb, extack) ?:
	       parse_addr(rule, &rule->src, LB_RULE_F_SRC,
			  &tb[LB_RULE_A_SRC], extack) ?:
	       parse_addr(rule, &rule->dst, LB_RULE_F_DST,
			  &tb[LB_RULE_A_DST], extack) ?:
	       parse_ports(rule, &rule->sport, LB_RULE_F_SRCPORT,
			   &tb[LB_RULE_A_SRCPORT], extack) ?:
	       parse_ports(rule, &rule->dport, LB_RULE_F_DSTPORT,
			   &tb[LB_RULE_A_DSTPORT], extack) ?:
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

/* @type: SRC or DST; the two that go with it follow it. */
static int put_addr(struct sk_buff *skb, int type, const struct lb_rule *rule,
		    const struct lb_rule_addr *a)
{
	int err = lb_nl_put_addr(skb, type, &a->first, rule->family);

	if (a->kind == LB_RULE_RANGE)
		return err ?: lb_nl_put_addr(skb, type + 1, &a->last,
					     rule->family);
	if (a->kind == LB_RULE_NET)
		return err ?: nla_put_u8(skb, type + 2, a->plen);
	return err;
}

static int put_ports(struct sk_buff *skb, int type,
		     const struct lb_rule_ports *p)
{
	return nla_put_be16(skb, type, htons(p->first)) ?:
	       (p->is_range ? nla_put_be16(skb, type + 1, htons(p->last)) : 0);
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
		return put_addr(skb, LB_RULE_A_SRC, rule, &rule->src);
	case LB_RULE_F_DST:
		return put_addr(skb, LB_RULE_A_DST, rule, &rule->dst);
	case LB_RULE_F_SRCPORT:
		return put_ports(skb, LB_RULE_A_SRCPORT, &rule->sport);
	case LB_RULE_F_DSTPORT:
		return put_ports(skb, LB_RULE_A_DSTPORT, &rule->dport);
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
