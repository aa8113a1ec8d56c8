// SPDX-License-Identifier: GPL-2.0
/*
 * Owns slow start.  While a server ramps up, its share of its weight grows in
 * a straight line, in steps: at each step its director's scheduler instance is
 * built anew.  A server that comes up is one that was down, drained or of
 * weight 0, or that joins a director which serves already.
 */
#include <linux/list.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include "config.h"
#include "ramp.h"
#include "server.h"

#define LB_RAMP_STEP_MIN_MS	100

static u64 now_ms(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

static u32 step_ms(const struct lb_server *srv)
{
	return max_t(u32, srv->slowstart_ms / LB_RAMP_WHOLE,
		     LB_RAMP_STEP_MIN_MS);
}

/**
 * lb_ramp_share() - how much of its weight a server schedules with
 * @srv: the server
 * @slowstart_ms: its ramp as the director version at hand has it
 *
 * Context: under lb_net.mutex; elsewhere a guess.
 * Return: 1..LB_RAMP_WHOLE.
 */
u32 lb_ramp_share(const struct lb_server *srv, u32 slowstart_ms)
{
	u64 past;

	if (!slowstart_ms)
		return LB_RAMP_WHOLE;
	if (srv->is_newcomer)
		return 1;
	if (list_empty(&srv->ramp_node))
		return LB_RAMP_WHOLE;
	past = now_ms() - READ_ONCE(srv->ramp_from);
	if (past >= slowstart_ms)
		return LB_RAMP_WHOLE;
	return max_t(u32, div_u64(past * LB_RAMP_WHOLE, slowstart_ms), 1);
}

/* Servers that come up one after the other must not put the work off. */
static void ramp_wake(struct lb_net *ln, u32 ms)
{
	unsigned long due = jiffies + msecs_to_jiffies(ms);

	if (delayed_work_pending(&ln->ramp_work) &&
	    time_before_eq(ln->ramp_due, due))
		return;
	ln->ramp_due = due;
	mod_delayed_work(lb_wq, &ln->ramp_work, msecs_to_jiffies(ms));
}

/**
 * lb_ramp_start() - a server comes up
 * @ln: its namespace
 * @srv: the server; nothing happens if it has no slow start
 *
 * The caller has its director's instance built after this.
 *
 * Context: process, under lb_net.mutex.
 */
void lb_ramp_start(struct lb_net *ln, struct lb_server *srv)
{
	lockdep_assert_held(&ln->mutex);
	if (!srv->slowstart_ms)
		return;
	WRITE_ONCE(srv->ramp_from, now_ms());
	if (list_empty(&srv->ramp_node)) {
		lb_server_get(srv);
		list_add_tail(&srv->ramp_node, &ln->ramping);
	}
	ramp_wake(ln, LB_RAMP_STEP_MIN_MS);
}

/**
 * lb_ramp_stop() - a server has no ramp any more
 * @srv: the server, held by the caller
 *
 * Context: process, under lb_net.mutex.
 */
void lb_ramp_stop(struct lb_server *srv)
{
	if (list_empty(&srv->ramp_node))
		return;
	list_del_init(&srv->ramp_node);
	lb_server_put(srv);
}

/*
 * A director is built once a step, however many of its servers ramp up, and
 * only if a share has changed: to build it anew starts its order anew.
 */
static bool ramp_step(struct lb_net *ln, const struct lb_config *cfg,
		      struct lb_server *srv, u32 pass)
{
	struct lb_dirid *dirid = srv->dirid;
	struct lb_director *dir = lb_config_find_name(cfg, dirid->name);

	if (!dir || dir->dirid != dirid || dirid->ramp_pass == pass ||
	    srv->ramp_built == lb_ramp_share(srv, srv->slowstart_ms))
		return true;
	if (lb_director_reschedule(ln, dir))
		return false;
	dirid->ramp_pass = pass;
	return true;
}

static bool is_over(const struct lb_server *srv)
{
	return lb_ramp_share(srv, srv->slowstart_ms) == LB_RAMP_WHOLE;
}

static void ramp_work(struct work_struct *work)
{
	struct lb_net *ln = container_of(to_delayed_work(work), struct lb_net,
					 ramp_work);
	u32 wait = U32_MAX, pass = (u32)jiffies | 1;
	struct lb_server *srv, *next;
	const struct lb_config *cfg;
	LIST_HEAD(done);

	mutex_lock(&ln->mutex);
	cfg = rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex));
	/* Who is through must be so in the last instance that is built. */
	list_for_each_entry_safe(srv, next, &ln->ramping, ramp_node)
		if (is_over(srv))
			list_move_tail(&srv->ramp_node, &done);
	list_for_each_entry(srv, &ln->ramping, ramp_node)
		ramp_step(ln, cfg, srv, pass);
	list_for_each_entry_safe(srv, next, &done, ramp_node) {
		/* Without memory the next step makes up for it. */
		if (ramp_step(ln, cfg, srv, pass))
			lb_ramp_stop(srv);
		else
			list_move_tail(&srv->ramp_node, &ln->ramping);
	}
	list_for_each_entry(srv, &ln->ramping, ramp_node)
		wait = min(wait, step_ms(srv));
	if (wait != U32_MAX)
		ramp_wake(ln, wait);
	mutex_unlock(&ln->mutex);
}

/**
 * lb_ramp_net_init() - prepare a namespace
 * @ln: the namespace
 */
void lb_ramp_net_init(struct lb_net *ln)
{
	INIT_LIST_HEAD(&ln->ramping);
	INIT_DELAYED_WORK(&ln->ramp_work, ramp_work);
}

/**
 * lb_ramp_net_exit() - stop all ramps
 * @ln: the namespace, its config still there
 *
 * Context: process, may sleep.
 */
void lb_ramp_net_exit(struct lb_net *ln)
{
	struct lb_server *srv, *next;

	cancel_delayed_work_sync(&ln->ramp_work);
	list_for_each_entry_safe(srv, next, &ln->ramping, ramp_node)
		lb_ramp_stop(srv);
}
