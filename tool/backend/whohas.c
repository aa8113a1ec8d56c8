// SPDX-License-Identifier: GPL-2.0
/*
 * Is the router the balancer?  Who answers ARP for the VIP is the balancer; the
 * server itself has the VIP as well, so its kernel does not ask.
 */
#include "backend/whohas.h"
#include "arp.h"
#include "health/probe.h"
#include "util.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* an answer on a link takes less; a second try is for a busy machine */
#define WAIT_MS		200
#define TRIES		2
/* several may answer for one address, and should not */
#define ANSWERS_MAX	8
/* Nobody has it (RFC 5737); who answers for it does so for everybody else, as
 * a router with proxy ARP (RFC 1027) does.
 */
static const struct lb_addr nobody = { .len = 4, .b = { 203, 0, 113, 77 } };

/** struct answers - who answered for an address */
struct answers {
	/** @addr: the address */
	const struct lb_addr *addr;
	/** @mac: the link-layer addresses */
	uint8_t mac[ANSWERS_MAX][ETH_ALEN];
	/** @n: how many */
	unsigned int n;
};

static bool has(const struct answers *a, const uint8_t mac[ETH_ALEN])
{
	unsigned int i;

	for (i = 0; i < a->n; i++)
		if (!memcmp(a->mac[i], mac, ETH_ALEN))
			return true;
	return false;
}

static void note(struct answers *a, const struct lb_arp *arp)
{
	if (!memcmp(arp->sender, a->addr->b, 4) && a->n < ANSWERS_MAX &&
	    !has(a, arp->sender_mac))
		memcpy(a->mac[a->n++], arp->sender_mac, ETH_ALEN);
}

/* to the end: the first who answers need not be the one who should */
static void hear(int fd, struct answers *a, size_t n)
{
	int64_t until = lb_now_us() + WAIT_MS * 1000, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct lb_arp arp;
	size_t i;

	while ((left = until - lb_now_us()) > 0) {
		if (poll(&p, 1, left / 1000 + 1) <= 0)
			continue;
		if (lb_arp_recv(fd, &arp) <= 0)
			continue;
		for (i = 0; i < n; i++)
			note(&a[i], &arp);
	}
}

static bool share(const struct answers *a, const struct answers *b)
{
	unsigned int i;

	for (i = 0; i < a->n; i++)
		if (has(b, a->mac[i]))
			return true;
	return false;
}

/**
 * lb_be_whohas_both() - does one machine answer for both addresses?
 * @dev: the interface that both are behind
 * @self: an address of this machine there, IPv4
 * @vip: one address, IPv4
 * @router: the other, IPv4
 *
 * Context: process; waits for 0.4 seconds at most.
 * Return: 1: one does; 0: two do; -errno: nobody answered for one of them, or
 * more than one, or whoever is asked about anything; or nobody could be asked.
 */
int lb_be_whohas_both(const char *dev, const struct lb_addr *self,
		      const struct lb_addr *vip, const struct lb_addr *router)
{
	struct answers a[] = {
		{ .addr = vip }, { .addr = router }, { .addr = &nobody },
	};
	int fd = lb_arp_open(if_nametoindex(dev)), i, n;
	uint8_t mac[ETH_ALEN];

	if (fd < 0)
		return fd;
	if (!lb_arp_mac(fd, mac)) {
		close(fd);
		return -ENODEV;
	}
	/* what cannot be sent is not answered */
	for (i = 0; i < TRIES && !(a[0].n && a[1].n); i++) {
		for (n = 0; n < 3; n++)
			lb_arp_send(fd, ARPOP_REQUEST, self, a[n].addr);
		hear(fd, a, ARRAY_SIZE(a));
	}
	close(fd);
	if (!a[0].n || !a[1].n)
		return -ETIMEDOUT;
	if (share(&a[2], &a[0]) || share(&a[2], &a[1]))
		return -ENOTUNIQ;
	if (share(&a[0], &a[1]))
		return 1;
	return a[0].n == 1 && a[1].n == 1 ? 0 : -ENOTUNIQ;
}
