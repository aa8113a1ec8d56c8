/* SPDX-License-Identifier: GPL-2.0 */
/* The source of outer packets. */
#ifndef _L4LB_SOURCE_H
#define _L4LB_SOURCE_H

#include <linux/netfilter.h>
#include <net/dst.h>
#include "lb.h"

struct lb_config;

void lb_source_select(struct lb_net *ln, const struct dst_entry *dst,
		      u8 family, const union nf_inet_addr *daddr,
		      union nf_inet_addr *source);
void lb_source_renew(const struct lb_config *cfg);

#endif /* _L4LB_SOURCE_H */
