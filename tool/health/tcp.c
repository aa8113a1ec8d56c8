// SPDX-License-Identifier: GPL-2.0
/*
 * Connections to servers: a probe of its own, and the first half of http.
 *
 * A connection is closed with RST: thousands a second would else keep as many
 * ports in TIME_WAIT.
 */
#include "connect.h"
#include "probe.h"
#include "sock.h"
#include "via.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

/*
 * The port of a server that is this machine may be one that connect() takes for
 * our own end: then the connection is one with ourselves.
 */
static bool is_own(const struct lb_probe *p, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct lb_addr a;
	uint16_t port;

	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return false;
	lb_sock_addr_read(&a, &port, &ss);
	return port == p->spec.port && lb_addr_equal(&a, &p->spec.addr);
}

/* the second half of connect() */
static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	void (*connected)(struct lb_probe *p);
	struct lb_probe *p = arg;
	socklen_t len = sizeof(int);
	int err = 0;

	(void)what;
	connected = p->stream.connected;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		err = errno;
	if (!err && is_own(p, fd))
		err = ECONNREFUSED;
	if (!err) {
		connected(p);
		return;
	}
	lb_connect_stop(p);
	lb_probe_errno(p, err, "cannot connect");
}

/*
 * Closed with RST; and an ICMP error wakes us, even one that comes while
 * connect() is still sending: SO_ERROR then tells it.
 */
static void set_options(int fd, bool v6)
{
	struct linger now = { .l_onoff = 1 };
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	(void)setsockopt(fd, v6 ? SOL_IPV6 : SOL_IP,
			 v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof(on));
}

/**
 * lb_connect_start() - begin a connection to the server
 * @p: the running probe; is ended when the connection fails
 * @connected: is called when it stands; the socket is then in p->stream.fd
 */
void lb_connect_start(struct lb_probe *p, void (*connected)(struct lb_probe *p))
{
	struct sockaddr_storage ss;
	socklen_t len;
	int err;

	p->stream.fd = -1;
	if (!p->spec.port) {
		lb_probe_error(p, "no port to check");
		return;
	}
	if (p->spec.via_vip ? !lb_via_open(p, &p->stream.fd) :
	    !lb_sock_open(p, SOCK_STREAM, IPPROTO_TCP, &p->stream.fd))
		return;
	set_options(p->stream.fd, p->spec.addr.len == 16);
	len = lb_sock_addr(&ss, &p->spec.addr, p->spec.port);
	p->stream.connected = connected;
	event_assign(&p->stream.ev, p->prober->base, p->stream.fd, EV_WRITE,
		     on_writable, p);
	/* one that stands at once is as writable as one that does so later */
	if ((connect(p->stream.fd, (struct sockaddr *)&ss, len) &&
	     errno != EINPROGRESS) || event_add(&p->stream.ev, NULL)) {
		err = errno;
		close(p->stream.fd);
		/* clients need no route from here to the VIP, only we do */
		if (p->spec.via_vip)
			lb_probe_cannot(p, err, "via vip: cannot connect");
		else
			lb_probe_refused(p, err, "cannot connect");
	}
}

/**
 * lb_connect_stop() - close the connection, or give up making it
 * @p: the probe
 */
void lb_connect_stop(struct lb_probe *p)
{
	event_del(&p->stream.ev);
	if (p->stream.fd >= 0)
		close(p->stream.fd);
	p->stream.fd = -1;
}

/**
 * lb_connect_look() - go on with a connection that stands by now, or has failed
 * @p: the running probe, whose connection was not told yet
 */
void lb_connect_look(struct lb_probe *p)
{
	struct pollfd fd = { .fd = p->stream.fd, .events = POLLOUT };

	if (p->stream.fd >= 0 && poll(&fd, 1, 0) > 0)
		on_writable(fd.fd, EV_WRITE, p);
}

static void connected(struct lb_probe *p)
{
	lb_connect_stop(p);
	lb_probe_pass(p, "connected");
}

static void start(struct lb_probe *p)
{
	lb_connect_start(p, connected);
}

/* all is each probe's own */
static void tcp_exit(struct lb_prober *pr)
{
	(void)pr;
}

const struct lb_method_ops lb_tcp_ops = {
	.start = start,
	.stop = lb_connect_stop,
	.look = lb_connect_look,
	.exit = tcp_exit,
};
