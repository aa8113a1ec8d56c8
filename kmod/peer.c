// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the end of loops between balancers.
 *
 * Balancers that are servers of each other, with one VIP, in a mode that
 * leaves the packet's destination as it is, would pass a packet to and fro
 * until its TTL runs out: what A sends to its server B is, to B, a packet for
 * the VIP like any other.  So what a peer has sent is for this machine itself
 * and goes to its stack, conn or no conn.
 *
 * Only directors that have this machine among their servers get packets from
 * peers; their servers are marked may_loop, and no other director pays for
 * this.  Who sent a packet is told by
 *  - gateway: the frame's source.  It is a peer if the neighbour table has that
 *    link-layer address for another server of the director.  With ARP it has:
 *    A cannot send to B before one of them has asked the other for its
 *    address, and both learn from that.  With ND it may know A by a link-local
 *    address only; what is missing is asked for, and until the answer is there
 *    a packet may go one hop too far: to A, say, which does know B by then.
 *  - tunnel: the device.  Out of a tunnel come a peer's packets.
 *
 * A search through a director's servers is remembered for a second, so that
 * packets from a router pay a comparison.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/timekeeping.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>
#include "config.h"
#include "peer.h"
#include "pkt.h"
#include "xmit.h"

/* Which directors: those that name this machine. */

static bool is_self(struct net *net, const struct lb_server *srv)
{
	if (srv->family == AF_INET)
		return __ip_dev_find(net, srv->addr.ip, false);
	return ipv6_chk_addr_and_flags(net, &srv->addr.in6, NULL, true, 0, 0);
}

/* Nat changes the destination: what it sends on is for no director. */
static enum lb_peer_way way_of_mode(const struct lb_xmit_ops *xmit)
{
	if (xmit->has_reply)
		return LB_PEER_NO_WAY;
	return strncmp(xmit->name, "tunnel", strlen("tunnel")) ?
	       LB_PEER_BY_FRAME : LB_PEER_BY_TUNNEL;
}

static enum lb_peer_way find_way(struct net *net,
				 const struct lb_director *dir)
{
	enum lb_peer_way way = way_of_mode(dir->spec.xmit);
	u32 i;

	if (way == LB_PEER_NO_WAY || dir->nr < 2)
		return LB_PEER_NO_WAY;
	for (i = 0; i < dir->nr; i++)
		if (is_self(net, dir->servers[i].srv))
			return way;
	return LB_PEER_NO_WAY;
}

/* A commit and a change of addresses: the later look is the one that counts. */
static DEFINE_SPINLOCK(mark_lock);

static void mark(struct net *net, const struct lb_director *dir)
{
	enum lb_peer_way may_loop;
	u32 i;

	spin_lock_bh(&mark_lock);
	may_loop = find_way(net, dir);
	for (i = 0; i < dir->nr; i++)
		WRITE_ONCE(dir->servers[i].srv->may_loop, may_loop);
	spin_unlock_bh(&mark_lock);
}

/**
 * lb_peer_find() - look which directors may get packets from peers
 * @ln: the namespace
 * @old: the config that was in force; what it shares with @new is known
 * @new: the config in force: who changes an address from here on looks at it
 *
 * Context: process, may sleep, under lb_net.mutex.
 */
void lb_peer_find(struct lb_net *ln, const struct lb_config *old,
		  const struct lb_config *new)
{
	u32 i;

	for (i = 0; i < new->nr; i++) {
		const struct lb_director *dir = new->directors[i];

		if (lb_config_find_name(old, dir->spec.name) != dir)
			mark(ln->net, dir);
		cond_resched();
	}
}

static bool has_server(const struct lb_director *dir, u8 family,
		       const union nf_inet_addr *addr)
{
	u32 i;

	for (i = 0; i < dir->nr; i++) {
		const struct lb_server *srv = dir->servers[i].srv;

		if (srv->family == family &&
		    (family == AF_INET ? srv->addr.ip == addr->ip :
		     ipv6_addr_equal(&srv->addr.in6, &addr->in6)))
			return true;
	}
	return false;
}

/* This machine has got or lost an address.  Not to sleep. */
static void address_event(struct net *net, u8 family,
			  const union nf_inet_addr *addr)
{
	struct lb_net *ln = lb_net(net);
	struct lb_config *cfg;
	bool is_old;
	u32 i;

	do {
		/* No @ln: this undoes a namespace that could not be made. */
		cfg = ln ? lb_config_get(ln) : NULL;
		if (!cfg)
			return;
		for (i = 0; i < cfg->nr; i++)
			if (has_server(cfg->directors[i], family, addr))
				mark(net, cfg->directors[i]);
		/* Directors share servers with what a commit has marked. */
		is_old = rcu_access_pointer(ln->config) != cfg;
		lb_config_put(cfg);
	} while (is_old);
}

static int inet4_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	union nf_inet_addr addr = { .ip = ifa->ifa_local };

	address_event(dev_net(ifa->ifa_dev->dev), AF_INET, &addr);
	return NOTIFY_DONE;
}

static int inet6_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	union nf_inet_addr addr = { .in6 = ifa->addr };

	address_event(dev_net(ifa->idev->dev), AF_INET6, &addr);
	return NOTIFY_DONE;
}

static struct notifier_block inet4_notifier = {
	.notifier_call = inet4_event,
	/* After the routing tables', which is_self() reads. */
	.priority = -1,
};

static struct notifier_block inet6_notifier = {
	.notifier_call = inet6_event,
};

/**
 * lb_peer_init() - be told of this machine's addresses
 *
 * Return: 0 or -errno.
 */
int lb_peer_init(void)
{
	int err;

	err = register_inetaddr_notifier(&inet4_notifier);
	if (err)
		return err;
	err = register_inet6addr_notifier(&inet6_notifier);
	if (err)
		unregister_inetaddr_notifier(&inet4_notifier);
	return err;
}

/**
 * lb_peer_exit() - be told no more
 */
void lb_peer_exit(void)
{
	unregister_inet6addr_notifier(&inet6_notifier);
	unregister_inetaddr_notifier(&inet4_notifier);
}

/* Which packets. */

/* The source of an Ethernet frame as a number, 0 if there is none. */
static u64 frame_source(const struct sk_buff *skb)
{
	if (skb->dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(skb) ||
	    skb_mac_header_len(skb) < ETH_HLEN)
		return 0;
	return ether_addr_to_u64(eth_hdr(skb)->h_source);
}

static bool is_tunnel(const struct net_device *dev)
{
	switch (dev->type) {
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		return true;
	default:
		return false;
	}
}

/* Is this a server's link-layer address?  If that is not known, ask for it. */
static bool has_frame_addr(const struct lb_pkt *pkt, struct lb_server *srv,
			   u64 mac)
{
	const struct lb_route *route = lb_server_route(srv, pkt);
	struct net_device *dev = pkt->skb->dev;
	u8 ha[MAX_ADDR_LEN] __aligned(8);
	struct neighbour *n;

	if (!route || route->is_local || route->has_gateway ||
	    route->dst->dev != dev)
		return false;
	n = srv->family == AF_INET ? ip_neigh_gw4(dev, srv->addr.ip) :
				     ip_neigh_gw6(dev, &srv->addr.in6);
	if (IS_ERR(n))
		return false;
	if (!(READ_ONCE(n->nud_state) & NUD_VALID)) {
		neigh_event_send(n, NULL);
		return false;
	}
	neigh_ha_snapshot(ha, n, dev);
	return ether_addr_to_u64(ha) == mac;
}

static bool is_server(const struct lb_pkt *pkt, const struct lb_dirid *dirid,
		      u64 mac)
{
	const struct lb_config *cfg = rcu_dereference(pkt->ln->config);
	const struct lb_director *dir = lb_config_find_name(cfg, dirid->name);
	u32 i;

	for (i = 0; dir && i < dir->nr; i++)
		if (has_frame_addr(pkt, dir->servers[i].srv, mac))
			return true;
	return false;
}

/* lb_dirid.heard: 48 bits of address, 1 of verdict, 15 of time in seconds. */
#define HEARD_PEER	BIT_ULL(15)
#define HEARD_TIME	GENMASK_ULL(14, 0)

static bool is_peer_frame(const struct lb_pkt *pkt, struct lb_dirid *dirid)
{
	u64 mac = frame_source(pkt->skb), heard, now;
	bool is_peer;

	if (!mac)
		return false;
	now = (u64)ktime_get_seconds() & HEARD_TIME;
	heard = atomic64_read(&dirid->heard);
	if (likely(heard >> 16 == mac && (heard & HEARD_TIME) == now))
		return heard & HEARD_PEER;
	is_peer = is_server(pkt, dirid, mac);
	atomic64_set(&dirid->heard,
		     mac << 16 | (is_peer ? HEARD_PEER : 0) | now);
	return is_peer;
}

/**
 * lb_peer_has_sent() - did another balancer send this packet on to us?
 * @pkt: a packet for a director with servers that may_loop
 * @srv: one of them
 *
 * Context: softirq, under RCU.
 * Return: true if this machine is to serve it itself.
 */
bool lb_peer_has_sent(const struct lb_pkt *pkt, struct lb_server *srv)
{
	if (pkt->is_own)
		return false;
	return READ_ONCE(srv->may_loop) == LB_PEER_BY_FRAME ?
	       is_peer_frame(pkt, srv->dirid) : is_tunnel(pkt->skb->dev);
}
