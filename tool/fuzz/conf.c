// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the parser: any bytes parse without a crash, the problems can be
 * printed, and what has no error prints to a text that reads back the same.
 */
#include "conf.h"
#include "diff.h"
#include "feature.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lb_conf one = { 0 }, two = { 0 };
	struct lb_buf a = { 0 }, b = { 0 };
	struct lb_offers offers = { 0 };
	struct lb_diff diff;

	lb_conf_parse(&one, (const char *)data, size);
	if (!one.diags.errors) {
		lb_model_print(&a, &one.model);
		lb_conf_parse(&two, lb_buf_str(&a), a.len);
		lb_model_print(&b, &two.model);
		lb_diff(&diff, &one.model, &two.model);
		if (two.diags.errors || diff.n ||
		    strcmp(lb_buf_str(&a), lb_buf_str(&b)))
			abort();
		lb_diff_free(&diff);
	}
	lb_feature_check(&one, &offers, LB_ERROR);
	lb_buf_reset(&a);
	lb_diags_print(&a, &one.diags, "f", (const char *)data, size);
	lb_conf_free(&one);
	lb_conf_free(&two);
	lb_buf_free(&a);
	lb_buf_free(&b);
	return 0;
}
