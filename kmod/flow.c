// SPDX-License-Identifier: GPL-2.0
/*
 * Owns flows: sets of them, and what they decide about a packet.
 *
 * A set is built in process context, published in a config and shared by the
 * later configs that leave the flows as they are, so that its hits go on.  It
 * names directors; the config knows which versions those are.
 *
 * Conns: a new one's packet is judged before it gets a server.  After that,
 * permit and director have nothing to say to a conn, so its packets are judged
 * only where some flow denies, and then once a direction: the conn remembers
 * under which set and which inbound interface, and nothing else that a rule
 * asks can change between two of its packets, but the mark.
 */
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "config.h"
#include "conn.h"
#include "flow.h"

static const char * const policy_names[LB_FLOW_POLICY_NR] = {
	[LB_FLOW_PERMIT]	= "permit",
	[LB_FLOW_DENY]		= "deny",
	[LB_FLOW_SKIP]		= "skip",
	[LB_FLOW_DIRECTOR]	= "director",
};

/**
 * lb_flow_policy_name() - what a policy is called
 * @policy: the policy
 *
 * Return: its name.
 */
const char *lb_flow_policy_name(enum lb_flow_policy policy)
{
	return policy_names[policy];
}

/* Sets: making, sharing, freeing. */

static void flows_free(struct lb_flows *flows)
{
	u32 i;

	for (i = 0; i < flows->nr; i++) {
		free_percpu(flows->flows[i].hits);
		if (!(i % 256))
			cond_resched();
	}
	lb_flow_index_free(&flows->index4);
	lb_flow_index_free(&flows->index6);
	kvfree(flows->flows);
	kvfree(flows->rules);
	kfree(flows);
}

/**
 * lb_flows_create() - make a set, to be filled and finished
 * @nr: flows it will have
 * @nr_rules: rules they will have together, at most LB_FLOW_RULES_MAX
 *
 * Context: process, may sleep.
 * Return: with one reference, or NULL.
 */
struct lb_flows *lb_flows_create(u32 nr, u32 nr_rules)
{
	struct lb_flows *flows = kzalloc(sizeof(*flows), GFP_KERNEL_ACCOUNT);

	if (!flows)
		return NULL;
	refcount_set(&flows->ref, 1);
	flows->flows = kvcalloc(max(nr, 1u), sizeof(*flows->flows),
				GFP_KERNEL_ACCOUNT);
	flows->rules = kvcalloc(max(nr_rules, 1u), sizeof(*flows->rules),
				GFP_KERNEL_ACCOUNT);
	if (flows->flows && flows->rules)
		return flows;
	flows_free(flows);
	return NULL;
}

/**
 * lb_flows_add() - add a flow at the end of a set
 * @flows: the set, not yet finished; it has room
 * @spec: the flow, copied
 * @nr: of its rules
 *
 * Context: process, may sleep.
 * Return: its rules, zero, to be filled by the caller; NULL for want of memory.
 */
struct lb_rule *lb_flows_add(struct lb_flows *flows,
			     const struct lb_flowspec *spec, u32 nr)
{
	struct lb_flow *flow = &flows->flows[flows->nr];

	flow->hits = alloc_percpu_gfp(u64, GFP_KERNEL_ACCOUNT);
	if (!flow->hits)
		return NULL;
	flow->policy = spec->policy;
	flow->spec = *spec;
	flow->first = flows->nr_rules;
	flow->nr = nr;
	flows->nr_rules += nr;
	flows->nr++;
	return &flows->rules[flow->first];
}

/* Note what a rule makes the path do that it could do without it. */
static void note_rule(struct lb_flows *flows, const struct lb_rule *rule)
{
	const u32 ports = LB_RULE_F_SRCPORT | LB_RULE_F_DSTPORT;
	u8 policy = flows->flows[rule->flow].policy;

	if (rule->has & LB_RULE_F_FWMARK)
		flows->asks_mark = true;
	if (rule->is_ignore)
		return;
	if (rule->has & ~rule->not & LB_RULE_F_IFACE &&
	    !strcmp(rule->iface, LB_FLOW_OWN_IFACE))
		flows->judges_own = true;
	if (rule->family != AF_INET6)
		flows->decides4 = true;
	if (rule->family != AF_INET)
		flows->decides6 = true;
	if (policy == LB_FLOW_DENY)
		flows->denies = true;
	if (policy != LB_FLOW_DIRECTOR && !(rule->has & ports))
		flows->judges_portless = true;
}

/**
 * lb_flows_finish() - make a filled set ready for packets
 * @flows: the set; constant from here on
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int lb_flows_finish(struct lb_flows *flows)
{
	u32 i, j;

	for (i = 0; i < flows->nr; i++) {
		const struct lb_flow *flow = &flows->flows[i];

		for (j = flow->first; j < flow->first + flow->nr; j++) {
			flows->rules[j].flow = i;
			if (flow->policy != LB_FLOW_SKIP)
				note_rule(flows, &flows->rules[j]);
		}
		cond_resched();
	}
	return lb_flow_index_build(&flows->index4, flows, AF_INET) ?:
	       lb_flow_index_build(&flows->index6, flows, AF_INET6);
}

/**
 * lb_flows_get() - take a reference
 * @flows: held already, or NULL
 *
 * Return: @flows.
 */
struct lb_flows *lb_flows_get(struct lb_flows *flows)
{
	if (flows)
		refcount_inc(&flows->ref);
	return flows;
}

/**
 * lb_flows_put() - give a reference back
 * @flows: may be freed by this; or NULL
 *
 * Context: process, may sleep; of a published set only after a grace period.
 */
void lb_flows_put(struct lb_flows *flows)
{
	if (flows && refcount_dec_and_test(&flows->ref))
		flows_free(flows);
}

/**
 * lb_flows_renew() - have the packets of conns judged again
 * @ln: the namespace
 * @flows: about to be published, or an interface was renamed; or NULL
 *
 * A conn that slept through exactly 65,535 of these would not notice.
 *
 * Context: process.
 */
void lb_flows_renew(struct lb_net *ln, struct lb_flows *flows)
{
	u32 n = (u32)atomic_inc_return(&ln->flow_epochs);

	if (flows)
		/* Pairs with lb_flows_deny_conn(). */
		smp_store_release(&flows->epoch, n % U16_MAX + 1);
}

/**
 * lb_flow_hits() - packets a flow's policy decided since the last zero
 * @flow: the flow
 *
 * Return: how many.
 */
u64 lb_flow_hits(const struct lb_flow *flow)
{
	u64 sum = 0, base = READ_ONCE(flow->hits_base);
	int cpu;

	/* Before the sum: a zero in between must not make it less. */
	smp_rmb();
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(flow->hits, cpu));
	return sum - base;
}

/**
 * lb_flows_zero() - count hits from here on
 * @flows: the set, or NULL
 *
 * Context: process, under lb_net.mutex.
 */
void lb_flows_zero(struct lb_flows *flows)
{
	u32 i;

	for (i = 0; flows && i < flows->nr; i++) {
		struct lb_flow *flow = &flows->flows[i];

		WRITE_ONCE(flow->hits_base,
			   flow->hits_base + lb_flow_hits(flow));
	}
}

/* Packets. */

/**
 * struct asked - a packet as rules see it
 */
struct asked {
	/** @pkt: the packet */
	const struct lb_pkt *pkt;
	/** @iface: name of its inbound interface */
	const char *iface;
	/** @mark: its firewall mark */
	u32 mark;
};

/* Does a condition that a rule has hold, before any `not`? */
static bool condition_holds(const struct lb_rule *rule, u32 cond,
			    const struct asked *a)
{
	const struct lb_pkt *pkt = a->pkt;

	switch (cond) {
	case LB_RULE_F_IFACE:
		return !strncmp(rule->iface, a->iface, IFNAMSIZ);
	case LB_RULE_F_PROTO:
		return pkt->proto == lb_rule_proto(rule, pkt->family);
	case LB_RULE_F_ICMPTYPE:
		return pkt->icmp_type == rule->icmp_type;
	case LB_RULE_F_SRC:
		return lb_rule_addr_has(&rule->src, pkt->family,
					pkt->k4.saddr, &pkt->k6.saddr);
	case LB_RULE_F_DST:
		return lb_rule_addr_has(&rule->dst, pkt->family,
					pkt->k4.daddr, &pkt->k6.daddr);
	case LB_RULE_F_SRCPORT:
		return lb_rule_ports_have(&rule->sport, lb_pkt_sport(pkt));
	case LB_RULE_F_DSTPORT:
		return lb_rule_ports_have(&rule->dport, lb_pkt_dport(pkt));
	case LB_RULE_F_FWMARK:
		return a->mark == rule->mark;
	}
	return false;
}

/* What a packet does not have, no condition on it can be told of. */
static bool is_answerable(const struct lb_rule *rule, const struct lb_pkt *pkt)
{
	if (rule->family && rule->family != pkt->family)
		return false;
	if (likely(!pkt->is_portless))
		return true;
	if (rule->has & (LB_RULE_F_SRCPORT | LB_RULE_F_DSTPORT))
		return false;
	return !(rule->has & LB_RULE_F_ICMPTYPE) || pkt->has_icmp_type;
}

static bool rule_holds(const struct lb_rule *rule, const struct asked *a)
{
	u32 left, cond;

	if (!is_answerable(rule, a->pkt))
		return false;
	/*
	 * Rules are about what comes in.  Those that name no interface do not
	 * mean what this machine sends, be it a health check or an answer.
	 */
	if (unlikely(a->pkt->is_own) && !rule->is_ignore &&
	    !(rule->has & ~rule->not & LB_RULE_F_IFACE))
		return false;
	for (left = rule->has; left; left ^= cond) {
		cond = left & -left;
		if (condition_holds(rule, cond, a) == !!(rule->not & cond))
			return false;
	}
	return true;
}

/* Permit and deny take every packet, a director what it can serve. */
static bool flow_takes(const struct lb_config *cfg, u32 i,
		       const struct lb_pkt *pkt)
{
	const struct lb_director *dir = cfg->flow_dirs[i];

	return !dir || (!pkt->is_portless &&
			(!dir->spec.proto || dir->spec.proto == pkt->proto));
}

/**
 * lb_flows_find() - the flow that decides about a packet
 * @cfg: the config
 * @pkt: its family, protocol, key and what is said of ports and ICMP type count
 * @iface: name of its inbound interface, or ""
 * @mark: its firewall mark
 * @hit: filled if there is one
 *
 * Has no side effects: nothing is counted.
 *
 * Context: @cfg is held, or under RCU.
 * Return: true if there is one.
 */
bool lb_flows_find(const struct lb_config *cfg, const struct lb_pkt *pkt,
		   const char *iface, u32 mark, struct lb_flow_hit *hit)
{
	const struct asked a = { .pkt = pkt, .iface = iface, .mark = mark };
	const struct lb_flows *flows = cfg->flows;
	struct lb_flow_walk walk;
	u32 n = 0;

	if (!flows)
		return false;
	lb_flow_walk_init(&walk, pkt->family == AF_INET ? &flows->index4 :
							  &flows->index6, pkt);
	while ((n = lb_flow_walk_next(&walk, n)) != LB_FLOW_WALK_END) {
		const struct lb_rule *rule = &flows->rules[n];
		const struct lb_flow *flow = &flows->flows[rule->flow];

		if (!rule_holds(rule, &a)) {
			n++;
		} else if (!rule->is_ignore &&
			   flow_takes(cfg, rule->flow, pkt)) {
			hit->dir = cfg->flow_dirs[rule->flow];
			hit->flow = rule->flow;
			hit->rule = n - flow->first + 1;
			hit->policy = flow->policy;
			return true;
		} else {
			n = flow->first + flow->nr;
		}
	}
	return false;
}

/* Own packets count as if they came in through lo. */
static const struct net_device *arrival(const struct lb_pkt *pkt)
{
	return likely(!pkt->is_own) ? pkt->skb->dev :
				      pkt->ln->net->loopback_dev;
}

static void count_hit(const struct lb_config *cfg,
		      const struct lb_flow_hit *hit)
{
	this_cpu_inc(*cfg->flows->flows[hit->flow].hits);
}

/**
 * lb_flows_decide() - ask the flows about a packet without a conn
 * @cfg: the config
 * @pkt: the packet
 * @hit: filled if a flow decides, which is counted
 *
 * Context: softirq, under RCU.
 * Return: true if a flow decides.
 */
bool lb_flows_decide(const struct lb_config *cfg, const struct lb_pkt *pkt,
		     struct lb_flow_hit *hit)
{
	if (unlikely(pkt->is_own) && !cfg->flows->judges_own)
		return false;
	if (!lb_flows_find(cfg, pkt, arrival(pkt)->name, pkt->skb->mark, hit))
		return false;
	count_hit(cfg, hit);
	return true;
}

/**
 * lb_flows_deny_conn() - ask the flows about a packet of a conn
 * @cfg: the config, in which some flow denies
 * @pkt: the packet
 * @conn: its conn, which remembers the answer if that is no
 *
 * Only a denial is counted: any other policy has no effect on a conn.
 *
 * Context: softirq, under RCU.
 * Return: true if it is denied.
 */
bool lb_flows_deny_conn(const struct lb_config *cfg, const struct lb_pkt *pkt,
			struct lb_conn *conn)
{
	const struct lb_flows *flows = cfg->flows;
	u32 *judged = lb_conn_judged(conn, pkt->dir);
	u32 ifindex = arrival(pkt)->ifindex;
	/* Before names are read: a renaming ends this epoch after it. */
	u32 now = smp_load_acquire(&flows->epoch) << 16 | ifindex;
	struct lb_flow_hit hit;
	bool may_keep;

	if (unlikely(pkt->is_own) && !flows->judges_own)
		return false;
	may_keep = !flows->asks_mark && ifindex <= U16_MAX;
	if (may_keep && READ_ONCE(*judged) == now)
		return false;
	if (lb_flows_find(cfg, pkt, arrival(pkt)->name, pkt->skb->mark,
			  &hit) && hit.policy == LB_FLOW_DENY) {
		count_hit(cfg, &hit);
		return true;
	}
	if (may_keep)
		WRITE_ONCE(*judged, now);
	return false;
}
