// SPDX-License-Identifier: GPL-2.0
/*
 * What `lbctl backend` is asked for: one request is one VIP in one mode.  Text
 * in, struct out, and back; the state file keeps requests in the same words.
 */
#include "backend/request.h"

#include "out.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "tunnel gue port 65535" and the like */
#define MODE_WORDS	4
#define MODE_TEXT	64

static const char *const encap_name[] = {
	[LB_BE_IPIP] = "ipip",
	[LB_BE_GRE] = "gre",
	[LB_BE_GUE] = "gue",
};

/**
 * lb_be_is_tunnel() - do packets come wrapped?
 * @mode: the mode
 *
 * Return: true for the three encapsulations of mode tunnel.
 */
bool lb_be_is_tunnel(enum lb_be_mode mode)
{
	return mode >= LB_BE_IPIP;
}

static int bad_mode(struct lb_buf *why, const char *text)
{
	lb_buf_printf(why, "'%s' is no mode: nat, gateway, ipip, gre, "
		      "'gue port PORT', or these after 'tunnel'", text);
	return LB_EXIT_VALUE;
}

static int parse_gue_port(struct lb_be_request *r, char **word,
			  unsigned int n, struct lb_buf *why)
{
	struct lb_ports ports;

	if (!n)
		return 0;
	if (n != 2 || strcmp(word[0], "port") ||
	    lb_ports_parse(&ports, word[1]) || ports.first != ports.last) {
		lb_buf_puts(why, "after 'gue' comes 'port PORT'");
		return LB_EXIT_VALUE;
	}
	r->gue_port = ports.first;
	return 0;
}

/*
 * Names of devices and of families in each other.  The families follow from the
 * addresses, and have only to agree.
 */
static int parse_kind(struct lb_be_request *r, const char *word)
{
	static const struct {
		const char *word;
		enum lb_be_mode mode;
		uint8_t vip_len, rip_len;
	} kind[] = {
		{ "4in4", LB_BE_IPIP, 4, 4 }, { "6in6", LB_BE_IPIP, 16, 16 },
		{ "4in6", LB_BE_IPIP, 4, 16 }, { "6in4", LB_BE_IPIP, 16, 4 },
		{ "ip6tnl", LB_BE_IPIP, 0, 16 }, { "sit", LB_BE_IPIP, 16, 4 },
		{ "ip6gre", LB_BE_GRE, 0, 16 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kind); i++) {
		if (strcmp(word, kind[i].word))
			continue;
		r->mode = kind[i].mode;
		r->vip_len = kind[i].vip_len;
		r->rip_len = kind[i].rip_len;
		return 0;
	}
	return -EINVAL;
}

/* after "tunnel", or without it; a bare "tunnel" is ipip as in l4lb.conf */
static int parse_encap(struct lb_be_request *r, char **word, unsigned int n,
		       const char *text, struct lb_buf *why)
{
	enum lb_be_mode mode;

	r->mode = LB_BE_IPIP;
	if (!n)
		return 0;
	for (mode = LB_BE_IPIP; mode <= LB_BE_GUE; mode++)
		if (!strcmp(word[0], encap_name[mode]))
			break;
	if (mode > LB_BE_GUE)
		return n > 1 || parse_kind(r, word[0]) ? bad_mode(why, text) : 0;
	r->mode = mode;
	if (mode == LB_BE_GUE)
		return parse_gue_port(r, word + 1, n - 1, why);
	return n > 1 ? bad_mode(why, text) : 0;
}

/**
 * lb_be_mode_parse() - read a mode
 * @r: gets it
 * @text: "nat", "gateway", or an encapsulation with or without "tunnel"
 * @why: gets what is wrong
 *
 * Return: 0 or an exit code.
 */
int lb_be_mode_parse(struct lb_be_request *r, const char *text,
		     struct lb_buf *why)
{
	char copy[MODE_TEXT], *word[MODE_WORDS + 1], *save;
	unsigned int n = 0, first;
	char *w;

	r->vip_len = r->rip_len = 0;
	if (strlen(text) >= sizeof(copy))
		return bad_mode(why, text);
	strcpy(copy, text);
	for (w = strtok_r(copy, " ", &save); w && n <= MODE_WORDS;
	     w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	if (!n || n > MODE_WORDS)
		return bad_mode(why, text);
	if (n == 1 && !strcmp(word[0], "nat")) {
		r->mode = LB_BE_NAT;
		return 0;
	}
	if (n == 1 && !strcmp(word[0], "gateway")) {
		r->mode = LB_BE_GATEWAY;
		return 0;
	}
	first = !strcmp(word[0], "tunnel");
	return parse_encap(r, word + first, n - first, text, why);
}

/**
 * lb_be_mode_print() - write a mode as l4lb.conf has it
 * @b: where to append
 * @r: the request
 */
void lb_be_mode_print(struct lb_buf *b, const struct lb_be_request *r)
{
	if (r->mode == LB_BE_NAT)
		lb_buf_puts(b, "nat");
	else if (r->mode == LB_BE_GATEWAY)
		lb_buf_puts(b, "gateway");
	else
		lb_buf_printf(b, "tunnel %s", encap_name[r->mode]);
	if (r->mode == LB_BE_GUE)
		lb_buf_printf(b, " port %u", r->gue_port);
}

static const char *vip_error(enum lb_addr_error err)
{
	switch (err) {
	case LB_ADDR_RANGE:
		return "is a range; a VIP is one address";
	case LB_ADDR_PORT_RANGE:
	case LB_ADDR_PORT_BAD:
		return "has no port from 1 to 65535 behind the address";
	case LB_ADDR_AMBIGUOUS:
		return "is ambiguous: write [ADDR]:PORT";
	case LB_ADDR_NOT_UNICAST:
	case LB_ADDR_MAPPED:
		return "is no address of a machine";
	default:
		return "is not ADDR[:PORT][/tcp|/udp]";
	}
}

/**
 * lb_be_vip_parse() - read ADDR[:PORT][/tcp|/udp], or ADDR with a whole prefix
 * @r: gets address, port and protocol
 * @text: the text
 * @why: gets what is wrong
 *
 * Return: 0 or an exit code.
 */
int lb_be_vip_parse(struct lb_be_request *r, const char *text,
		    struct lb_buf *why)
{
	const char *slash = strrchr(text, '/');
	char plain[LB_ADDR_STR + 8];
	enum lb_addr_error err;
	size_t len = strlen(text);
	unsigned int where, prefix = 0;

	r->proto = 0;
	if (slash && !strcasecmp(slash, "/tcp"))
		r->proto = IPPROTO_TCP;
	else if (slash && !strcasecmp(slash, "/udp"))
		r->proto = IPPROTO_UDP;
	/* as ip(8) writes the one address */
	if (slash && (!strcmp(slash, "/32") || !strcmp(slash, "/128")))
		prefix = atoi(slash + 1);
	if (r->proto || prefix)
		len = slash - text;
	err = LB_ADDR_BAD;
	if (len < sizeof(plain)) {
		memcpy(plain, text, len);
		plain[len] = '\0';
		err = lb_addrport_parse(&r->vip, &r->port, plain, &where);
	}
	if (!err && prefix && r->vip.len * 8 != prefix)
		err = LB_ADDR_RANGE;
	if (err) {
		lb_buf_printf(why, "'%s' %s", text, vip_error(err));
		return LB_EXIT_VALUE;
	}
	if (r->proto && !r->port) {
		lb_buf_printf(why, "'%s' names a protocol and no port", text);
		return LB_EXIT_MISSING;
	}
	if (r->port && !r->proto)
		r->proto = IPPROTO_TCP;
	return 0;
}

/**
 * lb_be_vip_print() - write the VIP so that it reads back
 * @b: where to append
 * @r: the request
 */
void lb_be_vip_print(struct lb_buf *b, const struct lb_be_request *r)
{
	lb_addrport_print(b, &r->vip, r->port);
	if (r->port)
		lb_buf_puts(b, r->proto == IPPROTO_UDP ? "/udp" : "/tcp");
}

/**
 * lb_be_iface_ok() - may this name stand in a command line?
 * @name: name of an interface
 *
 * The kernel takes nearly any character; what is printed here is pasted into
 * shells.
 *
 * Return: true for a usual name.
 */
bool lb_be_iface_ok(const char *name)
{
	const char *c;

	if (!*name || strlen(name) >= IFNAMSIZ || *name == '-')
		return false;
	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-+@", *c))
			return false;
	return strcmp(name, ".") && strcmp(name, "..");
}

/**
 * lb_be_request_judge() - is all there, and does it fit together?
 * @r: the request
 * @why: gets what is wrong
 *
 * Return: 0 or an exit code.
 */
int lb_be_request_judge(const struct lb_be_request *r, struct lb_buf *why)
{
	if (!r->rip.len && (r->mode != LB_BE_GATEWAY || !r->iface[0])) {
		lb_buf_puts(why, "--rip is missing: the address of this "
			    "machine that the director names");
		return LB_EXIT_MISSING;
	}
	if (r->mode == LB_BE_GUE && !r->gue_port) {
		lb_buf_puts(why, "mode tunnel gue needs its port: "
			    "--mode tunnel gue port PORT");
		return LB_EXIT_MISSING;
	}
	if ((r->vip_len && r->vip.len != r->vip_len) ||
	    (r->rip_len && r->rip.len != r->rip_len)) {
		bool vip = r->vip_len && r->vip.len != r->vip_len;

		lb_buf_printf(why, "this mode wants --%s to be an IPv%c address",
			      vip ? "vip" : "rip",
			      (vip ? r->vip_len : r->rip_len) == 4 ? '4' : '6');
		return LB_EXIT_VALUE;
	}
	if (r->rip_port && r->mode != LB_BE_NAT) {
		lb_buf_puts(why, "only mode nat translates ports: --rip ADDR");
		return LB_EXIT_VALUE;
	}
	if (lb_addr_equal(&r->rip, &r->vip)) {
		lb_buf_puts(why, "--vip and --rip are the same address: the VIP "
			    "is the balancer's, the RIP this machine's");
		return LB_EXIT_VALUE;
	}
	if (r->mode == LB_BE_NAT && r->rip.len != r->vip.len) {
		lb_buf_puts(why, "--vip and --rip are of different families: "
			    "only mode tunnel can do that");
		return LB_EXIT_VALUE;
	}
	return 0;
}

/**
 * lb_be_has_lb() - is this a balancer?
 * @r: the request
 * @a: the address
 *
 * Return: true when the request names it as one.
 */
bool lb_be_has_lb(const struct lb_be_request *r, const struct lb_addr *a)
{
	unsigned int i;

	for (i = 0; i < r->n_lb; i++)
		if (lb_addr_equal(&r->lb[i], a))
			return true;
	return false;
}

/* one service of one VIP, by one way, at one port of that way */
static bool same(const struct lb_be_request *a, const struct lb_be_request *b)
{
	return a->mode == b->mode && a->gue_port == b->gue_port &&
	       a->port == b->port && a->proto == b->proto &&
	       lb_addr_equal(&a->vip, &b->vip) &&
	       lb_addr_equal(&a->rip, &b->rip);
}

/**
 * lb_be_requests_find() - find the older self of a request
 * @all: the requests
 * @r: the request
 *
 * Return: it, owned by @all, or NULL.
 */
const struct lb_be_request *
lb_be_requests_find(const struct lb_be_requests *all,
		    const struct lb_be_request *r)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (same(&all->r[i], r))
			return &all->r[i];
	return NULL;
}

/**
 * lb_be_requests_inherit() - take what is not told from an older request
 * @all: the older requests
 * @r: the request; gets balancers, client and interface
 */
void lb_be_requests_inherit(const struct lb_be_requests *all,
			    struct lb_be_request *r)
{
	const struct lb_be_request *old = lb_be_requests_find(all, r);

	if (!old)
		return;
	if (!r->n_lb) {
		memcpy(r->lb, old->lb, sizeof(r->lb));
		r->n_lb = old->n_lb;
	}
	if (!r->client.len)
		r->client = old->client;
	if (!r->iface[0]) {
		strcpy(r->iface, old->iface);
		r->iface_found = old->iface_found;
	}
}

/**
 * lb_be_requests_add() - add a request, or put it in place of its older self
 * @all: the requests
 * @r: the request; copied, but for a label that it has not
 */
void lb_be_requests_add(struct lb_be_requests *all,
			const struct lb_be_request *r)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (same(&all->r[i], r)) {
			int label = all->r[i].label;

			all->r[i] = *r;
			if (r->label == LB_BE_NO_LABEL)
				all->r[i].label = label;
			return;
		}
	}
	all->r = lb_grow(all->r, all->n, sizeof(*all->r));
	all->r[all->n++] = *r;
}

/**
 * lb_be_requests_has() - is there a request for a VIP?
 * @all: the requests
 * @vip: the VIP
 *
 * Return: true if so.
 */
bool lb_be_requests_has(const struct lb_be_requests *all,
			const struct lb_addr *vip)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (lb_addr_equal(&all->r[i].vip, vip))
			return true;
	return false;
}

static bool is_named(const struct lb_be_request *r, const struct lb_addr *vip,
		     const struct lb_be_request *way)
{
	if (vip && !lb_addr_equal(&r->vip, vip))
		return false;
	return !way || ((!way->has_mode || way->mode == r->mode) &&
			(!way->gue_port || way->gue_port == r->gue_port) &&
			(!way->vip_len || way->vip_len == r->vip.len) &&
			(!way->rip_len || way->rip_len == r->rip.len) &&
			(!way->rip.len || lb_addr_equal(&way->rip, &r->rip)));
}

/**
 * lb_be_requests_find_vip() - find a request for a VIP
 * @all: the requests
 * @vip: the VIP
 * @way: mode, gue port and RIP as far as they were told, or NULL
 *
 * Return: the first, owned by @all, or NULL.
 */
const struct lb_be_request *
lb_be_requests_find_vip(const struct lb_be_requests *all,
			const struct lb_addr *vip,
			const struct lb_be_request *way)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (is_named(&all->r[i], vip, way))
			return &all->r[i];
	return NULL;
}

/**
 * lb_be_requests_drop() - forget all requests for a VIP, with all its ports
 * @all: the requests
 * @vip: the VIP, NULL = all of them
 * @way: only those with this mode, gue port and RIP, as far as they were told;
 *	or NULL
 *
 * Return: true when there was one.
 */
bool lb_be_requests_drop(struct lb_be_requests *all, const struct lb_addr *vip,
			 const struct lb_be_request *way)
{
	size_t i, n = 0;

	for (i = 0; i < all->n; i++)
		if (!is_named(&all->r[i], vip, way))
			all->r[n++] = all->r[i];
	i = all->n;
	all->n = n;
	return n < i;
}

/**
 * lb_be_requests_copy() - copy all requests
 * @to: gets them; must be empty
 * @from: the requests
 */
void lb_be_requests_copy(struct lb_be_requests *to,
			 const struct lb_be_requests *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		lb_be_requests_add(to, &from->r[i]);
}

/**
 * lb_be_requests_free() - forget all requests
 * @all: the requests
 */
void lb_be_requests_free(struct lb_be_requests *all)
{
	free(all->r);
	memset(all, 0, sizeof(*all));
}
