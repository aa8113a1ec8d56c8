/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_LEX_H
#define LBCTL_LEX_H

#include <stddef.h>
#include <stdint.h>

#define LB_LINE_MAX	4096	/* bytes of a line */
#define LB_WORDS_MAX	64	/* words of a line */
#define LB_TOKEN_MAX	300	/* bytes of a word */

/** struct lb_token - one word of a line */
struct lb_token {
	/** @s: the word, quotes and escapes resolved */
	char *s;
	/** @col: byte where it begins, from 1 */
	uint32_t col;
	/** @end: byte behind it */
	uint32_t end;
};

/** struct lb_line - one line cut into words */
struct lb_line {
	/** @no: its number, from 1 */
	uint32_t no;
	/** @n: how many words */
	unsigned int n;
	/** @token: the words */
	struct lb_token token[LB_WORDS_MAX];
	/** @room: where the words are kept */
	char room[LB_LINE_MAX + LB_WORDS_MAX + 1];
};

const char *lb_lex(struct lb_line *line, const char *text, size_t len,
		   uint32_t *col);

#endif
