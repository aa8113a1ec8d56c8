// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "lex.h"

static struct lb_line line;

static const char *lex(const char *text)
{
	uint32_t col;

	return lb_lex(&line, text, strlen(text), &col);
}

static void lex__words_and_columns(void **state)
{
	(void)state;
	assert_null(lex("\tserver  a 10.0.0.1 # c"));
	assert_int_equal(line.n, 3);
	assert_string_equal(line.token[0].s, "server");
	assert_int_equal(line.token[0].col, 2);
	assert_int_equal(line.token[1].col, 10);
	assert_int_equal(line.token[1].end, 11);
	assert_string_equal(line.token[2].s, "10.0.0.1");
}

static void lex__comments(void **state)
{
	(void)state;
	assert_null(lex("#alctl: x"));
	assert_int_equal(line.n, 0);
	assert_null(lex("a#b c"));
	assert_int_equal(line.n, 1);
	assert_string_equal(line.token[0].s, "a");
	assert_null(lex("a \\#b \"#c\""));
	assert_int_equal(line.n, 3);
	assert_string_equal(line.token[1].s, "#b");
	assert_string_equal(line.token[2].s, "#c");
}

static void lex__quotes(void **state)
{
	(void)state;
	assert_null(lex("\"a b\"c \"\" \\  \"\\\"\""));
	assert_int_equal(line.n, 4);
	assert_string_equal(line.token[0].s, "a bc");
	assert_string_equal(line.token[1].s, "");
	assert_string_equal(line.token[2].s, " ");
	assert_string_equal(line.token[3].s, "\"");
}

static void lex__limits(void **state)
{
	char text[LB_LINE_MAX + 2];
	uint32_t col;
	int i;

	(void)state;
	memset(text, ' ', sizeof(text));
	assert_null(lb_lex(&line, text, LB_LINE_MAX, &col));
	assert_non_null(lb_lex(&line, text, LB_LINE_MAX + 1, &col));
	memset(text, 'x', LB_TOKEN_MAX + 1);
	assert_null(lb_lex(&line, text, LB_TOKEN_MAX, &col));
	assert_non_null(lb_lex(&line, text, LB_TOKEN_MAX + 1, &col));
	for (i = 0; i < LB_WORDS_MAX; i++)
		memcpy(text + 2 * i, "w ", 2);
	assert_null(lb_lex(&line, text, 2 * LB_WORDS_MAX, &col));
	assert_int_equal(line.n, LB_WORDS_MAX);
	/* as many words as fill the line: the room holds them and their NULs */
	for (i = 0; i < LB_WORDS_MAX; i++) {
		memset(text + 64 * i, 'w', 63);
		text[64 * i + 63] = ' ';
	}
	assert_null(lb_lex(&line, text, LB_LINE_MAX, &col));
}

static void lex__any_bytes(void **state)
{
	uint64_t seed = 7;
	char text[64];
	uint32_t col;
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(text); i++)
			text[i] = rnd(&seed);
		lb_lex(&line, text, rnd(&seed) % sizeof(text), &col);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lex__words_and_columns),
		cmocka_unit_test(lex__comments),
		cmocka_unit_test(lex__quotes),
		cmocka_unit_test(lex__limits),
		cmocka_unit_test(lex__any_bytes),
	};

	return cmocka_run_group_tests_name("lex", tests, NULL, NULL);
}
