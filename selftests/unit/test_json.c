// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "json.h"

#include <json-c/json.h>
#include <netinet/in.h>

static void is(struct json_object *o, const char *expected)
{
	assert_string_equal(json_object_to_json_string_ext(o,
				JSON_C_TO_STRING_PLAIN |
				JSON_C_TO_STRING_NOSLASHESCAPE), expected);
	json_object_put(o);
}

#define NUMBERS \
	"\"active\":0,\"inactive\":0,\"conns\":0,\"in_packets\":0," \
	"\"in_bytes\":0,\"out_packets\":0,\"out_bytes\":0"

static void json_director__options(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d [2001:db8::1]:53 UDP\nmode nat\n"
		 "balance mh port\noption onepacket\noption connlimit 5\n"
		 "option persistence timeout 1500ms netmask 64\n"
		 "server a [2001:db8::2]\n");
	c.model.director[0]->run.sorry = true;
	is(lb_json_director(c.model.director[0]),
	   "{\"name\":\"d\",\"address\":\"2001:db8::1\",\"port\":53,"
	   "\"protocol\":\"UDP\",\"balance\":\"mh\",\"hash_port\":true,"
	   "\"mode\":\"nat\",\"persistence\":{\"timeout_ms\":1500,"
	   "\"netmask\":\"64\"},\"onepacket\":true,\"connlimit\":5,"
	   "\"sorry\":true,\"servers\":0," NUMBERS ",\"refused\":0}");
	lb_conf_free(&c);
}

static void json_server__options(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d 10.0.0.1:80\nmode nat\n"
		 "server b 10.0.0.3\n"
		 "server a 10.0.0.2 sorry slowstart 30 maxconn 7\n");
	is(lb_json_server(c.model.director[0]->server[1], "d"),
	   "{\"director\":\"d\",\"name\":\"a\",\"address\":\"10.0.0.2\","
	   "\"weight\":1,\"sorry\":true,\"slowstart_ms\":30000,"
	   "\"maxconn\":7,\"state\":\"up\",\"order\":\"up\","
	   "\"effective_weight\":0,\"since_s\":0," NUMBERS "}");
	lb_conf_free(&c);
}

/* the stricter of order and health is in force */
static void json_server_state__in_force(void **state)
{
	static const char *const expected[][LB_HEALTH_MAX + 1] = {
		[LB_ADMIN_UP] = { "up", "drain", "down" },
		[LB_ADMIN_DRAIN] = { "drain", "drain", "down" },
		[LB_ADMIN_DOWN] = { "down", "down", "down" },
	};
	static const char *const order[] = { "up", "drain", "down" };
	struct lb_server s = { 0 };
	struct lb_buf text = { 0 };

	(void)state;
	strcpy(s.name, "a");
	for (s.run.admin = 0; s.run.admin <= LB_ADMIN_MAX; s.run.admin++) {
		for (s.run.health = 0; s.run.health <= LB_HEALTH_MAX;
		     s.run.health++) {
			lb_buf_reset(&text);
			lb_buf_printf(&text,
				"{\"director\":\"d\",\"name\":\"a\","
				"\"state\":\"%s\",\"order\":\"%s\","
				"\"effective_weight\":0,\"since_s\":0}",
				expected[s.run.admin][s.run.health],
				order[s.run.admin]);
			is(lb_json_server_state(&s, "d"), lb_buf_str(&text));
		}
	}
	lb_buf_free(&text);
}

static void health__words(void **state)
{
	static const char *const words[][2] = {
		[LB_HEALTH_UP] = { "up", "up" },
		[LB_HEALTH_INHIBITED] = { "inhibited", "drain (check)" },
		[LB_HEALTH_DOWN] = { "down", "down (check)" },
		/* of a newer module */
		{ "?", "?" },
	};
	struct lb_server s = { .run.admin = LB_ADMIN_UP };
	uint8_t i;

	(void)state;
	assert_int_equal(ARRAY_SIZE(words), LB_HEALTH_MAX + 2);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		s.run.health = i;
		assert_string_equal(lb_health_name(i), words[i][0]);
		assert_string_equal(lb_state_name(&s), words[i][1]);
	}
	s.run.admin = LB_ADMIN_DRAIN;
	assert_string_equal(lb_state_name(&s), "drain");
}

static void json_template__all(void **state)
{
	struct lb_conn c = { .client = { .len = 4, .b = { 10, 0, 0, 0 } },
			     .client_prefix = 24, .count = 2, .expires = 9,
			     .server_addr = { .len = 4, .b = { 10, 0, 1, 1 } },
			     .server_port = 80 };

	(void)state;
	strcpy(c.director, "d");
	strcpy(c.server, "a");
	is(lb_json_template(&c),
	   "{\"director\":\"d\",\"client_address\":\"10.0.0.0\","
	   "\"client_prefix\":24,\"server\":\"a\","
	   "\"server_address\":\"10.0.1.1\",\"server_port\":80,"
	   "\"connections\":2,\"expires_ms\":9}");
}

static void json_flow__rules(void **state)
{
	struct lb_conf c;

	(void)state;
	parse_ok(&c, "director d\nmode nat\nserver a 10.0.1.1\n"
		 "flow f director d\nignore not iface eth0 not fwmark 0\n"
		 "match proto udp dst 10.0.0.0/8 dstport 80:90\n"
		 "flow g permit\nmatch proto icmp icmptype 8\n");
	c.model.flow[0]->hits = 12;
	is(lb_json_flow(c.model.flow[0]),
	   "{\"name\":\"f\",\"policy\":\"director\",\"director\":\"d\","
	   "\"hits\":12,\"rules\":[{\"iface\":\"eth0\",\"fwmark\":0,"
	   "\"action\":\"ignore\",\"not\":[\"iface\",\"fwmark\"],"
	   "\"text\":\"ignore not iface eth0 not fwmark 0\"},"
	   "{\"proto\":\"UDP\",\"dst\":\"10.0.0.0/8\",\"dstport\":\"80-90\","
	   "\"action\":\"match\",\"text\":\"match proto udp dst 10.0.0.0/8 "
	   "dstport 80-90\"}]}");
	is(lb_json_flow(c.model.flow[1]),
	   "{\"name\":\"g\",\"policy\":\"permit\",\"hits\":0,\"rules\":["
	   "{\"proto\":\"icmp\",\"icmptype\":8,\"action\":\"match\","
	   "\"text\":\"match proto icmp icmptype 8\"}]}");
	lb_conf_free(&c);
}

static void json_explain__nobody(void **state)
{
	struct lb_explain e = {
		.proto = IPPROTO_TCP, .client_port = 1, .vip_port = 2,
		.client = { .len = 4, .b = { 10, 0, 0, 1 } },
		.vip = { .len = 4, .b = { 10, 0, 0, 2 } }, .has_fwmark = true,
	};

	(void)state;
	strcpy(e.decided_by, "nobody");
	strcpy(e.reason, "no director has this address");
	is(lb_json_explain(&e, NULL),
	   "{\"protocol\":\"TCP\",\"client_address\":\"10.0.0.1\","
	   "\"client_port\":1,\"vip_address\":\"10.0.0.2\",\"vip_port\":2,"
	   "\"fwmark\":0,\"decided_by\":\"nobody\","
	   "\"reason\":\"no director has this address\"}");
}

static void json_explain__server(void **state)
{
	struct lb_explain e = {
		.proto = IPPROTO_UDP, .client_port = 1, .vip_port = 2,
		.client = { .len = 4, .b = { 10, 0, 0, 1 } },
		.vip = { .len = 4, .b = { 10, 0, 0, 2 } }, .rule = 1,
		.server_addr = { .len = 4, .b = { 10, 0, 1, 1 } },
		.server_port = 3,
	};
	struct lb_rule r = { 0 };

	(void)state;
	strcpy(e.flow, "f");
	strcpy(e.policy, "director");
	strcpy(e.director, "d");
	strcpy(e.decided_by, "template");
	strcpy(e.server, "a");
	is(lb_json_explain(&e, &r),
	   "{\"protocol\":\"UDP\",\"client_address\":\"10.0.0.1\","
	   "\"client_port\":1,\"vip_address\":\"10.0.0.2\",\"vip_port\":2,"
	   "\"flow\":\"f\",\"policy\":\"director\",\"rule_number\":1,"
	   "\"rule\":{\"action\":\"match\",\"text\":\"match\"},"
	   "\"director\":\"d\",\"decided_by\":\"template\",\"server\":\"a\","
	   "\"server_address\":\"10.0.1.1\",\"server_port\":3}");
}

/* a key that the man page does not know is of no use to a script */
static void is_in_man(const char *man, struct json_object *o)
{
	const char *at;
	size_t len;

	json_object_object_foreach(o, key, value) {
		len = strlen(key);
		for (at = strstr(man, key); at; at = strstr(at + 1, key))
			if (!strchr("_abcdefghijklmnopqrstuvwxyz", at[-1]) &&
			    !strchr("_abcdefghijklmnopqrstuvwxyz", at[len]))
				break;
		if (!at)
			fail_msg("%s", key);
		if (json_object_is_type(value, json_type_object))
			is_in_man(man, json_object_get(value));
	}
	json_object_put(o);
}

static void json__keys_are_in_the_man_page(void **state)
{
	char *text = calloc(1, 65536), *man;
	FILE *f = fopen(MAN "/lbctl.8", "r");
	struct lb_director *d;
	struct lb_conf c;

	(void)state;
	assert_non_null(f);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	man = strstr(text, "\n.SH JSON\n");
	assert_non_null(man);
	parse_ok(&c, "director d 10.0.0.1:80\nmode tunnel gue port 6080\n"
		 "balance mh port\noption connlimit 5\n"
		 "option vip iface eth0\noption httpcheck uri /a vhost b\n"
		 "option persistence timeout 5 netmask 24\n"
		 "check interval 5 timeout 1 source 10.0.0.9 rise 2 fall 3 inhibit via vip\n"
		 "server a 10.0.1.1 slowstart 30 maxconn 7 check via vip\n"
		 "server b 10.0.1.2 sorry\n");
	d = c.model.director[0];
	d->server[0]->run.result = LB_RESULT_FAIL;
	d->server[0]->run.has_override = true;
	is_in_man(man, lb_json_director(d));
	is_in_man(man, lb_json_server(d->server[0], "d"));
	is_in_man(man, lb_json_server_state(d->server[1], "d"));
	lb_conf_free(&c);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_director__options),
		cmocka_unit_test(json_server__options),
		cmocka_unit_test(json_server_state__in_force),
		cmocka_unit_test(health__words),
		cmocka_unit_test(json_template__all),
		cmocka_unit_test(json_flow__rules),
		cmocka_unit_test(json_explain__nobody),
		cmocka_unit_test(json_explain__server),
		cmocka_unit_test(json__keys_are_in_the_man_page),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
