// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "test_conf.h"
#include "feature.h"

#include <netinet/in.h>

static void wrong(void **state)
{
	const struct wrong *w = *state;
	struct lb_conf c = { 0 };
	struct lb_buf b = { 0 };

	lb_conf_parse(&c, w->text, w->len);
	said(&b, &c);
	assert_string_equal(lb_buf_str(&b), w->said);
	lb_buf_free(&b);
	lb_conf_free(&c);
}

/** struct example - a file of examples/ */
struct example {
	const char *name;
	const char *said;
};

/* the ten of the language's definition and the two of the seed documents */
static const struct example examples[] = {
	{ "01-web-nat", "" },
	{ "02-exchange-dsr", "" },
	{ "03-dns-onepacket",
	  "7:12: warning: tcpcheck probes TCP, not UDP\n" },
	{ "04-sip", "" },
	{ "05-imaps-persistence", "" },
	{ "06-ftp-anyport", "" },
	{ "07-vod-maglev", "" },
	{ "08-api-tunnel", "" },
	{ "09-web6-failover", "" },
	{ "10-rtp-flow",
	  "7:13: warning: ovh on UDP: it counts active connections only\n" },
	{ "exchange", "" },
	{ "udp", "" },
};

static char *slurp(const char *name, size_t *len)
{
	char path[512], *text = malloc(65536);
	FILE *f;

	snprintf(path, sizeof(path), EXAMPLES "/%s.conf", name);
	f = fopen(path, "r");
	assert_non_null(f);
	*len = fread(text, 1, 65535, f);
	text[*len] = '\0';
	fclose(f);
	return text;
}

static void round_trip(const struct lb_model *m)
{
	struct lb_buf one = { 0 }, two = { 0 };
	struct lb_conf again;

	lb_model_print(&one, m);
	parse_ok(&again, lb_buf_str(&one));
	lb_model_print(&two, &again.model);
	assert_string_equal(lb_buf_str(&one), lb_buf_str(&two));
	lb_conf_free(&again);
	lb_buf_free(&one);
	lb_buf_free(&two);
}

static void example(void **state)
{
	const struct example *e = *state;
	struct lb_conf c = { 0 };
	struct lb_buf b = { 0 };
	size_t len;
	char *text = slurp(e->name, &len);

	lb_conf_parse(&c, text, len);
	said(&b, &c);
	assert_string_equal(lb_buf_str(&b), e->said);
	round_trip(&c.model);
	lb_buf_free(&b);
	lb_conf_free(&c);
	free(text);
}

static void conf_parse__nothing(void **state)
{
	static const char *const text[] = {
		"", "\n", "\r\n", " \t \n", "# a comment", "#alctl: x\n",
		"############ Linux Virtual Server\n", "\n\n\n",
	};
	struct lb_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		parse(&c, text[i]);
		assert_int_equal(c.diags.n, 0);
		assert_int_equal(c.model.n_directors, 0);
		lb_conf_free(&c);
	}
}

static void conf_parse__crlf_tabs_comments(void **state)
{
	struct lb_director *d;
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "service lvs ##### load balancing\r\n\ttimeout udp 30\r\n"
		 "director web 10.0.0.1:80 tcp#alctl: name\r\n"
		 "mode\tgateway\t# forwarding mode\r\n"
		 "\t\tserver a 10.0.1.1 weight 3 #alctl: server a");
	assert_int_equal(c.diags.n, 0);
	d = c.model.director[0];
	assert_int_equal(d->proto, IPPROTO_TCP);
	assert_string_equal(d->mode, "gateway");
	assert_string_equal(d->sched, "leastconn");
	assert_int_equal(d->server[0]->opts.weight, 3);
	assert_int_equal(c.model.service.udp, 30000);
	lb_conf_free(&c);
}

static void conf_parse__quotes_and_escapes(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director \"web\" 10.0.0.1:80 TCP\n mode nat\n"
		 " option httpcheck uri \"/a#b\\\"c\" vhost a\\#b\n"
		 " server a 10.0.1.1 check\n");
	assert_string_equal(c.model.director[0]->name, "web");
	assert_string_equal(c.model.director[0]->method.uri, "/a#b\"c");
	assert_string_equal(c.model.director[0]->method.vhost, "a#b");
	round_trip(&c.model);
	lb_conf_free(&c);
}

static void conf_parse__section_lasts(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director a 10.0.0.1:80\nmode nat\n\n# in between\n\n"
		 "server a 10.0.1.1\ndirector b 10.0.0.2:80\nmode gateway\n"
		 "server a 10.0.1.1\n");
	assert_int_equal(c.model.n_directors, 2);
	assert_int_equal(c.model.director[0]->n_servers, 1);
	assert_int_equal(c.model.director[1]->n_servers, 1);
	lb_conf_free(&c);
}

static void parse_director__forms(void **state)
{
	static const struct {
		const char *line;
		int len, port, proto;
	} form[] = {
		{ "10.0.0.1:80 TCP", 4, 80, 6 },
		{ "10.0.0.1:80 udp", 4, 80, 17 },
		{ "10.0.0.1:80 Udp", 4, 80, 17 },
		{ "10.0.0.1:80", 4, 80, 6 },
		{ "10.0.0.1", 4, 0, 6 },
		{ "10.0.0.1:65535 UDP", 4, 65535, 17 },
		{ "[2001:db8::1]:443", 16, 443, 6 },
		{ "[2001:db8::1] UDP", 16, 0, 17 },
		{ "2001:db8::1", 16, 0, 6 },
		{ "2001:db8:0:0:0:0:0:1 TCP", 16, 0, 6 },
		{ "TCP", 0, 0, 6 },
		{ "UDP", 0, 0, 17 },
		{ "", 0, 0, 0 },
	};
	const struct lb_director *d;
	struct lb_conf c;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(form); i++) {
		snprintf(text, sizeof(text),
			 "director d %s\nmode tunnel\nserver a 10.0.1.1\n"
			 "flow f director d\nmatch\n", form[i].line);
		parse_ok(&c, text);
		d = c.model.director[0];
		assert_int_equal(d->addr.len, form[i].len);
		assert_int_equal(d->port, form[i].port);
		assert_int_equal(d->proto, form[i].proto);
		round_trip(&c.model);
		lb_conf_free(&c);
	}
}

static void parse_director__keys_that_coexist(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director a 10.0.0.1:80 TCP\nmode nat\nserver a 10.1.1.1\n"
		 "director b 10.0.0.1:80 UDP\nmode nat\nserver a 10.1.1.1\n"
		 "director c 10.0.0.1 TCP\nmode nat\nserver a 10.1.1.1\n"
		 "director d 10.0.0.1:81 TCP\nmode nat\nserver a 10.1.1.1\n");
	assert_int_equal(c.diags.n, 0);
	lb_conf_free(&c);
}

static void parse_balance__words(void **state)
{
	static const struct {
		const char *written, *canonical;
	} word[] = {
		{ "roundrobin", "roundrobin" }, { "leastconn", "leastconn" },
		{ "leastconn localitybased", "leastconn localitybased" },
		{ "leastconn localitybased replication",
		  "leastconn localitybased replication" },
		{ "source", "source" }, { "source port", "source port" },
		{ "srcdst", "srcdst" }, { "srcdst port", "srcdst port" },
		{ "dest", "dest" }, { "shortexpdelay", "shortexpdelay" },
		{ "shortestexpected", "shortexpdelay" },
		{ "neverqueue", "neverqueue" }, { "fo", "fo" },
		{ "ovh", "ovh" }, { "ovf", "ovh" }, { "mh", "mh" },
		{ "mh port", "mh port" }, { "twos", "twos" },
		{ "least-connections", "leastconn" },
		{ "hash-source", "source" }, { "hash-destination", "dest" },
		{ "hash-source-dest", "srcdst" },
		{ "shortest-expected-delay", "shortexpdelay" },
		{ "never-queue", "neverqueue" },
	};
	char text[256], line[128];
	struct lb_buf b = { 0 };
	struct lb_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(word); i++) {
		snprintf(text, sizeof(text),
			 "director d 10.0.0.1:80\nmode nat\nbalance %s\n"
			 "server a 10.0.1.1\n", word[i].written);
		snprintf(line, sizeof(line), "\n    balance %s\n",
			 word[i].canonical);
		parse_ok(&c, text);
		lb_buf_reset(&b);
		lb_model_print(&b, &c.model);
		assert_non_null(strstr(lb_buf_str(&b), line));
		lb_conf_free(&c);
	}
	lb_buf_free(&b);
}

static void parse_mode__words(void **state)
{
	static const char *const word[] = {
		"gateway", "nat", "tunnel", "tunnel gre", "tunnel gue port 6080",
	};
	char text[256], line[128];
	struct lb_buf b = { 0 };
	struct lb_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(word); i++) {
		snprintf(text, sizeof(text),
			 "director d 10.0.0.1:80\nmode %s\nserver a 10.0.1.1\n",
			 word[i]);
		snprintf(line, sizeof(line), "\n    mode %s\n", word[i]);
		parse_ok(&c, text);
		lb_buf_reset(&b);
		lb_model_print(&b, &c.model);
		assert_non_null(strstr(lb_buf_str(&b), line));
		lb_conf_free(&c);
	}
	lb_buf_free(&b);
	parse_ok(&c, "director d 10.0.0.1:80\nmode tunnel ipip\n"
		 "server a [2001:db8::1]:80\n");
	assert_string_equal(c.model.director[0]->encap, "ipip");
	lb_conf_free(&c);
}

static void parse_check__times(void **state)
{
	static const struct {
		const char *text;
		uint32_t ms;
	} time[] = {
		{ "1", 1000 }, { "10", 10000 }, { "10s", 10000 },
		{ "2500ms", 2500 }, { "1500ms", 1500 }, { "2m", 120000 },
		{ "24h", 86400000 }, { "86400", 86400000 },
	};
	char text[256];
	struct lb_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(time); i++) {
		snprintf(text, sizeof(text),
			 "director d 10.0.0.1:80\nmode nat\ncheck interval %s\n"
			 "server a 10.0.1.1 check\n", time[i].text);
		parse_ok(&c, text);
		assert_int_equal(c.model.director[0]->check.interval,
				 time[i].ms);
		round_trip(&c.model);
		lb_conf_free(&c);
	}
}

static void parse_server__any_order(void **state)
{
	const struct lb_server *s;
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode nat\noption tcpcheck\n"
		 "server a 10.0.1.1:81 sorry check interval 3 timeout 1 "
		 "source 10.0.1.9 port 82 rise 2 fall 3 inhibit weight 7 "
		 "slowstart 30 maxconn 500\nserver b 10.0.1.2\n");
	s = c.model.director[0]->server[0];
	assert_int_equal(s->port, 81);
	assert_true(s->opts.sorry);
	assert_true(s->checked);
	assert_int_equal(s->check.interval, 3000);
	assert_int_equal(s->check.port, 82);
	assert_int_equal(s->check.rise, 2);
	assert_int_equal(s->check.fall, 3);
	assert_true(s->check.inhibit);
	assert_int_equal(s->opts.weight, 7);
	assert_int_equal(s->opts.slowstart, 30000);
	assert_int_equal(s->opts.maxconn, 500);
	assert_int_equal(c.model.director[0]->server[1]->opts.weight, 1);
	assert_false(c.model.director[0]->server[1]->checked);
	round_trip(&c.model);
	lb_conf_free(&c);
}

static void parse_option__everything(void **state)
{
	const struct lb_director *d;
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "service lvs\nconntrack\npickup\ntimeout tcp 600\n"
		 "timeout tcpfin 30\ntimeout udp 1500ms\n"
		 "director d 10.0.0.1:53 UDP\nmode nat\noption onepacket\n"
		 "option connlimit 100\noption vip iface eth0\n"
		 "option tcpcheck\ncheck via vip rise 3\n"
		 "option persistence timeout 60 netmask 24\n"
		 "server a 10.0.1.1 check\n");
	d = c.model.director[0];
	assert_true(d->opts.onepacket);
	assert_int_equal(d->opts.connlimit, 100);
	assert_string_equal(d->opts.vip_iface, "eth0");
	assert_string_equal(d->method.name, "tcp");
	assert_true(d->check.via_vip);
	assert_int_equal(d->persist.timeout, 60000);
	assert_int_equal(d->persist.netmask.prefix, 24);
	assert_true(c.model.service.conntrack);
	round_trip(&c.model);
	lb_conf_free(&c);
}

static void parse_rule__everything(void **state)
{
	const struct lb_flow *f;
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "flow a permit\nmatch\nflow b deny\nignore not iface eth0 "
		 "not src 10.0.0.0/255.255.0.0\nmatch proto TCP dst "
		 "10.0.0.3-10.0.0.9 srcport 1024:65535 not dstport 80-90\n"
		 "match proto icmp icmptype 8 fwmark 7\nflow c\nmatch\n"
		 "flow d skip\nmatch dst 2001:db8::/32\n");
	f = c.model.flow[1];
	assert_true(f->rule[0].ignore);
	assert_int_equal(f->rule[0].cond.src.prefix, 16);
	assert_int_equal(f->rule[1].cond.srcport.last, 65535);
	assert_int_equal(f->rule[2].cond.fwmark, 7);
	assert_string_equal(c.model.flow[2]->policy, "skip");
	round_trip(&c.model);
	lb_conf_free(&c);
}

static void conf_parse__canonical(void **state)
{
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director exchange 10.0.0.9:443 tcp\n"
		 "server exchange1 10.0.0.13:443 check weight 10\n"
		 "option tcpcheck\nmode gateway\n"
		 "check timeout 2 interval 10s\n"
		 "server exchange2 10.0.0.14\n"
		 "service lvs\ntimeout tcp 15m\n");
	lb_model_print(&b, &c.model);
	assert_string_equal(lb_buf_str(&b),
		"director exchange 10.0.0.9:443 TCP\n"
		"    balance leastconn\n"
		"    mode gateway\n"
		"    check interval 10 timeout 2\n"
		"    option tcpcheck\n"
		"    server exchange1 10.0.0.13:443 weight 10 check\n"
		"    server exchange2 10.0.0.14 weight 1\n");
	lb_buf_free(&b);
	lb_conf_free(&c);
}

static void diags_print__caret_and_hint(void **state)
{
	const char *text = "director web 10.0.0.1:80\n\tmode nat\n"
			   "\tbalance rr # x\xc3\xa4y\n";
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse(&c, text);
	lb_diags_print(&b, &c.diags, "lb.conf", text, strlen(text));
	assert_string_equal(lb_buf_str(&b),
		"lb.conf:1:10: warning: director 'web' has no server: every connection is refused\n"
		"director web 10.0.0.1:80\n"
		"         ^\n"
		"lb.conf:3:10: error: unknown algorithm 'rr'\n"
		"\tbalance rr # x\xc3\xa4y\n"
		"\t        ^\n"
		"hint: did you mean 'roundrobin'? (roundrobin honours weights)\n");
	lb_buf_free(&b);
	lb_conf_free(&c);
}

static void diags_print__end_of_file(void **state)
{
	const char *text = "director";
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse(&c, text);
	lb_diags_print(&b, &c.diags, "f", text, strlen(text));
	assert_non_null(strstr(lb_buf_str(&b),
			       "f:1:9: error: the director has no name\n"
			       "director\n        ^\n"));
	lb_buf_free(&b);
	lb_conf_free(&c);
}

static void diags_print__control_bytes(void **state)
{
	const char text[] = "a\033[31mb\n";
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse(&c, text);
	lb_diags_print(&b, &c.diags, "f", text, strlen(text));
	assert_null(strchr(lb_buf_str(&b), '\033'));
	lb_buf_free(&b);
	lb_conf_free(&c);
}

static void conf_parse__long_line(void **state)
{
	struct lb_buf text = { 0 }, b = { 0 };
	struct lb_conf c;
	int i;

	(void)state;
	lb_buf_puts(&text, "# ");
	for (i = 0; i < 100000; i++)
		lb_buf_puts(&text, "x");
	lb_buf_puts(&text, "\nfoo\n");
	parse(&c, text.p);
	said(&b, &c);
	assert_string_equal(lb_buf_str(&b),
			    "1:1: error: the line is longer than 4096 bytes\n"
			    "2:1: error: unknown keyword 'foo'\n");
	lb_buf_reset(&b);
	lb_diags_print(&b, &c.diags, "f", text.p, text.len);
	assert_true(b.len < 1000);
	lb_buf_free(&b);
	lb_buf_free(&text);
	lb_conf_free(&c);
}

static void conf_parse__too_many_problems(void **state)
{
	struct lb_buf text = { 0 }, b = { 0 };
	struct lb_conf c;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++)
		lb_buf_puts(&text, "x\n");
	parse(&c, text.p);
	assert_int_equal(c.diags.errors, 100000);
	assert_int_equal(c.diags.n, LB_DIAG_MAX);
	lb_diags_print(&b, &c.diags, "f", text.p, text.len);
	assert_non_null(strstr(b.p, "f: 99000 more problems are not shown\n"));
	lb_buf_free(&b);
	lb_buf_free(&text);
	lb_conf_free(&c);
}

static void conf_parse__ten_thousand_directors(void **state)
{
	struct lb_buf text = { 0 };
	struct lb_conf c;
	int i, j;

	(void)state;
	for (i = 0; i < 10000; i++) {
		lb_buf_printf(&text, "director d%d 10.%d.%d.1:80\nmode nat\n",
			      i, i / 256, i % 256);
		for (j = 0; j < 10; j++)
			lb_buf_printf(&text, "server s%d 10.200.0.%d\n", j,
				      j + 1);
	}
	parse_ok(&c, text.p);
	assert_int_equal(c.diags.n, 0);
	assert_int_equal(c.model.n_directors, 10000);
	assert_int_equal(c.model.director[9999]->n_servers, 10);
	lb_buf_free(&text);
	lb_conf_free(&c);
}

/* the examples with bytes changed, dropped, doubled: no crash, no leak, and
 * what is accepted prints and reads back the same
 */
static void conf_parse__mutations(void **state)
{
	static const char bytes[] = " \n\t#\\\":./-[]0159azTU\0\r\377";
	uint64_t seed = 1;
	int round, n, i;
	size_t e, len;

	(void)state;
	for (e = 0; e < ARRAY_SIZE(examples); e++) {
		char *orig = slurp(examples[e].name, &len);

		for (round = 0; round < 400; round++) {
			struct lb_conf c = { 0 };
			char *text = malloc(len);

			memcpy(text, orig, len);
			n = 1 + rnd(&seed) % 4;
			for (i = 0; i < n; i++)
				text[rnd(&seed) % len] =
					bytes[rnd(&seed) % (sizeof(bytes) - 1)];
			lb_conf_parse(&c, text, len);
			if (!c.diags.errors)
				round_trip(&c.model);
			lb_conf_free(&c);
			free(text);
		}
		free(orig);
	}
}

static void feature_check__nothing_is_missing(void **state)
{
	struct lb_offers offers = { 0 };
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "service lvs\nconntrack\npickup\n"
		 "director d 10.0.0.1:80\nmode tunnel\nbalance mh port\n"
		 "option persistence\noption vip iface eth0\n"
		 "option tcpcheck\ncheck via vip\noption connlimit 5\n"
		 "server a 10.0.1.1 sorry\n"
		 "server b 10.0.1.2 check slowstart 5 maxconn 7\n"
		 "director f\nmode nat\nbalance leastconn localitybased\n"
		 "server a 10.0.1.1\nflow f director f\nmatch\n"
		 "nat n\nafter src 10.0.0.9\n");
	lb_feature_check(&c, &offers, LB_ERROR);
	said(&b, &c);
	assert_string_equal(lb_buf_str(&b), "");
	lb_buf_free(&b);
	lb_conf_free(&c);
}

static void feature_check__the_module_decides(void **state)
{
	struct lb_offers offers = {
		.known = true, .n_scheds = 1, .n_modes = 1, .n_encaps = 2,
		.sched = { "mh" }, .mode = { "tunnel" },
		.encap = { "ipip", "gre" },
	};
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode tunnel\nbalance mh\n"
		 "server a 10.0.1.1\ndirector e 10.0.0.2:80\nmode nat\n"
		 "balance roundrobin\nserver a 10.0.1.1\n"
		 "director f 10.0.0.3:80\nmode tunnel gue port 6080\n"
		 "balance mh\nserver a 10.0.1.1\n"
		 "director g 10.0.0.4:80\nmode tunnel gre\n"
		 "balance mh\nserver a 10.0.1.1\n");
	lb_feature_check(&c, &offers, LB_WARNING);
	said(&b, &c);
	assert_string_equal(lb_buf_str(&b),
		"6:6: warning: not supported yet: 'mode nat'\n"
		"hint: the module offers tunnel\n"
		"7:9: warning: not supported yet: 'balance roundrobin'\n"
		"hint: the module offers mh\n"
		"10:13: warning: not supported yet: 'mode tunnel gue'\n"
		"hint: the module offers ipip, gre\n");
	lb_buf_free(&b);
	lb_conf_free(&c);
}

/* A module without tunnels: the mode is named, not the encapsulation too. */
static void feature_check__one_message_for_a_mode(void **state)
{
	struct lb_offers offers = {
		.known = true, .n_scheds = 1, .n_modes = 1,
		.sched = { "mh" }, .mode = { "nat" },
	};
	struct lb_buf b = { 0 };
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode tunnel gre\nbalance mh\n"
		 "server a 10.0.1.1\n");
	lb_feature_check(&c, &offers, LB_ERROR);
	said(&b, &c);
	assert_string_equal(lb_buf_str(&b),
		"2:6: error: not supported yet: 'mode tunnel'\n"
		"hint: the module offers nat\n");
	lb_buf_free(&b);
	lb_conf_free(&c);
}

static const struct CMUnitTest fixed[] = {
	cmocka_unit_test(conf_parse__nothing),
	cmocka_unit_test(conf_parse__crlf_tabs_comments),
	cmocka_unit_test(conf_parse__quotes_and_escapes),
	cmocka_unit_test(conf_parse__section_lasts),
	cmocka_unit_test(parse_director__forms),
	cmocka_unit_test(parse_director__keys_that_coexist),
	cmocka_unit_test(parse_balance__words),
	cmocka_unit_test(parse_mode__words),
	cmocka_unit_test(parse_check__times),
	cmocka_unit_test(parse_server__any_order),
	cmocka_unit_test(parse_option__everything),
	cmocka_unit_test(parse_rule__everything),
	cmocka_unit_test(conf_parse__canonical),
	cmocka_unit_test(diags_print__caret_and_hint),
	cmocka_unit_test(diags_print__end_of_file),
	cmocka_unit_test(diags_print__control_bytes),
	cmocka_unit_test(conf_parse__long_line),
	cmocka_unit_test(conf_parse__too_many_problems),
	cmocka_unit_test(conf_parse__ten_thousand_directors),
	cmocka_unit_test(conf_parse__mutations),
	cmocka_unit_test(feature_check__nothing_is_missing),
	cmocka_unit_test(feature_check__one_message_for_a_mode),
	cmocka_unit_test(feature_check__the_module_decides),
};

static size_t add_wrongs(struct CMUnitTest *all, size_t n,
			 const struct wrong *w, size_t n_wrongs)
{
	size_t i;

	for (i = 0; i < n_wrongs; i++)
		all[n++] = (struct CMUnitTest){
			.name = w[i].name, .test_func = wrong,
			.initial_state = (void *)&w[i],
		};
	return n;
}

int main(void)
{
	static struct CMUnitTest all[1024];
	static char names[ARRAY_SIZE(examples)][64];
	size_t n = 0, i;

	n = add_wrongs(all, n, wrong_services, n_wrong_services);
	n = add_wrongs(all, n, wrong_options, n_wrong_options);
	n = add_wrongs(all, n, wrong_choices, n_wrong_choices);
	n = add_wrongs(all, n, wrong_nats, n_wrong_nats);
	for (i = 0; i < ARRAY_SIZE(examples); i++) {
		snprintf(names[i], sizeof(names[i]), "example__%s",
			 examples[i].name);
		all[n++] = (struct CMUnitTest){
			.name = names[i], .test_func = example,
			.initial_state = (void *)&examples[i],
		};
	}
	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		all[n++] = fixed[i];
	return _cmocka_run_group_tests("conf", all, n, NULL, NULL);
}
