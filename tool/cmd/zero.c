// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl zero: set counters to zero.
 */
#include "../cmd.h"
#include "../filter.h"
#include "../nl.h"

static int run(int argc, char **argv)
{
	struct lb_conn filter;
	struct nl_msg *m;
	struct lb_nl nl;
	int ret;

	ret = lb_filter_parse(&filter, argc - 1, argv + 1, false);
	if (!ret)
		ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	m = lb_nl_msg(LB_CMD_ZERO);
	if (filter.server[0])
		lb_msg_put_server_name(m, filter.director, filter.server);
	else if (filter.director[0])
		lb_msg_put_director_name(m, filter.director);
	ret = lb_nl_call(&nl, m, NULL, NULL);
	if (ret)
		ret = lb_nl_fail(&nl, ret, "cannot zero the counters");
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "zero",
	.args = "[director D [server S]]",
	.help = "set counters to zero: all, or those of a director or server",
	.run = run,
};
LB_CMD(cmd);
