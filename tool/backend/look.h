/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_LOOK_H
#define LBCTL_BACKEND_LOOK_H

#include "backend/item.h"
#include "backend/request.h"

int lb_be_look(struct lb_be_snap *s, const struct lb_be_requests *all,
	       const struct lb_be_items *made, bool to_check);

#endif
