/* SPDX-License-Identifier: GPL-2.0 */
/* Persistence: templates, which pin the clients of a net to a server. */
#ifndef _L4LB_PERSIST_H
#define _L4LB_PERSIST_H

#include "conn.h"

struct lb_director;
struct lb_sched;

struct lb_conn *lb_persist_find(const struct lb_pkt *pkt,
				const struct lb_director *dir,
				const struct lb_sched *sched);
struct lb_conn *lb_persist_make(const struct lb_pkt *pkt,
				const struct lb_director *dir,
				struct lb_server *srv);
struct lb_conn *lb_persist_peek(const struct lb_pkt *pkt,
				const struct lb_director *dir);
bool lb_persist_is_valid(const struct lb_conn *tmpl,
			 const struct lb_sched *sched);
void lb_persist_put(struct lb_net *ln, struct lb_conn *tmpl);

#endif /* _L4LB_PERSIST_H */
