/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_WANT_H
#define LBCTL_BACKEND_WANT_H

#include "backend/item.h"
#include "backend/request.h"

const char *lb_be_tunnel_type(const struct lb_be_request *r);
bool lb_be_rp_filter_passes(int all, int dev, bool has_addr);
void lb_be_rp_filter_want(int all, int *dev, bool *addr);
bool lb_be_arp_ignore_ok(int all, int dev);
bool lb_be_arp_announce_ok(int all, int dev);
const struct lb_be_link *lb_be_rx_link(const struct lb_be_snap *s,
				       const struct lb_be_request *r);
bool lb_be_leaves_elsewhere(const struct lb_be_snap *s,
			    const struct lb_be_request *r,
			    const struct lb_be_link *rx);
void lb_be_want(struct lb_be_items *want, const struct lb_be_requests *all,
		const struct lb_be_snap *s, const struct lb_be_items *made);

#endif
