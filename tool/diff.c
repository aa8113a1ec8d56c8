// SPDX-License-Identifier: GPL-2.0
/*
 * From one configuration to another: which objects, and what about them.
 *
 * An object is compared as a list of (attribute, text) pairs, so that what is
 * shown and what is found different can never disagree.  The order of lines is
 * not compared: moving one would cost its connections for nothing.
 */
#include "diff.h"
#include "key.h"
#include "util.h"

#include <stdlib.h>
#include <string.h>

#define ATTRS_MAX	48

/** struct attrs - an object as words */
struct attrs {
	/** @n: how many */
	unsigned int n;
	/** @name: what, per attribute; constant strings */
	const char *name[ATTRS_MAX];
	/** @at: where in @text its value begins */
	size_t at[ATTRS_MAX];
	/** @text: the values, each NUL-terminated */
	struct lb_buf text;
};

static void attrs_reset(struct attrs *a)
{
	a->n = 0;
	lb_buf_reset(&a->text);
}

static void attrs_begin(struct attrs *a, const char *name)
{
	a->name[a->n] = name;
	a->at[a->n] = a->text.len;
}

static void attrs_end(struct attrs *a)
{
	lb_buf_add(&a->text, "", 1);
	a->n++;
}

static const char *attrs_value(const struct attrs *a, unsigned int i)
{
	return a->text.p + a->at[i];
}

static int attrs_find(const struct attrs *a, const char *name)
{
	unsigned int i;

	for (i = 0; i < a->n; i++)
		if (!strcmp(a->name[i], name))
			return i;
	return -1;
}

static void attrs_rows(struct attrs *a, const struct lb_keys *keys,
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

static void attrs_method(struct attrs *a, const struct lb_method *m)
{
	const struct lb_method_word *word = lb_method_find(m->name);

	if (!word)
		return;
	attrs_begin(a, "option");
	lb_buf_puts(&a->text, word->option);
	lb_keys_print(word->keys, m, &a->text);
	attrs_end(a);
}

static void director_attrs(struct attrs *a, const struct lb_director *d)
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

static void server_attrs(struct attrs *a, const struct lb_server *s)
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

static void service_attrs(struct attrs *a, const struct lb_service *s)
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
static void compare(struct lb_buf *b, const struct attrs *old,
		    const struct attrs *new)
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

/** struct diffing - a comparison under way */
struct diffing {
	/** @diff: what comes out */
	struct lb_diff *diff;
	/** @a: room for one object as words */
	struct attrs a;
	/** @b: room for the other */
	struct attrs b;
	/** @text: room for a line */
	struct lb_buf text;
};

static void add(struct diffing *g, enum lb_op op, enum lb_kind kind,
		const struct lb_director *d, const struct lb_server *s)
{
	struct lb_diff *diff = g->diff;
	struct lb_change *c;

	diff->change = lb_grow(diff->change, diff->n, sizeof(*diff->change));
	c = &diff->change[diff->n++];
	memset(c, 0, sizeof(*c));
	c->op = op;
	c->kind = kind;
	c->director = d;
	c->server = s;
	c->text = lb_xstrdup(lb_buf_str(&g->text));
	diff->count[kind][op]++;
}

static void add_server(struct diffing *g, enum lb_op op,
		       const struct lb_director *d, const struct lb_server *s)
{
	struct lb_buf line = { 0 };

	lb_buf_reset(&g->text);
	lb_buf_printf(&g->text, "%c server %s/%s", op == LB_OP_ADD ? '+' : '-',
		      d->name, s->name);
	if (op == LB_OP_ADD) {
		/* "server NAME rest": the rest is what is new to say */
		lb_server_print(&line, s);
		lb_buf_puts(&g->text, line.p + strlen("server ") +
			    strlen(s->name));
		lb_buf_free(&line);
	}
	add(g, op, LB_KIND_SERVER, d, s);
}

static void add_director(struct diffing *g, const struct lb_director *d)
{
	unsigned int i;
	size_t j;

	director_attrs(&g->a, d);
	lb_buf_reset(&g->text);
	lb_buf_puts(&g->text, "+ ");
	lb_director_print_head(&g->text, d);
	for (i = 1; i < g->a.n; i++) {
		const char *v = attrs_value(&g->a, i);

		lb_buf_printf(&g->text, "%s %s%s%s", i == 1 ? "" : ",",
			      g->a.name[i], *v ? " " : "", v);
	}
	add(g, LB_OP_ADD, LB_KIND_DIRECTOR, d, NULL);
	for (j = 0; j < d->n_servers; j++)
		add_server(g, LB_OP_ADD, d, d->server[j]);
}

static void del_director(struct diffing *g, const struct lb_director *d)
{
	lb_buf_reset(&g->text);
	lb_buf_printf(&g->text, "- director %s with %zu server%s", d->name,
		      d->n_servers, d->n_servers == 1 ? "" : "s");
	add(g, LB_OP_DEL, LB_KIND_DIRECTOR, d, NULL);
}

static struct lb_server *find_server(struct lb_server **sorted, size_t n,
				     const char *name)
{
	size_t low = 0, high = n, mid;
	int order;

	while (low < high) {
		mid = low + (high - low) / 2;
		order = strcmp(sorted[mid]->name, name);
		if (!order)
			return sorted[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void diff_server(struct diffing *g, const struct lb_director *d,
			const struct lb_server *old,
			const struct lb_server *new)
{
	size_t head;

	server_attrs(&g->a, old);
	server_attrs(&g->b, new);
	lb_buf_reset(&g->text);
	lb_buf_printf(&g->text, "~ server %s/%s: ", d->name, new->name);
	head = g->text.len;
	compare(&g->text, &g->a, &g->b);
	if (g->text.len != head)
		add(g, LB_OP_EDIT, LB_KIND_SERVER, d, new);
}

static void diff_servers(struct diffing *g, const struct lb_director *old,
			 const struct lb_director *new)
{
	struct lb_server **was = lb_director_sort(old);
	struct lb_server **is = lb_director_sort(new);
	const struct lb_server *s;
	size_t i;

	for (i = 0; i < old->n_servers; i++)
		if (!find_server(is, new->n_servers, old->server[i]->name))
			add_server(g, LB_OP_DEL, old, old->server[i]);
	for (i = 0; i < new->n_servers; i++) {
		s = find_server(was, old->n_servers, new->server[i]->name);
		if (s)
			diff_server(g, new, s, new->server[i]);
		else
			add_server(g, LB_OP_ADD, new, new->server[i]);
	}
	free(was);
	free(is);
}

static void diff_director(struct diffing *g, const struct lb_director *old,
			  const struct lb_director *new)
{
	size_t head;

	director_attrs(&g->a, old);
	director_attrs(&g->b, new);
	lb_buf_reset(&g->text);
	lb_buf_printf(&g->text, "~ director %s: ", new->name);
	head = g->text.len;
	compare(&g->text, &g->a, &g->b);
	if (g->text.len != head)
		add(g, LB_OP_EDIT, LB_KIND_DIRECTOR, new, NULL);
	diff_servers(g, old, new);
}

static void diff_service(struct diffing *g, const struct lb_service *old,
			 const struct lb_service *new)
{
	size_t head;

	service_attrs(&g->a, old);
	service_attrs(&g->b, new);
	lb_buf_reset(&g->text);
	lb_buf_puts(&g->text, "~ service lvs: ");
	head = g->text.len;
	compare(&g->text, &g->a, &g->b);
	if (g->text.len == head)
		return;
	add(g, LB_OP_EDIT, LB_KIND_SERVICE, NULL, NULL);
	g->diff->change[g->diff->n - 1].service = new;
}

/**
 * lb_diff() - find what differs
 * @diff: gets it, to be freed with lb_diff_free(); borrows from the models
 * @old: the configuration in force
 * @new: the one wanted
 *
 * Deletions come first, so that their addresses are free for what follows.
 */
void lb_diff(struct lb_diff *diff, const struct lb_model *old,
	     const struct lb_model *new)
{
	struct lb_director **was = lb_model_sort(old);
	struct lb_director **is = lb_model_sort(new);
	struct diffing *g = lb_xcalloc(1, sizeof(*g));
	const struct lb_director *d;
	size_t i;

	memset(diff, 0, sizeof(*diff));
	g->diff = diff;
	diff_service(g, &old->service, &new->service);
	for (i = 0; i < old->n_directors; i++)
		if (!lb_sorted_find(is, new->n_directors,
				    old->director[i]->name))
			del_director(g, old->director[i]);
	for (i = 0; i < new->n_directors; i++) {
		d = lb_sorted_find(was, old->n_directors,
				   new->director[i]->name);
		if (d)
			diff_director(g, d, new->director[i]);
		else
			add_director(g, new->director[i]);
	}
	free(was);
	free(is);
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

	for (i = 0; i < diff->n; i++)
		free(diff->change[i].text);
	free(diff->change);
	memset(diff, 0, sizeof(*diff));
}
