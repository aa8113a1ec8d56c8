/* SPDX-License-Identifier: GPL-2.0 */
/* Answers to one-packet requests in nat mode, for which there are no conns. */
#ifndef _L4LB_ANSWER_H
#define _L4LB_ANSWER_H

#include "pkt.h"

struct lb_config;
struct lb_director;
struct lb_server;

/**
 * struct lb_answerer - a server, and on whose behalf it answers
 */
struct lb_answerer {
	/** @srv: borrowed from @dir */
	struct lb_server *srv;
	/** @dir: borrowed from the config; NULL: a free place */
	const struct lb_director *dir;
	/** @port: source port of its answers, network byte order, 0 = any */
	__be16 port;
};

bool lb_answers_for(const struct lb_director *dir);
int lb_answers_create(struct lb_config *cfg);
const struct lb_answerer *lb_answer_find(const struct lb_config *cfg,
					 const struct lb_pkt *pkt);
enum lb_verdict lb_answer_send(struct lb_pkt *pkt,
			       const struct lb_answerer *at);

#endif /* _L4LB_ANSWER_H */
