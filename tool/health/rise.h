/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_HEALTH_RISE_H
#define LBCTL_HEALTH_RISE_H

#include <linux/l4lb.h>
#include <stdbool.h>
#include <stdint.h>

/** struct lb_rise - is a server up, and what speaks against it */
struct lb_rise {
	/** @up: the state in force */
	bool up;
	/** @streak: results in a row that contradict it */
	uint32_t streak;
};

void lb_rise_init(struct lb_rise *r, enum lb_health health);
bool lb_rise_count(struct lb_rise *r, enum lb_result result, uint32_t rise,
		   uint32_t fall);
enum lb_health lb_rise_health(const struct lb_rise *r, bool inhibit);

#endif
