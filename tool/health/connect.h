/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_HEALTH_CONNECT_H
#define LBCTL_HEALTH_CONNECT_H

struct lb_probe;

void lb_connect_start(struct lb_probe *p, void (*connected)(struct lb_probe *p));
void lb_connect_stop(struct lb_probe *p);
void lb_connect_look(struct lb_probe *p);

#endif
