/* SPDX-License-Identifier: GPL-2.0 */
/* What the files that compare configurations share. */
#ifndef LBCTL_DIFFING_H
#define LBCTL_DIFFING_H

#include "diff.h"
#include "util.h"

#define LB_ATTRS_MAX	48

/** struct lb_diff_attrs - an object as words */
struct lb_diff_attrs {
	/** @n: how many */
	unsigned int n;
	/** @name: what, per attribute; constant strings */
	const char *name[LB_ATTRS_MAX];
	/** @at: where in @text its value begins */
	size_t at[LB_ATTRS_MAX];
	/** @text: the values, each NUL-terminated */
	struct lb_buf text;
};

/** struct lb_diffing - a comparison under way */
struct lb_diffing {
	/** @diff: what comes out */
	struct lb_diff *diff;
	/** @a: room for one object as words */
	struct lb_diff_attrs a;
	/** @b: room for the other */
	struct lb_diff_attrs b;
	/** @text: room for a line */
	struct lb_buf text;
};

/** struct lb_order - which objects of a list keep their places */
struct lb_order {
	/** @stay: so many of the new list are where they were */
	size_t stay;
	/** @turned: those that both lists have are in another order */
	bool turned;
};

struct lb_change *lb_diff_step(struct lb_diffing *g, enum lb_op op,
			       enum lb_kind kind);
void lb_diff_tell(struct lb_diffing *g);
void lb_diff_count(struct lb_diffing *g, enum lb_kind kind, enum lb_op op);
struct lb_order lb_diff_order(void *old, size_t n_old, void *new,
			      size_t n_new, void *was, void *is);
void lb_diff_nats(struct lb_diffing *g, const struct lb_model *old,
		  const struct lb_model *new);

#endif
