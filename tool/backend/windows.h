/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_WINDOWS_H
#define LBCTL_BACKEND_WINDOWS_H

#include "backend/request.h"

void lb_be_windows(struct lb_buf *b, const struct lb_be_requests *all,
		   const char *net);

#endif
