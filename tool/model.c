// SPDX-License-Identifier: GPL-2.0
/*
 * The model: making, finding and freeing its objects.
 *
 * Objects are allocated one by one and never move, so that pointers to them
 * stay good while the arrays that hold them grow.  A model owns everything
 * below it.
 */
#include "key.h"
#include "model.h"
#include "util.h"

#include <stdlib.h>
#include <string.h>

/* what the kernel does when an option is not there */
#define LB_TCP_MS	900000
#define LB_TCPFIN_MS	120000
#define LB_UDP_MS	300000
#define LB_PERSIST_MS	360000

/* what a flow can do with its packets; ended by NULL */
const char *const lb_policies[] = {
	"permit", "deny", "skip", "director", NULL
};

/**
 * lb_director_create() - make an empty director
 *
 * Return: the director, to be freed with lb_director_free() or by its model.
 */
struct lb_director *lb_director_create(void)
{
	return lb_xcalloc(1, sizeof(struct lb_director));
}

/**
 * lb_server_clear() - free what a server holds
 * @s: the server, not freed itself
 */
void lb_server_clear(struct lb_server *s)
{
	free(s->run.reason);
	s->run.reason = NULL;
}

/**
 * lb_director_free() - free a director and its servers
 * @d: the director
 */
void lb_director_free(struct lb_director *d)
{
	size_t i;

	for (i = 0; i < d->n_servers; i++) {
		lb_server_clear(d->server[i]);
		free(d->server[i]);
	}
	free(d->server);
	free(d->method.uri);
	free(d->method.vhost);
	free(d);
}

/**
 * lb_director_defaults() - fill in what a director always has
 * @d: the director
 */
void lb_director_defaults(struct lb_director *d)
{
	if (!d->sched[0])
		strcpy(d->sched, "leastconn");
	if (!d->mode[0])
		strcpy(d->mode, "nat");
	if (!strcmp(d->mode, "tunnel") && !d->encap[0])
		strcpy(d->encap, "ipip");
}

/**
 * lb_director_add_server() - append a server with default weight
 * @d: the director
 *
 * Return: the server, owned by @d.
 */
struct lb_server *lb_director_add_server(struct lb_director *d)
{
	struct lb_server *s = lb_xcalloc(1, sizeof(*s));

	s->opts.weight = 1;
	d->server = lb_grow(d->server, d->n_servers, sizeof(*d->server));
	d->server[d->n_servers++] = s;
	return s;
}

/**
 * lb_model_add_director() - append an empty director
 * @m: the model
 *
 * Return: the director, owned by @m.
 */
struct lb_director *lb_model_add_director(struct lb_model *m)
{
	struct lb_director *d = lb_director_create();

	m->director = lb_grow(m->director, m->n_directors,
			      sizeof(*m->director));
	m->director[m->n_directors++] = d;
	return d;
}

/**
 * lb_model_add_flow() - append an empty flow
 * @m: the model
 *
 * Return: the flow, owned by @m.
 */
struct lb_flow *lb_model_add_flow(struct lb_model *m)
{
	struct lb_flow *f = lb_xcalloc(1, sizeof(*f));

	f->policy = "skip";
	m->flow = lb_grow(m->flow, m->n_flows, sizeof(*m->flow));
	m->flow[m->n_flows++] = f;
	return f;
}

/**
 * lb_flow_add_rule() - append an empty rule
 * @f: the flow
 *
 * Return: the rule; the next one added may move it.
 */
struct lb_rule *lb_flow_add_rule(struct lb_flow *f)
{
	f->rule = lb_grow(f->rule, f->n_rules, sizeof(*f->rule));
	memset(&f->rule[f->n_rules], 0, sizeof(*f->rule));
	return &f->rule[f->n_rules++];
}

/**
 * lb_model_add_nat() - append an empty nat section
 * @m: the model
 *
 * Return: the section, owned by @m.
 */
struct lb_nat *lb_model_add_nat(struct lb_model *m)
{
	struct lb_nat *n = lb_xcalloc(1, sizeof(*n));

	m->nat = lb_grow(m->nat, m->n_nats, sizeof(*m->nat));
	m->nat[m->n_nats++] = n;
	return n;
}

/**
 * lb_service_defaults() - write down the defaults of what is not written
 * @s: the options
 */
void lb_service_defaults(struct lb_service *s)
{
	if (!lb_key_has(s, LB_K_TCP))
		s->tcp = LB_TCP_MS;
	if (!lb_key_has(s, LB_K_TCPFIN))
		s->tcpfin = LB_TCPFIN_MS;
	if (!lb_key_has(s, LB_K_UDP))
		s->udp = LB_UDP_MS;
	s->set |= LB_BIT(LB_K_TCP) | LB_BIT(LB_K_TCPFIN) | LB_BIT(LB_K_UDP);
}

/**
 * lb_service_normalize() - forget what is written but is the default
 * @s: the options
 *
 * The kernel keeps effective values only, so this is all that can be compared.
 */
void lb_service_normalize(struct lb_service *s)
{
	if (s->tcp == LB_TCP_MS)
		s->set &= ~LB_BIT(LB_K_TCP);
	if (s->tcpfin == LB_TCPFIN_MS)
		s->set &= ~LB_BIT(LB_K_TCPFIN);
	if (s->udp == LB_UDP_MS)
		s->set &= ~LB_BIT(LB_K_UDP);
}

/**
 * lb_persist_normalize() - write down the timeout, forget the default netmask
 * @p: the option
 *
 * The kernel may tell either for what was not written.
 */
void lb_persist_normalize(struct lb_persist *p)
{
	if (!lb_key_has(p, LB_K_PERSIST_TIMEOUT))
		p->timeout = LB_PERSIST_MS;
	p->set |= LB_BIT(LB_K_PERSIST_TIMEOUT);
	if (p->netmask.prefix == (p->netmask.dotted ? 32 : 128))
		p->set &= ~LB_BIT(LB_K_NETMASK);
}

/**
 * lb_model_free() - free all that a model owns and make it empty
 * @m: the model, not freed itself
 */
void lb_model_free(struct lb_model *m)
{
	size_t i;

	for (i = 0; i < m->n_directors; i++)
		lb_director_free(m->director[i]);
	for (i = 0; i < m->n_flows; i++) {
		free(m->flow[i]->rule);
		free(m->flow[i]);
	}
	for (i = 0; i < m->n_nats; i++)
		free(m->nat[i]);
	free(m->director);
	free(m->flow);
	free(m->nat);
	memset(m, 0, sizeof(*m));
}

/* every object begins with its name; of two alike the earlier line is first */
static int by_name(const void *a, const void *b, void *pos)
{
	const uint32_t *m, *n;
	const char *x, *y;
	int order;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	order = strcmp(x, y);
	if (order)
		return order;
	m = (const uint32_t *)(x + *(size_t *)pos);
	n = (const uint32_t *)(y + *(size_t *)pos);
	return (*m > *n) - (*m < *n);
}

/**
 * lb_named_sort() - directors, servers, flows or nats in the order of names
 * @objects: array of pointers to them
 * @n: how many
 * @pos: offset of their struct lb_pos
 *
 * Return: an array of @n borrowed pointers, to be freed with free().
 */
void *lb_named_sort(const void *objects, size_t n, size_t pos)
{
	void **s = lb_xcalloc(n, sizeof(*s));

	if (n) {
		memcpy(s, objects, n * sizeof(*s));
		qsort_r(s, n, sizeof(*s), by_name, &pos);
	}
	return s;
}

static int is_named(const void *name, const void *object)
{
	const char *x;

	memcpy(&x, object, sizeof(x));
	return strcmp(name, x);
}

/**
 * lb_named_find() - find an object among sorted ones
 * @sorted: from lb_named_sort()
 * @n: how many
 * @name: its name
 *
 * Return: the object, borrowed, or NULL.
 */
void *lb_named_find(const void *sorted, size_t n, const char *name)
{
	void *const *at = NULL;

	if (n)
		at = bsearch(name, sorted, n, sizeof(*at), is_named);
	return at ? *at : NULL;
}

/**
 * lb_model_sort() - the directors in the order of their names
 * @m: the model
 *
 * Return: an array of @m->n_directors borrowed pointers, to be freed with
 * free().
 */
struct lb_director **lb_model_sort(const struct lb_model *m)
{
	return lb_named_sort(m->director, m->n_directors,
			     offsetof(struct lb_director, pos));
}

/**
 * lb_director_sort() - the servers in the order of their names
 * @d: the director
 *
 * Return: an array of @d->n_servers borrowed pointers, to be freed with
 * free().
 */
struct lb_server **lb_director_sort(const struct lb_director *d)
{
	return lb_named_sort(d->server, d->n_servers,
			     offsetof(struct lb_server, pos));
}

/**
 * lb_model_find() - find one director
 * @m: the model
 * @name: its name
 *
 * Return: the director, borrowed, or NULL.
 */
struct lb_director *lb_model_find(const struct lb_model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_directors; i++)
		if (!strcmp(m->director[i]->name, name))
			return m->director[i];
	return NULL;
}

/**
 * lb_director_find() - find one server of a director
 * @d: the director
 * @name: the server's name
 *
 * Return: the server, borrowed, or NULL.
 */
struct lb_server *lb_director_find(const struct lb_director *d,
				   const char *name)
{
	size_t i;

	for (i = 0; i < d->n_servers; i++)
		if (!strcmp(d->server[i]->name, name))
			return d->server[i];
	return NULL;
}
