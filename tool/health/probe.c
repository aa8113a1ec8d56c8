// SPDX-License-Identifier: GPL-2.0
/*
 * Starting probes when their time comes, ending them, and what they said.
 */
#include "probe.h"
#include "reason.h"
#include "sock.h"
#include "../route.h"
#include "../rtnl.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* then the answers that came meanwhile are read */
#define STARTS_AT_ONCE	256
/*
 * While probes run, the loop comes by so often; when it comes so much later, it
 * stood still, and for how long is known to that.
 */
#define BEAT_US		50000
#define STALL_US	50000

static const struct lb_method_ops *const methods[] = {
	[LB_CHECK_ICMP] = &lb_icmp_ops,
	[LB_CHECK_ARP] = &lb_arp_ops,
	[LB_CHECK_TCP] = &lb_tcp_ops,
	[LB_CHECK_HTTP] = &lb_http_ops,
};

/**
 * lb_now_us() - the time on a clock that never jumps
 *
 * Return: us since some moment.
 */
int64_t lb_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static struct lb_probe *probe_of(struct lb_slot *slot)
{
	return (struct lb_probe *)slot;
}

static void arm(struct lb_prober *pr, int64_t when)
{
	int64_t now = lb_now_us(), wait = when > now ? when - now : 0;
	struct timeval t;

	t.tv_sec = wait / 1000000;
	t.tv_usec = wait % 1000000;
	pr->armed = when;
	pr->expected = now + wait;
	event_add(&pr->timer, &t);
}

static void arm_next(struct lb_prober *pr)
{
	const struct lb_slot *next = lb_sched_next(&pr->sched);

	int64_t beat = lb_now_us() + BEAT_US;

	pr->armed = INT64_MAX;
	if (next)
		arm(pr, pr->sched.running && next->when > beat ? beat :
								 next->when);
}

static void start(struct lb_probe *p)
{
	p->started = lb_now_us();
	lb_sched_start(&p->prober->sched, &p->slot, p->started,
		       p->spec.timeout);
	p->ops->start(p);
}

/*
 * Time is up.  No server is down because we were slow: what has come for the
 * probe and waits in a socket counts.  The loop may not have come to it yet, for
 * after a stall it reads some sockets, runs timers, and reads some more.
 */
static void expire(struct lb_probe *p)
{
	struct lb_buf b = { 0 };
	const char *so_far;

	p->ops->look(p);
	if (!p->slot.running)
		return;
	so_far = p->ops->so_far ? p->ops->so_far(p) : NULL;
	p->ops->stop(p);
	lb_reason_ms(&b, p->spec.timeout);
	if (so_far)
		lb_buf_printf(&b, " (%s)", so_far);
	lb_probe_fail(p, "timeout after %s", lb_buf_str(&b));
	lb_buf_free(&b);
}

/*
 * When this process or the whole machine stood still, answers may not even be in
 * the sockets yet, and what they lead to has still to be done.
 */
static void allow_for_stall(struct lb_prober *pr, int64_t expected)
{
	int64_t now = lb_now_us();

	if (now - expected > STALL_US)
		lb_sched_stall(&pr->sched, now, now - expected);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lb_prober *pr = arg;
	int64_t now = lb_now_us();
	struct lb_slot *slot;
	unsigned int i, n;

	(void)fd;
	(void)what;
	allow_for_stall(pr, pr->expected);
	for (n = 0; n < STARTS_AT_ONCE; n++) {
		slot = lb_sched_next(&pr->sched);
		if (!slot || slot->when > now)
			break;
		if (slot->running)
			expire(probe_of(slot));
		else
			start(probe_of(slot));
	}
	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (methods[i]->flush)
			methods[i]->flush(pr);
	/* the system may have kept one of them waiting, and so all others */
	allow_for_stall(pr, now);
	arm_next(pr);
}

/**
 * lb_prober_init() - make a prober without probes
 * @pr: the prober; @done and what goes with it are the caller's to set
 * @base: the loop
 */
void lb_prober_init(struct lb_prober *pr, struct event_base *base)
{
	memset(pr, 0, sizeof(*pr));
	pr->base = base;
	pr->armed = INT64_MAX;
	event_assign(&pr->timer, base, -1, 0, on_timer, pr);
}

/**
 * lb_prober_exit() - close and free what a prober holds
 * @pr: the prober; its probes are gone already
 */
void lb_prober_exit(struct lb_prober *pr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		methods[i]->exit(pr);
	event_del(&pr->timer);
	lb_sched_free(&pr->sched);
	if (pr->route)
		nl_socket_free(pr->route);
	pr->route = NULL;
}

/**
 * lb_prober_route() - how does this machine reach an address?
 * @pr: the prober
 * @to: the address
 * @ifindex: only by this interface, 0: by any
 * @r: gets the answer
 *
 * Return: 0 or a negative errno, as lb_route_get().
 */
int lb_prober_route(struct lb_prober *pr, const struct lb_addr *to,
		    int ifindex, struct lb_route *r)
{
	memset(r, 0, sizeof(*r));
	if (!pr->route)
		pr->route = lb_rtnl_open();
	return pr->route ? lb_route_get(pr->route, to, ifindex, r) : -ENOMEM;
}

/**
 * lb_probe_create() - make a probe that does not run yet
 * @pr: runs it
 * @spec: what to do; what it holds is the probe's from now on
 * @key: of @spec; the probe's from now on
 *
 * Return: the probe, to be freed with lb_probe_free().
 */
struct lb_probe *lb_probe_create(struct lb_prober *pr, struct lb_spec *spec,
				 char *key)
{
	struct lb_probe *p = lb_xcalloc(1, sizeof(*p));

	p->prober = pr;
	p->ops = methods[spec->method];
	p->spec = *spec;
	p->key = key;
	p->slot.interval = spec->interval;
	if (p->ops->prepare)
		p->ops->prepare(pr);
	return p;
}

/**
 * lb_probe_begin() - run a probe from now on
 * @p: the probe
 * @due: when it starts first, us
 */
void lb_probe_begin(struct lb_probe *p, int64_t due)
{
	struct lb_prober *pr = p->prober;

	lb_sched_add(&pr->sched, &p->slot, due);
	if (p->slot.when < pr->armed)
		arm(pr, p->slot.when);
}

/**
 * lb_probe_free() - stop a probe and free it
 * @p: the probe
 */
void lb_probe_free(struct lb_probe *p)
{
	if (p->slot.running)
		p->ops->stop(p);
	if (p->slot.at)
		lb_sched_remove(&p->prober->sched, &p->slot);
	lb_spec_clear(&p->spec);
	free(p->key);
	free(p);
}

static void end(struct lb_probe *p, enum lb_result result, const char *prefix,
		const char *fmt, va_list ap)
{
	struct lb_prober *pr = p->prober;
	int64_t now = lb_now_us();
	int n;

	p->result = result;
	p->latency = now - p->started;
	n = snprintf(p->reason, sizeof(p->reason), "%s: ", prefix);
	vsnprintf(p->reason + n, sizeof(p->reason) - n, fmt, ap);
	lb_sched_end(&pr->sched, &p->slot, now);
	if (p->slot.when < pr->armed)
		arm(pr, p->slot.when);
	if (pr->done)
		pr->done(p, pr->arg);
}

/**
 * lb_probe_pass() - the server has answered as it should
 * @p: the running probe
 * @fmt: what it said, as printf
 */
void lb_probe_pass(struct lb_probe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(p, LB_RESULT_PASS, lb_spec_method(&p->spec), fmt, ap);
	va_end(ap);
}

/**
 * lb_probe_source_is_gone() - is the source of a check no address of ours?
 * @p: the running probe, with a source or without
 *
 * Nobody can answer to such an address; and sysctl ip_nonlocal_bind lets it be
 * used all the same.
 *
 * Return: true: it is not, or that cannot be found out.
 */
bool lb_probe_source_is_gone(struct lb_probe *p)
{
	struct lb_route r;

	if (!p->spec.source.len)
		return false;
	return lb_prober_route(p->prober, &p->spec.source, 0, &r) ||
	       r.type != RTN_LOCAL;
}

/**
 * lb_probe_fail() - the server has not answered, or not as it should
 * @p: the running probe
 * @fmt: what is wrong, as printf
 *
 * A probe whose source is no address of this machine was none, and ends with
 * that error instead.
 */
void lb_probe_fail(struct lb_probe *p, const char *fmt, ...)
{
	va_list ap;

	if (lb_probe_source_is_gone(p)) {
		lb_probe_source_error(p, EADDRNOTAVAIL);
		return;
	}
	va_start(ap, fmt);
	end(p, LB_RESULT_FAIL, lb_spec_method(&p->spec), fmt, ap);
	va_end(ap);
}

/**
 * lb_probe_error() - the server could not be asked
 * @p: the running probe
 * @fmt: why, as printf
 */
void lb_probe_error(struct lb_probe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(p, LB_RESULT_ERROR, "check error", fmt, ap);
	va_end(ap);
}

/**
 * lb_probe_cannot() - the system refused before the server was asked
 * @p: the running probe
 * @err: errno
 * @doing: what could not be done
 */
void lb_probe_cannot(struct lb_probe *p, int err, const char *doing)
{
	struct lb_buf b = { 0 };

	lb_reason_errno(&b, err);
	lb_probe_error(p, "%s: %s", doing, lb_buf_str(&b));
	lb_buf_free(&b);
}

/**
 * lb_probe_refused() - the system call that asks the server has failed
 * @p: the running probe
 * @err: errno
 * @doing: what could not be done, if that is not the server's fault
 *
 * Routes that refuse lead to EACCES and EINVAL, and security modules, too.  An
 * error that is told later came from the network: for that lb_probe_errno().
 */
void lb_probe_refused(struct lb_probe *p, int err, const char *doing)
{
	struct lb_route r;

	/* with a source, rules may choose another route than we are told */
	if ((err == EACCES || err == EINVAL) && !p->spec.source.len &&
	    !lb_prober_route(p->prober, &p->spec.addr, 0, &r))
		lb_probe_cannot(p, err, doing);
	else
		lb_probe_errno(p, err, doing);
}

/**
 * lb_probe_errno() - the system refused to ask the server, or told what came
 * @p: the running probe
 * @err: errno
 * @doing: what could not be done, if that is not the server's fault
 */
void lb_probe_errno(struct lb_probe *p, int err, const char *doing)
{
	struct lb_buf b = { 0 };

	if (!lb_reason_is_failure(err)) {
		lb_probe_cannot(p, err, doing);
		return;
	}
	lb_reason_errno(&b, err);
	lb_probe_fail(p, "%s", lb_buf_str(&b));
	lb_buf_free(&b);
}
