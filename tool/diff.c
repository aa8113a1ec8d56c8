// SPDX-License-Identifier: GPL-2.0
/*
 * From one configuration to another: which objects, and what about them.
 *
 * An object is compared as a list of (attribute, text) pairs, so that what is
 * shown and what is found different can never disagree.  The order of servers
 * and flows counts, that of directors does not; nat sections are in diff_nat.c.
 */
#include "diffing.h"
#include "key.h"
#include "util.h"

#include <stdlib.h>
#include <string.h>

static void attrs_reset(struct lb_diff_attrs *a)
{
	a->n = 0;
	lb_buf_reset(&a->text);
}

static void attrs_begin(struct lb_diff_attrs *a, const char *name)
{
	a->name[a->n] = name;
	a->at[a->n] = a->text.len;
}

static void attrs_end(struct lb_diff_attrs *a)
{
	lb_buf_add(&a->text, "", 1);
	a->n++;
}

static const char *attrs_value(const struct lb_diff_attrs *a, unsigned int i)
{
	return a->text.p + a->at[i];
}

static int attrs_find(const struct lb_diff_attrs *a, const char *name)
{
	unsigned int i;

	for (i = 0; i < a->n; i++)
		if (!strcmp(a->name[i], name))
			return i;
	return -1;
}

static void attrs_rows(struct lb_diff_attrs *a, const struct lb_keys *keys,
		       const void *base)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++) {
		if (!lb_key_has(base, i))
			continue;
		attrs_begin(a, keys->key[i].name);
		lb_key_print(&keys->key[i], base, &a->text);
		attrs_end(a);
	}
}

static void attrs_method(struct lb_diff_attrs *a, const struct lb_method *m)
{
	const struct lb_method_word *word = lb_method_find(m->name);

	if (!word)
		return;
	attrs_begin(a, "option");
	lb_buf_puts(&a->text, word->option);
	lb_keys_print(word->keys, m, &a->text);
	attrs_end(a);
}

static void director_attrs(struct lb_diff_attrs *a, const struct lb_director *d)
{
	attrs_reset(a);
	attrs_begin(a, "address");
	if (d->addr.len)
		lb_addrport_print(&a->text, &d->addr, d->port);
	lb_buf_printf(&a->text, "%s%s", d->addr.len && d->proto ? " " : "",
		      lb_proto_name(d->proto));
	attrs_end(a);
	attrs_begin(a, "balance");
	lb_buf_printf(&a->text, "%s%s", d->sched, d->hash_port ? " port" : "");
	attrs_end(a);
	attrs_begin(a, "mode");
	lb_buf_puts(&a->text, d->mode);
	if (d->encap[0] && strcmp(d->encap, "ipip"))
		lb_buf_printf(&a->text, " %s", d->encap);
	if (d->encap_port)
		lb_buf_printf(&a->text, " port %u", d->encap_port);
	attrs_end(a);
	if (d->check.set) {
		attrs_begin(a, "check");
		lb_keys_print(&lb_check_keys, &d->check, &a->text);
		/* the rows begin with a blank each */
		a->at[a->n]++;
		attrs_end(a);
	}
	attrs_method(a, &d->method);
	if (d->persist.on) {
		attrs_begin(a, "persistence");
		lb_keys_print(&lb_persist_keys, &d->persist, &a->text);
		a->at[a->n]++;
		attrs_end(a);
	}
	attrs_rows(a, &lb_dopt_keys, &d->opts);
}

static void server_attrs(struct lb_diff_attrs *a, const struct lb_server *s)
{
	struct lb_sopts opts = s->opts;

	attrs_reset(a);
	attrs_begin(a, "address");
	lb_addrport_print(&a->text, &s->addr, s->port);
	attrs_end(a);
	opts.set |= LB_BIT(LB_K_WEIGHT);
	attrs_rows(a, &lb_server_keys, &opts);
	if (s->checked) {
		attrs_begin(a, "check");
		lb_keys_print(&lb_check_keys, &s->check, &a->text);
		a->at[a->n] += s->check.set != 0;
		attrs_end(a);
	}
}

static void service_attrs(struct lb_diff_attrs *a, const struct lb_service *s)
{
	struct lb_service all = *s;

	/* both sides show the value in force, the default or not */
	lb_service_defaults(&all);
	attrs_reset(a);
	attrs_rows(a, &lb_service_keys, &all);
}

static void add_sep(struct lb_buf *b, size_t start)
{
	if (b->len != start)
		lb_buf_puts(b, ", ");
}

/* `check` without parameters is there, but has no text */
static const char *or_default(const char *value)
{
	return *value ? value : "(defaults)";
}

/* "name old -> new" for every attribute that differs */
static void compare(struct lb_buf *b, const struct lb_diff_attrs *old,
		    const struct lb_diff_attrs *new)
{
	size_t start = b->len;
	unsigned int i;
	const char *v;
	int j;

	for (i = 0; i < new->n; i++) {
		j = attrs_find(old, new->name[i]);
		v = attrs_value(new, i);
		if (j >= 0 && !strcmp(attrs_value(old, j), v))
			continue;
		add_sep(b, start);
		if (j < 0)
			lb_buf_printf(b, "+%s%s%s", new->name[i],
				      *v ? " " : "", v);
		else
			lb_buf_printf(b, "%s %s -> %s", new->name[i],
				      or_default(attrs_value(old, j)),
				      or_default(v));
	}
	for (i = 0; i < old->n; i++) {
		if (attrs_find(new, old->name[i]) >= 0)
			continue;
		v = attrs_value(old, i);
		add_sep(b, start);
		lb_buf_printf(b, "-%s%s%s", old->name[i], *v ? " " : "", v);
	}
}

/**
 * lb_diff_step() - append a step to the walk
 * @g: the comparison
 * @op: what happens
 * @kind: to what
 *
 * Return: the step, whose object is to be set; the next one may move it.
 */
struct lb_change *lb_diff_step(struct lb_diffing *g, enum lb_op op,
			       enum lb_kind kind)
{
	struct lb_diff *diff = g->diff;
	struct lb_change *c;

	diff->change = lb_grow(diff->change, diff->n, sizeof(*diff->change));
	c = &diff->change[diff->n++];
	memset(c, 0, sizeof(*c));
	c->op = op;
	c->kind = kind;
	return c;
}

static void step_server(struct lb_diffing *g, enum lb_op op,
			const struct lb_director *d,
			const struct lb_server *s, bool last)
{
	struct lb_change *c = lb_diff_step(g, op, LB_KIND_SERVER);

	c->director = d;
	c->server = s;
	c->last = last;
}

/**
 * lb_diff_tell() - append a line that people are told
 * @g: the comparison; the line is in @text, which is empty afterwards
 */
void lb_diff_tell(struct lb_diffing *g)
{
	struct lb_diff *diff = g->diff;

	diff->line = lb_grow(diff->line, diff->n_lines, sizeof(*diff->line));
	diff->line[diff->n_lines++] = lb_xstrdup(lb_buf_str(&g->text));
	lb_buf_reset(&g->text);
}

/**
 * lb_diff_count() - count an object that differs
 * @g: the comparison
 * @kind: what it is
 * @op: what happens to it
 */
void lb_diff_count(struct lb_diffing *g, enum lb_kind kind, enum lb_op op)
{
	g->diff->count[kind][op]++;
}

static void add_server(struct lb_diffing *g, const struct lb_director *d,
		       const struct lb_server *s)
{
	struct lb_buf line = { 0 };

	/* "server NAME rest": the rest is what is new to say */
	lb_server_print(&line, s);
	lb_buf_printf(&g->text, "+ server %s/%s%s", d->name, s->name,
		      line.p + strlen("server ") + strlen(s->name));
	lb_buf_free(&line);
	lb_diff_tell(g);
	step_server(g, LB_OP_ADD, d, s, false);
	lb_diff_count(g, LB_KIND_SERVER, LB_OP_ADD);
}

static void del_server(struct lb_diffing *g, const struct lb_director *d,
		       const struct lb_server *s)
{
	lb_buf_printf(&g->text, "- server %s/%s", d->name, s->name);
	lb_diff_tell(g);
	step_server(g, LB_OP_DEL, d, s, false);
	lb_diff_count(g, LB_KIND_SERVER, LB_OP_DEL);
}

static void add_director(struct lb_diffing *g, const struct lb_director *d)
{
	unsigned int i;
	size_t j;

	director_attrs(&g->a, d);
	lb_buf_puts(&g->text, "+ ");
	lb_director_print_head(&g->text, d);
	for (i = 1; i < g->a.n; i++) {
		const char *v = attrs_value(&g->a, i);

		lb_buf_printf(&g->text, "%s %s%s%s", i == 1 ? "" : ",",
			      g->a.name[i], *v ? " " : "", v);
	}
	lb_diff_tell(g);
	lb_diff_step(g, LB_OP_ADD, LB_KIND_DIRECTOR)->director = d;
	lb_diff_count(g, LB_KIND_DIRECTOR, LB_OP_ADD);
	for (j = 0; j < d->n_servers; j++)
		add_server(g, d, d->server[j]);
}

static void del_director(struct lb_diffing *g, const struct lb_director *d)
{
	lb_buf_printf(&g->text, "- director %s with %zu server%s", d->name,
		      d->n_servers, d->n_servers == 1 ? "" : "s");
	lb_diff_tell(g);
	lb_diff_step(g, LB_OP_DEL, LB_KIND_DIRECTOR)->director = d;
	lb_diff_count(g, LB_KIND_DIRECTOR, LB_OP_DEL);
}

/**
 * lb_diff_order() - compare the order of two lists of named objects
 * @old: the old list
 * @n_old: its length
 * @new: the new list
 * @n_new: its length
 * @was: the old one, sorted
 * @is: the new one, sorted
 *
 * An object can only be put last: all that follow the first one that is new or
 * elsewhere have to be put there in turn.
 *
 * Return: how they are ordered.
 */
struct lb_order lb_diff_order(void *old, size_t n_old, void *new,
			      size_t n_new, void *was, void *is)
{
	const char *const *from = old, *const *to = new;
	struct lb_order order = { 0 };
	bool same = true;
	size_t i, j = 0;

	for (i = 0; i < n_new; i++) {
		if (!lb_named_find(was, n_old, to[i])) {
			same = false;
			continue;
		}
		while (j < n_old && !lb_named_find(is, n_new, from[j]))
			j++;
		if (j == n_old || strcmp(from[j++], to[i])) {
			order.turned = true;
			same = false;
		}
		if (same)
			order.stay = i + 1;
	}
	return order;
}

static void diff_server(struct lb_diffing *g, const struct lb_director *d,
			const struct lb_server *old,
			const struct lb_server *new, bool last)
{
	bool differs;
	size_t head;

	server_attrs(&g->a, old);
	server_attrs(&g->b, new);
	lb_buf_printf(&g->text, "~ server %s/%s: ", d->name, new->name);
	head = g->text.len;
	compare(&g->text, &g->a, &g->b);
	differs = g->text.len != head;
	if (differs) {
		lb_diff_tell(g);
		lb_diff_count(g, LB_KIND_SERVER, LB_OP_EDIT);
	}
	lb_buf_reset(&g->text);
	if (differs || last)
		step_server(g, LB_OP_EDIT, d, new, last);
}

static void diff_servers(struct lb_diffing *g, const struct lb_director *old,
			 const struct lb_director *new,
			 struct lb_server **was, struct lb_server **is,
			 size_t stay)
{
	const struct lb_server *s;
	bool moves = false;
	size_t i;

	for (i = 0; i < old->n_servers; i++)
		if (!lb_named_find(is, new->n_servers, old->server[i]->name))
			del_server(g, old, old->server[i]);
	/* behind the last one that stays only new ones: nothing moves */
	for (i = stay; i < new->n_servers; i++)
		if (lb_named_find(was, old->n_servers, new->server[i]->name))
			moves = true;
	for (i = 0; i < new->n_servers; i++) {
		s = lb_named_find(was, old->n_servers, new->server[i]->name);
		if (s)
			diff_server(g, new, s, new->server[i],
				    moves && i >= stay);
		else
			add_server(g, new, new->server[i]);
	}
}

static void diff_director(struct lb_diffing *g, const struct lb_director *old,
			  const struct lb_director *new)
{
	struct lb_server **was = lb_director_sort(old);
	struct lb_server **is = lb_director_sort(new);
	struct lb_order order = lb_diff_order(old->server, old->n_servers,
					new->server, new->n_servers, was, is);
	size_t head;

	director_attrs(&g->a, old);
	director_attrs(&g->b, new);
	lb_buf_printf(&g->text, "~ director %s: ", new->name);
	head = g->text.len;
	compare(&g->text, &g->a, &g->b);
	if (g->text.len != head)
		lb_diff_step(g, LB_OP_EDIT, LB_KIND_DIRECTOR)->director = new;
	if (order.turned) {
		add_sep(&g->text, head);
		lb_buf_puts(&g->text, "order of servers");
	}
	if (g->text.len != head) {
		lb_diff_count(g, LB_KIND_DIRECTOR, LB_OP_EDIT);
		lb_diff_tell(g);
	}
	lb_buf_reset(&g->text);
	diff_servers(g, old, new, was, is, order.stay);
	free(was);
	free(is);
}

static void diff_service(struct lb_diffing *g, const struct lb_service *old,
			 const struct lb_service *new)
{
	size_t head;

	service_attrs(&g->a, old);
	service_attrs(&g->b, new);
	lb_buf_puts(&g->text, "~ service lvs: ");
	head = g->text.len;
	compare(&g->text, &g->a, &g->b);
	if (g->text.len != head) {
		lb_diff_tell(g);
		lb_diff_step(g, LB_OP_EDIT, LB_KIND_SERVICE)->service = new;
		lb_diff_count(g, LB_KIND_SERVICE, LB_OP_EDIT);
	}
	lb_buf_reset(&g->text);
}

static void diff_directors(struct lb_diffing *g, const struct lb_model *old,
			   const struct lb_model *new)
{
	struct lb_director **was = lb_model_sort(old);
	struct lb_director **is = lb_model_sort(new);
	const struct lb_director *d;
	size_t i;

	for (i = 0; i < old->n_directors; i++)
		if (!lb_named_find(is, new->n_directors,
				   old->director[i]->name))
			del_director(g, old->director[i]);
	for (i = 0; i < new->n_directors; i++) {
		d = lb_named_find(was, old->n_directors,
				  new->director[i]->name);
		if (d)
			diff_director(g, d, new->director[i]);
		else
			add_director(g, new->director[i]);
	}
	free(was);
	free(is);
}

static void tell_rules(struct lb_diffing *g, char sign, const struct lb_flow *f,
		       size_t from, size_t to)
{
	for (; from < to; from++) {
		lb_buf_printf(&g->text, "%c flow %s: ", sign, f->name);
		lb_rule_print(&g->text, &f->rule[from]);
		lb_diff_tell(g);
	}
}

static bool same_rule(struct lb_diffing *g, const struct lb_rule *x,
		      const struct lb_rule *y)
{
	lb_buf_reset(&g->a.text);
	lb_buf_reset(&g->b.text);
	lb_rule_print(&g->a.text, x);
	lb_rule_print(&g->b.text, y);
	return !strcmp(lb_buf_str(&g->a.text), lb_buf_str(&g->b.text));
}

/* tells the rules between the first and the last that differ */
static bool diff_rules(struct lb_diffing *g, const struct lb_flow *old,
		       const struct lb_flow *new)
{
	size_t n = old->n_rules, m = new->n_rules, same = 0;

	while (same < n && same < m &&
	       same_rule(g, &old->rule[same], &new->rule[same]))
		same++;
	while (n > same && m > same &&
	       same_rule(g, &old->rule[n - 1], &new->rule[m - 1]))
		n--, m--;
	tell_rules(g, '-', old, same, n);
	tell_rules(g, '+', new, same, m);
	return n != same || m != same;
}

static bool diff_policy(struct lb_diffing *g, const struct lb_flow *old,
			const struct lb_flow *new)
{
	if (!strcmp(old->policy, new->policy) &&
	    !strcmp(old->director, new->director))
		return false;
	lb_buf_printf(&g->text, "~ flow %s: policy %s%s%s -> %s%s%s",
		      new->name, old->policy, old->director[0] ? " " : "",
		      old->director, new->policy, new->director[0] ? " " : "",
		      new->director);
	lb_diff_tell(g);
	return true;
}

static void set_flow(struct lb_diffing *g, enum lb_op op,
		     const struct lb_flow *f)
{
	struct lb_change *c = lb_diff_step(g, op, LB_KIND_FLOW);
	size_t i;

	c->flow = f;
	for (i = 0; i < f->n_rules; i++) {
		c = lb_diff_step(g, LB_OP_ADD, LB_KIND_RULE);
		c->flow = f;
		c->rule = &f->rule[i];
	}
}

static void add_flow(struct lb_diffing *g, const struct lb_flow *f)
{
	lb_buf_puts(&g->text, "+ ");
	lb_flow_print_head(&g->text, f);
	lb_diff_tell(g);
	tell_rules(g, '+', f, 0, f->n_rules);
	lb_diff_count(g, LB_KIND_FLOW, LB_OP_ADD);
	set_flow(g, LB_OP_ADD, f);
}

/* @stays: it is where it was, not deleted before */
static void diff_flow(struct lb_diffing *g, const struct lb_flow *old,
		      const struct lb_flow *new, bool stays)
{
	bool differs = diff_policy(g, old, new);

	differs |= diff_rules(g, old, new);
	if (differs)
		lb_diff_count(g, LB_KIND_FLOW, LB_OP_EDIT);
	if (differs || !stays)
		set_flow(g, LB_OP_EDIT, new);
}

static void del_flow(struct lb_diffing *g, const struct lb_flow *f, bool tells)
{
	if (tells) {
		lb_buf_printf(&g->text, "- flow %s with %zu rule%s", f->name,
			      f->n_rules, f->n_rules == 1 ? "" : "s");
		lb_diff_tell(g);
		lb_diff_count(g, LB_KIND_FLOW, LB_OP_DEL);
	}
	lb_diff_step(g, LB_OP_DEL, LB_KIND_FLOW)->flow = f;
}

/** struct flows - the flows of both sides while they are compared */
struct flows {
	/** @was: the old ones by name */
	struct lb_flow **was;
	/** @is: the new ones by name */
	struct lb_flow **is;
	/** @order: which stay */
	struct lb_order order;
};

static void find_flows(struct flows *f, const struct lb_model *old,
		       const struct lb_model *new)
{
	f->was = lb_named_sort(old->flow, old->n_flows,
			       offsetof(struct lb_flow, pos));
	f->is = lb_named_sort(new->flow, new->n_flows,
			      offsetof(struct lb_flow, pos));
	f->order = lb_diff_order(old->flow, old->n_flows, new->flow,
			      new->n_flows, f->was, f->is);
}

/* first of all, so that no flow names a director that goes */
static void del_flows(struct lb_diffing *g, const struct flows *f,
		      const struct lb_model *old, const struct lb_model *new)
{
	size_t i, stayed = 0;

	for (i = 0; i < old->n_flows; i++) {
		if (!lb_named_find(f->is, new->n_flows, old->flow[i]->name))
			del_flow(g, old->flow[i], true);
		else if (stayed < f->order.stay)
			stayed++;
		else
			del_flow(g, old->flow[i], false);
	}
}

static void set_flows(struct lb_diffing *g, const struct flows *f,
		      const struct lb_model *old, const struct lb_model *new)
{
	const struct lb_flow *was;
	size_t i;

	if (f->order.turned) {
		lb_buf_printf(&g->text, "~ order of flows, from %s on",
			      new->flow[f->order.stay]->name);
		lb_diff_tell(g);
		lb_diff_count(g, LB_KIND_FLOW, LB_OP_EDIT);
	}
	for (i = 0; i < new->n_flows; i++) {
		was = lb_named_find(f->was, old->n_flows, new->flow[i]->name);
		if (was)
			diff_flow(g, was, new->flow[i], i < f->order.stay);
		else
			add_flow(g, new->flow[i]);
	}
}

/**
 * lb_diff() - find what differs
 * @diff: gets it, to be freed with lb_diff_free(); borrows from the models
 * @old: the configuration in force
 * @new: the one wanted
 *
 * Deletions come first, so that their addresses are free for what follows.
 * Flows have an order: those from the first that is new or elsewhere on are
 * deleted and made again, within the transaction no packet sees it.
 */
void lb_diff(struct lb_diff *diff, const struct lb_model *old,
	     const struct lb_model *new)
{
	struct lb_diffing *g = lb_xcalloc(1, sizeof(*g));
	struct flows f;

	memset(diff, 0, sizeof(*diff));
	g->diff = diff;
	find_flows(&f, old, new);
	del_flows(g, &f, old, new);
	diff_service(g, &old->service, &new->service);
	diff_directors(g, old, new);
	set_flows(g, &f, old, new);
	lb_diff_nats(g, old, new);
	free(f.was);
	free(f.is);
	lb_buf_free(&g->a.text);
	lb_buf_free(&g->b.text);
	lb_buf_free(&g->text);
	free(g);
}

/**
 * lb_diff_free() - forget a comparison
 * @diff: the comparison
 */
void lb_diff_free(struct lb_diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n_lines; i++)
		free(diff->line[i]);
	free(diff->line);
	free(diff->change);
	memset(diff, 0, sizeof(*diff));
}
