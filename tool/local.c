// SPDX-License-Identifier: GPL-2.0
/*
 * Does a configuration fit this machine?  Asks the network namespace we are
 * in for routes and interfaces; every finding is a warning, because the file
 * may be meant for another machine or for another day.
 */
#include "local.h"
#include "key.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* after so many routes the rest would only repeat the same news slowly */
#define ASK_MAX	2000

/** enum where - where an address is, seen from here: an address of this
 * machine is one on its link
 */
enum where {
	WHERE_UNKNOWN,
	WHERE_LINK,
	WHERE_ROUTER,
	WHERE_NOWHERE,
};

static struct nl_msg *route_request(const struct lb_addr *a)
{
	struct rtmsg rt = {
		.rtm_family = a->len == 4 ? AF_INET : AF_INET6,
		.rtm_dst_len = a->len * 8,
	};
	struct nl_msg *m = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);

	if (!m)
		return NULL;
	if (nlmsg_append(m, &rt, sizeof(rt), NLMSG_ALIGNTO) < 0 ||
	    nla_put(m, RTA_DST, a->len, a->b) < 0) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

static enum where judge(struct nlmsghdr *h)
{
	struct nlattr *attr[RTA_MAX + 1];
	struct rtmsg *rt = NLMSG_DATA(h);
	struct nlmsgerr *e = NLMSG_DATA(h);

	if (h->nlmsg_type == NLMSG_ERROR)
		return e->error == -ENETUNREACH || e->error == -EHOSTUNREACH ?
		       WHERE_NOWHERE : WHERE_UNKNOWN;
	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*rt), attr, RTA_MAX, NULL) < 0)
		return WHERE_UNKNOWN;
	if (rt->rtm_type == RTN_LOCAL)
		return WHERE_LINK;
	if (rt->rtm_type != RTN_UNICAST)
		return WHERE_NOWHERE;
	return attr[RTA_GATEWAY] || attr[RTA_VIA] ? WHERE_ROUTER : WHERE_LINK;
}

static enum where where_is(struct nl_sock *sock, const struct lb_addr *a)
{
	struct nl_msg *m = route_request(a);
	enum where where = WHERE_UNKNOWN;
	unsigned char *block = NULL;
	struct sockaddr_nl from;
	int len;

	if (!m || nl_send_auto(sock, m) < 0) {
		nlmsg_free(m);
		return WHERE_UNKNOWN;
	}
	nlmsg_free(m);
	len = nl_recv(sock, &from, &block, NULL);
	if (len > 0 && nlmsg_ok((struct nlmsghdr *)block, len))
		where = judge((struct nlmsghdr *)block);
	free(block);
	return where;
}

static void check_server(struct lb_conf *c, struct nl_sock *sock,
			 const struct lb_director *d,
			 const struct lb_server *s)
{
	bool gateway = !strcmp(d->mode, "gateway");
	bool arp = s->checked && !strcmp(d->method.name, "arp");
	enum where where = where_is(sock, &s->addr);
	char addr[LB_ADDR_STR];

	lb_addr_format(addr, &s->addr);
	if (where != WHERE_ROUTER && where != WHERE_NOWHERE)
		return;
	if (gateway)
		lb_diag_add(&c->diags, s->pos, LB_WARNING, "'mode tunnel'",
			    "server '%s' %s is not on a directly attached network; 'mode gateway' needs one",
			    s->name, addr);
	else if (where == WHERE_NOWHERE)
		lb_diag_add(&c->diags, s->pos, LB_WARNING, NULL,
			    "there is no route to server '%s' %s", s->name,
			    addr);
	else if (arp)
		lb_diag_add(&c->diags, s->pos, LB_WARNING,
			    "'option icmpcheck' or 'option tcpcheck'",
			    "arpcheck cannot reach server '%s' %s: it is not on a directly attached network",
			    s->name, addr);
}

static void check_iface(struct lb_conf *c, struct lb_pos pos,
			const char *name)
{
	struct if_nameindex *list, *i;
	char hint[64] = "";
	struct lb_guess g;

	if (!name[0] || c->diags.n == LB_DIAG_MAX || if_nametoindex(name))
		return;
	lb_guess_init(&g, name);
	list = if_nameindex();
	for (i = list; i && i->if_name; i++)
		lb_guess_try(&g, i->if_name);
	if (g.best)
		snprintf(hint, sizeof(hint), "did you mean '%s'?", g.best);
	lb_diag_add(&c->diags, pos, LB_WARNING, hint,
		    "there is no interface '%s' here", name);
	if (list)
		if_freenameindex(list);
}

static void check_ifaces(struct lb_conf *c)
{
	const struct lb_model *m = &c->model;
	const struct lb_nat_match *nat;
	const struct lb_director *d;
	const struct lb_cond *cond;
	size_t i, j;

	for (i = 0; i < m->n_directors; i++) {
		d = m->director[i];
		check_iface(c, d->method_pos, d->method.iface);
		check_iface(c, d->opts.pos[LB_K_VIP_IFACE],
			    d->opts.vip_iface);
	}
	for (i = 0; i < m->n_flows; i++) {
		for (j = 0; j < m->flow[i]->n_rules; j++) {
			cond = &m->flow[i]->rule[j].cond;
			check_iface(c, cond->pos[LB_K_C_IFACE], cond->iface);
		}
	}
	for (i = 0; i < m->n_nats; i++) {
		nat = &m->nat[i]->match;
		check_iface(c, nat->pos[LB_K_NAT_IN], nat->in);
		check_iface(c, nat->pos[LB_K_NAT_OUT], nat->out);
	}
}

/**
 * lb_local_check() - warn about what does not fit this machine
 * @c: the parsed text; gets the warnings
 *
 * A machine that does not answer leads to no warning.
 */
void lb_local_check(struct lb_conf *c)
{
	const struct lb_model *m = &c->model;
	struct nl_sock *sock = nl_socket_alloc();
	size_t i, j, asked = 0;

	check_ifaces(c);
	if (sock)
		nl_socket_disable_auto_ack(sock);
	if (sock && !nl_connect(sock, NETLINK_ROUTE)) {
		for (i = 0; i < m->n_directors; i++)
			for (j = 0; j < m->director[i]->n_servers &&
			     asked < ASK_MAX; j++, asked++)
				if (m->director[i]->server[j]->addr.len)
					check_server(c, sock, m->director[i],
						m->director[i]->server[j]);
	}
	if (sock)
		nl_socket_free(sock);
	lb_diags_sort(&c->diags);
}
