/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_PLACE_H
#define LBCTL_BACKEND_PLACE_H

#include <stdbool.h>

#define LB_BE_STATE	"/var/lib/lbctl/backend.json"
#define LB_BE_DIR_NETNS	"/run/lbctl"

bool lb_be_place_is_netns(void);
const char *lb_be_place_state(const char *root);
bool lb_be_place_is_shared(void);

#endif
