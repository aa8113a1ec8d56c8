// SPDX-License-Identifier: GPL-2.0
/*
 * Owns source translation: which nat rule a new conn falls under, and the
 * address and port that its server sees in place of the client's.
 *
 * What is in use is known by the conn table alone: a reply tuple (server,
 * translated source) that can be inserted was free.  So two conns never share
 * one, whatever rules, directors or generations made them, and no list of
 * ports has to be kept right.  The price is that a port is found by trying.
 * The tries of one packet are bounded, and a pool that was found full is
 * searched thoroughly once a second at most: who opens conns faster than they
 * end costs little more than who is refused otherwise.
 *
 * The same search serves where there is no rule: two VIPs that lead to one
 * server would make one reply tuple of two conns of a client that uses the same
 * port for both.  The later one then has its port translated, not its address.
 */
#include <linux/gcd.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/dst.h>
#include "config.h"
#include "conn.h"
#include "server.h"
#include "snat.h"

/* Sets: making, sharing, freeing. */

/**
 * lb_snat_create() - make a set, to be filled
 * @nr: rules it will have; 0 so far
 *
 * Context: process, may sleep.
 * Return: with one reference, or NULL.
 */
struct lb_snat *lb_snat_create(u32 nr)
{
	struct lb_snat *snat;

	snat = kvzalloc(struct_size(snat, rules, nr), GFP_KERNEL_ACCOUNT);
	if (snat)
		refcount_set(&snat->ref, 1);
	return snat;
}

/**
 * lb_snat_get() - take a reference
 * @snat: held already, or NULL
 *
 * Return: @snat.
 */
struct lb_snat *lb_snat_get(struct lb_snat *snat)
{
	if (snat)
		refcount_inc(&snat->ref);
	return snat;
}

/**
 * lb_snat_put() - give a reference back
 * @snat: may be freed by this; or NULL
 *
 * Context: process; of a published set only after a grace period.
 */
void lb_snat_put(struct lb_snat *snat)
{
	if (snat && refcount_dec_and_test(&snat->ref))
		kvfree(snat);
}

/* Which rule. */

static bool is_iface(const char *wanted, const char *name)
{
	return !*wanted || !strncmp(wanted, name, IFNAMSIZ);
}

static bool rule_holds(const struct lb_snat_rule *r, const struct lb_pkt *pkt,
		       const char *in, const char *out)
{
	if ((r->family && r->family != pkt->family) ||
	    (r->proto && r->proto != pkt->proto))
		return false;
	if (!is_iface(r->in, in) || !is_iface(r->out, out))
		return false;
	if (r->has & LB_SNAT_SRC &&
	    !lb_rule_addr_has(&r->src, pkt->family, pkt->k4.saddr,
			      &pkt->k6.saddr))
		return false;
	if (r->has & LB_SNAT_DST &&
	    !lb_rule_addr_has(&r->dst, pkt->family, pkt->k4.daddr,
			      &pkt->k6.daddr))
		return false;
	if (r->has & LB_SNAT_SRCPORT &&
	    !lb_rule_ports_have(&r->sport, lb_pkt_sport(pkt)))
		return false;
	return !(r->has & LB_SNAT_DSTPORT) ||
	       lb_rule_ports_have(&r->dport, lb_pkt_dport(pkt));
}

/**
 * lb_snat_find() - the nat rule for a packet, as it came
 * @snat: the rules, or NULL
 * @pkt: the packet
 * @in: name of its inbound interface, or ""
 * @out: name of the interface to its server, or ""
 *
 * Context: @snat is held, or under RCU.
 * Return: the first rule that holds, borrowed from @snat, or NULL.
 */
const struct lb_snat_rule *lb_snat_find(const struct lb_snat *snat,
					const struct lb_pkt *pkt,
					const char *in, const char *out)
{
	u32 i;

	for (i = 0; snat && i < snat->nr; i++)
		if (rule_holds(&snat->rules[i], pkt, in, out))
			return &snat->rules[i];
	return NULL;
}

/**
 * lb_snat_choose() - the nat rule for a new conn
 * @cfg: the config, with nat rules
 * @pkt: the first packet, as it came
 * @srv: its server, of a director in a mode with replies
 *
 * Context: softirq, under RCU.
 * Return: borrowed from @cfg, or NULL: the source stays.
 */
const struct lb_snat_rule *lb_snat_choose(const struct lb_config *cfg,
					  struct lb_pkt *pkt,
					  struct lb_server *srv)
{
	const struct lb_route *route = NULL;

	if (cfg->snat->asks_out)
		route = lb_server_route(srv, pkt);
	return lb_snat_find(cfg->snat, pkt,
			    pkt->is_own ? "lo" : pkt->skb->dev->name,
			    route ? route->dst->dev->name : "");
}

/* Into what. */

/* The ports that are tried where the rule names none. */
#define PORT_FIRST	1024
#define PORT_LAST	65535

/*
 * Tries of one packet.  Of a pool that is used to 99 in 100, 1,024 random ones
 * miss all that is free once in 29,000 times.
 */
#define TRIES		1024U
/* So many on one address, then so many on the next, and so on around. */
#define TRIES_RUN	32U
/* As many are enough when a conn that is over could be replaced. */
#define TRIES_REPLACE	64U

/**
 * struct search - one packet's search for a reply tuple
 */
struct search {
	/** @pkt: the packet */
	const struct lb_pkt *pkt;
	/** @conn: its conn, not yet in the table */
	struct lb_conn *conn;
	/** @cfg: whose VIPs are kept free */
	const struct lb_config *cfg;
	/** @to: first address of the pool */
	union nf_inet_addr to;
	/** @nr_to: addresses in the pool */
	u32 nr_to;
	/** @home: the client's own address in the pool, a number */
	u32 home;
	/** @first: lowest port */
	u16 first;
	/** @nr: how many ports */
	u32 nr;
	/** @start: first port in the order of the search, a number */
	u32 start;
	/** @step: from one port in that order to the next */
	u32 step;
	/** @tries: so far */
	u32 tries;
	/** @max_tries: at most */
	u32 max_tries;
	/** @found: what lb_snat_insert() returns, once there is something */
	struct lb_conn *found;
	/** @over: a conn in the way is over; at @over_at and @over_port */
	bool over;
	/** @over_at: its address, a number */
	u32 over_at;
	/** @over_port: its port */
	u16 over_port;
};

static void pool_addr(const struct search *s, u32 i, union nf_inet_addr *addr)
{
	*addr = s->to;
	if (s->pkt->family == AF_INET) {
		addr->ip = htonl(ntohl(addr->ip) + i);
	} else {
		__be64 low;

		memcpy(&low, &addr->ip6[2], sizeof(low));
		low = cpu_to_be64(be64_to_cpu(low) + i);
		memcpy(&addr->ip6[2], &low, sizeof(low));
	}
}

/*
 * Try an address and a port.  A server may be a client of any VIP: its request
 * must not look like a reply, so what is a VIP's own port is left alone.
 * Return: is the search over, with what is found?
 */
static bool try_port(struct search *s, u32 i, u16 port)
{
	const struct lb_pkt *pkt = s->pkt;
	union nf_inet_addr addr;
	struct lb_conn *other;

	pool_addr(s, i, &addr);
	if (lb_config_has_vip(s->cfg, pkt->family, pkt->proto, &addr,
			      htons(port)))
		return false;
	other = lb_conn_try_reply(pkt->ln, s->conn, &addr, htons(port));
	if (IS_ERR_OR_NULL(other) || lb_conn_is_twin(s->conn, other)) {
		s->found = other;
		return true;
	}
	if (!s->over && lb_conn_is_over(pkt->ln, other)) {
		s->over = true;
		s->over_at = i;
		s->over_port = port;
	}
	return false;
}

/* A conn that is over gives way, if it is still there and still over. */
static bool replace(struct search *s)
{
	const struct lb_pkt *pkt = s->pkt;
	union nf_inet_addr addr;
	struct lb_conn *other;

	if (!s->over)
		return false;
	pool_addr(s, s->over_at, &addr);
	other = lb_conn_try_reply(pkt->ln, s->conn, &addr,
				  htons(s->over_port));
	if (!IS_ERR_OR_NULL(other) && !lb_conn_is_twin(s->conn, other)) {
		if (!lb_conn_is_over(pkt->ln, other))
			return false;
		lb_conn_replace(pkt->ln, other);
		other = lb_conn_try_reply(pkt->ln, s->conn, &addr,
					  htons(s->over_port));
		if (!IS_ERR_OR_NULL(other) &&
		    !lb_conn_is_twin(s->conn, other))
			return false;
	}
	s->found = other;
	return true;
}

/* The client's own port, at his address of the pool: the least of changes. */
static bool try_own(struct search *s)
{
	const struct lb_snat_rule *r = s->pkt->snat;
	__be16 port = lb_pkt_sport(s->pkt);

	if (r->has & LB_SNAT_TO_PORT &&
	    !lb_rule_ports_have(&r->to_port, port))
		return false;
	return try_port(s, s->home, ntohs(port));
}

/* Is it time to give up, or to be content with a conn that is over? */
static bool is_enough(const struct search *s)
{
	return s->tries == s->max_tries ||
	       (s->over && s->tries >= TRIES_REPLACE);
}

/* Ports @i to @end of the search's order, at one address of the pool. */
static bool try_run(struct search *s, u32 addr, u32 i, u32 end)
{
	for (; i < end && !is_enough(s); i++) {
		/* All are below 2^16. */
		u32 port = (s->start + i * s->step) % s->nr;

		s->tries++;
		if (try_port(s, addr, s->first + port))
			return true;
	}
	return false;
}

/*
 * Ports in random order, none twice: from a random one on, in steps of a
 * random width that has no divisor in common with their number.
 */
static bool try_all(struct search *s)
{
	u32 i, a, end;

	s->start = reciprocal_scale(get_random_u32(), s->nr);
	do {
		s->step = 1 + reciprocal_scale(get_random_u32(), s->nr);
	} while (gcd(s->step, s->nr) != 1);
	for (i = 0; i < s->nr && !is_enough(s); i = end) {
		end = min(i + TRIES_RUN, s->nr);
		for (a = 0; a < s->nr_to; a++)
			if (try_run(s, (s->home + a) % s->nr_to, i, end))
				return true;
	}
	return false;
}

static u32 client_hash(const struct lb_pkt *pkt)
{
	if (pkt->family == AF_INET)
		return siphash_1u32((__force u32)pkt->k4.saddr, &lb_hash_key);
	return siphash(&pkt->k6.saddr, sizeof(pkt->k6.saddr), &lb_hash_key);
}

static void search_init(struct search *s, const struct lb_pkt *pkt,
			struct lb_conn *conn)
{
	const struct lb_snat_rule *r = pkt->snat;

	memset(s, 0, sizeof(*s));
	s->pkt = pkt;
	s->conn = conn;
	s->cfg = rcu_dereference(pkt->ln->config);
	if (r && r->has & LB_SNAT_TO) {
		s->to = r->to.first;
		s->nr_to = r->nr_to;
		s->home = reciprocal_scale(client_hash(pkt), r->nr_to);
	} else {
		if (pkt->family == AF_INET)
			s->to.ip = pkt->k4.saddr;
		else
			s->to.in6 = pkt->k6.saddr;
		s->nr_to = 1;
	}
	s->first = PORT_FIRST;
	s->nr = PORT_LAST - PORT_FIRST + 1;
	if (r && r->has & LB_SNAT_TO_PORT) {
		s->first = r->to_port.first;
		s->nr = r->to_port.last - r->to_port.first + 1;
	}
}

/* Was the server's pool found full less than a second ago?  Races harmless. */
static bool was_full(const struct lb_server *srv)
{
	return jiffies - READ_ONCE(srv->snat_full) < HZ;
}

static struct lb_conn *find_source(struct lb_pkt *pkt, struct lb_conn *conn)
{
	struct lb_server *srv = conn->server;
	struct search s;
	bool thorough;

	search_init(&s, pkt, conn);
	conn->is_snat = true;
	/* The system's own translation would undo ours by halves. */
	conn->is_tracked = false;
	if (pkt->snat && try_own(&s))
		return s.found;
	thorough = !was_full(srv);
	s.max_tries = thorough ? TRIES : TRIES_RUN;
	if (try_all(&s) || replace(&s))
		return s.found;
	if (thorough)
		WRITE_ONCE(srv->snat_full, jiffies);
	return ERR_PTR(-ENOSPC);
}

static struct lb_conn *try_client(struct lb_pkt *pkt, struct lb_conn *conn)
{
	union nf_inet_addr client;

	if (pkt->family == AF_INET)
		client.ip = pkt->k4.saddr;
	else
		client.in6 = pkt->k6.saddr;
	return lb_conn_try_reply(pkt->ln, conn, &client, lb_pkt_sport(pkt));
}

/**
 * lb_snat_insert() - insert a conn's reply tuple, with a source of its own
 * @pkt: its first packet, as it came; @snat is its nat rule, or NULL
 * @conn: the conn, none of its tuples is in the table
 *
 * Without a rule the server sees the client itself.  What is in the way then is
 * the same client's, at another VIP: if it is over, it goes, if it is alive, it
 * is never robbed, and the new conn has its port translated.
 *
 * Context: softirq, under RCU.
 * Return: NULL if the reply tuple is in; the conn that another CPU has made of
 * the same packet flow; or ERR_PTR, -ENOSPC if all that was tried is in use.
 */
struct lb_conn *lb_snat_insert(struct lb_pkt *pkt, struct lb_conn *conn)
{
	struct lb_conn *other;

	if (unlikely(pkt->snat))
		return find_source(pkt, conn);
	other = try_client(pkt, conn);
	if (IS_ERR_OR_NULL(other) || lb_conn_is_twin(conn, other))
		return other;
	if (lb_conn_is_over(pkt->ln, other)) {
		lb_conn_replace(pkt->ln, other);
		other = try_client(pkt, conn);
		if (IS_ERR_OR_NULL(other) || lb_conn_is_twin(conn, other))
			return other;
	}
	lb_count(pkt->ln, LB_C_CONN_CLASH);
	return find_source(pkt, conn);
}
