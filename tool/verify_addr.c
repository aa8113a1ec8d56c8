// SPDX-License-Identifier: GPL-2.0
/*
 * What the addresses of directors, servers and checks have to be.
 */
#include "conf.h"
#include "key.h"

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

/**
 * lb_verify_addrs() - judge addresses
 * @m: the model
 * @diags: where problems go
 */
void lb_verify_addrs(const struct lb_model *m, struct lb_diags *diags)
{
	size_t i;

	for (i = 0; i < m->n_directors; i++)
		check_director(diags, m->director[i]);
}
