// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl monitor: run the health checks.
 */
#include "../cmd.h"
#include "../health/monitor.h"

#include <string.h>

static const struct lb_command cmd;

static int run(int argc, char **argv)
{
	struct lb_monitor_opts opts = { 0 };
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--foreground") || !strcmp(argv[i], "-f"))
			opts.foreground = true;
		else if (!strcmp(argv[i], "--verbose") ||
			 !strcmp(argv[i], "-v"))
			opts.verbose = opts.foreground = true;
		else
			return lb_cmd_usage(&cmd);
	}
	return lb_monitor_run(&opts);
}

static const struct lb_command cmd = {
	.name = "monitor",
	.args = "[--foreground] [--verbose]",
	.help = "run the health checks",
	.detail = "Checks the servers that say 'check', as the configuration in "
		  "force wants it,\nuntil it is ended; see lbctl-monitor(8).  "
		  "--foreground logs to standard error,\n--verbose every "
		  "result, too.",
	.run = run,
};
LB_CMD(cmd);
