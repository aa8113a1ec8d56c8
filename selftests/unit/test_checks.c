// SPDX-License-Identifier: GPL-2.0
/*
 * From one configuration to the next.  No probe is sent: the loop never runs,
 * results are made up.
 */
#include "unit.h"
#include "health/checks.h"

#include <errno.h>

/** struct fixture - checks, and what they report */
struct fixture {
	/** @checks: under test */
	struct lb_checks checks;
	/** @base: never runs */
	struct event_base *base;
	/** @said: "web/a pass up+", "+": the kernel is told its health */
	struct lb_buf said;
	/** @fresh: names of servers that the kernel has had no result of */
	const char *fresh;
	/** @deaf: the kernel takes nothing */
	bool deaf;
};

static void on_report(struct lb_checked **results, size_t n, void *arg)
{
	static const char *const health[] = { "up", "inhibited", "down" };
	static const char *const result[] = { "none", "pass", "fail",
					      "error" };
	struct fixture *f = arg;
	size_t i;

	for (i = 0; i < n; i++) {
		lb_buf_printf(&f->said, "%s/%s %s %s%s\n",
			      results[i]->director, results[i]->name,
			      result[results[i]->probe->result],
			      health[lb_checked_health(results[i])],
			      lb_checked_health(results[i]) !=
			      results[i]->known ? "+" : "");
		if (!f->deaf)
			lb_checks_reported(results[i]);
	}
}

static int setup(void **state)
{
	struct fixture *f = lb_xcalloc(1, sizeof(*f));

	f->base = event_base_new();
	lb_checks_init(&f->checks, f->base);
	f->checks.report = on_report;
	f->checks.arg = f;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	lb_checks_exit(&f->checks);
	event_base_free(f->base);
	lb_buf_free(&f->said);
	free(f);
	return 0;
}

/* as the kernel has it; @down: names of servers it has down */
static void update(struct fixture *f, const char *text, const char *down)
{
	struct lb_director *d;
	struct lb_conf c;
	size_t i, j;

	parse_ok(&c, text);
	for (i = 0; i < c.model.n_directors; i++) {
		d = c.model.director[i];
		for (j = 0; j < d->n_servers; j++) {
			if (strstr(down, d->server[j]->name))
				d->server[j]->run.health = LB_HEALTH_DOWN;
			if (!f->fresh || !strstr(f->fresh, d->server[j]->name))
				d->server[j]->run.result = LB_RESULT_PASS;
		}
	}
	lb_checks_update(&f->checks, &c.model);
	lb_conf_free(&c);
}

static struct lb_checked *server(struct fixture *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->checks.n; i++)
		if (!strcmp(f->checks.checked[i].name, name))
			return &f->checks.checked[i];
	fail_msg("no server %s", name);
	return NULL;
}

/* the probe of a server starts and ends */
static void ends(struct fixture *f, const char *name, bool pass)
{
	struct lb_probe *p = server(f, name)->probe;

	lb_sched_start(&f->checks.prober.sched, &p->slot, p->slot.due, 1);
	if (pass)
		lb_probe_pass(p, "good");
	else
		lb_probe_fail(p, "bad");
}

static void said_is(struct fixture *f, const char *expected)
{
	lb_checks_flush(&f->checks);
	assert_string_equal(lb_buf_str(&f->said), expected);
	lb_buf_reset(&f->said);
}

#define WEB	"director web 10.0.0.1:80 TCP\nmode nat\ncheck interval 2\n"
#define TOO	"director too 10.0.0.2:80 TCP\nmode nat\ncheck interval 2\n"
#define A	"server a 10.0.1.1 check\n"
#define B	"server b 10.0.1.2 check\n"

static void update__shares_probes(void **state)
{
	struct fixture *f = *state;

	update(f, WEB A B "server c 10.0.1.3\n"
	       TOO "server x 10.0.1.1 check\nserver y 10.0.1.2 check fall 2\n"
	       "server z 10.0.1.2 check interval 3\n", "");
	assert_int_equal(f->checks.n, 5);
	assert_int_equal(f->checks.n_probes, 3);
	assert_ptr_equal(server(f, "a")->probe, server(f, "x")->probe);
	assert_ptr_equal(server(f, "b")->probe, server(f, "y")->probe);
	assert_ptr_not_equal(server(f, "b")->probe, server(f, "z")->probe);
	ends(f, "b", false);
	said_is(f, "web/b fail down+\ntoo/y fail up\n");
	ends(f, "y", false);
	said_is(f, "web/b fail down\ntoo/y fail down+\n");
	ends(f, "y", true);
	said_is(f, "web/b pass up+\ntoo/y pass up+\n");
}

static void update__keeps_probes(void **state)
{
	struct fixture *f = *state;
	struct lb_probe *a, *b;
	int64_t due;

	update(f, WEB "check fall 2\n" A B, "");
	a = server(f, "a")->probe;
	b = server(f, "b")->probe;
	ends(f, "a", false);
	due = a->slot.due;
	/* one goes, one comes, one changes how it is checked */
	update(f, WEB "check fall 2\nserver n 10.0.1.9 check\n" A
	       "server b 10.0.1.2 check interval 3\n", "");
	assert_ptr_equal(server(f, "a")->probe, a);
	assert_int_equal(a->slot.due, due);
	assert_int_equal(server(f, "a")->rise.streak, 1);
	assert_ptr_not_equal(server(f, "b")->probe, b);
	assert_int_equal(f->checks.n_probes, 3);
	assert_int_equal(f->checks.prober.sched.n, 3);
	said_is(f, "web/a fail up\n");
	ends(f, "a", false);
	said_is(f, "web/a fail down+\n");
	update(f, "", "");
	assert_int_equal(f->checks.n_probes, 0);
	assert_int_equal(f->checks.prober.sched.n, 0);
}

/* another address is another server, whatever its name */
static void update__identity(void **state)
{
	struct fixture *f = *state;

	update(f, WEB "check fall 3\n" A, "");
	ends(f, "a", false);
	ends(f, "a", false);
	update(f, WEB "check fall 3\nserver a 10.0.1.7 check\n", "");
	assert_int_equal(server(f, "a")->rise.streak, 0);
	assert_int_equal(server(f, "a")->probe->result, LB_RESULT_NONE);
}

static void update__takes_over(void **state)
{
	struct fixture *f = *state;

	update(f, WEB A B, "b");
	said_is(f, "");
	ends(f, "a", true);
	ends(f, "b", false);
	said_is(f, "web/a pass up\nweb/b fail down\n");
	ends(f, "b", true);
	said_is(f, "web/b pass up+\n");
}

/* somebody has made it anew: the kernel has it up, and a check must say more */
static void update__kernel_is_right(void **state)
{
	struct fixture *f = *state;

	update(f, WEB "check rise 2\n" A, "");
	ends(f, "a", false);
	ends(f, "a", true);
	said_is(f, "web/a pass down+\n");
	update(f, WEB "check rise 2\n" A, "");
	assert_true(server(f, "a")->rise.up);
	ends(f, "a", false);
	said_is(f, "web/a fail down+\n");
}

/* its director has another address, and itself is as it was */
static void update__made_anew(void **state)
{
	struct fixture *f = *state;

	update(f, WEB "check fall 2 rise 2\n" A B, "");
	ends(f, "a", false);
	ends(f, "a", false);
	ends(f, "b", true);
	said_is(f, "web/a fail down+\nweb/b pass up\n");
	f->fresh = "ab";
	update(f, "director web 10.0.0.9:80 TCP\nmode nat\ncheck interval 2\n"
	       "check fall 2 rise 2\n" A B, "");
	said_is(f, "web/a fail down+\nweb/b pass up\n");
	f->fresh = NULL;
	update(f, "director web 10.0.0.9:80 TCP\nmode nat\ncheck interval 2\n"
	       "check fall 2 rise 2\n" A B, "a");
	said_is(f, "");
}

/* what the kernel could not take is told again, and not found out again */
static void update__not_taken_yet(void **state)
{
	struct fixture *f = *state;

	update(f, WEB "check fall 2\n" A, "");
	ends(f, "a", false);
	f->deaf = true;
	ends(f, "a", false);
	said_is(f, "web/a fail down+\n");
	f->deaf = false;
	update(f, WEB "check fall 2\n" A, "");
	said_is(f, "web/a fail down+\n");
	update(f, WEB "check fall 2\n" A, "a");
	said_is(f, "");
}

static void update__inhibit_while_down(void **state)
{
	struct fixture *f = *state;

	update(f, WEB A, "");
	ends(f, "a", false);
	said_is(f, "web/a fail down+\n");
	update(f, WEB "check inhibit\n" A, "a");
	said_is(f, "web/a fail inhibited+\n");
	/* before the first result there is nothing to say */
	update(f, WEB "check inhibit\n" A B, "a b");
	said_is(f, "web/a fail inhibited+\n");
}

static void update__joins_a_probe(void **state)
{
	struct fixture *f = *state;

	update(f, WEB A, "");
	ends(f, "a", false);
	said_is(f, "web/a fail down+\n");
	update(f, WEB A TOO "server x 10.0.1.1 check\n"
	       "server y 10.0.1.1 check fall 2\n", "a");
	said_is(f, "too/x fail down+\ntoo/y fail up\n");
	/* once */
	update(f, WEB A TOO "server x 10.0.1.1 check\n"
	       "server y 10.0.1.1 check fall 2\n", "a x");
	said_is(f, "");
}

/* in line order, whatever the order of results */
static void report__order(void **state)
{
	struct fixture *f = *state;

	update(f, WEB A B "server c 10.0.1.3 check\n", "");
	ends(f, "c", true);
	ends(f, "a", true);
	ends(f, "b", true);
	ends(f, "a", false);
	said_is(f, "web/a fail down+\nweb/b pass up\nweb/c pass up\n");
}

/* of very many, not each result that says nothing new */
static void report__unchanged(void **state)
{
	struct fixture *f = *state;
	struct lb_buf b = { 0 };
	int i;

	lb_buf_puts(&b, "director web 10.0.0.1:80 TCP\nmode nat\ncheck interval 1\n");
	for (i = 0; i < 2500; i++)
		lb_buf_printf(&b, "server s%d 10.1.%d.%d check\n", i, i / 250,
			      i % 250 + 1);
	update(f, lb_buf_str(&b), "");
	lb_buf_free(&b);
	assert_int_equal(f->checks.every, 3);
	ends(f, "s7", true);
	said_is(f, "web/s7 pass up\n");
	ends(f, "s7", true);
	said_is(f, "");
	ends(f, "s7", true);
	said_is(f, "");
	ends(f, "s7", true);
	said_is(f, "web/s7 pass up\n");
	ends(f, "s7", false);
	said_is(f, "web/s7 fail down+\n");
	ends(f, "s7", true);
	said_is(f, "web/s7 pass up+\n");
}

static void report__errors(void **state)
{
	struct fixture *f = *state;
	struct lb_probe *p;

	update(f, WEB A, "a");
	p = server(f, "a")->probe;
	lb_sched_start(&f->checks.prober.sched, &p->slot, p->slot.due, 1);
	lb_probe_errno(p, EMFILE, "cannot make a socket");
	assert_string_equal(p->reason,
			    "check error: cannot make a socket: too many open files");
	said_is(f, "web/a error down\n");
	lb_sched_start(&f->checks.prober.sched, &p->slot, p->slot.due, 1);
	lb_probe_errno(p, ECONNREFUSED, "cannot connect");
	assert_string_equal(p->reason, "icmp: connection refused");
	said_is(f, "web/a fail down\n");
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(update__shares_probes),
		CASE(update__keeps_probes),
		CASE(update__identity),
		CASE(update__takes_over),
		CASE(update__kernel_is_right),
		CASE(update__made_anew),
		CASE(update__not_taken_yet),
		CASE(update__inhibit_while_down),
		CASE(update__joins_a_probe),
		CASE(report__order),
		CASE(report__unchanged),
		CASE(report__errors),
	};

	return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
