// SPDX-License-Identifier: GPL-2.0
/*
 * From what is wanted and what is there to commands, and back.
 *
 * What was there before us is never recorded as made, so it is never taken
 * away; what somebody changed after us is left as he wants it.
 */
#include "backend/plan.h"

#include <stdlib.h>
#include <string.h>

static struct lb_be_step *add_step(struct lb_be_plan *p)
{
	struct lb_be_step *step;

	p->step = lb_grow(p->step, p->n, sizeof(*p->step));
	step = &p->step[p->n++];
	memset(step, 0, sizeof(*step));
	return step;
}

static char *take(struct lb_buf *b)
{
	return b->p ? b->p : lb_xstrdup("");
}

static void add_do(struct lb_be_plan *p, const struct lb_be_item *i)
{
	struct lb_buf cmd = { 0 }, undo = { 0 };
	struct lb_be_step *step = add_step(p);

	lb_be_item_do(&cmd, i);
	lb_be_item_undo(&undo, i);
	step->cmd = take(&cmd);
	step->undo = take(&undo);
	step->item = *i;
	step->has_item = true;
}

/* the module leaves with nobody: others may use it by then */
static void load_fou(struct lb_be_plan *p)
{
	struct lb_be_step *step = add_step(p);

	step->cmd = lb_xstrdup("modprobe fou");
	step->undo = lb_xstrdup("");
}

/* a value that somebody else chose after us does not become ours: the older
 * record stays, with what was before it, and undo says that it is another now
 */
static void record(struct lb_be_items *made, const struct lb_be_item *i,
		   bool there)
{
	struct lb_be_item *m = lb_be_items_find(made, i);

	if (m && there && m->value != i->value)
		return;
	if (m)
		*m = *i;
	else
		lb_be_items_add(made, i);
}

/**
 * lb_be_plan_do() - commands that make what is missing
 * @p: gets them; must be empty
 * @want: what is wanted
 * @s: this machine
 * @made: what was made here before; what the commands make is added
 *
 * A setting that is right already is recorded, too, with the value it had: it
 * is written to sysctl.d with the others.
 */
void lb_be_plan_do(struct lb_be_plan *p, const struct lb_be_items *want,
		   const struct lb_be_snap *s, struct lb_be_items *made)
{
	bool has_fou = s->has_fou;
	size_t n;

	for (n = 0; n < want->n; n++) {
		const struct lb_be_item *i = &want->item[n];
		bool there = lb_be_item_there(i, s);

		if (!there && i->kind == LB_BE_FOU && !has_fou) {
			load_fou(p);
			has_fou = true;
		}
		if (!there)
			add_do(p, i);
		if (!there || i->kind == LB_BE_SYSCTL)
			record(made, i, there);
	}
}

/**
 * lb_be_plan_restore() - commands that make again what was made
 * @p: gets them; must be empty
 * @want: what is wanted
 * @s: this machine
 * @made: what was made here
 *
 * What is wanted and was not made was there before us: somebody else's, who
 * brings it back himself.  Made in his place it would be in his way, and taken
 * away by `undo`.  What was made on his tunnel fails until he has.
 */
void lb_be_plan_restore(struct lb_be_plan *p, const struct lb_be_items *want,
			const struct lb_be_snap *s,
			const struct lb_be_items *made)
{
	struct lb_be_items again = { 0 }, unused = { 0 };
	size_t n;

	for (n = 0; n < want->n; n++) {
		const struct lb_be_item *i = &want->item[n];
		const struct lb_be_item *m = lb_be_items_find(made, i);

		if (!m)
			continue;
		/* a tunnel comes again by the name that is known */
		if (i->kind == LB_BE_LINK && !lb_be_item_there(i, s))
			i = m;
		lb_be_items_add(&again, i);
	}
	lb_be_plan_do(p, &again, s, &unused);
	lb_be_items_free(&again);
	lb_be_items_free(&unused);
}

/* a device takes with it what is on it */
static bool goes_with_link(const struct lb_be_item *i,
			   const struct lb_be_items *made,
			   const struct lb_be_items *keep,
			   const struct lb_be_snap *s)
{
	size_t n;

	for (n = 0; n < made->n; n++) {
		const struct lb_be_item *l = &made->item[n];

		if (l->kind == LB_BE_LINK && l != i &&
		    !strcmp(l->dev, i->dev) && !lb_be_items_find(keep, l) &&
		    lb_be_item_there(l, s))
			return true;
	}
	return false;
}

static void note_changed(struct lb_be_plan *p, const struct lb_be_item *i,
			 int now)
{
	lb_be_sysctl_key(&p->note, i->dev, i->sysctl);
	lb_buf_printf(&p->note,
		      " is %d by now, not the %d it was set to: left alone\n",
		      now, i->value);
}

/* what has the name or the address of @i and is another thing by now */
static void note_other(struct lb_be_plan *p, const struct lb_be_item *i,
		       const struct lb_be_snap *s)
{
	const struct lb_be_link *l = lb_be_link_find(s, i->dev);
	const struct lb_be_if_addr *a;
	char addr[LB_ADDR_STR];
	int now;

	switch (i->kind) {
	case LB_BE_SYSCTL:
		now = lb_be_conf_of(s, i->dev, i->sysctl);
		if (now != LB_BE_UNKNOWN && now != i->before)
			note_changed(p, i, now);
		break;
	case LB_BE_LINK:
		if (l)
			lb_buf_printf(&p->note,
				      "%s is another device by now: left alone\n",
				      i->dev);
		break;
	case LB_BE_ADDR:
		a = l ? lb_be_addr_on(l, &i->addr) : NULL;
		lb_addr_format(addr, &i->addr);
		if (a)
			lb_buf_printf(&p->note,
				      "%s on %s has /%u by now: left alone\n",
				      addr, i->dev, a->prefix);
		break;
	default:
		break;
	}
}

static void undo_one(struct lb_be_plan *p, const struct lb_be_item *i,
		     const struct lb_be_snap *s)
{
	struct lb_buf cmd = { 0 }, undo = { 0 };
	struct lb_be_step *step;

	if (!lb_be_item_there(i, s)) {
		note_other(p, i, s);
		return;
	}
	lb_be_item_undo(&cmd, i);
	if (!cmd.len)
		return;
	lb_be_item_do(&undo, i);
	step = add_step(p);
	step->cmd = take(&cmd);
	step->undo = take(&undo);
	step->item = *i;
	step->has_item = true;
}

/* Is it on a device of somebody else's, who may bring it back?  What goes with
 * one of ours is gone.
 */
static bool is_away(const struct lb_be_item *i, const struct lb_be_items *made,
		    const struct lb_be_snap *s)
{
	size_t n;

	for (n = 0; n < made->n; n++)
		if (made->item[n].kind == LB_BE_LINK &&
		    !strcmp(made->item[n].dev, i->dev))
			return false;
	return i->dev[0] && strcmp(i->dev, "all") &&
	       !lb_be_link_find(s, i->dev);
}

/**
 * lb_be_plan_undo() - commands that take away what is wanted no more
 * @p: gets them; must be empty
 * @made: what was made here
 * @keep: what is still wanted
 * @s: this machine
 * @left: gets what of @made stays; must be empty
 *
 * While anything is wanted, what is on a device that is away is not forgotten:
 * it can be neither undone nor said to be gone.
 */
void lb_be_plan_undo(struct lb_be_plan *p, const struct lb_be_items *made,
		     const struct lb_be_items *keep,
		     const struct lb_be_snap *s, struct lb_be_items *left)
{
	size_t n;

	for (n = made->n; n-- > 0;) {
		const struct lb_be_item *i = &made->item[n];

		if (!lb_be_items_find(keep, i) &&
		    !goes_with_link(i, made, keep, s))
			undo_one(p, i, s);
	}
	for (n = 0; n < made->n; n++)
		if (lb_be_items_find(keep, &made->item[n]) ||
		    (keep->n && is_away(&made->item[n], made, s)))
			lb_be_items_add(left, &made->item[n]);
}

/**
 * lb_be_plan_free() - forget a plan
 * @p: the plan
 */
void lb_be_plan_free(struct lb_be_plan *p)
{
	size_t n;

	for (n = 0; n < p->n; n++) {
		free(p->step[n].cmd);
		free(p->step[n].undo);
	}
	free(p->step);
	lb_buf_free(&p->note);
	memset(p, 0, sizeof(*p));
}
