/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: its helpers shared by the handlers in nl/. */
#ifndef _L4LB_NL_H
#define _L4LB_NL_H

#include <net/genetlink.h>
#include "lb.h"
#include "stats.h"

struct lb_blob;

extern struct genl_family lb_genl_family;

int lb_nl_init(void);
void lb_nl_exit(void);

struct sk_buff *lb_nl_reply_new(struct genl_info *info, u8 cmd, void **hdr);
int lb_nl_reply_send(struct genl_info *info, struct sk_buff *skb, void *hdr);
void *lb_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		     u32 generation);
int lb_nl_nested(struct nlattr **tb, int max, struct nlattr *nest,
		 const char *missing, struct netlink_ext_ack *extack);
int lb_nl_name(char *to, const struct nlattr *attr, const char *what,
	       struct netlink_ext_ack *extack);
int lb_nl_addr(union nf_inet_addr *to, u8 *family, const struct nlattr *attr,
	       struct netlink_ext_ack *extack);
int lb_nl_blob(struct lb_blob *to, const struct nlattr *attr,
	       struct netlink_ext_ack *extack);
int lb_nl_check(struct lb_blob *to, const struct nlattr *attr,
		struct netlink_ext_ack *extack);
u32 lb_nl_u32(const struct nlattr *attr);
int lb_nl_put_u32(struct sk_buff *skb, int type, u32 value);
int lb_nl_put_blob(struct sk_buff *skb, int type, const struct lb_blob *b);
int lb_nl_put_addr(struct sk_buff *skb, int type,
		   const union nf_inet_addr *addr, u8 family);
int lb_nl_put_counter_name(struct sk_buff *skb, int type, enum lb_counter id);
int lb_nl_put_totals(struct sk_buff *skb, int type,
		     const struct lb_totals *t, const u64 *refused);

#endif /* _L4LB_NL_H */
