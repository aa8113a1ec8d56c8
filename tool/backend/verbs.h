/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `lbctl backend` can be told to do, a file each.
 */
#ifndef LBCTL_BACKEND_VERBS_H
#define LBCTL_BACKEND_VERBS_H

#include "backend/options.h"

int lb_be_prepare(struct lb_be_options *o);
int lb_be_restore(struct lb_be_options *o);
int lb_be_check(struct lb_be_options *o);
int lb_be_undo(struct lb_be_options *o);

#endif
