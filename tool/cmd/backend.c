// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl backend: makes a machine a server, tells what it lacks to be one, and
 * makes it again what it was.  Runs where the servers are: no l4lb module is
 * needed, and no netlink of ours; `ip` and `sysctl` do it, and --dry-run prints
 * the very commands.
 */
#include "../cmd.h"
#include "backend/verbs.h"

#include <string.h>

static const struct lb_command cmd;

static const struct verb {
	enum lb_be_verb verb;
	int (*run)(struct lb_be_options *o);
} verbs[] = {
	{ LB_BE_PREPARE, lb_be_prepare },
	{ LB_BE_CHECK, lb_be_check },
	{ LB_BE_UNDO, lb_be_undo },
	{ LB_BE_RESTORE, lb_be_restore },
};

static int run(int argc, char **argv)
{
	struct lb_be_options o;
	struct lb_buf why = { 0 };
	size_t i;
	int ret;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], lb_be_verb_name(verbs[i].verb)))
			break;
	if (argc < 2 || i == ARRAY_SIZE(verbs))
		return lb_cmd_usage(&cmd);
	ret = lb_be_options_parse(&o, verbs[i].verb, argc - 2, argv + 2, &why);
	if (ret)
		lb_fail(ret, "backend: %s", lb_buf_str(&why));
	else
		ret = verbs[i].run(&o);
	lb_buf_free(&why);
	lb_be_options_free(&o);
	return ret;
}

static const struct lb_command cmd = {
	.name = "backend",
	.args = "prepare|check|undo|restore [--mode MODE] [--vip VIP...] [--rip RIP] [OPTION...]",
	.help = "prepare this machine to be a server",
	.detail = "prepare  set up addresses, settings and tunnels for VIPs, now and at boot\n"
		  "check    tell what is wrong, why it matters and what mends it\n"
		  "undo     put back what was there before, for all or what the options name\n"
		  "restore  set up again what was prepared; runs at boot\n\n"
		  "MODE is nat, gateway, ipip, gre, 'gue port PORT', or a kind as ip6tnl or 6in4;\n"
		  "VIP is ADDR[:PORT][/tcp|/udp].  Options: --lb ADDR..., --client ADDR, --iface IF,\n"
		  "--label N, --dry-run, --json, --print windows, --root DIR; see\n"
		  "lbctl-backend(8).",
	.run = run,
};
LB_CMD(cmd);
