/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_JSON_H
#define LBCTL_JSON_H

#include "key.h"
#include "model.h"
#include "msg.h"

struct json_object;

void lb_json_string(struct json_object *o, const char *name, const char *s);
void lb_json_uint(struct json_object *o, const char *name, uint64_t v);
struct json_object *lb_json_director(const struct lb_director *d);
struct json_object *lb_json_server(const struct lb_server *s,
				   const char *director);
struct json_object *lb_json_conn(const struct lb_conn *c);
struct json_object *lb_json_template(const struct lb_conn *c);
struct json_object *lb_json_flow(const struct lb_flow *f);
struct json_object *lb_json_explain(const struct lb_explain *e,
				    const struct lb_rule *r);
struct json_object *lb_json_counter(const struct lb_counter *c);
void lb_json_print(struct json_object *o);
struct json_object *lb_json_server_state(const struct lb_server *s,
					 const char *director);
const char *lb_admin_name(uint8_t admin);
const char *lb_health_name(uint8_t health);
const char *lb_state_name(const struct lb_server *s);
const char *lb_counter_kind_name(uint8_t kind);

#endif
