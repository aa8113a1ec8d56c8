// SPDX-License-Identifier: GPL-2.0
/*
 * Probes that go the way of clients, `check via vip`: to the director's address,
 * by a conn that the module makes before their first packet, to one server.
 */
#include "via.h"
#include "probe.h"
#include "sock.h"
#include "../route.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#define PORTS_TRIED	8

/*
 * As whom?  The server answers to it past the balancer, so it is ours towards
 * the server.  Not the VIP: the system's own choice for an address of this
 * machine, whose answers the server would give to itself.
 */
static bool choose_source(struct lb_probe *p, struct lb_addr *source)
{
	const struct lb_addr *to[] = { &p->spec.behind, &p->spec.addr };
	struct lb_route r;
	size_t i;

	*source = p->spec.source;
	if (source->len)
		return true;
	for (i = 0; i < ARRAY_SIZE(to) && !source->len; i++)
		if (!lb_prober_route(p->prober, to[i], 0, &r) &&
		    r.source.len == p->spec.addr.len &&
		    !lb_addr_equal(&r.source, &p->spec.addr))
			*source = r.source;
	if (!source->len)
		lb_probe_error(p, "no address to check via vip from: add 'check source ADDR'");
	return source->len;
}

/* with its port: the conn has to be there before connect() sends */
static int bind_port(int fd, const struct lb_addr *source, uint16_t *port)
{
	struct sockaddr_storage ss;
	socklen_t len = lb_sock_addr(&ss, source, 0);
	struct lb_addr a;

	if (bind(fd, (struct sockaddr *)&ss, len) ||
	    getsockname(fd, (struct sockaddr *)&ss, &len))
		return -errno;
	lb_sock_addr_read(&a, port, &ss);
	return 0;
}

/* 0: it has its conn, -EEXIST: try another port, else the probe has ended */
static int open_once(struct lb_probe *p, const struct lb_addr *source, int *fd)
{
	uint16_t port;
	int err;

	*fd = socket(p->spec.addr.len == 16 ? AF_INET6 : AF_INET,
		     SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (*fd < 0) {
		err = -errno;
		lb_probe_cannot(p, -err, "cannot make a socket");
		return err;
	}
	err = bind_port(*fd, source, &port);
	if (err && p->spec.source.len)
		lb_probe_source_error(p, -err);
	else if (err)
		lb_probe_cannot(p, -err, "cannot bind");
	else
		err = p->prober->pin(p, source, port, p->prober->arg);
	if (err) {
		close(*fd);
		*fd = -1;
	}
	return err;
}

/**
 * lb_via_open() - make a socket for a probe, and its conn
 * @p: the running probe, with spec.via_vip; ended on failure
 * @fd: gets the socket, bound and non-blocking
 *
 * A port may be taken by a conn whose source is translated to our address.
 *
 * Return: true; false: the probe has ended.
 */
bool lb_via_open(struct lb_probe *p, int *fd)
{
	struct lb_addr source;
	int i, err = -EEXIST;

	if (!choose_source(p, &source))
		return false;
	if (!p->prober->pin) {
		lb_probe_error(p, "via vip: without the module there is no way");
		return false;
	}
	for (i = 0; i < PORTS_TRIED && err == -EEXIST; i++)
		err = open_once(p, &source, fd);
	if (err == -EEXIST)
		lb_probe_error(p, "via vip: no port that no conn has");
	return !err;
}
