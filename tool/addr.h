/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_ADDR_H
#define LBCTL_ADDR_H

#include <stdbool.h>
#include <stdint.h>

struct lb_buf;

/* "[" 45 characters "]" and NUL */
#define LB_ADDR_STR	56

/** struct lb_addr - an IP address in network byte order */
struct lb_addr {
	/** @len: 0 none, 4 IPv4, 16 IPv6 */
	uint8_t len;
	/** @b: the bytes; those after @len are zero */
	uint8_t b[16];
};

/** struct lb_net - an IP network */
struct lb_net {
	/** @addr: first address, host bits zero */
	struct lb_addr addr;
	/** @last: last address of a range that is no network, else none */
	struct lb_addr last;
	/** @prefix: its length */
	uint8_t prefix;
};

/** struct lb_ports - a range of ports, host byte order, ends included */
struct lb_ports {
	/** @first: lowest */
	uint16_t first;
	/** @last: highest */
	uint16_t last;
};

/** struct lb_mask - how much of a client address counts */
struct lb_mask {
	/** @prefix: number of leading bits */
	uint8_t prefix;
	/** @dotted: written as an IPv4 mask; in a checked model: is for IPv4 */
	uint8_t dotted;
};

/** enum lb_addr_error - what is wrong with ADDR[:PORT] */
enum lb_addr_error {
	LB_ADDR_OK,
	LB_ADDR_BAD,
	LB_ADDR_RANGE,
	LB_ADDR_PORT_RANGE,
	LB_ADDR_PORT_BAD,
	LB_ADDR_AMBIGUOUS,
	LB_ADDR_NOT_UNICAST,
	LB_ADDR_MAPPED,
};

int lb_addr_parse(struct lb_addr *a, const char *s);
bool lb_addr_equal(const struct lb_addr *a, const struct lb_addr *b);
bool lb_addr_is_link_local(const struct lb_addr *a);
bool lb_addr_is_mapped(const struct lb_addr *a);
void lb_addr_format(char *s, const struct lb_addr *a);
enum lb_addr_error lb_addrport_parse(struct lb_addr *a, uint16_t *port,
				     const char *s, unsigned int *where);
void lb_addrport_print(struct lb_buf *b, const struct lb_addr *a,
		       uint16_t port);
void lb_net_normalize(struct lb_net *n);
int lb_net_parse(struct lb_net *n, const char *s);
int lb_mask_parse(struct lb_mask *m, const char *s);
int lb_ports_parse(struct lb_ports *r, const char *s);
int lb_uint_parse(uint64_t *v, const char *s);
int lb_ms_parse(uint64_t *ms, const char *s);
void lb_ms_print(struct lb_buf *b, uint64_t ms);

#endif
