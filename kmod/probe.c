// SPDX-License-Identifier: GPL-2.0
/*
 * Owns conns for `check via vip`: made before their first packet, from a
 * process here to one server, which they reach in its director's mode.  So
 * what a client would not get, a check does not get either: a server without
 * the VIP on lo, a missing tunnel device.
 *
 * They differ from other conns in this:
 *  - A server that is down has them, too, or it would stay down.
 *  - No scheduler and no limit hears of them, and no nat rule translates them.
 *  - Answers of a server that has the VIP are found by their tuple and sent
 *    through lo with a route attached, as nat's are (local.c).  The stack would
 *    take them for forged, where the VIP is an address of this machine.
 */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <net/dst.h>
#include "conn.h"
#include "director.h"
#include "probe.h"
#include "server.h"
#include "xmit.h"

/**
 * struct probe_mode - a mode, as conns for checks have it
 */
struct probe_mode {
	/** @ops: what these conns have as theirs */
	struct lb_xmit_ops ops;
	/** @base: the mode itself */
	const struct lb_xmit_ops *base;
};

static struct probe_mode probe_modes[8] __ro_after_init;

/* @pkt: an answer from the VIP to a process here. */
static enum lb_verdict probe_reply(struct lb_pkt *pkt)
{
	union nf_inet_addr client = {}, vip = {};
	struct lb_hop hop = { .nexthop = &client, .family = pkt->family };
	struct dst_entry *dst;
	enum lb_verdict v;

	if (pkt->family == AF_INET) {
		client.ip = pkt->k4.daddr;
		vip.ip = pkt->k4.saddr;
	} else {
		client.in6 = pkt->k6.daddr;
		vip.in6 = pkt->k6.saddr;
	}
	dst = lb_route_lookup(pkt->ln->net, pkt, &client, &vip, pkt->family);
	if (!dst)
		return lb_drop(pkt, LB_C_DROP_NO_ROUTE);
	/* The address has left this machine. */
	if (!lb_xmit_is_local(dst, pkt->family)) {
		dst_release(dst);
		return lb_pass(pkt, LB_C_PASS_NO_DIRECTOR);
	}
	pkt->keeps_ttl = true;
	hop.dst = dst;
	v = lb_xmit_check(pkt, dst);
	/* No header is written, but lo's goes where the one that came is. */
	if (v == LB_CONTINUE &&
	    skb_cow_head(pkt->skb, LL_RESERVED_SPACE(dst->dev)))
		v = lb_drop(pkt, LB_C_DROP_NOMEM);
	if (v == LB_CONTINUE)
		v = lb_xmit_send(pkt, &hop, LB_C_FORWARD_PROBE_REPLY);
	/* Freed after a grace period: the neighbour may still look at it. */
	dst_release(dst);
	return v;
}

static enum lb_verdict probe_xmit(struct lb_pkt *pkt, struct lb_server *srv,
				  struct lb_conn *conn)
{
	const struct probe_mode *mode = container_of(conn->xmit,
						     struct probe_mode, ops);

	if (!pkt->dir || mode->base->has_reply)
		return mode->base->xmit(pkt, srv, conn);
	return probe_reply(pkt);
}

/**
 * lb_probe_init() - make the modes of conns for checks
 *
 * Context: module init.
 */
void lb_probe_init(void)
{
	const struct lb_xmit_ops *base;
	unsigned int i;

	for (i = 0; (base = lb_xmit_at(i)); i++) {
		struct probe_mode *mode = &probe_modes[i];

		if (WARN_ON(i == ARRAY_SIZE(probe_modes)))
			return;
		mode->base = base;
		mode->ops = *base;
		mode->ops.has_reply = true;
		mode->ops.is_probe = true;
		mode->ops.xmit = probe_xmit;
	}
}

/**
 * lb_probe_pin() - make a conn for a check
 * @pkt: @ln, @family and addresses and ports of the key are set: from a socket
 *	of this machine to the VIP, TCP
 * @dir: the director whose mode it takes
 * @srv: a server of @dir
 *
 * Context: process, under lb_net.mutex.
 * Return: 0 or -errno, see lb_conn_pin().
 */
int lb_probe_pin(struct lb_pkt *pkt, const struct lb_director *dir,
		 struct lb_server *srv)
{
	unsigned int i;
	int err;

	pkt->skb = NULL;
	pkt->proto = IPPROTO_TCP;
	if (pkt->family == AF_INET)
		pkt->k4.proto = IPPROTO_TCP;
	else
		pkt->k6.proto = IPPROTO_TCP;
	pkt->is_first_syn = true;
	for (i = 0; i < ARRAY_SIZE(probe_modes); i++)
		if (probe_modes[i].base == dir->spec.xmit)
			break;
	if (i == ARRAY_SIZE(probe_modes))
		return -EOPNOTSUPP;
	local_bh_disable();
	rcu_read_lock();
	err = lb_conn_pin(pkt, srv, &probe_modes[i].ops,
			  !dir->spec.xmit->has_reply);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}
