// SPDX-License-Identifier: GPL-2.0
/*
 * Whose state this is.  Each network namespace is a server of its own: what was
 * prepared in it is known beside what was prepared in others, and is gone with
 * it, or at the next boot.
 */
#include "backend/place.h"
#include "util.h"

#include <dirent.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

#define NAME_NETNS	"backend-netns-%" PRIu64 "-%" PRIu64 ".json"

/** struct netns - which one; all zero: the machine's own */
struct netns {
	/** @inode: its number, which another may have when it is gone */
	uint64_t inode;
	/** @cookie: its number since boot, 0 where the kernel has none */
	uint64_t cookie;
};

static uint64_t inode_of(const char *path)
{
	struct stat s;

	return stat(path, &s) ? 0 : s.st_ino;
}

/* where the first process cannot be asked, there is only one for us */
static struct netns own(void)
{
	uint64_t init = inode_of("/proc/1/ns/net");
	struct netns ns = { .inode = inode_of("/proc/self/ns/net") };
	socklen_t len = sizeof(ns.cookie);
	int fd;

	if (!init || init == ns.inode)
		return (struct netns){ 0 };
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ns;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &ns.cookie, &len))
		ns.cookie = 0;
	close(fd);
	return ns;
}

/**
 * lb_be_place_is_netns() - is this a network namespace beside the machine's own?
 *
 * Return: true if so.
 */
bool lb_be_place_is_netns(void)
{
	return own().inode;
}

/**
 * lb_be_place_state() - where the state is
 * @root: before every path
 *
 * Return: a path, without @root; a static string.
 */
const char *lb_be_place_state(const char *root)
{
	static char path[sizeof(LB_BE_DIR_NETNS) + 80];
	struct netns ns = own();

	if (*root || !ns.inode)
		return LB_BE_STATE;
	snprintf(path, sizeof(path), LB_BE_DIR_NETNS "/" NAME_NETNS, ns.inode,
		 ns.cookie);
	return path;
}

static bool is_one_of(const char *pattern, uint64_t inode)
{
	bool found = false;
	glob_t g;
	size_t i;

	if (glob(pattern, GLOB_NOSORT, NULL, &g))
		return false;
	for (i = 0; i < g.gl_pathc && !found; i++)
		found = inode_of(g.gl_pathv[i]) == inode;
	globfree(&g);
	return found;
}

/* one that is kept without a process, wherever it is mounted */
static bool is_mounted(uint64_t inode)
{
	FILE *f = fopen("/proc/self/mountinfo", "r");
	char word[32], *line = NULL;
	bool found = false;
	size_t size = 0;

	snprintf(word, sizeof(word), " net:[%" PRIu64 "] ", inode);
	while (f && !found && getline(&line, &size, f) > 0)
		found = strstr(line, word);
	free(line);
	if (f)
		fclose(f);
	return found;
}

static bool is_alive(uint64_t inode)
{
	return is_mounted(inode) || is_one_of("/run/netns/*", inode) ||
	       is_one_of("/proc/[0-9]*/ns/net", inode);
}

/* not what a killed write has left */
static bool is_state(const char *name, struct netns *ns)
{
	char again[NAME_MAX + 1];

	if (sscanf(name, NAME_NETNS, &ns->inode, &ns->cookie) != 2)
		return false;
	snprintf(again, sizeof(again), NAME_NETNS, ns->inode, ns->cookie);
	return !strcmp(again, name);
}

/**
 * lb_be_place_is_shared() - have others a part in the files under /etc?
 *
 * What is left of namespaces that are gone is removed.
 *
 * Context: of a network namespace; the lock of lb_be_lock() is held.
 * Return: true when something is prepared in another namespace.
 */
bool lb_be_place_is_shared(void)
{
	bool shared = !access(LB_BE_STATE, F_OK);
	DIR *dir = opendir(LB_BE_DIR_NETNS);
	struct netns ns = own(), other;
	char path[PATH_MAX];
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (!is_state(e->d_name, &other))
			continue;
		if (other.inode == ns.inode && (other.cookie == ns.cookie ||
						!ns.cookie || !other.cookie))
			continue;
		snprintf(path, sizeof(path), LB_BE_DIR_NETNS "/%s", e->d_name);
		if (other.inode == ns.inode || !is_alive(other.inode))
			unlink(path);
		else
			shared = true;
	}
	if (dir)
		closedir(dir);
	return shared;
}
