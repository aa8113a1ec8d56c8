// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl backend restore: at boot, what was made is made again.
 *
 * Nothing is at hand then to ask: each thing is made that can be, the rest is
 * said and tried again by the unit.  No file is written: a device that comes
 * late would be missing in it.
 */
#include "backend/carry.h"
#include "backend/files.h"
#include "backend/look.h"
#include "backend/verbs.h"
#include "backend/want.h"

#include <unistd.h>

/* what failed, and where it may be all the same */
struct missed {
	const struct lb_be_state *st;
	const struct lb_be_step *step;
};

/* somebody was faster: a network manager starts at the same time */
static bool is_there_now(void *arg)
{
	const struct missed *m = arg;
	struct lb_be_requests none = { 0 };
	struct lb_be_snap s = { 0 };
	bool there;

	if (!m->step->has_item)
		return false;
	there = !lb_be_look(&s, m->st, &none, false) &&
		lb_be_item_there(&m->step->item, &s);
	lb_be_snap_free(&s);
	return there;
}

static int carry_each(const struct lb_be_plan *p, const struct lb_be_state *st)
{
	struct missed m = { .st = st };
	int ret = 0, one;
	size_t n;

	for (n = 0; n < p->n; n++) {
		m.step = &p->step[n];
		one = lb_be_carry_unless(p->step[n].cmd, is_there_now, &m);
		if (one)
			ret = one;
	}
	return ret;
}

static int restore_known(const struct lb_be_state *st)
{
	struct lb_be_requests none = { 0 };
	struct lb_be_items want = { 0 };
	struct lb_be_snap s = { 0 };
	struct lb_be_plan p = { 0 };
	int ret;

	ret = lb_be_look(&s, st, &none, false);
	if (!ret) {
		lb_be_want(&want, &st->requests, &s, &st->made);
		lb_be_plan_restore(&p, &want, &s, &st->made);
		ret = carry_each(&p, st);
	}
	lb_be_plan_free(&p);
	lb_be_items_free(&want);
	lb_be_snap_free(&s);
	return ret;
}

/**
 * lb_be_restore() - set up again what was prepared
 * @o: the command line
 *
 * Return: an exit code, after saying what it means.
 */
int lb_be_restore(struct lb_be_options *o)
{
	struct lb_be_state st = { 0 };
	int ret, fd;

	ret = lb_be_lock(o->root, &fd);
	if (!ret)
		ret = lb_be_state_load(o->root, &st);
	if (!ret)
		ret = restore_known(&st);
	if (fd >= 0)
		close(fd);
	lb_be_state_free(&st);
	return ret;
}
