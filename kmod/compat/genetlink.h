/* SPDX-License-Identifier: GPL-2.0 */
/* Shims for <net/genetlink.h>. */
#ifndef _L4LB_COMPAT_GENETLINK_H
#define _L4LB_COMPAT_GENETLINK_H

#include <linux/version.h>
#include <net/genetlink.h>

/**
 * lb_compat_dump_attrs() - the request's attributes, in a dump
 * @cb: the dump
 *
 * Return: indexed by top-level attribute.
 */
static inline struct nlattr **lb_compat_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _L4LB_COMPAT_GENETLINK_H */
