// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl validate: every problem of a file, and nothing else happens.
 */
#include "../cmd.h"
#include "../kernel.h"
#include "../load.h"
#include "../local.h"

#include <stdio.h>

static const struct lb_command cmd;

static size_t count_servers(const struct lb_model *m)
{
	size_t n = 0, i;

	for (i = 0; i < m->n_directors; i++)
		n += m->director[i]->n_servers;
	return n;
}

static void summary(const struct lb_load *l)
{
	const struct lb_model *m = &l->conf.model;

	printf("%s: valid: %zu director%s, %zu server%s", l->name,
	       m->n_directors, m->n_directors == 1 ? "" : "s",
	       count_servers(m), count_servers(m) == 1 ? "" : "s");
	if (l->conf.diags.warnings)
		printf(", %zu warning%s", l->conf.diags.warnings,
		       l->conf.diags.warnings == 1 ? "" : "s");
	printf("\n");
}

/* a module that is not there is no failure: its place is the table we have */
static void check_machine(struct lb_conf *c)
{
	struct lb_offers offers = { 0 };
	struct lb_info info;
	uint32_t generation;
	struct lb_nl nl;

	if (!lb_nl_open(&nl) && !lb_kernel_info(&nl, &info, &generation))
		lb_kernel_offers(&offers, &info);
	lb_nl_close(&nl);
	lb_feature_check(c, &offers, LB_WARNING);
	lb_local_check(c);
}

static int run(int argc, char **argv)
{
	bool print = false;
	const struct lb_load_option options[] = { { "--print", &print }, { 0 } };
	struct lb_load l;
	int ret;

	ret = lb_load_args(&l, &cmd, argc, argv, options);
	if (ret)
		return ret;
	check_machine(&l.conf);
	ret = lb_load_report(&l, "");
	if (!ret && print) {
		struct lb_buf b = { 0 };

		lb_model_print(&b, &l.conf.model);
		fputs(lb_buf_str(&b), stdout);
		lb_buf_free(&b);
	} else if (!ret) {
		summary(&l);
	}
	lb_load_free(&l);
	return ret;
}

static const struct lb_command cmd = {
	.name = "validate",
	.args = "[--print] [FILE]",
	.help = "check a configuration file, change nothing",
	.detail = "Reports every error and warning of FILE (default "
		  LB_DEFAULT_CONF ", '-' is standard\ninput), also what the "
		  "module cannot do yet and what does not fit this machine's\n"
		  "interfaces and routes.  --print writes the file in its "
		  "canonical form, as 'lbctl\nsave' does.",
	.run = run,
};
LB_CMD(cmd);
