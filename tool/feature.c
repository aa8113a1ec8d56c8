// SPDX-License-Identifier: GPL-2.0
/*
 * What the language has and the module has not: of schedulers and modes its
 * own list decides, if it can be reached.
 */
#include "feature.h"

#include <string.h>

/* used while no module answers */
static const struct lb_offers builtin = {
	.n_scheds = 13,
	.n_modes = 3,
	.n_encaps = 3,
	.sched = { "roundrobin", "leastconn", "leastconn localitybased",
		   "leastconn localitybased replication", "source", "dest",
		   "srcdst", "shortexpdelay", "neverqueue", "fo", "ovh", "mh",
		   "twos" },
	.mode = { "gateway", "nat", "tunnel" },
	.encap = { "ipip", "gre", "gue" },
};

static bool offered(const char (*list)[48], unsigned int n, const char *name)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

static void refuse_name(struct lb_conf *c, const struct lb_use *use,
			const struct lb_offers *offers,
			enum lb_severity severity)
{
	static const char *const what[] = {
		[LB_USE_SCHED] = "balance",
		[LB_USE_MODE] = "mode",
		[LB_USE_ENCAP] = "mode tunnel",
	};
	const char (*list)[48] = offers->mode;
	unsigned int n = offers->n_modes;
	struct lb_buf hint = { 0 };
	unsigned int i;

	if (use->kind == LB_USE_SCHED) {
		list = offers->sched;
		n = offers->n_scheds;
	} else if (use->kind == LB_USE_ENCAP) {
		list = offers->encap;
		n = offers->n_encaps;
	}
	/* without tunnels there are no encapsulations: one message will do */
	if (offered(list, n, use->word) || (use->kind == LB_USE_ENCAP && !n))
		return;

	lb_buf_puts(&hint, offers == &builtin ? "supported so far:" :
		    "the module offers");
	for (i = 0; i < n; i++)
		lb_buf_printf(&hint, "%s %s", i ? "," : "", list[i]);
	lb_diag_add(&c->diags, use->pos, severity, lb_buf_str(&hint),
		    "not supported yet: '%s %s'", what[use->kind], use->word);
	lb_buf_free(&hint);
}

/**
 * lb_feature_check() - find what the module cannot do
 * @c: the parsed text; gets the problems
 * @offers: what the module said
 * @severity: how bad that is for the caller
 */
void lb_feature_check(struct lb_conf *c, const struct lb_offers *offers,
		      enum lb_severity severity)
{
	const struct lb_use *use;
	size_t i;

	if (!offers->known)
		offers = &builtin;
	for (i = 0; i < c->n_uses; i++) {
		use = &c->use[i];
		refuse_name(c, use, offers, severity);
	}
	lb_diags_sort(&c->diags);
}
