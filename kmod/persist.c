// SPDX-License-Identifier: GPL-2.0
/*
 * Owns persistence.  A template is a conn without packets: in the table under
 * the client's net and the director's number, on the wheel, ended like any
 * conn when it has been idle or its server is gone.  What keeps it from being
 * idle is that a new conn uses it, and that conns made from it live.
 *
 * A template counts its users: itself while it is in the table, and each conn
 * made from it.  The last one frees it.
 *
 * It pins nobody to a server that is down or drained, nor to a sorry server
 * whose time is over: the next conn ends such a template and makes another.
 */
#include <linux/inetdevice.h>
#include <net/ipv6.h>
#include "director.h"
#include "persist.h"
#include "sched.h"
#include "wheel.h"

static void template_key(struct lb_pkt *as, const struct lb_pkt *pkt,
			 const struct lb_director *dir)
{
	const struct lb_dirspec *spec = &dir->spec;

	as->ln = pkt->ln;
	as->family = pkt->family;
	as->proto = LB_PROTO_TEMPLATE;
	if (pkt->family == AF_INET) {
		memset(&as->k4, 0, sizeof(as->k4));
		as->k4.saddr = pkt->k4.saddr & inet_make_mask(spec->plen4);
		as->k4.daddr = (__force __be32)dir->dirid->id;
		as->k4.proto = LB_PROTO_TEMPLATE;
	} else {
		memset(&as->k6, 0, sizeof(as->k6));
		ipv6_addr_prefix(&as->k6.saddr, &pkt->k6.saddr, spec->plen6);
		as->k6.daddr.s6_addr32[3] = (__force __be32)dir->dirid->id;
		as->k6.proto = LB_PROTO_TEMPLATE;
	}
}

static bool template_hold(struct lb_conn *tmpl)
{
	return atomic_inc_not_zero(&lb_conn_tail(tmpl)->users);
}

/**
 * lb_persist_peek() - the template of a packet's client
 * @pkt: the packet
 * @dir: its director, persistent
 *
 * Context: softirq or process, under RCU.
 * Return: borrowed under RCU, valid or not, or NULL.
 */
struct lb_conn *lb_persist_peek(const struct lb_pkt *pkt,
				const struct lb_director *dir)
{
	struct lb_pkt as;

	template_key(&as, pkt, dir);
	return lb_conn_find(&as);
}

/**
 * lb_persist_is_valid() - may a template be followed?
 * @tmpl: the template
 * @sched: its director's instance in force
 *
 * Context: under RCU.
 * Return: true if its server takes new conns of this client.
 */
bool lb_persist_is_valid(const struct lb_conn *tmpl,
			 const struct lb_sched *sched)
{
	const struct lb_server *srv = tmpl->server;

	return !READ_ONCE(srv->gone) && lb_server_weight(srv) &&
	       READ_ONCE(srv->is_sorry) == sched->is_sorry;
}

/**
 * lb_persist_find() - the template that a new conn is to follow
 * @pkt: the conn's first packet
 * @dir: its director, persistent
 * @sched: the director's instance in force
 *
 * Context: softirq, under RCU.
 * Return: with a hold for lb_persist_put() or a conn, or NULL.
 */
struct lb_conn *lb_persist_find(const struct lb_pkt *pkt,
				const struct lb_director *dir,
				const struct lb_sched *sched)
{
	struct lb_conn *tmpl = lb_persist_peek(pkt, dir);

	if (!tmpl)
		return NULL;
	if (!lb_persist_is_valid(tmpl, sched)) {
		if (lb_conn_del(pkt->ln, tmpl))
			lb_count(pkt->ln, LB_C_TEMPLATE_EVICTED);
		return NULL;
	}
	if (!template_hold(tmpl))
		return NULL;
	WRITE_ONCE(tmpl->seen, lb_now());
	return tmpl;
}

/**
 * lb_persist_make() - pin a client to a server
 * @pkt: the first packet of the client's conn
 * @dir: its director, persistent
 * @srv: the server
 *
 * Context: softirq, under RCU.
 * Return: with a hold; another CPU may have been first, with another server.
 * NULL: there is no memory, or conn_max is reached.
 */
struct lb_conn *lb_persist_make(const struct lb_pkt *pkt,
				const struct lb_director *dir,
				struct lb_server *srv)
{
	struct lb_conn *tmpl;
	struct lb_pkt as;

	template_key(&as, pkt, dir);
	tmpl = lb_conn_add_template(&as, pkt->family == AF_INET ?
				    dir->spec.plen4 : dir->spec.plen6, srv);
	return tmpl && template_hold(tmpl) ? tmpl : NULL;
}

/**
 * lb_persist_put() - a conn made from a template has ended, or is not made
 * @ln: the namespace
 * @tmpl: the template; freed after a grace period with its last user
 *
 * Its idle time begins with the end of its last conn.
 *
 * Context: any, under RCU.
 */
void lb_persist_put(struct lb_net *ln, struct lb_conn *tmpl)
{
	WRITE_ONCE(tmpl->seen, lb_now());
	lb_conn_template_put(tmpl);
}
