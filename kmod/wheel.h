/* SPDX-License-Identifier: GPL-2.0 */
/* The expiry wheels: find idle conns at a cost that follows what expires. */
#ifndef _L4LB_WHEEL_H
#define _L4LB_WHEEL_H

#include <linux/jiffies.h>
#include <linux/log2.h>
#include "lb.h"

struct lb_conn;

/* A tick is the unit of all idle times: 128 ms at HZ 250 and 1000. */
#define LB_TICK_SHIFT	(ilog2(HZ) - 2)

/**
 * lb_now() - the time, in ticks
 *
 * Return: ticks since boot; wraps after 17 years, compare by difference.
 */
static inline u32 lb_now(void)
{
	return (u32)(get_jiffies_64() >> LB_TICK_SHIFT);
}

/**
 * lb_ms_to_ticks() - a time-out in ticks, rounded up, at least 1
 * @ms: milliseconds
 *
 * Return: ticks.
 */
static inline u32 lb_ms_to_ticks(u32 ms)
{
	u64 j = div_u64((u64)ms * HZ + 999, 1000);

	return max_t(u64, 1, (j + BIT(LB_TICK_SHIFT) - 1) >> LB_TICK_SHIFT);
}

/**
 * lb_ticks_to_ms() - ticks in milliseconds
 * @ticks: ticks
 *
 * Return: milliseconds.
 */
static inline u32 lb_ticks_to_ms(u32 ticks)
{
	return div_u64(((u64)ticks << LB_TICK_SHIFT) * 1000, HZ);
}

void lb_wheel_net_init(struct lb_net *ln);
int lb_wheel_net_make(struct lb_net *ln);
void lb_wheel_net_exit(struct lb_net *ln);
void lb_wheel_add(struct lb_net *ln, struct lb_conn *conn, u32 timeout);
void lb_wheel_del(struct lb_net *ln, struct lb_conn *conn);
void lb_wheel_sooner(struct lb_net *ln, struct lb_conn *conn, u32 timeout);
void lb_wheel_kick(struct lb_net *ln);
void lb_wheel_rescan(struct lb_net *ln);

#endif /* _L4LB_WHEEL_H */
