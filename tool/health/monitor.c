// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor: what the kernel has configured, and what it is to know.
 *
 * It believes nothing for long.  The configuration and the states of servers
 * are read from the kernel again whenever anybody commits, when an event may
 * be lost, and when the kernel has not taken a result.  It owns nothing that
 * would be lost with it: killed and started again, it goes on from there.
 *
 * When the kernel does not answer as it should, the monitor ends, with an exit
 * code that makes a service manager start it again: a fresh one begins from
 * what is true, and a monitor that cannot report is of no use.
 */
#include "monitor.h"
#include "checks.h"
#include "log.h"
#include "reason.h"
#include "../json.h"
#include "../kernel.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* each result has two names, an address and a reason */
#define REPORT_SIZE	(LB_REPORT_MAX * (sizeof(struct lb_checked) + 512))
/* commits that come together are read together */
#define RELOAD_MS	50
/* and a kernel that goes on refusing is not asked all the time */
#define RELOAD_AGAIN_MS	1000
/* is the module still there, are we its monitor, and was no commit missed? */
#define ALIVE_S		10
/*
 * For an answer that was lost.  The module answers before sending returns, which
 * a commit under way can hold up, however long: nobody is checked meanwhile, and
 * probes get that time back.
 */
#define ANSWER_S	5
#define FILES_MAX	65536

/** struct monitor - the one of this process */
struct monitor {
	/** @checks: what it checks */
	struct lb_checks checks;
	/** @base: the loop */
	struct event_base *base;
	/** @nl: claims, reads and reports */
	struct lb_nl nl;
	/** @follow: hears of commits */
	struct lb_nl follow;
	/** @event: something to hear */
	struct event event;
	/** @reload: read the configuration */
	struct event reload;
	/** @alive: look whether all is well */
	struct event alive;
	/** @watchdog: tell the service manager that it is */
	struct event watchdog;
	/** @signal: TERM, INT, HUP, USR1 */
	struct event signal[4];
	/** @reloaded: when the configuration was read, us */
	int64_t reloaded;
	/** @took: how long that took, ms */
	unsigned int took;
	/** @reload_at: when it will be, us; while @reload is pending */
	int64_t reload_at;
	/** @generation: of what was read */
	uint32_t generation;
	/** @ready: it was read, and the service manager told */
	bool ready;
	/** @code: exit code */
	int code;
};

/* --- the end --- */

/* @nl: what has failed with @err */
static void give_up(struct monitor *mon, struct lb_nl *nl, int err,
		    const char *what)
{
	const char *why = nl->why.len ? lb_buf_str(&nl->why) : strerror(-err);

	lb_log(LOG_ERR, "%s: %s; ending", what, why);
	mon->code = LB_EXIT_KERNEL;
	event_base_loopbreak(mon->base);
}

static void log_figures(struct monitor *mon)
{
	const struct lb_sched *s = &mon->checks.prober.sched;

	lb_log(LOG_INFO,
	       "%zu servers checked by %zu probes; %llu started, %llu of them late, the latest by %lld ms; stood still %llu times, for %lld ms at most",
	       mon->checks.n, mon->checks.n_probes,
	       (unsigned long long)s->starts, (unsigned long long)s->late,
	       (long long)s->max_late / 1000, (unsigned long long)s->stalls,
	       (long long)s->max_stall / 1000);
}

/* --- the configuration --- */

/* or earlier, if that is intended: commits without end do not put it off */
static void reload_in(struct monitor *mon, unsigned int ms)
{
	struct timeval t = { .tv_sec = ms / 1000,
			     .tv_usec = ms % 1000 * 1000 };
	int64_t at = lb_now_us() + ms * 1000LL;

	if (event_pending(&mon->reload, EV_TIMEOUT, NULL) &&
	    mon->reload_at <= at)
		return;
	mon->reload_at = at;
	event_add(&mon->reload, &t);
}

/* commits without end must leave time for checks */
static void reload_soon(struct monitor *mon)
{
	unsigned int ms = mon->took;

	if (ms < RELOAD_MS)
		ms = RELOAD_MS;
	reload_in(mon, ms < RELOAD_AGAIN_MS ? ms : RELOAD_AGAIN_MS);
}

/* whoever has caused it may cause it again at once */
static void reload_gently(struct monitor *mon)
{
	bool just = lb_now_us() - mon->reloaded < RELOAD_AGAIN_MS * 1000;

	reload_in(mon, just ? RELOAD_AGAIN_MS : RELOAD_MS);
}

static void tell_status(struct monitor *mon)
{
	size_t i, down = 0;

	for (i = 0; i < mon->checks.n; i++)
		down += mon->checks.checked[i].known != LB_HEALTH_UP;
	lb_notify("STATUS=%zu servers checked, %zu not up", mon->checks.n,
		  down);
}

static int read_config(struct monitor *mon)
{
	int64_t began = lb_now_us();
	struct lb_model model;
	int err;

	/* first what we know, or the kernel would seem to disagree */
	lb_checks_flush(&mon->checks);
	err = lb_kernel_load(&mon->nl, &model, &mon->generation);
	mon->reloaded = lb_now_us();
	mon->took = (mon->reloaded - began) / 1000;
	if (err)
		return err;
	lb_checks_update(&mon->checks, &model);
	lb_model_free(&model);
	lb_log(LOG_INFO, "generation %u: %zu servers, %zu probes",
	       mon->generation, mon->checks.n, mon->checks.n_probes);
	tell_status(mon);
	if (!mon->ready)
		lb_notify("READY=1");
	mon->ready = true;
	return 0;
}

/* somebody commits all the time, or memory is short: it will be over */
static bool is_transient(int err)
{
	return err == -EBUSY || err == -ENOMEM || err == -ENOBUFS ||
	       err == -EAGAIN || err == -EINTR || err == -ETIMEDOUT;
}

static void on_reload(evutil_socket_t fd, short what, void *arg)
{
	struct monitor *mon = arg;
	int err = read_config(mon);

	(void)fd;
	(void)what;
	if (is_transient(err))
		reload_in(mon, RELOAD_AGAIN_MS);
	else if (err)
		give_up(mon, &mon->nl, err, "cannot read the configuration");
}

/*
 * The states of servers need not be followed: nobody but the monitor sets
 * them, and the kernel itself does only when somebody commits.
 */
static int on_message(uint8_t cmd, struct nlattr **attr, void *arg)
{
	(void)attr;
	if (cmd == LB_CMD_CONFIG_NTF)
		reload_soon(arg);
	return 0;
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct monitor *mon = arg;
	int err = lb_nl_events(&mon->follow, on_message, mon);

	(void)fd;
	(void)what;
	if (err == -ENOBUFS)
		reload_in(mon, RELOAD_MS);
	else if (err)
		give_up(mon, &mon->follow, err, "cannot follow the module's events");
}

static void on_alive(evutil_socket_t fd, short what, void *arg)
{
	struct monitor *mon = arg;
	struct lb_info info = { 0 };
	uint32_t generation;
	int err;

	(void)fd;
	(void)what;
	err = lb_kernel_info(&mon->nl, &info, &generation);
	if (is_transient(err))
		return;
	if (!err && info.monitor != (uint32_t)getpid())
		err = -EPERM;
	if (!err && generation != mon->generation)
		reload_in(mon, RELOAD_MS);
	if (err)
		give_up(mon, &mon->nl, err, "the module does not know this monitor");
}

/* --- results --- */

/* what the operator wants to read in the morning */
static void log_turn(const struct lb_checked *c)
{
	struct lb_buf span = { 0 };

	lb_reason_span(&span, (lb_now_us() - c->since) / 1000000);
	lb_log(LOG_NOTICE, "server %s/%s %s: %s (was %s for %s)", c->director,
	       c->name, lb_health_name(lb_checked_health(c)), c->probe->reason,
	       lb_health_name(c->known), lb_buf_str(&span));
	lb_buf_free(&span);
}

static void on_left(const struct lb_checked *c, void *arg)
{
	struct lb_buf span = { 0 };

	(void)arg;
	lb_reason_span(&span, (lb_now_us() - c->since) / 1000000);
	lb_log(LOG_NOTICE, "server %s/%s not checked any more: was %s for %s",
	       c->director, c->name, lb_health_name(c->known),
	       lb_buf_str(&span));
	lb_buf_free(&span);
}

static void log_errors(struct lb_checked *c)
{
	bool error = c->probe->result == LB_RESULT_ERROR;

	if (error && !c->error)
		lb_log(LOG_WARNING, "server %s/%s stays %s: %s", c->director,
		       c->name, lb_health_name(c->known), c->probe->reason);
	else if (!error && c->error)
		lb_log(LOG_NOTICE, "server %s/%s is checked again: %s",
		       c->director, c->name, c->probe->reason);
	c->error = error;
}

/*
 * The health is told each time, also if the kernel is known to have it: in what
 * was committed since, the server may have been made anew, and be up.
 */
static int put_result(struct nl_msg *m, const struct lb_checked *c)
{
	struct lb_server s = { .addr = c->addr, .port = c->port };
	struct lb_verdict v = {
		.result = c->probe->result,
		.health = lb_checked_health(c),
		.has_latency = c->probe->result == LB_RESULT_PASS,
		.latency = c->probe->latency,
		.reason = c->probe->reason,
	};

	strcpy(s.name, c->name);
	return lb_msg_put_verdict(m, c->director, &s, &v);
}

static int on_skipped(uint8_t cmd, struct nlattr **attr, void *arg)
{
	struct lb_info info;

	(void)cmd;
	if (!attr[LB_A_INFO] || lb_msg_get_info(attr[LB_A_INFO], &info))
		return -EBADMSG;
	*(uint32_t *)arg += info.skipped;
	return 0;
}

static int send_results(struct monitor *mon, struct lb_checked **c, size_t n,
			uint32_t *skipped)
{
	struct nl_msg *m = lb_nl_msg_sized(LB_CMD_CHECK_SET, REPORT_SIZE);
	int err = 0;
	size_t i;

	*skipped = 0;
	for (i = 0; i < n && !err; i++)
		err = put_result(m, c[i]);
	if (err) {
		nlmsg_free(m);
		return err;
	}
	return lb_nl_call(&mon->nl, m, on_skipped, skipped);
}

static void take_results(struct monitor *mon, struct lb_checked **c, size_t n)
{
	bool turned = false;
	size_t i;

	for (i = 0; i < n; i++) {
		log_errors(c[i]);
		if (lb_checked_health(c[i]) != c[i]->known) {
			turned = true;
			log_turn(c[i]);
		}
		lb_checks_reported(c[i]);
	}
	if (turned)
		tell_status(mon);
}

/*
 * Results that are not taken are not lost: what a server became is reported
 * again after the next reading.  A server that is not there any more is skipped
 * by the kernel, which does not say which: each is reported by itself then, for
 * what was taken has to be told.
 */
static int report_some(struct monitor *mon, struct lb_checked **c, size_t n)
{
	uint32_t skipped;
	int err;
	size_t i;

	err = send_results(mon, c, n, &skipped);
	if (err)
		return err;
	if (!skipped) {
		take_results(mon, c, n);
		return 0;
	}
	reload_gently(mon);
	for (i = 0; n > 1 && i < n && !err; i++)
		err = report_some(mon, c + i, 1);
	return err;
}

static void on_report(struct lb_checked **results, size_t n, void *arg)
{
	struct monitor *mon = arg;
	size_t i, some;
	int err;

	for (i = 0; i < n; i += some) {
		some = n - i < LB_REPORT_MAX ? n - i : LB_REPORT_MAX;
		err = report_some(mon, results + i, some);
		if (err && !is_transient(err)) {
			give_up(mon, &mon->nl, err, "cannot report results");
			return;
		}
		if (err)
			reload_gently(mon);
	}
}

static void on_result(const struct lb_probe *p, void *arg)
{
	(void)arg;
	lb_log(LOG_DEBUG, "%s: %s (%u us)", p->key, p->reason, p->latency);
}

static int on_pin(struct lb_probe *p, const struct lb_addr *from,
		  uint16_t port, void *arg)
{
	struct nl_msg *m = lb_nl_msg(LB_CMD_PIN);
	struct lb_checks *checks = arg;
	struct monitor *mon = checks->arg;
	int err;

	lb_msg_put_pin(m, p->spec.director, p->spec.server, from, port,
		       &p->spec.addr, p->spec.port);
	err = lb_nl_call(&mon->nl, m, NULL, NULL);
	if (err && err != -EEXIST)
		lb_probe_error(p, "via vip: %s", mon->nl.why.len ?
			       lb_buf_str(&mon->nl.why) : strerror(-err));
	return err;
}

/* --- signals --- */

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct monitor *mon = arg;

	(void)what;
	switch (sig) {
	case SIGUSR1:
		log_figures(mon);
		break;
	case SIGHUP:
		reload_in(mon, 0);
		break;
	default:
		lb_notify("STOPPING=1");
		event_base_loopbreak(mon->base);
	}
}

static void add_signals(struct monitor *mon)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sigs); i++) {
		evsignal_assign(&mon->signal[i], mon->base, sigs[i],
				on_signal, mon);
		event_add(&mon->signal[i], NULL);
	}
	/* a server that closes while we write */
	signal(SIGPIPE, SIG_IGN);
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	lb_notify("WATCHDOG=1");
}

static void add_timers(struct monitor *mon)
{
	struct timeval alive = { .tv_sec = ALIVE_S };
	uint64_t us = lb_notify_watchdog() / 2;
	struct timeval t = { .tv_sec = us / 1000000,
			     .tv_usec = us % 1000000 };

	event_assign(&mon->reload, mon->base, -1, 0, on_reload, mon);
	event_assign(&mon->alive, mon->base, -1, EV_PERSIST, on_alive, mon);
	event_add(&mon->alive, &alive);
	event_assign(&mon->watchdog, mon->base, -1, EV_PERSIST, on_watchdog,
		     mon);
	if (us)
		event_add(&mon->watchdog, &t);
}

/* --- the beginning --- */

/* a socket for each tcp and http probe under way */
static void raise_limits(void)
{
	struct rlimit want = { FILES_MAX, FILES_MAX }, lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur >= FILES_MAX)
		return;
	if (lim.rlim_max > FILES_MAX)
		want.rlim_max = lim.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &want))
		return;
	lim.rlim_cur = lim.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &lim);
}

/* 0, or an exit code after saying why */
static int claim(struct monitor *mon)
{
	struct nl_msg *m = lb_nl_msg(LB_CMD_MONITOR);
	struct lb_info info = { 0 };
	uint32_t generation;
	int err;

	lb_msg_put_monitor(m, getpid());
	err = lb_nl_call(&mon->nl, m, NULL, NULL);
	if (!err)
		return 0;
	if (err == -EBUSY &&
	    !lb_kernel_info(&mon->nl, &info, &generation) && info.has_monitor)
		return lb_fail(LB_EXIT_EXISTS,
			       "another monitor runs (process %u)",
			       info.monitor);
	return lb_nl_fail(&mon->nl, err, "cannot become the monitor");
}

/* hear of commits before reading: none is missed between */
static void begin(struct monitor *mon, int fd)
{
	event_assign(&mon->event, mon->base, fd, EV_READ | EV_PERSIST,
		     on_event, mon);
	event_add(&mon->event, NULL);
	lb_checks_init(&mon->checks, mon->base);
	mon->checks.report = on_report;
	mon->checks.left = on_left;
	mon->checks.result = on_result;
	mon->checks.arg = mon;
	mon->checks.prober.pin = on_pin;
	add_signals(mon);
	add_timers(mon);
	reload_in(mon, 0);
}

static void end(struct monitor *mon)
{
	size_t i;

	/* a server that has turned just now */
	if (mon->code != LB_EXIT_KERNEL)
		lb_checks_flush(&mon->checks);
	lb_checks_exit(&mon->checks);
	event_del(&mon->event);
	event_del(&mon->reload);
	event_del(&mon->alive);
	event_del(&mon->watchdog);
	for (i = 0; i < ARRAY_SIZE(mon->signal); i++)
		event_del(&mon->signal[i]);
}

static int run(struct monitor *mon)
{
	int ret, fd;

	lb_nl_limit(&mon->nl, ANSWER_S);
	ret = claim(mon);
	if (ret)
		return ret;
	ret = lb_nl_connect(&mon->follow);
	if (ret)
		return ret;
	fd = lb_nl_follow(&mon->follow);
	if (fd < 0) {
		ret = lb_nl_fail(&mon->follow, fd,
				 "cannot follow the module's events");
	} else {
		begin(mon, fd);
		event_base_dispatch(mon->base);
		log_figures(mon);
		ret = mon->code;
		end(mon);
	}
	lb_nl_close(&mon->follow);
	return ret;
}

/**
 * lb_monitor_run() - check the servers of this namespace until told to end
 * @opts: how
 *
 * Return: the exit code.
 */
int lb_monitor_run(const struct lb_monitor_opts *opts)
{
	struct monitor *mon = lb_xcalloc(1, sizeof(*mon));
	int ret;

	lb_log_open(opts->foreground, opts->verbose);
	raise_limits();
	ret = lb_nl_connect(&mon->nl);
	if (!ret) {
		mon->base = event_base_new();
		ret = mon->base ? run(mon) :
		      lb_fail(LB_EXIT_USAGE, "cannot make an event loop");
		lb_nl_close(&mon->nl);
	}
	if (mon->base)
		event_base_free(mon->base);
	free(mon);
	return ret;
}
