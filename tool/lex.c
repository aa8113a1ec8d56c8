// SPDX-License-Identifier: GPL-2.0
/*
 * One line into words.
 *
 * As in HAProxy's files: blanks separate, '#' begins a comment wherever it
 * stands, "..." keeps blanks and '#', a backslash takes the meaning from the
 * next character, inside quotes and outside.
 */
#include "lex.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/** struct scan - one line being cut */
struct scan {
	/** @at: next byte */
	const char *at;
	/** @end: behind the last */
	const char *end;
	/** @out: where the next byte of a word goes */
	char *out;
};

/* a word up to the blank behind it; NULL or what is wrong at s->at */
static const char *word(struct scan *s)
{
	const char *quote = NULL;
	char c;

	for (; s->at < s->end; s->at++) {
		c = *s->at;
		if (c == '"') {
			quote = quote ? NULL : s->at;
			continue;
		}
		if (!quote && (c == ' ' || c == '\t' || c == '#'))
			return NULL;
		if (c == '\\') {
			if (s->at + 1 == s->end)
				return "'\\' at the end of the line";
			if (isalnum((unsigned char)s->at[1]))
				return "unknown escape: '\\' takes the meaning from '\"', '#', '\\' and blanks";
			c = *++s->at;
		}
		if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
			return c ? "control character" : "NUL byte";
		*s->out++ = c;
	}
	if (quote) {
		s->at = quote;
		return "the quote is never closed";
	}
	return NULL;
}

static bool skip_blanks(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
	return s->at < s->end && *s->at != '#';
}

/**
 * lb_lex() - cut a line into words
 * @line: gets the words; @line->no is kept
 * @text: the line, without its newline; may hold any bytes
 * @len: its length
 * @col: set to the place of the problem
 *
 * Return: NULL, or what is wrong; then @line holds no words.
 */
const char *lb_lex(struct lb_line *line, const char *text, size_t len,
		   uint32_t *col)
{
	struct scan s = { .at = text, .end = text + len, .out = line->room };
	struct lb_token *t;
	const char *wrong;

	line->n = 0;
	*col = 1;
	if (len > LB_LINE_MAX)
		return "the line is longer than 4096 bytes";
	while (skip_blanks(&s)) {
		*col = s.at - text + 1;
		if (line->n == LB_WORDS_MAX) {
			line->n = 0;
			return "more than 64 words on a line";
		}
		t = &line->token[line->n];
		t->s = s.out;
		t->col = *col;
		wrong = word(&s);
		if (wrong) {
			line->n = 0;
			*col = s.at - text + 1;
			return wrong;
		}
		if (s.out - t->s > LB_TOKEN_MAX) {
			line->n = 0;
			return "the word is longer than 300 bytes";
		}
		*s.out++ = '\0';
		t->end = s.at - text + 1;
		line->n++;
	}
	return NULL;
}
