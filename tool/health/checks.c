// SPDX-License-Identifier: GPL-2.0
/*
 * From a configuration to probes, from their results to the state of servers.
 *
 * Servers that are checked in the same way share one probe.  The state in force
 * is the kernel's: after each reading of the configuration ours is what the
 * kernel says, and only a result changes it.
 */
#include "checks.h"

#include <stdlib.h>
#include <string.h>

/* results are collected for so long; one that changes a state does not wait */
#define REPORT_US	50000
/*
 * A second; of those beyond, who say what they said before, some are left out.
 * What is lost is how old the last check is: it seems older.
 */
#define UNCHANGED_MAX	1000

/* --- results --- */

static int by_order(const void *a, const void *b)
{
	const struct lb_checked *const *x = a, *const *y = b;

	return ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

/**
 * lb_checks_flush() - report now what there is to report
 * @h: the servers
 */
void lb_checks_flush(struct lb_checks *h)
{
	struct lb_checked **queue = h->queue;
	size_t i, n = h->n_queued;

	event_del(&h->timer);
	if (!n)
		return;
	for (i = 0; i < n; i++)
		queue[i]->queued = false;
	h->n_queued = 0;
	qsort(queue, n, sizeof(struct lb_checked *), by_order);
	h->report(queue, n, h->arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	lb_checks_flush(arg);
}

static void flush_in(struct lb_checks *h, unsigned int us)
{
	struct timeval t = { .tv_usec = us };

	event_add(&h->timer, &t);
}

/* there is room for each of them once */
static void enqueue(struct lb_checks *h, struct lb_checked *c)
{
	bool turned = lb_checked_health(c) != c->known;

	if (!c->queued)
		h->queue[h->n_queued++] = c;
	c->queued = true;
	if (turned || h->n_queued == LB_REPORT_MAX)
		flush_in(h, 0);
	else if (h->n_queued == 1)
		flush_in(h, REPORT_US);
}

static size_t hash(const char *key)
{
	size_t h = 5381;

	for (; *key; key++)
		h = h * 33 ^ (unsigned char)*key;
	return h;
}

static bool says_more(const struct lb_checks *h, struct lb_checked *c,
		      uint32_t said)
{
	return ++c->untold >= h->every || c->told != said || c->queued ||
	       lb_checked_health(c) != c->known;
}

static void on_result(struct lb_probe *p, void *arg)
{
	uint32_t said = hash(p->reason) * 4 + p->result;
	struct lb_checks *h = arg;
	struct lb_checked *c;

	if (h->result)
		h->result(p, h->arg);
	for (c = p->owner; c; c = c->next) {
		lb_rise_count(&c->rise, p->result, c->limits.rise,
			      c->limits.fall);
		if (!says_more(h, c, said))
			continue;
		c->told = said;
		c->untold = 0;
		enqueue(h, c);
	}
}

/**
 * lb_checked_health() - what the kernel shall have
 * @c: the server
 *
 * Return: the health.
 */
enum lb_health lb_checked_health(const struct lb_checked *c)
{
	return lb_rise_health(&c->rise, c->limits.inhibit);
}

/**
 * lb_checks_reported() - the kernel has taken a server's health
 * @c: the server
 */
void lb_checks_reported(struct lb_checked *c)
{
	if (c->known != lb_checked_health(c))
		c->since = lb_now_us();
	c->known = lb_checked_health(c);
}

/* --- the configuration --- */

/** struct update - from one configuration to the next */
struct update {
	/** @checked: the servers to come */
	struct lb_checked *checked;
	/** @n: how many */
	size_t n;
	/** @old: those there were, by identity */
	struct lb_checked **old;
	/** @n_old: how many */
	size_t n_old;
	/** @bucket: probes by key, a power of two of lists */
	struct lb_probe **bucket;
	/** @mask: their number less one */
	size_t mask;
};

static int by_identity(const void *a, const void *b)
{
	const struct lb_checked *x = *(struct lb_checked *const *)a;
	const struct lb_checked *y = *(struct lb_checked *const *)b;
	int order = strcmp(x->director, y->director);

	if (!order)
		order = strcmp(x->name, y->name);
	if (!order)
		order = memcmp(&x->addr, &y->addr, sizeof(x->addr));
	return order ? order : (x->port > y->port) - (x->port < y->port);
}

static struct lb_checked *find_old(const struct update *u,
				   struct lb_checked *c)
{
	struct lb_checked **at;

	at = u->n_old ? bsearch(&c, u->old, u->n_old,
				sizeof(struct lb_checked *), by_identity) :
			NULL;
	return at ? *at : NULL;
}

static void insert(struct update *u, struct lb_probe *p)
{
	struct lb_probe **at = &u->bucket[hash(p->key) & u->mask];

	p->chain = *at;
	*at = p;
}

static struct lb_probe *find_probe(const struct update *u, const char *key)
{
	struct lb_probe *p = u->bucket[hash(key) & u->mask];

	while (p && strcmp(p->key, key))
		p = p->chain;
	return p;
}

/* the one there is, or a new one, which does not run yet */
static struct lb_probe *probe_for(struct lb_checks *h, struct update *u,
				  struct lb_spec *spec)
{
	char *key = lb_spec_key(spec);
	struct lb_probe *p = find_probe(u, key);

	if (p) {
		lb_spec_clear(spec);
		free(key);
		return p;
	}
	p = lb_probe_create(&h->prober, spec, key);
	insert(u, p);
	h->probe = lb_grow(h->probe, h->n_probes, sizeof(struct lb_probe *));
	h->probe[h->n_probes++] = p;
	return p;
}

static void identify(struct lb_checked *c, const struct lb_director *d,
		     const struct lb_server *s)
{
	strcpy(c->director, d->name);
	strcpy(c->name, s->name);
	c->addr = s->addr;
	c->port = s->port;
}

/* a commit has taken its check away, and the kernel its state with that */
static void leave(struct lb_checks *h, const struct update *u,
		  const struct lb_director *d, const struct lb_server *s)
{
	struct lb_checked who = { 0 }, *old;

	identify(&who, d, s);
	old = find_old(u, &who);
	if (old && old->known != LB_HEALTH_UP && h->left)
		h->left(old, h->arg);
}

static void take(struct lb_checks *h, struct update *u,
		 const struct lb_director *d, const struct lb_server *s)
{
	struct lb_checked *c = &u->checked[u->n], *old;
	struct lb_spec spec;

	identify(c, d, s);
	c->order = u->n++;
	lb_spec_make(&spec, &c->limits, d, s);
	c->probe = probe_for(h, u, &spec);
	c->known = s->run.health;
	lb_rise_init(&c->rise, c->known);
	c->since = lb_now_us() - s->run.since * 1000000LL;
	old = find_old(u, c);
	c->error = old && old->error;
	/*
	 * What we found goes on while nothing has changed, even if the kernel
	 * has not taken it yet; else the state is the kernel's.
	 */
	if (old && old->probe == c->probe) {
		/* one made anew, as when its director got another address */
		c->joined = s->run.result == LB_RESULT_NONE &&
			    c->probe->result != LB_RESULT_NONE;
		if (c->joined || old->known == c->known ||
		    old->rise.up == c->rise.up)
			c->rise = old->rise;
		c->told = c->joined ? 0 : old->told;
		c->untold = old->untold;
		return;
	}
	/* joins a probe that others have: what that found last is news to it */
	lb_rise_count(&c->rise, c->probe->result, c->limits.rise,
		      c->limits.fall);
	c->joined = c->probe->result != LB_RESULT_NONE;
}

static void begin(struct lb_checks *h, struct update *u,
		  const struct lb_model *m)
{
	const struct lb_director *d;
	size_t i, j, n = 0;

	for (i = 0; i < m->n_directors; i++)
		n += m->director[i]->n_servers;
	u->checked = lb_xcalloc(n, sizeof(struct lb_checked));
	u->n_old = h->n;
	u->old = lb_xcalloc(h->n, sizeof(struct lb_checked *));
	for (i = 0; i < h->n; i++)
		u->old[i] = &h->checked[i];
	qsort(u->old, u->n_old, sizeof(struct lb_checked *), by_identity);
	for (u->mask = 1; u->mask < n + h->n_probes;)
		u->mask *= 2;
	u->bucket = lb_xcalloc(u->mask, sizeof(struct lb_probe *));
	u->mask--;
	for (i = 0; i < h->n_probes; i++)
		insert(u, h->probe[i]);
	for (i = 0; i < m->n_directors; i++) {
		d = m->director[i];
		for (j = 0; j < d->n_servers; j++)
			if (d->server[j]->checked)
				take(h, u, d, d->server[j]);
			else
				leave(h, u, d, d->server[j]);
	}
}

/* every probe is told who wants its results, in line order */
static void link_probes(struct lb_checks *h)
{
	struct lb_checked *c;
	size_t i;

	for (i = 0; i < h->n_probes; i++)
		h->probe[i]->owner = NULL;
	for (i = h->n; i--;) {
		c = &h->checked[i];
		c->next = c->probe->owner;
		c->probe->owner = c;
	}
}

static void drop_unused(struct lb_checks *h)
{
	size_t i, kept = 0;

	for (i = 0; i < h->n_probes; i++) {
		if (h->probe[i]->owner)
			h->probe[kept++] = h->probe[i];
		else
			lb_probe_free(h->probe[i]);
	}
	h->n_probes = kept;
}

/* new probes start at once, but not all in the same moment */
static void start_new(struct lb_checks *h)
{
	int64_t now = lb_now_us();
	size_t i, at = 0, n = 0;
	struct lb_probe *p;

	for (i = 0; i < h->n_probes; i++)
		n += !h->probe[i]->slot.at;
	for (i = 0; i < h->n_probes; i++) {
		p = h->probe[i];
		if (!p->slot.at)
			lb_probe_begin(p, now + lb_sched_spread(at++, n,
							p->spec.interval));
	}
}

static uint64_t results_a_second(const struct lb_checks *h)
{
	uint64_t rate = 0;
	size_t i;

	for (i = 0; i < h->n; i++)
		rate += 1000000 / h->checked[i].probe->spec.interval;
	return rate / 1000;
}

/* the kernel is to be told of it now, and not with the next result */
static bool is_news(const struct lb_checked *c)
{
	return c->joined || (c->known != lb_checked_health(c) &&
			     c->probe->result != LB_RESULT_NONE);
}

/**
 * lb_checks_update() - go over to a configuration
 * @h: the servers
 * @m: it, as the kernel has it now, with the kernel's states
 *
 * A probe that is the same as before goes on undisturbed.  A server that the
 * kernel has in another state than it should be in, as when inhibit was
 * switched while it was down, is reported again.
 */
void lb_checks_update(struct lb_checks *h, const struct lb_model *m)
{
	struct update u = { 0 };
	size_t i;

	lb_checks_flush(h);
	begin(h, &u, m);
	free(h->checked);
	h->checked = u.checked;
	h->n = u.n;
	free(h->queue);
	h->queue = lb_xcalloc(h->n, sizeof(struct lb_checked *));
	link_probes(h);
	drop_unused(h);
	start_new(h);
	h->every = results_a_second(h) / UNCHANGED_MAX + 1;
	for (i = 0; i < h->n; i++)
		if (is_news(&h->checked[i]))
			enqueue(h, &h->checked[i]);
	free(u.old);
	free(u.bucket);
}

/**
 * lb_checks_init() - begin without servers
 * @h: the servers; @report and what goes with it are the caller's to set
 * @base: the loop
 */
void lb_checks_init(struct lb_checks *h, struct event_base *base)
{
	memset(h, 0, sizeof(*h));
	lb_prober_init(&h->prober, base);
	h->prober.done = on_result;
	h->prober.arg = h;
	event_assign(&h->timer, base, -1, 0, on_timer, h);
}

/**
 * lb_checks_exit() - stop all probes and free all
 * @h: the servers
 */
void lb_checks_exit(struct lb_checks *h)
{
	size_t i;

	for (i = 0; i < h->n_probes; i++)
		lb_probe_free(h->probe[i]);
	lb_prober_exit(&h->prober);
	event_del(&h->timer);
	free(h->probe);
	free(h->checked);
	free(h->queue);
	memset(h, 0, sizeof(*h));
}
