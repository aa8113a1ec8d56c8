// SPDX-License-Identifier: GPL-2.0
/*
 * Values to and from netlink attributes.  A row of key.h travels by a table of
 * struct lb_wire: its type decides how the value is written.
 */
#include "attr.h"
#include "model.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

/* ADDR, ADDR_LAST of a range, ADDR_PLEN of a net: one behind the other */
static int put_net(struct nl_msg *m, uint16_t attr, const struct lb_net *net)
{
	if (nla_put(m, attr, net->addr.len, net->addr.b))
		return -ENOBUFS;
	if (net->last.len)
		return nla_put(m, attr + 1, net->last.len, net->last.b);
	if (net->prefix != net->addr.len * 8)
		return nla_put_u8(m, attr + 2, net->prefix);
	return 0;
}

static int put_ports(struct nl_msg *m, uint16_t attr,
		     const struct lb_ports *ports)
{
	if (nla_put_u16(m, attr, htons(ports->first)))
		return -ENOBUFS;
	if (ports->last != ports->first)
		return nla_put_u16(m, attr + 1, htons(ports->last));
	return 0;
}

static int put_row(struct nl_msg *m, uint16_t attr, const struct lb_key *key,
		   const void *base)
{
	const void *field = (const char *)base + key->offset;
	const struct lb_addr *a = field;

	switch (key->type) {
	case LB_T_FLAG:
		return nla_put_flag(m, attr);
	case LB_T_BYTE:
	case LB_T_PROTO:
		return nla_put_u8(m, attr, *(const uint8_t *)field);
	case LB_T_PORT:
		return nla_put_u16(m, attr, htons(*(const uint16_t *)field));
	case LB_T_PORTS:
		return put_ports(m, attr, field);
	case LB_T_CODE:
		return nla_put_u16(m, attr, *(const uint16_t *)field);
	case LB_T_ADDR:
		return nla_put(m, attr, a->len, a->b);
	case LB_T_NET:
		return put_net(m, attr, field);
	case LB_T_IFNAME:
		return nla_put_string(m, attr, field);
	case LB_T_STR:
		return nla_put_string(m, attr, *(char *const *)field);
	default:
		return nla_put_u32(m, attr, *(const uint32_t *)field);
	}
}

static unsigned int find_row(const struct lb_keys *keys, const char *name)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (!strcmp(keys->key[i].name, name))
			break;
	return i;
}

/**
 * lb_attr_put_rows() - append every row that is set
 * @m: the message
 * @wire: which rows, in the order they are written
 * @keys: the rows
 * @base: the struct they describe
 *
 * Return: 0, or a negative error when the message is full.
 */
int lb_attr_put_rows(struct nl_msg *m, const struct lb_wire *wire,
		     const struct lb_keys *keys, const void *base)
{
	unsigned int i;
	int err;

	for (; wire->key; wire++) {
		i = find_row(keys, wire->key);
		if (i == keys->n || !lb_key_has(base, i))
			continue;
		err = put_row(m, wire->attr, &keys->key[i], base);
		if (err)
			return err;
	}
	return 0;
}

/**
 * lb_attr_put_nest() - append rows as a nest
 * @m: the message
 * @attr: the nest
 * @wire: which rows
 * @keys: the rows
 * @base: the struct they describe
 *
 * An empty nest stays: that it is there has a meaning.
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_attr_put_nest(struct nl_msg *m, uint16_t attr,
		     const struct lb_wire *wire, const struct lb_keys *keys,
		     const void *base)
{
	struct nlattr *nest = nla_nest_start(m, attr | NLA_F_NESTED);

	if (!nest || lb_attr_put_rows(m, wire, keys, base))
		return -ENOBUFS;
	nla_nest_end_keep_empty(m, nest);
	return 0;
}

/*
 * Reading.  The getters take an attribute that may be missing (NULL: nothing
 * happens) and remember in *bad when its size is wrong.
 */

/**
 * lb_attr_uint() - read a number in host byte order
 * @a: the attribute, or NULL
 * @size: its size
 * @bad: gets -EBADMSG when it has another one
 *
 * Return: the number or 0.
 */
uint64_t lb_attr_uint(struct nlattr *a, int size, int *bad)
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

/**
 * lb_attr_port() - read a port
 * @a: the attribute, or NULL
 * @bad: gets -EBADMSG when its size is wrong
 *
 * Return: the port in host byte order or 0.
 */
uint16_t lb_attr_port(struct nlattr *a, int *bad)
{
	return ntohs(lb_attr_uint(a, 2, bad));
}

/**
 * lb_attr_addr() - read an address
 * @a: the attribute, or NULL
 * @addr: gets it
 * @bad: gets -EBADMSG when its size is wrong
 */
void lb_attr_addr(struct nlattr *a, struct lb_addr *addr, int *bad)
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

/**
 * lb_attr_str() - read a string
 * @a: the attribute, or NULL; its NUL may be missing
 * @s: gets it
 * @size: room in @s
 * @bad: gets -EBADMSG when it is too long
 */
void lb_attr_str(struct nlattr *a, char *s, size_t size, int *bad)
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

/* @attr: the address; the end of a range and the length of a net follow it */
static void get_net(struct nlattr **attr, struct lb_net *net, int *bad)
{
	lb_attr_addr(attr[0], &net->addr, bad);
	lb_attr_addr(attr[1], &net->last, bad);
	net->prefix = net->addr.len * 8;
	if (attr[2])
		net->prefix = lb_attr_uint(attr[2], 1, bad);
	if (net->prefix > net->addr.len * 8 ||
	    (net->last.len && net->last.len != net->addr.len))
		*bad = -EBADMSG;
	else
		lb_net_normalize(net);
}

static void get_ports(struct nlattr **attr, struct lb_ports *ports, int *bad)
{
	ports->first = lb_attr_port(attr[0], bad);
	ports->last = attr[1] ? lb_attr_port(attr[1], bad) : ports->first;
}

static void get_row(struct nlattr **attr, const struct lb_key *key,
		    void *base, int *bad)
{
	void *field = (char *)base + key->offset;
	char text[LB_STR_MAX + 1] = "";

	switch (key->type) {
	case LB_T_FLAG:
		*(bool *)field = true;
		break;
	case LB_T_BYTE:
	case LB_T_PROTO:
		*(uint8_t *)field = lb_attr_uint(*attr, 1, bad);
		break;
	case LB_T_PORT:
		*(uint16_t *)field = lb_attr_port(*attr, bad);
		break;
	case LB_T_PORTS:
		get_ports(attr, field, bad);
		break;
	case LB_T_CODE:
		*(uint16_t *)field = lb_attr_uint(*attr, 2, bad);
		break;
	case LB_T_ADDR:
		lb_attr_addr(*attr, field, bad);
		break;
	case LB_T_NET:
		get_net(attr, field, bad);
		break;
	case LB_T_IFNAME:
		lb_attr_str(*attr, field, LB_IFNAME_MAX + 1, bad);
		break;
	case LB_T_STR:
		lb_attr_str(*attr, text, sizeof(text), bad);
		free(*(char **)field);
		*(char **)field = lb_xstrdup(text);
		break;
	default:
		*(uint32_t *)field = lb_attr_uint(*attr, 4, bad);
	}
}

/**
 * lb_attr_rows() - read rows
 * @attr: the attributes, by number; those behind a net or range belong to it
 * @wire: which rows
 * @keys: the rows
 * @base: the struct they describe; rows found are marked as set
 * @bad: gets -EBADMSG when a size is wrong
 */
void lb_attr_rows(struct nlattr **attr, const struct lb_wire *wire,
		  const struct lb_keys *keys, void *base, int *bad)
{
	unsigned int i;

	for (; wire->key; wire++) {
		i = find_row(keys, wire->key);
		if (i == keys->n || !attr[wire->attr])
			continue;
		get_row(&attr[wire->attr], &keys->key[i], base, bad);
		*(uint32_t *)base |= LB_BIT(i);
	}
}
