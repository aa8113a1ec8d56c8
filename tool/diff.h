/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_DIFF_H
#define LBCTL_DIFF_H

#include "model.h"

/** enum lb_op - what happens to an object */
enum lb_op {
	LB_OP_DEL,
	LB_OP_ADD,
	LB_OP_EDIT,
	LB_OP_MAX,
};

/** enum lb_kind - what kind of object it is */
enum lb_kind {
	LB_KIND_SERVICE,
	LB_KIND_DIRECTOR,
	LB_KIND_SERVER,
	LB_KIND_FLOW,
	LB_KIND_NAT,
	LB_KIND_RULE,
	LB_KIND_MAX,
};

/** struct lb_change - one step: an object deleted or set */
struct lb_change {
	/** @op: what happens to it */
	enum lb_op op;
	/** @kind: what it is */
	enum lb_kind kind;
	/** @service: the new options, or NULL */
	const struct lb_service *service;
	/** @director: the director or the server's one; old when deleted */
	const struct lb_director *director;
	/** @server: the server, or NULL; old when deleted */
	const struct lb_server *server;
	/** @flow: the flow or the rule's one, or NULL; old when deleted */
	const struct lb_flow *flow;
	/** @rule: the rule that is added, or NULL */
	const struct lb_rule *rule;
	/** @nat: the nat section, or NULL; old when deleted */
	const struct lb_nat *nat;
	/** @last: the server moves behind the others of its director */
	bool last;
};

/** struct lb_diff - the way from one configuration to another; borrows from
 * both models
 */
struct lb_diff {
	/** @change: the steps, in the order they have to be walked */
	struct lb_change *change;
	/** @n: how many; 0: nothing differs */
	size_t n;
	/** @line: what people are told; not one per step */
	char **line;
	/** @n_lines: how many */
	size_t n_lines;
	/** @count: how many objects of each sort differ; rules: their flow */
	size_t count[LB_KIND_MAX][LB_OP_MAX];
};

void lb_diff(struct lb_diff *diff, const struct lb_model *old,
	     const struct lb_model *new);
void lb_diff_free(struct lb_diff *diff);

#endif
