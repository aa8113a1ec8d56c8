// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with this machine as a server: each finding says what is seen,
 * why it matters and what mends it.  A finding has to be true: what cannot be
 * judged from here is a note that says so.
 */
#include "backend/find.h"
#include "backend/want.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * lb_be_found() - add a finding, once
 * @all: the findings
 * @id: its name for scripts
 * @severity: how bad it is
 * @why: why it matters; a literal
 * @mend: what mends it, lines
 * @fmt: what is seen, as printf; several VIPs that see the same see it once
 */
void lb_be_found(struct lb_be_findings *all, const char *id,
		 enum lb_be_severity severity, const char *why,
		 const char *mend, const char *fmt, ...)
{
	struct lb_buf what = { 0 };
	struct lb_be_finding *f;
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	lb_buf_vprintf(&what, fmt, ap);
	va_end(ap);
	for (i = 0; i < all->n; i++) {
		if (!strcmp(all->f[i].id, id) &&
		    !strcmp(all->f[i].what, what.p)) {
			lb_buf_free(&what);
			return;
		}
	}
	all->f = lb_grow(all->f, all->n, sizeof(*all->f));
	f = &all->f[all->n++];
	f->id = id;
	f->severity = severity;
	f->what = what.p;
	f->why = why;
	f->mend = lb_xstrdup(mend);
}

/* --- the VIP --- */

static void add_vip(struct lb_buf *b, const struct lb_be_request *r)
{
	struct lb_be_item i = {
		.kind = LB_BE_ADDR, .dev = "lo", .addr = r->vip,
		.label = r->vip.len == 4 ? r->label : LB_BE_NO_LABEL,
	};

	lb_be_item_do(b, &i);
}

/* is it anywhere where nobody asks for it, with nothing but itself? */
static bool is_right(const struct lb_be_snap *s, const struct lb_addr *vip)
{
	size_t i, n;

	for (i = 0; i < s->n_links; i++) {
		const struct lb_be_link *l = &s->link[i];

		for (n = 0; !l->broadcast && n < l->n_addrs; n++)
			if (lb_addr_equal(&l->addr[n].addr, vip) &&
			    l->addr[n].prefix == vip->len * 8)
				return true;
	}
	return false;
}

static void find_vip_on(struct lb_be_findings *all,
			const struct lb_be_request *r,
			const struct lb_be_link *l,
			const struct lb_be_if_addr *a, const char *vip,
			bool right)
{
	struct lb_buf mend = { 0 };

	lb_buf_printf(&mend, "ip addr del %s/%u dev ", vip, a->prefix);
	lb_be_word(&mend, l->name);
	if (r->mode != LB_BE_NAT && !right) {
		lb_buf_puts(&mend, "\n");
		add_vip(&mend, r);
	}
	if (l->broadcast)
		lb_be_found(all, "vip-broadcast", LB_BE_BLOCKS,
			    "it answers ARP or neighbour solicitation for the VIP: clients reach this server past the balancer, or by turns",
			    lb_buf_str(&mend), "%s is on %s, a broadcast interface",
			    vip, l->name);
	else if (a->prefix != a->addr.len * 8 && r->mode != LB_BE_NAT)
		lb_be_found(all, "vip-prefix", LB_BE_BLOCKS, l->loopback ?
			    "this machine takes every address of that net for its own and cannot reach the others" :
			    "this machine sends what is for that net into this interface",
			    lb_buf_str(&mend), "%s is on %s with /%u, not /%u",
			    vip, l->name, a->prefix, a->addr.len * 8);
	lb_buf_free(&mend);
}

static void find_vip(struct lb_be_findings *all, const struct lb_be_request *r,
		     const struct lb_be_snap *s, const char *vip)
{
	const struct lb_be_link *lo = lb_be_link_find(s, "lo");
	bool there = false, right = is_right(s, &r->vip);
	struct lb_buf mend = { 0 };
	size_t i, n;

	for (i = 0; i < s->n_links; i++) {
		const struct lb_be_link *l = &s->link[i];

		for (n = 0; n < l->n_addrs; n++) {
			if (!lb_addr_equal(&l->addr[n].addr, &r->vip))
				continue;
			find_vip_on(all, r, l, &l->addr[n], vip, right);
			there = true;
		}
	}
	if (r->mode == LB_BE_NAT)
		return;
	add_vip(&mend, r);
	if (!there)
		lb_be_found(all, "vip-missing", LB_BE_WRONG,
			    "packets for the VIP are dropped, or sent back to the balancer",
			    lb_buf_str(&mend), "%s is no address of this machine",
			    vip);
	if (lo && !lo->up)
		lb_be_found(all, "lo-down", LB_BE_WRONG,
			    "addresses on lo do not work", "ip link set lo up",
			    "lo is down");
	lb_buf_free(&mend);
}

static void find_rip(struct lb_be_findings *all, const struct lb_be_request *r,
		     const struct lb_be_snap *s)
{
	char rip[LB_ADDR_STR];

	if (!r->rip.len || lb_be_link_with(s, &r->rip))
		return;
	lb_addr_format(rip, &r->rip);
	lb_be_found(all, "rip-missing", LB_BE_BLOCKS,
		    "nothing that the balancer sends to it arrives here",
		    "# give the machine that address again; or, if the director's 'server' line has another one, lbctl backend undo, and prepare with --rip ADDR",
		    "%s is no address of this machine", rip);
}

static void find_iface(struct lb_be_findings *all,
		       const struct lb_be_request *r,
		       const struct lb_be_link *rx)
{
	if (!r->iface[0] || rx)
		return;
	lb_be_found(all, "iface-missing", LB_BE_WRONG,
		    "what comes in by it does not arrive, and its settings cannot be judged",
		    "# give the interface that packets come in by: --iface IF",
		    "there is no interface %s", r->iface);
}

/* --- ARP and the reverse path filter --- */

static void set_command(struct lb_buf *b, const char *dev,
			enum lb_be_sysctl which, int value)
{
	struct lb_be_item i = {
		.kind = LB_BE_SYSCTL, .sysctl = which, .value = value,
	};

	strcpy(i.dev, dev);
	lb_buf_puts(b, b->len ? "\n" : "");
	lb_be_item_do(b, &i);
}

static void find_arp(struct lb_be_findings *all, const struct lb_be_snap *s,
		     const struct lb_be_link *rx)
{
	int ignore = s->all[LB_BE_ARP_IGNORE];
	int announce = s->all[LB_BE_ARP_ANNOUNCE];
	int rx_ignore = rx ? rx->conf[LB_BE_ARP_IGNORE] : 0;
	int rx_announce = rx ? rx->conf[LB_BE_ARP_ANNOUNCE] : 0;
	const char *dev = rx ? rx->name : "all";
	struct lb_buf mend = { 0 };

	if (!lb_be_arp_ignore_ok(ignore, rx_ignore)) {
		set_command(&mend, "all", LB_BE_ARP_IGNORE, 1);
		if (rx_ignore > 2)
			set_command(&mend, dev, LB_BE_ARP_IGNORE, 1);
		lb_be_found(all, "arp-ignore", LB_BE_WRONG,
			    (ignore > rx_ignore ? ignore : rx_ignore) == 8 ?
			    "it answers ARP for no address at all, its own included" :
			    "it answers ARP for the VIP on lo: clients reach this server past the balancer, or by turns",
			    lb_buf_str(&mend),
			    "arp_ignore of %s is effectively %d (all %d), not 1",
			    dev, ignore > rx_ignore ? ignore : rx_ignore,
			    ignore);
	}
	lb_buf_reset(&mend);
	if (!lb_be_arp_announce_ok(announce, rx_announce)) {
		set_command(&mend, "all", LB_BE_ARP_ANNOUNCE, 2);
		if (rx_announce > 2)
			set_command(&mend, dev, LB_BE_ARP_ANNOUNCE, 2);
		lb_be_found(all, "arp-announce", LB_BE_WRONG,
			    "when it asks by ARP it names the VIP as sender, and neighbours learn that the VIP is here",
			    lb_buf_str(&mend),
			    "arp_announce of %s is effectively %d (all %d), not 2",
			    dev, announce > rx_announce ? announce : rx_announce,
			    announce);
	}
	lb_buf_free(&mend);
}

/* does it tell its neighbours of the VIP?  With 8 it tells nothing at all. */
static bool tells(const struct lb_be_snap *s, const struct lb_be_link *l)
{
	int all = s->all[LB_BE_ARP_IGNORE], dev = l->conf[LB_BE_ARP_IGNORE];

	return !lb_be_arp_ignore_ok(all, dev) && (all > dev ? all : dev) != 8;
}

/* Clients may be on any of them, and where is not known here.  When the setting
 * of the interface in question is wrong, what mends it mends these, too.
 */
static void find_arp_elsewhere(struct lb_be_findings *all,
			       const struct lb_be_snap *s,
			       const struct lb_be_link *rx)
{
	struct lb_buf mend = { 0 };
	const char *dev;
	size_t i;

	if (!rx || tells(s, rx) ||
	    !lb_be_arp_announce_ok(s->all[LB_BE_ARP_ANNOUNCE],
				   rx->conf[LB_BE_ARP_ANNOUNCE]))
		return;
	for (i = 0; i < s->n_links; i++) {
		const struct lb_be_link *l = &s->link[i];

		if (l == rx || !l->up || !l->broadcast)
			continue;
		lb_buf_reset(&mend);
		dev = l->conf[LB_BE_ARP_IGNORE] > 2 ? l->name : "all";
		set_command(&mend, dev, LB_BE_ARP_IGNORE, 1);
		if (tells(s, l))
			lb_be_found(all, "arp-ignore", LB_BE_NOTE,
				    "if clients or the balancer are there, too, it answers their ARP for the VIP on lo",
				    lb_buf_str(&mend),
				    "arp_ignore of %s does not keep the VIP from it",
				    l->name);
		lb_buf_reset(&mend);
		dev = l->conf[LB_BE_ARP_ANNOUNCE] > 2 ? l->name : "all";
		set_command(&mend, dev, LB_BE_ARP_ANNOUNCE, 2);
		if (!lb_be_arp_announce_ok(s->all[LB_BE_ARP_ANNOUNCE],
					   l->conf[LB_BE_ARP_ANNOUNCE]))
			lb_be_found(all, "arp-announce", LB_BE_NOTE,
				    "if clients or the balancer are there, too, it names the VIP when it asks them by ARP",
				    lb_buf_str(&mend),
				    "arp_announce of %s does not keep the VIP from it",
				    l->name);
	}
	lb_buf_free(&mend);
}

static void find_rx_filter(struct lb_be_findings *all,
			   const struct lb_be_request *r,
			   const struct lb_be_snap *s,
			   const struct lb_be_link *rx)
{
	int max = s->all[LB_BE_RP_FILTER], dev = rx->conf[LB_BE_RP_FILTER];
	struct lb_buf mend = { 0 };

	if ((max > dev ? max : dev) != 1 || !lb_be_leaves_elsewhere(s, r, rx))
		return;
	set_command(&mend, rx->name, LB_BE_RP_FILTER, 2);
	lb_be_found(all, "rp-filter", LB_BE_WRONG,
		    "requests come in where no answer leaves, and the kernel drops them, silently",
		    lb_buf_str(&mend),
		    "rp_filter of %s is effectively 1 (all %d, %s %d), and answers leave by %s",
		    rx->name, max, rx->name, dev,
		    lb_be_route_from(s, &r->vip)->hop[0].dev);
	lb_buf_free(&mend);
}

/* --- who listens --- */

static bool takes(const struct lb_be_socket *k, const struct lb_addr *a,
		  const struct lb_be_link *in)
{
	if (k->addr.len ? !lb_addr_equal(&k->addr, a) :
	    !(k->families & (a->len == 4 ? 1 : 2)))
		return false;
	return !k->dev[0] || !in || !strcmp(k->dev, in->name);
}

static void listens_where(struct lb_buf *b, const struct lb_be_socket *k)
{
	lb_buf_puts(b, b->len ? ", " : "");
	if (k->addr.len)
		lb_addrport_print(b, &k->addr, k->port);
	else
		lb_buf_printf(b, "%s:%u", k->families == 3 ? "*" :
			      k->families == 1 ? "0.0.0.0" : "[::] (IPv6 only)",
			      k->port);
	if (k->dev[0])
		lb_buf_printf(b, " on %s", k->dev);
}

static void find_listener(struct lb_be_findings *all,
			  const struct lb_be_request *r,
			  const struct lb_be_snap *s,
			  const struct lb_be_link *in)
{
	const struct lb_addr *a = r->mode == LB_BE_NAT ? &r->rip : &r->vip;
	uint16_t port = r->mode == LB_BE_NAT && r->rip_port ? r->rip_port :
			r->port;
	struct lb_buf where = { 0 }, at = { 0 }, mend = { 0 };
	size_t i;

	if (!port) {
		lb_be_found(all, "listener-unjudged", LB_BE_NOTE,
			    "connections are refused where nobody listens",
			    "# name the service: --vip ADDR:PORT, with /udp behind it for UDP",
			    "no port was given: whether anybody listens was not looked at");
		return;
	}
	if (!s->has_sockets) {
		lb_be_found(all, "listener-unjudged", LB_BE_NOTE,
			    "nobody may listen", "# install iproute2's ss",
			    "who listens is not known: 'ss' does not tell");
		return;
	}
	for (i = 0; i < s->n_sockets; i++) {
		const struct lb_be_socket *k = &s->socket[i];

		if (k->proto != r->proto || k->port != port)
			continue;
		if (takes(k, a, in))
			goto out;
		listens_where(&where, k);
	}
	lb_addrport_print(&at, a, port);
	lb_buf_printf(&mend, "# have the service listen on %s or on every address",
		      lb_buf_str(&at));
	if (where.len)
		lb_be_found(all, "listener-address", LB_BE_WRONG,
			    "connections to that address are refused",
			    lb_buf_str(&mend),
			    "nobody listens on %s %s, only on %s",
			    r->proto == IPPROTO_UDP ? "udp" : "tcp",
			    lb_buf_str(&at), lb_buf_str(&where));
	else
		lb_be_found(all, "listener", LB_BE_WRONG,
			    "connections to it are refused", lb_buf_str(&mend),
			    "nobody listens on %s %s",
			    r->proto == IPPROTO_UDP ? "udp" : "tcp",
			    lb_buf_str(&at));
out:
	lb_buf_free(&where);
	lb_buf_free(&at);
	lb_buf_free(&mend);
}

/* --- what is judged once --- */

/* not for a shell, nor for the language of nft */
static bool is_plain(const char *chain)
{
	return !chain[strspn(chain, "abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. ")];
}

static void firewall_mend(struct lb_buf *b, const struct lb_be_request *r,
			  const char *chain)
{
	const char *proto = r->proto == IPPROTO_UDP ? "udp" : "tcp";
	const char *outer = r->rip.len == 4 ? "ip" : "ip6";
	const char *field = r->rip.len == 4 ? "protocol" : "nexthdr";

	if (!is_plain(chain)) {
		lb_buf_puts(b, "# admit it in this chain; its name does not go into a command");
		return;
	}
	if (r->mode == LB_BE_GUE)
		lb_buf_printf(b, "nft insert rule %s udp dport %u accept\n",
			      chain, r->gue_port);
	else if (lb_be_is_tunnel(r->mode))
		lb_buf_printf(b, "nft insert rule %s %s %s %u accept\n", chain,
			      outer, field, r->mode == LB_BE_GRE ? 47 :
			      r->vip.len == 4 ? 4 : 41);
	if (r->port)
		lb_buf_printf(b, "nft insert rule %s %s dport %u accept",
			      chain, proto, r->mode == LB_BE_NAT && r->rip_port ?
			      r->rip_port : r->port);
	else
		lb_buf_printf(b, "# admit the service's port in %s", chain);
}

static void find_firewall(struct lb_be_findings *all,
			  const struct lb_be_request *r,
			  const struct lb_be_snap *s)
{
	static const char why[] =
		"its rules are not judged here: they have to admit the service, and in mode tunnel what it comes in";
	struct lb_buf mend = { 0 };
	size_t i;

	for (i = 0; i < s->n_chains; i++) {
		const struct lb_be_chain *c = &s->chain[i];

		if (!c->policy_drop && !c->drops)
			continue;
		lb_buf_reset(&mend);
		firewall_mend(&mend, r, c->name);
		lb_be_found(all, "firewall", LB_BE_NOTE, why,
			    lb_buf_str(&mend),
			    "nftables chain '%s' filters what comes in%s",
			    c->name, c->policy_drop ? " (policy drop)" : "");
	}
	if (s->no_nft)
		lb_be_found(all, "firewall", LB_BE_NOTE, why,
			    "# run it as root",
			    "'nft list ruleset' does not tell whether nftables filters");
	if (s->iptables)
		lb_be_found(all, "firewall", LB_BE_NOTE, why,
			    "iptables-legacy -L INPUT -nv",
			    "iptables has a table that filters what comes in");
	lb_buf_free(&mend);
}

static void find_forwarding(struct lb_be_findings *all,
			    const struct lb_be_request *r,
			    const struct lb_be_snap *s)
{
	bool v4 = r->vip.len == 4;
	int on = v4 ? s->forward4 : s->forward6;

	if (r->mode == LB_BE_NAT || on <= 0)
		return;
	lb_be_found(all, "ip-forward", LB_BE_NOTE,
		    "optional: no mode needs it on a server; with it, a packet for a VIP that is missing here goes back to the balancer",
		    v4 ? "sysctl -w net.ipv4.ip_forward=0" :
		    "sysctl -w net.ipv6.conf.all.forwarding=0",
		    "this machine forwards IPv%c", v4 ? '4' : '6');
}

static void find_request(struct lb_be_findings *all,
			 const struct lb_be_requests *asked,
			 const struct lb_be_request *r,
			 const struct lb_be_snap *s)
{
	const struct lb_be_link *rx = lb_be_rx_link(s, r), *in = rx;
	char vip[LB_ADDR_STR];

	lb_addr_format(vip, &r->vip);
	find_rip(all, r, s);
	find_iface(all, r, rx);
	find_vip(all, r, s, vip);
	if (r->vip.len == 4 && r->mode != LB_BE_NAT) {
		find_arp(all, s, rx);
		find_arp_elsewhere(all, s, rx);
	}
	if (r->vip.len == 4 && r->mode == LB_BE_GATEWAY && rx)
		find_rx_filter(all, r, s, rx);
	if (lb_be_is_tunnel(r->mode))
		in = lb_be_find_tunnel(all, r, s);
	lb_be_find_way(all, asked, r, s);
	find_listener(all, r, s, in);
	find_firewall(all, r, s);
	find_forwarding(all, r, s);
}

/**
 * lb_be_find() - judge this machine
 * @all: gets the findings; must be empty
 * @asked: what it is to serve
 * @s: this machine
 */
void lb_be_find(struct lb_be_findings *all, const struct lb_be_requests *asked,
		const struct lb_be_snap *s)
{
	size_t i;

	for (i = 0; i < asked->n; i++)
		find_request(all, asked, &asked->r[i], s);
}

/**
 * lb_be_findings_count() - how many are so bad?
 * @all: the findings
 * @at_least: so bad, or worse
 *
 * Return: their number.
 */
size_t lb_be_findings_count(const struct lb_be_findings *all,
			    enum lb_be_severity at_least)
{
	size_t i, n = 0;

	for (i = 0; i < all->n; i++)
		n += all->f[i].severity >= at_least;
	return n;
}

/**
 * lb_be_findings_free() - forget all findings
 * @all: the findings
 */
void lb_be_findings_free(struct lb_be_findings *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		free(all->f[i].what);
		free(all->f[i].mend);
	}
	free(all->f);
	memset(all, 0, sizeof(*all));
}
