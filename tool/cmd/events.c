// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl events: what the module tells everybody, as it happens.
 */
#include "../cmd.h"
#include "../json.h"
#include "../kernel.h"

#include <errno.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <time.h>

static const struct lb_command cmd;

static void print_time(void)
{
	char s[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%S%z",
		 localtime_r(&now, &tm));
	printf("%s ", s);
}

static int print_server(struct nlattr *nest)
{
	char director[LB_NAME_MAX + 1] = "";
	struct lb_server s = { 0 };

	if (!nest || lb_msg_get_server(nest, &s, director))
		return -EBADMSG;
	printf("server %s/%s %s, weight %u%s\n", director, s.name,
	       lb_admin_name(s.run.admin), s.run.eff_weight,
	       s.run.has_override ? " (set by hand)" : "");
	return 0;
}

static int print_limit(struct nlattr *nest)
{
	struct lb_info info;

	if (!nest || lb_msg_get_info(nest, &info))
		return -EBADMSG;
	printf("connection limit reached: %u of %u\n", info.conn_count,
	       info.conn_max);
	return 0;
}

static int on_event(uint8_t c, struct nlattr **attr, void *arg)
{
	int err = 0;

	(void)arg;
	print_time();
	switch (c) {
	case LB_CMD_CONFIG_NTF:
		if (!attr[LB_A_GENERATION])
			return -EBADMSG;
		printf("configuration committed, generation %u\n",
		       nla_get_u32(attr[LB_A_GENERATION]));
		break;
	case LB_CMD_SERVER_NTF:
		err = print_server(attr[LB_A_SERVER]);
		break;
	case LB_CMD_CONN_LIMIT_NTF:
		err = print_limit(attr[LB_A_INFO]);
		break;
	default:
		printf("event %u of a newer module\n", c);
	}
	fflush(stdout);
	return ferror(stdout) ? -EPIPE : err;
}

static int run(int argc, char **argv)
{
	struct lb_nl nl;
	int ret;

	(void)argv;
	if (argc != 1)
		return lb_cmd_usage(&cmd);
	ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	ret = lb_nl_listen(&nl, on_event, NULL);
	ret = lb_nl_fail(&nl, ret, ret == -ENOBUFS ?
			 "events were lost" : "cannot follow the events");
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "events",
	.args = "",
	.help = "print commits and server changes as they happen",
	.run = run,
};
LB_CMD(cmd);
