// SPDX-License-Identifier: GPL-2.0
/*
 * Problems of a text: collected in any order, shown in the order of the
 * lines, each with its line and a caret under the place.
 */
#include "diag.h"

#include <stdlib.h>
#include <string.h>

/* columns of a source line shown before and behind the caret */
#define SHOW_BEFORE	120
#define SHOW_MAX	200

static char *copy_hint(const char *hint)
{
	return hint && *hint ? lb_xstrdup(hint) : NULL;
}

/**
 * lb_diag_add() - note a problem
 * @d: where
 * @pos: its place in the text
 * @severity: error or warning
 * @hint: the way out, copied; NULL or empty: none
 * @fmt: what, as printf
 */
void lb_diag_add(struct lb_diags *d, struct lb_pos pos,
		 enum lb_severity severity, const char *hint,
		 const char *fmt, ...)
{
	struct lb_buf text = { 0 };
	struct lb_diag *diag;
	va_list ap;

	if (severity == LB_ERROR)
		d->errors++;
	else
		d->warnings++;
	if (d->n == LB_DIAG_MAX)
		return;
	va_start(ap, fmt);
	lb_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	d->diag = lb_grow(d->diag, d->n, sizeof(*d->diag));
	diag = &d->diag[d->n];
	diag->pos = pos;
	diag->severity = severity;
	diag->order = d->n++;
	diag->text = text.p;
	diag->hint = copy_hint(hint);
}

static int by_place(const void *a, const void *b)
{
	const struct lb_diag *x = a, *y = b;

	if (x->pos.line != y->pos.line)
		return x->pos.line < y->pos.line ? -1 : 1;
	if (x->pos.col != y->pos.col)
		return x->pos.col < y->pos.col ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/**
 * lb_diags_sort() - bring the problems into the order of the text
 * @d: the problems
 */
void lb_diags_sort(struct lb_diags *d)
{
	if (d->n)
		qsort(d->diag, d->n, sizeof(*d->diag), by_place);
}

/**
 * lb_diags_free() - forget the problems
 * @d: the problems
 */
void lb_diags_free(struct lb_diags *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->diag[i].text);
		free(d->diag[i].hint);
	}
	free(d->diag);
	memset(d, 0, sizeof(*d));
}

/* what a terminal would act on is shown as '?' */
static void add_printable(struct lb_buf *b, const char *s, size_t len)
{
	size_t i;
	char c;

	for (i = 0; i < len; i++) {
		c = s[i];
		if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
			c = '?';
		lb_buf_add(b, &c, 1);
	}
}

/* tabs stay tabs, so the caret stands right whatever their width; the bytes
 * inside a UTF-8 character take no column
 */
static void add_indent(struct lb_buf *b, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] == '\t')
			lb_buf_puts(b, "\t");
		else if (((unsigned char)s[i] & 0xc0) != 0x80)
			lb_buf_puts(b, " ");
}

static void print_source(struct lb_buf *b, const char *line, size_t len,
			 uint32_t col)
{
	size_t at = col ? col - 1 : 0, from = 0, shown;

	if (at > len)
		at = len;
	if (len > SHOW_MAX && at > SHOW_BEFORE)
		from = at - SHOW_BEFORE;
	shown = len - from < SHOW_MAX ? len - from : SHOW_MAX;
	add_printable(b, line + from, shown);
	lb_buf_puts(b, "\n");
	add_indent(b, line + from, at - from);
	lb_buf_puts(b, "^\n");
}

/**
 * lb_diags_print() - write all problems for people
 * @b: where to append
 * @d: the problems, sorted
 * @file: name of the text
 * @text: the text
 * @len: its length
 */
void lb_diags_print(struct lb_buf *b, const struct lb_diags *d,
		    const char *file, const char *text, size_t len)
{
	const char *line = text, *end = text + len, *stop;
	uint32_t no = 1;
	size_t i, more;

	for (i = 0; i < d->n; i++) {
		const struct lb_diag *g = &d->diag[i];

		lb_buf_printf(b, "%s:%u:%u: %s: %s\n", file, g->pos.line,
			      g->pos.col,
			      g->severity == LB_ERROR ? "error" : "warning",
			      g->text);
		while (no < g->pos.line && line < end) {
			stop = memchr(line, '\n', end - line);
			line = stop ? stop + 1 : end;
			no++;
		}
		if (line < end || no == g->pos.line) {
			stop = line < end ? memchr(line, '\n', end - line) :
					    NULL;
			if (!stop)
				stop = end;
			if (stop > line && stop[-1] == '\r')
				stop--;
			print_source(b, line, stop - line, g->pos.col);
		}
		if (g->hint)
			lb_buf_printf(b, "hint: %s\n", g->hint);
	}
	more = d->errors + d->warnings - d->n;
	if (more)
		lb_buf_printf(b, "%s: %zu more problems are not shown\n",
			      file, more);
}
