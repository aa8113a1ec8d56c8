// SPDX-License-Identifier: GPL-2.0
/*
 * A picture of this machine's network, made of what `ip -json`, `ss` and `nft`
 * print.  Nothing here runs a program: text in, struct out.
 */
#include "backend/snap.h"

#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sysctl_name[LB_BE_SYSCTLS] = {
	[LB_BE_ARP_IGNORE] = "arp_ignore",
	[LB_BE_ARP_ANNOUNCE] = "arp_announce",
	[LB_BE_RP_FILTER] = "rp_filter",
};

/**
 * lb_be_sysctl_name() - the last part of a setting's name
 * @which: the setting
 *
 * Return: a static string.
 */
const char *lb_be_sysctl_name(enum lb_be_sysctl which)
{
	return sysctl_name[which];
}

/**
 * lb_be_sysctl_key() - a setting's name as sysctl(8) and sysctl.d(5) take it
 * @b: where to append
 * @dev: an interface, or "all"
 * @which: the setting
 *
 * A name with a dot, eth0.100, needs the form with slashes.
 */
void lb_be_sysctl_key(struct lb_buf *b, const char *dev,
		      enum lb_be_sysctl which)
{
	lb_buf_printf(b, strchr(dev, '.') ? "net/ipv4/conf/%s/%s" :
		      "net.ipv4.conf.%s.%s", dev, sysctl_name[which]);
}

/* --- JSON, where anything may be missing --- */

/**
 * lb_be_json_get() - a member of a JSON object
 * @o: perhaps an object, or NULL
 * @key: the member
 *
 * Return: its value, or NULL; borrowed.
 */
struct json_object *lb_be_json_get(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (json_object_is_type(o, json_type_object) &&
	    json_object_object_get_ex(o, key, &v))
		return v;
	return NULL;
}

/**
 * lb_be_json_str() - a member of a JSON object that is a string
 * @o: perhaps an object, or NULL
 * @key: the member
 *
 * Return: the string, "" if it is not there; borrowed.
 */
const char *lb_be_json_str(struct json_object *o, const char *key)
{
	struct json_object *v = lb_be_json_get(o, key);

	return json_object_is_type(v, json_type_string) ?
	       json_object_get_string(v) : "";
}

static unsigned int get_uint(struct json_object *o, const char *key)
{
	struct json_object *v = lb_be_json_get(o, key);
	int64_t n;

	if (!json_object_is_type(v, json_type_int))
		return 0;
	n = json_object_get_int64(v);
	return n > 0 && n <= UINT32_MAX ? n : 0;
}

/* "any" and what is not there leave it empty */
static void get_addr(struct lb_addr *a, struct json_object *o,
		     const char *key)
{
	if (lb_addr_parse(a, lb_be_json_str(o, key)))
		memset(a, 0, sizeof(*a));
}

static void copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

static size_t length(struct json_object *o)
{
	return json_object_is_type(o, json_type_array) ?
	       json_object_array_length(o) : 0;
}

static bool has_word(struct json_object *array, const char *word)
{
	size_t i, n = length(array);
	const char *s;

	for (i = 0; i < n; i++) {
		s = json_object_get_string(json_object_array_get_idx(array, i));
		if (s && !strcmp(s, word))
			return true;
	}
	return false;
}

/* --- interfaces and their addresses --- */

static void read_if_addr(struct lb_be_link *l, struct json_object *o)
{
	struct lb_be_if_addr a = { 0 };

	get_addr(&a.addr, o, "local");
	if (!a.addr.len)
		return;
	a.prefix = get_uint(o, "prefixlen");
	copy(a.label, sizeof(a.label), lb_be_json_str(o, "label"));
	l->addr = lb_grow(l->addr, l->n_addrs, sizeof(*l->addr));
	l->addr[l->n_addrs++] = a;
}

static void read_tunnel(struct lb_be_link *l, struct json_object *o)
{
	struct json_object *data = lb_be_json_get(o, "info_data");

	copy(l->kind, sizeof(l->kind), lb_be_json_str(o, "info_kind"));
	get_addr(&l->local, data, "local");
	get_addr(&l->remote, data, "remote");
	l->keyed = lb_be_json_get(data, "ikey");
	copy(l->proto, sizeof(l->proto), lb_be_json_str(data, "proto"));
}

static void read_link(struct lb_be_snap *s, struct json_object *o)
{
	struct json_object *flags = lb_be_json_get(o, "flags");
	struct json_object *addrs = lb_be_json_get(o, "addr_info");
	struct lb_be_link l = { 0 };
	size_t i, n = length(addrs);

	copy(l.name, sizeof(l.name), lb_be_json_str(o, "ifname"));
	if (!l.name[0])
		return;
	l.up = has_word(flags, "UP");
	l.loopback = has_word(flags, "LOOPBACK");
	l.broadcast = has_word(flags, "BROADCAST") && !has_word(flags, "NOARP");
	l.mtu = get_uint(o, "mtu");
	read_tunnel(&l, lb_be_json_get(o, "linkinfo"));
	for (i = 0; i < n; i++)
		read_if_addr(&l, json_object_array_get_idx(addrs, i));
	for (i = 0; i < LB_BE_SYSCTLS; i++)
		l.conf[i] = LB_BE_UNKNOWN;
	l.no_ipv6 = LB_BE_UNKNOWN;
	s->link = lb_grow(s->link, s->n_links, sizeof(*s->link));
	s->link[s->n_links++] = l;
}

/**
 * lb_be_parse_addrs() - take in what `ip -json -details address` prints
 * @s: the picture; the settings of interfaces stay unknown
 * @json: the text
 *
 * Return: 0, or -EBADMSG when it is no JSON.
 */
int lb_be_parse_addrs(struct lb_be_snap *s, const char *json)
{
	struct json_object *all = json_tokener_parse(json);
	size_t i, n = length(all);

	if (!json_object_is_type(all, json_type_array)) {
		json_object_put(all);
		return -EBADMSG;
	}
	for (i = 0; i < n; i++)
		read_link(s, json_object_array_get_idx(all, i));
	json_object_put(all);
	return 0;
}

/**
 * lb_be_parse_fou() - take in what `ip -json fou show` prints
 * @s: the picture
 * @json: the text
 *
 * Return: 0, or -EBADMSG when it is no JSON.
 */
int lb_be_parse_fou(struct lb_be_snap *s, const char *json)
{
	struct json_object *all = json_tokener_parse(json);
	size_t i, n = length(all);
	struct json_object *o;
	struct lb_be_fou f;

	if (!json_object_is_type(all, json_type_array)) {
		json_object_put(all);
		return -EBADMSG;
	}
	s->has_fou = true;
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(all, i);
		f.port = get_uint(o, "port");
		f.family = strcmp(lb_be_json_str(o, "family"), "inet6") ?
			   4 : 16;
		/* a key without a value */
		f.gue = json_object_object_get_ex(o, "gue", NULL);
		s->fou = lb_grow(s->fou, s->n_fous, sizeof(*s->fou));
		s->fou[s->n_fous++] = f;
	}
	json_object_put(all);
	return 0;
}

/* --- routes --- */

static void read_hop(struct lb_be_route *r, struct json_object *o)
{
	struct lb_be_hop *h;

	if (r->n_hops == LB_BE_HOPS_MAX || !lb_be_json_str(o, "dev")[0])
		return;
	h = &r->hop[r->n_hops++];
	get_addr(&h->gateway, o, "gateway");
	/* a next hop of the other family: "via": { "family", "host" } */
	if (!h->gateway.len)
		get_addr(&h->gateway, lb_be_json_get(o, "via"), "host");
	copy(h->dev, sizeof(h->dev), lb_be_json_str(o, "dev"));
}

static void read_route(struct lb_be_route *r, struct json_object *o)
{
	struct json_object *hops = lb_be_json_get(o, "nexthops");
	struct json_object *metrics = lb_be_json_get(o, "metrics");
	const char *type = lb_be_json_str(o, "type");
	size_t i, n = length(hops);

	read_hop(r, o);
	for (i = 0; i < n; i++)
		read_hop(r, json_object_array_get_idx(hops, i));
	r->ok = r->n_hops && (!type[0] || !strcmp(type, "unicast"));
	copy(r->dst, sizeof(r->dst), lb_be_json_str(o, "dst"));
	if (strcmp(lb_be_json_str(o, "table"), "main"))
		copy(r->table, sizeof(r->table), lb_be_json_str(o, "table"));
	copy(r->protocol, sizeof(r->protocol), lb_be_json_str(o, "protocol"));
	get_addr(&r->src, o, "prefsrc");
	r->metric = get_uint(o, "metric");
	n = length(metrics);
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(metrics, i);
		if (!r->advmss)
			r->advmss = get_uint(o, "advmss");
		if (!r->mtu)
			r->mtu = get_uint(o, "mtu");
	}
}

/**
 * lb_be_parse_route() - take in what `ip -json route get fibmatch` prints
 * @s: the picture
 * @from: the address that was asked for
 * @json: the text; nothing when there is no route
 */
void lb_be_parse_route(struct lb_be_snap *s, const struct lb_addr *from,
		       const char *json)
{
	struct json_object *all = json_tokener_parse(json);
	struct lb_be_route r = { .from = *from };

	if (length(all))
		read_route(&r, json_object_array_get_idx(all, 0));
	json_object_put(all);
	s->route = lb_grow(s->route, s->n_routes, sizeof(*s->route));
	s->route[s->n_routes++] = r;
}

/* --- sockets --- */

/* "192.0.2.1:80", "0.0.0.0%eth0:80", "[::1]:80", "[fe80::1]%eth0:80", "*:80":
 * a star is both families, [::] with IPV6_V6ONLY only one
 */
static bool read_socket(struct lb_be_socket *k, char *text)
{
	char *colon = strrchr(text, ':');
	struct lb_ports port;
	char *dev;

	if (!colon || lb_ports_parse(&port, colon + 1))
		return false;
	*colon = '\0';
	k->port = port.first;
	dev = strchr(text, '%');
	if (dev) {
		*dev = '\0';
		copy(k->dev, sizeof(k->dev), dev + 1);
		k->dev[strcspn(k->dev, "]")] = '\0';
	}
	k->families = 3;
	if (!strcmp(text, "*"))
		return true;
	if (lb_addr_parse(&k->addr, text))
		return false;
	k->families = k->addr.len == 4 ? 1 : 2;
	if (!strcmp(text, "0.0.0.0") || !strcmp(text, "[::]"))
		memset(&k->addr, 0, sizeof(k->addr));
	return true;
}

static void socket_line(struct lb_be_snap *s, char *line)
{
	struct lb_be_socket k = { 0 };
	char *word, *save;
	unsigned int i;

	/* Netid State Recv-Q Send-Q Local:Port Peer:Port */
	for (i = 0, word = strtok_r(line, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save), i++) {
		if (i == 0)
			k.proto = !strcmp(word, "tcp") ? IPPROTO_TCP :
				  !strcmp(word, "udp") ? IPPROTO_UDP : 0;
		if (i == 4)
			break;
	}
	if (!word || !k.proto || !read_socket(&k, word))
		return;
	s->socket = lb_grow(s->socket, s->n_sockets, sizeof(*s->socket));
	s->socket[s->n_sockets++] = k;
}

/**
 * lb_be_parse_sockets() - take in what `ss -Hlntu` prints
 * @s: the picture
 * @text: the text
 */
void lb_be_parse_sockets(struct lb_be_snap *s, const char *text)
{
	char *all = lb_xstrdup(text), *line, *save;

	s->has_sockets = true;
	for (line = strtok_r(all, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		socket_line(s, line);
	free(all);
}

/* --- firewalls --- */

static bool has_verdict(const char *line)
{
	return strstr(line, " drop") || strstr(line, " reject") ||
	       strstr(line, "jump ") || strstr(line, "goto ") ||
	       strstr(line, "queue");
}

/**
 * lb_be_parse_nft() - take in what `nft list ruleset` prints
 * @s: the picture
 * @text: the text
 *
 * Only base chains at the hook input are looked at, and only for whether they
 * may drop anything: judging rules would mean evaluating them as the kernel
 * does.
 */
void lb_be_parse_nft(struct lb_be_snap *s, const char *text)
{
	char *all = lb_xstrdup(text), *line, *save;
	char table[256] = "", chain[256] = "";
	struct lb_be_chain *at = NULL;
	struct lb_buf name = { 0 };

	for (line = strtok_r(all, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		if (sscanf(line, "table %255[^{]{", table) == 1) {
			at = NULL;
		} else if (sscanf(line, "chain %255s {", chain) == 1) {
			at = NULL;
		} else if (strstr(line, "hook input ")) {
			lb_buf_reset(&name);
			lb_buf_printf(&name, "%s%s", table, chain);
			s->chain = lb_grow(s->chain, s->n_chains,
					   sizeof(*s->chain));
			at = &s->chain[s->n_chains++];
			at->name = lb_xstrdup(lb_buf_str(&name));
			at->policy_drop = strstr(line, "policy drop");
			at->drops = false;
		} else if (*line == '}') {
			at = NULL;
		} else if (at && has_verdict(line)) {
			at->drops = true;
		}
	}
	lb_buf_free(&name);
	free(all);
}

/* --- questions --- */

/**
 * lb_be_link_find() - find an interface
 * @s: the picture
 * @name: its name
 *
 * Return: the interface, owned by @s, or NULL.
 */
struct lb_be_link *lb_be_link_find(const struct lb_be_snap *s,
				   const char *name)
{
	size_t i;

	for (i = 0; i < s->n_links; i++)
		if (!strcmp(s->link[i].name, name))
			return &s->link[i];
	return NULL;
}

/**
 * lb_be_addr_on() - find an address on an interface
 * @l: the interface
 * @a: the address
 *
 * Return: the address as it is there, owned by @l, or NULL.
 */
const struct lb_be_if_addr *lb_be_addr_on(const struct lb_be_link *l,
					  const struct lb_addr *a)
{
	size_t i;

	for (i = 0; i < l->n_addrs; i++)
		if (lb_addr_equal(&l->addr[i].addr, a))
			return &l->addr[i];
	return NULL;
}

/**
 * lb_be_link_with() - find the interface that has an address
 * @s: the picture
 * @a: the address
 *
 * Return: the first such, owned by @s, or NULL.
 */
const struct lb_be_link *lb_be_link_with(const struct lb_be_snap *s,
					 const struct lb_addr *a)
{
	size_t i;

	for (i = 0; a->len && i < s->n_links; i++)
		if (lb_be_addr_on(&s->link[i], a))
			return &s->link[i];
	return NULL;
}

/**
 * lb_be_has_ipv4() - has an interface any IPv4 address?
 * @l: the interface
 *
 * Return: true if so.
 */
bool lb_be_has_ipv4(const struct lb_be_link *l)
{
	size_t i;

	for (i = 0; i < l->n_addrs; i++)
		if (l->addr[i].addr.len == 4)
			return true;
	return false;
}

/**
 * lb_be_route_from() - how do answers from an address leave?
 * @s: the picture
 * @from: the address
 *
 * Return: the route, owned by @s; NULL when nobody asked.
 */
const struct lb_be_route *lb_be_route_from(const struct lb_be_snap *s,
					   const struct lb_addr *from)
{
	size_t i;

	for (i = 0; i < s->n_routes; i++)
		if (lb_addr_equal(&s->route[i].from, from))
			return &s->route[i];
	return NULL;
}

/**
 * lb_be_conf_of() - what a setting is
 * @s: the picture
 * @dev: an interface, or "all"
 * @which: the setting
 *
 * Return: its value or LB_BE_UNKNOWN.
 */
int lb_be_conf_of(const struct lb_be_snap *s, const char *dev,
		  enum lb_be_sysctl which)
{
	const struct lb_be_link *l;

	if (!strcmp(dev, "all"))
		return s->all[which];
	l = lb_be_link_find(s, dev);
	return l ? l->conf[which] : LB_BE_UNKNOWN;
}

/**
 * lb_be_snap_free() - forget a picture
 * @s: the picture
 */
void lb_be_snap_free(struct lb_be_snap *s)
{
	size_t i;

	for (i = 0; i < s->n_links; i++)
		free(s->link[i].addr);
	for (i = 0; i < s->n_chains; i++)
		free(s->chain[i].name);
	free(s->link);
	free(s->fou);
	free(s->route);
	free(s->socket);
	free(s->chain);
	memset(s, 0, sizeof(*s));
}
