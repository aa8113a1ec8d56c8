// SPDX-License-Identifier: GPL-2.0
/*
 * Tells the neighbours that an address is here now: by ARP (RFC 5227 section 3
 * calls it an announcement; "gratuitous ARP") and by an unsolicited neighbour
 * advertisement (RFC 4861 7.2.6).
 */
#include "announce.h"
#include "arp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As request and as reply: there are those who heed but one of them. */
static int send_arp(int fd, const struct lb_addr *addr)
{
	int err = lb_arp_send(fd, ARPOP_REQUEST, addr, addr);

	return err ? err : lb_arp_send(fd, ARPOP_REPLY, addr, addr);
}

static int send_na(int fd, const struct lb_addr *addr, unsigned int ifindex,
		   const uint8_t mac[ETH_ALEN])
{
	struct {
		struct nd_neighbor_advert na;
		struct nd_opt_hdr opt;
		uint8_t mac[ETH_ALEN];
	} __attribute__((packed)) msg = {
		.na.nd_na_type = ND_NEIGHBOR_ADVERT,
		.na.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE,
		.opt = { ND_OPT_TARGET_LINKADDR, 1 },
	};
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 }, to = from;
	int hops = 255;

	memcpy(&msg.na.nd_na_target, addr->b, 16);
	memcpy(msg.mac, mac, ETH_ALEN);
	memcpy(&from.sin6_addr, addr->b, 16);
	inet_pton(AF_INET6, "ff02::1", &to.sin6_addr);
	to.sin6_scope_id = ifindex;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		       sizeof(hops)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex,
		       sizeof(ifindex)) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    sendto(fd, &msg, sizeof(msg), 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}

static int announce6(const struct lb_addr *addr, unsigned int ifindex,
		     const uint8_t mac[ETH_ALEN])
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	int err;

	if (fd < 0)
		return -errno;
	err = send_na(fd, addr, ifindex, mac);
	close(fd);
	return err;
}

/**
 * lb_announce() - tell the neighbours that an address is here
 * @addr: the address, of this machine
 * @ifindex: on which link
 *
 * Return: 0, also where there are no neighbours, or a negative errno, -ENODEV
 * for a link that is gone.
 */
int lb_announce(const struct lb_addr *addr, unsigned int ifindex)
{
	int fd = lb_arp_open(ifindex), err = 0;
	uint8_t mac[ETH_ALEN];

	if (fd < 0)
		return fd;
	if (lb_arp_mac(fd, mac))
		err = addr->len == 4 ? send_arp(fd, addr) :
				       announce6(addr, ifindex, mac);
	close(fd);
	return err;
}
