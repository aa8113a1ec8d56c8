/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_RUN_H
#define LBCTL_BACKEND_RUN_H

struct lb_buf;

/* status of a program that is not there */
#define LB_BE_NO_PROGRAM	127

int lb_be_run(const char *cmd, struct lb_buf *out, struct lb_buf *err);

#endif
