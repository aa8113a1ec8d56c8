// SPDX-License-Identifier: GPL-2.0
/*
 * The values of the language: addresses, networks, ports, numbers, times.
 * Text in, value out, and back; nothing is resolved, nothing is guessed.
 */
#include "addr.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/**
 * lb_addr_parse() - read an IP address
 * @a: where to put it
 * @s: IPv4, IPv6 or IPv6 in brackets
 *
 * Return: 0 or -EINVAL.
 */
int lb_addr_parse(struct lb_addr *a, const char *s)
{
	size_t len = strlen(s);
	char plain[LB_ADDR_STR];

	memset(a, 0, sizeof(*a));
	if (len > 2 && len < sizeof(plain) && s[0] == '[' &&
	    s[len - 1] == ']') {
		memcpy(plain, s + 1, len - 2);
		plain[len - 2] = '\0';
		if (inet_pton(AF_INET6, plain, a->b) != 1)
			return -EINVAL;
		a->len = 16;
		return 0;
	}
	if (inet_pton(AF_INET, s, a->b) == 1)
		a->len = 4;
	else if (inet_pton(AF_INET6, s, a->b) == 1)
		a->len = 16;
	else
		return -EINVAL;
	return 0;
}

/**
 * lb_addr_is_link_local() - is it one of IPv6 that names no host beyond a link?
 * @a: the address
 *
 * Return: true for fe80::/10.
 */
bool lb_addr_is_link_local(const struct lb_addr *a)
{
	return a->len == 16 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

/**
 * lb_addr_equal() - compare two addresses
 * @a: one
 * @b: the other
 *
 * Return: true when family and bytes are the same.
 */
bool lb_addr_equal(const struct lb_addr *a, const struct lb_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

/**
 * lb_addr_format() - write an address without brackets
 * @s: room for LB_ADDR_STR bytes
 * @a: the address; none is written as the empty string
 */
void lb_addr_format(char *s, const struct lb_addr *a)
{
	s[0] = '\0';
	if (a->len)
		inet_ntop(a->len == 4 ? AF_INET : AF_INET6, a->b, s,
			  LB_ADDR_STR);
}

/* what inet_pton knows is decided on a copy: the parts are not terminated */
static bool is_addr(const char *s, size_t len, struct lb_addr *a)
{
	char part[LB_ADDR_STR];

	if (!len || len >= sizeof(part))
		return false;
	memcpy(part, s, len);
	part[len] = '\0';
	return !lb_addr_parse(a, part);
}

static bool is_port(const char *s, size_t len, uint16_t *port)
{
	uint32_t v = 0;
	size_t i;

	if (!len || len > 5)
		return false;
	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	if (!v || v > 65535)
		return false;
	*port = v;
	return true;
}

/**
 * lb_addr_is_mapped() - is it an IPv4 address in IPv6 clothes?
 * @a: the address
 *
 * Return: true for ::ffff:0:0/96.
 */
bool lb_addr_is_mapped(const struct lb_addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return a->len == 16 && !memcmp(a->b, mapped, sizeof(mapped));
}

static enum lb_addr_error unicast(const struct lb_addr *a)
{
	static const uint8_t zero[16];

	if (!memcmp(a->b, zero, a->len))
		return LB_ADDR_NOT_UNICAST;
	/* 224/4 multicast and 240/4 with the broadcast address; 0/8 */
	if (a->len == 4 && (a->b[0] >= 224 || !a->b[0]))
		return LB_ADDR_NOT_UNICAST;
	if (a->len == 16 && a->b[0] == 0xff)
		return LB_ADDR_NOT_UNICAST;
	if (lb_addr_is_mapped(a))
		return LB_ADDR_MAPPED;
	return LB_ADDR_OK;
}

/* "80-90" and "80:90" */
static bool is_port_range(const char *s)
{
	size_t a = strspn(s, "0123456789");
	size_t b;

	if (!a || (s[a] != '-' && s[a] != ':'))
		return false;
	b = strspn(s + a + 1, "0123456789");
	return b && !s[a + 1 + b];
}

/* ADDR/MASK and ADDR-ADDR are ranges; only if ADDR is one, else they are
 * names that happen to hold such a character
 */
static bool is_range(const char *s)
{
	const char *cut = strpbrk(s, "/-");
	struct lb_addr a;
	size_t len;

	if (!cut)
		return false;
	len = cut - s;
	if (is_addr(s, len, &a))
		return true;
	/* [v6]:port-port and v4:port-port are port ranges, not this */
	return false;
}

static enum lb_addr_error parse_port(const char *s, uint16_t *port)
{
	if (is_port(s, strlen(s), port))
		return LB_ADDR_OK;
	return is_port_range(s) ? LB_ADDR_PORT_RANGE : LB_ADDR_PORT_BAD;
}

static enum lb_addr_error parse_bare(struct lb_addr *a, uint16_t *port,
				     const char *s, unsigned int *where)
{
	const char *colon = strrchr(s, ':');
	const char *first = strchr(s, ':');
	bool whole = !lb_addr_parse(a, s);
	struct lb_addr head;
	uint16_t tail;

	if (colon && is_addr(s, colon - s, &head) && head.len == 16 &&
	    is_port(colon + 1, strlen(colon + 1), &tail))
		return LB_ADDR_AMBIGUOUS;
	if (whole)
		return LB_ADDR_OK;
	if (first && is_addr(s, first - s, a) && a->len == 4) {
		*where = first + 1 - s;
		return parse_port(first + 1, port);
	}
	return LB_ADDR_BAD;
}

/**
 * lb_addrport_parse() - read ADDR[:PORT]
 * @a: where to put the address
 * @port: where to put the port, host byte order; 0 when there is none
 * @s: the text; an IPv6 address with a port needs brackets
 * @where: set to the offset in @s of the port, or of what is wrong
 *
 * An IPv6 address without brackets that is also one with a port is refused:
 * whichever reading were taken, the other would be somebody's outage.
 *
 * Return: what is wrong, LB_ADDR_OK when nothing is.
 */
enum lb_addr_error lb_addrport_parse(struct lb_addr *a, uint16_t *port,
				     const char *s, unsigned int *where)
{
	const char *end = s[0] == '[' ? strchr(s, ']') : NULL;
	enum lb_addr_error err;

	*port = 0;
	*where = 0;
	memset(a, 0, sizeof(*a));
	if (is_range(s))
		return LB_ADDR_RANGE;
	if (!end) {
		err = parse_bare(a, port, s, where);
	} else if (!is_addr(s, end + 1 - s, a) || (end[1] && end[1] != ':')) {
		err = LB_ADDR_BAD;
	} else if (!end[1]) {
		err = LB_ADDR_OK;
	} else {
		*where = end + 2 - s;
		err = parse_port(end + 2, port);
	}
	return err ? err : unicast(a);
}

/**
 * lb_addrport_print() - write ADDR[:PORT] so that it reads back
 * @b: where to append
 * @a: the address
 * @port: the port or 0
 */
void lb_addrport_print(struct lb_buf *b, const struct lb_addr *a,
		       uint16_t port)
{
	char s[LB_ADDR_STR];

	lb_addr_format(s, a);
	lb_buf_printf(b, a->len == 16 ? "[%s]" : "%s", s);
	if (port)
		lb_buf_printf(b, ":%u", port);
}

/**
 * lb_net_normalize() - bring a network into its one form
 * @n: the network; host bits are cleared, a range of one address is that one
 */
void lb_net_normalize(struct lb_net *n)
{
	unsigned int i, bits;

	if (n->last.len && lb_addr_equal(&n->addr, &n->last))
		memset(&n->last, 0, sizeof(n->last));

	for (i = 0; i < n->addr.len; i++) {
		bits = n->prefix > i * 8 ? n->prefix - i * 8 : 0;
		if (bits < 8)
			n->addr.b[i] &= 0xff00 >> bits;
	}
}

static int dotted_prefix(const char *s, uint8_t *prefix)
{
	struct in_addr mask;
	uint32_t m;

	if (inet_pton(AF_INET, s, &mask) != 1)
		return -EINVAL;
	m = ntohl(mask.s_addr);
	if (~m & (~m + 1))
		return -ERANGE;
	*prefix = __builtin_popcount(m);
	return 0;
}

static int parse_last(struct lb_net *n, const char *s)
{
	if (lb_addr_parse(&n->last, s) || n->last.len != n->addr.len)
		return -EINVAL;
	if (memcmp(n->addr.b, n->last.b, n->addr.len) > 0)
		return -EDOM;
	lb_net_normalize(n);
	return 0;
}

/**
 * lb_net_parse() - read ADDR[/MASK] or ADDR-ADDR
 * @n: where to put it; host bits are cleared
 * @s: the text; MASK is a prefix length or, for IPv4, dotted
 *
 * Return: 0, -EINVAL, -ERANGE for a mask with holes, or -EDOM for a range
 * that runs backwards.
 */
int lb_net_parse(struct lb_net *n, const char *s)
{
	const char *slash = strpbrk(s, "/-");
	size_t len = slash ? (size_t)(slash - s) : strlen(s);
	uint64_t v;
	int err;

	memset(n, 0, sizeof(*n));
	if (!is_addr(s, len, &n->addr))
		return -EINVAL;
	n->prefix = n->addr.len * 8;
	if (!slash)
		return 0;
	if (*slash == '-')
		return parse_last(n, slash + 1);
	if (n->addr.len == 4 && strchr(slash + 1, '.')) {
		err = dotted_prefix(slash + 1, &n->prefix);
		if (err)
			return err;
	} else {
		if (lb_uint_parse(&v, slash + 1) || v > n->addr.len * 8u)
			return -EINVAL;
		n->prefix = v;
	}
	lb_net_normalize(n);
	return 0;
}

/**
 * lb_mask_parse() - read a mask for grouping clients
 * @m: where to put it
 * @s: dotted, or a prefix length
 *
 * Return: 0, -EINVAL, or -ERANGE for a mask with holes.
 */
int lb_mask_parse(struct lb_mask *m, const char *s)
{
	uint64_t v;

	memset(m, 0, sizeof(*m));
	if (strchr(s, '.')) {
		m->dotted = 1;
		return dotted_prefix(s, &m->prefix);
	}
	if (lb_uint_parse(&v, s) || v > 128)
		return -EINVAL;
	m->prefix = v;
	return 0;
}

/**
 * lb_ports_parse() - read PORT, PORT:PORT or PORT-PORT
 * @r: where to put it
 * @s: the text
 *
 * Return: 0, -EINVAL, or -ERANGE when the ends are the wrong way round.
 */
int lb_ports_parse(struct lb_ports *r, const char *s)
{
	const char *cut = strpbrk(s, ":-");
	size_t len = cut ? (size_t)(cut - s) : strlen(s);

	if (!is_port(s, len, &r->first))
		return -EINVAL;
	r->last = r->first;
	if (cut && !is_port(cut + 1, strlen(cut + 1), &r->last))
		return -EINVAL;
	return r->first > r->last ? -ERANGE : 0;
}

/**
 * lb_uint_parse() - read a number
 * @v: where to put it; what is too big for it becomes UINT64_MAX
 * @s: decimal digits, nothing else
 *
 * Return: 0 or -EINVAL.
 */
int lb_uint_parse(uint64_t *v, const char *s)
{
	if (!*s)
		return -EINVAL;
	for (*v = 0; *s; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(*v, 10, v) ||
		    __builtin_add_overflow(*v, *s - '0', v))
			*v = UINT64_MAX / 10;
	}
	return 0;
}

/**
 * lb_ms_parse() - read a time
 * @ms: where to put it, milliseconds; what is too long becomes huge
 * @s: digits with "ms", "s", "m", "h" or, for seconds, nothing behind
 *
 * Return: 0 or -EINVAL.
 */
int lb_ms_parse(uint64_t *ms, const char *s)
{
	static const struct {
		const char *unit;
		uint32_t ms;
	} unit[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 },
	};
	size_t len = strspn(s, "0123456789");
	char digits[32];
	size_t i;

	if (!len)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(unit); i++)
		if (!strcmp(s + len, unit[i].unit))
			break;
	if (i == ARRAY_SIZE(unit))
		return -EINVAL;
	snprintf(digits, sizeof(digits), "%.*s", (int)(len < 31 ? len : 31), s);
	lb_uint_parse(ms, digits);
	if (__builtin_mul_overflow(*ms, unit[i].ms, ms))
		*ms = UINT64_MAX;
	return 0;
}

/**
 * lb_ms_print() - write a time in the largest exact unit
 * @b: where to append
 * @ms: milliseconds
 *
 * Seconds carry no unit and are as large as it gets: that is how everybody
 * writes these files.
 */
void lb_ms_print(struct lb_buf *b, uint64_t ms)
{
	if (ms % 1000)
		lb_buf_printf(b, "%llums", (unsigned long long)ms);
	else
		lb_buf_printf(b, "%llu", (unsigned long long)ms / 1000);
}
