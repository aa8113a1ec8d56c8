// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the nat rules of a transaction, and their handlers.  Until the first
 * edit they are the set in force; that edit copies it.  All of it is under
 * lb_net.mutex.
 */
#include <linux/err.h>
#include <linux/in.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "../config.h"
#include "../nl.h"
#include "handlers.h"
#include "match.h"
#include "txn.h"

/**
 * struct stage_rule - a rule of a transaction that edits nat rules
 */
struct stage_rule {
	/** @node: in the transaction, in order */
	struct list_head node;
	/** @rule: as configured */
	struct lb_snat_rule rule;
};

/* The staged set. */

/**
 * lb_stage_snat_init() - stage the nat rules in force
 * @ss: filled
 * @orig: the rules; a reference is taken; NULL: none
 */
void lb_stage_snat_init(struct lb_stage_snat *ss, struct lb_snat *orig)
{
	ss->orig = lb_snat_get(orig);
	ss->is_open = false;
	ss->nr = 0;
	INIT_LIST_HEAD(&ss->rules);
}

/**
 * lb_stage_snat_exit() - drop what is staged
 * @ss: of no use after this
 */
void lb_stage_snat_exit(struct lb_stage_snat *ss)
{
	struct stage_rule *sr, *next;

	list_for_each_entry_safe(sr, next, &ss->rules, node)
		kfree(sr);
	lb_snat_put(ss->orig);
}

static int stage_add(struct lb_stage_snat *ss, const struct lb_snat_rule *rule)
{
	struct stage_rule *sr;

	if (ss->nr >= LB_NAT_RULES_MAX)
		return -ENOSPC;
	sr = kmalloc(sizeof(*sr), GFP_KERNEL_ACCOUNT);
	if (!sr)
		return -ENOMEM;
	sr->rule = *rule;
	list_add_tail(&sr->node, &ss->rules);
	ss->nr++;
	return 0;
}

static int stage_open(struct lb_stage_snat *ss)
{
	int err = 0;
	u32 i;

	if (ss->is_open)
		return 0;
	ss->is_open = true;
	for (i = 0; ss->orig && i < ss->orig->nr && !err; i++)
		err = stage_add(ss, &ss->orig->rules[i]);
	return err;
}

static struct stage_rule *stage_find(struct lb_stage_snat *ss,
				     const char *name)
{
	struct stage_rule *sr;

	list_for_each_entry(sr, &ss->rules, node)
		if (!strcmp(sr->rule.name, name))
			return sr;
	return NULL;
}

/**
 * lb_stage_snat_build() - the set that a commit publishes
 * @ss: the rules
 *
 * Context: process, may sleep.
 * Return: with a reference: the set in force if nothing was edited, or a new
 * one; NULL if there are no rules; ERR_PTR(-ENOMEM).
 */
struct lb_snat *lb_stage_snat_build(struct lb_stage_snat *ss)
{
	const struct stage_rule *sr;
	struct lb_snat *snat;

	if (!ss->is_open)
		return lb_snat_get(ss->orig);
	if (!ss->nr)
		return NULL;
	snat = lb_snat_create(ss->nr);
	if (!snat)
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(sr, &ss->rules, node) {
		snat->rules[snat->nr++] = sr->rule;
		if (*sr->rule.out)
			snat->asks_out = true;
	}
	return snat;
}

/* Rules from attributes. */

static int parse_name(char *name, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	return lb_nl_name(name, attr,
			  "the nat rule's name is missing or malformed",
			  extack);
}

static bool is_source(const union nf_inet_addr *addr, u8 family)
{
	if (family == AF_INET)
		return !ipv4_is_zeronet(addr->ip) &&
		       !ipv4_is_loopback(addr->ip) &&
		       !ipv4_is_multicast(addr->ip) &&
		       !ipv4_is_lbcast(addr->ip);
	return !ipv6_addr_any(&addr->in6) && !ipv6_addr_loopback(&addr->in6) &&
	       !ipv6_addr_is_multicast(&addr->in6);
}

/* How many addresses @a is; 0 if more than a rule may have. */
static u32 count_addrs(const struct lb_rule_addr *a, u8 family)
{
	u64 n;

	if (family == AF_INET) {
		n = (u64)ntohl(a->last.ip) - ntohl(a->first.ip);
	} else {
		__be64 first[2], last[2];

		memcpy(first, &a->first, sizeof(first));
		memcpy(last, &a->last, sizeof(last));
		if (first[0] != last[0])
			return 0;
		n = be64_to_cpu(last[1]) - be64_to_cpu(first[1]);
	}
	return n < LB_SNAT_POOL_MAX ? n + 1 : 0;
}

/* What the source becomes. */
static int parse_to(struct lb_snat_rule *r, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *to = tb[LB_NAT_A_TO], *port = tb[LB_NAT_A_TO_PORT];
	int err;

	if (!to && !port)
		return lb_nl_refuse(extack, NULL, "the rule changes nothing");
	err = lb_nl_match_addr(&r->to, &r->family, &tb[LB_NAT_A_TO], extack) ?:
	      lb_nl_match_ports(&r->to_port, &tb[LB_NAT_A_TO_PORT], extack);
	if (err)
		return err;
	if (port && !r->to_port.first)
		return lb_nl_refuse(extack, port, "0 is not a source port");
	if (port)
		r->has |= LB_SNAT_TO_PORT;
	if (!to)
		return 0;
	r->has |= LB_SNAT_TO;
	r->nr_to = count_addrs(&r->to, r->family);
	if (!r->nr_to)
		return lb_nl_refuse(extack, to,
				    "a source can become one of 256 addresses at most");
	if (!is_source(&r->to.first, r->family) ||
	    !is_source(&r->to.last, r->family))
		return lb_nl_refuse(extack, to, "not a host's address");
	return 0;
}

static int parse_proto(struct lb_snat_rule *r, const struct nlattr *proto,
		       struct netlink_ext_ack *extack)
{
	if (!proto)
		return 0;
	r->proto = nla_get_u8(proto);
	if (r->proto != IPPROTO_TCP && r->proto != IPPROTO_UDP)
		return lb_nl_refuse(extack, proto,
				    "the protocol must be TCP or UDP");
	return 0;
}

static int parse_rule(struct lb_snat_rule *r, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	if (tb[LB_NAT_A_SRC])
		r->has |= LB_SNAT_SRC;
	if (tb[LB_NAT_A_DST])
		r->has |= LB_SNAT_DST;
	if (tb[LB_NAT_A_SRCPORT])
		r->has |= LB_SNAT_SRCPORT;
	if (tb[LB_NAT_A_DSTPORT])
		r->has |= LB_SNAT_DSTPORT;
	return parse_name(r->name, tb[LB_NAT_A_NAME], extack) ?:
	       lb_nl_match_iface(r->in, tb[LB_NAT_A_IN], extack) ?:
	       lb_nl_match_iface(r->out, tb[LB_NAT_A_OUT], extack) ?:
	       parse_proto(r, tb[LB_NAT_A_PROTO], extack) ?:
	       lb_nl_match_addr(&r->src, &r->family, &tb[LB_NAT_A_SRC],
				extack) ?:
	       lb_nl_match_addr(&r->dst, &r->family, &tb[LB_NAT_A_DST],
				extack) ?:
	       lb_nl_match_ports(&r->sport, &tb[LB_NAT_A_SRCPORT], extack) ?:
	       lb_nl_match_ports(&r->dport, &tb[LB_NAT_A_DSTPORT], extack) ?:
	       parse_to(r, tb, extack);
}

/* Handlers. */

static int nat_set(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_NAT_A_MAX + 1];
	struct lb_snat_rule rule = {};
	struct stage_rule *sr;
	int err;

	err = lb_nl_nested(tb, LB_NAT_A_MAX, info->attrs[LB_A_NAT],
			   "LB_A_NAT is missing", info->extack) ?:
	      parse_rule(&rule, tb, info->extack) ?:
	      stage_open(&txn->snat);
	if (err)
		return err;
	sr = stage_find(&txn->snat, rule.name);
	if (sr) {
		sr->rule = rule;
		return 0;
	}
	err = stage_add(&txn->snat, &rule);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack, "more than 1024 nat rules");
	return err;
}

int lb_nl_nat_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, nat_set);
}

static int nat_del(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_NAT_A_MAX + 1];
	char name[LB_NAME_MAX + 1];
	struct stage_rule *sr;
	int err;

	err = lb_nl_nested(tb, LB_NAT_A_MAX, info->attrs[LB_A_NAT],
			   "LB_A_NAT is missing", info->extack) ?:
	      parse_name(name, tb[LB_NAT_A_NAME], info->extack) ?:
	      stage_open(&txn->snat);
	if (err)
		return err;
	sr = stage_find(&txn->snat, name);
	if (!sr) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LB_NAT_A_NAME],
				    "no such nat rule");
		return -ENOENT;
	}
	list_del(&sr->node);
	txn->snat.nr--;
	kfree(sr);
	return 0;
}

int lb_nl_nat_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, nat_del);
}

/**
 * struct nat_dump - where a dump of nat rules is
 */
struct nat_dump {
	/** @cfg: the generation it shows; a reference */
	struct lb_config *cfg;
	/** @i: the next rule */
	u32 i;
};

static struct nat_dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct nat_dump) > sizeof(cb->ctx));
	return (struct nat_dump *)cb->ctx;
}

int lb_nl_nat_get_start(struct netlink_callback *cb)
{
	struct nat_dump *d = dump_of(cb);

	d->cfg = lb_config_get(lb_net(sock_net(cb->skb->sk)));
	d->i = 0;
	return 0;
}

int lb_nl_nat_get_done(struct netlink_callback *cb)
{
	lb_config_put(dump_of(cb)->cfg);
	return 0;
}

static int put_addrs(struct sk_buff *skb, const struct lb_snat_rule *r)
{
	int err = 0;

	if (r->has & LB_SNAT_SRC)
		err = lb_nl_put_match_addr(skb, LB_NAT_A_SRC, &r->src,
					   r->family);
	if (r->has & LB_SNAT_DST)
		err = err ?: lb_nl_put_match_addr(skb, LB_NAT_A_DST, &r->dst,
						  r->family);
	if (r->has & LB_SNAT_TO)
		err = err ?: lb_nl_put_match_addr(skb, LB_NAT_A_TO, &r->to,
						  r->family);
	return err;
}

static int put_ports(struct sk_buff *skb, const struct lb_snat_rule *r)
{
	int err = 0;

	if (r->has & LB_SNAT_SRCPORT)
		err = lb_nl_put_match_ports(skb, LB_NAT_A_SRCPORT, &r->sport);
	if (r->has & LB_SNAT_DSTPORT)
		err = err ?: lb_nl_put_match_ports(skb, LB_NAT_A_DSTPORT,
						   &r->dport);
	if (r->has & LB_SNAT_TO_PORT)
		err = err ?: lb_nl_put_match_ports(skb, LB_NAT_A_TO_PORT,
						   &r->to_port);
	return err;
}

static int put_rule(struct sk_buff *skb, const struct lb_snat_rule *r)
{
	return nla_put_string(skb, LB_NAT_A_NAME, r->name) ?:
	       (*r->in ? nla_put_string(skb, LB_NAT_A_IN, r->in) : 0) ?:
	       (*r->out ? nla_put_string(skb, LB_NAT_A_OUT, r->out) : 0) ?:
	       (r->proto ? nla_put_u8(skb, LB_NAT_A_PROTO, r->proto) : 0) ?:
	       put_addrs(skb, r) ?:
	       put_ports(skb, r);
}

int lb_nl_nat_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nat_dump *d = dump_of(cb);
	const struct lb_snat *snat = d->cfg->snat;
	struct nlattr *nest;
	void *hdr;

	for (; snat && d->i < snat->nr; d->i++) {
		hdr = lb_nl_dump_put(skb, cb, LB_CMD_NAT_GET,
				     d->cfg->generation);
		if (!hdr)
			return skb->len ?: -EMSGSIZE;
		nest = nla_nest_start(skb, LB_A_NAT);
		if (!nest || put_rule(skb, &snat->rules[d->i])) {
			genlmsg_cancel(skb, hdr);
			return skb->len ?: -EMSGSIZE;
		}
		nla_nest_end(skb, nest);
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}
