/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_LOOK_H
#define LBCTL_BACKEND_LOOK_H

#include "backend/snap.h"
#include "backend/state.h"

int lb_be_look(struct lb_be_snap *s, const struct lb_be_state *st,
	       const struct lb_be_requests *asked, bool to_check);

#endif
