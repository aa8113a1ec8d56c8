/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_HEALTH_SOCK_H
#define LBCTL_HEALTH_SOCK_H

#include "../addr.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct lb_probe;

socklen_t lb_sock_addr(struct sockaddr_storage *ss, const struct lb_addr *a,
		       uint16_t port);
void lb_sock_addr_read(struct lb_addr *a, uint16_t *port,
		       const struct sockaddr_storage *ss);
bool lb_sock_open(struct lb_probe *p, int type, int protocol, int *fd);
void lb_sock_buffers(int fd, int send, int receive);
void lb_probe_source_error(struct lb_probe *p, int err);

#endif
