// SPDX-License-Identifier: GPL-2.0
/*
 * Owns conns and the tables they are found in.
 *
 * A conn's life: create() makes it, inserts the reply tuple, then the client
 * tuple, then puts it on a wheel.  From the moment the client tuple is in,
 * anybody may kill it: whoever exchanges the state for LB_STATE_DEAD unlinks
 * it and hands it to call_rcu.  Killing starts from the client tuple or the
 * wheel only, never from the reply tuple, so a conn is complete in the table
 * before it can be taken out.
 */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include "config.h"
#include "conn.h"
#include "director.h"
#include "icmp.h"
#include "limit.h"
#include "nl/event.h"
#include "persist.h"
#include "sched.h"
#include "server.h"
#include "snat.h"
#include "state.h"
#include "wheel.h"
#include "xmit.h"

/* 2^24 keeps the schedulers' 64-bit load arithmetic from overflowing. */
#define LB_CONN_MAX		(1U << 24)
#define LB_CONN_MAX_DEFAULT	(1U << 22)

static unsigned int conn_max = LB_CONN_MAX_DEFAULT;

static int conn_max_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, LB_CONN_MAX);
}

static const struct kernel_param_ops conn_max_ops = {
	.set = conn_max_set,
	.get = param_get_uint,
};
module_param_cb(conn_max, &conn_max_ops, &conn_max, 0644);
MODULE_PARM_DESC(conn_max, "connections allowed in each network namespace");

static hsiphash_key_t conn_hash_key __read_mostly;

static struct kmem_cache *conn4_cache __read_mostly;
static struct kmem_cache *conn6_cache __read_mostly;

/* The tables.  Ports and addresses are hashed, the protocol is compared. */

static u32 key4_hash(const void *data, u32 len, u32 seed)
{
	const struct lb_key4 *k = data;
	u32 ports = (__force u32)k->sport << 16 | (__force u32)k->dport;

	return hsiphash_3u32((__force u32)k->saddr, (__force u32)k->daddr,
			     ports ^ seed, &conn_hash_key);
}

static u32 tuple4_hash(const void *data, u32 len, u32 seed)
{
	const struct lb_tuple4 *t = data;

	return key4_hash(&t->key, len, seed);
}

static int tuple4_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct lb_key4 *a = arg->key;
	const struct lb_key4 *b = &((const struct lb_tuple4 *)obj)->key;

	return ((__force u32)a->saddr ^ (__force u32)b->saddr) |
	       ((__force u32)a->daddr ^ (__force u32)b->daddr) |
	       ((__force u16)a->sport ^ (__force u16)b->sport) |
	       ((__force u16)a->dport ^ (__force u16)b->dport) |
	       (a->proto ^ b->proto);
}

/* Addresses, then both ports: 36 bytes without a hole. */
#define LB_KEY6_HASH_LEN	offsetofend(struct lb_key6, dport)

static u32 key6_hash(const void *data, u32 len, u32 seed)
{
	return hsiphash(data, LB_KEY6_HASH_LEN, &conn_hash_key) ^ seed;
}

static u32 tuple6_hash(const void *data, u32 len, u32 seed)
{
	const struct lb_tuple6 *t = data;

	return key6_hash(&t->key, len, seed);
}

static int tuple6_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct lb_tuple6 *t = obj;

	return memcmp(arg->key, &t->key, offsetofend(struct lb_key6, proto));
}

static const struct rhashtable_params conns4_params = {
	.head_offset = offsetof(struct lb_tuple4, node),
	.key_offset = offsetof(struct lb_tuple4, key),
	.key_len = sizeof(struct lb_key4),
	.hashfn = key4_hash,
	.obj_hashfn = tuple4_hash,
	.obj_cmpfn = tuple4_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params conns6_params = {
	.head_offset = offsetof(struct lb_tuple6, node),
	.key_offset = offsetof(struct lb_tuple6, key),
	.key_len = sizeof(struct lb_key6),
	.hashfn = key6_hash,
	.obj_hashfn = tuple6_hash,
	.obj_cmpfn = tuple6_cmp,
	.automatic_shrinking = true,
};

/**
 * lb_conn_find() - the conn that a packet belongs to
 * @pkt: a parsed packet; @dir is set if a conn is found
 *
 * Context: softirq, under RCU.
 * Return: borrowed under RCU, or NULL.
 */
struct lb_conn *lb_conn_find(struct lb_pkt *pkt)
{
	if (pkt->family == AF_INET) {
		const struct lb_tuple4 *t;

		t = rhashtable_lookup(&pkt->ln->conns4, &pkt->k4,
				      conns4_params);
		if (!t)
			return NULL;
		pkt->dir = t->key.dir;
		return lb_conn_of_tuple4(t);
	} else {
		const struct lb_tuple6 *t;

		t = rhashtable_lookup(&pkt->ln->conns6, &pkt->k6,
				      conns6_params);
		if (!t)
			return NULL;
		pkt->dir = t->key.dir;
		return lb_conn_of_tuple6(t);
	}
}

/* Insert one tuple.  Return: NULL, the conn in its way, or an ERR_PTR. */
static struct lb_conn *tuple_try(struct lb_net *ln, struct lb_conn *conn,
				 unsigned int dir)
{
	if (conn->family == AF_INET) {
		struct lb_tuple4 *t = &conn->t4[dir];

		t = rhashtable_lookup_get_insert_key(&ln->conns4, &t->key,
						     &t->node, conns4_params);
		return IS_ERR_OR_NULL(t) ? ERR_CAST(t) : lb_conn_of_tuple4(t);
	} else {
		struct lb_tuple6 *t = &conn->t6[dir];

		t = rhashtable_lookup_get_insert_key(&ln->conns6, &t->key,
						     &t->node, conns6_params);
		return IS_ERR_OR_NULL(t) ? ERR_CAST(t) : lb_conn_of_tuple6(t);
	}
}

static void tuple_remove(struct lb_net *ln, struct lb_conn *conn,
			 unsigned int dir)
{
	if (conn->family == AF_INET)
		rhashtable_remove_fast(&ln->conns4, &conn->t4[dir].node,
				       conns4_params);
	else
		rhashtable_remove_fast(&ln->conns6, &conn->t6[dir].node,
				       conns6_params);
}

static void tuples_remove(struct lb_net *ln, struct lb_conn *conn)
{
	tuple_remove(ln, conn, 0);
	if (conn->xmit->has_reply)
		tuple_remove(ln, conn, 1);
}

/*
 * Insert one tuple.  A dead conn in its way is about to be removed by its
 * killer; removing twice is harmless, so help, or a client's SYN that comes
 * in that moment would be lost.
 */
static struct lb_conn *tuple_insert(struct lb_net *ln, struct lb_conn *conn,
				    unsigned int dir)
{
	struct lb_conn *other = tuple_try(ln, conn, dir);

	if (IS_ERR_OR_NULL(other) ||
	    READ_ONCE(other->state) != LB_STATE_DEAD)
		return other;
	tuples_remove(ln, other);
	return tuple_try(ln, conn, dir);
}

/* The reply's key: from the server's address and port to the client's. */
static void conn_fill4(struct lb_conn *conn, const struct lb_pkt *pkt,
		       const struct lb_server *srv)
{
	struct lb_key4 *orig = &conn->t4[0].key, *reply = &conn->t4[1].key;

	*orig = pkt->k4;
	orig->dir = 0;
	reply->saddr = srv->addr.ip;
	reply->daddr = orig->saddr;
	reply->sport = srv->port ?: orig->dport;
	reply->dport = orig->sport;
	reply->proto = orig->proto;
	reply->dir = 1;
}

static void conn_fill6(struct lb_conn *conn, const struct lb_pkt *pkt,
		       const struct lb_server *srv)
{
	struct lb_key6 *orig = &conn->t6[0].key, *reply = &conn->t6[1].key;

	*orig = pkt->k6;
	orig->dir = 0;
	reply->saddr = srv->addr.in6;
	reply->daddr = orig->saddr;
	reply->sport = srv->port ?: orig->dport;
	reply->dport = orig->sport;
	reply->proto = orig->proto;
	reply->dir = 1;
}

static void conn_free(struct lb_conn *conn)
{
	dst_release(rcu_dereference_protected(conn->client_dst, true));
	lb_server_put(conn->server);
	kmem_cache_free(conn->family == AF_INET ? conn4_cache : conn6_cache,
			conn);
}

static void conn_free_rcu(struct rcu_head *rcu)
{
	conn_free(container_of(rcu, struct lb_conn, rcu));
}

/**
 * lb_conn_template_put() - a template has one user less
 * @tmpl: the template; freed after a grace period with its last user
 *
 * Context: any.
 */
void lb_conn_template_put(struct lb_conn *tmpl)
{
	if (atomic_dec_and_test(&lb_conn_tail(tmpl)->users))
		call_rcu(&tmpl->rcu, conn_free_rcu);
}

/*
 * The other half of what lb_conn_create() and state changes count.  The conn
 * is off the table and the wheel; it is freed after a grace period.
 */
static void conn_bury(struct lb_net *ln, struct lb_conn *conn, u32 state)
{
	struct lb_conn *tmpl = lb_conn_tail(conn)->tmpl;
	bool is_active = lb_state_is_active(state);
	struct lb_server *srv = conn->server;

	atomic_dec(&ln->conn_count);
	if (state == LB_STATE_TEMPLATE) {
		lb_conn_template_put(conn);
		return;
	}
	if (likely(!conn->xmit->is_probe)) {
		atomic_dec(is_active ? &srv->active : &srv->inactive);
		lb_sched_server_changed(srv);
	}
	if (conn->is_limited && is_active)
		lb_limit_count(ln, conn, false);
	if (tmpl)
		lb_persist_put(ln, tmpl);
	call_rcu(&conn->rcu, conn_free_rcu);
}

static struct lb_conn *conn_alloc(const struct lb_pkt *pkt,
				  struct lb_server *srv,
				  const struct lb_xmit_ops *xmit)
{
	struct lb_conn *conn;

	conn = kmem_cache_zalloc(pkt->family == AF_INET ? conn4_cache :
							  conn6_cache,
				 GFP_ATOMIC);
	if (!conn)
		return NULL;
	conn->server = lb_server_get(srv);
	conn->xmit = xmit;
	conn->seen = lb_now();
	conn->cpu = smp_processor_id();
	conn->family = pkt->family;
	conn->proto = pkt->proto;
	conn->view = xmit->has_reply ? LB_VIEW_CLIENT : LB_VIEW_ONE_WAY;
	if (pkt->family == AF_INET)
		conn_fill4(conn, pkt, srv);
	else
		conn_fill6(conn, pkt, srv);
	return conn;
}

static void tell_limit(struct lb_net *ln)
{
	unsigned long now = jiffies;

	if (time_before(now, READ_ONCE(ln->limit_told) + HZ))
		return;
	WRITE_ONCE(ln->limit_told, now);
	lb_nl_event_conn_limit(ln, conn_max, atomic_read(&ln->conn_count));
}

/**
 * lb_conn_is_twin() - is it the conn of the same packets, which another CPU is
 * making just now?
 * @a: a conn, not yet in the table
 * @b: a conn of the same family
 *
 * Return: true if both have the same client tuple.
 */
bool lb_conn_is_twin(const struct lb_conn *a, const struct lb_conn *b)
{
	struct rhashtable_compare_arg arg;

	if (a->family == AF_INET) {
		arg.key = &a->t4[0].key;
		return !tuple4_cmp(&arg, &b->t4[0]);
	}
	arg.key = &a->t6[0].key;
	return !tuple6_cmp(&arg, &b->t6[0]);
}

/* Is a conn's client tuple in the table, so that it may be killed? */
static bool is_complete(struct lb_net *ln, const struct lb_conn *conn)
{
	if (conn->family == AF_INET)
		return rhashtable_lookup(&ln->conns4, &conn->t4[0].key,
					 conns4_params) == &conn->t4[0];
	return rhashtable_lookup(&ln->conns6, &conn->t6[0].key,
				 conns6_params) == &conn->t6[0];
}

/**
 * lb_conn_is_over() - may a new conn have what this one uses?
 * @ln: its namespace
 * @conn: found by its reply tuple
 *
 * Context: softirq, under RCU.
 * Return: true for a TCP conn that is over; lb_conn_replace() may follow.
 */
bool lb_conn_is_over(struct lb_net *ln, const struct lb_conn *conn)
{
	return conn->proto == IPPROTO_TCP && lb_state_is_reusable(conn) &&
	       is_complete(ln, conn);
}

/**
 * lb_conn_replace() - end a conn whose place a new one takes
 * @ln: its namespace
 * @conn: the conn, over
 *
 * Context: softirq, under RCU.  Takes the wheel's lock.
 */
void lb_conn_replace(struct lb_net *ln, struct lb_conn *conn)
{
	if (lb_conn_del(ln, conn))
		lb_count(ln, LB_C_CONN_REUSED);
}

/**
 * lb_conn_try_reply() - insert a reply tuple with another source for the server
 * @ln: the namespace
 * @conn: the conn, none of its tuples is in the table
 * @to: what the server is to see as the client's address
 * @port: and as its port
 *
 * Context: softirq, under RCU.
 * Return: NULL if it is in, the conn in its way, or an ERR_PTR.
 */
struct lb_conn *lb_conn_try_reply(struct lb_net *ln, struct lb_conn *conn,
				  const union nf_inet_addr *to, __be16 port)
{
	if (conn->family == AF_INET) {
		conn->t4[1].key.daddr = to->ip;
		conn->t4[1].key.dport = port;
	} else {
		conn->t6[1].key.daddr = to->in6;
		conn->t6[1].key.dport = port;
	}
	return tuple_insert(ln, conn, 1);
}

/*
 * Give up a conn whose client tuple never was in the table, so that nobody
 * else can have killed it; but a reply packet may be using it.
 */
static void conn_abandon(struct lb_net *ln, struct lb_conn *conn)
{
	u32 state = xchg(&conn->state, LB_STATE_DEAD);

	if (conn->xmit->has_reply)
		tuple_remove(ln, conn, 1);
	lb_wheel_del(ln, conn);
	conn_bury(ln, conn, state);
}

/* Return: @conn, or the conn that another CPU made of the same packet flow. */
static struct lb_conn *conn_insert(struct lb_pkt *pkt, struct lb_conn *conn,
				   enum lb_verdict *v)
{
	struct lb_conn *other = NULL;

	if (conn->xmit->has_reply)
		other = lb_snat_insert(pkt, conn);
	if (!other)
		other = tuple_insert(pkt->ln, conn, 0);
	if (!other)
		return conn;
	conn_abandon(pkt->ln, conn);
	if (!IS_ERR(other))
		return other;
	if (other == ERR_PTR(-ENOSPC)) {
		lb_icmp_port_unreach(pkt);
		*v = lb_drop(pkt, LB_C_DROP_SNAT_PORTS);
	} else {
		*v = lb_drop(pkt, LB_C_DROP_CONN_NOMEM);
	}
	return NULL;
}

static bool is_full(struct lb_net *ln)
{
	if (likely(atomic_read(&ln->conn_count) < READ_ONCE(conn_max)))
		return false;
	tell_limit(ln);
	return true;
}

/*
 * Counted before anybody can find it, so that nobody uncounts first.  A first
 * state is always an active one, which the caller has counted.
 */
static struct lb_conn *conn_prepare(struct lb_pkt *pkt,
				    const struct lb_director *dir,
				    struct lb_server *srv,
				    struct lb_conn *tmpl)
{
	struct lb_conn *conn = conn_alloc(pkt, srv, dir->spec.xmit);

	if (!conn)
		return NULL;
	conn->state = lb_state_first(pkt);
	conn->is_limited = dir->spec.connlimit;
	conn->is_tracked = pkt->is_tracked;
	lb_conn_tail(conn)->tmpl = tmpl;
	if (atomic_inc_return(&pkt->ln->conn_count) == 1)
		lb_wheel_kick(pkt->ln);
	return conn;
}

/**
 * lb_conn_create() - make a conn of its first packet
 * @pkt: the packet, @snat set
 * @dir: its director
 * @srv: where it goes; a reference is taken.  The caller has counted the conn,
 *	see lb_server_reserve() and lb_limit_take(); it is uncounted with the
 *	conn, or here if there is to be none
 * @tmpl: its template with a hold, which goes over to the conn, or NULL
 * @v: set to the verdict if NULL is returned
 *
 * Context: softirq, under RCU.
 * Return: the conn, borrowed under RCU: the new one, or the one that another
 * CPU made meanwhile of another packet of the flow.  NULL if there is none.
 */
struct lb_conn *lb_conn_create(struct lb_pkt *pkt, struct lb_director *dir,
			       struct lb_server *srv, struct lb_conn *tmpl,
			       enum lb_verdict *v)
{
	struct lb_net *ln = pkt->ln;
	struct lb_conn *conn = NULL, *found;
	bool full = is_full(ln);

	if (!full)
		conn = conn_prepare(pkt, dir, srv, tmpl);
	if (!conn) {
		lb_server_release(srv);
		if (dir->spec.connlimit)
			lb_limit_give(pkt, dir);
		if (tmpl)
			lb_persist_put(ln, tmpl);
		*v = lb_drop(pkt, full ? LB_C_DROP_CONN_LIMIT :
					 LB_C_DROP_CONN_NOMEM);
		return NULL;
	}
	found = conn_insert(pkt, conn, v);
	if (found != conn)
		return found;
	lb_wheel_add(ln, conn, lb_state_timeout(ln, conn));
	lb_stats_conn(srv->stats);
	lb_count(ln, LB_C_CONN_NEW);
	return conn;
}

/* The server answers the client itself, as the VIP. */
static void conn_fill_from_vip(struct lb_conn *conn)
{
	if (conn->family == AF_INET) {
		conn->t4[1].key.saddr = conn->t4[0].key.daddr;
		conn->t4[1].key.sport = conn->t4[0].key.dport;
	} else {
		conn->t6[1].key.saddr = conn->t6[0].key.daddr;
		conn->t6[1].key.sport = conn->t6[0].key.dport;
	}
}

/*
 * What is in the way is an earlier check from the same port, which only its
 * socket's end has made free, or a conn that is over.  It is complete in the
 * table even if it is found by its reply tuple: only pins, one after the other
 * under lb_net.mutex, make such tuples for this machine's own sockets.
 */
static struct lb_conn *tuple_insert_probe(struct lb_net *ln,
					  struct lb_conn *conn,
					  unsigned int dir)
{
	struct lb_conn *other = tuple_insert(ln, conn, dir);

	if (IS_ERR_OR_NULL(other) || other == conn ||
	    !(other->xmit->is_probe || lb_conn_is_over(ln, other)))
		return other;
	lb_conn_replace(ln, other);
	return tuple_insert(ln, conn, dir);
}

static int conn_insert_both(struct lb_net *ln, struct lb_conn *conn)
{
	struct lb_conn *other = tuple_insert_probe(ln, conn, 1);

	if (!other)
		other = tuple_insert_probe(ln, conn, 0);
	if (!other)
		return 0;
	conn_abandon(ln, conn);
	return IS_ERR(other) ? PTR_ERR(other) : -EEXIST;
}

/**
 * lb_conn_pin() - make a conn to a given server before its first packet
 * @pkt: that packet's @ln, @family, @proto, key and @is_first_syn; it has no
 *	skb yet
 * @srv: where it goes, even if it is full or takes no conns; a reference is
 *	taken
 * @xmit: how, with has_reply
 * @from_vip: answers come from the VIP, not from @srv's address
 *
 * It is not counted as a conn of the server: a check that gets no answer stays
 * for a minute, and no scheduler is to make anything of that.  Nor is the limit
 * of conns asked: when a flood has filled the table, servers die as well.
 *
 * Context: BH off, under RCU and lb_net.mutex.
 * Return: 0; -EEXIST if there is such a conn or one with the same answers,
 * -ENOMEM or another error of rhashtable.
 */
int lb_conn_pin(struct lb_pkt *pkt, struct lb_server *srv,
		const struct lb_xmit_ops *xmit, bool from_vip)
{
	struct lb_net *ln = pkt->ln;
	struct lb_conn *conn;
	int err;

	lockdep_assert_held(&ln->mutex);
	conn = conn_alloc(pkt, srv, xmit);
	if (!conn)
		return -ENOMEM;
	if (from_vip)
		conn_fill_from_vip(conn);
	conn->state = lb_state_first(pkt);
	if (atomic_inc_return(&ln->conn_count) == 1)
		lb_wheel_kick(ln);
	err = conn_insert_both(ln, conn);
	if (err)
		return err;
	lb_wheel_add(ln, conn, lb_state_timeout(ln, conn));
	lb_count(ln, LB_C_CONN_PINNED);
	return 0;
}

static const struct lb_xmit_ops template_xmit = {
	.name = "template",
};

/**
 * lb_conn_add_template() - make a template, unless there is one
 * @as: its key, as a packet that would find it
 * @plen: bits of the client's address that count
 * @srv: its server; a reference is taken
 *
 * Context: softirq, under RCU.
 * Return: the template, or the one that is there already, borrowed under RCU;
 * NULL if there is none to be had.
 */
struct lb_conn *lb_conn_add_template(const struct lb_pkt *as, u8 plen,
				     struct lb_server *srv)
{
	struct lb_net *ln = as->ln;
	struct lb_conn *tmpl, *other;

	if (is_full(ln))
		return NULL;
	tmpl = conn_alloc(as, srv, &template_xmit);
	if (!tmpl)
		return NULL;
	tmpl->state = LB_STATE_TEMPLATE;
	tmpl->plen = plen;
	atomic_set(&lb_conn_tail(tmpl)->users, 1);
	if (atomic_inc_return(&ln->conn_count) == 1)
		lb_wheel_kick(ln);
	other = tuple_insert(ln, tmpl, 0);
	if (other) {
		conn_abandon(ln, tmpl);
		return IS_ERR(other) ? NULL : other;
	}
	lb_wheel_add(ln, tmpl, lb_state_timeout(ln, tmpl));
	lb_count(ln, LB_C_TEMPLATE_NEW);
	return tmpl;
}

/**
 * lb_conn_is_template() - is it a template, or a conn?
 * @conn: either
 *
 * Return: true for a template.
 */
bool lb_conn_is_template(const struct lb_conn *conn)
{
	return conn->proto == LB_PROTO_TEMPLATE;
}

/**
 * lb_conn_seen() - when a conn was last in use
 * @conn: a conn, or a template, which is in use as long as its conns are
 *
 * Context: under RCU.
 * Return: ticks.
 */
u32 lb_conn_seen(const struct lb_conn *conn)
{
	if (unlikely(lb_conn_is_template(conn)) &&
	    atomic_read(&lb_conn_tail((struct lb_conn *)conn)->users) > 1)
		return lb_now();
	return READ_ONCE(conn->seen);
}

/**
 * lb_conn_del() - end a conn
 * @ln: its namespace
 * @conn: found by its client tuple or on a wheel
 *
 * Context: softirq or process, under RCU.  Takes the wheel's lock.
 * Return: true if this call ended it, false if another one had.
 */
bool lb_conn_del(struct lb_net *ln, struct lb_conn *conn)
{
	u32 state = xchg(&conn->state, LB_STATE_DEAD);

	if (state == LB_STATE_DEAD)
		return false;
	tuples_remove(ln, conn);
	lb_wheel_del(ln, conn);
	conn_bury(ln, conn, state);
	return true;
}

/**
 * lb_conn_max() - how many conns a namespace may have
 *
 * Return: the module parameter conn_max.
 */
unsigned int lb_conn_max(void)
{
	return READ_ONCE(conn_max);
}

/**
 * lb_conn_net_init() - make a namespace's tables
 * @ln: the namespace
 *
 * Return: 0 or -errno.
 */
int lb_conn_net_init(struct lb_net *ln)
{
	int err;

	err = rhashtable_init(&ln->conns4, &conns4_params);
	if (err)
		return err;
	err = rhashtable_init(&ln->conns6, &conns6_params);
	if (err)
		rhashtable_destroy(&ln->conns4);
	return err;
}

/**
 * lb_conn_net_exit() - free a namespace's tables
 * @ln: the namespace; its conns are deleted
 */
void lb_conn_net_exit(struct lb_net *ln)
{
	WARN_ON_ONCE(atomic_read(&ln->conn_count));
	rhashtable_destroy(&ln->conns6);
	rhashtable_destroy(&ln->conns4);
}

/* A conn, its two tuples and its tail. */
#define LB_CONN4_SIZE	(offsetof(struct lb_conn, t4[2]) + \
			 sizeof(struct lb_conn_tail))
#define LB_CONN6_SIZE	(offsetof(struct lb_conn, t6[2]) + \
			 sizeof(struct lb_conn_tail))

/**
 * lb_conn_init() - make the slab caches and the hash key
 *
 * Return: 0 or -ENOMEM.
 */
int lb_conn_init(void)
{
	BUILD_BUG_ON(offsetof(struct lb_conn, t4) > 64);
	BUILD_BUG_ON(LB_CONN4_SIZE > 128);
	BUILD_BUG_ON(offsetof(struct lb_conn, t4[2]) % sizeof(void *));
	BUILD_BUG_ON(offsetof(struct lb_conn, t6[2]) % sizeof(void *));

	get_random_bytes(&conn_hash_key, sizeof(conn_hash_key));
	conn4_cache = kmem_cache_create("l4lb_conn4", LB_CONN4_SIZE, 0,
					SLAB_HWCACHE_ALIGN, NULL);
	if (!conn4_cache)
		return -ENOMEM;
	conn6_cache = kmem_cache_create("l4lb_conn6", LB_CONN6_SIZE, 0,
					SLAB_HWCACHE_ALIGN, NULL);
	if (!conn6_cache) {
		kmem_cache_destroy(conn4_cache);
		return -ENOMEM;
	}
	return 0;
}

/**
 * lb_conn_exit() - free the slab caches
 *
 * Context: process; all RCU callbacks have run.
 */
void lb_conn_exit(void)
{
	kmem_cache_destroy(conn6_cache);
	kmem_cache_destroy(conn4_cache);
}
