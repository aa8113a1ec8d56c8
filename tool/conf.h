/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_CONF_H
#define LBCTL_CONF_H

#include "diag.h"
#include "model.h"

#include <stddef.h>

/** enum lb_use_kind - who decides whether a use is supported */
enum lb_use_kind {
	LB_USE_SCHED,		/* the module's list of schedulers */
	LB_USE_MODE,		/* the module's list of modes */
	LB_USE_ENCAP,		/* its list of encapsulations */
};

/** struct lb_use - a keyword that not every module can do */
struct lb_use {
	/** @pos: where */
	struct lb_pos pos;
	/** @kind: who decides */
	enum lb_use_kind kind;
	/** @word: the keyword or the name */
	char word[48];
};

/** struct lb_conf - a parsed text */
struct lb_conf {
	/** @model: what it says; complete only without errors */
	struct lb_model model;
	/** @diags: what is wrong with it */
	struct lb_diags diags;
	/** @use: what it needs from the module */
	struct lb_use *use;
	/** @n_uses: how many */
	size_t n_uses;
};

void lb_conf_parse(struct lb_conf *c, const char *text, size_t len);
void lb_conf_verify(struct lb_conf *c);
void lb_verify_addrs(const struct lb_model *m, struct lb_diags *diags);
void lb_verify_nats(const struct lb_model *m, struct lb_diags *diags);
void lb_conf_free(struct lb_conf *c);

#endif
