// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl set server: state and weight, at once, beside the configuration.
 */
#include "../cmd.h"
#include "../json.h"
#include "../nl.h"
#include "../msg.h"

#include <string.h>

static const struct lb_command cmd;

/** struct order - what the operator wants */
struct order {
	/** @director: its name */
	char director[LB_NAME_MAX + 1];
	/** @name: the server's name */
	char name[LB_NAME_MAX + 1];
	/** @admin: state, if @has_admin */
	uint8_t admin;
	/** @has_admin: a state is wanted */
	bool has_admin;
	/** @weight: weight otherwise */
	uint32_t weight;
};

static int parse_target(struct order *o, const char *target)
{
	const char *slash = strchr(target, '/');
	size_t len = slash ? (size_t)(slash - target) : 0;

	if (!slash)
		return lb_fail(LB_EXIT_MISSING,
			       "'%s' names no server: write DIRECTOR/SERVER",
			       target);
	if (!len || len > LB_NAME_MAX || !slash[1] ||
	    strlen(slash + 1) > LB_NAME_MAX)
		return lb_fail(LB_EXIT_VALUE, "'%s' is not DIRECTOR/SERVER",
			       target);
	memcpy(o->director, target, len);
	strcpy(o->name, slash + 1);
	return 0;
}

static int parse_weight(struct order *o, const char *text)
{
	uint64_t v;

	if (!text)
		return lb_fail(LB_EXIT_MISSING, "'weight' needs a number");
	/* one above the largest ends the override */
	if (!strcmp(text, "default")) {
		o->weight = LB_WEIGHT_MAX + 1;
		return 0;
	}
	if (lb_uint_parse(&v, text) || v > LB_WEIGHT_MAX)
		return lb_fail(LB_EXIT_VALUE,
			       "weight '%s' is not a number in 0..%u, nor 'default'",
			       text, LB_WEIGHT_MAX);
	o->weight = v;
	return 0;
}

static int parse_order(struct order *o, int argc, char **argv)
{
	uint8_t i;

	if (!strcmp(argv[0], "weight"))
		return argc > 2 ? lb_cmd_usage(&cmd) :
				  parse_weight(o, argv[1]);
	if (argc != 1)
		return lb_cmd_usage(&cmd);
	for (i = 0; i <= LB_ADMIN_MAX; i++) {
		if (strcmp(argv[0], lb_admin_name(i)))
			continue;
		o->has_admin = true;
		o->admin = i;
		return 0;
	}
	return lb_fail(LB_EXIT_USAGE,
		       "unknown state '%s': up, down, drain or weight N",
		       argv[0]);
}

static int run(int argc, char **argv)
{
	struct order o = { .admin = LB_ADMIN_UP };
	struct nl_msg *m;
	struct lb_nl nl;
	int ret;

	if (argc < 4 || strcmp(argv[1], "server"))
		return lb_cmd_usage(&cmd);
	ret = parse_target(&o, argv[2]);
	if (!ret)
		ret = parse_order(&o, argc - 3, argv + 3);
	if (!ret)
		ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	m = lb_nl_msg(LB_CMD_SERVER_STATE);
	lb_msg_put_state(m, o.director, o.name,
			 o.has_admin ? &o.admin : NULL,
			 o.has_admin ? NULL : &o.weight);
	ret = lb_nl_call(&nl, m, NULL, NULL);
	if (ret)
		ret = lb_nl_fail(&nl, ret, "cannot set server %s/%s",
				 o.director, o.name);
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "set",
	.args = "server DIRECTOR/SERVER {weight N|weight default|up|down|drain}",
	.help = "change a server's state or weight at once",
	.detail = "up: takes part.  drain: no new connections, those it has go "
		  "on.  down: those it\nhas are ended, too.  weight N stands "
		  "beside the configured weight until\n'weight default'.",
	.run = run,
};
LB_CMD(cmd);
