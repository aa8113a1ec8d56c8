// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the counts of clients' active conns at directors with a connlimit.
 *
 * A client has an entry while it has such conns.  The last one takes the entry
 * out; whoever meets one whose count is 0 helps, and makes a new one.
 */
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "conn.h"
#include "director.h"
#include "limit.h"
#include "pkt.h"

struct lb_client_key {
	/* of the director; whose conns hold it */
	const struct lb_dirid *dirid;
	/* what the family does not use is 0 */
	union nf_inet_addr addr;
};

/**
 * struct lb_client - a client address at a director
 */
struct lb_client {
	/** @node: in lb_net.clients */
	struct rhash_head node;
	/** @key: constant */
	struct lb_client_key key;
	/** @active: conns; never grows again from 0 */
	atomic_t active;
	/** @rcu: frees it after a grace period */
	struct rcu_head rcu;
};

static u32 client_hash(const void *data, u32 len, u32 seed)
{
	return siphash(data, len, &lb_hash_key) ^ seed;
}

static const struct rhashtable_params clients_params = {
	.head_offset = offsetof(struct lb_client, node),
	.key_offset = offsetof(struct lb_client, key),
	.key_len = sizeof(struct lb_client_key),
	.hashfn = client_hash,
	.automatic_shrinking = true,
};

static void key_of_pkt(struct lb_client_key *key, const struct lb_pkt *pkt,
		       const struct lb_director *dir)
{
	memset(key, 0, sizeof(*key));
	key->dirid = dir->dirid;
	if (pkt->family == AF_INET)
		key->addr.ip = pkt->k4.saddr;
	else
		key->addr.in6 = pkt->k6.saddr;
}

static void key_of_conn(struct lb_client_key *key, const struct lb_conn *conn)
{
	memset(key, 0, sizeof(*key));
	key->dirid = conn->server->dirid;
	if (conn->family == AF_INET)
		key->addr.ip = conn->t4[0].key.saddr;
	else
		key->addr.in6 = conn->t6[0].key.saddr;
}

/* Return: 1: counted, 0: at its limit, -1: on its way out, make a new one. */
static int client_take(struct lb_client *c, u32 max)
{
	int old = atomic_read(&c->active);

	do {
		if (old <= 0)
			return -1;
		if (old >= max)
			return 0;
	} while (!atomic_try_cmpxchg(&c->active, &old, old + 1));
	return 1;
}

static bool take(struct lb_net *ln, const struct lb_client_key *key, u32 max)
{
	struct lb_client *c, *new;
	int got;

	for (;;) {
		c = rhashtable_lookup(&ln->clients, key, clients_params);
		if (!c)
			break;
		got = client_take(c, max);
		if (got >= 0)
			return got;
		rhashtable_remove_fast(&ln->clients, &c->node,
				       clients_params);
	}

	new = kzalloc(sizeof(*new), GFP_ATOMIC);
	if (!new)
		return false;
	new->key = *key;
	atomic_set(&new->active, 1);
	for (;;) {
		c = rhashtable_lookup_get_insert_fast(&ln->clients, &new->node,
						      clients_params);
		if (!c)
			return true;
		got = IS_ERR(c) ? 0 : client_take(c, max);
		if (got >= 0)
			break;
		rhashtable_remove_fast(&ln->clients, &c->node,
				       clients_params);
	}
	kfree(new);
	return got;
}

static void give(struct lb_net *ln, const struct lb_client_key *key)
{
	struct lb_client *c;

	c = rhashtable_lookup(&ln->clients, key, clients_params);
	if (!c || !atomic_dec_and_test(&c->active))
		return;
	rhashtable_remove_fast(&ln->clients, &c->node, clients_params);
	kfree_rcu(c, rcu);
}

/**
 * lb_limit_take() - may a client have one more conn?  Then count it
 * @pkt: the first packet of the conn
 * @dir: its director, with a connlimit
 *
 * Context: softirq, under RCU.
 * Return: false if it has as many as it may, or there is no memory to know.
 */
bool lb_limit_take(const struct lb_pkt *pkt, const struct lb_director *dir)
{
	struct lb_client_key key;

	key_of_pkt(&key, pkt, dir);
	return take(pkt->ln, &key, dir->spec.connlimit);
}

/**
 * lb_limit_is_reached() - would lb_limit_take() refuse?
 * @pkt: the first packet of a conn
 * @dir: its director, with a connlimit
 *
 * Context: softirq or BH off, under RCU.
 * Return: true if the client has as many conns as it may.
 */
bool lb_limit_is_reached(const struct lb_pkt *pkt,
			 const struct lb_director *dir)
{
	struct lb_client_key key;
	const struct lb_client *c;

	key_of_pkt(&key, pkt, dir);
	c = rhashtable_lookup(&pkt->ln->clients, &key, clients_params);
	return c && lb_conns(&c->active) >= dir->spec.connlimit;
}

/**
 * lb_limit_give() - the conn that was counted is not made
 * @pkt: as taken
 * @dir: as taken
 *
 * Context: softirq, under RCU.
 */
void lb_limit_give(const struct lb_pkt *pkt, const struct lb_director *dir)
{
	struct lb_client_key key;

	key_of_pkt(&key, pkt, dir);
	give(pkt->ln, &key);
}

/**
 * lb_limit_count() - a conn has become active, or is active no more
 * @ln: its namespace
 * @conn: a conn whose first state lb_limit_take() counted
 * @is_active: what it is now
 *
 * A conn that comes to life again, by its client's SYN, counts whatever the
 * limit is.
 *
 * Context: any, under RCU.
 */
void lb_limit_count(struct lb_net *ln, const struct lb_conn *conn,
		    bool is_active)
{
	struct lb_client_key key;

	key_of_conn(&key, conn);
	if (is_active)
		take(ln, &key, INT_MAX);
	else
		give(ln, &key);
}

/**
 * lb_limit_net_init() - make a namespace's table
 * @ln: the namespace
 *
 * Return: 0 or -errno.
 */
int lb_limit_net_init(struct lb_net *ln)
{
	return rhashtable_init(&ln->clients, &clients_params);
}

/**
 * lb_limit_net_exit() - free a namespace's table
 * @ln: the namespace; its conns are deleted
 */
void lb_limit_net_exit(struct lb_net *ln)
{
	rhashtable_destroy(&ln->clients);
}
