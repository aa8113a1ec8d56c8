// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way back of one-packet nat directors.  Nothing is remembered of a
 * request, so the server's address and port must tell which VIP its answer is
 * to come from: no two such directors may share a server's address and port.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "answer.h"
#include "config.h"
#include "xmit.h"

/**
 * struct lb_answers - by address and port, open addressing; constant
 */
struct lb_answers {
	/** @mask: places, minus 1 */
	u32 mask;
	/** @has_any_port: some @place has port 0 */
	bool has_any_port;
	/** @place: at most half full */
	struct lb_answerer place[];
};

/**
 * lb_answers_for() - are a director's answers found without a conn?
 * @dir: the director
 *
 * Return: true for one-packet scheduling in nat mode.
 */
bool lb_answers_for(const struct lb_director *dir)
{
	return dir->spec.flags & LB_DIRECTOR_F_ONEPACKET &&
	       dir->spec.xmit->has_reply;
}

/* Who sends packets chooses what is looked up here, so the hash is keyed. */
static u32 answer_hash(const union nf_inet_addr *addr, __be16 port)
{
	return siphash(addr, sizeof(*addr), &lb_hash_key) +
	       siphash_1u32((__force u16)port, &lb_hash_key);
}

static const struct lb_answerer *find(const struct lb_answers *a,
				      const union nf_inet_addr *addr,
				      u8 family, __be16 port)
{
	u32 i = answer_hash(addr, port);
	const struct lb_answerer *at;

	for (; (at = &a->place[i & a->mask])->dir; i++)
		if (at->port == port && at->srv->family == family &&
		    !memcmp(&at->srv->addr, addr, sizeof(*addr)))
			return at;
	return NULL;
}

/* Answers from any port come first: nothing of that address may follow. */
static int answers_add(struct lb_answers *a, const struct lb_director *dir,
		       struct lb_server *srv)
{
	__be16 port = srv->port ?: dir->spec.port;
	u32 i = answer_hash(&srv->addr, port);

	if (find(a, &srv->addr, srv->family, port) ||
	    find(a, &srv->addr, srv->family, 0))
		return -EADDRINUSE;
	while (a->place[i & a->mask].dir)
		i++;
	a->place[i & a->mask] = (struct lb_answerer){ srv, dir, port };
	a->has_any_port |= !port;
	return 0;
}

static int answers_add_all(struct lb_answers *a, const struct lb_config *cfg,
			   bool any_port)
{
	int err = 0;
	u32 i, j;

	for (i = 0; i < cfg->nr && !err; i++) {
		const struct lb_director *dir = cfg->directors[i];

		if (!lb_answers_for(dir) || !dir->spec.port != any_port)
			continue;
		for (j = 0; j < dir->nr && !err; j++)
			err = answers_add(a, dir, dir->servers[j].srv);
	}
	return err;
}

/**
 * lb_answers_create() - list who may answer for one-packet nat directors
 * @cfg: its directors are in; @cfg->answers is set, to NULL if there are none
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, or -EADDRINUSE if an answer would be ambiguous.
 */
int lb_answers_create(struct lb_config *cfg)
{
	struct lb_answers *a;
	u32 i, n = 0;

	for (i = 0; i < cfg->nr; i++)
		if (lb_answers_for(cfg->directors[i]))
			n += cfg->directors[i]->nr;
	if (!n)
		return 0;
	n = roundup_pow_of_two(2 * n);
	a = kvzalloc(struct_size(a, place, n), GFP_KERNEL_ACCOUNT);
	if (!a)
		return -ENOMEM;
	a->mask = n - 1;
	cfg->answers = a;
	return answers_add_all(a, cfg, true) ?:
	       answers_add_all(a, cfg, false);
}

/**
 * lb_answer_find() - is it an answer to a one-packet request?
 * @cfg: the config
 * @pkt: a parsed packet for no director, without a conn
 *
 * Context: under RCU.
 * Return: who answers, borrowed from @cfg, or NULL.
 */
const struct lb_answerer *lb_answer_find(const struct lb_config *cfg,
					 const struct lb_pkt *pkt)
{
	const struct lb_answers *a = cfg->answers;
	const struct lb_answerer *at;
	union nf_inet_addr from = {};

	if (!a || pkt->proto != IPPROTO_UDP)
		return NULL;
	if (pkt->family == AF_INET)
		from.ip = pkt->k4.saddr;
	else
		from.in6 = pkt->k6.saddr;
	at = find(a, &from, pkt->family, lb_pkt_sport(pkt));
	if (!at && a->has_any_port)
		at = find(a, &from, pkt->family, 0);
	return at;
}

/**
 * lb_answer_send() - send an answer on to its client
 * @pkt: the answer
 * @at: who answers
 *
 * Context: softirq, under RCU.
 * Return: what became of it; LB_CONTINUE if it is for this machine.
 */
enum lb_verdict lb_answer_send(struct lb_pkt *pkt,
			       const struct lb_answerer *at)
{
	return lb_nat_answer(pkt, at->srv, &at->dir->spec.addr,
			     at->dir->spec.port ?: lb_pkt_sport(pkt));
}
