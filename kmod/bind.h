/* SPDX-License-Identifier: GPL-2.0 */
/* How a packet without a conn gets its server. */
#ifndef _L4LB_BIND_H
#define _L4LB_BIND_H

#include "pkt.h"

struct lb_config;
struct lb_conn;
struct lb_director;

enum lb_verdict lb_bind(struct lb_pkt *pkt, const struct lb_config *cfg,
			struct lb_director *dir, struct lb_conn **conn);
enum lb_verdict lb_bind_onepacket(struct lb_pkt *pkt, struct lb_director *dir);

#endif /* _L4LB_BIND_H */
