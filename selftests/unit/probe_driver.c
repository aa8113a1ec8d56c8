// SPDX-License-Identifier: GPL-2.0
/*
 * probe_driver SECONDS FILE [OTHER]: runs the checks of a configuration
 * without the module, in this network namespace, and prints each result and
 * each change of a server's state.  With OTHER it goes from one to the other
 * and back all the time, and prints only the figures at the end.
 */
#include "conf.h"
#include "health/checks.h"
#include "out.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/** struct driver - one run */
struct driver {
	/** @checks: what is under test */
	struct lb_checks checks;
	/** @conf: the configurations */
	struct lb_conf conf[2];
	/** @at: the one in force */
	unsigned int at;
	/** @change: to the other one */
	struct event change;
	/** @quiet: only the figures */
	bool quiet;
};

static void on_result(const struct lb_probe *p, void *arg)
{
	static const char *const word[] = { "none", "pass", "fail", "error" };
	const struct lb_checked *c = p->owner;
	struct driver *d = arg;

	if (!d->quiet)
		printf("%s/%s %s %s (%u us)\n", c->director, c->name,
		       word[p->result], p->reason, p->latency);
}

static void on_report(struct lb_checked **results, size_t n, void *arg)
{
	static const char *const word[] = { "up", "inhibited", "down" };
	struct driver *d = arg;
	enum lb_health health;
	size_t i;

	for (i = 0; i < n; i++) {
		health = lb_checked_health(results[i]);
		if (health != results[i]->known && !d->quiet)
			printf("%s/%s is %s\n", results[i]->director,
			       results[i]->name, word[health]);
		lb_checks_reported(results[i]);
	}
	fflush(stdout);
}

static void on_change(evutil_socket_t fd, short what, void *arg)
{
	struct driver *d = arg;

	(void)fd;
	(void)what;
	d->at = !d->at;
	lb_checks_update(&d->checks, &d->conf[d->at].model);
}

static void print_figures(const struct lb_sched *s)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%llu starts, %llu late, the latest by %lld ms; %ld KiB; CPU %ld + %ld ms\n",
	       (unsigned long long)s->starts, (unsigned long long)s->late,
	       (long long)s->max_late / 1000, use.ru_maxrss,
	       use.ru_utime.tv_sec * 1000 + use.ru_utime.tv_usec / 1000,
	       use.ru_stime.tv_sec * 1000 + use.ru_stime.tv_usec / 1000);
}

static int read_conf(struct lb_conf *c, const char *path)
{
	size_t len;
	char *text;

	if (lb_file_read(path, &text, &len))
		return -1;
	lb_conf_parse(c, text, len);
	free(text);
	if (c->diags.errors)
		fprintf(stderr, "%s: %s\n", path, c->diags.diag[0].text);
	return c->diags.errors ? -1 : 0;
}

static void run(struct driver *d, struct event_base *base, int seconds)
{
	struct timeval end = { .tv_sec = seconds };
	struct timeval often = { .tv_usec = 300000 };

	lb_checks_init(&d->checks, base);
	d->checks.report = on_report;
	d->checks.result = on_result;
	d->checks.arg = d;
	lb_checks_update(&d->checks, &d->conf[0].model);
	event_assign(&d->change, base, -1, EV_PERSIST, on_change, d);
	if (d->quiet)
		event_add(&d->change, &often);
	event_base_loopexit(base, &end);
	event_base_dispatch(base);
	print_figures(&d->checks.prober.sched);
	event_del(&d->change);
	lb_checks_exit(&d->checks);
}

int main(int argc, char **argv)
{
	struct rlimit lim = { 65536, 65536 };
	struct event_base *base;
	struct driver d = { 0 };

	if (argc < 3 || read_conf(&d.conf[0], argv[2]) ||
	    (argc > 3 && read_conf(&d.conf[1], argv[3])))
		return 1;
	d.quiet = argc > 3;
	setrlimit(RLIMIT_NOFILE, &lim);
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	run(&d, base, atoi(argv[1]));
	event_base_free(base);
	lb_conf_free(&d.conf[0]);
	lb_conf_free(&d.conf[1]);
	return 0;
}
