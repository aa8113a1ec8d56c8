/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_SNAP_H
#define LBCTL_BACKEND_SNAP_H

#include "addr.h"
#include "util.h"

#include <net/if.h>
#include <stddef.h>

/** enum lb_be_sysctl - settings of an interface that matter here */
enum lb_be_sysctl {
	LB_BE_ARP_IGNORE,
	LB_BE_ARP_ANNOUNCE,
	LB_BE_RP_FILTER,
	LB_BE_SYSCTLS,
};

/* a setting that is not there, or an interface */
#define LB_BE_UNKNOWN	(-1)

struct json_object;

/** struct lb_be_if_addr - an address of an interface */
struct lb_be_if_addr {
	/** @addr: the address */
	struct lb_addr addr;
	/** @prefix: length of its prefix */
	uint8_t prefix;
	/** @label: its label, "" for IPv6 */
	char label[IFNAMSIZ];
};

/** struct lb_be_link - an interface */
struct lb_be_link {
	/** @name: its name */
	char name[IFNAMSIZ];
	/** @kind: kind of a virtual one, as `ip link add type` has it, or "" */
	char kind[16];
	/** @up: administratively up */
	bool up;
	/** @loopback: it is lo */
	bool loopback;
	/** @broadcast: neighbours ask there whose an address is */
	bool broadcast;
	/** @mtu: bytes */
	unsigned int mtu;
	/** @local: a tunnel's own end; none = any */
	struct lb_addr local;
	/** @remote: a tunnel's other end; none = any */
	struct lb_addr remote;
	/** @keyed: a gre tunnel that takes only packets with a key */
	bool keyed;
	/** @proto: what a tunnel carries, as `ip` prints it: any, ip6ip6 ... */
	char proto[16];
	/** @addr: its addresses */
	struct lb_be_if_addr *addr;
	/** @n_addrs: how many */
	size_t n_addrs;
	/** @conf: its IPv4 settings */
	int conf[LB_BE_SYSCTLS];
	/** @no_ipv6: disable_ipv6; LB_BE_UNKNOWN = it has no IPv6 at all */
	int no_ipv6;
};

/** struct lb_be_fou - a UDP port that unpacks */
struct lb_be_fou {
	/** @port: host byte order */
	uint16_t port;
	/** @family: 4 or 16, the length of an address */
	uint8_t family;
	/** @gue: gue, not plain fou */
	bool gue;
};

/** enum lb_be_whose - is a router the balancer? */
enum lb_be_whose {
	LB_BE_NOBODY_KNOWS,
	LB_BE_BALANCER,		/* it answers ARP for the VIP, too */
	LB_BE_OTHER,
	LB_BE_ASKED,		/* nobody knows, still */
};

/** struct lb_be_hop - one way out of a route */
struct lb_be_hop {
	/** @whose: whose address @gateway is */
	enum lb_be_whose whose;
	/** @gateway: next router, none = on the link */
	struct lb_addr gateway;
	/** @dev: interface */
	char dev[IFNAMSIZ];
};

#define LB_BE_HOPS_MAX	8

/** struct lb_be_route - how answers from an address leave */
struct lb_be_route {
	/** @from: the address */
	struct lb_addr from;
	/** @ok: there is a route */
	bool ok;
	/** @hop: its ways out, more than one if it is multipath */
	struct lb_be_hop hop[LB_BE_HOPS_MAX];
	/** @n_hops: how many */
	unsigned int n_hops;
	/** @dst: what `ip route` calls its destination */
	char dst[64];
	/** @table: its table unless that is main */
	char table[16];
	/** @protocol: who made it, as `ip route` prints it, or "" */
	char protocol[16];
	/** @src: the source address it prefers, or none */
	struct lb_addr src;
	/** @metric: its metric, 0 = none */
	unsigned int metric;
	/** @advmss: TCP segment size it announces, 0 = by MTU */
	unsigned int advmss;
	/** @mtu: its MTU, 0 = the device's */
	unsigned int mtu;
};

/** struct lb_be_socket - somebody listens */
struct lb_be_socket {
	/** @proto: IPPROTO_TCP or IPPROTO_UDP */
	uint8_t proto;
	/** @families: bit 0: takes IPv4, bit 1: takes IPv6 */
	uint8_t families;
	/** @addr: on this address; none = on all of @families */
	struct lb_addr addr;
	/** @dev: only from this interface, or "" */
	char dev[IFNAMSIZ];
	/** @port: host byte order */
	uint16_t port;
};

/** struct lb_be_chain - a base chain that filters what comes in */
struct lb_be_chain {
	/** @name: FAMILY TABLE CHAIN, as `nft` takes it */
	char *name;
	/** @policy_drop: what no rule decides is dropped */
	bool policy_drop;
	/** @drops: it has rules that drop or reject, or that go elsewhere */
	bool drops;
};

/** struct lb_be_snap - what this machine is like; all zero is an empty one */
struct lb_be_snap {
	/** @link: interfaces */
	struct lb_be_link *link;
	/** @n_links: how many */
	size_t n_links;
	/** @all: settings that are for all interfaces */
	int all[LB_BE_SYSCTLS];
	/** @forward4: net.ipv4.ip_forward */
	int forward4;
	/** @forward6: net.ipv6.conf.all.forwarding */
	int forward6;
	/** @has_fou: the module fou is there */
	bool has_fou;
	/** @fou: ports that unpack */
	struct lb_be_fou *fou;
	/** @n_fous: how many */
	size_t n_fous;
	/** @route: ways out */
	struct lb_be_route *route;
	/** @n_routes: how many */
	size_t n_routes;
	/** @has_sockets: @socket was read */
	bool has_sockets;
	/** @socket: who listens */
	struct lb_be_socket *socket;
	/** @n_sockets: how many */
	size_t n_sockets;
	/** @chain: firewalls */
	struct lb_be_chain *chain;
	/** @n_chains: how many */
	size_t n_chains;
	/** @no_nft: nft is there, but does not tell */
	bool no_nft;
	/** @iptables: the old iptables have a filter table, too */
	bool iptables;
};

const char *lb_be_sysctl_name(enum lb_be_sysctl which);
void lb_be_sysctl_key(struct lb_buf *b, const char *dev,
		      enum lb_be_sysctl which);

struct json_object *lb_be_json_get(struct json_object *o, const char *key);
const char *lb_be_json_str(struct json_object *o, const char *key);

int lb_be_parse_addrs(struct lb_be_snap *s, const char *json);
int lb_be_parse_fou(struct lb_be_snap *s, const char *json);
void lb_be_parse_route(struct lb_be_snap *s, const struct lb_addr *from,
		       const char *json);
void lb_be_parse_sockets(struct lb_be_snap *s, const char *text);
void lb_be_parse_nft(struct lb_be_snap *s, const char *text);

struct lb_be_link *lb_be_link_find(const struct lb_be_snap *s,
				   const char *name);
const struct lb_be_link *lb_be_link_with(const struct lb_be_snap *s,
					 const struct lb_addr *a);
const struct lb_be_if_addr *lb_be_addr_on(const struct lb_be_link *l,
					  const struct lb_addr *a);
bool lb_be_has_ipv4(const struct lb_be_link *l);
const struct lb_be_route *lb_be_route_from(const struct lb_be_snap *s,
					   const struct lb_addr *from);
int lb_be_conf_of(const struct lb_be_snap *s, const char *dev,
		  enum lb_be_sysctl which);
void lb_be_snap_free(struct lb_be_snap *s);

#endif
