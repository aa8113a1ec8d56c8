// SPDX-License-Identifier: GPL-2.0
/*
 * The model in the language, in its one canonical form.
 *
 * `balance`, `mode`, the protocol and the weight are always there, everything
 * else only when it was written: reading the text gives the same model, and
 * printing that gives the same text, byte for byte.
 */
#include "key.h"
#include "model.h"
#include "util.h"

#include <string.h>

static void print_service(struct lb_buf *b, const struct lb_service *s)
{
	const struct lb_key *key;
	unsigned int i;

	if (!s->set)
		return;
	lb_buf_puts(b, "service lvs\n");
	for (i = 0; i < lb_service_keys.n; i++) {
		key = &lb_service_keys.key[i];
		if (!lb_key_has(s, i))
			continue;
		lb_buf_printf(b, "    %s", key->name);
		if (key->type != LB_T_FLAG) {
			lb_buf_puts(b, " ");
			lb_key_print(key, s, b);
		}
		lb_buf_puts(b, "\n");
	}
}

/**
 * lb_director_print_head() - write the director line, without its newline
 * @b: where to append
 * @d: the director
 */
void lb_director_print_head(struct lb_buf *b, const struct lb_director *d)
{
	lb_buf_printf(b, "director %s", d->name);
	if (d->addr.len) {
		lb_buf_puts(b, " ");
		lb_addrport_print(b, &d->addr, d->port);
	}
	if (d->proto)
		lb_buf_printf(b, " %s", lb_proto_name(d->proto));
}

/**
 * lb_server_print() - write a server line, without indent and newline
 * @b: where to append
 * @s: the server
 */
void lb_server_print(struct lb_buf *b, const struct lb_server *s)
{
	struct lb_sopts opts = s->opts;

	lb_buf_printf(b, "server %s ", s->name);
	lb_addrport_print(b, &s->addr, s->port);
	opts.set |= LB_BIT(LB_K_WEIGHT);
	lb_keys_print(&lb_server_keys, &opts, b);
	if (s->checked) {
		lb_buf_puts(b, " check");
		lb_keys_print(&lb_check_keys, &s->check, b);
	}
}

static void print_options(struct lb_buf *b, const struct lb_director *d)
{
	const struct lb_method_word *method = lb_method_find(d->method.name);
	const struct lb_key *key;
	unsigned int i;

	if (d->check.set) {
		lb_buf_puts(b, "    check");
		lb_keys_print(&lb_check_keys, &d->check, b);
		lb_buf_puts(b, "\n");
	}
	if (method) {
		lb_buf_printf(b, "    option %s", method->option);
		lb_keys_print(method->keys, &d->method, b);
		lb_buf_puts(b, "\n");
	}
	if (d->persist.on) {
		lb_buf_puts(b, "    option persistence");
		lb_keys_print(&lb_persist_keys, &d->persist, b);
		lb_buf_puts(b, "\n");
	}
	for (i = 0; i < lb_dopt_keys.n; i++) {
		key = &lb_dopt_keys.key[i];
		if (!lb_key_has(&d->opts, i))
			continue;
		lb_buf_printf(b, "    option %s", key->name);
		if (key->type != LB_T_FLAG) {
			lb_buf_puts(b, " ");
			lb_key_print(key, &d->opts, b);
		}
		lb_buf_puts(b, "\n");
	}
}

static void print_director(struct lb_buf *b, const struct lb_director *d)
{
	size_t i;

	lb_director_print_head(b, d);
	lb_buf_printf(b, "\n    balance %s%s\n    mode %s", d->sched,
		      d->hash_port ? " port" : "", d->mode);
	if (d->encap[0] && strcmp(d->encap, "ipip"))
		lb_buf_printf(b, " %s", d->encap);
	if (d->encap_port)
		lb_buf_printf(b, " port %u", d->encap_port);
	lb_buf_puts(b, "\n");
	print_options(b, d);
	for (i = 0; i < d->n_servers; i++) {
		lb_buf_puts(b, "    ");
		lb_server_print(b, d->server[i]);
		lb_buf_puts(b, "\n");
	}
}

/**
 * lb_rule_print() - write a rule of a flow, without indent and newline
 * @b: where to append
 * @r: the rule
 */
void lb_rule_print(struct lb_buf *b, const struct lb_rule *r)
{
	const struct lb_key *key;
	unsigned int i;

	lb_buf_printf(b, "%s", r->ignore ? "ignore" : "match");
	for (i = 0; i < lb_cond_keys.n; i++) {
		key = &lb_cond_keys.key[i];
		if (!lb_key_has(&r->cond, i))
			continue;
		lb_buf_printf(b, "%s %s ",
			      r->cond.neg & LB_BIT(i) ? " not" : "", key->name);
		if (key->type == LB_T_PROTO)
			lb_buf_puts(b, r->cond.proto == 6 ? "tcp" :
				       r->cond.proto == 17 ? "udp" : "icmp");
		else
			lb_key_print(key, &r->cond, b);
	}
}

/**
 * lb_flow_print_head() - write the flow line, without its newline
 * @b: where to append
 * @f: the flow
 */
void lb_flow_print_head(struct lb_buf *b, const struct lb_flow *f)
{
	lb_buf_printf(b, "flow %s %s", f->name, f->policy);
	if (f->director[0])
		lb_buf_printf(b, " %s", f->director);
}

static void print_flow(struct lb_buf *b, const struct lb_flow *f)
{
	size_t i;

	lb_flow_print_head(b, f);
	lb_buf_puts(b, "\n");
	for (i = 0; i < f->n_rules; i++) {
		lb_buf_puts(b, "    ");
		lb_rule_print(b, &f->rule[i]);
		lb_buf_puts(b, "\n");
	}
}

static void print_lines(struct lb_buf *b, const struct lb_keys *keys,
			const void *base)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++) {
		if (!lb_key_has(base, i))
			continue;
		lb_buf_printf(b, "    %s ", keys->key[i].name);
		lb_key_print(&keys->key[i], base, b);
		lb_buf_puts(b, "\n");
	}
}

/**
 * lb_nat_print() - write a nat section in one line, name first
 * @b: where to append
 * @n: the section
 */
void lb_nat_print(struct lb_buf *b, const struct lb_nat *n)
{
	lb_buf_printf(b, "nat %s:", n->name);
	lb_keys_print(&lb_nat_keys, &n->match, b);
	if (n->before.set) {
		lb_buf_puts(b, " before");
		lb_keys_print(&lb_nat_side_keys, &n->before, b);
	}
	if (n->after.set) {
		lb_buf_puts(b, " after");
		lb_keys_print(&lb_nat_side_keys, &n->after, b);
	}
}

static void print_nat(struct lb_buf *b, const struct lb_nat *n)
{
	lb_buf_printf(b, "nat %s\n", n->name);
	print_lines(b, &lb_nat_keys, &n->match);
	if (n->before.set) {
		lb_buf_puts(b, "    before");
		lb_keys_print(&lb_nat_side_keys, &n->before, b);
		lb_buf_puts(b, "\n");
	}
	if (n->after.set) {
		lb_buf_puts(b, "    after");
		lb_keys_print(&lb_nat_side_keys, &n->after, b);
		lb_buf_puts(b, "\n");
	}
}

/**
 * lb_model_print() - write a whole configuration
 * @b: where to append
 * @m: the configuration
 */
void lb_model_print(struct lb_buf *b, const struct lb_model *m)
{
	size_t start = b->len, i;

	print_service(b, &m->service);
	for (i = 0; i < m->n_directors; i++) {
		if (b->len != start)
			lb_buf_puts(b, "\n");
		print_director(b, m->director[i]);
	}
	for (i = 0; i < m->n_flows; i++) {
		if (b->len != start)
			lb_buf_puts(b, "\n");
		print_flow(b, m->flow[i]);
	}
	for (i = 0; i < m->n_nats; i++) {
		if (b->len != start)
			lb_buf_puts(b, "\n");
		print_nat(b, m->nat[i]);
	}
}
