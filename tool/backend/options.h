/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_OPTIONS_H
#define LBCTL_BACKEND_OPTIONS_H

#include "backend/request.h"

/** enum lb_be_verb - what is to be done; a bit each, for tables */
enum lb_be_verb {
	LB_BE_PREPARE = 1,
	LB_BE_CHECK = 2,
	LB_BE_UNDO = 4,
	LB_BE_RESTORE = 8,
};

/** struct lb_be_options - the words behind `lbctl backend prepare` and the like */
struct lb_be_options {
	/** @common: what counts for every VIP; its @vip is not used */
	struct lb_be_request common;
	/** @vips: a request for each --vip, complete only by lb_be_options_join() */
	struct lb_be_requests vips;
	/** @dry_run: --dry-run */
	bool dry_run;
	/** @json: --json */
	bool json;
	/** @windows: --print windows */
	bool windows;
	/** @iface: --iface as it is written, or NULL */
	const char *iface;
	/** @root: --root, before every path; "" without */
	const char *root;
};

const char *lb_be_verb_name(enum lb_be_verb verb);
int lb_be_options_parse(struct lb_be_options *o, enum lb_be_verb verb,
			int argc, char **argv, struct lb_buf *why);
int lb_be_options_join(struct lb_be_options *o, struct lb_buf *why);
int lb_be_options_need(struct lb_be_options *o, struct lb_buf *why);
void lb_be_options_free(struct lb_be_options *o);

#endif
