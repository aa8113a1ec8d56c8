/* SPDX-License-Identifier: GPL-2.0 */
/* Conns for `check via vip`. */
#ifndef _L4LB_PROBE_H
#define _L4LB_PROBE_H

struct lb_director;
struct lb_pkt;
struct lb_server;

void lb_probe_init(void);
int lb_probe_pin(struct lb_pkt *pkt, const struct lb_director *dir,
		 struct lb_server *srv);

#endif /* _L4LB_PROBE_H */
