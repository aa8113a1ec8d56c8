/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_LOAD_H
#define LBCTL_LOAD_H

#include "conf.h"
#include "feature.h"

/** struct lb_load - a configuration file in memory */
struct lb_load {
	/** @name: what it is called in messages */
	const char *name;
	/** @text: its text */
	char *text;
	/** @len: length of @text */
	size_t len;
	/** @conf: what it says */
	struct lb_conf conf;
};

int lb_load(struct lb_load *l, const char *path);
void lb_load_print(const struct lb_load *l);
void lb_load_free(struct lb_load *l);

#endif
