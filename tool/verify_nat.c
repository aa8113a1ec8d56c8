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
	struct lb_pos pos = n->after.pos[LB_K_SIDE_SRC];
	const struct lb_net *src = &n->after.src;
	struct lb_addr first, last;

	if (!has(&n->after, LB_K_SIDE_SRC))
		return;
	net_ends(src, &first, &last);
	if (lb_addr_is_mapped(&first) || lb_addr_is_mapped(&last))
		error(d, pos, "write the IPv4 address",
		      "'after src' is an IPv4-mapped address");
	else if (net_count(src) > POOL_MAX)
		error(d, pos,
		      "a range ADDR-ADDR of some addresses is enough: each has 64512 ports",
		      "'after src' is more than %u addresses", POOL_MAX);
	else if (!is_host(&first) || !is_host(&last))
		error(d, pos, NULL,
		      "'after src' is not an address that a host can have");
	else if (lb_addr_is_link_local(&first) || lb_addr_is_link_local(&last))
		error(d, pos, "take a global or a unique local one",
		      "'after src' is a link-local address, which names no host beyond its link");
}

/** struct place - a row of a section that was written */
struct place {
	/** @side: its side */
	const struct lb_nat_side *side;
	/** @row: LB_K_SIDE_ */
	unsigned int row;
};

/* the addresses of a section, in the order they are asked for */
static unsigned int addrs_of(const struct lb_nat *n, struct place at[3])
{
	const struct place all[] = {
		{ &n->before, LB_K_SIDE_SRC }, { &n->before, LB_K_SIDE_DST },
		{ &n->after, LB_K_SIDE_SRC },
	};
	unsigned int i, k = 0;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (has(all[i].side, all[i].row))
			at[k++] = all[i];
	return k;
}

static uint8_t family_of(const struct place *at)
{
	return at->row == LB_K_SIDE_SRC ? at->side->src.addr.len :
					  at->side->dst.addr.len;
}

static void check_families(struct lb_diags *d, const struct lb_nat *n)
{
	struct place at[3];
	unsigned int i, k = addrs_of(n, at);

	for (i = 1; i < k; i++) {
		if (family_of(&at[i]) == family_of(&at[0]))
			continue;
		error(d, at[i].side->pos[at[i].row],
		      "no packet changes its family: write a section for each",
		      "nat '%s' mixes IPv4 and IPv6", n->name);
		return;
	}
}

static void check_ports(struct lb_diags *d, const struct lb_nat *n)
{
	const struct place all[] = {
		{ &n->before, LB_K_SIDE_SRCPORT },
		{ &n->before, LB_K_SIDE_DSTPORT },
		{ &n->after, LB_K_SIDE_SRCPORT },
		{ &n->after, LB_K_SIDE_DSTPORT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!has(all[i].side, all[i].row))
			continue;
		error(d, all[i].side->pos[all[i].row],
		      "add 'proto TCP' or 'proto UDP'",
		      "nat '%s' names ports but no protocol", n->name);
		return;
	}
}

/* what can be told from the section alone */
static bool check_alone(struct lb_diags *d, const struct lb_nat *n)
{
	size_t errors = d->errors;

	if (!n->after_pos.line)
		error(d, n->name_pos, "add 'after src ADDR'",
		      "nat '%s' has no 'after': it changes nothing", n->name);
	/* a protocol that is wrong has been complained about */
	if (!n->match.proto && !n->match.pos[LB_K_NAT_PROTO].line)
		check_ports(d, n);
	check_families(d, n);
	check_after_dst(d, n);
	check_pool(d, n);
	return d->errors == errors;
}

/* how far a section gets with a director, or what it fails at */
enum fit {
	FIT_NOT,
	FIT_PROTO,		/* the family differs */
	FIT_FAMILY,		/* its packets do not match */
	FIT_PACKET,		/* the mode does not translate */
	FIT_ALL,
};

/* 0: of either; what a flow brings tells the servers' family, but in tunnels */
static uint8_t director_family(const struct lb_director *d)
{
	if (d->addr.len || !d->n_servers || !strcmp(d->mode, "tunnel"))
		return d->addr.len;
	return d->server[0]->addr.len;
}

/* What a flow brings may have any address. */
static enum fit fit(const struct lb_nat *n, const struct lb_director *d)
{
	const struct lb_nat_side *b = &n->before;
	uint8_t len = director_family(d);
	struct place at[3];

	if (n->match.proto && d->proto && n->match.proto != d->proto)
		return FIT_NOT;
	if (len && addrs_of(n, at) && len != family_of(&at[0]))
		return FIT_PROTO;
	if (d->addr.len && has(b, LB_K_SIDE_DST) &&
	    !net_has(&b->dst, &d->addr))
		return FIT_FAMILY;
	if (d->addr.len && d->port && has(b, LB_K_SIDE_DSTPORT) &&
	    (d->port < b->dstport.first || b->dstport.last < d->port))
		return FIT_FAMILY;
	return strcmp(d->mode, "nat") ? FIT_PACKET : FIT_ALL;
}

/* @best: the director that it gets farthest with, to @far */
static void warn_useless(struct lb_diags *diags, const struct lb_nat *n,
			 enum fit far, const struct lb_director *best)
{
	const char *proto = lb_proto_name(n->match.proto);
	struct place at[3];

	switch (far) {
	case FIT_NOT:
		warn(diags, n->match.pos[LB_K_NAT_PROTO], NULL,
		     "nat '%s' does nothing: no director takes %s", n->name,
		     proto);
		break;
	case FIT_PROTO:
		addrs_of(n, at);
		warn(diags, at[0].side->pos[at[0].row],
		     "no packet changes its family",
		     "nat '%s' does nothing: it is %s, and no %s%sdirector is",
		     n->name, family_of(&at[0]) == 4 ? "IPv4" : "IPv6", proto,
		     *proto ? " " : "");
		break;
	case FIT_FAMILY:
		warn(diags, n->name_pos,
		     "'before' is the packet as it arrives: dst and dstport are the director's, not a server's",
		     "nat '%s' does nothing: no director gets what it matches",
		     n->name);
		break;
	default:
		warn(diags, n->name_pos, "write 'mode nat' there",
		     "nat '%s' does nothing: director '%s' is in mode %s, and only nat translates",
		     n->name, best->name, best->mode);
	}
}

static void check_directors(struct lb_diags *diags, const struct lb_nat *n,
			    const struct lb_model *m)
{
	const struct lb_director *d, *best = NULL;
	enum fit far = FIT_NOT, this;
	size_t i;

	for (i = 0; i < m->n_directors; i++) {
		d = m->director[i];
		this = fit(n, d);
		if (!best || this > far) {
			far = this;
			best = d;
		}
		if (this == FIT_ALL && d->opts.onepacket)
			warn(diags, n->name_pos, NULL,
			     "nat '%s' does not apply to director '%s': onepacket keeps no connections",
			     n->name, d->name);
	}
	if (best && far != FIT_ALL)
		warn_useless(diags, n, far, best);
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
