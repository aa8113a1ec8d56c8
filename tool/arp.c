// SPDX-License-Identifier: GPL-2.0
/* ARP (RFC 826) for IPv4 over Ethernet: asks, hears answers, announces. */
#include "arp.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * lb_arp_open() - a socket for one interface
 * @ifindex: which
 *
 * It does not block, and receives replies only.
 *
 * Return: its descriptor or a negative errno.
 */
int lb_arp_open(int ifindex)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
			 offsetof(struct arphdr, ar_op)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPOP_REPLY, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_ifindex = ifindex,
		.sll_protocol = htons(ETHERTYPE_ARP),
	};
	/* receives nothing before the filter is there */
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0);
	int err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		       sizeof(prog)) ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* the interface and its address as they are now; false: no Ethernet, or gone */
static bool read_name(int fd, struct sockaddr_ll *ll)
{
	socklen_t len = sizeof(*ll);

	memset(ll, 0, sizeof(*ll));
	return !getsockname(fd, (struct sockaddr *)ll, &len) &&
	       ll->sll_halen == ETH_ALEN && ll->sll_hatype == ARPHRD_ETHER;
}

/**
 * lb_arp_mac() - the link-layer address of a socket's interface
 * @fd: of lb_arp_open()
 * @mac: set to the address as it is now, it may be changed at any time
 *
 * Return: false: the interface has none, as lo has, or is gone.
 */
bool lb_arp_mac(int fd, uint8_t mac[ETH_ALEN])
{
	struct sockaddr_ll ll;

	if (!read_name(fd, &ll))
		return false;
	memcpy(mac, ll.sll_addr, ETH_ALEN);
	return true;
}

/**
 * lb_arp_send() - send to all of the link
 * @fd: of lb_arp_open()
 * @op: ARPOP_REQUEST or ARPOP_REPLY
 * @sender: whose address is told, IPv4; not IPv4: nobody's (RFC 5227's probe)
 * @target: who is asked for; of an announcement @sender again, IPv4
 *
 * Return: 0, -ENODEV: the interface has no ARP, or another negative errno.
 */
int lb_arp_send(int fd, uint16_t op, const struct lb_addr *sender,
		const struct lb_addr *target)
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
	struct sockaddr_ll to;

	if (!read_name(fd, &to))
		return -ENODEV;
	memcpy(arp.sender_mac, to.sll_addr, ETH_ALEN);
	if (sender->len == 4)
		memcpy(arp.sender, sender->b, 4);
	memcpy(arp.target, target->b, 4);
	/* in a reply to all the target is its sender, too */
	if (op == ARPOP_REPLY)
		memcpy(arp.target_mac, to.sll_addr, ETH_ALEN);
	memset(to.sll_addr, 0xff, ETH_ALEN);
	return sendto(fd, &arp, sizeof(arp), 0, (struct sockaddr *)&to,
		      sizeof(to)) < 0 ? -errno : 0;
}

/**
 * lb_arp_recv() - the next of what has come
 * @fd: of lb_arp_open()
 * @arp: set to it
 *
 * Return: 1: a reply; 0: something else; -EAGAIN: no more of it; another
 * negative errno, as -ENETDOWN.
 */
int lb_arp_recv(int fd, struct lb_arp *arp)
{
	ssize_t len = recv(fd, arp, sizeof(*arp), 0);

	if (len < 0)
		return -errno;
	return len == sizeof(*arp) && arp->head.ar_op == htons(ARPOP_REPLY) &&
	       arp->head.ar_pro == htons(ETHERTYPE_IP) &&
	       arp->head.ar_hln == ETH_ALEN && arp->head.ar_pln == 4;
}
