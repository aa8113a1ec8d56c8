// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers of the transaction and of `service lvs`; owns the commit: build
 * everything that can fail, publish, then settle what the old generation left.
 */
#include <linux/inet.h>
#include <linux/kmod.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "../conn.h"
#include "../flow.h"
#include "../health.h"
#include "../nl.h"
#include "../local.h"
#include "../peer.h"
#include "../ramp.h"
#include "../source.h"
#include "../track.h"
#include "../wheel.h"
#include "../xmit.h"
#include "event.h"
#include "handlers.h"
#include "txn.h"

int lb_nl_txn_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	const struct nlattr *gen = info->attrs[LB_A_GENERATION];
	int err = 0;

	mutex_lock(&ln->mutex);
	if (lb_txn_find(ln, info->snd_portid)) {
		err = -EBUSY;
		NL_SET_ERR_MSG(info->extack,
			       "this socket has a transaction open already");
	} else if (gen && nla_get_u32(gen) != ln->generation) {
		err = -ESTALE;
		NL_SET_ERR_MSG_ATTR(info->extack, gen,
				    "another generation is in force");
	} else if (!lb_txn_begin(ln, info->snd_portid)) {
		err = -ENOMEM;
	}
	mutex_unlock(&ln->mutex);
	return err;
}

int lb_nl_txn_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct lb_txn *txn;
	int err = 0;

	mutex_lock(&ln->mutex);
	txn = lb_txn_find(ln, info->snd_portid);
	if (txn)
		lb_txn_drop(txn);
	else
		err = -ENOENT;
	mutex_unlock(&ln->mutex);
	return err;
}

/* Commit, step 1: what a director's lines must agree on among themselves. */
static int check_dir(const struct lb_stage_dir *sd,
		     struct netlink_ext_ack *extack)
{
	const struct lb_dirspec *spec = &sd->spec;
	const struct lb_stage_server *ss;
	u8 family = spec->family;

	if (spec->flags & LB_DIRECTOR_F_ONEPACKET && spec->xmit->has_reply &&
	    !spec->family) {
		NL_SET_ERR_MSG(extack,
			       "one-packet nat needs a director with an address, for answers to come from");
		return -EINVAL;
	}
	list_for_each_entry(ss, &sd->servers, node) {
		const struct lb_server *srv = ss->ds.srv;

		/* Without an address, that of the first server. */
		family = family ?: srv->family;
		if (srv->family != family && !spec->xmit->tunnel) {
			NL_SET_ERR_MSG(extack,
				       "a server's address family differs from its director's or that of another server");
			return -EINVAL;
		}
		if (srv->port && srv->port != spec->port &&
		    !spec->xmit->can_map_port) {
			NL_SET_ERR_MSG(extack,
				       "the mode cannot translate a server's port");
			return -EINVAL;
		}
		if (spec->flags & LB_DIRECTOR_F_ONEPACKET &&
		    spec->xmit->has_reply && srv->port && !spec->port) {
			NL_SET_ERR_MSG(extack,
				       "one-packet nat cannot undo a server's port for a director of any port");
			return -EINVAL;
		}
	}
	return 0;
}

/* Step 2: a new version of an edited director, or another hold on the old. */
static struct lb_director *build_dir(struct lb_stage_dir *sd)
{
	struct lb_stage_server *ss;
	struct lb_director *dir;

	if (!sd->is_open)
		return lb_director_get(sd->orig);
	dir = lb_director_alloc(&sd->spec, sd->dirid, sd->nr);
	if (!dir)
		return NULL;
	list_for_each_entry(ss, &sd->servers, node) {
		struct lb_dirserver *ds = &dir->servers[dir->nr];

		ds->srv = lb_server_get(ss->ds.srv);
		dir->nr++;
		if (lb_dirserver_copy(ds, &ss->ds))
			goto err_put;
	}
	if (lb_director_prepare(dir))
		goto err_put;
	return dir;

err_put:
	lb_director_put(dir);
	return NULL;
}

static int build_dirs(struct lb_txn *txn, struct lb_director **dirs, u32 *n,
		      struct netlink_ext_ack *extack)
{
	struct lb_stage_dir *sd;
	int err;

	list_for_each_entry(sd, &txn->dirs, node) {
		err = sd->is_open ? check_dir(sd, extack) : 0;
		if (err)
			return err;
		dirs[*n] = build_dir(sd);
		if (!dirs[*n])
			return -ENOMEM;
		(*n)++;
		cond_resched();
	}
	return 0;
}

/* Step 3: the snapshot.  Two directors for one VIP are told from it. */
static struct lb_config *build_config(struct lb_txn *txn,
				      struct netlink_ext_ack *extack)
{
	struct lb_config *cfg = ERR_PTR(-ENOMEM);
	struct lb_director **dirs;
	u32 n = 0, i;
	int err;

	dirs = kvcalloc(max(txn->nr, 1u), sizeof(*dirs), GFP_KERNEL_ACCOUNT);
	if (!dirs)
		return cfg;
	err = build_dirs(txn, dirs, &n, extack);
	if (err) {
		cfg = ERR_PTR(err);
	} else {
		cfg = lb_config_create(dirs, n, &txn->options);
		if (cfg == ERR_PTR(-EEXIST))
			NL_SET_ERR_MSG(extack,
				       "two directors have the same address, port and protocol");
		else if (cfg == ERR_PTR(-EADDRINUSE))
			NL_SET_ERR_MSG(extack,
				       "two one-packet directors in nat mode have a server with the same address and port");
	}
	for (i = 0; i < n; i++)
		lb_director_put(dirs[i]);
	kvfree(dirs);
	return cfg;
}

/* Step 4: the flows, which name directors of the snapshot. */
static int build_flows(struct lb_txn *txn, struct lb_config *cfg,
		       struct netlink_ext_ack *extack)
{
	struct lb_flows *flows;
	int err;

	flows = lb_stage_flows_build(&txn->flows);
	if (IS_ERR(flows))
		return PTR_ERR(flows);
	err = lb_config_set_flows(cfg, flows);
	lb_flows_put(flows);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(extack,
			       "a flow names a director that does not exist");
	else if (err == -EADDRNOTAVAIL)
		NL_SET_ERR_MSG(extack,
			       "a flow cannot feed a one-packet director in nat mode, whose answers come from its own address");
	return err;
}

/* And the nat rules, which stand for themselves. */
static int build_snat(struct lb_txn *txn, struct lb_config *cfg)
{
	struct lb_snat *snat = lb_stage_snat_build(&txn->snat);

	if (IS_ERR(snat))
		return PTR_ERR(snat);
	cfg->snat = snat;
	return 0;
}

/* The director of the same name in the other config, if it is this version. */
static bool is_shared(const struct lb_config *other,
		      const struct lb_director *dir)
{
	return lb_config_find_name(other, dir->spec.name) == dir;
}

/* What a new director version says of a server is in force from now on. */
static void settle_server(struct lb_net *ln, const struct lb_dirserver *ds,
			  u32 generation, bool *is_ramp_late)
{
	struct lb_server *srv = ds->srv;
	bool was_off = srv->listed_in && !lb_server_weight(srv);
	bool comes_up, is_well;

	srv->listed_in = generation;
	is_well = lb_health_reset(ds);
	if (srv->weight != ds->weight) {
		WRITE_ONCE(srv->weight, ds->weight);
		WRITE_ONCE(srv->has_override, false);
	}
	WRITE_ONCE(srv->maxconn, ds->maxconn ?: INT_MAX);
	WRITE_ONCE(srv->is_sorry, ds->is_sorry);
	srv->slowstart_ms = ds->slowstart_ms;
	comes_up = srv->is_newcomer || (was_off && lb_server_weight(srv));
	srv->is_newcomer = false;
	if (!ds->slowstart_ms) {
		lb_ramp_stop(srv);
	} else if (comes_up) {
		lb_ramp_start(ln, srv);
		*is_ramp_late = *is_ramp_late || was_off;
	}
	if (is_well)
		lb_nl_event_server(ln, srv);
}

/* Return: is its templates' time shorter than it was?  0 is the shortest. */
static bool settle_director(struct lb_net *ln, struct lb_director *dir,
			    u32 generation)
{
	u32 was = dir->dirid->persist_ticks;
	u32 ticks = dir->spec.persist_ms ?
		    lb_ms_to_ticks(dir->spec.persist_ms) : 0;
	bool is_ramp_late = false;
	u32 i;

	WRITE_ONCE(dir->dirid->persist_ticks, ticks);
	for (i = 0; i < dir->nr; i++)
		settle_server(ln, &dir->servers[i], generation, &is_ramp_late);
	if (lb_director_settle(dir))
		queue_work(lb_wq, &ln->reap_work);
	/* Should memory lack, the ramp's first step makes up for it. */
	if (is_ramp_late)
		lb_director_reschedule(ln, dir);
	return ticks < was;
}

/*
 * Step 6: servers that only the old generation lists are gone, those that
 * only the new one lists take their weights.  What both share is left alone.
 * Return: are there templates whose time has become shorter?
 */
static bool settle_servers(struct lb_net *ln, const struct lb_config *old,
			   const struct lb_config *new)
{
	bool has_orphans = false, is_shorter = false;
	u32 i, j;

	for (i = 0; i < new->nr; i++) {
		struct lb_director *dir = new->directors[i];

		if (!is_shared(old, dir) &&
		    settle_director(ln, dir, new->generation))
			is_shorter = true;
		cond_resched();
	}
	for (i = 0; i < old->nr; i++) {
		struct lb_director *dir = old->directors[i];

		if (is_shared(new, dir))
			continue;
		for (j = 0; j < dir->nr; j++) {
			struct lb_server *srv = dir->servers[j].srv;

			if (srv->listed_in == new->generation)
				continue;
			lb_server_retire(srv);
			has_orphans = true;
		}
		cond_resched();
	}
	if (has_orphans || is_shorter)
		queue_work(lb_wq, &ln->reap_work);
	return is_shorter;
}

/* Until all is settled, the larger one of two limits holds. */
static void install_limit(const struct lb_dirserver *ds)
{
	s32 maxconn = ds->maxconn ?: INT_MAX;

	if (ds->srv->maxconn < maxconn)
		WRITE_ONCE(ds->srv->maxconn, maxconn);
}

/* Conns that began in a mode with a port go on with the last one there was. */
static void install_encap(const struct lb_director *dir)
{
	u32 i;

	if (!dir->spec.encap_port)
		return;
	for (i = 0; i < dir->nr; i++)
		WRITE_ONCE(dir->servers[i].srv->encap_port,
			   dir->spec.encap_port);
}

static void install_scheds(const struct lb_config *old,
			   const struct lb_config *new)
{
	u32 i, j;

	for (i = 0; i < new->nr; i++) {
		struct lb_director *dir = new->directors[i];

		if (is_shared(old, dir))
			continue;
		for (j = 0; j < dir->nr; j++) {
			install_limit(&dir->servers[j]);
			lb_health_unblock(&dir->servers[j]);
		}
		install_encap(dir);
		lb_director_install(dir);
		cond_resched();
	}
}

/* A configured namespace keeps the module in. */
static void pin_module(struct lb_net *ln, bool want)
{
	if (want && !ln->pinned)
		__module_get(THIS_MODULE);
	else if (!want && ln->pinned)
		module_put(THIS_MODULE);
	ln->pinned = want;
}

/* Step 5: publish.  From here on nothing fails. */
static void publish(struct lb_net *ln, struct lb_config *new)
{
	struct lb_config *old;
	bool new_times, is_shorter;

	old = rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex));
	new->generation = ++ln->generation;
	pin_module(ln, new->nr || new->flows || new->snat);
	install_scheds(old, new);
	/* What a flow takes depends on the directors, too. */
	if (new->flows)
		lb_flows_renew(ln, new->flows);
	rcu_assign_pointer(ln->config, new);
	is_shorter = settle_servers(ln, old, new);
	lb_source_renew(new);
	lb_peer_find(ln, old, new);
	lb_track_unhook(ln, new);
	lb_local_unhook(ln, new->nr4, new->nr6);
	new_times = memcmp(&old->timeouts, &new->timeouts,
			   sizeof(old->timeouts));
	lb_config_put(old);
	if (new_times || is_shorter)
		lb_wheel_rescan(ln);
	lb_nl_event_config(ln, new->generation);
}

/* See what a config wants, beside what the one in force does. */
static int hook(struct lb_net *ln, const struct lb_config *cfg,
		struct netlink_ext_ack *extack)
{
	int err = lb_track_hook(ln, cfg, extack);

	if (err)
		return err;
	err = lb_local_hook(ln, cfg->nr4, cfg->nr6);
	if (err) {
		NL_SET_ERR_MSG(extack, "the netfilter hooks cannot be had");
		lb_track_unhook(ln, rcu_dereference_protected(ln->config,
							      true));
	}
	return err;
}

static int commit(struct lb_net *ln, struct lb_txn *txn,
		  struct netlink_ext_ack *extack)
{
	struct lb_config *cfg;
	int err;

	if (txn->base != ln->generation) {
		NL_SET_ERR_MSG(extack,
			       "another transaction was committed since this one began");
		return -ESTALE;
	}
	cfg = build_config(txn, extack);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	err = build_flows(txn, cfg, extack) ?: build_snat(txn, cfg);
	if (err) {
		lb_config_put(cfg);
		return err;
	}
	err = cfg->nr ? lb_wheel_net_make(ln) : 0;
	if (!err)
		err = hook(ln, cfg, extack);
	if (err) {
		lb_config_put(cfg);
		return err;
	}
	publish(ln, cfg);
	return 0;
}

int lb_nl_txn_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct sk_buff *reply;
	struct lb_txn *txn;
	int err = -ENOENT;
	void *hdr;

	/* Before the commit: one that happened must not report a failure. */
	reply = lb_nl_reply_new(info, LB_CMD_TXN_COMMIT, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&ln->mutex);
	txn = lb_txn_find(ln, info->snd_portid);
	if (txn) {
		err = commit(ln, txn, info->extack);
		lb_txn_drop(txn);
	} else {
		NL_SET_ERR_MSG(info->extack,
			       "no transaction is open on this socket");
	}
	if (!err)
		err = nla_put_u32(reply, LB_A_GENERATION, ln->generation);
	mutex_unlock(&ln->mutex);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	/* Should the reply not fit the socket: the commit stands, so 0. */
	lb_nl_reply_send(info, reply, hdr);
	return 0;
}

static int options_edit(struct lb_txn *txn, struct genl_info *info)
{
	struct nlattr *tb[LB_OPTIONS_A_MAX + 1];
	struct lb_options *opt = &txn->options;
	int err;

	err = lb_nl_nested(tb, LB_OPTIONS_A_MAX, info->attrs[LB_A_OPTIONS],
			   "LB_A_OPTIONS is missing", info->extack);
	if (err)
		return err;
	memset(opt, 0, sizeof(*opt));
	if (tb[LB_OPTIONS_A_TIMEOUT_TCP])
		opt->tcp_ms = nla_get_u32(tb[LB_OPTIONS_A_TIMEOUT_TCP]);
	if (tb[LB_OPTIONS_A_TIMEOUT_TCPFIN])
		opt->tcpfin_ms = nla_get_u32(tb[LB_OPTIONS_A_TIMEOUT_TCPFIN]);
	if (tb[LB_OPTIONS_A_TIMEOUT_UDP])
		opt->udp_ms = nla_get_u32(tb[LB_OPTIONS_A_TIMEOUT_UDP]);
	opt->is_pickup = tb[LB_OPTIONS_A_PICKUP];
	opt->is_conntrack = tb[LB_OPTIONS_A_CONNTRACK];
	return 0;
}

int lb_nl_options_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *options = info->attrs[LB_A_OPTIONS];

	/* Here nothing is locked that the module's start could wait for. */
	if (options && nla_find_nested(options, LB_OPTIONS_A_CONNTRACK))
		request_module("nf_conntrack");
	return lb_txn_edit(info, options_edit);
}

/* What is not configured has its default and is not told. */
static int put_ms(struct sk_buff *skb, int type, u32 ms)
{
	return ms ? nla_put_u32(skb, type, ms) : 0;
}

int lb_nl_options_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct lb_config *cfg = lb_config_get(ln);
	struct sk_buff *reply;
	struct nlattr *nest;
	int err = -ENOMEM;
	void *hdr;

	reply = lb_nl_reply_new(info, LB_CMD_OPTIONS_GET, &hdr);
	if (!reply)
		goto put_config;
	err = nla_put_u32(reply, LB_A_GENERATION, cfg->generation);
	nest = nla_nest_start(reply, LB_A_OPTIONS);
	if (nest) {
		err = err ?:
		      put_ms(reply, LB_OPTIONS_A_TIMEOUT_TCP,
			     cfg->options.tcp_ms) ?:
		      put_ms(reply, LB_OPTIONS_A_TIMEOUT_TCPFIN,
			     cfg->options.tcpfin_ms) ?:
		      put_ms(reply, LB_OPTIONS_A_TIMEOUT_UDP,
			     cfg->options.udp_ms) ?:
		      (cfg->options.is_pickup ?
		       nla_put_flag(reply, LB_OPTIONS_A_PICKUP) : 0) ?:
		      (cfg->options.is_conntrack ?
		       nla_put_flag(reply, LB_OPTIONS_A_CONNTRACK) : 0);
		nla_nest_end(reply, nest);
	}
	if (!nest || err) {
		nlmsg_free(reply);
		err = -EMSGSIZE;
	} else {
		err = lb_nl_reply_send(info, reply, hdr);
	}

put_config:
	lb_config_put(cfg);
	return err;
}
