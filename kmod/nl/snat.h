/* SPDX-License-Identifier: GPL-2.0 */
/* The nat rules of a transaction: shared with the config until one is edited. */
#ifndef _L4LB_NL_SNAT_H
#define _L4LB_NL_SNAT_H

#include <linux/list.h>
#include "../snat.h"

/**
 * struct lb_stage_snat - all nat rules of a transaction; under lb_net.mutex
 */
struct lb_stage_snat {
	/** @orig: those in force; a reference, or NULL if there are none */
	struct lb_snat *orig;
	/** @is_open: edited, so that what follows counts */
	bool is_open;
	/** @nr: of @rules */
	u32 nr;
	/** @rules: in order */
	struct list_head rules;
};

void lb_stage_snat_init(struct lb_stage_snat *ss, struct lb_snat *orig);
void lb_stage_snat_exit(struct lb_stage_snat *ss);
struct lb_snat *lb_stage_snat_build(struct lb_stage_snat *ss);

#endif /* _L4LB_NL_SNAT_H */
