// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl: finds the command and runs it.
 */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

/**
 * lb_cmd_find() - find a command
 * @name: its word
 *
 * Return: the command or NULL.
 */
const struct lb_command *lb_cmd_find(const char *name)
{
	const struct lb_command *const *c;

	lb_for_each_cmd(c)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

/**
 * lb_cmd_usage() - say that a command was used wrongly
 * @cmd: the command
 *
 * Return: the exit code for that.
 */
int lb_cmd_usage(const struct lb_command *cmd)
{
	return lb_fail(LB_EXIT_USAGE, "usage: lbctl %s%s%s", cmd->name,
		       cmd->args[0] ? " " : "", cmd->args);
}

static int unknown(const char *name)
{
	const struct lb_command *const *c;
	struct lb_guess g;

	lb_guess_init(&g, name);
	lb_for_each_cmd(c)
		lb_guess_try(&g, (*c)->name);
	if (g.best)
		return lb_fail(LB_EXIT_USAGE,
			       "unknown command '%s': did you mean '%s'?",
			       name, g.best);
	return lb_fail(LB_EXIT_USAGE,
		       "unknown command '%s': 'lbctl help' lists them", name);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct lb_command *cmd;
	int ret;

	if (!name)
		return lb_fail(LB_EXIT_USAGE,
			       "no command: 'lbctl help' lists them");
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		name = "version";
	cmd = lb_cmd_find(name);
	if (!cmd)
		return unknown(name);
	if (argc > 2 && (!strcmp(argv[2], "--help") ||
			 !strcmp(argv[2], "-h"))) {
		argv[2] = argv[1];
		cmd = lb_cmd_find("help");
	}
	ret = cmd->run(argc - 1, argv + 1);
	/* a full disk or a closed pipe must not look like success */
	if (fflush(stdout) || ferror(stdout))
		return ret ? ret : lb_fail(LB_EXIT_USAGE,
					   "cannot write the output");
	return ret;
}
