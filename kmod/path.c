// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the hooks and the order of a packet's steps: read lb_path() first.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/xfrm.h>
#include "answer.h"
#include "bind.h"
#include "config.h"
#include "conn.h"
#include "flow.h"
#include "icmp.h"
#include "local.h"
#include "path.h"
#include "peer.h"
#include "pkt.h"
#include "related.h"
#include "state.h"
#include "track.h"
#include "xmit.h"

/* May this packet make a conn of its director, and will it be answered? */
static enum lb_verdict admit(struct lb_pkt *pkt, const struct lb_config *cfg)
{
	/*
	 * A segment in midstream: the VIP's owner, this machine or whoever it
	 * is routed to, answers with the reset that the client needs.  With
	 * pickup it may be of a conn that another balancer has made.
	 */
	if (pkt->proto == IPPROTO_TCP && !pkt->is_first_syn &&
	    (!cfg->options.is_pickup || pkt->event != LB_TCP_ACK))
		return lb_pass(pkt, LB_C_PASS_NO_CONN);
	if (unlikely(pkt->has_options))
		return lb_drop(pkt, LB_C_DROP_IP_OPTIONS);
	if (likely(!pkt->is_own) && !lb_icmp_source_is_valid(pkt))
		return lb_drop(pkt, LB_C_DROP_SOURCE);
	return LB_CONTINUE;
}

/* Decapsulated IPsec traffic, and any under a policy, as forwarding does. */
static bool policy_allows(const struct lb_pkt *pkt)
{
	return unlikely(pkt->is_own) ||
	       xfrm_policy_check(NULL, XFRM_POLICY_FWD, pkt->skb,
				 pkt->family);
}

/* A packet for no director may be an answer for which there is no conn. */
static enum lb_verdict answer(struct lb_pkt *pkt, const struct lb_config *cfg)
{
	const struct lb_answerer *at = lb_answer_find(cfg, pkt);
	enum lb_verdict v;

	if (likely(!at) || lb_local_is_no_answer(pkt, at))
		return lb_pass_rest(pkt, LB_C_PASS_NO_DIRECTOR);
	if (unlikely(pkt->has_options))
		return lb_drop(pkt, LB_C_DROP_IP_OPTIONS);
	if (likely(!pkt->is_own) && !lb_icmp_source_is_valid(pkt))
		return lb_drop(pkt, LB_C_DROP_SOURCE);
	if (unlikely(!policy_allows(pkt)))
		return lb_drop(pkt, LB_C_DROP_POLICY);
	v = lb_answer_send(pkt, at);
	return v == LB_CONTINUE ? lb_pass_rest(pkt, LB_C_PASS_NO_DIRECTOR) : v;
}

/* Which director, if any: what a flow says, or else the packet's address. */
static enum lb_verdict find_director(struct lb_pkt *pkt,
				     const struct lb_config *cfg,
				     struct lb_director **dir)
{
	struct lb_flow_hit hit;

	*dir = NULL;
	if (cfg->flows && lb_flows_decide(cfg, pkt, &hit)) {
		if (hit.policy == LB_FLOW_DENY)
			return lb_drop(pkt, LB_C_DROP_FLOW);
		*dir = hit.dir;
	}
	if (!*dir)
		*dir = lb_config_find_vip(cfg, pkt);
	return *dir ? LB_CONTINUE : answer(pkt, cfg);
}

/*
 * A packet that no director takes, but that a flow may deny, or an ICMP error
 * that may be about a conn.
 */
static enum lb_verdict judge_portless(struct lb_pkt *pkt)
{
	const struct lb_config *cfg = rcu_dereference(pkt->ln->config);
	enum lb_verdict v = LB_CONTINUE;
	struct lb_flow_hit hit;

	if (cfg->judges_portless && lb_flows_decide(cfg, pkt, &hit) &&
	    hit.policy == LB_FLOW_DENY)
		return lb_drop(pkt, LB_C_DROP_FLOW);
	if (pkt->is_icmp_error)
		v = lb_related(pkt);
	return v == LB_CONTINUE ? lb_pass_rest(pkt, pkt->pass_why) : v;
}

/* Where no flow denies, packets of conns do not pay for flows. */
static enum lb_verdict judge_conn(struct lb_pkt *pkt, struct lb_conn *conn)
{
	const struct lb_config *cfg = rcu_dereference(pkt->ln->config);

	if (likely(!cfg->flows_deny) || !lb_flows_deny_conn(cfg, pkt, conn))
		return LB_CONTINUE;
	return lb_drop(pkt, LB_C_DROP_FLOW);
}

/* A packet without a conn: director, server, conn. */
static enum lb_verdict bind_new(struct lb_pkt *pkt, struct lb_conn **conn)
{
	const struct lb_config *cfg = rcu_dereference(pkt->ln->config);
	struct lb_director *dir;
	enum lb_verdict v;

	pkt->dir = 0;
	v = find_director(pkt, cfg, &dir);
	if (v != LB_CONTINUE)
		return v;
	if (unlikely(pkt->is_own)) {
		v = lb_local_admit(pkt, dir);
		if (v != LB_CONTINUE)
			return v;
	} else if (unlikely(cfg->options.is_conntrack)) {
		if (!pkt->is_late)
			return lb_pass(pkt, LB_C_PASS_TRACKED);
		pkt->is_tracked = true;
	}
	v = admit(pkt, cfg);
	if (v != LB_CONTINUE)
		return v;
	if (unlikely(lb_peer_may_send(dir)) &&
	    lb_peer_has_sent(pkt, dir->servers[0].srv))
		return lb_pass(pkt, LB_C_PASS_PEER);
	if (likely(!(dir->spec.flags & LB_DIRECTOR_F_ONEPACKET)) ||
	    lb_local_wants_conn(pkt, dir))
		return lb_bind(pkt, cfg, dir, conn);
	if (unlikely(!policy_allows(pkt)))
		return lb_drop(pkt, LB_C_DROP_POLICY);
	pkt->is_tracked = false;
	return lb_bind_onepacket(pkt, dir);
}

/*
 * Is a conn that was found no longer to be used?  Its server is gone, or it
 * is over, or never began, and the client opens a new one.  Replies never end a
 * conn.
 */
static bool is_stale(struct lb_pkt *pkt, struct lb_conn *conn)
{
	enum lb_counter why;

	if (lb_conn_is_orphan(conn))
		why = LB_C_CONN_EVICTED;
	else if (unlikely(pkt->is_first_syn && lb_state_yields(conn)))
		why = LB_C_CONN_REUSED;
	else
		return READ_ONCE(conn->state) == LB_STATE_DEAD;

	if (pkt->dir == 0 && lb_conn_del(pkt->ln, conn))
		lb_count(pkt->ln, why);
	return true;
}

/*
 * The life of a packet; of @pkt are @skb, @ln, @family, @is_own, @keeps_ttl,
 * @is_late and @is_tracked set.  Inline in the hooks: a call would cost each
 * packet some instructions.  Return: LB_PASS, LB_DROP, LB_STOLEN or LB_FREED.
 */
static __always_inline enum lb_verdict lb_path(struct lb_pkt *pkt)
{
	struct lb_conn *conn;
	enum lb_verdict v;

	v = lb_pkt_parse(pkt);
	if (v != LB_CONTINUE)
		return v == LB_PASS_JUDGED ? judge_portless(pkt) : v;

	conn = lb_conn_find(pkt);
	if (conn && is_stale(pkt, conn))
		conn = NULL;
	if (conn && unlikely(READ_ONCE(conn->server->may_loop)) &&
	    !pkt->dir && lb_peer_has_sent(pkt, conn->server))
		return lb_pass(pkt, LB_C_PASS_PEER);
	v = conn ? judge_conn(pkt, conn) : bind_new(pkt, &conn);
	if (v != LB_CONTINUE)
		return v;

	if (unlikely(pkt->has_options))
		return lb_drop(pkt, LB_C_DROP_IP_OPTIONS);
	if (unlikely(!policy_allows(pkt)))
		return lb_drop(pkt, LB_C_DROP_POLICY);
	pkt->is_tracked = conn->is_tracked && !pkt->is_own;
	if (unlikely(pkt->is_tracked)) {
		v = lb_track_packet(pkt, conn);
		if (v != LB_CONTINUE)
			return v;
	}
	lb_state_packet(pkt, conn);
	return conn->xmit->xmit(pkt, conn->server, conn);
}

/**
 * lb_path_own() - the life of a packet of this machine
 * @pkt: @skb, @ln and @family are set; @is_own and @keeps_ttl are true,
 *	@is_late and @is_tracked false
 *
 * Context: BH off, under RCU, in the LOCAL_OUT hook.
 * Return: LB_PASS, LB_DROP or LB_STOLEN.
 */
enum lb_verdict lb_path_own(struct lb_pkt *pkt)
{
	return lb_path(pkt);
}

static __always_inline unsigned int
hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state,
     bool is_late)
{
	/* A verdict of NFQUEUE brings packets here in process context. */
	bool is_process = !in_softirq();
	enum lb_verdict v;
	struct lb_pkt pkt;

	pkt.skb = skb;
	pkt.ln = priv;
	pkt.is_dry = false;
	pkt.is_own = false;
	pkt.keeps_ttl = false;
	pkt.is_late = is_late;
	pkt.is_tracked = false;
	pkt.family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	if (unlikely(is_process))
		local_bh_disable();
	lb_count(pkt.ln, LB_C_IN);
	v = lb_path(&pkt);
	if (unlikely(is_process))
		local_bh_enable();

	switch (v) {
	case LB_STOLEN:
	case LB_FREED:
		return NF_STOLEN;
	case LB_DROP:
		return NF_DROP;
	default:
		return NF_ACCEPT;
	}
}

static unsigned int lb_hook(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	return hook(priv, skb, state, false);
}

/**
 * lb_path_hook_late() - the hook behind nf_conntrack
 * @priv: the namespace's struct lb_net
 * @skb: the packet
 * @state: of the hook
 *
 * Context: softirq or process, under RCU.
 * Return: as any netfilter hook.
 */
unsigned int lb_path_hook_late(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return hook(priv, skb, state, true);
}

static int hook4(struct lb_net *ln)
{
	int err;

	err = nf_defrag_ipv4_enable(ln->net);
	if (err)
		return err;
	err = nf_register_net_hook(ln->net, &ln->hook4);
	if (err)
		nf_defrag_ipv4_disable(ln->net);
	return err;
}

static int hook6(struct lb_net *ln)
{
	int err;

	err = nf_defrag_ipv6_enable(ln->net);
	if (err)
		return err;
	err = nf_register_net_hook(ln->net, &ln->hook6);
	if (err)
		nf_defrag_ipv6_disable(ln->net);
	return err;
}

static void unhook4(struct lb_net *ln)
{
	nf_unregister_net_hook(ln->net, &ln->hook4);
	nf_defrag_ipv4_disable(ln->net);
	ln->hooked4 = false;
}

static void unhook6(struct lb_net *ln)
{
	nf_unregister_net_hook(ln->net, &ln->hook6);
	nf_defrag_ipv6_disable(ln->net);
	ln->hooked6 = false;
}

/**
 * lb_path_init() - prepare a namespace's hooks
 * @ln: the namespace
 */
void lb_path_init(struct lb_net *ln)
{
	const struct nf_hook_ops ops = {
		.hook = lb_hook,
		.priv = ln,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = LB_HOOK_PRIORITY,
	};

	ln->hook4 = ops;
	ln->hook4.pf = NFPROTO_IPV4;
	ln->hook6 = ops;
	ln->hook6.pf = NFPROTO_IPV6;
}

/**
 * lb_path_hook() - see packets of the wanted families
 * @ln: the namespace
 * @want4: IPv4
 * @want6: IPv6
 *
 * Only ever adds; lb_path_unhook() is for what is no longer wanted, after the
 * config that did without it is in force.
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -errno, with nothing changed.
 */
int lb_path_hook(struct lb_net *ln, bool want4, bool want6)
{
	bool new4 = want4 && !ln->hooked4;
	int err;

	lockdep_assert_held(&ln->mutex);
	if (new4) {
		err = hook4(ln);
		if (err)
			return err;
		ln->hooked4 = true;
	}
	if (want6 && !ln->hooked6) {
		err = hook6(ln);
		if (err) {
			if (new4)
				unhook4(ln);
			return err;
		}
		ln->hooked6 = true;
	}
	return 0;
}

/**
 * lb_path_unhook() - no longer see packets of the unwanted families
 * @ln: the namespace
 * @want4: keep IPv4
 * @want6: keep IPv6
 *
 * Context: process, may sleep, under lb_net.mutex or with nobody else about.
 */
void lb_path_unhook(struct lb_net *ln, bool want4, bool want6)
{
	if (!want4 && ln->hooked4)
		unhook4(ln);
	if (!want6 && ln->hooked6)
		unhook6(ln);
}
