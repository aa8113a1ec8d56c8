// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration file for the commands that take one: read, parsed, and its
 * problems shown.
 */
#include "cmd.h"
#include "load.h"

#include <stdlib.h>
#include <string.h>

/**
 * lb_load() - read and parse a file
 * @l: gets it, to be freed with lb_load_free()
 * @path: its name or "-"
 *
 * Problems of the text are no failure here: they are in @l->conf.diags.
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_load(struct lb_load *l, const char *path)
{
	int ret;

	memset(l, 0, sizeof(*l));
	l->name = strcmp(path, "-") ? path : "<stdin>";
	ret = lb_file_read(path, &l->text, &l->len);
	if (!ret)
		lb_conf_parse(&l->conf, l->text, l->len);
	return ret;
}

static bool is_option(const char *word, const struct lb_load_option *o)
{
	for (; o && o->name; o++) {
		if (!strcmp(word, o->name)) {
			*o->given = true;
			return true;
		}
	}
	return false;
}

/**
 * lb_load_args() - read the file that a command line names
 * @l: gets it, to be freed with lb_load_free()
 * @cmd: the command
 * @argc: number of words, the command's own included
 * @argv: the words: one file at most and options
 * @options: those there are, ended by one without a name; or NULL
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_load_args(struct lb_load *l, const struct lb_command *cmd, int argc,
		 char **argv, const struct lb_load_option *options)
{
	const char *path = NULL;
	int i;

	for (i = 1; i < argc; i++) {
		if (is_option(argv[i], options))
			continue;
		if (path || (argv[i][0] == '-' && argv[i][1]))
			return lb_cmd_usage(cmd);
		else
			path = argv[i];
	}
	return lb_load(l, path ? path : LB_DEFAULT_CONF);
}

/**
 * lb_load_report() - show all problems on standard error
 * @l: the file
 * @then: what follows from an error, for the last line
 *
 * Return: 0, or an exit code when there were errors.
 */
int lb_load_report(const struct lb_load *l, const char *then)
{
	size_t errors = l->conf.diags.errors;
	struct lb_buf b = { 0 };

	lb_diags_print(&b, &l->conf.diags, l->name, l->text, l->len);
	fflush(stdout);
	fwrite(lb_buf_str(&b), 1, b.len, stderr);
	lb_buf_free(&b);
	if (!errors)
		return 0;
	return lb_fail(LB_EXIT_CONFIG, "%s: %zu error%s%s", l->name, errors,
		       errors == 1 ? "" : "s", then);
}

/**
 * lb_load_free() - forget a file
 * @l: the file
 */
void lb_load_free(struct lb_load *l)
{
	lb_conf_free(&l->conf);
	free(l->text);
	memset(l, 0, sizeof(*l));
}
