// SPDX-License-Identifier: GPL-2.0
/* Owns the multicast group "events".  An event without listeners is free. */
#include <net/genetlink.h>
#include "../nl.h"
#include "../server.h"
#include "event.h"
#include "server.h"

#define LB_MCGRP_EVENTS_OFFSET	0

static struct sk_buff *event_new(struct lb_net *ln, u8 cmd, void **hdr,
				 gfp_t gfp)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&lb_genl_family, ln->net,
				LB_MCGRP_EVENTS_OFFSET))
		return NULL;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, gfp);
	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, &lb_genl_family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/* A listener that cannot keep up is told by its own socket: ENOBUFS. */
static void event_send(struct lb_net *ln, struct sk_buff *skb, void *hdr,
		       int err, gfp_t gfp)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&lb_genl_family, ln->net, skb, 0,
				LB_MCGRP_EVENTS_OFFSET, gfp);
}

/**
 * lb_nl_event_config() - tell that another generation is in force
 * @ln: the namespace
 * @generation: which
 *
 * Context: process, may sleep.
 */
void lb_nl_event_config(struct lb_net *ln, u32 generation)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_new(ln, LB_CMD_CONFIG_NTF, &hdr, GFP_KERNEL);
	if (skb)
		event_send(ln, skb, hdr,
			   nla_put_u32(skb, LB_A_GENERATION, generation),
			   GFP_KERNEL);
}

/**
 * lb_nl_event_server() - tell that a server's state or weight has changed
 * @ln: the namespace
 * @srv: the server
 *
 * Context: process, may sleep, under lb_net.mutex.
 */
void lb_nl_event_server(struct lb_net *ln, const struct lb_server *srv)
{
	struct sk_buff *skb;
	struct nlattr *nest;
	void *hdr;
	int err;

	skb = event_new(ln, LB_CMD_SERVER_NTF, &hdr, GFP_KERNEL);
	if (!skb)
		return;
	nest = nla_nest_start(skb, LB_A_SERVER);
	err = nest ? lb_nl_server_put_state(skb, srv) : -EMSGSIZE;
	if (nest)
		nla_nest_end(skb, nest);
	event_send(ln, skb, hdr, err, GFP_KERNEL);
}

/**
 * lb_nl_event_monitor() - tell that a monitor has begun or ended
 * @ln: the namespace
 *
 * Context: process, may sleep, under lb_net.mutex.
 */
void lb_nl_event_monitor(struct lb_net *ln)
{
	struct sk_buff *skb;
	struct nlattr *nest;
	void *hdr;
	int err;

	skb = event_new(ln, LB_CMD_MONITOR_NTF, &hdr, GFP_KERNEL);
	if (!skb)
		return;
	nest = nla_nest_start(skb, LB_A_INFO);
	err = nest ? 0 : -EMSGSIZE;
	if (!err && ln->monitor_port)
		err = nla_put_u32(skb, LB_INFO_A_MONITOR, ln->monitor_pid);
	if (nest)
		nla_nest_end(skb, nest);
	event_send(ln, skb, hdr, err, GFP_KERNEL);
}

/**
 * lb_nl_event_conn_limit() - tell that new conns are being refused
 * @ln: the namespace
 * @max: conns allowed
 * @count: conns there are
 *
 * Context: softirq.
 */
void lb_nl_event_conn_limit(struct lb_net *ln, u32 max, u32 count)
{
	struct sk_buff *skb;
	struct nlattr *nest;
	void *hdr;
	int err = -EMSGSIZE;

	skb = event_new(ln, LB_CMD_CONN_LIMIT_NTF, &hdr, GFP_ATOMIC);
	if (!skb)
		return;
	nest = nla_nest_start(skb, LB_A_INFO);
	if (nest) {
		err = nla_put_u32(skb, LB_INFO_A_CONN_MAX, max) ?:
		      nla_put_u32(skb, LB_INFO_A_CONN_COUNT, count);
		nla_nest_end(skb, nest);
	}
	event_send(ln, skb, hdr, err, GFP_ATOMIC);
}
