// SPDX-License-Identifier: GPL-2.0
/* Conditions on addresses, ports and interfaces, from and to attributes. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>
#include "../nl.h"
#include "match.h"

/**
 * lb_nl_refuse() - refuse an attribute
 * @extack: where to say why
 * @attr: the attribute, or NULL
 * @why: one line, a constant
 *
 * Return: -EINVAL.
 */
int lb_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *why)
{
	if (extack) {
		extack->_msg = why;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

/* The first and last address of the net that @a->first is in. */
static void fill_net(struct lb_rule_addr *a, u8 family)
{
	unsigned int i;
	__be32 mask;

	if (family == AF_INET) {
		mask = inet_make_mask(a->plen);
		a->first.ip &= mask;
		a->last.ip = a->first.ip | ~mask;
		return;
	}
	for (i = 0; i < 4; i++) {
		mask = inet_make_mask(clamp((int)a->plen - 32 * (int)i, 0, 32));
		a->first.ip6[i] &= mask;
		a->last.ip6[i] = a->first.ip6[i] | ~mask;
	}
}

static int parse_range(struct lb_rule_addr *a, u8 family,
		       const struct nlattr *last,
		       struct netlink_ext_ack *extack)
{
	int len = family == AF_INET ? sizeof(a->last.ip) : sizeof(a->last.in6);

	a->kind = LB_RULE_RANGE;
	if (nla_len(last) != len)
		return lb_nl_refuse(extack, last,
				    "the first and last address differ in family");
	memset(&a->last, 0, sizeof(a->last));
	memcpy(&a->last, nla_data(last), len);
	if (memcmp(&a->first, &a->last, len) > 0)
		return lb_nl_refuse(extack, last,
				    "the last address is below the first");
	return 0;
}

/**
 * lb_nl_match_addr() - an address, a range or a net from attributes
 * @a: all zero, filled
 * @family: of the rule, 0: not known yet, then set
 * @tb: the attribute, that of the last address and that of the prefix length;
 *	without the first, nothing is filled
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int lb_nl_match_addr(struct lb_rule_addr *a, u8 *family, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = tb[0], *last = tb[1], *plen = tb[2];
	u8 af;

	if (!addr && (last || plen))
		return lb_nl_refuse(extack, last ?: plen,
				    "the address is missing");
	if (!addr)
		return 0;
	if (nla_len(addr) != sizeof(a->first.ip) &&
	    nla_len(addr) != sizeof(a->first.in6))
		return lb_nl_refuse(extack, addr, "not an address");
	af = nla_len(addr) == sizeof(a->first.ip) ? AF_INET : AF_INET6;
	if (*family && *family != af)
		return lb_nl_refuse(extack, addr,
				    "source and destination differ in family");
	if (last && plen)
		return lb_nl_refuse(extack, plen,
				    "both a last address and a prefix length");
	*family = af;
	memcpy(&a->first, nla_data(addr), nla_len(addr));
	a->last = a->first;
	if (last)
		return parse_range(a, af, last, extack);
	if (!plen)
		return 0;
	a->kind = LB_RULE_NET;
	a->plen = nla_get_u8(plen);
	if (a->plen > (af == AF_INET ? 32 : 128))
		return lb_nl_refuse(extack, plen,
				    "the prefix length is over 32");
	fill_net(a, af);
	return 0;
}

/**
 * lb_nl_match_ports() - a port or a range of them from attributes
 * @p: all zero, filled
 * @tb: the attribute and that of the last port; without the first, nothing is
 *	filled
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int lb_nl_match_ports(struct lb_rule_ports *p, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *port = tb[0], *last = tb[1];

	if (!port && last)
		return lb_nl_refuse(extack, last, "the first port is missing");
	if (!port)
		return 0;
	p->first = ntohs(nla_get_be16(port));
	p->last = p->first;
	p->is_range = last;
	if (last)
		p->last = ntohs(nla_get_be16(last));
	if (p->last < p->first)
		return lb_nl_refuse(extack, last,
				    "the last port is below the first");
	return 0;
}

/**
 * lb_nl_match_iface() - an interface's name from an attribute
 * @name: IFNAMSIZ bytes, filled
 * @iface: the attribute, or NULL: nothing is filled
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int lb_nl_match_iface(char *name, const struct nlattr *iface,
		      struct netlink_ext_ack *extack)
{
	if (!iface)
		return 0;
	nla_strscpy(name, iface, IFNAMSIZ);
	if (!dev_valid_name(name))
		return lb_nl_refuse(extack, iface, "not an interface's name");
	return 0;
}

/**
 * lb_nl_put_match_addr() - put an address, a range or a net
 * @skb: where to
 * @type: attribute type; those of the last address and of the prefix length
 *	follow it
 * @a: the condition
 * @family: its family
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_match_addr(struct sk_buff *skb, int type,
			 const struct lb_rule_addr *a, u8 family)
{
	int err = lb_nl_put_addr(skb, type, &a->first, family);

	if (a->kind == LB_RULE_RANGE)
		return err ?: lb_nl_put_addr(skb, type + 1, &a->last, family);
	if (a->kind == LB_RULE_NET)
		return err ?: nla_put_u8(skb, type + 2, a->plen);
	return err;
}

/**
 * lb_nl_put_match_ports() - put a port or a range of them
 * @skb: where to
 * @type: attribute type; that of the last port follows it
 * @p: the condition
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_match_ports(struct sk_buff *skb, int type,
			  const struct lb_rule_ports *p)
{
	return nla_put_be16(skb, type, htons(p->first)) ?:
	       (p->is_range ? nla_put_be16(skb, type + 1, htons(p->last)) : 0);
}
