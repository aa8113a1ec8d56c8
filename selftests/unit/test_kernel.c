// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "fake.h"
#include "kernel.h"

#include <errno.h>
#include <unistd.h>

#define TWO \
	"service lvs\n    timeout udp 60\n\n" \
	"director dns 10.0.0.53:53 UDP\n    balance leastconn\n    mode nat\n" \
	"    server a 10.0.1.1 weight 1\n\n" \
	"director www 10.0.0.1:80 TCP\n    balance roundrobin\n" \
	"    mode gateway\n    check interval 5\n" \
	"    option httpcheck uri /x\n" \
	"    server w1 10.0.1.11:80 weight 20 check\n" \
	"    server w2 10.0.1.12 weight 10 check rise 2\n"

static struct lb_nl nl;
static int saved_stderr;
static FILE *caught;

static int setup(void **state)
{
	(void)state;
	fake_reset();
	assert_int_equal(lb_nl_open(&nl), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lb_nl_close(&nl);
	fake_reset();
	return 0;
}

/* what goes to standard error between the two */
static void catch(void)
{
	fflush(stderr);
	saved_stderr = dup(2);
	caught = tmpfile();
	dup2(fileno(caught), 2);
}

static void caught_is(const char *expected)
{
	char text[1024];
	size_t n;

	fflush(stderr);
	dup2(saved_stderr, 2);
	close(saved_stderr);
	rewind(caught);
	n = fread(text, 1, sizeof(text) - 1, caught);
	text[n] = '\0';
	fclose(caught);
	assert_string_equal(text, expected);
}

static int apply(const char *text, size_t *changes, uint32_t *generation)
{
	struct lb_model now;
	struct lb_conf c;
	struct lb_diff d;
	int ret = 0;

	parse_ok(&c, text);
	assert_int_equal(lb_kernel_load(&nl, &now, generation), 0);
	lb_diff(&d, &now, &c.model);
	*changes = d.n;
	if (d.n)
		ret = lb_kernel_apply(&nl, &d, generation);
	lb_diff_free(&d);
	lb_model_free(&now);
	lb_conf_free(&c);
	return ret;
}

static void saved_is(const char *expected)
{
	struct lb_buf b = { 0 };
	struct lb_model now;
	uint32_t generation;

	assert_int_equal(lb_kernel_load(&nl, &now, &generation), 0);
	lb_model_print(&b, &now);
	assert_string_equal(lb_buf_str(&b), expected);
	lb_buf_free(&b);
	lb_model_free(&now);
}

static void nl_open__no_module(void **state)
{
	struct lb_nl none;

	(void)state;
	fake.absent = true;
	catch();
	assert_int_equal(lb_nl_connect(&none), LB_EXIT_KERNEL);
	caught_is("lbctl: the l4lb module is not loaded: run 'modprobe l4lb'\n");
}

static void kernel_load__empty(void **state)
{
	(void)state;
	saved_is("");
}

static void kernel_info__offers(void **state)
{
	struct lb_offers offers;
	struct lb_info info;
	uint32_t generation;

	(void)state;
	assert_int_equal(lb_kernel_info(&nl, &info, &generation), 0);
	lb_kernel_offers(&offers, &info);
	assert_int_equal(generation, 1);
	assert_true(offers.known);
	assert_int_equal(offers.n_scheds, 1);
	assert_string_equal(offers.sched[0], "roundrobin");
}

static void kernel_apply__save_apply_is_a_no_op(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	assert_int_equal(apply(TWO, &changes, &generation), 0);
	assert_int_equal(changes, 6);
	assert_int_equal(generation, 2);
	saved_is(TWO);
	assert_int_equal(apply(TWO, &changes, &generation), 0);
	assert_int_equal(changes, 0);
	assert_int_equal(generation, 2);
}

#define ALL \
	"service lvs\n    conntrack\n    pickup\n\n" \
	"director dns 10.0.0.53:53 UDP\n    balance mh port\n    mode gateway\n" \
	"    option persistence timeout 360 netmask 255.255.255.0\n" \
	"    option onepacket\n    option connlimit 5\n" \
	"    server a 10.0.1.1 weight 1 slowstart 30 maxconn 7\n" \
	"    server b 10.0.1.2 weight 1 sorry\n\n" \
	"director rtp\n    balance leastconn localitybased\n    mode nat\n" \
	"    server m1 10.0.3.41 weight 1\n\n" \
	"flow ours permit\n    match src 10.0.0.0/8\n\n" \
	"flow rtp director rtp\n    ignore src 10.0.3.0-10.0.3.9\n" \
	"    match iface eth0 proto udp dst 10.0.0.3 dstport 50000-51000\n" \
	"    match not iface eth1 proto tcp srcport 5 not dst 2001:db8::/32\n" \
	"\nflow rest skip\n    match proto icmp icmptype 0 not fwmark 0\n" \
	"    match\n"

static void kernel_apply__everything(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	assert_int_equal(apply(ALL, &changes, &generation), 0);
	saved_is(ALL);
	assert_int_equal(apply(ALL, &changes, &generation), 0);
	assert_int_equal(changes, 0);
}

/* from any order of servers and flows to any other */
static void kernel_apply__orders(void **state)
{
	uint32_t generation, bits;
	struct lb_buf text = { 0 }, flows = { 0 };
	uint64_t seed = 5;
	size_t changes;
	int round, i, n;

	(void)state;
	for (round = 0; round < 300; round++) {
		lb_buf_reset(&text);
		lb_buf_reset(&flows);
		lb_buf_puts(&text, "director d 10.0.0.1:80 TCP\n"
			    "    balance leastconn\n    mode nat\n");
		bits = 1;
		for (i = 0; i < 9; i++) {
			n = rnd(&seed) % 7;
			if (bits & (2U << n))
				continue;
			bits |= 2U << n;
			lb_buf_printf(&text, "    server s%d 10.0.1.%d weight %u\n",
				      n, n + 1, rnd(&seed) % 2);
			lb_buf_printf(&flows, "\nflow f%d permit\n    match fwmark %u\n    ignore fwmark %u\n",
				      n, rnd(&seed) % 2, rnd(&seed) % 2);
		}
		lb_buf_puts(&text, lb_buf_str(&flows));
		assert_int_equal(apply(text.p, &changes, &generation), 0);
		saved_is(text.p);
	}
	lb_buf_free(&text);
	lb_buf_free(&flows);
}

static void kernel_apply__orders_of_nats(void **state)
{
	static const char *const conf[] = {
		"nat a\n    after src 10.0.0.9\n\n"
		"nat b\n    in eth0\n    after src 10.0.0.8/31\n",
		"nat b\n    in eth0\n    after src 10.0.0.8/31\n\n"
		"nat c\n    proto UDP\n    before dstport 53\n"
		"    after src 10.0.0.7 srcport 2000-3000\n\n"
		"nat a\n    after src 10.0.0.9\n",
		"",
	};
	uint32_t generation;
	size_t changes, i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(apply(conf[i], &changes, &generation), 0);
		saved_is(conf[i]);
		assert_int_equal(apply(conf[i], &changes, &generation), 0);
		assert_int_equal(changes, 0);
	}
}

static void kernel_apply__ten_thousand_rules(void **state)
{
	struct lb_buf text = { 0 };
	uint32_t generation;
	size_t changes;
	int i;

	(void)state;
	lb_buf_puts(&text, "flow f permit\n");
	for (i = 0; i < 10000; i++)
		lb_buf_printf(&text, "    match proto tcp dst 10.%d.%d.0/24 dstport %d\n",
			      i / 256, i % 256, i + 1);
	lb_buf_puts(&text, "\nflow g deny\n    match\n");
	assert_int_equal(apply(text.p, &changes, &generation), 0);
	assert_int_equal(changes, 10003);
	assert_true(fake.largest <= 96 * 1024);
	saved_is(text.p);
	assert_int_equal(apply(text.p, &changes, &generation), 0);
	assert_int_equal(changes, 0);
	lb_buf_free(&text);
}

static void kernel_apply__refused_rule(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	fake.fail_at = 2;
	fake.fail = EINVAL;
	fake.reason = "a port needs a protocol";
	catch();
	assert_int_equal(apply("flow f permit\nmatch src 10.0.0.1\n", &changes,
			       &generation), LB_EXIT_KERNEL);
	caught_is("lbctl: nothing was changed: the kernel refused flow f, rule "
		  "'match src 10.0.0.1': a port needs a protocol\n");
}

static void kernel_apply__only_what_differs(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	apply(TWO, &changes, &generation);
	assert_int_equal(apply(
		"director www 10.0.0.1:80 TCP\nbalance leastconn\n"
		"mode gateway\ncheck interval 5\noption httpcheck uri /x\n"
		"server w1 10.0.1.11:80 weight 20 check\n"
		"server w3 10.0.1.13\n", &changes, &generation), 0);
	/* options, -dns, ~www, -w2, +w3 */
	assert_int_equal(changes, 5);
	assert_int_equal(fake.staged, 5);
	saved_is("director www 10.0.0.1:80 TCP\n    balance leastconn\n"
		 "    mode gateway\n    check interval 5\n"
		 "    option httpcheck uri /x\n"
		 "    server w1 10.0.1.11:80 weight 20 check\n"
		 "    server w3 10.0.1.13 weight 1\n");
}

static char *many(int directors)
{
	struct lb_buf b = { 0 };
	int i, j;

	for (i = 0; i < directors; i++) {
		lb_buf_printf(&b, "director d%d 10.%d.%d.1:80\nmode nat\n", i,
			      i / 256, i % 256);
		for (j = 0; j < 10; j++)
			lb_buf_printf(&b, "server s%d 10.200.0.%d\n", j,
				      j + 1);
	}
	return b.p;
}

static void kernel_apply__batches(void **state)
{
	char *text = many(1000);
	uint32_t generation;
	size_t changes;

	(void)state;
	assert_int_equal(apply(text, &changes, &generation), 0);
	assert_int_equal(changes, 11000);
	assert_int_equal(fake.staged, 11000);
	assert_int_equal(fake.inforce.n_directors, 1000);
	/* five queries, BEGIN, COMMIT and few pieces that fit the socket */
	assert_true(fake.sends < 30);
	assert_true(fake.largest <= 96 * 1024);
	assert_int_equal(apply(text, &changes, &generation), 0);
	assert_int_equal(changes, 0);
	free(text);
}

static void kernel_apply__refused_server(void **state)
{
	char *text = many(1000);
	uint32_t generation;
	size_t changes;

	(void)state;
	fake.fail_at = 5007;
	fake.fail = EINVAL;
	fake.reason = "weight is too large";
	catch();
	assert_int_equal(apply(text, &changes, &generation), LB_EXIT_KERNEL);
	caught_is("lbctl: nothing was changed: the kernel refused server "
		  "d455/s0: weight is too large\n");
	assert_int_equal(fake.generation, 1);
	assert_int_equal(fake.inforce.n_directors, 0);
	free(text);
}

/* the kernel answers every message behind the refused one: the socket may
 * overflow, the first answer is the one that counts
 */
static void kernel_apply__overflow_of_refusals(void **state)
{
	uint32_t generation;
	struct lb_conf c;
	struct lb_model empty = { 0 };
	struct lb_diff d;

	(void)state;
	parse_ok(&c, TWO);
	lb_diff(&d, &empty, &c.model);
	fake.fail_at = 2;
	fake.fail = EEXIST;
	generation = 1;
	catch();
	fake.overflow = true;
	assert_int_equal(lb_kernel_apply(&nl, &d, &generation),
			 LB_EXIT_KERNEL);
	caught_is("lbctl: nothing was changed: the kernel refused director "
		  "dns: File exists\n");
	lb_diff_free(&d);
	lb_conf_free(&c);
}

static void kernel_apply__commit_refused(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	fake.commit_fail = EINVAL;
	fake.reason = "two directors have one address";
	catch();
	assert_int_equal(apply(TWO, &changes, &generation), LB_EXIT_KERNEL);
	caught_is("lbctl: nothing was changed: the kernel refused the "
		  "transaction: two directors have one address\n");
}

static void kernel_apply__permission(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	fake.begin_fail = EPERM;
	catch();
	assert_int_equal(apply(TWO, &changes, &generation), LB_EXIT_KERNEL);
	caught_is("lbctl: permission denied: needs CAP_NET_ADMIN (run as root)\n");
}

static void kernel_apply__stale_at_begin(void **state)
{
	uint32_t generation = 5;
	struct lb_conf c;
	struct lb_model empty = { 0 };
	struct lb_diff d;

	(void)state;
	fake.generation = 6;
	parse_ok(&c, TWO);
	lb_diff(&d, &empty, &c.model);
	catch();
	assert_int_equal(lb_kernel_apply(&nl, &d, &generation),
			 LB_EXIT_LOCKED);
	caught_is("lbctl: the configuration changed while this was applied "
		  "(generation 5, now 6): run it again\n");
	lb_diff_free(&d);
	lb_conf_free(&c);
}

static void kernel_apply__stale_at_commit(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	fake.commit_fail = ESTALE;
	catch();
	assert_int_equal(apply(TWO, &changes, &generation), LB_EXIT_LOCKED);
	caught_is("lbctl: the configuration changed while this was applied "
		  "(generation 1, now 1): run it again\n");
}

static void kernel_load__begins_again(void **state)
{
	uint32_t generation;
	size_t changes;

	(void)state;
	apply(TWO, &changes, &generation);
	fake.interrupt = 3;
	saved_is(TWO);
	fake.bump = 3;
	saved_is(TWO);
}

static void kernel_load__never_still(void **state)
{
	struct lb_model now;
	uint32_t generation;

	(void)state;
	fake.bump = 1000;
	assert_int_equal(lb_kernel_load(&nl, &now, &generation), -EBUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nl_open__no_module, setup,
						teardown),
		cmocka_unit_test_setup_teardown(kernel_load__empty, setup,
						teardown),
		cmocka_unit_test_setup_teardown(kernel_info__offers, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			kernel_apply__save_apply_is_a_no_op, setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__everything,
						setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__orders, setup,
						teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__orders_of_nats,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			kernel_apply__ten_thousand_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__refused_rule,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			kernel_apply__only_what_differs, setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__batches, setup,
						teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__refused_server,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			kernel_apply__overflow_of_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__commit_refused,
						setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__permission,
						setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__stale_at_begin,
						setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_apply__stale_at_commit,
						setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_load__begins_again,
						setup, teardown),
		cmocka_unit_test_setup_teardown(kernel_load__never_still,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
