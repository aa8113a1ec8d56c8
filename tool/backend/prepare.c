// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl backend prepare: what is missing is made, all of it or nothing.
 */
#include "backend/carry.h"
#include "backend/files.h"
#include "backend/look.h"
#include "backend/report.h"
#include "backend/verbs.h"
#include "backend/want.h"
#include "backend/windows.h"
#include "out.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
		if (r->iface[0] && !r->iface_found && !rx)
			return lb_fail(LB_EXIT_NO_OBJECT,
				       "there is no interface '%s' here",
				       r->iface);
		if (rx && !lb_be_iface_ok(rx->name))
			return lb_fail(LB_EXIT_VALUE,
				       "interface '%s' has a name that does not go into a command",
				       rx->name);
		if (!rx)
			continue;
		if (!r->iface[0])
			r->iface_found = true;
		strcpy(r->iface, rx->name);
	}
	return 0;
}

/* the kernel takes no second tunnel like it, and it goes into no command */
static int refuse_odd_tunnel(const struct lb_be_requests *asked,
			     const struct lb_be_snap *s)
{
	size_t i;

	for (i = 0; i < asked->n * s->n_links; i++) {
		const struct lb_be_request *r = &asked->r[i / s->n_links];
		const struct lb_be_link *l = &s->link[i % s->n_links];

		if (lb_be_is_tunnel(r->mode) && !lb_be_iface_ok(l->name) &&
		    lb_be_link_is(l, lb_be_tunnel_type(r), &r->rip))
			return lb_fail(LB_EXIT_EXISTS,
				       "tunnel '%s' has a name that does not go into a command: give it another; nothing was changed",
				       l->name);
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
		lb_be_report(&found, LB_BE_BLOCKS);
		ret = lb_fail(LB_EXIT_EXISTS,
			      "mend this first; nothing was changed");
	}
	lb_be_findings_free(&found);
	return ret;
}

/* rules choose the way of the answers by their source, and it is not there yet */
static void tell_unforeseen(const struct lb_be_requests *asked,
			    const struct lb_be_snap *s)
{
	struct lb_be_item i = {
		.kind = LB_BE_SYSCTL, .sysctl = LB_BE_RP_FILTER, .value = 2,
	};
	int all = s->all[LB_BE_RP_FILTER], dev;
	const struct lb_be_link *rx;
	struct lb_buf b = { 0 };
	size_t n;

	for (n = 0; n < asked->n; n++) {
		const struct lb_be_request *r = &asked->r[n];

		rx = lb_be_rx_link(s, r);
		if (r->mode != LB_BE_GATEWAY || r->vip.len != 4 || !rx ||
		    lb_be_link_with(s, &r->vip))
			continue;
		dev = rx->conf[LB_BE_RP_FILTER];
		if ((all > dev ? all : dev) != 1)
			continue;
		strcpy(i.dev, rx->name);
		lb_buf_reset(&b);
		lb_be_item_do(&b, &i);
		printf("# and if a rule has answers from the VIP leave by another interface:\n# %s\n",
		       lb_buf_str(&b));
		break;
	}
	lb_buf_free(&b);
}

/* the file first, as carry_out() does it */
static void dry_run(const struct lb_be_options *o, const struct lb_be_snap *s,
		    const struct lb_be_items *want, const struct lb_be_plan *p)
{
	struct lb_buf b = { 0 };
	size_t n, sysctls = 0;

	for (n = 0; n < want->n; n++)
		sysctls += want->item[n].kind == LB_BE_SYSCTL;
	if (sysctls && lb_be_files_has_sysctl_d(o->root)) {
		lb_be_sysctl_text(&b, want);
		printf("cat >%s <<'EOF'\n%sEOF\n", LB_BE_SYSCTL_D,
		       lb_buf_str(&b));
	}
	lb_be_plan_print(p);
	tell_unforeseen(&o->vips, s);
	if (want->n && lb_be_files_has_unit(o->root))
		puts("# and " LB_BE_UNIT ", which runs at boot:\n"
		     "# lbctl backend restore");
	lb_buf_free(&b);
}

/* the state first: what is made is known even if we are killed while making it;
 * then the files, because of which udev leaves new devices as they are set
 */
static int carry_out(const char *root, struct lb_be_state *st,
		     struct lb_be_state *old, const struct lb_be_items *want,
		     const struct lb_be_plan *p)
{
	int ret;

	ret = lb_be_state_save(root, st);
	if (!ret)
		ret = lb_be_files_write(root, st, want);
	/* once more, with the directories */
	if (!ret)
		ret = lb_be_state_save(root, st);
	if (!ret)
		ret = lb_be_carry_all(p);
	if (!ret)
		return 0;
	if (!old->requests.n && !old->made.n) {
		lb_be_files_remove(root);
	} else {
		/* not what is wanted: that may be what failed */
		lb_be_files_write(root, st, &old->made);
		lb_be_state_save(root, old);
	}
	return ret;
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
			struct lb_be_state *old, const struct lb_be_snap *s,
			size_t *done)
{
	struct lb_be_items want = { 0 };
	struct lb_be_plan p = { 0 };
	int ret = 0;

	choose_labels(&st->requests, s);
	lb_be_want(&want, &st->requests, s, &st->made);
	lb_be_plan_do(&p, &want, s, &st->made);
	*done = p.n;
	if (o->dry_run)
		dry_run(o, s, &want, &p);
	else
		ret = carry_out(o->root, st, old, &want, &p);
	lb_be_plan_free(&p);
	lb_be_items_free(&want);
	return ret;
}

/* adds what is asked for to @st and makes it */
static int first_round(struct lb_be_options *o, struct lb_be_state *st,
		       size_t *done)
{
	struct lb_be_state old = { 0 };
	struct lb_be_snap s = { 0 };
	size_t i;
	int ret;

	lb_be_state_copy(&old, st);
	for (i = 0; i < o->vips.n; i++)
		lb_be_requests_inherit(&st->requests, &o->vips.r[i]);
	ret = lb_be_look(&s, st, &o->vips, false);
	if (!ret)
		ret = choose_ifaces(&o->vips, &s);
	if (!ret)
		ret = refuse_odd_tunnel(&o->vips, &s);
	if (!ret)
		ret = refuse(&o->vips, &s);
	for (i = 0; !ret && i < o->vips.n; i++)
		lb_be_requests_add(&st->requests, &o->vips.r[i]);
	if (!ret) {
		ret = make_missing(o, st, &old, &s, done);
		if (ret)
			lb_fail(ret, "this machine is as it was before");
	}
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
	lb_be_report(&found, LB_BE_NOTE);
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
	struct lb_be_state old = { 0 };
	struct lb_be_snap s = { 0 };
	size_t done = 0;
	int ret;

	lb_be_state_copy(&old, st);
	ret = lb_be_look(&s, st, &o->vips, true);
	if (!ret)
		ret = make_missing(o, st, &old, &s, &done);
	if (ret) {
		swap_state(st, &old);
		lb_fail(ret, "prepared, but for what failed: mend that and prepare again, or undo");
	}
	lb_be_state_free(&old);
	if (!ret && done) {
		lb_be_snap_free(&s);
		ret = lb_be_look(&s, st, &o->vips, true);
	}
	if (!ret)
		tell_rest(&o->vips, &s);
	lb_be_snap_free(&s);
	return ret;
}

/* the same VIP by the same way at another address of this machine */
static void tell_older(const struct lb_be_requests *asked,
		       const struct lb_be_requests *all)
{
	char vip[LB_ADDR_STR], rip[LB_ADDR_STR];
	size_t i, n;

	for (i = 0; i < all->n; i++) {
		const struct lb_be_request *old = &all->r[i];

		for (n = 0; n < asked->n; n++)
			if (lb_addr_equal(&asked->r[n].vip, &old->vip) &&
			    asked->r[n].mode == old->mode &&
			    old->rip.len == asked->r[n].rip.len &&
			    !lb_addr_equal(&asked->r[n].rip, &old->rip))
				break;
		if (n == asked->n || lb_be_requests_find(asked, old))
			continue;
		lb_addr_format(vip, &old->vip);
		lb_addr_format(rip, &old->rip);
		printf("note: %s stays prepared with RIP %s, too: if that is no more, undo --vip %s and prepare again\n",
		       vip, rip, vip);
	}
}

static int prepare_locked(struct lb_be_options *o, struct lb_be_state *st)
{
	size_t done = 0;
	int ret;

	ret = lb_be_state_load(o->root, st);
	if (!ret)
		ret = lb_be_files_ours(o->root);
	if (!ret)
		ret = first_round(o, st, &done);
	if (!ret && !o->dry_run)
		ret = second_round(o, st);
	if (!ret && !o->dry_run)
		tell_older(&o->vips, &st->requests);
	if (!ret && !o->dry_run)
		lb_be_files_tell(o->root);
	return ret;
}

/* direct routing is all that others publish hints for */
static int print_windows(struct lb_be_options *o)
{
	struct lb_buf b = { 0 };
	int ret = 0;

	if (!o->common.has_mode) {
		o->common.mode = LB_BE_GATEWAY;
		o->common.has_mode = true;
	}
	/* no RIP is needed for it, but something that stands for one */
	strcpy(o->common.iface, "net");
	/* a VIP to put in later does for the one mode that has hints */
	if (o->vips.n || o->common.mode != LB_BE_GATEWAY)
		ret = lb_be_report_options(o);
	if (!ret) {
		lb_be_windows(&b, &o->vips, o->iface ? o->iface : "net");
		fputs(lb_buf_str(&b), stdout);
	}
	lb_buf_free(&b);
	return ret;
}

/**
 * lb_be_prepare() - make this machine a server
 * @o: the command line
 *
 * Return: an exit code, after saying what it means.
 */
int lb_be_prepare(struct lb_be_options *o)
{
	struct lb_be_state st = { 0 };
	int ret, fd = -1;

	if (o->windows)
		return print_windows(o);
	ret = lb_be_report_options(o);
	if (ret)
		return ret;
	if (!o->dry_run)
		ret = lb_be_lock(o->root, &fd);
	if (!ret)
		ret = prepare_locked(o, &st);
	/* nothing came of it: not even a directory */
	if (ret && !st.requests.n && !o->dry_run)
		lb_be_dirs_remove(o->root, &st);
	if (fd >= 0)
		close(fd);
	lb_be_state_free(&st);
	return ret;
}
