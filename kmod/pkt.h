/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet's facts, filled once by lb_pkt_parse(), family-neutral after it.
 *
 * Traps, for whoever touches packet data:
 *  - Offsets, never pointers, survive anything that may reallocate the head
 *    (pskb_may_pull, skb_ensure_writable, skb_cow_head).  lb_pkt keeps offsets.
 *  - At PRE_ROUTING skb->data is the IP header and skb_dst() is usually NULL:
 *    icmp_send() does nothing without a dst.  See icmp.c.
 *  - The skb may be cloned (taps): write only after skb_ensure_writable().
 *  - skb->len of a GSO packet may be many MTUs; its segments are what counts.
 *  - An ICMP error's quote is cut short anywhere, and what is in it is its
 *    sender's word only.  See related.c.
 *  - The length fields inside the packet are the sender's claims; ip_rcv and
 *    ipv6_rcv have trimmed the skb to them, so only skb->len bounds reads.
 */
#ifndef _L4LB_PKT_H
#define _L4LB_PKT_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include "lb.h"
#include "stats.h"

struct lb_snat_rule;

/* What a step of the path says; see lb_pass(), lb_drop(), lb_sent(). */
enum lb_verdict {
	/* go on with the next step */
	LB_CONTINUE,
	/*
	 * of lb_pkt_parse(): to be passed for @pass_why, if no flow denies it,
	 * and it is no ICMP error about a conn
	 */
	LB_PASS_JUDGED,
	/* not ours: the stack gets it, untouched */
	LB_PASS,
	/* the caller of the hook frees it */
	LB_DROP,
	/* sent or freed already */
	LB_STOLEN,
	/* dropped by others than us, who have freed it; counted as a drop */
	LB_FREED,
};

/* TCP segments in order of precedence, as the state tables want them */
enum lb_tcp_event {
	LB_TCP_RST,
	LB_TCP_SYN,
	LB_TCP_FIN,
	LB_TCP_ACK,
	LB_TCP_NONE,
	LB_TCP_EVENT_NR
};

/*
 * The lookup key: addresses and ports as the packet carries them, network
 * byte order.  Of @tail only the protocol is compared.
 */
struct lb_key4 {
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 dir;
	u8 pad[2];
};

struct lb_key6 {
	struct in6_addr saddr;
	struct in6_addr daddr;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 dir;
	u8 pad[2];
};

/**
 * struct lb_pkt - what the path knows of the packet at hand; on the stack
 */
struct lb_pkt {
	/** @skb: the packet */
	struct sk_buff *skb;
	/** @ln: the namespace it is in */
	struct lb_net *ln;
	/** @k4: its key if @family is AF_INET */
	union {
		struct lb_key4 k4;
		/** @k6: its key if @family is AF_INET6 */
		struct lb_key6 k6;
	};
	/** @l4off: offset of the TCP, UDP or ICMP header from skb->data */
	unsigned int l4off;
	/** @quote_l4off: the same of what an ICMP error about a conn quotes */
	unsigned int quote_l4off;
	/** @family: AF_INET or AF_INET6 */
	u8 family;
	/** @proto: IPPROTO_TCP or IPPROTO_UDP; any if @is_portless */
	u8 proto;
	/** @event: what the TCP segment is; LB_TCP_NONE for UDP */
	u8 event;
	/** @is_first_syn: TCP with SYN and neither ACK, RST nor FIN */
	bool is_first_syn;
	/**
	 * @is_portless: not for a director: ports could not be read.  What
	 * follows, and of the key the addresses, is set only for flows.
	 */
	bool is_portless;
	/** @has_icmp_type: ICMP or ICMPv6, with @icmp_type; if @is_portless */
	bool has_icmp_type;
	/** @icmp_type: as in the header */
	u8 icmp_type;
	/**
	 * @is_icmp_error: ICMP about a packet that it quotes; if @is_portless.
	 * Once lb_related() has found whose, the key is of a packet of that
	 * conn in the direction in which the error goes
	 */
	bool is_icmp_error;
	/** @pass_why: enum lb_counter, for LB_PASS_JUDGED */
	u8 pass_why;
	/** @has_options: IPv4 options, which only the stack can judge */
	bool has_options;
	/** @is_dry: only asked what would happen, nothing may change */
	bool is_dry;
	/** @is_own: this machine sends it: seen at LOCAL_OUT, see local.c */
	bool is_own;
	/** @keeps_ttl: not passed on by a router: own, or for this machine */
	bool keeps_ttl;
	/** @dropped_for: enum lb_counter, set by lb_drop() */
	u8 dropped_for;
	/** @must_fragment: over the MTU, and may be; set by lb_xmit_check() */
	bool must_fragment;
	/** @dir: 0 = client to server, 1 = server to client; set by lookup */
	u8 dir;
	/** @snat: nat rule of the conn it makes, or NULL; set by lb_bind() */
	const struct lb_snat_rule *snat;
	/** @is_late: in the hook behind nf_conntrack, see track.c */
	bool is_late;
	/** @is_tracked: keeps its nf_conntrack entry, meets POST_ROUTING */
	bool is_tracked;
};

enum lb_verdict lb_pkt_parse(struct lb_pkt *pkt);

/**
 * lb_pkt_sport() - the packet's source port, network byte order
 * @pkt: a parsed packet
 *
 * Return: the port.
 */
static inline __be16 lb_pkt_sport(const struct lb_pkt *pkt)
{
	return pkt->family == AF_INET ? pkt->k4.sport : pkt->k6.sport;
}

/**
 * lb_pkt_dport() - the packet's destination port, network byte order
 * @pkt: a parsed packet
 *
 * Return: the port.
 */
static inline __be16 lb_pkt_dport(const struct lb_pkt *pkt)
{
	return pkt->family == AF_INET ? pkt->k4.dport : pkt->k6.dport;
}

/**
 * lb_pass() - leave the packet to the stack
 * @pkt: the packet
 * @why: the PASS counter of the reason
 *
 * Return: LB_PASS.
 */
static inline enum lb_verdict lb_pass(const struct lb_pkt *pkt,
				      enum lb_counter why)
{
	lb_count(pkt->ln, why);
	return LB_PASS;
}

/**
 * lb_pass_rest() - leave a packet to the stack that is for no director
 * @pkt: the packet
 * @why: the PASS counter of the reason; own packets have one for all
 *
 * Return: LB_PASS.
 */
static inline enum lb_verdict lb_pass_rest(const struct lb_pkt *pkt,
					   enum lb_counter why)
{
	return lb_pass(pkt, pkt->is_own ? LB_C_PASS_OWN : why);
}

/**
 * lb_drop() - drop the packet
 * @pkt: the packet
 * @why: the DROP counter of the reason
 *
 * Return: LB_DROP.
 */
static inline enum lb_verdict lb_drop(struct lb_pkt *pkt, enum lb_counter why)
{
	lb_count(pkt->ln, why);
	pkt->dropped_for = why;
	return LB_DROP;
}

#endif /* _L4LB_PKT_H */
