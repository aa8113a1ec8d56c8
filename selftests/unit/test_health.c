// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "health/reason.h"
#include "health/rise.h"
#include "health/sched.h"
#include "health/spec.h"

#include <errno.h>

/* --- spec --- */

/* the key and the limits of each checked server of a text, a line each */
static void specs(const char *text, const char *expected)
{
	const struct lb_director *d;
	struct lb_buf b = { 0 };
	struct lb_limits limits;
	struct lb_spec spec;
	struct lb_conf c;
	size_t i, j;
	char *key;

	parse_ok(&c, text);
	for (i = 0; i < c.model.n_directors; i++) {
		d = c.model.director[i];
		for (j = 0; j < d->n_servers; j++) {
			if (!d->server[j]->checked)
				continue;
			lb_spec_make(&spec, &limits, d, d->server[j]);
			key = lb_spec_key(&spec);
			lb_buf_printf(&b, "%s; %u/%u%s\n", key, limits.rise,
				      limits.fall,
				      limits.inhibit ? " inhibit" : "");
			free(key);
			lb_spec_clear(&spec);
		}
	}
	assert_string_equal(lb_buf_str(&b), expected);
	lb_buf_free(&b);
	lb_conf_free(&c);
}

#define WWW	"director www 10.0.0.1:80 TCP\nmode nat\n"

static void spec_make__defaults(void **state)
{
	(void)state;
	specs(WWW "server a 10.0.1.1 check\nserver b 10.0.1.2\n",
	      "icmp 10.0.1.1 interval 10000 timeout 5000; 1/1\n");
	specs("director www [2001:db8::9]:80 TCP\noption icmpcheck\n"
	      "mode nat\nserver a [2001:db8::1]:8080 check\n",
	      "icmp [2001:db8::1] interval 10000 timeout 5000; 1/1\n");
	specs(WWW "option httpcheck\nserver a 10.0.1.1 check\n",
	      "http 10.0.1.1:80 interval 10000 timeout 5000 uri 1 / statuscode 200; 1/1\n");
}

static void spec_make__overrides(void **state)
{
	(void)state;
	specs(WWW "check interval 4 timeout 1 rise 2 fall 3 inhibit source 10.0.0.9\n"
	      "server a 10.0.1.1 check\n"
	      "server b 10.0.1.2 check interval 20 rise 4\n"
	      "server c 10.0.1.3 check timeout 2500ms fall 5 source 10.0.0.8\n",
	      "icmp 10.0.1.1 interval 4000 timeout 1000 source 8 10.0.0.9; 2/3 inhibit\n"
	      "icmp 10.0.1.2 interval 20000 timeout 1000 source 8 10.0.0.9; 4/3 inhibit\n"
	      "icmp 10.0.1.3 interval 4000 timeout 2500 source 8 10.0.0.8; 2/5 inhibit\n");
	specs(WWW "server a 10.0.1.1 check inhibit\nserver b 10.0.1.2 check\n",
	      "icmp 10.0.1.1 interval 10000 timeout 5000; 1/1 inhibit\n"
	      "icmp 10.0.1.2 interval 10000 timeout 5000; 1/1\n");
}

/* half of the interval that counts for the server, to the ms */
static void spec_make__timeout(void **state)
{
	(void)state;
	specs(WWW "check interval 5\nserver a 10.0.1.1 check\n"
	      "server b 10.0.1.2 check interval 3\n",
	      "icmp 10.0.1.1 interval 5000 timeout 2500; 1/1\n"
	      "icmp 10.0.1.2 interval 3000 timeout 1500; 1/1\n");
}

/* the check's own, the server's, the director's; none with icmp and arp */
static void spec_make__port(void **state)
{
	(void)state;
	specs(WWW "option tcpcheck\nserver a 10.0.1.1 check\n"
	      "server b 10.0.1.1:8080 check\n"
	      "server c 10.0.1.1:8080 check port 81\n",
	      "tcp 10.0.1.1:80 interval 10000 timeout 5000; 1/1\n"
	      "tcp 10.0.1.1:8080 interval 10000 timeout 5000; 1/1\n"
	      "tcp 10.0.1.1:81 interval 10000 timeout 5000; 1/1\n");
	specs(WWW "option tcpcheck\ncheck port 82\nserver a 10.0.1.1:8080 check\n"
	      "server b 10.0.1.1 check port 83\n",
	      "tcp 10.0.1.1:82 interval 10000 timeout 5000; 1/1\n"
	      "tcp 10.0.1.1:83 interval 10000 timeout 5000; 1/1\n");
	specs(WWW "option arpcheck iface eth1\nserver a 10.0.1.1:8080 check\n",
	      "arp 10.0.1.1 interval 10000 timeout 5000 iface 4 eth1; 1/1\n");
}

static void spec_make__http(void **state)
{
	(void)state;
	specs(WWW "option httpcheck uri /a statuscode 204 vhost b.org\n"
	      "server a 10.0.1.1 check\n",
	      "http 10.0.1.1:80 interval 10000 timeout 5000 uri 2 /a vhost 5 b.org statuscode 204; 1/1\n");
}

/* one that goes the director's way is its server's alone */
static void spec_make__via_vip(void **state)
{
	(void)state;
	specs(WWW "option tcpcheck\nserver a 10.0.1.1 check via vip\n"
	      "server b 10.0.1.1:8080 check\n",
	      "tcp 10.0.0.1:80 interval 10000 timeout 5000 to 8 10.0.1.1 director 3 www server 1 a; 1/1\n"
	      "tcp 10.0.1.1:8080 interval 10000 timeout 5000; 1/1\n");
}

/* --- rise --- */

/* "+" passed, "-" failed, "?" no check; what comes out: "U" or "D" each time */
static void states(enum lb_health health, uint32_t rise, uint32_t fall,
		   const char *results, const char *expected)
{
	char got[64] = "";
	struct lb_rise r;
	size_t i;

	lb_rise_init(&r, health);
	for (i = 0; results[i]; i++) {
		lb_rise_count(&r, results[i] == '+' ? LB_RESULT_PASS :
			      results[i] == '-' ? LB_RESULT_FAIL :
			      LB_RESULT_ERROR, rise, fall);
		got[i] = r.up ? 'U' : 'D';
	}
	assert_string_equal(got, expected);
}

static void rise_count__once(void **state)
{
	(void)state;
	states(LB_HEALTH_UP, 1, 1, "-+-+", "DUDU");
	states(LB_HEALTH_DOWN, 1, 1, "--+", "DDU");
	states(LB_HEALTH_INHIBITED, 1, 1, "-+", "DU");
}

static void rise_count__in_a_row(void **state)
{
	(void)state;
	states(LB_HEALTH_UP, 2, 3, "--+---+-++", "UUUUUDDDDU");
	states(LB_HEALTH_DOWN, 3, 1, "++-+++-", "DDDDDUD");
}

/* a check that could not be made neither counts nor resets */
static void rise_count__errors(void **state)
{
	(void)state;
	states(LB_HEALTH_UP, 1, 2, "?-?-", "UUUD");
	states(LB_HEALTH_DOWN, 2, 1, "+?+", "DDU");
}

static void rise_health__inhibit(void **state)
{
	struct lb_rise r = { .up = false };

	(void)state;
	assert_int_equal(lb_rise_health(&r, false), LB_HEALTH_DOWN);
	assert_int_equal(lb_rise_health(&r, true), LB_HEALTH_INHIBITED);
	r.up = true;
	assert_int_equal(lb_rise_health(&r, true), LB_HEALTH_UP);
}

/* --- sched --- */

static void sched__order(void **state)
{
	struct lb_slot slot[500] = { 0 };
	struct lb_sched s = { 0 };
	uint64_t seed = 1;
	int64_t last = 0;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(slot); i++) {
		slot[i].interval = 1000;
		lb_sched_add(&s, &slot[i], rnd(&seed) % 1000000);
	}
	for (i = 0; i < ARRAY_SIZE(slot); i += 3)
		lb_sched_remove(&s, &slot[i]);
	while (lb_sched_next(&s)) {
		assert_true(lb_sched_next(&s)->when >= last);
		last = lb_sched_next(&s)->when;
		lb_sched_remove(&s, lb_sched_next(&s));
		n++;
	}
	assert_int_equal(n, 333);
	lb_sched_free(&s);
}

/* the n-th start is n intervals after the first, however long probes take */
static void sched__no_drift(void **state)
{
	struct lb_slot slot = { .interval = 1000 };
	struct lb_sched s = { 0 };
	int i;

	(void)state;
	lb_sched_add(&s, &slot, 20000);
	for (i = 0; i < 100; i++) {
		assert_int_equal(slot.when, 20000 + i * 1000000LL);
		lb_sched_start(&s, &slot, slot.when + 7000, 500);
		/* to the grid, but not to the microsecond */
		assert_int_equal(slot.when, 530000 + i * 1000000LL);
		lb_sched_end(&s, &slot, slot.when - 1 - i);
	}
	assert_int_equal(s.starts, 100);
	assert_int_equal(s.late, 0);
	assert_int_equal(s.max_late, 7000);
	lb_sched_free(&s);
}

static void sched__late(void **state)
{
	struct lb_slot slot = { .interval = 1000 };
	struct lb_sched s = { 0 };

	(void)state;
	lb_sched_add(&s, &slot, 0);
	lb_sched_start(&s, &slot, 100000, 50);
	assert_int_equal(s.late, 0);
	assert_int_equal(slot.when, 150000);
	lb_sched_end(&s, &slot, 120000);
	lb_sched_start(&s, &slot, 1100001, 50);
	assert_int_equal(s.late, 1);
	assert_int_equal(s.max_late, 100001);
	/* short time-outs are exact */
	assert_int_equal(slot.when, 1150001);
	lb_sched_free(&s);
}

/* a probe may take longer than its interval: the next begins when it ends */
static void sched__longer_than_interval(void **state)
{
	struct lb_slot slot = { .interval = 1000 };
	struct lb_sched s = { 0 };

	(void)state;
	lb_sched_add(&s, &slot, 0);
	lb_sched_start(&s, &slot, 0, 2500);
	lb_sched_end(&s, &slot, 2500000);
	assert_int_equal(slot.when, 2500000);
	lb_sched_start(&s, &slot, 2500000, 2500);
	lb_sched_end(&s, &slot, 2600000);
	assert_int_equal(slot.when, 3500000);
	assert_int_equal(s.late, 0);
	lb_sched_free(&s);
}

/* who was late keeps the time it had: not all may start at one time */
static void sched__keeps_phase(void **state)
{
	struct lb_slot slot[2] = { { .interval = 1000 }, { .interval = 1000 } };
	struct lb_sched s = { 0 };

	(void)state;
	lb_sched_add(&s, &slot[0], 200000);
	lb_sched_add(&s, &slot[1], 700000);
	lb_sched_start(&s, &slot[0], 200000, 1000);
	/* takes all its interval, and the loop some time: at once */
	lb_sched_end(&s, &slot[0], 1215000);
	assert_int_equal(slot[0].due, 1200000);
	assert_int_equal(slot[0].when, 1200000);
	assert_int_equal(s.late, 0);
	lb_sched_start(&s, &slot[0], 1215000, 500);
	lb_sched_start(&s, &slot[1], 1215000, 500);
	assert_int_equal(s.late, 1);
	/* at 2.2 and 3.2 nobody was there; 4.2 comes */
	lb_sched_end(&s, &slot[0], 3950000);
	assert_int_equal(slot[0].when, 4200000);
	/* 1.7 and 2.7 are over, 3.7 too long ago */
	lb_sched_end(&s, &slot[1], 3950000);
	assert_int_equal(slot[1].when, 4700000);
	assert_int_equal(s.late, 6);
	lb_sched_free(&s);
}

/* a stall is nobody's fault, and the order stays one */
static void sched__stall(void **state)
{
	struct lb_slot slot[100] = { 0 };
	struct lb_sched s = { 0 };
	int64_t last = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(slot); i++) {
		slot[i].interval = 1000;
		lb_sched_add(&s, &slot[i], i * 10000);
		if (i % 3 == 0)
			lb_sched_start(&s, &slot[i], i * 10000, 500);
	}
	assert_int_equal(s.running, 34);
	lb_sched_stall(&s, 1200000, 200000);
	/* its time was up while nobody was there: it begins now */
	assert_int_equal(slot[0].when, 1400000);
	assert_int_equal(slot[1].when, 10000);
	assert_int_equal(slot[99].when, 1690000);
	/* as much as it has, and no more */
	lb_sched_stall(&s, 5000000, 3600000);
	assert_int_equal(slot[0].when, 5300000);
	assert_int_equal(slot[99].when, 5300000);
	lb_sched_stall(&s, 5100000, 60000);
	assert_int_equal(slot[99].when, 5300000);
	assert_int_equal(s.stalls, 3);
	assert_int_equal(s.max_stall, 3600000);
	while (lb_sched_next(&s)) {
		assert_true(lb_sched_next(&s)->when >= last);
		last = lb_sched_next(&s)->when;
		lb_sched_remove(&s, lb_sched_next(&s));
	}
	assert_int_equal(last, 5300000);
	assert_int_equal(s.running, 0);
	lb_sched_free(&s);
}

/* what waited to be sent has all its time from then on */
static void sched__sent(void **state)
{
	struct lb_slot slot = { .interval = 1000 };
	struct lb_sched s = { 0 };

	(void)state;
	lb_sched_add(&s, &slot, 0);
	lb_sched_start(&s, &slot, 0, 500);
	lb_sched_sent(&s, &slot, 400000, 500);
	assert_int_equal(slot.when, 900000);
	lb_sched_sent(&s, &slot, 100000, 500);
	assert_int_equal(slot.when, 900000);
	lb_sched_free(&s);
}

static void sched_spread__all_within_interval(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(lb_sched_spread(0, 1, 1000), 0);
	assert_int_equal(lb_sched_spread(3, 4, 1000), 30000);
	for (i = 0; i < 5000; i++)
		assert_int_equal(lb_sched_spread(i, 5000, 1000), i * 200);
	/* each within its own interval */
	assert_true(lb_sched_spread(4999, 5000, 1000) < 1000000);
}

/* --- reason --- */

static void reason_ms__units(void **state)
{
	static const struct { uint32_t ms; const char *s; } t[] = {
		{ 1, "1 ms" }, { 500, "500 ms" }, { 1000, "1 s" },
		{ 2000, "2 s" }, { 2500, "2.5 s" }, { 1250, "1.25 s" },
		{ 1005, "1.005 s" }, { 1050, "1.05 s" }, { 43200000, "43200 s" },
	};
	struct lb_buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		lb_buf_reset(&b);
		lb_reason_ms(&b, t[i].ms);
		assert_string_equal(lb_buf_str(&b), t[i].s);
	}
	lb_buf_free(&b);
}

static void reason_span__units(void **state)
{
	static const struct { uint64_t s; const char *text; } t[] = {
		{ 0, "0 s" }, { 119, "119 s" }, { 120, "2 min" },
		{ 7199, "119 min" }, { 7200, "2 h" }, { 10800, "3 h" },
		{ 172800, "2 days" },
	};
	struct lb_buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		lb_buf_reset(&b);
		lb_reason_span(&b, t[i].s);
		assert_string_equal(lb_buf_str(&b), t[i].text);
	}
	lb_buf_free(&b);
}

static void reason_is_failure__whose_fault(void **state)
{
	(void)state;
	assert_true(lb_reason_is_failure(ECONNREFUSED));
	assert_true(lb_reason_is_failure(ENETUNREACH));
	assert_true(lb_reason_is_failure(EHOSTUNREACH));
	assert_true(lb_reason_is_failure(ENOPROTOOPT));
	assert_false(lb_reason_is_failure(EADDRNOTAVAIL));
	assert_false(lb_reason_is_failure(EMFILE));
	assert_false(lb_reason_is_failure(EPERM));
	assert_false(lb_reason_is_failure(ENOBUFS));
}

static void reason_icmp__words(void **state)
{
	(void)state;
	assert_string_equal(lb_reason_icmp4(3, 1), "host unreachable");
	assert_string_equal(lb_reason_icmp4(3, 0), "network unreachable");
	assert_string_equal(lb_reason_icmp4(3, 13),
			    "administratively prohibited");
	assert_string_equal(lb_reason_icmp4(11, 0), "time exceeded");
	/* a path MTU says nothing about a small packet */
	assert_null(lb_reason_icmp4(3, 4));
	assert_null(lb_reason_icmp4(5, 0));
	assert_string_equal(lb_reason_icmp6(1, 3), "host unreachable");
	assert_string_equal(lb_reason_icmp6(1, 0), "network unreachable");
	assert_null(lb_reason_icmp6(2, 0));
	assert_null(lb_reason_icmp6(136, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(spec_make__defaults),
		cmocka_unit_test(spec_make__overrides),
		cmocka_unit_test(spec_make__timeout),
		cmocka_unit_test(spec_make__port),
		cmocka_unit_test(spec_make__http),
		cmocka_unit_test(spec_make__via_vip),
		cmocka_unit_test(rise_count__once),
		cmocka_unit_test(rise_count__in_a_row),
		cmocka_unit_test(rise_count__errors),
		cmocka_unit_test(rise_health__inhibit),
		cmocka_unit_test(sched__order),
		cmocka_unit_test(sched__no_drift),
		cmocka_unit_test(sched__late),
		cmocka_unit_test(sched__longer_than_interval),
		cmocka_unit_test(sched__keeps_phase),
		cmocka_unit_test(sched__stall),
		cmocka_unit_test(sched__sent),
		cmocka_unit_test(sched_spread__all_within_interval),
		cmocka_unit_test(reason_ms__units),
		cmocka_unit_test(reason_span__units),
		cmocka_unit_test(reason_is_failure__whose_fault),
		cmocka_unit_test(reason_icmp__words),
	};

	return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
