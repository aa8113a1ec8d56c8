// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl diff: what apply would do.
 */
#include "../cmd.h"
#include "../kernel.h"
#include "../load.h"

#include <stdio.h>

static const struct lb_command cmd;

static int compare(struct lb_load *l)
{
	struct lb_model now;
	struct lb_diff diff;
	uint32_t generation;
	struct lb_nl nl;
	size_t i;
	int ret;

	ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	ret = lb_kernel_load(&nl, &now, &generation);
	if (ret) {
		ret = lb_nl_fail(&nl, ret, "cannot read the configuration");
	} else {
		lb_diff(&diff, &now, &l->conf.model);
		for (i = 0; i < diff.n; i++)
			printf("%s\n", diff.change[i].text);
		lb_diff_free(&diff);
		lb_model_free(&now);
	}
	lb_nl_close(&nl);
	return ret;
}

static int run(int argc, char **argv)
{
	struct lb_load l;
	int ret;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-' && argv[1][1]))
		return lb_cmd_usage(&cmd);
	ret = lb_load(&l, argc == 2 ? argv[1] : LB_DEFAULT_CONF);
	if (ret)
		return ret;
	lb_load_print(&l);
	if (l.conf.diags.errors)
		ret = lb_fail(LB_EXIT_CONFIG, "%s: %zu error%s", l.name,
			      l.conf.diags.errors,
			      l.conf.diags.errors == 1 ? "" : "s");
	else
		ret = compare(&l);
	lb_load_free(&l);
	return ret;
}

static const struct lb_command cmd = {
	.name = "diff",
	.args = "[FILE]",
	.help = "show what 'apply' would change",
	.detail = "One line per object that differs from the configuration in "
		  "force: + new,\n- gone, ~ changed, with the attributes that "
		  "change.  Nothing is printed when\nnothing differs.",
	.run = run,
};
LB_CMD(cmd);
