/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_CARRY_H
#define LBCTL_BACKEND_CARRY_H

#include "backend/plan.h"

int lb_be_carry_unless(const char *cmd, bool (*is_done)(void *arg), void *arg);
int lb_be_carry(const char *cmd);
int lb_be_carry_all(const struct lb_be_plan *p);
void lb_be_plan_print(const struct lb_be_plan *p);

#endif
