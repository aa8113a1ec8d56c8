/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_ITEM_H
#define LBCTL_BACKEND_ITEM_H

#include "backend/snap.h"

/** enum lb_be_kind - what can be set up on a server */
enum lb_be_kind {
	LB_BE_SYSCTL,
	LB_BE_FOU,
	LB_BE_LINK,
	LB_BE_UP,
	LB_BE_ADDR,
};

/** struct lb_be_item - one thing that is set up: one command and its inverse */
struct lb_be_item {
	/** @kind: what it is; says which fields below count */
	enum lb_be_kind kind;
	/** @dev: interface; "all" for a setting of all of them */
	char dev[IFNAMSIZ];
	/** @sysctl: which setting */
	enum lb_be_sysctl sysctl;
	/** @value: what it is set to */
	int value;
	/** @before: what it was, LB_BE_UNKNOWN = the interface came later */
	int before;
	/** @type: kind of tunnel that @dev is, "" = it is none of ours to know */
	char type[16];
	/** @local: that tunnel's own end */
	struct lb_addr local;
	/** @addr: the address that is added, full length */
	struct lb_addr addr;
	/** @label: N of its label lo:N or LB_BE_NO_LABEL */
	int label;
	/** @port: the port that unpacks gue, host byte order */
	uint16_t port;
	/** @family: its family, 4 or 16 */
	uint8_t family;
};

/** struct lb_be_items - a list of them; all zero is an empty one */
struct lb_be_items {
	/** @item: the items, in the order they are set up */
	struct lb_be_item *item;
	/** @n: how many */
	size_t n;
};

bool lb_be_item_same(const struct lb_be_item *a, const struct lb_be_item *b);
bool lb_be_item_there(const struct lb_be_item *i,
		      const struct lb_be_snap *s);
void lb_be_word(struct lb_buf *b, const char *word);
void lb_be_item_do(struct lb_buf *b, const struct lb_be_item *i);
void lb_be_item_undo(struct lb_buf *b, const struct lb_be_item *i);

struct lb_be_item *lb_be_items_find(const struct lb_be_items *all,
				    const struct lb_be_item *i);
struct lb_be_item *lb_be_items_add(struct lb_be_items *all,
				   const struct lb_be_item *i);
void lb_be_items_copy(struct lb_be_items *to, const struct lb_be_items *from);
void lb_be_items_free(struct lb_be_items *all);

bool lb_be_link_is(const struct lb_be_link *l, const char *type,
		   const struct lb_addr *local);

#endif
