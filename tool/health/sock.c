// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of probes: made, and bound to the source of the check.
 */
#include "sock.h"
#include "probe.h"
#include "reason.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* since Linux 4.2; the port is chosen by connect(), which knows the server */
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/**
 * lb_sock_addr() - an address as the system wants it
 * @ss: gets it
 * @a: the address; none: any address of IPv4
 * @port: host byte order
 *
 * Return: its length.
 */
socklen_t lb_sock_addr(struct sockaddr_storage *ss, const struct lb_addr *a,
		       uint16_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (a->len == 16) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		memcpy(&in6->sin6_addr, a->b, 16);
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	memcpy(&in->sin_addr, a->b, 4);
	return sizeof(*in);
}

/**
 * lb_sock_addr_read() - an address as we want it
 * @a: gets it; none when it is of neither family
 * @port: gets the port, host byte order; or NULL
 * @ss: from the system
 */
void lb_sock_addr_read(struct lb_addr *a, uint16_t *port,
		       const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

	memset(a, 0, sizeof(*a));
	if (ss->ss_family == AF_INET6) {
		a->len = 16;
		memcpy(a->b, &in6->sin6_addr, 16);
	} else if (ss->ss_family == AF_INET) {
		a->len = 4;
		memcpy(a->b, &in->sin_addr, 4);
	}
	/* the port is at the same place in both */
	if (port)
		*port = ntohs(in->sin_port);
}

/* send from one address, and any port */
static int bind_source(int fd, const struct lb_addr *source)
{
	struct sockaddr_storage ss;
	socklen_t len = lb_sock_addr(&ss, source, 0);
	int on = 1;

	/* no port is taken before connect(): the same one serves many servers */
	(void)setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	return bind(fd, (struct sockaddr *)&ss, len) ? -errno : 0;
}

/**
 * lb_probe_source_error() - the source of a check cannot be used
 * @p: the running probe
 * @err: errno
 */
void lb_probe_source_error(struct lb_probe *p, int err)
{
	char source[LB_ADDR_STR];
	struct lb_buf b = { 0 };

	lb_addr_format(source, &p->spec.source);
	lb_reason_errno(&b, err);
	lb_probe_error(p, "cannot use source %s: %s", source, lb_buf_str(&b));
	lb_buf_free(&b);
}

/**
 * lb_sock_open() - make a socket for a probe, bound to its source
 * @p: the running probe; ended on failure
 * @type: SOCK_STREAM, SOCK_RAW...
 * @protocol: IPPROTO_
 * @fd: gets the socket, non-blocking
 *
 * Return: true; false: the probe has ended.
 */
bool lb_sock_open(struct lb_probe *p, int type, int protocol, int *fd)
{
	int family = p->spec.addr.len == 16 ? AF_INET6 : AF_INET;
	int err;

	if (p->spec.source.len && p->spec.source.len != p->spec.addr.len) {
		lb_probe_source_error(p, EAFNOSUPPORT);
		return false;
	}
	*fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (*fd < 0) {
		lb_probe_cannot(p, errno, "cannot make a socket");
		return false;
	}
	err = p->spec.source.len ? bind_source(*fd, &p->spec.source) : 0;
	if (err) {
		close(*fd);
		*fd = -1;
		lb_probe_source_error(p, -err);
		return false;
	}
	return true;
}

static void set_buffer(int fd, int usual, int force, int bytes)
{
	/* FORCE is not to be had in a user namespace */
	(void)setsockopt(fd, SOL_SOCKET, usual, &bytes, sizeof(bytes));
	(void)setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes));
}

/**
 * lb_sock_buffers() - room for what many servers are asked and answer at once
 * @fd: the socket
 * @send: bytes to send; 0: as it is
 * @receive: bytes to receive
 */
void lb_sock_buffers(int fd, int send, int receive)
{
	if (send)
		set_buffer(fd, SO_SNDBUF, SO_SNDBUFFORCE, send);
	set_buffer(fd, SO_RCVBUF, SO_RCVBUFFORCE, receive);
}
