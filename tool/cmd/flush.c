// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl flush: end connections.
 */
#include "../cmd.h"
#include "../filter.h"
#include "../nl.h"

#include <errno.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

static int on_answer(uint8_t c, struct nlattr **attr, void *arg)
{
	struct lb_conn conn;

	(void)c;
	if (!attr[LB_A_CONN] || lb_msg_get_conn(attr[LB_A_CONN], &conn))
		return -EBADMSG;
	*(uint32_t *)arg = conn.count;
	return 0;
}

static int run(int argc, char **argv)
{
	struct lb_conn filter;
	uint32_t count = 0;
	struct nl_msg *m;
	struct lb_nl nl;
	int ret, skip;

	skip = 1 + (argc > 1 && !strcmp(argv[1], "connections"));
	ret = lb_filter_parse(&filter, argc - skip, argv + skip, true);
	if (!ret)
		ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	m = lb_nl_msg(LB_CMD_CONN_FLUSH);
	lb_msg_put_filter(m, &filter);
	ret = lb_nl_call(&nl, m, on_answer, &count);
	if (ret)
		ret = lb_nl_fail(&nl, ret, "cannot flush connections");
	else
		printf("%u connection%s flushed\n", count,
		       count == 1 ? "" : "s");
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "flush",
	.args = "[connections] [director D [server S]] [client ADDR]",
	.help = "end connections: all, or those of a director, server, client",
	.run = run,
};
LB_CMD(cmd);
