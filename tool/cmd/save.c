// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl save: the configuration in force, in the language.
 */
#include "../cmd.h"
#include "../kernel.h"

#include <stdio.h>

static const struct lb_command cmd;

static int run(int argc, char **argv)
{
	struct lb_buf text = { 0 };
	struct lb_model now;
	uint32_t generation;
	struct lb_nl nl;
	int ret;

	(void)argv;
	if (argc != 1)
		return lb_cmd_usage(&cmd);
	ret = lb_kernel_open(&nl, &now, &generation);
	if (ret)
		return ret;
	lb_model_print(&text, &now);
	fputs(lb_buf_str(&text), stdout);
	lb_buf_free(&text);
	lb_model_free(&now);
	lb_nl_close(&nl);
	return 0;
}

static const struct lb_command cmd = {
	.name = "save",
	.args = "",
	.help = "print the configuration in force",
	.detail = "'lbctl save > " LB_DEFAULT_CONF "' keeps it over a reboot; "
		  "applying it again\nchanges nothing.",
	.run = run,
};
LB_CMD(cmd);
