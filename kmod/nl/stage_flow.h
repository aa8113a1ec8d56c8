/* SPDX-License-Identifier: GPL-2.0 */
/* The flows of a transaction: shared with the config until one is edited. */
#ifndef _L4LB_NL_STAGE_FLOW_H
#define _L4LB_NL_STAGE_FLOW_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include "../flow.h"

/**
 * struct lb_stage_rule - a rule of a staged flow
 */
struct lb_stage_rule {
	/** @node: in the flow, in order */
	struct list_head node;
	/** @rule: as configured */
	struct lb_rule rule;
};

/**
 * struct lb_stage_flow - a flow of a transaction that edits flows
 */
struct lb_stage_flow {
	/** @node: in the transaction, in order */
	struct list_head node;
	/** @by_name: in the transaction's hash */
	struct hlist_node by_name;
	/** @spec: as configured */
	struct lb_flowspec spec;
	/** @nr: of @rules */
	u32 nr;
	/** @rules: in order */
	struct list_head rules;
};

/**
 * struct lb_stage_flows - all flows of a transaction; under lb_net.mutex
 */
struct lb_stage_flows {
	/** @orig: those in force; a reference, or NULL if there are none */
	struct lb_flows *orig;
	/** @is_open: edited, so that what follows counts */
	bool is_open;
	/** @nr: of @flows */
	u32 nr;
	/** @nr_rules: of all flows */
	u32 nr_rules;
	/** @flows: in order */
	struct list_head flows;
	/** @hash: flows by name */
	DECLARE_HASHTABLE(hash, 8);
};

void lb_stage_flows_init(struct lb_stage_flows *sf, struct lb_flows *orig);
void lb_stage_flows_exit(struct lb_stage_flows *sf);
int lb_stage_flows_open(struct lb_stage_flows *sf);
struct lb_stage_flow *lb_stage_flow_find(struct lb_stage_flows *sf,
					 const char *name);
int lb_stage_flow_set(struct lb_stage_flows *sf,
		      const struct lb_flowspec *spec);
void lb_stage_flow_del(struct lb_stage_flows *sf, struct lb_stage_flow *flow);
int lb_stage_rule_add(struct lb_stage_flows *sf, struct lb_stage_flow *flow,
		      const struct lb_rule *rule);
struct lb_flows *lb_stage_flows_build(struct lb_stage_flows *sf);

#endif /* _L4LB_NL_STAGE_FLOW_H */
