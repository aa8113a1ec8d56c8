// SPDX-License-Identifier: GPL-2.0
/*
 * What concerns more than one line: judged when the whole text is known.
 *
 * Names and addresses are compared by sorting, so that ten thousand directors
 * cost no more than sorting them, whatever they are called.
 */
#include "conf.h"
#include "key.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define HINT_MAX	512
#define error(v, pos, hint, ...) \
	lb_diag_add((v)->diags, pos, LB_ERROR, hint, __VA_ARGS__)
#define warn(v, pos, hint, ...) \
	lb_diag_add((v)->diags, pos, LB_WARNING, hint, __VA_ARGS__)

/** struct verify - a model being judged */
struct verify {
	/** @model: the model */
	struct lb_model *model;
	/** @diags: where problems go */
	struct lb_diags *diags;
	/** @sorted: directors by name */
	struct lb_director **sorted;
	/** @fed: per entry of @sorted: does a flow name it? */
	bool *fed;
};

static const char *family(const struct lb_addr *a)
{
	return a->len == 4 ? "IPv4" : "IPv6";
}

static bool is_usable(const struct lb_server *s)
{
	return s->addr.len && !s->opts.sorry;
}

static bool is_mode(const struct lb_director *d, const char *mode)
{
	return !strcmp(d->mode, mode);
}

/* @objects begin with their names; @pos and @name_pos are offsets in them */
static void check_names(struct verify *v, const void *objects, size_t n,
			const char *what, size_t pos, size_t name_pos)
{
	const char **s = lb_named_sort(objects, n, pos);
	const struct lb_pos *first;
	size_t i, f = 0;

	for (i = 1; i < n; i++) {
		if (strcmp(s[i], s[f])) {
			f = i;
			continue;
		}
		first = (const struct lb_pos *)(s[f] + pos);
		if (s[i][0])
			error(v, *(const struct lb_pos *)(s[i] + name_pos),
			      NULL, "%s '%s' is already defined on line %u",
			      what, s[i], first->line);
	}
	free(s);
}

#define CHECK_NAMES(v, objects, n, type, what) \
	check_names(v, objects, n, what, offsetof(struct type, pos), \
		    offsetof(struct type, name_pos))

static int key_order(const struct lb_director *x, const struct lb_director *y)
{
	int order = (int)x->addr.len - y->addr.len;

	if (!order)
		order = memcmp(x->addr.b, y->addr.b, sizeof(x->addr.b));
	if (!order)
		order = (int)x->proto - y->proto;
	if (!order)
		order = (int)x->port - y->port;
	return order;
}

static int by_key(const void *a, const void *b)
{
	const struct lb_director *x = *(struct lb_director *const *)a;
	const struct lb_director *y = *(struct lb_director *const *)b;
	int order = key_order(x, y);

	if (order)
		return order;
	return (x->pos.line > y->pos.line) - (x->pos.line < y->pos.line);
}

static void check_director_keys(struct verify *v)
{
	size_t n = v->model->n_directors, first = 0, i;
	struct lb_director **by = lb_xcalloc(n, sizeof(*by));
	struct lb_buf key = { 0 };

	if (n) {
		memcpy(by, v->sorted, n * sizeof(*by));
		qsort(by, n, sizeof(*by), by_key);
	}
	for (i = 1; i < n; i++) {
		if (key_order(by[i], by[first])) {
			first = i;
			continue;
		}
		if (!by[i]->addr.len)
			continue;
		lb_buf_reset(&key);
		lb_addrport_print(&key, &by[i]->addr, by[i]->port);
		error(v, by[i]->addr_pos, NULL,
		      "%s %s is already taken by director '%s' on line %u",
		      lb_buf_str(&key), lb_proto_name(by[i]->proto),
		      by[first]->name, by[first]->pos.line);
	}
	lb_buf_free(&key);
	free(by);
}

static void check_server_port(struct verify *v, const struct lb_director *d,
			      const struct lb_server *s)
{
	if (!s->port || s->port == d->port)
		return;
	if (!is_mode(d, "nat") && d->port)
		error(v, s->port_pos, "drop the port or use 'mode nat'",
		      "server '%s' uses port %u but 'mode %s' cannot translate ports (service port %u)",
		      s->name, s->port, d->mode, d->port);
	else if (!is_mode(d, "nat"))
		error(v, s->port_pos, "drop the port or use 'mode nat'",
		      "server '%s' uses port %u but 'mode %s' cannot translate ports (director '%s' takes every port)",
		      s->name, s->port, d->mode, d->name);
	else if (!d->port && !d->opts.onepacket)
		warn(v, s->port_pos, "drop the port to keep the packet's",
		     "director '%s' takes every port; server '%s' gets them all on port %u",
		     d->name, s->name, s->port);
}

/* without an address of its own a director is of its first server's family */
static void check_server_family(struct verify *v, const struct lb_director *d,
				const struct lb_server *s)
{
	const struct lb_server *first = d->server[0];

	if (is_mode(d, "tunnel"))
		return;
	if (d->addr.len && s->addr.len != d->addr.len)
		error(v, s->addr_pos, "only 'mode tunnel' can",
		      "server '%s' is %s but director '%s' is %s; 'mode %s' cannot mix them",
		      s->name, family(&s->addr), d->name, family(&d->addr),
		      d->mode);
	else if (!d->addr.len && first->addr.len &&
		 s->addr.len != first->addr.len)
		error(v, s->addr_pos, "only 'mode tunnel' can",
		      "server '%s' is %s but server '%s' is %s; 'mode %s' cannot mix them",
		      s->name, family(&s->addr), first->name,
		      family(&first->addr), d->mode);
}

static uint32_t effective_interval(const struct lb_check *own,
				   const struct lb_check *def)
{
	if (own && lb_key_has(own, LB_K_INTERVAL))
		return own->interval;
	return lb_key_has(def, LB_K_INTERVAL) ? def->interval : 10000;
}

/* @own: the server's parameters, or NULL to judge the director's */
static void check_timeout(struct verify *v, const struct lb_check *own,
			  const struct lb_check *def)
{
	const struct lb_check *by = own && lb_key_has(own, LB_K_TIMEOUT) ?
				    own : def;
	uint32_t interval = effective_interval(own, def);
	struct lb_buf t = { 0 }, i = { 0 };
	struct lb_pos pos;

	if (!lb_key_has(by, LB_K_TIMEOUT) || by->timeout <= interval)
		return;
	if (own && by == def && !lb_key_has(own, LB_K_INTERVAL))
		return;
	pos = own && by == def ? own->pos[LB_K_INTERVAL] :
				 by->pos[LB_K_TIMEOUT];
	lb_ms_print(&t, by->timeout);
	lb_ms_print(&i, interval);
	warn(v, pos, NULL,
	     "timeout %s is longer than interval %s: the next probe starts when the previous ends",
	     lb_buf_str(&t), lb_buf_str(&i));
	lb_buf_free(&t);
	lb_buf_free(&i);
}

static void check_portless_method(struct verify *v, const char *method,
				  const struct lb_check *check)
{
	if (lb_key_has(check, LB_K_PORT) && strcmp(method, "tcp") &&
	    strcmp(method, "http"))
		error(v, check->pos[LB_K_PORT],
		      method[0] == 'a' ?
		      "use 'option tcpcheck' or 'option httpcheck'" :
		      "add 'option tcpcheck' or 'option httpcheck'",
		      "'check port' has no meaning for %s checks", method);
}

/* whose row counts for a server, or NULL: nobody's */
static const struct lb_check *check_row(const struct lb_director *d,
					const struct lb_server *s,
					unsigned int row)
{
	if (lb_key_has(&s->check, row))
		return &s->check;
	return lb_key_has(&d->check, row) ? &d->check : NULL;
}

static void check_source(struct verify *v, const struct lb_director *d,
			 const struct lb_server *s)
{
	const struct lb_check *by = check_row(d, s, LB_K_SOURCE);
	bool via_vip = check_row(d, s, LB_K_VIA_VIP) && d->addr.len;

	if (by && via_vip && by->source.len != d->addr.len)
		error(v, by->pos[LB_K_SOURCE], NULL,
		      "the check source is %s but director '%s', via whose address it goes, is %s",
		      family(&by->source), d->name, family(&d->addr));
	else if (by && !via_vip && by->source.len != s->addr.len)
		error(v, by->pos[LB_K_SOURCE], NULL,
		      "the check source is %s but server '%s' is %s",
		      family(&by->source), s->name, family(&s->addr));
	else if (by && lb_addr_equal(&by->source, &d->addr) &&
		 (via_vip || !is_mode(d, "nat")))
		error(v, by->pos[LB_K_SOURCE],
		      "take another address of this machine, or leave it out",
		      "server '%s' has the check source itself, the address of director '%s', and would answer itself",
		      s->name, d->name);
}

static void check_port(struct verify *v, const struct lb_director *d,
		       const struct lb_server *s, const char *method)
{
	if (s->port || d->port || check_row(d, s, LB_K_PORT))
		return;
	error(v, s->name_pos, "add 'check port PORT'",
	      "the %s check of server '%s' has no port: neither the server nor director '%s' names one",
	      method, s->name, d->name);
}

/* the probe is a client: of the director's address and port */
static void check_via_vip(struct verify *v, const struct lb_director *d,
			  const struct lb_server *s, bool has_port)
{
	const struct lb_check *by = check_row(d, s, LB_K_VIA_VIP);
	const struct lb_check *port = check_row(d, s, LB_K_PORT);

	if (!has_port)
		error(v, by->pos[LB_K_VIA_VIP],
		      "add 'option tcpcheck' or 'option httpcheck'",
		      "'check via vip' is for tcp and http checks: the balancer answers others for the VIP itself");
	else if (!d->addr.len)
		error(v, by->pos[LB_K_VIA_VIP], NULL,
		      "'check via vip' needs an address; director '%s' has none",
		      d->name);
	else if (d->port && port)
		error(v, port->pos[LB_K_PORT], NULL,
		      "'check port' has no meaning with 'via vip': the probe goes to port %u of director '%s'",
		      d->port, d->name);
	else if (!d->port && !port)
		error(v, by->pos[LB_K_VIA_VIP], "add 'check port PORT'",
		      "'check via vip' of server '%s' has no port: director '%s' takes every port",
		      s->name, d->name);
}

static void check_checked(struct verify *v, const struct lb_director *d,
			  const struct lb_server *s)
{
	const struct lb_check *inhibit = check_row(d, s, LB_K_INHIBIT);
	const char *method = d->method.name[0] ? d->method.name : "icmp";
	bool has_port = !strcmp(method, "tcp") || !strcmp(method, "http");

	check_timeout(v, &s->check, &d->check);
	check_portless_method(v, method, &s->check);
	check_source(v, d, s);
	if (s->opts.sorry && inhibit)
		warn(v, inhibit->pos[LB_K_INHIBIT], NULL,
		     "'inhibit' on sorry server '%s' keeps connections on a server of last resort",
		     s->name);
	if (check_row(d, s, LB_K_VIA_VIP))
		check_via_vip(v, d, s, has_port);
	else if (has_port)
		check_port(v, d, s, method);
}

/* nothing is remembered of a datagram, which limits what can be promised */
static void check_onepacket_server(struct verify *v,
				   const struct lb_director *d,
				   const struct lb_server *s)
{
	if (lb_key_has(&s->opts, LB_K_MAXCONN))
		warn(v, s->opts.pos[LB_K_MAXCONN], NULL,
		     "'maxconn' is useless here: onepacket keeps no connections");
	if (s->port && !d->port && d->addr.len && is_mode(d, "nat"))
		error(v, s->port_pos, "drop the port",
		      "onepacket cannot undo the port of server '%s' in replies: director '%s' takes every port",
		      s->name, d->name);
}

static void check_server(struct verify *v, const struct lb_director *d,
			 const struct lb_server *s)
{
	if (!s->addr.len)
		return;
	check_server_family(v, d, s);
	check_server_port(v, d, s);
	if (!s->opts.weight)
		warn(v, s->opts.pos[LB_K_WEIGHT], NULL,
		     "server '%s' has weight 0: it gets no new connections",
		     s->name);
	if (d->opts.onepacket)
		check_onepacket_server(v, d, s);
	if (s->checked)
		check_checked(v, d, s);
}

static void check_servers(struct verify *v, const struct lb_director *d)
{
	size_t checked = 0, sorry = 0, i;

	CHECK_NAMES(v, d->server, d->n_servers, lb_server, "server");
	for (i = 0; i < d->n_servers; i++) {
		check_server(v, d, d->server[i]);
		checked += d->server[i]->checked;
		sorry += d->server[i]->opts.sorry;
	}
	if (!d->n_servers && d->name[0])
		warn(v, d->name_pos, NULL,
		     "director '%s' has no server: every connection is refused",
		     d->name);
	else if (d->n_servers && sorry == d->n_servers)
		warn(v, d->name_pos, NULL,
		     "director '%s' has only sorry servers", d->name);
	if (d->check_pos.line && !checked)
		warn(v, d->check_pos, "add 'check' to the server lines",
		     "check parameters unused: no server of '%s' has 'check'",
		     d->name);
	if (d->method_pos.line && !checked)
		warn(v, d->method_pos, "add 'check' to the server lines",
		     "check method unused: no server of '%s' has 'check'",
		     d->name);
}

static int by_weight(const void *a, const void *b)
{
	const struct lb_server *x = *(struct lb_server *const *)a;
	const struct lb_server *y = *(struct lb_server *const *)b;

	if (x->opts.weight != y->opts.weight)
		return x->opts.weight > y->opts.weight ? -1 : 1;
	return (x->pos.line > y->pos.line) - (x->pos.line < y->pos.line);
}

/* the first two servers that only the order of the lines tells apart */
static void check_fo(struct verify *v, const struct lb_director *d)
{
	struct lb_server **s = lb_director_sort(d);
	size_t n = 0, i;

	for (i = 0; i < d->n_servers; i++)
		if (is_usable(s[i]))
			s[n++] = s[i];
	if (n)
		qsort(s, n, sizeof(*s), by_weight);
	for (i = 1; i < n; i++) {
		if (s[i]->opts.weight != s[i - 1]->opts.weight)
			continue;
		warn(v, d->sched_pos, NULL,
		     "fo with equal weights: the order of the lines decides between '%s' and '%s'",
		     s[i - 1]->name, s[i]->name);
		break;
	}
	free(s);
}

static void check_sched(struct verify *v, const struct lb_director *d)
{
	if (d->local_pos.line && d->addr.len)
		warn(v, d->local_pos, NULL,
		     "'localitybased' is useless here: director '%s' has one fixed address",
		     d->name);
	if (!strcmp(d->sched, "dest") && d->addr.len)
		warn(v, d->sched_pos, NULL,
		     "dest sends everything to one server: director '%s' has one fixed address",
		     d->name);
	if (!strcmp(d->sched, "ovh") && d->proto == IPPROTO_UDP)
		warn(v, d->sched_pos, NULL,
		     "ovh on UDP: it counts active connections only");
	else if (!strcmp(d->sched, "ovh") && d->opts.onepacket)
		warn(v, d->sched_pos, NULL,
		     "ovh with onepacket: it counts active connections only");
	if (!strcmp(d->sched, "fo"))
		check_fo(v, d);
}

/* would another balancer with this file choose the same server? */
static bool is_alike_everywhere(const struct lb_director *d)
{
	static const char *const sched[] = {
		"mh", "source", "srcdst", "dest",
		/* no hash, but its choice depends on the file alone, too */
		"fo",
	};
	size_t usable = 0, i;

	for (i = 0; i < ARRAY_SIZE(sched); i++)
		if (!strcmp(d->sched, sched[i]))
			return true;
	for (i = 0; i < d->n_servers; i++)
		usable += is_usable(d->server[i]) && d->server[i]->opts.weight;
	return usable < 2;
}

/* 'pickup' is for balancers that go on with each other's connections.  Not so in
 * mode nat, where answers have to find the way back to the same one, and with
 * onepacket, where there are none.
 */
static void check_pickup(struct verify *v, const struct lb_director *d)
{
	if (is_mode(d, "nat") || d->opts.onepacket || is_alike_everywhere(d))
		return;
	warn(v, d->sched_pos.line ? d->sched_pos : d->name_pos,
	     "'balance mh', source or srcdst choose the same one on every balancer",
	     "with 'pickup', a peer balancer that goes on with a connection of '%s' would choose another server",
	     d->name);
}

/* the family of the clients, as far as the file tells; 0: it does not */
static uint8_t client_family(const struct lb_director *d)
{
	if (d->addr.len || !d->n_servers || is_mode(d, "tunnel"))
		return d->addr.len;
	return d->server[0]->addr.len;
}

static void check_netmask(struct verify *v, struct lb_director *d)
{
	struct lb_pos pos = d->persist.pos[LB_K_NETMASK];
	struct lb_mask *m = &d->persist.netmask;
	uint8_t len = client_family(d);

	if (!m->prefix)
		error(v, pos, "a longer one, or no 'netmask' at all",
		      "netmask 0 makes all clients one: they would all get one server");
	else if (len == 16 && m->dotted)
		error(v, pos, "write a prefix length, as in 'netmask 64'",
		      "the netmask is IPv4 but director '%s' is IPv6",
		      d->name);
	else if (len == 4 && m->prefix > 32)
		error(v, pos, NULL,
		      "netmask %u is longer than an IPv4 address",
		      m->prefix);
	/* from here on: whether it is for IPv4 clients */
	m->dotted = len ? len == 4 : m->prefix <= 32;
}

static void check_persist(struct verify *v, struct lb_director *d)
{
	if (d->opts.onepacket)
		warn(v, d->opts.pos[LB_K_ONEPACKET], NULL,
		     "with 'option persistence' onepacket does not spread the packets of one client");
	if (lb_key_has(&d->persist, LB_K_NETMASK))
		check_netmask(v, d);
	lb_persist_normalize(&d->persist);
}

static void check_onepacket(struct verify *v, const struct lb_director *d)
{
	struct lb_pos pos = d->opts.pos[LB_K_ONEPACKET];

	if (d->proto == IPPROTO_TCP)
		error(v, pos, NULL,
		      "'option onepacket' needs a UDP director; '%s' is TCP",
		      d->name);
	else if (!d->proto)
		error(v, pos, "write UDP on the director line",
		      "'option onepacket' needs a UDP director; '%s' is TCP and UDP",
		      d->name);
	else if (!d->addr.len && !d->addr_pos.line && is_mode(d, "nat"))
		error(v, pos, "give it an address, or use 'mode gateway'",
		      "'option onepacket' with 'mode nat' needs an address that replies come from; '%s' has none",
		      d->name);
	if (lb_key_has(&d->opts, LB_K_CONNLIMIT))
		warn(v, d->opts.pos[LB_K_CONNLIMIT], NULL,
		     "'option connlimit' is useless here: onepacket keeps no connections");
}

static void check_options(struct verify *v, struct lb_director *d)
{
	const char *method = d->method.name[0] ? d->method.name : "icmp";
	bool udp = d->proto == IPPROTO_UDP;

	check_timeout(v, NULL, &d->check);
	check_portless_method(v, method, &d->check);
	if (udp && (!strcmp(method, "tcp") || !strcmp(method, "http")))
		warn(v, d->method_pos, NULL, "%scheck probes TCP, not UDP",
		     method);
	if (d->opts.onepacket)
		check_onepacket(v, d);
	if (d->persist.on)
		check_persist(v, d);
	if (d->opts.vip_iface[0] && !d->addr.len)
		error(v, d->opts.pos[LB_K_VIP_IFACE],
		      "give addresses to interfaces with 'ip addr'",
		      "director '%s' has no address that '%s' could own",
		      d->name, d->opts.vip_iface);
}

static void check_director(struct verify *v, struct lb_director *d)
{
	if (!d->mode_pos.line)
		warn(v, d->pos, "add 'mode gateway', 'mode nat' or 'mode tunnel'",
		     "mode not set, using nat");
	lb_director_defaults(d);
	check_sched(v, d);
	if (v->model->service.pickup)
		check_pickup(v, d);
	check_options(v, d);
	check_servers(v, d);
}

/* where in @sorted a director is, or would be */
static size_t place(struct verify *v, const struct lb_director *d)
{
	size_t low = 0, high = v->model->n_directors, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(v->sorted[mid]->name, d->name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void check_flow_proto(struct verify *v, const struct lb_flow *f,
			     const struct lb_director *d)
{
	const struct lb_cond *c;
	size_t i;

	for (i = 0; i < f->n_rules; i++) {
		c = &f->rule[i].cond;
		if (f->rule[i].ignore || !lb_key_has(c, LB_K_C_PROTO) ||
		    (c->neg & LB_BIT(LB_K_C_PROTO)))
			continue;
		if (c->proto == IPPROTO_ICMP)
			error(v, c->pos[LB_K_C_PROTO], NULL,
			      "director '%s' takes TCP and UDP, not icmp",
			      d->name);
		else if (d->proto && c->proto != d->proto)
			error(v, c->pos[LB_K_C_PROTO], NULL,
			      "flow '%s' sends %s to director '%s', which is %s",
			      f->name, lb_proto_name(c->proto), d->name,
			      lb_proto_name(d->proto));
	}
}

/* @net: src or dst of a rule that sends packets to @d */
static void check_flow_family(struct verify *v, const struct lb_flow *f,
			      const struct lb_director *d,
			      const struct lb_cond *c, unsigned int row,
			      const struct lb_net *net)
{
	uint8_t len = client_family(d);

	if (len && lb_key_has(c, row) && !(c->neg & LB_BIT(row)) &&
	    net->addr.len != len)
		error(v, c->pos[row], NULL,
		      "flow '%s' sends %s to director '%s', which is %s",
		      f->name, family(&net->addr), d->name,
		      len == 4 ? "IPv4" : "IPv6");
}

static void check_flow_families(struct verify *v, const struct lb_flow *f,
				const struct lb_director *d)
{
	const struct lb_cond *c;
	size_t i;

	for (i = 0; i < f->n_rules; i++) {
		c = &f->rule[i].cond;
		if (f->rule[i].ignore)
			continue;
		check_flow_family(v, f, d, c, LB_K_C_SRC, &c->src);
		check_flow_family(v, f, d, c, LB_K_C_DST, &c->dst);
	}
}

static void unknown_director(struct verify *v, const struct lb_flow *f)
{
	char hint[HINT_MAX] = "";
	struct lb_guess g;
	size_t i;

	lb_guess_init(&g, f->director);
	/* a hostile file pays for a few guesses, not for n times m of them */
	for (i = 0; i < v->model->n_directors && v->diags->errors < 50; i++)
		lb_guess_try(&g, v->model->director[i]->name);
	if (g.best)
		snprintf(hint, sizeof(hint), "did you mean '%s'?", g.best);
	error(v, f->name_pos, hint, "flow '%s' names unknown director '%s'",
	      f->name, f->director);
}

static void check_flows(struct verify *v)
{
	struct lb_director *d;
	struct lb_flow *f;
	size_t i;

	CHECK_NAMES(v, v->model->flow, v->model->n_flows, lb_flow, "flow");
	for (i = 0; i < v->model->n_flows; i++) {
		f = v->model->flow[i];
		if (!f->n_rules)
			warn(v, f->name_pos,
			     "'match' alone matches every packet",
			     "flow '%s' has no rule: it does nothing",
			     f->name);
		if (!f->director[0])
			continue;
		d = lb_named_find(v->sorted, v->model->n_directors,
				   f->director);
		if (!d) {
			unknown_director(v, f);
			continue;
		}
		v->fed[place(v, d)] = true;
		check_flow_proto(v, f, d);
		check_flow_families(v, f, d);
	}
}

static void check_reachable(struct verify *v)
{
	const struct lb_director *d;
	size_t i;

	for (i = 0; i < v->model->n_directors; i++) {
		d = v->model->director[i];
		if (!d->addr.len && !d->addr_pos.line && d->name[0] &&
		    !v->fed[place(v, d)])
			warn(v, d->name_pos,
			     "add ADDR:PORT, or a flow that names it",
			     "director '%s' has no address and no flow names it: nothing reaches it",
			     d->name);
	}
}

/**
 * lb_conf_verify() - judge a parsed text as a whole
 * @c: the parsed text; gets more problems, and defaults where none is written
 */
void lb_conf_verify(struct lb_conf *c)
{
	struct verify v = { .model = &c->model, .diags = &c->diags };
	size_t i;

	v.sorted = lb_model_sort(&c->model);
	v.fed = lb_xcalloc(c->model.n_directors, sizeof(*v.fed));
	CHECK_NAMES(&v, c->model.director, c->model.n_directors, lb_director,
		    "director");
	check_director_keys(&v);
	for (i = 0; i < c->model.n_directors; i++)
		check_director(&v, c->model.director[i]);
	lb_verify_addrs(&c->model, &c->diags);
	check_flows(&v);
	check_reachable(&v);
	CHECK_NAMES(&v, c->model.nat, c->model.n_nats, lb_nat, "nat");
	lb_verify_nats(&c->model, &c->diags);
	free(v.sorted);
	free(v.fed);
}
