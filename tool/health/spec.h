/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How one server is checked, when the director's defaults, the server's own
 * parameters and the defaults of the language are put together.
 */
#ifndef LBCTL_HEALTH_SPEC_H
#define LBCTL_HEALTH_SPEC_H

#include "../model.h"

/** enum lb_check_method - what is asked */
enum lb_check_method {
	LB_CHECK_ICMP,
	LB_CHECK_ARP,
	LB_CHECK_TCP,
	LB_CHECK_HTTP,

	__LB_CHECK_LAST
};

/** struct lb_spec - all that makes two probes the same */
struct lb_spec {
	/** @method: what is asked */
	enum lb_check_method method;
	/** @via_vip: along the data path: @addr is the director's */
	bool via_vip;
	/** @addr: who is asked */
	struct lb_addr addr;
	/** @source: as whom, none: the kernel chooses */
	struct lb_addr source;
	/** @behind: with @via_vip: the server's address, else none */
	struct lb_addr behind;
	/** @port: tcp and http, host byte order; 0: there is none */
	uint16_t port;
	/** @statuscode: http: of a good answer */
	uint16_t statuscode;
	/** @interval: from start to start, ms */
	uint32_t interval;
	/** @timeout: it may take, ms */
	uint32_t timeout;
	/** @iface: arp: where to ask, or empty */
	char iface[LB_IFNAME_MAX + 1];
	/** @uri: http: what is asked for, owned, else NULL */
	char *uri;
	/** @vhost: http: the Host header, owned, or NULL: the address */
	char *vhost;
	/** @director: with @via_vip, else empty */
	char director[LB_NAME_MAX + 1];
	/** @server: with @via_vip, else empty */
	char server[LB_NAME_MAX + 1];
};

/** struct lb_limits - what turns results into a state, of each server */
struct lb_limits {
	/** @rise: good probes in a row until up */
	uint32_t rise;
	/** @fall: bad probes in a row until down */
	uint32_t fall;
	/** @inhibit: down keeps its conns */
	bool inhibit;
};

void lb_spec_make(struct lb_spec *spec, struct lb_limits *limits,
		  const struct lb_director *d, const struct lb_server *s);
char *lb_spec_key(const struct lb_spec *spec);
const char *lb_spec_method(const struct lb_spec *spec);
void lb_spec_clear(struct lb_spec *spec);

#endif
