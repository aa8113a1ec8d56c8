/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_FEATURE_H
#define LBCTL_FEATURE_H

#include "conf.h"

#define LB_OFFERS_MAX	32

/** struct lb_offers - what a module says it can do */
struct lb_offers {
	/** @known: a module answered; else what this version is known to do */
	bool known;
	/** @n_scheds: number of schedulers */
	unsigned int n_scheds;
	/** @n_modes: number of modes */
	unsigned int n_modes;
	/** @n_encaps: number of encapsulations */
	unsigned int n_encaps;
	/** @sched: names of schedulers */
	char sched[LB_OFFERS_MAX][48];
	/** @mode: names of modes */
	char mode[LB_OFFERS_MAX][48];
	/** @encap: names of encapsulations, of mode tunnel */
	char encap[LB_OFFERS_MAX][48];
};

void lb_feature_check(struct lb_conf *c, const struct lb_offers *offers,
		      enum lb_severity severity);

#endif
