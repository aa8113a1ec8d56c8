/* SPDX-License-Identifier: GPL-2.0 */
/* What server messages and events have in common. */
#ifndef _L4LB_NL_SERVER_H
#define _L4LB_NL_SERVER_H

struct lb_server;
struct sk_buff;

int lb_nl_server_put_state(struct sk_buff *skb, const struct lb_server *srv);

#endif /* _L4LB_NL_SERVER_H */
