// SPDX-License-Identifier: GPL-2.0
/*
 * Echo requests.  All probes of a family and source share one raw socket; a
 * tick's requests leave in one system call, and answers come in likewise.
 *
 * An answer must come from the server, with our identifier, the sequence number
 * of a running probe, and its cookie: whoever has not seen the request cannot
 * make one.  So must an ICMP error, in what it quotes.  Some routers quote no
 * more than the eight bytes of the header: their errors are not heard, and the
 * probe runs into its time-out.
 */
#include "probe.h"
#include "reason.h"
#include "sock.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define BATCH		64
#define SEQS		65536
/* read at a time; then others may */
#define READ_BATCHES	32
/* an error with both headers and options, and what is quoted of the request */
#define RECV_MAX	256
/* as ping(8) sends it */
#define PAYLOAD		56
/*
 * Requests to servers that are gone wait for three seconds in their neighbour
 * entries, and count here; they must not keep others from being sent.
 */
#define SEND_BUF	(64 << 20)
#define RECV_BUF	(8 << 20)

/** struct echo_packet - a request, or a reply from its ICMP header on */
struct echo_packet {
	/** @type: of ICMP or ICMPv6 */
	uint8_t type;
	/** @code: 0 */
	uint8_t code;
	/** @sum: checksum */
	uint16_t sum;
	/** @id: ours, network byte order */
	uint16_t id;
	/** @seq: of the probe, network byte order */
	uint16_t seq;
	/** @cookie: of the probe */
	uint64_t cookie;
	/** @pad: zero */
	uint8_t pad[PAYLOAD - sizeof(uint64_t)];
};

/** struct lb_icmp_socket - a raw socket of one family and source */
struct lb_icmp_socket {
	/** @next: in the list */
	struct lb_icmp_socket *next;
	/** @ev: something to read */
	struct event ev;
	/** @icmp: its owner */
	struct icmp *icmp;
	/** @source: bound to, or none */
	struct lb_addr source;
	/** @len: of addresses, 4 or 16 */
	uint8_t len;
	/** @fd: the socket */
	int fd;
	/** @n: requests to send */
	unsigned int n;
	/** @queue: whose */
	struct lb_probe *queue[BATCH];
};

/** struct icmp - what all echo requests share */
struct icmp {
	/** @sockets: list of them */
	struct lb_icmp_socket *sockets;
	/** @id: our identifier, host byte order */
	uint16_t id;
	/** @seq: the last one given out */
	uint16_t seq;
	/** @running: how many probes are */
	unsigned int running;
	/** @n_cookies: random numbers left */
	unsigned int n_cookies;
	/** @cookie: random numbers, a system call for many */
	uint64_t cookie[BATCH];
	/** @by_seq: running probes by sequence number */
	struct lb_probe *by_seq[SEQS];
};

static struct icmp *icmp_of(struct lb_prober *pr)
{
	struct icmp *icmp = pr->priv[LB_CHECK_ICMP];

	if (icmp)
		return icmp;
	icmp = lb_xcalloc(1, sizeof(*icmp));
	if (getrandom(&icmp->id, sizeof(icmp->id), 0) < 0)
		icmp->id = getpid();
	pr->priv[LB_CHECK_ICMP] = icmp;
	return icmp;
}

static uint64_t next_cookie(struct icmp *icmp)
{
	if (!icmp->n_cookies) {
		/* cannot fail: less than 256 bytes, and it may wait */
		if (getrandom(icmp->cookie, sizeof(icmp->cookie), 0) < 0)
			memset(icmp->cookie, 0, sizeof(icmp->cookie));
		icmp->n_cookies = BATCH;
	}
	return icmp->cookie[--icmp->n_cookies];
}

/* --- what comes in --- */

static struct lb_probe *forget(struct lb_probe *p)
{
	struct icmp *icmp = p->prober->priv[LB_CHECK_ICMP];

	icmp->by_seq[p->echo.seq] = NULL;
	icmp->running--;
	return p;
}

/* @packet is from a socket or quoted by anybody, and perhaps not whole */
static struct lb_probe *asked(struct lb_icmp_socket *sock,
			      const struct lb_addr *server,
			      const uint8_t *packet, size_t len)
{
	struct icmp *icmp = sock->icmp;
	struct echo_packet e = { 0 };
	struct lb_probe *p;

	if (len < offsetof(struct echo_packet, pad))
		return NULL;
	memcpy(&e, packet, len < sizeof(e) ? len : sizeof(e));
	p = icmp->by_seq[ntohs(e.seq)];
	if (!p || p->echo.sock != sock || ntohs(e.id) != icmp->id ||
	    e.cookie != p->echo.cookie ||
	    !lb_addr_equal(server, &p->spec.addr))
		return NULL;
	return p;
}

/* an error of @who: quotes an IP header, and behind it our request */
static void on_error(struct lb_icmp_socket *sock, const struct lb_addr *who,
		     const char *why, const uint8_t *quoted, size_t len)
{
	struct lb_addr server = { .len = sock->len };
	size_t head = 40, at = 24;
	char s[LB_ADDR_STR];
	struct lb_probe *p;

	if (sock->len == 4) {
		head = len ? (quoted[0] & 15) * 4 : 0;
		at = 16;
	}
	if (head < at + sock->len || len < head)
		return;
	memcpy(server.b, quoted + at, sock->len);
	p = asked(sock, &server, quoted + head, len - head);
	if (!p)
		return;
	lb_addr_format(s, who);
	lb_probe_fail(forget(p), "%s, says %s", why, s);
}

static void on_packet(struct lb_icmp_socket *sock, const struct lb_addr *from,
		      const uint8_t *data, size_t len)
{
	size_t head = 0;
	struct lb_probe *p;
	const char *why;

	/* IPv4 comes with its header */
	if (sock->len == 4)
		head = len ? (data[0] & 15) * 4 : 0;
	if (len < head + 8)
		return;
	data += head;
	len -= head;
	if (data[0] == (sock->len == 4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY)) {
		p = asked(sock, from, data, len);
		if (p)
			lb_probe_pass(forget(p), "reply");
		return;
	}
	why = sock->len == 4 ? lb_reason_icmp4(data[0], data[1]) :
			       lb_reason_icmp6(data[0], data[1]);
	if (why)
		on_error(sock, from, why, data + 8, len - 8);
}

/* how many came in; fewer than a batch: no more are there */
static int receive(struct lb_icmp_socket *sock)
{
	static uint8_t data[BATCH][RECV_MAX];
	struct sockaddr_storage from[BATCH];
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	struct lb_addr a;
	int i, n;

	memset(m, 0, sizeof(m));
	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = data[i];
		iov[i].iov_len = RECV_MAX;
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_name = &from[i];
		m[i].msg_hdr.msg_namelen = sizeof(from[i]);
	}
	n = recvmmsg(sock->fd, m, BATCH, 0, NULL);
	for (i = 0; i < n; i++) {
		lb_sock_addr_read(&a, NULL, &from[i]);
		on_packet(sock, &a, data[i], m[i].msg_len);
	}
	return n;
}

/* more than a tick sends: answers must not wait until they are too late */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	int i;

	(void)fd;
	(void)what;
	for (i = 0; i < READ_BATCHES && receive(arg) == BATCH; i++)
		;
}

/* --- the sockets --- */

/* only what can be an answer wakes us: others ping, too */
static void filter4(int fd, uint16_t id)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_ECHOREPLY, 0, 2),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
		BPF_JUMP(BPF_JMP | BPF_JA, 8, 0, 0),
		/* an error: of the packet quoted at 8 */
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8 + 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 8),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 15),
		BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 2),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 8 + 4),
		/* the identifier */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };
	struct icmp_filter types = {
		~(1U << ICMP_ECHOREPLY | 1U << ICMP_DEST_UNREACH |
		  1U << ICMP_TIME_EXCEEDED | 1U << ICMP_PARAMETERPROB),
	};

	(void)setsockopt(fd, SOL_RAW, ICMP_FILTER, &types, sizeof(types));
	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			 sizeof(prog));
}

static void filter6(int fd, uint16_t id)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_ECHO_REPLY, 0, 2),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		BPF_JUMP(BPF_JMP | BPF_JA, 3, 0, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8 + 6),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 8 + 40 + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };
	struct icmp6_filter types;

	ICMP6_FILTER_SETBLOCKALL(&types);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &types);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &types);
	ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &types);
	ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &types);
	(void)setsockopt(fd, SOL_ICMPV6, ICMP6_FILTER, &types, sizeof(types));
	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			 sizeof(prog));
}

static struct lb_icmp_socket *make_socket(struct lb_probe *p,
					  struct icmp *icmp)
{
	bool v4 = p->spec.addr.len == 4;
	struct lb_icmp_socket *sock;
	int fd;

	if (!lb_sock_open(p, SOCK_RAW, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
			  &fd))
		return NULL;
	if (v4)
		filter4(fd, icmp->id);
	else
		filter6(fd, icmp->id);
	lb_sock_buffers(fd, SEND_BUF, RECV_BUF);
	sock = lb_xcalloc(1, sizeof(*sock));
	sock->icmp = icmp;
	sock->source = p->spec.source;
	sock->len = p->spec.addr.len;
	sock->fd = fd;
	event_assign(&sock->ev, p->prober->base, fd, EV_READ | EV_PERSIST,
		     on_readable, sock);
	event_add(&sock->ev, NULL);
	sock->next = icmp->sockets;
	icmp->sockets = sock;
	return sock;
}

static struct lb_icmp_socket *socket_for(struct lb_probe *p,
					 struct icmp *icmp)
{
	struct lb_icmp_socket *sock;

	for (sock = icmp->sockets; sock; sock = sock->next)
		if (sock->len == p->spec.addr.len &&
		    lb_addr_equal(&sock->source, &p->spec.source))
			return sock;
	return make_socket(p, icmp);
}

/* --- what goes out --- */

static uint16_t checksum(const struct echo_packet *e)
{
	const uint8_t *b = (const uint8_t *)e;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(*e); i += 2)
		sum += b[i] << 8 | b[i + 1];
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return htons(~sum);
}

static void make_packet(struct echo_packet *e, const struct lb_probe *p,
			uint16_t id)
{
	memset(e, 0, sizeof(*e));
	e->type = p->spec.addr.len == 4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
	e->id = htons(id);
	e->seq = htons(p->echo.seq);
	e->cookie = p->echo.cookie;
	/* the kernel does it for ICMPv6, whose sum covers the addresses */
	if (p->spec.addr.len == 4)
		e->sum = checksum(e);
}

/* the first request that could not be sent ends the call; its error comes with
 * the next
 */
static void send_all(struct lb_icmp_socket *sock, struct mmsghdr *m)
{
	unsigned int at = 0;
	int n;

	while (at < sock->n) {
		n = sendmmsg(sock->fd, m + at, sock->n - at, 0);
		if (n > 0)
			at += n;
		else if (errno != EINTR)
			lb_probe_refused(forget(sock->queue[at++]), errno,
					 "cannot send");
	}
	sock->n = 0;
}

static void flush_socket(struct lb_icmp_socket *sock)
{
	struct sockaddr_storage to[BATCH];
	struct echo_packet packet[BATCH];
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	struct lb_probe *p;
	int64_t now = lb_now_us();
	unsigned int i;

	memset(m, 0, sock->n * sizeof(*m));
	for (i = 0; i < sock->n; i++) {
		p = sock->queue[i];
		p->started = now;
		lb_sched_sent(&p->prober->sched, &p->slot, now,
			      p->spec.timeout);
		make_packet(&packet[i], p, sock->icmp->id);
		iov[i].iov_base = &packet[i];
		iov[i].iov_len = sizeof(packet[i]);
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_name = &to[i];
		m[i].msg_hdr.msg_namelen =
			lb_sock_addr(&to[i], &p->spec.addr, 0);
	}
	send_all(sock, m);
}

static void flush(struct lb_prober *pr)
{
	struct icmp *icmp = pr->priv[LB_CHECK_ICMP];
	struct lb_icmp_socket *sock;

	for (sock = icmp ? icmp->sockets : NULL; sock; sock = sock->next)
		if (sock->n)
			flush_socket(sock);
}

static void start(struct lb_probe *p)
{
	struct icmp *icmp = icmp_of(p->prober);
	struct lb_icmp_socket *sock = socket_for(p, icmp);

	if (!sock)
		return;
	if (icmp->running == SEQS - 1) {
		lb_probe_error(p, "too many probes at a time");
		return;
	}
	while (icmp->by_seq[++icmp->seq])
		;
	icmp->running++;
	icmp->by_seq[icmp->seq] = p;
	p->echo.sock = sock;
	p->echo.seq = icmp->seq;
	p->echo.cookie = next_cookie(icmp);
	sock->queue[sock->n++] = p;
	if (sock->n == BATCH)
		flush_socket(sock);
}

static void stop(struct lb_probe *p)
{
	forget(p);
}

static void look(struct lb_probe *p)
{
	on_readable(p->echo.sock->fd, EV_READ, p->echo.sock);
}

static void icmp_exit(struct lb_prober *pr)
{
	struct icmp *icmp = pr->priv[LB_CHECK_ICMP];
	struct lb_icmp_socket *sock;

	while (icmp && icmp->sockets) {
		sock = icmp->sockets;
		icmp->sockets = sock->next;
		event_del(&sock->ev);
		close(sock->fd);
		free(sock);
	}
	free(icmp);
	pr->priv[LB_CHECK_ICMP] = NULL;
}

const struct lb_method_ops lb_icmp_ops = {
	.start = start,
	.stop = stop,
	.look = look,
	.flush = flush,
	.exit = icmp_exit,
};
