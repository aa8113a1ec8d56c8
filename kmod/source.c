// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the choice of the address that tunnels are sent from.
 *
 * It is the one that the stack would send from, unless that is the address of
 * a director: the servers have it, too, and what comes from their own address
 * they take for forged.  The stack does choose it, for IPv6 most of all, where
 * the VIP is an address of the device towards the servers.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include "config.h"
#include "director.h"
#include "server.h"
#include "source.h"
#include "xmit.h"

/* One of the server's network goes before one of any other. */
static void avoid_vip4(const struct lb_config *cfg,
		       const struct net_device *dev, __be32 daddr,
		       union nf_inet_addr *source)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	bool has = false;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		union nf_inet_addr addr = { .ip = ifa->ifa_local };

		if (ifa->ifa_scope >= RT_SCOPE_LINK ||
		    lb_config_has_addr(cfg, AF_INET, &addr))
			continue;
		if (inet_ifa_match(daddr, ifa)) {
			*source = addr;
			return;
		}
		if (!has)
			*source = addr;
		has = true;
	}
}

static bool may_send_from(const struct inet6_ifaddr *ifp)
{
	return !(ifp->flags & (IFA_F_TENTATIVE | IFA_F_DEPRECATED)) &&
	       !(ipv6_addr_type(&ifp->addr) & IPV6_ADDR_LINKLOCAL);
}

/* The longest common prefix, as RFC 6724, 5, rule 8. */
static void avoid_vip6(const struct lb_config *cfg,
		       const struct net_device *dev,
		       const struct in6_addr *daddr,
		       union nf_inet_addr *source)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifp;
	int len, best = -1;

	if (!idev)
		return;
	list_for_each_entry_rcu(ifp, &idev->addr_list, if_list) {
		union nf_inet_addr addr = { .in6 = ifp->addr };

		if (!may_send_from(ifp) ||
		    lb_config_has_addr(cfg, AF_INET6, &addr))
			continue;
		len = ipv6_addr_diff(daddr, &ifp->addr);
		if (len <= best)
			continue;
		best = len;
		*source = addr;
	}
}

/* What the route prefers, or else as for a socket that is not bound. */
static void select6(struct net *net, const struct dst_entry *dst,
		    const struct in6_addr *daddr, struct in6_addr *source)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from = rcu_dereference(rt->from);

	if (from && from->fib6_prefsrc.plen)
		*source = from->fib6_prefsrc.addr;
	else
		ipv6_dev_get_saddr(net, dst->dev, daddr, 0, source);
}

/**
 * lb_source_select() - the address that a server sees tunnels come from
 * @ln: the namespace
 * @dst: the route to the server
 * @family: of @daddr
 * @daddr: the server's address
 * @source: IPv4: what the route look-up has chosen; gets the address, or stays
 *	as it is if there is none
 *
 * An address of a director is the last resort.
 *
 * Context: softirq, under RCU.
 */
void lb_source_select(struct lb_net *ln, const struct dst_entry *dst,
		      u8 family, const union nf_inet_addr *daddr,
		      union nf_inet_addr *source)
{
	const struct lb_config *cfg = rcu_dereference(ln->config);

	if (family == AF_INET6)
		select6(ln->net, dst, &daddr->in6, &source->in6);
	if (!lb_config_has_addr(cfg, family, source))
		return;
	if (family == AF_INET)
		avoid_vip4(cfg, dst->dev, daddr->ip, source);
	else
		avoid_vip6(cfg, dst->dev, &daddr->in6, source);
}

/**
 * lb_source_renew() - other addresses may be directors' now
 * @cfg: the config in force
 *
 * Context: process, under lb_net.mutex.
 */
void lb_source_renew(const struct lb_config *cfg)
{
	u32 i, j;

	for (i = 0; cfg->tunnels && i < cfg->nr; i++) {
		const struct lb_director *dir = cfg->directors[i];

		for (j = 0; dir->spec.xmit->tunnel && j < dir->nr; j++)
			lb_server_route_drop(dir->servers[j].srv, NULL);
		cond_resched();
	}
}
