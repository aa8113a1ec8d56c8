// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that are known but not there yet.
 */
#include "../cmd.h"

static int run(int argc, char **argv)
{
	(void)argc;
	return lb_fail(LB_EXIT_USAGE, "not supported yet: '%s'", argv[0]);
}

#define LATER(var, word, args_, help_) \
	static const struct lb_command var = { \
		.name = (word), .args = (args_), .run = run, \
		.help = help_ " (not supported yet)", \
	}; \
	LB_CMD(var)

LATER(monitor, "monitor", "", "run the health checks");
