/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to rtnetlink: routes and addresses.
 */
#ifndef LBCTL_RTNL_H
#define LBCTL_RTNL_H

struct nl_msg;
struct nl_sock;
struct nlmsghdr;

/** typedef lb_rtnl_fn - is given each message of an answer
 *
 * @h: the message, whole, neither an error nor the end of a dump
 * @arg: from the caller
 */
typedef void (*lb_rtnl_fn)(struct nlmsghdr *h, void *arg);

struct nl_sock *lb_rtnl_open(void);
int lb_rtnl_ask(struct nl_sock *sock, struct nl_msg *m, lb_rtnl_fn fn,
		void *arg);

#endif
