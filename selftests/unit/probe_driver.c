// SPDX-License-Identifier: GPL-2.0
/*
 * probe_driver FILE SECONDS [quiet]: runs the checks of a configuration
 * without the module, in this network namespace, and prints each result, and
 * each change of a server's state.
 */
#include "conf.h"
#include "health/checks.h"
#include "out.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static bool quiet;

static void on_result(const struct lb_probe *p, void *arg)
{
	static const char *const word[] = { "none", "pass", "fail", "error" };

	(void)arg;
	if (!quiet)
		printf("%s/%s %s %s (%u us)\n",
		       ((struct lb_checked *)p->owner)->director,
		       ((struct lb_checked *)p->owner)->name, word[p->result],
		       p->reason, p->latency);
}

static void on_report(struct lb_checked **results, size_t n, void *arg)
{
	static const char *const word[] = { "up", "inhibited", "down" };
	size_t i;

	(void)arg;
	for (i = 0; i < n; i++) {
		if (lb_checked_health(results[i]) != results[i]->known &&
		    !quiet)
			printf("%s/%s is %s\n", results[i]->director,
			       results[i]->name,
			       word[lb_checked_health(results[i])]);
		lb_checks_reported(results[i]);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct lb_checks health;
	struct event_base *base;
	struct lb_conf c = { 0 };
	struct timeval end;
	struct rusage use;
	struct rlimit lim = { 65536, 65536 };
	size_t len;
	char *text;

	if (argc < 3 || lb_file_read(argv[1], &text, &len))
		return 1;
	quiet = argc > 3;
	setrlimit(RLIMIT_NOFILE, &lim);
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	lb_conf_parse(&c, text, len);
	free(text);
	if (c.diags.errors) {
		struct lb_buf b = { 0 };

		fputs(c.diags.diag[0].text, stderr);
		lb_buf_free(&b);
		return 1;
	}
	base = event_base_new();
	lb_checks_init(&health, base);
	health.report = on_report;
	health.result = on_result;
	lb_checks_update(&health, &c.model);
	end.tv_sec = atoi(argv[2]);
	end.tv_usec = 0;
	event_base_loopexit(base, &end);
	event_base_dispatch(base);
	getrusage(RUSAGE_SELF, &use);
	printf("%llu starts, %llu late, at most %lld ms; %ld KiB, %ld + %ld ms\n",
	       (unsigned long long)health.prober.sched.starts,
	       (unsigned long long)health.prober.sched.late,
	       (long long)health.prober.sched.max_late / 1000, use.ru_maxrss,
	       use.ru_utime.tv_sec * 1000 + use.ru_utime.tv_usec / 1000,
	       use.ru_stime.tv_sec * 1000 + use.ru_stime.tv_usec / 1000);
	lb_checks_exit(&health);
	event_base_free(base);
	lb_conf_free(&c);
	curl_global_cleanup();
	return 0;
}
