// SPDX-License-Identifier: GPL-2.0
/*
 * Owns `service lvs / conntrack`: which of two hooks sees packets, and what
 * nf_conntrack is told of balanced ones.
 *
 * With the option the hook sits behind nf_conntrack and the system's
 * destination NAT, which has by then given replies the client's address back,
 * and packets leave through POST_ROUTING.  A conn that begins so is tracked
 * for life, one that began without is not: the hook behind nf_conntrack takes
 * nf_conntrack's entry off the packets of those.  So it serves conns of both
 * kinds, and when the option is turned off, it stays until no tracked conn is
 * left.  Of the two hooks one is registered, but for the moment of a change.
 *
 * nf_conntrack's functions are looked up when the option is turned on, so that
 * this module works, and loads, without that one.
 */
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include "config.h"
#include "conn.h"
#include "path.h"
#include "server.h"
#include "track.h"
#include "xmit.h"

/* Right behind the system's destination NAT. */
#define LB_LATE_PRIORITY	(NF_IP_PRI_NAT_DST + 1)

/* How often to look whether the last tracked conn has ended. */
#define LB_LATE_PERIOD		HZ

/*
 * nf_conntrack's functions: as long as some namespace is a user, their module
 * stays.  The mutex protects @users; packets call what a hook's namespace has
 * got.
 */
static DEFINE_MUTEX(api_mutex);
static struct {
	unsigned int users;
	typeof(&nf_ct_netns_get) netns_get;
	typeof(&nf_ct_netns_put) netns_put;
	typeof(&nf_conntrack_in) track;
	typeof(&nf_ct_delete) forget;
} api;

/* What was not found need not be put. */
static void api_drop(void)
{
	if (api.netns_get)
		symbol_put(nf_ct_netns_get);
	if (api.netns_put)
		symbol_put(nf_ct_netns_put);
	if (api.track)
		symbol_put(nf_conntrack_in);
	if (api.forget)
		symbol_put(nf_ct_delete);
}

static int api_find(void)
{
	api.netns_get = symbol_get(nf_ct_netns_get);
	api.netns_put = symbol_get(nf_ct_netns_put);
	api.track = symbol_get(nf_conntrack_in);
	api.forget = symbol_get(nf_ct_delete);
	if (api.netns_get && api.netns_put && api.track && api.forget)
		return 0;
	api_drop();
	return -EOPNOTSUPP;
}

static int api_get(void)
{
	int err = 0;

	mutex_lock(&api_mutex);
	if (!api.users)
		err = api_find();
	if (!err)
		api.users++;
	mutex_unlock(&api_mutex);
	return err;
}

static void api_put(void)
{
	mutex_lock(&api_mutex);
	if (!--api.users)
		api_drop();
	mutex_unlock(&api_mutex);
}

/*
 * One family's late hook.  Holding nf_conntrack's own hooks makes it track
 * without any rule that asks for it.
 */
static int late_hook(struct lb_net *ln, const struct nf_hook_ops *ops,
		     bool *is_late)
{
	int err = api_get();

	if (err)
		return err;
	err = api.netns_get(ln->net, ops->pf);
	if (err)
		goto err_api;
	err = nf_register_net_hook(ln->net, ops);
	if (err)
		goto err_netns;
	*is_late = true;
	return 0;

err_netns:
	api.netns_put(ln->net, ops->pf);
err_api:
	api_put();
	return err;
}

static void late_unhook(struct lb_net *ln, const struct nf_hook_ops *ops,
			bool *is_late)
{
	if (!*is_late)
		return;
	nf_unregister_net_hook(ln->net, ops);
	api.netns_put(ln->net, ops->pf);
	api_put();
	*is_late = false;
}

/*
 * Turned on: the late hooks that are wanted.  Once they are published, no
 * packet may be on its way past a list of hooks without them: the early hook
 * leaves new conns to them as soon as the config says so.
 */
static int late_begin(struct lb_net *ln, const struct lb_config *cfg)
{
	bool new4 = cfg->nr4 && !ln->is_late4;
	bool new6 = cfg->nr6 && !ln->is_late6;
	int err = 0;

	if (new4)
		err = late_hook(ln, &ln->late4, &ln->is_late4);
	if (!err && new6) {
		err = late_hook(ln, &ln->late6, &ln->is_late6);
		if (err && new4)
			late_unhook(ln, &ln->late4, &ln->is_late4);
	}
	if (!err && (new4 || new6))
		synchronize_net();
	return err;
}

/**
 * lb_track_hook() - see the packets of a config that is to be published
 * @ln: the namespace
 * @cfg: the config
 * @extack: gets the reason of a failure
 *
 * Only ever adds; lb_track_unhook() is for what is no longer wanted, after
 * the config is in force.
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -errno, with nothing changed.
 */
int lb_track_hook(struct lb_net *ln, const struct lb_config *cfg,
		  struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&ln->mutex);
	if (cfg->options.is_conntrack) {
		err = late_begin(ln, cfg);
		if (err == -EOPNOTSUPP)
			NL_SET_ERR_MSG(extack,
				       "conntrack: the module nf_conntrack cannot be loaded");
		else if (err)
			NL_SET_ERR_MSG(extack,
				       "conntrack: the netfilter hooks cannot be had");
		return err;
	}
	err = lb_path_hook(ln, cfg->nr4 && !ln->is_late4,
			   cfg->nr6 && !ln->is_late6);
	if (err)
		NL_SET_ERR_MSG(extack, "the netfilter hooks cannot be had");
	return err;
}

/**
 * lb_track_unhook() - no longer see what a config does not want
 * @ln: the namespace
 * @cfg: the config, published
 *
 * Context: process, may sleep, under lb_net.mutex.
 */
void lb_track_unhook(struct lb_net *ln, const struct lb_config *cfg)
{
	lockdep_assert_held(&ln->mutex);
	if (!cfg->nr4)
		late_unhook(ln, &ln->late4, &ln->is_late4);
	if (!cfg->nr6)
		late_unhook(ln, &ln->late6, &ln->is_late6);
	lb_path_unhook(ln, cfg->nr4 && !ln->is_late4,
		       cfg->nr6 && !ln->is_late6);
	if (!cfg->options.is_conntrack && (ln->is_late4 || ln->is_late6))
		queue_delayed_work(lb_wq, &ln->late_work, LB_LATE_PERIOD);
}

static bool has_tracked_conns(struct lb_net *ln)
{
	struct lb_conn_iter it;
	bool has = false;
	struct lb_conn *conn;
	unsigned int n = 0;

	lb_conn_iter_init(&it, ln);
	lb_conn_iter_start(&it);
	while (!has && (conn = lb_conn_iter_next(&it))) {
		has = conn->is_tracked;
		if (++n % 1024)
			continue;
		lb_conn_iter_stop(&it);
		cond_resched();
		lb_conn_iter_start(&it);
	}
	lb_conn_iter_stop(&it);
	lb_conn_iter_exit(&it);
	return has;
}

/* Back to the early hooks.  Return: false if it has to be tried again. */
static bool late_end(struct lb_net *ln)
{
	if (lb_path_hook(ln, ln->is_late4, ln->is_late6))
		return false;
	synchronize_net();
	late_unhook(ln, &ln->late4, &ln->is_late4);
	late_unhook(ln, &ln->late6, &ln->is_late6);
	return true;
}

/*
 * Turned off.  Once the packets that still saw the option are through, tracked
 * conns only become fewer, unless a commit turns it on again: the one that then
 * turns it off again queues this anew.
 */
static void late_work(struct work_struct *work)
{
	struct lb_net *ln = container_of(to_delayed_work(work), struct lb_net,
					 late_work);
	const struct lb_config *cfg;
	u32 generation;
	bool is_over;

	mutex_lock(&ln->mutex);
	cfg = rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex));
	is_over = cfg->options.is_conntrack;
	generation = ln->generation;
	mutex_unlock(&ln->mutex);
	if (is_over)
		return;
	synchronize_net();
	if (!has_tracked_conns(ln)) {
		mutex_lock(&ln->mutex);
		if (generation == ln->generation)
			is_over = late_end(ln);
		mutex_unlock(&ln->mutex);
	}
	if (!is_over)
		queue_delayed_work(lb_wq, &ln->late_work, LB_LATE_PERIOD);
}

/**
 * lb_track_net_init() - prepare a namespace's late hooks
 * @ln: the namespace
 */
void lb_track_net_init(struct lb_net *ln)
{
	const struct nf_hook_ops ops = {
		.hook = lb_path_hook_late,
		.priv = ln,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = LB_LATE_PRIORITY,
	};

	BUILD_BUG_ON((int)NF_IP_PRI_NAT_DST != (int)NF_IP6_PRI_NAT_DST);
	ln->late4 = ops;
	ln->late4.pf = NFPROTO_IPV4;
	ln->late6 = ops;
	ln->late6.pf = NFPROTO_IPV6;
	INIT_DELAYED_WORK(&ln->late_work, late_work);
}

/**
 * lb_track_net_exit() - take a namespace's late hooks away
 * @ln: the namespace
 *
 * Context: process, may sleep; no commit comes any more.
 */
void lb_track_net_exit(struct lb_net *ln)
{
	cancel_delayed_work_sync(&ln->late_work);
	late_unhook(ln, &ln->late4, &ln->is_late4);
	late_unhook(ln, &ln->late6, &ln->is_late6);
}

/* Packets. */

/* Whom nf_conntrack takes replies of this conn to come from, and to go to. */
static void reply_of_conn(struct nf_conntrack_tuple *t,
			  const struct lb_conn *conn)
{
	if (conn->family == AF_INET) {
		const struct lb_key4 *k = &conn->t4[1].key;

		t->src.u3.ip = k->saddr;
		t->dst.u3.ip = k->daddr;
		t->src.u.all = k->sport;
		t->dst.u.all = k->dport;
	} else {
		const struct lb_key6 *k = &conn->t6[1].key;

		t->src.u3.in6 = k->saddr;
		t->dst.u3.in6 = k->daddr;
		t->src.u.all = k->sport;
		t->dst.u.all = k->dport;
	}
}

/*
 * An entry that outlived an earlier conn of the same client port expects
 * replies of that conn's server.
 */
static bool is_of_server(const struct nf_conn *ct, const struct lb_conn *conn)
{
	const struct nf_conntrack_tuple *reply;
	struct nf_conntrack_tuple want;

	if (!conn->xmit->has_reply)
		return true;
	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	want = *reply;
	reply_of_conn(&want, conn);
	return nf_inet_addr_cmp(&want.src.u3, &reply->src.u3) &&
	       want.src.u.all == reply->src.u.all;
}

/*
 * Nobody will see the server's answers: without its half of a handshake, each
 * segment after the SYN would be invalid to nf_conntrack.
 */
static void expect_no_answer(struct nf_conn *ct, const struct lb_pkt *pkt)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;

	if (pkt->proto != IPPROTO_TCP)
		return;
	if (tcp->state == TCP_CONNTRACK_SYN_SENT)
		tcp->state = TCP_CONNTRACK_SYN_RECV;
	tcp->seen[0].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
	tcp->seen[1].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
}

/*
 * An entry that is not confirmed is this packet's alone.  A conn whose entry
 * was lost and whose server speaks first is not given one: it would be the
 * wrong way round, and the system's rules would translate it as if the server
 * had opened it.
 */
static void enter(struct lb_pkt *pkt, const struct lb_conn *conn,
		  struct nf_conn *ct)
{
	if (pkt->dir) {
		nf_reset_ct(pkt->skb);
		nf_ct_set(pkt->skb, NULL, IP_CT_UNTRACKED);
	} else if (conn->xmit->has_reply) {
		reply_of_conn(&ct->tuplehash[IP_CT_DIR_REPLY].tuple, conn);
	} else {
		expect_no_answer(ct, pkt);
	}
}

/* Another entry in place of one that is wrong for this conn. */
static struct nf_conn *replace(struct lb_pkt *pkt, struct nf_conn *ct,
			       enum ip_conntrack_info *ctinfo)
{
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = pkt->family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.in = pkt->skb->dev,
		.net = pkt->ln->net,
	};

	api.forget(ct, 0, 0);
	nf_reset_ct(pkt->skb);
	if (api.track(pkt->skb, &state) != NF_ACCEPT)
		return NULL;
	return nf_ct_get(pkt->skb, ctinfo);
}

/* Its sockets get packets untracked, so each is a new one to nf_conntrack. */
static bool is_served_here(const struct lb_pkt *pkt,
			   const struct lb_conn *conn)
{
	const struct lb_route *route = lb_server_route(conn->server, pkt);

	return route && route->is_local;
}

/**
 * lb_track_packet() - tell nf_conntrack what becomes of a tracked conn's packet
 * @pkt: the packet, as it came; it goes on to lb_xmit_ops.xmit
 * @conn: its conn, which is tracked
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE, LB_DROP, or LB_PASS: the late hook will see it.
 */
enum lb_verdict lb_track_packet(struct lb_pkt *pkt, const struct lb_conn *conn)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	if (unlikely(!pkt->is_late))
		return lb_pass(pkt, LB_C_PASS_TRACKED);
	ct = nf_ct_get(pkt->skb, &ctinfo);
	if (unlikely(ct && ctinfo < IP_CT_IS_REPLY && !pkt->dir &&
		     nf_ct_is_confirmed(ct) && !is_of_server(ct, conn))) {
		ct = replace(pkt, ct, &ctinfo);
		/* Another CPU's packet, with the old conn, was faster. */
		if (ct && nf_ct_is_confirmed(ct) && !is_of_server(ct, conn))
			return lb_drop(pkt, LB_C_DROP_UNTRACKED);
	}
	if (likely(ct)) {
		if (!nf_ct_is_confirmed(ct))
			enter(pkt, conn, ct);
		return LB_CONTINUE;
	}
	/*
	 * Not translated like the conn's others, an invalid packet would show
	 * the server a stranger.  What a rule of the operator excepts, goes.
	 */
	if (!pkt->dir && conn->xmit->has_reply && ctinfo != IP_CT_UNTRACKED &&
	    !is_served_here(pkt, conn))
		return lb_drop(pkt, LB_C_DROP_UNTRACKED);
	return LB_CONTINUE;
}
