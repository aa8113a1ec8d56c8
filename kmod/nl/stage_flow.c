// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the flows of a transaction.  Until the first edit they are the set in
 * force; that edit copies it.  All of it is under lb_net.mutex.
 */
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "stage_flow.h"

/**
 * lb_stage_flows_init() - stage the flows in force
 * @sf: filled
 * @orig: the flows; a reference is taken; NULL: none
 */
void lb_stage_flows_init(struct lb_stage_flows *sf, struct lb_flows *orig)
{
	sf->orig = lb_flows_get(orig);
	sf->is_open = false;
	sf->nr = 0;
	sf->nr_rules = 0;
	INIT_LIST_HEAD(&sf->flows);
	hash_init(sf->hash);
}

static u32 name_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

/**
 * lb_stage_flow_find() - a staged flow by name
 * @sf: the flows, open
 * @name: NUL-terminated
 *
 * Return: borrowed from @sf, or NULL.
 */
struct lb_stage_flow *lb_stage_flow_find(struct lb_stage_flows *sf,
					 const char *name)
{
	struct lb_stage_flow *flow;

	hash_for_each_possible(sf->hash, flow, by_name, name_hash(name))
		if (!strcmp(flow->spec.name, name))
			return flow;
	return NULL;
}

static void drop_rules(struct lb_stage_flows *sf, struct lb_stage_flow *flow)
{
	struct lb_stage_rule *rule, *next;

	list_for_each_entry_safe(rule, next, &flow->rules, node)
		kfree(rule);
	INIT_LIST_HEAD(&flow->rules);
	sf->nr_rules -= flow->nr;
	flow->nr = 0;
}

/**
 * lb_stage_flow_del() - remove a staged flow
 * @sf: the flows, open
 * @flow: the flow, freed
 */
void lb_stage_flow_del(struct lb_stage_flows *sf, struct lb_stage_flow *flow)
{
	drop_rules(sf, flow);
	list_del(&flow->node);
	hash_del(&flow->by_name);
	sf->nr--;
	kfree(flow);
}

/**
 * lb_stage_flows_exit() - drop what is staged
 * @sf: the flows, of no use after this
 *
 * Context: process, may sleep.
 */
void lb_stage_flows_exit(struct lb_stage_flows *sf)
{
	struct lb_stage_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &sf->flows, node) {
		lb_stage_flow_del(sf, flow);
		cond_resched();
	}
	lb_flows_put(sf->orig);
}

static struct lb_stage_flow *stage_flow(struct lb_stage_flows *sf,
					const struct lb_flowspec *spec)
{
	struct lb_stage_flow *flow = kzalloc(sizeof(*flow), GFP_KERNEL_ACCOUNT);

	if (!flow)
		return NULL;
	flow->spec = *spec;
	INIT_LIST_HEAD(&flow->rules);
	list_add_tail(&flow->node, &sf->flows);
	hash_add(sf->hash, &flow->by_name, name_hash(spec->name));
	sf->nr++;
	return flow;
}

/**
 * lb_stage_flow_set() - stage a flow without rules, new or replaced in place
 * @sf: the flows, open
 * @spec: the flow, copied
 *
 * Return: 0; -ENOSPC if there are LB_FLOW_RULES_MAX flows; or -ENOMEM.
 */
int lb_stage_flow_set(struct lb_stage_flows *sf,
		      const struct lb_flowspec *spec)
{
	struct lb_stage_flow *flow = lb_stage_flow_find(sf, spec->name);

	if (flow) {
		drop_rules(sf, flow);
		flow->spec = *spec;
		return 0;
	}
	if (sf->nr >= LB_FLOW_RULES_MAX)
		return -ENOSPC;
	return stage_flow(sf, spec) ? 0 : -ENOMEM;
}

/**
 * lb_stage_rule_add() - stage a rule at the end of a flow
 * @sf: the flows, open
 * @flow: the flow
 * @rule: the rule, copied
 *
 * Return: 0; -ENOSPC if there are LB_FLOW_RULES_MAX rules; or -ENOMEM.
 */
int lb_stage_rule_add(struct lb_stage_flows *sf, struct lb_stage_flow *flow,
		      const struct lb_rule *rule)
{
	struct lb_stage_rule *sr;

	if (sf->nr_rules >= LB_FLOW_RULES_MAX)
		return -ENOSPC;
	sr = kmalloc(sizeof(*sr), GFP_KERNEL_ACCOUNT);
	if (!sr)
		return -ENOMEM;
	sr->rule = *rule;
	list_add_tail(&sr->node, &flow->rules);
	flow->nr++;
	sf->nr_rules++;
	return 0;
}

/**
 * lb_stage_flows_open() - make the staged flows one's own, to edit them
 * @sf: the flows
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM; the transaction is then to be dropped.
 */
int lb_stage_flows_open(struct lb_stage_flows *sf)
{
	const struct lb_flows *orig = sf->orig;
	u32 i, j;

	if (sf->is_open)
		return 0;
	sf->is_open = true;
	for (i = 0; orig && i < orig->nr; i++) {
		const struct lb_flow *of = &orig->flows[i];
		struct lb_stage_flow *flow = stage_flow(sf, &of->spec);

		if (!flow)
			return -ENOMEM;
		for (j = of->first; j < of->first + of->nr; j++)
			if (lb_stage_rule_add(sf, flow, &orig->rules[j]))
				return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static int build_flow(struct lb_flows *flows, const struct lb_stage_flow *flow)
{
	struct lb_rule *to = lb_flows_add(flows, &flow->spec, flow->nr);
	const struct lb_stage_rule *sr;

	if (!to)
		return -ENOMEM;
	list_for_each_entry(sr, &flow->rules, node)
		*to++ = sr->rule;
	return 0;
}

/**
 * lb_stage_flows_build() - the set that a commit publishes
 * @sf: the flows
 *
 * Context: process, may sleep.
 * Return: with a reference: the set in force if nothing was edited, or a new
 * one; NULL if there are no flows; ERR_PTR(-ENOMEM).
 */
struct lb_flows *lb_stage_flows_build(struct lb_stage_flows *sf)
{
	const struct lb_stage_flow *flow;
	struct lb_flows *flows;
	int err;

	if (!sf->is_open)
		return lb_flows_get(sf->orig);
	if (!sf->nr)
		return NULL;
	flows = lb_flows_create(sf->nr, sf->nr_rules);
	if (!flows)
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(flow, &sf->flows, node) {
		err = build_flow(flows, flow);
		if (err)
			goto err_put;
		cond_resched();
	}
	err = lb_flows_finish(flows);
	if (err)
		goto err_put;
	return flows;

err_put:
	lb_flows_put(flows);
	return ERR_PTR(err);
}
