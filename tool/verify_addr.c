// SPDX-License-Identifier: GPL-2.0
/*
 * What the addresses of directors, servers and checks have to be, and that
 * directors agree where an address of theirs belongs.
 */
#include "conf.h"
#include "key.h"

#include <stdlib.h>
#include <string.h>

#define error(d, pos, hint, ...) lb_diag_add(d, pos, LB_ERROR, hint, __VA_ARGS__)

/*
 * An address of fe80::/10 names a host together with an interface only, and
 * the language has no place for one: the module would find no route, every
 * check would fail, and the server would be down for ever.
 */
static void check_scope(struct lb_diags *diags, const struct lb_addr *a,
			struct lb_pos pos, const char *what, const char *name)
{
	if (lb_addr_is_link_local(a))
		error(diags, pos, "give it a global or unique local address",
		      "%s '%s' has a link-local address, which names no host without its link",
		      what, name);
}

static void check_source(struct lb_diags *diags, const struct lb_check *check)
{
	if (lb_addr_is_link_local(&check->source))
		error(diags, check->pos[LB_K_SOURCE],
		      "take a global or unique local one, or leave it out",
		      "the check source is a link-local address, which cannot be used without its link");
}

static void check_director(struct lb_diags *diags,
			   const struct lb_director *d)
{
	const struct lb_server *s;
	size_t i;

	check_scope(diags, &d->addr, d->addr_pos, "director", d->name);
	check_source(diags, &d->check);
	for (i = 0; i < d->n_servers; i++) {
		s = d->server[i];
		check_scope(diags, &s->addr, s->addr_pos, "server", s->name);
		check_source(diags, &s->check);
	}
}

/* --- option vip iface --- */

static int by_addr(const void *a, const void *b)
{
	const struct lb_director *x = *(struct lb_director *const *)a;
	const struct lb_director *y = *(struct lb_director *const *)b;
	int order = (int)x->addr.len - y->addr.len;

	if (!order)
		order = memcmp(x->addr.b, y->addr.b, sizeof(x->addr.b));
	if (order)
		return order;
	return (x->pos.line > y->pos.line) - (x->pos.line < y->pos.line);
}

/* @first: of all that share the address */
static void check_iface(struct lb_diags *diags, const struct lb_director *d,
			const struct lb_director *first)
{
	char addr[LB_ADDR_STR];

	if (!strcmp(d->opts.vip_iface, first->opts.vip_iface))
		return;
	lb_addr_format(addr, &d->addr);
	error(diags, d->opts.pos[LB_K_VIP_IFACE],
	      "name the same interface, or leave the option out of one of them",
	      "director '%s' wants %s on '%s', but director '%s' on line %u wants it on '%s'",
	      d->name, addr, d->opts.vip_iface, first->name, first->pos.line,
	      first->opts.vip_iface);
}

static void check_ifaces(struct lb_diags *diags, const struct lb_model *m)
{
	struct lb_director **by = lb_xcalloc(m->n_directors, sizeof(*by));
	size_t n = 0, first = 0, i;

	for (i = 0; i < m->n_directors; i++)
		if (m->director[i]->addr.len &&
		    m->director[i]->opts.vip_iface[0])
			by[n++] = m->director[i];
	if (n)
		qsort(by, n, sizeof(*by), by_addr);
	for (i = 1; i < n; i++) {
		if (!lb_addr_equal(&by[i]->addr, &by[first]->addr))
			first = i;
		else
			check_iface(diags, by[i], by[first]);
	}
	free(by);
}

/**
 * lb_verify_addrs() - judge addresses, and the interfaces they are to be on
 * @m: the model
 * @diags: where problems go
 */
void lb_verify_addrs(const struct lb_model *m, struct lb_diags *diags)
{
	size_t i;

	for (i = 0; i < m->n_directors; i++)
		check_director(diags, m->director[i]);
	check_ifaces(diags, m);
}
