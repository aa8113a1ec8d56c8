// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers of the health checks; owns who makes them.  Two monitors would
 * overrule each other, so one socket is it until it is closed.
 */
#include "../config.h"
#include "../health.h"
#include "../nl.h"
#include "../pkt.h"
#include "../probe.h"
#include "check.h"
#include "event.h"
#include "handlers.h"

int lb_nl_monitor_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct nlattr *tb[LB_INFO_A_MAX + 1] = {};
	int err = 0;

	if (info->attrs[LB_A_INFO])
		err = lb_nl_nested(tb, LB_INFO_A_MAX, info->attrs[LB_A_INFO],
				   NULL, info->extack);
	if (err)
		return err;
	mutex_lock(&ln->mutex);
	if (ln->monitor_port && ln->monitor_port != info->snd_portid) {
		err = -EBUSY;
		NL_SET_ERR_MSG(info->extack, "another monitor runs");
	} else {
		WRITE_ONCE(ln->monitor_pid, lb_nl_u32(tb[LB_INFO_A_MONITOR]));
		/* Pairs with lb_nl_info_get_doit(). */
		smp_store_release(&ln->monitor_port, info->snd_portid);
		lb_nl_event_monitor(ln);
	}
	mutex_unlock(&ln->mutex);
	return err;
}

/**
 * lb_nl_monitor_end() - a socket is closed
 * @ln: its namespace
 * @portid: the socket
 *
 * Context: process, may sleep, under lb_net.mutex.
 */
void lb_nl_monitor_end(struct lb_net *ln, u32 portid)
{
	if (ln->monitor_port != portid)
		return;
	WRITE_ONCE(ln->monitor_port, 0);
	lb_nl_event_monitor(ln);
}

/**
 * struct report - where the reading of a report is
 */
struct report {
	/** @cfg: the config in force */
	const struct lb_config *cfg;
	/** @dir: whose servers are noted but not settled, or NULL */
	struct lb_director *dir;
	/** @at: in @dir, behind the server found last */
	u32 at;
	/** @skipped: results not taken */
	u32 skipped;
};

static bool is_server(const struct lb_dirserver *ds, const char *name,
		      const union nf_inet_addr *addr, u8 family, __be16 port)
{
	const struct lb_server *srv = ds->srv;

	return ds->check.present && srv->family == family &&
	       srv->port == port && !memcmp(&srv->addr, addr, sizeof(*addr)) &&
	       !strcmp(srv->name, name);
}

/*
 * Results come in line order, so the next is never far from the last: a report
 * costs one walk over its directors' servers, not one for each result.
 */
static struct lb_server *report_find(struct report *r, const char *name,
				     const union nf_inet_addr *addr,
				     u8 family, __be16 port)
{
	u32 i;

	for (i = 0; r->dir && i < r->dir->nr; i++) {
		u32 at = r->at++;

		if (r->at == r->dir->nr)
			r->at = 0;
		if (!(i % 1024))
			cond_resched();
		if (is_server(&r->dir->servers[at], name, addr, family, port))
			return r->dir->servers[at].srv;
	}
	return NULL;
}

/* What was noted of the director so far is put into force. */
static int report_next_dir(struct lb_net *ln, struct report *r, const char *name)
{
	int err = 0;

	if (r->dir && !strcmp(r->dir->spec.name, name))
		return 0;
	if (r->dir)
		err = lb_health_apply(ln, r->dir);
	r->dir = lb_config_find_name(r->cfg, name);
	r->at = 0;
	return err;
}

static void parse_checked(struct lb_checked *c, struct nlattr **tb)
{
	const struct nlattr *reason = tb[LB_SERVER_A_REASON];
	const struct nlattr *health = tb[LB_SERVER_A_HEALTH];

	*c = (struct lb_checked){
		.result = nla_get_u8(tb[LB_SERVER_A_RESULT]),
		.reason = reason ? nla_data(reason) : NULL,
		.latency_us = lb_nl_u32(tb[LB_SERVER_A_LATENCY]),
		.has_health = health,
		.health = health ? nla_get_u8(health) : LB_HEALTH_UP,
	};
}

static int report_one(struct lb_net *ln, struct report *r,
		      struct nlattr *nest, struct netlink_ext_ack *extack)
{
	char dir[LB_NAME_MAX + 1], name[LB_NAME_MAX + 1];
	struct nlattr *tb[LB_SERVER_A_MAX + 1];
	union nf_inet_addr addr;
	struct lb_server *srv;
	struct lb_checked c;
	__be16 port = 0;
	u8 family;
	int err;

	err = lb_nl_nested(tb, LB_SERVER_A_MAX, nest, NULL, extack) ?:
	      lb_nl_name(dir, tb[LB_SERVER_A_DIRECTOR],
			 "the director's name is missing or malformed",
			 extack) ?:
	      lb_nl_name(name, tb[LB_SERVER_A_NAME],
			 "the server's name is missing or malformed",
			 extack) ?:
	      lb_nl_addr(&addr, &family, tb[LB_SERVER_A_ADDR], extack);
	if (err)
		return err;
	if (!tb[LB_SERVER_A_RESULT]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "the result is missing");
		return -EINVAL;
	}
	if (tb[LB_SERVER_A_PORT])
		port = nla_get_be16(tb[LB_SERVER_A_PORT]);
	err = report_next_dir(ln, r, dir);
	if (err)
		return err;
	srv = report_find(r, name, &addr, family, port);
	if (!srv) {
		r->skipped++;
		return 0;
	}
	parse_checked(&c, tb);
	return lb_health_note(ln, srv, &c);
}

/* Results before one that is malformed stand. */
static int report_all(struct lb_net *ln, struct report *r,
		      struct genl_info *info)
{
	int err = 0, late = 0, rem;
	struct nlattr *attr;

	r->cfg = rcu_dereference_protected(ln->config,
					   lockdep_is_held(&ln->mutex));
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LB_A_SERVER)
			continue;
		err = report_one(ln, r, attr, info->extack);
		if (err)
			break;
		cond_resched();
	}
	if (r->dir)
		late = lb_health_apply(ln, r->dir);
	return err ?: late;
}

int lb_nl_check_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct report report = {};
	struct sk_buff *reply;
	struct nlattr *nest;
	void *hdr;
	int err;

	/* Before: what has been taken must not be reported as failed. */
	reply = lb_nl_reply_new(info, LB_CMD_CHECK_SET, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&ln->mutex);
	if (ln->monitor_port == info->snd_portid) {
		err = report_all(ln, &report, info);
	} else {
		err = -EPERM;
		NL_SET_ERR_MSG(info->extack,
			       "only the monitor may tell how checks end");
	}
	mutex_unlock(&ln->mutex);
	nest = err ? NULL : nla_nest_start(reply, LB_A_INFO);
	if (!nest ||
	    nla_put_u32(reply, LB_INFO_A_SKIPPED, report.skipped)) {
		nlmsg_free(reply);
		return err ?: -EMSGSIZE;
	}
	nla_nest_end(reply, nest);
	/* Should the reply not fit the socket: the results are in force, so 0. */
	lb_nl_reply_send(info, reply, hdr);
	return 0;
}

/* Both ends of the conn, into the key of its first packet. */
static int pin_ends(struct lb_pkt *pkt, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	union nf_inet_addr client, vip;
	__be16 sport, dport;
	u8 family;
	int err;

	err = lb_nl_addr(&client, &family, tb[LB_PIN_A_CLIENT_ADDR], extack) ?:
	      lb_nl_addr(&vip, &pkt->family, tb[LB_PIN_A_VIP_ADDR], extack);
	if (err)
		return err;
	if (family != pkt->family || !tb[LB_PIN_A_CLIENT_PORT] ||
	    !tb[LB_PIN_A_VIP_PORT]) {
		NL_SET_ERR_MSG(extack,
			       "two ports and two addresses of one family are wanted");
		return -EINVAL;
	}
	sport = nla_get_be16(tb[LB_PIN_A_CLIENT_PORT]);
	dport = nla_get_be16(tb[LB_PIN_A_VIP_PORT]);
	if (sport == dport && !memcmp(&client, &vip, sizeof(vip))) {
		NL_SET_ERR_MSG(extack, "both ends are the same");
		return -EINVAL;
	}
	if (family == AF_INET)
		pkt->k4 = (struct lb_key4){ client.ip, vip.ip, sport, dport };
	else
		pkt->k6 = (struct lb_key6){ client.in6, vip.in6, sport, dport };
	return 0;
}

static int pin(struct lb_net *ln, struct nlattr **tb,
	       struct netlink_ext_ack *extack)
{
	char dirname[LB_NAME_MAX + 1], name[LB_NAME_MAX + 1];
	struct lb_pkt pkt = { .ln = ln };
	struct lb_dirserver *ds = NULL;
	struct lb_director *dir;
	int err;

	err = lb_nl_name(dirname, tb[LB_PIN_A_DIRECTOR],
			 "the director's name is missing or malformed",
			 extack) ?:
	      lb_nl_name(name, tb[LB_PIN_A_SERVER],
			 "the server's name is missing or malformed",
			 extack) ?:
	      pin_ends(&pkt, tb, extack);
	if (err)
		return err;
	dir = lb_config_find_name(rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex)), dirname);
	if (dir && lb_director_takes(dir, pkt.family))
		ds = lb_director_find_server(dir, name);
	if (!ds) {
		NL_SET_ERR_MSG(extack,
			       "no such server, or none for this address family");
		return -ENOENT;
	}
	err = lb_probe_pin(&pkt, dir, ds->srv);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "there is such a conn");
	return err;
}

int lb_nl_pin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct nlattr *tb[LB_PIN_A_MAX + 1];
	int err;

	err = lb_nl_nested(tb, LB_PIN_A_MAX, info->attrs[LB_A_PIN],
			   "LB_A_PIN is missing", info->extack);
	if (err)
		return err;
	mutex_lock(&ln->mutex);
	if (ln->monitor_port == info->snd_portid) {
		err = pin(ln, tb, info->extack);
	} else {
		err = -EPERM;
		NL_SET_ERR_MSG(info->extack, "only the monitor may check");
	}
	mutex_unlock(&ln->mutex);
	return err;
}
