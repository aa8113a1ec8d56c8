/* SPDX-License-Identifier: GPL-2.0 */
/* Counters: one named row for each way out of the path, and traffic totals. */
#ifndef _L4LB_STATS_H
#define _L4LB_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/l4lb.h>
#include "lb.h"

/*
 * The rows: id, kind, help.  The name an operator sees is the id in lower
 * case.  IN and IN_OWN = the sum of FORWARD, PASS and DROP: every packet that
 * the hooks see leaves by exactly one of those.
 */
#define LB_COUNTER_ROWS(X)						      \
	X(IN, IN, "packets that came in and that the hook saw")		      \
	X(IN_OWN, IN, "packets of this machine itself that the hook saw")     \
	X(FORWARD_GATEWAY, FORWARD, "sent to a server, gateway mode")	      \
	X(FORWARD_NAT, FORWARD, "sent to a server, nat mode")		      \
	X(FORWARD_NAT_REPLY, FORWARD, "sent to a client, nat mode")	      \
	X(FORWARD_ICMP, FORWARD, "ICMP error sent to the server or client it is for") \
	X(FORWARD_TUNNEL, FORWARD, "sent to a server, tunnel mode")	      \
	X(FORWARD_PROBE_REPLY, FORWARD, "sent to this machine, answer to `check via vip`") \
	X(FORWARD_TUNNEL_ERROR, FORWARD, "ICMP error about a tunnel, told to the client") \
	X(PASS_NOT_HOST, PASS, "link-layer broadcast, multicast or foreign")  \
	X(PASS_BRIDGED, PASS, "bridged to another machine, shown by br_netfilter") \
	X(PASS_LOOPBACK, PASS, "came through the loopback device")	      \
	X(PASS_PROTO, PASS, "neither TCP nor UDP, nor ICMP about a conn")     \
	X(PASS_FRAGMENT, PASS, "fragment that nobody reassembled")	      \
	X(PASS_TRUNCATED, PASS, "header cut short or odd")		      \
	X(PASS_NO_DIRECTOR, PASS, "no director for this address and port")    \
	X(PASS_NO_CONN, PASS, "TCP for a director, but no conn and no SYN")   \
	X(PASS_LOCAL_SERVER, PASS, "the server is this machine")	      \
	X(PASS_TRACKED, PASS, "left to the hook behind nf_conntrack")	      \
	X(PASS_PEER, PASS, "sent on to this machine by another balancer")     \
	X(PASS_OWN, PASS, "of this machine itself and for no director")       \
	X(PASS_OWN_SOURCE, PASS, "of this machine itself, no server could answer it") \
	X(DROP_IP_OPTIONS, DROP, "for a director, but with IP options")	      \
	X(DROP_SOURCE, DROP, "source refused by rp_filter or martian check")  \
	X(DROP_POLICY, DROP, "refused by IPsec policy")			      \
	X(DROP_FLOW, DROP, "refused by a deny flow")			      \
	X(DROP_NO_SERVER, DROP, "no usable server; ICMP port unreachable")    \
	X(DROP_CONN_LIMIT, DROP, "conn_max reached")			      \
	X(DROP_CONN_NOMEM, DROP, "no memory for a conn")		      \
	X(DROP_SNAT_PORTS, DROP, "all source ports in use; ICMP port unreachable") \
	X(DROP_NO_ROUTE, DROP, "no route to the server or client")	      \
	X(DROP_OFF_LINK, DROP, "gateway mode, server behind a router")	      \
	X(DROP_NEIGH, DROP, "no neighbour entry could be made")		      \
	X(DROP_TTL, DROP, "TTL or hop limit ran out; ICMP time exceeded")     \
	X(DROP_MTU, DROP, "DF and over the MTU; ICMP frag needed")	      \
	X(DROP_TUNNEL_MTU, DROP, "tunnel mode, the way takes too little")     \
	X(DROP_TUNNEL_ERROR, DROP, "ICMP error about a tunnel, only learned from") \
	X(DROP_LRO, DROP, "LRO packet, cannot be forwarded")		      \
	X(DROP_ICMP_CHECKSUM, DROP, "ICMP error about a conn, bad checksum")   \
	X(DROP_NOMEM, DROP, "no memory to write to the packet")		      \
	X(DROP_UNTRACKED, DROP, "nat with conntrack, invalid to nf_conntrack")\
	X(DROP_POST_ROUTING, DROP, "refused by POST_ROUTING or nf_conntrack") \
	X(DROP_OVERFLOW, DROP, "ovh, all servers over their weight")	      \
	X(DROP_MAXCONN, DROP, "all servers have maxconn conns")		      \
	X(DROP_CLIENT_LIMIT, DROP, "the client has connlimit conns")	      \
	X(CONN_NEW, NOTE, "conns created")				      \
	X(CONN_PINNED, NOTE, "conns created for `check via vip`")	      \
	X(CONN_EXPIRED, NOTE, "conns ended by their timeout")		      \
	X(CONN_REUSED, NOTE, "conns, closed or never open, replaced by a SYN") \
	X(CONN_CLASH, NOTE, "nat, source port translated: in use at another VIP") \
	X(CONN_EVICTED, NOTE, "conns ended because their server is gone")     \
	X(CONN_FLUSHED, NOTE, "conns ended by lbctl flush")		      \
	X(TEMPLATE_NEW, NOTE, "persistence templates created")		      \
	X(TEMPLATE_EXPIRED, NOTE, "templates ended by their timeout")	      \
	X(TEMPLATE_EVICTED, NOTE, "templates ended with their server or option") \
	X(TEMPLATE_FLUSHED, NOTE, "templates ended by lbctl flush")	      \
	X(ROUTE_LOOKUP, NOTE, "routes to servers or clients looked up")	      \
	X(FRAGMENTED, NOTE, "packets sent in fragments")

enum lb_counter {
#define LB_COUNTER_ENUM(id, kind, help) LB_C_##id,
	LB_COUNTER_ROWS(LB_COUNTER_ENUM)
#undef LB_COUNTER_ENUM
	LB_C_NR
};

/**
 * struct lb_counters - one CPU's named counters
 */
struct lb_counters {
	/** @v: by enum lb_counter; only this CPU writes, BH off */
	u64 v[LB_C_NR];
};

/**
 * struct lb_stats - one CPU's traffic totals of a server
 */
struct lb_stats {
	/** @conns: conns bound */
	u64_stats_t conns;
	/** @pkts: by direction, 0 = client to server; GSO packets count once */
	u64_stats_t pkts[2];
	/** @bytes: by direction, IP length */
	u64_stats_t bytes[2];
	/** @sync: makes the 64-bit values whole on 32-bit readers */
	struct u64_stats_sync sync;
};

/**
 * struct lb_totals - traffic totals summed over CPUs
 */
struct lb_totals {
	/** @conns: conns bound */
	u64 conns;
	/** @pkts: by direction */
	u64 pkts[2];
	/** @bytes: by direction */
	u64 bytes[2];
};

/**
 * lb_count() - add one to a named counter
 * @ln: the namespace
 * @id: which counter
 *
 * Context: any; cheapest with BH off, where no other writer can interrupt.
 */
static inline void lb_count(const struct lb_net *ln, enum lb_counter id)
{
	this_cpu_inc(ln->counters->v[id]);
}

/**
 * lb_stats_packet() - account a packet to a server
 * @stats: the server's totals
 * @dir: 0 = client to server, 1 = server to client
 * @bytes: IP length
 *
 * Context: softirq or BH off.
 */
static inline void lb_stats_packet(struct lb_stats __percpu *stats,
				   unsigned int dir, unsigned int bytes)
{
	struct lb_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_inc(&s->pkts[dir]);
	u64_stats_add(&s->bytes[dir], bytes);
	u64_stats_update_end(&s->sync);
}

struct lb_stats __percpu *lb_stats_alloc(gfp_t gfp);
void lb_stats_conn(struct lb_stats __percpu *stats);
void lb_stats_add_to(struct lb_totals *t, struct lb_stats __percpu *stats);
u64 lb_counter_sum(const struct lb_net *ln, enum lb_counter id);
const char *lb_counter_name(enum lb_counter id);
const char *lb_counter_help(enum lb_counter id);
enum lb_counter_kind lb_counter_kind(enum lb_counter id);

#endif /* _L4LB_STATS_H */
