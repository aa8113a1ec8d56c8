/* SPDX-License-Identifier: GPL-2.0 */
/* `option connlimit`: how many conns a client address has at a director. */
#ifndef _L4LB_LIMIT_H
#define _L4LB_LIMIT_H

#include "lb.h"

struct lb_conn;
struct lb_director;
struct lb_pkt;

int lb_limit_net_init(struct lb_net *ln);
void lb_limit_net_exit(struct lb_net *ln);
bool lb_limit_take(const struct lb_pkt *pkt, const struct lb_director *dir);
bool lb_limit_is_reached(const struct lb_pkt *pkt,
			 const struct lb_director *dir);
void lb_limit_give(const struct lb_pkt *pkt, const struct lb_director *dir);
void lb_limit_count(struct lb_net *ln, const struct lb_conn *conn,
		    bool is_active);

#endif /* _L4LB_LIMIT_H */
