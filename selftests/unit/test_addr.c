// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "addr.h"

static void addr_parse__forms(void **state)
{
	static const struct {
		const char *text;
		int len;
	} form[] = {
		{ "10.0.0.1", 4 }, { "2001:db8::1", 16 }, { "[::1]", 16 },
		{ "10.0.0", 0 }, { "10.0.0.01x", 0 }, { "[10.0.0.1]", 0 },
		{ "", 0 }, { "[]", 0 }, { "[::1", 0 }, { "fe80::1%eth0", 0 },
		{ "1234567890123456789012345678901234567890123456789012345678"
		  , 0 },
	};
	struct lb_addr a;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(form); i++)
		assert_int_equal(lb_addr_parse(&a, form[i].text) ? 0 : a.len,
				 form[i].len);
}

static void addrport_parse__forms(void **state)
{
	static const struct {
		const char *text;
		enum lb_addr_error err;
		unsigned int where;
	} form[] = {
		{ "10.0.0.1", LB_ADDR_OK, 0 },
		{ "10.0.0.1:80", LB_ADDR_OK, 9 },
		{ "[2001:db8::1]:80", LB_ADDR_OK, 14 },
		{ "10.0.0.0/8", LB_ADDR_RANGE, 0 },
		{ "[2001:db8::]/64", LB_ADDR_RANGE, 0 },
		{ "10.0.0.1-10.0.0.2", LB_ADDR_RANGE, 0 },
		{ "10.0.0.1:1-2", LB_ADDR_PORT_RANGE, 9 },
		{ "10.0.0.1:1:2", LB_ADDR_PORT_RANGE, 9 },
		{ "10.0.0.1:", LB_ADDR_PORT_BAD, 9 },
		{ "10.0.0.1:080000", LB_ADDR_PORT_BAD, 9 },
		{ "[::1]x", LB_ADDR_BAD, 0 },
		{ "[::1", LB_ADDR_BAD, 0 },
		{ "2001:db8::1:80", LB_ADDR_AMBIGUOUS, 0 },
		{ "2001:db8:0:0:0:0:0:1:80", LB_ADDR_AMBIGUOUS, 0 },
		{ "fe80::1:2:3", LB_ADDR_AMBIGUOUS, 0 },
		{ "2001:db8::1:abcd", LB_ADDR_OK, 0 },
		{ "2001:db8::1", LB_ADDR_OK, 0 },
		{ "255.255.255.255", LB_ADDR_NOT_UNICAST, 0 },
		{ "[::]:80", LB_ADDR_NOT_UNICAST, 5 },
		{ "host-a.example", LB_ADDR_BAD, 0 },
		{ "", LB_ADDR_BAD, 0 },
	};
	unsigned int where;
	struct lb_addr a;
	uint16_t port;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(form); i++) {
		assert_int_equal(lb_addrport_parse(&a, &port, form[i].text,
						   &where), form[i].err);
		assert_int_equal(where, form[i].where);
	}
}

static void addrport_print__reads_back(void **state)
{
	static const char *const text[] = {
		"10.0.0.1", "10.0.0.1:80", "[2001:db8::1:80]",
		"[2001:db8::1]:443",
	};
	struct lb_buf b = { 0 };
	unsigned int where;
	struct lb_addr a;
	uint16_t port;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		assert_int_equal(lb_addrport_parse(&a, &port, text[i], &where),
				 LB_ADDR_OK);
		lb_buf_reset(&b);
		lb_addrport_print(&b, &a, port);
		assert_string_equal(lb_buf_str(&b), text[i]);
	}
	lb_buf_free(&b);
}

static void net_parse__clears_host_bits(void **state)
{
	struct lb_net n;
	char s[LB_ADDR_STR];

	(void)state;
	assert_int_equal(lb_net_parse(&n, "10.1.2.3/20"), 0);
	lb_addr_format(s, &n.addr);
	assert_string_equal(s, "10.1.0.0");
	assert_int_equal(lb_net_parse(&n, "2001:db8:ffff::1/33"), 0);
	lb_addr_format(s, &n.addr);
	assert_string_equal(s, "2001:db8:8000::");
	assert_int_equal(lb_net_parse(&n, "0.0.0.0/0"), 0);
	assert_int_equal(n.prefix, 0);
}

static void mask_parse__forms(void **state)
{
	struct lb_mask m;

	(void)state;
	assert_int_equal(lb_mask_parse(&m, "255.255.255.0"), 0);
	assert_int_equal(m.prefix, 24);
	assert_int_equal(lb_mask_parse(&m, "0.0.0.0"), 0);
	assert_int_equal(m.prefix, 0);
	assert_int_equal(lb_mask_parse(&m, "255.255.255.255"), 0);
	assert_int_equal(m.prefix, 32);
	assert_int_equal(lb_mask_parse(&m, "128"), 0);
	assert_int_not_equal(lb_mask_parse(&m, "129"), 0);
	assert_int_not_equal(lb_mask_parse(&m, "255.0.255.0"), 0);
	assert_int_not_equal(lb_mask_parse(&m, ""), 0);
}

static void ports_parse__forms(void **state)
{
	struct lb_ports r;

	(void)state;
	assert_int_equal(lb_ports_parse(&r, "80"), 0);
	assert_int_equal(r.last, 80);
	assert_int_equal(lb_ports_parse(&r, "50000:51000"), 0);
	assert_int_equal(r.last, 51000);
	assert_int_equal(lb_ports_parse(&r, "50000-51000"), 0);
	assert_int_not_equal(lb_ports_parse(&r, "0"), 0);
	assert_int_not_equal(lb_ports_parse(&r, "1-65536"), 0);
	assert_int_not_equal(lb_ports_parse(&r, "-"), 0);
	assert_int_not_equal(lb_ports_parse(&r, "9-1"), 0);
}

static void uint_parse__huge(void **state)
{
	uint64_t v;

	(void)state;
	assert_int_equal(lb_uint_parse(&v, "18446744073709551616"), 0);
	assert_true(v > UINT32_MAX);
	assert_int_equal(lb_uint_parse(&v, "99999999999999999999999999999"),
			 0);
	assert_true(v > UINT32_MAX);
	assert_int_not_equal(lb_uint_parse(&v, ""), 0);
	assert_int_not_equal(lb_uint_parse(&v, "1 "), 0);
	assert_int_not_equal(lb_uint_parse(&v, "+1"), 0);
}

static void ms_parse__huge(void **state)
{
	uint64_t v;

	(void)state;
	assert_int_equal(lb_ms_parse(&v, "99999999999999999999999999999999999999999999h"), 0);
	assert_true(v > UINT32_MAX);
	assert_int_not_equal(lb_ms_parse(&v, "5d"), 0);
	assert_int_not_equal(lb_ms_parse(&v, "ms"), 0);
	assert_int_not_equal(lb_ms_parse(&v, "1.5"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addr_parse__forms),
		cmocka_unit_test(addrport_parse__forms),
		cmocka_unit_test(addrport_print__reads_back),
		cmocka_unit_test(net_parse__clears_host_bits),
		cmocka_unit_test(mask_parse__forms),
		cmocka_unit_test(ports_parse__forms),
		cmocka_unit_test(uint_parse__huge),
		cmocka_unit_test(ms_parse__huge),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
