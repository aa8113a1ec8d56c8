// SPDX-License-Identifier: GPL-2.0
/*
 * What has to outlive a reboot: the settings in sysctl.d, and a unit that
 * makes addresses and devices again by `lbctl backend restore`.
 *
 * Distributions configure networks in half a dozen ways, and none of them has
 * words for all of this (gue ports, tunnels with rp_filter, addresses on lo);
 * a unit that runs the commands again works beside each of them.
 *
 * ROOT is put in front of every path, for tests: commands are about the machine
 * that runs them all the same.
 */
#include "backend/files.h"
#include "backend/run.h"
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER	"# Written by 'lbctl backend prepare', which writes it anew; " \
		"taken away by\n# 'lbctl backend undo'. See lbctl-backend(8).\n"
/* not the one that runs now, which may be a user's */
#define PROGRAM	LB_SBINDIR "/lbctl"
#define SYSTEMD_RUNS	"/run/systemd/system"
#define LOCK	"/run/lbctl-backend.lock"
#define WANTS	"/etc/systemd/system/multi-user.target.wants/" LB_BE_UNIT_NAME

/**
 * lb_be_sysctl_text() - what goes into sysctl.d
 * @b: where to append
 * @want: what is wanted; its settings count
 *
 * Devices come after this file is read, or never: '-' says that this is no
 * error. Their lines matter all the same: when a device appears, udev has the
 * settings of sysctl.d applied to it, and "net.ipv4.conf.*.rp_filter" of the
 * distribution's files would win over what was set by hand.
 */
void lb_be_sysctl_text(struct lb_buf *b, const struct lb_be_items *want)
{
	size_t n;

	lb_buf_puts(b, HEADER);
	for (n = 0; n < want->n; n++) {
		const struct lb_be_item *i = &want->item[n];

		if (i->kind != LB_BE_SYSCTL)
			continue;
		if (strcmp(i->dev, "all"))
			lb_buf_puts(b, "-");
		lb_be_sysctl_key(b, i->dev, i->sysctl);
		lb_buf_printf(b, " = %d\n", i->value);
	}
}

/**
 * lb_be_unit_text() - the unit that runs at boot
 * @b: where to append
 * @program: path of lbctl
 * @try_again: this systemd starts it again when it failed
 *
 * After the settings, so that nobody hears ARP for a VIP, and after what makes
 * the administrator's own devices and addresses; before services that bind to
 * it.  What is not there by then is tried again for five minutes; before
 * version 244 systemd refuses such a unit of type oneshot altogether.
 */
void lb_be_unit_text(struct lb_buf *b, const char *program, bool try_again)
{
	lb_buf_puts(b, HEADER);
	lb_buf_printf(b,
		      "[Unit]\n"
		      "Description=Addresses and tunnels of a server behind l4lb\n"
		      "Documentation=man:lbctl-backend(8)\n"
		      "After=network-pre.target systemd-sysctl.service "
		      "local-fs.target\n"
		      "After=networking.service systemd-networkd.service "
		      "NetworkManager.service wicked.service\n"
		      "Before=network.target\n"
		      "Wants=network-pre.target\n"
		      "%s"
		      "\n"
		      "[Service]\n"
		      "Type=oneshot\n"
		      "RemainAfterExit=yes\n"
		      "ExecStart=%s backend restore\n"
		      "%s"
		      "\n"
		      "[Install]\n"
		      "WantedBy=multi-user.target\n",
		      try_again ? "StartLimitIntervalSec=600\n"
				  "StartLimitBurst=60\n" : "", program,
		      try_again ? "Restart=on-failure\nRestartSec=5\n" : "");
}

static bool systemd_tries_again(void)
{
	struct lb_buf out = { 0 }, err = { 0 };
	unsigned int version = 0;

	if (!lb_be_run("systemctl --version", &out, &err))
		sscanf(lb_buf_str(&out), "systemd %u", &version);
	lb_buf_free(&out);
	lb_buf_free(&err);
	return version >= 244;
}

static char *under(const char *root, const char *path)
{
	struct lb_buf b = { 0 };

	lb_buf_printf(&b, "%s%s", root, path);
	return b.p;
}

static int fail_path(const char *what, const char *path)
{
	return lb_fail(LB_EXIT_KERNEL, "cannot %s %s: %s", what, path,
		       strerror(errno));
}

/* makes the directories that lead to a file, and remembers those it made */
static int make_dirs(const char *root, const char *path,
		     struct lb_be_state *st)
{
	char *full = under(root, path), *slash = full + strlen(root);
	int ret = 0;

	while (!ret && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (!mkdir(full, 0755))
			lb_be_state_add_dir(st, full + strlen(root));
		else if (errno != EEXIST)
			ret = fail_path("make", full);
		*slash = '/';
	}
	free(full);
	return ret;
}

/**
 * lb_be_lock() - be the only one who prepares or undoes
 * @root: before every path
 * @fd: gets what to close() in the end, or -1
 *
 * What is locked is never removed: who waits for it while it is would have a
 * lock that nobody else sees.
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_be_lock(const char *root, int *fd)
{
	if (*root)
		*fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else
		*fd = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0 || flock(*fd, LOCK_EX))
		return fail_path("lock", *root ? root : LOCK);
	return 0;
}

/* -ENOENT when there is none, silently */
static int read_file(const char *path, char **text)
{
	size_t len;

	if (access(path, F_OK))
		return errno == ENOENT || errno == ENOTDIR ? -ENOENT :
		       fail_path("read", path);
	return lb_file_read(path, text, &len);
}

static int write_file(const char *path, const char *text)
{
	char *tmp = under(path, ".new"), *old = NULL;
	size_t len = strlen(text);
	int fd, ret = 0;

	if (!read_file(path, &old) && !strcmp(old, text))
		goto out;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		ret = fail_path("write", tmp);
		goto out;
	}
	if (write(fd, text, len) != (ssize_t)len || fsync(fd)) {
		ret = fail_path("write", tmp);
		close(fd);
		unlink(tmp);
		goto out;
	}
	close(fd);
	if (rename(tmp, path)) {
		ret = fail_path("write", path);
		unlink(tmp);
	}
out:
	free(old);
	free(tmp);
	return ret;
}

/* who wrote a file */
enum writer {
	NOBODY,		/* it is not there */
	WE,
	OTHERS,
	UNREADABLE,	/* who knows */
};

/* @err gets an exit code, after saying why, when it is UNREADABLE */
static enum writer written_by(const char *path, int *err)
{
	enum writer who = UNREADABLE;
	char *text = NULL;

	*err = read_file(path, &text);
	if (*err == -ENOENT)
		who = NOBODY;
	else if (!*err)
		who = strncmp(text, HEADER, strlen(HEADER)) ? OTHERS : WE;
	free(text);
	return who;
}

static int remove_file(const char *root, const char *path)
{
	char *full = under(root, path), *tmp = under(full, ".new");
	struct stat s;
	int ret = 0, err;

	/* where all is read-only it cannot be removed even if it is not there */
	if (unlink(full)) {
		err = errno;
		if (!lstat(full, &s)) {
			errno = err;
			ret = fail_path("remove", full);
		}
	}
	/* of a write that was killed */
	unlink(tmp);
	free(tmp);
	free(full);
	return ret;
}

/* 0 when it may be written or removed, -EPERM after saying that it stays, or an
 * exit code
 */
static int leave_others(const char *full)
{
	int err;

	switch (written_by(full, &err)) {
	case OTHERS:
		printf("%s was not written by 'lbctl backend': left as it is\n",
		       full);
		return -EPERM;
	case UNREADABLE:
		return err;
	default:
		return 0;
	}
}

/* what somebody put in its place stays */
static int remove_ours(const char *root, const char *path)
{
	char *full = under(root, path);
	int ret = leave_others(full);

	ret = ret ? ret : remove_file(root, path);
	free(full);
	return ret == -EPERM ? 0 : ret;
}

static int write_ours(const char *full, const char *text)
{
	int ret = leave_others(full);

	ret = ret ? ret : write_file(full, text);
	return ret == -EPERM ? 0 : ret;
}

/* what has it run at boot goes first, and stays with another's unit */
static int remove_unit(const char *root)
{
	char *unit = under(root, LB_BE_UNIT);
	int ret = leave_others(unit);

	ret = ret ? ret : remove_file(root, WANTS);
	ret = ret ? ret : remove_file(root, LB_BE_UNIT);
	free(unit);
	return ret == -EPERM ? 0 : ret;
}

/**
 * lb_be_state_load() - read what was asked for and made
 * @root: before every path
 * @st: gets it; unchanged when there is no such file
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_be_state_load(const char *root, struct lb_be_state *st)
{
	char *path = under(root, lb_be_place_state(root)), *text = NULL;
	struct lb_buf why = { 0 };
	int ret = read_file(path, &text);

	if (ret == -ENOENT)
		ret = 0;
	else if (!ret && lb_be_state_parse(st, text, &why))
		ret = lb_fail(LB_EXIT_CONFIG,
			      "%s: %s; nothing was changed. Put it right from a backup, or remove it and undo by hand",
			      path, lb_buf_str(&why));
	lb_buf_free(&why);
	free(text);
	free(path);
	return ret;
}

/**
 * lb_be_state_save() - write what was asked for and made
 * @root: before every path
 * @st: the state; gets the directories that are made; nothing is written if it
 *	could not be read back
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_be_state_save(const char *root, struct lb_be_state *st)
{
	char *path = under(root, lb_be_place_state(root));
	struct lb_buf b = { 0 }, why = { 0 };
	struct lb_be_state again = { 0 };
	int ret = make_dirs(root, lb_be_place_state(root), st);

	lb_be_state_print(&b, st);
	/* a file that cannot be read would stop every verb */
	if (!ret && lb_be_state_parse(&again, lb_buf_str(&b), &why))
		ret = lb_fail(LB_EXIT_VALUE,
			      "%s would not be readable: this is a bug of lbctl",
			      path);
	if (!ret)
		ret = write_file(path, lb_buf_str(&b));
	lb_be_state_free(&again);
	lb_buf_free(&why);
	lb_buf_free(&b);
	free(path);
	return ret;
}

/* where it does not run now, as in an image that is being built, it may later */
static bool has_systemd(const char *root)
{
	char *path = under(root, "/etc/systemd/system");
	bool has = !access(path, F_OK);

	free(path);
	return has || (!*root && !access(SYSTEMD_RUNS, F_OK));
}

/* is it there after a boot? */
static bool is_own(const char *root)
{
	return *root || !lb_be_place_is_netns();
}

/**
 * lb_be_files_has_unit() - is there a unit for the next boot?
 * @root: before every path
 *
 * Return: true when what is prepared has one.
 */
bool lb_be_files_has_unit(const char *root)
{
	return is_own(root) && has_systemd(root);
}

/**
 * lb_be_files_has_sysctl_d() - are our settings those of sysctl.d?
 * @root: before every path
 *
 * Return: false in a network namespace while the machine's own is prepared.
 */
bool lb_be_files_has_sysctl_d(const char *root)
{
	return is_own(root) || access(LB_BE_STATE, F_OK);
}

/**
 * lb_be_files_tell() - say what is missing for the next boot
 * @root: before every path
 */
void lb_be_files_tell(const char *root)
{
	struct stat s;

	if (!is_own(root)) {
		puts("note: this network namespace is not there after a boot: prepare again in its successor; "
		     LB_BE_SYSCTL_D " is read for the machine's own");
		return;
	}
	if (!has_systemd(root)) {
		puts("no systemd here: have 'lbctl backend restore' run at boot");
		return;
	}
	if (!*root && access(SYSTEMD_RUNS, F_OK))
		puts("note: systemd does not run here; where it does not after the next boot either, have 'lbctl backend restore' run");
	if (stat(PROGRAM, &s))
		puts("note: " PROGRAM " is missing: install lbctl there, or nothing is set up at boot");
	else if (s.st_uid || s.st_mode & (S_IWGRP | S_IWOTH))
		puts("note: others than root may write " PROGRAM ", which root runs at boot");
}

static int judge_owner(const char *root, const char *path)
{
	char *full = under(root, path);
	int ret = 0, err;

	switch (written_by(full, &err)) {
	case OTHERS:
		ret = lb_fail(LB_EXIT_EXISTS,
			      "%s was not written by 'lbctl backend': move it away",
			      full);
		break;
	case UNREADABLE:
		ret = err;
		break;
	default:
		break;
	}
	free(full);
	return ret;
}

/**
 * lb_be_files_ours() - may the files under /etc be written?
 * @root: before every path
 *
 * Return: 0, or an exit code after saying whose they are.
 */
int lb_be_files_ours(const char *root)
{
	int ret = judge_owner(root, LB_BE_SYSCTL_D);

	return ret ? ret : judge_owner(root, LB_BE_UNIT);
}

static int write_unit(const char *root, struct lb_be_state *st)
{
	char *unit = under(root, LB_BE_UNIT), *wants = under(root, WANTS);
	struct lb_buf b = { 0 };
	int ret;

	lb_be_unit_text(&b, PROGRAM, systemd_tries_again());
	ret = make_dirs(root, WANTS, st);
	if (!ret)
		ret = leave_others(unit);
	if (!ret)
		ret = write_file(unit, lb_buf_str(&b));
	/* what `systemctl enable` does, which needs a running systemd for more */
	if (!ret && symlink("../" LB_BE_UNIT_NAME, wants) && errno != EEXIST)
		ret = fail_path("write", wants);
	lb_buf_free(&b);
	free(unit);
	free(wants);
	return ret == -EPERM ? 0 : ret;
}

/**
 * lb_be_files_write() - make it outlive a reboot
 * @root: before every path
 * @st: gets the directories that are made
 * @want: what is wanted; nothing takes the files away
 *
 * A file that somebody else wrote is left as it is, and that is said.  A network
 * namespace has no unit, for nothing makes it again at boot.
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_be_files_write(const char *root, struct lb_be_state *st,
		      const struct lb_be_items *want)
{
	char *path = under(root, LB_BE_SYSCTL_D);
	struct lb_buf b = { 0 };
	bool sysctls = false;
	size_t n;
	int ret = 0;

	for (n = 0; n < want->n; n++)
		sysctls |= want->item[n].kind == LB_BE_SYSCTL;
	if (!lb_be_files_has_sysctl_d(root))
		goto out;
	if (sysctls) {
		lb_be_sysctl_text(&b, want);
		ret = make_dirs(root, LB_BE_SYSCTL_D, st);
		if (!ret)
			ret = write_ours(path, lb_buf_str(&b));
	} else if (is_own(root) || !lb_be_place_is_shared()) {
		ret = remove_ours(root, LB_BE_SYSCTL_D);
	}
	if (!ret && want->n && lb_be_files_has_unit(root))
		ret = write_unit(root, st);
	if (!ret && !want->n && is_own(root))
		ret = remove_unit(root);
out:
	lb_buf_free(&b);
	free(path);
	return ret;
}

/**
 * lb_be_files_remove() - leave no file of ours
 * @root: before every path
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_be_files_remove(const char *root)
{
	int ret = 0;

	if (is_own(root))
		ret = remove_unit(root);
	if (!ret && (is_own(root) || !lb_be_place_is_shared()))
		ret = remove_ours(root, LB_BE_SYSCTL_D);
	if (!ret)
		ret = remove_file(root, lb_be_place_state(root));
	/* whoever of them made it */
	if (!is_own(root))
		rmdir(LB_BE_DIR_NETNS);
	return ret;
}

/* does it lead to a file of ours?  Anybody may have edited the list */
static bool is_on_way(const char *root, const char *dir)
{
	const char *const path[] = {
		lb_be_place_state(root), LB_BE_SYSCTL_D, WANTS,
	};
	size_t i, len = strlen(dir);

	for (i = 0; len && i < ARRAY_SIZE(path); i++)
		if (!strncmp(path[i], dir, len) && path[i][len] == '/')
			return true;
	return false;
}

/**
 * lb_be_dirs_remove() - leave no directory that we made
 * @root: before every path
 * @st: the state, which knows them; those that hold others' files stay
 */
void lb_be_dirs_remove(const char *root, const struct lb_be_state *st)
{
	size_t i;

	for (i = st->n_dirs; i-- > 0;) {
		char *dir = under(root, st->dir[i]);

		if (is_on_way(root, st->dir[i]))
			rmdir(dir);
		free(dir);
	}
}
