/* SPDX-License-Identifier: GPL-2.0 */
/* Finding the rules that may hold for a packet without asking all of them. */
#ifndef _L4LB_FLOW_INDEX_H
#define _L4LB_FLOW_INDEX_H

#include <linux/siphash.h>
#include <linux/types.h>

struct lb_flows;
struct lb_pkt;

/* Groups of an index, which bound what a packet pays. */
#define LB_FLOW_GROUPS_MAX	32
/* Ports, protocol and group, two addresses */
#define LB_FLOW_KEY_WORDS	10

/**
 * struct lb_flow_group - the rules that fix the same bits of a packet
 */
struct lb_flow_group {
	/** @mask: of a packet's key: those bits */
	u32 mask[LB_FLOW_KEY_WORDS];
	/** @first: its lowest rule */
	u32 first;
	/** @last: its highest rule */
	u32 last;
};

/**
 * struct lb_flow_index - the rules for packets of one family; constant
 *
 * @nodes is an array of entries of 2 + @words u32: where in @lists the node's
 * rules begin, how many they are, then the key.
 */
struct lb_flow_index {
	/** @key: of the hash, which senders must not be able to steer */
	hsiphash_key_t key;
	/** @words: of a packet's key that count: IPv4 4, IPv6 10 */
	u32 words;
	/** @nr_groups: of @groups */
	u32 nr_groups;
	/** @groups: by rising lowest rule */
	struct lb_flow_group *groups;
	/** @mask: places of @table, minus 1 */
	u32 mask;
	/** @nr_nodes: of @nodes */
	u32 nr_nodes;
	/** @table: nodes, numbered from 1, open addressing; 0 = free */
	u32 *table;
	/** @nodes: see above */
	u32 *nodes;
	/** @lists: rule numbers, rising in each node's list */
	u32 *lists;
};

/**
 * struct lb_flow_walk - the rules that may hold for one packet, in order
 */
struct lb_flow_walk {
	/** @idx: where they are */
	const struct lb_flow_index *idx;
	/** @key: the packet's */
	u32 key[LB_FLOW_KEY_WORDS];
	/** @group: the next to look into */
	u32 group;
	/** @nr: of @list */
	u32 nr;
	/** @list: those found: from @at, to before @end in the index's lists */
	struct {
		u32 at;
		u32 end;
	} list[LB_FLOW_GROUPS_MAX];
};

/* lb_flow_walk_next(): no more rules */
#define LB_FLOW_WALK_END	U32_MAX

int lb_flow_index_build(struct lb_flow_index *idx,
			const struct lb_flows *flows, u8 family);
void lb_flow_index_free(struct lb_flow_index *idx);
void lb_flow_walk_init(struct lb_flow_walk *walk,
		       const struct lb_flow_index *idx,
		       const struct lb_pkt *pkt);
u32 lb_flow_walk_next(struct lb_flow_walk *walk, u32 start);

#endif /* _L4LB_FLOW_INDEX_H */
