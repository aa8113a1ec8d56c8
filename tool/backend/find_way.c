// SPDX-License-Identifier: GPL-2.0
/*
 * Findings about the way back: whether answers leave where clients get and take
 * them, and how much the way of the requests holds.
 */
#include "backend/find.h"
#include "backend/want.h"

/* --- the route --- */

/* who has a VIP for the rest of the net is the balancer, told or not */
static const struct lb_be_hop *hop_by_lb(const struct lb_be_requests *asked,
					 const struct lb_be_request *r,
					 const struct lb_be_route *route)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		if (lb_be_has_lb(r, &route->hop[i].gateway) ||
		    lb_be_requests_has(asked, &route->hop[i].gateway) ||
		    (!r->n_lb && route->hop[i].whose == LB_BE_BALANCER))
			return &route->hop[i];
	return NULL;
}

static bool are_others(const struct lb_be_route *route)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		if (route->hop[i].gateway.len &&
		    route->hop[i].whose != LB_BE_OTHER)
			return false;
	return true;
}

static void say_by_lb(struct lb_be_findings *all,
		      const struct lb_be_route *route,
		      const struct lb_be_hop *hop)
{
	struct lb_buf mend = { 0 };
	char via[LB_ADDR_STR];

	lb_addr_format(via, &hop->gateway);
	lb_buf_printf(&mend, "ip route replace %s via ROUTER",
		      route->dst[0] ? route->dst : "default");
	if (route->metric)
		lb_buf_printf(&mend, " metric %u", route->metric);
	if (route->table[0])
		lb_buf_printf(&mend, " table %s", route->table);
	lb_be_found(all, "route-balancer", LB_BE_WRONG,
		    "answers come from the VIP: the balancer drops what claims to come from its own address",
		    lb_buf_str(&mend),
		    "answers leave through the balancer: route %s via %s",
		    route->dst[0] ? route->dst : "default", via);
	lb_buf_free(&mend);
}

static void say_past_lb(struct lb_be_findings *all,
			const struct lb_be_request *r,
			const struct lb_be_route *route)
{
	struct lb_buf mend = { 0 };
	char via[LB_ADDR_STR], lb[LB_ADDR_STR];

	lb_addr_format(via, &route->hop[0].gateway);
	lb_addr_format(lb, &r->lb[0]);
	lb_buf_printf(&mend, "ip route replace %s via %s\n"
		      "# or, at the balancer, a 'nat' section that translates the source",
		      route->dst[0] ? route->dst : "default", lb);
	lb_be_found(all, "route-past-balancer", LB_BE_WRONG,
		    "the client gets answers from an address that it never asked, and refuses them",
		    lb_buf_str(&mend),
		    "answers leave past the balancer: route %s %s %s",
		    route->dst[0] ? route->dst : "default",
		    via[0] ? "via" : "dev",
		    via[0] ? via : route->hop[0].dev);
	lb_buf_free(&mend);
}

static void find_route(struct lb_be_findings *all,
		       const struct lb_be_requests *asked,
		       const struct lb_be_request *r,
		       const struct lb_be_snap *s)
{
	const struct lb_addr *from = r->mode == LB_BE_NAT ? &r->rip : &r->vip;
	const struct lb_be_route *route = lb_be_route_from(s, from);
	const struct lb_be_hop *hop;
	char text[LB_ADDR_STR];

	if (!route)
		return;
	lb_addr_format(text, from);
	if (!route->ok) {
		lb_be_found(all, "no-route",
			    r->client.len ? LB_BE_WRONG : LB_BE_NOTE,
			    r->client.len ?
			    "requests arrive and no answer leaves" :
			    "only clients on its own links, or those it has routes to, get answers",
			    "ip route add default via ROUTER",
			    "there is no route from %s to %s", text,
			    r->client.len ? "the client" : "the Internet");
		return;
	}
	hop = hop_by_lb(asked, r, route);
	if (hop && r->mode != LB_BE_NAT)
		say_by_lb(all, route, hop);
	else if (!hop && r->mode == LB_BE_NAT && r->n_lb)
		say_past_lb(all, r, route);
	else if (!hop && !r->n_lb &&
		 (r->mode == LB_BE_NAT || !are_others(route)))
		lb_be_found(all, "route-unjudged", LB_BE_NOTE,
			    r->mode == LB_BE_NAT ?
			    "in mode nat answers have to leave through the balancer" :
			    "answers must not leave through the balancer",
			    "# name it: --lb ADDR",
			    "which router is the balancer is not known");
}

/* --- size --- */

/* what a balancer puts around a packet: outer header, gre, or UDP and gue */
static unsigned int overhead(const struct lb_be_request *r)
{
	unsigned int outer = r->rip.len == 4 ? 20 : 40;

	return outer + (r->mode == LB_BE_GRE ? 4 : r->mode == LB_BE_GUE ? 12 : 0);
}

/* The same route once more, with all that `ip route change` would lose.  One of
 * several ways out cannot be changed by itself.
 */
static void change_route(struct lb_buf *b, const struct lb_be_route *route,
			 bool v4, unsigned int advmss)
{
	const struct lb_be_hop *hop = &route->hop[0];
	char via[LB_ADDR_STR], src[LB_ADDR_STR];

	if (route->n_hops > 1) {
		lb_buf_printf(b, "# add 'advmss %u' to each way of route %s",
			      advmss, route->dst);
		return;
	}
	lb_addr_format(via, &hop->gateway);
	lb_addr_format(src, &route->src);
	lb_buf_printf(b, "ip %sroute change %s", v4 ? "" : "-6 ",
		      route->dst[0] ? route->dst : "default");
	if (via[0])
		lb_buf_printf(b, " via %s", via);
	lb_buf_puts(b, " dev ");
	lb_be_word(b, hop->dev);
	if (route->protocol[0])
		lb_buf_printf(b, " proto %s", route->protocol);
	if (src[0])
		lb_buf_printf(b, " src %s", src);
	if (route->metric)
		lb_buf_printf(b, " metric %u", route->metric);
	if (route->table[0])
		lb_buf_printf(b, " table %s", route->table);
	if (route->mtu)
		lb_buf_printf(b, " mtu %u", route->mtu);
	lb_buf_printf(b, " advmss %u", advmss);
}

static void find_mtu(struct lb_be_findings *all, const struct lb_be_request *r,
		     const struct lb_be_snap *s)
{
	const struct lb_be_route *route = lb_be_route_from(s, &r->vip);
	const struct lb_be_link *rx = lb_be_rx_link(s, r);
	unsigned int headers = r->vip.len == 4 ? 40 : 60;
	const struct lb_be_link *out;
	unsigned int room, mss;
	struct lb_buf mend = { 0 };

	if (!rx || !route || !route->ok || rx->mtu <= overhead(r) + headers)
		return;
	out = lb_be_link_find(s, route->hop[0].dev);
	room = rx->mtu - overhead(r) - headers;
	mss = route->mtu ? route->mtu : out ? out->mtu : 0;
	mss = route->advmss ? route->advmss : mss > headers ? mss - headers : 0;
	if (mss <= room)
		return;
	change_route(&mend, route, r->vip.len == 4, room);
	lb_be_found(all, "mtu", LB_BE_NOTE,
		    "the balancer has to tell clients that their packets are too long; where ICMP is filtered their uploads hang",
		    lb_buf_str(&mend),
		    "clients are told to send TCP segments of %u bytes; through the tunnel and %s (MTU %u) go %u",
		    mss, rx->name, rx->mtu, room);
	lb_buf_free(&mend);
}

/**
 * lb_be_find_way() - judge the routes of what a server answers
 * @all: gets the findings
 * @asked: all that the machine is to serve
 * @r: one of it
 * @s: this machine
 */
void lb_be_find_way(struct lb_be_findings *all,
		    const struct lb_be_requests *asked,
		    const struct lb_be_request *r, const struct lb_be_snap *s)
{
	if (lb_be_is_tunnel(r->mode))
		find_mtu(all, r, s);
	find_route(all, asked, r, s);
}
