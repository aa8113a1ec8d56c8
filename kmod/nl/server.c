// SPDX-License-Identifier: GPL-2.0
/* Handlers of servers. */
#include <net/sock.h>
#include "../compat/genetlink.h"
#include "../config.h"
#include "../conn.h"
#include "../health.h"
#include "../nl.h"
#include "../ramp.h"
#include "event.h"
#include "handlers.h"
#include "server.h"
#include "txn.h"

/* Both names; @tb is filled. */
static int server_names(char *dir, char *name, struct nlattr **tb,
			struct genl_info *info)
{
	int err;

	err = lb_nl_nested(tb, LB_SERVER_A_MAX, info->attrs[LB_A_SERVER],
			   "LB_A_SERVER is missing", info->extack);
	return err ?: lb_nl_name(dir, tb[LB_SERVER_A_DIRECTOR],
				 "the director's name is missing or malformed",
				 info->extack) ?:
		      lb_nl_name(name, tb[LB_SERVER_A_NAME],
				 "the server's name is missing or malformed",
				 info->extack);
}

static struct lb_stage_dir *staged_director(struct lb_txn *txn,
					    const char *name,
					    struct nlattr **tb,
					    struct genl_info *info, int *err)
{
	struct lb_stage_dir *sd = lb_txn_find_dir(txn, name);

	if (!sd) {
		*err = -ENOENT;
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LB_SERVER_A_DIRECTOR],
				    "no such director");
		return NULL;
	}
	*err = lb_txn_open_dir(txn, sd);
	return *err ? NULL : sd;
}

static int parse_server(struct lb_stage_server *ss, struct nlattr **tb,
			struct genl_info *info)
{
	const struct nlattr *flags = tb[LB_SERVER_A_FLAGS];
	struct lb_blob check = {};
	int err;

	err = lb_nl_check(&check, tb[LB_SERVER_A_CHECK], info->extack);
	if (err)
		return err;
	lb_blob_free(&ss->ds.check);
	ss->ds.check = check;
	ss->ds.weight = tb[LB_SERVER_A_WEIGHT] ?
			nla_get_u32(tb[LB_SERVER_A_WEIGHT]) : 1;
	ss->ds.is_sorry = flags && nla_get_u32(flags) & LB_SERVER_F_SORRY;
	ss->ds.slowstart_ms = lb_nl_u32(tb[LB_SERVER_A_SLOWSTART]);
	ss->ds.maxconn = lb_nl_u32(tb[LB_SERVER_A_MAXCONN]);
	return 0;
}

static int server_set(struct lb_txn *txn, struct genl_info *info)
{
	char dir[LB_NAME_MAX + 1], name[LB_NAME_MAX + 1];
	struct nlattr *tb[LB_SERVER_A_MAX + 1];
	union nf_inet_addr addr = {};
	struct lb_stage_server *ss;
	struct lb_stage_dir *sd;
	__be16 port = 0;
	u8 family;
	int err;

	err = server_names(dir, name, tb, info) ?:
	      lb_nl_addr(&addr, &family, tb[LB_SERVER_A_ADDR], info->extack);
	if (err)
		return err;
	if (tb[LB_SERVER_A_PORT])
		port = nla_get_be16(tb[LB_SERVER_A_PORT]);
	sd = staged_director(txn, dir, tb, info, &err);
	if (!sd)
		return err;
	ss = lb_txn_add_server(txn, sd, name, &addr, family, port);
	if (!ss)
		return -ENOMEM;
	if (tb[LB_SERVER_A_MOVE_LAST])
		lb_txn_move_last(sd, ss);
	return parse_server(ss, tb, info);
}

int lb_nl_server_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, server_set);
}

static int server_del(struct lb_txn *txn, struct genl_info *info)
{
	char dir[LB_NAME_MAX + 1], name[LB_NAME_MAX + 1];
	struct nlattr *tb[LB_SERVER_A_MAX + 1];
	struct lb_stage_server *ss;
	struct lb_stage_dir *sd;
	int err;

	err = server_names(dir, name, tb, info);
	if (err)
		return err;
	sd = staged_director(txn, dir, tb, info, &err);
	if (!sd)
		return err;
	ss = lb_txn_find_server(txn, sd, name);
	if (!ss) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LB_SERVER_A_NAME],
				    "no such server");
		return -ENOENT;
	}
	lb_txn_del_server(sd, ss);
	return 0;
}

int lb_nl_server_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, server_del);
}

/**
 * struct server_state - what a run-time command replaces, to be put back
 */
struct server_state {
	/** @override: weight */
	u32 override;
	/** @has_override: it counts */
	bool has_override;
	/** @admin: enum lb_admin */
	u8 admin;
};

static struct server_state state_read(const struct lb_server *srv)
{
	return (struct server_state){ srv->override, srv->has_override,
				      srv->admin };
}

static void state_write(struct lb_server *srv, const struct server_state *s)
{
	WRITE_ONCE(srv->override, s->override);
	WRITE_ONCE(srv->has_override, s->has_override);
	WRITE_ONCE(srv->admin, s->admin);
}

static int state_parse(struct server_state *s, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *weight = tb[LB_SERVER_A_OVERRIDE];

	if (tb[LB_SERVER_A_HEALTH] || tb[LB_SERVER_A_RESULT]) {
		NL_SET_ERR_MSG(extack,
			       "the monitor tells how checks end, by LB_CMD_CHECK_SET");
		return -EINVAL;
	}
	if (!weight && !tb[LB_SERVER_A_ADMIN]) {
		NL_SET_ERR_MSG(extack, "neither state nor weight is given");
		return -EINVAL;
	}
	if (tb[LB_SERVER_A_ADMIN])
		s->admin = nla_get_u8(tb[LB_SERVER_A_ADMIN]);
	if (weight) {
		s->has_override = nla_get_u32(weight) <= LB_WEIGHT_MAX;
		s->override = s->has_override ? nla_get_u32(weight) : 0;
	}
	return 0;
}

/* Down ends the server's conns; up lets new ones come. */
static int state_set(struct lb_net *ln, struct lb_director *dir,
		     struct lb_server *srv, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	struct server_state old = state_read(srv), new = old;
	bool was_off = !lb_server_weight(srv);
	int err;

	err = state_parse(&new, tb, extack);
	if (err)
		return err;
	state_write(srv, &new);
	if (was_off && lb_server_weight(srv))
		lb_ramp_start(ln, srv);
	/* Before it gets conns again, which would be ended at once. */
	if (!lb_health_gone(srv))
		WRITE_ONCE(srv->gone, LB_GONE_NOT);
	err = lb_director_reschedule(ln, dir);
	if (err) {
		state_write(srv, &old);
		WRITE_ONCE(srv->gone, lb_health_gone(srv));
		return err;
	}
	if (new.admin != old.admin)
		WRITE_ONCE(srv->since, ktime_get_boottime_seconds());
	WRITE_ONCE(srv->gone, lb_health_gone(srv));
	if (srv->gone)
		queue_work(lb_wq, &ln->reap_work);
	lb_nl_event_server(ln, srv);
	return 0;
}

int lb_nl_server_state_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	char dirname[LB_NAME_MAX + 1], name[LB_NAME_MAX + 1];
	struct nlattr *tb[LB_SERVER_A_MAX + 1];
	struct lb_dirserver *ds = NULL;
	const struct lb_config *cfg;
	struct lb_director *dir;
	int err;

	err = server_names(dirname, name, tb, info);
	if (err)
		return err;
	mutex_lock(&ln->mutex);
	cfg = rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex));
	dir = lb_config_find_name(cfg, dirname);
	if (dir)
		ds = lb_director_find_server(dir, name);
	err = -ENOENT;
	if (ds)
		err = state_set(ln, dir, ds->srv, tb, info->extack);
	else if (dir)
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LB_SERVER_A_NAME],
				    "no such server");
	else
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LB_SERVER_A_DIRECTOR],
				    "no such director");
	mutex_unlock(&ln->mutex);
	return err;
}

/**
 * struct server_dump - where a dump of servers is
 */
struct server_dump {
	/** @cfg: the generation it shows; a reference */
	struct lb_config *cfg;
	/** @only: of this director, borrowed from @cfg, or NULL */
	const struct lb_director *only;
	/** @i: the director */
	u32 i;
	/** @j: its next server */
	u32 j;
};

static struct server_dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct server_dump) > sizeof(cb->ctx));
	return (struct server_dump *)cb->ctx;
}

static int dump_filter(struct server_dump *d, struct netlink_callback *cb)
{
	struct nlattr *nest = lb_compat_dump_attrs(cb)[LB_A_SERVER];
	struct nlattr *tb[LB_SERVER_A_MAX + 1];
	char name[LB_NAME_MAX + 1];
	int err;

	if (!nest)
		return 0;
	err = lb_nl_nested(tb, LB_SERVER_A_MAX, nest, NULL, cb->extack) ?:
	      lb_nl_name(name, tb[LB_SERVER_A_DIRECTOR],
			 "the director's name is missing or malformed",
			 cb->extack);
	if (err)
		return err;
	d->only = lb_config_find_name(d->cfg, name);
	if (d->only)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, tb[LB_SERVER_A_DIRECTOR],
			    "no such director");
	return -ENOENT;
}

int lb_nl_server_get_start(struct netlink_callback *cb)
{
	struct server_dump *d = dump_of(cb);
	int err;

	memset(d, 0, sizeof(*d));
	d->cfg = lb_config_get(lb_net(sock_net(cb->skb->sk)));
	err = dump_filter(d, cb);
	if (err)
		lb_config_put(d->cfg);
	return err;
}

int lb_nl_server_get_done(struct netlink_callback *cb)
{
	lb_config_put(dump_of(cb)->cfg);
	return 0;
}

/* The weight that schedules, as a part of what is configured. */
static u32 ramped_weight(const struct lb_server *srv)
{
	u64 weight = lb_server_weight(srv);

	weight *= lb_ramp_share(srv, srv->slowstart_ms);
	return weight ? max_t(u64, div_u64(weight, LB_RAMP_WHOLE), 1) : 0;
}

static int put_reason(struct sk_buff *skb, const struct lb_server *srv)
{
	const struct lb_reason *r;
	int err = 0;

	rcu_read_lock();
	r = rcu_dereference(srv->reason);
	if (r)
		err = nla_put_string(skb, LB_SERVER_A_REASON, r->text);
	rcu_read_unlock();
	return err;
}

/* What is not checked has none of it. */
static int put_checked(struct sk_buff *skb, const struct lb_server *srv)
{
	u8 result = READ_ONCE(srv->result);
	u32 latency = READ_ONCE(srv->latency_us);
	s64 checked_at = READ_ONCE(srv->checked_at);
	s64 age = ktime_to_ms(ktime_get_boottime()) - checked_at;

	if (result == LB_RESULT_NONE)
		return 0;
	return nla_put_u8(skb, LB_SERVER_A_HEALTH,
			  READ_ONCE(srv->health_in_force)) ?:
	       nla_put_u8(skb, LB_SERVER_A_RESULT, result) ?:
	       put_reason(skb, srv) ?:
	       lb_nl_put_u32(skb, LB_SERVER_A_LATENCY, latency) ?:
	       nla_put_u32(skb, LB_SERVER_A_AGE, clamp_t(s64, age, 0, U32_MAX));
}

/**
 * lb_nl_server_put_state() - a server's names, state and weight
 * @skb: where to
 * @srv: the server
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_server_put_state(struct sk_buff *skb, const struct lb_server *srv)
{
	u32 since = ktime_get_boottime_seconds() - READ_ONCE(srv->since);

	return nla_put_string(skb, LB_SERVER_A_DIRECTOR, srv->dirid->name) ?:
	       nla_put_string(skb, LB_SERVER_A_NAME, srv->name) ?:
	       nla_put_u8(skb, LB_SERVER_A_ADMIN, READ_ONCE(srv->admin)) ?:
	       (READ_ONCE(srv->has_override) ?
		nla_put_u32(skb, LB_SERVER_A_OVERRIDE,
			    READ_ONCE(srv->override)) : 0) ?:
	       nla_put_u32(skb, LB_SERVER_A_EFF_WEIGHT, ramped_weight(srv)) ?:
	       nla_put_u32(skb, LB_SERVER_A_SINCE, since) ?:
	       put_checked(skb, srv);
}

static int put_dirserver(struct sk_buff *skb, const struct lb_dirserver *ds)
{
	const struct lb_server *srv = ds->srv;
	struct lb_totals t = {};

	lb_server_totals(srv, &t);
	return lb_nl_server_put_state(skb, srv) ?:
	       lb_nl_put_addr(skb, LB_SERVER_A_ADDR, &srv->addr,
			      srv->family) ?:
	       (srv->port ? nla_put_be16(skb, LB_SERVER_A_PORT, srv->port) :
			    0) ?:
	       nla_put_u32(skb, LB_SERVER_A_WEIGHT, ds->weight) ?:
	       lb_nl_put_u32(skb, LB_SERVER_A_FLAGS,
			     ds->is_sorry ? LB_SERVER_F_SORRY : 0) ?:
	       lb_nl_put_u32(skb, LB_SERVER_A_SLOWSTART, ds->slowstart_ms) ?:
	       lb_nl_put_u32(skb, LB_SERVER_A_MAXCONN, ds->maxconn) ?:
	       lb_nl_put_blob(skb, LB_SERVER_A_CHECK, &ds->check) ?:
	       nla_put_u32(skb, LB_SERVER_A_ACTIVE,
			   lb_conns(&srv->active)) ?:
	       nla_put_u32(skb, LB_SERVER_A_INACTIVE,
			   lb_conns(&srv->inactive)) ?:
	       lb_nl_put_totals(skb, LB_SERVER_A_STATS, &t,
				NULL);
}

static int put_server(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct lb_config *cfg,
		      const struct lb_dirserver *ds)
{
	struct nlattr *nest;
	void *hdr;

	hdr = lb_nl_dump_put(skb, cb, LB_CMD_SERVER_GET, cfg->generation);
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, LB_A_SERVER);
	if (!nest || put_dirserver(skb, ds)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

/* The servers of one director, from where the dump is.  Return: skb full? */
static bool put_servers(struct sk_buff *skb, struct netlink_callback *cb,
			const struct lb_director *dir)
{
	struct server_dump *d = dump_of(cb);

	for (; d->j < dir->nr; d->j++)
		if (put_server(skb, cb, d->cfg, &dir->servers[d->j]))
			return true;
	d->j = 0;
	return false;
}

int lb_nl_server_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct server_dump *d = dump_of(cb);
	bool is_full = false;

	for (; d->i < d->cfg->nr; d->i++) {
		const struct lb_director *dir = d->cfg->directors[d->i];

		if (d->only && dir != d->only)
			continue;
		is_full = put_servers(skb, cb, dir);
		if (is_full)
			break;
	}
	return skb->len ?: (is_full ? -EMSGSIZE : 0);
}
