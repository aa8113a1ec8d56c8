/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_ARP_H
#define LBCTL_ARP_H

#include "addr.h"

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdint.h>

/** struct lb_arp - a request or an answer, for IPv4 over Ethernet */
struct lb_arp {
	/** @head: what it is */
	struct arphdr head;
	/** @sender_mac: who sends it */
	uint8_t sender_mac[ETH_ALEN];
	/** @sender: his address; 0.0.0.0: a probe as of RFC 5227 */
	uint8_t sender[4];
	/** @target_mac: of the answer: whom it is for */
	uint8_t target_mac[ETH_ALEN];
	/** @target: of the request: who is asked for */
	uint8_t target[4];
} __attribute__((packed));

int lb_arp_open(int ifindex);
bool lb_arp_mac(int fd, uint8_t mac[ETH_ALEN]);
int lb_arp_send(int fd, uint16_t op, const struct lb_addr *sender,
		const struct lb_addr *target);
int lb_arp_recv(int fd, struct lb_arp *arp);

#endif
