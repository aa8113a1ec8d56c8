// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration file for the commands that take one: read, parsed, and its
 * problems shown.
 */
#include "load.h"
#include "out.h"

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

/**
 * lb_load_print() - show all problems on standard error
 * @l: the file
 */
void lb_load_print(const struct lb_load *l)
{
	struct lb_buf b = { 0 };

	lb_diags_print(&b, &l->conf.diags, l->name, l->text, l->len);
	fflush(stdout);
	fwrite(lb_buf_str(&b), 1, b.len, stderr);
	lb_buf_free(&b);
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
