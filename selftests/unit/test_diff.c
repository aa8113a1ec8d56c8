// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "diff.h"

static void differ(const char *was, const char *is, const char *expected)
{
	struct lb_buf b = { 0 };
	struct lb_conf x, y;
	struct lb_diff d;
	size_t i;

	parse_ok(&x, was);
	parse_ok(&y, is);
	lb_diff(&d, &x.model, &y.model);
	for (i = 0; i < d.n; i++)
		lb_buf_printf(&b, "%s\n", d.change[i].text);
	assert_string_equal(lb_buf_str(&b), expected);
	lb_diff_free(&d);
	lb_conf_free(&x);
	lb_conf_free(&y);
	lb_buf_free(&b);
}

#define WWW	"director www 10.0.0.1:80\nmode nat\n"
#define S1	"server w1 10.0.1.1:8080 weight 10 check\n"
#define S2	"server w2 10.0.1.2\n"

static void diff__nothing(void **state)
{
	(void)state;
	differ("", "", "");
	differ(WWW S1 S2, WWW S1 S2, "");
	differ(WWW S1 S2, "# other words\ndirector www 10.0.0.1:80 tcp\n"
	       "mode nat\nbalance least-connections\n"
	       "server w1 10.0.1.1:8080 check weight 10\n"
	       "server w2 10.0.1.2 weight 1\n", "");
}

static void diff__order_is_no_difference(void **state)
{
	(void)state;
	differ(WWW S1 S2, WWW S2 S1, "");
}

static void diff__add(void **state)
{
	(void)state;
	differ("", WWW "option tcpcheck\ncheck rise 2\n" S1,
	       "+ director www 10.0.0.1:80 TCP balance leastconn, mode nat, check rise 2, option tcpcheck\n"
	       "+ server www/w1 10.0.1.1:8080 weight 10 check\n");
	differ(WWW S1, WWW S1 "server w3 10.0.1.13:8080 weight 10\n",
	       "+ server www/w3 10.0.1.13:8080 weight 10\n");
}

static void diff__del(void **state)
{
	(void)state;
	differ(WWW S1 S2, "", "- director www with 2 servers\n");
	differ(WWW S1 S2, WWW S1, "- server www/w2\n");
}

static void diff__del_comes_first(void **state)
{
	(void)state;
	differ(WWW S1, "director new 10.0.0.1:80\nmode nat\n" S1,
	       "- director www with 1 server\n"
	       "+ director new 10.0.0.1:80 TCP balance leastconn, mode nat\n"
	       "+ server new/w1 10.0.1.1:8080 weight 10 check\n");
}

static void diff__director(void **state)
{
	(void)state;
	differ(WWW S1, "director www 10.0.0.2:80 UDP\nmode gateway\n"
	       "balance roundrobin\ncheck interval 5\noption httpcheck\n"
	       "option persistence\nserver w1 10.0.1.1:80 weight 10 check\n",
	       "~ director www: address 10.0.0.1:80 TCP -> 10.0.0.2:80 UDP, "
	       "balance leastconn -> roundrobin, mode nat -> gateway, "
	       "+check interval 5, +option httpcheck, "
	       "+persistence timeout 360\n"
	       "~ server www/w1: address 10.0.1.1:8080 -> 10.0.1.1:80\n");
}

static void diff__server(void **state)
{
	(void)state;
	differ(WWW S1 S2, WWW "server w1 10.0.1.1:8080 weight 20\n"
	       "server w2 10.0.1.2 sorry check interval 3\n",
	       "~ server www/w1: weight 10 -> 20, -check\n"
	       "~ server www/w2: +sorry, +check interval 3\n");
	differ(WWW "server w1 10.0.1.1 check\n",
	       WWW "server w1 10.0.1.1 check rise 2\n",
	       "~ server www/w1: check (defaults) -> rise 2\n");
}

static void diff__service(void **state)
{
	(void)state;
	differ("service lvs\ntimeout udp 60\n", "service lvs\ntimeout tcp 900\n",
	       "~ service lvs: timeout udp 60 -> 300\n");
	differ("", "service lvs\ntimeout tcp 900\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diff__nothing),
		cmocka_unit_test(diff__order_is_no_difference),
		cmocka_unit_test(diff__add),
		cmocka_unit_test(diff__del),
		cmocka_unit_test(diff__del_comes_first),
		cmocka_unit_test(diff__director),
		cmocka_unit_test(diff__server),
		cmocka_unit_test(diff__service),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
