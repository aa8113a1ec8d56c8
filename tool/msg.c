// SPDX-License-Identifier: GPL-2.0
/*
 * The wire form of directors, servers, options, conns and counters, both ways.
 * Flows are in msg_flow.c, single values in attr.c.
 */
#include "msg.h"
#include "attr.h"
#include "key.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct lb_wire check_wire[] = {
	{ "interval", LB_CHECK_A_INTERVAL },
	{ "timeout", LB_CHECK_A_TIMEOUT },
	{ "source", LB_CHECK_A_SOURCE },
	{ "port", LB_CHECK_A_PORT },
	{ "rise", LB_CHECK_A_RISE },
	{ "fall", LB_CHECK_A_FALL },
	{ "inhibit", LB_CHECK_A_INHIBIT },
	{ "via vip", LB_CHECK_A_VIA_VIP },
	{ NULL, 0 }
};

static const struct lb_wire method_wire[] = {
	{ "iface", LB_METHOD_A_IFACE },
	{ "uri", LB_METHOD_A_URI },
	{ "statuscode", LB_METHOD_A_STATUSCODE },
	{ "vhost", LB_METHOD_A_VHOST },
	{ NULL, 0 }
};

static const struct lb_wire persist_wire[] = {
	{ "timeout", LB_PERSIST_A_TIMEOUT },
	{ NULL, 0 }
};

static const struct lb_wire dopt_wire[] = {
	{ "connlimit", LB_DIRECTOR_A_CONNLIMIT },
	{ "vip iface", LB_DIRECTOR_A_VIP_IFACE },
	{ NULL, 0 }
};

static const struct lb_wire ramp_wire[] = {
	{ "slowstart", LB_SERVER_A_SLOWSTART },
	{ "maxconn", LB_SERVER_A_MAXCONN },
	{ NULL, 0 }
};

static const struct lb_wire options_wire[] = {
	{ "timeout tcp", LB_OPTIONS_A_TIMEOUT_TCP },
	{ "timeout tcpfin", LB_OPTIONS_A_TIMEOUT_TCPFIN },
	{ "timeout udp", LB_OPTIONS_A_TIMEOUT_UDP },
	{ "pickup", LB_OPTIONS_A_PICKUP },
	{ "conntrack", LB_OPTIONS_A_CONNTRACK },
	{ NULL, 0 }
};

static int put_method(struct nl_msg *m, const struct lb_method *method)
{
	const struct lb_method_word *word = lb_method_find(method->name);
	struct nlattr *nest;

	if (!word)
		return 0;
	nest = nla_nest_start(m, LB_DIRECTOR_A_METHOD | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_METHOD_A_NAME, method->name) ||
	    lb_attr_put_rows(m, method_wire, word->keys, method))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

/* the language has one netmask: what it is tells the family it is for */
static int put_persist(struct nl_msg *m, const struct lb_persist *p)
{
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(m, LB_DIRECTOR_A_PERSIST | NLA_F_NESTED);
	if (!nest)
		return -ENOBUFS;
	err = lb_attr_put_rows(m, persist_wire, &lb_persist_keys, p);
	if (lb_key_has(p, LB_K_NETMASK))
		err |= nla_put_u8(m, p->netmask.dotted ? LB_PERSIST_A_PLEN4 :
				     LB_PERSIST_A_PLEN6, p->netmask.prefix);
	nla_nest_end_keep_empty(m, nest);
	return err;
}

static uint32_t director_flags(const struct lb_director *d)
{
	return (d->opts.onepacket ? LB_DIRECTOR_F_ONEPACKET : 0) |
	       (d->hash_port ? LB_DIRECTOR_F_HASH_PORT : 0);
}

/**
 * lb_msg_put_director() - append a director's configuration
 * @m: the message
 * @d: the director
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_director(struct nl_msg *m, const struct lb_director *d)
{
	uint32_t flags = director_flags(d);
	struct nlattr *nest;
	int err = 0;

	nest = nla_nest_start(m, LB_A_DIRECTOR | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_DIRECTOR_A_NAME, d->name))
		return -ENOBUFS;
	if (d->addr.len)
		err |= nla_put(m, LB_DIRECTOR_A_ADDR, d->addr.len, d->addr.b);
	if (d->port)
		err |= nla_put_u16(m, LB_DIRECTOR_A_PORT, htons(d->port));
	if (d->proto)
		err |= nla_put_u8(m, LB_DIRECTOR_A_PROTO, d->proto);
	err |= nla_put_string(m, LB_DIRECTOR_A_MODE, d->mode);
	if (d->encap[0])
		err |= nla_put_string(m, LB_DIRECTOR_A_ENCAP, d->encap);
	if (d->encap_port)
		err |= nla_put_u16(m, LB_DIRECTOR_A_ENCAP_PORT,
				   htons(d->encap_port));
	err |= nla_put_string(m, LB_DIRECTOR_A_SCHED, d->sched);
	if (flags)
		err |= nla_put_u32(m, LB_DIRECTOR_A_FLAGS, flags);
	if (d->check.set)
		err |= lb_attr_put_nest(m, LB_DIRECTOR_A_CHECK, check_wire,
					&lb_check_keys, &d->check);
	err |= put_method(m, &d->method);
	if (d->persist.on)
		err |= put_persist(m, &d->persist);
	err |= lb_attr_put_rows(m, dopt_wire, &lb_dopt_keys, &d->opts);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_put_director_name() - append what names a director
 * @m: the message
 * @name: its name
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_director_name(struct nl_msg *m, const char *name)
{
	struct nlattr *nest;

	nest = nla_nest_start(m, LB_A_DIRECTOR | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_DIRECTOR_A_NAME, name))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

static struct nlattr *start_server(struct nl_msg *m, const char *director,
				   const char *name)
{
	struct nlattr *nest;

	nest = nla_nest_start(m, LB_A_SERVER | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_SERVER_A_DIRECTOR, director) ||
	    (name && nla_put_string(m, LB_SERVER_A_NAME, name)))
		return NULL;
	return nest;
}

/**
 * lb_msg_put_server() - append a server's configuration
 * @m: the message
 * @director: name of its director
 * @s: the server
 * @last: whether it moves behind the other servers of its director
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_server(struct nl_msg *m, const char *director,
		      const struct lb_server *s, bool last)
{
	struct nlattr *nest = start_server(m, director, s->name);
	int err;

	if (!nest)
		return -ENOBUFS;
	err = nla_put(m, LB_SERVER_A_ADDR, s->addr.len, s->addr.b);
	if (s->port)
		err |= nla_put_u16(m, LB_SERVER_A_PORT, htons(s->port));
	err |= nla_put_u32(m, LB_SERVER_A_WEIGHT, s->opts.weight);
	if (s->opts.sorry)
		err |= nla_put_u32(m, LB_SERVER_A_FLAGS, LB_SERVER_F_SORRY);
	if (s->checked)
		err |= lb_attr_put_nest(m, LB_SERVER_A_CHECK, check_wire,
					&lb_check_keys, &s->check);
	err |= lb_attr_put_rows(m, ramp_wire, &lb_server_keys, &s->opts);
	if (last)
		err |= nla_put_flag(m, LB_SERVER_A_MOVE_LAST);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_put_server_name() - append what names a server
 * @m: the message
 * @director: name of its director
 * @name: its name; NULL: every server of @director
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_server_name(struct nl_msg *m, const char *director,
			   const char *name)
{
	return lb_msg_put_state(m, director, name, NULL, NULL);
}

/**
 * lb_msg_put_state() - append a server's run-time state
 * @m: the message
 * @director: name of its director
 * @name: its name
 * @admin: enum lb_admin, or NULL to leave it
 * @override: weight, or NULL to leave it
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_state(struct nl_msg *m, const char *director,
		     const char *name, const uint8_t *admin,
		     const uint32_t *override)
{
	struct nlattr *nest = start_server(m, director, name);

	if (!nest)
		return -ENOBUFS;
	if (admin && nla_put_u8(m, LB_SERVER_A_ADMIN, *admin))
		return -ENOBUFS;
	if (override && nla_put_u32(m, LB_SERVER_A_OVERRIDE, *override))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

/**
 * lb_msg_put_verdict() - append how a check of a server ended
 * @m: the message
 * @director: name of its director
 * @s: the server that was checked
 * @v: how it ended; the reason is cut to what the kernel takes
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_verdict(struct nl_msg *m, const char *director,
		       const struct lb_server *s, const struct lb_verdict *v)
{
	struct nlattr *nest = start_server(m, director, s->name);
	char reason[LB_STR_MAX + 1];
	int err;

	if (!nest)
		return -ENOBUFS;
	err = nla_put(m, LB_SERVER_A_ADDR, s->addr.len, s->addr.b);
	if (s->port)
		err |= nla_put_u16(m, LB_SERVER_A_PORT, htons(s->port));
	err |= nla_put_u8(m, LB_SERVER_A_HEALTH, v->health);
	err |= nla_put_u8(m, LB_SERVER_A_RESULT, v->result);
	if (v->reason) {
		snprintf(reason, sizeof(reason), "%s", v->reason);
		err |= nla_put_string(m, LB_SERVER_A_REASON, reason);
	}
	if (v->has_latency)
		err |= nla_put_u32(m, LB_SERVER_A_LATENCY, v->latency);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_put_monitor() - append who makes the health checks
 * @m: the message
 * @pid: its process ID
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_monitor(struct nl_msg *m, uint32_t pid)
{
	struct nlattr *nest = nla_nest_start(m, LB_A_INFO | NLA_F_NESTED);

	if (!nest || nla_put_u32(m, LB_INFO_A_MONITOR, pid))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

/**
 * lb_msg_put_pin() - append a conn for `check via vip`
 * @m: the message
 * @director: name of the director
 * @server: name of the server
 * @client: an address of this machine
 * @client_port: host byte order
 * @vip: the director's address, or one that a flow leads to it
 * @vip_port: host byte order
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_pin(struct nl_msg *m, const char *director, const char *server,
		   const struct lb_addr *client, uint16_t client_port,
		   const struct lb_addr *vip, uint16_t vip_port)
{
	struct nlattr *nest = nla_nest_start(m, LB_A_PIN | NLA_F_NESTED);
	int err;

	if (!nest)
		return -ENOBUFS;
	err = nla_put_string(m, LB_PIN_A_DIRECTOR, director);
	err |= nla_put_string(m, LB_PIN_A_SERVER, server);
	err |= nla_put(m, LB_PIN_A_CLIENT_ADDR, client->len, client->b);
	err |= nla_put_u16(m, LB_PIN_A_CLIENT_PORT, htons(client_port));
	err |= nla_put(m, LB_PIN_A_VIP_ADDR, vip->len, vip->b);
	err |= nla_put_u16(m, LB_PIN_A_VIP_PORT, htons(vip_port));
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_put_options() - append the options of the whole balancer
 * @m: the message
 * @s: the options
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_options(struct nl_msg *m, const struct lb_service *s)
{
	return lb_attr_put_nest(m, LB_A_OPTIONS, options_wire,
				&lb_service_keys, s);
}

/**
 * lb_msg_put_filter() - append which conns are meant
 * @m: the message
 * @filter: director, server and client count; nothing set: all conns
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_filter(struct nl_msg *m, const struct lb_conn *filter)
{
	struct nlattr *nest;
	int err = 0;

	if (!filter->director[0] && !filter->client.len)
		return 0;
	nest = nla_nest_start(m, LB_A_CONN | NLA_F_NESTED);
	if (!nest)
		return -ENOBUFS;
	if (filter->client.len)
		err |= nla_put(m, LB_CONN_A_CLIENT_ADDR, filter->client.len,
			       filter->client.b);
	if (filter->director[0])
		err |= nla_put_string(m, LB_CONN_A_DIRECTOR,
				      filter->director);
	if (filter->server[0])
		err |= nla_put_string(m, LB_CONN_A_SERVER, filter->server);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

static void get_check(struct nlattr *nest, struct lb_check *check, int *bad)
{
	struct nlattr *a[LB_CHECK_A_MAX + 1];

	if (!nest)
		return;
	if (nla_parse_nested(a, LB_CHECK_A_MAX, nest, NULL))
		*bad = -EBADMSG;
	else
		lb_attr_rows(a, check_wire, &lb_check_keys, check, bad);
}

static void get_method(struct nlattr *nest, struct lb_method *method,
		       int *bad)
{
	const struct lb_method_word *word;
	struct nlattr *a[LB_METHOD_A_MAX + 1];

	if (!nest)
		return;
	if (nla_parse_nested(a, LB_METHOD_A_MAX, nest, NULL)) {
		*bad = -EBADMSG;
		return;
	}
	lb_attr_str(a[LB_METHOD_A_NAME], method->name, sizeof(method->name),
		    bad);
	word = lb_method_find(method->name);
	if (word)
		lb_attr_rows(a, method_wire, word->keys, method, bad);
	else
		*bad = -EBADMSG;
}

/* which of the two lengths the director means; a flow may bring both families,
 * then it is the one that is not the default
 */
static struct nlattr *get_netmask(struct nlattr **a, struct lb_director *d,
				  int *bad)
{
	struct lb_mask *m = &d->persist.netmask;
	struct nlattr *v4 = a[LB_PERSIST_A_PLEN4], *v6 = a[LB_PERSIST_A_PLEN6];

	m->dotted = d->addr.len == 4;
	if (!d->addr.len)
		m->dotted = !v6 || (v4 && lb_attr_uint(v4, 1, bad) < 32);
	m->prefix = lb_attr_uint(m->dotted ? v4 : v6, 1, bad);
	return m->dotted ? v4 : v6;
}

static void get_persist(struct nlattr *nest, struct lb_director *d, int *bad)
{
	struct nlattr *a[LB_PERSIST_A_MAX + 1];
	struct lb_persist *p = &d->persist;

	if (!nest)
		return;
	p->on = true;
	if (nla_parse_nested(a, LB_PERSIST_A_MAX, nest, NULL)) {
		*bad = -EBADMSG;
		return;
	}
	lb_attr_rows(a, persist_wire, &lb_persist_keys, p, bad);
	if (get_netmask(a, d, bad))
		p->set |= LB_BIT(LB_K_NETMASK);
	lb_persist_normalize(p);
}

static void get_stats(struct nlattr *nest, struct lb_runtime *run, int *bad)
{
	struct nlattr *a[LB_STATS_A_MAX + 1];

	if (!nest)
		return;
	if (nla_parse_nested(a, LB_STATS_A_MAX, nest, NULL)) {
		*bad = -EBADMSG;
		return;
	}
	run->conns = lb_attr_uint(a[LB_STATS_A_CONNS], 8, bad);
	run->in_pkts = lb_attr_uint(a[LB_STATS_A_IN_PKTS], 8, bad);
	run->in_bytes = lb_attr_uint(a[LB_STATS_A_IN_BYTES], 8, bad);
	run->out_pkts = lb_attr_uint(a[LB_STATS_A_OUT_PKTS], 8, bad);
	run->out_bytes = lb_attr_uint(a[LB_STATS_A_OUT_BYTES], 8, bad);
	run->refused = lb_attr_uint(a[LB_STATS_A_REFUSED], 8, bad);
}

/**
 * lb_msg_get_director() - read a director
 * @nest: the LB_A_DIRECTOR attribute
 * @d: an empty director; half filled on error
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_director(struct nlattr *nest, struct lb_director *d)
{
	struct nlattr *a[LB_DIRECTOR_A_MAX + 1];
	uint32_t flags;
	int bad = 0;

	if (nla_parse_nested(a, LB_DIRECTOR_A_MAX, nest, NULL) ||
	    !a[LB_DIRECTOR_A_NAME])
		return -EBADMSG;
	lb_attr_str(a[LB_DIRECTOR_A_NAME], d->name, sizeof(d->name), &bad);
	lb_attr_addr(a[LB_DIRECTOR_A_ADDR], &d->addr, &bad);
	d->port = lb_attr_port(a[LB_DIRECTOR_A_PORT], &bad);
	d->proto = lb_attr_uint(a[LB_DIRECTOR_A_PROTO], 1, &bad);
	lb_attr_str(a[LB_DIRECTOR_A_MODE], d->mode, sizeof(d->mode), &bad);
	lb_attr_str(a[LB_DIRECTOR_A_ENCAP], d->encap, sizeof(d->encap), &bad);
	d->encap_port = lb_attr_port(a[LB_DIRECTOR_A_ENCAP_PORT], &bad);
	lb_attr_str(a[LB_DIRECTOR_A_SCHED], d->sched, sizeof(d->sched), &bad);
	flags = lb_attr_uint(a[LB_DIRECTOR_A_FLAGS], 4, &bad);
	d->hash_port = flags & LB_DIRECTOR_F_HASH_PORT;
	d->opts.onepacket = flags & LB_DIRECTOR_F_ONEPACKET;
	if (d->opts.onepacket)
		d->opts.set |= LB_BIT(LB_K_ONEPACKET);
	get_check(a[LB_DIRECTOR_A_CHECK], &d->check, &bad);
	get_method(a[LB_DIRECTOR_A_METHOD], &d->method, &bad);
	get_persist(a[LB_DIRECTOR_A_PERSIST], d, &bad);
	lb_attr_rows(a, dopt_wire, &lb_dopt_keys, &d->opts, &bad);
	d->run.sorry = a[LB_DIRECTOR_A_SORRY];
	d->run.servers = lb_attr_uint(a[LB_DIRECTOR_A_SERVERS], 4, &bad);
	d->run.active = lb_attr_uint(a[LB_DIRECTOR_A_ACTIVE], 4, &bad);
	d->run.inactive = lb_attr_uint(a[LB_DIRECTOR_A_INACTIVE], 4, &bad);
	get_stats(a[LB_DIRECTOR_A_STATS], &d->run, &bad);
	lb_director_defaults(d);
	return bad;
}

static void get_checked(struct nlattr **a, struct lb_runtime *run, int *bad)
{
	char reason[LB_STR_MAX + 1] = "";

	run->health = lb_attr_uint(a[LB_SERVER_A_HEALTH], 1, bad);
	run->result = lb_attr_uint(a[LB_SERVER_A_RESULT], 1, bad);
	run->latency = lb_attr_uint(a[LB_SERVER_A_LATENCY], 4, bad);
	run->age = lb_attr_uint(a[LB_SERVER_A_AGE], 4, bad);
	lb_attr_str(a[LB_SERVER_A_REASON], reason, sizeof(reason), bad);
	if (reason[0])
		run->reason = lb_xstrdup(reason);
}

/**
 * lb_msg_get_server() - read a server
 * @nest: the LB_A_SERVER attribute
 * @s: an empty server; half filled on error, then for lb_server_clear()
 * @director: gets the name of its director
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_server(struct nlattr *nest, struct lb_server *s,
		      char director[LB_NAME_MAX + 1])
{
	struct nlattr *a[LB_SERVER_A_MAX + 1];
	int bad = 0;

	if (nla_parse_nested(a, LB_SERVER_A_MAX, nest, NULL) ||
	    !a[LB_SERVER_A_NAME] || !a[LB_SERVER_A_DIRECTOR])
		return -EBADMSG;
	lb_attr_str(a[LB_SERVER_A_DIRECTOR], director, LB_NAME_MAX + 1, &bad);
	lb_attr_str(a[LB_SERVER_A_NAME], s->name, sizeof(s->name), &bad);
	lb_attr_addr(a[LB_SERVER_A_ADDR], &s->addr, &bad);
	s->port = lb_attr_port(a[LB_SERVER_A_PORT], &bad);
	s->opts.weight = 1;
	if (a[LB_SERVER_A_WEIGHT])
		s->opts.weight = lb_attr_uint(a[LB_SERVER_A_WEIGHT], 4, &bad);
	s->opts.sorry = lb_attr_uint(a[LB_SERVER_A_FLAGS], 4, &bad) &
			LB_SERVER_F_SORRY;
	if (s->opts.sorry)
		s->opts.set |= LB_BIT(LB_K_SORRY);
	s->checked = a[LB_SERVER_A_CHECK];
	get_check(a[LB_SERVER_A_CHECK], &s->check, &bad);
	lb_attr_rows(a, ramp_wire, &lb_server_keys, &s->opts, &bad);
	s->run.admin = lb_attr_uint(a[LB_SERVER_A_ADMIN], 1, &bad);
	s->run.has_override = a[LB_SERVER_A_OVERRIDE];
	s->run.override = lb_attr_uint(a[LB_SERVER_A_OVERRIDE], 4, &bad);
	s->run.eff_weight = lb_attr_uint(a[LB_SERVER_A_EFF_WEIGHT], 4, &bad);
	s->run.active = lb_attr_uint(a[LB_SERVER_A_ACTIVE], 4, &bad);
	s->run.inactive = lb_attr_uint(a[LB_SERVER_A_INACTIVE], 4, &bad);
	s->run.since = lb_attr_uint(a[LB_SERVER_A_SINCE], 4, &bad);
	get_stats(a[LB_SERVER_A_STATS], &s->run, &bad);
	get_checked(a, &s->run, &bad);
	return bad;
}

/**
 * lb_msg_get_options() - read the options of the whole balancer
 * @nest: the LB_A_OPTIONS attribute
 * @s: gets them; defaults are not set
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_options(struct nlattr *nest, struct lb_service *s)
{
	struct nlattr *a[LB_OPTIONS_A_MAX + 1];
	int bad = 0;

	if (nla_parse_nested(a, LB_OPTIONS_A_MAX, nest, NULL))
		return -EBADMSG;
	lb_attr_rows(a, options_wire, &lb_service_keys, s, &bad);
	lb_service_normalize(s);
	return bad;
}

/**
 * lb_msg_get_info() - read what the module tells about itself
 * @nest: the LB_A_INFO attribute
 * @info: gets it
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_info(struct nlattr *nest, struct lb_info *info)
{
	struct nlattr *a;
	int bad = 0, rest;

	memset(info, 0, sizeof(*info));
	nla_for_each_nested(a, nest, rest) {
		switch (nla_type(a)) {
		case LB_INFO_A_VERSION:
			lb_attr_str(a, info->version, sizeof(info->version),
				&bad);
			break;
		case LB_INFO_A_CONN_MAX:
			info->conn_max = lb_attr_uint(a, 4, &bad);
			break;
		case LB_INFO_A_CONN_COUNT:
			info->conn_count = lb_attr_uint(a, 4, &bad);
			break;
		case LB_INFO_A_SCHED:
			if (info->n_scheds < ARRAY_SIZE(info->sched))
				lb_attr_str(a, info->sched[info->n_scheds++],
					sizeof(info->sched[0]), &bad);
			break;
		case LB_INFO_A_MODE:
			if (info->n_modes < ARRAY_SIZE(info->mode))
				lb_attr_str(a, info->mode[info->n_modes++],
					sizeof(info->mode[0]), &bad);
			break;
		case LB_INFO_A_ENCAP:
			if (info->n_encaps < ARRAY_SIZE(info->encap))
				lb_attr_str(a, info->encap[info->n_encaps++],
					sizeof(info->encap[0]), &bad);
			break;
		case LB_INFO_A_MONITOR:
			info->monitor = lb_attr_uint(a, 4, &bad);
			info->has_monitor = true;
			break;
		case LB_INFO_A_SKIPPED:
			info->skipped = lb_attr_uint(a, 4, &bad);
			break;
		}
	}
	return bad;
}

/**
 * lb_msg_get_conn() - read a connection
 * @nest: the LB_A_CONN attribute
 * @c: gets it
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_conn(struct nlattr *nest, struct lb_conn *c)
{
	struct nlattr *a[LB_CONN_A_MAX + 1];
	int bad = 0;

	memset(c, 0, sizeof(*c));
	if (nla_parse_nested(a, LB_CONN_A_MAX, nest, NULL))
		return -EBADMSG;
	c->proto = lb_attr_uint(a[LB_CONN_A_PROTO], 1, &bad);
	lb_attr_addr(a[LB_CONN_A_CLIENT_ADDR], &c->client, &bad);
	c->client_port = lb_attr_port(a[LB_CONN_A_CLIENT_PORT], &bad);
	lb_attr_addr(a[LB_CONN_A_VIP_ADDR], &c->vip, &bad);
	c->vip_port = lb_attr_port(a[LB_CONN_A_VIP_PORT], &bad);
	lb_attr_addr(a[LB_CONN_A_SERVER_ADDR], &c->server_addr, &bad);
	c->server_port = lb_attr_port(a[LB_CONN_A_SERVER_PORT], &bad);
	lb_attr_addr(a[LB_CONN_A_SNAT_ADDR], &c->source, &bad);
	c->source_port = lb_attr_port(a[LB_CONN_A_SNAT_PORT], &bad);
	lb_attr_str(a[LB_CONN_A_DIRECTOR], c->director, sizeof(c->director),
		&bad);
	lb_attr_str(a[LB_CONN_A_SERVER], c->server, sizeof(c->server), &bad);
	lb_attr_str(a[LB_CONN_A_MODE], c->mode, sizeof(c->mode), &bad);
	lb_attr_str(a[LB_CONN_A_STATE], c->state, sizeof(c->state), &bad);
	c->expires = lb_attr_uint(a[LB_CONN_A_EXPIRES], 4, &bad);
	c->count = lb_attr_uint(a[LB_CONN_A_COUNT], 4, &bad);
	c->client_prefix = lb_attr_uint(a[LB_CONN_A_CLIENT_PLEN], 1, &bad);
	c->templates = lb_attr_uint(a[LB_CONN_A_TEMPLATES], 4, &bad);
	return bad;
}

/**
 * lb_msg_get_counter() - read a counter
 * @nest: the LB_A_COUNTER attribute
 * @c: gets it
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_counter(struct nlattr *nest, struct lb_counter *c)
{
	struct nlattr *a[LB_COUNTER_A_MAX + 1];
	int bad = 0;

	memset(c, 0, sizeof(*c));
	if (nla_parse_nested(a, LB_COUNTER_A_MAX, nest, NULL))
		return -EBADMSG;
	lb_attr_str(a[LB_COUNTER_A_NAME], c->name, sizeof(c->name), &bad);
	lb_attr_str(a[LB_COUNTER_A_HELP], c->help, sizeof(c->help), &bad);
	c->kind = lb_attr_uint(a[LB_COUNTER_A_KIND], 1, &bad);
	c->value = lb_attr_uint(a[LB_COUNTER_A_VALUE], 8, &bad);
	return bad;
}
