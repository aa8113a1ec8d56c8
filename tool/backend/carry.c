// SPDX-License-Identifier: GPL-2.0
/*
 * Carries plans out, or prints them.
 */
#include "backend/carry.h"
#include "backend/run.h"
#include "out.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

static void set_fallbacks(int value)
{
	struct lb_buf args = { 0 }, out = { 0 };

	lb_buf_printf(&args, "-qw " FALLBACKS "=%d", value);
	if (sysctl_of_init(lb_buf_str(&args), &out))
		printf("note: " FALLBACKS " is not set to %d again\n", value);
	lb_buf_free(&args);
	lb_buf_free(&out);
}

/* kernels before 5.10 have no 2; -1: nothing is to be put back */
static int hold_fallbacks(void)
{
	struct lb_buf out = { 0 };
	int was = -1;

	if (!sysctl_of_init("-n " FALLBACKS, &out))
		was = atoi(lb_buf_str(&out));
	if ((was != 0 && was != 1) ||
	    sysctl_of_init("-qw " FALLBACKS "=2", &out))
		was = -1;
	lb_buf_free(&out);
	return was;
}

/*
 * A tunnel module that is loaded makes a device in every namespace, tunl0 and
 * the like, which nobody asked for and undo could not take away: unloading the
 * module would take others' tunnels, too.  Without this setting they appear.
 * Who interrupts us has to wait until it is as it was.
 */
static int run_quietly(const char *cmd, struct lb_buf *out, struct lb_buf *err)
{
	sigset_t all, before;
	int ret, was;

	if (!loads_tunnels(cmd))
		return lb_be_run(cmd, out, err);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	was = hold_fallbacks();
	ret = lb_be_run(cmd, out, err);
	if (was >= 0)
		set_fallbacks(was);
	sigprocmask(SIG_SETMASK, &before, NULL);
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
