// SPDX-License-Identifier: GPL-2.0
/*
 * The rows, and what can be done with any row: read, write, compare a value.
 * Everything here is constant; nothing knows about files or netlink.
 */
#include "key.h"
#include "model.h"
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY_MS	86400000ULL

#define ROW(struct_, field, name_, type_, min_, max_, def_, help_) \
	{ .name = (name_), .type = (type_), \
	  .offset = offsetof(struct struct_, field), \
	  .min = (min_), .max = (max_), .def = (def_), .help = (help_) }
#define FLAG(struct_, field, name_, help_) \
	ROW(struct_, field, name_, LB_T_FLAG, 0, 0, "off", help_)
#define KEYS(where_, rows) \
	{ .where = (where_), .key = (rows), .n = ARRAY_SIZE(rows) }

static const struct lb_key check_rows[] = {
	ROW(lb_check, interval, "interval", LB_T_MS, 1000, DAY_MS, "10",
	    "time from the start of a probe to the start of the next"),
	ROW(lb_check, timeout, "timeout", LB_T_MS, 1, DAY_MS,
	    "half the interval",
	    "a probe that takes longer has failed"),
	ROW(lb_check, source, "source", LB_T_ADDR, 0, 0, "the kernel's choice",
	    "address the probes come from"),
	ROW(lb_check, port, "port", LB_T_PORT, 1, 65535,
	    "the server's port, else the director's",
	    "port probed, tcp and http only"),
	ROW(lb_check, rise, "rise", LB_T_UINT, 1, 1000, "1",
	    "good probes in a row until a server is up"),
	ROW(lb_check, fall, "fall", LB_T_UINT, 1, 1000, "1",
	    "bad probes in a row until a server is down"),
	FLAG(lb_check, inhibit, "inhibit",
	     "down sets the weight to 0: connections go on"),
	FLAG(lb_check, via_vip, "via vip",
	     "send the probe along the data path"),
};
const struct lb_keys lb_check_keys = KEYS("check", check_rows);

static const struct lb_key persist_rows[] = {
	ROW(lb_persist, timeout, "timeout", LB_T_MS, 1000, 31 * DAY_MS, "360",
	    "idle time after which a client is forgotten"),
	ROW(lb_persist, netmask, "netmask", LB_T_MASK, 0, 128,
	    "/32 (IPv4), /128 (IPv6)",
	    "clients of one such network count as one"),
};
const struct lb_keys lb_persist_keys =
	KEYS("option persistence", persist_rows);

static const struct lb_key dopt_rows[] = {
	FLAG(lb_dopts, onepacket, "onepacket",
	     "schedule every UDP datagram afresh"),
	ROW(lb_dopts, connlimit, "connlimit", LB_T_UINT, 1, INT32_MAX,
	    "no limit", "connections that one client address may have"),
	ROW(lb_dopts, vip_iface, "vip iface", LB_T_IFNAME, 0, 0, "none",
	    "interface that shall own the director's address"),
};
const struct lb_keys lb_dopt_keys = KEYS("option", dopt_rows);

static const struct lb_key server_rows[] = {
	ROW(lb_sopts, weight, "weight", LB_T_UINT, 0, LB_WEIGHT_MAX, "1",
	    "share of the new connections; 0: none"),
	FLAG(lb_sopts, sorry, "sorry",
	     "used only while no other server is usable"),
	ROW(lb_sopts, slowstart, "slowstart", LB_T_MS, 1000, DAY_MS, "none",
	    "time over which the weight grows after coming up"),
	ROW(lb_sopts, maxconn, "maxconn", LB_T_UINT, 1, INT32_MAX,
	    "no limit", "connections at most; more go elsewhere"),
};
const struct lb_keys lb_server_keys = KEYS("server", server_rows);

static const struct lb_key service_rows[] = {
	FLAG(lb_service, conntrack, "conntrack",
	     "keep nf_conntrack entries for balanced connections"),
	FLAG(lb_service, pickup, "pickup",
	     "take over TCP connections in mid-stream"),
	ROW(lb_service, tcp, "timeout tcp", LB_T_MS, 1, 31 * DAY_MS, "900",
	    "idle time of an established TCP connection"),
	ROW(lb_service, tcpfin, "timeout tcpfin", LB_T_MS, 1, 31 * DAY_MS,
	    "120", "idle time of a TCP connection after FIN"),
	ROW(lb_service, udp, "timeout udp", LB_T_MS, 1, 31 * DAY_MS, "300",
	    "idle time of a UDP connection"),
};
const struct lb_keys lb_service_keys = KEYS("service lvs", service_rows);

static const struct lb_key cond_rows[] = {
	ROW(lb_cond, iface, "iface", LB_T_IFNAME, 0, 0, "any",
	    "interface the packet came in by"),
	ROW(lb_cond, proto, "proto", LB_T_PROTO, 0, 0, "any",
	    "tcp, udp or icmp"),
	ROW(lb_cond, src, "src", LB_T_NET, 0, 0, "any", "source network"),
	ROW(lb_cond, srcport, "srcport", LB_T_PORTS, 1, 65535, "any",
	    "source port or range"),
	ROW(lb_cond, dst, "dst", LB_T_NET, 0, 0, "any",
	    "destination network"),
	ROW(lb_cond, dstport, "dstport", LB_T_PORTS, 1, 65535, "any",
	    "destination port or range"),
	ROW(lb_cond, icmptype, "icmptype", LB_T_BYTE, 0, 255, "any",
	    "ICMP type"),
	ROW(lb_cond, fwmark, "fwmark", LB_T_UINT, 0, UINT32_MAX, "any",
	    "mark set by nftables or iptables"),
};
const struct lb_keys lb_cond_keys = KEYS("match, ignore", cond_rows);

static const struct lb_key nat_rows[] = {
	ROW(lb_nat_match, in, "in", LB_T_IFNAME, 0, 0, "any",
	    "interface the packet came in by"),
	ROW(lb_nat_match, out, "out", LB_T_IFNAME, 0, 0, "any",
	    "interface it leaves by"),
	ROW(lb_nat_match, proto, "proto", LB_T_PROTO, 0, 0, "any",
	    "TCP or UDP"),
};
const struct lb_keys lb_nat_keys = KEYS("nat", nat_rows);

static const struct lb_key nat_side_rows[] = {
	ROW(lb_nat_side, src, "src", LB_T_NET, 0, 0, "any, unchanged",
	    "source address, range or network"),
	ROW(lb_nat_side, srcport, "srcport", LB_T_PORTS, 1, 65535,
	    "any, unchanged", "source port or range"),
	ROW(lb_nat_side, dst, "dst", LB_T_NET, 0, 0, "any",
	    "destination address, range or network; 'before' only"),
	ROW(lb_nat_side, dstport, "dstport", LB_T_PORTS, 1, 65535,
	    "any", "destination port or range; 'before' only"),
};
const struct lb_keys lb_nat_side_keys = KEYS("before, after", nat_side_rows);

static const struct lb_key http_rows[] = {
	ROW(lb_method, uri, "uri", LB_T_STR, 1, LB_STR_MAX, "/",
	    "what to get"),
	ROW(lb_method, statuscode, "statuscode", LB_T_CODE, 100, 599, "200",
	    "status of a good answer"),
	ROW(lb_method, vhost, "vhost", LB_T_STR, 1, LB_STR_MAX,
	    "the server's address", "the Host header"),
};
static const struct lb_keys http_keys = KEYS("option httpcheck", http_rows);

static const struct lb_key arp_rows[] = {
	ROW(lb_method, iface, "iface", LB_T_IFNAME, 0, 0,
	    "the route's interface", "interface to ask on"),
};
static const struct lb_keys arp_keys = KEYS("option arpcheck", arp_rows);
static const struct lb_keys no_keys = { .where = "option" };

const struct lb_keys *const lb_all_keys[] = {
	&lb_service_keys, &lb_check_keys, &lb_persist_keys, &http_keys,
	&arp_keys, &lb_dopt_keys, &lb_server_keys, &lb_cond_keys,
	&lb_nat_keys, &lb_nat_side_keys, NULL,
};

const struct lb_word lb_scheds[] = {
	{ "roundrobin", NULL, "in turn, in proportion to the weights" },
	{ "leastconn", "least-connections",
	  "fewest connections per weight (default)" },
	{ "source", "hash-source", "consistent hash of the client address" },
	{ "srcdst", "hash-source-dest",
	  "consistent hash of client and director address" },
	{ "dest", "hash-destination",
	  "consistent hash of the director address" },
	{ "shortexpdelay", "shortestexpected",
	  "shortest expected delay, (connections + 1) / weight" },
	{ "shortexpdelay", "shortest-expected-delay", NULL },
	{ "neverqueue", "never-queue",
	  "an idle server, else the shortest expected delay" },
	{ "fo", NULL, "the usable server with the highest weight" },
	{ "ovh", "ovf", "fill the heaviest to its weight, then the next" },
	{ "mh", NULL, "Maglev hash of the client address" },
	{ "twos", NULL, "the better one of two at random" },
	{ NULL, NULL, NULL }
};

const struct lb_word lb_modes[] = {
	{ "gateway", NULL, "direct routing: only the link header is new" },
	{ "nat", NULL, "destination address and port are rewritten (default)" },
	{ "tunnel", NULL, "the packet travels inside another one" },
	{ NULL, NULL, NULL }
};

const struct lb_word lb_encaps[] = {
	{ "ipip", NULL, "IP in IP (default)" },
	{ "gre", NULL, "GRE" },
	{ "gue", NULL, "generic UDP encapsulation, 'gue port PORT'" },
	{ NULL, NULL, NULL }
};

/* not accepted: rr and lc are unweighted in IPVS, an alias would lie */
const struct lb_mistake lb_sched_mistakes[] = {
	{ "rr", "did you mean 'roundrobin'? (roundrobin honours weights)" },
	{ "wrr", "did you mean 'roundrobin'? (roundrobin honours weights)" },
	{ "lc", "did you mean 'leastconn'? (leastconn honours weights)" },
	{ "wlc", "did you mean 'leastconn'? (leastconn honours weights)" },
	{ "lblc", "did you mean 'leastconn localitybased'?" },
	{ "lblcr", "did you mean 'leastconn localitybased replication'?" },
	{ "sh", "did you mean 'source'?" },
	{ "dh", "did you mean 'dest'?" },
	{ "sed", "did you mean 'shortexpdelay'?" },
	{ "nq", "did you mean 'neverqueue'?" },
	{ "localitybased", "did you mean 'leastconn localitybased'?" },
	{ "maglev", "did you mean 'mh'?" },
	{ NULL, NULL }
};

const struct lb_mistake lb_mode_mistakes[] = {
	{ "dr", "did you mean 'gateway'?" },
	{ "dsr", "did you mean 'gateway'?" },
	{ "route", "did you mean 'gateway'?" },
	{ "masq", "did you mean 'nat'?" },
	{ "ipip", "did you mean 'tunnel ipip'?" },
	{ "gre", "did you mean 'tunnel gre'?" },
	{ "gue", "did you mean 'tunnel gue port PORT'?" },
	{ NULL, NULL }
};

const struct lb_method_word lb_methods[] = {
	{ "httpcheck", "http", &http_keys, "get a page" },
	{ "tcpcheck", "tcp", &no_keys, "open a TCP connection" },
	{ "arpcheck", "arp", &arp_keys, "ask who has the server's address" },
	{ "icmpcheck", "icmp", &no_keys, "send an echo request (default)" },
	{ NULL, NULL, NULL, NULL }
};

/**
 * lb_key_has() - was a row written?
 * @base: the struct of the set
 * @i: number of the row
 *
 * Return: true when it was.
 */
bool lb_key_has(const void *base, unsigned int i)
{
	return *(const uint32_t *)base & LB_BIT(i);
}

static int bad_range(const struct lb_key *key, const char *text,
		     struct lb_buf *why)
{
	lb_buf_printf(why, "'%s' %s is out of range ", key->name, text);
	lb_key_range(key, why);
	return -ERANGE;
}

static int parse_number(const struct lb_key *key, void *field,
			const char *text, struct lb_buf *why)
{
	bool minus = text[0] == '-' && isdigit((unsigned char)text[1]);
	uint64_t v;
	int err;

	err = key->type == LB_T_MS ? lb_ms_parse(&v, text + minus) :
				     lb_uint_parse(&v, text + minus);
	if (err) {
		lb_buf_printf(why, "'%s' is not %s", text,
			      lb_type_name(key->type));
		return -EINVAL;
	}
	if (minus || v < key->min || v > key->max)
		return bad_range(key, text, why);
	switch (key->type) {
	case LB_T_BYTE:
		*(uint8_t *)field = v;
		break;
	case LB_T_CODE:
	case LB_T_PORT:
		*(uint16_t *)field = v;
		break;
	default:
		*(uint32_t *)field = v;
	}
	return 0;
}

static int parse_ifname(char *field, const char *text, struct lb_buf *why)
{
	size_t len = strlen(text);

	if (!len || len > LB_IFNAME_MAX || strpbrk(text, "/: \t") ||
	    !strcmp(text, ".") || !strcmp(text, "..")) {
		lb_buf_printf(why, "'%s' is not an interface name", text);
		return -EINVAL;
	}
	memset(field, 0, LB_IFNAME_MAX + 1);
	memcpy(field, text, len);
	return 0;
}

static int parse_str(const struct lb_key *key, char **field, const char *text,
		     struct lb_buf *why)
{
	const char *c;

	if (strlen(text) < key->min || strlen(text) > key->max) {
		lb_buf_printf(why, "'%s' takes %u to %u characters", key->name,
			      (unsigned int)key->min, (unsigned int)key->max);
		return -EINVAL;
	}
	/* it becomes part of a request: nothing may end the line early */
	for (c = text; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f) {
			lb_buf_printf(why, "'%s' takes no blanks", key->name);
			return -EINVAL;
		}
	}
	free(*field);
	*field = lb_xstrdup(text);
	return 0;
}

static int parse_proto(const struct lb_key *key, uint8_t *field,
		       const char *text, struct lb_buf *why)
{
	if (!strcasecmp(text, "tcp"))
		*field = IPPROTO_TCP;
	else if (!strcasecmp(text, "udp"))
		*field = IPPROTO_UDP;
	else if (!strcasecmp(text, "icmp"))
		*field = IPPROTO_ICMP;
	else {
		lb_buf_printf(why, "unknown protocol '%s': %s", text,
			      key->help);
		return -EINVAL;
	}
	return 0;
}

static int explain(const struct lb_key *key, const char *text, int err,
		   struct lb_buf *why)
{
	if (err == -EDOM || (err == -ERANGE && key->type == LB_T_PORTS))
		lb_buf_printf(why, "'%s' runs backwards", text);
	else if (err == -ERANGE)
		lb_buf_printf(why, "'%s' is not a netmask: it has holes",
			      text);
	else if (err)
		lb_buf_printf(why, "'%s' is not %s", text,
			      lb_type_name(key->type));
	return err;
}

/**
 * lb_key_parse() - read the value of a row
 * @key: the row
 * @base: the struct of the set
 * @text: the value; ignored for flags
 * @why: gets the reason when it is refused
 *
 * The caller keeps the set bits.
 *
 * Return: 0, -EINVAL, or -ERANGE.
 */
int lb_key_parse(const struct lb_key *key, void *base, const char *text,
		 struct lb_buf *why)
{
	void *field = (char *)base + key->offset;

	switch (key->type) {
	case LB_T_FLAG:
		*(bool *)field = true;
		return 0;
	case LB_T_IFNAME:
		return parse_ifname(field, text, why);
	case LB_T_STR:
		return parse_str(key, field, text, why);
	case LB_T_PROTO:
		return parse_proto(key, field, text, why);
	case LB_T_ADDR:
		return explain(key, text, lb_addr_parse(field, text), why);
	case LB_T_NET:
		return explain(key, text, lb_net_parse(field, text), why);
	case LB_T_MASK:
		return explain(key, text, lb_mask_parse(field, text), why);
	case LB_T_PORTS:
		return explain(key, text, lb_ports_parse(field, text), why);
	default:
		return parse_number(key, field, text, why);
	}
}

static void print_str(struct lb_buf *b, const char *s)
{
	bool quote = !*s || strpbrk(s, " \t#\"\\");

	if (quote)
		lb_buf_puts(b, "\"");
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			lb_buf_puts(b, "\\");
		lb_buf_add(b, s, 1);
	}
	if (quote)
		lb_buf_puts(b, "\"");
}

static void print_mask(struct lb_buf *b, const struct lb_mask *m)
{
	uint32_t bits;

	if (!m->dotted || m->prefix > 32) {
		lb_buf_printf(b, "%u", m->prefix);
		return;
	}
	bits = m->prefix ? UINT32_MAX << (32 - m->prefix) : 0;
	lb_buf_printf(b, "%u.%u.%u.%u", bits >> 24, (bits >> 16) & 255,
		      (bits >> 8) & 255, bits & 255);
}

/**
 * lb_proto_name() - the word for a protocol
 * @proto: IPPROTO_
 *
 * Return: a constant string.
 */
const char *lb_proto_name(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_ICMP:
		return "icmp";
	default:
		return "";
	}
}

/**
 * lb_key_print() - write the value of a row in the language
 * @key: the row, not a flag
 * @base: the struct of the set
 * @b: where to append
 */
void lb_key_print(const struct lb_key *key, const void *base,
		  struct lb_buf *b)
{
	const void *field = (const char *)base + key->offset;
	const struct lb_ports *ports = field;
	const struct lb_net *net = field;
	char s[LB_ADDR_STR];

	switch (key->type) {
	case LB_T_FLAG:
		break;
	case LB_T_BYTE:
		lb_buf_printf(b, "%u", *(const uint8_t *)field);
		break;
	case LB_T_CODE:
	case LB_T_PORT:
		lb_buf_printf(b, "%u", *(const uint16_t *)field);
		break;
	case LB_T_UINT:
		lb_buf_printf(b, "%u", *(const uint32_t *)field);
		break;
	case LB_T_MS:
		lb_ms_print(b, *(const uint32_t *)field);
		break;
	case LB_T_PORTS:
		lb_buf_printf(b, "%u", ports->first);
		if (ports->last != ports->first)
			lb_buf_printf(b, "-%u", ports->last);
		break;
	case LB_T_ADDR:
		lb_addr_format(s, field);
		lb_buf_puts(b, s);
		break;
	case LB_T_NET:
		lb_addr_format(s, &net->addr);
		lb_buf_puts(b, s);
		lb_addr_format(s, &net->last);
		if (net->last.len)
			lb_buf_printf(b, "-%s", s);
		else if (net->prefix != net->addr.len * 8)
			lb_buf_printf(b, "/%u", net->prefix);
		break;
	case LB_T_MASK:
		print_mask(b, field);
		break;
	case LB_T_IFNAME:
		lb_buf_puts(b, field);
		break;
	case LB_T_STR:
		print_str(b, *(char *const *)field);
		break;
	case LB_T_PROTO:
		lb_buf_puts(b, lb_proto_name(*(const uint8_t *)field));
		break;
	}
}

/**
 * lb_key_equal() - compare the value of a row in two structs
 * @key: the row
 * @a: one struct
 * @b: the other
 *
 * Return: true when both would be printed alike.
 */
bool lb_key_equal(const struct lb_key *key, const void *a, const void *b)
{
	struct lb_buf x = { 0 }, y = { 0 };
	bool same;

	lb_key_print(key, a, &x);
	lb_key_print(key, b, &y);
	same = !strcmp(lb_buf_str(&x), lb_buf_str(&y));
	lb_buf_free(&x);
	lb_buf_free(&y);
	return same;
}

/**
 * lb_keys_print() - write every row that is set, each with a blank before it
 * @keys: the rows
 * @base: the struct of the set
 * @b: where to append
 */
void lb_keys_print(const struct lb_keys *keys, const void *base,
		   struct lb_buf *b)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++) {
		if (!lb_key_has(base, i))
			continue;
		lb_buf_printf(b, " %s", keys->key[i].name);
		if (keys->key[i].type == LB_T_FLAG)
			continue;
		lb_buf_puts(b, " ");
		lb_key_print(&keys->key[i], base, b);
	}
}

/**
 * lb_type_name() - what a value is, with its article
 * @type: the type
 *
 * Return: a constant string.
 */
const char *lb_type_name(enum lb_type type)
{
	static const char *const name[] = {
		[LB_T_FLAG] = "a flag", [LB_T_UINT] = "a number",
		[LB_T_BYTE] = "a number", [LB_T_CODE] = "a number",
		[LB_T_MS] = "a time", [LB_T_PORT] = "a port number",
		[LB_T_PORTS] = "a port or port range",
		[LB_T_ADDR] = "an IP address", [LB_T_NET] = "a network",
		[LB_T_MASK] = "a netmask", [LB_T_IFNAME] = "an interface name",
		[LB_T_STR] = "a string", [LB_T_PROTO] = "a protocol",
	};

	return name[type];
}

/**
 * lb_key_range() - write the range of a row
 * @key: the row, of a numeric type
 * @b: where to append
 */
void lb_key_range(const struct lb_key *key, struct lb_buf *b)
{
	if (key->type != LB_T_MS) {
		lb_buf_printf(b, "%llu..%llu", (unsigned long long)key->min,
			      (unsigned long long)key->max);
		return;
	}
	lb_ms_print(b, key->min);
	lb_buf_puts(b, "..");
	lb_ms_print(b, key->max);
	lb_buf_puts(b, " seconds");
}

/**
 * lb_word_find() - find a word or its alias
 * @words: the table, ended by a NULL name
 * @name: what the user wrote
 *
 * Return: the row or NULL.
 */
const struct lb_word *lb_word_find(const struct lb_word *words,
				   const char *name)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name) ||
		    (words->alias && !strcmp(words->alias, name)))
			return words;
	return NULL;
}

/**
 * lb_method_find() - find a check method
 * @name: its name on the wire
 *
 * Return: the row or NULL.
 */
const struct lb_method_word *lb_method_find(const char *name)
{
	const struct lb_method_word *m;

	for (m = lb_methods; m->option; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}
