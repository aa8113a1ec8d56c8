/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unit tests share.  Tests are called function__case and stand in
 * the order of the source they test.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"
#include "util.h"

/* problems in short: "LINE:COL: severity: text" lines and their hints */
static inline void said(struct lb_buf *b, const struct lb_conf *c)
{
	const struct lb_diag *d;
	size_t i;

	for (i = 0; i < c->diags.n; i++) {
		d = &c->diags.diag[i];
		lb_buf_printf(b, "%u:%u: %s: %s\n", d->pos.line, d->pos.col,
			      d->severity == LB_ERROR ? "error" : "warning",
			      d->text);
		if (d->hint)
			lb_buf_printf(b, "hint: %s\n", d->hint);
	}
}

static inline void parse(struct lb_conf *c, const char *text)
{
	memset(c, 0, sizeof(*c));
	lb_conf_parse(c, text, strlen(text));
}

/* parse what must be right; warnings are allowed */
static inline void parse_ok(struct lb_conf *c, const char *text)
{
	struct lb_buf b = { 0 };

	parse(c, text);
	if (c->diags.errors) {
		said(&b, c);
		fail_msg("%s", lb_buf_str(&b));
	}
}

/* a small generator, the same on every machine */
static inline uint32_t rnd(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

#endif
