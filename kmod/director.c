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
	kvfree(rcu_dereference_protected(dir->sched, true));
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

/*
 * The weight a listed server is scheduled with.  A weight set at run time
 * holds until a commit changes the configured one, which is also before
 * publication the sign that it is about to.
 */
static u32 dirserver_weight(const struct lb_dirserver *ds)
{
	const struct lb_server *srv = ds->srv;

	if (srv->weight == ds->weight)
		return lb_server_weight(srv);
	return srv->admin == LB_ADMIN_UP ? ds->weight : 0;
}

/**
 * lb_director_reschedule() - build and install a scheduler instance
 * @dir: its servers or their weights or states have changed
 *
 * The old instance serves until the new one is there, so that no client is
 * refused meanwhile.
 *
 * Context: process, may sleep, under lb_net.mutex or before publication.
 * Return: 0 or -ENOMEM, with the old instance in place.
 */
int lb_director_reschedule(struct lb_director *dir)
{
	struct lb_sched_entry *usable;
	struct lb_sched *new = NULL;
	u32 i, n = 0;

	usable = kvmalloc_array(max(dir->nr, 1u), sizeof(*usable), GFP_KERNEL_ACCOUNT);
	if (!usable)
		return -ENOMEM;
	for (i = 0; i < dir->nr; i++) {
		u32 weight = dirserver_weight(&dir->servers[i]);

		if (!weight)
			continue;
		usable[n].srv = dir->servers[i].srv;
		usable[n].weight = weight;
		n++;
	}
	if (n) {
		new = dir->spec.sched->create(usable, n);
		if (new)
			new->ops = dir->spec.sched;
	}
	kvfree(usable);
	if (n && !new)
		return -ENOMEM;
	/* Writers are serialised by lb_net.mutex, or there is one owner. */
	lb_sched_free_rcu(rcu_replace_pointer(dir->sched, new, true));
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
