// SPDX-License-Identifier: GPL-2.0
/*
 * Times, errors and ICMP messages in words; and which errors are the server's.
 */
#include "reason.h"
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

/**
 * lb_reason_ms() - append a time as an operator would write it
 * @b: the text
 * @ms: the time, in ms: "500 ms", "2 s", "2.5 s"
 */
void lb_reason_ms(struct lb_buf *b, uint32_t ms)
{
	uint32_t part = ms % 1000;
	int digits = 3;

	if (ms < 1000) {
		lb_buf_printf(b, "%u ms", ms);
		return;
	}
	if (!part) {
		lb_buf_printf(b, "%u s", ms / 1000);
		return;
	}
	for (; part % 10 == 0; digits--)
		part /= 10;
	lb_buf_printf(b, "%u.%0*u s", ms / 1000, digits, part);
}

/**
 * lb_reason_span() - append a long time, in its largest unit
 * @b: the text
 * @seconds: the time, in s: "45 s", "12 min", "3 h", "5 days"
 */
void lb_reason_span(struct lb_buf *b, uint64_t seconds)
{
	if (seconds < 120)
		lb_buf_printf(b, "%llu s", (unsigned long long)seconds);
	else if (seconds < 120 * 60)
		lb_buf_printf(b, "%llu min", (unsigned long long)seconds / 60);
	else if (seconds < 48 * 3600)
		lb_buf_printf(b, "%llu h",
			      (unsigned long long)seconds / 3600);
	else
		lb_buf_printf(b, "%llu days",
			      (unsigned long long)seconds / 86400);
}

/**
 * lb_reason_errno() - append an error of the system
 * @b: the text
 * @err: errno
 */
void lb_reason_errno(struct lb_buf *b, int err)
{
	const char *s = strerror(err);

	/* the system's own words are about getsockopt() */
	if (err == ENOPROTOOPT)
		s = "protocol unreachable";
	lb_buf_printf(b, "%c%s", tolower((unsigned char)s[0]), s + 1);
}

/**
 * lb_reason_is_failure() - does an error say something about the server?
 * @err: errno of what a probe did
 *
 * The server, or the way to it, refuses; or else this machine could not even
 * try: it has no memory, no descriptor, no port left, or no permission.
 *
 * Return: true: the server fails the check; false: no check was made.
 */
bool lb_reason_is_failure(int err)
{
	switch (err) {
	case ECONNREFUSED:
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
	case ENETRESET:
	case ETIMEDOUT:
	case EPROTO:
	case EMSGSIZE:
	/* ICMP: protocol unreachable, as by a server without a tunnel */
	case ENOPROTOOPT:
	/* ICMP: source host isolated */
	case ENONET:
	/* routes of type prohibit and blackhole */
	case EACCES:
	case EINVAL:
		return true;
	default:
		return false;
	}
}

/**
 * lb_reason_icmp4() - what an ICMP error says
 * @type: its type
 * @code: its code
 *
 * Return: the words, or NULL when it does not end a probe.
 */
const char *lb_reason_icmp4(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP_TIME_EXCEEDED:
		return "time exceeded";
	case ICMP_PARAMETERPROB:
		return "parameter problem";
	case ICMP_DEST_UNREACH:
		break;
	default:
		return NULL;
	}
	switch (code) {
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
	case ICMP_NET_UNR_TOS:
		return "network unreachable";
	case ICMP_PROT_UNREACH:
		return "protocol unreachable";
	case ICMP_PORT_UNREACH:
		return "port unreachable";
	case ICMP_FRAG_NEEDED:
		return NULL;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
		return "administratively prohibited";
	default:
		return "host unreachable";
	}
}

/**
 * lb_reason_icmp6() - what an ICMPv6 error says
 * @type: its type
 * @code: its code
 *
 * Return: the words, or NULL when it does not end a probe.
 */
const char *lb_reason_icmp6(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP6_TIME_EXCEEDED:
		return "time exceeded";
	case ICMP6_PARAM_PROB:
		return "parameter problem";
	case ICMP6_DST_UNREACH:
		break;
	default:
		return NULL;
	}
	switch (code) {
	case ICMP6_DST_UNREACH_NOROUTE:
		return "network unreachable";
	case ICMP6_DST_UNREACH_NOPORT:
		return "port unreachable";
	case ICMP6_DST_UNREACH_ADMIN:
	case 5:		/* source address failed policy, RFC 4443 */
	case 6:		/* route rejected */
		return "administratively prohibited";
	default:
		return "host unreachable";
	}
}
