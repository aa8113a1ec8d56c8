/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command is one file in cmd/ that defines one struct lb_command with LB_CMD;
 * main() finds it through the linker section, no list knows it.  Commands use
 * the shared code and nothing of each other.
 */
#ifndef LBCTL_CMD_H
#define LBCTL_CMD_H

#include "out.h"

/** struct lb_command - one command of lbctl */
struct lb_command {
	/** @name: its word */
	const char *name;
	/** @args: what follows, for the usage line */
	const char *args;
	/** @help: one line */
	const char *help;
	/** @detail: more lines for `lbctl help NAME`, or NULL */
	const char *detail;
	/** @run: does it; argv[0] is the command; returns the exit code */
	int (*run)(int argc, char **argv);
};

#define LB_CMD(var) \
	static const struct lb_command *const var##_entry \
	__attribute__((used, section("lbctl_cmds"))) = &(var)

extern const struct lb_command *const __start_lbctl_cmds[];
extern const struct lb_command *const __stop_lbctl_cmds[];

#define lb_for_each_cmd(pos) \
	for (pos = __start_lbctl_cmds; pos < __stop_lbctl_cmds; pos++)

#define LB_DEFAULT_CONF	"/etc/l4lb.conf"
#define LB_TOOL_VERSION	"0.1"

const struct lb_command *lb_cmd_find(const char *name);
int lb_cmd_usage(const struct lb_command *cmd);

#endif
