/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_ATTR_H
#define LBCTL_ATTR_H

#include "addr.h"
#include "key.h"

struct nl_msg;
struct nlattr;

/** struct lb_wire - a row and its attribute */
struct lb_wire {
	/** @key: name of the row; NULL ends the table */
	const char *key;
	/** @attr: its attribute; those of a range or a net follow it */
	uint16_t attr;
};

int lb_attr_put_rows(struct nl_msg *m, const struct lb_wire *wire,
		     const struct lb_keys *keys, const void *base);
int lb_attr_put_nest(struct nl_msg *m, uint16_t attr,
		     const struct lb_wire *wire, const struct lb_keys *keys,
		     const void *base);

uint64_t lb_attr_uint(struct nlattr *a, int size, int *bad);
uint16_t lb_attr_port(struct nlattr *a, int *bad);
void lb_attr_addr(struct nlattr *a, struct lb_addr *addr, int *bad);
void lb_attr_str(struct nlattr *a, char *s, size_t size, int *bad);
void lb_attr_rows(struct nlattr **attr, const struct lb_wire *wire,
		  const struct lb_keys *keys, void *base, int *bad);

#endif
