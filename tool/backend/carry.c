// SPDX-License-Identifier: GPL-2.0
/*
 * Carries plans out, or prints them.
 */
#include "backend/carry.h"
#include "backend/run.h"
#include "out.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FALLBACKS	"net.core.fb_tunnels_only_for_init_net"

/* Of the first process: only its network namespace shows that setting. */
static int sysctl_of_init(const char *args, struct lb_buf *out)
{
	struct lb_buf cmd = { 0 }, err = { 0 };
	int ret;

	lb_buf_printf(&cmd, "nsenter --target 1 --net sysctl %s", args);
	ret = lb_be_run(lb_buf_str(&cmd), out, &err);
	lb_buf_free(&cmd);
	lb_buf_free(&err);
	return ret;
}

/* does this command load a module that is not there yet? */
static bool loads_tunnels(const char *cmd)
{
	static const char *const module[][2] = {
		{ " type ipip ", "ipip" }, { " type gre ", "ip_gre" },
		{ " type sit ", "sit" }, { " type ip6tnl ", "ip6_tunnel" },
		{ " type ip6gre ", "ip6_gre" },
	};
	char path[64];
	size_t i;

	if (strncmp(cmd, "ip link add ", strlen("ip link add ")))
		return false;
	for (i = 0; i < ARRAY_SIZE(module); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s", module[i][1]);
		if (strstr(cmd, module[i][0]))
			return access(path, F_OK);
	}
	return false;
}

/*
 * A tunnel module that is loaded makes a device in every namespace, tunl0 and
 * the like, which nobody asked for and undo could not take away: unloading the
 * module would take others' tunnels, too.  Without this setting they appear.
 */
static int run_quietly(const char *cmd, struct lb_buf *out, struct lb_buf *err)
{
	struct lb_buf was = { 0 }, none = { 0 };
	bool held;
	int ret;

	held = loads_tunnels(cmd) &&
	       !sysctl_of_init("-n " FALLBACKS, &was) &&
	       !strcmp(lb_buf_str(&was), "0\n") &&
	       !sysctl_of_init("-qw " FALLBACKS "=2", &none);
	ret = lb_be_run(cmd, out, err);
	if (held)
		sysctl_of_init("-qw " FALLBACKS "=0", &none);
	lb_buf_free(&was);
	lb_buf_free(&none);
	return ret;
}

/**
 * lb_be_carry_unless() - run one command, which may have become needless
 * @cmd: the command, words with single blanks
 * @is_done: asked when it failed: is what it makes there all the same?
 * @arg: for @is_done
 *
 * Return: 0, or an exit code after saying what failed and why.
 */
int lb_be_carry_unless(const char *cmd, bool (*is_done)(void *arg), void *arg)
{
	struct lb_buf out = { 0 }, err = { 0 };
	int ret = run_quietly(cmd, &out, &err);

	if (ret && is_done && is_done(arg))
		ret = 0;
	if (ret)
		ret = lb_fail(LB_EXIT_KERNEL, "'%s' failed: %s", cmd,
			      err.len ? lb_buf_str(&err) : "it does not say why");
	lb_buf_free(&out);
	lb_buf_free(&err);
	return ret;
}

/**
 * lb_be_carry() - run one command
 * @cmd: the command, words with single blanks
 *
 * Return: 0, or an exit code after saying what failed and why.
 */
int lb_be_carry(const char *cmd)
{
	return lb_be_carry_unless(cmd, NULL, NULL);
}

/**
 * lb_be_carry_all() - run all commands of a plan, or none
 * @p: the plan
 *
 * When one fails, those before it are undone.
 *
 * Return: 0, or an exit code after saying what failed and why.
 */
int lb_be_carry_all(const struct lb_be_plan *p)
{
	size_t n, i;
	int ret = 0;

	for (n = 0; !ret && n < p->n; n++)
		ret = lb_be_carry(p->step[n].cmd);
	if (!ret)
		return 0;
	for (i = n - 1; i-- > 0;)
		if (p->step[i].undo[0])
			lb_be_carry(p->step[i].undo);
	return ret;
}

/**
 * lb_be_plan_print() - print the commands of a plan
 * @p: the plan
 */
void lb_be_plan_print(const struct lb_be_plan *p)
{
	size_t n;

	for (n = 0; n < p->n; n++)
		puts(p->step[n].cmd);
}
