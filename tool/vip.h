/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses of directors with `option vip iface`, on the interfaces of this
 * machine.  In three steps, so that a configuration that is refused changes
 * nothing: plan, add what is missing, and once the configuration is in force
 * take away what is no longer wanted.
 */
#ifndef LBCTL_VIP_H
#define LBCTL_VIP_H

#include "model.h"

/** struct lb_vip - an address on an interface */
struct lb_vip {
	/** @addr: the address */
	struct lb_addr addr;
	/** @ifindex: the interface */
	unsigned int ifindex;
	/** @iface: its name */
	char iface[LB_IFNAME_MAX + 1];
	/** @done: it was added, or taken away */
	bool done;
};

/** struct lb_vips - what is to be done; all zero: nothing */
struct lb_vips {
	/** @add: what is wanted and missing */
	struct lb_vip *add;
	/** @n_add: how many */
	size_t n_add;
	/** @del: what is ours and no longer wanted */
	struct lb_vip *del;
	/** @n_del: how many */
	size_t n_del;
	/** @n_late: addresses left out, whose interfaces are not there */
	size_t n_late;
};

/** lb_vips_any() - is there anything to do?
 * @v: the plan
 *
 * Return: true if there is.
 */
static inline bool lb_vips_any(const struct lb_vips *v)
{
	return v->n_add || v->n_del;
}

bool lb_vips_wanted(const struct lb_model *m);
int lb_vips_lock(int *fd);
int lb_vips_plan(struct lb_vips *v, const struct lb_model *m, bool late);
int lb_vips_add(struct lb_vips *v);
bool lb_vips_undo(struct lb_vips *v);
int lb_vips_settle(struct lb_vips *v);
void lb_vips_print(const struct lb_vips *v, bool dry);
void lb_vips_free(struct lb_vips *v);

#endif
