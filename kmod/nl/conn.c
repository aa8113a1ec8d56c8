// SPDX-License-Identifier: GPL-2.0
/* Handlers of conns. */
#include <linux/slab.h>
#include <net/sock.h>
#include "../compat/genetlink.h"
#include "../config.h"
#include "../conn.h"
#include "../nl.h"
#include "../state.h"
#include "../wheel.h"
#include "../xmit.h"
#include "handlers.h"

/**
 * struct conn_query - a filter with the names it points to
 */
struct conn_query {
	/** @f: the filter */
	struct lb_conn_filter f;
	/** @director: behind @f.director */
	char director[LB_NAME_MAX + 1];
	/** @server: behind @f.server */
	char server[LB_NAME_MAX + 1];
};

/* Names that nothing has are an error: a typo must not read as "none". */
static int query_exists(const struct conn_query *q, struct lb_net *ln,
			struct netlink_ext_ack *extack)
{
	struct lb_config *cfg = lb_config_get(ln);
	struct lb_director *dir = NULL;
	int err = 0;

	if (q->f.director)
		dir = lb_config_find_name(cfg, q->director);
	if (q->f.director && !dir) {
		NL_SET_ERR_MSG(extack, "no such director");
		err = -ENOENT;
	} else if (q->f.server && !lb_director_find_server(dir, q->server)) {
		NL_SET_ERR_MSG(extack, "no such server");
		err = -ENOENT;
	}
	lb_config_put(cfg);
	return err;
}

static int query_names(struct conn_query *q, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	int err = 0;

	if (tb[LB_CONN_A_DIRECTOR]) {
		err = lb_nl_name(q->director, tb[LB_CONN_A_DIRECTOR],
				 "malformed director name", extack);
		q->f.director = q->director;
	}
	if (!err && tb[LB_CONN_A_SERVER]) {
		err = lb_nl_name(q->server, tb[LB_CONN_A_SERVER],
				 "malformed server name", extack);
		q->f.server = q->server;
	}
	if (q->f.server && !q->f.director) {
		NL_SET_ERR_MSG(extack, "a server needs its director's name");
		return -EINVAL;
	}
	return err;
}

static int query_parse(struct conn_query *q, struct nlattr *nest,
		       struct lb_net *ln, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LB_CONN_A_MAX + 1];
	int err;

	memset(q, 0, sizeof(*q));
	if (!nest)
		return 0;
	err = lb_nl_nested(tb, LB_CONN_A_MAX, nest, NULL, extack) ?:
	      query_names(q, tb, extack);
	if (!err && tb[LB_CONN_A_CLIENT_ADDR])
		err = lb_nl_addr(&q->f.client, &q->f.family,
				 tb[LB_CONN_A_CLIENT_ADDR], extack);
	return err ?: query_exists(q, ln, extack);
}

int lb_nl_conn_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct lb_flushed sum;
	struct sk_buff *reply;
	struct conn_query q;
	struct nlattr *nest;
	void *hdr;
	int err;

	err = query_parse(&q, info->attrs[LB_A_CONN], ln, info->extack);
	if (err)
		return err;
	reply = lb_nl_reply_new(info, LB_CMD_CONN_FLUSH, &hdr);
	if (!reply)
		return -ENOMEM;
	sum = lb_conn_flush(ln, &q.f);
	nest = nla_nest_start(reply, LB_A_CONN);
	if (!nest || nla_put_u32(reply, LB_CONN_A_COUNT, sum.conns) ||
	    nla_put_u32(reply, LB_CONN_A_TEMPLATES, sum.templates)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	nla_nest_end(reply, nest);
	return lb_nl_reply_send(info, reply, hdr);
}

/**
 * struct conn_dump - a dump of conns
 */
struct conn_dump {
	/** @it: where it is */
	struct lb_conn_iter it;
	/** @q: what is asked for */
	struct conn_query q;
	/** @is_full: the conn the walk stands on did not fit */
	bool is_full;
	/** @generation: in force when the dump began */
	u32 generation;
};

static struct conn_dump *dump_of(struct netlink_callback *cb)
{
	return (struct conn_dump *)cb->args[0];
}

int lb_nl_conn_get_start(struct netlink_callback *cb)
{
	struct lb_net *ln = lb_net(sock_net(cb->skb->sk));
	struct lb_config *cfg;
	struct conn_dump *d;
	int err;

	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	err = query_parse(&d->q, lb_compat_dump_attrs(cb)[LB_A_CONN], ln,
			  cb->extack);
	if (err) {
		kfree(d);
		return err;
	}
	cfg = lb_config_get(ln);
	d->generation = cfg->generation;
	lb_config_put(cfg);
	lb_conn_iter_init(&d->it, ln);
	cb->args[0] = (long)d;
	return 0;
}

int lb_nl_conn_get_done(struct netlink_callback *cb)
{
	struct conn_dump *d = dump_of(cb);

	lb_conn_iter_exit(&d->it);
	kfree(d);
	return 0;
}

static int put_end(struct sk_buff *skb, int addr_type, int port_type,
		   const void *addr, u8 family, __be16 port)
{
	return nla_put(skb, addr_type, family == AF_INET ? 4 : 16, addr) ?:
	       nla_put_be16(skb, port_type, port);
}

static int put_ends(struct sk_buff *skb, const struct lb_conn *conn)
{
	const struct lb_server *srv = conn->server;
	bool is4 = conn->family == AF_INET;
	const struct lb_key4 *k4 = &conn->t4[0].key;
	const struct lb_key6 *k6 = &conn->t6[0].key;
	__be16 vport = is4 ? k4->dport : k6->dport;

	return put_end(skb, LB_CONN_A_CLIENT_ADDR, LB_CONN_A_CLIENT_PORT,
		       is4 ? (const void *)&k4->saddr : &k6->saddr,
		       conn->family, is4 ? k4->sport : k6->sport) ?:
	       put_end(skb, LB_CONN_A_VIP_ADDR, LB_CONN_A_VIP_PORT,
		       is4 ? (const void *)&k4->daddr : &k6->daddr,
		       conn->family, vport) ?:
	       put_end(skb, LB_CONN_A_SERVER_ADDR, LB_CONN_A_SERVER_PORT,
		       &srv->addr, srv->family, srv->port ?: vport);
}

/* What the server sees as the client, if that is not the client. */
static int put_snat(struct sk_buff *skb, const struct lb_conn *conn)
{
	bool is4 = conn->family == AF_INET;
	const struct lb_key4 *k4 = &conn->t4[1].key;
	const struct lb_key6 *k6 = &conn->t6[1].key;

	if (!conn->is_snat)
		return 0;
	return put_end(skb, LB_CONN_A_SNAT_ADDR, LB_CONN_A_SNAT_PORT,
		       is4 ? (const void *)&k4->daddr : &k6->daddr,
		       conn->family, is4 ? k4->dport : k6->dport);
}

static u32 expires_ms(struct lb_net *ln, const struct lb_conn *conn)
{
	s32 left = lb_conn_seen(conn) + lb_state_timeout(ln, conn) - lb_now();

	return left > 0 ? lb_ticks_to_ms(left) : 0;
}

static int put_attrs(struct sk_buff *skb, struct lb_net *ln,
		     const struct lb_conn *conn)
{
	const struct lb_server *srv = conn->server;

	return nla_put_u8(skb, LB_CONN_A_PROTO, conn->proto) ?:
	       put_ends(skb, conn) ?:
	       put_snat(skb, conn) ?:
	       nla_put_string(skb, LB_CONN_A_DIRECTOR, srv->dirid->name) ?:
	       nla_put_string(skb, LB_CONN_A_SERVER, srv->name) ?:
	       nla_put_string(skb, LB_CONN_A_MODE, conn->xmit->name) ?:
	       nla_put_string(skb, LB_CONN_A_STATE,
			      lb_state_name(READ_ONCE(conn->state))) ?:
	       nla_put_u32(skb, LB_CONN_A_EXPIRES, expires_ms(ln, conn));
}

static int put_template(struct sk_buff *skb, struct lb_net *ln,
			struct lb_conn *tmpl)
{
	const struct lb_server *srv = tmpl->server;
	int users = atomic_read(&lb_conn_tail(tmpl)->users);
	union nf_inet_addr client = {};

	if (tmpl->family == AF_INET)
		client.ip = tmpl->t4[0].key.saddr;
	else
		client.in6 = tmpl->t6[0].key.saddr;
	return lb_nl_put_addr(skb, LB_CONN_A_CLIENT_ADDR, &client,
			      tmpl->family) ?:
	       nla_put_u8(skb, LB_CONN_A_CLIENT_PLEN, tmpl->plen) ?:
	       lb_nl_put_addr(skb, LB_CONN_A_SERVER_ADDR, &srv->addr,
			      srv->family) ?:
	       nla_put_be16(skb, LB_CONN_A_SERVER_PORT, srv->port) ?:
	       nla_put_string(skb, LB_CONN_A_DIRECTOR, srv->dirid->name) ?:
	       nla_put_string(skb, LB_CONN_A_SERVER, srv->name) ?:
	       nla_put_u32(skb, LB_CONN_A_EXPIRES, expires_ms(ln, tmpl)) ?:
	       nla_put_u32(skb, LB_CONN_A_COUNT, max(users - 1, 0));
}

static int put_conn(struct sk_buff *skb, struct netlink_callback *cb,
		    struct lb_conn *conn)
{
	bool is_template = lb_conn_is_template(conn);
	struct conn_dump *d = dump_of(cb);
	struct nlattr *nest;
	void *hdr;

	hdr = lb_nl_dump_put(skb, cb, is_template ? LB_CMD_PERSIST_GET :
						    LB_CMD_CONN_GET,
			     d->generation);
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, LB_A_CONN);
	if (!nest || (is_template ? put_template(skb, d->it.ln, conn) :
				    put_attrs(skb, d->it.ln, conn))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		bool templates)
{
	struct conn_dump *d = dump_of(cb);
	unsigned int n = 0;
	struct lb_conn *conn;

	lb_conn_iter_start(&d->it);
	/* The walk stands on the conn that did not fit, unless it is gone. */
	conn = d->is_full ? lb_conn_iter_peek(&d->it) : NULL;
	d->is_full = false;
	if (!conn)
		conn = lb_conn_iter_next(&d->it);
	for (; conn; conn = lb_conn_iter_next(&d->it)) {
		if (!(++n % 256)) {
			lb_conn_iter_stop(&d->it);
			cond_resched();
			lb_conn_iter_start(&d->it);
			conn = lb_conn_iter_peek(&d->it);
			if (!conn)
				continue;
		}
		if (lb_conn_is_template(conn) != templates ||
		    READ_ONCE(conn->state) == LB_STATE_DEAD ||
		    !lb_conn_matches(conn, &d->q.f))
			continue;
		if (put_conn(skb, cb, conn)) {
			d->is_full = true;
			break;
		}
	}
	lb_conn_iter_stop(&d->it);
	return skb->len;
}

int lb_nl_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, false);
}

int lb_nl_persist_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, true);
}
