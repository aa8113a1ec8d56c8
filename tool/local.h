/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_LOCAL_H
#define LBCTL_LOCAL_H

#include "conf.h"

void lb_local_check(struct lb_conf *c);

#endif
