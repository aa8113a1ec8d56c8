/* SPDX-License-Identifier: GPL-2.0 */
/* Conn states, what moves a conn between them, and how long each may idle. */
#ifndef _L4LB_STATE_H
#define _L4LB_STATE_H

#include "conn.h"

/* RFC 9293 names, seen from the middle; UDP conns stay in LB_STATE_UDP. */
enum lb_state {
	LB_STATE_NONE,
	LB_STATE_SYN_RECV,
	LB_STATE_ESTABLISHED,
	LB_STATE_FIN_WAIT,
	LB_STATE_TIME_WAIT,
	LB_STATE_CLOSE,
	LB_STATE_CLOSE_WAIT,
	LB_STATE_LAST_ACK,
	LB_STATE_TCP_NR,
	LB_STATE_UDP = LB_STATE_TCP_NR,
	/* no conn, but where the next ones of a client go: see persist.c */
	LB_STATE_TEMPLATE,
	/* unlinked; only whoever made it so may finish the removal */
	LB_STATE_DEAD,
	LB_STATE_NR
};

/*
 * Which row of the state tables a conn's packets use: @view + @dir.  Where
 * replies go past us only the client's packets tell anything.
 */
enum lb_view {
	LB_VIEW_CLIENT,
	LB_VIEW_SERVER,
	LB_VIEW_ONE_WAY,
	LB_VIEW_NR
};

/**
 * struct lb_timeouts - idle times by state, in ticks
 */
struct lb_timeouts {
	/** @t: by enum lb_state */
	u32 t[LB_STATE_NR];
};

void lb_timeouts_init(struct lb_timeouts *t);
const char *lb_state_name(u32 state);
bool lb_state_is_active(u32 state);
u32 lb_state_timeout(const struct lb_net *ln, const struct lb_conn *conn);
u32 lb_state_first(const struct lb_pkt *pkt);
bool lb_state_is_reusable(const struct lb_conn *conn);
bool lb_state_yields(const struct lb_conn *conn);
void lb_state_packet(const struct lb_pkt *pkt, struct lb_conn *conn);

#endif /* _L4LB_STATE_H */
