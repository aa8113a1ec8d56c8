/* SPDX-License-Identifier: GPL-2.0 */
/* Shims for <net/dst.h>. */
#ifndef _L4LB_COMPAT_DST_H
#define _L4LB_COMPAT_DST_H

#include <linux/version.h>
#include <net/dst.h>

/**
 * lb_compat_dst_own() - the first reference, of whoever has made a route
 * @dst: the route, all zero
 *
 * References became an rcuref_t in 6.4.
 */
static inline void lb_compat_dst_own(struct dst_entry *dst)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	rcuref_init(&dst->__rcuref, 1);
#else
	atomic_set(&dst->__refcnt, 1);
#endif
}

#endif /* _L4LB_COMPAT_DST_H */
