/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_DIAG_H
#define LBCTL_DIAG_H

#include "model.h"
#include "util.h"

#include <stdio.h>

/* beyond this many, problems are counted but not kept: a binary file or a
 * hostile one shall not fill the memory or the terminal
 */
#define LB_DIAG_MAX	1000

/** enum lb_severity - how bad it is */
enum lb_severity {
	LB_WARNING,
	LB_ERROR,
};

/** struct lb_diag - one problem */
struct lb_diag {
	/** @pos: where */
	struct lb_pos pos;
	/** @severity: how bad */
	enum lb_severity severity;
	/** @order: number of the problem, to keep a stable order */
	uint32_t order;
	/** @text: what, one line */
	char *text;
	/** @hint: the way out, or NULL */
	char *hint;
};

/** struct lb_diags - all problems of one text */
struct lb_diags {
	/** @diag: the problems */
	struct lb_diag *diag;
	/** @n: how many are kept */
	size_t n;
	/** @errors: errors, kept or not */
	size_t errors;
	/** @warnings: warnings, kept or not */
	size_t warnings;
};

void lb_diag_add(struct lb_diags *d, struct lb_pos pos,
		 enum lb_severity severity, const char *hint,
		 const char *fmt, ...) LB_PRINTF(5, 6);
void lb_diags_sort(struct lb_diags *d);
void lb_diags_free(struct lb_diags *d);
void lb_diags_print(struct lb_buf *b, const struct lb_diags *d,
		    const char *file, const char *text, size_t len);

#endif
