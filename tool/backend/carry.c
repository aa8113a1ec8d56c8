// SPDX-License-Identifier: GPL-2.0
/*
 * Carries plans out, or prints them.
 */
#include "backend/carry.h"
#include "backend/run.h"
#include "out.h"

#include <stdio.h>

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
	int ret = lb_be_run(cmd, &out, &err);

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
