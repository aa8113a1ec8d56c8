/* SPDX-License-Identifier: GPL-2.0 */
/* Conditions on packets from and to attributes, for flows and nat rules. */
#ifndef _L4LB_NL_MATCH_H
#define _L4LB_NL_MATCH_H

#include "../flow.h"

struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

int lb_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *why);
int lb_nl_match_addr(struct lb_rule_addr *a, u8 *family, struct nlattr **tb,
		     struct netlink_ext_ack *extack);
int lb_nl_match_ports(struct lb_rule_ports *p, struct nlattr **tb,
		      struct netlink_ext_ack *extack);
int lb_nl_match_iface(char *name, const struct nlattr *iface,
		      struct netlink_ext_ack *extack);
int lb_nl_put_match_addr(struct sk_buff *skb, int type,
			 const struct lb_rule_addr *a, u8 family);
int lb_nl_put_match_ports(struct sk_buff *skb, int type,
			  const struct lb_rule_ports *p);

#endif /* _L4LB_NL_MATCH_H */
