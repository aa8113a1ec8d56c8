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
	for (i = 0; i < d.n_lines; i++)
		lb_buf_printf(&b, "%s\n", d.line[i]);
	assert_int_equal(!d.n, !d.n_lines);
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

#define S3	"server w3 10.0.1.3\n"
#define S4	"server w4 10.0.1.4\n"

/* what is sent, in short: "-name" deleted, "+name" set, "+name>" put last */
static void steps(const char *was, const char *is, const char *expected)
{
	const struct lb_change *s;
	struct lb_buf b = { 0 };
	struct lb_conf x, y;
	struct lb_diff d;
	size_t i;

	parse_ok(&x, was);
	parse_ok(&y, is);
	lb_diff(&d, &x.model, &y.model);
	for (i = 0; i < d.n; i++) {
		s = &d.change[i];
		lb_buf_printf(&b, "%s%c%s%s", i ? " " : "",
			      s->op == LB_OP_DEL ? '-' : '+',
			      s->nat ? s->nat->name : s->rule ? "rule" : s->flow ? s->flow->name :
			      s->server ? s->server->name : s->director->name,
			      s->last ? ">" : "");
	}
	assert_string_equal(lb_buf_str(&b), expected);
	lb_diff_free(&d);
	lb_conf_free(&x);
	lb_conf_free(&y);
	lb_buf_free(&b);
}

static void diff__order_of_servers(void **state)
{
	(void)state;
	differ(WWW S1 S2, WWW S2 S1, "~ director www: order of servers\n");
	steps(WWW S1 S2, WWW S2 S1, "+w2> +w1>");
	/* what stands before the first difference is left alone */
	steps(WWW S1 S2 S3 S4, WWW S1 S2 S4 S3, "+w4> +w3>");
	/* one that goes, or comes last, moves nobody */
	steps(WWW S1 S2 S3, WWW S1 S3, "-w2");
	steps(WWW S1 S2, WWW S1 S2 S3, "+w3");
	steps(WWW S1 S2 S3, WWW S1 S3 S4, "-w2 +w4");
	/* one that comes between others does, but that is no news */
	differ(WWW S1 S3, WWW S1 S2 S3, "+ server www/w2 10.0.1.2 weight 1\n");
	steps(WWW S1 S3, WWW S1 S2 S3, "+w2 +w3>");
	steps(WWW S1, WWW S2 S1, "+w2 +w1>");
	differ(WWW "balance mh\n" S1 S2 S3,
	       WWW "balance twos\nserver w3 10.0.1.3 weight 7\n" S1,
	       "~ director www: balance mh -> twos, order of servers\n"
	       "- server www/w2\n"
	       "~ server www/w3: weight 1 -> 7\n");
	steps(WWW "balance mh\n" S1 S2 S3,
	      WWW "balance twos\nserver w3 10.0.1.3 weight 7\n" S1,
	      "+www -w2 +w3> +w1>");
}

static void diff__order_of_directors_is_none(void **state)
{
	(void)state;
	differ(WWW S1 "director x 10.0.0.2:80\nmode nat\n" S1,
	       "director x 10.0.0.2:80\nmode nat\n" S1 WWW S1, "");
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

#define FA	"flow a permit\nmatch src 10.0.0.0/8\n"
#define FB	"flow b deny\nmatch\n"
#define FC	"flow c skip\nignore\n"

static void diff__flows(void **state)
{
	(void)state;
	differ(FA FB, FA FB, "");
	differ(FA, "flow a permit # the same\nmatch src 10.1.2.3/255.0.0.0\n",
	       "");
	differ("", FA, "+ flow a permit\n+ flow a: match src 10.0.0.0/8\n");
	differ(FA FB, FB, "- flow a with 1 rule\n");
	differ(FA, "flow a deny\nmatch src 10.0.0.0/8\n",
	       "~ flow a: policy permit -> deny\n");
	differ(WWW S1 FA, WWW S1 "flow a director www\nmatch src 10.0.0.0/8\n",
	       "~ flow a: policy permit -> director www\n");
	/* a director and the flow that names it go together, the flow first */
	differ("director d\nmode nat\n" S1 "flow a director d\nmatch\n", "",
	       "- flow a with 1 rule\n- director d with 1 server\n");
	differ("", "director d\nmode nat\n" S1 "flow a director d\nmatch\n",
	       "+ director d balance leastconn, mode nat\n"
	       "+ server d/w1 10.0.1.1:8080 weight 10 check\n"
	       "+ flow a director d\n+ flow a: match\n");
}

static void diff__rules(void **state)
{
	(void)state;
	differ("flow a permit\nmatch src 10.0.0.1\nmatch src 10.0.0.2\n"
	       "match src 10.0.0.3\n",
	       "flow a permit\nmatch src 10.0.0.1\nignore not src 10.0.0.2\n"
	       "match iface eth0\nmatch src 10.0.0.3\n",
	       "- flow a: match src 10.0.0.2\n"
	       "+ flow a: ignore not src 10.0.0.2\n"
	       "+ flow a: match iface eth0\n");
	steps("flow a permit\nmatch src 10.0.0.1\nmatch src 10.0.0.2\n",
	      "flow a permit\nmatch src 10.0.0.1\n", "+a +rule");
	differ("flow a permit\nmatch proto tcp dstport 80:90\n",
	       "flow a permit\nmatch proto TCP dstport 80-90\n", "");
}

static void diff__order_of_flows(void **state)
{
	(void)state;
	/* in its place: the others are not touched */
	steps(FA FB FC, FA "flow b permit\nmatch\n" FC, "+b +rule");
	steps(FA FB FC, FA FC, "-b");
	steps(FA FB, FA FB FC, "+c +rule");
	/* a flow can only come last: those behind it are made again */
	differ(FA FC, FA FB FC, "+ flow b deny\n+ flow b: match\n");
	steps(FA FC, FA FB FC, "-c +b +rule +c +rule");
	differ(FA FB FC, FA FC FB, "~ order of flows, from c on\n");
	steps(FA FB FC, FA FC FB, "-b -c +c +rule +b +rule");
	steps(FA FB FC, FC FB FA,
	      "-a -b -c +c +rule +b +rule +a +rule");
}

#define NA	"nat a\nafter src 10.0.0.9\n"
#define NB	"nat b\nin eth0\nafter src 10.0.0.8-10.0.0.9\n"
#define NC	"nat c\nproto udp\nafter srcport 2000-3000\n"

static void diff__nats(void **state)
{
	(void)state;
	differ(NA NB, NA NB, "");
	differ("", NB, "+ nat b: in eth0 after src 10.0.0.8-10.0.0.9\n");
	differ(NA NB, NB, "- nat a: after src 10.0.0.9\n");
	differ(NA, "nat a\nout eth1\nafter src 10.0.0.9\n",
	       "- nat a: after src 10.0.0.9\n"
	       "+ nat a: out eth1 after src 10.0.0.9\n");
	differ(NC, "nat c\nproto UDP\nafter srcport 2000:3000\n", "");
	differ(NA NB NC, NA NC NB, "~ order of nats, from c on\n");
	steps(NA NB, NA NB NC, "+c");
	steps(NA NC, NA NB NC, "-c +b +c");
	steps(NA NB NC, NA NC NB, "-b -c +c +b");
	steps(NA NB NC, NA NC, "-b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diff__nothing),
		cmocka_unit_test(diff__order_of_servers),
		cmocka_unit_test(diff__order_of_directors_is_none),
		cmocka_unit_test(diff__add),
		cmocka_unit_test(diff__del),
		cmocka_unit_test(diff__del_comes_first),
		cmocka_unit_test(diff__director),
		cmocka_unit_test(diff__server),
		cmocka_unit_test(diff__service),
		cmocka_unit_test(diff__flows),
		cmocka_unit_test(diff__rules),
		cmocka_unit_test(diff__order_of_flows),
		cmocka_unit_test(diff__nats),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
