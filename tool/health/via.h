/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_HEALTH_VIA_H
#define LBCTL_HEALTH_VIA_H

#include <stdbool.h>

struct lb_probe;

bool lb_via_open(struct lb_probe *p, int *fd);

#endif
