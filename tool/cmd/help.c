// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl help and lbctl version.
 */
#include "../cmd.h"
#include "../key.h"

#include <stdio.h>
#include <string.h>

static void list(void)
{
	const struct lb_command *const *c;

	printf("lbctl " LB_TOOL_VERSION
	       ": sets up and watches the l4lb load balancer\n\n"
	       "usage: lbctl COMMAND [ARGUMENTS]\n\n");
	lb_for_each_cmd(c)
		printf("  %-9s  %s\n", (*c)->name, (*c)->help);
	printf("\n'lbctl help COMMAND' tells more, 'lbctl help keywords' lists "
	       "the language.\nSee also lbctl(8) and l4lb.conf(5).\n");
}

static void words(const char *where, const struct lb_word *w)
{
	printf("\n%s\n", where);
	for (; w->name; w++) {
		/* a row without help is one more alias of the row above */
		if (w->help)
			printf("  %-15s %s\n", w->name, w->help);
		if (w->alias)
			printf("  %-15s   same as %s\n", w->alias, w->name);
	}
}

static void rows(const struct lb_keys *keys)
{
	unsigned int i;

	printf("\n%s\n", keys->where);
	for (i = 0; i < keys->n; i++) {
		const struct lb_key *k = &keys->key[i];
		struct lb_buf type = { 0 };

		/* without its article */
		lb_buf_puts(&type, strchr(lb_type_name(k->type), ' ') + 1);
		if (k->max && k->type != LB_T_STR && k->type != LB_T_MASK) {
			lb_buf_puts(&type, " ");
			lb_key_range(k, &type);
		}
		printf("  %-15s %s\n  %-15s %s, default: %s\n", k->name,
		       k->help, "", lb_buf_str(&type), k->def);
		lb_buf_free(&type);
	}
}

static void keywords(void)
{
	const struct lb_method_word *m;
	unsigned int i;

	printf("The keywords of " LB_DEFAULT_CONF "; see l4lb.conf(5).\n");
	words("balance", lb_scheds);
	words("mode", lb_modes);
	words("mode tunnel", lb_encaps);
	printf("\noption\n");
	for (m = lb_methods; m->option; m++)
		printf("  %-15s %s\n", m->option, m->help);
	printf("  %-15s %s\n", "persistence", "a client keeps its server");
	for (i = 0; lb_all_keys[i]; i++)
		rows(lb_all_keys[i]);
}

static int run_help(int argc, char **argv)
{
	const struct lb_command *c;
	const struct lb_command *const *each;

	if (argc < 2) {
		list();
		return 0;
	}
	if (!strcmp(argv[1], "keywords")) {
		keywords();
		return 0;
	}
	/* for the completion */
	if (!strcmp(argv[1], "--words")) {
		lb_for_each_cmd(each)
			puts((*each)->name);
		return 0;
	}
	c = lb_cmd_find(argv[1]);
	if (!c)
		return lb_fail(LB_EXIT_USAGE, "no help on '%s'", argv[1]);
	printf("usage: lbctl %s%s%s\n\n%s\n", c->name, c->args[0] ? " " : "",
	       c->args, c->help);
	if (c->detail)
		printf("\n%s\n", c->detail);
	return 0;
}

static int run_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("lbctl " LB_TOOL_VERSION);
	return 0;
}

static const struct lb_command help = {
	.name = "help",
	.args = "[COMMAND|keywords]",
	.help = "tell how to use this program",
	.run = run_help,
};
LB_CMD(help);

static const struct lb_command version = {
	.name = "version",
	.args = "",
	.help = "print the version of this program",
	.run = run_version,
};
LB_CMD(version);
