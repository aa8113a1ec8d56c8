// SPDX-License-Identifier: GPL-2.0
/*
 * Memory, growing strings and did-you-mean.
 *
 * Running out of memory ends the program: a tool that runs for a second and
 * has changed nothing yet has no better answer, and no caller needs a branch.
 */
#include "util.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *p)
{
	if (!p) {
		fputs("lbctl: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

/**
 * lb_xcalloc() - allocate zeroed memory or end the program
 * @n: number of elements
 * @size: size of one
 *
 * Return: the memory, never NULL, to be freed with free().
 */
void *lb_xcalloc(size_t n, size_t size)
{
	return check(calloc(n ? n : 1, size));
}

/**
 * lb_xrealloc() - resize an array or end the program
 * @p: the array or NULL
 * @n: number of elements wanted
 * @size: size of one
 *
 * Return: the array, never NULL.
 */
void *lb_xrealloc(void *p, size_t n, size_t size)
{
	return check(reallocarray(p, n ? n : 1, size));
}

/**
 * lb_xstrdup() - copy a string or end the program
 * @s: the string
 *
 * Return: the copy, to be freed with free().
 */
char *lb_xstrdup(const char *s)
{
	return check(strdup(s));
}

/**
 * lb_grow() - make room for one more element
 * @array: the array or NULL
 * @n: elements in use
 * @size: size of one
 *
 * The capacity is the power of two at or above @n, so no field has to
 * remember it.
 *
 * Return: the array, perhaps moved.
 */
void *lb_grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return lb_xrealloc(array, n ? n * 2 : 1, size);
}

/**
 * lb_buf_add() - append bytes
 * @b: the string
 * @data: the bytes
 * @len: how many
 */
void lb_buf_add(struct lb_buf *b, const void *data, size_t len)
{
	if (b->len + len + 1 > b->cap) {
		b->cap = (b->len + len + 1) * 2;
		b->p = lb_xrealloc(b->p, b->cap, 1);
	}
	if (len)
		memcpy(b->p + b->len, data, len);
	b->len += len;
	b->p[b->len] = '\0';
}

/**
 * lb_buf_puts() - append a string
 * @b: the string appended to
 * @s: what to append
 */
void lb_buf_puts(struct lb_buf *b, const char *s)
{
	lb_buf_add(b, s, strlen(s));
}

/**
 * lb_buf_vprintf() - append formatted text
 * @b: the string
 * @fmt: as printf
 * @ap: as vprintf
 */
void lb_buf_vprintf(struct lb_buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	char *big;
	int len;

	va_copy(again, ap);
	len = vsnprintf(small, sizeof(small), fmt, ap);
	if (len >= 0 && (size_t)len < sizeof(small)) {
		lb_buf_add(b, small, len);
	} else if (len >= 0) {
		big = lb_xcalloc(len + 1, 1);
		vsnprintf(big, len + 1, fmt, again);
		lb_buf_add(b, big, len);
		free(big);
	}
	va_end(again);
}

/**
 * lb_buf_printf() - append formatted text
 * @b: the string
 * @fmt: as printf
 */
void lb_buf_printf(struct lb_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	lb_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

/**
 * lb_buf_str() - the text so far
 * @b: the string
 *
 * Return: a NUL-terminated string that the next append may move.
 */
const char *lb_buf_str(const struct lb_buf *b)
{
	return b->p ? b->p : "";
}

/**
 * lb_buf_reset() - make it empty, keep its memory
 * @b: the string
 */
void lb_buf_reset(struct lb_buf *b)
{
	b->len = 0;
	if (b->p)
		b->p[0] = '\0';
}

/**
 * lb_buf_free() - make it empty, give its memory back
 * @b: the string
 */
void lb_buf_free(struct lb_buf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

/* longer words are never typing errors of a keyword or a sensible name */
#define GUESS_MAX	64

/* edit distance where swapping two neighbours is one edit, case ignored */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[3][GUESS_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);
	unsigned int cost, best;
	size_t i, j;

	if (la > GUESS_MAX || lb > GUESS_MAX)
		return UINT32_MAX;
	for (j = 0; j <= lb; j++)
		row[0][j] = j;
	for (i = 1; i <= la; i++) {
		unsigned int *now = row[i % 3], *up = row[(i + 2) % 3];

		now[0] = i;
		for (j = 1; j <= lb; j++) {
			cost = tolower((unsigned char)a[i - 1]) !=
			       tolower((unsigned char)b[j - 1]);
			best = up[j - 1] + cost;
			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    row[(i + 1) % 3][j - 2] + 1 < best)
				best = row[(i + 1) % 3][j - 2] + 1;
			now[j] = best;
		}
	}
	return row[la % 3][lb];
}

/**
 * lb_guess_init() - start looking for what the user may have meant
 * @g: the search
 * @word: what the user wrote; must outlive the search
 */
void lb_guess_init(struct lb_guess *g, const char *word)
{
	g->word = word;
	g->best = NULL;
	g->dist = UINT32_MAX;
}

/**
 * lb_guess_try() - consider one candidate
 * @g: the search
 * @candidate: a word that would have been right; must outlive the search
 *
 * Near enough means at most one edit in three letters, or the first of its two
 * words.
 */
void lb_guess_try(struct lb_guess *g, const char *candidate)
{
	size_t len = strlen(g->word);
	unsigned int dist;

	dist = distance(g->word, candidate);
	if (!strncmp(g->word, candidate, len) && candidate[len] == ' ')
		dist = 0;
	if (dist <= (len + 1) / 3 && dist < strlen(candidate) &&
	    dist < g->dist) {
		g->best = candidate;
		g->dist = dist;
	}
}
