// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl flush: end connections, and forget clients.
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
	*(struct lb_conn *)arg = conn;
	return 0;
}

static void print_flushed(const struct lb_conn *flushed)
{
	printf("%u connection%s flushed", flushed->count,
	       flushed->count == 1 ? "" : "s");
	if (flushed->templates)
		printf(", %u client%s forgotten", flushed->templates,
		       flushed->templates == 1 ? "" : "s");
	printf("\n");
}

static int run(int argc, char **argv)
{
	struct lb_conn filter, flushed = { 0 };
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
	ret = lb_nl_call(&nl, m, on_answer, &flushed);
	if (ret)
		ret = lb_nl_fail(&nl, ret, "cannot flush connections");
	else
		print_flushed(&flushed);
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "flush",
	.args = "[connections] [director D [server S]] [client ADDR]",
	.help = "end connections: all, or those of a director, server, client",
	.detail = "What persistence remembers goes with them: of the director "
		  "or server, and of\nevery client network that ADDR is in.",
	.run = run,
};
LB_CMD(cmd);
