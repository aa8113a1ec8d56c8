// SPDX-License-Identifier: GPL-2.0
/*
 * What has to be on this machine for the requests, whether it is there or not.
 *
 * The answer must not depend on what was made already, or a second run would
 * want less than the first and `undo` of one VIP would take away what another
 * needs: settings count with the value they had before us.
 *
 * The order is that of the commands: the VIP comes last, when nobody answers
 * ARP for it any more.
 */
#include "backend/want.h"

#include <stdio.h>
#include <string.h>

/**
 * lb_be_tunnel_type() - which kind of device unpacks it
 * @r: the request, of a tunnel mode
 *
 * What comes out of gue goes on to the devices of ipip.
 *
 * Return: the word for `ip link add type`.
 */
const char *lb_be_tunnel_type(const struct lb_be_request *r)
{
	if (r->mode == LB_BE_GRE)
		return r->rip.len == 4 ? "gre" : "ip6gre";
	if (r->rip.len == 16)
		return "ip6tnl";
	return r->vip.len == 4 ? "ipip" : "sit";
}

/**
 * lb_be_rp_filter_passes() - does what comes out of a tunnel get in?
 * @all: rp_filter of all interfaces
 * @dev: rp_filter of the tunnel
 * @has_addr: the tunnel has an IPv4 address
 *
 * The larger value counts.  0 lets all in; 2 asks for a way back by any
 * interface, but drops everything on a device without an address; 1 asks for
 * a way back through the tunnel, and there is none.
 *
 * Return: true if so.
 */
bool lb_be_rp_filter_passes(int all, int dev, bool has_addr)
{
	int value = all > dev ? all : dev;

	return value <= 0 || (value == 2 && has_addr);
}

/**
 * lb_be_rp_filter_want() - how to get what comes out of a tunnel in
 * @all: rp_filter of all interfaces, which is not ours to change
 * @dev: gets rp_filter of the tunnel
 * @addr: gets whether the tunnel needs an address, too
 */
void lb_be_rp_filter_want(int all, int *dev, bool *addr)
{
	*dev = all > 0 ? 2 : 0;
	*addr = all > 0;
}

/**
 * lb_be_arp_ignore_ok() - is a VIP on lo kept from ARP, and nothing else?
 * @all: arp_ignore of all interfaces
 * @dev: arp_ignore of the interface in question
 *
 * The larger value counts.  3 asks for scope host, which the VIP has not; 4 to
 * 7 mean nothing; 8 answers for no address at all, the RIP included.
 *
 * Return: true if so.
 */
bool lb_be_arp_ignore_ok(int all, int dev)
{
	int value = all > dev ? all : dev;

	return value == 1 || value == 2;
}

/**
 * lb_be_arp_announce_ok() - is the VIP never named as the one who asks?
 * @all: arp_announce of all interfaces
 * @dev: arp_announce of the interface in question
 *
 * The larger value counts; what is above 2 means 0.
 *
 * Return: true if so.
 */
bool lb_be_arp_announce_ok(int all, int dev)
{
	return (all > dev ? all : dev) == 2;
}

/**
 * lb_be_rx_link() - where packets for a request come in
 * @s: the picture
 * @r: the request
 *
 * An interface that was only found by the RIP may have another name by now.
 *
 * Return: the interface, owned by @s, or NULL when it is not known.
 */
const struct lb_be_link *lb_be_rx_link(const struct lb_be_snap *s,
				       const struct lb_be_request *r)
{
	const struct lb_be_link *with = lb_be_link_with(s, &r->rip);

	if (r->iface[0] && (!r->iface_found || !with))
		return lb_be_link_find(s, r->iface);
	return with;
}

/**
 * lb_be_leaves_elsewhere() - do answers leave by another interface?
 * @s: the picture
 * @r: the request
 * @rx: where its packets come in
 *
 * Return: true if so; false when that is not known.
 */
bool lb_be_leaves_elsewhere(const struct lb_be_snap *s,
			    const struct lb_be_request *r,
			    const struct lb_be_link *rx)
{
	const struct lb_be_route *route = lb_be_route_from(s, &r->vip);
	unsigned int i;

	if (!route || !route->ok)
		return false;
	for (i = 0; i < route->n_hops; i++)
		if (!strcmp(route->hop[i].dev, rx->name))
			return false;
	return true;
}

/* what is worked on */
struct wish {
	struct lb_be_items *want;
	const struct lb_be_snap *snap;
	const struct lb_be_items *made;
};

static void add(struct wish *w, const struct lb_be_item *i)
{
	if (!lb_be_items_find(w->want, i))
		lb_be_items_add(w->want, i);
}

/* A setting as it was before us, unless somebody changed it since.  A device
 * that is away for now is thought to come back as it was.
 */
static int conf_before(const struct wish *w, const char *dev,
		       enum lb_be_sysctl which)
{
	struct lb_be_item key = { .kind = LB_BE_SYSCTL, .sysctl = which };
	int now = lb_be_conf_of(w->snap, dev, which);
	const struct lb_be_item *m;

	strcpy(key.dev, dev);
	m = lb_be_items_find(w->made, &key);
	if (m && (now == m->value || now == LB_BE_UNKNOWN))
		return m->before;
	return now;
}

/* does it do with this value? */
static bool will_do(const struct wish *w, const char *dev,
		    enum lb_be_sysctl which, int value)
{
	const struct lb_be_link *l = lb_be_link_find(w->snap, dev);
	int all = strcmp(dev, "all") ? lb_be_conf_of(w->snap, "all", which) :
		  0;

	switch (which) {
	case LB_BE_ARP_IGNORE:
		return lb_be_arp_ignore_ok(all, value);
	case LB_BE_ARP_ANNOUNCE:
		return lb_be_arp_announce_ok(all, value);
	default:
		return lb_be_rp_filter_passes(all, value,
					      l && lb_be_has_ipv4(l));
	}
}

/* what it is now is wanted, if it will do: it may be the administrator's;
 * @on has the interface, and of a tunnel what kind it is
 */
static void want_sysctl_on(struct wish *w, const struct lb_be_item *on,
			   enum lb_be_sysctl which, int value)
{
	struct lb_be_item i = *on;
	const struct lb_be_item *m;
	int now;

	i.kind = LB_BE_SYSCTL;
	i.sysctl = which;
	i.value = value;
	i.before = conf_before(w, i.dev, which);
	now = lb_be_conf_of(w->snap, i.dev, which);
	m = lb_be_items_find(w->made, &i);
	if (now == LB_BE_UNKNOWN && m)
		now = m->value;
	if (now != LB_BE_UNKNOWN && will_do(w, i.dev, which, now))
		i.value = now;
	add(w, &i);
}

static void want_sysctl(struct wish *w, const char *dev,
			enum lb_be_sysctl which, int value)
{
	struct lb_be_item on = { .label = LB_BE_NO_LABEL };

	strcpy(on.dev, dev);
	want_sysctl_on(w, &on, which, value);
}

static void want_arp(struct wish *w, const char *in)
{
	want_sysctl(w, "all", LB_BE_ARP_IGNORE, 1);
	want_sysctl(w, "all", LB_BE_ARP_ANNOUNCE, 2);
	/* a larger value of the interface's own would count */
	if (conf_before(w, in, LB_BE_ARP_IGNORE) > 2)
		want_sysctl(w, in, LB_BE_ARP_IGNORE, 1);
	if (conf_before(w, in, LB_BE_ARP_ANNOUNCE) > 2)
		want_sysctl(w, in, LB_BE_ARP_ANNOUNCE, 2);
}

/* 1 drops requests whose answers leave elsewhere, 2 does not */
static void want_rx_filter(struct wish *w, const struct lb_be_request *r,
			   const struct lb_be_link *rx, const char *in)
{
	struct lb_be_item key = {
		.kind = LB_BE_SYSCTL, .sysctl = LB_BE_RP_FILTER,
	};
	int all = conf_before(w, "all", LB_BE_RP_FILTER);
	int dev = conf_before(w, in, LB_BE_RP_FILTER);

	strcpy(key.dev, in);
	/* routes or the interface may be away for now: what was decided stays */
	if (lb_be_items_find(w->made, &key) ||
	    (rx && (all > dev ? all : dev) == 1 &&
	     lb_be_leaves_elsewhere(w->snap, r, rx)))
		want_sysctl(w, in, LB_BE_RP_FILTER, 2);
}

static void want_fou(struct wish *w, const struct lb_be_request *r)
{
	struct lb_be_item i = {
		.kind = LB_BE_FOU, .port = r->gue_port, .family = r->rip.len,
		.label = LB_BE_NO_LABEL,
	};

	add(w, &i);
}

static bool name_taken(const struct wish *w, const char *name)
{
	size_t i;

	if (lb_be_link_find(w->snap, name))
		return true;
	for (i = 0; i < w->want->n; i++)
		if (!strcmp(w->want->item[i].dev, name))
			return true;
	for (i = 0; i < w->made->n; i++)
		if (!strcmp(w->made->item[i].dev, name))
			return true;
	return false;
}

/* The tunnel of that kind on which something was made.  One that was found here
 * is known by nothing else while it is away.
 */
static const struct lb_be_item *made_on(const struct wish *w,
					const struct lb_be_item *link)
{
	const struct lb_be_item *m = lb_be_items_find(w->made, link);
	size_t n;

	for (n = w->made->n; !m && n-- > 0;)
		if (!strcmp(w->made->item[n].type, link->type) &&
		    lb_addr_equal(&w->made->item[n].local, &link->local))
			m = &w->made->item[n];
	return m;
}

/* the one that exists, whoever made it; the one we made or found, when it is
 * gone; or the next free name
 */
static void name_tunnel(const struct wish *w, struct lb_be_item *link)
{
	const struct lb_be_item *m = lb_be_items_find(w->want, link);
	unsigned int n;
	size_t i;

	for (i = 0; !m && i < w->snap->n_links; i++) {
		if (lb_be_link_is(&w->snap->link[i], link->type,
				  &link->local) &&
		    lb_be_iface_ok(w->snap->link[i].name)) {
			strcpy(link->dev, w->snap->link[i].name);
			return;
		}
	}
	if (!m) {
		m = made_on(w, link);
		/* somebody else's by now? */
		if (m && lb_be_link_find(w->snap, m->dev))
			m = NULL;
	}
	if (m) {
		strcpy(link->dev, m->dev);
		return;
	}
	for (n = 0; n < 10000; n++) {
		snprintf(link->dev, sizeof(link->dev), "lbt%u", n);
		if (!name_taken(w, link->dev))
			return;
	}
}

static void want_addr(struct wish *w, const struct lb_be_item *on,
		      const struct lb_addr *vip, int label)
{
	struct lb_be_item i = *on;

	i.kind = LB_BE_ADDR;
	i.addr = *vip;
	i.label = label;
	add(w, &i);
}

static void want_tunnel(struct wish *w, const struct lb_be_request *r)
{
	struct lb_be_item i = {
		.kind = LB_BE_LINK, .local = r->rip, .label = LB_BE_NO_LABEL,
	};
	bool needs_addr = false;
	int value;

	if (r->mode == LB_BE_GUE)
		want_fou(w, r);
	strcpy(i.type, lb_be_tunnel_type(r));
	name_tunnel(w, &i);
	add(w, &i);
	if (r->vip.len == 4) {
		lb_be_rp_filter_want(conf_before(w, "all", LB_BE_RP_FILTER),
				     &value, &needs_addr);
		want_sysctl_on(w, &i, LB_BE_RP_FILTER, value);
	}
	i.kind = LB_BE_UP;
	add(w, &i);
	if (needs_addr)
		want_addr(w, &i, &r->vip, LB_BE_NO_LABEL);
}

static void want_before_vip(struct wish *w, const struct lb_be_request *r)
{
	const struct lb_be_link *rx = lb_be_rx_link(w->snap, r);
	const char *in = rx ? rx->name : r->iface;

	if (r->mode == LB_BE_NAT)
		return;
	if (r->vip.len == 4)
		want_arp(w, in);
	if (r->vip.len == 4 && r->mode == LB_BE_GATEWAY)
		want_rx_filter(w, r, rx, in);
	if (lb_be_is_tunnel(r->mode))
		want_tunnel(w, r);
}

static void want_vip(struct wish *w, const struct lb_be_request *r)
{
	struct lb_be_item lo = {
		.kind = LB_BE_UP, .dev = "lo", .label = LB_BE_NO_LABEL,
	};

	if (r->mode == LB_BE_NAT)
		return;
	add(w, &lo);
	want_addr(w, &lo, &r->vip,
		  r->vip.len == 4 ? r->label : LB_BE_NO_LABEL);
}

/**
 * lb_be_want() - what the requests need
 * @want: gets it; must be empty
 * @all: the requests
 * @s: this machine
 * @made: what was made here before
 */
void lb_be_want(struct lb_be_items *want, const struct lb_be_requests *all,
		const struct lb_be_snap *s, const struct lb_be_items *made)
{
	struct wish w = { want, s, made };
	size_t i;

	for (i = 0; i < all->n; i++)
		want_before_vip(&w, &all->r[i]);
	for (i = 0; i < all->n; i++)
		want_vip(&w, &all->r[i]);
}
