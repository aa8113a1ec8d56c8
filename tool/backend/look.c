// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the picture of this machine: runs the programs that tell, and reads
 * settings from /proc/sys, which is that of our network namespace.
 */
#include "backend/look.h"
#include "backend/run.h"
#include "backend/whohas.h"
#include "out.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Somebody on the Internet: only the way out is asked for, nothing is sent.
 * Documentation addresses are in too many filters to stand for everybody.
 */
#define FAR4	"1.1.1.1"
#define FAR6	"2606:4700:4700::1111"

/* Each takes up to half a second, and others wait for us.  More VIPs of one net
 * are taken to tell the same.
 */
#define ASK_MAX	4

static int read_int(const char *path)
{
	FILE *f = fopen(path, "r");
	int v = LB_BE_UNKNOWN;

	if (!f)
		return LB_BE_UNKNOWN;
	if (fscanf(f, "%d", &v) != 1)
		v = LB_BE_UNKNOWN;
	fclose(f);
	return v;
}

static void read_conf(int *conf, const char *dev)
{
	char path[128];
	int i;

	for (i = 0; i < LB_BE_SYSCTLS; i++) {
		snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/%s",
			 dev, lb_be_sysctl_name(i));
		conf[i] = read_int(path);
	}
}

static void read_settings(struct lb_be_snap *s)
{
	char path[128];
	size_t i;

	read_conf(s->all, "all");
	s->forward4 = read_int("/proc/sys/net/ipv4/ip_forward");
	s->forward6 = read_int("/proc/sys/net/ipv6/conf/all/forwarding");
	for (i = 0; i < s->n_links; i++) {
		read_conf(s->link[i].conf, s->link[i].name);
		snprintf(path, sizeof(path),
			 "/proc/sys/net/ipv6/conf/%s/disable_ipv6",
			 s->link[i].name);
		s->link[i].no_ipv6 = read_int(path);
	}
}

static int look_links(struct lb_be_snap *s)
{
	static const char cmd[] = "ip -json -details address show";
	struct lb_buf out = { 0 }, err = { 0 };
	int ret;

	ret = lb_be_run(cmd, &out, &err);
	if (ret)
		ret = lb_fail(LB_EXIT_KERNEL, "'%s' failed: %s", cmd,
			      lb_buf_str(&err));
	else if (lb_be_parse_addrs(s, lb_buf_str(&out)))
		ret = lb_fail(LB_EXIT_KERNEL,
			      "'%s' prints no JSON: iproute2 4.14 or newer is needed",
			      cmd);
	lb_buf_free(&out);
	lb_buf_free(&err);
	return ret;
}

/* silent: without the module there is nobody to answer */
static void look_fou(struct lb_be_snap *s)
{
	struct lb_buf out = { 0 }, err = { 0 };

	if (!lb_be_run("ip -json fou show", &out, &err))
		lb_be_parse_fou(s, lb_buf_str(&out));
	lb_buf_free(&out);
	lb_buf_free(&err);
}

/* an address that is not there yet has the way out of everybody else */
static void look_route(struct lb_be_snap *s, const struct lb_addr *from,
		       const struct lb_addr *client)
{
	struct lb_buf cmd = { 0 }, out = { 0 }, err = { 0 };
	char to[LB_ADDR_STR], src[LB_ADDR_STR];

	lb_addr_format(to, client);
	lb_addr_format(src, from);
	if (!client->len)
		strcpy(to, from->len == 4 ? FAR4 : FAR6);
	lb_buf_printf(&cmd, "ip -%c -json route get fibmatch %s",
		      from->len == 4 ? '4' : '6', to);
	if (lb_be_link_with(s, from))
		lb_buf_printf(&cmd, " from %s", src);
	lb_be_run(lb_buf_str(&cmd), &out, &err);
	lb_be_parse_route(s, from, lb_buf_str(&out));
	lb_buf_free(&cmd);
	lb_buf_free(&out);
	lb_buf_free(&err);
}

static void look_routes(struct lb_be_snap *s, const struct lb_be_requests *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		const struct lb_be_request *r = &all->r[i];
		const struct lb_addr *from = &r->vip;

		/* in mode nat answers leave with the server's own address */
		if (r->mode == LB_BE_NAT)
			from = &r->rip;
		if (from->len && !lb_be_route_from(s, from))
			look_route(s, from, &r->client);
	}
}

/* Our own address, IPv4, in the net of which an address is, or NULL.  Not a VIP:
 * who asks by ARP says that he has the address.
 */
static const struct lb_addr *own_beside(const struct lb_be_link *link,
					const struct lb_be_requests *all,
					const struct lb_addr *a)
{
	uint32_t mine, its, mask;
	size_t i;

	for (i = 0; link && i < link->n_addrs; i++) {
		const struct lb_be_if_addr *own = &link->addr[i];

		if (own->addr.len != 4 || !own->prefix || own->prefix > 31 ||
		    lb_be_requests_has(all, &own->addr))
			continue;
		memcpy(&mine, own->addr.b, 4);
		memcpy(&its, a->b, 4);
		mask = htonl(UINT32_MAX << (32 - own->prefix));
		if (!((mine ^ its) & mask))
			return &own->addr;
	}
	return NULL;
}

/* is it known from another VIP that this router is not the balancer? */
static bool is_other(const struct lb_be_snap *s, const struct lb_be_hop *hop)
{
	size_t n;
	unsigned int i;

	for (n = 0; n < s->n_routes; n++)
		for (i = 0; i < s->route[n].n_hops; i++)
			if (s->route[n].hop[i].whose == LB_BE_OTHER &&
			    !strcmp(s->route[n].hop[i].dev, hop->dev) &&
			    lb_addr_equal(&s->route[n].hop[i].gateway,
					  &hop->gateway))
				return true;
	return false;
}

/* A VIP that is not of the link's own net is behind some router, and an answer
 * for it says nothing.
 */
static void look_hops(const struct lb_be_snap *s, struct lb_be_route *route,
		      const struct lb_be_requests *all,
		      const struct lb_addr *vip, unsigned int *asked)
{
	unsigned int i;
	int both;

	for (i = 0; i < route->n_hops; i++) {
		struct lb_be_hop *hop = &route->hop[i];
		const struct lb_be_link *link = lb_be_link_find(s, hop->dev);
		const struct lb_addr *self;

		if (hop->whose || hop->gateway.len != 4)
			continue;
		self = own_beside(link, all, &hop->gateway);
		if (!self || !own_beside(link, all, vip))
			continue;
		if (++*asked > ASK_MAX) {
			hop->whose = is_other(s, hop) ? LB_BE_OTHER :
							LB_BE_ASKED;
			continue;
		}
		both = lb_be_whohas_both(hop->dev, self, vip, &hop->gateway);
		hop->whose = both < 0 ? LB_BE_ASKED :
			     both ? LB_BE_BALANCER : LB_BE_OTHER;
	}
}

/* nobody told which is the balancer: it has the VIP on a link, as a rule */
static void look_balancers(struct lb_be_snap *s,
			   const struct lb_be_requests *all)
{
	unsigned int asked = 0;
	size_t i, n;

	for (i = 0; i < all->n; i++) {
		const struct lb_be_request *r = &all->r[i];

		if (r->n_lb || r->vip.len != 4)
			continue;
		for (n = 0; n < s->n_routes; n++)
			if (lb_addr_equal(&s->route[n].from,
					  r->mode == LB_BE_NAT ? &r->rip :
					  &r->vip))
				look_hops(s, &s->route[n], all, &r->vip,
					  &asked);
	}
}

static void look_sockets(struct lb_be_snap *s, const struct lb_be_requests *all)
{
	struct lb_buf out = { 0 }, err = { 0 };
	bool asked = false;
	size_t i;

	for (i = 0; i < all->n; i++)
		asked |= all->r[i].port;
	if (asked && !lb_be_run("ss -Hlntu", &out, &err))
		lb_be_parse_sockets(s, lb_buf_str(&out));
	lb_buf_free(&out);
	lb_buf_free(&err);
}

static void look_firewall(struct lb_be_snap *s)
{
	struct lb_buf out = { 0 }, err = { 0 };
	char line[64];
	FILE *f;
	int ret;

	ret = lb_be_run("nft list ruleset", &out, &err);
	if (!ret)
		lb_be_parse_nft(s, lb_buf_str(&out));
	/* where there is no nft nobody has rules, as a rule */
	s->no_nft = ret && ret != LB_BE_NO_PROGRAM;
	lb_buf_free(&out);
	lb_buf_free(&err);
	f = fopen("/proc/net/ip_tables_names", "r");
	while (f && fgets(line, sizeof(line), f))
		s->iptables |= !strcmp(line, "filter\n");
	if (f)
		fclose(f);
}

static bool has_gue(const struct lb_be_requests *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->r[i].mode == LB_BE_GUE)
			return true;
	return false;
}

static bool made_fou(const struct lb_be_items *made)
{
	size_t i;

	for (i = 0; i < made->n; i++)
		if (made->item[i].kind == LB_BE_FOU)
			return true;
	return false;
}

/**
 * lb_be_look() - take a picture of this machine
 * @s: gets it; must be empty, to be freed with lb_be_snap_free()
 * @st: what was asked for and made so far
 * @asked: what is asked about now: routes and sockets are looked up for these
 * @to_check: also who listens, firewalls, and by ARP which router has the VIP
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_be_look(struct lb_be_snap *s, const struct lb_be_state *st,
	       const struct lb_be_requests *asked, bool to_check)
{
	int ret = look_links(s);

	if (ret)
		return ret;
	read_settings(s);
	if (has_gue(asked) || has_gue(&st->requests) || made_fou(&st->made))
		look_fou(s);
	look_routes(s, asked);
	if (to_check) {
		look_balancers(s, asked);
		look_sockets(s, asked);
		look_firewall(s);
	}
	return 0;
}
