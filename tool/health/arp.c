// SPDX-License-Identifier: GPL-2.0
/*
 * Who has this address?  ARP for IPv4, neighbour solicitation (nd.c) for IPv6:
 * both answered below any firewall of the server, and on its own link only.
 */
#include "neigh.h"
#include "reason.h"
#include "sock.h"
#include "../arp.h"
#include "../route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- running probes --- */

static unsigned int hash(const struct lb_addr *a)
{
	unsigned int i, h = 0;

	for (i = 0; i < a->len; i++)
		h = h * 31 + a->b[i];
	return h % LB_NEIGH_HASH;
}

static void begin(struct lb_neigh *n, struct lb_probe *p)
{
	struct lb_probe **at = &n->running[hash(&p->spec.addr)];

	p->ask.next = *at;
	*at = p;
}

static void stop(struct lb_probe *p)
{
	struct lb_neigh *n = p->prober->priv[LB_CHECK_ARP];
	struct lb_probe **at = &n->running[hash(&p->spec.addr)];

	while (*at != p)
		at = &(*at)->ask.next;
	*at = p->ask.next;
}

/**
 * lb_neigh_answer() - an address has answered
 * @n: what all probes share
 * @who: the address
 * @ifindex: where
 */
void lb_neigh_answer(struct lb_neigh *n, const struct lb_addr *who,
		     int ifindex)
{
	struct lb_probe **at = &n->running[hash(who)], *p;

	while ((p = *at)) {
		if (p->ask.ifindex == ifindex &&
		    lb_addr_equal(&p->spec.addr, who)) {
			*at = p->ask.next;
			lb_probe_pass(p, "reply");
		} else {
			at = &p->ask.next;
		}
	}
}

/* --- interfaces --- */

static void close_link(struct lb_neigh *n, struct lb_link *link)
{
	struct lb_link **at = &n->links;

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	event_del(&link->ev);
	close(link->fd);
	free(link);
}

/* The interface is gone, and its number will not come back: nobody answers. */
static void lose_link(struct lb_neigh *n, struct lb_link *link)
{
	struct lb_probe **at, *p;
	unsigned int i;

	for (i = 0; i < LB_NEIGH_HASH; i++) {
		for (at = &n->running[i]; (p = *at);) {
			if (p->ask.ifindex != link->ifindex) {
				at = &p->ask.next;
				continue;
			}
			*at = p->ask.next;
			lb_probe_error(p, "the interface has gone");
		}
	}
	close_link(n, link);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct lb_addr who = { .len = 4 };
	struct lb_link *link = arg;
	uint8_t mac[ETH_ALEN];
	struct lb_arp a;
	int i, got = 0;

	(void)what;
	for (i = 0; i < LB_NEIGH_READ && got >= 0; i++) {
		got = lb_arp_recv(fd, &a);
		if (got <= 0)
			continue;
		memcpy(who.b, a.sender, 4);
		lb_neigh_answer(link->neigh, &who, link->ifindex);
	}
	if (got < 0 && got != -EAGAIN && !lb_arp_mac(link->fd, mac))
		lose_link(link->neigh, link);
}

static void drop_dead_links(struct lb_neigh *n)
{
	struct lb_link *link, *next;
	uint8_t mac[ETH_ALEN];

	for (link = n->links; link; link = next) {
		next = link->next;
		if (!lb_arp_mac(link->fd, mac))
			lose_link(n, link);
	}
}

static struct lb_link *link_of(struct lb_neigh *n, struct lb_probe *p,
			       int ifindex)
{
	struct lb_link *link;
	int fd;

	for (link = n->links; link; link = link->next)
		if (link->ifindex == ifindex)
			return link;
	/* it may be one that was made anew */
	drop_dead_links(n);
	fd = lb_arp_open(ifindex);
	if (fd < 0) {
		lb_probe_cannot(p, -fd, "cannot make a packet socket");
		return NULL;
	}
	lb_sock_buffers(fd, 0, 8 << 20);
	link = lb_xcalloc(1, sizeof(*link));
	link->neigh = n;
	link->ifindex = ifindex;
	link->fd = fd;
	event_assign(&link->ev, p->prober->base, fd, EV_READ | EV_PERSIST,
		     on_readable, link);
	event_add(&link->ev, NULL);
	link->next = n->links;
	n->links = link;
	return link;
}

/* --- requests --- */

/* who asks, and where; false: the probe has ended */
static bool find_way(struct lb_probe *p, struct lb_route *r)
{
	const char *iface = p->spec.iface;
	char s[2][LB_ADDR_STR];
	int err, ifindex = 0;

	if (iface[0]) {
		ifindex = if_nametoindex(iface);
		if (!ifindex) {
			lb_probe_error(p, "there is no interface '%s'",
				       iface);
			return false;
		}
	}
	err = lb_prober_route(p->prober, &p->spec.addr, ifindex, r);
	if (err && !ifindex) {
		lb_probe_errno(p, -err, "cannot find the route");
		return false;
	}
	if (!err && r->type == RTN_LOCAL) {
		lb_probe_pass(p, "an address of this machine");
		return false;
	}
	if (!err && !ifindex && r->has_gateway) {
		lb_addr_format(s[0], &p->spec.addr);
		lb_addr_format(s[1], &r->gateway);
		lb_probe_fail(p, "%s is behind router %s", s[0], s[1]);
		return false;
	}
	/* whoever names the interface need not have a route there */
	if (ifindex)
		r->ifindex = ifindex;
	return true;
}

static bool check_source(struct lb_probe *p)
{
	int err = 0;

	if (p->spec.source.len && p->spec.source.len != p->spec.addr.len)
		err = EAFNOSUPPORT;
	else if (p->spec.source.len && lb_probe_source_is_gone(p))
		err = EADDRNOTAVAIL;
	if (err)
		lb_probe_source_error(p, err);
	return !err;
}

static struct lb_neigh *neigh_of(struct lb_prober *pr)
{
	struct lb_neigh *n = pr->priv[LB_CHECK_ARP];

	if (n)
		return n;
	n = lb_xcalloc(1, sizeof(*n));
	n->nd = -1;
	pr->priv[LB_CHECK_ARP] = n;
	return n;
}

static int ask(struct lb_neigh *n, struct lb_link *link, struct lb_probe *p,
	       const struct lb_addr *source)
{
	uint8_t mac[ETH_ALEN];

	if (p->spec.addr.len == 4)
		return lb_arp_send(link->fd, ARPOP_REQUEST, source,
				   &p->spec.addr);
	return lb_arp_mac(link->fd, mac) ? lb_nd_send(n, p, mac) : -ENODEV;
}

static void start(struct lb_probe *p)
{
	struct lb_neigh *n = neigh_of(p->prober);
	char name[IF_NAMESIZE] = "";
	struct lb_link *link;
	struct lb_route r;
	int err;

	if (!check_source(p) || !find_way(p, &r))
		return;
	link = link_of(n, p, r.ifindex);
	if (!link)
		return;
	p->ask.ifindex = r.ifindex;
	err = ask(n, link, p, p->spec.source.len ? &p->spec.source : &r.source);
	if (!err) {
		begin(n, p);
	} else if (err == -ENODEV) {
		if_indextoname(r.ifindex, name);
		lb_probe_error(p, "interface '%s' has no ARP", name);
		lose_link(n, link);
	} else {
		lb_probe_refused(p, -err, "cannot send");
	}
}

static void look(struct lb_probe *p)
{
	struct lb_neigh *n = p->prober->priv[LB_CHECK_ARP];
	struct lb_link *link;

	if (p->spec.addr.len == 16) {
		lb_nd_read(n);
		return;
	}
	for (link = n->links; link; link = link->next)
		if (link->ifindex == p->ask.ifindex) {
			on_readable(link->fd, EV_READ, link);
			return;
		}
}

static void arp_exit(struct lb_prober *pr)
{
	struct lb_neigh *n = pr->priv[LB_CHECK_ARP];

	if (!n)
		return;
	while (n->links)
		close_link(n, n->links);
	lb_nd_exit(n);
	free(n);
	pr->priv[LB_CHECK_ARP] = NULL;
}

const struct lb_method_ops lb_arp_ops = {
	.start = start,
	.stop = stop,
	.look = look,
	.exit = arp_exit,
};
