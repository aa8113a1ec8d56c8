/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_PLAN_H
#define LBCTL_BACKEND_PLAN_H

#include "backend/item.h"

/** struct lb_be_step - one command */
struct lb_be_step {
	/** @cmd: the command, words with single blanks */
	char *cmd;
	/** @undo: its inverse, "" = there is none */
	char *undo;
	/** @item: what it makes or takes away; its kind counts if @has_item */
	struct lb_be_item item;
	/** @has_item: it is about an item */
	bool has_item;
};

/** struct lb_be_plan - commands in order; all zero is an empty one */
struct lb_be_plan {
	/** @step: the commands */
	struct lb_be_step *step;
	/** @n: how many */
	size_t n;
	/** @note: what is left as it is, and why; lines */
	struct lb_buf note;
};

void lb_be_plan_do(struct lb_be_plan *p, const struct lb_be_items *want,
		   const struct lb_be_snap *s, struct lb_be_items *made);
void lb_be_plan_restore(struct lb_be_plan *p, const struct lb_be_items *want,
			const struct lb_be_snap *s,
			const struct lb_be_items *made);
void lb_be_plan_undo(struct lb_be_plan *p, const struct lb_be_items *made,
		     const struct lb_be_items *keep,
		     const struct lb_be_snap *s, struct lb_be_items *left);
void lb_be_plan_free(struct lb_be_plan *p);

#endif
