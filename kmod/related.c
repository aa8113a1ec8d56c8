// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the ICMP errors that others send about packets of a conn: whose they
 * are, and their translation in mode nat.
 *
 * An error is sent to the source of the packet that it quotes.  So an error
 * about what a server sent to its client comes to the VIP, which is here, and
 * the server has to get it, or it goes on sending packets that are too big.
 * In mode nat errors about what the client sent come by, too: they quote the
 * server's address, which the client has never heard of.
 *
 * The quoted packet, its source and destination exchanged, is a packet of the
 * conn in the direction in which the error goes: that is how the conn is
 * found, and from then on the error is sent as such a packet would be.
 *
 * The quoted bytes are a stranger's claim.  They are read only within the
 * packet, the addresses and ports must be those of a conn, and nothing in them
 * makes, renews or ends one.  Guarding against forged errors, by sequence
 * number or otherwise, is for the one who gets them (RFC 5927), as it is
 * without us.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "conn.h"
#include "icmp.h"
#include "peer.h"
#include "related.h"
#include "server.h"
#include "state.h"
#include "xmit.h"

/* As much of the quoted TCP or UDP header as every error must have. */
#define QUOTED_L4_MIN	8

/* Both headers are as long: the quoted packet follows. */
static unsigned int quote_l3off(const struct lb_pkt *pkt)
{
	BUILD_BUG_ON(sizeof(struct icmphdr) != sizeof(struct icmp6hdr));
	return pkt->l4off + sizeof(struct icmphdr);
}

/*
 * Where the quoted packet ends.  Extensions may follow it (RFC 4884); then the
 * header tells how much is quoted, at least 128 bytes, in words of 4 bytes or,
 * for IPv6, of 8.  Anything else in that place is not such a length.
 */
static unsigned int quote_end(const struct lb_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;
	struct icmphdr buf;
	const struct icmphdr *ih;
	unsigned int len;

	ih = skb_header_pointer(skb, pkt->l4off, sizeof(buf), &buf);
	if (!ih)
		return pkt->l4off;
	len = pkt->family == AF_INET ? ih->un.reserved[1] * 4 :
				       ih->un.reserved[0] * 8;
	if (pkt->family == AF_INET6 && ih->type != ICMPV6_DEST_UNREACH &&
	    ih->type != ICMPV6_TIME_EXCEED)
		len = 0;
	if (len < 128 || len > skb->len - quote_l3off(pkt))
		return skb->len;
	return quote_l3off(pkt) + len;
}

/* Make the key that of the quoted packet's opposite, from its L4 header on. */
static bool parse_ports(struct lb_pkt *pkt, u8 proto, __be16 *sport,
			__be16 *dport)
{
	const __be16 *ports;
	__be16 buf[2];

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return false;
	if (pkt->quote_l4off + QUOTED_L4_MIN > quote_end(pkt))
		return false;
	ports = skb_header_pointer(pkt->skb, pkt->quote_l4off, sizeof(buf),
				   buf);
	if (!ports)
		return false;
	*sport = ports[1];
	*dport = ports[0];
	return true;
}

static bool parse_quote4(struct lb_pkt *pkt)
{
	unsigned int off = quote_l3off(pkt);
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(pkt->skb, off, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;
	/* Ports are in first fragments only. */
	if (iph->frag_off & htons(IP_OFFSET))
		return false;
	if (iph->saddr != ip_hdr(pkt->skb)->daddr)
		return false;
	pkt->quote_l4off = off + iph->ihl * 4;
	if (!parse_ports(pkt, iph->protocol, &pkt->k4.sport, &pkt->k4.dport))
		return false;
	pkt->k4.saddr = iph->daddr;
	pkt->k4.daddr = iph->saddr;
	pkt->k4.proto = iph->protocol;
	return true;
}

static bool parse_quote6(struct lb_pkt *pkt)
{
	int off = quote_l3off(pkt);
	const struct ipv6hdr *iph;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 proto;

	iph = skb_header_pointer(pkt->skb, off, sizeof(buf), &buf);
	if (!iph || iph->version != 6)
		return false;
	if (!ipv6_addr_equal(&iph->saddr, &ipv6_hdr(pkt->skb)->daddr))
		return false;
	proto = iph->nexthdr;
	/* Stops at a fragment that is not the first, with its own number. */
	off = ipv6_skip_exthdr(pkt->skb, off + sizeof(*iph), &proto, &frag_off);
	if (off < 0)
		return false;
	pkt->quote_l4off = off;
	if (!parse_ports(pkt, proto, &pkt->k6.sport, &pkt->k6.dport))
		return false;
	pkt->k6.saddr = iph->daddr;
	pkt->k6.daddr = iph->saddr;
	pkt->k6.proto = proto;
	return true;
}

static struct lb_conn *find_conn(struct lb_pkt *pkt)
{
	struct lb_conn *conn;

	if (!(pkt->family == AF_INET ? parse_quote4(pkt) : parse_quote6(pkt)))
		return NULL;
	conn = lb_conn_find(pkt);
	/* Those end when a packet of their own comes by. */
	if (!conn || READ_ONCE(conn->state) == LB_STATE_DEAD ||
	    lb_conn_is_orphan(conn))
		return NULL;
	return conn;
}

/* May mark the skb as checked, never writes to the packet. */
static bool checksum_is_good(const struct lb_pkt *pkt)
{
	return !nf_checksum(pkt->skb, NF_INET_PRE_ROUTING, pkt->l4off,
			    pkt->proto, pkt->family);
}

/**
 * lb_related() - send an ICMP error to whom it concerns
 * @pkt: a packet with @is_icmp_error, which no flow denies
 *
 * Context: softirq, under RCU.
 * Return: LB_CONTINUE if it is not about a conn, @pkt's key is then undefined;
 * else LB_STOLEN, LB_DROP or LB_PASS.
 */
enum lb_verdict lb_related(struct lb_pkt *pkt)
{
	struct lb_conn *conn = find_conn(pkt);

	if (!conn)
		return pkt->is_own ? LB_CONTINUE : lb_tunnel_error(pkt);
	if (unlikely(READ_ONCE(conn->server->may_loop)) && !pkt->dir &&
	    lb_peer_has_sent(pkt, conn->server))
		return lb_pass(pkt, LB_C_PASS_PEER);
	if (conn->is_tracked && !pkt->is_own) {
		if (!pkt->is_late)
			return lb_pass(pkt, LB_C_PASS_TRACKED);
		/* The system's source NAT is done to what it quotes, too. */
		pkt->is_tracked = true;
	}
	if (pkt->has_options)
		return lb_drop(pkt, LB_C_DROP_IP_OPTIONS);
	if (!checksum_is_good(pkt))
		return lb_drop(pkt, LB_C_DROP_ICMP_CHECKSUM);
	if (!pkt->is_own && !lb_icmp_source_is_valid(pkt))
		return lb_drop(pkt, LB_C_DROP_SOURCE);
	if (!pkt->is_own &&
	    !xfrm_policy_check(NULL, XFRM_POLICY_FWD, pkt->skb, pkt->family))
		return lb_drop(pkt, LB_C_DROP_POLICY);
	return conn->xmit->xmit(pkt, conn->server, conn);
}

/* Translation, in mode nat. */

/*
 * What the quoted packet was before it was translated: a packet that came in
 * from the other side.  Its key is the conn's other tuple.
 */
struct requote {
	union nf_inet_addr saddr;
	union nf_inet_addr daddr;
	__be16 sport;
	__be16 dport;
};

static void requote_from(struct requote *rq, const struct lb_conn *conn,
			 unsigned int dir)
{
	if (conn->family == AF_INET) {
		const struct lb_key4 *key = &conn->t4[dir].key;

		rq->saddr.ip = key->saddr;
		rq->daddr.ip = key->daddr;
		rq->sport = key->sport;
		rq->dport = key->dport;
	} else {
		const struct lb_key6 *key = &conn->t6[dir].key;

		rq->saddr.in6 = key->saddr;
		rq->daddr.in6 = key->daddr;
		rq->sport = key->sport;
		rq->dport = key->dport;
	}
}

/* The quoted L4 checksum, or NULL if it is not quoted or there is none. */
static __sum16 *quoted_sum(const struct lb_pkt *pkt, u8 proto)
{
	u8 *l4 = pkt->skb->data + pkt->quote_l4off;

	if (proto == IPPROTO_UDP) {
		__sum16 *sum = &((struct udphdr *)l4)->check;

		return *sum ? sum : NULL;
	}
	if (pkt->quote_l4off + offsetofend(struct tcphdr, check) >
	    quote_end(pkt))
		return NULL;
	return &((struct tcphdr *)l4)->check;
}

/* By the difference, so that a sum that is wrong or unfinished stays so. */
static void fix_quoted_sum(const struct lb_pkt *pkt, __sum16 *sum,
			   const struct requote *rq, u8 proto)
{
	const u8 *l3 = pkt->skb->data + quote_l3off(pkt);
	const __be16 *ports;

	ports = (const __be16 *)(pkt->skb->data + pkt->quote_l4off);
	if (pkt->family == AF_INET) {
		const struct iphdr *iph = (const struct iphdr *)l3;

		csum_replace4(sum, iph->saddr, rq->saddr.ip);
		csum_replace4(sum, iph->daddr, rq->daddr.ip);
	} else {
		const struct ipv6hdr *iph = (const struct ipv6hdr *)l3;

		inet_proto_csum_replace16(sum, pkt->skb,
					  iph->saddr.s6_addr32,
					  rq->saddr.ip6, true);
		inet_proto_csum_replace16(sum, pkt->skb,
					  iph->daddr.s6_addr32,
					  rq->daddr.ip6, true);
	}
	csum_replace2(sum, ports[0], rq->sport);
	csum_replace2(sum, ports[1], rq->dport);
	if (proto == IPPROTO_UDP && !*sum)
		*sum = CSUM_MANGLED_0;
}

static void translate_quote(const struct lb_pkt *pkt, const struct requote *rq,
			    u8 proto)
{
	u8 *l3 = pkt->skb->data + quote_l3off(pkt);
	__sum16 *sum = quoted_sum(pkt, proto);
	__be16 *ports;

	if (sum)
		fix_quoted_sum(pkt, sum, rq, proto);
	if (pkt->family == AF_INET) {
		struct iphdr *iph = (struct iphdr *)l3;

		csum_replace4(&iph->check, iph->saddr, rq->saddr.ip);
		csum_replace4(&iph->check, iph->daddr, rq->daddr.ip);
		iph->saddr = rq->saddr.ip;
		iph->daddr = rq->daddr.ip;
	} else {
		struct ipv6hdr *iph = (struct ipv6hdr *)l3;

		iph->saddr = rq->saddr.in6;
		iph->daddr = rq->daddr.in6;
	}
	ports = (__be16 *)(pkt->skb->data + pkt->quote_l4off);
	ports[0] = rq->sport;
	ports[1] = rq->dport;
}

/*
 * The error goes to the source of the packet that it quotes.  If it comes from
 * the conn's other end, then from its address as it is known there; a router
 * keeps its own.
 */
static void translate4(const struct lb_pkt *pkt, const struct requote *rq)
{
	struct iphdr *iph = ip_hdr(pkt->skb);
	struct icmphdr *ih;

	if (iph->saddr == pkt->k4.saddr) {
		csum_replace4(&iph->check, iph->saddr, rq->daddr.ip);
		iph->saddr = rq->daddr.ip;
	}
	csum_replace4(&iph->check, iph->daddr, rq->saddr.ip);
	iph->daddr = rq->saddr.ip;

	ih = (struct icmphdr *)(pkt->skb->data + pkt->l4off);
	ih->checksum = 0;
	ih->checksum = csum_fold(skb_checksum(pkt->skb, pkt->l4off,
					      pkt->skb->len - pkt->l4off, 0));
}

static void translate6(const struct lb_pkt *pkt, const struct requote *rq)
{
	unsigned int len = pkt->skb->len - pkt->l4off;
	struct ipv6hdr *iph = ipv6_hdr(pkt->skb);
	struct icmp6hdr *ih;

	if (ipv6_addr_equal(&iph->saddr, &pkt->k6.saddr))
		iph->saddr = rq->daddr.in6;
	iph->daddr = rq->saddr.in6;

	ih = (struct icmp6hdr *)(pkt->skb->data + pkt->l4off);
	ih->icmp6_cksum = 0;
	ih->icmp6_cksum = csum_ipv6_magic(&iph->saddr, &iph->daddr, len,
					  IPPROTO_ICMPV6,
					  skb_checksum(pkt->skb, pkt->l4off,
						       len, 0));
}

/**
 * lb_related_translate() - make an ICMP error speak of the conn's other side
 * @pkt: the error, @dir set
 * @conn: its conn, with a reply tuple
 *
 * Its checksum, which has been verified, is computed anew.
 *
 * Context: softirq, under RCU.  May reallocate the skb's head.
 * Return: false if there is no memory to write to the packet.
 */
bool lb_related_translate(struct lb_pkt *pkt, const struct lb_conn *conn)
{
	u8 proto = pkt->family == AF_INET ? pkt->k4.proto : pkt->k6.proto;
	struct sk_buff *skb = pkt->skb;
	struct requote rq;

	if (skb_ensure_writable(skb, min_t(unsigned int, skb->len,
					   pkt->quote_l4off +
					   sizeof(struct tcphdr))))
		return false;
	/* Not seen for ICMP, but a guest may ask for anything. */
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return false;
	skb->ip_summed = CHECKSUM_NONE;

	requote_from(&rq, conn, !pkt->dir);
	translate_quote(pkt, &rq, proto);
	if (pkt->family == AF_INET)
		translate4(pkt, &rq);
	else
		translate6(pkt, &rq);
	return true;
}
