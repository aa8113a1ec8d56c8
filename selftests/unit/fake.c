// SPDX-License-Identifier: GPL-2.0
#include "fake.h"
#include "msg.h"
#include "util.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/l4lb.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY	0x42

struct fake fake;

/* answers not read yet, and the messages of the open transaction */
static struct lb_buf out, staged;
static bool open;

void fake_reset(void)
{
	lb_model_free(&fake.inforce);
	memset(&fake, 0, sizeof(fake));
	fake.generation = 1;
	lb_buf_free(&out);
	lb_buf_free(&staged);
	open = false;
}

static void answer(struct nl_msg *m)
{
	lb_buf_add(&out, nlmsg_hdr(m), NLMSG_ALIGN(nlmsg_hdr(m)->nlmsg_len));
	nlmsg_free(m);
}

static void error(const struct nlmsghdr *to, int err)
{
	struct nl_msg *m = nlmsg_alloc();
	struct nlmsgerr e = { .error = -err, .msg = *to };
	uint16_t flags = NLM_F_CAPPED;

	if (err && fake.reason)
		flags |= NLM_F_ACK_TLVS;
	nlmsg_put(m, 0, to->nlmsg_seq, NLMSG_ERROR, 0, flags);
	nlmsg_append(m, &e, sizeof(e), NLMSG_ALIGNTO);
	if (err && fake.reason)
		nla_put_string(m, NLMSGERR_ATTR_MSG, fake.reason);
	answer(m);
}

static struct nl_msg *begin(const struct nlmsghdr *to, uint8_t cmd,
			    uint16_t flags)
{
	struct nl_msg *m = nlmsg_alloc();

	genlmsg_put(m, 0, to->nlmsg_seq, FAMILY, 0, flags, cmd, 1);
	nla_put_u32(m, LB_A_GENERATION, fake.generation);
	return m;
}

static void done(const struct nlmsghdr *to)
{
	struct nl_msg *m = nlmsg_alloc();
	int zero = 0;

	nlmsg_put(m, 0, to->nlmsg_seq, NLMSG_DONE, 0, NLM_F_MULTI);
	nlmsg_append(m, &zero, sizeof(zero), NLMSG_ALIGNTO);
	answer(m);
}

static void dump_flows(const struct nlmsghdr *to, uint16_t flags)
{
	struct lb_flow *f;
	struct nl_msg *m;
	size_t i, j;

	for (i = 0; i < fake.inforce.n_flows; i++) {
		f = fake.inforce.flow[i];
		m = begin(to, LB_CMD_FLOW_GET, flags);
		lb_msg_put_flow(m, f);
		answer(m);
		for (j = 0; j < f->n_rules; j++) {
			m = begin(to, LB_CMD_FLOW_GET, flags);
			lb_msg_put_rule(m, f->name, &f->rule[j]);
			answer(m);
		}
	}
}

static void dump(const struct nlmsghdr *to, uint8_t cmd)
{
	uint16_t flags = NLM_F_MULTI;
	struct lb_director *d;
	struct nl_msg *m;
	size_t i, j;

	if (fake.interrupt) {
		fake.interrupt--;
		flags |= NLM_F_DUMP_INTR;
	}
	if (cmd == LB_CMD_FLOW_GET)
		dump_flows(to, flags);
	for (i = 0; cmd == LB_CMD_NAT_GET && i < fake.inforce.n_nats; i++) {
		m = begin(to, cmd, flags);
		lb_msg_put_nat(m, fake.inforce.nat[i]);
		answer(m);
	}
	for (i = 0; i < fake.inforce.n_directors; i++) {
		d = fake.inforce.director[i];
		if (cmd == LB_CMD_DIRECTOR_GET) {
			m = begin(to, cmd, flags);
			lb_msg_put_director(m, d);
			answer(m);
		}
		for (j = 0; cmd == LB_CMD_SERVER_GET && j < d->n_servers;
		     j++) {
			m = begin(to, cmd, flags);
			lb_msg_put_server(m, d->name, d->server[j], false);
			answer(m);
		}
	}
	if (fake.bump) {
		fake.bump--;
		fake.generation++;
	}
	done(to);
}

static void set_director(struct nlattr *nest)
{
	struct lb_director *got = lb_director_create(), *d, swap;

	lb_msg_get_director(nest, got);
	d = lb_model_find(&fake.inforce, got->name);
	if (!d)
		d = lb_model_add_director(&fake.inforce);
	got->server = d->server;
	got->n_servers = d->n_servers;
	d->server = NULL;
	d->n_servers = 0;
	swap = *d;
	*d = *got;
	*got = swap;
	lb_director_free(got);
}

static void move_last(struct lb_director *d, struct lb_server *s)
{
	size_t i;

	for (i = 0; d->server[i] != s; i++)
		;
	memmove(&d->server[i], &d->server[i + 1],
		(d->n_servers - i - 1) * sizeof(*d->server));
	d->server[d->n_servers - 1] = s;
}

static void set_server(struct nlattr *nest)
{
	char director[LB_NAME_MAX + 1] = "";
	struct lb_server got = { 0 }, *s;
	struct lb_director *d;

	lb_msg_get_server(nest, &got, director);
	d = lb_model_find(&fake.inforce, director);
	if (!d)
		abort();
	s = lb_director_find(d, got.name);
	if (!s)
		s = lb_director_add_server(d);
	*s = got;
	if (nla_find(nla_data(nest), nla_len(nest), LB_SERVER_A_MOVE_LAST))
		move_last(d, s);
}

static size_t find_nat(const char *name)
{
	size_t i;

	for (i = 0; i < fake.inforce.n_nats; i++)
		if (!strcmp(fake.inforce.nat[i]->name, name))
			break;
	return i;
}

static void set_nat(struct nlattr *nest)
{
	struct lb_model *m = &fake.inforce;
	struct lb_nat got = { 0 };
	size_t i;

	lb_msg_get_nat(nest, &got);
	i = find_nat(got.name);
	*(i < m->n_nats ? m->nat[i] : lb_model_add_nat(m)) = got;
}

static void del_nat(struct nlattr *nest)
{
	struct nlattr *name = nla_find(nla_data(nest), nla_len(nest),
				       LB_NAT_A_NAME);
	struct lb_model *m = &fake.inforce;
	size_t i = find_nat(nla_get_string(name));

	if (i == m->n_nats)
		abort();
	free(m->nat[i]);
	memmove(&m->nat[i], &m->nat[i + 1],
		(--m->n_nats - i) * sizeof(*m->nat));
}

static size_t find_flow(const char *name)
{
	size_t i;

	for (i = 0; i < fake.inforce.n_flows; i++)
		if (!strcmp(fake.inforce.flow[i]->name, name))
			break;
	return i;
}

static void set_flow(struct nlattr *nest)
{
	struct lb_model *m = &fake.inforce;
	struct lb_flow got = { 0 }, *f;
	size_t i;

	lb_msg_get_flow(nest, &got);
	i = find_flow(got.name);
	f = i < m->n_flows ? m->flow[i] : lb_model_add_flow(m);
	free(f->rule);
	*f = got;
}

static void del_flow(struct nlattr *nest)
{
	struct nlattr *name = nla_find(nla_data(nest), nla_len(nest),
				       LB_FLOW_A_NAME);
	struct lb_model *m = &fake.inforce;
	size_t i = find_flow(nla_get_string(name));

	if (i == m->n_flows)
		abort();
	free(m->flow[i]->rule);
	free(m->flow[i]);
	memmove(&m->flow[i], &m->flow[i + 1],
		(--m->n_flows - i) * sizeof(*m->flow));
}

static void add_rule(struct nlattr *nest)
{
	char flow[LB_FLOW_NAME_MAX + 1] = "";
	struct lb_rule got = { 0 };
	size_t i;

	lb_msg_get_rule(nest, &got, flow);
	i = find_flow(flow);
	if (i == fake.inforce.n_flows)
		abort();
	*lb_flow_add_rule(fake.inforce.flow[i]) = got;
}

static void del_director(struct nlattr *nest)
{
	struct lb_model *m = &fake.inforce;
	struct lb_director *got = lb_director_create();
	size_t i;

	lb_msg_get_director(nest, got);
	for (i = 0; strcmp(m->director[i]->name, got->name); i++)
		;
	lb_director_free(m->director[i]);
	memmove(&m->director[i], &m->director[i + 1],
		(--m->n_directors - i) * sizeof(*m->director));
	lb_director_free(got);
}

static void del_server(struct nlattr *nest)
{
	char director[LB_NAME_MAX + 1] = "";
	struct lb_server got = { 0 };
	struct lb_director *d;
	size_t i;

	lb_msg_get_server(nest, &got, director);
	d = lb_model_find(&fake.inforce, director);
	for (i = 0; strcmp(d->server[i]->name, got.name); i++)
		;
	free(d->server[i]);
	memmove(&d->server[i], &d->server[i + 1],
		(--d->n_servers - i) * sizeof(*d->server));
}

static void execute(struct nlmsghdr *h)
{
	struct nlattr *a[LB_A_MAX + 1];
	struct genlmsghdr *g = NLMSG_DATA(h);

	genlmsg_parse(h, 0, a, LB_A_MAX, NULL);
	switch (g->cmd) {
	case LB_CMD_DIRECTOR_SET:
		set_director(a[LB_A_DIRECTOR]);
		break;
	case LB_CMD_DIRECTOR_DEL:
		del_director(a[LB_A_DIRECTOR]);
		break;
	case LB_CMD_SERVER_SET:
		set_server(a[LB_A_SERVER]);
		break;
	case LB_CMD_SERVER_DEL:
		del_server(a[LB_A_SERVER]);
		break;
	case LB_CMD_FLOW_SET:
		set_flow(a[LB_A_FLOW]);
		break;
	case LB_CMD_FLOW_DEL:
		del_flow(a[LB_A_FLOW]);
		break;
	case LB_CMD_RULE_ADD:
		add_rule(a[LB_A_RULE]);
		break;
	case LB_CMD_NAT_SET:
		set_nat(a[LB_A_NAT]);
		break;
	case LB_CMD_NAT_DEL:
		del_nat(a[LB_A_NAT]);
		break;
	case LB_CMD_OPTIONS_SET:
		memset(&fake.inforce.service, 0, sizeof(struct lb_service));
		lb_msg_get_options(a[LB_A_OPTIONS], &fake.inforce.service);
		break;
	}
}

static int commit(void)
{
	struct nlmsghdr *h = (struct nlmsghdr *)staged.p;
	int len = staged.len;

	if (fake.commit_fail)
		return fake.commit_fail;
	if (!open)
		return ENOENT;
	for (; nlmsg_ok(h, len); h = nlmsg_next(h, &len))
		execute(h);
	fake.generation++;
	open = false;
	return 0;
}

static int stage(struct nlmsghdr *h)
{
	if (!open)
		return ENOENT;
	if (++fake.staged == fake.fail_at) {
		open = false;
		return fake.fail;
	}
	lb_buf_add(&staged, h, NLMSG_ALIGN(h->nlmsg_len));
	return 0;
}

static int begin_txn(struct nlmsghdr *h)
{
	struct nlattr *a[LB_A_MAX + 1];

	genlmsg_parse(h, 0, a, LB_A_MAX, NULL);
	if (fake.begin_fail)
		return fake.begin_fail;
	if (nla_get_u32(a[LB_A_GENERATION]) != fake.generation)
		return ESTALE;
	lb_buf_reset(&staged);
	fake.staged = 0;
	open = true;
	return 0;
}

static void info(struct nlmsghdr *h)
{
	struct nl_msg *m = begin(h, LB_CMD_INFO_GET, 0);
	struct nlattr *nest = nla_nest_start(m, LB_A_INFO);

	nla_put_string(m, LB_INFO_A_VERSION, "fake");
	nla_put_string(m, LB_INFO_A_SCHED, "roundrobin");
	nla_put_string(m, LB_INFO_A_MODE, "nat");
	nla_nest_end(m, nest);
	answer(m);
}

static void request(struct nlmsghdr *h)
{
	struct genlmsghdr *g = NLMSG_DATA(h);
	struct nl_msg *m;
	int err = 0;

	switch (g->cmd) {
	case LB_CMD_DIRECTOR_GET:
	case LB_CMD_SERVER_GET:
	case LB_CMD_FLOW_GET:
	case LB_CMD_NAT_GET:
		dump(h, g->cmd);
		return;
	case LB_CMD_INFO_GET:
		info(h);
		break;
	case LB_CMD_OPTIONS_GET:
		m = begin(h, g->cmd, 0);
		lb_msg_put_options(m, &fake.inforce.service);
		answer(m);
		break;
	case LB_CMD_TXN_BEGIN:
		err = begin_txn(h);
		break;
	case LB_CMD_TXN_COMMIT:
		err = commit();
		if (!err)
			answer(begin(h, g->cmd, 0));
		break;
	default:
		err = stage(h);
	}
	if (err || (h->nlmsg_flags & NLM_F_ACK))
		error(h, err);
}

/* what the linker puts in the place of libnl */
int __wrap_genl_connect(struct nl_sock *sk);
int __wrap_genl_ctrl_resolve(struct nl_sock *sk, const char *name);
int __wrap_nl_socket_get_fd(const struct nl_sock *sk);
int __wrap_nl_sendto(struct nl_sock *sk, void *buf, size_t size);
int __wrap_nl_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		   unsigned char **buf, struct ucred **creds);

int __wrap_genl_connect(struct nl_sock *sk)
{
	(void)sk;
	return 0;
}

int __wrap_genl_ctrl_resolve(struct nl_sock *sk, const char *name)
{
	(void)sk;
	return fake.absent || strcmp(name, LB_GENL_NAME) ?
	       -NLE_OBJ_NOTFOUND : FAMILY;
}

int __wrap_nl_socket_get_fd(const struct nl_sock *sk)
{
	(void)sk;
	return -1;
}

int __wrap_nl_sendto(struct nl_sock *sk, void *buf, size_t size)
{
	struct nlmsghdr *h = buf;
	int len = size;

	(void)sk;
	fake.sends++;
	if (size > fake.largest)
		fake.largest = size;
	for (; nlmsg_ok(h, len); h = nlmsg_next(h, &len))
		request(h);
	return size;
}

/* a block of at most 8 KiB of whole messages, as the kernel would cut it */
int __wrap_nl_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		   unsigned char **buf, struct ucred **creds)
{
	struct nlmsghdr *h = (struct nlmsghdr *)out.p;
	int rest = out.len, n = 0;

	(void)sk;
	(void)creds;
	if (fake.overflow) {
		fake.overflow = false;
		return -NLE_NOMEM;
	}
	/* reading what will never come would be a hang in real life */
	if (!out.len)
		return -NLE_AGAIN;
	while (nlmsg_ok(h, rest) && n + NLMSG_ALIGN(h->nlmsg_len) <= 8192) {
		n += NLMSG_ALIGN(h->nlmsg_len);
		h = nlmsg_next(h, &rest);
	}
	*buf = malloc(n);
	memcpy(*buf, out.p, n);
	memmove(out.p, out.p + n, out.len - n);
	out.len -= n;
	memset(from, 0, sizeof(*from));
	return n;
}
