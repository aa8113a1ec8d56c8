// SPDX-License-Identifier: GPL-2.0
/* Handlers of directors. */
#include <net/sock.h>
#include "../config.h"
#include "../nl.h"
#include "../xmit.h"
#include "handlers.h"
#include "txn.h"

static int parse_vip(struct lb_dirspec *spec, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *proto = tb[LB_DIRECTOR_A_PROTO];
	int err;

	spec->proto = proto ? nla_get_u8(proto) : 0;
	if (proto && spec->proto != IPPROTO_TCP && spec->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG_ATTR(extack, proto,
				    "the protocol must be TCP or UDP");
		return -EINVAL;
	}
	if (!tb[LB_DIRECTOR_A_ADDR]) {
		if (!tb[LB_DIRECTOR_A_PORT])
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, tb[LB_DIRECTOR_A_PORT],
				    "a port without an address");
		return -EINVAL;
	}
	err = lb_nl_addr(&spec->addr, &spec->family, tb[LB_DIRECTOR_A_ADDR],
			 extack);
	if (err)
		return err;
	if (tb[LB_DIRECTOR_A_PORT])
		spec->port = nla_get_be16(tb[LB_DIRECTOR_A_PORT]);
	if (proto)
		return 0;
	NL_SET_ERR_MSG(extack, "a director with an address needs a protocol");
	return -EINVAL;
}

static int parse_mode(struct lb_dirspec *spec, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	const char *name = nla_data(tb[LB_DIRECTOR_A_MODE]);
	const struct nlattr *encap = tb[LB_DIRECTOR_A_ENCAP];
	const struct nlattr *port = tb[LB_DIRECTOR_A_ENCAP_PORT];

	spec->xmit = lb_xmit_find(name, encap ? nla_data(encap) : NULL);
	if (!spec->xmit && encap && lb_xmit_find(name, NULL)) {
		NL_SET_ERR_MSG_ATTR(extack, encap,
				    "the mode has no such encapsulation");
		return -EOPNOTSUPP;
	}
	if (!spec->xmit) {
		NL_SET_ERR_MSG_ATTR(extack, tb[LB_DIRECTOR_A_MODE],
				    "no such mode");
		return -EOPNOTSUPP;
	}
	spec->encap_port = port ? nla_get_be16(port) : 0;
	if (!spec->encap_port && spec->xmit->has_encap_port) {
		NL_SET_ERR_MSG(extack, "the encapsulation needs a port");
		return -EINVAL;
	}
	if (spec->encap_port && !spec->xmit->has_encap_port) {
		NL_SET_ERR_MSG_ATTR(extack, port,
				    "only the encapsulation gue has a port");
		return -EINVAL;
	}
	return 0;
}

static int parse_plugins(struct lb_dirspec *spec, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	int err;

	if (!tb[LB_DIRECTOR_A_MODE] || !tb[LB_DIRECTOR_A_SCHED]) {
		NL_SET_ERR_MSG(extack,
			       "a director needs a mode and a scheduler");
		return -EINVAL;
	}
	err = parse_mode(spec, tb, extack);
	if (err)
		return err;
	spec->sched = lb_sched_find(nla_data(tb[LB_DIRECTOR_A_SCHED]));
	if (!spec->sched) {
		NL_SET_ERR_MSG_ATTR(extack, tb[LB_DIRECTOR_A_SCHED],
				    "no such scheduler");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int parse_flags(struct lb_dirspec *spec, const struct nlattr *flags,
		       struct netlink_ext_ack *extack)
{
	spec->flags = lb_nl_u32(flags);
	if (spec->flags & LB_DIRECTOR_F_ONEPACKET &&
	    spec->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG_ATTR(extack, flags,
				    "one-packet scheduling is for UDP");
		return -EINVAL;
	}
	if (spec->flags & LB_DIRECTOR_F_HASH_PORT && !spec->sched->takes_port) {
		NL_SET_ERR_MSG_ATTR(extack, flags,
				    "the scheduler does not hash ports");
		return -EINVAL;
	}
	return 0;
}

#define LB_PERSIST_MS	360000

static int parse_persist(struct lb_dirspec *spec, struct nlattr *nest,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LB_PERSIST_A_MAX + 1];
	int err;

	if (!nest)
		return 0;
	err = lb_nl_nested(tb, LB_PERSIST_A_MAX, nest, NULL, extack);
	if (err)
		return err;
	spec->persist_ms = lb_nl_u32(tb[LB_PERSIST_A_TIMEOUT]) ?: LB_PERSIST_MS;
	spec->plen4 = tb[LB_PERSIST_A_PLEN4] ?
		      nla_get_u8(tb[LB_PERSIST_A_PLEN4]) : 32;
	spec->plen6 = tb[LB_PERSIST_A_PLEN6] ?
		      nla_get_u8(tb[LB_PERSIST_A_PLEN6]) : 128;
	return 0;
}

static int director_name(char *name, struct nlattr **tb,
			 struct genl_info *info)
{
	int err;

	err = lb_nl_nested(tb, LB_DIRECTOR_A_MAX, info->attrs[LB_A_DIRECTOR],
			   "LB_A_DIRECTOR is missing", info->extack);
	return err ?: lb_nl_name(name, tb[LB_DIRECTOR_A_NAME],
				 "the director's name is missing or malformed",
				 info->extack);
}

static int director_set(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_DIRECTOR_A_MAX + 1];
	struct lb_dirspec spec = {};
	int err;

	err = director_name(spec.name, tb, info) ?:
	      parse_vip(&spec, tb, info->extack) ?:
	      parse_plugins(&spec, tb, info->extack) ?:
	      parse_flags(&spec, tb[LB_DIRECTOR_A_FLAGS], info->extack) ?:
	      parse_persist(&spec, tb[LB_DIRECTOR_A_PERSIST], info->extack) ?:
	      lb_nl_check(&spec.check, tb[LB_DIRECTOR_A_CHECK],
			  info->extack) ?:
	      lb_nl_blob(&spec.method, tb[LB_DIRECTOR_A_METHOD],
			 info->extack);
	spec.connlimit = err ? 0 : lb_nl_u32(tb[LB_DIRECTOR_A_CONNLIMIT]);
	if (!err && tb[LB_DIRECTOR_A_VIP_IFACE])
		nla_strscpy(spec.vip_iface, tb[LB_DIRECTOR_A_VIP_IFACE],
			    sizeof(spec.vip_iface));
	err = err ?: lb_txn_set_dir(txn, &spec);
	lb_dirspec_free(&spec);
	return err;
}

int lb_nl_director_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, director_set);
}

static int director_del(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_DIRECTOR_A_MAX + 1];
	char name[LB_NAME_MAX + 1];
	struct lb_stage_dir *sd;
	int err;

	err = director_name(name, tb, info);
	if (err)
		return err;
	sd = lb_txn_find_dir(txn, name);
	if (!sd) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LB_DIRECTOR_A_NAME],
				    "no such director");
		return -ENOENT;
	}
	lb_txn_del_dir(txn, sd);
	return 0;
}

int lb_nl_director_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lb_txn_edit(info, director_del);
}

/**
 * struct director_dump - where a dump of directors is
 */
struct director_dump {
	/** @cfg: the generation it shows; a reference */
	struct lb_config *cfg;
	/** @i: the next director */
	u32 i;
};

static struct director_dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct director_dump) > sizeof(cb->ctx));
	return (struct director_dump *)cb->ctx;
}

int lb_nl_director_get_start(struct netlink_callback *cb)
{
	struct director_dump *d = dump_of(cb);

	d->cfg = lb_config_get(lb_net(sock_net(cb->skb->sk)));
	d->i = 0;
	return 0;
}

int lb_nl_director_get_done(struct netlink_callback *cb)
{
	lb_config_put(dump_of(cb)->cfg);
	return 0;
}

/* What has its default is left out, as in what was set. */
static int put_persist(struct sk_buff *skb, const struct lb_dirspec *s)
{
	struct nlattr *nest;

	if (!s->persist_ms)
		return 0;
	nest = nla_nest_start(skb, LB_DIRECTOR_A_PERSIST);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, LB_PERSIST_A_TIMEOUT, s->persist_ms) ||
	    (s->plen4 != 32 &&
	     nla_put_u8(skb, LB_PERSIST_A_PLEN4, s->plen4)) ||
	    (s->plen6 != 128 &&
	     nla_put_u8(skb, LB_PERSIST_A_PLEN6, s->plen6)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static bool is_sorry(const struct lb_director *dir)
{
	const struct lb_sched *sched;
	bool yes;

	rcu_read_lock();
	sched = rcu_dereference(dir->sched);
	yes = sched && sched->is_sorry;
	rcu_read_unlock();
	return yes;
}

static int put_encap(struct sk_buff *skb, const struct lb_dirspec *s)
{
	if (!s->xmit->encap)
		return 0;
	return nla_put_string(skb, LB_DIRECTOR_A_ENCAP, s->xmit->encap) ?:
	       (s->encap_port ? nla_put_be16(skb, LB_DIRECTOR_A_ENCAP_PORT,
					     s->encap_port) : 0);
}

static int put_spec(struct sk_buff *skb, const struct lb_dirspec *s)
{
	return nla_put_string(skb, LB_DIRECTOR_A_NAME, s->name) ?:
	       (s->family ? lb_nl_put_addr(skb, LB_DIRECTOR_A_ADDR, &s->addr,
					   s->family) : 0) ?:
	       (s->port ? nla_put_be16(skb, LB_DIRECTOR_A_PORT, s->port) : 0) ?:
	       (s->proto ? nla_put_u8(skb, LB_DIRECTOR_A_PROTO, s->proto) :
			   0) ?:
	       nla_put_string(skb, LB_DIRECTOR_A_MODE, s->xmit->name) ?:
	       put_encap(skb, s) ?:
	       nla_put_string(skb, LB_DIRECTOR_A_SCHED, s->sched->name) ?:
	       lb_nl_put_u32(skb, LB_DIRECTOR_A_FLAGS, s->flags) ?:
	       lb_nl_put_blob(skb, LB_DIRECTOR_A_CHECK, &s->check) ?:
	       lb_nl_put_blob(skb, LB_DIRECTOR_A_METHOD, &s->method) ?:
	       put_persist(skb, s) ?:
	       lb_nl_put_u32(skb, LB_DIRECTOR_A_CONNLIMIT, s->connlimit) ?:
	       (s->vip_iface[0] ? nla_put_string(skb, LB_DIRECTOR_A_VIP_IFACE,
						 s->vip_iface) : 0);
}

static int put_runtime(struct sk_buff *skb, const struct lb_director *dir)
{
	u64 refused = lb_dirid_refused(dir->dirid);
	struct lb_totals t = dir->dirid->retired;
	u32 active = 0, inactive = 0;
	u32 i;

	for (i = 0; i < dir->nr; i++) {
		const struct lb_server *srv = dir->servers[i].srv;

		active += lb_conns(&srv->active);
		inactive += lb_conns(&srv->inactive);
		lb_server_totals(srv, &t);
	}
	return nla_put_u32(skb, LB_DIRECTOR_A_SERVERS, dir->nr) ?:
	       nla_put_u32(skb, LB_DIRECTOR_A_ACTIVE, active) ?:
	       nla_put_u32(skb, LB_DIRECTOR_A_INACTIVE, inactive) ?:
	       (is_sorry(dir) ? nla_put_flag(skb, LB_DIRECTOR_A_SORRY) : 0) ?:
	       lb_nl_put_totals(skb, LB_DIRECTOR_A_STATS,
				&t, &refused);
}

static int put_director(struct sk_buff *skb, struct netlink_callback *cb,
			const struct lb_config *cfg,
			const struct lb_director *dir)
{
	struct nlattr *nest;
	void *hdr;

	hdr = lb_nl_dump_put(skb, cb, LB_CMD_DIRECTOR_GET, cfg->generation);
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, LB_A_DIRECTOR);
	if (!nest || put_spec(skb, &dir->spec) || put_runtime(skb, dir)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

int lb_nl_director_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct director_dump *d = dump_of(cb);

	while (d->i < d->cfg->nr &&
	       !put_director(skb, cb, d->cfg, d->cfg->directors[d->i]))
		d->i++;
	return skb->len ?: (d->i < d->cfg->nr ? -EMSGSIZE : 0);
}
