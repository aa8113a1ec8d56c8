/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_LOAD_H
#define LBCTL_LOAD_H

#include "conf.h"
#include "feature.h"

/** struct lb_load_option - an option of a command that reads a file */
struct lb_load_option {
	/** @name: "--dry-run" */
	const char *name;
	/** @given: becomes true if it is there */
	bool *given;
};

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

struct lb_command;

int lb_load(struct lb_load *l, const char *path);
int lb_load_args(struct lb_load *l, const struct lb_command *cmd, int argc,
		 char **argv, const struct lb_load_option *options);
int lb_load_report(const struct lb_load *l, const char *then);
void lb_load_free(struct lb_load *l);

#endif
