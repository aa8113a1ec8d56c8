// SPDX-License-Identifier: GPL-2.0
/*
 * Owns director versions.  A version is constant once a config publishes it,
 * but for its scheduler instance, which a run-time change of a server's weight
 * or state replaces.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include "director.h"
#include "ramp.h"

/**
 * lb_blob_copy() - duplicate kept attributes
 * @to: overwritten
 * @from: what is copied
 *
 * Return: 0 or -ENOMEM, with @to empty.
 */
int lb_blob_copy(struct lb_blob *to, const struct lb_blob *from)
{
	*to = *from;
	if (!from->data)
		return 0;
	to->data = kmemdup(from->data, from->len, GFP_KERNEL_ACCOUNT);
	if (to->data)
		return 0;
	memset(to, 0, sizeof(*to));
	return -ENOMEM;
}

/**
 * lb_blob_free() - forget kept attributes
 * @b: emptied
 */
void lb_blob_free(struct lb_blob *b)
{
	kfree(b->data);
	memset(b, 0, sizeof(*b));
}

/**
 * lb_dirspec_copy() - duplicate a director's configuration
 * @to: overwritten
 * @from: what is copied
 *
 * Return: 0 or -ENOMEM, with nothing in @to to free.
 */
int lb_dirspec_copy(struct lb_dirspec *to, const struct lb_dirspec *from)
{
	*to = *from;
	memset(&to->method, 0, sizeof(to->method));
	if (lb_blob_copy(&to->check, &from->check))
		return -ENOMEM;
	if (lb_blob_copy(&to->method, &from->method)) {
		lb_blob_free(&to->check);
		return -ENOMEM;
	}
	return 0;
}

/**
 * lb_dirspec_free() - free what a director's configuration holds
 * @spec: the configuration
 */
void lb_dirspec_free(struct lb_dirspec *spec)
{
	lb_blob_free(&spec->check);
	lb_blob_free(&spec->method);
}

/**
 * lb_dirspec_same_vip() - do two directors serve the same packets?
 * @a: one
 * @b: the other
 *
 * Return: true if family, protocol, address and port agree.
 */
bool lb_dirspec_same_vip(const struct lb_dirspec *a,
			 const struct lb_dirspec *b)
{
	return a->family == b->family && a->proto == b->proto &&
	       a->port == b->port &&
	       !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

/**
 * lb_director_alloc() - make a director version, its servers yet to be filled
 * @spec: its configuration, copied
 * @dirid: its identity; a reference is taken
 * @nr: servers it will have
 *
 * Context: process, may sleep.
 * Return: with one reference, or NULL.  The caller fills @nr servers.
 */
struct lb_director *lb_director_alloc(const struct lb_dirspec *spec,
				      struct lb_dirid *dirid, u32 nr)
{
	struct lb_director *dir;

	dir = kvzalloc(struct_size(dir, servers, nr), GFP_KERNEL_ACCOUNT);
	if (!dir)
		return NULL;
	if (lb_dirspec_copy(&dir->spec, spec)) {
		kvfree(dir);
		return NULL;
	}
	kref_init(&dir->ref);
	dir->dirid = lb_dirid_get(dirid);
	return dir;
}

/**
 * lb_director_get() - take a reference
 * @dir: held already
 *
 * Return: @dir.
 */
struct lb_director *lb_director_get(struct lb_director *dir)
{
	kref_get(&dir->ref);
	return dir;
}

/* Runs after the grace period of the last config that published it. */
static void director_release(struct kref *ref)
{
	struct lb_director *dir = container_of(ref, struct lb_director, ref);
	u32 i;

	for (i = 0; i < dir->nr; i++) {
		lb_server_put(dir->servers[i].srv);
		lb_blob_free(&dir->servers[i].check);
	}
	lb_sched_free(rcu_dereference_protected(dir->sched, true));
	lb_dirspec_free(&dir->spec);
	lb_dirid_put(dir->dirid);
	kvfree(dir);
}

/**
 * lb_director_put() - give a reference back
 * @dir: may be freed by this
 *
 * Context: process.
 */
void lb_director_put(struct lb_director *dir)
{
	kref_put(&dir->ref, director_release);
}

/**
 * lb_dirserver_copy() - duplicate how a server is listed
 * @to: overwritten, but for its server
 * @from: what is copied
 *
 * Return: 0 or -ENOMEM, with nothing in @to to free.
 */
int lb_dirserver_copy(struct lb_dirserver *to,
		      const struct lb_dirserver *from)
{
	to->weight = from->weight;
	to->maxconn = from->maxconn;
	to->slowstart_ms = from->slowstart_ms;
	to->is_sorry = from->is_sorry;
	return lb_blob_copy(&to->check, &from->check);
}

/*
 * A weight set at run time holds until a commit changes the configured one,
 * which before publication is also the sign that it is about to.
 */
static bool is_overridden(const struct lb_dirserver *ds)
{
	return ds->srv->has_override && ds->srv->weight == ds->weight;
}

/* The weight a listed server is scheduled with, before slow start. */
static u32 dirserver_weight(const struct lb_dirserver *ds)
{
	if (ds->srv->admin != LB_ADMIN_UP ||
	    (ds->check.present && ds->srv->health != LB_HEALTH_UP))
		return 0;
	return is_overridden(ds) ? ds->srv->override : ds->weight;
}

/* The weight it would have if it were usable, or 0: it has none. */
static u32 dirserver_place(const struct lb_dirserver *ds)
{
	if (is_overridden(ds) && ds->srv->override)
		return ds->srv->override;
	return ds->weight;
}

/*
 * Shares are made finer while one of the servers ramps up, so that a part of
 * weight 1 is still a weight.  Return: by how many bits they must be coarser
 * again to stay below 2^31; -1 if nobody ramps up.
 */
static int ramp_shift(const struct lb_director *dir, bool is_sorry)
{
	bool is_ramping = false;
	u64 top = 0;
	int shift = 0;
	u32 i;

	if (!dir->spec.sched->has_shares)
		return -1;
	for (i = 0; i < dir->nr; i++) {
		const struct lb_dirserver *ds = &dir->servers[i];

		if (ds->is_sorry != is_sorry)
			continue;
		if (ds->ramp_share < LB_RAMP_WHOLE)
			is_ramping = true;
		top = max(top, (u64)dirserver_place(ds) * LB_RAMP_WHOLE);
	}
	while (top >> shift > LB_WEIGHT_MAX)
		shift++;
	return is_ramping ? shift : -1;
}

static void entry_fill(struct lb_sched_entry *e, const struct lb_dirserver *ds,
		       int shift)
{
	u32 weight = dirserver_weight(ds);
	u64 place = dirserver_place(ds);

	if (shift >= 0) {
		place *= ds->ramp_share;
		place = max_t(u64, place >> shift, 1);
	}
	e->srv = ds->srv;
	e->base = dirserver_place(ds);
	e->place = place;
	e->weight = weight ? place : 0;
	e->capacity = weight;
	e->maxconn = ds->maxconn ?: INT_MAX;
}

static bool is_entry(const struct lb_director *dir,
		     const struct lb_dirserver *ds, bool is_sorry)
{
	if (ds->is_sorry != is_sorry)
		return false;
	return dir->spec.sched->keeps_places ? dirserver_place(ds) :
					       dirserver_weight(ds);
}

/* An instance of the normal or the sorry servers; NULL: none is usable. */
static struct lb_sched *sched_create(const struct lb_director *dir,
				     bool is_sorry,
				     const struct lb_sched *prev)
{
	int shift = ramp_shift(dir, is_sorry);
	struct lb_sched *sched;
	bool is_usable = false;
	u32 i, n = 0;

	for (i = 0; i < dir->nr; i++) {
		const struct lb_dirserver *ds = &dir->servers[i];

		if (!is_entry(dir, ds, is_sorry))
			continue;
		is_usable = is_usable || dirserver_weight(ds);
		n++;
	}
	if (!is_usable)
		return NULL;
	sched = lb_sched_alloc(dir->spec.sched, n);
	if (!sched)
		return ERR_PTR(-ENOMEM);
	sched->is_sorry = is_sorry;
	sched->has_port = dir->spec.flags & LB_DIRECTOR_F_HASH_PORT;
	for (i = 0, n = 0; i < dir->nr; i++)
		if (is_entry(dir, &dir->servers[i], is_sorry))
			entry_fill(&sched->e[n++], &dir->servers[i], shift);
	if (!lb_sched_build(sched, prev))
		return sched;
	lb_sched_free(sched);
	return ERR_PTR(-ENOMEM);
}

/* Both instances, or the sorry servers' alone if it is their turn. */
static struct lb_sched *sched_create_all(struct lb_director *dir)
{
	const struct lb_sched *prev = dir->dirid->sched;
	struct lb_sched *sched, *sorry;
	u32 i;

	for (i = 0; i < dir->nr; i++) {
		struct lb_dirserver *ds = &dir->servers[i];

		ds->ramp_share = lb_ramp_share(ds->srv, ds->slowstart_ms);
	}

	sched = sched_create(dir, false, prev);
	if (IS_ERR(sched))
		return sched;
	sorry = sched_create(dir, true, sched ?: prev);
	if (IS_ERR(sorry)) {
		lb_sched_free(sched);
		return sorry;
	}
	if (!sched)
		return sorry;
	sched->sorry = sorry;
	return sched;
}

/**
 * lb_director_prepare() - build a director's scheduler instance
 * @dir: not yet published; the caller fills its servers
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -ENOMEM.
 */
int lb_director_prepare(struct lb_director *dir)
{
	struct lb_sched *sched = sched_create_all(dir);

	if (IS_ERR(sched))
		return PTR_ERR(sched);
	RCU_INIT_POINTER(dir->sched, sched);
	return 0;
}

/**
 * lb_director_install() - keep a director's scheduler instance up to date
 * @dir: prepared, about to be published, nothing can fail any more
 *
 * Context: process, under lb_net.mutex.
 */
void lb_director_install(struct lb_director *dir)
{
	struct lb_sched *sched = rcu_dereference_protected(dir->sched, true);

	if (sched)
		lb_sched_seat(sched);
}

/**
 * lb_director_settle() - a director's instance has been published
 * @dir: installed; the instance it had before is no longer told of conns
 *
 * Context: process, under lb_net.mutex.
 * Return: have sorry servers had their turn?  Then their templates end.
 */
bool lb_director_settle(struct lb_director *dir)
{
	struct lb_sched *sched = rcu_dereference_protected(dir->sched, true);
	bool was_sorry = dir->dirid->is_sorry;
	u32 i;

	for (i = 0; i < dir->nr; i++) {
		struct lb_dirserver *ds = &dir->servers[i];

		lb_server_settle_seat(ds->srv);
		ds->srv->ramp_built = ds->ramp_share;
	}
	dir->dirid->sched = sched;
	WRITE_ONCE(dir->dirid->is_sorry, sched && sched->is_sorry);
	return was_sorry && !dir->dirid->is_sorry;
}

/**
 * lb_director_reschedule() - replace a published director's instance
 * @ln: its namespace
 * @dir: its servers' weights or states have changed
 *
 * The old instance serves until the new one is there, so that no client is
 * refused meanwhile.
 *
 * Context: process, may sleep, under lb_net.mutex.
 * Return: 0 or -ENOMEM, with the old instance in place.
 */
int lb_director_reschedule(struct lb_net *ln, struct lb_director *dir)
{
	struct lb_sched *sched = sched_create_all(dir), *old;

	if (IS_ERR(sched))
		return PTR_ERR(sched);
	if (sched)
		lb_sched_seat(sched);
	old = rcu_replace_pointer(dir->sched, sched, true);
	if (lb_director_settle(dir))
		queue_work(lb_wq, &ln->reap_work);
	lb_sched_free_rcu(old);
	return 0;
}

/**
 * lb_director_find_server() - a server of a director by name
 * @dir: the director
 * @name: NUL-terminated
 *
 * Return: borrowed from @dir, or NULL.
 */
struct lb_dirserver *lb_director_find_server(struct lb_director *dir,
					     const char *name)
{
	u32 i;

	for (i = 0; i < dir->nr; i++)
		if (!strcmp(dir->servers[i].srv->name, name))
			return &dir->servers[i];
	return NULL;
}
