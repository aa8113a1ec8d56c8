/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one door to the module.  Every answer is read, every error the kernel
 * or libnl reports reaches the operator with the kernel's own reason.
 */
#ifndef LBCTL_NL_H
#define LBCTL_NL_H

#include "out.h"

#include <stdbool.h>
#include <stdint.h>

struct nl_msg;
struct nl_sock;
struct nlattr;

/** struct lb_nl - an open door; use one per command */
struct lb_nl {
	/** @sock: the socket */
	struct nl_sock *sock;
	/** @family: number of the l4lb family */
	int family;
	/** @seq: sequence number of the last request */
	uint32_t seq;
	/** @why: the kernel's reason of the last refusal, may be empty */
	struct lb_buf why;
	/** @batch: requests of a transaction not sent yet */
	struct lb_buf batch;
	/** @batch_last: offset in @batch of the last of them */
	size_t batch_last;
	/** @batch_first: sequence number of the first of them */
	uint32_t batch_first;
	/** @failed: sequence number of the request refused, 0: none */
	uint32_t failed;
};

/** typedef lb_nl_fn - is given the attributes of every answer
 *
 * @cmd: command of the message
 * @attr: top-level attributes, indexed by enum lb_attr
 * @arg: from the caller
 *
 * Returns 0, or a negative errno to stop with.
 */
typedef int (*lb_nl_fn)(uint8_t cmd, struct nlattr **attr, void *arg);

int lb_nl_open(struct lb_nl *nl);
void lb_nl_limit(struct lb_nl *nl, unsigned int seconds);
void lb_nl_close(struct lb_nl *nl);
int lb_nl_fail(struct lb_nl *nl, int err, const char *doing, ...)
	LB_PRINTF(3, 4);
int lb_nl_connect(struct lb_nl *nl);

struct nl_msg *lb_nl_msg(uint8_t cmd);
struct nl_msg *lb_nl_msg_sized(uint8_t cmd, size_t size);
int lb_nl_call(struct lb_nl *nl, struct nl_msg *m, lb_nl_fn fn, void *arg);
int lb_nl_dump(struct lb_nl *nl, struct nl_msg *m, lb_nl_fn fn, void *arg);
int lb_nl_queue(struct lb_nl *nl, struct nl_msg *m, uint32_t *seq);
int lb_nl_flush(struct lb_nl *nl);
int lb_nl_follow(struct lb_nl *nl);
int lb_nl_events(struct lb_nl *nl, lb_nl_fn fn, void *arg);
int lb_nl_listen(struct lb_nl *nl, lb_nl_fn fn, void *arg);

#endif
