// SPDX-License-Identifier: GPL-2.0
/*
 * Log lines, and what the service manager wants to know (see sd_notify(3)).
 */
#include "log.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool to_stderr, to_syslog, to_journal, debug;

/* the variable is inherited by those whose output goes elsewhere, too */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

/**
 * lb_log_open() - decide where to
 * @foreground: to standard error, and not to the system's log
 * @verbose: LOG_DEBUG, too
 *
 * What the journal catches from standard error is not sent to it once more.
 */
void lb_log_open(bool foreground, bool verbose)
{
	bool terminal = isatty(STDERR_FILENO);

	to_journal = is_journal() && !terminal && !foreground;
	to_stderr = foreground || terminal || to_journal;
	to_syslog = !foreground && !to_journal;
	debug = verbose;
	if (to_syslog)
		openlog("lbctl-monitor", LOG_PID, LOG_DAEMON);
}

/**
 * lb_log() - say one line
 * @priority: LOG_NOTICE and the like
 * @fmt: the line, as printf
 */
void lb_log(int priority, const char *fmt, ...)
{
	struct lb_buf b = { 0 };
	va_list ap;

	if (priority == LOG_DEBUG && !debug)
		return;
	va_start(ap, fmt);
	lb_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (to_syslog)
		syslog(priority, "%s", lb_buf_str(&b));
	if (to_journal)
		fprintf(stderr, "<%d>%s\n", priority, lb_buf_str(&b));
	else if (to_stderr)
		fprintf(stderr, "%s\n", lb_buf_str(&b));
	lb_buf_free(&b);
}

/**
 * lb_notify() - tell the service manager, if there is one
 * @fmt: "READY=1", "STATUS=..." and the like, as printf
 */
void lb_notify(const char *fmt, ...)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	struct lb_buf b = { 0 };
	va_list ap;
	int fd;

	if (!path || strlen(path) >= sizeof(to.sun_path))
		return;
	strcpy(to.sun_path, path);
	/* an abstract name begins with NUL */
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	va_start(ap, fmt);
	lb_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	(void)sendto(fd, b.p, b.len, MSG_NOSIGNAL, (struct sockaddr *)&to,
		     offsetof(struct sockaddr_un, sun_path) + strlen(path));
	lb_buf_free(&b);
	close(fd);
}

/**
 * lb_notify_watchdog() - how often the service manager wants to hear of us
 *
 * Return: us, at most; 0: it does not.
 */
uint64_t lb_notify_watchdog(void)
{
	const char *us = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (!us || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(us, NULL, 10);
}
