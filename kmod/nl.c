// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the generic netlink family: policies, the table of commands, and what
 * the handlers in nl/ share.  Handlers run in parallel; configuration is
 * serialised by lb_net.mutex.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "director.h"
#include "nl.h"
#include "nl/check.h"
#include "nl/handlers.h"
#include "nl/txn.h"

#define LB_NAME		{ .type = NLA_NUL_STRING, .len = LB_NAME_MAX }
#define LB_WORD		{ .type = NLA_NUL_STRING, .len = LB_WORD_MAX }
#define LB_STR		{ .type = NLA_NUL_STRING, .len = LB_STR_MAX }
#define LB_ADDR		NLA_POLICY_RANGE(NLA_BINARY, 4, 16)

/* 1 ms to 31 days, the longest time the language knows; 6.1 wants no const */
static struct netlink_range_validation ms_range = {
	.min = 1,
	.max = 2678400000U,
};

static struct netlink_range_validation conns_range = {
	.min = 1,
	.max = INT_MAX,
};

static const struct nla_policy check_policy[LB_CHECK_A_MAX + 1] = {
	[LB_CHECK_A_INTERVAL]	= NLA_POLICY_FULL_RANGE(NLA_U32, &ms_range),
	[LB_CHECK_A_TIMEOUT]	= NLA_POLICY_FULL_RANGE(NLA_U32, &ms_range),
	[LB_CHECK_A_SOURCE]	= LB_ADDR,
	[LB_CHECK_A_PORT]	= { .type = NLA_U16 },
	[LB_CHECK_A_RISE]	= NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[LB_CHECK_A_FALL]	= NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[LB_CHECK_A_INHIBIT]	= { .type = NLA_FLAG },
	[LB_CHECK_A_VIA_VIP]	= { .type = NLA_FLAG },
};

static const struct nla_policy method_policy[LB_METHOD_A_MAX + 1] = {
	[LB_METHOD_A_NAME]	= LB_WORD,
	[LB_METHOD_A_IFACE]	= { .type = NLA_NUL_STRING,
				    .len = LB_IFNAME_MAX },
	[LB_METHOD_A_URI]	= LB_STR,
	[LB_METHOD_A_STATUSCODE] = NLA_POLICY_RANGE(NLA_U16, 100, 599),
	[LB_METHOD_A_VHOST]	= LB_STR,
};

static const struct nla_policy persist_policy[LB_PERSIST_A_MAX + 1] = {
	[LB_PERSIST_A_TIMEOUT]	= NLA_POLICY_FULL_RANGE(NLA_U32, &ms_range),
	[LB_PERSIST_A_PLEN4]	= NLA_POLICY_RANGE(NLA_U8, 1, 32),
	[LB_PERSIST_A_PLEN6]	= NLA_POLICY_RANGE(NLA_U8, 1, 128),
};

/* What only the kernel tells is refused from userspace: NLA_REJECT. */
static const struct nla_policy director_policy[LB_DIRECTOR_A_MAX + 1] = {
	[LB_DIRECTOR_A_NAME]	= LB_NAME,
	[LB_DIRECTOR_A_ADDR]	= LB_ADDR,
	[LB_DIRECTOR_A_PORT]	= { .type = NLA_U16 },
	[LB_DIRECTOR_A_PROTO]	= { .type = NLA_U8 },
	[LB_DIRECTOR_A_MODE]	= LB_WORD,
	[LB_DIRECTOR_A_ENCAP]	= LB_WORD,
	[LB_DIRECTOR_A_ENCAP_PORT] = { .type = NLA_U16 },
	[LB_DIRECTOR_A_SCHED]	= { .type = NLA_NUL_STRING,
				    .len = 2 * LB_WORD_MAX },
	[LB_DIRECTOR_A_FLAGS]	= NLA_POLICY_MASK(NLA_U32, LB_DIRECTOR_F_ALL),
	[LB_DIRECTOR_A_CHECK]	= NLA_POLICY_NESTED(check_policy),
	[LB_DIRECTOR_A_METHOD]	= NLA_POLICY_NESTED(method_policy),
	[LB_DIRECTOR_A_PERSIST]	= NLA_POLICY_NESTED(persist_policy),
	[LB_DIRECTOR_A_CONNLIMIT] = NLA_POLICY_FULL_RANGE(NLA_U32, &conns_range),
	[LB_DIRECTOR_A_VIP_IFACE] = { .type = NLA_NUL_STRING,
				      .len = LB_IFNAME_MAX },
};

static const struct nla_policy server_policy[LB_SERVER_A_MAX + 1] = {
	[LB_SERVER_A_DIRECTOR]	= LB_NAME,
	[LB_SERVER_A_NAME]	= LB_NAME,
	[LB_SERVER_A_ADDR]	= LB_ADDR,
	[LB_SERVER_A_PORT]	= { .type = NLA_U16 },
	[LB_SERVER_A_WEIGHT]	= NLA_POLICY_MASK(NLA_U32, LB_WEIGHT_MAX),
	[LB_SERVER_A_FLAGS]	= NLA_POLICY_MASK(NLA_U32, LB_SERVER_F_ALL),
	[LB_SERVER_A_CHECK]	= NLA_POLICY_NESTED(check_policy),
	[LB_SERVER_A_ADMIN]	= NLA_POLICY_MAX(NLA_U8, LB_ADMIN_MAX),
	[LB_SERVER_A_OVERRIDE]	= { .type = NLA_U32 },
	[LB_SERVER_A_SLOWSTART]	= NLA_POLICY_FULL_RANGE(NLA_U32, &ms_range),
	[LB_SERVER_A_MAXCONN]	= NLA_POLICY_FULL_RANGE(NLA_U32, &conns_range),
	[LB_SERVER_A_MOVE_LAST]	= { .type = NLA_FLAG },
	[LB_SERVER_A_HEALTH]	= NLA_POLICY_MAX(NLA_U8, LB_HEALTH_MAX),
	[LB_SERVER_A_RESULT]	= NLA_POLICY_RANGE(NLA_U8, LB_RESULT_PASS,
						   LB_RESULT_MAX),
	[LB_SERVER_A_REASON]	= LB_STR,
	[LB_SERVER_A_LATENCY]	= { .type = NLA_U32 },
};

static const struct nla_policy flow_policy[LB_FLOW_A_MAX + 1] = {
	[LB_FLOW_A_NAME]	= { .type = NLA_NUL_STRING,
				    .len = LB_FLOW_NAME_MAX },
	[LB_FLOW_A_POLICY]	= LB_WORD,
	[LB_FLOW_A_DIRECTOR]	= LB_NAME,
};

static const struct nla_policy rule_policy[LB_RULE_A_MAX + 1] = {
	[LB_RULE_A_FLOW]	= { .type = NLA_NUL_STRING,
				    .len = LB_FLOW_NAME_MAX },
	[LB_RULE_A_IGNORE]	= { .type = NLA_FLAG },
	[LB_RULE_A_NOT]		= NLA_POLICY_MASK(NLA_U32, LB_RULE_F_ALL),
	[LB_RULE_A_IFACE]	= { .type = NLA_NUL_STRING,
				    .len = LB_IFNAME_MAX },
	[LB_RULE_A_PROTO]	= { .type = NLA_U8 },
	[LB_RULE_A_ICMPTYPE]	= { .type = NLA_U8 },
	[LB_RULE_A_SRC]		= LB_ADDR,
	[LB_RULE_A_SRC_LAST]	= LB_ADDR,
	[LB_RULE_A_SRC_PLEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[LB_RULE_A_DST]		= LB_ADDR,
	[LB_RULE_A_DST_LAST]	= LB_ADDR,
	[LB_RULE_A_DST_PLEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[LB_RULE_A_SRCPORT]	= { .type = NLA_U16 },
	[LB_RULE_A_SRCPORT_LAST] = { .type = NLA_U16 },
	[LB_RULE_A_DSTPORT]	= { .type = NLA_U16 },
	[LB_RULE_A_DSTPORT_LAST] = { .type = NLA_U16 },
	[LB_RULE_A_FWMARK]	= { .type = NLA_U32 },
};

static const struct nla_policy nat_policy[LB_NAT_A_MAX + 1] = {
	[LB_NAT_A_NAME]		= LB_NAME,
	[LB_NAT_A_IN]		= { .type = NLA_NUL_STRING,
				    .len = LB_IFNAME_MAX },
	[LB_NAT_A_OUT]		= { .type = NLA_NUL_STRING,
				    .len = LB_IFNAME_MAX },
	[LB_NAT_A_PROTO]	= { .type = NLA_U8 },
	[LB_NAT_A_SRC]		= LB_ADDR,
	[LB_NAT_A_SRC_LAST]	= LB_ADDR,
	[LB_NAT_A_SRC_PLEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[LB_NAT_A_DST]		= LB_ADDR,
	[LB_NAT_A_DST_LAST]	= LB_ADDR,
	[LB_NAT_A_DST_PLEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[LB_NAT_A_SRCPORT]	= { .type = NLA_U16 },
	[LB_NAT_A_SRCPORT_LAST]	= { .type = NLA_U16 },
	[LB_NAT_A_DSTPORT]	= { .type = NLA_U16 },
	[LB_NAT_A_DSTPORT_LAST]	= { .type = NLA_U16 },
	[LB_NAT_A_TO]		= LB_ADDR,
	[LB_NAT_A_TO_LAST]	= LB_ADDR,
	[LB_NAT_A_TO_PLEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[LB_NAT_A_TO_PORT]	= { .type = NLA_U16 },
	[LB_NAT_A_TO_PORT_LAST]	= { .type = NLA_U16 },
};

static const struct nla_policy options_policy[LB_OPTIONS_A_MAX + 1] = {
	[LB_OPTIONS_A_TIMEOUT_TCP] = NLA_POLICY_FULL_RANGE(NLA_U32, &ms_range),
	[LB_OPTIONS_A_TIMEOUT_TCPFIN] = NLA_POLICY_FULL_RANGE(NLA_U32,
							      &ms_range),
	[LB_OPTIONS_A_TIMEOUT_UDP] = NLA_POLICY_FULL_RANGE(NLA_U32, &ms_range),
	[LB_OPTIONS_A_PICKUP]	= { .type = NLA_FLAG },
	[LB_OPTIONS_A_CONNTRACK] = { .type = NLA_FLAG },
};

static const struct nla_policy conn_policy[LB_CONN_A_MAX + 1] = {
	[LB_CONN_A_CLIENT_ADDR]	= LB_ADDR,
	[LB_CONN_A_DIRECTOR]	= LB_NAME,
	[LB_CONN_A_SERVER]	= LB_NAME,
};

static const struct nla_policy explain_policy[LB_EXPLAIN_A_MAX + 1] = {
	[LB_EXPLAIN_A_PROTO]	= { .type = NLA_U8 },
	[LB_EXPLAIN_A_CLIENT_ADDR] = LB_ADDR,
	[LB_EXPLAIN_A_CLIENT_PORT] = { .type = NLA_U16 },
	[LB_EXPLAIN_A_VIP_ADDR]	= LB_ADDR,
	[LB_EXPLAIN_A_VIP_PORT]	= { .type = NLA_U16 },
	[LB_EXPLAIN_A_IFACE]	= { .type = NLA_NUL_STRING,
				    .len = LB_IFNAME_MAX },
	[LB_EXPLAIN_A_FWMARK]	= { .type = NLA_U32 },
};

static const struct nla_policy pin_policy[LB_PIN_A_MAX + 1] = {
	[LB_PIN_A_DIRECTOR]	= LB_NAME,
	[LB_PIN_A_SERVER]	= LB_NAME,
	[LB_PIN_A_CLIENT_ADDR]	= LB_ADDR,
	[LB_PIN_A_CLIENT_PORT]	= { .type = NLA_U16 },
	[LB_PIN_A_VIP_ADDR]	= LB_ADDR,
	[LB_PIN_A_VIP_PORT]	= { .type = NLA_U16 },
};

static const struct nla_policy info_policy[LB_INFO_A_MAX + 1] = {
	[LB_INFO_A_MONITOR]	= { .type = NLA_U32 },
};

static const struct nla_policy lb_policy[LB_A_MAX + 1] = {
	[LB_A_GENERATION]	= { .type = NLA_U32 },
	[LB_A_INFO]		= NLA_POLICY_NESTED(info_policy),
	[LB_A_DIRECTOR]		= NLA_POLICY_NESTED(director_policy),
	[LB_A_SERVER]		= NLA_POLICY_NESTED(server_policy),
	[LB_A_OPTIONS]		= NLA_POLICY_NESTED(options_policy),
	[LB_A_CONN]		= NLA_POLICY_NESTED(conn_policy),
	[LB_A_EXPLAIN]		= NLA_POLICY_NESTED(explain_policy),
	[LB_A_FLOW]		= NLA_POLICY_NESTED(flow_policy),
	[LB_A_RULE]		= NLA_POLICY_NESTED(rule_policy),
	[LB_A_NAT]		= NLA_POLICY_NESTED(nat_policy),
	[LB_A_PIN]		= NLA_POLICY_NESTED(pin_policy),
};

#define LB_DOIT(CMD, handler, perm) \
	{ .cmd = LB_CMD_##CMD, .doit = handler, .flags = perm }

static const struct genl_ops lb_genl_ops[] = {
	LB_DOIT(INFO_GET, lb_nl_info_get_doit, 0),
	LB_DOIT(TXN_BEGIN, lb_nl_txn_begin_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(TXN_COMMIT, lb_nl_txn_commit_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(TXN_ABORT, lb_nl_txn_abort_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(DIRECTOR_SET, lb_nl_director_set_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(DIRECTOR_DEL, lb_nl_director_del_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(SERVER_SET, lb_nl_server_set_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(SERVER_DEL, lb_nl_server_del_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(SERVER_STATE, lb_nl_server_state_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(FLOW_SET, lb_nl_flow_set_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(FLOW_DEL, lb_nl_flow_del_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(RULE_ADD, lb_nl_rule_add_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(NAT_SET, lb_nl_nat_set_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(NAT_DEL, lb_nl_nat_del_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(OPTIONS_SET, lb_nl_options_set_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(OPTIONS_GET, lb_nl_options_get_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(CONN_FLUSH, lb_nl_conn_flush_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(ZERO, lb_nl_zero_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(EXPLAIN, lb_nl_explain_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(MONITOR, lb_nl_monitor_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(CHECK_SET, lb_nl_check_set_doit, GENL_UNS_ADMIN_PERM),
	LB_DOIT(PIN, lb_nl_pin_doit, GENL_UNS_ADMIN_PERM),
	{
		.cmd = LB_CMD_DIRECTOR_GET,
		.start = lb_nl_director_get_start,
		.dumpit = lb_nl_director_get_dumpit,
		.done = lb_nl_director_get_done,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = LB_CMD_SERVER_GET,
		.start = lb_nl_server_get_start,
		.dumpit = lb_nl_server_get_dumpit,
		.done = lb_nl_server_get_done,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = LB_CMD_FLOW_GET,
		.start = lb_nl_flow_get_start,
		.dumpit = lb_nl_flow_get_dumpit,
		.done = lb_nl_flow_get_done,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = LB_CMD_NAT_GET,
		.start = lb_nl_nat_get_start,
		.dumpit = lb_nl_nat_get_dumpit,
		.done = lb_nl_nat_get_done,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = LB_CMD_CONN_GET,
		.start = lb_nl_conn_get_start,
		.dumpit = lb_nl_conn_get_dumpit,
		.done = lb_nl_conn_get_done,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = LB_CMD_PERSIST_GET,
		.start = lb_nl_conn_get_start,
		.dumpit = lb_nl_persist_get_dumpit,
		.done = lb_nl_conn_get_done,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = LB_CMD_COUNTER_GET,
		.dumpit = lb_nl_counter_get_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group lb_genl_mcgrps[] = {
	{
		.name = LB_MCGRP_EVENTS,
#ifdef GENL_MCAST_CAP_NET_ADMIN
		.flags = GENL_MCAST_CAP_NET_ADMIN,
#endif
	},
};

struct genl_family lb_genl_family __ro_after_init = {
	.name = LB_GENL_NAME,
	.version = LB_GENL_VERSION,
	.maxattr = LB_A_MAX,
	.policy = lb_policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = lb_genl_ops,
	.n_ops = ARRAY_SIZE(lb_genl_ops),
	.mcgrps = lb_genl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(lb_genl_mcgrps),
};

/**
 * lb_nl_reply_new() - begin a reply
 * @info: the request
 * @cmd: enum lb_cmd of the reply
 * @hdr: set for lb_nl_reply_send()
 *
 * Return: the message, to be filled, or NULL.
 */
struct sk_buff *lb_nl_reply_new(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &lb_genl_family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/**
 * lb_nl_reply_send() - send a filled reply
 * @info: the request
 * @skb: from lb_nl_reply_new(), consumed
 * @hdr: from lb_nl_reply_new()
 *
 * Return: 0 or -errno.
 */
int lb_nl_reply_send(struct genl_info *info, struct sk_buff *skb, void *hdr)
{
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/**
 * lb_nl_dump_put() - begin one message of a dump
 * @skb: the dump's buffer
 * @cb: the dump
 * @cmd: enum lb_cmd of the message
 * @generation: which config it is about
 *
 * Return: for genlmsg_end() or genlmsg_cancel(), or NULL if full.
 */
void *lb_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		     u32 generation)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &lb_genl_family, NLM_F_MULTI, cmd);
	if (!hdr)
		return NULL;
	if (!nla_put_u32(skb, LB_A_GENERATION, generation))
		return hdr;
	genlmsg_cancel(skb, hdr);
	return NULL;
}

/**
 * lb_nl_nested() - parse a nest that the family's policy has checked
 * @tb: filled, by type
 * @max: highest type
 * @nest: the nest, or NULL
 * @missing: what to say if it is NULL
 * @extack: where to say it
 *
 * Return: 0 or -errno.
 */
int lb_nl_nested(struct nlattr **tb, int max, struct nlattr *nest,
		 const char *missing, struct netlink_ext_ack *extack)
{
	if (nest)
		return nla_parse_nested(tb, max, nest, NULL, extack);
	if (extack)
		extack->_msg = missing;
	return -EINVAL;
}

/* [A-Za-z0-9._-]{1,63} */
static bool is_name(const char *s)
{
	size_t len = strlen(s);

	return len && len <= LB_NAME_MAX &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789._-") == len;
}

/**
 * lb_nl_name() - a name from an attribute
 * @to: LB_NAME_MAX + 1 bytes, filled
 * @attr: the attribute, or NULL
 * @what: what to say if it is missing or no name
 * @extack: where to say it
 *
 * Return: 0 or -EINVAL.
 */
int lb_nl_name(char *to, const struct nlattr *attr, const char *what,
	       struct netlink_ext_ack *extack)
{
	if (attr && nla_strscpy(to, attr, LB_NAME_MAX + 1) > 0 && is_name(to))
		return 0;
	if (extack) {
		extack->_msg = what;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

/* A VIP or a server is one host. */
static bool is_host(const union nf_inet_addr *addr, u8 family)
{
	if (family == AF_INET)
		return !ipv4_is_zeronet(addr->ip) &&
		       !ipv4_is_multicast(addr->ip) &&
		       !ipv4_is_lbcast(addr->ip);
	return !ipv6_addr_any(&addr->in6) && !ipv6_addr_is_multicast(&addr->in6);
}

/**
 * lb_nl_addr() - a host's address from an attribute
 * @to: filled, what the family does not use is 0
 * @family: set to AF_INET or AF_INET6
 * @attr: the attribute, or NULL
 * @extack: where to say what is wrong
 *
 * Return: 0, -EINVAL, or -EAFNOSUPPORT where IPv6 was turned off at boot.
 */
int lb_nl_addr(union nf_inet_addr *to, u8 *family, const struct nlattr *attr,
	       struct netlink_ext_ack *extack)
{
	int len = attr ? nla_len(attr) : 0;

	memset(to, 0, sizeof(*to));
	if (len == sizeof(to->ip) || len == sizeof(to->in6)) {
		*family = len == sizeof(to->ip) ? AF_INET : AF_INET6;
		memcpy(to, nla_data(attr), len);
		if (*family == AF_INET6 && !ipv6_mod_enabled()) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "this kernel was booted without IPv6");
			return -EAFNOSUPPORT;
		}
		if (is_host(to, *family))
			return 0;
	}
	if (attr)
		NL_SET_ERR_MSG_ATTR(extack, attr, "not a host's address");
	else
		NL_SET_ERR_MSG(extack, "the address is missing");
	return -EINVAL;
}

/* Repeated attributes could fill a nest that no dump could give back. */
#define LB_BLOB_MAX	1024

/**
 * lb_nl_blob() - keep a nest as it came
 * @to: empty, filled
 * @attr: the nest, or NULL
 * @extack: where to say what is wrong
 *
 * Return: 0, -EMSGSIZE or -ENOMEM.
 */
int lb_nl_blob(struct lb_blob *to, const struct nlattr *attr,
	       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_len(attr) > LB_BLOB_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "more than 1024 bytes");
		return -EMSGSIZE;
	}
	to->present = true;
	to->len = nla_len(attr);
	if (!to->len)
		return 0;
	to->data = kmemdup(nla_data(attr), to->len, GFP_KERNEL_ACCOUNT);
	return to->data ? 0 : -ENOMEM;
}

/**
 * lb_nl_check() - keep health check parameters as they came
 * @to: empty, filled
 * @attr: the nest, or NULL
 * @extack: where to say what is wrong
 *
 * Return: 0 or -errno.
 */
int lb_nl_check(struct lb_blob *to, const struct nlattr *attr,
		struct netlink_ext_ack *extack)
{
	const struct nlattr *source;
	union nf_inet_addr addr;
	int err = 0;
	u8 family;

	source = attr ? nla_find_nested(attr, LB_CHECK_A_SOURCE) : NULL;
	if (source)
		err = lb_nl_addr(&addr, &family, source, extack);
	return err ?: lb_nl_blob(to, attr, extack);
}

/**
 * lb_nl_u32() - a number that may be absent
 * @attr: the attribute, or NULL
 *
 * Return: its value, 0 if it is absent.
 */
u32 lb_nl_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

/**
 * lb_nl_put_u32() - put a number, unless it is 0
 * @skb: where to
 * @type: attribute type
 * @value: the number; 0 is what its absence means
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_u32(struct sk_buff *skb, int type, u32 value)
{
	return value ? nla_put_u32(skb, type, value) : 0;
}

/**
 * lb_nl_put_blob() - give a kept nest back
 * @skb: where to
 * @type: attribute type
 * @b: what was kept; nothing is put if nothing was
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_blob(struct sk_buff *skb, int type, const struct lb_blob *b)
{
	return b->present ? nla_put(skb, type | NLA_F_NESTED, b->len, b->data) :
			    0;
}

/**
 * lb_nl_put_addr() - put an address
 * @skb: where to
 * @type: attribute type
 * @addr: the address
 * @family: its family
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_addr(struct sk_buff *skb, int type,
		   const union nf_inet_addr *addr, u8 family)
{
	return nla_put(skb, type, family == AF_INET ? sizeof(addr->ip) :
						      sizeof(addr->in6), addr);
}

/**
 * lb_nl_put_totals() - put traffic totals as a nest
 * @skb: where to
 * @type: attribute type of the nest
 * @t: the totals
 * @refused: conns refused, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_totals(struct sk_buff *skb, int type,
		     const struct lb_totals *t, const u64 *refused)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	const struct {
		int type;
		u64 value;
	} rows[] = {
		{ LB_STATS_A_CONNS, t->conns },
		{ LB_STATS_A_IN_PKTS, t->pkts[0] },
		{ LB_STATS_A_IN_BYTES, t->bytes[0] },
		{ LB_STATS_A_OUT_PKTS, t->pkts[1] },
		{ LB_STATS_A_OUT_BYTES, t->bytes[1] },
	};
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (nla_put_u64_64bit(skb, rows[i].type, rows[i].value,
				      LB_STATS_A_PAD))
			return -EMSGSIZE;
	if (refused && nla_put_u64_64bit(skb, LB_STATS_A_REFUSED, *refused,
					 LB_STATS_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * A socket that is closed takes its transaction with it, and ends its part as
 * monitor.
 */
static int lb_nl_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct netlink_notify *n = ptr;
	struct lb_txn *txn;
	struct lb_net *ln;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	ln = lb_net(n->net);
	/* Others' sockets must not wait behind a commit; ours is known here. */
	if (!ln || (list_empty_careful(&ln->txns) &&
		    READ_ONCE(ln->monitor_port) != n->portid))
		return NOTIFY_DONE;
	mutex_lock(&ln->mutex);
	txn = lb_txn_find(ln, n->portid);
	if (txn)
		lb_txn_drop(txn);
	lb_nl_monitor_end(ln, n->portid);
	mutex_unlock(&ln->mutex);
	return NOTIFY_DONE;
}

static struct notifier_block lb_nl_notifier = {
	.notifier_call = lb_nl_event,
};

/**
 * lb_nl_init() - register the family
 *
 * Return: 0 or -errno.
 */
int lb_nl_init(void)
{
	int err;

	err = netlink_register_notifier(&lb_nl_notifier);
	if (err)
		return err;
	err = genl_register_family(&lb_genl_family);
	if (err)
		netlink_unregister_notifier(&lb_nl_notifier);
	return err;
}

/**
 * lb_nl_exit() - unregister the family; no handler runs after this
 */
void lb_nl_exit(void)
{
	/* First: it tells of a monitor's end, by the family. */
	netlink_unregister_notifier(&lb_nl_notifier);
	genl_unregister_family(&lb_genl_family);
}
