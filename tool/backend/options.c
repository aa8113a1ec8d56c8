// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of `lbctl backend`: options with one or more words behind
 * them, in any order.
 */
#include "backend/options.h"
#include "out.h"

#include <stdlib.h>
#include <string.h>

/* the words behind an option, up to the next one */
struct words {
	const char *option;
	char **word;
	unsigned int n;
	/* a copy of the option, where "=VALUE" is cut off */
	char name[16];
};

typedef int (*option_fn)(struct lb_be_options *o, const struct words *w,
			 struct lb_buf *why);

static int read_mode(struct lb_be_options *o, const struct words *w,
		     struct lb_buf *why)
{
	struct lb_buf text = { 0 };
	unsigned int i;
	int ret;

	for (i = 0; i < w->n; i++)
		lb_buf_printf(&text, i ? " %s" : "%s", w->word[i]);
	ret = lb_be_mode_parse(&o->common, lb_buf_str(&text), why);
	o->common.has_mode = !ret;
	lb_buf_free(&text);
	return ret;
}

/* --mode gue --port P, for who thinks of it so */
static int read_port(struct lb_be_options *o, const struct words *w,
		     struct lb_buf *why)
{
	struct lb_ports p;

	if (lb_ports_parse(&p, w->word[0]) || p.first != p.last) {
		lb_buf_printf(why, "'%s' is no port: 1 to 65535", w->word[0]);
		return LB_EXIT_VALUE;
	}
	o->common.gue_port = p.first;
	return 0;
}

static int read_vips(struct lb_be_options *o, const struct words *w,
		     struct lb_buf *why)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < w->n; i++) {
		struct lb_be_request r = { .label = LB_BE_NO_LABEL };

		ret = lb_be_vip_parse(&r, w->word[i], why);
		if (!ret)
			lb_be_requests_add(&o->vips, &r);
	}
	return ret;
}

static int read_addr(struct lb_addr *a, const char *word, struct lb_buf *why)
{
	if (!lb_addr_parse(a, word))
		return 0;
	lb_buf_printf(why, "'%s' is not an IP address", word);
	return LB_EXIT_VALUE;
}

static int read_rip(struct lb_be_options *o, const struct words *w,
		    struct lb_buf *why)
{
	unsigned int where;

	if (!lb_addrport_parse(&o->common.rip, &o->common.rip_port, w->word[0],
			       &where))
		return 0;
	lb_buf_printf(why, "'%s' is not the address of a machine", w->word[0]);
	return LB_EXIT_VALUE;
}

static int read_lb(struct lb_be_options *o, const struct words *w,
		   struct lb_buf *why)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < w->n; i++) {
		if (o->common.n_lb == LB_BE_LB_MAX) {
			lb_buf_printf(why, "more than %d addresses behind --lb",
				      LB_BE_LB_MAX);
			return LB_EXIT_VALUE;
		}
		ret = read_addr(&o->common.lb[o->common.n_lb++], w->word[i],
				why);
	}
	return ret;
}

static int read_client(struct lb_be_options *o, const struct words *w,
		       struct lb_buf *why)
{
	return read_addr(&o->common.client, w->word[0], why);
}

static int read_label(struct lb_be_options *o, const struct words *w,
		      struct lb_buf *why)
{
	uint64_t v;

	if (lb_uint_parse(&v, w->word[0]) || v > LB_BE_LABEL_MAX) {
		lb_buf_printf(why, "'%s' is not the N of a label lo:N: 0 to %d",
			      w->word[0], LB_BE_LABEL_MAX);
		return LB_EXIT_VALUE;
	}
	o->common.label = v;
	return 0;
}

static int read_iface(struct lb_be_options *o, const struct words *w,
		      struct lb_buf *why)
{
	(void)why;
	o->iface = w->word[0];
	return 0;
}

/* only when all options are read: Windows has other names */
static int judge_iface(struct lb_be_options *o, struct lb_buf *why)
{
	if (!o->iface)
		return 0;
	if (o->windows ? !o->iface[0] || strpbrk(o->iface, "\"%\r\n") :
	    !lb_be_iface_ok(o->iface)) {
		lb_buf_printf(why, "'%s' is not an interface name", o->iface);
		return LB_EXIT_VALUE;
	}
	if (!o->windows)
		strcpy(o->common.iface, o->iface);
	return 0;
}

static int read_print(struct lb_be_options *o, const struct words *w,
		      struct lb_buf *why)
{
	if (strcmp(w->word[0], "windows")) {
		lb_buf_printf(why, "cannot print '%s': windows", w->word[0]);
		return LB_EXIT_VALUE;
	}
	o->windows = true;
	return 0;
}

static int read_root(struct lb_be_options *o, const struct words *w,
		     struct lb_buf *why)
{
	if (w->word[0][0] != '/') {
		lb_buf_printf(why, "'%s' is no absolute path", w->word[0]);
		return LB_EXIT_VALUE;
	}
	o->root = strcmp(w->word[0], "/") ? w->word[0] : "";
	return 0;
}

static int read_dry_run(struct lb_be_options *o, const struct words *w,
			struct lb_buf *why)
{
	(void)w;
	(void)why;
	o->dry_run = true;
	return 0;
}

static int read_json(struct lb_be_options *o, const struct words *w,
		     struct lb_buf *why)
{
	(void)w;
	(void)why;
	o->json = true;
	return 0;
}

static const struct option {
	const char *name;
	/* verbs that heed it */
	unsigned int verbs;
	unsigned int min, max;
	option_fn read;
} options[] = {
	{ "--mode", LB_BE_PREPARE | LB_BE_CHECK | LB_BE_UNDO, 1, 5,
	  read_mode },
	{ "--port", LB_BE_PREPARE | LB_BE_CHECK | LB_BE_UNDO, 1, 1,
	  read_port },
	{ "--vip", LB_BE_PREPARE | LB_BE_CHECK | LB_BE_UNDO, 1, 10000,
	  read_vips },
	{ "--rip", LB_BE_PREPARE | LB_BE_CHECK | LB_BE_UNDO, 1, 1, read_rip },
	{ "--lb", LB_BE_PREPARE | LB_BE_CHECK, 1, LB_BE_LB_MAX, read_lb },
	{ "--client", LB_BE_PREPARE | LB_BE_CHECK, 1, 1, read_client },
	{ "--label", LB_BE_PREPARE, 1, 1, read_label },
	{ "--iface", LB_BE_PREPARE | LB_BE_CHECK, 1, 1, read_iface },
	{ "--print", LB_BE_PREPARE, 1, 1, read_print },
	{ "--root", LB_BE_PREPARE | LB_BE_CHECK | LB_BE_UNDO | LB_BE_RESTORE,
	  1, 1, read_root },
	{ "--dry-run", LB_BE_PREPARE | LB_BE_UNDO, 0, 0, read_dry_run },
	{ "--json", LB_BE_CHECK, 0, 0, read_json },
};

/**
 * lb_be_verb_name() - how a verb is written
 * @verb: the verb
 *
 * Return: a static string.
 */
const char *lb_be_verb_name(enum lb_be_verb verb)
{
	switch (verb) {
	case LB_BE_PREPARE:
		return "prepare";
	case LB_BE_CHECK:
		return "check";
	case LB_BE_UNDO:
		return "undo";
	default:
		return "restore";
	}
}

static const struct option *find_option(const char *word, struct lb_buf *why)
{
	struct lb_guess g;
	size_t i;

	lb_guess_init(&g, word);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (!strcmp(options[i].name, word))
			return &options[i];
		lb_guess_try(&g, options[i].name);
	}
	lb_buf_printf(why, "unknown option '%s'%s%s%s", word,
		      g.best ? ": did you mean '" : "", g.best ? g.best : "",
		      g.best ? "'?" : "");
	return NULL;
}

static int read_option(struct lb_be_options *o, enum lb_be_verb verb,
		       const struct words *w, struct lb_buf *why)
{
	const struct option *opt = find_option(w->option, why);

	if (!opt)
		return LB_EXIT_USAGE;
	if (!(opt->verbs & verb)) {
		lb_buf_printf(why, "'%s' is no option of '%s'", opt->name,
			      lb_be_verb_name(verb));
		return LB_EXIT_USAGE;
	}
	if (w->n < opt->min) {
		lb_buf_printf(why, "'%s' needs a value", opt->name);
		return LB_EXIT_MISSING;
	}
	if (w->n > opt->max) {
		lb_buf_printf(why, "'%s' is too much behind '%s'",
			      w->word[opt->max], opt->name);
		return LB_EXIT_USAGE;
	}
	return opt->read(o, w, why);
}

/* "--vip A B" and "--vip=A B"; @argv is changed for the latter */
static void next_option(struct words *w, int *i, int argc, char **argv)
{
	char *value = strchr(argv[*i], '=');
	size_t len = value ? (size_t)(value - argv[*i]) : 0;

	w->option = argv[*i];
	if (value && len < sizeof(w->name)) {
		memcpy(w->name, argv[*i], len);
		w->name[len] = '\0';
		w->option = w->name;
		argv[*i] = value + 1;
	} else {
		++*i;
		value = NULL;
	}
	w->word = argv + *i;
	for (w->n = 0; *i < argc; w->n++, ++*i)
		if (!strncmp(argv[*i], "--", 2) && !(value && !w->n))
			break;
}

/**
 * lb_be_options_parse() - read the words of a command line
 * @o: gets them; to be freed with lb_be_options_free(), whatever the outcome
 * @verb: what they are for
 * @argc: how many words, the command's own not included
 * @argv: the words; must outlive @o; those with a '=' are cut
 * @why: gets what is wrong
 *
 * Return: 0 or an exit code.
 */
int lb_be_options_parse(struct lb_be_options *o, enum lb_be_verb verb,
			int argc, char **argv, struct lb_buf *why)
{
	struct words w;
	int i = 0, ret;

	memset(o, 0, sizeof(*o));
	o->root = "";
	o->common.label = LB_BE_NO_LABEL;
	while (i < argc) {
		if (strncmp(argv[i], "--", 2)) {
			lb_buf_printf(why, "'%s' stands behind no option",
				      argv[i]);
			return LB_EXIT_USAGE;
		}
		next_option(&w, &i, argc, argv);
		ret = read_option(o, verb, &w, why);
		if (ret)
			return ret;
	}
	return judge_iface(o, why);
}

/**
 * lb_be_options_join() - make a whole request of each VIP
 * @o: the options, with --mode and --vip
 * @why: gets what is wrong
 *
 * Labels count up from --label, for IPv4.
 *
 * Return: 0 or an exit code.
 */
int lb_be_options_join(struct lb_be_options *o, struct lb_buf *why)
{
	int label = o->common.label, ret;
	size_t i;

	if (o->common.gue_port && o->common.mode != LB_BE_GUE) {
		lb_buf_puts(why, "'--port' is for mode tunnel gue; the port of "
			    "a service is --vip ADDR:PORT");
		return LB_EXIT_VALUE;
	}
	for (i = 0; i < o->vips.n; i++) {
		struct lb_be_request r = o->common;

		r.vip = o->vips.r[i].vip;
		r.port = o->vips.r[i].port;
		r.proto = o->vips.r[i].proto;
		r.label = LB_BE_NO_LABEL;
		if (r.vip.len == 4 && label != LB_BE_NO_LABEL)
			r.label = label++;
		if (r.label > LB_BE_LABEL_MAX) {
			lb_buf_printf(why, "labels from lo:%d on do not do for all VIPs: %d is the last",
				      o->common.label, LB_BE_LABEL_MAX);
			return LB_EXIT_VALUE;
		}
		ret = lb_be_request_judge(&r, why);
		if (ret)
			return ret;
		o->vips.r[i] = r;
	}
	return 0;
}

/**
 * lb_be_options_need() - are --mode and --vip there, and whole requests?
 * @o: the options; joined by it
 * @why: gets what is wrong
 *
 * Return: 0 or an exit code.
 */
int lb_be_options_need(struct lb_be_options *o, struct lb_buf *why)
{
	if (!o->common.has_mode) {
		lb_buf_puts(why, "--mode is missing: nat, gateway, ipip, gre "
			    "or 'gue port PORT'");
		return LB_EXIT_MISSING;
	}
	if (!o->vips.n) {
		lb_buf_puts(why, "--vip is missing: the address that clients "
			    "know");
		return LB_EXIT_MISSING;
	}
	return lb_be_options_join(o, why);
}

/**
 * lb_be_options_free() - forget the options
 * @o: the options
 */
void lb_be_options_free(struct lb_be_options *o)
{
	lb_be_requests_free(&o->vips);
}
