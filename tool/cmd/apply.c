// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl apply: make the configuration in force what a file says, all of it
 * or nothing.
 */
#include "../cmd.h"
#include "../kernel.h"
#include "../load.h"
#include "../local.h"
#include "../vip.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* more lines than this help nobody; `lbctl diff` shows all */
#define LINES_MAX	100

static const struct lb_command cmd;

static bool has_monitor(struct lb_nl *nl)
{
	struct lb_info info = { 0 };
	uint32_t generation;

	return !lb_kernel_info(nl, &info, &generation) && info.has_monitor;
}

static bool has_checks(const struct lb_model *m)
{
	size_t i, j;

	for (i = 0; i < m->n_directors; i++)
		for (j = 0; j < m->director[i]->n_servers; j++)
			if (m->director[i]->server[j]->checked)
				return true;
	return false;
}

static void print_changes(const struct lb_diff *diff, bool all)
{
	size_t i, n = diff->n_lines;

	if (n > LINES_MAX && !all)
		n = LINES_MAX;
	for (i = 0; i < n; i++)
		printf("%s\n", diff->line[i]);
	if (n < diff->n_lines)
		printf("... and %zu more\n", diff->n_lines - n);
}

static void print_sum(const struct lb_diff *diff)
{
	static const char *const kind[] = {
		[LB_KIND_DIRECTOR] = "director", [LB_KIND_SERVER] = "server",
		[LB_KIND_FLOW] = "flow", [LB_KIND_NAT] = "nat",
	};
	static const char *const op[] = {
		[LB_OP_DEL] = "removed", [LB_OP_ADD] = "added",
		[LB_OP_EDIT] = "changed",
	};
	const char *sep = ": ";
	size_t n;
	int k, o;

	if (diff->count[LB_KIND_SERVICE][LB_OP_EDIT]) {
		printf("%sservice lvs changed", sep);
		sep = ", ";
	}
	for (k = LB_KIND_DIRECTOR; k <= LB_KIND_NAT; k++) {
		for (o = 0; o < LB_OP_MAX; o++) {
			n = diff->count[k][o];
			if (!n)
				continue;
			printf("%s%zu %s%s %s", sep, n, kind[k],
			       n == 1 ? "" : "s", op[o]);
			sep = ", ";
		}
	}
	printf("\n");
}

static int transact(struct lb_nl *nl, const struct lb_diff *diff,
		    uint32_t generation, bool dry)
{
	int ret;

	if (!diff->n)
		return 0;
	if (dry) {
		print_changes(diff, true);
		printf("dry run, nothing was changed (generation %u)",
		       generation);
		print_sum(diff);
		return 0;
	}
	ret = lb_kernel_apply(nl, diff, &generation);
	if (ret)
		return ret;
	print_changes(diff, false);
	printf("applied, generation %u", generation);
	print_sum(diff);
	return 0;
}

/* the addresses are there before anybody is sent to them, and go after it */
static int change(struct lb_nl *nl, const struct lb_diff *diff,
		  struct lb_vips *vips, uint32_t generation, bool dry)
{
	int ret = dry ? 0 : lb_vips_add(vips);

	if (ret)
		return ret;
	if (!diff->n && !lb_vips_any(vips))
		printf("nothing to change (generation %u)\n", generation);
	ret = transact(nl, diff, generation, dry);
	if (ret) {
		lb_vips_undo(vips);
		return ret;
	}
	if (!dry)
		ret = lb_vips_settle(vips);
	lb_vips_print(vips, dry);
	if (!ret && !dry && vips->n_late)
		ret = lb_fail(LB_EXIT_STAYS,
			      "the configuration is in force, but for %zu address%s: run 'lbctl apply' when the interface is there",
			      vips->n_late, vips->n_late == 1 ? "" : "es");
	return ret;
}

/** struct how - options of the command line */
struct how {
	/** @dry: only show what would happen */
	bool dry;
	/** @late: interfaces may be missing */
	bool late;
};

/** struct work - what an apply is about */
struct work {
	/** @now: the configuration in force */
	struct lb_model now;
	/** @generation: its number */
	uint32_t generation;
	/** @diff: what is to change */
	struct lb_diff diff;
	/** @vips: which addresses come and go */
	struct lb_vips vips;
};

static void forget(struct work *w)
{
	lb_vips_free(&w->vips);
	lb_diff_free(&w->diff);
	lb_model_free(&w->now);
}

static int find_work(struct lb_nl *nl, const struct lb_model *m,
		     const struct how *how, struct work *w)
{
	int ret;

	memset(w, 0, sizeof(*w));
	ret = lb_kernel_read(nl, &w->now, &w->generation);
	if (ret)
		return ret;
	lb_diff(&w->diff, &w->now, m);
	ret = lb_vips_plan(&w->vips, m, how->late);
	if (ret)
		forget(w);
	return ret;
}

/* what was found before there was a lock may be no longer true */
static int lock_and_find(struct lb_nl *nl, const struct lb_model *m,
			 const struct how *how, struct work *w, int *lock)
{
	int ret;

	if (!lb_vips_wanted(m)) {
		ret = find_work(nl, m, how, w);
		if (ret || !lb_vips_any(&w->vips))
			return ret;
		forget(w);
	}
	ret = lb_vips_lock(lock);
	return ret ? ret : find_work(nl, m, how, w);
}

static int apply(struct lb_nl *nl, const struct lb_model *m,
		 const struct how *how)
{
	int lock = -1, ret;
	struct work w;

	ret = how->dry ? find_work(nl, m, how, &w) :
			 lock_and_find(nl, m, how, &w, &lock);
	if (!ret) {
		ret = change(nl, &w.diff, &w.vips, w.generation, how->dry);
		forget(&w);
	}
	if (!ret && has_checks(m) && !has_monitor(nl))
		printf("note: health checks are configured but no monitor runs: 'lbctl monitor'; until then the servers stay as they are\n");
	if (lock >= 0)
		close(lock);
	return ret;
}

/* the module may be missing: then its errors come after those of the file */
static int check_and_apply(struct lb_load *l, const struct how *how)
{
	struct lb_offers offers = { 0 };
	struct lb_info info;
	uint32_t generation;
	struct lb_nl nl;
	int err, ret;

	err = lb_nl_open(&nl);
	if (!err)
		err = lb_kernel_info(&nl, &info, &generation);
	if (!err)
		lb_kernel_offers(&offers, &info);
	lb_feature_check(&l->conf, &offers, LB_ERROR);
	/* at boot interfaces and routes may still be on their way */
	if (!err && !how->late && !l->conf.diags.errors)
		lb_local_check(&l->conf);
	ret = lb_load_report(l, ", nothing was changed");
	if (!ret && err)
		ret = lb_nl_fail(&nl, err, "cannot ask the module");
	else if (!ret)
		ret = apply(&nl, &l->conf.model, how);
	lb_nl_close(&nl);
	return ret;
}

static int run(int argc, char **argv)
{
	struct how how = { 0 };
	const struct lb_load_option options[] = {
		{ "--dry-run", &how.dry },
		{ "--late-interfaces", &how.late },
		{ 0 },
	};
	struct lb_load l;
	int ret;

	ret = lb_load_args(&l, &cmd, argc, argv, options);
	if (ret)
		return ret;
	ret = check_and_apply(&l, &how);
	lb_load_free(&l);
	return ret;
}

static const struct lb_command cmd = {
	.name = "apply",
	.args = "[--dry-run] [--late-interfaces] [FILE]",
	.help = "make FILE the configuration in force",
	.detail = "Changes only what differs, in one transaction: connections "
		  "and counters of\neverything else go on.  FILE defaults to "
		  LB_DEFAULT_CONF ", '-' is standard input.\nA file with an "
		  "error changes nothing; what does not fit this machine's\n"
		  "interfaces and routes is a warning.  --dry-run shows what would happen.\n"
		  "--late-interfaces, for the boot: where the interface of an 'option vip iface'\nis missing, "
		  "all else is done, and the exit code is 103; without those warnings.",
	.run = run,
};
LB_CMD(cmd);
