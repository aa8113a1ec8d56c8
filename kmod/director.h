/* SPDX-License-Identifier: GPL-2.0 */
/* Directors: what is configured, which servers, which scheduler instance. */
#ifndef _L4LB_DIRECTOR_H
#define _L4LB_DIRECTOR_H

#include <linux/kref.h>
#include <linux/netfilter.h>
#include "lb.h"
#include "sched.h"
#include "server.h"
#include "xmit.h"

/**
 * struct lb_blob - attributes kept as they came, or nothing
 */
struct lb_blob {
	/** @data: kmalloc()ed, or NULL */
	void *data;
	/** @len: bytes of @data */
	u16 len;
	/** @present: given, even if empty */
	bool present;
};

/**
 * struct lb_dirspec - a director as configured
 */
struct lb_dirspec {
	/** @addr: the VIP, if @family is not 0 */
	union nf_inet_addr addr;
	/** @port: network byte order, 0 = any */
	__be16 port;
	/** @family: AF_INET, AF_INET6; 0 = reached only through flows */
	u8 family;
	/** @proto: IPPROTO_TCP or IPPROTO_UDP; 0 = both, @family is 0 */
	u8 proto;
	/** @xmit: its mode */
	const struct lb_xmit_ops *xmit;
	/** @encap_port: of its servers, if the mode has one; network order */
	__be16 encap_port;
	/** @sched: its scheduler */
	const struct lb_sched_ops *sched;
	/** @flags: LB_DIRECTOR_F_ */
	u32 flags;
	/** @connlimit: active conns a client address may have; 0: any number */
	u32 connlimit;
	/** @persist_ms: idle time of templates; 0: not persistent */
	u32 persist_ms;
	/** @plen4: bits of an IPv4 client's address that templates look at */
	u8 plen4;
	/** @plen6: of an IPv6 client's */
	u8 plen6;
	/** @check: health check defaults, for the health checker */
	struct lb_blob check;
	/** @method: health check method, for the health checker */
	struct lb_blob method;
	/** @vip_iface: where the tool puts @addr; kept for it, may be empty */
	char vip_iface[LB_IFNAME_MAX + 1];
	/** @name: NUL-terminated */
	char name[LB_NAME_MAX + 1];
};

/**
 * struct lb_dirserver - a server as one director version lists it
 */
struct lb_dirserver {
	/** @srv: the server; holds a reference */
	struct lb_server *srv;
	/** @weight: configured */
	u32 weight;
	/** @maxconn: active conns at most, 0: any number */
	u32 maxconn;
	/** @slowstart_ms: ramp after coming up, 0: none */
	u32 slowstart_ms;
	/** @ramp_share: in the last instance built; under lb_net.mutex */
	u32 ramp_share;
	/** @is_sorry: for when no other is usable */
	bool is_sorry;
	/** @check: health check overrides; present = checked */
	struct lb_blob check;
};

/**
 * struct lb_director - one version of a director
 */
struct lb_director {
	/** @spec: as configured; constant once published */
	struct lb_dirspec spec;
	/** @sched: RCU, replaced under lb_net.mutex; NULL: no usable server */
	struct lb_sched __rcu *sched;
	/** @dirid: name and counters across versions; holds a reference */
	struct lb_dirid *dirid;
	/** @ref: held by configs and transactions */
	struct kref ref;
	/** @nr: of @servers */
	u32 nr;
	/** @servers: in line order; all but @ramp_share is constant */
	struct lb_dirserver servers[];
};

int lb_blob_copy(struct lb_blob *to, const struct lb_blob *from);
void lb_blob_free(struct lb_blob *b);
int lb_dirspec_copy(struct lb_dirspec *to, const struct lb_dirspec *from);
void lb_dirspec_free(struct lb_dirspec *spec);
bool lb_dirspec_same_vip(const struct lb_dirspec *a,
			 const struct lb_dirspec *b);

struct lb_director *lb_director_alloc(const struct lb_dirspec *spec,
				      struct lb_dirid *dirid, u32 nr);
struct lb_director *lb_director_get(struct lb_director *dir);
void lb_director_put(struct lb_director *dir);
int lb_dirserver_copy(struct lb_dirserver *to,
		      const struct lb_dirserver *from);
int lb_director_prepare(struct lb_director *dir);
void lb_director_install(struct lb_director *dir);
bool lb_director_settle(struct lb_director *dir);
int lb_director_reschedule(struct lb_net *ln, struct lb_director *dir);
struct lb_dirserver *lb_director_find_server(struct lb_director *dir,
					     const char *name);

/**
 * lb_director_family() - the family of a director's packets
 * @dir: the director
 *
 * Return: AF_INET or AF_INET6; 0 if it has neither address nor servers.
 */
static inline u8 lb_director_family(const struct lb_director *dir)
{
	if (dir->spec.family)
		return dir->spec.family;
	return dir->nr ? dir->servers[0].srv->family : 0;
}

/**
 * lb_director_takes() - can a director's servers be sent packets of a family?
 * @dir: the director
 * @family: AF_INET or AF_INET6
 *
 * Return: true if they can; a tunnel without an address takes both.
 */
static inline bool lb_director_takes(const struct lb_director *dir, u8 family)
{
	if (!dir->spec.family && dir->spec.xmit->tunnel)
		return dir->nr;
	return lb_director_family(dir) == family;
}

#endif /* _L4LB_DIRECTOR_H */
