/* SPDX-License-Identifier: GPL-2.0 */
/* What the two halves of tunnel mode share: sending, and errors about it. */
#ifndef _L4LB_XMIT_TUNNEL_H
#define _L4LB_XMIT_TUNNEL_H

#include <linux/types.h>
#include <linux/udp.h>

/* Between the outer and the inner IP header; GUE follows a UDP header. */
#define LB_GRE_LEN	4
#define LB_GUE_LEN	4

/* GRE, RFC 2784: no checksum, no key, no sequence number. */
struct lb_grehdr {
	__be16 flags;
	__be16 protocol;
};

/* GUE version 0 without options: an IP packet follows. */
struct lb_guehdr {
	u8 version_hlen;
	u8 protocol;
	__be16 flags;
};

/**
 * struct lb_encap - how a packet is put inside another one
 */
struct lb_encap {
	/** @proto: of the outer header; 0: IPPROTO_IPIP or _IPV6 */
	u8 proto;
	/** @len: bytes between the two IP headers */
	u8 len;
	/** @gso4: what a GSO packet becomes in IPv4, SKB_GSO_ */
	int gso4;
	/** @gso6: what a GSO packet becomes in IPv6 */
	int gso6;
};

#endif /* _L4LB_XMIT_TUNNEL_H */
