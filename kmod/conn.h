/* SPDX-License-Identifier: GPL-2.0 */
/* The connection table: conns, their tuples, lookup, creation, removal. */
#ifndef _L4LB_CONN_H
#define _L4LB_CONN_H

#include <linux/rhashtable-types.h>
#include "lb.h"
#include "pkt.h"
#include "server.h"
#include "xmit.h"

struct lb_director;

/*
 * Hash nodes with the keys they stand for: [0] of a client's packet, [1] in
 * nat mode, and of conns for checks, of its answer, as the server sends it.  All that nat rewrites comes
 * from these two: what one direction's packets become is the other tuple,
 * turned around.
 */
struct lb_tuple4 {
	struct rhash_head node;
	struct lb_key4 key;
};

struct lb_tuple6 {
	struct rhash_head node;
	struct lb_key6 key;
};

/**
 * struct lb_conn - one client connection or UDP flow, bound to a server
 *
 * First cache line what packets of the conn use, second (and third) the
 * tuples, which the lookup has just read.  A v4 conn takes 128 bytes of slab.
 */
struct lb_conn {
	/* set before publish, then constant */

	/** @server: where it goes; holds a reference until freed */
	struct lb_server *server;
	/** @xmit: how it goes there */
	const struct lb_xmit_ops *xmit;

	/* written by packets, by any CPU, without a lock */

	/** @seen: lb_now() of the last packet; only written if it changes */
	u32 seen;
	/** @state: enum lb_state; by cmpxchg, to LB_STATE_DEAD by xchg */
	u32 state;
	/** @client_dst: nat: route to the client; xchg, freed by RCU */
	struct dst_entry __rcu *client_dst;
	/** @client_cookie: for dst_check() of @client_dst */
	u32 client_cookie;

	/* protected by the wheel's lock */

	/** @due: tick of the wheel slot it waits in */
	u32 due;
	/** @cpu: whose wheel; set before publish, then constant */
	u16 cpu;
	/** @family: AF_INET or AF_INET6; set before publish */
	u8 family;
	/** @proto: IPPROTO_TCP or IPPROTO_UDP; set before publish */
	u8 proto;
	union {
		/** @view: state table of client packets, see state.c */
		u8 view;
		/** @plen: a template's: bits of its client's address */
		u8 plen;
	};
	/** @is_limited: counted for its client, see limit.c; set before */
	bool is_limited;
	/** @is_snat: its server sees another source, see snat.c; set before */
	bool is_snat;
	/** @is_tracked: began with `conntrack`, see track.c; set before */
	bool is_tracked;
	union {
		/** @node: in its wheel slot */
		struct hlist_node node;
		/** @rcu: once dead and off the wheel */
		struct rcu_head rcu;
	};
	/** @t4: tuples if @family is AF_INET; second line */
	union {
		DECLARE_FLEX_ARRAY(struct lb_tuple4, t4);
		/** @t6: tuples if @family is AF_INET6 */
		DECLARE_FLEX_ARRAY(struct lb_tuple6, t6);
	};
};

/* The protocol of templates; no packet of it ever looks for a conn. */
#define LB_PROTO_TEMPLATE	IPPROTO_RAW

/**
 * struct lb_conn_tail - what a conn has behind its tuples
 */
struct lb_conn_tail {
	union {
		/** @tmpl: a conn's template, whose user it is, or NULL */
		struct lb_conn *tmpl;
		/** @users: a template's: itself, and its conns */
		atomic_t users;
	};
	/**
	 * @judged: by direction, under which flows and inbound interface its
	 * packets were judged last; any CPU writes, see lb_flows_deny_conn()
	 */
	u32 judged[2];
};

/**
 * struct lb_conn_filter - which conns a flush or a dump means
 */
struct lb_conn_filter {
	/** @director: of this director, or NULL */
	const char *director;
	/** @server: of this server of @director, or NULL */
	const char *server;
	/** @client: of this client if @family is set */
	union nf_inet_addr client;
	/** @family: AF_INET, AF_INET6 or 0 */
	u8 family;
};

/**
 * struct lb_flushed - what a flush has ended
 */
struct lb_flushed {
	/** @conns: conns */
	u32 conns;
	/** @templates: templates */
	u32 templates;
};

/**
 * struct lb_conn_iter - a walk over all conns of a namespace
 */
struct lb_conn_iter {
	/** @walk: the table's own iterator */
	struct rhashtable_iter walk;
	/** @ln: whose conns */
	struct lb_net *ln;
	/** @family: the table being walked */
	u8 family;
};

int lb_conn_init(void);
void lb_conn_exit(void);
int lb_conn_net_init(struct lb_net *ln);
void lb_conn_net_exit(struct lb_net *ln);

unsigned int lb_conn_max(void);
struct lb_conn *lb_conn_find(struct lb_pkt *pkt);
struct lb_conn *lb_conn_create(struct lb_pkt *pkt, struct lb_director *dir,
			       struct lb_server *srv, struct lb_conn *tmpl,
			       enum lb_verdict *v);
int lb_conn_pin(struct lb_pkt *pkt, struct lb_server *srv,
		const struct lb_xmit_ops *xmit, bool from_vip);
bool lb_conn_is_twin(const struct lb_conn *a, const struct lb_conn *b);
bool lb_conn_is_over(struct lb_net *ln, const struct lb_conn *conn);
void lb_conn_replace(struct lb_net *ln, struct lb_conn *conn);
struct lb_conn *lb_conn_try_reply(struct lb_net *ln, struct lb_conn *conn,
				  const union nf_inet_addr *to, __be16 port);
bool lb_conn_del(struct lb_net *ln, struct lb_conn *conn);
struct lb_flushed lb_conn_flush(struct lb_net *ln,
				const struct lb_conn_filter *f);
void lb_conn_reap(struct lb_net *ln);

struct lb_conn *lb_conn_add_template(const struct lb_pkt *as, u8 plen,
				     struct lb_server *srv);
void lb_conn_template_put(struct lb_conn *tmpl);
bool lb_conn_is_template(const struct lb_conn *conn);
u32 lb_conn_seen(const struct lb_conn *conn);

void lb_conn_iter_init(struct lb_conn_iter *it, struct lb_net *ln);
void lb_conn_iter_exit(struct lb_conn_iter *it);
void lb_conn_iter_start(struct lb_conn_iter *it);
void lb_conn_iter_stop(struct lb_conn_iter *it);
struct lb_conn *lb_conn_iter_next(struct lb_conn_iter *it);
struct lb_conn *lb_conn_iter_peek(struct lb_conn_iter *it);
bool lb_conn_matches(const struct lb_conn *conn,
		     const struct lb_conn_filter *f);

/**
 * lb_conn_of_tuple4() - the conn that a tuple belongs to
 * @t: one of its tuples
 *
 * Return: the conn.
 */
static inline struct lb_conn *lb_conn_of_tuple4(const struct lb_tuple4 *t)
{
	return container_of(t - t->key.dir, struct lb_conn, t4[0]);
}

/**
 * lb_conn_of_tuple6() - the conn that a tuple belongs to
 * @t: one of its tuples
 *
 * Return: the conn.
 */
static inline struct lb_conn *lb_conn_of_tuple6(const struct lb_tuple6 *t)
{
	return container_of(t - t->key.dir, struct lb_conn, t6[0]);
}

/**
 * lb_conn_is_orphan() - is a conn to end because of its server?
 * @conn: the conn
 *
 * Context: under RCU.
 * Return: true if its server is retired, or down, unless it is a check of one
 * that is down.
 */
static inline bool lb_conn_is_orphan(const struct lb_conn *conn)
{
	u8 gone = READ_ONCE(conn->server->gone);

	return unlikely(gone) &&
	       (gone == LB_GONE_RETIRED || !conn->xmit->is_probe);
}

/**
 * lb_conn_tail() - the rest of a conn
 * @conn: the conn
 *
 * Return: its tail, as long as the conn.
 */
static inline struct lb_conn_tail *lb_conn_tail(struct lb_conn *conn)
{
	return conn->family == AF_INET ?
	       (struct lb_conn_tail *)&conn->t4[2] :
	       (struct lb_conn_tail *)&conn->t6[2];
}

/**
 * lb_conn_judged() - what is remembered of a conn's last judgement by flows
 * @conn: the conn
 * @dir: 0 = client to server, 1 = server to client
 *
 * Return: a word, 0 in a new conn; for READ_ONCE() and WRITE_ONCE().
 */
static inline u32 *lb_conn_judged(struct lb_conn *conn, unsigned int dir)
{
	return &lb_conn_tail(conn)->judged[dir];
}

#endif /* _L4LB_CONN_H */
