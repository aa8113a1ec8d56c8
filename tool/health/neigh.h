/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ARP requests and neighbour solicitations share.
 */
#ifndef LBCTL_HEALTH_NEIGH_H
#define LBCTL_HEALTH_NEIGH_H

#include "probe.h"

#include <linux/if_ether.h>

#define LB_NEIGH_HASH	1024
/* answers read at a time; then others may */
#define LB_NEIGH_READ	4096

/** struct lb_link - an interface that is asked on */
struct lb_link {
	/** @next: in the list */
	struct lb_link *next;
	/** @neigh: its owner */
	struct lb_neigh *neigh;
	/** @ev: answers to read */
	struct event ev;
	/** @ifindex: its number */
	int ifindex;
	/** @fd: packet socket for ARP, bound to it */
	int fd;
};

/** struct lb_neigh - what all these probes share */
struct lb_neigh {
	/** @links: interfaces in use */
	struct lb_link *links;
	/** @nd: raw ICMPv6 socket, -1: not made yet */
	int nd;
	/** @nd_ev: answers to read */
	struct event nd_ev;
	/** @running: probes by the hash of their server */
	struct lb_probe *running[LB_NEIGH_HASH];
};

void lb_neigh_answer(struct lb_neigh *n, const struct lb_addr *who,
		     int ifindex);
int lb_nd_send(struct lb_neigh *n, struct lb_probe *p,
	       const uint8_t mac[ETH_ALEN]);
void lb_nd_read(struct lb_neigh *n);
void lb_nd_exit(struct lb_neigh *n);

#endif
