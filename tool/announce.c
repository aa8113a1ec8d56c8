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
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* an interface's link-layer address; false: it has none, as lo */
static bool get_mac(int fd, unsigned int ifindex, uint8_t mac[ETH_ALEN])
{
	struct ifreq ifr = { 0 };

	if (!if_indextoname(ifindex, ifr.ifr_name) ||
	    ioctl(fd, SIOCGIFHWADDR, &ifr) ||
	    ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return false;
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	return true;
}

static int send_arp(int fd, const struct lb_addr *addr, unsigned int ifindex,
		    const uint8_t mac[ETH_ALEN], uint16_t op)
{
	struct lb_arp arp = {
		.head = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETHERTYPE_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = 4,
			.ar_op = htons(op),
		},
	};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_ARP),
		.sll_ifindex = ifindex,
		.sll_halen = ETH_ALEN,
	};

	memcpy(arp.sender_mac, mac, ETH_ALEN);
	memcpy(arp.sender, addr->b, 4);
	memcpy(arp.target, addr->b, 4);
	/* in a reply the target is its sender, too */
	if (op == ARPOP_REPLY)
		memcpy(arp.target_mac, mac, ETH_ALEN);
	memset(to.sll_addr, 0xff, ETH_ALEN);
	return sendto(fd, &arp, sizeof(arp), 0, (struct sockaddr *)&to,
		      sizeof(to)) < 0 ? -errno : 0;
}

/* As request and as reply: there are those who heed but one of them. */
static int announce4(const struct lb_addr *addr, unsigned int ifindex)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	uint8_t mac[ETH_ALEN];

	if (fd < 0)
		return -errno;
	if (get_mac(fd, ifindex, mac)) {
		err = send_arp(fd, addr, ifindex, mac, ARPOP_REQUEST);
		if (!err)
			err = send_arp(fd, addr, ifindex, mac, ARPOP_REPLY);
	}
	close(fd);
	return err;
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

static int announce6(const struct lb_addr *addr, unsigned int ifindex)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	uint8_t mac[ETH_ALEN];
	int err = 0;

	if (fd < 0)
		return -errno;
	if (get_mac(fd, ifindex, mac))
		err = send_na(fd, addr, ifindex, mac);
	close(fd);
	return err;
}

/**
 * lb_announce() - tell the neighbours that an address is here
 * @addr: the address, of this machine
 * @ifindex: on which link
 *
 * Return: 0, also where there are no neighbours, or a negative errno.
 */
int lb_announce(const struct lb_addr *addr, unsigned int ifindex)
{
	return addr->len == 4 ? announce4(addr, ifindex) :
				announce6(addr, ifindex);
}
