/* SPDX-License-Identifier: GPL-2.0 */
/* The handlers that nl.c's table of commands names. */
#ifndef _L4LB_NL_HANDLERS_H
#define _L4LB_NL_HANDLERS_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

/* nl/info.c */
int lb_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_counter_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lb_nl_zero_doit(struct sk_buff *skb, struct genl_info *info);

/* nl/config.c */
int lb_nl_txn_begin_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_txn_commit_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_txn_abort_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_options_set_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_options_get_doit(struct sk_buff *skb, struct genl_info *info);

/* nl/director.c */
int lb_nl_director_set_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_director_del_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_director_get_start(struct netlink_callback *cb);
int lb_nl_director_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lb_nl_director_get_done(struct netlink_callback *cb);

/* nl/server.c */
int lb_nl_server_set_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_server_del_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_server_state_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_server_get_start(struct netlink_callback *cb);
int lb_nl_server_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lb_nl_server_get_done(struct netlink_callback *cb);

/* nl/check.c */
int lb_nl_monitor_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_check_set_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_pin_doit(struct sk_buff *skb, struct genl_info *info);

/* nl/flow.c */
int lb_nl_flow_set_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_rule_add_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_flow_get_start(struct netlink_callback *cb);
int lb_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lb_nl_flow_get_done(struct netlink_callback *cb);

/* nl/snat.c */
int lb_nl_nat_set_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_nat_del_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_nat_get_start(struct netlink_callback *cb);
int lb_nl_nat_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lb_nl_nat_get_done(struct netlink_callback *cb);

/* nl/conn.c */
int lb_nl_conn_flush_doit(struct sk_buff *skb, struct genl_info *info);
int lb_nl_conn_get_start(struct netlink_callback *cb);
int lb_nl_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lb_nl_conn_get_done(struct netlink_callback *cb);
int lb_nl_persist_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* nl/explain.c */
int lb_nl_explain_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* _L4LB_NL_HANDLERS_H */
