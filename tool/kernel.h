/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_KERNEL_H
#define LBCTL_KERNEL_H

#include "diff.h"
#include "feature.h"
#include "msg.h"
#include "nl.h"

int lb_kernel_info(struct lb_nl *nl, struct lb_info *info,
		   uint32_t *generation);
int lb_kernel_load(struct lb_nl *nl, struct lb_model *m,
		   uint32_t *generation);
int lb_kernel_read(struct lb_nl *nl, struct lb_model *m,
		   uint32_t *generation);
int lb_kernel_open(struct lb_nl *nl, struct lb_model *m,
		   uint32_t *generation);
int lb_kernel_flows(struct lb_nl *nl, struct lb_model *m);
void lb_kernel_offers(struct lb_offers *offers, const struct lb_info *info);
int lb_kernel_apply(struct lb_nl *nl, const struct lb_diff *diff,
		    uint32_t *generation);

#endif
