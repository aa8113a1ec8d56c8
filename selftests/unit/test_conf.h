/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TEST_CONF_H
#define TEST_CONF_H

#include <stddef.h>

/** struct wrong - a wrong input */
struct wrong {
	/** @name: name of the test */
	const char *name;
	/** @text: the input */
	const char *text;
	/** @len: its length, it may hold NULs */
	size_t len;
	/** @said: "LINE:COL: severity: text" lines and their hints */
	const char *said;
};

/* a string with its length, NULs included */
#define IN(s)	s, sizeof(s) - 1

extern const struct wrong wrong_services[], wrong_options[];
extern const struct wrong wrong_choices[], wrong_nats[];
extern const size_t n_wrong_services, n_wrong_options, n_wrong_choices;
extern const size_t n_wrong_nats;

#endif
