// SPDX-License-Identifier: GPL-2.0
/* The wire form of nat sections. */
#include "attr.h"
#include "key.h"
#include "msg.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

static const struct lb_wire match_wire[] = {
	{ "in", LB_NAT_A_IN },
	{ "out", LB_NAT_A_OUT },
	{ "proto", LB_NAT_A_PROTO },
	{ NULL, 0 }
};

static const struct lb_wire before_wire[] = {
	{ "src", LB_NAT_A_SRC },
	{ "dst", LB_NAT_A_DST },
	{ "srcport", LB_NAT_A_SRCPORT },
	{ "dstport", LB_NAT_A_DSTPORT },
	{ NULL, 0 }
};

static const struct lb_wire after_wire[] = {
	{ "src", LB_NAT_A_TO },
	{ "srcport", LB_NAT_A_TO_PORT },
	{ NULL, 0 }
};

/**
 * lb_msg_put_nat() - append a nat section
 * @m: the message
 * @n: the section
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_nat(struct nl_msg *m, const struct lb_nat *n)
{
	struct nlattr *nest = nla_nest_start(m, LB_A_NAT | NLA_F_NESTED);
	int err;

	if (!nest || nla_put_string(m, LB_NAT_A_NAME, n->name))
		return -ENOBUFS;
	err = lb_attr_put_rows(m, match_wire, &lb_nat_keys, &n->match);
	err |= lb_attr_put_rows(m, before_wire, &lb_nat_side_keys, &n->before);
	err |= lb_attr_put_rows(m, after_wire, &lb_nat_side_keys, &n->after);
	nla_nest_end(m, nest);
	return err ? -ENOBUFS : 0;
}

/**
 * lb_msg_put_nat_name() - append what names a nat section
 * @m: the message
 * @name: its name
 *
 * Return: 0, or -ENOBUFS when the message is full.
 */
int lb_msg_put_nat_name(struct nl_msg *m, const char *name)
{
	struct nlattr *nest = nla_nest_start(m, LB_A_NAT | NLA_F_NESTED);

	if (!nest || nla_put_string(m, LB_NAT_A_NAME, name))
		return -ENOBUFS;
	nla_nest_end(m, nest);
	return 0;
}

/**
 * lb_msg_get_nat() - read a nat section
 * @nest: the LB_A_NAT attribute
 * @n: an empty section; half filled on error
 *
 * Return: 0 or -EBADMSG.
 */
int lb_msg_get_nat(struct nlattr *nest, struct lb_nat *n)
{
	struct nlattr *a[LB_NAT_A_MAX + 1];
	int bad = 0;

	if (nla_parse_nested(a, LB_NAT_A_MAX, nest, NULL) || !a[LB_NAT_A_NAME])
		return -EBADMSG;
	lb_attr_str(a[LB_NAT_A_NAME], n->name, sizeof(n->name), &bad);
	lb_attr_rows(a, match_wire, &lb_nat_keys, &n->match, &bad);
	lb_attr_rows(a, before_wire, &lb_nat_side_keys, &n->before, &bad);
	lb_attr_rows(a, after_wire, &lb_nat_side_keys, &n->after, &bad);
	return bad;
}
