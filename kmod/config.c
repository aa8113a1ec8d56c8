// SPDX-License-Identifier: GPL-2.0
/*
 * Owns config snapshots: one immutable generation each, published by
 * nl/config.c, used by packets under RCU, freed after a grace period.
 *
 * The tables of directors are open addressed and at most half full, so a
 * lookup that finds nothing ends after a place or two.
 */
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include "answer.h"
#include "config.h"
#include "flow.h"
#include "pkt.h"
#include "snat.h"
#include "wheel.h"
#include "xmit.h"

siphash_key_t lb_hash_key __read_mostly;

/* Clients choose what is looked up here, so the hash is keyed. */
static u32 vip_hash(u8 family, u8 proto, const union nf_inet_addr *addr,
		    __be16 port)
{
	u64 tail = (u64)proto << 16 | (__force u16)port;

	if (family == AF_INET)
		return siphash_2u64((__force u32)addr->ip, tail, &lb_hash_key);
	return siphash(&addr->in6, sizeof(addr->in6), &lb_hash_key) ^
	       siphash_1u64(tail, &lb_hash_key);
}

static u32 name_hash(const char *name)
{
	return siphash(name, strlen(name), &lb_hash_key);
}

static bool is_vip(const struct lb_director *dir, u8 family, u8 proto,
		   const union nf_inet_addr *addr, __be16 port)
{
	const struct lb_dirspec *s = &dir->spec;

	if (s->port != port || s->proto != proto || s->family != family)
		return false;
	return family == AF_INET ? s->addr.ip == addr->ip :
				   ipv6_addr_equal(&s->addr.in6, &addr->in6);
}

static struct lb_director *find_vip(const struct lb_config *cfg, u8 family,
				    u8 proto, const union nf_inet_addr *addr,
				    __be16 port)
{
	u32 i = vip_hash(family, proto, addr, port);
	struct lb_director *dir;

	while ((dir = cfg->by_key[i & cfg->mask])) {
		if (is_vip(dir, family, proto, addr, port))
			return dir;
		i++;
	}
	return NULL;
}

/* Whatever its port: one director stands for all of an address. */
static struct lb_director *find_addr(const struct lb_config *cfg, u8 family,
				     const union nf_inet_addr *addr)
{
	u32 i = vip_hash(family, 0, addr, 0);
	struct lb_director *dir;

	while ((dir = cfg->by_addr[i & cfg->mask])) {
		if (is_vip(dir, family, dir->spec.proto, addr, dir->spec.port))
			return dir;
		i++;
	}
	return NULL;
}

static void table_add(struct lb_director **table, u32 mask, u32 hash,
		      struct lb_director *dir)
{
	while (table[hash & mask])
		hash++;
	table[hash & mask] = dir;
}

static int config_add(struct lb_config *cfg, struct lb_director *dir)
{
	const struct lb_dirspec *s = &dir->spec;

	if (s->family && find_vip(cfg, s->family, s->proto, &s->addr, s->port))
		return -EEXIST;
	cfg->directors[cfg->nr++] = lb_director_get(dir);
	table_add(cfg->by_name, cfg->mask, name_hash(s->name), dir);
	/* Even without a flow: it may have conns from when there was one. */
	if (lb_director_takes(dir, AF_INET))
		cfg->nr4++;
	if (lb_director_takes(dir, AF_INET6))
		cfg->nr6++;
	if (!s->family)
		return 0;
	table_add(cfg->by_key, cfg->mask,
		  vip_hash(s->family, s->proto, &s->addr, s->port), dir);
	if (!find_addr(cfg, s->family, &s->addr))
		table_add(cfg->by_addr, cfg->mask,
			  vip_hash(s->family, 0, &s->addr, 0), dir);
	if (!s->port)
		cfg->nr_any_port++;
	return 0;
}

static void config_timeouts(struct lb_config *cfg)
{
	const struct lb_options *opt = &cfg->options;
	u32 *t = cfg->timeouts.t;

	lb_timeouts_init(&cfg->timeouts);
	if (opt->tcp_ms)
		t[LB_STATE_ESTABLISHED] = lb_ms_to_ticks(opt->tcp_ms);
	if (opt->tcpfin_ms)
		t[LB_STATE_FIN_WAIT] = lb_ms_to_ticks(opt->tcpfin_ms);
	if (opt->udp_ms)
		t[LB_STATE_UDP] = lb_ms_to_ticks(opt->udp_ms);
}

static void config_free(struct lb_config *cfg)
{
	u32 i;

	for (i = 0; i < cfg->nr; i++) {
		lb_director_put(cfg->directors[i]);
		cond_resched();
	}
	lb_flows_put(cfg->flows);
	lb_snat_put(cfg->snat);
	kvfree(cfg->flow_dirs);
	kvfree(cfg->directors);
	kvfree(cfg->by_key);
	kvfree(cfg->by_addr);
	kvfree(cfg->by_name);
	kvfree(cfg->answers);
	kvfree(cfg->tunnels);
	kfree(cfg);
}

static void config_free_work(struct work_struct *work)
{
	config_free(container_of(to_rcu_work(work), struct lb_config, rwork));
}

/**
 * lb_config_create() - make a snapshot
 * @dirs: its directors in order, no name twice; references are taken
 * @nr: of @dirs
 * @opt: its options
 *
 * Context: process, may sleep.
 * Return: with one reference and no generation yet, or ERR_PTR: -ENOMEM,
 * -EEXIST if two directors have the same VIP, or -EADDRINUSE if an answer to a
 * one-packet request could be two directors'.
 */
struct lb_config *lb_config_create(struct lb_director *const *dirs, u32 nr,
				   const struct lb_options *opt)
{
	struct lb_config *cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;
	u32 i;

	if (!cfg)
		return ERR_PTR(-ENOMEM);
	refcount_set(&cfg->ref, 1);
	INIT_RCU_WORK(&cfg->rwork, config_free_work);
	cfg->options = *opt;
	config_timeouts(cfg);
	cfg->mask = roundup_pow_of_two(max(nr, 2u) * 2) - 1;
	cfg->by_key = kvcalloc(cfg->mask + 1, sizeof(*cfg->by_key),
			       GFP_KERNEL_ACCOUNT);
	cfg->by_addr = kvcalloc(cfg->mask + 1, sizeof(*cfg->by_addr),
				GFP_KERNEL_ACCOUNT);
	cfg->by_name = kvcalloc(cfg->mask + 1, sizeof(*cfg->by_name),
				GFP_KERNEL_ACCOUNT);
	cfg->directors = kvcalloc(max(nr, 1u), sizeof(*cfg->directors),
				  GFP_KERNEL_ACCOUNT);
	if (!cfg->by_key || !cfg->by_addr || !cfg->by_name ||
	    !cfg->directors)
		goto err_free;
	for (i = 0; i < nr; i++) {
		err = config_add(cfg, dirs[i]);
		if (err)
			goto err_free;
	}
	err = lb_answers_create(cfg) ?: lb_tunnels_create(cfg);
	if (err)
		goto err_free;
	return cfg;

err_free:
	config_free(cfg);
	return ERR_PTR(err);
}

/**
 * lb_config_set_flows() - give a snapshot its flows
 * @cfg: the snapshot, not yet published, without flows
 * @flows: finished; a reference is taken; NULL: none
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, -ENOENT if a flow names no director of @cfg, or
 * -EADDRNOTAVAIL if one feeds a one-packet director in nat mode; @cfg is then
 * of no use.
 */
int lb_config_set_flows(struct lb_config *cfg, struct lb_flows *flows)
{
	u32 i;

	if (!flows)
		return 0;
	cfg->flow_dirs = kvcalloc(flows->nr, sizeof(*cfg->flow_dirs),
				  GFP_KERNEL_ACCOUNT);
	if (!cfg->flow_dirs)
		return -ENOMEM;
	for (i = 0; i < flows->nr; i++) {
		const struct lb_flowspec *s = &flows->flows[i].spec;

		if (s->policy != LB_FLOW_DIRECTOR)
			continue;
		cfg->flow_dirs[i] = lb_config_find_name(cfg, s->director);
		if (!cfg->flow_dirs[i])
			return -ENOENT;
		/* Its answers come from its own address, whatever was asked. */
		if (lb_answers_for(cfg->flow_dirs[i]))
			return -EADDRNOTAVAIL;
	}
	cfg->flows = lb_flows_get(flows);
	cfg->flows_deny = flows->denies;
	cfg->judges_portless = flows->judges_portless;
	cfg->nr4 += flows->decides4;
	cfg->nr6 += flows->decides6;
	return 0;
}

/**
 * lb_config_get() - the config in force
 * @ln: the namespace
 *
 * Context: any.
 * Return: with a reference; NULL only once the namespace is being torn down.
 */
struct lb_config *lb_config_get(struct lb_net *ln)
{
	struct lb_config *cfg;

	rcu_read_lock();
	do {
		cfg = rcu_dereference(ln->config);
	} while (cfg && !refcount_inc_not_zero(&cfg->ref));
	rcu_read_unlock();
	return cfg;
}

/**
 * lb_config_put() - give a reference back
 * @cfg: freed after a grace period by the last one
 *
 * Context: any.
 */
void lb_config_put(struct lb_config *cfg)
{
	if (refcount_dec_and_test(&cfg->ref))
		queue_rcu_work(lb_wq, &cfg->rwork);
}

/**
 * lb_config_find_vip() - the director for a packet's destination
 * @cfg: the config
 * @pkt: the packet
 *
 * An exact port goes before any port.
 *
 * Context: under RCU.
 * Return: borrowed from @cfg, or NULL.
 */
struct lb_director *lb_config_find_vip(const struct lb_config *cfg,
				       const struct lb_pkt *pkt)
{
	struct lb_director *dir;
	union nf_inet_addr addr;

	if (pkt->family == AF_INET)
		addr.ip = pkt->k4.daddr;
	else
		addr.in6 = pkt->k6.daddr;

	dir = find_vip(cfg, pkt->family, pkt->proto, &addr,
		       lb_pkt_dport(pkt));
	if (!dir && cfg->nr_any_port)
		dir = find_vip(cfg, pkt->family, pkt->proto, &addr, 0);
	return dir;
}

/**
 * lb_config_has_vip() - is it a director's address and port, exactly?
 * @cfg: the config
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @addr: the address
 * @port: network byte order
 *
 * Context: under RCU.
 * Return: true if some director has it.
 */
bool lb_config_has_vip(const struct lb_config *cfg, u8 family, u8 proto,
		       const union nf_inet_addr *addr, __be16 port)
{
	return find_vip(cfg, family, proto, addr, port);
}

/**
 * lb_config_has_addr() - is it the address of a director, whatever its port?
 * @cfg: the config
 * @family: AF_INET or AF_INET6
 * @addr: the address
 *
 * Context: under RCU.
 * Return: true if some director has it.
 */
bool lb_config_has_addr(const struct lb_config *cfg, u8 family,
			const union nf_inet_addr *addr)
{
	return find_addr(cfg, family, addr);
}

/**
 * lb_config_find_name() - a director by name
 * @cfg: the config
 * @name: NUL-terminated
 *
 * Context: @cfg is held, or under RCU.
 * Return: borrowed from @cfg, or NULL.
 */
struct lb_director *lb_config_find_name(const struct lb_config *cfg,
					const char *name)
{
	u32 i = name_hash(name);
	struct lb_director *dir;

	while ((dir = cfg->by_name[i & cfg->mask])) {
		if (!strcmp(dir->spec.name, name))
			return dir;
		i++;
	}
	return NULL;
}
