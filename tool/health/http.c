// SPDX-License-Identifier: GPL-2.0
/*
 * HTTP requests: tcp.c connects, libcurl asks and reads the head of the answer.
 * The body is not read, however long.
 *
 * curl is given a connected socket and looks up nothing, follows nothing and
 * knows no proxy, whatever the environment says.
 */
#include "connect.h"
#include "curl.h"
#include "probe.h"
#include "reason.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* a server that sends header lines for ever */
#define HEAD_MAX	65536
/* requests kept for the next probe */
#define SPARE_MAX	64

/** struct http - what all http probes share */
struct http {
	/** @multi: all requests under way */
	CURLM *multi;
	/** @base: the loop */
	struct event_base *base;
	/** @timer: curl wants to be called */
	struct event timer;
	/** @spare: requests that are done */
	CURL *spare[SPARE_MAX];
	/** @n_spare: how many */
	unsigned int n_spare;
};

#define NO_CURL		"curl does not work"

/* --- curl and the loop --- */

static void on_done(struct lb_probe *p, CURLcode code);

static void read_results(struct http *http)
{
	struct lb_probe *p;
	CURLMsg *msg;
	int left;

	while ((msg = lb_curl.multi_info_read(http->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		lb_curl.easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &p);
		on_done(p, msg->data.result);
	}
}

static void on_curl_timer(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;
	int running;

	(void)fd;
	(void)what;
	lb_curl.multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0,
				    &running);
	read_results(http);
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;
	int running, action = 0;

	if (what & EV_READ)
		action |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		action |= CURL_CSELECT_OUT;
	lb_curl.multi_socket_action(http->multi, fd, action, &running);
	read_results(http);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	struct http *http = arg;

	(void)multi;
	if (ms < 0)
		event_del(&http->timer);
	else
		event_add(&http->timer, &t);
	return 0;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		      void *watch)
{
	struct http *http = arg;
	struct event *ev = watch;
	short events = EV_PERSIST;

	(void)easy;
	if (ev) {
		event_free(ev);
		lb_curl.multi_assign(http->multi, fd, NULL);
	}
	if (what == CURL_POLL_REMOVE)
		return 0;
	if (what & CURL_POLL_IN)
		events |= EV_READ;
	if (what & CURL_POLL_OUT)
		events |= EV_WRITE;
	ev = event_new(http->base, fd, events, on_socket, http);
	event_add(ev, NULL);
	lb_curl.multi_assign(http->multi, fd, ev);
	return 0;
}

static struct http *http_of(struct lb_prober *pr, const char **why)
{
	struct http *http = pr->priv[LB_CHECK_HTTP];

	if (http)
		return http;
	*why = lb_curl_load();
	if (*why)
		return NULL;
	http = lb_xcalloc(1, sizeof(*http));
	http->base = pr->base;
	http->multi = lb_curl.multi_init();
	if (!http->multi) {
		*why = NO_CURL;
		lb_curl_unload();
		free(http);
		return NULL;
	}
	event_assign(&http->timer, pr->base, -1, 0, on_curl_timer, http);
	lb_curl.multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	lb_curl.multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	lb_curl.multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	lb_curl.multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	pr->priv[LB_CHECK_HTTP] = http;
	return http;
}

/* --- one request --- */

/* an empty line ends the head; that is all we want to know */
static size_t on_head(char *line, size_t size, size_t n, void *arg)
{
	struct lb_probe *p = arg;
	size_t len = size * n;
	long status = 0;

	p->stream.head += len;
	if (p->stream.head > HEAD_MAX)
		return 0;
	if (len > 2 || (line[0] != '\r' && line[0] != '\n'))
		return len;
	lb_curl.easy_getinfo(p->stream.easy, CURLINFO_RESPONSE_CODE, &status);
	/* 1xx: the answer is yet to come, if that is not what is asked for */
	if (status < 200 && status != p->spec.statuscode)
		return len;
	p->stream.status = status;
	return 0;
}

/* HTTP without a head */
static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	(void)data;
	(void)size;
	(void)n;
	(void)arg;
	return 0;
}

static curl_socket_t give_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *to)
{
	struct lb_probe *p = arg;
	int fd = p->stream.fd;

	(void)purpose;
	(void)to;
	/* when that is reset at once, curl asks for another one */
	if (fd < 0)
		return CURL_SOCKET_BAD;
	p->stream.fd = -1;
	p->stream.given = fd;
	return fd;
}

static int is_connected(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)arg;
	(void)fd;
	(void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

/* what is the same for all */
static CURL *make_easy(void)
{
	CURL *easy = lb_curl.easy_init();
	static unsigned int n;
	char url[32];

	if (!easy)
		return NULL;
	/*
	 * The socket is connected, so any name will do.  curl remembers all
	 * names and walks over them for each request; and over all requests of
	 * one name: some names, for some requests each.
	 */
	snprintf(url, sizeof(url), "http://127.0.0.%u/", 1 + n++ % 64);
	lb_curl.easy_setopt(easy, CURLOPT_URL, url);
	lb_curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	lb_curl.easy_setopt(easy, CURLOPT_PROXY, "");
	lb_curl.easy_setopt(easy, CURLOPT_NOPROXY, "*");
	lb_curl.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	lb_curl.easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	lb_curl.easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	lb_curl.easy_setopt(easy, CURLOPT_HTTP_VERSION,
			    (long)CURL_HTTP_VERSION_1_1);
	lb_curl.easy_setopt(easy, CURLOPT_BUFFERSIZE, 1024L);
	lb_curl.easy_setopt(easy, CURLOPT_USERAGENT, "lbctl-monitor");
	lb_curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	lb_curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	lb_curl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, give_socket);
	lb_curl.easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, is_connected);
	return easy;
}

static struct curl_slist *headers_for(const struct lb_spec *spec)
{
	struct curl_slist *list = NULL;
	struct lb_buf host = { 0 };

	lb_buf_puts(&host, "Host: ");
	if (spec->vhost)
		lb_buf_puts(&host, spec->vhost);
	else
		lb_addrport_print(&host, &spec->addr,
				  spec->port == 80 ? 0 : spec->port);
	list = lb_curl.slist_append(list, lb_buf_str(&host));
	list = lb_curl.slist_append(list, "Connection: close");
	lb_buf_free(&host);
	return list;
}

static void set_request(CURL *easy, struct lb_probe *p)
{
	/* goes out as it is written: no "..", no escapes are looked at */
	lb_curl.easy_setopt(easy, CURLOPT_REQUEST_TARGET, p->spec.uri);
	lb_curl.easy_setopt(easy, CURLOPT_PRIVATE, p);
	lb_curl.easy_setopt(easy, CURLOPT_HEADERDATA, p);
	lb_curl.easy_setopt(easy, CURLOPT_OPENSOCKETDATA, p);
	p->stream.headers = headers_for(&p->spec);
	lb_curl.easy_setopt(easy, CURLOPT_HTTPHEADER, p->stream.headers);
}

static void drop_request(struct lb_probe *p)
{
	struct http *http = p->prober->priv[LB_CHECK_HTTP];
	CURL *easy = p->stream.easy;

	if (!easy)
		return;
	p->stream.easy = NULL;
	lb_curl.multi_remove_handle(http->multi, easy);
	lb_curl.easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	lb_curl.slist_free_all(p->stream.headers);
	if (http->n_spare < SPARE_MAX)
		http->spare[http->n_spare++] = easy;
	else
		lb_curl.easy_cleanup(easy);
}

static void connected(struct lb_probe *p)
{
	struct http *http = p->prober->priv[LB_CHECK_HTTP];
	CURL *easy = http->n_spare ? http->spare[--http->n_spare] : make_easy();

	if (easy) {
		event_del(&p->stream.ev);
		p->stream.easy = easy;
		set_request(easy, p);
	}
	if (easy && !lb_curl.multi_add_handle(http->multi, easy))
		return;
	drop_request(p);
	lb_connect_stop(p);
	lb_probe_error(p, NO_CURL);
}

/* --- its end --- */

#define TOO_LONG	"the head of the answer is longer than 64 KiB"

static void say_error(struct lb_probe *p, CURLcode code, long err)
{
	struct lb_buf b = { 0 };

	/* it was connected when curl got it, and is not when curl looks */
	if (code == CURLE_COULDNT_CONNECT && p->stream.given >= 0)
		code = CURLE_RECV_ERROR;
	switch (code) {
	/* what curl says of a line longer than it takes, 100 kB */
	case CURLE_OUT_OF_MEMORY:
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE:
#endif
		lb_probe_fail(p, TOO_LONG);
		return;
	case CURLE_GOT_NOTHING:
		lb_probe_fail(p, "connection closed without an answer");
		return;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		lb_reason_errno(&b, err ? err : ECONNRESET);
		lb_probe_fail(p, "%s", lb_buf_str(&b));
		lb_buf_free(&b);
		return;
	case CURLE_FAILED_INIT:
	case CURLE_COULDNT_CONNECT:
		lb_probe_error(p, "curl: %s", lb_curl.easy_strerror(code));
		return;
	default:
		lb_probe_fail(p, "no HTTP answer");
	}
}

static void on_done(struct lb_probe *p, CURLcode code)
{
	uint32_t head = p->stream.head;
	uint16_t status = p->stream.status;
	long err = 0;

	lb_curl.easy_getinfo(p->stream.easy, CURLINFO_OS_ERRNO, &err);
	drop_request(p);
	/* if curl has not even asked for it */
	lb_connect_stop(p);
	if (status == p->spec.statuscode)
		lb_probe_pass(p, "%u", status);
	else if (status)
		lb_probe_fail(p, "%u, expected %u", status,
			      p->spec.statuscode);
	else if (head > HEAD_MAX)
		lb_probe_fail(p, TOO_LONG);
	else
		say_error(p, code, err);
}

/* 30 libraries are loaded; if they are not, start() says why */
static void prepare(struct lb_prober *pr)
{
	const char *why;

	http_of(pr, &why);
}

static void start(struct lb_probe *p)
{
	const char *why;

	p->stream.easy = NULL;
	p->stream.given = -1;
	p->stream.head = 0;
	p->stream.status = 0;
	if (http_of(p->prober, &why))
		lb_connect_start(p, connected);
	else
		lb_probe_error(p, "%s", why);
}

static void stop(struct lb_probe *p)
{
	drop_request(p);
	lb_connect_stop(p);
}

static void look(struct lb_probe *p)
{
	struct http *http = p->prober->priv[LB_CHECK_HTTP];
	struct pollfd fd = { .events = POLLIN };
	int running;

	if (!p->stream.easy) {
		lb_connect_look(p);
		return;
	}
	/* else it has not even been asked */
	fd.fd = p->stream.given;
	if (fd.fd < 0 || poll(&fd, 1, 0) <= 0)
		return;
	lb_curl.multi_socket_action(http->multi, fd.fd, CURL_CSELECT_IN,
				    &running);
	read_results(http);
}

static const char *so_far(const struct lb_probe *p)
{
	if (!p->stream.easy)
		return NULL;
	return p->stream.head ? "connected, answer not complete" :
				"connected, no answer";
}

static void http_exit(struct lb_prober *pr)
{
	struct http *http = pr->priv[LB_CHECK_HTTP];

	if (!http)
		return;
	while (http->n_spare)
		lb_curl.easy_cleanup(http->spare[--http->n_spare]);
	lb_curl.multi_cleanup(http->multi);
	lb_curl_unload();
	event_del(&http->timer);
	free(http);
	pr->priv[LB_CHECK_HTTP] = NULL;
}

const struct lb_method_ops lb_http_ops = {
	.prepare = prepare,
	.start = start,
	.stop = stop,
	.look = look,
	.so_far = so_far,
	.exit = http_exit,
};
