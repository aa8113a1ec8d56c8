// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour solicitations and advertisements, RFC 4861.
 */
#include "neigh.h"
#include "sock.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* whoever is not on the link cannot send one that arrives with it */
#define HOP_LIMIT	255

/** struct solicit - a neighbour solicitation with our link-layer address */
struct solicit {
	/** @head: who is asked for */
	struct nd_neighbor_solicit head;
	/** @opt: what follows */
	struct nd_opt_hdr opt;
	/** @mac: of our interface */
	uint8_t mac[ETH_ALEN];
};

/* room for the interface and the hop limit */
union control {
	struct cmsghdr align;
	uint8_t b[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
		  CMSG_SPACE(sizeof(int))];
};

static void on_advert(struct lb_neigh *n, struct msghdr *m,
		      const struct nd_neighbor_advert *na)
{
	struct lb_addr who = { .len = 16 };
	struct in6_pktinfo info = { 0 };
	struct cmsghdr *c;
	int hops = 0;

	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_IPV6)
			continue;
		if (c->cmsg_type == IPV6_PKTINFO)
			memcpy(&info, CMSG_DATA(c), sizeof(info));
		else if (c->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	}
	if (hops != HOP_LIMIT || na->nd_na_type != ND_NEIGHBOR_ADVERT ||
	    na->nd_na_code)
		return;
	memcpy(who.b, &na->nd_na_target, 16);
	lb_neigh_answer(n, &who, info.ipi6_ifindex);
}

/**
 * lb_nd_read() - read the answers that are there
 * @n: what all probes share, with its socket
 */
void lb_nd_read(struct lb_neigh *n)
{
	struct nd_neighbor_advert na;
	union control control;
	struct iovec iov = { &na, sizeof(na) };
	struct msghdr m;
	ssize_t len;
	int i;

	for (i = 0; i < LB_NEIGH_READ; i++) {
		memset(&m, 0, sizeof(m));
		m.msg_iov = &iov;
		m.msg_iovlen = 1;
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		len = recvmsg(n->nd, &m, 0);
		if (len < 0)
			return;
		if (len < (ssize_t)sizeof(na))
			continue;
		on_advert(n, &m, &na);
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	lb_nd_read(arg);
}

static int open_nd(struct lb_neigh *n, struct event_base *base)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			IPPROTO_ICMPV6);
	int on = 1, off = 0, hops = HOP_LIMIT;
	struct icmp6_filter types;

	if (fd < 0)
		return -errno;
	ICMP6_FILTER_SETBLOCKALL(&types);
	ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &types);
	if (setsockopt(fd, SOL_ICMPV6, ICMP6_FILTER, &types, sizeof(types)) ||
	    setsockopt(fd, SOL_IPV6, IPV6_MULTICAST_HOPS, &hops,
		       sizeof(hops)) ||
	    setsockopt(fd, SOL_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off)) ||
	    setsockopt(fd, SOL_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on))) {
		on = -errno;
		close(fd);
		return on;
	}
	lb_sock_buffers(fd, 0, 8 << 20);
	n->nd = fd;
	event_assign(&n->nd_ev, base, fd, EV_READ | EV_PERSIST, on_readable,
		     n);
	event_add(&n->nd_ev, NULL);
	return 0;
}

/* every address listens to the group of its last three bytes */
static void group_of(struct sockaddr_in6 *to, const struct lb_addr *a,
		     int ifindex)
{
	static const uint8_t prefix[13] = {
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff
	};

	memset(to, 0, sizeof(*to));
	to->sin6_family = AF_INET6;
	to->sin6_scope_id = ifindex;
	memcpy(&to->sin6_addr, prefix, sizeof(prefix));
	memcpy(to->sin6_addr.s6_addr + 13, a->b + 13, 3);
}

static void add_source(struct msghdr *m, union control *control,
		       const struct lb_probe *p)
{
	struct in6_pktinfo info = { .ipi6_ifindex = p->ask.ifindex };
	struct cmsghdr *c;

	memcpy(&info.ipi6_addr, p->spec.source.b, 16);
	memset(control, 0, sizeof(*control));
	m->msg_control = control;
	m->msg_controllen = CMSG_SPACE(sizeof(info));
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = SOL_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

/**
 * lb_nd_send() - ask for the server of a probe
 * @n: what all probes share
 * @p: the probe; its p->ask.ifindex is where
 * @mac: link-layer address of that interface
 *
 * Return: 0 or a negative errno.
 */
int lb_nd_send(struct lb_neigh *n, struct lb_probe *p,
	       const uint8_t mac[ETH_ALEN])
{
	struct solicit s = {
		.head.nd_ns_type = ND_NEIGHBOR_SOLICIT,
		.opt = { ND_OPT_SOURCE_LINKADDR, 1 },
	};
	struct iovec iov = { &s, sizeof(s) };
	struct sockaddr_in6 to;
	struct msghdr m = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	union control control;
	int err;

	err = n->nd < 0 ? open_nd(n, p->prober->base) : 0;
	if (err)
		return err;
	group_of(&to, &p->spec.addr, p->ask.ifindex);
	memcpy(&s.head.nd_ns_target, p->spec.addr.b, 16);
	memcpy(s.mac, mac, ETH_ALEN);
	if (p->spec.source.len)
		add_source(&m, &control, p);
	return sendmsg(n->nd, &m, 0) < 0 ? -errno : 0;
}

/**
 * lb_nd_exit() - close the socket
 * @n: what all probes share
 */
void lb_nd_exit(struct lb_neigh *n)
{
	if (n->nd < 0)
		return;
	event_del(&n->nd_ev);
	close(n->nd);
}
