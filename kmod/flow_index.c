// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the search for the rules that may hold for a packet, so that 10,000
 * rules do not cost 10,000 comparisons.  Built once, then constant.
 *
 * A rule's addresses and ports are ranges.  Each is covered by at most three
 * aligned blocks of one size, the largest power of two within the range: a net
 * or a single port by one, which is itself.  Blocks of one size are a prefix
 * length, so a rule has four: its shape.  Rules of one shape are a group, and
 * in a group one look-up of the packet's masked key in a hash table finds the
 * rules that have the packet in one of their blocks.  Blocks are a little
 * larger than ranges, and all other conditions are not looked at here: the
 * caller asks each rule that is found whether it holds.
 *
 * A packet pays a look-up a group.  If there were more than LB_FLOW_GROUPS_MAX
 * shapes, all prefix lengths are rounded down, in ever larger steps until they
 * fit: coarser blocks, fewer groups, more rules to ask.
 */
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include "flow.h"
#include "flow_index.h"
#include "pkt.h"

/* Entries a rule may have for its blocks, all rules together. */
#define LB_FLOW_NODES_MAX	(1U << 20)

enum {
	WORD_PORTS,
	WORD_PROTO,
	WORD_ADDRS,
};

enum field {
	FIELD_SRC,
	FIELD_DST,
	FIELD_SPORT,
	FIELD_DPORT,
	FIELD_NR
};

/* 128 bits, host order: a port or an address */
struct num {
	u64 hi;
	u64 lo;
};

/* A field's range and the blocks that cover it. */
struct cover {
	struct num first;
	struct num last;
	/* of the field, bits */
	u8 width;
	u8 plen;
	u8 nr;
	struct num block[3];
};

struct shape {
	struct cover field[FIELD_NR];
	/* 0: any */
	u8 proto;
};

/*
 * To what prefix lengths are rounded down: the first line that makes no more
 * groups than may be.  The last makes one.
 */
#define LB_FLOW_NO_BITS	255
static const struct {
	u8 addr4;
	u8 addr6;
	u8 sport;
	u8 dport;
} coarseness[] = {
	{ 1, 1, 1, 1 },
	{ 4, 8, 2, 2 },
	{ 8, 16, 4, 4 },
	{ 8, 32, 16, 8 },
	{ 16, 64, LB_FLOW_NO_BITS, 16 },
	{ 32, 128, LB_FLOW_NO_BITS, 16 },
	{ LB_FLOW_NO_BITS, LB_FLOW_NO_BITS, LB_FLOW_NO_BITS, LB_FLOW_NO_BITS },
};

static struct num num_add(struct num a, struct num b)
{
	struct num sum = { a.hi + b.hi, a.lo + b.lo };

	sum.hi += sum.lo < a.lo;
	return sum;
}

/* The @bits lowest bits are 0, the others 1. */
static struct num num_mask(unsigned int bits)
{
	struct num m = { ~0ULL, ~0ULL };

	if (bits >= 64) {
		m.hi = bits < 128 ? ~0ULL << (bits - 64) : 0;
		m.lo = 0;
	} else {
		m.lo <<= bits;
	}
	return m;
}

static struct num num_and(struct num a, struct num b)
{
	return (struct num){ a.hi & b.hi, a.lo & b.lo };
}

static bool num_equal(struct num a, struct num b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static struct num num_of_addr(const union nf_inet_addr *addr, u8 family)
{
	if (family == AF_INET)
		return (struct num){ 0, ntohl(addr->ip) };
	return (struct num){
		(u64)ntohl(addr->ip6[0]) << 32 | ntohl(addr->ip6[1]),
		(u64)ntohl(addr->ip6[2]) << 32 | ntohl(addr->ip6[3]),
	};
}

/* The prefix length of the largest block that fits into a range. */
static u8 range_plen(struct num first, struct num last, u8 width)
{
	const struct num one = { 0, 1 };
	struct num size = { ~first.hi, ~first.lo };

	/* last - first + 1; 0 if that is 2^128 */
	size = num_add(num_add(size, one), num_add(last, one));
	if (size.hi)
		return width + 1 - 64 - fls64(size.hi);
	return size.lo ? width + 1 - fls64(size.lo) : 0;
}

/* The first and the last block may reach over the ends of the range. */
static void cover_fill(struct cover *c, struct num first, struct num last,
		       u8 width, u8 step)
{
	struct num mask, size, end;

	c->plen = rounddown(range_plen(first, last, width), step);
	mask = num_mask(width - c->plen);
	size = num_add((struct num){ ~mask.hi, ~mask.lo },
		       (struct num){ 0, 1 });
	c->block[0] = num_and(first, mask);
	end = num_and(last, mask);
	for (c->nr = 1; !num_equal(c->block[c->nr - 1], end); c->nr++)
		c->block[c->nr] = num_add(c->block[c->nr - 1], size);
}

/* Of a condition that is absent or negated, nothing is looked up. */
static bool is_looked_up(const struct lb_rule *rule, u32 cond)
{
	return (rule->has & ~rule->not) & cond;
}

static void cover_addr(struct cover *c, const struct lb_rule *rule, u32 cond,
		       u8 family, u8 step)
{
	const struct lb_rule_addr *a = cond == LB_RULE_F_SRC ? &rule->src :
							       &rule->dst;

	memset(c, 0, sizeof(*c));
	c->nr = 1;
	if (is_looked_up(rule, cond))
		cover_fill(c, num_of_addr(&a->first, family),
			   num_of_addr(&a->last, family),
			   family == AF_INET ? 32 : 128, step);
}

static void cover_ports(struct cover *c, const struct lb_rule *rule, u32 cond,
			u8 step)
{
	const struct lb_rule_ports *p = cond == LB_RULE_F_SRCPORT ?
					&rule->sport : &rule->dport;

	memset(c, 0, sizeof(*c));
	c->nr = 1;
	if (is_looked_up(rule, cond))
		cover_fill(c, (struct num){ 0, p->first },
			   (struct num){ 0, p->last }, 16, step);
}

static void shape_fill(struct shape *s, const struct lb_rule *rule, u8 family,
		       unsigned int level)
{
	u8 step = family == AF_INET ? coarseness[level].addr4 :
				      coarseness[level].addr6;

	cover_addr(&s->field[FIELD_SRC], rule, LB_RULE_F_SRC, family, step);
	cover_addr(&s->field[FIELD_DST], rule, LB_RULE_F_DST, family, step);
	cover_ports(&s->field[FIELD_SPORT], rule, LB_RULE_F_SRCPORT,
		    coarseness[level].sport);
	cover_ports(&s->field[FIELD_DPORT], rule, LB_RULE_F_DSTPORT,
		    coarseness[level].dport);
	s->proto = 0;
	if (is_looked_up(rule, LB_RULE_F_PROTO))
		s->proto = lb_rule_proto(rule, family);
}

/* Keys are compared and hashed, never sent: ports are in host order. */
static void put_addr(u32 *words, struct num n, u8 family)
{
	if (family == AF_INET) {
		words[0] = (__force u32)htonl(n.lo);
		return;
	}
	words[0] = (__force u32)htonl(n.hi >> 32);
	words[1] = (__force u32)htonl(n.hi);
	words[2] = (__force u32)htonl(n.lo >> 32);
	words[3] = (__force u32)htonl(n.lo);
}

static void shape_mask(u32 *mask, const struct shape *s, u8 family)
{
	const struct cover *f = s->field;
	u32 n = family == AF_INET ? 1 : 4;

	mask[WORD_PORTS] = num_mask(16 - f[FIELD_SPORT].plen).lo << 16 |
			   (num_mask(16 - f[FIELD_DPORT].plen).lo & 0xffff);
	mask[WORD_PROTO] = s->proto ? 0xff0000 : 0;
	put_addr(mask + WORD_ADDRS,
		 num_mask(n * 32 - f[FIELD_SRC].plen), family);
	put_addr(mask + WORD_ADDRS + n,
		 num_mask(n * 32 - f[FIELD_DST].plen), family);
}

/* The group of a shape, made if there is none. Return: U32_MAX: no room. */
static u32 group_of(struct lb_flow_index *idx, const struct shape *s,
		    u8 family, u32 rule)
{
	struct lb_flow_group new = { .first = rule, .last = rule };
	u32 i;

	shape_mask(new.mask, s, family);
	for (i = 0; i < idx->nr_groups; i++) {
		struct lb_flow_group *g = &idx->groups[i];

		if (memcmp(g->mask, new.mask, sizeof(g->mask)))
			continue;
		g->last = rule;
		return i;
	}
	if (i == LB_FLOW_GROUPS_MAX)
		return U32_MAX;
	idx->groups[i] = new;
	return idx->nr_groups++;
}

static u32 shape_blocks(const struct shape *s)
{
	u32 n = 1, i;

	for (i = 0; i < FIELD_NR; i++)
		n *= s->field[i].nr;
	return n;
}

/* Block @n of a shape's, counted over all fields. */
static void shape_key(u32 *key, const struct shape *s, u32 group, u8 family,
		      u32 n)
{
	struct num block[FIELD_NR];
	u32 words = family == AF_INET ? 1 : 4;
	u32 i;

	for (i = 0; i < FIELD_NR; i++) {
		block[i] = s->field[i].block[n % s->field[i].nr];
		n /= s->field[i].nr;
	}
	key[WORD_PORTS] = block[FIELD_SPORT].lo << 16 | block[FIELD_DPORT].lo;
	key[WORD_PROTO] = s->proto << 16 | group;
	put_addr(key + WORD_ADDRS, block[FIELD_SRC], family);
	put_addr(key + WORD_ADDRS + words, block[FIELD_DST], family);
}

static u32 key_hash(const struct lb_flow_index *idx, const u32 *key)
{
	if (idx->words == 4)
		return hsiphash_4u32(key[0], key[1], key[2], key[3],
				     &idx->key);
	return hsiphash(key, LB_FLOW_KEY_WORDS * sizeof(*key), &idx->key);
}

/* Nodes: where the list begins, how long it is, the key. */
#define NODE_LIST	0
#define NODE_NR		1
#define NODE_KEY	2

static u32 *node_at(const struct lb_flow_index *idx, u32 i)
{
	return idx->nodes + (size_t)i * (NODE_KEY + idx->words);
}

static bool is_node_of(const u32 *node, const u32 *key, u32 words)
{
	u32 diff = 0, i;

	for (i = 0; i < words; i++)
		diff |= node[NODE_KEY + i] ^ key[i];
	return !diff;
}

/* Return: the node, or NULL with @at set to its free place in the table. */
static u32 *node_find(const struct lb_flow_index *idx, const u32 *key, u32 *at)
{
	u32 i = key_hash(idx, key) & idx->mask;

	while (idx->table[i]) {
		u32 *node = node_at(idx, idx->table[i] - 1);

		if (is_node_of(node, key, idx->words))
			return node;
		i = (i + 1) & idx->mask;
	}
	*at = i;
	return NULL;
}

static u32 *node_get(struct lb_flow_index *idx, const u32 *key)
{
	u32 *node, at;

	node = node_find(idx, key, &at);
	if (node)
		return node;
	node = node_at(idx, idx->nr_nodes);
	memcpy(node + NODE_KEY, key, idx->words * sizeof(*key));
	idx->table[at] = ++idx->nr_nodes;
	return node;
}

/* Does packets' way through the rules depend on this one? */
static bool is_indexed(const struct lb_flows *flows,
		       const struct lb_rule *rule, u8 family)
{
	return flows->flows[rule->flow].policy != LB_FLOW_SKIP &&
	       (!rule->family || rule->family == family);
}

/*
 * Find a coarseness that bounds groups and blocks, and make the groups.
 * Return: the level; @blocks is set to what all rules have together.
 */
static unsigned int build_groups(struct lb_flow_index *idx,
				 const struct lb_flows *flows, u8 family,
				 u32 *blocks)
{
	unsigned int level = 0;
	struct shape s;
	u32 i;

restart:
	idx->nr_groups = 0;
	*blocks = 0;
	for (i = 0; i < flows->nr_rules; i++) {
		const struct lb_rule *rule = &flows->rules[i];

		if (!(i % 256))
			cond_resched();
		if (!is_indexed(flows, rule, family))
			continue;
		shape_fill(&s, rule, family, level);
		*blocks += shape_blocks(&s);
		if (group_of(idx, &s, family, i) != U32_MAX &&
		    *blocks <= LB_FLOW_NODES_MAX)
			continue;
		level++;
		goto restart;
	}
	return level;
}

/* Count the rules of each node, or, once they have room, list them. */
static void fill_nodes(struct lb_flow_index *idx, const struct lb_flows *flows,
		       u8 family, unsigned int level)
{
	u32 key[LB_FLOW_KEY_WORDS];
	struct shape s;
	u32 i, n;

	for (i = 0; i < flows->nr_rules; i++) {
		const struct lb_rule *rule = &flows->rules[i];
		u32 group;

		if (!(i % 256))
			cond_resched();
		if (!is_indexed(flows, rule, family))
			continue;
		shape_fill(&s, rule, family, level);
		group = group_of(idx, &s, family, i);
		for (n = 0; n < shape_blocks(&s); n++) {
			u32 *node;

			shape_key(key, &s, group, family, n);
			node = node_get(idx, key);
			if (idx->lists)
				idx->lists[node[NODE_LIST] + node[NODE_NR]] = i;
			node[NODE_NR]++;
		}
	}
}

static int build_lists(struct lb_flow_index *idx, u32 blocks)
{
	u32 at = 0, i;

	for (i = 0; i < idx->nr_nodes; i++) {
		u32 *node = node_at(idx, i);

		node[NODE_LIST] = at;
		at += node[NODE_NR];
		node[NODE_NR] = 0;
	}
	idx->lists = kvmalloc_array(max(blocks, 1u), sizeof(*idx->lists),
				    GFP_KERNEL_ACCOUNT);
	return idx->lists ? 0 : -ENOMEM;
}

/**
 * lb_flow_index_build() - make the index for one family's packets
 * @idx: zeroed, filled; to be freed even if this fails
 * @flows: the rules
 * @family: AF_INET or AF_INET6
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int lb_flow_index_build(struct lb_flow_index *idx,
			const struct lb_flows *flows, u8 family)
{
	unsigned int level;
	u32 blocks;
	int err;

	get_random_bytes(&idx->key, sizeof(idx->key));
	idx->words = family == AF_INET ? 4 : LB_FLOW_KEY_WORDS;
	idx->groups = kcalloc(LB_FLOW_GROUPS_MAX, sizeof(*idx->groups),
			      GFP_KERNEL_ACCOUNT);
	if (!idx->groups)
		return -ENOMEM;
	level = build_groups(idx, flows, family, &blocks);

	idx->mask = roundup_pow_of_two(max(blocks, 2u) * 2) - 1;
	idx->table = kvcalloc(idx->mask + 1, sizeof(*idx->table),
			      GFP_KERNEL_ACCOUNT);
	idx->nodes = kvcalloc(max(blocks, 1u),
			      (NODE_KEY + idx->words) * sizeof(*idx->nodes),
			      GFP_KERNEL_ACCOUNT);
	if (!idx->table || !idx->nodes)
		return -ENOMEM;
	fill_nodes(idx, flows, family, level);
	err = build_lists(idx, blocks);
	if (!err)
		fill_nodes(idx, flows, family, level);
	return err;
}

/**
 * lb_flow_index_free() - free what an index holds
 * @idx: built, or partly, or zeroed
 *
 * Context: process, may sleep.
 */
void lb_flow_index_free(struct lb_flow_index *idx)
{
	kfree(idx->groups);
	kvfree(idx->table);
	kvfree(idx->nodes);
	kvfree(idx->lists);
}

/**
 * lb_flow_walk_init() - begin to look for the rules of a packet
 * @walk: filled
 * @idx: that of the packet's family
 * @pkt: its family, protocol and key count
 *
 * Context: as long as @idx is held, or under RCU.
 */
void lb_flow_walk_init(struct lb_flow_walk *walk,
		       const struct lb_flow_index *idx,
		       const struct lb_pkt *pkt)
{
	u32 *key = walk->key;

	walk->idx = idx;
	walk->group = 0;
	walk->nr = 0;
	key[WORD_PORTS] = (u32)ntohs(lb_pkt_sport(pkt)) << 16 |
			  ntohs(lb_pkt_dport(pkt));
	key[WORD_PROTO] = pkt->proto << 16;
	if (pkt->family == AF_INET) {
		key[WORD_ADDRS] = (__force u32)pkt->k4.saddr;
		key[WORD_ADDRS + 1] = (__force u32)pkt->k4.daddr;
	} else {
		memcpy(key + WORD_ADDRS, &pkt->k6.saddr, 16);
		memcpy(key + WORD_ADDRS + 4, &pkt->k6.daddr, 16);
	}
}

/* Look the packet up in a group; what is found becomes one more list. */
static void walk_group(struct lb_flow_walk *walk, u32 group)
{
	const struct lb_flow_index *idx = walk->idx;
	const u32 *mask = idx->groups[group].mask;
	u32 key[LB_FLOW_KEY_WORDS];
	u32 *node, at, i;

	for (i = 0; i < idx->words; i++)
		key[i] = walk->key[i] & mask[i];
	key[WORD_PROTO] |= group;
	node = node_find(idx, key, &at);
	if (!node)
		return;
	walk->list[walk->nr].at = node[NODE_LIST];
	walk->list[walk->nr].end = node[NODE_LIST] + node[NODE_NR];
	walk->nr++;
}

/* The first rule of list @i that is not before @start. */
static u32 walk_list(struct lb_flow_walk *walk, u32 i, u32 start)
{
	const u32 *lists = walk->idx->lists;
	u32 lo = walk->list[i].at, hi = walk->list[i].end;

	/* Mostly it is the one at hand or the next. */
	if (lo < hi && lists[lo] < start)
		lo++;
	if (lo < hi && lists[lo] < start) {
		while (lo < hi) {
			u32 mid = lo + (hi - lo) / 2;

			if (lists[mid] < start)
				lo = mid + 1;
			else
				hi = mid;
		}
	}
	walk->list[i].at = lo;
	return lo < walk->list[i].end ? lists[lo] : LB_FLOW_WALK_END;
}

/**
 * lb_flow_walk_next() - the next rule that may hold
 * @walk: the walk
 * @start: the lowest rule that is still of interest; never less than before
 *
 * Groups are looked into only once their lowest rule may be the answer.
 *
 * Context: as lb_flow_walk_init().
 * Return: a rule's number, or LB_FLOW_WALK_END.
 */
u32 lb_flow_walk_next(struct lb_flow_walk *walk, u32 start)
{
	const struct lb_flow_index *idx = walk->idx;
	u32 best = LB_FLOW_WALK_END;
	u32 i;

	for (i = 0; i < walk->nr; i++)
		best = min(best, walk_list(walk, i, start));
	for (; walk->group < idx->nr_groups; walk->group++) {
		const struct lb_flow_group *g = &idx->groups[walk->group];

		if (g->first >= best)
			break;
		if (g->last < start)
			continue;
		walk_group(walk, walk->group);
		if (i < walk->nr) {
			best = min(best, walk_list(walk, i, start));
			i++;
		}
	}
	return best;
}
