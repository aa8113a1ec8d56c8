// SPDX-License-Identifier: GPL-2.0
/*
 * Objects as JSON.  The keys are documented in lbctl(8) and never change
 * their meaning; new ones may come.
 */
#include "json.h"
#include "util.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

/**
 * lb_json_string() - add a string
 * @o: the object
 * @name: its key
 * @s: the string
 */
void lb_json_string(struct json_object *o, const char *name, const char *s)
{
	json_object_object_add(o, name, json_object_new_string(s));
}

/**
 * lb_json_uint() - add a number
 * @o: the object
 * @name: its key
 * @v: the number
 */
void lb_json_uint(struct json_object *o, const char *name, uint64_t v)
{
	json_object_object_add(o, name, json_object_new_uint64(v));
}

static void add_bool(struct json_object *o, const char *name, bool v)
{
	json_object_object_add(o, name, json_object_new_boolean(v));
}

static void add_addr(struct json_object *o, const char *name,
		     const struct lb_addr *a)
{
	char s[LB_ADDR_STR];

	if (!a->len)
		return;
	lb_addr_format(s, a);
	lb_json_string(o, name, s);
}

static void add_port(struct json_object *o, const char *name, uint16_t port)
{
	if (port)
		lb_json_uint(o, name, port);
}

/* times are numbers of milliseconds, keys get "_ms" and no blanks */
static void add_row(struct json_object *o, const struct lb_key *key,
		    const void *base)
{
	const void *field = (const char *)base + key->offset;
	struct lb_buf name = { 0 }, text = { 0 };
	char *c;

	lb_buf_printf(&name, "%s%s", key->name,
		      key->type == LB_T_MS ? "_ms" : "");
	for (c = name.p; *c; c++)
		if (*c == ' ')
			*c = '_';
	switch (key->type) {
	case LB_T_FLAG:
		add_bool(o, name.p, true);
		break;
	case LB_T_MS:
	case LB_T_UINT:
		lb_json_uint(o, name.p, *(const uint32_t *)field);
		break;
	case LB_T_BYTE:
		lb_json_uint(o, name.p, *(const uint8_t *)field);
		break;
	case LB_T_PORT:
	case LB_T_CODE:
		lb_json_uint(o, name.p, *(const uint16_t *)field);
		break;
	case LB_T_STR:
		lb_json_string(o, name.p, *(char *const *)field);
		break;
	default:
		lb_key_print(key, base, &text);
		lb_json_string(o, name.p, lb_buf_str(&text));
	}
	lb_buf_free(&name);
	lb_buf_free(&text);
}

static struct json_object *rows(const struct lb_keys *keys, const void *base)
{
	struct json_object *o = json_object_new_object();
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (lb_key_has(base, i))
			add_row(o, &keys->key[i], base);
	return o;
}

static void add_stats(struct json_object *o, const struct lb_runtime *run,
		      bool director)
{
	lb_json_uint(o, "active", run->active);
	lb_json_uint(o, "inactive", run->inactive);
	lb_json_uint(o, "conns", run->conns);
	lb_json_uint(o, "in_packets", run->in_pkts);
	lb_json_uint(o, "in_bytes", run->in_bytes);
	lb_json_uint(o, "out_packets", run->out_pkts);
	lb_json_uint(o, "out_bytes", run->out_bytes);
	if (director)
		lb_json_uint(o, "refused", run->refused);
}

/**
 * lb_json_director() - a director
 * @d: the director
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_director(const struct lb_director *d)
{
	const struct lb_method_word *word = lb_method_find(d->method.name);
	struct json_object *o = json_object_new_object(), *method;

	lb_json_string(o, "name", d->name);
	add_addr(o, "address", &d->addr);
	add_port(o, "port", d->port);
	if (d->proto)
		lb_json_string(o, "protocol", lb_proto_name(d->proto));
	lb_json_string(o, "balance", d->sched);
	if (d->hash_port)
		add_bool(o, "hash_port", true);
	lb_json_string(o, "mode", d->mode);
	if (d->encap[0])
		lb_json_string(o, "encap", d->encap);
	add_port(o, "encap_port", d->encap_port);
	if (d->check.set)
		json_object_object_add(o, "check",
				       rows(&lb_check_keys, &d->check));
	if (word) {
		method = rows(word->keys, &d->method);
		lb_json_string(method, "name", d->method.name);
		json_object_object_add(o, "method", method);
	}
	if (d->persist.on)
		json_object_object_add(o, "persistence",
				       rows(&lb_persist_keys, &d->persist));
	if (d->opts.onepacket)
		add_bool(o, "onepacket", true);
	if (d->opts.connlimit)
		lb_json_uint(o, "connlimit", d->opts.connlimit);
	if (d->opts.vip_iface[0])
		lb_json_string(o, "vip_iface", d->opts.vip_iface);
	if (d->run.sorry)
		add_bool(o, "sorry", true);
	lb_json_uint(o, "servers", d->run.servers);
	add_stats(o, &d->run, true);
	return o;
}

/**
 * lb_admin_name() - the word for what the operator ordered of a server
 * @admin: enum lb_admin
 *
 * Return: a constant string.
 */
const char *lb_admin_name(uint8_t admin)
{
	static const char *const name[] = {
		[LB_ADMIN_UP] = "up", [LB_ADMIN_DRAIN] = "drain",
		[LB_ADMIN_DOWN] = "down",
	};

	return admin <= LB_ADMIN_MAX ? name[admin] : "?";
}

/**
 * lb_health_name() - the word for what the checks say of a server
 * @health: enum lb_health
 *
 * Return: a constant string.
 */
const char *lb_health_name(uint8_t health)
{
	static const char *const name[] = {
		[LB_HEALTH_UP] = "up", [LB_HEALTH_INHIBITED] = "inhibited",
		[LB_HEALTH_DOWN] = "down",
	};

	return health <= LB_HEALTH_MAX ? name[health] : "?";
}

/**
 * lb_state_name() - what operator and checks make of a server, in a word
 * @s: the server
 *
 * Return: a constant string; of order and checks the stricter one.
 */
const char *lb_state_name(const struct lb_server *s)
{
	if (s->run.admin && (s->run.admin >= s->run.health ||
			     s->run.health > LB_HEALTH_MAX))
		return lb_admin_name(s->run.admin);
	switch (s->run.health) {
	case LB_HEALTH_INHIBITED:
		return "drain (check)";
	case LB_HEALTH_DOWN:
		return "down (check)";
	default:
		return lb_health_name(s->run.health);
	}
}

static void add_checked(struct json_object *o, const struct lb_runtime *run)
{
	static const char *const result[] = {
		[LB_RESULT_PASS] = "pass", [LB_RESULT_FAIL] = "fail",
		[LB_RESULT_ERROR] = "error",
	};

	if (run->result == LB_RESULT_NONE || run->result > LB_RESULT_MAX ||
	    run->health > LB_HEALTH_MAX)
		return;
	lb_json_string(o, "health", lb_health_name(run->health));
	lb_json_string(o, "check_result", result[run->result]);
	lb_json_string(o, "check_reason", run->reason ? run->reason : "");
	lb_json_uint(o, "check_latency_us", run->latency);
	lb_json_uint(o, "check_age_ms", run->age);
}

/* a server takes part if both let it: the stricter of order and health is in
 * force, which is the larger, as both count from up to down
 */
static uint8_t in_force(const struct lb_runtime *run)
{
	_Static_assert((int)LB_HEALTH_UP == LB_ADMIN_UP &&
		       (int)LB_HEALTH_INHIBITED == LB_ADMIN_DRAIN &&
		       (int)LB_HEALTH_DOWN == LB_ADMIN_DOWN,
		       "order and health compare");

	return run->admin > run->health ? run->admin : run->health;
}

/* what a server's event tells, too */
static void add_state(struct json_object *o, const struct lb_server *s)
{
	lb_json_string(o, "state", lb_admin_name(in_force(&s->run)));
	lb_json_string(o, "order", lb_admin_name(s->run.admin));
	if (s->run.has_override)
		lb_json_uint(o, "weight_override", s->run.override);
	lb_json_uint(o, "effective_weight", s->run.eff_weight);
	lb_json_uint(o, "since_s", s->run.since);
	add_checked(o, &s->run);
}

/**
 * lb_json_server_state() - a server's names and state
 * @s: the server
 * @director: name of its director
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_server_state(const struct lb_server *s,
					 const char *director)
{
	struct json_object *o = json_object_new_object();

	lb_json_string(o, "director", director);
	lb_json_string(o, "name", s->name);
	add_state(o, s);
	return o;
}

/**
 * lb_json_server() - a server
 * @s: the server
 * @director: name of its director
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_server(const struct lb_server *s,
				   const char *director)
{
	struct json_object *o = json_object_new_object();

	lb_json_string(o, "director", director);
	lb_json_string(o, "name", s->name);
	add_addr(o, "address", &s->addr);
	add_port(o, "port", s->port);
	lb_json_uint(o, "weight", s->opts.weight);
	if (s->opts.sorry)
		add_bool(o, "sorry", true);
	if (s->opts.slowstart)
		lb_json_uint(o, "slowstart_ms", s->opts.slowstart);
	if (s->opts.maxconn)
		lb_json_uint(o, "maxconn", s->opts.maxconn);
	if (s->checked)
		json_object_object_add(o, "check",
				       rows(&lb_check_keys, &s->check));
	add_state(o, s);
	add_stats(o, &s->run, false);
	return o;
}

/**
 * lb_json_conn() - a connection
 * @c: the connection
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_conn(const struct lb_conn *c)
{
	struct json_object *o = json_object_new_object();

	lb_json_string(o, "protocol", lb_proto_name(c->proto));
	add_addr(o, "client_address", &c->client);
	lb_json_uint(o, "client_port", c->client_port);
	add_addr(o, "vip_address", &c->vip);
	lb_json_uint(o, "vip_port", c->vip_port);
	add_addr(o, "server_address", &c->server_addr);
	lb_json_uint(o, "server_port", c->server_port);
	if (c->source.len) {
		add_addr(o, "source_address", &c->source);
		lb_json_uint(o, "source_port", c->source_port);
	}
	lb_json_string(o, "director", c->director);
	lb_json_string(o, "server", c->server);
	lb_json_string(o, "mode", c->mode);
	lb_json_string(o, "state", c->state);
	lb_json_uint(o, "expires_ms", c->expires);
	return o;
}

/**
 * lb_json_template() - what persistence remembers of a client
 * @c: the template
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_template(const struct lb_conn *c)
{
	struct json_object *o = json_object_new_object();

	lb_json_string(o, "director", c->director);
	add_addr(o, "client_address", &c->client);
	lb_json_uint(o, "client_prefix", c->client_prefix);
	lb_json_string(o, "server", c->server);
	add_addr(o, "server_address", &c->server_addr);
	add_port(o, "server_port", c->server_port);
	lb_json_uint(o, "connections", c->count);
	lb_json_uint(o, "expires_ms", c->expires);
	return o;
}

static struct json_object *rule(const struct lb_rule *r)
{
	struct json_object *o = rows(&lb_cond_keys, &r->cond), *not;
	struct lb_buf text = { 0 };
	unsigned int i;

	lb_json_string(o, "action", r->ignore ? "ignore" : "match");
	if (r->cond.neg) {
		not = json_object_new_array();
		for (i = 0; i < lb_cond_keys.n; i++)
			if (r->cond.neg & LB_BIT(i))
				json_object_array_add(not,
					json_object_new_string(
						lb_cond_keys.key[i].name));
		json_object_object_add(o, "not", not);
	}
	lb_rule_print(&text, r);
	lb_json_string(o, "text", lb_buf_str(&text));
	lb_buf_free(&text);
	return o;
}

/**
 * lb_json_flow() - a flow and its rules
 * @f: the flow
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_flow(const struct lb_flow *f)
{
	struct json_object *o = json_object_new_object();
	struct json_object *all = json_object_new_array();
	size_t i;

	lb_json_string(o, "name", f->name);
	lb_json_string(o, "policy", f->policy);
	if (f->director[0])
		lb_json_string(o, "director", f->director);
	lb_json_uint(o, "hits", f->hits);
	for (i = 0; i < f->n_rules; i++)
		json_object_array_add(all, rule(&f->rule[i]));
	json_object_object_add(o, "rules", all);
	return o;
}

static void add_word(struct json_object *o, const char *name, const char *s)
{
	if (s[0])
		lb_json_string(o, name, s);
}

/**
 * lb_json_explain() - a packet, and who decides about it
 * @e: the packet and the answer
 * @r: the rule that matches, or NULL
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_explain(const struct lb_explain *e,
				    const struct lb_rule *r)
{
	struct json_object *o = json_object_new_object();

	lb_json_string(o, "protocol", lb_proto_name(e->proto));
	add_addr(o, "client_address", &e->client);
	lb_json_uint(o, "client_port", e->client_port);
	add_addr(o, "vip_address", &e->vip);
	lb_json_uint(o, "vip_port", e->vip_port);
	add_word(o, "iface", e->iface);
	if (e->has_fwmark)
		lb_json_uint(o, "fwmark", e->fwmark);
	add_word(o, "flow", e->flow);
	add_word(o, "policy", e->policy);
	if (e->rule)
		lb_json_uint(o, "rule_number", e->rule);
	if (r)
		json_object_object_add(o, "rule", rule(r));
	add_word(o, "director", e->director);
	add_word(o, "decided_by", e->decided_by);
	add_word(o, "server", e->server);
	add_addr(o, "server_address", &e->server_addr);
	add_port(o, "server_port", e->server_port);
	add_word(o, "nat", e->nat);
	add_word(o, "reason", e->reason);
	add_word(o, "counter", e->counter);
	return o;
}

/**
 * lb_counter_kind_name() - the word for a kind of counter
 * @kind: enum lb_counter_kind
 *
 * Return: a constant string.
 */
const char *lb_counter_kind_name(uint8_t kind)
{
	static const char *const name[] = {
		[LB_COUNTER_IN] = "in", [LB_COUNTER_FORWARD] = "forward",
		[LB_COUNTER_PASS] = "pass", [LB_COUNTER_DROP] = "drop",
		[LB_COUNTER_NOTE] = "note",
	};

	return kind < ARRAY_SIZE(name) ? name[kind] : "?";
}

/**
 * lb_json_counter() - a counter
 * @c: the counter
 *
 * Return: the object, owned by the caller.
 */
struct json_object *lb_json_counter(const struct lb_counter *c)
{
	struct json_object *o = json_object_new_object();

	lb_json_string(o, "name", c->name);
	lb_json_string(o, "kind", lb_counter_kind_name(c->kind));
	lb_json_uint(o, "value", c->value);
	lb_json_string(o, "help", c->help);
	return o;
}

/**
 * lb_json_print() - print an object and free it
 * @o: the object
 */
void lb_json_print(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					       JSON_C_TO_STRING_SPACED |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
