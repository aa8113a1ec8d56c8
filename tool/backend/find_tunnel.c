// SPDX-License-Identifier: GPL-2.0
/*
 * Is there a device that unpacks what a balancer in mode tunnel sends here, and
 * does what comes out of it get in?
 */
#include "backend/find.h"
#include "backend/want.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* IPv6 is switched off on a device with less */
#define IPV6_MTU_MIN	1280

static const char missing_why[] =
	"what the balancer sends is answered by 'protocol unreachable', or by silence";

/* what `ip` says such a device carries */
static bool carries(const struct lb_be_link *l, const struct lb_addr *inner)
{
	if (!l->proto[0] || !strcmp(l->proto, "any"))
		return true;
	if (!strcmp(l->kind, "ip6tnl"))
		return !strcmp(l->proto, inner->len == 16 ? "ip6ip6" : "ipip6");
	if (!strcmp(l->kind, "sit") && inner->len == 16)
		return !strcmp(l->proto, "ip6ip");
	return !strcmp(l->proto, "ipip");
}

static bool right_kind(const struct lb_be_link *l,
		       const struct lb_be_request *r)
{
	const char *type = lb_be_tunnel_type(r);

	/* sit takes IPv4 in IPv4, too, unless it was told not to */
	return !strcmp(l->kind, type) ||
	       (!strcmp(type, "ipip") && !strcmp(l->kind, "sit") &&
		carries(l, &r->vip));
}

static bool right_local(const struct lb_be_link *l,
			const struct lb_be_request *r)
{
	return !l->local.len || lb_addr_equal(&l->local, &r->rip);
}

static bool right_remote(const struct lb_be_link *l,
			 const struct lb_be_request *r)
{
	return !l->remote.len || lb_be_has_lb(r, &l->remote);
}

/* how near a device is to what is needed; the nearest is the one to talk of */
enum nearness {
	OTHER,
	WRONG_KIND,
	WRONG_LOCAL,
	WRONG_KEY,
	WRONG_REMOTE,
	WRONG_CARRIES,
	DOWN,
	RECEIVES,
};

static bool is_tunnel(const struct lb_be_link *l)
{
	static const char *const kind[] = {
		"ipip", "sit", "ip6tnl", "gre", "ip6gre",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kind); i++)
		if (!strcmp(l->kind, kind[i]))
			return true;
	return false;
}

static enum nearness nearness(const struct lb_be_link *l,
			      const struct lb_be_request *r)
{
	if (!right_kind(l, r))
		return is_tunnel(l) && lb_addr_equal(&l->local, &r->rip) ?
		       WRONG_KIND : OTHER;
	if (!right_local(l, r))
		return WRONG_LOCAL;
	if (l->keyed)
		return WRONG_KEY;
	if (!right_remote(l, r))
		return WRONG_REMOTE;
	/* tunl0 and the like, which come with the module, are down as a rule */
	if (!l->local.len && !l->up)
		return OTHER;
	if (!carries(l, &r->vip))
		return WRONG_CARRIES;
	return l->up ? RECEIVES : DOWN;
}

/* Of two that receive, which gets the packet?  The one of the exact kind, then
 * the one with our address.
 */
static bool is_preferred(const struct lb_be_link *l,
			 const struct lb_be_link *other,
			 const struct lb_be_request *r)
{
	bool exact = !strcmp(l->kind, lb_be_tunnel_type(r));
	bool other_exact = !strcmp(other->kind, lb_be_tunnel_type(r));

	if (exact != other_exact)
		return exact;
	return l->local.len && !other->local.len;
}

static const struct lb_be_link *nearest(const struct lb_be_request *r,
					const struct lb_be_snap *s,
					enum nearness *near)
{
	const struct lb_be_link *best = NULL;
	size_t i;

	*near = OTHER;
	for (i = 0; i < s->n_links; i++) {
		enum nearness n = nearness(&s->link[i], r);

		if (n > *near || (best && n == RECEIVES && n == *near &&
				  is_preferred(&s->link[i], best, r))) {
			best = &s->link[i];
			*near = n;
		}
	}
	return best;
}

static void add_command(struct lb_buf *b, const struct lb_be_request *r,
			const char *name)
{
	struct lb_be_item i = {
		.kind = LB_BE_LINK, .local = r->rip, .label = LB_BE_NO_LABEL,
	};

	strcpy(i.dev, name);
	strcpy(i.type, lb_be_tunnel_type(r));
	lb_be_item_do(b, &i);
	lb_buf_puts(b, "\n");
	i.kind = LB_BE_UP;
	lb_be_item_do(b, &i);
}

/* a name that nobody has */
static void free_name(char *name, const struct lb_be_snap *s)
{
	unsigned int n = 0;

	do {
		snprintf(name, IFNAMSIZ, "lbt%u", n++ % 10000);
	} while (lb_be_link_find(s, name) && n < 10000);
}

static void say_missing(struct lb_be_findings *all, const struct lb_be_request *r,
			const struct lb_be_snap *s,
			const struct lb_be_link *other)
{
	struct lb_buf mend = { 0 }, mode = { 0 };
	char name[IFNAMSIZ], rip[LB_ADDR_STR];

	lb_addr_format(rip, &r->rip);
	lb_be_mode_print(&mode, r);
	free_name(name, s);
	add_command(&mend, r, name);
	if (other)
		lb_be_found(all, "tunnel-kind", LB_BE_WRONG, missing_why,
			    lb_buf_str(&mend),
			    "%s is a tunnel of kind %s; for %s with IPv%c inside it takes one of kind %s",
			    other->name, other->kind, lb_buf_str(&mode),
			    r->vip.len == 4 ? '4' : '6', lb_be_tunnel_type(r));
	else
		lb_be_found(all, "tunnel-missing", LB_BE_WRONG, missing_why,
			    lb_buf_str(&mend),
			    "no device unpacks %s for %s (kind %s)",
			    lb_buf_str(&mode), rip, lb_be_tunnel_type(r));
	lb_buf_free(&mend);
	lb_buf_free(&mode);
}

/* it has to be made anew: what tells tunnels apart cannot be changed */
static void say_wrong(struct lb_be_findings *all, const struct lb_be_request *r,
		      const struct lb_be_link *l, enum nearness near)
{
	char local[LB_ADDR_STR], remote[LB_ADDR_STR], rip[LB_ADDR_STR];
	struct lb_buf mend = { 0 };

	lb_addr_format(local, &l->local);
	lb_addr_format(remote, &l->remote);
	lb_addr_format(rip, &r->rip);
	lb_buf_puts(&mend, "ip link del ");
	lb_be_word(&mend, l->name);
	lb_buf_puts(&mend, "\n");
	add_command(&mend, r, l->name);
	if (near == WRONG_LOCAL)
		lb_be_found(all, "tunnel-local", LB_BE_WRONG, missing_why,
			    lb_buf_str(&mend),
			    "%s has local %s; the director sends to %s",
			    l->name, local, rip);
	else if (near == WRONG_KEY)
		lb_be_found(all, "tunnel-kind", LB_BE_WRONG, missing_why,
			    lb_buf_str(&mend),
			    "%s takes only packets with a gre key; the balancer sends none",
			    l->name);
	else
		lb_be_found(all, "tunnel-remote", LB_BE_WRONG, missing_why,
			    lb_buf_str(&mend),
			    "%s takes packets from %s only, and %s", l->name,
			    remote, r->n_lb ? "that is not the balancer" :
			    "no --lb says that it is the balancer");
	lb_buf_free(&mend);
}

static void say_carries(struct lb_be_findings *all,
			const struct lb_be_request *r,
			const struct lb_be_link *l)
{
	struct lb_buf mend = { 0 };

	lb_buf_puts(&mend, "ip link change ");
	lb_be_word(&mend, l->name);
	lb_buf_printf(&mend, " type %s mode any", l->kind);
	lb_be_found(all, "tunnel-kind",
		    l->local.len && !l->remote.len ? LB_BE_BLOCKS : LB_BE_WRONG,
		    missing_why, lb_buf_str(&mend),
		    "%s unpacks %s only, and IPv%c comes inside", l->name,
		    l->proto, r->vip.len == 4 ? '4' : '6');
	lb_buf_free(&mend);
}

/* --- the device receives: does what comes out get in? --- */

static void filter_mend(struct lb_buf *b, const struct lb_be_snap *s,
			const struct lb_be_link *l, const struct lb_addr *vip)
{
	struct lb_be_item i = {
		.kind = LB_BE_SYSCTL, .sysctl = LB_BE_RP_FILTER,
		.label = LB_BE_NO_LABEL, .addr = *vip,
	};
	bool addr;

	lb_be_rp_filter_want(s->all[LB_BE_RP_FILTER], &i.value, &addr);
	strcpy(i.dev, l->name);
	lb_be_item_do(b, &i);
	if (addr && !lb_be_has_ipv4(l)) {
		i.kind = LB_BE_ADDR;
		lb_buf_puts(b, "\n");
		lb_be_item_do(b, &i);
	}
}

static void find_filter(struct lb_be_findings *all,
			const struct lb_be_request *r,
			const struct lb_be_snap *s, const struct lb_be_link *l)
{
	int max = s->all[LB_BE_RP_FILTER], dev = l->conf[LB_BE_RP_FILTER];
	bool has_addr = lb_be_has_ipv4(l);
	struct lb_buf mend = { 0 };

	if (lb_be_rp_filter_passes(max, dev, has_addr))
		return;
	filter_mend(&mend, s, l, &r->vip);
	lb_be_found(all, "rp-filter-tunnel", LB_BE_WRONG,
		    "the kernel drops every packet that comes out of the tunnel, silently",
		    lb_buf_str(&mend),
		    "rp_filter of %s is effectively %d%s (all %d, %s %d)",
		    l->name, max > dev ? max : dev,
		    has_addr ? "" : " and it has no IPv4 address", max, l->name,
		    dev);
	lb_buf_free(&mend);
}

static void find_no_ipv6(struct lb_be_findings *all,
			 const struct lb_be_link *l)
{
	struct lb_buf mend = { 0 }, dev = { 0 };

	if (l->no_ipv6 == 0)
		return;
	lb_be_word(&dev, l->name);
	if (l->no_ipv6 == LB_BE_UNKNOWN)
		lb_buf_printf(&mend, "ip link set %s mtu %u", lb_buf_str(&dev),
			      IPV6_MTU_MIN);
	else
		lb_buf_printf(&mend,
			      strchr(l->name, '.') ?
			      "sysctl -w net/ipv6/conf/%s/disable_ipv6=0" :
			      "sysctl -w net.ipv6.conf.%s.disable_ipv6=0",
			      lb_buf_str(&dev));
	lb_be_found(all, "ipv6-off", LB_BE_WRONG,
		    "the kernel drops every IPv6 packet that comes out of the tunnel, silently",
		    lb_buf_str(&mend),
		    l->no_ipv6 == LB_BE_UNKNOWN ?
		    "%s has no IPv6 (MTU %u; it takes 1280)" :
		    "%s has IPv6 switched off (MTU %u)", l->name, l->mtu);
	lb_buf_free(&mend);
	lb_buf_free(&dev);
}

static void find_gue(struct lb_be_findings *all, const struct lb_be_request *r,
		     const struct lb_be_snap *s)
{
	struct lb_be_item i = {
		.kind = LB_BE_FOU, .port = r->gue_port, .family = r->rip.len,
	};
	struct lb_buf mend = { 0 };
	const char *not_gue = "";
	size_t n;

	if (lb_be_item_there(&i, s))
		return;
	for (n = 0; n < s->n_fous; n++)
		if (s->fou[n].port == i.port && s->fou[n].family == i.family)
			not_gue = " (it unpacks fou, not gue)";
	if (!s->has_fou)
		lb_buf_puts(&mend, "modprobe fou\n");
	if (not_gue[0]) {
		lb_be_item_undo(&mend, &i);
		lb_buf_puts(&mend, "\n");
	}
	lb_be_item_do(&mend, &i);
	lb_be_found(all, "gue-port", LB_BE_WRONG,
		    "what the balancer sends is answered by 'port unreachable', or by silence",
		    lb_buf_str(&mend),
		    "nobody unpacks gue on UDP port %u of IPv%c%s", i.port,
		    i.family == 4 ? '4' : '6', not_gue);
	lb_buf_free(&mend);
}

/**
 * lb_be_find_tunnel() - judge what unpacks
 * @all: findings are added
 * @r: a request of a tunnel mode
 * @s: this machine
 *
 * Return: the device that its packets come out of, owned by @s, or NULL.
 */
const struct lb_be_link *
lb_be_find_tunnel(struct lb_be_findings *all, const struct lb_be_request *r,
		  const struct lb_be_snap *s)
{
	const struct lb_be_link *l;
	struct lb_buf mend = { 0 };
	enum nearness near;

	if (r->mode == LB_BE_GUE)
		find_gue(all, r, s);
	l = nearest(r, s, &near);
	if (near <= WRONG_KIND) {
		say_missing(all, r, s, l);
		return NULL;
	}
	if (near < WRONG_CARRIES) {
		say_wrong(all, r, l, near);
		return NULL;
	}
	if (near == WRONG_CARRIES)
		say_carries(all, r, l);
	if (near == DOWN) {
		lb_buf_puts(&mend, "ip link set ");
		lb_be_word(&mend, l->name);
		lb_buf_puts(&mend, " up");
		lb_be_found(all, "tunnel-down", LB_BE_WRONG, missing_why,
			    lb_buf_str(&mend), "%s is down", l->name);
		lb_buf_free(&mend);
	}
	if (r->vip.len == 4)
		find_filter(all, r, s, l);
	else if (near != DOWN)
		find_no_ipv6(all, l);
	return l;
}
