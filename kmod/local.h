/* SPDX-License-Identifier: GPL-2.0 */
/* This machine as a client of its own VIPs, and as a server in mode nat. */
#ifndef _L4LB_LOCAL_H
#define _L4LB_LOCAL_H

#include <linux/netfilter.h>
#include "answer.h"
#include "director.h"
#include "pkt.h"
#include "xmit.h"

void lb_local_net_init(struct lb_net *ln);
int lb_local_hook(struct lb_net *ln, bool want4, bool want6);
void lb_local_unhook(struct lb_net *ln, bool want4, bool want6);
enum lb_verdict lb_local_admit(struct lb_pkt *pkt,
			       const struct lb_director *dir);
bool lb_local_stays(const struct lb_pkt *pkt, const struct lb_director *dir);
enum lb_verdict lb_local_serve(struct lb_pkt *pkt, struct lb_server *srv);

/**
 * lb_local_untrack() - keep a packet from nf_conntrack
 * @skb: the packet; has no nf_conntrack entry
 *
 * It has seen one direction of the conn, or none: the other is ours before it
 * gets there, and it would call this one invalid.
 */
static inline void lb_local_untrack(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	skb_set_nfct(skb, IP_CT_UNTRACKED);
#endif
}

/**
 * lb_local_wants_conn() - does a one-packet director make a conn all the same?
 * @pkt: a request
 * @dir: its director, with one-packet scheduling
 *
 * In nat mode nothing else can tell an answer for an own client of the VIP
 * from an answer for one that has asked the server itself: a health check.
 *
 * Return: true if it does.
 */
static inline bool lb_local_wants_conn(const struct lb_pkt *pkt,
				       const struct lb_director *dir)
{
	return pkt->is_own && dir->spec.xmit->has_reply;
}

/**
 * lb_local_is_no_answer() - is it this machine's own traffic after all?
 * @pkt: a packet of the address and port of @at
 * @at: who answers for a one-packet director
 *
 * Whose answers come from any port, everything comes from there.  That cannot
 * be said of this machine.
 *
 * Return: true if it is to be left alone.
 */
static inline bool lb_local_is_no_answer(const struct lb_pkt *pkt,
					 const struct lb_answerer *at)
{
	return pkt->is_own && !at->port;
}

#endif /* _L4LB_LOCAL_H */
