// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program without a shell: the line is cut at its blanks.
 */
#include "backend/run.h"

#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX	32

static void child(const char *cmd, int out, int err)
{
	char *copy = lb_xstrdup(cmd), *argv[WORDS_MAX + 1], *save, *w;
	int null = open("/dev/null", O_RDONLY);
	const char *path = getenv("PATH");
	struct lb_buf b = { 0 };
	unsigned int n = 0;

	for (w = strtok_r(copy, " ", &save); w && n < WORDS_MAX;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	argv[n] = NULL;
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	/* root by su(1) often has a user's path */
	lb_buf_printf(&b, "%s:/usr/sbin:/sbin:/usr/bin:/bin",
		      path ? path : "/usr/local/sbin:/usr/local/bin");
	setenv("PATH", lb_buf_str(&b), 1);
	/* what is printed is parsed */
	setenv("LC_ALL", "C", 1);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s", argv[0], strerror(errno));
	_exit(LB_BE_NO_PROGRAM);
}

/* reads both ends until they are closed: one full pipe must not stop it */
static void collect(int out_fd, int err_fd, struct lb_buf *out,
		    struct lb_buf *err)
{
	struct pollfd fd[2] = {
		{ .fd = out_fd, .events = POLLIN },
		{ .fd = err_fd, .events = POLLIN },
	};
	struct lb_buf *to[2] = { out, err };
	char chunk[4096];
	ssize_t n;
	int i;

	while (fd[0].fd >= 0 || fd[1].fd >= 0) {
		if (poll(fd, 2, -1) < 0 && errno != EINTR)
			break;
		for (i = 0; i < 2; i++) {
			if (fd[i].fd < 0 || !fd[i].revents)
				continue;
			n = read(fd[i].fd, chunk, sizeof(chunk));
			if (n > 0)
				lb_buf_add(to[i], chunk, n);
			else if (!n || errno != EINTR)
				fd[i].fd = -1;
		}
	}
}

/**
 * lb_be_run() - run a program and wait for its end
 * @cmd: its name and arguments, with single blanks between them
 * @out: gets what it prints
 * @err: gets what it complains, without the last newline
 *
 * Context: process; blocks.
 * Return: its exit status, 128 and more if a signal ended it, or -errno when it
 * could not be started.
 */
int lb_be_run(const char *cmd, struct lb_buf *out, struct lb_buf *err)
{
	int out_pipe[2], err_pipe[2], status;
	pid_t pid;

	if (pipe2(out_pipe, O_CLOEXEC))
		return -errno;
	if (pipe2(err_pipe, O_CLOEXEC)) {
		status = -errno;
		goto err_out_pipe;
	}
	pid = fork();
	if (pid < 0) {
		status = -errno;
		goto err_err_pipe;
	}
	if (!pid)
		child(cmd, out_pipe[1], err_pipe[1]);
	close(out_pipe[1]);
	close(err_pipe[1]);
	collect(out_pipe[0], err_pipe[0], out, err);
	close(out_pipe[0]);
	close(err_pipe[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	while (err->len && err->p[err->len - 1] == '\n')
		err->p[--err->len] = '\0';
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	       128 + WTERMSIG(status);

err_err_pipe:
	close(err_pipe[0]);
	close(err_pipe[1]);
err_out_pipe:
	close(out_pipe[0]);
	close(out_pipe[1]);
	return status;
}
