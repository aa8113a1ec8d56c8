/* SPDX-License-Identifier: GPL-2.0 */
/* Slow start: a server that comes up gets its share of new conns by and by. */
#ifndef _L4LB_RAMP_H
#define _L4LB_RAMP_H

#include "lb.h"

struct lb_server;

/* What lb_ramp_share() calls the whole: so many steps has a ramp. */
#define LB_RAMP_WHOLE	20

void lb_ramp_start(struct lb_net *ln, struct lb_server *srv);
void lb_ramp_stop(struct lb_server *srv);
u32 lb_ramp_share(const struct lb_server *srv, u32 slowstart_ms);
void lb_ramp_net_init(struct lb_net *ln);
void lb_ramp_net_exit(struct lb_net *ln);

#endif /* _L4LB_RAMP_H */
