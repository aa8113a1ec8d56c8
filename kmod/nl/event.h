/* SPDX-License-Identifier: GPL-2.0 */
/* Multicast notifications. */
#ifndef _L4LB_NL_EVENT_H
#define _L4LB_NL_EVENT_H

#include <linux/types.h>

struct lb_net;
struct lb_server;

void lb_nl_event_config(struct lb_net *ln, u32 generation);
void lb_nl_event_server(struct lb_net *ln, const struct lb_server *srv);
void lb_nl_event_monitor(struct lb_net *ln);
void lb_nl_event_conn_limit(struct lb_net *ln, u32 max, u32 count);

#endif /* _L4LB_NL_EVENT_H */
