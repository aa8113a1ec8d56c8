// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the system how it reaches an address.
 */
#include "route.h"
#include "rtnl.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

static struct nl_msg *request(const struct lb_addr *to, int ifindex)
{
	struct rtmsg rt = {
		.rtm_family = to->len == 4 ? AF_INET : AF_INET6,
		.rtm_dst_len = to->len * 8,
	};
	struct nl_msg *m = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);

	if (!m)
		return NULL;
	if (nlmsg_append(m, &rt, sizeof(rt), NLMSG_ALIGNTO) < 0 ||
	    nla_put(m, RTA_DST, to->len, to->b) < 0 ||
	    (ifindex && nla_put_u32(m, RTA_OIF, ifindex) < 0)) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

static void read_addr(struct lb_addr *a, struct nlattr *attr)
{
	int len = attr ? nla_len(attr) : 0;

	if (len != 4 && len != 16)
		return;
	a->len = len;
	memcpy(a->b, nla_data(attr), len);
}

static void on_route(struct nlmsghdr *h, void *arg)
{
	struct nlattr *attr[RTA_MAX + 1];
	struct rtmsg *rt = NLMSG_DATA(h);
	struct lb_route *r = arg;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*rt), attr, RTA_MAX, NULL) < 0)
		return;
	r->type = rt->rtm_type;
	if (attr[RTA_OIF] && nla_len(attr[RTA_OIF]) == 4)
		r->ifindex = nla_get_u32(attr[RTA_OIF]);
	read_addr(&r->gateway, attr[RTA_GATEWAY]);
	r->has_gateway = attr[RTA_GATEWAY] || attr[RTA_VIA];
	read_addr(&r->source, attr[RTA_PREFSRC]);
}

/**
 * lb_route_get() - how does this machine reach an address?
 * @sock: from lb_rtnl_open()
 * @to: the address
 * @ifindex: only by this interface, 0: by any
 * @r: gets the answer
 *
 * Return: 0, or a negative errno: -ENETUNREACH, -EHOSTUNREACH and the like when
 * there is no route.
 */
int lb_route_get(struct nl_sock *sock, const struct lb_addr *to, int ifindex,
		 struct lb_route *r)
{
	struct nl_msg *m = request(to, ifindex);
	int err;

	memset(r, 0, sizeof(*r));
	if (!m)
		return -ENOMEM;
	err = lb_rtnl_ask(sock, m, on_route, r);
	/* no route is of no type */
	return !err && r->type == RTN_UNSPEC ? -EBADMSG : err;
}
