/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_FIND_H
#define LBCTL_BACKEND_FIND_H

#include "backend/request.h"
#include "backend/snap.h"

/** enum lb_be_severity - how bad a finding is */
enum lb_be_severity {
	/** @LB_BE_NOTE: works, or cannot be judged from here */
	LB_BE_NOTE,
	/** @LB_BE_WRONG: traffic is lost, or other machines are disturbed */
	LB_BE_WRONG,
	/** @LB_BE_BLOCKS: wrong, and `prepare` cannot mend it */
	LB_BE_BLOCKS,
};

/** struct lb_be_finding - one thing that is not as it should be */
struct lb_be_finding {
	/** @id: its name for scripts */
	const char *id;
	/** @severity: how bad it is */
	enum lb_be_severity severity;
	/** @what: what is seen */
	char *what;
	/** @why: why that matters */
	const char *why;
	/** @mend: commands, a line each; what is none begins with '#' */
	char *mend;
};

/** struct lb_be_findings - all of them; all zero is none */
struct lb_be_findings {
	/** @f: the findings */
	struct lb_be_finding *f;
	/** @n: how many */
	size_t n;
};

void lb_be_find(struct lb_be_findings *all, const struct lb_be_requests *asked,
		const struct lb_be_snap *s);
size_t lb_be_findings_count(const struct lb_be_findings *all,
			    enum lb_be_severity at_least);
void lb_be_findings_free(struct lb_be_findings *all);

/* between find.c, find_tunnel.c and find_way.c */
void lb_be_found(struct lb_be_findings *all, const char *id,
		 enum lb_be_severity severity, const char *why,
		 const char *mend, const char *fmt, ...) LB_PRINTF(6, 7);
const struct lb_be_link *
lb_be_find_tunnel(struct lb_be_findings *all, const struct lb_be_request *r,
		  const struct lb_be_snap *s);
void lb_be_find_way(struct lb_be_findings *all,
		    const struct lb_be_requests *asked,
		    const struct lb_be_request *r, const struct lb_be_snap *s);

#endif
