/* SPDX-License-Identifier: GPL-2.0 */
/* The netfilter hooks and the packet's life. */
#ifndef _L4LB_PATH_H
#define _L4LB_PATH_H

#include <linux/types.h>
#include "pkt.h"

struct lb_net;
struct lb_pkt;

enum lb_verdict lb_path(struct lb_pkt *pkt);
void lb_path_init(struct lb_net *ln);
int lb_path_hook(struct lb_net *ln, bool want4, bool want6);
void lb_path_unhook(struct lb_net *ln, bool want4, bool want6);

#endif /* _L4LB_PATH_H */
