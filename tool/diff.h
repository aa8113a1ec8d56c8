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
	LB_KIND_MAX,
};

/** struct lb_change - one object that differs */
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
	/** @text: one line for people */
	char *text;
};

/** struct lb_diff - the way from one configuration to another, in the order
 * it has to be walked; borrows from both models
 */
struct lb_diff {
	/** @change: the steps */
	struct lb_change *change;
	/** @n: how many */
	size_t n;
	/** @count: how many of each sort */
	size_t count[LB_KIND_MAX][LB_OP_MAX];
};

void lb_diff(struct lb_diff *diff, const struct lb_model *old,
	     const struct lb_model *new);
void lb_diff_free(struct lb_diff *diff);

#endif
