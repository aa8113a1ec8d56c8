/* SPDX-License-Identifier: GPL-2.0 */
/* What the health checks say of servers. */
#ifndef _L4LB_HEALTH_H
#define _L4LB_HEALTH_H

#include <linux/types.h>
#include "server.h"

struct lb_director;
struct lb_dirserver;
struct lb_net;

/**
 * struct lb_checked - how one check of one server ended
 */
struct lb_checked {
	/** @reason: one line, NUL-terminated, or NULL: none */
	const char *reason;
	/** @latency_us: how long it took, 0: not known */
	u32 latency_us;
	/** @result: enum lb_result */
	u8 result;
	/** @health: enum lb_health, if @has_health */
	u8 health;
	/** @has_health: it decides about the server */
	bool has_health;
};

int lb_health_note(struct lb_net *ln, struct lb_server *srv,
		   const struct lb_checked *c);
int lb_health_apply(struct lb_net *ln, struct lb_director *dir);
enum lb_gone lb_health_gone(const struct lb_server *srv);
void lb_health_unblock(const struct lb_dirserver *ds);
bool lb_health_reset(const struct lb_dirserver *ds);
void lb_health_free(struct lb_server *srv);

#endif /* _L4LB_HEALTH_H */
