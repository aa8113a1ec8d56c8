/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_HEALTH_MONITOR_H
#define LBCTL_HEALTH_MONITOR_H

#include <stdbool.h>

/** struct lb_monitor_opts - how to run */
struct lb_monitor_opts {
	/** @foreground: log to standard error only */
	bool foreground;
	/** @verbose: log every result */
	bool verbose;
};

int lb_monitor_run(const struct lb_monitor_opts *opts);

#endif
