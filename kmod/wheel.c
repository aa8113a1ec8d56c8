// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the expiry wheels, one per CPU and namespace.
 *
 * A conn waits in the wheel of the CPU that made it, in the slot of the tick
 * at which it would expire if no packet came, or at the horizon if that is
 * sooner.  Packets do not touch the wheel, they store when they were seen.
 * The work looks at a slot when its tick is over: a conn that has been seen
 * since moves to its new tick, an idle one is deleted.  So each conn is
 * visited once in its idle time, or once in a horizon, and never searched for.
 * A state change that shortens the idle time moves the conn to an earlier
 * slot at once.
 */
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include "conn.h"
#include "server.h"
#include "state.h"
#include "stats.h"
#include "wheel.h"

#define LB_WHEEL_SLOTS		1024
/* Half a turn, so that the slot being emptied is never filled meanwhile. */
#define LB_WHEEL_HORIZON	(LB_WHEEL_SLOTS / 2)
#define LB_WHEEL_PERIOD		(HZ / 4)
#define LB_WHEEL_BATCH		64

/**
 * struct lb_wheel - one CPU's wheel
 */
struct lb_wheel {
	/** @lock: guards @slots, @next and the conns' @due and @node */
	spinlock_t lock;
	/** @next: first tick not yet worked off */
	u32 next;
	/** @slots: conns by due tick, modulo */
	struct hlist_head *slots;
};

/* Ticks are compared by difference, they wrap. */
static bool is_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

static void wheel_insert(struct lb_wheel *w, struct lb_conn *conn, u32 due,
			 u32 now)
{
	if (!is_before(due, now + LB_WHEEL_HORIZON))
		due = now + LB_WHEEL_HORIZON;
	if (!is_before(now, due))
		due = now + 1;
	conn->due = due;
	hlist_add_head(&conn->node, &w->slots[due % LB_WHEEL_SLOTS]);
}

static struct lb_wheel *wheel_of(struct lb_net *ln, const struct lb_conn *conn)
{
	return per_cpu_ptr(ln->wheels, conn->cpu);
}

/**
 * lb_wheel_add() - put a new conn on the wheel of its CPU
 * @ln: its namespace
 * @conn: in the table already, so it may be dead by now; then nothing is done
 * @timeout: idle time, ticks
 *
 * Context: softirq or BH off, under RCU.  Takes the wheel's lock.
 */
void lb_wheel_add(struct lb_net *ln, struct lb_conn *conn, u32 timeout)
{
	struct lb_wheel *w = wheel_of(ln, conn);
	u32 now = lb_now();

	spin_lock(&w->lock);
	/* lb_conn_del() kills, then takes this lock: one of us sees it. */
	if (READ_ONCE(conn->state) != LB_STATE_DEAD)
		wheel_insert(w, conn, now + timeout, now);
	spin_unlock(&w->lock);
}

/**
 * lb_wheel_del() - take a conn off its wheel, if it is on
 * @ln: its namespace
 * @conn: dead, so that nobody puts it back
 *
 * Context: softirq or process, under RCU.  Takes the wheel's lock.
 */
void lb_wheel_del(struct lb_net *ln, struct lb_conn *conn)
{
	struct lb_wheel *w = wheel_of(ln, conn);

	spin_lock_bh(&w->lock);
	if (!hlist_unhashed(&conn->node))
		hlist_del_init(&conn->node);
	spin_unlock_bh(&w->lock);
}

/**
 * lb_wheel_sooner() - see to it that a conn is visited in time
 * @ln: its namespace
 * @conn: its state has just changed
 * @timeout: its idle time now, ticks
 *
 * Does nothing if the conn is visited soon enough anyway.
 *
 * Context: softirq or BH off, under RCU.  Takes the wheel's lock.
 */
void lb_wheel_sooner(struct lb_net *ln, struct lb_conn *conn, u32 timeout)
{
	struct lb_wheel *w = wheel_of(ln, conn);
	u32 now = lb_now();

	if (!is_before(now + timeout, READ_ONCE(conn->due)))
		return;
	spin_lock(&w->lock);
	/* Once dead, @node may be an rcu_head already: see lb_conn_del(). */
	if (READ_ONCE(conn->state) != LB_STATE_DEAD &&
	    !hlist_unhashed(&conn->node) &&
	    is_before(now + timeout, conn->due)) {
		hlist_del_init(&conn->node);
		wheel_insert(w, conn, now + timeout, now);
	}
	spin_unlock(&w->lock);
}

/**
 * lb_wheel_kick() - start turning, for the first conn after none
 * @ln: the namespace
 *
 * Context: any.
 */
void lb_wheel_kick(struct lb_net *ln)
{
	queue_delayed_work(lb_wq, &ln->wheel_work, LB_WHEEL_PERIOD);
}

/*
 * Up to LB_WHEEL_BATCH conns of a detached slot: those seen since then go back
 * on the wheel, the idle ones are handed out.
 */
static unsigned int slot_batch(struct lb_net *ln, struct lb_wheel *w,
			       struct hlist_head *from, struct lb_conn **idle)
{
	unsigned int n = 0, i;
	u32 now = lb_now();

	for (i = 0; i < LB_WHEEL_BATCH && !hlist_empty(from); i++) {
		struct lb_conn *conn;
		u32 due, timeout;

		conn = hlist_entry(from->first, struct lb_conn, node);
		hlist_del_init(&conn->node);
		timeout = lb_state_timeout(ln, conn);
		/* It was seen up to a tick later than @seen says. */
		due = lb_conn_seen(conn) + timeout + 1;
		/* No time at all: a template whose option is gone. */
		if (timeout && is_before(now, due) &&
		    !lb_conn_is_orphan(conn))
			wheel_insert(w, conn, due, now);
		else
			idle[n++] = conn;
	}
	return n;
}

static void expire(struct lb_net *ln, struct lb_conn *conn)
{
	if (lb_conn_del(ln, conn))
		lb_count(ln, lb_conn_is_template(conn) ?
			 LB_C_TEMPLATE_EXPIRED : LB_C_CONN_EXPIRED);
}

/* Work off one slot.  Conns may be deleted under our feet: see lb_conn_del. */
static void slot_run(struct lb_net *ln, struct lb_wheel *w, u32 tick)
{
	struct lb_conn *idle[LB_WHEEL_BATCH];
	HLIST_HEAD(from);
	unsigned int n, i;
	bool more;

	spin_lock_bh(&w->lock);
	hlist_move_list(&w->slots[tick % LB_WHEEL_SLOTS], &from);
	spin_unlock_bh(&w->lock);

	do {
		rcu_read_lock();
		spin_lock_bh(&w->lock);
		n = slot_batch(ln, w, &from, idle);
		more = !hlist_empty(&from);
		spin_unlock_bh(&w->lock);
		/* RCU keeps them valid should a packet's path delete them. */
		for (i = 0; i < n; i++)
			expire(ln, idle[i]);
		rcu_read_unlock();
		cond_resched();
	} while (more);
}

static void wheel_run(struct lb_net *ln, struct lb_wheel *w)
{
	u32 now = lb_now();
	u32 tick;

	spin_lock_bh(&w->lock);
	tick = w->next;
	if (is_before(tick, now - LB_WHEEL_SLOTS + 1))
		tick = now - LB_WHEEL_SLOTS + 1;
	w->next = now + 1;
	spin_unlock_bh(&w->lock);

	for (; !is_before(now, tick); tick++)
		slot_run(ln, w, tick);
}

static void wheel_work(struct work_struct *work)
{
	struct lb_net *ln = container_of(to_delayed_work(work), struct lb_net,
					 wheel_work);
	int cpu;

	for_each_possible_cpu(cpu)
		wheel_run(ln, per_cpu_ptr(ln->wheels, cpu));

	/* The first conn after none kicks us: see lb_conn_create(). */
	if (atomic_read(&ln->conn_count))
		queue_delayed_work(lb_wq, &ln->wheel_work, LB_WHEEL_PERIOD);
}

/**
 * lb_wheel_rescan() - visit all conns now, because idle times were changed
 * @ln: the namespace
 *
 * Context: process, may sleep, under lb_net.mutex.
 */
void lb_wheel_rescan(struct lb_net *ln)
{
	int cpu;
	u32 i;

	if (!ln->wheels)
		return;
	for_each_possible_cpu(cpu)
		for (i = 0; i < LB_WHEEL_SLOTS; i++)
			slot_run(ln, per_cpu_ptr(ln->wheels, cpu), i);
}

/**
 * lb_wheel_net_init() - prepare a namespace without wheels
 * @ln: the namespace
 */
void lb_wheel_net_init(struct lb_net *ln)
{
	INIT_DELAYED_WORK(&ln->wheel_work, wheel_work);
}

static void wheels_free(struct lb_wheel __percpu *wheels)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(wheels, cpu)->slots);
	free_percpu(wheels);
}

/**
 * lb_wheel_net_make() - make a namespace's wheels, before it has conns
 * @ln: the namespace
 *
 * Most namespaces never get a director, and need none.
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -ENOMEM.
 */
int lb_wheel_net_make(struct lb_net *ln)
{
	struct lb_wheel __percpu *wheels;
	int cpu;

	lockdep_assert_held(&ln->mutex);
	if (ln->wheels)
		return 0;
	wheels = alloc_percpu_gfp(struct lb_wheel,
				  GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!wheels)
		return -ENOMEM;

	for_each_possible_cpu(cpu) {
		struct lb_wheel *w = per_cpu_ptr(wheels, cpu);

		spin_lock_init(&w->lock);
		w->next = lb_now();
		w->slots = kvcalloc(LB_WHEEL_SLOTS, sizeof(*w->slots),
				    GFP_KERNEL_ACCOUNT);
		if (!w->slots) {
			wheels_free(wheels);
			return -ENOMEM;
		}
	}
	/* Packets follow once the hooks are registered. */
	ln->wheels = wheels;
	return 0;
}

static void slot_empty(struct lb_net *ln, struct hlist_head *slot)
{
	struct hlist_node *next;
	struct lb_conn *conn;

	rcu_read_lock();
	hlist_for_each_entry_safe(conn, next, slot, node)
		lb_conn_del(ln, conn);
	rcu_read_unlock();
}

/**
 * lb_wheel_net_exit() - stop turning, delete all conns, free the wheels
 * @ln: the namespace; its hooks are off and a grace period is over
 *
 * Context: process, may sleep.
 */
void lb_wheel_net_exit(struct lb_net *ln)
{
	int cpu;
	u32 i;

	cancel_delayed_work_sync(&ln->wheel_work);
	if (!ln->wheels)
		return;
	for_each_possible_cpu(cpu) {
		struct lb_wheel *w = per_cpu_ptr(ln->wheels, cpu);

		for (i = 0; i < LB_WHEEL_SLOTS; i++) {
			slot_empty(ln, &w->slots[i]);
			cond_resched();
		}
	}
	wheels_free(ln->wheels);
}
