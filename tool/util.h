/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_UTIL_H
#define LBCTL_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define LB_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/** struct lb_buf - a string that grows; all zero is an empty one */
struct lb_buf {
	/** @p: the text, NUL-terminated, or NULL while nothing was added */
	char *p;
	/** @len: bytes before the NUL */
	size_t len;
	/** @cap: bytes allocated */
	size_t cap;
};

void *lb_xcalloc(size_t n, size_t size);
void *lb_xrealloc(void *p, size_t n, size_t size);
char *lb_xstrdup(const char *s);
void *lb_grow(void *array, size_t n, size_t size);

void lb_buf_add(struct lb_buf *b, const void *data, size_t len);
void lb_buf_puts(struct lb_buf *b, const char *s);
void lb_buf_printf(struct lb_buf *b, const char *fmt, ...) LB_PRINTF(2, 3);
void lb_buf_vprintf(struct lb_buf *b, const char *fmt, va_list ap);
const char *lb_buf_str(const struct lb_buf *b);
void lb_buf_reset(struct lb_buf *b);
void lb_buf_free(struct lb_buf *b);

/** struct lb_guess - the best did-you-mean candidate seen so far */
struct lb_guess {
	/** @word: what the user wrote */
	const char *word;
	/** @best: the nearest candidate, NULL when none is near enough */
	const char *best;
	/** @dist: its distance */
	unsigned int dist;
};

void lb_guess_init(struct lb_guess *g, const char *word);
void lb_guess_try(struct lb_guess *g, const char *candidate);

#endif
