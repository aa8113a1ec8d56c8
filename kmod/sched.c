// SPDX-License-Identifier: GPL-2.0
/* Owns the table of schedulers. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "sched.h"

static const struct lb_sched_ops *const scheds[] = {
	&lb_sched_roundrobin,
	&lb_sched_leastconn,
};

/**
 * lb_sched_find() - a scheduler by name
 * @name: as in `balance NAME`
 *
 * Return: its ops, or NULL.
 */
const struct lb_sched_ops *lb_sched_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scheds); i++)
		if (!strcmp(scheds[i]->name, name))
			return scheds[i];
	return NULL;
}

/**
 * lb_sched_at() - the i-th scheduler, for listing
 * @i: from 0
 *
 * Return: its ops, or NULL behind the last.
 */
const struct lb_sched_ops *lb_sched_at(unsigned int i)
{
	return i < ARRAY_SIZE(scheds) ? scheds[i] : NULL;
}

/**
 * lb_sched_free_rcu() - free an unlinked instance after a grace period
 * @sched: the instance, or NULL
 *
 * Context: any.
 */
void lb_sched_free_rcu(struct lb_sched *sched)
{
	if (sched)
		kvfree_rcu(sched, rcu);
}
