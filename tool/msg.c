// SPDX-License-Identifier: GPL-2.0
/*
 * The wire form of every object, both ways.  Rows of key.h travel by the
 * tables below: a keyword's type decides how its value is written.
 */
#include "msg.h"
#include "key.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

/** struct wire - a row and its attribute */
struct wire {
	/** @key: name of the row */
	const char *key;
	/** @attr: its attribute */
	uint16_t attr;
};

static const struct wire check_wire[] = {
	{ "interval", LB_CHECK_A_INTERVAL },
	{ "timeout", LB_CHECK_A_TIMEOUT },
	{ "source", LB_CHECK_A_SOURCE },
	{ "port", LB_CHECK_A_PORT },
	{ "rise", LB_CHECK_A_RISE },
	{ "fall", LB_CHECK_A_FALL },
	{ "inhibit", LB_CHECK_A_INHIBIT },
	{ NULL, 0 }
};

static const struct wire method_wire[] = {
	{ "iface", LB_METHOD_A_IFACE },
	{ "uri", LB_METHOD_A_URI },
	{ "statuscode", LB_METHOD_A_STATUSCODE },
	{ "vhost", LB_METHOD_A_VHOST },
	{ NULL, 0 }
};

static const struct wire options_wire[] = {
	{ "timeout tcp", LB_OPTIONS_A_TIMEOUT_TCP },
	{ "timeout tcpfin", LB_OPTIONS_A_TIMEOUT_TCPFIN },
	{ "timeout udp", LB_OPTIONS_A_TIMEOUT_UDP },
	{ NULL, 0 }
};

static int put_row(struct nl_msg *m, uint16_t attr, const struct lb_key *key,
		   const void *base)
{
	const void *field = (const char *)base + key->offset;
	const struct lb_addr *a = field;

	switch (key->type) {
	case LB_T_FLAG:
		return nla_put_flag(m, attr);
	case LB_T_PORT:
		return nla_put_u16(m, attr, htons(*(const uint16_t *)field));
	case LB_T_CODE:
		return nla_put_u16(m, attr, *(const uint16_t *)field);
	case LB_T_ADDR:
		return nla_put(m, attr, a->len, a->b);
	case LB_T_IFNAME:
		return nla_put_string(m, attr, field);
	case LB_T_STR:
		return nla_put_string(m, attr, *(char *const *)field);
	default:
		return nla_put_u32(m, attr, *(const uint32_t *)field);
	}
}

static int put_rows(struct nl_msg *m, const struct wire *wire,
		    const struct lb_keys *keys, const void *base)
{
	unsigned int i;
	int err;

	for (; wire->key; wire++) {
		for (i = 0; i < keys->n; i++)
			if (!strcmp(keys->key[i].name, wire->key))
				break;
		if (i == keys->n || !lb_key_has(base, i))
			continue;
		err = put_row(m, wire->attr, &keys->key[i], base);
		if (err)
			return err;
	}
	return 0;
}

/* a nest that stays when it is empty: that it is there has a meaning */
static int put_nest(struct nl_msg *m, uint16_t attr, const struct wire *wire,
		    const struct lb_keys *keys, const void *base)
{
	struct nlattr *nest = nla_nest_start(m, attr | NLA_F_NESTED);

	if (!nest || put_rows(m, wire, keys, base))
		return -ENOBUFS;
	nla_nest_end_keep_empty(m, nest);
	return 0;
}

static int put_method(struct nl_msg *m, const struct lb_method *method)
{
	const struct lb_method_word *word = lb_method_find(method->name);
	struct nlattr *nest;

	if (!word)
		return 0;
	nest = nla_nest_start(m, LB_DIRECTOR_A_METHOD | NLA_F_NESTED);
	if (!nest || nla_put_string(m, LB_METHOD_A_NAME, method->name) ||
	    put_rows(m, method_wire, word->keys, method))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
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
		err |= put_nest(m, LB_DIRECTOR_A_CHECK, check_wire,
				&lb_check_keys, &d->check);
	err |= put_method(m, &d->method);
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
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_server(struct nl_msg *m, const char *director,
		      const struct lb_server *s)
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
		err |= put_nest(m, LB_SERVER_A_CHECK, check_wire,
				&lb_check_keys, &s->check);
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
 * lb_msg_put_options() - append the options of the whole balancer
 * @m: the message
 * @s: the options
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_options(struct nl_msg *m, const struct lb_service *s)
{
	return put_nest(m, LB_A_OPTIONS, options_wire, &lb_service_keys, s);
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

/*
 * Reading.  The getters take an attribute that may be missing (NULL: nothing
 * happens) and remember in *bad when its size is wrong.
 */

static uint64_t get_uint(struct nlattr *a, int size, int *bad)
{
	if (!a)
		return 0;
	if (nla_len(a) != size) {
		*bad = -EBADMSG;
		return 0;
	}
	switch (size) {
	case 1:
		return nla_get_u8(a);
	case 2:
		return nla_get_u16(a);
	case 4:
		return nla_get_u32(a);
	default:
		return nla_get_u64(a);
	}
}

static uint16_t get_port(struct nlattr *a, int *bad)
{
	return ntohs(get_uint(a, 2, bad));
}

static void get_addr(struct nlattr *a, struct lb_addr *addr, int *bad)
{
	if (!a)
		return;
	if (nla_len(a) != 4 && nla_len(a) != 16) {
		*bad = -EBADMSG;
		return;
	}
	memset(addr, 0, sizeof(*addr));
	addr->len = nla_len(a);
	memcpy(addr->b, nla_data(a), addr->len);
}

static void get_str(struct nlattr *a, char *s, size_t size, int *bad)
{
	size_t len;

	if (!a)
		return;
	len = strnlen(nla_data(a), nla_len(a));
	if (len >= size) {
		*bad = -EBADMSG;
		return;
	}
	memset(s, 0, size);
	memcpy(s, nla_data(a), len);
}

static void get_row(struct nlattr *a, const struct lb_key *key, void *base,
		    int *bad)
{
	void *field = (char *)base + key->offset;
	char text[LB_STR_MAX + 1] = "";

	switch (key->type) {
	case LB_T_FLAG:
		*(bool *)field = true;
		break;
	case LB_T_PORT:
		*(uint16_t *)field = get_port(a, bad);
		break;
	case LB_T_CODE:
		*(uint16_t *)field = get_uint(a, 2, bad);
		break;
	case LB_T_ADDR:
		get_addr(a, field, bad);
		break;
	case LB_T_IFNAME:
		get_str(a, field, LB_IFNAME_MAX + 1, bad);
		break;
	case LB_T_STR:
		get_str(a, text, sizeof(text), bad);
		free(*(char **)field);
		*(char **)field = lb_xstrdup(text);
		break;
	default:
		*(uint32_t *)field = get_uint(a, 4, bad);
	}
}

static void get_rows(struct nlattr **attr, const struct wire *wire,
		     const struct lb_keys *keys, void *base, int *bad)
{
	unsigned int i;

	for (; wire->key; wire++) {
		for (i = 0; i < keys->n; i++)
			if (!strcmp(keys->key[i].name, wire->key))
				break;
		if (i == keys->n || !attr[wire->attr])
			continue;
		get_row(attr[wire->attr], &keys->key[i], base, bad);
		*(uint32_t *)base |= LB_BIT(i);
	}
}

static void get_check(struct nlattr *nest, struct lb_check *check, int *bad)
{
	struct nlattr *a[LB_CHECK_A_MAX + 1];

	if (!nest)
		return;
	if (nla_parse_nested(a, LB_CHECK_A_MAX, nest, NULL))
		*bad = -EBADMSG;
	else
		get_rows(a, check_wire, &lb_check_keys, check, bad);
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
	get_str(a[LB_METHOD_A_NAME], method->name, sizeof(method->name), bad);
	word = lb_method_find(method->name);
	if (word)
		get_rows(a, method_wire, word->keys, method, bad);
	else
		*bad = -EBADMSG;
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
	run->conns = get_uint(a[LB_STATS_A_CONNS], 8, bad);
	run->in_pkts = get_uint(a[LB_STATS_A_IN_PKTS], 8, bad);
	run->in_bytes = get_uint(a[LB_STATS_A_IN_BYTES], 8, bad);
	run->out_pkts = get_uint(a[LB_STATS_A_OUT_PKTS], 8, bad);
	run->out_bytes = get_uint(a[LB_STATS_A_OUT_BYTES], 8, bad);
	run->refused = get_uint(a[LB_STATS_A_REFUSED], 8, bad);
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
	get_str(a[LB_DIRECTOR_A_NAME], d->name, sizeof(d->name), &bad);
	get_addr(a[LB_DIRECTOR_A_ADDR], &d->addr, &bad);
	d->port = get_port(a[LB_DIRECTOR_A_PORT], &bad);
	d->proto = get_uint(a[LB_DIRECTOR_A_PROTO], 1, &bad);
	get_str(a[LB_DIRECTOR_A_MODE], d->mode, sizeof(d->mode), &bad);
	get_str(a[LB_DIRECTOR_A_ENCAP], d->encap, sizeof(d->encap), &bad);
	d->encap_port = get_port(a[LB_DIRECTOR_A_ENCAP_PORT], &bad);
	get_str(a[LB_DIRECTOR_A_SCHED], d->sched, sizeof(d->sched), &bad);
	flags = get_uint(a[LB_DIRECTOR_A_FLAGS], 4, &bad);
	d->hash_port = flags & LB_DIRECTOR_F_HASH_PORT;
	d->opts.onepacket = flags & LB_DIRECTOR_F_ONEPACKET;
	if (d->opts.onepacket)
		d->opts.set |= LB_BIT(LB_K_ONEPACKET);
	get_check(a[LB_DIRECTOR_A_CHECK], &d->check, &bad);
	get_method(a[LB_DIRECTOR_A_METHOD], &d->method, &bad);
	d->run.servers = get_uint(a[LB_DIRECTOR_A_SERVERS], 4, &bad);
	d->run.active = get_uint(a[LB_DIRECTOR_A_ACTIVE], 4, &bad);
	d->run.inactive = get_uint(a[LB_DIRECTOR_A_INACTIVE], 4, &bad);
	get_stats(a[LB_DIRECTOR_A_STATS], &d->run, &bad);
	lb_director_defaults(d);
	return bad;
}

/**
 * lb_msg_get_server() - read a server
 * @nest: the LB_A_SERVER attribute
 * @s: an empty server; half filled on error
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
	get_str(a[LB_SERVER_A_DIRECTOR], director, LB_NAME_MAX + 1, &bad);
	get_str(a[LB_SERVER_A_NAME], s->name, sizeof(s->name), &bad);
	get_addr(a[LB_SERVER_A_ADDR], &s->addr, &bad);
	s->port = get_port(a[LB_SERVER_A_PORT], &bad);
	s->opts.weight = 1;
	if (a[LB_SERVER_A_WEIGHT])
		s->opts.weight = get_uint(a[LB_SERVER_A_WEIGHT], 4, &bad);
	s->opts.sorry = get_uint(a[LB_SERVER_A_FLAGS], 4, &bad) &
			LB_SERVER_F_SORRY;
	if (s->opts.sorry)
		s->opts.set |= LB_BIT(LB_K_SORRY);
	s->checked = a[LB_SERVER_A_CHECK];
	get_check(a[LB_SERVER_A_CHECK], &s->check, &bad);
	s->run.admin = get_uint(a[LB_SERVER_A_ADMIN], 1, &bad);
	s->run.has_override = a[LB_SERVER_A_OVERRIDE];
	s->run.override = get_uint(a[LB_SERVER_A_OVERRIDE], 4, &bad);
	s->run.eff_weight = get_uint(a[LB_SERVER_A_EFF_WEIGHT], 4, &bad);
	s->run.active = get_uint(a[LB_SERVER_A_ACTIVE], 4, &bad);
	s->run.inactive = get_uint(a[LB_SERVER_A_INACTIVE], 4, &bad);
	s->run.since = get_uint(a[LB_SERVER_A_SINCE], 4, &bad);
	get_stats(a[LB_SERVER_A_STATS], &s->run, &bad);
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
	get_rows(a, options_wire, &lb_service_keys, s, &bad);
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
			get_str(a, info->version, sizeof(info->version),
				&bad);
			break;
		case LB_INFO_A_CONN_MAX:
			info->conn_max = get_uint(a, 4, &bad);
			break;
		case LB_INFO_A_CONN_COUNT:
			info->conn_count = get_uint(a, 4, &bad);
			break;
		case LB_INFO_A_SCHED:
			if (info->n_scheds < ARRAY_SIZE(info->sched))
				get_str(a, info->sched[info->n_scheds++],
					sizeof(info->sched[0]), &bad);
			break;
		case LB_INFO_A_MODE:
			if (info->n_modes < ARRAY_SIZE(info->mode))
				get_str(a, info->mode[info->n_modes++],
					sizeof(info->mode[0]), &bad);
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
	c->proto = get_uint(a[LB_CONN_A_PROTO], 1, &bad);
	get_addr(a[LB_CONN_A_CLIENT_ADDR], &c->client, &bad);
	c->client_port = get_port(a[LB_CONN_A_CLIENT_PORT], &bad);
	get_addr(a[LB_CONN_A_VIP_ADDR], &c->vip, &bad);
	c->vip_port = get_port(a[LB_CONN_A_VIP_PORT], &bad);
	get_addr(a[LB_CONN_A_SERVER_ADDR], &c->server_addr, &bad);
	c->server_port = get_port(a[LB_CONN_A_SERVER_PORT], &bad);
	get_str(a[LB_CONN_A_DIRECTOR], c->director, sizeof(c->director),
		&bad);
	get_str(a[LB_CONN_A_SERVER], c->server, sizeof(c->server), &bad);
	get_str(a[LB_CONN_A_MODE], c->mode, sizeof(c->mode), &bad);
	get_str(a[LB_CONN_A_STATE], c->state, sizeof(c->state), &bad);
	c->expires = get_uint(a[LB_CONN_A_EXPIRES], 4, &bad);
	c->count = get_uint(a[LB_CONN_A_COUNT], 4, &bad);
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
	get_str(a[LB_COUNTER_A_NAME], c->name, sizeof(c->name), &bad);
	get_str(a[LB_COUNTER_A_HELP], c->help, sizeof(c->help), &bad);
	c->kind = get_uint(a[LB_COUNTER_A_KIND], 1, &bad);
	c->value = get_uint(a[LB_COUNTER_A_VALUE], 8, &bad);
	return bad;
}
