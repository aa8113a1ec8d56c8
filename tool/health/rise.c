// SPDX-License-Identifier: GPL-2.0
/*
 * When results of checks change the state of a server.
 */
#include "rise.h"

/**
 * lb_rise_init() - take over the state that the kernel has
 * @r: the state
 * @health: the kernel's
 *
 * The kernel has a server up until a monitor says otherwise, so with fall 1 the
 * first failed probe takes a new server out; and a monitor that is started
 * again changes nothing by being started.
 */
void lb_rise_init(struct lb_rise *r, enum lb_health health)
{
	r->up = health == LB_HEALTH_UP;
	r->streak = 0;
}

/**
 * lb_rise_count() - count one result
 * @r: the state
 * @result: of the probe; one that could not be made does not count
 * @rise: good ones in a row until up
 * @fall: bad ones in a row until down
 *
 * Return: true when the state has changed.
 */
bool lb_rise_count(struct lb_rise *r, enum lb_result result, uint32_t rise,
		   uint32_t fall)
{
	if (result != LB_RESULT_PASS && result != LB_RESULT_FAIL)
		return false;
	if (r->up == (result == LB_RESULT_PASS)) {
		r->streak = 0;
		return false;
	}
	if (++r->streak < (r->up ? fall : rise))
		return false;
	r->up = !r->up;
	r->streak = 0;
	return true;
}

/**
 * lb_rise_health() - what the kernel shall have
 * @r: the state
 * @inhibit: a server that is down keeps its conns
 *
 * Return: the health.
 */
enum lb_health lb_rise_health(const struct lb_rise *r, bool inhibit)
{
	if (r->up)
		return LB_HEALTH_UP;
	return inhibit ? LB_HEALTH_INHIBITED : LB_HEALTH_DOWN;
}
