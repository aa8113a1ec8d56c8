/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_ROUTE_H
#define LBCTL_ROUTE_H

#include "addr.h"

struct nl_sock;

/** struct lb_route - how this machine reaches an address */
struct lb_route {
	/** @type: RTN_UNICAST, RTN_LOCAL, ... */
	uint8_t type;
	/** @ifindex: by which interface, 0: none */
	int ifindex;
	/** @gateway: by which router, none: it is on the link; of the other
	 * family it is not told which
	 */
	struct lb_addr gateway;
	/** @has_gateway: there is a router */
	bool has_gateway;
	/** @source: from which of our addresses, may be none */
	struct lb_addr source;
};

int lb_route_get(struct nl_sock *sock, const struct lb_addr *to, int ifindex,
		 struct lb_route *r);

#endif
