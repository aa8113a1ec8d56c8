/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink contract of l4lb, shared by kernel and userspace.
 *
 * Addresses are in network byte order, as 4 or 16 bytes; the length tells the
 * family.  Ports are in network byte order.  All other integers are in host
 * byte order.  Names of modes, schedulers and check methods travel as strings.
 * New attributes are appended; the meaning of an old one never changes.
 *
 * Message trees (">" to the kernel, "<" from it, "*" repeated, "?" optional):
 *
 * LB_CMD_INFO_GET     > (nothing)
 *                     < LB_A_INFO { VERSION, CONN_MAX, CONN_COUNT,
 *                                   SCHED*, MODE*, ENCAP*, MONITOR ? },
 *                       LB_A_GENERATION
 *
 * The transaction, one per socket, each request needs CAP_NET_ADMIN:
 *
 * LB_CMD_TXN_BEGIN    > LB_A_GENERATION ?       the generation edited; a
 *                                               different one in force: ESTALE
 * LB_CMD_DIRECTOR_SET > LB_A_DIRECTOR { NAME, ADDR ?, PORT ?, PROTO ?, MODE,
 *                                       ENCAP ?, ENCAP_PORT ?, SCHED,
 *                                       FLAGS ?, CHECK ?, METHOD ?,
 *                                       PERSIST ? { TIMEOUT ?, PLEN4 ?,
 *                                                   PLEN6 ? },
 *                                       CONNLIMIT ?, VIP_IFACE ? }
 *                                               creates or replaces; what is
 *                                               absent has its default; the
 *                                               servers stay
 * LB_CMD_DIRECTOR_DEL > LB_A_DIRECTOR { NAME }
 * LB_CMD_SERVER_SET   > LB_A_SERVER { DIRECTOR, NAME, ADDR, PORT ?, WEIGHT ?,
 *                                     FLAGS ?, CHECK ?, SLOWSTART ?,
 *                                     MAXCONN ?, MOVE_LAST ? }
 * LB_CMD_SERVER_DEL   > LB_A_SERVER { DIRECTOR, NAME }
 * LB_CMD_FLOW_SET     > LB_A_FLOW { NAME, POLICY, DIRECTOR ? }
 *                                               creates at the end, or
 *                                               replaces in place; it has no
 *                                               rules then
 * LB_CMD_FLOW_DEL     > LB_A_FLOW { NAME }
 * LB_CMD_RULE_ADD     > LB_A_RULE { FLOW, IGNORE ?, NOT ?, IFACE ?, PROTO ?,
 *                                   ICMPTYPE ?, SRC ?, SRC_LAST ?, SRC_PLEN ?,
 *                                   DST ?, DST_LAST ?, DST_PLEN ?,
 *                                   SRCPORT ?, SRCPORT_LAST ?,
 *                                   DSTPORT ?, DSTPORT_LAST ?, FWMARK ? }
 *                                               at the end of its flow
 * LB_CMD_NAT_SET      > LB_A_NAT { NAME, IN ?, OUT ?, PROTO ?,
 *                                  SRC ?, SRC_LAST ?, SRC_PLEN ?,
 *                                  DST ?, DST_LAST ?, DST_PLEN ?,
 *                                  SRCPORT ?, SRCPORT_LAST ?,
 *                                  DSTPORT ?, DSTPORT_LAST ?,
 *                                  TO ?, TO_LAST ?, TO_PLEN ?,
 *                                  TO_PORT ?, TO_PORT_LAST ? }
 *                                               creates at the end, or
 *                                               replaces in place
 * LB_CMD_NAT_DEL      > LB_A_NAT { NAME }
 * LB_CMD_OPTIONS_SET  > LB_A_OPTIONS { TIMEOUT_TCP ?, TIMEOUT_TCPFIN ?,
 *                                      TIMEOUT_UDP ?, PICKUP ?, CONNTRACK ? }
 * LB_CMD_TXN_COMMIT   > (nothing)
 *                     < LB_A_GENERATION         the one now in force
 * LB_CMD_TXN_ABORT    > (nothing)
 *
 * A SET or DEL that fails, ABORT, and closing the socket drop the staged
 * copy; whatever follows is answered ENOENT until the next BEGIN.  COMMIT is
 * refused with ESTALE when another transaction was committed since BEGIN.
 *
 * Runtime commands, in force at once, outside transactions, CAP_NET_ADMIN:
 *
 * LB_CMD_SERVER_STATE > LB_A_SERVER { DIRECTOR, NAME, ADMIN ?, OVERRIDE ? }
 * LB_CMD_CONN_FLUSH   > LB_A_CONN ? { DIRECTOR ?, SERVER ?, CLIENT_ADDR ? }
 *                     < LB_A_CONN { COUNT, TEMPLATES }
 *                                               CLIENT_ADDR also means the
 *                                               templates of nets it is in
 * LB_CMD_ZERO         > LB_A_DIRECTOR ? { NAME } | LB_A_SERVER ? { DIRECTOR,
 *                                                                  NAME }
 *                                               neither: all and the counters
 *
 * Health checks.  One socket of a namespace is its monitor, until it is closed;
 * closing it changes no server:
 *
 * LB_CMD_MONITOR      > LB_A_INFO ? { MONITOR }   the caller's process ID;
 *                                               another is it: EBUSY
 * LB_CMD_CHECK_SET    > LB_A_SERVER* { DIRECTOR, NAME, ADDR, PORT ?, RESULT,
 *                                      HEALTH ?, REASON ?, LATENCY ? }
 *                     < LB_A_INFO { SKIPPED }
 *                                               results of checks, many in one
 *                                               message; whoever is not listed
 *                                               with this address and port, or
 *                                               not checked, is skipped.  From
 *                                               the monitor only: others EPERM
 * LB_CMD_PIN          > LB_A_PIN { DIRECTOR, SERVER, CLIENT_ADDR, CLIENT_PORT,
 *                                  VIP_ADDR, VIP_PORT }
 *                                               makes a TCP conn from this
 *                                               machine to a server, whatever
 *                                               its state, weight and maxconn,
 *                                               for `check via vip`; from the
 *                                               monitor only
 *
 * Queries; the dumps answer one message an object, each with LB_A_GENERATION:
 *
 * LB_CMD_OPTIONS_GET  > (nothing)       < LB_A_OPTIONS { as SET }
 * LB_CMD_DIRECTOR_GET dump
 *                     < LB_A_DIRECTOR { as SET, SERVERS, ACTIVE, INACTIVE,
 *                                       STATS { CONNS, IN_PKTS, IN_BYTES,
 *                                               OUT_PKTS, OUT_BYTES,
 *                                               REFUSED } }
 * LB_CMD_SERVER_GET   dump; filter: LB_A_SERVER ? { DIRECTOR }
 *                     < LB_A_SERVER { as SET, ADMIN, OVERRIDE ?, EFF_WEIGHT,
 *                                     ACTIVE, INACTIVE, SINCE, STATS {..},
 *                                     HEALTH ?, RESULT ?, REASON ?, LATENCY ?,
 *                                     AGE ? }
 *                                               in director, then line order
 * LB_CMD_CONN_GET     dump; filter: LB_A_CONN ? { as FLUSH }
 *                     < LB_A_CONN { PROTO, CLIENT_ADDR, CLIENT_PORT, VIP_ADDR,
 *                                   VIP_PORT, SERVER_ADDR, SERVER_PORT,
 *                                   DIRECTOR, SERVER, MODE, STATE,
 *                                   EXPIRES, SNAT_ADDR ?, SNAT_PORT ? }
 * LB_CMD_PERSIST_GET  dump of templates; filter: LB_A_CONN ? { as FLUSH }
 *                     < LB_A_CONN { CLIENT_ADDR, CLIENT_PLEN, SERVER_ADDR,
 *                                   SERVER_PORT, DIRECTOR, SERVER, EXPIRES,
 *                                   COUNT }         COUNT: conns that use it
 * LB_CMD_FLOW_GET     dump, in order: each flow, followed by its rules
 *                     < LB_A_FLOW { as SET, RULES, HITS }
 *                     | LB_A_RULE { as ADD, INDEX }
 * LB_CMD_NAT_GET      dump, in order
 *                     < LB_A_NAT { as SET }
 * LB_CMD_EXPLAIN      > LB_A_EXPLAIN { PROTO, CLIENT_ADDR, CLIENT_PORT,
 *                                      VIP_ADDR, VIP_PORT, IFACE ?, FWMARK ? }
 *                     < LB_A_EXPLAIN { FLOW ?, RULE ?, POLICY ?, DIRECTOR ?,
 *                                      SERVER ?, SERVER_ADDR ?, SERVER_PORT ?,
 *                                      DECIDED_BY, REASON, COUNTER ?,
 *                                      NAT ? }
 *                                               what would happen to a new
 *                                               packet; changes nothing
 * LB_CMD_COUNTER_GET  dump
 *                     < LB_A_COUNTER { NAME, KIND, VALUE, HELP }
 *
 * Multicast group "events":
 *
 * LB_CMD_CONFIG_NTF   < LB_A_GENERATION                     after a commit
 * LB_CMD_SERVER_NTF   < LB_A_SERVER { DIRECTOR, NAME, ADMIN, OVERRIDE ?,
 *                                     EFF_WEIGHT, SINCE, HEALTH ?, RESULT ?,
 *                                     REASON ?, LATENCY ?, AGE ? }
 * LB_CMD_MONITOR_NTF  < LB_A_INFO { MONITOR ? }  one has begun; absent: ended
 * LB_CMD_CONN_LIMIT_NTF < LB_A_INFO { CONN_MAX, CONN_COUNT }  at most 1 a second
 *
 * Refusals carry errno and extack: one line of reason, and where one is at
 * fault the attribute.
 */
#ifndef _UAPI_LINUX_L4LB_H
#define _UAPI_LINUX_L4LB_H

#define LB_GENL_NAME		"l4lb"
#define LB_GENL_VERSION		1
#define LB_MCGRP_EVENTS		"events"

/* lengths without the terminating NUL */
#define LB_NAME_MAX		63	/* director, server */
#define LB_WORD_MAX		31	/* mode, encap, method */
#define LB_STR_MAX		255	/* uri, vhost */
#define LB_IFNAME_MAX		15
#define LB_FLOW_NAME_MAX	27	/* flow */

#define LB_WEIGHT_MAX		2147483647U

enum lb_cmd {
	LB_CMD_UNSPEC,
	LB_CMD_INFO_GET,
	LB_CMD_TXN_BEGIN,
	LB_CMD_TXN_COMMIT,
	LB_CMD_TXN_ABORT,
	LB_CMD_DIRECTOR_SET,
	LB_CMD_DIRECTOR_DEL,
	LB_CMD_DIRECTOR_GET,
	LB_CMD_SERVER_SET,
	LB_CMD_SERVER_DEL,
	LB_CMD_SERVER_GET,
	LB_CMD_SERVER_STATE,
	LB_CMD_OPTIONS_SET,
	LB_CMD_OPTIONS_GET,
	LB_CMD_CONN_GET,
	LB_CMD_CONN_FLUSH,
	LB_CMD_COUNTER_GET,
	LB_CMD_ZERO,
	LB_CMD_CONFIG_NTF,
	LB_CMD_SERVER_NTF,
	LB_CMD_CONN_LIMIT_NTF,
	LB_CMD_FLOW_SET,
	LB_CMD_FLOW_DEL,
	LB_CMD_RULE_ADD,
	LB_CMD_FLOW_GET,
	LB_CMD_PERSIST_GET,
	LB_CMD_EXPLAIN,
	LB_CMD_NAT_SET,
	LB_CMD_NAT_DEL,
	LB_CMD_NAT_GET,
	LB_CMD_MONITOR,
	LB_CMD_CHECK_SET,
	LB_CMD_PIN,
	LB_CMD_MONITOR_NTF,

	__LB_CMD_LAST,
	LB_CMD_MAX = __LB_CMD_LAST - 1
};

/* top level */
enum lb_attr {
	LB_A_UNSPEC,
	LB_A_PAD,
	LB_A_GENERATION,		/* u32 */
	LB_A_INFO,			/* nest, enum lb_info_attr */
	LB_A_DIRECTOR,			/* nest, enum lb_director_attr */
	LB_A_SERVER,			/* nest, enum lb_server_attr */
	LB_A_OPTIONS,			/* nest, enum lb_options_attr */
	LB_A_CONN,			/* nest, enum lb_conn_attr */
	LB_A_COUNTER,			/* nest, enum lb_counter_attr */
	LB_A_FLOW,			/* nest, enum lb_flow_attr */
	LB_A_RULE,			/* nest, enum lb_rule_attr */
	LB_A_EXPLAIN,			/* nest, enum lb_explain_attr */
	LB_A_NAT,			/* nest, enum lb_nat_attr */
	LB_A_PIN,			/* nest, enum lb_pin_attr */

	__LB_A_LAST,
	LB_A_MAX = __LB_A_LAST - 1
};

enum lb_info_attr {
	LB_INFO_A_UNSPEC,
	LB_INFO_A_VERSION,		/* string, the module's version */
	LB_INFO_A_CONN_MAX,		/* u32, conns allowed in this netns */
	LB_INFO_A_CONN_COUNT,		/* u32, conns now in this netns */
	LB_INFO_A_SCHED,		/* string, repeated */
	LB_INFO_A_MODE,			/* string, repeated */
	LB_INFO_A_ENCAP,		/* string, repeated: of mode tunnel */
	LB_INFO_A_MONITOR,		/* u32, process ID of the monitor; absent:
					 * there is none
					 */
	LB_INFO_A_SKIPPED,		/* u32, results that were not taken */

	__LB_INFO_A_LAST,
	LB_INFO_A_MAX = __LB_INFO_A_LAST - 1
};

/* LB_DIRECTOR_A_FLAGS */
#define LB_DIRECTOR_F_ONEPACKET	(1U << 0)
#define LB_DIRECTOR_F_HASH_PORT	(1U << 1)	/* `balance … port` */
#define LB_DIRECTOR_F_ALL	(LB_DIRECTOR_F_ONEPACKET | \
				 LB_DIRECTOR_F_HASH_PORT)

enum lb_director_attr {
	LB_DIRECTOR_A_UNSPEC,
	LB_DIRECTOR_A_PAD,
	LB_DIRECTOR_A_NAME,		/* string */
	LB_DIRECTOR_A_ADDR,		/* 4 or 16 bytes; absent: flow only */
	LB_DIRECTOR_A_PORT,		/* be16; absent: any port */
	LB_DIRECTOR_A_PROTO,		/* u8, IPPROTO_TCP, _UDP; absent: both */
	LB_DIRECTOR_A_MODE,		/* string: gateway, nat, tunnel */
	LB_DIRECTOR_A_ENCAP,		/* string, of mode tunnel: ipip, gre,
					 * gue; absent: ipip
					 */
	LB_DIRECTOR_A_ENCAP_PORT,	/* be16, gue: UDP destination port */
	LB_DIRECTOR_A_SCHED,		/* string, canonical name; locality:
					 * "leastconn localitybased",
					 * "leastconn localitybased replication"
					 */
	LB_DIRECTOR_A_FLAGS,		/* u32, LB_DIRECTOR_F_ */
	LB_DIRECTOR_A_CHECK,		/* nest, enum lb_check_attr: defaults */
	LB_DIRECTOR_A_METHOD,		/* nest, enum lb_method_attr */
	LB_DIRECTOR_A_SERVERS,		/* u32, number of servers */
	LB_DIRECTOR_A_ACTIVE,		/* u32, conns in an active state */
	LB_DIRECTOR_A_INACTIVE,		/* u32, the other conns */
	LB_DIRECTOR_A_STATS,		/* nest, enum lb_stats_attr */
	LB_DIRECTOR_A_PERSIST,		/* nest, enum lb_persist_attr; present,
					 * even empty: persistent
					 */
	LB_DIRECTOR_A_CONNLIMIT,	/* u32 > 0, active conns a client address
					 * may have
					 */
	LB_DIRECTOR_A_SORRY,		/* flag, from the kernel: sorry servers
					 * serve
					 */
	LB_DIRECTOR_A_VIP_IFACE,	/* string, where lbctl puts its address;
					 * the kernel only keeps it
					 */

	__LB_DIRECTOR_A_LAST,
	LB_DIRECTOR_A_MAX = __LB_DIRECTOR_A_LAST - 1
};

/* LB_DIRECTOR_A_PERSIST */
enum lb_persist_attr {
	LB_PERSIST_A_UNSPEC,
	LB_PERSIST_A_TIMEOUT,		/* u32, ms; 360000 */
	LB_PERSIST_A_PLEN4,		/* u8, 1..32: bits of an IPv4 client
					 * address that count; 32
					 */
	LB_PERSIST_A_PLEN6,		/* u8, 1..128, IPv6; 128 */

	__LB_PERSIST_A_LAST,
	LB_PERSIST_A_MAX = __LB_PERSIST_A_LAST - 1
};

/*
 * LB_SERVER_A_ADMIN: what the operator ordered with `lbctl set server`.
 * UP: takes part.  DRAIN: no new conns, those it has go on.  DOWN: no new
 * conns, those it has are expired at once.
 */
enum lb_admin {
	LB_ADMIN_UP,
	LB_ADMIN_DRAIN,
	LB_ADMIN_DOWN,

	__LB_ADMIN_LAST,
	LB_ADMIN_MAX = __LB_ADMIN_LAST - 1
};

/*
 * LB_SERVER_A_HEALTH: what the checks say, beside what the operator ordered: a
 * server takes part if both let it.  INHIBITED is as DRAIN, DOWN as DOWN.  It
 * counts while the server is listed with CHECK, and is UP again when it no
 * longer is.
 */
enum lb_health {
	LB_HEALTH_UP,
	LB_HEALTH_INHIBITED,
	LB_HEALTH_DOWN,

	__LB_HEALTH_LAST,
	LB_HEALTH_MAX = __LB_HEALTH_LAST - 1
};

/*
 * LB_SERVER_A_RESULT: of the last check.  ERROR: it could not be made, which
 * says nothing about the server.
 */
enum lb_result {
	LB_RESULT_NONE,			/* not checked yet */
	LB_RESULT_PASS,
	LB_RESULT_FAIL,
	LB_RESULT_ERROR,

	__LB_RESULT_LAST,
	LB_RESULT_MAX = __LB_RESULT_LAST - 1
};

/* LB_SERVER_A_FLAGS */
#define LB_SERVER_F_SORRY	(1U << 0)
#define LB_SERVER_F_ALL		(LB_SERVER_F_SORRY)

enum lb_server_attr {
	LB_SERVER_A_UNSPEC,
	LB_SERVER_A_PAD,
	LB_SERVER_A_DIRECTOR,		/* string, the director's name */
	LB_SERVER_A_NAME,		/* string */
	LB_SERVER_A_ADDR,		/* 4 or 16 bytes */
	LB_SERVER_A_PORT,		/* be16; absent: the packet's */
	LB_SERVER_A_WEIGHT,		/* u32, 0..LB_WEIGHT_MAX, default 1 */
	LB_SERVER_A_FLAGS,		/* u32, LB_SERVER_F_ */
	LB_SERVER_A_CHECK,		/* nest, enum lb_check_attr; present,
					 * even empty: checked
					 */
	LB_SERVER_A_ADMIN,		/* u8, enum lb_admin */
	LB_SERVER_A_OVERRIDE,		/* u32, weight set at run time; to the
					 * kernel, LB_WEIGHT_MAX + 1 ends it
					 */
	LB_SERVER_A_EFF_WEIGHT,		/* u32, the weight that schedules */
	LB_SERVER_A_ACTIVE,		/* u32 */
	LB_SERVER_A_INACTIVE,		/* u32 */
	LB_SERVER_A_SINCE,		/* u32, s since the state changed */
	LB_SERVER_A_STATS,		/* nest, enum lb_stats_attr */
	LB_SERVER_A_SLOWSTART,		/* u32, ms of ramp after coming up */
	LB_SERVER_A_MAXCONN,		/* u32 > 0, active conns at most */
	LB_SERVER_A_MOVE_LAST,		/* flag, to the kernel: moves behind the
					 * director's other servers
					 */
	LB_SERVER_A_HEALTH,		/* u8, enum lb_health */
	LB_SERVER_A_RESULT,		/* u8, enum lb_result */
	LB_SERVER_A_REASON,		/* string, LB_STR_MAX: why the result is
					 * what it is
					 */
	LB_SERVER_A_LATENCY,		/* u32, us the last check took */
	LB_SERVER_A_AGE,		/* u32, ms since the last check */

	__LB_SERVER_A_LAST,
	LB_SERVER_A_MAX = __LB_SERVER_A_LAST - 1
};

/*
 * Health check parameters, of a director (defaults) or a server (overrides).
 * The kernel checks their form, keeps the nest and gives it back as it came.
 */
enum lb_check_attr {
	LB_CHECK_A_UNSPEC,
	LB_CHECK_A_INTERVAL,		/* u32, ms */
	LB_CHECK_A_TIMEOUT,		/* u32, ms */
	LB_CHECK_A_SOURCE,		/* 4 or 16 bytes */
	LB_CHECK_A_PORT,		/* be16 */
	LB_CHECK_A_RISE,		/* u32 */
	LB_CHECK_A_FALL,		/* u32 */
	LB_CHECK_A_INHIBIT,		/* flag */
	LB_CHECK_A_VIA_VIP,		/* flag: tcp and http, to the VIP */

	__LB_CHECK_A_LAST,
	LB_CHECK_A_MAX = __LB_CHECK_A_LAST - 1
};

/* The director's check method; absent: none named, so icmp. Kept likewise. */
enum lb_method_attr {
	LB_METHOD_A_UNSPEC,
	LB_METHOD_A_NAME,		/* string: icmp, arp, tcp, http */
	LB_METHOD_A_IFACE,		/* string, arp */
	LB_METHOD_A_URI,		/* string, http */
	LB_METHOD_A_STATUSCODE,		/* u16, http */
	LB_METHOD_A_VHOST,		/* string, http */

	__LB_METHOD_A_LAST,
	LB_METHOD_A_MAX = __LB_METHOD_A_LAST - 1
};

/* a section of rules, asked in order before the directors' addresses */
enum lb_flow_attr {
	LB_FLOW_A_UNSPEC,
	LB_FLOW_A_PAD,
	LB_FLOW_A_NAME,			/* string, LB_FLOW_NAME_MAX */
	LB_FLOW_A_POLICY,		/* string: permit, deny, skip, director */
	LB_FLOW_A_DIRECTOR,		/* string, with policy director */
	LB_FLOW_A_RULES,		/* u32, number of rules */
	LB_FLOW_A_HITS,			/* u64, packets its policy decided */

	__LB_FLOW_A_LAST,
	LB_FLOW_A_MAX = __LB_FLOW_A_LAST - 1
};

/* LB_RULE_A_NOT: conditions that must not hold */
#define LB_RULE_F_IFACE		(1U << 0)
#define LB_RULE_F_PROTO		(1U << 1)
#define LB_RULE_F_ICMPTYPE	(1U << 2)
#define LB_RULE_F_SRC		(1U << 3)
#define LB_RULE_F_DST		(1U << 4)
#define LB_RULE_F_SRCPORT	(1U << 5)
#define LB_RULE_F_DSTPORT	(1U << 6)
#define LB_RULE_F_FWMARK	(1U << 7)
#define LB_RULE_F_ALL		((1U << 8) - 1)

/*
 * One line of a flow; what is absent is not asked.  An address range is given
 * by its first and last address, a net by any address of it and its length.
 */
enum lb_rule_attr {
	LB_RULE_A_UNSPEC,
	LB_RULE_A_FLOW,			/* string, its flow */
	LB_RULE_A_INDEX,		/* u32, from 1, from the kernel only */
	LB_RULE_A_IGNORE,		/* flag: leaves the flow */
	LB_RULE_A_NOT,			/* u32, LB_RULE_F_ */
	LB_RULE_A_IFACE,		/* string, inbound interface */
	LB_RULE_A_PROTO,		/* u8, IPPROTO_TCP, _UDP, _ICMP; the
					 * last also means ICMPv6
					 */
	LB_RULE_A_ICMPTYPE,		/* u8 */
	LB_RULE_A_SRC,			/* 4 or 16 bytes */
	LB_RULE_A_SRC_LAST,		/* the same length */
	LB_RULE_A_SRC_PLEN,		/* u8; absent: the whole address */
	LB_RULE_A_DST,			/* as SRC */
	LB_RULE_A_DST_LAST,
	LB_RULE_A_DST_PLEN,
	LB_RULE_A_SRCPORT,		/* be16 */
	LB_RULE_A_SRCPORT_LAST,		/* be16; absent: one port */
	LB_RULE_A_DSTPORT,		/* be16 */
	LB_RULE_A_DSTPORT_LAST,		/* be16 */
	LB_RULE_A_FWMARK,		/* u32 */

	__LB_RULE_A_LAST,
	LB_RULE_A_MAX = __LB_RULE_A_LAST - 1
};

/*
 * A nat section: conns of directors in mode nat whose first packet, as it came,
 * it matches have their source translated.  What is absent is not asked, or is
 * not changed.  The first section that matches counts.
 */
enum lb_nat_attr {
	LB_NAT_A_UNSPEC,
	LB_NAT_A_NAME,			/* string */
	LB_NAT_A_IN,			/* string, inbound interface */
	LB_NAT_A_OUT,			/* string, interface to the server */
	LB_NAT_A_PROTO,			/* u8, IPPROTO_TCP, _UDP */
	LB_NAT_A_SRC,			/* 4 or 16 bytes, the client */
	LB_NAT_A_SRC_LAST,		/* the same length */
	LB_NAT_A_SRC_PLEN,		/* u8 */
	LB_NAT_A_DST,			/* as SRC: the VIP */
	LB_NAT_A_DST_LAST,
	LB_NAT_A_DST_PLEN,
	LB_NAT_A_SRCPORT,		/* be16 */
	LB_NAT_A_SRCPORT_LAST,		/* be16; absent: one port */
	LB_NAT_A_DSTPORT,		/* be16 */
	LB_NAT_A_DSTPORT_LAST,		/* be16 */
	LB_NAT_A_TO,			/* as SRC: what the source becomes, 256
					 * addresses at most
					 */
	LB_NAT_A_TO_LAST,
	LB_NAT_A_TO_PLEN,
	LB_NAT_A_TO_PORT,		/* be16: what its port becomes; absent:
					 * 1024 to 65535, the client's own first
					 */
	LB_NAT_A_TO_PORT_LAST,		/* be16 */

	__LB_NAT_A_LAST,
	LB_NAT_A_MAX = __LB_NAT_A_LAST - 1
};

enum lb_explain_attr {
	LB_EXPLAIN_A_UNSPEC,
	LB_EXPLAIN_A_PROTO,		/* u8 */
	LB_EXPLAIN_A_CLIENT_ADDR,	/* 4 or 16 bytes */
	LB_EXPLAIN_A_CLIENT_PORT,	/* be16 */
	LB_EXPLAIN_A_VIP_ADDR,		/* 4 or 16 bytes */
	LB_EXPLAIN_A_VIP_PORT,		/* be16 */
	LB_EXPLAIN_A_IFACE,		/* string; absent: none */
	LB_EXPLAIN_A_FWMARK,		/* u32 */
	LB_EXPLAIN_A_FLOW,		/* string, the flow whose rule matched */
	LB_EXPLAIN_A_RULE,		/* u32, from 1, in that flow */
	LB_EXPLAIN_A_POLICY,		/* string, of that flow */
	LB_EXPLAIN_A_DIRECTOR,		/* string */
	LB_EXPLAIN_A_SERVER,		/* string */
	LB_EXPLAIN_A_SERVER_ADDR,	/* 4 or 16 bytes */
	LB_EXPLAIN_A_SERVER_PORT,	/* be16 */
	LB_EXPLAIN_A_DECIDED_BY,	/* string: conn, template, scheduler,
					 * sorry, nobody
					 */
	LB_EXPLAIN_A_REASON,		/* string, one line */
	LB_EXPLAIN_A_COUNTER,		/* string, the counter it would end in,
					 * if it gets no server
					 */
	LB_EXPLAIN_A_NAT,		/* string, the nat rule that translates
					 * its source
					 */

	__LB_EXPLAIN_A_LAST,
	LB_EXPLAIN_A_MAX = __LB_EXPLAIN_A_LAST - 1
};

/* `service lvs`; absent: the default */
enum lb_options_attr {
	LB_OPTIONS_A_UNSPEC,
	LB_OPTIONS_A_TIMEOUT_TCP,	/* u32, ms, established; 900000 */
	LB_OPTIONS_A_TIMEOUT_TCPFIN,	/* u32, ms, FIN seen; 120000 */
	LB_OPTIONS_A_TIMEOUT_UDP,	/* u32, ms; 300000 */
	LB_OPTIONS_A_PICKUP,		/* flag: a TCP segment in midstream and
					 * without a conn makes one
					 */
	LB_OPTIONS_A_CONNTRACK,		/* flag: new conns have nf_conntrack
					 * entries and meet POST_ROUTING
					 */

	__LB_OPTIONS_A_LAST,
	LB_OPTIONS_A_MAX = __LB_OPTIONS_A_LAST - 1
};

enum lb_conn_attr {
	LB_CONN_A_UNSPEC,
	LB_CONN_A_PROTO,		/* u8 */
	LB_CONN_A_CLIENT_ADDR,		/* 4 or 16 bytes */
	LB_CONN_A_CLIENT_PORT,		/* be16 */
	LB_CONN_A_VIP_ADDR,		/* 4 or 16 bytes */
	LB_CONN_A_VIP_PORT,		/* be16 */
	LB_CONN_A_SERVER_ADDR,		/* 4 or 16 bytes */
	LB_CONN_A_SERVER_PORT,		/* be16 */
	LB_CONN_A_DIRECTOR,		/* string */
	LB_CONN_A_SERVER,		/* string; as a filter it needs DIRECTOR */
	LB_CONN_A_MODE,			/* string */
	LB_CONN_A_STATE,		/* string */
	LB_CONN_A_EXPIRES,		/* u32, ms until it is idle long enough */
	LB_CONN_A_COUNT,		/* u32, conns flushed; of a template,
					 * conns that use it
					 */
	LB_CONN_A_CLIENT_PLEN,		/* u8, of a template's client net */
	LB_CONN_A_TEMPLATES,		/* u32, templates flushed */
	LB_CONN_A_SNAT_ADDR,		/* 4 or 16 bytes: what the server sees
					 * as the client, if that is another
					 */
	LB_CONN_A_SNAT_PORT,		/* be16 */

	__LB_CONN_A_LAST,
	LB_CONN_A_MAX = __LB_CONN_A_LAST - 1
};

enum lb_pin_attr {
	LB_PIN_A_UNSPEC,
	LB_PIN_A_DIRECTOR,		/* string */
	LB_PIN_A_SERVER,		/* string */
	LB_PIN_A_CLIENT_ADDR,		/* 4 or 16 bytes, of this machine */
	LB_PIN_A_CLIENT_PORT,		/* be16 */
	LB_PIN_A_VIP_ADDR,		/* as long as CLIENT_ADDR */
	LB_PIN_A_VIP_PORT,		/* be16 */

	__LB_PIN_A_LAST,
	LB_PIN_A_MAX = __LB_PIN_A_LAST - 1
};

enum lb_stats_attr {
	LB_STATS_A_UNSPEC,
	LB_STATS_A_PAD,
	LB_STATS_A_CONNS,		/* u64, conns scheduled */
	LB_STATS_A_IN_PKTS,		/* u64, client to server; a GSO packet
					 * counts once
					 */
	LB_STATS_A_IN_BYTES,		/* u64, IP length */
	LB_STATS_A_OUT_PKTS,		/* u64, server to client, nat only */
	LB_STATS_A_OUT_BYTES,		/* u64 */
	LB_STATS_A_REFUSED,		/* u64, new conns without a server,
					 * director only
					 */

	__LB_STATS_A_LAST,
	LB_STATS_A_MAX = __LB_STATS_A_LAST - 1
};

/*
 * LB_COUNTER_A_KIND: the packets IN are the sum of all FORWARD, PASS and DROP
 * counters; NOTE counters count events beside that sum.
 */
enum lb_counter_kind {
	LB_COUNTER_IN,
	LB_COUNTER_FORWARD,
	LB_COUNTER_PASS,
	LB_COUNTER_DROP,
	LB_COUNTER_NOTE,
};

enum lb_counter_attr {
	LB_COUNTER_A_UNSPEC,
	LB_COUNTER_A_PAD,
	LB_COUNTER_A_NAME,		/* string */
	LB_COUNTER_A_KIND,		/* u8, enum lb_counter_kind */
	LB_COUNTER_A_VALUE,		/* u64 */
	LB_COUNTER_A_HELP,		/* string, one line */

	__LB_COUNTER_A_LAST,
	LB_COUNTER_A_MAX = __LB_COUNTER_A_LAST - 1
};

#endif /* _UAPI_LINUX_L4LB_H */
