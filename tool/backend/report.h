/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_REPORT_H
#define LBCTL_BACKEND_REPORT_H

#include "backend/find.h"
#include "backend/options.h"

int lb_be_report_options(struct lb_be_options *o);
void lb_be_report(const struct lb_be_findings *all,
		  enum lb_be_severity at_least);
void lb_be_report_json(const struct lb_be_findings *all);

#endif
