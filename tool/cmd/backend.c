// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl backend: makes a machine a server, tells what it lacks to be one, and
 * makes it again what it was.  Runs where the servers are: no l4lb module is
 * needed, and no netlink of ours; `ip` and `sysctl` do it, and --dry-run prints
 * the very commands.
 */
#include "../cmd.h"
#include "../json.h"
#include "backend/files.h"
#include "backend/find.h"
#include "backend/look.h"
#include "backend/options.h"
#include "backend/plan.h"
#include "backend/run.h"
#include "backend/want.h"
#include "backend/windows.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct lb_command cmd;

/* --- commands --- */

static int run_cmd(const char *line)
{
	struct lb_buf out = { 0 }, err = { 0 };
	int ret = lb_be_run(line, &out, &err);

	if (ret)
		ret = lb_fail(LB_EXIT_KERNEL, "'%s' failed: %s", line,
			      err.len ? lb_buf_str(&err) : "it does not say why");
	lb_buf_free(&out);
	lb_buf_free(&err);
	return ret;
}

/* all or nothing; what was there before the first command is there again */
static int run_plan(const struct lb_be_plan *p)
{
	size_t n, i;
	int ret = 0;

	for (n = 0; !ret && n < p->n; n++)
		ret = run_cmd(p->step[n].cmd);
	if (!ret)
		return 0;
	for (i = n - 1; i-- > 0;)
		if (p->step[i].undo[0])
			run_cmd(p->step[i].undo);
	return ret;
}

static void print_plan(const struct lb_be_plan *p)
{
	size_t n;

	for (n = 0; n < p->n; n++)
		puts(p->step[n].cmd);
}

/* --- findings --- */

static void print_lines(const char *head, const char *text)
{
	char *copy = lb_xstrdup(text), *line, *save;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		printf("  %-5s %s\n", head, line);
		head = "";
	}
	free(copy);
}

static void print_finding(const struct lb_be_finding *f)
{
	printf("%s: %s: %s\n", f->severity == LB_BE_NOTE ? "note" : "wrong",
	       f->id, f->what);
	print_lines("why:", f->why);
	print_lines("mend:", f->mend);
}

static void print_findings(const struct lb_be_findings *all,
			   enum lb_be_severity at_least)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->f[i].severity >= at_least)
			print_finding(&all->f[i]);
}

static struct json_object *json_lines(const char *text)
{
	struct json_object *a = json_object_new_array();
	char *copy = lb_xstrdup(text), *line, *save;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		json_object_array_add(a, json_object_new_string(line));
	free(copy);
	return a;
}

static void print_json(const struct lb_be_findings *all)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t i, wrong = lb_be_findings_count(all, LB_BE_WRONG);

	for (i = 0; i < all->n; i++) {
		const struct lb_be_finding *f = &all->f[i];
		struct json_object *one = json_object_new_object();

		lb_json_string(one, "id", f->id);
		lb_json_string(one, "severity", f->severity == LB_BE_NOTE ?
			       "note" : "wrong");
		lb_json_string(one, "what", f->what);
		lb_json_string(one, "why", f->why);
		json_object_object_add(one, "mend", json_lines(f->mend));
		json_object_array_add(list, one);
	}
	lb_json_uint(o, "wrong", wrong);
	lb_json_uint(o, "notes", all->n - wrong);
	json_object_object_add(o, "findings", list);
	lb_json_print(o);
}

/* --- prepare and restore --- */

static bool label_used(const struct lb_be_requests *all,
		       const struct lb_be_snap *s, int label)
{
	char name[IFNAMSIZ + 8];
	size_t i, n;

	for (i = 0; i < all->n; i++)
		if (all->r[i].label == label)
			return true;
	snprintf(name, sizeof(name), "lo:%d", label);
	for (i = 0; i < s->n_links; i++)
		for (n = 0; n < s->link[i].n_addrs; n++)
			if (!strcmp(s->link[i].addr[n].label, name))
				return true;
	return false;
}

/* a VIP keeps the label it has in another request; a new one gets the next */
static void choose_labels(struct lb_be_requests *all,
			  const struct lb_be_snap *s)
{
	size_t i, n;
	int label;

	for (i = 0; i < all->n; i++) {
		struct lb_be_request *r = &all->r[i];

		if (r->vip.len != 4 || r->mode == LB_BE_NAT)
			continue;
		for (n = 0; n < all->n && r->label == LB_BE_NO_LABEL; n++)
			if (lb_addr_equal(&all->r[n].vip, &r->vip))
				r->label = all->r[n].label;
		for (label = 1; r->label == LB_BE_NO_LABEL; label++)
			if (!label_used(all, s, label))
				r->label = label;
	}
}

/* at boot the interface may get its address later: its name is kept */
static int choose_ifaces(struct lb_be_requests *all,
			 const struct lb_be_snap *s)
{
	const struct lb_be_link *rx;
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct lb_be_request *r = &all->r[i];

		rx = lb_be_rx_link(s, r);
		if (r->iface[0] && !rx)
			return lb_fail(LB_EXIT_NO_OBJECT,
				       "there is no interface '%s' here",
				       r->iface);
		if (rx && !lb_be_iface_ok(rx->name))
			return lb_fail(LB_EXIT_VALUE,
				       "interface '%s' has a name that does not go into a command",
				       rx->name);
		if (rx)
			strcpy(r->iface, rx->name);
	}
	return 0;
}

/* what prepare would have to destroy to mend it */
static int refuse(const struct lb_be_requests *asked,
		  const struct lb_be_snap *s)
{
	struct lb_be_findings found = { 0 };
	int ret = 0;

	lb_be_find(&found, asked, s);
	if (lb_be_findings_count(&found, LB_BE_BLOCKS)) {
		print_findings(&found, LB_BE_BLOCKS);
		ret = lb_fail(LB_EXIT_EXISTS,
			      "mend this first; nothing was changed");
	}
	lb_be_findings_free(&found);
	return ret;
}

static void dry_run(const struct lb_be_items *want, const struct lb_be_plan *p)
{
	struct lb_buf b = { 0 };
	size_t n, sysctls = 0;

	print_plan(p);
	for (n = 0; n < want->n; n++)
		sysctls += want->item[n].kind == LB_BE_SYSCTL;
	if (sysctls) {
		lb_be_sysctl_text(&b, want);
		printf("cat >%s <<'EOF'\n%sEOF\n", LB_BE_SYSCTL_D,
		       lb_buf_str(&b));
	}
	if (want->n)
		puts("# and " LB_BE_UNIT ", which runs at boot:\n"
		     "# lbctl backend restore");
	lb_buf_free(&b);
}

/* the state first: what is made is known even if we are killed while making it;
 * then the files, because of which udev leaves new devices as they are set
 */
static int carry_out(const char *root, struct lb_be_state *st,
		     const struct lb_be_state *old,
		     const struct lb_be_snap *s,
		     const struct lb_be_items *want,
		     const struct lb_be_plan *p)
{
	struct lb_be_items before = { 0 };
	int ret;

	ret = lb_be_state_save(root, st);
	if (!ret)
		ret = lb_be_files_write(root, st, want);
	/* once more, with the directories */
	if (!ret)
		ret = lb_be_state_save(root, st);
	if (!ret)
		ret = run_plan(p);
	if (!ret)
		return 0;
	if (!old->requests.n) {
		lb_be_files_remove(root);
	} else {
		lb_be_want(&before, &old->requests, s, &old->made);
		lb_be_files_write(root, st, &before);
		lb_be_state_save(root, old);
	}
	lb_be_items_free(&before);
	return lb_fail(ret, "this machine is as it was before");
}

/* the directories that were made stay known to @st */
static void swap_state(struct lb_be_state *st, struct lb_be_state *old)
{
	struct lb_be_requests requests = st->requests;
	struct lb_be_items made = st->made;

	st->requests = old->requests;
	st->made = old->made;
	old->requests = requests;
	old->made = made;
}

/* makes what is missing, as @s shows it; @done gets how many commands it took */
static int make_missing(struct lb_be_options *o, struct lb_be_state *st,
			const struct lb_be_state *old,
			const struct lb_be_snap *s, size_t *done)
{
	struct lb_be_items want = { 0 };
	struct lb_be_plan p = { 0 };
	int ret = 0;

	choose_labels(&st->requests, s);
	lb_be_want(&want, &st->requests, s, &st->made);
	lb_be_plan_do(&p, &want, s, &st->made);
	*done = p.n;
	if (o->dry_run)
		dry_run(&want, &p);
	else
		ret = carry_out(o->root, st, old, s, &want, &p);
	lb_be_plan_free(&p);
	lb_be_items_free(&want);
	return ret;
}

/* adds what is asked for to @st and makes it; at boot, makes what is there */
static int first_round(struct lb_be_options *o, struct lb_be_state *st,
		       bool at_boot, size_t *done)
{
	struct lb_be_state old = { 0 };
	struct lb_be_snap s = { 0 };
	size_t i;
	int ret;

	lb_be_state_copy(&old, st);
	ret = lb_be_look(&s, st, &o->vips, false);
	if (!ret && !at_boot)
		ret = choose_ifaces(&o->vips, &s);
	if (!ret && !at_boot)
		ret = refuse(&o->vips, &s);
	for (i = 0; i < o->vips.n; i++)
		lb_be_requests_add(&st->requests, &o->vips.r[i]);
	if (!ret)
		ret = make_missing(o, st, &old, &s, done);
	if (ret)
		swap_state(st, &old);
	lb_be_snap_free(&s);
	lb_be_state_free(&old);
	return ret;
}

static void tell_rest(const struct lb_be_requests *asked,
		      const struct lb_be_snap *s)
{
	struct lb_be_findings found = { 0 };
	size_t n;

	lb_be_find(&found, asked, s);
	print_findings(&found, LB_BE_WRONG);
	n = lb_be_findings_count(&found, LB_BE_WRONG);
	if (n)
		printf("prepared; %zu thing%s left for you\n", n,
		       n == 1 ? " is" : "s are");
	else
		puts("prepared");
	lb_be_findings_free(&found);
}

/* Only now are the VIPs there, and routes that rules choose by source seen:
 * something may be missing still.  What is wrong after that, a route or a
 * service, is not for us to change.
 */
static int second_round(struct lb_be_options *o, struct lb_be_state *st)
{
	struct lb_be_snap s = { 0 };
	size_t done = 0;
	int ret;

	ret = lb_be_look(&s, st, &o->vips, true);
	if (!ret)
		ret = make_missing(o, st, st, &s, &done);
	if (!ret && done) {
		lb_be_snap_free(&s);
		ret = lb_be_look(&s, st, &o->vips, true);
	}
	if (!ret)
		tell_rest(&o->vips, &s);
	lb_be_snap_free(&s);
	return ret;
}

static int fail_options(int ret, struct lb_buf *why)
{
	lb_fail(ret, "backend: %s", lb_buf_str(why));
	return ret;
}

static int need(const struct lb_be_options *o)
{
	if (!o->has_mode)
		return lb_fail(LB_EXIT_MISSING,
			       "backend: --mode is missing: nat, gateway, ipip, gre or 'gue port PORT'");
	if (!o->vips.n)
		return lb_fail(LB_EXIT_MISSING,
			       "backend: --vip is missing: the address that clients know");
	return 0;
}

static int prepare_locked(struct lb_be_options *o, struct lb_be_state *st)
{
	size_t done = 0;
	int ret;

	ret = lb_be_state_load(o->root, st);
	if (!ret)
		ret = lb_be_files_ours(o->root);
	if (!ret)
		ret = first_round(o, st, false, &done);
	if (!ret && !o->dry_run)
		ret = second_round(o, st);
	if (!ret && !o->dry_run && !lb_be_has_systemd(o->root))
		puts("no systemd here: have 'lbctl backend restore' run at boot");
	return ret;
}

static int prepare(struct lb_be_options *o)
{
	struct lb_be_state st = { 0 };
	struct lb_buf b = { 0 };
	int ret, fd = -1;

	if (o->windows && !o->has_mode) {
		o->common.mode = LB_BE_GATEWAY;
		o->has_mode = true;
		strcpy(o->common.iface, o->common.iface[0] ?
		       o->common.iface : "net");
	}
	ret = need(o);
	if (!ret) {
		ret = lb_be_options_join(o, &b);
		if (ret)
			fail_options(ret, &b);
	}
	if (!ret && o->windows) {
		lb_be_windows(&b, &o->vips);
		fputs(lb_buf_str(&b), stdout);
	} else if (!ret) {
		ret = lb_be_lock(o->root, &st, !o->dry_run, &fd);
		if (!ret)
			ret = prepare_locked(o, &st);
	}
	/* nothing came of it: not even a directory */
	if (ret && !st.requests.n && !o->dry_run)
		lb_be_dirs_remove(o->root, &st);
	if (fd >= 0)
		close(fd);
	lb_buf_free(&b);
	lb_be_state_free(&st);
	return ret;
}

static int restore(struct lb_be_options *o)
{
	struct lb_be_state st = { 0 };
	size_t done = 0;
	int ret, fd;

	ret = lb_be_lock(o->root, &st, false, &fd);
	if (!ret)
		ret = lb_be_state_load(o->root, &st);
	if (!ret)
		ret = lb_be_files_ours(o->root);
	if (!ret && st.requests.n)
		ret = first_round(o, &st, true, &done);
	if (fd >= 0)
		close(fd);
	lb_be_state_free(&st);
	return ret;
}

/* --- check --- */

/* what was prepared, for the VIPs that are named, with what is named for them */
static void take_prepared(struct lb_be_options *o,
			  const struct lb_be_requests *prepared,
			  struct lb_be_requests *asked)
{
	size_t i, n;

	for (i = 0; i < prepared->n; i++) {
		struct lb_be_request r = prepared->r[i];
		bool named = !o->vips.n;

		for (n = 0; n < o->vips.n; n++) {
			if (!lb_addr_equal(&o->vips.r[n].vip, &r.vip))
				continue;
			named = true;
			if (o->vips.r[n].port) {
				r.port = o->vips.r[n].port;
				r.proto = o->vips.r[n].proto;
			}
		}
		if (o->common.n_lb) {
			memcpy(r.lb, o->common.lb, sizeof(r.lb));
			r.n_lb = o->common.n_lb;
		}
		if (o->common.client.len)
			r.client = o->common.client;
		if (named)
			lb_be_requests_add(asked, &r);
	}
}

static int what_to_check(struct lb_be_options *o, struct lb_be_state *st,
			 struct lb_be_requests *asked)
{
	struct lb_buf why = { 0 };
	int ret;

	ret = lb_be_state_load(o->root, st);
	if (ret)
		return ret;
	if (o->has_mode) {
		ret = need(o);
		if (!ret)
			ret = lb_be_options_join(o, &why);
		if (why.len)
			fail_options(ret, &why);
		lb_buf_free(&why);
		lb_be_requests_copy(asked, &o->vips);
		return ret;
	}
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
		print_json(found);
	else
		print_findings(found, LB_BE_NOTE);
	if (wrong)
		return lb_fail(LB_EXIT_CONFIG, "%zu thing%s wrong", wrong,
			       wrong == 1 ? " is" : "s are");
	if (!json)
		puts("nothing is wrong");
	return 0;
}

static int check(struct lb_be_options *o)
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

/* --- undo --- */

static int drop_requests(struct lb_be_options *o, struct lb_be_state *st)
{
	char vip[LB_ADDR_STR];
	size_t i;

	if (!o->vips.n)
		lb_be_requests_free(&st->requests);
	for (i = 0; i < o->vips.n; i++) {
		if (lb_be_requests_drop(&st->requests, &o->vips.r[i].vip))
			continue;
		lb_addr_format(vip, &o->vips.r[i].vip);
		return lb_fail(LB_EXIT_NO_OBJECT,
			       "%s was not prepared here; nothing was changed",
			       vip);
	}
	return 0;
}

/* what could not be taken away stays known, for the next try */
static int run_undo(const struct lb_be_plan *p, struct lb_be_items *left)
{
	int ret = 0, one;
	size_t n;

	for (n = 0; n < p->n; n++) {
		one = run_cmd(p->step[n].cmd);
		if (one && p->step[n].has_item)
			lb_be_items_add(left, &p->step[n].item);
		if (one)
			ret = one;
	}
	return ret;
}

static int finish_undo(struct lb_be_options *o, struct lb_be_state *st,
		       const struct lb_be_items *keep,
		       struct lb_be_items *left, const struct lb_be_plan *p)
{
	int ret = run_undo(p, left), err;

	lb_be_items_free(&st->made);
	st->made = *left;
	memset(left, 0, sizeof(*left));
	if (!st->requests.n && !ret) {
		ret = lb_be_files_remove(o->root);
		lb_be_dirs_remove(o->root, st);
		return ret;
	}
	err = lb_be_files_write(o->root, st, keep);
	if (!err)
		err = lb_be_state_save(o->root, st);
	return ret ? ret : err;
}

static int undo_known(struct lb_be_options *o, struct lb_be_state *st)
{
	struct lb_be_items keep = { 0 }, left = { 0 };
	struct lb_be_requests none = { 0 };
	struct lb_be_snap s = { 0 };
	struct lb_be_plan p = { 0 };
	int ret;

	ret = lb_be_look(&s, st, &none, false);
	if (!ret)
		ret = drop_requests(o, st);
	if (!ret) {
		lb_be_want(&keep, &st->requests, &s, &st->made);
		lb_be_plan_undo(&p, &st->made, &keep, &s, &left);
		if (o->dry_run)
			print_plan(&p);
		else
			ret = finish_undo(o, st, &keep, &left, &p);
		fputs(lb_buf_str(&p.note), stdout);
	}
	lb_be_plan_free(&p);
	lb_be_items_free(&keep);
	lb_be_items_free(&left);
	lb_be_snap_free(&s);
	return ret;
}

static int undo(struct lb_be_options *o)
{
	struct lb_be_state st = { 0 };
	int ret, fd;

	ret = lb_be_lock(o->root, &st, false, &fd);
	if (!ret)
		ret = lb_be_state_load(o->root, &st);
	if (!ret && !st.requests.n && !st.made.n && !o->vips.n)
		puts("nothing was prepared here");
	else if (!ret)
		ret = undo_known(o, &st);
	if (fd >= 0)
		close(fd);
	lb_be_state_free(&st);
	return ret;
}

/* --- the command --- */

static const struct verb {
	const char *name;
	int (*run)(struct lb_be_options *o);
} verbs[] = {
	{ "prepare", prepare },
	{ "check", check },
	{ "undo", undo },
	{ "restore", restore },
};

static int run(int argc, char **argv)
{
	struct lb_be_options o;
	struct lb_buf why = { 0 };
	size_t i;
	int ret;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			break;
	if (argc < 2 || i == ARRAY_SIZE(verbs))
		return lb_cmd_usage(&cmd);
	ret = lb_be_options_parse(&o, argc - 2, argv + 2, &why);
	if (ret)
		fail_options(ret, &why);
	else
		ret = verbs[i].run(&o);
	lb_buf_free(&why);
	lb_be_options_free(&o);
	return ret;
}

static const struct lb_command cmd = {
	.name = "backend",
	.args = "prepare|check|undo|restore [--mode MODE] [--vip VIP...] [--rip RIP] [OPTION...]",
	.help = "prepare this machine to be a server",
	.detail = "prepare  set up addresses, settings and tunnels for VIPs, now and at boot\n"
		  "check    tell what is wrong, why it matters and what mends it\n"
		  "undo     put back what was there before, for all or for --vip VIP...\n"
		  "restore  set up again what was prepared; runs at boot\n\n"
		  "MODE is nat, gateway, ipip, gre or 'gue port PORT', VIP is\n"
		  "ADDR[:PORT][/tcp|/udp].  Options: --lb ADDR..., --client ADDR, --iface IF,\n"
		  "--label N, --dry-run, --json, --print windows, --root DIR; see\n"
		  "lbctl-backend(8).",
	.run = run,
};
LB_CMD(cmd);
