/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_FILTER_H
#define LBCTL_FILTER_H

#include "msg.h"

int lb_filter_parse(struct lb_conn *filter, int argc, char **argv,
		    bool client);

#endif
