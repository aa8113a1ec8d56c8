/* SPDX-License-Identifier: GPL-2.0 */
/* Other balancers that send this machine packets of the same VIPs. */
#ifndef _L4LB_PEER_H
#define _L4LB_PEER_H

#include "director.h"

struct lb_config;
struct lb_net;
struct lb_pkt;

/* How a packet that another balancer sends on may come. */
enum lb_peer_way {
	LB_PEER_NO_WAY,
	LB_PEER_BY_FRAME,
	LB_PEER_BY_TUNNEL,
};

int lb_peer_init(void);
void lb_peer_exit(void);
void lb_peer_find(struct lb_net *ln, const struct lb_config *old,
		  const struct lb_config *new);
bool lb_peer_has_sent(const struct lb_pkt *pkt, struct lb_server *srv);

/**
 * lb_peer_may_send() - can a peer send this machine a director's packets?
 * @dir: the director
 *
 * Return: true if lb_peer_has_sent() is to be asked.
 */
static inline bool lb_peer_may_send(const struct lb_director *dir)
{
	return dir->nr && READ_ONCE(dir->servers[0].srv->may_loop);
}

#endif /* _L4LB_PEER_H */
