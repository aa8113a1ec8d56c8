/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a daemon speaks: the system's log, a terminal, the service manager.
 */
#ifndef LBCTL_HEALTH_LOG_H
#define LBCTL_HEALTH_LOG_H

#include "../util.h"

#include <stdint.h>
#include <syslog.h>

void lb_log_open(bool foreground, bool verbose);
void lb_log(int priority, const char *fmt, ...) LB_PRINTF(2, 3);

void lb_notify(const char *fmt, ...) LB_PRINTF(1, 2);
uint64_t lb_notify_watchdog(void);

#endif
