/* SPDX-License-Identifier: GPL-2.0 */
/* The netfilter hooks and the packet's life. */
#ifndef _L4LB_PATH_H
#define _L4LB_PATH_H

#include <linux/types.h>
#include "pkt.h"

/* After raw and defragmentation, before nf_conntrack, which then costs nil. */
#define LB_HOOK_PRIORITY	(-250)

struct lb_net;
struct nf_hook_state;
struct sk_buff;

enum lb_verdict lb_path_own(struct lb_pkt *pkt);
void lb_path_init(struct lb_net *ln);
int lb_path_hook(struct lb_net *ln, bool want4, bool want6);
void lb_path_unhook(struct lb_net *ln, bool want4, bool want6);

unsigned int lb_path_hook_late(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

#endif /* _L4LB_PATH_H */
