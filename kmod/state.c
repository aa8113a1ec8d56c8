// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the TCP state tables and the idle times.
 *
 * States are guesses from the middle, RFC 9293 read from outside: they only
 * decide how long an idle conn is kept, whether it counts as active, and
 * whether a SYN may replace it.  No sequence numbers are kept, so a forged
 * segment can shorten a conn's idle time: a CLOSE conn goes on forwarding, and
 * every packet renews it.  See lb_state_is_reusable() for forged SYNs.
 */
#include "limit.h"
#include "sched.h"
#include "server.h"
#include "state.h"
#include "wheel.h"
#include "config.h"

#define sNO LB_STATE_NONE
#define sSR LB_STATE_SYN_RECV
#define sES LB_STATE_ESTABLISHED
#define sFW LB_STATE_FIN_WAIT
#define sTW LB_STATE_TIME_WAIT
#define sCL LB_STATE_CLOSE
#define sCW LB_STATE_CLOSE_WAIT
#define sLA LB_STATE_LAST_ACK

/*
 * [view][event][state] -> state.  CLOSE_WAIT: the client has sent its FIN.
 * FIN_WAIT: the server has (or, one way, the client: the server's answer and
 * FIN go unseen, so that state must last as long as a half-closed transfer
 * whose ACKs keep coming).
 */
static const u8 tcp_next[LB_VIEW_NR][LB_TCP_EVENT_NR][LB_STATE_TCP_NR] = {
	[LB_VIEW_CLIENT] = {
		/*                NO   SR   ES   FW   TW   CL   CW   LA */
		[LB_TCP_RST]  = { sCL, sCL, sCL, sCL, sCL, sCL, sCL, sCL },
		[LB_TCP_SYN]  = { sSR, sSR, sES, sSR, sSR, sSR, sSR, sSR },
		[LB_TCP_FIN]  = { sCL, sTW, sCW, sTW, sTW, sCL, sCW, sLA },
		[LB_TCP_ACK]  = { sES, sES, sES, sFW, sTW, sCL, sCW, sCL },
		[LB_TCP_NONE] = { sNO, sSR, sES, sFW, sTW, sCL, sCW, sLA },
	},
	[LB_VIEW_SERVER] = {
		[LB_TCP_RST]  = { sCL, sCL, sCL, sCL, sTW, sCL, sCL, sCL },
		[LB_TCP_SYN]  = { sSR, sSR, sES, sFW, sTW, sCL, sCW, sLA },
		[LB_TCP_FIN]  = { sTW, sFW, sFW, sFW, sTW, sCL, sLA, sLA },
		[LB_TCP_ACK]  = { sES, sES, sES, sFW, sTW, sCL, sCW, sLA },
		[LB_TCP_NONE] = { sNO, sSR, sES, sFW, sTW, sCL, sCW, sLA },
	},
	[LB_VIEW_ONE_WAY] = {
		[LB_TCP_RST]  = { sCL, sCL, sCL, sCL, sCL, sCL, sCL, sCL },
		[LB_TCP_SYN]  = { sSR, sSR, sES, sSR, sSR, sSR, sSR, sSR },
		[LB_TCP_FIN]  = { sTW, sFW, sFW, sFW, sTW, sCL, sCW, sLA },
		[LB_TCP_ACK]  = { sES, sES, sES, sFW, sTW, sCL, sCW, sLA },
		[LB_TCP_NONE] = { sNO, sSR, sES, sFW, sTW, sCL, sCW, sLA },
	},
};

struct lb_state_row {
	const char *name;
	u32 timeout_ms;
	bool is_active;
};

/* A UDP conn is active while it lives, so that leastconn means something. */
static const struct lb_state_row state_rows[LB_STATE_NR] = {
	[LB_STATE_NONE]		= { "NONE", 2000, false },
	[LB_STATE_SYN_RECV]	= { "SYN_RECV", 60000, true },
	[LB_STATE_ESTABLISHED]	= { "ESTABLISHED", 900000, true },
	[LB_STATE_FIN_WAIT]	= { "FIN_WAIT", 120000, false },
	[LB_STATE_TIME_WAIT]	= { "TIME_WAIT", 120000, false },
	[LB_STATE_CLOSE]	= { "CLOSE", 10000, false },
	[LB_STATE_CLOSE_WAIT]	= { "CLOSE_WAIT", 60000, false },
	[LB_STATE_LAST_ACK]	= { "LAST_ACK", 30000, false },
	[LB_STATE_UDP]		= { "UDP", 300000, true },
	[LB_STATE_TEMPLATE]	= { "TEMPLATE", 0, false },
	[LB_STATE_DEAD]		= { "DEAD", 0, false },
};

/**
 * lb_timeouts_init() - the default idle times
 * @t: what is filled
 */
void lb_timeouts_init(struct lb_timeouts *t)
{
	unsigned int i;

	for (i = 0; i < LB_STATE_NR; i++)
		t->t[i] = lb_ms_to_ticks(state_rows[i].timeout_ms);
}

/**
 * lb_state_name() - a state's name as operators see it
 * @state: enum lb_state
 *
 * Return: a constant string.
 */
const char *lb_state_name(u32 state)
{
	return state_rows[state].name;
}

/**
 * lb_state_is_active() - does a conn in this state count as active?
 * @state: enum lb_state
 *
 * Return: true for an open or opening conn.
 */
bool lb_state_is_active(u32 state)
{
	return state_rows[state].is_active;
}

/**
 * lb_state_timeout() - how long a conn may idle as things are
 * @ln: its namespace
 * @conn: the conn
 *
 * Context: under RCU.
 * Return: ticks.
 */
u32 lb_state_timeout(const struct lb_net *ln, const struct lb_conn *conn)
{
	const struct lb_config *cfg = rcu_dereference(ln->config);
	u32 state = READ_ONCE(conn->state);

	if (unlikely(state == LB_STATE_TEMPLATE))
		return READ_ONCE(conn->server->dirid->persist_ticks);
	return cfg->timeouts.t[state];
}

/**
 * lb_state_first() - the state of a conn that a packet makes
 * @pkt: its first packet
 *
 * Return: enum lb_state.
 */
u32 lb_state_first(const struct lb_pkt *pkt)
{
	if (pkt->proto != IPPROTO_TCP)
		return LB_STATE_UDP;
	/* Else picked up in midstream: see lb_options.is_pickup. */
	return pkt->is_first_syn ? LB_STATE_SYN_RECV : LB_STATE_ESTABLISHED;
}

/* A conn that one forged segment may have closed, and still in use, is not. */
#define LB_REUSE_IDLE_MS	1000
/* Less than the first retransmission of a SYN takes (RFC 6298 2.1), more than
 * duplicates of one do.
 */
#define LB_RETRY_IDLE_MS	500

static bool is_silent(const struct lb_conn *conn, u32 ms)
{
	return lb_now() - READ_ONCE(conn->seen) >= lb_ms_to_ticks(ms);
}

/**
 * lb_state_is_reusable() - may a new conn take this one's place?
 * @conn: a TCP conn
 *
 * A SYN for a conn that is over comes from a client that uses its port again
 * (RFC 9293 3.6.1): it is scheduled afresh.  For one that only seems to be
 * over, because a client's RST or FIN was seen and the server's side is not
 * known, it goes to the same server, as it also would without a balancer,
 * unless that server is to get no new conns.
 *
 * Return: true if both sides have closed, after a reset and some silence, or
 * if one side has closed and the server is being drained.
 */
bool lb_state_is_reusable(const struct lb_conn *conn)
{
	switch (READ_ONCE(conn->state)) {
	case LB_STATE_TIME_WAIT:
	case LB_STATE_LAST_ACK:
		return true;
	case LB_STATE_CLOSE:
		return is_silent(conn, LB_REUSE_IDLE_MS) ||
		       !lb_server_weight(conn->server);
	case LB_STATE_FIN_WAIT:
		return !lb_server_weight(conn->server);
	default:
		return false;
	}
}

/**
 * lb_state_yields() - does a SYN of its own client make a new conn of this one?
 * @conn: a TCP conn, found by the tuple of the SYN
 *
 * Beside those that are over, one that never opened: its client tries again,
 * and its server fails its checks.  With `inhibit` such a server keeps its
 * conns, but this one would only wait for the client to give up.
 *
 * Return: true if the conn is to be ended and the SYN scheduled.
 */
bool lb_state_yields(const struct lb_conn *conn)
{
	if (READ_ONCE(conn->state) != LB_STATE_SYN_RECV)
		return lb_state_is_reusable(conn);
	/* But not one of `check via vip`, which is for servers that fail. */
	return READ_ONCE(conn->server->health) != LB_HEALTH_UP &&
	       !conn->xmit->is_probe && is_silent(conn, LB_RETRY_IDLE_MS);
}

static void state_count(struct lb_server *srv, bool is_active)
{
	atomic_dec(is_active ? &srv->inactive : &srv->active);
	atomic_inc(is_active ? &srv->active : &srv->inactive);
	lb_sched_server_changed(srv);
}

static void state_change(const struct lb_pkt *pkt, struct lb_conn *conn,
			 u32 from, u32 to)
{
	bool was = lb_state_is_active(from), is = lb_state_is_active(to);
	bool comes = conn->is_limited && is && !was;
	bool goes = conn->is_limited && was && !is;
	bool changed;

	/* Counted before anybody can uncount it. */
	if (comes)
		lb_limit_count(pkt->ln, conn, true);
	/* Losing means another packet, or the end, was first: it stands. */
	changed = cmpxchg(&conn->state, from, to) == from;
	if (changed ? goes : comes)
		lb_limit_count(pkt->ln, conn, false);
	if (!changed)
		return;
	if (was != is && likely(!conn->xmit->is_probe))
		state_count(conn->server, is);
	lb_wheel_sooner(pkt->ln, conn, lb_state_timeout(pkt->ln, conn));
}

/**
 * lb_state_packet() - what a packet tells about its conn
 * @pkt: the packet, @dir set
 * @conn: its conn
 *
 * Context: softirq, under RCU.  Writes to the conn only what changes.
 */
void lb_state_packet(const struct lb_pkt *pkt, struct lb_conn *conn)
{
	u32 now = lb_now();

	if (conn->proto == IPPROTO_TCP) {
		u32 state = READ_ONCE(conn->state);
		u32 next = state;

		if (likely(state < LB_STATE_TCP_NR))
			next = tcp_next[conn->view + pkt->dir]
				       [pkt->event][state];
		if (unlikely(next != state))
			state_change(pkt, conn, state, next);
	}
	if (READ_ONCE(conn->seen) != now)
		WRITE_ONCE(conn->seen, now);
}
