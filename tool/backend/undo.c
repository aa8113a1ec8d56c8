// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl backend undo: what was made, less what is still wanted.
 */
#include "backend/carry.h"
#include "backend/files.h"
#include "backend/look.h"
#include "backend/verbs.h"
#include "backend/want.h"
#include "out.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int drop_requests(struct lb_be_options *o, struct lb_be_state *st)
{
	const struct lb_be_request *way = &o->common;
	char vip[LB_ADDR_STR];
	size_t i;

	for (i = 0; i < o->vips.n; i++) {
		if (lb_be_requests_find_vip(&st->requests, &o->vips.r[i].vip, way))
			continue;
		lb_addr_format(vip, &o->vips.r[i].vip);
		return lb_fail(LB_EXIT_NO_OBJECT,
			       "%s was not prepared here%s; nothing was changed",
			       vip, lb_be_requests_has(&st->requests,
						       &o->vips.r[i].vip) ?
			       " in this way" : "");
	}
	/* one VIP may be named twice, with two ports */
	for (i = 0; i < o->vips.n; i++)
		lb_be_requests_drop(&st->requests, &o->vips.r[i].vip, way);
	/* without requests, something is left of a try that failed */
	if (!o->vips.n && st->requests.n &&
	    !lb_be_requests_drop(&st->requests, NULL, way) &&
	    (way->has_mode || way->rip.len || way->gue_port))
		return lb_fail(LB_EXIT_NO_OBJECT,
			       "nothing was prepared here in this way; nothing was changed");
	return 0;
}

/* what could not be taken away stays known, for the next try */
static int run_undo(const struct lb_be_plan *p, struct lb_be_items *left)
{
	int ret = 0, one;
	size_t n;

	for (n = 0; n < p->n; n++) {
		one = lb_be_carry(p->step[n].cmd);
		if (one && p->step[n].has_item)
			lb_be_items_add(left, &p->step[n].item);
		if (one)
			ret = one;
	}
	return ret;
}

static int finish_undo(struct lb_be_options *o, struct lb_be_state *st,
		       const struct lb_be_items *keep,
		       struct lb_be_items *left, const struct lb_be_plan *p)
{
	int ret, err;

	/* who is killed now does not get back at boot what is wanted no more */
	ret = lb_be_state_save(o->root, st);
	if (ret)
		return ret;
	ret = run_undo(p, left);
	lb_be_items_free(&st->made);
	st->made = *left;
	memset(left, 0, sizeof(*left));
	if (!st->requests.n && !ret) {
		ret = lb_be_files_remove(o->root);
		lb_be_dirs_remove(o->root, st);
		return ret;
	}
	err = lb_be_files_write(o->root, st, keep);
	if (!err)
		err = lb_be_state_save(o->root, st);
	return ret ? ret : err;
}

static int undo_known(struct lb_be_options *o, struct lb_be_state *st)
{
	struct lb_be_items keep = { 0 }, left = { 0 };
	struct lb_be_requests none = { 0 };
	struct lb_be_snap s = { 0 };
	struct lb_be_plan p = { 0 };
	int ret;

	ret = lb_be_look(&s, st, &none, false);
	if (!ret)
		ret = drop_requests(o, st);
	if (!ret) {
		lb_be_want(&keep, &st->requests, &s, &st->made);
		lb_be_plan_undo(&p, &st->made, &keep, &s, &left);
		if (o->dry_run)
			lb_be_plan_print(&p);
		else
			ret = finish_undo(o, st, &keep, &left, &p);
		fputs(lb_buf_str(&p.note), stdout);
	}
	lb_be_plan_free(&p);
	lb_be_items_free(&keep);
	lb_be_items_free(&left);
	lb_be_snap_free(&s);
	return ret;
}

/**
 * lb_be_undo() - put back what was there before
 * @o: the command line
 *
 * Return: an exit code, after saying what it means.
 */
int lb_be_undo(struct lb_be_options *o)
{
	struct lb_be_state st = { 0 };
	int ret = 0, fd = -1;

	if (!o->dry_run)
		ret = lb_be_lock(o->root, &fd);
	if (!ret)
		ret = lb_be_state_load(o->root, &st);
	if (!ret && !st.requests.n && !st.made.n && !o->vips.n) {
		puts("nothing was prepared here");
		/* such as of a namespace, which is gone since the last boot */
		ret = o->dry_run ? 0 : lb_be_files_remove(o->root);
		if (!o->dry_run)
			lb_be_dirs_remove(o->root, &st);
	} else if (!ret) {
		ret = undo_known(o, &st);
	}
	if (fd >= 0)
		close(fd);
	lb_be_state_free(&st);
	return ret;
}
