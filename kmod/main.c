// SPDX-License-Identifier: GPL-2.0
/* Owns set-up and teardown, of the module and of each network namespace. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>
#include "config.h"
#include "conn.h"
#include "flow.h"
#include "limit.h"
#include "nl.h"
#include "nl/txn.h"
#include "local.h"
#include "path.h"
#include "peer.h"
#include "probe.h"
#include "ramp.h"
#include "stats.h"
#include "track.h"
#include "wheel.h"

unsigned int lb_net_id __read_mostly;
struct workqueue_struct *lb_wq __read_mostly;

/**
 * lb_net() - a namespace's balancer
 * @net: the namespace
 *
 * Return: as long as @net is alive.
 */
struct lb_net *lb_net(const struct net *net)
{
	return net_generic(net, lb_net_id);
}

static void reap_work(struct work_struct *work)
{
	lb_conn_reap(container_of(work, struct lb_net, reap_work));
}

static int net_init_config(struct lb_net *ln)
{
	const struct lb_options none = {};
	struct lb_config *cfg = lb_config_create(NULL, 0, &none);

	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	RCU_INIT_POINTER(ln->config, cfg);
	return 0;
}

static int __net_init lb_net_init(struct net *net)
{
	struct lb_net *ln = lb_net(net);
	int err = -ENOMEM;

	ln->net = net;
	mutex_init(&ln->mutex);
	INIT_LIST_HEAD(&ln->txns);
	INIT_WORK(&ln->reap_work, reap_work);
	lb_wheel_net_init(ln);
	lb_ramp_net_init(ln);
	ln->limit_told = jiffies - HZ;
	lb_path_init(ln);
	lb_track_net_init(ln);
	lb_local_net_init(ln);

	ln->counters = alloc_percpu(struct lb_counters);
	if (!ln->counters)
		return -ENOMEM;
	ln->counter_base = kcalloc(LB_C_NR, sizeof(u64), GFP_KERNEL);
	if (!ln->counter_base)
		goto err_counters;
	err = net_init_config(ln);
	if (err)
		goto err_base;
	err = lb_conn_net_init(ln);
	if (err)
		goto err_config;
	err = lb_limit_net_init(ln);
	if (err)
		goto err_conn;
	return 0;

err_conn:
	lb_conn_net_exit(ln);

err_config:
	lb_config_put(rcu_dereference_protected(ln->config, true));
err_base:
	kfree(ln->counter_base);
err_counters:
	free_percpu(ln->counters);
	return err;
}

/* The core waits a grace period between this and lb_net_exit(). */
static void __net_exit lb_net_pre_exit(struct net *net)
{
	lb_local_unhook(lb_net(net), false, false);
	lb_track_net_exit(lb_net(net));
	lb_path_unhook(lb_net(net), false, false);
}

static void __net_exit lb_net_exit(struct net *net)
{
	struct lb_net *ln = lb_net(net);
	struct lb_txn *txn, *next;

	cancel_work_sync(&ln->reap_work);
	lb_ramp_net_exit(ln);
	lb_wheel_net_exit(ln);
	lb_conn_net_exit(ln);
	lb_limit_net_exit(ln);
	list_for_each_entry_safe(txn, next, &ln->txns, node)
		lb_txn_drop(txn);
	/* Devices go after us: lb_netdev_event() must find nothing to do. */
	lb_config_put(rcu_replace_pointer(ln->config, NULL, true));
	kfree(ln->counter_base);
	free_percpu(ln->counters);
	if (ln->pinned)
		module_put(THIS_MODULE);
}

/*
 * Configs are freed by RCU work; that frees scheduler instances, whose shared
 * memory puts its servers after a grace period, which give their routes to
 * RCU.  The barriers and the flush follow that chain.
 */
static void free_all_deferred(void)
{
	rcu_barrier();
	flush_workqueue(lb_wq);
	rcu_barrier();
	rcu_barrier();
}

/*
 * Routes hold on to the namespace's route operations: what is on its way to be
 * freed must be before the core goes on.
 */
static void __net_exit lb_net_exit_batch(struct list_head *nets)
{
	free_all_deferred();
}

/*
 * A device operation, not a subsystem: it exits before the namespace's devices
 * go, so that no cached route is in their way.
 */
static struct pernet_operations lb_net_ops = {
	.init = lb_net_init,
	.pre_exit = lb_net_pre_exit,
	.exit = lb_net_exit,
	.exit_batch = lb_net_exit_batch,
	.id = &lb_net_id,
	.size = sizeof(struct lb_net),
};

static void drop_routes(const struct lb_config *cfg,
			const struct net_device *dev)
{
	u32 i, j;

	for (i = 0; i < cfg->nr; i++) {
		const struct lb_director *dir = cfg->directors[i];

		for (j = 0; j < dir->nr; j++)
			lb_server_route_drop(dir->servers[j].srv, dev);
		cond_resched();
	}
}

/*
 * Routes through a device that goes are given back; packets find new ones.
 * Rules name devices, and one that is renamed is another one to them.
 */
static int lb_netdev_event(struct notifier_block *nb, unsigned long event,
			   void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct lb_net *ln = lb_net(dev_net(dev));
	struct lb_config *cfg;

	if (event != NETDEV_DOWN && event != NETDEV_UNREGISTER &&
	    event != NETDEV_CHANGENAME)
		return NOTIFY_DONE;
	/* No @ln: this is the undoing of a namespace that could not be made. */
	cfg = ln ? lb_config_get(ln) : NULL;
	if (!cfg)
		return NOTIFY_DONE;
	if (event == NETDEV_CHANGENAME)
		lb_flows_renew(ln, cfg->flows);
	else
		drop_routes(cfg, dev);
	lb_config_put(cfg);
	return NOTIFY_DONE;
}

static struct notifier_block lb_netdev_notifier = {
	.notifier_call = lb_netdev_event,
};

static int __init lb_init(void)
{
	int err;

	get_random_bytes(&lb_hash_key, sizeof(lb_hash_key));
	lb_probe_init();
	err = lb_conn_init();
	if (err)
		return err;
	lb_wq = alloc_workqueue("l4lb", WQ_UNBOUND, 0);
	if (!lb_wq) {
		err = -ENOMEM;
		goto err_conn;
	}
	err = register_pernet_device(&lb_net_ops);
	if (err)
		goto err_wq;
	err = register_netdevice_notifier(&lb_netdev_notifier);
	if (err)
		goto err_pernet;
	err = lb_peer_init();
	if (err)
		goto err_netdev;
	err = lb_nl_init();
	if (err)
		goto err_peer;
	pr_info("l4lb %s: at most %u connections in each network namespace\n",
		LB_VERSION, lb_conn_max());
	return 0;

err_peer:
	lb_peer_exit();
err_netdev:
	unregister_netdevice_notifier(&lb_netdev_notifier);
err_pernet:
	unregister_pernet_device(&lb_net_ops);
	rcu_barrier();
err_wq:
	destroy_workqueue(lb_wq);
err_conn:
	lb_conn_exit();
	return err;
}

static void __exit lb_exit(void)
{
	lb_nl_exit();
	lb_peer_exit();
	unregister_netdevice_notifier(&lb_netdev_notifier);
	unregister_pernet_device(&lb_net_ops);
	free_all_deferred();
	destroy_workqueue(lb_wq);
	lb_conn_exit();
}

module_init(lb_init);
module_exit(lb_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Layer-4 load balancer");
MODULE_VERSION(LB_VERSION);
MODULE_ALIAS_GENL_FAMILY(LB_GENL_NAME);
