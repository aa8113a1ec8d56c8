// SPDX-License-Identifier: GPL-2.0
/*
 * What the commands share towards people and files: the one way to fail, the
 * one way to read a file, aligned columns.
 */
#include "out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ten times the largest configuration anybody tested */
#define FILE_MAX	(256UL << 20)

/**
 * lb_fail() - say why in one line
 * @code: the exit code
 * @fmt: why, as printf
 *
 * Return: @code.
 */
int lb_fail(enum lb_exit code, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("lbctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

static int read_all(FILE *f, const char *path, char **text, size_t *len)
{
	struct lb_buf b = { 0 };
	char chunk[65536];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), f))) {
		lb_buf_add(&b, chunk, n);
		if (b.len > FILE_MAX) {
			lb_buf_free(&b);
			return lb_fail(LB_EXIT_CONFIG,
				       "%s is larger than 256 MiB", path);
		}
	}
	if (ferror(f)) {
		lb_buf_free(&b);
		return lb_fail(LB_EXIT_CONFIG, "cannot read %s: %s", path,
			       strerror(errno));
	}
	lb_buf_puts(&b, "");
	*text = b.p;
	*len = b.len;
	return 0;
}

/**
 * lb_file_read() - read a whole file
 * @path: its name; "-" is standard input
 * @text: gets the text, to be freed with free()
 * @len: gets its length
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_file_read(const char *path, char **text, size_t *len)
{
	struct stat st;
	FILE *f;
	int ret;

	if (!strcmp(path, "-"))
		return read_all(stdin, "standard input", text, len);
	f = fopen(path, "r");
	if (!f)
		return lb_fail(LB_EXIT_CONFIG, "cannot open %s: %s%s", path,
			       strerror(errno), errno == ENOENT ?
			       ": name a file, or write this one (see l4lb.conf(5))" :
			       "");
	if (!fstat(fileno(f), &st) && S_ISDIR(st.st_mode))
		ret = lb_fail(LB_EXIT_CONFIG, "%s is a directory", path);
	else
		ret = read_all(f, path, text, len);
	fclose(f);
	return ret;
}

static void add_cell(struct lb_table *t, char *s)
{
	unsigned int len = strlen(s);

	if (len > t->width[t->at])
		t->width[t->at] = len;
	t->at = (t->at + 1) % t->n;
	t->cell = lb_grow(t->cell, t->n_cells, sizeof(*t->cell));
	t->cell[t->n_cells++] = s;
}

/**
 * lb_table_init() - begin a table
 * @t: the table
 * @heads: the heads of the columns, separated by '|'
 * @right: bit per column: flush right
 */
void lb_table_init(struct lb_table *t, const char *heads, unsigned int right)
{
	const char *c;

	memset(t, 0, sizeof(*t));
	t->right = right;
	t->n = 1;
	for (c = heads; *c; c++)
		t->n += *c == '|';
	for (c = heads; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL) {
		char *head = lb_xstrdup(c);

		head[strcspn(head, "|")] = '\0';
		add_cell(t, head);
	}
}

/**
 * lb_table_add() - add the next cell
 * @t: the table
 * @fmt: its text, as printf
 */
void lb_table_add(struct lb_table *t, const char *fmt, ...)
{
	struct lb_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	lb_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	add_cell(t, b.p ? b.p : lb_xstrdup(""));
}

/**
 * lb_table_print() - print a table and free it
 * @t: the table
 */
void lb_table_print(struct lb_table *t)
{
	unsigned int col, width;
	size_t i;

	for (i = 0; i < t->n_cells; i++) {
		col = i % t->n;
		width = t->width[col];
		if (t->right & (1U << col))
			printf("%*s", width, t->cell[i]);
		else if (col + 1 < t->n)
			printf("%-*s", width, t->cell[i]);
		else
			fputs(t->cell[i], stdout);
		fputs(col + 1 < t->n ? "  " : "\n", stdout);
	}
	lb_table_free(t);
}

/**
 * lb_table_free() - forget a table
 * @t: the table
 */
void lb_table_free(struct lb_table *t)
{
	size_t i;

	for (i = 0; i < t->n_cells; i++)
		free(t->cell[i]);
	free(t->cell);
	memset(t, 0, sizeof(*t));
}
