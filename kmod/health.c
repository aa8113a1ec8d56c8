// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what the health checks say of servers.  The checks are made outside of
 * the kernel; their verdict is kept here, so that what forwards and what is
 * shown cannot differ, and so that it outlives whoever made them.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "director.h"
#include "health.h"
#include "nl/event.h"
#include "ramp.h"

static bool is_same_reason(const struct lb_reason *r, const char *text)
{
	return r && !strcmp(r->text, text);
}

static int reason_set(struct lb_server *srv, const char *text)
{
	struct lb_reason *old = rcu_dereference_protected(srv->reason, true);
	struct lb_reason *new;
	size_t size = strlen(text) + 1;

	/* As a rule checks go on ending as they did. */
	if (is_same_reason(old, text))
		return 0;
	new = kmalloc(struct_size(new, text, size), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	memcpy(new->text, text, size);
	rcu_assign_pointer(srv->reason, new);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

static void reason_clear(struct lb_server *srv)
{
	struct lb_reason *old = rcu_replace_pointer(srv->reason, NULL, true);

	if (old)
		kfree_rcu(old, rcu);
}

/**
 * lb_health_note() - take note of how a check of a server ended
 * @ln: its namespace
 * @srv: listed with checks by the config in force
 * @c: how it ended; nothing is kept of it
 *
 * If that changes the server's health, it is in force after
 * lb_health_apply() of its director, which may follow several notes.
 *
 * Context: process, under lb_net.mutex.
 * Return: 0 or -ENOMEM, with nothing changed.
 */
int lb_health_note(struct lb_net *ln, struct lb_server *srv,
		   const struct lb_checked *c)
{
	bool was_off = !lb_server_weight(srv);
	int err;

	lockdep_assert_held(&ln->mutex);
	err = c->reason ? reason_set(srv, c->reason) : 0;
	if (err)
		return err;
	if (!c->reason)
		reason_clear(srv);
	WRITE_ONCE(srv->result, c->result);
	WRITE_ONCE(srv->checked_at, ktime_to_ms(ktime_get_boottime()));
	WRITE_ONCE(srv->latency_us, c->latency_us);
	if (!c->has_health)
		return 0;
	WRITE_ONCE(srv->health, c->health);
	if (was_off && lb_server_weight(srv))
		lb_ramp_start(ln, srv);
	/* Before it gets conns again, which would be ended at once. */
	if (!lb_health_gone(srv))
		WRITE_ONCE(srv->gone, LB_GONE_NOT);
	return 0;
}

/**
 * lb_health_gone() - does a server's state end its conns?
 * @srv: the server, listed
 *
 * Context: under lb_net.mutex.
 * Return: for lb_server.gone.
 */
enum lb_gone lb_health_gone(const struct lb_server *srv)
{
	return srv->admin == LB_ADMIN_DOWN || srv->health == LB_HEALTH_DOWN ?
	       LB_GONE_DOWN : LB_GONE_NOT;
}

static void turned(struct lb_net *ln, struct lb_server *srv)
{
	WRITE_ONCE(srv->health_in_force, srv->health);
	WRITE_ONCE(srv->since, ktime_get_boottime_seconds());
	lb_nl_event_server(ln, srv);
}

/* Also of servers that have turned there and back in one report. */
static void block(struct lb_net *ln, struct lb_server *srv)
{
	enum lb_gone gone = lb_health_gone(srv);

	if (srv->gone == gone)
		return;
	WRITE_ONCE(srv->gone, gone);
	if (gone)
		queue_work(lb_wq, &ln->reap_work);
}

/**
 * lb_health_apply() - put into force what was noted of a director's servers
 * @ln: its namespace
 * @dir: published
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -ENOMEM, with the health of all as it was.
 */
int lb_health_apply(struct lb_net *ln, struct lb_director *dir)
{
	bool is_changed = false;
	int err = 0;
	u32 i;

	for (i = 0; i < dir->nr && !is_changed; i++)
		is_changed = dir->servers[i].srv->health !=
			     dir->servers[i].srv->health_in_force;
	if (is_changed)
		err = lb_director_reschedule(ln, dir);
	for (i = 0; i < dir->nr; i++) {
		struct lb_server *srv = dir->servers[i].srv;

		/* The instance that serves goes on: say nothing else. */
		if (err)
			WRITE_ONCE(srv->health, srv->health_in_force);
		else if (srv->health != srv->health_in_force)
			turned(ln, srv);
		block(ln, srv);
	}
	return err;
}

/**
 * lb_health_unblock() - a director version with a server is about to serve
 * @ds: the server as it lists it
 *
 * One that was down and is not to be checked any more gets conns again, which
 * must not be ended at once.
 *
 * Context: process, under lb_net.mutex.
 */
void lb_health_unblock(const struct lb_dirserver *ds)
{
	if (!ds->check.present && ds->srv->admin != LB_ADMIN_DOWN)
		WRITE_ONCE(ds->srv->gone, LB_GONE_NOT);
}

/**
 * lb_health_reset() - a director version with a server serves now
 * @ds: the server as it lists it
 *
 * Context: process, under lb_net.mutex.
 * Return: true if it was not up and now is, because it is no longer checked.
 */
bool lb_health_reset(const struct lb_dirserver *ds)
{
	struct lb_server *srv = ds->srv;
	bool was_up;

	if (ds->check.present || srv->result == LB_RESULT_NONE)
		return false;
	was_up = srv->health == LB_HEALTH_UP;
	WRITE_ONCE(srv->result, LB_RESULT_NONE);
	WRITE_ONCE(srv->health, LB_HEALTH_UP);
	WRITE_ONCE(srv->health_in_force, LB_HEALTH_UP);
	reason_clear(srv);
	if (!was_up)
		WRITE_ONCE(srv->since, ktime_get_boottime_seconds());
	return !was_up;
}

/**
 * lb_health_free() - free what a server keeps of its checks
 * @srv: nobody holds it any more
 *
 * Context: any.
 */
void lb_health_free(struct lb_server *srv)
{
	kfree(rcu_dereference_protected(srv->reason, true));
}
