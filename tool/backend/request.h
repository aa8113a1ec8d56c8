/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_REQUEST_H
#define LBCTL_BACKEND_REQUEST_H

#include "addr.h"
#include "util.h"

#include <net/if.h>
#include <stddef.h>

/* balancers that one request may name: a pair, each with both families */
#define LB_BE_LB_MAX	8
#define LB_BE_LABEL_MAX	65535
#define LB_BE_NO_LABEL	(-1)

/** enum lb_be_mode - how packets come to this server */
enum lb_be_mode {
	LB_BE_NAT,
	LB_BE_GATEWAY,
	LB_BE_IPIP,
	LB_BE_GRE,
	LB_BE_GUE,
};

/** struct lb_be_request - one VIP that this machine is to serve */
struct lb_be_request {
	/** @mode: how it comes here */
	enum lb_be_mode mode;
	/** @has_mode: of a command line: it was told */
	bool has_mode;
	/** @vip_len: of a command line: its mode is for VIPs of this family, the
	 * length of an address, 0 = for all
	 */
	uint8_t vip_len;
	/** @rip_len: the same of RIPs */
	uint8_t rip_len;
	/** @gue_port: UDP port of mode tunnel gue, host byte order, else 0 */
	uint16_t gue_port;
	/** @vip: the address that clients know */
	struct lb_addr vip;
	/** @port: port of the service, host byte order, 0 = not told */
	uint16_t port;
	/** @proto: IPPROTO_TCP or IPPROTO_UDP; 0 when @port is 0 */
	uint8_t proto;
	/** @rip: this machine's address as the director names it, or none */
	struct lb_addr rip;
	/** @rip_port: mode nat: the port there, 0 = that of the VIP */
	uint16_t rip_port;
	/** @iface: where packets come in; "" = the interface that has @rip */
	char iface[IFNAMSIZ];
	/** @iface_found: nobody told @iface, it had @rip when it was prepared */
	bool iface_found;
	/** @lb: addresses of the balancers, as far as told */
	struct lb_addr lb[LB_BE_LB_MAX];
	/** @n_lb: how many */
	unsigned int n_lb;
	/** @client: somebody who is answered; none = the Internet */
	struct lb_addr client;
	/** @label: N of the label lo:N, LB_BE_NO_LABEL = not chosen */
	int label;
};

/** struct lb_be_requests - all of them; all zero is none */
struct lb_be_requests {
	/** @r: the requests */
	struct lb_be_request *r;
	/** @n: how many */
	size_t n;
};

bool lb_be_is_tunnel(enum lb_be_mode mode);
int lb_be_mode_parse(struct lb_be_request *r, const char *text,
		     struct lb_buf *why);
void lb_be_mode_print(struct lb_buf *b, const struct lb_be_request *r);
int lb_be_vip_parse(struct lb_be_request *r, const char *text,
		    struct lb_buf *why);
void lb_be_vip_print(struct lb_buf *b, const struct lb_be_request *r);
bool lb_be_iface_ok(const char *name);
int lb_be_request_judge(const struct lb_be_request *r, struct lb_buf *why);
bool lb_be_has_lb(const struct lb_be_request *r, const struct lb_addr *a);

void lb_be_requests_add(struct lb_be_requests *all,
			const struct lb_be_request *r);
const struct lb_be_request *
lb_be_requests_find(const struct lb_be_requests *all,
		    const struct lb_be_request *r);
void lb_be_requests_inherit(const struct lb_be_requests *all,
			    struct lb_be_request *r);
bool lb_be_requests_has(const struct lb_be_requests *all,
			const struct lb_addr *vip);
const struct lb_be_request *
lb_be_requests_find_vip(const struct lb_be_requests *all,
			const struct lb_addr *vip,
			const struct lb_be_request *way);
bool lb_be_requests_drop(struct lb_be_requests *all, const struct lb_addr *vip,
			 const struct lb_be_request *way);
void lb_be_requests_copy(struct lb_be_requests *to,
			 const struct lb_be_requests *from);
void lb_be_requests_free(struct lb_be_requests *all);

#endif
