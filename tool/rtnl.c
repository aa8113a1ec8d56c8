// SPDX-License-Identifier: GPL-2.0
/*
 * Sends requests to rtnetlink and hears the answers out.
 */
#include "rtnl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/** struct answer - an answer being read */
struct answer {
	/** @seq: number of the request */
	uint32_t seq;
	/** @fn: who wants it, or NULL */
	lb_rtnl_fn fn;
	/** @arg: for @fn */
	void *arg;
	/** @torn: the kernel's list changed while it was read out */
	bool torn;
};

/**
 * lb_rtnl_open() - make a socket to ask by
 *
 * Return: the socket, to be freed with nl_socket_free(), or NULL.
 */
struct nl_sock *lb_rtnl_open(void)
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

/* both kinds of end carry it first: NLMSG_ERROR, and NLMSG_DONE of a dump */
static int error_of(struct nlmsghdr *h)
{
	int err;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(err)))
		return h->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&err, NLMSG_DATA(h), sizeof(err));
	return err;
}

/* Return: -EINPROGRESS: there is more to come; else how it ended. */
static int on_message(struct answer *a, struct nlmsghdr *h)
{
	/* of a request that was given up */
	if (h->nlmsg_seq != a->seq)
		return -EINPROGRESS;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		a->torn = true;
	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE)
		return error_of(h);
	if (a->fn)
		a->fn(h, a->arg);
	return h->nlmsg_flags & NLM_F_MULTI ? -EINPROGRESS : 0;
}

static int read_block(struct nl_sock *sock, struct answer *a)
{
	unsigned char *block = NULL;
	struct sockaddr_nl from;
	int len, err = -EINPROGRESS;
	struct nlmsghdr *h;

	len = nl_recv(sock, &from, &block, NULL);
	if (len <= 0)
		return -EIO;
	/* anybody may write to us; the kernel is 0 */
	for (h = (void *)block; !from.nl_pid && err == -EINPROGRESS &&
	     nlmsg_ok(h, len); h = nlmsg_next(h, &len))
		err = on_message(a, h);
	free(block);
	return err;
}

/**
 * lb_rtnl_ask() - send a request and hear its answer out
 * @sock: from lb_rtnl_open()
 * @m: the request, freed: one that gets a single message, an acknowledgement
 *	(NLM_F_ACK), or a list (NLM_F_DUMP)
 * @fn: is given each message but the end of the answer, or NULL
 * @arg: for @fn
 *
 * Return: 0, or a negative errno: the kernel's, -EIO when there was no answer,
 * -EINTR for a list that changed while it was read, and has to be asked for
 * again.
 */
int lb_rtnl_ask(struct nl_sock *sock, struct nl_msg *m, lb_rtnl_fn fn,
		void *arg)
{
	struct answer a = { .fn = fn, .arg = arg };
	int err = nl_send_auto(sock, m) < 0 ? -EIO : -EINPROGRESS;

	a.seq = nlmsg_hdr(m)->nlmsg_seq;
	nlmsg_free(m);
	while (err == -EINPROGRESS)
		err = read_block(sock, &a);
	return !err && a.torn ? -EINTR : err;
}
