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

	ret = lb_kernel_open(&nl, &now, &generation);
	if (ret)
		return ret;
	lb_diff(&diff, &now, &l->conf.model);
	for (i = 0; i < diff.n_lines; i++)
		printf("%s\n", diff.line[i]);
	lb_diff_free(&diff);
	lb_model_free(&now);
	lb_nl_close(&nl);
	return 0;
}

static int run(int argc, char **argv)
{
	struct lb_load l;
	int ret;

	ret = lb_load_args(&l, &cmd, argc, argv, NULL);
	if (ret)
		return ret;
	ret = lb_load_report(&l, "");
	if (!ret)
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
		  "change; one line per rule of a flow.\nNothing is printed "
		  "when nothing differs.",
	.run = run,
};
LB_CMD(cmd);
