// SPDX-License-Identifier: GPL-2.0
/*
 * Puts the addresses of directors on interfaces and takes them away again.
 *
 * What is ours is told by the address's protocol, IFA_PROTO (Linux 5.18), so
 * nothing need be remembered elsewhere, and an address that the administrator
 * has put there stays whatever the configuration says.
 */
#include "vip.h"
#include "announce.h"
#include "out.h"
#include "rtnl.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>

/* Free for anybody's use; 1 to 3 are the kernel's own. */
#define LB_IFA_PROTO	76

/* so often is a list read that changes all the time */
#define LOOK_MAX	20

/** struct lookup - addresses being read */
struct lookup {
	/** @plan: what is found out */
	struct lb_vips *plan;
	/** @wanted: what the configuration wants */
	struct lb_vip *wanted;
	/** @n: how many */
	size_t n;
};

static struct lb_vip *append(struct lb_vip **list, size_t *n,
			     const struct lb_vip *vip)
{
	*list = lb_grow(*list, *n, sizeof(**list));
	(*list)[*n] = *vip;
	return &(*list)[(*n)++];
}

static bool is_same(const struct lb_vip *a, const struct lb_vip *b)
{
	return a->ifindex == b->ifindex && lb_addr_equal(&a->addr, &b->addr);
}

static struct lb_vip *find(struct lb_vip *list, size_t n,
			   const struct lb_vip *vip)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_same(&list[i], vip))
			return &list[i];
	return NULL;
}

/* of several ports of one address only the first */
static void note_late(struct lb_vips *v, const struct lb_model *m, size_t at)
{
	const struct lb_director *d = m->director[at];
	size_t i;

	for (i = 0; i < at; i++)
		if (lb_addr_equal(&m->director[i]->addr, &d->addr) &&
		    !strcmp(m->director[i]->opts.vip_iface, d->opts.vip_iface))
			return;
	v->n_late++;
	fprintf(stderr,
		"lbctl: warning: director '%s': there is no interface '%s' yet: its address is not there\n",
		d->name, d->opts.vip_iface);
}

static int want(struct lookup *l, const struct lb_model *m, bool late)
{
	const struct lb_director *d;
	struct lb_vip vip = { 0 };
	size_t i;

	for (i = 0; i < m->n_directors; i++) {
		d = m->director[i];
		if (!d->opts.vip_iface[0] || !d->addr.len)
			continue;
		vip.addr = d->addr;
		strcpy(vip.iface, d->opts.vip_iface);
		vip.ifindex = if_nametoindex(vip.iface);
		if (!vip.ifindex && late) {
			note_late(l->plan, m, i);
			continue;
		}
		if (!vip.ifindex)
			return lb_fail(LB_EXIT_VALUE,
				       "director '%s': there is no interface '%s' for its address, nothing was changed",
				       d->name, vip.iface);
		/* several ports of one address */
		if (!find(l->wanted, l->n, &vip))
			append(&l->wanted, &l->n, &vip);
	}
	return 0;
}

/* --- rtnetlink --- */

static void on_addr(struct nlmsghdr *h, void *arg)
{
	struct nlattr *a[IFA_MAX + 1], *addr;
	struct ifaddrmsg *ifa = NLMSG_DATA(h);
	struct lookup *l = arg;
	struct lb_vip vip = { .ifindex = ifa->ifa_index }, *wanted;

	if (h->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(h, sizeof(*ifa), a, IFA_MAX, NULL) < 0)
		return;
	addr = a[IFA_LOCAL] ? a[IFA_LOCAL] : a[IFA_ADDRESS];
	if (!addr || (nla_len(addr) != 4 && nla_len(addr) != 16))
		return;
	vip.addr.len = nla_len(addr);
	memcpy(vip.addr.b, nla_data(addr), vip.addr.len);
	wanted = find(l->wanted, l->n, &vip);
	if (wanted) {
		wanted->done = true;
	} else if (a[IFA_PROTO] && nla_len(a[IFA_PROTO]) == 1 &&
		   nla_get_u8(a[IFA_PROTO]) == LB_IFA_PROTO) {
		if (!if_indextoname(vip.ifindex, vip.iface))
			strcpy(vip.iface, "?");
		append(&l->plan->del, &l->plan->n_del, &vip);
	}
}

static int look_once(struct nl_sock *sock, struct lookup *l)
{
	struct ifaddrmsg ifa = { 0 };
	struct nl_msg *m;
	size_t i;

	for (i = 0; i < l->n; i++)
		l->wanted[i].done = false;
	l->plan->n_del = 0;
	m = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
	if (m && nlmsg_append(m, &ifa, sizeof(ifa), NLMSG_ALIGNTO) >= 0)
		return lb_rtnl_ask(sock, m, on_addr, l);
	nlmsg_free(m);
	return -ENOBUFS;
}

/* A list that changes meanwhile may lack what was there all the time. */
static int look(struct lookup *l)
{
	struct nl_sock *sock = lb_rtnl_open();
	int err = -ENOBUFS, i;

	if (!sock)
		return err;
	for (i = 0; i < LOOK_MAX; i++) {
		err = look_once(sock, l);
		if (err != -EINTR)
			break;
	}
	nl_socket_free(sock);
	return err;
}

/*
 * IPv6: nobody else is to have it, so no duplicate address detection, during
 * which it could not be used; and it is never what this machine chooses as its
 * own source, for which preferred_lft 0 stands.
 */
static int put_addr(struct nl_msg *m, const struct lb_vip *vip)
{
	struct ifaddrmsg ifa = {
		.ifa_family = vip->addr.len == 4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = vip->addr.len * 8,
		.ifa_flags = vip->addr.len == 4 ? 0 : IFA_F_NODAD,
		.ifa_index = vip->ifindex,
	};
	struct ifa_cacheinfo ci = { .ifa_valid = UINT32_MAX };
	int err;

	err = nlmsg_append(m, &ifa, sizeof(ifa), NLMSG_ALIGNTO) |
	      nla_put(m, IFA_LOCAL, vip->addr.len, vip->addr.b) |
	      nla_put(m, IFA_ADDRESS, vip->addr.len, vip->addr.b) |
	      nla_put_u8(m, IFA_PROTO, LB_IFA_PROTO);
	if (vip->addr.len == 16)
		err |= nla_put(m, IFA_CACHEINFO, sizeof(ci), &ci);
	return err;
}

static int change(struct nl_sock *sock, const struct lb_vip *vip, bool add)
{
	struct nl_msg *m;

	if (!sock)
		return -ENOBUFS;
	m = nlmsg_alloc_simple(add ? RTM_NEWADDR : RTM_DELADDR,
			       NLM_F_REQUEST | NLM_F_ACK |
			       (add ? NLM_F_CREATE | NLM_F_EXCL : 0));
	if (!m || put_addr(m, vip) < 0) {
		nlmsg_free(m);
		return -ENOBUFS;
	}
	return lb_rtnl_ask(sock, m, NULL, NULL);
}

/* with its interface, or taken away by somebody */
static bool is_gone(int err)
{
	return err == -EADDRNOTAVAIL || err == -ENODEV;
}

/* --- the steps --- */

#define LB_VIPS_LOCK	"/run/lbctl.lock"

/**
 * lb_vips_wanted() - does any director want its address on an interface?
 * @m: the configuration
 *
 * Return: true if one does.
 */
bool lb_vips_wanted(const struct lb_model *m)
{
	size_t i;

	for (i = 0; i < m->n_directors; i++)
		if (m->director[i]->opts.vip_iface[0])
			return true;
	return false;
}

/**
 * lb_vips_lock() - be the only one who moves addresses, until the end
 * @fd: gets the lock, to be closed
 *
 * The kernel's transactions know nothing of addresses: of two that want the
 * same one, the loser would take it away from the winner.
 *
 * Return: 0, or the exit code of a failure that has been told.
 */
int lb_vips_lock(int *fd)
{
	*fd = open(LB_VIPS_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd >= 0 && !flock(*fd, LOCK_EX))
		return 0;
	return lb_fail(LB_EXIT_KERNEL,
		       "cannot lock " LB_VIPS_LOCK ": %s, nothing was changed",
		       strerror(errno));
}

/**
 * lb_vips_plan() - find out which addresses are missing and which too many
 * @v: gets it, also on failure
 * @m: the configuration that is to be
 * @late: an interface may be missing, which is told, and its address left out
 *
 * Return: 0, or the exit code of a failure that has been told.
 */
int lb_vips_plan(struct lb_vips *v, const struct lb_model *m, bool late)
{
	struct lookup l = { .plan = v };
	size_t i;
	int ret, err;

	memset(v, 0, sizeof(*v));
	ret = want(&l, m, late);
	if (!ret) {
		err = look(&l);
		if (err)
			ret = lb_fail(LB_EXIT_KERNEL,
				      "cannot read the addresses of this machine: %s, nothing was changed",
				      err == -EINTR ? "they change all the time" :
						      strerror(-err));
	}
	for (i = 0; !ret && i < l.n; i++)
		if (!l.wanted[i].done)
			append(&v->add, &v->n_add, &l.wanted[i]);
	free(l.wanted);
	return ret;
}

/**
 * lb_vips_undo() - take away again what was added
 * @v: the plan; the configuration did not come into force
 *
 * Return: true; false: an address stays, which has been told.
 */
bool lb_vips_undo(struct lb_vips *v)
{
	struct nl_sock *sock = v->n_add ? lb_rtnl_open() : NULL;
	char addr[LB_ADDR_STR];
	bool clean = true;
	size_t i;
	int err;

	for (i = 0; i < v->n_add; i++) {
		if (!v->add[i].done)
			continue;
		v->add[i].done = false;
		err = change(sock, &v->add[i], false);
		if (!err || is_gone(err))
			continue;
		clean = false;
		lb_addr_format(addr, &v->add[i].addr);
		fprintf(stderr,
			"lbctl: %s was added to %s and could not be taken away again: %s; the next 'lbctl apply' tries it\n",
			addr, v->add[i].iface, strerror(-err));
	}
	if (sock)
		nl_socket_free(sock);
	return clean;
}

/**
 * lb_vips_add() - add what is missing, before the configuration is in force
 * @v: the plan
 *
 * Return: 0, or the exit code of a failure that has been told; what had been
 * added was taken away again then.
 */
int lb_vips_add(struct lb_vips *v)
{
	struct nl_sock *sock = v->n_add ? lb_rtnl_open() : NULL;
	char addr[LB_ADDR_STR];
	int err = 0;
	bool clean;
	size_t i;

	for (i = 0; i < v->n_add; i++) {
		err = change(sock, &v->add[i], true);
		v->add[i].done = !err;
		/* somebody else was faster */
		if (err && err != -EEXIST)
			break;
	}
	if (sock)
		nl_socket_free(sock);
	if (i == v->n_add)
		return 0;
	clean = lb_vips_undo(v);
	lb_addr_format(addr, &v->add[i].addr);
	return lb_fail(LB_EXIT_KERNEL,
		       "cannot add %s to %s: %s, %s", addr, v->add[i].iface,
		       strerror(-err), clean ? "nothing was changed" :
		       "the configuration in force is what it was");
}

static void announce(const struct lb_vip *vip)
{
	int err = lb_announce(&vip->addr, vip->ifindex);
	char addr[LB_ADDR_STR];

	if (!err)
		return;
	lb_addr_format(addr, &vip->addr);
	fprintf(stderr,
		"lbctl: cannot announce %s on %s: %s; neighbours learn of it later\n",
		addr, vip->iface, strerror(-err));
}

/**
 * lb_vips_settle() - the configuration is in force: announce what was added,
 * take away what is no longer wanted
 * @v: the plan
 *
 * Return: 0, or the exit code of a failure that has been told.
 */
int lb_vips_settle(struct lb_vips *v)
{
	struct nl_sock *sock = v->n_del ? lb_rtnl_open() : NULL;
	char addr[LB_ADDR_STR];
	int ret = 0, err;
	size_t i;

	for (i = 0; i < v->n_add; i++)
		announce(&v->add[i]);
	for (i = 0; i < v->n_del; i++) {
		err = change(sock, &v->del[i], false);
		v->del[i].done = !err || is_gone(err);
		if (v->del[i].done)
			continue;
		lb_addr_format(addr, &v->del[i].addr);
		ret = lb_fail(LB_EXIT_STAYS,
			      "the configuration is in force, but %s, which no director wants, is still on %s: %s; run 'lbctl apply' again, or 'ip addr del %s/%u dev %s'",
			      addr, v->del[i].iface, strerror(-err), addr,
			      v->del[i].addr.len * 8, v->del[i].iface);
	}
	if (sock)
		nl_socket_free(sock);
	return ret;
}

/**
 * lb_vips_print() - tell what is done, or would be
 * @v: the plan
 * @dry: nothing was done
 */
void lb_vips_print(const struct lb_vips *v, bool dry)
{
	char addr[LB_ADDR_STR];
	size_t i;

	for (i = 0; i < v->n_add; i++) {
		lb_addr_format(addr, &v->add[i].addr);
		if (dry || v->add[i].done)
			printf("+ address %s on %s\n", addr, v->add[i].iface);
	}
	for (i = 0; i < v->n_del; i++) {
		lb_addr_format(addr, &v->del[i].addr);
		if (dry || v->del[i].done)
			printf("- address %s on %s\n", addr, v->del[i].iface);
	}
}

/**
 * lb_vips_free() - forget a plan
 * @v: the plan, all zero afterwards
 */
void lb_vips_free(struct lb_vips *v)
{
	free(v->add);
	free(v->del);
	memset(v, 0, sizeof(*v));
}
