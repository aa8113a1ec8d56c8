// SPDX-License-Identifier: GPL-2.0
/*
 * What nat sections have to do with the directors: judged when the whole text
 * is known, with their modes filled in.
 */
#include "conf.h"
#include "key.h"
#include "util.h"

#include <string.h>

/* as the module's LB_NAT_RULES_MAX and LB_SNAT_POOL_MAX */
#define NATS_MAX	1024
#define POOL_MAX	256

#define error(d, pos, hint, ...) lb_diag_add(d, pos, LB_ERROR, hint, __VA_ARGS__)
#define warn(d, pos, hint, ...) lb_diag_add(d, pos, LB_WARNING, hint, __VA_ARGS__)

/* the first and the last address of a network or range */
static void net_ends(const struct lb_net *n, struct lb_addr *first,
		     struct lb_addr *last)
{
	unsigned int i;

	*first = n->addr;
	*last = n->last.len ? n->last : n->addr;
	for (i = n->last.len ? n->addr.len * 8 : n->prefix;
	     i < n->addr.len * 8U; i++)
		last->b[i / 8] |= 0x80 >> i % 8;
}

static bool net_has(const struct lb_net *n, const struct lb_addr *a)
{
	struct lb_addr first, last;

	net_ends(n, &first, &last);
	return first.len == a->len && memcmp(first.b, a->b, a->len) <= 0 &&
	       memcmp(a->b, last.b, a->len) <= 0;
}

/* how many addresses, POOL_MAX + 1 standing for all that is more */
static unsigned int net_count(const struct lb_net *n)
{
	struct lb_addr first, last;
	uint64_t count = 0;
	unsigned int i;

	net_ends(n, &first, &last);
	for (i = 0; i < first.len; i++) {
		count = (count << 8) + last.b[i] - first.b[i];
		if (count > POOL_MAX << 8)
			return POOL_MAX + 1;
	}
	return count < POOL_MAX ? count + 1 : POOL_MAX + 1;
}

static bool is_host(const struct lb_addr *a)
{
	static const uint8_t low[16] = { [15] = 1 };

	if (a->len == 4)
		return a->b[0] && a->b[0] != 127 && a->b[0] < 224;
	return a->b[0] != 0xff && memcmp(a->b, low, 16) > 0;
}

static bool has(const struct lb_nat_side *side, unsigned int row)
{
	return lb_key_has(side, row);
}

/* the destination is the director's business */
static void check_after_dst(struct lb_diags *d, const struct lb_nat *n)
{
	const struct lb_nat_side *a = &n->after;

	if (has(a, LB_K_SIDE_DST))
		error(d, a->pos[LB_K_SIDE_DST],
		      "a director translates it: 'server NAME ADDR' in 'mode nat'",
		      "'after dst': a nat section translates the source only");
	if (has(a, LB_K_SIDE_DSTPORT))
		error(d, a->pos[LB_K_SIDE_DSTPORT],
		      "a director translates it: 'server NAME ADDR:PORT' in 'mode nat'",
		      "'after dstport': a nat section translates the source only");
}

static void check_pool(struct lb_diags *d, const struct lb_nat *n)
{
	const struct lb_net *src = &n->after.src;
	struct lb_addr first, last;

	if (!has(&n->after, LB_K_SIDE_SRC))
		return;
	net_ends(src, &first, &last);
	if (net_count(src) > POOL_MAX)
		error(d, n->after.pos[LB_K_SIDE_SRC],
		      "a range ADDR-ADDR of some addresses is enough: each has 64512 ports",
		      "'after src' is more than %u addresses", POOL_MAX);
	else if (!is_host(&first) || !is_host(&last))
		error(d, n->after.pos[LB_K_SIDE_SRC], NULL,
		      "'after src' is not an address that a host can have");
}

static bool is_mixed(const struct lb_nat *n)
{
	const struct lb_net *net[] = { &n->before.src, &n->before.dst,
				       &n->after.src };
	uint8_t len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(net); i++) {
		if (net[i]->addr.len && len && net[i]->addr.len != len)
			return true;
		if (net[i]->addr.len)
			len = net[i]->addr.len;
	}
	return false;
}

static bool has_ports(const struct lb_nat_side *side)
{
	return has(side, LB_K_SIDE_SRCPORT) || has(side, LB_K_SIDE_DSTPORT);
}

/* what can be told from the section alone */
static bool check_alone(struct lb_diags *d, const struct lb_nat *n)
{
	size_t errors = d->errors;

	if (!n->after.set)
		error(d, n->name_pos, "add 'after src ADDR'",
		      "nat '%s' has no 'after': it changes nothing", n->name);
	if ((has_ports(&n->before) || has_ports(&n->after)) &&
	    !n->match.proto)
		error(d, n->name_pos, "add 'proto TCP' or 'proto UDP'",
		      "nat '%s' names ports but no protocol", n->name);
	if (is_mixed(n))
		error(d, n->name_pos, NULL,
		      "nat '%s' mixes IPv4 and IPv6", n->name);
	check_after_dst(d, n);
	check_pool(d, n);
	return d->errors == errors;
}

/* the family of a section's addresses; 0: it names none */
static uint8_t family(const struct lb_nat *n)
{
	if (has(&n->before, LB_K_SIDE_SRC))
		return n->before.src.addr.len;
	if (has(&n->before, LB_K_SIDE_DST))
		return n->before.dst.addr.len;
	return n->after.src.addr.len;
}

/* can it be for this director?  What a flow brings may have any address. */
static bool may_match(const struct lb_nat *n, const struct lb_director *d)
{
	const struct lb_nat_side *b = &n->before;
	uint8_t len = d->addr.len;

	if (n->match.proto && d->proto && n->match.proto != d->proto)
		return false;
	if (!len && d->n_servers)
		len = d->server[0]->addr.len;
	if (len && family(n) && len != family(n))
		return false;
	if (d->addr.len && has(b, LB_K_SIDE_DST) &&
	    !net_has(&b->dst, &d->addr))
		return false;
	return !d->addr.len || !d->port || !has(b, LB_K_SIDE_DSTPORT) ||
	       (b->dstport.first <= d->port && d->port <= b->dstport.last);
}

static void check_directors(struct lb_diags *diags, const struct lb_nat *n,
			    const struct lb_model *m)
{
	const struct lb_director *d, *other = NULL;
	bool works = false;
	size_t i;

	for (i = 0; i < m->n_directors; i++) {
		d = m->director[i];
		if (!may_match(n, d))
			continue;
		if (strcmp(d->mode, "nat")) {
			other = other ? other : d;
			continue;
		}
		works = true;
		if (d->opts.onepacket)
			warn(diags, n->name_pos, NULL,
			     "nat '%s' does not apply to director '%s': onepacket keeps no connections",
			     n->name, d->name);
	}
	if (works || !m->n_directors)
		return;
	if (other)
		warn(diags, n->name_pos, "write 'mode nat' there",
		     "nat '%s' does nothing: director '%s' is in mode %s, and only nat translates",
		     n->name, other->name, other->mode);
	else
		warn(diags, n->name_pos,
		     "'before' is the packet as it arrives: dst and dstport are the director's, not a server's",
		     "nat '%s' does nothing: no director gets what it matches",
		     n->name);
}

/**
 * lb_verify_nats() - judge the nat sections
 * @m: the model, the directors' defaults filled in
 * @diags: where problems go
 */
void lb_verify_nats(const struct lb_model *m, struct lb_diags *diags)
{
	size_t i;

	if (m->n_nats > NATS_MAX) {
		error(diags, m->nat[NATS_MAX]->pos,
		      "one without 'before' is for all directors",
		      "more than %u nat sections", NATS_MAX);
		return;
	}
	for (i = 0; i < m->n_nats; i++)
		if (check_alone(diags, m->nat[i]) && m->nat[i]->name[0])
			check_directors(diags, m->nat[i], m);
}
