/* SPDX-License-Identifier: GPL-2.0 */
/* Answers to one-packet requests in nat mode, for which there are no conns. */
#ifndef _L4LB_ANSWER_H
#define _L4LB_ANSWER_H

#include "pkt.h"

struct lb_answers;
struct lb_config;

int lb_answers_create(struct lb_config *cfg);
enum lb_verdict lb_answer(struct lb_pkt *pkt, const struct lb_config *cfg);

#endif /* _L4LB_ANSWER_H */
