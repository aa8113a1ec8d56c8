// SPDX-License-Identifier: GPL-2.0
/*
 * Gateway mode, or direct routing: the packet goes to the server with a new
 * link-layer header and one TTL less; the server answers the client itself.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "../conn.h"
#include "../server.h"
#include "../xmit.h"

static enum lb_verdict gateway_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				    struct lb_conn *conn)
{
	const struct lb_route *route = lb_server_route(srv, pkt);
	enum lb_verdict v;

	if (unlikely(!route))
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);
	/* The VIP is served here: as if we had sent it to ourselves. */
	if (unlikely(route->is_local)) {
		lb_stats_packet(srv->stats, 0, pkt->skb->len);
		return lb_pass(pkt, LB_C_PASS_LOCAL_SERVER);
	}
	/* A router would send it back here: the address in it is the VIP. */
	if (unlikely(route->has_gateway))
		return lb_drop(pkt, LB_C_DROP_OFF_LINK);

	v = lb_xmit_check(pkt, route->dst);
	if (v != LB_CONTINUE)
		return v;
	if (skb_ensure_writable(pkt->skb, pkt->l4off))
		return lb_drop(pkt, LB_C_DROP_NOMEM);
	return lb_xmit_to_server(pkt, srv, route, LB_C_FORWARD_GATEWAY);
}

const struct lb_xmit_ops lb_xmit_gateway = {
	.name = "gateway",
	.xmit = gateway_xmit,
};
