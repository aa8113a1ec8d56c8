/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_ANNOUNCE_H
#define LBCTL_ANNOUNCE_H

#include "addr.h"

int lb_announce(const struct lb_addr *addr, unsigned int ifindex);

#endif
