// SPDX-License-Identifier: GPL-2.0
/*
 * The hash schedulers: source, dest, srcdst and mh differ in what of a packet
 * is hashed, and in nothing else.
 *
 * All are consistent.  Slots of a table are dealt to the servers as in D.
 * Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load
 * Balancer", NSDI 2016, section 3.4, with two differences.  Each server takes
 * slots in step with its weight until it has its exact share.  And a server
 * that is not usable for the moment keeps its slots: a client that hashes
 * there is hashed again until it meets a usable server.  So while a server is
 * down its clients spread over the others by weight, nobody else's move, and
 * when it returns it has them back.
 *
 * Hashes are keyed with constants, because two balancers with one
 * configuration must choose alike; lines are sorted by what they name, so
 * their order does not count.  Who can choose his address can choose his
 * server, with any consistent hash.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>
#include "../pkt.h"
#include "tree.h"

/*
 * Slots of a table, primes.  They are few and far apart, because another size
 * is another table and moves most clients.  The first is what it takes for the
 * removal of a line of up to 10 to move at most 1.05 times its share.
 */
static const u32 hash_sizes[] = { 65537, 262147, 1048583, 4194319, 16777259 };

/* Every server has its turn this often at least, before weights. */
#define LB_HASH_SLOTS_MIN	100
/* For light servers tables do not grow beyond this. */
#define LB_HASH_SIZE_FAIR	262147
/* The lightest server should have this many, for a share exact to 5 %. */
#define LB_HASH_SLOTS_LIGHTEST	40
/* Then it is the turn of any usable server; 1 in 2^32 with half of them up. */
#define LB_HASH_TRIES		32

#define LB_SLOT_FREE		U32_MAX

static const siphash_key_t hash_key = {
	{ 0x6c346c6220736c6fULL, 0x7420206d61676c76ULL }
};

/**
 * struct lb_slots - the table; constant
 */
struct lb_slots {
	/** @size: slots, a prime */
	u32 size;
	/** @is_wide: the numbers of entries need more than a byte each */
	bool is_wide;
	/** @narrow: slot to entry, if not @is_wide */
	union {
		DECLARE_FLEX_ARRAY(u8, narrow);
		/** @wide: slot to entry, if @is_wide */
		DECLARE_FLEX_ARRAY(u32, wide);
	};
};

/**
 * struct lb_dealer - a server while slots are dealt
 */
struct lb_dealer {
	/** @id: what its permutation of the slots comes from */
	u64 id;
	/** @line: its entry */
	u32 line;
	/** @share: slots it is to have */
	u32 share;
	/** @taken: slots it has */
	u32 taken;
	/** @pos: where its permutation is */
	u32 pos;
	/** @skip: the step of its permutation, 1..size - 1 */
	u32 skip;
};

static u64 server_id(const struct lb_server *srv)
{
	u64 name = siphash(srv->name, strlen(srv->name), &hash_key);
	u64 addr = siphash(&srv->addr, srv->family == AF_INET ?
			   sizeof(srv->addr.ip) : sizeof(srv->addr.in6),
			   &hash_key);

	return siphash_3u64(name, addr, be16_to_cpu(srv->port), &hash_key);
}

static int dealer_cmp(const void *a, const void *b)
{
	const struct lb_dealer *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static u32 table_size(const struct lb_sched *sched, u64 total, u32 lightest)
{
	u64 fair = div_u64(total, lightest) * LB_HASH_SLOTS_LIGHTEST;
	u64 want = max_t(u64, min_t(u64, fair, LB_HASH_SIZE_FAIR),
			 (u64)sched->n * LB_HASH_SLOTS_MIN);
	unsigned int i = 0;

	if (sched->n == 1)
		return 2;
	while (i < ARRAY_SIZE(hash_sizes) - 1 && hash_sizes[i] < want)
		i++;
	return hash_sizes[i];
}

/* Whole slots in proportion to weight, none left over. */
static void deal_shares(const struct lb_sched *sched, struct lb_dealer *d,
			u32 size, u64 total)
{
	u64 sum = 0, upto = 0;
	u32 i;

	for (i = 0; i < sched->n; i++) {
		u64 from = upto;

		sum += sched->e[d[i].line].place;
		upto = mul_u64_u64_div_u64(sum, size, total);
		d[i].share = upto - from;
		d[i].pos = reciprocal_scale((u32)d[i].id, size);
		d[i].skip = 1 + reciprocal_scale(d[i].id >> 32, size - 1);
	}
}

/* Whose turn is first: the next slot of @a at taken/share of its way, or @b? */
static bool is_turn_before(const struct lb_dealer *a,
			   const struct lb_dealer *b)
{
	u64 at_a = (u64)(a->taken + 1) * b->share;
	u64 at_b = (u64)(b->taken + 1) * a->share;

	return at_a != at_b ? at_a < at_b : a->id < b->id;
}

static void heap_down(struct lb_dealer *heap, u32 n, u32 i)
{
	for (;;) {
		u32 c = 2 * i + 1;

		if (c >= n)
			return;
		if (c + 1 < n && is_turn_before(&heap[c + 1], &heap[c]))
			c++;
		if (!is_turn_before(&heap[c], &heap[i]))
			return;
		swap(heap[c], heap[i]);
		i = c;
	}
}

static void take_slot(u32 *slots, u32 size, struct lb_dealer *d)
{
	u32 at;

	do {
		at = d->pos;
		d->pos += d->skip;
		if (d->pos >= size)
			d->pos -= size;
	} while (slots[at] != LB_SLOT_FREE);
	slots[at] = d->line;
	d->taken++;
}

static void deal_slots(u32 *slots, u32 size, struct lb_dealer *heap, u32 n)
{
	u32 i;

	/* Those whose weight is not worth a slot are no part of it. */
	for (i = 0; i < n;)
		if (heap[i].share)
			i++;
		else
			swap(heap[i], heap[--n]);
	for (i = n / 2; i-- > 0;)
		heap_down(heap, n, i);
	for (i = 0; i < size; i++) {
		take_slot(slots, size, &heap[0]);
		if (!(i % 4096))
			cond_resched();
		if (heap[0].taken == heap[0].share)
			heap[0] = heap[--n];
		heap_down(heap, n, 0);
	}
}

/* The table to keep, of the numbers in @from. */
static struct lb_slots *slots_pack(const u32 *from, u32 size, u32 n)
{
	bool is_wide = n > U8_MAX + 1;
	struct lb_slots *slots;
	u32 i;

	slots = kvmalloc(is_wide ? struct_size(slots, wide, size) :
				   struct_size(slots, narrow, size),
			 GFP_KERNEL_ACCOUNT);
	if (!slots)
		return NULL;
	slots->size = size;
	slots->is_wide = is_wide;
	for (i = 0; i < size; i++)
		if (is_wide)
			slots->wide[i] = from[i];
		else
			slots->narrow[i] = from[i];
	return slots;
}

static struct lb_slots *slots_create(const struct lb_sched *sched,
				     struct lb_dealer *dealers)
{
	u32 i, size, lightest = U32_MAX;
	struct lb_slots *slots;
	u64 total = 0, base = 0;
	u32 *dealt;

	for (i = 0; i < sched->n; i++) {
		dealers[i].id = server_id(sched->e[i].srv);
		dealers[i].line = i;
		total += sched->e[i].place;
		base += sched->e[i].base;
		lightest = min(lightest, sched->e[i].base);
	}
	sort(dealers, sched->n, sizeof(*dealers), dealer_cmp, NULL);

	/* Not by what slow start makes of it: another size moves everybody. */
	size = table_size(sched, base, lightest);
	dealt = kvmalloc_array(size, sizeof(*dealt), GFP_KERNEL_ACCOUNT);
	if (!dealt)
		return NULL;
	memset32(dealt, LB_SLOT_FREE, size);
	deal_shares(sched, dealers, size, total);
	deal_slots(dealt, size, dealers, sched->n);
	slots = slots_pack(dealt, size, sched->n);
	kvfree(dealt);
	return slots;
}

static int hash_build(struct lb_sched *sched)
{
	struct lb_dealer *dealers;

	dealers = kvcalloc(sched->n, sizeof(*dealers), GFP_KERNEL_ACCOUNT);
	if (!dealers)
		return -ENOMEM;
	sched->table = slots_create(sched, dealers);
	kvfree(dealers);
	return sched->table ? 0 : -ENOMEM;
}

static u64 addr_hash(const struct lb_pkt *pkt, bool is_source)
{
	if (pkt->family == AF_INET)
		return siphash_1u32(be32_to_cpu(is_source ? pkt->k4.saddr :
							    pkt->k4.daddr),
				    &hash_key);
	return siphash(is_source ? &pkt->k6.saddr : &pkt->k6.daddr,
		       sizeof(struct in6_addr), &hash_key);
}

static struct lb_server *pick_hashed(struct lb_sched *sched,
				     const struct lb_pkt *pkt, u64 hash)
{
	const struct lb_slots *slots = sched->table;
	int try;

	if (sched->has_port)
		hash = siphash_2u64(hash, be16_to_cpu(lb_pkt_sport(pkt)),
				    &hash_key);
	for (try = 0; try < LB_HASH_TRIES; try++) {
		u32 slot = reciprocal_scale((u32)hash, slots->size);
		const struct lb_sched_entry *e;

		e = &sched->e[slots->is_wide ? slots->wide[slot] :
					       slots->narrow[slot]];
		if (likely(e->weight && lb_entry_is_open(e)))
			return e->srv;
		hash = siphash_1u64(hash, &hash_key);
	}
	return lb_sched_open_from(sched, reciprocal_scale((u32)hash, sched->n));
}

static struct lb_server *source_pick(struct lb_sched *sched,
				     const struct lb_pkt *pkt)
{
	return pick_hashed(sched, pkt, addr_hash(pkt, true));
}

static struct lb_server *dest_pick(struct lb_sched *sched,
				   const struct lb_pkt *pkt)
{
	return pick_hashed(sched, pkt, addr_hash(pkt, false));
}

static struct lb_server *srcdst_pick(struct lb_sched *sched,
				     const struct lb_pkt *pkt)
{
	u64 hash = siphash_2u64(addr_hash(pkt, true), addr_hash(pkt, false),
				&hash_key);

	return pick_hashed(sched, pkt, hash);
}

const struct lb_sched_ops lb_sched_source = {
	.name = "source",
	.has_shares = true,
	.keeps_places = true,
	.takes_port = true,
	.build = hash_build,
	.pick = source_pick,
};

const struct lb_sched_ops lb_sched_dest = {
	.name = "dest",
	.has_shares = true,
	.keeps_places = true,
	.build = hash_build,
	.pick = dest_pick,
};

const struct lb_sched_ops lb_sched_srcdst = {
	.name = "srcdst",
	.has_shares = true,
	.keeps_places = true,
	.takes_port = true,
	.build = hash_build,
	.pick = srcdst_pick,
};

const struct lb_sched_ops lb_sched_mh = {
	.name = "mh",
	.has_shares = true,
	.keeps_places = true,
	.takes_port = true,
	.build = hash_build,
	.pick = source_pick,
};
