// SPDX-License-Identifier: GPL-2.0
/*
 * Effective check parameters, and what two probes must have in common to be
 * one.
 */
#include "spec.h"
#include "../key.h"
#include "../util.h"

#include <stdlib.h>
#include <string.h>

#define INTERVAL_MS	10000
/* whatever a kernel says: no server is asked more often */
#define INTERVAL_MIN	100
#define STATUSCODE	200

static const char *const names[] = {
	[LB_CHECK_ICMP] = "icmp",
	[LB_CHECK_ARP] = "arp",
	[LB_CHECK_TCP] = "tcp",
	[LB_CHECK_HTTP] = "http",
};

/* whose value of a row counts: the server's, the director's, nobody's */
static const struct lb_check *whose(const struct lb_director *d,
				    const struct lb_server *s,
				    unsigned int row)
{
	if (lb_key_has(&s->check, row))
		return &s->check;
	return lb_key_has(&d->check, row) ? &d->check : NULL;
}

static enum lb_check_method method_of(const struct lb_director *d)
{
	enum lb_check_method m;

	for (m = 0; m < __LB_CHECK_LAST; m++)
		if (!strcmp(names[m], d->method.name))
			return m;
	return LB_CHECK_ICMP;
}

static void set_times(struct lb_spec *spec, const struct lb_director *d,
		      const struct lb_server *s)
{
	const struct lb_check *c = whose(d, s, LB_K_INTERVAL);

	spec->interval = c ? c->interval : INTERVAL_MS;
	if (spec->interval < INTERVAL_MIN)
		spec->interval = INTERVAL_MIN;
	c = whose(d, s, LB_K_TIMEOUT);
	spec->timeout = c ? c->timeout : spec->interval / 2;
	if (!spec->timeout)
		spec->timeout = 1;
}

static uint16_t port_of(const struct lb_director *d, const struct lb_server *s)
{
	const struct lb_check *c = whose(d, s, LB_K_PORT);

	if (c)
		return c->port;
	return s->port ? s->port : d->port;
}

static void set_http(struct lb_spec *spec, const struct lb_method *m)
{
	spec->uri = lb_xstrdup(m->uri ? m->uri : "/");
	spec->vhost = m->vhost ? lb_xstrdup(m->vhost) : NULL;
	spec->statuscode = lb_key_has(m, LB_K_STATUSCODE) ? m->statuscode :
							    STATUSCODE;
}

/* as a client would come: the director's port, unless it takes every one */
static void set_via_vip(struct lb_spec *spec, const struct lb_director *d,
			const struct lb_server *s)
{
	const struct lb_check *c = whose(d, s, LB_K_PORT);

	spec->via_vip = true;
	spec->addr = d->addr;
	spec->behind = s->addr;
	spec->port = d->port || !c ? d->port : c->port;
	strcpy(spec->director, d->name);
	strcpy(spec->server, s->name);
}

static void set_limits(struct lb_limits *limits, const struct lb_director *d,
		       const struct lb_server *s)
{
	const struct lb_check *rise = whose(d, s, LB_K_RISE);
	const struct lb_check *fall = whose(d, s, LB_K_FALL);
	const struct lb_check *inhibit = whose(d, s, LB_K_INHIBIT);

	limits->rise = rise ? rise->rise : 1;
	limits->fall = fall ? fall->fall : 1;
	limits->inhibit = inhibit && inhibit->inhibit;
}

/**
 * lb_spec_make() - put together how a server is checked
 * @spec: gets it; to be cleared with lb_spec_clear()
 * @limits: gets what turns the results into its state
 * @d: its director
 * @s: the server
 */
void lb_spec_make(struct lb_spec *spec, struct lb_limits *limits,
		  const struct lb_director *d, const struct lb_server *s)
{
	const struct lb_check *c;

	memset(spec, 0, sizeof(*spec));
	spec->method = method_of(d);
	spec->addr = s->addr;
	c = whose(d, s, LB_K_SOURCE);
	if (c)
		spec->source = c->source;
	set_times(spec, d, s);
	set_limits(limits, d, s);
	if (spec->method == LB_CHECK_ARP)
		strcpy(spec->iface, d->method.iface);
	if (spec->method != LB_CHECK_TCP && spec->method != LB_CHECK_HTTP)
		return;
	spec->port = port_of(d, s);
	if (spec->method == LB_CHECK_HTTP)
		set_http(spec, &d->method);
	c = whose(d, s, LB_K_VIA_VIP);
	if (c && c->via_vip && d->addr.len)
		set_via_vip(spec, d, s);
}

/* with its length: a string may look like what follows it */
static void add_string(struct lb_buf *b, const char *word, const char *s)
{
	if (s && s[0])
		lb_buf_printf(b, " %s %zu %s", word, strlen(s), s);
}

/**
 * lb_spec_key() - what two probes have in common that are the same
 * @spec: how a server is checked
 *
 * Return: a text, equal for equal probes, to be freed with free().
 */
char *lb_spec_key(const struct lb_spec *spec)
{
	char source[LB_ADDR_STR];
	struct lb_buf b = { 0 };

	lb_buf_printf(&b, "%s ", names[spec->method]);
	lb_addrport_print(&b, &spec->addr, spec->port);
	lb_buf_printf(&b, " interval %u timeout %u", spec->interval,
		      spec->timeout);
	lb_addr_format(source, &spec->source);
	add_string(&b, "source", source);
	add_string(&b, "iface", spec->iface);
	add_string(&b, "uri", spec->uri);
	add_string(&b, "vhost", spec->vhost);
	if (spec->statuscode)
		lb_buf_printf(&b, " statuscode %u", spec->statuscode);
	/* each goes through a conn of its own */
	lb_addr_format(source, &spec->behind);
	add_string(&b, "to", source);
	add_string(&b, "director", spec->director);
	add_string(&b, "server", spec->server);
	return b.p;
}

/**
 * lb_spec_method() - the word that begins every reason
 * @spec: how a server is checked
 *
 * Return: icmp, arp, tcp or http.
 */
const char *lb_spec_method(const struct lb_spec *spec)
{
	return names[spec->method];
}

/**
 * lb_spec_clear() - free what it holds
 * @spec: not freed itself
 */
void lb_spec_clear(struct lb_spec *spec)
{
	free(spec->uri);
	free(spec->vhost);
	spec->uri = NULL;
	spec->vhost = NULL;
}
