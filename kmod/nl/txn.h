/* SPDX-License-Identifier: GPL-2.0 */
/* Transactions: a staged copy of the configuration, edited, then committed. */
#ifndef _L4LB_NL_TXN_H
#define _L4LB_NL_TXN_H

#include <linux/list.h>
#include "../config.h"
#include "../director.h"
#include "snat.h"
#include "stage_flow.h"

struct genl_info;
struct netlink_ext_ack;

/**
 * struct lb_stage_server - a server of a staged director that was opened
 */
struct lb_stage_server {
	/** @node: in the director, in line order */
	struct list_head node;
	/** @by_name: in the transaction's hash */
	struct hlist_node by_name;
	/** @dir: whose */
	const struct lb_stage_dir *dir;
	/** @ds: what the director version will list */
	struct lb_dirserver ds;
};

/**
 * struct lb_stage_dir - a director of a transaction
 *
 * Untouched ones are the version in force.  The first edit opens it: @spec
 * and @servers are then what counts.
 */
struct lb_stage_dir {
	/** @node: in the transaction, in order */
	struct list_head node;
	/** @by_name: in the transaction's hash */
	struct hlist_node by_name;
	/** @orig: the version in force; a reference, or NULL if new */
	struct lb_director *orig;
	/** @dirid: its identity; a reference */
	struct lb_dirid *dirid;
	/** @is_open: edited */
	bool is_open;
	/** @spec: if open */
	struct lb_dirspec spec;
	/** @nr: of @servers */
	u32 nr;
	/** @servers: if open, in line order */
	struct list_head servers;
};

/**
 * struct lb_txn - an open transaction; everything under lb_net.mutex
 */
struct lb_txn {
	/** @node: in lb_net.txns */
	struct list_head node;
	/** @portid: the socket that owns it */
	u32 portid;
	/** @base: the generation that is edited */
	u32 base;
	/** @options: `service lvs` */
	struct lb_options options;
	/** @flows: all flows */
	struct lb_stage_flows flows;
	/** @snat: all nat rules */
	struct lb_stage_snat snat;
	/** @nr: of @dirs */
	u32 nr;
	/** @dirs: in order */
	struct list_head dirs;
	/** @dir_hash: directors by name */
	struct hlist_head *dir_hash;
	/** @server_hash: servers of open directors, by director and name */
	struct hlist_head *server_hash;
};

struct lb_txn *lb_txn_begin(struct lb_net *ln, u32 portid);
struct lb_txn *lb_txn_find(struct lb_net *ln, u32 portid);
void lb_txn_drop(struct lb_txn *txn);
struct lb_stage_dir *lb_txn_find_dir(struct lb_txn *txn, const char *name);
int lb_txn_set_dir(struct lb_txn *txn, const struct lb_dirspec *spec);
void lb_txn_del_dir(struct lb_txn *txn, struct lb_stage_dir *sd);
struct lb_stage_server *lb_txn_find_server(struct lb_txn *txn,
					   struct lb_stage_dir *sd,
					   const char *name);
int lb_txn_open_dir(struct lb_txn *txn, struct lb_stage_dir *sd);
struct lb_stage_server *lb_txn_add_server(struct lb_txn *txn,
					  struct lb_stage_dir *sd,
					  const char *name,
					  const union nf_inet_addr *addr,
					  u8 family, __be16 port);
void lb_txn_move_last(struct lb_stage_dir *sd, struct lb_stage_server *ss);
void lb_txn_del_server(struct lb_stage_dir *sd, struct lb_stage_server *ss);
int lb_txn_edit(struct genl_info *info,
		int (*edit)(struct lb_txn *txn, struct genl_info *info));

#endif /* _L4LB_NL_TXN_H */
