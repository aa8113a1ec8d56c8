/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_WHOHAS_H
#define LBCTL_BACKEND_WHOHAS_H

#include "addr.h"

int lb_be_whohas_both(const char *dev, const struct lb_addr *self,
		      const struct lb_addr *vip, const struct lb_addr *router);

#endif
