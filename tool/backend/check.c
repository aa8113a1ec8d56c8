// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl backend check.
 */
#include "backend/files.h"
#include "backend/look.h"
#include "backend/report.h"
#include "backend/verbs.h"
#include "out.h"

#include <stdio.h>
#include <string.h>

/* what the command line names beside VIPs counts for all of them */
static void take_one(const struct lb_be_options *o, struct lb_be_request r,
		     struct lb_be_requests *asked)
{
	if (o->common.n_lb) {
		memcpy(r.lb, o->common.lb, sizeof(r.lb));
		r.n_lb = o->common.n_lb;
	}
	if (o->common.client.len)
		r.client = o->common.client;
	lb_be_requests_add(asked, &r);
}

/* what was prepared, for the VIPs that are named, with their ports */
static void take_prepared(const struct lb_be_options *o,
			  const struct lb_be_requests *prepared,
			  struct lb_be_requests *asked)
{
	size_t i, n;

	for (i = 0; i < prepared->n; i++) {
		struct lb_be_request r = prepared->r[i];

		if (!o->vips.n)
			take_one(o, r, asked);
		for (n = 0; n < o->vips.n; n++) {
			const struct lb_be_request *named = &o->vips.r[n];

			if (!lb_addr_equal(&named->vip, &r.vip))
				continue;
			if (named->port) {
				r.port = named->port;
				r.proto = named->proto;
			}
			take_one(o, r, asked);
		}
	}
}

static int what_to_check(struct lb_be_options *o, struct lb_be_state *st,
			 struct lb_be_requests *asked)
{
	int ret;

	ret = lb_be_state_load(o->root, st);
	if (ret)
		return ret;
	if (o->common.has_mode) {
		ret = lb_be_report_options(o);
		if (!ret)
			lb_be_requests_copy(asked, &o->vips);
		return ret;
	}
	if (o->common.rip.len || o->common.iface[0] || o->common.gue_port)
		return lb_fail(LB_EXIT_USAGE,
			       "backend: --rip, --iface and --port count only with --mode");
	take_prepared(o, &st->requests, asked);
	if (!asked->n)
		return lb_fail(LB_EXIT_MISSING,
			       "backend: %s was prepared here: --mode, --vip and --rip tell what to check",
			       o->vips.n ? "no such VIP" : "nothing");
	return 0;
}

static int say_result(const struct lb_be_findings *found, bool json)
{
	size_t wrong = lb_be_findings_count(found, LB_BE_WRONG);

	if (json)
		lb_be_report_json(found);
	else
		lb_be_report(found, LB_BE_NOTE);
	if (wrong)
		return lb_fail(LB_EXIT_CONFIG, "%zu thing%s wrong", wrong,
			       wrong == 1 ? " is" : "s are");
	if (!json)
		puts("nothing is wrong");
	return 0;
}

/**
 * lb_be_check() - tell what is wrong with this machine as a server
 * @o: the command line
 *
 * Return: an exit code, after saying what it means.
 */
int lb_be_check(struct lb_be_options *o)
{
	struct lb_be_requests asked = { 0 };
	struct lb_be_findings found = { 0 };
	struct lb_be_state st = { 0 };
	struct lb_be_snap s = { 0 };
	int ret;

	ret = what_to_check(o, &st, &asked);
	if (!ret)
		ret = lb_be_look(&s, &st, &asked, true);
	if (!ret) {
		lb_be_find(&found, &asked, &s);
		ret = say_result(&found, o->json);
	}
	lb_be_findings_free(&found);
	lb_be_snap_free(&s);
	lb_be_requests_free(&asked);
	lb_be_state_free(&st);
	return ret;
}
