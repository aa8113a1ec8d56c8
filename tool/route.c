// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the system how it reaches an address.
 */
#include "route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/**
 * lb_route_open() - make a socket to ask by
 *
 * Return: the socket, to be freed with nl_socket_free(), or NULL.
 */
struct nl_sock *lb_route_open(void)
{
	/* the kernel answers before sending returns */
	struct timeval never = { .tv_sec = 5 };
	struct nl_sock *sock = nl_socket_alloc();

	if (!sock)
		return NULL;
	nl_socket_disable_auto_ack(sock);
	if (nl_connect(sock, NETLINK_ROUTE)) {
		nl_socket_free(sock);
		return NULL;
	}
	(void)setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO,
			 &never, sizeof(never));
	return sock;
}

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

static int read_answer(struct nlmsghdr *h, struct lb_route *r)
{
	struct nlattr *attr[RTA_MAX + 1];
	struct nlmsgerr *e = NLMSG_DATA(h);
	struct rtmsg *rt = NLMSG_DATA(h);

	if (h->nlmsg_type == NLMSG_ERROR)
		return h->nlmsg_len >= NLMSG_LENGTH(sizeof(*e)) && e->error ?
		       e->error : -EBADMSG;
	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*rt), attr, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	r->type = rt->rtm_type;
	if (attr[RTA_OIF] && nla_len(attr[RTA_OIF]) == 4)
		r->ifindex = nla_get_u32(attr[RTA_OIF]);
	read_addr(&r->gateway, attr[RTA_GATEWAY]);
	r->has_gateway = attr[RTA_GATEWAY] || attr[RTA_VIA];
	read_addr(&r->source, attr[RTA_PREFSRC]);
	return 0;
}

/**
 * lb_route_get() - how does this machine reach an address?
 * @sock: from lb_route_open()
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
	unsigned char *block = NULL;
	struct sockaddr_nl from;
	int len, err = -EIO;

	memset(r, 0, sizeof(*r));
	if (!m)
		return -ENOMEM;
	len = nl_send_auto(sock, m);
	nlmsg_free(m);
	if (len < 0)
		return -EIO;
	len = nl_recv(sock, &from, &block, NULL);
	if (len > 0 && nlmsg_ok((struct nlmsghdr *)block, len))
		err = read_answer((struct nlmsghdr *)block, r);
	free(block);
	return err;
}
