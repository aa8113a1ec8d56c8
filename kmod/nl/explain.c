// SPDX-License-Identifier: GPL-2.0
/*
 * Handler of `lbctl explain`: what would become of a packet, and why.  It asks
 * what the packet path asks, in the same order, and changes nothing.
 */
#include <linux/netdevice.h>
#include <net/ipv6.h>
#include "../answer.h"
#include "../config.h"
#include "../conn.h"
#include "../flow.h"
#include "../limit.h"
#include "../local.h"
#include "../nl.h"
#include "../persist.h"
#include "../pkt.h"
#include "../sched.h"
#include "../server.h"
#include "../snat.h"
#include "../state.h"
#include "../xmit.h"
#include "handlers.h"

/**
 * struct explanation - what is found, for the reply
 */
struct explanation {
	/** @pkt: the packet in question */
	struct lb_pkt pkt;
	/** @iface: where it comes in, or "" */
	char iface[IFNAMSIZ];
	/** @mark: its firewall mark */
	u32 mark;
	/** @hit: the flow that decides, if @has_hit */
	struct lb_flow_hit hit;
	/** @has_hit: there is one */
	bool has_hit;
	/** @dir: its director, or NULL; borrowed under RCU */
	const struct lb_director *dir;
	/** @dirid: the director's name, or NULL; borrowed under RCU */
	const struct lb_dirid *dirid;
	/** @srv: its server, or NULL; borrowed under RCU */
	const struct lb_server *srv;
	/** @nat: the nat rule that translates its source, or NULL */
	const struct lb_snat_rule *nat;
	/** @decided_by: conn, template, scheduler, sorry, nobody */
	const char *decided_by;
	/** @reason: one line */
	const char *reason;
	/** @counter: where it ends without a server; LB_C_NR: it does not */
	enum lb_counter counter;
};

static void decide(struct explanation *x, const char *by, const char *reason)
{
	x->decided_by = by;
	x->reason = reason;
}

static void end(struct explanation *x, enum lb_counter counter,
		const char *reason)
{
	decide(x, "nobody", reason);
	x->counter = counter;
}

static int parse_ends(struct explanation *x, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	union nf_inet_addr from, to;
	struct lb_pkt *pkt = &x->pkt;
	u8 family;
	int err;

	err = lb_nl_addr(&from, &pkt->family, tb[LB_EXPLAIN_A_CLIENT_ADDR],
			 extack) ?:
	      lb_nl_addr(&to, &family, tb[LB_EXPLAIN_A_VIP_ADDR], extack);
	if (err)
		return err;
	if (family != pkt->family || !tb[LB_EXPLAIN_A_CLIENT_PORT] ||
	    !tb[LB_EXPLAIN_A_VIP_PORT]) {
		NL_SET_ERR_MSG(extack,
			       "two addresses of one family and two ports are needed");
		return -EINVAL;
	}
	if (family == AF_INET) {
		pkt->k4.saddr = from.ip;
		pkt->k4.daddr = to.ip;
		pkt->k4.sport = nla_get_be16(tb[LB_EXPLAIN_A_CLIENT_PORT]);
		pkt->k4.dport = nla_get_be16(tb[LB_EXPLAIN_A_VIP_PORT]);
		pkt->k4.proto = pkt->proto;
	} else {
		pkt->k6.saddr = from.in6;
		pkt->k6.daddr = to.in6;
		pkt->k6.sport = nla_get_be16(tb[LB_EXPLAIN_A_CLIENT_PORT]);
		pkt->k6.dport = nla_get_be16(tb[LB_EXPLAIN_A_VIP_PORT]);
		pkt->k6.proto = pkt->proto;
	}
	return 0;
}

static int parse(struct explanation *x, struct genl_info *info)
{
	struct nlattr *tb[LB_EXPLAIN_A_MAX + 1];
	struct lb_pkt *pkt = &x->pkt;
	int err;

	err = lb_nl_nested(tb, LB_EXPLAIN_A_MAX, info->attrs[LB_A_EXPLAIN],
			   "LB_A_EXPLAIN is missing", info->extack);
	if (err)
		return err;
	pkt->ln = lb_net(genl_info_net(info));
	pkt->is_dry = true;
	pkt->proto = tb[LB_EXPLAIN_A_PROTO] ?
		     nla_get_u8(tb[LB_EXPLAIN_A_PROTO]) : 0;
	if (pkt->proto != IPPROTO_TCP && pkt->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG(info->extack, "the protocol must be TCP or UDP");
		return -EINVAL;
	}
	pkt->is_first_syn = pkt->proto == IPPROTO_TCP;
	pkt->event = pkt->is_first_syn ? LB_TCP_SYN : LB_TCP_NONE;
	if (tb[LB_EXPLAIN_A_IFACE])
		nla_strscpy(x->iface, tb[LB_EXPLAIN_A_IFACE],
			    sizeof(x->iface));
	pkt->is_own = !strcmp(x->iface, LB_FLOW_OWN_IFACE);
	x->mark = lb_nl_u32(tb[LB_EXPLAIN_A_FWMARK]);
	return parse_ends(x, tb, info->extack);
}

/* Return: is the packet denied? */
static bool explain_flow(struct explanation *x, const struct lb_config *cfg)
{
	x->has_hit = cfg->flows && lb_flows_find(cfg, &x->pkt, x->iface,
						 x->mark, &x->hit);
	if (!x->has_hit || x->hit.policy != LB_FLOW_DENY)
		return false;
	end(x, LB_C_DROP_FLOW, "a flow denies it");
	return true;
}

/* Return: has the packet a conn already? */
static bool explain_conn(struct explanation *x)
{
	const struct lb_conn *conn = lb_conn_find(&x->pkt);

	if (!conn || lb_conn_is_orphan(conn) ||
	    (x->pkt.is_first_syn && lb_state_yields(conn)))
		return false;
	x->srv = conn->server;
	x->dirid = conn->server->dirid;
	decide(x, "conn", x->pkt.dir ?
	       "it is a reply of a connection there is" :
	       "there is a connection already");
	return true;
}

/* Return: does a template decide? */
static bool explain_template(struct explanation *x,
			     const struct lb_sched *sched)
{
	const struct lb_conn *tmpl;

	if (!x->dir->spec.persist_ms)
		return false;
	tmpl = lb_persist_peek(&x->pkt, x->dir);
	if (!tmpl || !lb_persist_is_valid(tmpl, sched) ||
	    lb_conns(&tmpl->server->active) >=
	    READ_ONCE(tmpl->server->maxconn))
		return false;
	x->srv = tmpl->server;
	decide(x, "template", "its client was there last");
	return true;
}

static void explain_schedule(struct explanation *x, struct lb_sched *sched)
{
	x->srv = lb_sched_pick(sched, &x->pkt);
	if (!x->srv) {
		end(x, sched->ops->full ?: LB_C_DROP_MAXCONN,
		    "all servers are full");
		return;
	}
	if (sched->is_sorry)
		decide(x, "sorry", "no other server is usable");
	else if (x->srv->is_sorry)
		decide(x, "sorry", "all other servers are full");
	else if (sched->ops == &lb_sched_twos)
		decide(x, "scheduler", "a choice by chance, one of many");
	else
		decide(x, "scheduler", "the scheduler's next choice");
}

static void explain_answer(struct explanation *x, const struct lb_config *cfg)
{
	const struct lb_answerer *at = lb_answer_find(cfg, &x->pkt);

	if (!at) {
		end(x, x->pkt.is_own ? LB_C_PASS_OWN : LB_C_PASS_NO_DIRECTOR,
		    "no director has this address, protocol and port");
		return;
	}
	x->dirid = at->dir->dirid;
	x->srv = at->srv;
	x->pkt.dir = 1;
	decide(x, "conn", "it is an answer of a one-packet director's server");
}

static void explain(struct explanation *x, const struct lb_config *cfg)
{
	struct lb_sched *sched;

	x->counter = LB_C_NR;
	if (explain_flow(x, cfg) || explain_conn(x))
		return;
	x->dir = x->has_hit ? x->hit.dir : NULL;
	if (!x->dir)
		x->dir = lb_config_find_vip(cfg, &x->pkt);
	if (!x->dir) {
		explain_answer(x, cfg);
		return;
	}
	x->dirid = x->dir->dirid;
	if (x->pkt.is_own && lb_local_stays(&x->pkt, x->dir)) {
		end(x, LB_C_PASS_OWN_SOURCE,
		    "no server could answer its source address");
		return;
	}
	sched = rcu_dereference(x->dir->sched);
	if (!sched)
		end(x, LB_C_DROP_NO_SERVER, "no server is usable");
	else if (!lb_director_takes(x->dir, x->pkt.family))
		end(x, LB_C_DROP_NO_SERVER,
		    "the servers are of the other address family");
	else if (x->dir->spec.connlimit &&
		 lb_limit_is_reached(&x->pkt, x->dir))
		end(x, LB_C_DROP_CLIENT_LIMIT,
		    "its client has as many connections as it may");
	else if (!explain_template(x, sched))
		explain_schedule(x, sched);
}

/* Through which interface a server is reached; "" if it is not. */
static void out_iface(char *name, const struct lb_pkt *pkt,
		      const struct lb_server *srv)
{
	const struct lb_route *route = rcu_dereference(srv->route);
	struct dst_entry *dst;

	if (route) {
		strscpy(name, route->dst->dev->name, IFNAMSIZ);
		return;
	}
	dst = lb_route_lookup(pkt->ln->net, pkt, &srv->addr, NULL,
			      srv->family);
	if (!dst)
		return;
	strscpy(name, dst->dev->name, IFNAMSIZ);
	dst_release(dst);
}

/* A new conn in mode nat may have its source translated. */
static void explain_nat(struct explanation *x, const struct lb_config *cfg)
{
	char out[IFNAMSIZ] = "";

	if (!cfg->snat || !x->srv || !x->dir || !x->dir->spec.xmit->has_reply ||
	    x->dir->spec.flags & LB_DIRECTOR_F_ONEPACKET)
		return;
	if (cfg->snat->asks_out)
		out_iface(out, &x->pkt, x->srv);
	x->nat = lb_snat_find(cfg->snat, &x->pkt, x->iface, out);
}

static int put_flow(struct sk_buff *skb, const struct explanation *x,
		    const struct lb_config *cfg)
{
	if (!x->has_hit)
		return 0;
	return nla_put_string(skb, LB_EXPLAIN_A_FLOW,
			      cfg->flows->flows[x->hit.flow].spec.name) ?:
	       nla_put_u32(skb, LB_EXPLAIN_A_RULE, x->hit.rule) ?:
	       nla_put_string(skb, LB_EXPLAIN_A_POLICY,
			      lb_flow_policy_name(x->hit.policy));
}

static int put_server(struct sk_buff *skb, const struct explanation *x)
{
	const struct lb_server *srv = x->srv;
	__be16 port;

	if (!srv)
		return 0;
	port = srv->port ?: x->pkt.dir ? lb_pkt_sport(&x->pkt) :
					 lb_pkt_dport(&x->pkt);
	return nla_put_string(skb, LB_EXPLAIN_A_SERVER, srv->name) ?:
	       lb_nl_put_addr(skb, LB_EXPLAIN_A_SERVER_ADDR, &srv->addr,
			      srv->family) ?:
	       nla_put_be16(skb, LB_EXPLAIN_A_SERVER_PORT, port);
}

static int put_explanation(struct sk_buff *skb, const struct explanation *x,
			   const struct lb_config *cfg)
{
	struct nlattr *nest = nla_nest_start(skb, LB_A_EXPLAIN);

	if (!nest || put_flow(skb, x, cfg) ||
	    (x->dirid && nla_put_string(skb, LB_EXPLAIN_A_DIRECTOR,
					x->dirid->name)) ||
	    put_server(skb, x) ||
	    (x->nat && nla_put_string(skb, LB_EXPLAIN_A_NAT, x->nat->name)) ||
	    nla_put_string(skb, LB_EXPLAIN_A_DECIDED_BY, x->decided_by) ||
	    nla_put_string(skb, LB_EXPLAIN_A_REASON, x->reason) ||
	    (x->counter != LB_C_NR &&
	     lb_nl_put_counter_name(skb, LB_EXPLAIN_A_COUNTER, x->counter)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return nla_put_u32(skb, LB_A_GENERATION, cfg->generation);
}

int lb_nl_explain_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct lb_config *cfg;
	struct explanation x = {};
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = parse(&x, info);
	if (err)
		return err;
	reply = lb_nl_reply_new(info, LB_CMD_EXPLAIN, &hdr);
	if (!reply)
		return -ENOMEM;
	/* As a packet would: BH off, so that no pick is interrupted by one. */
	local_bh_disable();
	rcu_read_lock();
	cfg = rcu_dereference(x.pkt.ln->config);
	explain(&x, cfg);
	explain_nat(&x, cfg);
	err = put_explanation(reply, &x, cfg);
	rcu_read_unlock();
	local_bh_enable();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return lb_nl_reply_send(info, reply, hdr);
}
