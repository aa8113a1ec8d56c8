// SPDX-License-Identifier: GPL-2.0
/*
 * Does a configuration fit this machine?  Asks the network namespace we are
 * in for routes and interfaces; every finding is a warning, because the file
 * may be meant for another machine or for another day.
 */
#include "local.h"
#include "key.h"
#include "route.h"
#include "rtnl.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

/* 10 us each; the rest would only repeat the same news slowly */
#define ASK_MAX	10000

/** struct here - the namespace we are in */
struct here {
	/** @sock: to ask for routes, or NULL */
	struct nl_sock *sock;
	/** @left: how often it may still be asked */
	unsigned int left;
};

/** enum where - where an address is, seen from here */
enum where {
	WHERE_UNKNOWN,
	WHERE_HERE,
	WHERE_LINK,
	WHERE_ROUTER,
	WHERE_NOWHERE,
};

static enum where where_is(struct here *here, const struct lb_addr *a)
{
	struct lb_route r;
	int err;

	if (!here->sock || !here->left)
		return WHERE_UNKNOWN;
	here->left--;
	err = lb_route_get(here->sock, a, 0, &r);
	if (err)
		return err == -ENETUNREACH || err == -EHOSTUNREACH ?
		       WHERE_NOWHERE : WHERE_UNKNOWN;
	if (r.type == RTN_LOCAL)
		return WHERE_HERE;
	if (r.type != RTN_UNICAST)
		return WHERE_NOWHERE;
	return r.has_gateway ? WHERE_ROUTER : WHERE_LINK;
}

static void check_server(struct lb_conf *c, struct here *here,
			 const struct lb_director *d,
			 const struct lb_server *s)
{
	bool gateway = !strcmp(d->mode, "gateway");
	bool arp = s->checked && !strcmp(d->method.name, "arp");
	enum where where = where_is(here, &s->addr);
	char addr[LB_ADDR_STR];

	lb_addr_format(addr, &s->addr);
	if (where != WHERE_ROUTER && where != WHERE_NOWHERE)
		return;
	if (gateway)
		lb_diag_add(&c->diags, s->pos, LB_WARNING, "'mode tunnel'",
			    "server '%s' %s is not on a directly attached network; 'mode gateway' needs one",
			    s->name, addr);
	else if (where == WHERE_NOWHERE)
		lb_diag_add(&c->diags, s->pos, LB_WARNING, NULL,
			    "there is no route to server '%s' %s", s->name,
			    addr);
	else if (arp)
		lb_diag_add(&c->diags, s->pos, LB_WARNING,
			    "'option icmpcheck' or 'option tcpcheck'",
			    "arpcheck cannot reach server '%s' %s: it is not on a directly attached network",
			    s->name, addr);
}

/* is it one that apply puts here? */
static bool is_owned(const struct lb_model *m, const struct lb_addr *a)
{
	size_t i;

	for (i = 0; i < m->n_directors; i++)
		if (m->director[i]->opts.vip_iface[0] &&
		    lb_addr_equal(&m->director[i]->addr, a))
			return true;
	return false;
}

/* The monitor takes no server down for it, but it checks nothing either. */
static void check_source(struct lb_conf *c, struct here *here,
			 const struct lb_check *check)
{
	enum where where = where_is(here, &check->source);
	char addr[LB_ADDR_STR];

	if (where == WHERE_UNKNOWN || where == WHERE_HERE ||
	    is_owned(&c->model, &check->source))
		return;
	lb_addr_format(addr, &check->source);
	lb_diag_add(&c->diags, check->pos[LB_K_SOURCE], LB_WARNING,
		    "take one of its addresses, or leave it out",
		    "the check source %s is not an address of this machine, so nothing is checked",
		    addr);
}

static void check_iface(struct lb_conf *c, struct lb_pos pos,
			const char *name)
{
	struct if_nameindex *list, *i;
	char hint[64] = "";
	struct lb_guess g;

	if (!name[0] || c->diags.n == LB_DIAG_MAX || if_nametoindex(name))
		return;
	lb_guess_init(&g, name);
	list = if_nameindex();
	for (i = list; i && i->if_name; i++)
		lb_guess_try(&g, i->if_name);
	if (g.best)
		snprintf(hint, sizeof(hint), "did you mean '%s'?", g.best);
	lb_diag_add(&c->diags, pos, LB_WARNING, hint,
		    "there is no interface '%s' here", name);
	if (list)
		if_freenameindex(list);
}

static void check_ifaces(struct lb_conf *c)
{
	const struct lb_model *m = &c->model;
	const struct lb_nat_match *nat;
	const struct lb_director *d;
	const struct lb_cond *cond;
	size_t i, j;

	for (i = 0; i < m->n_directors; i++) {
		d = m->director[i];
		check_iface(c, d->method_pos, d->method.iface);
		check_iface(c, d->opts.pos[LB_K_VIP_IFACE],
			    d->opts.vip_iface);
	}
	for (i = 0; i < m->n_flows; i++) {
		for (j = 0; j < m->flow[i]->n_rules; j++) {
			cond = &m->flow[i]->rule[j].cond;
			check_iface(c, cond->pos[LB_K_C_IFACE], cond->iface);
		}
	}
	for (i = 0; i < m->n_nats; i++) {
		nat = &m->nat[i]->match;
		check_iface(c, nat->pos[LB_K_NAT_IN], nat->in);
		check_iface(c, nat->pos[LB_K_NAT_OUT], nat->out);
	}
}

static void check_director(struct lb_conf *c, struct here *here,
			   const struct lb_director *d)
{
	bool is_used = false;
	size_t i;

	for (i = 0; i < d->n_servers; i++) {
		const struct lb_server *s = d->server[i];

		if (s->addr.len)
			check_server(c, here, d, s);
		if (s->checked && lb_key_has(&s->check, LB_K_SOURCE))
			check_source(c, here, &s->check);
		else if (s->checked)
			is_used = true;
	}
	if (is_used && lb_key_has(&d->check, LB_K_SOURCE))
		check_source(c, here, &d->check);
}

/**
 * lb_local_check() - warn about what does not fit this machine
 * @c: the parsed text; gets the warnings
 *
 * A machine that does not answer leads to no warning.
 */
void lb_local_check(struct lb_conf *c)
{
	struct here here = { .sock = lb_rtnl_open(), .left = ASK_MAX };
	const struct lb_model *m = &c->model;
	size_t i;

	check_ifaces(c);
	for (i = 0; i < m->n_directors; i++)
		check_director(c, &here, m->director[i]);
	if (here.sock)
		nl_socket_free(here.sock);
	lb_diags_sort(&c->diags);
}
