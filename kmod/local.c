// SPDX-License-Identifier: GPL-2.0
/*
 * Owns this machine's own part in balancing: its processes as clients of a
 * VIP, and itself as a server in mode nat.
 *
 * What it sends is seen at LOCAL_OUT and goes the same way as what comes in,
 * lb_path(), but for this:
 *  - Its source is not validated, its TTL not decremented, it stays its
 *    socket's.  A refusal is told by the error of the system call.
 *  - Of flows, only the rules that name `iface lo` are about it.
 *  - What goes back to a process here, or to a server here from a client here,
 *    is sent through lo with its route attached.  The stack would otherwise
 *    refuse a source, the VIP, that is an address of its own.
 *
 * Conns of processes here are never tracked (track.c): what they send is ours
 * before nf_conntrack sees it.
 *
 * At PRE_ROUTING whatever comes through lo is passed: it has been here before.
 *
 * Most of what a machine sends is for no VIP, and must not become so by
 * mistake: answers of a service on a VIP above all, which have a VIP's address
 * and port as their source and a client's as destination.
 */
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>
#include "conn.h"
#include "local.h"
#include "path.h"
#include "server.h"

/*
 * What a system call returns for a packet that was dropped.  tcp_connect()
 * heeds ECONNREFUSED alone, and gives up at once; after any other error it
 * tries again for as long as after no answer.
 */
static int drop_errno(enum lb_counter why)
{
	switch (why) {
	case LB_C_DROP_NO_SERVER:
	case LB_C_DROP_OVERFLOW:
	case LB_C_DROP_MAXCONN:
	case LB_C_DROP_CLIENT_LIMIT:
	case LB_C_DROP_CONN_LIMIT:
	case LB_C_DROP_SNAT_PORTS:
		return -ECONNREFUSED;
	case LB_C_DROP_NO_ROUTE:
	case LB_C_DROP_OFF_LINK:
		return -EHOSTUNREACH;
	case LB_C_DROP_MTU:
		return -EMSGSIZE;
	case LB_C_DROP_NOMEM:
	case LB_C_DROP_NEIGH:
	case LB_C_DROP_CONN_NOMEM:
		return -ENOBUFS;
	default:
		return -EPERM;
	}
}

/*
 * The LOCAL_OUT hook, of both families; softirq or process, under RCU.  The
 * packet has a route, but no device.  Return: NF_ACCEPT with @skb as it came,
 * NF_STOLEN, or NF_DROP with an errno.
 */
static unsigned int lb_local_out(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct net_device *dev = skb->dev;
	bool is_process = !in_softirq();
	enum lb_verdict v;
	struct lb_pkt pkt;

	pkt.skb = skb;
	pkt.ln = priv;
	pkt.is_dry = false;
	pkt.is_own = true;
	pkt.keeps_ttl = true;
	pkt.is_late = false;
	pkt.is_tracked = false;
	pkt.family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	/* It is asked in which VRF a packet is, and by icmpv6_send(). */
	skb->dev = state->out;
	if (is_process)
		local_bh_disable();
	lb_count(pkt.ln, LB_C_IN_OWN);
	v = lb_path_own(&pkt);
	if (is_process)
		local_bh_enable();

	switch (v) {
	case LB_STOLEN:
	case LB_FREED:
		return NF_STOLEN;
	case LB_DROP:
		return NF_DROP_ERR(drop_errno(pkt.dropped_for));
	default:
		skb->dev = dev;
		return NF_ACCEPT;
	}
}

/**
 * lb_local_net_init() - prepare a namespace's hooks for own packets
 * @ln: the namespace
 */
void lb_local_net_init(struct lb_net *ln)
{
	const struct nf_hook_ops ops = {
		.hook = lb_local_out,
		.priv = ln,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = LB_HOOK_PRIORITY,
	};

	ln->own_hook4 = ops;
	ln->own_hook4.pf = NFPROTO_IPV4;
	ln->own_hook6 = ops;
	ln->own_hook6.pf = NFPROTO_IPV6;
}

/**
 * lb_local_hook() - see own packets of the wanted families
 * @ln: the namespace
 * @want4: IPv4
 * @want6: IPv6
 *
 * Only ever adds, see lb_path_hook().
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -errno, with nothing changed.
 */
int lb_local_hook(struct lb_net *ln, bool want4, bool want6)
{
	bool new4 = want4 && !ln->owned4;
	bool new6 = want6 && !ln->owned6;
	int err = 0;

	if (new4)
		err = nf_register_net_hook(ln->net, &ln->own_hook4);
	if (!err && new6) {
		err = nf_register_net_hook(ln->net, &ln->own_hook6);
		if (err && new4)
			nf_unregister_net_hook(ln->net, &ln->own_hook4);
	}
	if (err)
		return err;
	ln->owned4 |= new4;
	ln->owned6 |= new6;
	return 0;
}

/**
 * lb_local_unhook() - no longer see own packets of the unwanted families
 * @ln: the namespace
 * @want4: keep IPv4
 * @want6: keep IPv6
 *
 * Context: process, may sleep, under lb_net.mutex or with nobody else about.
 */
void lb_local_unhook(struct lb_net *ln, bool want4, bool want6)
{
	if (!want4 && ln->owned4)
		nf_unregister_net_hook(ln->net, &ln->own_hook4);
	if (!want6 && ln->owned6)
		nf_unregister_net_hook(ln->net, &ln->own_hook6);
	ln->owned4 &= want4;
	ln->owned6 &= want6;
}

/*
 * Is it an answer in a conn whose server is this machine, gateway mode?  Such
 * conns are not found by their answers, and a client may sit on an address and
 * port that some director takes.
 */
static bool is_answer(const struct lb_pkt *pkt)
{
	struct lb_pkt request;

	request.ln = pkt->ln;
	request.family = pkt->family;
	if (pkt->family == AF_INET) {
		request.k4 = pkt->k4;
		swap(request.k4.saddr, request.k4.daddr);
		swap(request.k4.sport, request.k4.dport);
	} else {
		request.k6 = pkt->k6;
		swap(request.k6.saddr, request.k6.daddr);
		swap(request.k6.sport, request.k6.dport);
	}
	return lb_conn_find(&request) && !request.dir;
}

/**
 * lb_local_stays() - is it a request whose source no server could answer?
 * @pkt: a packet of this machine
 * @dir: the director that would take it
 *
 * A loopback address; or, where servers have the VIP, too, and would answer
 * themselves, the VIP.  That is what a process has as its own address when it
 * connects to one of its own machine and asks for no other.
 *
 * Return: true if only this machine can serve it.
 */
bool lb_local_stays(const struct lb_pkt *pkt, const struct lb_director *dir)
{
	bool has_vip = !dir->spec.xmit->has_reply;

	if (pkt->family == AF_INET)
		return ipv4_is_loopback(pkt->k4.saddr) ||
		       (has_vip && pkt->k4.saddr == pkt->k4.daddr);
	return ipv6_addr_loopback(&pkt->k6.saddr) ||
	       (has_vip && ipv6_addr_equal(&pkt->k6.saddr, &pkt->k6.daddr));
}

/**
 * lb_local_admit() - is a packet of this machine its director's?
 * @pkt: a packet without a conn
 * @dir: the director that would take it
 *
 * Context: BH off, under RCU.
 * Return: LB_CONTINUE, or LB_PASS.
 */
enum lb_verdict lb_local_admit(struct lb_pkt *pkt,
			       const struct lb_director *dir)
{
	if (is_answer(pkt))
		return lb_pass(pkt, LB_C_PASS_OWN);
	/*
	 * The socket that has the port here, if there is one, gets it, and if
	 * not, the process is refused at once.
	 */
	if (lb_local_stays(pkt, dir))
		return lb_pass(pkt, LB_C_PASS_OWN_SOURCE);
	return LB_CONTINUE;
}

/**
 * lb_local_serve() - let the stack have a request that came in
 * @pkt: the request, with an address of this machine as destination by now
 * @srv: the server, which is this machine
 *
 * Its socket's answers are found at LOCAL_OUT.
 *
 * Context: softirq, under RCU, at PRE_ROUTING.
 * Return: LB_PASS.
 */
enum lb_verdict lb_local_serve(struct lb_pkt *pkt, struct lb_server *srv)
{
	nf_reset_ct(pkt->skb);
	lb_local_untrack(pkt->skb);
	lb_stats_packet(srv->stats, 0, pkt->skb->len);
	return lb_pass(pkt, LB_C_PASS_LOCAL_SERVER);
}
