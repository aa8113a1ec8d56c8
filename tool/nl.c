// SPDX-License-Identifier: GPL-2.0
/*
 * The only file that talks to the module.
 *
 * Requests are sent one by one (call, dump) or, inside a transaction, many in
 * one piece (queue, flush): a hundred thousand system calls would take longer
 * than the module's work.  Answers are read by our own loop and not by
 * libnl's callbacks, because libnl 3.7 drops the kernel's extended reason.
 */
#include "nl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/l4lb.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* what is collected before it is sent; well below the socket's buffer */
#define BATCH_MAX	(96 * 1024)
/* one dump message of the kernel is never larger */
#define RECV_MAX	(64 * 1024)
#define SOCK_BUF	(4 * 1024 * 1024)
/* the kernel answers before sending returns; a large commit takes seconds */
#define ANSWER_S	120

/* libnl has its own error numbers */
static int to_errno(int nlerr)
{
	switch (-nlerr) {
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOBUFS;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_INTR:
		return -EINTR;
	default:
		return -EIO;
	}
}

static void set_option(int fd, int level, int name, int value)
{
	/* old kernels lack some: their reasons are then merely shorter */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

/* an answer lost for whatever reason must not become a hang; 0: for ever */
static void set_timeout(int fd, time_t seconds)
{
	struct timeval t = { .tv_sec = seconds };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

/* many errors are one "unspecific failure" to libnl: errno still knows more */
static int libnl_failed(struct lb_nl *nl, int nlerr)
{
	int err = errno;

	lb_buf_reset(&nl->why);
	if (nlerr == -NLE_FAILURE && err)
		return -err;
	lb_buf_puts(&nl->why, nl_geterror(nlerr));
	return to_errno(nlerr);
}

/**
 * lb_nl_open() - connect to the module
 * @nl: gets the connection; to be closed with lb_nl_close() even on failure
 *
 * Resolving the family makes the kernel load the module where it can.
 *
 * Return: 0, -ENOENT when there is no module, or another negative errno.
 */
int lb_nl_open(struct lb_nl *nl)
{
	int err, fd;

	memset(nl, 0, sizeof(*nl));
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return -ENOMEM;
	err = genl_connect(nl->sock);
	if (err < 0)
		return libnl_failed(nl, err);
	nl->family = genl_ctrl_resolve(nl->sock, LB_GENL_NAME);
	if (nl->family < 0)
		return libnl_failed(nl, nl->family);
	nl_socket_set_msg_buf_size(nl->sock, RECV_MAX);
	fd = nl_socket_get_fd(nl->sock);
	set_option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
	/*
	 * libnl asks for 32 KiB, which a batch does not fit into.  FORCE needs
	 * the privilege that changing anything needs anyway.
	 */
	set_option(fd, SOL_SOCKET, SO_SNDBUF, SOCK_BUF);
	set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, SOCK_BUF);
	set_option(fd, SOL_SOCKET, SO_RCVBUF, SOCK_BUF);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCK_BUF);
	set_timeout(fd, ANSWER_S);
	nl->seq = 1;
	return 0;
}

/**
 * lb_nl_limit() - do not wait long for answers
 * @nl: the connection
 * @seconds: how long; then calls return -EAGAIN, and a late answer is dropped
 */
void lb_nl_limit(struct lb_nl *nl, unsigned int seconds)
{
	set_timeout(nl_socket_get_fd(nl->sock), seconds);
}

/**
 * lb_nl_close() - close the connection; a staged transaction is dropped
 * @nl: the connection
 */
void lb_nl_close(struct lb_nl *nl)
{
	if (nl->sock)
		nl_socket_free(nl->sock);
	lb_buf_free(&nl->why);
	lb_buf_free(&nl->batch);
	memset(nl, 0, sizeof(*nl));
}

static enum lb_exit exit_code(int err)
{
	switch (-err) {
	case ESTALE:
	case EBUSY:
		return LB_EXIT_LOCKED;
	case ENOENT:
		return LB_EXIT_NO_OBJECT;
	case EEXIST:
		return LB_EXIT_EXISTS;
	case EINVAL:
	case ERANGE:
		return LB_EXIT_VALUE;
	default:
		return LB_EXIT_KERNEL;
	}
}

/* when the kernel gave none */
static const char *reason(int err)
{
	switch (-err) {
	case ENOENT:
		return "no such director or server";
	case EBADMSG:
		return "the module's answer cannot be read: is lbctl older than the module?";
	default:
		return strerror(-err);
	}
}

/**
 * lb_nl_fail() - say why the kernel refused
 * @nl: the connection
 * @err: what a function of this file returned
 * @doing: what was tried, as printf
 *
 * Return: the exit code.
 */
int lb_nl_fail(struct lb_nl *nl, int err, const char *doing, ...)
{
	struct lb_buf what = { 0 };
	enum lb_exit code;
	va_list ap;

	if (!nl->family || nl->family < 0) {
		if (err == -ENOENT)
			return lb_fail(LB_EXIT_KERNEL,
				       "the l4lb module is not loaded: run 'modprobe l4lb'");
		return lb_fail(LB_EXIT_KERNEL, "cannot reach the kernel: %s",
			       nl->why.len ? lb_buf_str(&nl->why) :
					     strerror(-err));
	}
	if (err == -EPERM || err == -EACCES)
		return lb_fail(LB_EXIT_KERNEL,
			       "permission denied: needs CAP_NET_ADMIN (run as root)");
	va_start(ap, doing);
	lb_buf_vprintf(&what, doing, ap);
	va_end(ap);
	code = exit_code(err);
	if (!nl->why.len)
		lb_buf_puts(&nl->why, reason(err));
	lb_fail(code, "%s: %s", lb_buf_str(&what), lb_buf_str(&nl->why));
	lb_buf_free(&what);
	return code;
}

/**
 * lb_nl_connect() - lb_nl_open() for commands that need the module
 * @nl: gets the connection, closed already on failure
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_nl_connect(struct lb_nl *nl)
{
	int err = lb_nl_open(nl);
	int code;

	if (!err)
		return 0;
	code = lb_nl_fail(nl, err, "cannot connect");
	lb_nl_close(nl);
	return code;
}

/**
 * lb_nl_msg() - begin a request
 * @cmd: its command
 *
 * Return: the message, never NULL, owned by the caller until it is given to
 * lb_nl_call(), lb_nl_dump() or lb_nl_queue().
 */
struct nl_msg *lb_nl_msg(uint8_t cmd)
{
	/* the largest object is below 1.5 KiB: two strings of 255, names */
	return lb_nl_msg_sized(cmd, 3072);
}

/**
 * lb_nl_msg_sized() - begin a request of many objects
 * @cmd: its command
 * @size: bytes, with all headers
 *
 * Return: the message, as lb_nl_msg().
 */
struct nl_msg *lb_nl_msg_sized(uint8_t cmd, size_t size)
{
	struct nl_msg *m = nlmsg_alloc_size(size);

	if (!m || !genlmsg_put(m, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0,
			       NLM_F_REQUEST, cmd, LB_GENL_VERSION)) {
		fputs("lbctl: out of memory\n", stderr);
		exit(LB_EXIT_USAGE);
	}
	return m;
}

static void address(struct lb_nl *nl, struct nl_msg *m, uint16_t flags)
{
	struct nlmsghdr *h = nlmsg_hdr(m);

	h->nlmsg_type = nl->family;
	h->nlmsg_flags |= flags;
	h->nlmsg_seq = ++nl->seq;
	h->nlmsg_pid = nl_socket_get_local_port(nl->sock);
}

/* the kernel's line of reason, when @h carries one behind @skip bytes */
static void read_reason(struct lb_nl *nl, struct nlmsghdr *h, size_t skip)
{
	size_t len = h->nlmsg_len - NLMSG_HDRLEN;
	struct nlattr *a;
	int rest;

	lb_buf_reset(&nl->why);
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS) || len <= skip)
		return;
	nla_for_each_attr(a, (struct nlattr *)((char *)NLMSG_DATA(h) + skip),
			  (int)(len - skip), rest)
		if (nla_type(a) == NLMSGERR_ATTR_MSG && nla_len(a) > 0)
			lb_buf_add(&nl->why, nla_data(a),
				   strnlen(nla_data(a), nla_len(a)));
}

static int read_error(struct lb_nl *nl, struct nlmsghdr *h)
{
	struct nlmsgerr *e = NLMSG_DATA(h);
	size_t skip = sizeof(*e);

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
		return -EBADMSG;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (e->error)
		read_reason(nl, h, skip);
	return e->error > 0 ? -EBADMSG : e->error;
}

static int read_done(struct lb_nl *nl, struct nlmsghdr *h)
{
	int err;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(err)))
		return 0;
	memcpy(&err, NLMSG_DATA(h), sizeof(err));
	if (err < 0)
		read_reason(nl, h, sizeof(err));
	return err < 0 ? err : 0;
}

/* who follows events follows the coming and going of families, too */
static int read_family(struct lb_nl *nl, struct nlmsghdr *h)
{
	struct nlattr *attr[CTRL_ATTR_MAX + 1], *id;
	struct genlmsghdr *g = NLMSG_DATA(h);

	if (h->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
	    genlmsg_parse(h, 0, attr, CTRL_ATTR_MAX, NULL) < 0)
		return -EBADMSG;
	id = attr[CTRL_ATTR_FAMILY_ID];
	if (g->cmd != CTRL_CMD_DELFAMILY || !id ||
	    nla_len(id) != sizeof(uint16_t) || nla_get_u16(id) != nl->family)
		return 0;
	lb_buf_reset(&nl->why);
	lb_buf_puts(&nl->why, "the l4lb module was removed");
	return -ENODEV;
}

static int read_answer(struct lb_nl *nl, struct nlmsghdr *h, lb_nl_fn fn,
		       void *arg)
{
	struct nlattr *attr[LB_A_MAX + 1];

	if (h->nlmsg_type == GENL_ID_CTRL)
		return read_family(nl, h);

	if (h->nlmsg_type != nl->family ||
	    h->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return -EBADMSG;
	if (genlmsg_parse(h, 0, attr, LB_A_MAX, NULL) < 0)
		return -EBADMSG;
	if (!fn)
		return 0;
	return fn(((struct genlmsghdr *)NLMSG_DATA(h))->cmd, attr, arg);
}

/** struct wait - what the read loop waits for */
struct wait {
	/** @first: answers to older requests are leftovers */
	uint32_t first;
	/** @last: the request whose acknowledgement ends the wait */
	uint32_t last;
	/** @fn: is given the answers, or NULL */
	lb_nl_fn fn;
	/** @arg: for @fn */
	void *arg;
	/** @interrupted: the dump is not one consistent picture */
	bool interrupted;
	/** @lost: the socket overflowed, some answers are lost */
	bool lost;
};

/* one message; 1: the wait is over, 0: go on, or a negative errno */
static int read_message(struct lb_nl *nl, struct nlmsghdr *h, struct wait *w)
{
	int err;

	if (h->nlmsg_seq < w->first || h->nlmsg_seq > w->last)
		return 0;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		w->interrupted = true;
	switch (h->nlmsg_type) {
	case NLMSG_ERROR:
		err = read_error(nl, h);
		if (err)
			nl->failed = h->nlmsg_seq;
		break;
	case NLMSG_DONE:
		err = read_done(nl, h);
		break;
	case NLMSG_NOOP:
		return 0;
	default:
		return read_answer(nl, h, w->fn, w->arg);
	}
	if (err)
		return err;
	return h->nlmsg_seq == w->last;
}

static int read_block(struct lb_nl *nl, unsigned char *block, int len,
		      struct wait *w)
{
	struct nlmsghdr *h = (struct nlmsghdr *)block;
	int ret;

	for (; nlmsg_ok(h, len); h = nlmsg_next(h, &len)) {
		ret = read_message(nl, h, w);
		if (ret)
			return ret;
	}
	return 0;
}

/* read until the last request is acknowledged or one is refused */
static int wait_for(struct lb_nl *nl, struct wait *w)
{
	struct sockaddr_nl from;
	unsigned char *block;
	int len, ret = 0;

	lb_buf_reset(&nl->why);
	while (!ret) {
		block = NULL;
		len = nl_recv(nl->sock, &from, &block, NULL);
		/* an overflow drops the newest, the first refusal is there */
		if (len == -NLE_NOMEM && !w->lost) {
			w->lost = true;
			continue;
		}
		if (len <= 0) {
			free(block);
			return len ? libnl_failed(nl, len) : -ETIMEDOUT;
		}
		if (!from.nl_pid)
			ret = read_block(nl, block, len, w);
		free(block);
	}
	return ret < 0 ? ret : 0;
}

static int send_all(struct lb_nl *nl, void *data, size_t len)
{
	int ret = nl_sendto(nl->sock, data, len);

	return ret < 0 ? libnl_failed(nl, ret) : 0;
}

/**
 * lb_nl_call() - send one request and wait until it is done
 * @nl: the connection
 * @m: the request, consumed
 * @fn: is given the answers, or NULL
 * @arg: for @fn
 *
 * Return: 0 or a negative errno; @nl->why then holds the kernel's reason.
 */
int lb_nl_call(struct lb_nl *nl, struct nl_msg *m, lb_nl_fn fn, void *arg)
{
	struct wait w = { .fn = fn, .arg = arg };
	int err;

	address(nl, m, NLM_F_ACK);
	w.first = w.last = nl->seq;
	err = send_all(nl, nlmsg_hdr(m), nlmsg_hdr(m)->nlmsg_len);
	nlmsg_free(m);
	return err ? err : wait_for(nl, &w);
}

/**
 * lb_nl_dump() - ask for all objects of a kind
 * @nl: the connection
 * @m: the request, consumed
 * @fn: is given the objects
 * @arg: for @fn
 *
 * Return: 0, -EINTR when the objects changed meanwhile and the caller has to
 * begin again, or another negative errno.
 */
int lb_nl_dump(struct lb_nl *nl, struct nl_msg *m, lb_nl_fn fn, void *arg)
{
	struct wait w = { .fn = fn, .arg = arg };
	int err;

	address(nl, m, NLM_F_DUMP);
	w.first = w.last = nl->seq;
	err = send_all(nl, nlmsg_hdr(m), nlmsg_hdr(m)->nlmsg_len);
	nlmsg_free(m);
	if (!err)
		err = wait_for(nl, &w);
	if (!err && w.lost)
		return -ENOBUFS;
	return err ? err : w.interrupted ? -EINTR : 0;
}

/**
 * lb_nl_flush() - send what is queued and wait until it is done
 * @nl: the connection
 *
 * Only the last request asks for an acknowledgement: the kernel works through
 * them in order and answers refusals at once, so the first answer tells all.
 *
 * Return: 0 or a negative errno; then @nl->failed tells which was refused.
 */
int lb_nl_flush(struct lb_nl *nl)
{
	struct wait w = { .first = nl->batch_first, .last = nl->seq };
	struct nlmsghdr *last;
	int err;

	if (!nl->batch.len)
		return 0;
	last = (struct nlmsghdr *)(nl->batch.p + nl->batch_last);
	last->nlmsg_flags |= NLM_F_ACK;
	err = send_all(nl, nl->batch.p, nl->batch.len);
	lb_buf_reset(&nl->batch);
	return err ? err : wait_for(nl, &w);
}

/**
 * lb_nl_queue() - add a request to those sent together
 * @nl: the connection
 * @m: the request, consumed
 * @seq: gets its sequence number, to be compared with @nl->failed
 *
 * Return: 0 or a negative errno, perhaps because of an earlier request.
 */
int lb_nl_queue(struct lb_nl *nl, struct nl_msg *m, uint32_t *seq)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int err = 0;

	if (nl->batch.len + NLMSG_ALIGN(h->nlmsg_len) > BATCH_MAX)
		err = lb_nl_flush(nl);
	if (!err) {
		address(nl, m, 0);
		*seq = nl->seq;
		if (!nl->batch.len)
			nl->batch_first = nl->seq;
		nl->batch_last = nl->batch.len;
		lb_buf_add(&nl->batch, h, NLMSG_ALIGN(h->nlmsg_len));
	}
	nlmsg_free(m);
	return err;
}

/*
 * Without the first, a socket would listen for ever to a module that is gone.
 * Both are resolved before one is joined: libnl takes what a group tells for an
 * answer out of order.
 */
static int join_groups(struct lb_nl *nl)
{
	int notify = genl_ctrl_resolve_grp(nl->sock, "nlctrl", "notify");
	int events = genl_ctrl_resolve_grp(nl->sock, LB_GENL_NAME,
					   LB_MCGRP_EVENTS);
	int err = notify < 0 ? notify : events;

	if (err >= 0)
		err = nl_socket_add_memberships(nl->sock, notify, events,
						0);
	return err < 0 ? libnl_failed(nl, err) : 0;
}

/**
 * lb_nl_follow() - be told the module's events from now on
 * @nl: the connection, only for lb_nl_events() afterwards
 *
 * Return: the socket, to wait for events with; or a negative errno.
 */
int lb_nl_follow(struct lb_nl *nl)
{
	int err = join_groups(nl);

	if (err)
		return err;
	err = nl_socket_set_nonblocking(nl->sock);
	return err < 0 ? libnl_failed(nl, err) : nl_socket_get_fd(nl->sock);
}

/**
 * lb_nl_events() - read what there is, without waiting
 * @nl: the connection, after lb_nl_follow()
 * @fn: is given the events
 * @arg: for @fn
 *
 * Return: 0, -ENOBUFS: events were lost, or another negative errno.
 */
int lb_nl_events(struct lb_nl *nl, lb_nl_fn fn, void *arg)
{
	struct wait w = { .last = UINT32_MAX, .fn = fn, .arg = arg };
	int err;

	/* an overflow is told at once, and not taken for a slow answer */
	w.lost = true;
	err = wait_for(nl, &w);
	return err == -EAGAIN ? 0 : err;
}

/**
 * lb_nl_listen() - follow the module's events
 * @nl: the connection, of no other use afterwards
 * @fn: is given the events until it returns something else than 0
 * @arg: for @fn
 *
 * Return: what @fn returned, or a negative errno; -ENOBUFS: events were lost.
 */
int lb_nl_listen(struct lb_nl *nl, lb_nl_fn fn, void *arg)
{
	struct wait w = { .last = UINT32_MAX, .fn = fn, .arg = arg };
	int err = join_groups(nl);

	if (err)
		return err;
	set_timeout(nl_socket_get_fd(nl->sock), 0);
	/* wait_for() forgives one overflow; an event lost must be told */
	w.lost = true;
	return wait_for(nl, &w);
}
