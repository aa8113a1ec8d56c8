// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "key.h"
#include "model.h"

static void guess__near_and_far(void **state)
{
	static const struct {
		const char *word, *candidate;
		bool near;
	} pair[] = {
		{ "rpt", "rtp", true }, { "TPC", "TCP", true },
		{ "SCTP", "TCP", false }, { "wieght", "weight", true },
		{ "a", "b", false }, { "x", "in", false },
		{ "sport", "srcport", true }, { "", "in", false },
	};
	struct lb_guess g;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pair); i++) {
		lb_guess_init(&g, pair[i].word);
		lb_guess_try(&g, pair[i].candidate);
		assert_int_equal(g.best != NULL, pair[i].near);
	}
}

static void buf__grows(void **state)
{
	struct lb_buf b = { 0 };
	int i;

	(void)state;
	assert_string_equal(lb_buf_str(&b), "");
	for (i = 0; i < 1000; i++)
		lb_buf_printf(&b, "%0300d", i);
	assert_int_equal(b.len, 300000);
	lb_buf_free(&b);
	assert_int_equal(b.len, 0);
}

static void keys__fit_their_masks(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; lb_all_keys[i]; i++) {
		assert_true(lb_all_keys[i]->n <= 32);
		for (j = 0; j < lb_all_keys[i]->n; j++) {
			assert_non_null(lb_all_keys[i]->key[j].help);
			assert_non_null(lb_all_keys[i]->key[j].def);
		}
	}
	assert_string_equal(lb_check_keys.key[LB_K_VIA_VIP].name, "via vip");
	assert_string_equal(lb_server_keys.key[LB_K_MAXCONN].name, "maxconn");
	assert_string_equal(lb_persist_keys.key[LB_K_NETMASK].name, "netmask");
	assert_string_equal(lb_dopt_keys.key[LB_K_VIP_IFACE].name,
			    "vip iface");
	assert_string_equal(lb_service_keys.key[LB_K_UDP].name, "timeout udp");
	assert_string_equal(lb_cond_keys.key[LB_K_C_FWMARK].name, "fwmark");
	assert_string_equal(lb_nat_side_keys.key[LB_K_SIDE_DSTPORT].name,
			    "dstport");
}

/* a keyword that the man page does not know is a keyword too many */
static void keys__are_in_the_man_page(void **state)
{
	const struct lb_method_word *m;
	const struct lb_word *w;
	char *text = calloc(1, 65536);
	unsigned int i, j;
	FILE *f = fopen(MAN "/l4lb.conf.5", "r");

	(void)state;
	assert_non_null(f);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	for (i = 0; lb_all_keys[i]; i++)
		for (j = 0; j < lb_all_keys[i]->n; j++) {
			const char *name = lb_all_keys[i]->key[j].name;

			/* "timeout tcp" stands there as "timeout {tcp | ..." */
			if (strncmp(name, "timeout ", 8) &&
			    !strstr(text, name))
				fail_msg("%s", name);
		}
	for (w = lb_scheds; w->name; w++)
		assert_non_null(strstr(text, w->name));
	for (w = lb_modes; w->name; w++)
		assert_non_null(strstr(text, w->name));
	for (m = lb_methods; m->option; m++)
		assert_non_null(strstr(text, m->option));
	free(text);
}

static void key_equal__compares_values(void **state)
{
	const struct lb_key *timeout = &lb_persist_keys.key[0];
	struct lb_persist a = { .timeout = 5000 }, b = { .timeout = 5000 };

	(void)state;
	assert_true(lb_key_equal(timeout, &a, &b));
	b.timeout = 5001;
	assert_false(lb_key_equal(timeout, &a, &b));
}

static void service_normalize__forgets_defaults(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "service lvs\ntimeout tcp 900\ntimeout udp 5m\n"
		 "timeout tcpfin 119\n");
	assert_int_equal(c.model.service.set, LB_BIT(LB_K_TCPFIN));
	lb_conf_free(&c);
}

static void model_find__by_name(void **state)
{
	struct lb_director **sorted;
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director z TCP\nserver b 10.0.0.1\nserver a 10.0.0.2\n"
		 "director a TCP\ndirector m TCP\n");
	sorted = lb_model_sort(&c.model);
	assert_string_equal(sorted[0]->name, "a");
	assert_string_equal(sorted[2]->name, "z");
	assert_ptr_equal(lb_named_find(sorted, 3, "m"), c.model.director[2]);
	assert_null(lb_named_find(sorted, 3, "n"));
	assert_ptr_equal(lb_model_find(&c.model, "z"), c.model.director[0]);
	assert_null(lb_model_find(&c.model, "y"));
	assert_ptr_equal(lb_director_find(c.model.director[0], "a"),
			 c.model.director[0]->server[1]);
	assert_null(lb_director_find(c.model.director[0], "c"));
	free(sorted);
	lb_conf_free(&c);
}

static void model_print__empty(void **state)
{
	struct lb_model m = { 0 };
	struct lb_buf b = { 0 };

	(void)state;
	lb_model_print(&b, &m);
	assert_string_equal(lb_buf_str(&b), "");
	lb_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guess__near_and_far),
		cmocka_unit_test(buf__grows),
		cmocka_unit_test(keys__fit_their_masks),
		cmocka_unit_test(keys__are_in_the_man_page),
		cmocka_unit_test(key_equal__compares_values),
		cmocka_unit_test(service_normalize__forgets_defaults),
		cmocka_unit_test(model_find__by_name),
		cmocka_unit_test(model_print__empty),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
