// SPDX-License-Identifier: GPL-2.0
/*
 * The statements of flow and nat sections.
 */
#include "parse.h"

#include <netinet/in.h>
#include <string.h>

static void foreign(struct lb_parse *p, struct lb_pos pos, const char *word)
{
	lb_parse_error(p, pos,
		       "use 'ip rule' and 'ip route' for policy routing",
		       "'%s' steers the system's own routing, not a director",
		       word);
	p->at = p->line.n;
}

static void parse_policy(struct lb_parse *p, struct lb_flow *f, bool outflow)
{
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_next(p);
	char hint[LB_HINT_MAX];
	struct lb_guess g;
	size_t i;

	if (!word)
		return;
	if (!strcmp(word, "table")) {
		foreign(p, pos, "table");
		return;
	}
	lb_guess_init(&g, word);
	for (i = 0; lb_policies[i] && strcmp(lb_policies[i], word); i++)
		lb_guess_try(&g, lb_policies[i]);
	if (!lb_policies[i]) {
		lb_parse_error(p, pos, lb_parse_meant(hint, &g),
			       "unknown policy '%s'", word);
		p->at = p->line.n;
		return;
	}
	f->policy = lb_policies[i];
	if (strcmp(word, "director"))
		return;
	if (outflow) {
		lb_parse_error(p, pos, "write 'flow'",
			       "an outflow cannot feed a director");
		p->at = p->line.n;
		return;
	}
	lb_parse_name(p, f->director, LB_NAME_MAX, "the director", true);
}

/**
 * lb_parse_flow() - flow | outflow NAME [POLICY]
 * @p: the parser
 */
void lb_parse_flow(struct lb_parse *p)
{
	struct lb_flow *f = lb_model_add_flow(&p->conf->model);
	bool outflow = !strcmp(p->line.token[0].s, "outflow");

	p->section = LB_S_FLOW;
	p->flow = f;
	f->pos.line = p->line.no;
	f->pos.col = p->line.token[0].col;
	f->name_pos = lb_parse_pos(p);
	lb_parse_name(p, f->name, LB_FLOW_NAME_MAX, "the flow", false);
	parse_policy(p, f, outflow);
	if (outflow)
		foreign(p, f->pos, "outflow");
	lb_parse_end(p);
}

static bool cond_has(const struct lb_cond *c, unsigned int i)
{
	return c->set & LB_BIT(i);
}

static void check_rule(struct lb_parse *p, const struct lb_cond *c)
{
	static const unsigned int ports[] = { LB_K_C_SRCPORT, LB_K_C_DSTPORT };
	bool proto = cond_has(c, LB_K_C_PROTO) &&
		     !(c->neg & LB_BIT(LB_K_C_PROTO));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		if (cond_has(c, ports[i]) &&
		    (!proto || c->proto == IPPROTO_ICMP))
			lb_parse_error(p, c->pos[ports[i]], NULL,
				       "'%s' needs 'proto tcp' or 'proto udp'",
				       lb_cond_keys.key[ports[i]].name);
	if (cond_has(c, LB_K_C_ICMPTYPE) &&
	    (!proto || c->proto != IPPROTO_ICMP))
		lb_parse_error(p, c->pos[LB_K_C_ICMPTYPE], NULL,
			       "'icmptype' needs 'proto icmp'");
	if (cond_has(c, LB_K_C_SRC) && cond_has(c, LB_K_C_DST) &&
	    c->src.addr.len != c->dst.addr.len)
		lb_parse_error(p, c->pos[LB_K_C_DST], NULL,
			       "'src' and 'dst' are of different families");
}

/**
 * lb_parse_rule() - match | ignore [[not] CONDITION]...
 * @p: the parser
 */
void lb_parse_rule(struct lb_parse *p)
{
	struct lb_rule *r = lb_flow_add_rule(p->flow);
	struct lb_pos pos;
	uint32_t before;
	bool not;

	r->ignore = !strcmp(p->line.token[0].s, "ignore");
	r->pos.line = p->line.no;
	r->pos.col = p->line.token[0].col;
	while (lb_parse_peek(p)) {
		pos = lb_parse_pos(p);
		not = !strcmp(lb_parse_peek(p), "not");
		p->at += not;
		if (!lb_parse_peek(p)) {
			lb_parse_error(p, pos, NULL,
				       "'not' needs a condition");
			break;
		}
		before = r->cond.set;
		if (not && !strcmp(lb_parse_peek(p), "not")) {
			lb_parse_error(p, lb_parse_pos(p), NULL,
				       "'not' is given twice");
			break;
		}
		if (!lb_parse_key(p, &lb_cond_keys, &r->cond, r->cond.pos))
			lb_parse_unknown(p, &lb_cond_keys, "not");
		else if (not)
			r->cond.neg |= r->cond.set & ~before;
	}
	check_rule(p, &r->cond);
}

/**
 * lb_parse_nat() - nat NAME
 * @p: the parser
 */
void lb_parse_nat(struct lb_parse *p)
{
	struct lb_nat *n = lb_model_add_nat(&p->conf->model);

	p->section = LB_S_NAT;
	p->nat = n;
	n->pos.line = p->line.no;
	n->pos.col = p->line.token[0].col;
	n->name_pos = lb_parse_pos(p);
	lb_parse_name(p, n->name, LB_NAME_MAX, "the nat section", true);
	lb_parse_end(p);
}

static void parse_side(struct lb_parse *p, struct lb_nat_side *side)
{
	struct lb_pos pos = lb_parse_pos(p);

	if (!lb_parse_keys(p, &lb_nat_side_keys, side, side->pos))
		lb_parse_error(p, pos, NULL,
			       "'%s' needs src, dst, srcport or dstport",
			       p->line.token[0].s);
}

/**
 * lb_parse_nat_line() - in | out | proto | before | after ...
 * @p: the parser
 */
void lb_parse_nat_line(struct lb_parse *p)
{
	const char *word = p->line.token[0].s;
	struct lb_pos pos = lb_parse_pos(p);
	struct lb_nat *n = p->nat;

	if (!strcmp(word, "before")) {
		parse_side(p, &n->before);
		return;
	}
	if (!strcmp(word, "after")) {
		if (!n->after_pos.line)
			n->after_pos = lb_parse_pos(p);
		parse_side(p, &n->after);
		return;
	}
	p->at = 0;
	lb_parse_key(p, &lb_nat_keys, &n->match, n->match.pos);
	if (n->match.proto == IPPROTO_ICMP) {
		lb_parse_error(p, pos, NULL,
			       "a nat section takes TCP and UDP only");
		n->match.proto = IPPROTO_TCP;
	}
	lb_parse_end(p);
}
