// SPDX-License-Identifier: GPL-2.0
/*
 * What `lbctl backend` remembers, as JSON text: a struct in, text out, and
 * back.  A file that a person edited must not make root run what it says: only
 * what would have been written is read.
 */
#include "backend/state.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define VERSION	1

static const char *const kind_name[] = {
	[LB_BE_SYSCTL] = "sysctl",
	[LB_BE_FOU] = "fou",
	[LB_BE_LINK] = "link",
	[LB_BE_UP] = "up",
	[LB_BE_ADDR] = "address",
};

/* --- out --- */

static void put_str(struct json_object *o, const char *key, const char *s)
{
	if (s[0])
		json_object_object_add(o, key, json_object_new_string(s));
}

static void put_int(struct json_object *o, const char *key, int v)
{
	json_object_object_add(o, key, json_object_new_int(v));
}

static void put_addr(struct json_object *o, const char *key,
		     const struct lb_addr *a)
{
	char s[LB_ADDR_STR];

	lb_addr_format(s, a);
	put_str(o, key, s);
}

static struct json_object *put_request(const struct lb_be_request *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *lbs = json_object_new_array();
	struct lb_buf b = { 0 };
	char s[LB_ADDR_STR];
	unsigned int i;

	lb_be_mode_print(&b, r);
	put_str(o, "mode", lb_buf_str(&b));
	lb_buf_reset(&b);
	lb_be_vip_print(&b, r);
	put_str(o, "vip", lb_buf_str(&b));
	lb_buf_free(&b);
	put_addr(o, "rip", &r->rip);
	if (r->rip_port)
		put_int(o, "rip_port", r->rip_port);
	put_str(o, "iface", r->iface);
	if (r->iface_found)
		put_int(o, "iface_found", 1);
	for (i = 0; i < r->n_lb; i++) {
		lb_addr_format(s, &r->lb[i]);
		json_object_array_add(lbs, json_object_new_string(s));
	}
	json_object_object_add(o, "lb", lbs);
	put_addr(o, "client", &r->client);
	if (r->label != LB_BE_NO_LABEL)
		put_int(o, "label", r->label);
	return o;
}

static struct json_object *put_item(const struct lb_be_item *i)
{
	struct json_object *o = json_object_new_object();

	put_str(o, "kind", kind_name[i->kind]);
	put_str(o, "dev", i->dev);
	if (i->kind == LB_BE_SYSCTL) {
		put_str(o, "name", lb_be_sysctl_name(i->sysctl));
		put_int(o, "value", i->value);
		put_int(o, "before", i->before);
	}
	if (i->kind == LB_BE_FOU) {
		put_int(o, "port", i->port);
		put_int(o, "family", i->family == 16 ? 6 : 4);
	}
	put_str(o, "type", i->type);
	put_addr(o, "local", &i->local);
	put_addr(o, "address", &i->addr);
	if (i->label != LB_BE_NO_LABEL)
		put_int(o, "label", i->label);
	return o;
}

/**
 * lb_be_state_print() - write the state
 * @b: where to append
 * @st: the state
 */
void lb_be_state_print(struct lb_buf *b, const struct lb_be_state *st)
{
	struct json_object *o = json_object_new_object();
	struct json_object *requests = json_object_new_array();
	struct json_object *made = json_object_new_array();
	struct json_object *dirs = json_object_new_array();
	size_t i;

	put_int(o, "version", VERSION);
	for (i = 0; i < st->requests.n; i++)
		json_object_array_add(requests,
				      put_request(&st->requests.r[i]));
	for (i = 0; i < st->made.n; i++)
		json_object_array_add(made, put_item(&st->made.item[i]));
	for (i = 0; i < st->n_dirs; i++)
		json_object_array_add(dirs,
				      json_object_new_string(st->dir[i]));
	json_object_object_add(o, "requests", requests);
	json_object_object_add(o, "made", made);
	json_object_object_add(o, "directories", dirs);
	lb_buf_puts(b, json_object_to_json_string_ext(o,
			JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
			JSON_C_TO_STRING_NOSLASHESCAPE));
	lb_buf_puts(b, "\n");
	json_object_put(o);
}

/* --- in; each returns false when it is not what put_ wrote --- */

static bool get_int(struct json_object *o, const char *key, int min, int max,
		    int *v)
{
	struct json_object *n = lb_be_json_get(o, key);
	int64_t value;

	if (!n)
		return true;
	value = json_object_get_int64(n);
	*v = value;
	return json_object_is_type(n, json_type_int) && value >= min &&
	       value <= max;
}

static bool get_addr(struct json_object *o, const char *key,
		     struct lb_addr *a)
{
	const char *s = lb_be_json_str(o, key);

	return !s[0] || !lb_addr_parse(a, s);
}

static bool get_iface(struct json_object *o, const char *key, char *name)
{
	const char *s = lb_be_json_str(o, key);

	if (s[0] && !lb_be_iface_ok(s))
		return false;
	strcpy(name, s);
	return true;
}

static bool get_request(struct json_object *o, struct lb_be_request *r)
{
	struct json_object *lbs = lb_be_json_get(o, "lb");
	struct lb_buf why = { 0 };
	int rip_port = 0, iface_found = 0;
	size_t i, n;
	bool ok;

	r->label = LB_BE_NO_LABEL;
	ok = !lb_be_mode_parse(r, lb_be_json_str(o, "mode"), &why) &&
	     !lb_be_vip_parse(r, lb_be_json_str(o, "vip"), &why) &&
	     get_addr(o, "rip", &r->rip) &&
	     get_int(o, "rip_port", 0, 65535, &rip_port) &&
	     get_iface(o, "iface", r->iface) &&
	     get_int(o, "iface_found", 0, 1, &iface_found) &&
	     get_addr(o, "client", &r->client) &&
	     get_int(o, "label", 0, LB_BE_LABEL_MAX, &r->label);
	r->rip_port = rip_port;
	r->iface_found = iface_found;
	n = json_object_is_type(lbs, json_type_array) ?
	    json_object_array_length(lbs) : 0;
	ok = ok && n <= LB_BE_LB_MAX;
	for (i = 0; ok && i < n; i++) {
		const char *s = json_object_get_string(
				json_object_array_get_idx(lbs, i));

		ok = s && !lb_addr_parse(&r->lb[r->n_lb++], s);
	}
	ok = ok && !lb_be_request_judge(r, &why);
	lb_buf_free(&why);
	return ok;
}

static bool get_kind(struct json_object *o, struct lb_be_item *i)
{
	const char *s = lb_be_json_str(o, "kind");
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(kind_name); k++) {
		if (!strcmp(s, kind_name[k])) {
			i->kind = k;
			return true;
		}
	}
	return false;
}

static bool get_sysctl(struct json_object *o, struct lb_be_item *i)
{
	const char *s = lb_be_json_str(o, "name");
	unsigned int k;

	if (i->kind != LB_BE_SYSCTL)
		return true;
	for (k = 0; k < LB_BE_SYSCTLS; k++) {
		if (!strcmp(s, lb_be_sysctl_name(k))) {
			i->sysctl = k;
			return get_int(o, "value", 0, 8, &i->value) &&
			       get_int(o, "before", LB_BE_UNKNOWN, 1 << 30,
				       &i->before);
		}
	}
	return false;
}

static bool get_type(struct json_object *o, struct lb_be_item *i)
{
	static const char *const type[] = {
		"", "ipip", "sit", "ip6tnl", "gre", "ip6gre",
	};
	const char *s = lb_be_json_str(o, "type");
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(type); k++) {
		if (!strcmp(s, type[k])) {
			strcpy(i->type, s);
			return true;
		}
	}
	return false;
}

/* what its kind needs to be a command */
static bool is_whole(const struct lb_be_item *i)
{
	switch (i->kind) {
	case LB_BE_FOU:
		return i->port;
	case LB_BE_LINK:
		return i->dev[0] && i->type[0] && i->local.len;
	case LB_BE_ADDR:
		return i->dev[0] && i->addr.len;
	default:
		return i->dev[0];
	}
}

static bool get_item(struct json_object *o, struct lb_be_item *i)
{
	int port = 0, family = 4;
	bool ok;

	i->label = LB_BE_NO_LABEL;
	ok = get_kind(o, i) && get_iface(o, "dev", i->dev) &&
	     get_sysctl(o, i) && get_type(o, i) &&
	     get_int(o, "port", 1, 65535, &port) &&
	     get_int(o, "family", 4, 6, &family) &&
	     get_addr(o, "local", &i->local) &&
	     get_addr(o, "address", &i->addr) &&
	     get_int(o, "label", 0, LB_BE_LABEL_MAX, &i->label);
	i->port = port;
	if (i->kind == LB_BE_FOU)
		i->family = family == 6 ? 16 : 4;
	return ok && is_whole(i);
}

static bool get_state(struct json_object *o, struct lb_be_state *st)
{
	struct json_object *requests = lb_be_json_get(o, "requests");
	struct json_object *made = lb_be_json_get(o, "made");
	struct json_object *dirs = lb_be_json_get(o, "directories");
	size_t i, n;
	int version = 0;

	if (!get_int(o, "version", VERSION, VERSION, &version) || !version ||
	    !json_object_is_type(requests, json_type_array) ||
	    !json_object_is_type(made, json_type_array) ||
	    !json_object_is_type(dirs, json_type_array))
		return false;
	n = json_object_array_length(requests);
	for (i = 0; i < n; i++) {
		struct lb_be_request r = { 0 };

		if (!get_request(json_object_array_get_idx(requests, i), &r))
			return false;
		lb_be_requests_add(&st->requests, &r);
	}
	n = json_object_array_length(made);
	for (i = 0; i < n; i++) {
		struct lb_be_item item = { 0 };

		if (!get_item(json_object_array_get_idx(made, i), &item))
			return false;
		lb_be_items_add(&st->made, &item);
	}
	n = json_object_array_length(dirs);
	for (i = 0; i < n; i++)
		lb_be_state_add_dir(st, json_object_get_string(
				json_object_array_get_idx(dirs, i)));
	return true;
}

/**
 * lb_be_state_parse() - read the state
 * @st: gets it; must be empty, to be freed whatever the outcome
 * @text: what lb_be_state_print() wrote
 * @why: gets what is wrong
 *
 * Return: 0 or -EBADMSG.
 */
int lb_be_state_parse(struct lb_be_state *st, const char *text,
		      struct lb_buf *why)
{
	enum json_tokener_error err;
	struct json_object *o = json_tokener_parse_verbose(text, &err);
	bool ok = o && get_state(o, st);

	json_object_put(o);
	if (!ok)
		lb_buf_puts(why, "it is not what this lbctl wrote");
	return ok ? 0 : -EBADMSG;
}

/**
 * lb_be_state_add_dir() - remember a directory that was made
 * @st: the state
 * @dir: its path
 */
void lb_be_state_add_dir(struct lb_be_state *st, const char *dir)
{
	st->dir = lb_grow(st->dir, st->n_dirs, sizeof(*st->dir));
	st->dir[st->n_dirs++] = lb_xstrdup(dir ? dir : "");
}

/**
 * lb_be_state_copy() - copy a state
 * @to: gets it; must be empty
 * @from: the state
 */
void lb_be_state_copy(struct lb_be_state *to, const struct lb_be_state *from)
{
	size_t i;

	lb_be_requests_copy(&to->requests, &from->requests);
	lb_be_items_copy(&to->made, &from->made);
	for (i = 0; i < from->n_dirs; i++)
		lb_be_state_add_dir(to, from->dir[i]);
}

/**
 * lb_be_state_free() - forget a state
 * @st: the state
 */
void lb_be_state_free(struct lb_be_state *st)
{
	size_t i;

	for (i = 0; i < st->n_dirs; i++)
		free(st->dir[i]);
	free(st->dir);
	lb_be_requests_free(&st->requests);
	lb_be_items_free(&st->made);
	memset(st, 0, sizeof(*st));
}
