/* SPDX-License-Identifier: GPL-2.0 */
/* `service lvs / conntrack`: balanced conns in nf_conntrack's table. */
#ifndef _L4LB_TRACK_H
#define _L4LB_TRACK_H

#include "pkt.h"

struct lb_config;
struct lb_conn;
struct netlink_ext_ack;

void lb_track_net_init(struct lb_net *ln);
void lb_track_net_exit(struct lb_net *ln);
int lb_track_hook(struct lb_net *ln, const struct lb_config *cfg,
		  struct netlink_ext_ack *extack);
void lb_track_unhook(struct lb_net *ln, const struct lb_config *cfg);
enum lb_verdict lb_track_packet(struct lb_pkt *pkt,
				const struct lb_conn *conn);

#endif /* _L4LB_TRACK_H */
