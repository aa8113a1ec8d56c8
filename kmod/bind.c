// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how a packet without a conn gets its server: the client's limit, the
 * client's template, the scheduler, and then a conn, or with `option onepacket`
 * none.
 */
#include "bind.h"
#include "conn.h"
#include "director.h"
#include "icmp.h"
#include "limit.h"
#include "persist.h"
#include "pkt.h"
#include "xmit.h"

static enum lb_verdict refuse(struct lb_pkt *pkt, struct lb_director *dir,
			      enum lb_counter why)
{
	this_cpu_inc(*dir->dirid->refused);
	lb_icmp_port_unreach(pkt);
	return lb_drop(pkt, why);
}

/* How often a pick is repeated that another CPU's pick has just filled. */
#define LB_PICK_TRIES	4

/* A server by the scheduler, counted; NULL: all that there are are full. */
static struct lb_server *pick(struct lb_pkt *pkt, struct lb_sched *sched)
{
	struct lb_server *srv;
	int try;

	for (try = 0; try < LB_PICK_TRIES; try++) {
		srv = lb_sched_pick(sched, pkt);
		if (!srv || lb_server_reserve(srv))
			return srv;
	}
	return NULL;
}

/*
 * A server for a client that is to come back to it, counted.  One who is
 * pinned to a server that is full goes elsewhere, and stays pinned.
 */
static struct lb_server *pick_persistent(struct lb_pkt *pkt,
					 struct lb_director *dir,
					 struct lb_sched *sched,
					 struct lb_conn **tmpl)
{
	struct lb_server *srv, *pinned;

	*tmpl = lb_persist_find(pkt, dir, sched);
	if (*tmpl) {
		srv = (*tmpl)->server;
		if (lb_server_reserve(srv))
			return srv;
		lb_persist_put(pkt->ln, *tmpl);
		*tmpl = NULL;
		return pick(pkt, sched);
	}

	srv = pick(pkt, sched);
	/* A sorry server that helps out for full ones is nobody's home. */
	if (!srv || READ_ONCE(srv->is_sorry) != sched->is_sorry)
		return srv;
	*tmpl = lb_persist_make(pkt, dir, srv);
	pinned = *tmpl ? (*tmpl)->server : srv;
	if (pinned != srv && lb_server_reserve(pinned)) {
		/* Another CPU was first to pin this client. */
		lb_server_release(srv);
		return pinned;
	}
	return srv;
}

/*
 * A server for a packet that has passed all but the scheduler, counted as one
 * of its active conns and, under a connlimit, one of its client's.
 */
static struct lb_server *choose(struct lb_pkt *pkt, struct lb_director *dir,
				struct lb_conn **tmpl, enum lb_verdict *v)
{
	struct lb_sched *sched = rcu_dereference(dir->sched);
	struct lb_server *srv;

	*tmpl = NULL;
	/* A flow may bring packets that its servers cannot be sent. */
	if (unlikely(!sched || !lb_director_takes(dir, pkt->family))) {
		*v = refuse(pkt, dir, LB_C_DROP_NO_SERVER);
		return NULL;
	}
	if (dir->spec.connlimit && !lb_limit_take(pkt, dir)) {
		*v = refuse(pkt, dir, LB_C_DROP_CLIENT_LIMIT);
		return NULL;
	}
	if (dir->spec.persist_ms)
		srv = pick_persistent(pkt, dir, sched, tmpl);
	else
		srv = pick(pkt, sched);
	if (likely(srv))
		return srv;
	if (dir->spec.connlimit)
		lb_limit_give(pkt, dir);
	*v = refuse(pkt, dir, sched->ops->full ?: LB_C_DROP_MAXCONN);
	return NULL;
}

/**
 * lb_bind() - a conn for a packet that has none
 * @pkt: the packet, of a client
 * @dir: its director
 * @conn: set if LB_CONTINUE is returned; borrowed under RCU
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE, or LB_DROP.
 */
enum lb_verdict lb_bind(struct lb_pkt *pkt, struct lb_director *dir,
			struct lb_conn **conn)
{
	struct lb_server *srv;
	struct lb_conn *tmpl;
	enum lb_verdict v;

	srv = choose(pkt, dir, &tmpl, &v);
	if (!srv)
		return v;
	*conn = lb_conn_create(pkt, dir, srv, tmpl, &v);
	return *conn ? LB_CONTINUE : v;
}

/**
 * lb_bind_onepacket() - send a datagram to a server without making a conn
 * @pkt: the datagram, of a client
 * @dir: its director
 *
 * It counts as a conn while it is being sent.
 *
 * Context: softirq, under RCU.
 * Return: as lb_xmit_ops.xmit.
 */
enum lb_verdict lb_bind_onepacket(struct lb_pkt *pkt, struct lb_director *dir)
{
	struct lb_server *srv;
	struct lb_conn *tmpl;
	enum lb_verdict v;

	srv = choose(pkt, dir, &tmpl, &v);
	if (!srv)
		return v;
	if (tmpl)
		lb_persist_put(pkt->ln, tmpl);
	lb_stats_conn(srv->stats);
	v = dir->spec.xmit->xmit(pkt, srv, NULL);
	/* The packet may be gone, but not what was read of it. */
	lb_server_release(srv);
	if (dir->spec.connlimit)
		lb_limit_give(pkt, dir);
	return v;
}
