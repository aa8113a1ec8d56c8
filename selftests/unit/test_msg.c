// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "key.h"
#include "msg.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

/* give the first attribute of a message to @get */
static struct nlattr *first(struct nl_msg *m)
{
	return nlmsg_attrdata(nlmsg_hdr(m), 0);
}

static struct nl_msg *message(void)
{
	return nlmsg_alloc_simple(0, 0);
}

static void same_text(const struct lb_director *x, const struct lb_director *y)
{
	struct lb_director *px = (struct lb_director *)x;
	struct lb_director *py = (struct lb_director *)y;
	struct lb_model a = { .director = &px, .n_directors = 1 };
	struct lb_model b = { .director = &py, .n_directors = 1 };
	struct lb_buf one = { 0 }, two = { 0 };

	lb_model_print(&one, &a);
	lb_model_print(&two, &b);
	assert_string_equal(lb_buf_str(&one), lb_buf_str(&two));
	lb_buf_free(&one);
	lb_buf_free(&two);
}

/* a director and its servers there and back, over the wire form */
static void there_and_back(const char *text)
{
	char director[LB_NAME_MAX + 1];
	struct lb_director *d;
	struct lb_server *s;
	struct nl_msg *m;
	struct lb_conf c;
	size_t i;

	parse_ok(&c, text);
	d = lb_director_create();
	m = message();
	assert_int_equal(lb_msg_put_director(m, c.model.director[0]), 0);
	assert_int_equal(nla_type(first(m)), LB_A_DIRECTOR);
	assert_int_equal(lb_msg_get_director(first(m), d), 0);
	nlmsg_free(m);
	for (i = 0; i < c.model.director[0]->n_servers; i++) {
		s = lb_director_add_server(d);
		m = message();
		assert_int_equal(lb_msg_put_server(m, "d",
					c.model.director[0]->server[i], false), 0);
		assert_int_equal(lb_msg_get_server(first(m), s, director), 0);
		assert_string_equal(director, "d");
		nlmsg_free(m);
	}
	same_text(c.model.director[0], d);
	lb_director_free(d);
	lb_conf_free(&c);
}

static void msg_director__round_trip(void **state)
{
	(void)state;
	there_and_back("director d 10.0.0.1:80 TCP\nmode nat\n"
		       "server a 10.0.1.1\n");
	there_and_back("director d [2001:db8::1]:443 UDP\nmode gateway\n"
		       "balance roundrobin\noption icmpcheck\n"
		       "check interval 2500ms timeout 1 source 2001:db8::9 "
		       "rise 2 fall 3 inhibit\n"
		       "server a [2001:db8::2]:443 weight 0 check\n"
		       "server b [2001:db8::3] weight 2147483647 sorry\n");
	there_and_back("director d 10.0.0.1 TCP\nmode tunnel gue port 6080\n"
		       "balance leastconn localitybased replication\n"
		       "option httpcheck uri /x?y statuscode 204 vhost w.org\n"
		       "check port 81\nserver a [2001:db8::2] check port 82 "
		       "interval 3\nserver b 10.0.0.3 check\n");
	there_and_back("director d\nmode nat\nbalance mh port\n"
		       "option arpcheck iface eth0\nserver a 10.0.0.1 check\n");
	there_and_back("director d UDP\nmode gateway\noption onepacket\n"
		       "server a 10.0.0.1\n");
	there_and_back("director d 10.0.0.1:80\nmode nat\nbalance source port\n"
		       "option persistence\noption connlimit 2147483647\n"
		       "server a 10.0.1.1 slowstart 90 maxconn 5 sorry\n"
		       "server b 10.0.1.2 slowstart 1500ms\n"
		       "server c 10.0.1.3 maxconn 2147483647\n");
}

static void msg_server__empty_check_stays(void **state)
{
	struct nlattr *a[LB_SERVER_A_MAX + 1];
	struct nl_msg *m = message();
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1\nmode nat\nserver a 10.0.1.1 check\n");
	lb_msg_put_server(m, "d", c.model.director[0]->server[0], false);
	assert_int_equal(nla_parse_nested(a, LB_SERVER_A_MAX, first(m), NULL),
			 0);
	assert_non_null(a[LB_SERVER_A_CHECK]);
	assert_int_equal(nla_len(a[LB_SERVER_A_CHECK]), 0);
	assert_null(a[LB_SERVER_A_PORT]);
	nlmsg_free(m);
	lb_conf_free(&c);
}

/* the netmask's attribute and length on the wire, and its text on return */
static void netmask(const char *head, const char *mask, const char *server,
		    uint16_t attr, uint8_t prefix, const char *text)
{
	struct nlattr *a[LB_DIRECTOR_A_MAX + 1], *p[LB_PERSIST_A_MAX + 1];
	struct lb_director *d = lb_director_create();
	struct nl_msg *m = message();
	struct lb_buf b = { 0 };
	struct lb_conf c;
	char conf[256];

	snprintf(conf, sizeof(conf), "director d %s\nmode nat\n"
		 "option persistence timeout 60%s\nserver a %s\n"
		 "flow f director d\nmatch\n", head, mask, server);
	parse_ok(&c, conf);
	lb_msg_put_director(m, c.model.director[0]);
	nla_parse_nested(a, LB_DIRECTOR_A_MAX, first(m), NULL);
	nla_parse_nested(p, LB_PERSIST_A_MAX, a[LB_DIRECTOR_A_PERSIST], NULL);
	assert_int_equal(nla_get_u32(p[LB_PERSIST_A_TIMEOUT]), 60000);
	if (attr != LB_PERSIST_A_PLEN4)
		assert_null(p[LB_PERSIST_A_PLEN4]);
	if (attr != LB_PERSIST_A_PLEN6)
		assert_null(p[LB_PERSIST_A_PLEN6]);
	if (attr)
		assert_int_equal(nla_get_u8(p[attr]), prefix);
	assert_int_equal(lb_msg_get_director(first(m), d), 0);
	lb_keys_print(&lb_persist_keys, &d->persist, &b);
	assert_string_equal(lb_buf_str(&b), text);
	lb_buf_free(&b);
	nlmsg_free(m);
	lb_director_free(d);
	lb_conf_free(&c);
}

static void msg_director__netmask(void **state)
{
	const char *v4 = "10.0.1.1", *v6 = "2001:db8::9";

	(void)state;
	netmask("10.0.0.1:80", " netmask 255.255.255.0", v4,
		LB_PERSIST_A_PLEN4, 24, " timeout 60 netmask 255.255.255.0");
	netmask("10.0.0.1:80", " netmask 8", v4,
		LB_PERSIST_A_PLEN4, 8, " timeout 60 netmask 255.0.0.0");
	netmask("10.0.0.1:80", " netmask 32", v4, 0, 0, " timeout 60");
	netmask("10.0.0.1:80", "", v4, 0, 0, " timeout 60");
	netmask("[2001:db8::1]:80", " netmask 64", v6,
		LB_PERSIST_A_PLEN6, 64, " timeout 60 netmask 64");
	netmask("[2001:db8::1]:80", " netmask 32", v6,
		LB_PERSIST_A_PLEN6, 32, " timeout 60 netmask 32");
	netmask("[2001:db8::1]:80", " netmask 128", v6, 0, 0, " timeout 60");
	netmask("", " netmask 24", v4,
		LB_PERSIST_A_PLEN4, 24, " timeout 60 netmask 255.255.255.0");
	netmask("", " netmask 48", v6,
		LB_PERSIST_A_PLEN6, 48, " timeout 60 netmask 48");
	netmask("", " netmask 24", v6,
		LB_PERSIST_A_PLEN6, 24, " timeout 60 netmask 24");
}

/* a kernel may tell both lengths, also when they are the defaults */
static void msg_director__both_netmasks(void **state)
{
	static const struct {
		const char *addr;
		uint8_t len, plen4, plen6;
		const char *text;
	} row[] = {
		{ "1234", 4, 32, 128, " timeout 360" },
		{ "1234", 4, 24, 128, " timeout 360 netmask 255.255.255.0" },
		{ "1234567890123456", 16, 32, 64, " timeout 360 netmask 64" },
		{ "", 0, 32, 128, " timeout 360" },
		{ "", 0, 24, 128, " timeout 360 netmask 255.255.255.0" },
		{ "", 0, 32, 48, " timeout 360 netmask 48" },
	};
	struct nlattr *nest, *inner;
	struct lb_buf b = { 0 };
	struct lb_director *d;
	struct nl_msg *m;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		m = message();
		d = lb_director_create();
		nest = nla_nest_start(m, LB_A_DIRECTOR);
		nla_put_string(m, LB_DIRECTOR_A_NAME, "d");
		if (row[i].len)
			nla_put(m, LB_DIRECTOR_A_ADDR, row[i].len,
				row[i].addr);
		inner = nla_nest_start(m, LB_DIRECTOR_A_PERSIST);
		nla_put_u8(m, LB_PERSIST_A_PLEN4, row[i].plen4);
		nla_put_u8(m, LB_PERSIST_A_PLEN6, row[i].plen6);
		nla_nest_end(m, inner);
		nla_nest_end(m, nest);
		assert_int_equal(lb_msg_get_director(first(m), d), 0);
		lb_buf_reset(&b);
		lb_keys_print(&lb_persist_keys, &d->persist, &b);
		assert_string_equal(lb_buf_str(&b), row[i].text);
		lb_director_free(d);
		nlmsg_free(m);
	}
	lb_buf_free(&b);
}

/* equal objects are equal bytes, whatever the order of the words was */
static void msg_director__one_form(void **state)
{
	struct nl_msg *x = message(), *y = message();
	struct lb_conf c, d;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode nat\noption tcpcheck\n"
		 "check rise 2 interval 5 port 80\nserver a 10.0.1.1 check\n");
	parse_ok(&d, "director d 10.0.0.1:80 tcp\ncheck port 80 interval 5s\n"
		 "check rise 2\noption tcpcheck\nbalance leastconn\nmode nat\n"
		 "server a 10.0.1.1 check\n");
	lb_msg_put_director(x, c.model.director[0]);
	lb_msg_put_director(y, d.model.director[0]);
	assert_int_equal(nlmsg_hdr(x)->nlmsg_len, nlmsg_hdr(y)->nlmsg_len);
	assert_memory_equal(first(x), first(y), nla_len(first(x)) + 4);
	nlmsg_free(x);
	nlmsg_free(y);
	lb_conf_free(&c);
	lb_conf_free(&d);
}

static void msg_director__on_the_wire(void **state)
{
	static const unsigned char port[] = { 0x01, 0xbb };
	struct nlattr *a[LB_DIRECTOR_A_MAX + 1];
	struct nl_msg *m = message();
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:443 TCP\nmode gateway\n"
		 "server a 10.0.1.1\n");
	lb_msg_put_director(m, c.model.director[0]);
	assert_true(first(m)->nla_type & NLA_F_NESTED);
	nla_parse_nested(a, LB_DIRECTOR_A_MAX, first(m), NULL);
	assert_memory_equal(nla_data(a[LB_DIRECTOR_A_ADDR]), "\x0a\0\0\1", 4);
	assert_memory_equal(nla_data(a[LB_DIRECTOR_A_PORT]), port, 2);
	assert_int_equal(nla_get_u8(a[LB_DIRECTOR_A_PROTO]), 6);
	assert_string_equal(nla_get_string(a[LB_DIRECTOR_A_MODE]), "gateway");
	assert_string_equal(nla_get_string(a[LB_DIRECTOR_A_SCHED]),
			    "leastconn");
	assert_null(a[LB_DIRECTOR_A_ENCAP]);
	assert_null(a[LB_DIRECTOR_A_FLAGS]);
	assert_null(a[LB_DIRECTOR_A_CHECK]);
	assert_null(a[LB_DIRECTOR_A_METHOD]);
	nlmsg_free(m);
	lb_conf_free(&c);
}

static void msg_rule__round_trip(void **state)
{
	struct lb_buf one = { 0 }, two = { 0 };
	char flow[LB_FLOW_NAME_MAX + 1];
	struct lb_rule *r, got;
	struct lb_flow *f;
	struct nl_msg *m;
	struct lb_conf c;
	size_t i;

	(void)state;
	parse_ok(&c, "flow f permit\nmatch\nignore iface eth0\n"
		 "match not iface eth0 not proto tcp not src 10.0.0.0/8 "
		 "not dst 10.0.0.1-10.0.0.9 not fwmark 7\n"
		 "match proto udp srcport 1 not dstport 80:90\n"
		 "match proto icmp not icmptype 255\n"
		 "match dst ::/0\nmatch src 2001:db8::1-2001:db8::1\n");
	f = c.model.flow[0];
	for (i = 0; i < f->n_rules; i++) {
		r = &f->rule[i];
		memset(&got, 0, sizeof(got));
		m = message();
		assert_int_equal(lb_msg_put_rule(m, "f", r), 0);
		assert_int_equal(lb_msg_get_rule(first(m), &got, flow), 0);
		assert_string_equal(flow, "f");
		lb_buf_reset(&one);
		lb_buf_reset(&two);
		lb_rule_print(&one, r);
		lb_rule_print(&two, &got);
		assert_string_equal(lb_buf_str(&one), lb_buf_str(&two));
		nlmsg_free(m);
	}
	lb_buf_free(&one);
	lb_buf_free(&two);
	lb_conf_free(&c);
}

static void msg_nat__round_trip(void **state)
{
	struct lb_buf one = { 0 }, two = { 0 };
	struct lb_nat got;
	struct nl_msg *m;
	struct lb_conf c;
	size_t i;

	(void)state;
	parse_ok(&c, "nat a\nafter src 10.0.0.1\n"
		 "nat b\nin eth0\nout eth1\nproto udp\nbefore src 10.0.0.0/8 "
		 "srcport 1-1023 dst 10.0.0.1-10.0.0.9 dstport 53\n"
		 "after src 10.0.0.4-10.0.0.7 srcport 2000-3000\n"
		 "nat c\nproto tcp\nafter srcport 1-65535\n"
		 "nat d\nbefore src 2001:db8::/64\n"
		 "after src 2001:db8::1-2001:db8::3\n");
	for (i = 0; i < c.model.n_nats; i++) {
		memset(&got, 0, sizeof(got));
		m = message();
		assert_int_equal(lb_msg_put_nat(m, c.model.nat[i]), 0);
		assert_int_equal(lb_msg_get_nat(first(m), &got), 0);
		lb_buf_reset(&one);
		lb_buf_reset(&two);
		lb_nat_print(&one, c.model.nat[i]);
		lb_nat_print(&two, &got);
		assert_string_equal(lb_buf_str(&one), lb_buf_str(&two));
		nlmsg_free(m);
	}
	lb_buf_free(&one);
	lb_buf_free(&two);
	lb_conf_free(&c);
}

static void msg_rule__on_the_wire(void **state)
{
	struct nlattr *a[LB_RULE_A_MAX + 1];
	struct nl_msg *m = message();
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "flow f permit\n"
		 "ignore proto udp not src 10.1.2.3/8 dst 10.0.0.1-10.0.0.9 "
		 "srcport 5 not dstport 80:90 fwmark 7\n");
	lb_msg_put_rule(m, "f", &c.model.flow[0]->rule[0]);
	nla_parse_nested(a, LB_RULE_A_MAX, first(m), NULL);
	assert_non_null(a[LB_RULE_A_IGNORE]);
	assert_int_equal(nla_get_u32(a[LB_RULE_A_NOT]),
			 LB_RULE_F_SRC | LB_RULE_F_DSTPORT);
	assert_int_equal(nla_get_u8(a[LB_RULE_A_PROTO]), 17);
	assert_memory_equal(nla_data(a[LB_RULE_A_SRC]), "\x0a\0\0\0", 4);
	assert_int_equal(nla_get_u8(a[LB_RULE_A_SRC_PLEN]), 8);
	assert_null(a[LB_RULE_A_SRC_LAST]);
	assert_memory_equal(nla_data(a[LB_RULE_A_DST_LAST]), "\x0a\0\0\x09", 4);
	assert_null(a[LB_RULE_A_DST_PLEN]);
	assert_memory_equal(nla_data(a[LB_RULE_A_SRCPORT]), "\0\5", 2);
	assert_null(a[LB_RULE_A_SRCPORT_LAST]);
	assert_memory_equal(nla_data(a[LB_RULE_A_DSTPORT_LAST]), "\0Z", 2);
	assert_int_equal(nla_get_u32(a[LB_RULE_A_FWMARK]), 7);
	assert_null(a[LB_RULE_A_IFACE]);
	assert_null(a[LB_RULE_A_ICMPTYPE]);
	nlmsg_free(m);
	lb_conf_free(&c);
}

static void msg_flow__unknown_policy(void **state)
{
	struct nl_msg *m = message();
	struct lb_flow f = { 0 };
	struct nlattr *nest;

	(void)state;
	nest = nla_nest_start(m, LB_A_FLOW);
	nla_put_string(m, LB_FLOW_A_NAME, "f");
	nla_put_string(m, LB_FLOW_A_POLICY, "mirror");
	nla_nest_end(m, nest);
	assert_int_equal(lb_msg_get_flow(first(m), &f), -EBADMSG);
	nlmsg_free(m);
}

static void msg_explain__question_and_answer(void **state)
{
	struct lb_explain e = { .proto = 17, .client_port = 1,
				.vip_port = 443, .has_fwmark = true };
	struct nlattr *a[LB_EXPLAIN_A_MAX + 1], *nest;
	struct nl_msg *m = message();

	(void)state;
	assert_int_equal(lb_addr_parse(&e.client, "10.0.0.1"), 0);
	assert_int_equal(lb_addr_parse(&e.vip, "10.0.0.2"), 0);
	strcpy(e.iface, "eth0");
	assert_int_equal(lb_msg_put_question(m, &e), 0);
	assert_int_equal(nla_type(first(m)), LB_A_EXPLAIN);
	nla_parse_nested(a, LB_EXPLAIN_A_MAX, first(m), NULL);
	assert_int_equal(nla_get_u8(a[LB_EXPLAIN_A_PROTO]), 17);
	assert_memory_equal(nla_data(a[LB_EXPLAIN_A_CLIENT_PORT]), "\0\1", 2);
	assert_memory_equal(nla_data(a[LB_EXPLAIN_A_VIP_PORT]), "\1\273", 2);
	assert_string_equal(nla_get_string(a[LB_EXPLAIN_A_IFACE]), "eth0");
	assert_int_equal(nla_get_u32(a[LB_EXPLAIN_A_FWMARK]), 0);
	nlmsg_free(m);

	m = message();
	nest = nla_nest_start(m, LB_A_EXPLAIN);
	nla_put_string(m, LB_EXPLAIN_A_FLOW, "f");
	nla_put_u32(m, LB_EXPLAIN_A_RULE, 2);
	nla_put_string(m, LB_EXPLAIN_A_DECIDED_BY, "template");
	nla_put_string(m, LB_EXPLAIN_A_REASON, "this client has one");
	nla_nest_end(m, nest);
	assert_int_equal(lb_msg_get_explain(first(m), &e), 0);
	assert_string_equal(e.flow, "f");
	assert_int_equal(e.rule, 2);
	assert_string_equal(e.decided_by, "template");
	assert_string_equal(e.reason, "this client has one");
	assert_string_equal(e.server, "");
	assert_string_equal(e.iface, "eth0");
	nlmsg_free(m);
}

static void msg_conn__template(void **state)
{
	struct nl_msg *m = message();
	struct nlattr *nest;
	struct lb_conn c;

	(void)state;
	nest = nla_nest_start(m, LB_A_CONN);
	nla_put(m, LB_CONN_A_CLIENT_ADDR, 4, "\x0a\0\0\0");
	nla_put_u8(m, LB_CONN_A_CLIENT_PLEN, 24);
	nla_put_u32(m, LB_CONN_A_COUNT, 3);
	nla_put_u32(m, LB_CONN_A_TEMPLATES, 4);
	nla_nest_end(m, nest);
	assert_int_equal(lb_msg_get_conn(first(m), &c), 0);
	assert_int_equal(c.client_prefix, 24);
	assert_int_equal(c.count, 3);
	assert_int_equal(c.templates, 4);
	nlmsg_free(m);
}

static void msg_options__round_trip(void **state)
{
	struct lb_service s = { 0 };
	struct nl_msg *m = message();
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "service lvs\ntimeout udp 60\npickup\nconntrack\n");
	lb_msg_put_options(m, &c.model.service);
	assert_int_equal(lb_msg_get_options(first(m), &s), 0);
	assert_int_equal(s.set, c.model.service.set);
	assert_int_equal(s.udp, 60000);
	assert_true(s.pickup);
	assert_true(s.conntrack);
	nlmsg_free(m);
	lb_conf_free(&c);
}

static void msg_director__full_message(void **state)
{
	struct nl_msg *m = nlmsg_alloc_size(NLMSG_HDRLEN + 40);
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode nat\nserver a 10.0.1.1\n");
	nlmsg_put(m, 0, 0, 0, 0, 0);
	assert_int_equal(lb_msg_put_director(m, c.model.director[0]),
			 -ENOBUFS);
	nlmsg_free(m);
	lb_conf_free(&c);
}

static void msg_info__lists(void **state)
{
	struct nl_msg *m = message();
	struct lb_info info;
	struct nlattr *nest;
	int i;

	(void)state;
	nest = nla_nest_start(m, LB_A_INFO);
	nla_put_string(m, LB_INFO_A_VERSION, "0.1");
	nla_put_u32(m, LB_INFO_A_CONN_MAX, 1000);
	for (i = 0; i < 40; i++)
		nla_put_string(m, LB_INFO_A_SCHED, "roundrobin");
	nla_put_string(m, LB_INFO_A_MODE, "nat");
	nla_put_string(m, LB_INFO_A_ENCAP, "gre");
	nla_nest_end(m, nest);
	assert_int_equal(lb_msg_get_info(first(m), &info), 0);
	assert_int_equal(info.n_scheds, 32);
	assert_string_equal(info.mode[0], "nat");
	assert_int_equal(info.n_encaps, 1);
	assert_string_equal(info.encap[0], "gre");
	assert_int_equal(info.conn_max, 1000);
	nlmsg_free(m);
}

static void msg_get__wrong_sizes(void **state)
{
	struct nl_msg *m = message();
	struct lb_director *d = lb_director_create();
	struct nlattr *nest;

	(void)state;
	nest = nla_nest_start(m, LB_A_DIRECTOR);
	nla_put_string(m, LB_DIRECTOR_A_NAME, "d");
	nla_put(m, LB_DIRECTOR_A_ADDR, 5, "12345");
	nla_nest_end(m, nest);
	assert_int_equal(lb_msg_get_director(first(m), d), -EBADMSG);
	nlmsg_free(m);
	lb_director_free(d);
}

/* every reader over bytes that nobody meant: no crash, no leak */
static void fuzz_one(struct nlattr *nest)
{
	struct lb_director *d = lb_director_create();
	char name[LB_NAME_MAX + 1];
	struct lb_service service = { 0 };
	struct lb_server server = { 0 };
	char flow_name[LB_FLOW_NAME_MAX + 1];
	struct lb_explain explain = { 0 };
	struct lb_flow flow = { 0 };
	struct lb_rule rule = { 0 };
	struct lb_nat nat = { 0 };
	struct lb_counter counter;
	struct lb_info info;
	struct lb_conn conn;

	lb_msg_get_flow(nest, &flow);
	lb_msg_get_rule(nest, &rule, flow_name);
	lb_msg_get_nat(nest, &nat);
	lb_msg_get_explain(nest, &explain);
	lb_msg_get_director(nest, d);
	lb_msg_get_server(nest, &server, name);
	lb_server_clear(&server);
	lb_msg_get_options(nest, &service);
	lb_msg_get_info(nest, &info);
	lb_msg_get_conn(nest, &conn);
	lb_msg_get_counter(nest, &counter);
	lb_director_free(d);
}

static void msg_get__any_bytes(void **state)
{
	uint64_t seed = 3;
	struct nlattr *nest;
	struct lb_conf c;
	struct nl_msg *m;
	int round, i, len;
	char *copy;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode tunnel gue port 6080\n"
		 "option httpcheck uri /x statuscode 204 vhost w.org\n"
		 "option persistence netmask 24\noption connlimit 7\n"
		 "check interval 5 source 10.0.0.9 port 80\n"
		 "server a 10.0.1.1:80 check interval 5 inhibit slowstart 5\n"
		 "flow f permit\nmatch not src 10.0.0.0/8 dst 10.0.0.1-10.0.0.2 "
		 "proto udp srcport 1:2 fwmark 3 iface eth0\n"
		 "nat n\nin eth0\nproto udp\nbefore src 10.0.0.0/8 "
		 "dstport 1-9\nafter src 10.0.0.1-10.0.0.2 srcport 5\n");
	for (round = 0; round < 40000; round++) {
		m = message();
		if (round % 4 == 3)
			lb_msg_put_nat(m, c.model.nat[0]);
		else if (round % 3 == 2)
			lb_msg_put_rule(m, "f", &c.model.flow[0]->rule[0]);
		else if (round % 3)
			lb_msg_put_director(m, c.model.director[0]);
		else
			lb_msg_put_server(m, "d",
					  c.model.director[0]->server[0], false);
		len = nlmsg_attrlen(nlmsg_hdr(m), 0);
		/* a block of its own, so that ASan sees its end */
		copy = malloc(len);
		memcpy(copy, first(m), len);
		for (i = rnd(&seed) % 6; i >= 0; i--)
			copy[4 + rnd(&seed) % (len - 4)] = rnd(&seed);
		nest = (struct nlattr *)copy;
		nest->nla_len = len;
		fuzz_one(nest);
		free(copy);
		nlmsg_free(m);
	}
	lb_conf_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(msg_director__round_trip),
		cmocka_unit_test(msg_server__empty_check_stays),
		cmocka_unit_test(msg_director__netmask),
		cmocka_unit_test(msg_director__both_netmasks),
		cmocka_unit_test(msg_director__one_form),
		cmocka_unit_test(msg_director__on_the_wire),
		cmocka_unit_test(msg_rule__round_trip),
		cmocka_unit_test(msg_nat__round_trip),
		cmocka_unit_test(msg_rule__on_the_wire),
		cmocka_unit_test(msg_flow__unknown_policy),
		cmocka_unit_test(msg_explain__question_and_answer),
		cmocka_unit_test(msg_conn__template),
		cmocka_unit_test(msg_options__round_trip),
		cmocka_unit_test(msg_director__full_message),
		cmocka_unit_test(msg_info__lists),
		cmocka_unit_test(msg_get__wrong_sizes),
		cmocka_unit_test(msg_get__any_bytes),
	};

	return cmocka_run_group_tests_name("msg", tests, NULL, NULL);
}
