/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes: what is the same for all methods, and what a method has to bring.
 *
 * One thread and one loop run everything.  A probe is waiting or running; a
 * method starts it, and ends it by one call of lb_probe_pass(), _fail(),
 * _error(), _cannot(), _refused() or _errno(), at once or later.  A probe that is not ended in time is
 * stopped, and has failed.
 */
#ifndef LBCTL_HEALTH_PROBE_H
#define LBCTL_HEALTH_PROBE_H

#include "sched.h"
#include "spec.h"
#include "../util.h"

#include <event2/event.h>
#include <event2/event_struct.h>

struct lb_icmp_socket;
struct lb_prober;
struct lb_probe;
struct lb_route;
struct nl_sock;

/** struct lb_method_ops - a way to ask a server */
struct lb_method_ops {
	/** @prepare: get ready what would delay the first start; or no
	 * function
	 */
	void (*prepare)(struct lb_prober *pr);
	/** @start: send a request; it may end at once */
	void (*start)(struct lb_probe *p);
	/** @stop: forget a running one; nothing of it is heard any more */
	void (*stop)(struct lb_probe *p);
	/** @look: read what may have come in for a running one, which may end
	 * it, or others
	 */
	void (*look)(struct lb_probe *p);
	/** @so_far: how far one got whose time is up, or NULL; or no function
	 */
	const char *(*so_far)(const struct lb_probe *p);
	/** @flush: send what @start has collected, or no function */
	void (*flush)(struct lb_prober *pr);
	/** @exit: close and free all of the method's own */
	void (*exit)(struct lb_prober *pr);
};

extern const struct lb_method_ops lb_icmp_ops, lb_arp_ops, lb_tcp_ops;
extern const struct lb_method_ops lb_http_ops;

/** struct lb_echo - of a running icmp probe */
struct lb_echo {
	/** @sock: where the answer comes in */
	struct lb_icmp_socket *sock;
	/** @cookie: in the payload, so that nobody else can make the answer */
	uint64_t cookie;
	/** @seq: sequence number, host byte order */
	uint16_t seq;
};

/** struct lb_ask - of a running arp probe, or neighbour solicitation */
struct lb_ask {
	/** @next: in the list of its hash */
	struct lb_probe *next;
	/** @ifindex: where it was sent, and the answer has to come from */
	int ifindex;
};

/** struct lb_stream - of a running tcp or http probe */
struct lb_stream {
	/** @ev: waits until it is connected */
	struct event ev;
	/** @connected: what to do then */
	void (*connected)(struct lb_probe *p);
	/** @fd: the socket; -1: none, or curl has it */
	int fd;
	/** @given: http: the socket that curl has got, -1: none */
	int given;
	/** @easy: http: the request, once connected */
	void *easy;
	/** @headers: http: of the request */
	void *headers;
	/** @head: http: bytes of the answer's head */
	uint32_t head;
	/** @status: http: of the answer whose head is complete, else 0 */
	uint16_t status;
};

/** struct lb_probe - asks one server in one way, over and over */
struct lb_probe {
	/** @slot: its place in the schedule; first, see lb_probe_of() */
	struct lb_slot slot;
	/** @prober: runs it */
	struct lb_prober *prober;
	/** @ops: its method */
	const struct lb_method_ops *ops;
	/** @spec: what to do */
	struct lb_spec spec;
	/** @key: of @spec */
	char *key;
	/** @chain: while probes are compared */
	struct lb_probe *chain;
	/** @owner: of the one who wants the results */
	void *owner;
	/** @started: when the running or last one was sent, us */
	int64_t started;
	/** @latency: us the last one took */
	uint32_t latency;
	/** @result: enum lb_result, of the last one */
	uint8_t result;
	/** @reason: why */
	char reason[LB_STR_MAX + 1];
	/** @echo: by method, while running; so are the others */
	union {
		struct lb_echo echo;
		struct lb_ask ask;
		struct lb_stream stream;
	};
};

/** struct lb_prober - runs probes */
struct lb_prober {
	/** @base: the loop */
	struct event_base *base;
	/** @timer: for the first of @sched */
	struct event timer;
	/** @armed: when @timer goes off, us; INT64_MAX: it does not */
	int64_t armed;
	/** @expected: when that was to be, not before it was set, us */
	int64_t expected;
	/** @sched: when who starts */
	struct lb_sched sched;
	/** @route: asks for routes, NULL: nobody has yet */
	struct nl_sock *route;
	/** @priv: what each method keeps for all its probes */
	void *priv[__LB_CHECK_LAST];
	/** @done: is told when a probe has ended; must not remove it */
	void (*done)(struct lb_probe *p, void *arg);
	/** @pin: makes the conn of a probe along the data path, before it
	 * connects from this port (host byte order); 0, -EEXIST: a conn has
	 * the port; else the probe has ended
	 */
	int (*pin)(struct lb_probe *p, const struct lb_addr *from,
		   uint16_t port, void *arg);
	/** @arg: for these */
	void *arg;
};

int64_t lb_now_us(void);

void lb_prober_init(struct lb_prober *pr, struct event_base *base);
void lb_prober_exit(struct lb_prober *pr);
int lb_prober_route(struct lb_prober *pr, const struct lb_addr *to,
		    int ifindex, struct lb_route *r);
struct lb_probe *lb_probe_create(struct lb_prober *pr, struct lb_spec *spec,
				 char *key);
void lb_probe_begin(struct lb_probe *p, int64_t due);
void lb_probe_free(struct lb_probe *p);

void lb_probe_pass(struct lb_probe *p, const char *fmt, ...) LB_PRINTF(2, 3);
void lb_probe_fail(struct lb_probe *p, const char *fmt, ...) LB_PRINTF(2, 3);
void lb_probe_error(struct lb_probe *p, const char *fmt, ...) LB_PRINTF(2, 3);
void lb_probe_cannot(struct lb_probe *p, int err, const char *doing);
bool lb_probe_source_is_gone(struct lb_probe *p);
void lb_probe_refused(struct lb_probe *p, int err, const char *doing);
void lb_probe_errno(struct lb_probe *p, int err, const char *doing);

#endif
