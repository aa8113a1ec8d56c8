// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl events: what the module tells everybody, as it happens.
 */
#include "../cmd.h"
#include "../json.h"
#include "../kernel.h"

#include <errno.h>
#include <json-c/json.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct lb_command cmd;

/** struct event - one event being told, as a line and as an object */
struct event {
	/** @line: what happened */
	struct lb_buf line;
	/** @object: the same, or NULL: nobody wants it */
	struct json_object *object;
};

/* @more: keys of the event, taken over */
static void tell_json(struct event *e, const char *name,
		      struct json_object *more)
{
	if (!e->object) {
		json_object_put(more);
		return;
	}
	lb_json_string(e->object, "event", name);
	json_object_object_foreach(more, key, value)
		json_object_object_add(e->object, key,
				       json_object_get(value));
	json_object_put(more);
}

static int tell_commit(struct event *e, struct nlattr **attr)
{
	struct json_object *o = json_object_new_object();
	uint32_t generation;

	if (!attr[LB_A_GENERATION] || nla_len(attr[LB_A_GENERATION]) != 4) {
		json_object_put(o);
		return -EBADMSG;
	}
	generation = nla_get_u32(attr[LB_A_GENERATION]);
	lb_json_uint(o, "generation", generation);
	lb_buf_printf(&e->line, "configuration committed, generation %u",
		      generation);
	tell_json(e, "commit", o);
	return 0;
}

/* the checks' reason is theirs alone, and an order may have caused the event */
static void describe(struct lb_buf *line, const struct lb_server *s,
		     const char *director)
{
	const struct lb_runtime *run = &s->run;
	bool ordered = run->admin && run->admin >= run->health;

	lb_buf_printf(line, "server %s/%s %s%s, weight %u%s", director,
		      s->name, lb_state_name(s), ordered ? " (by hand)" : "",
		      run->eff_weight,
		      run->has_override ? " (set by hand)" : "");
	if (!run->reason)
		return;
	if (ordered)
		lb_buf_printf(line, "; its check: %s",
			      lb_health_name(run->health));
	lb_buf_printf(line, ": %s", run->reason);
}

static int tell_server(struct event *e, struct nlattr **attr)
{
	char director[LB_NAME_MAX + 1] = "";
	struct lb_server s = { 0 };
	int err = -EBADMSG;

	if (attr[LB_A_SERVER])
		err = lb_msg_get_server(attr[LB_A_SERVER], &s, director);
	if (!err) {
		describe(&e->line, &s, director);
		tell_json(e, "server", lb_json_server_state(&s, director));
	}
	lb_server_clear(&s);
	return err;
}

static int tell_info(struct event *e, uint8_t c, struct nlattr **attr)
{
	struct json_object *o;
	struct lb_info info;

	if (!attr[LB_A_INFO] || lb_msg_get_info(attr[LB_A_INFO], &info))
		return -EBADMSG;
	o = json_object_new_object();
	if (c == LB_CMD_CONN_LIMIT_NTF) {
		lb_buf_printf(&e->line, "connection limit reached: %u of %u",
			      info.conn_count, info.conn_max);
		lb_json_uint(o, "conn_count", info.conn_count);
		lb_json_uint(o, "conn_max", info.conn_max);
		tell_json(e, "conn_limit", o);
	} else if (info.has_monitor) {
		lb_buf_printf(&e->line, "monitor has begun, process %u",
			      info.monitor);
		lb_json_uint(o, "pid", info.monitor);
		tell_json(e, "monitor", o);
	} else {
		lb_buf_puts(&e->line, "monitor has ended");
		tell_json(e, "monitor", o);
	}
	return 0;
}

static int tell(struct event *e, uint8_t c, struct nlattr **attr)
{
	switch (c) {
	case LB_CMD_CONFIG_NTF:
		return tell_commit(e, attr);
	case LB_CMD_SERVER_NTF:
		return tell_server(e, attr);
	case LB_CMD_CONN_LIMIT_NTF:
	case LB_CMD_MONITOR_NTF:
		return tell_info(e, c, attr);
	default:
		lb_buf_printf(&e->line, "event %u of a newer module", c);
		tell_json(e, "unknown", json_object_new_object());
		return 0;
	}
}

static int on_event(uint8_t c, struct nlattr **attr, void *arg)
{
	struct event e = { .object = NULL };
	const bool *json = arg;
	time_t now = time(NULL);
	char when[32];
	struct tm tm;
	int err;

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S%z",
		 localtime_r(&now, &tm));
	if (*json) {
		e.object = json_object_new_object();
		lb_json_string(e.object, "time", when);
	}
	err = tell(&e, c, attr);
	if (!err && *json)
		printf("%s\n", json_object_to_json_string_ext(e.object,
				JSON_C_TO_STRING_PLAIN |
				JSON_C_TO_STRING_NOSLASHESCAPE));
	else if (!err)
		printf("%s %s\n", when, lb_buf_str(&e.line));
	json_object_put(e.object);
	lb_buf_free(&e.line);
	fflush(stdout);
	return ferror(stdout) ? -EPIPE : err;
}

static int run(int argc, char **argv)
{
	bool json = argc == 2 && !strcmp(argv[1], "--json");
	struct lb_nl nl;
	int ret;

	if (argc != 1 && !json)
		return lb_cmd_usage(&cmd);
	ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	ret = lb_nl_listen(&nl, on_event, &json);
	ret = lb_nl_fail(&nl, ret, ret == -ENOBUFS ?
			 "events were lost" : "cannot follow the events");
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "events",
	.args = "[--json]",
	.help = "print commits and server changes as they happen",
	.detail = "With --json one object a line.",
	.run = run,
};
LB_CMD(cmd);
