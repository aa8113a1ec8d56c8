// SPDX-License-Identifier: GPL-2.0
/*
 * Owns transactions: a staged copy of the configuration that one socket edits.
 * Nothing in it is visible to packets before nl/config.c commits it.  All of
 * it is under lb_net.mutex.
 */
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "txn.h"

#define LB_TXN_DIR_BITS		12
#define LB_TXN_SERVER_BITS	14

static struct hlist_head *dir_bucket(struct lb_txn *txn, const char *name)
{
	u32 h = jhash(name, strlen(name), 0);

	return &txn->dir_hash[h & (BIT(LB_TXN_DIR_BITS) - 1)];
}

static struct hlist_head *server_bucket(struct lb_txn *txn,
					const struct lb_stage_dir *sd,
					const char *name)
{
	u32 h = jhash(name, strlen(name), (u32)(unsigned long)sd >> 4);

	return &txn->server_hash[h & (BIT(LB_TXN_SERVER_BITS) - 1)];
}

static const char *stage_name(const struct lb_stage_dir *sd)
{
	return sd->is_open ? sd->spec.name : sd->orig->spec.name;
}

/**
 * lb_txn_find_dir() - a staged director by name
 * @txn: the transaction
 * @name: NUL-terminated
 *
 * Return: borrowed from @txn, or NULL.
 */
struct lb_stage_dir *lb_txn_find_dir(struct lb_txn *txn, const char *name)
{
	struct lb_stage_dir *sd;

	hlist_for_each_entry(sd, dir_bucket(txn, name), by_name)
		if (!strcmp(stage_name(sd), name))
			return sd;
	return NULL;
}

/**
 * lb_txn_find_server() - a server of an open staged director by name
 * @txn: the transaction
 * @sd: its director, open
 * @name: NUL-terminated
 *
 * Return: borrowed from @sd, or NULL.
 */
struct lb_stage_server *lb_txn_find_server(struct lb_txn *txn,
					   struct lb_stage_dir *sd,
					   const char *name)
{
	struct lb_stage_server *ss;

	hlist_for_each_entry(ss, server_bucket(txn, sd, name), by_name)
		if (ss->dir == sd && !strcmp(ss->ds.srv->name, name))
			return ss;
	return NULL;
}

/**
 * lb_txn_del_server() - remove a server from an open staged director
 * @sd: the director
 * @ss: the server, freed
 */
void lb_txn_del_server(struct lb_stage_dir *sd, struct lb_stage_server *ss)
{
	list_del(&ss->node);
	hlist_del(&ss->by_name);
	sd->nr--;
	lb_blob_free(&ss->ds.check);
	lb_server_put(ss->ds.srv);
	kfree(ss);
}

static void stage_close(struct lb_stage_dir *sd)
{
	struct lb_stage_server *ss, *next;

	if (!sd->is_open)
		return;
	list_for_each_entry_safe(ss, next, &sd->servers, node)
		lb_txn_del_server(sd, ss);
	lb_dirspec_free(&sd->spec);
}

/**
 * lb_txn_del_dir() - remove a staged director
 * @txn: the transaction
 * @sd: the director, freed
 */
void lb_txn_del_dir(struct lb_txn *txn, struct lb_stage_dir *sd)
{
	list_del(&sd->node);
	hlist_del(&sd->by_name);
	txn->nr--;
	stage_close(sd);
	lb_dirid_put(sd->dirid);
	if (sd->orig)
		lb_director_put(sd->orig);
	kfree(sd);
}

/* The caller owns what @srv counts for; it is put on failure too. */
static struct lb_stage_server *stage_server(struct lb_txn *txn,
					    struct lb_stage_dir *sd,
					    struct lb_server *srv)
{
	struct lb_stage_server *ss = kzalloc(sizeof(*ss), GFP_KERNEL_ACCOUNT);

	if (!ss) {
		lb_server_put(srv);
		return NULL;
	}
	ss->dir = sd;
	ss->ds.srv = srv;
	list_add_tail(&ss->node, &sd->servers);
	hlist_add_head(&ss->by_name, server_bucket(txn, sd, srv->name));
	sd->nr++;
	return ss;
}

/**
 * lb_txn_add_server() - add a server to an open staged director, or move the
 * one of its name to another address
 * @txn: the transaction
 * @sd: the director
 * @name: at most LB_NAME_MAX bytes
 * @addr: its address
 * @family: of @addr
 * @port: network byte order, 0 = the packet's own
 *
 * The run-time object is new, for its identity is: unless the server was
 * staged with the same address and port, when nothing happens.
 *
 * Return: borrowed from @sd, or NULL for want of memory.
 */
struct lb_stage_server *lb_txn_add_server(struct lb_txn *txn,
					  struct lb_stage_dir *sd,
					  const char *name,
					  const union nf_inet_addr *addr,
					  u8 family, __be16 port)
{
	struct lb_stage_server *ss = lb_txn_find_server(txn, sd, name);
	struct lb_server *srv;

	if (ss && ss->ds.srv->family == family && ss->ds.srv->port == port &&
	    !memcmp(&ss->ds.srv->addr, addr, sizeof(*addr)))
		return ss;
	srv = lb_server_create(sd->dirid, name, addr, family, port);
	if (!srv)
		return NULL;
	srv->is_newcomer = sd->orig && sd->orig->nr;
	if (!ss)
		return stage_server(txn, sd, srv);
	lb_server_put(ss->ds.srv);
	ss->ds.srv = srv;
	return ss;
}

/**
 * lb_txn_move_last() - move a server behind the others of its director
 * @sd: the director, open
 * @ss: the server
 */
void lb_txn_move_last(struct lb_stage_dir *sd, struct lb_stage_server *ss)
{
	list_move_tail(&ss->node, &sd->servers);
}

/**
 * lb_txn_open_dir() - make a staged director one's own, to edit it
 * @txn: the transaction
 * @sd: the director
 *
 * Return: 0 or -ENOMEM; the transaction is then to be dropped.
 */
int lb_txn_open_dir(struct lb_txn *txn, struct lb_stage_dir *sd)
{
	u32 i;

	if (sd->is_open)
		return 0;
	if (lb_dirspec_copy(&sd->spec, &sd->orig->spec))
		return -ENOMEM;
	sd->is_open = true;
	for (i = 0; i < sd->orig->nr; i++) {
		const struct lb_dirserver *ds = &sd->orig->servers[i];
		struct lb_stage_server *ss;

		ss = stage_server(txn, sd, lb_server_get(ds->srv));
		if (!ss)
			return -ENOMEM;
		if (lb_dirserver_copy(&ss->ds, ds))
			return -ENOMEM;
	}
	return 0;
}

static struct lb_stage_dir *stage_dir(struct lb_txn *txn, const char *name)
{
	struct lb_stage_dir *sd = kzalloc(sizeof(*sd), GFP_KERNEL_ACCOUNT);

	if (!sd)
		return NULL;
	INIT_LIST_HEAD(&sd->servers);
	list_add_tail(&sd->node, &txn->dirs);
	hlist_add_head(&sd->by_name, dir_bucket(txn, name));
	txn->nr++;
	return sd;
}

/* Another VIP is another service: no conn of the old one is the new one's. */
static int stage_renew(struct lb_stage_dir *sd)
{
	struct lb_dirid *id = lb_dirid_create(stage_name(sd));
	struct lb_stage_server *ss;

	if (!id)
		return -ENOMEM;
	lb_dirid_put(sd->dirid);
	sd->dirid = id;
	list_for_each_entry(ss, &sd->servers, node) {
		struct lb_server *old = ss->ds.srv, *new;

		new = lb_server_create(id, old->name, &old->addr, old->family,
				       old->port);
		if (!new)
			return -ENOMEM;
		ss->ds.srv = new;
		lb_server_put(old);
	}
	return 0;
}

static int stage_new_dir(struct lb_txn *txn, const struct lb_dirspec *spec)
{
	struct lb_stage_dir *sd = stage_dir(txn, spec->name);

	if (!sd)
		return -ENOMEM;
	if (lb_dirspec_copy(&sd->spec, spec)) {
		/* Nothing to find it by: dropped with the transaction. */
		strscpy(sd->spec.name, spec->name, sizeof(sd->spec.name));
		sd->is_open = true;
		return -ENOMEM;
	}
	sd->is_open = true;
	sd->dirid = lb_dirid_create(spec->name);
	return sd->dirid ? 0 : -ENOMEM;
}

/**
 * lb_txn_set_dir() - stage a director's configuration, new or replaced
 * @txn: the transaction
 * @spec: the configuration, copied
 *
 * Return: 0 or -ENOMEM; the transaction is then to be dropped.
 */
int lb_txn_set_dir(struct lb_txn *txn, const struct lb_dirspec *spec)
{
	struct lb_stage_dir *sd = lb_txn_find_dir(txn, spec->name);
	struct lb_dirspec copy;
	bool moved;

	if (!sd)
		return stage_new_dir(txn, spec);
	if (lb_txn_open_dir(txn, sd) || lb_dirspec_copy(&copy, spec))
		return -ENOMEM;
	moved = !lb_dirspec_same_vip(&sd->spec, spec);
	lb_dirspec_free(&sd->spec);
	sd->spec = copy;
	return moved ? stage_renew(sd) : 0;
}

/**
 * lb_txn_drop() - end a transaction without effect
 * @txn: freed
 *
 * Context: process, under lb_net.mutex.
 */
void lb_txn_drop(struct lb_txn *txn)
{
	struct lb_stage_dir *sd, *next;

	list_for_each_entry_safe(sd, next, &txn->dirs, node) {
		lb_txn_del_dir(txn, sd);
		cond_resched();
	}
	lb_stage_flows_exit(&txn->flows);
	lb_stage_snat_exit(&txn->snat);
	list_del(&txn->node);
	kvfree(txn->dir_hash);
	kvfree(txn->server_hash);
	kfree(txn);
}

static int stage_config(struct lb_txn *txn, const struct lb_config *cfg)
{
	u32 i;

	for (i = 0; i < cfg->nr; i++) {
		struct lb_director *dir = cfg->directors[i];
		struct lb_stage_dir *sd = stage_dir(txn, dir->spec.name);

		if (!sd)
			return -ENOMEM;
		sd->orig = lb_director_get(dir);
		sd->dirid = lb_dirid_get(dir->dirid);
		if (!(i % 256))
			cond_resched();
	}
	return 0;
}

/**
 * lb_txn_begin() - stage a copy of the config in force
 * @ln: the namespace
 * @portid: the socket that will own it
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: the transaction, in lb_net.txns, or NULL for want of memory.
 */
struct lb_txn *lb_txn_begin(struct lb_net *ln, u32 portid)
{
	const struct lb_config *cfg;
	struct lb_txn *txn;

	cfg = rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex));
	txn = kzalloc(sizeof(*txn), GFP_KERNEL_ACCOUNT);
	if (!txn)
		return NULL;
	INIT_LIST_HEAD(&txn->dirs);
	list_add_tail(&txn->node, &ln->txns);
	txn->portid = portid;
	txn->base = cfg->generation;
	txn->options = cfg->options;
	lb_stage_flows_init(&txn->flows, cfg->flows);
	lb_stage_snat_init(&txn->snat, cfg->snat);
	txn->dir_hash = kvcalloc(BIT(LB_TXN_DIR_BITS),
				 sizeof(*txn->dir_hash), GFP_KERNEL_ACCOUNT);
	txn->server_hash = kvcalloc(BIT(LB_TXN_SERVER_BITS),
				    sizeof(*txn->server_hash), GFP_KERNEL_ACCOUNT);
	if (!txn->dir_hash || !txn->server_hash || stage_config(txn, cfg)) {
		lb_txn_drop(txn);
		return NULL;
	}
	return txn;
}

/**
 * lb_txn_find() - a socket's transaction
 * @ln: the namespace
 * @portid: the socket
 *
 * Context: under lb_net.mutex.
 * Return: borrowed, or NULL.
 */
struct lb_txn *lb_txn_find(struct lb_net *ln, u32 portid)
{
	struct lb_txn *txn;

	lockdep_assert_held(&ln->mutex);
	list_for_each_entry(txn, &ln->txns, node)
		if (txn->portid == portid)
			return txn;
	return NULL;
}

/**
 * lb_txn_edit() - run an edit on the caller's transaction
 * @info: the request
 * @edit: what is to be done; if it fails, the transaction is dropped
 *
 * Context: process, may sleep.  Takes lb_net.mutex.
 * Return: 0 or -errno.
 */
int lb_txn_edit(struct genl_info *info,
		int (*edit)(struct lb_txn *txn, struct genl_info *info))
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct lb_txn *txn;
	int err;

	mutex_lock(&ln->mutex);
	txn = lb_txn_find(ln, info->snd_portid);
	if (txn) {
		err = edit(txn, info);
		if (err)
			lb_txn_drop(txn);
	} else {
		err = -ENOENT;
		NL_SET_ERR_MSG(info->extack,
			       "no transaction is open on this socket");
	}
	mutex_unlock(&ln->mutex);
	return err;
}
