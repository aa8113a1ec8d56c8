// SPDX-License-Identifier: GPL-2.0
/*
 * From the nat sections of one configuration to those of another.  Their order
 * counts: the first that matches a connection translates it.
 */
#include "diffing.h"

#include <stdlib.h>
#include <string.h>

/** struct nats - the sections of both sides while they are compared */
struct nats {
	/** @was: the old ones by name */
	struct lb_nat **was;
	/** @is: the new ones by name */
	struct lb_nat **is;
	/** @order: which stay */
	struct lb_order order;
};

static void tell_nat(struct lb_diffing *g, char sign, const struct lb_nat *n)
{
	lb_buf_printf(&g->text, "%c ", sign);
	lb_nat_print(&g->text, n);
	lb_diff_tell(g);
}

static void del_nats(struct lb_diffing *g, const struct nats *n,
		     const struct lb_model *old, const struct lb_model *new)
{
	size_t i, stayed = 0;

	for (i = 0; i < old->n_nats; i++) {
		if (!lb_named_find(n->is, new->n_nats, old->nat[i]->name)) {
			tell_nat(g, '-', old->nat[i]);
			lb_diff_count(g, LB_KIND_NAT, LB_OP_DEL);
		} else if (stayed < n->order.stay) {
			stayed++;
			continue;
		}
		lb_diff_step(g, LB_OP_DEL, LB_KIND_NAT)->nat = old->nat[i];
	}
}

static bool same_nat(struct lb_diffing *g, const struct lb_nat *x,
		     const struct lb_nat *y)
{
	lb_buf_reset(&g->a.text);
	lb_buf_reset(&g->b.text);
	lb_nat_print(&g->a.text, x);
	lb_nat_print(&g->b.text, y);
	return !strcmp(lb_buf_str(&g->a.text), lb_buf_str(&g->b.text));
}

/* @stays: it is where it was, not deleted before */
static void set_nat(struct lb_diffing *g, const struct lb_nat *old,
		    const struct lb_nat *new, bool stays)
{
	bool differs = !old || !same_nat(g, old, new);

	if (differs && old)
		tell_nat(g, '-', old);
	if (differs) {
		tell_nat(g, '+', new);
		lb_diff_count(g, LB_KIND_NAT, old ? LB_OP_EDIT : LB_OP_ADD);
	}
	if (differs || !stays)
		lb_diff_step(g, old ? LB_OP_EDIT : LB_OP_ADD,
			     LB_KIND_NAT)->nat = new;
}

/**
 * lb_diff_nats() - find which nat sections differ
 * @g: the comparison
 * @old: the configuration in force
 * @new: the one wanted
 *
 * Those from the first that is new or elsewhere on are deleted and made again.
 */
void lb_diff_nats(struct lb_diffing *g, const struct lb_model *old,
		  const struct lb_model *new)
{
	struct nats n;
	size_t i;

	n.was = lb_named_sort(old->nat, old->n_nats,
			      offsetof(struct lb_nat, pos));
	n.is = lb_named_sort(new->nat, new->n_nats,
			     offsetof(struct lb_nat, pos));
	n.order = lb_diff_order(old->nat, old->n_nats, new->nat, new->n_nats,
				n.was, n.is);
	del_nats(g, &n, old, new);
	if (n.order.turned) {
		lb_buf_printf(&g->text, "~ order of nats, from %s on",
			      new->nat[n.order.stay]->name);
		lb_diff_tell(g);
		lb_diff_count(g, LB_KIND_NAT, LB_OP_EDIT);
	}
	for (i = 0; i < new->n_nats; i++)
		set_nat(g, lb_named_find(n.was, old->n_nats,
					 new->nat[i]->name),
			new->nat[i], i < n.order.stay);
	free(n.was);
	free(n.is);
}
