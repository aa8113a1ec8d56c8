// SPDX-License-Identifier: GPL-2.0
/* Owns what goes through all conns: dumps, flushes, the reaper. */
#include <linux/inetdevice.h>
#include <linux/sched.h>
#include <net/ipv6.h>
#include "conn.h"
#include "director.h"
#include "server.h"
#include "state.h"

/* Is it of that client, or a template of a net that he is in? */
static bool is_client(const struct lb_conn *conn,
		      const struct lb_conn_filter *f)
{
	u8 plen = lb_conn_is_template(conn) ? conn->plen : 128;

	if (f->family == AF_INET)
		return !((conn->t4[0].key.saddr ^ f->client.ip) &
			 inet_make_mask(min_t(u8, plen, 32)));
	return ipv6_prefix_equal(&conn->t6[0].key.saddr, &f->client.in6, plen);
}

/**
 * lb_conn_matches() - is a conn what a filter means?
 * @conn: the conn
 * @f: the filter
 *
 * Context: under RCU.
 * Return: true if all that the filter names agrees.
 */
bool lb_conn_matches(const struct lb_conn *conn,
		     const struct lb_conn_filter *f)
{
	if (f->family && f->family != conn->family)
		return false;
	if (f->family && !is_client(conn, f))
		return false;
	if (f->director && strcmp(conn->server->dirid->name, f->director))
		return false;
	return !f->server || !strcmp(conn->server->name, f->server);
}

/**
 * lb_conn_iter_init() - begin a walk over all conns
 * @it: the walk
 * @ln: whose conns
 *
 * A walk may see a conn twice if the table is resized meanwhile, and need not
 * see those that come or go.
 */
void lb_conn_iter_init(struct lb_conn_iter *it, struct lb_net *ln)
{
	it->ln = ln;
	it->family = AF_INET;
	rhashtable_walk_enter(&ln->conns4, &it->walk);
}

/**
 * lb_conn_iter_exit() - end a walk
 * @it: the walk, stopped
 */
void lb_conn_iter_exit(struct lb_conn_iter *it)
{
	rhashtable_walk_exit(&it->walk);
}

/**
 * lb_conn_iter_start() - go on walking
 * @it: the walk
 *
 * Context: enters an RCU read section, which lb_conn_iter_stop() leaves.
 */
void lb_conn_iter_start(struct lb_conn_iter *it)
{
	rhashtable_walk_start(&it->walk);
}

/**
 * lb_conn_iter_stop() - pause a walk
 * @it: the walk
 */
void lb_conn_iter_stop(struct lb_conn_iter *it)
{
	rhashtable_walk_stop(&it->walk);
}

static struct lb_conn *iter_conn(struct lb_conn_iter *it, void *obj)
{
	if (it->family == AF_INET) {
		const struct lb_tuple4 *t = obj;

		return t->key.dir ? NULL : lb_conn_of_tuple4(t);
	} else {
		const struct lb_tuple6 *t = obj;

		return t->key.dir ? NULL : lb_conn_of_tuple6(t);
	}
}

/**
 * lb_conn_iter_next() - the next conn
 * @it: the walk, started
 *
 * Return: borrowed until lb_conn_iter_stop(), or NULL at the end.
 */
struct lb_conn *lb_conn_iter_next(struct lb_conn_iter *it)
{
	for (;;) {
		struct lb_conn *conn;
		void *obj = rhashtable_walk_next(&it->walk);

		if (IS_ERR(obj))
			continue;	/* -EAGAIN: resized, goes on */
		if (!obj && it->family == AF_INET6)
			return NULL;
		if (!obj) {
			rhashtable_walk_stop(&it->walk);
			rhashtable_walk_exit(&it->walk);
			it->family = AF_INET6;
			rhashtable_walk_enter(&it->ln->conns6, &it->walk);
			rhashtable_walk_start(&it->walk);
			continue;
		}
		conn = iter_conn(it, obj);
		if (conn)
			return conn;
	}
}

/**
 * lb_conn_iter_peek() - the conn that the last step found, once more
 * @it: the walk, started again
 *
 * Return: borrowed until lb_conn_iter_stop(); another one if that is gone;
 * NULL if only lb_conn_iter_next() can tell.
 */
struct lb_conn *lb_conn_iter_peek(struct lb_conn_iter *it)
{
	void *obj = rhashtable_walk_peek(&it->walk);

	return IS_ERR_OR_NULL(obj) ? NULL : iter_conn(it, obj);
}

/* A walk that rests where it has just deleted passes over some: go again. */
#define LB_DELETE_PASSES	8

typedef bool (*conn_test_fn)(const struct lb_conn *conn,
			     const struct lb_conn_filter *f);

/* One walk, resting now and then. */
static struct lb_flushed delete_pass(struct lb_net *ln, conn_test_fn is_meant,
				     const struct lb_conn_filter *f)
{
	struct lb_flushed sum = {};
	struct lb_conn_iter it;
	struct lb_conn *conn;
	unsigned int n = 0;

	lb_conn_iter_init(&it, ln);
	lb_conn_iter_start(&it);
	while ((conn = lb_conn_iter_next(&it))) {
		if (is_meant(conn, f) && lb_conn_del(ln, conn)) {
			if (lb_conn_is_template(conn))
				sum.templates++;
			else
				sum.conns++;
		}
		if (++n % 256)
			continue;
		lb_conn_iter_stop(&it);
		cond_resched();
		lb_conn_iter_start(&it);
	}
	lb_conn_iter_stop(&it);
	lb_conn_iter_exit(&it);
	return sum;
}

static struct lb_flushed delete_if(struct lb_net *ln, conn_test_fn is_meant,
				   const struct lb_conn_filter *f)
{
	struct lb_flushed sum = {}, n;
	int i;

	for (i = 0; i < LB_DELETE_PASSES; i++) {
		n = delete_pass(ln, is_meant, f);
		sum.conns += n.conns;
		sum.templates += n.templates;
		if (!n.conns && !n.templates)
			break;
	}
	return sum;
}

static void count_deleted(struct lb_net *ln, const struct lb_flushed *sum,
			  enum lb_counter conns, enum lb_counter templates)
{
	this_cpu_add(ln->counters->v[conns], sum->conns);
	this_cpu_add(ln->counters->v[templates], sum->templates);
}

/**
 * lb_conn_flush() - end the conns and templates that a filter means
 * @ln: the namespace
 * @f: the filter
 *
 * Context: process, may sleep.
 * Return: how many.
 */
struct lb_flushed lb_conn_flush(struct lb_net *ln,
				const struct lb_conn_filter *f)
{
	struct lb_flushed sum = delete_if(ln, lb_conn_matches, f);

	count_deleted(ln, &sum, LB_C_CONN_FLUSHED, LB_C_TEMPLATE_FLUSHED);
	return sum;
}

/*
 * Its server is gone; or it is a template, and its director has none any more,
 * or its server's turn as a sorry server is over.
 */
static bool is_reaped(const struct lb_conn *conn,
		      const struct lb_conn_filter *f)
{
	const struct lb_server *srv = conn->server;

	if (lb_conn_is_orphan(conn))
		return true;
	if (!lb_conn_is_template(conn))
		return false;
	return !READ_ONCE(srv->dirid->persist_ticks) ||
	       (READ_ONCE(srv->is_sorry) && !READ_ONCE(srv->dirid->is_sorry));
}

/**
 * lb_conn_reap() - end the conns whose server is gone
 * @ln: the namespace
 *
 * And templates, also those of directors that are no longer persistent.
 *
 * Context: process, may sleep.
 */
void lb_conn_reap(struct lb_net *ln)
{
	struct lb_flushed sum = delete_if(ln, is_reaped, NULL);

	count_deleted(ln, &sum, LB_C_CONN_EVICTED, LB_C_TEMPLATE_EVICTED);
}
