// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of rtnetlink that a kernel at rest never gives: too late, torn,
 * ended by an error, from somebody else.
 */
#include "unit.h"
#include "out.h"
#include "route.h"
#include "rtnl.h"
#include "vip.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define BLOCKS_MAX	64
#define PROTO_OURS	76

/** struct block - what one nl_recv() returns */
struct block {
	/** @b: the messages */
	struct lb_buf b;
	/** @from: netlink port of the sender */
	uint32_t from;
};

static struct {
	/** @block: answers to come */
	struct block block[BLOCKS_MAX];
	/** @n: how many */
	size_t n;
	/** @read: how many of them were read */
	size_t read;
	/** @seq: number of the last request */
	uint32_t seq;
} fake;

int __wrap_nl_connect(struct nl_sock *sk, int protocol);
int __wrap_nl_send_auto(struct nl_sock *sk, struct nl_msg *m);
int __wrap_nl_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		   unsigned char **buf, struct ucred **creds);

int __wrap_nl_connect(struct nl_sock *sk, int protocol)
{
	(void)sk;
	assert_int_equal(protocol, NETLINK_ROUTE);
	return 0;
}

int __wrap_nl_send_auto(struct nl_sock *sk, struct nl_msg *m)
{
	(void)sk;
	nlmsg_hdr(m)->nlmsg_seq = ++fake.seq;
	return nlmsg_hdr(m)->nlmsg_len;
}

int __wrap_nl_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		   unsigned char **buf, struct ucred **creds)
{
	struct block *block = &fake.block[fake.read];
	int len = block->b.len;

	(void)sk;
	(void)creds;
	/* as a socket whose time is over */
	if (fake.read == fake.n)
		return -NLE_AGAIN;
	fake.read++;
	memset(from, 0, sizeof(*from));
	from->nl_pid = block->from;
	*buf = (unsigned char *)block->b.p;
	memset(&block->b, 0, sizeof(block->b));
	return len;
}

/* begins what the next nl_recv() returns */
static void next_block(uint32_t from)
{
	assert_true(fake.n < BLOCKS_MAX);
	fake.block[fake.n++].from = from;
}

static void add(struct nl_msg *m)
{
	struct nlmsghdr *h = nlmsg_hdr(m);

	lb_buf_add(&fake.block[fake.n - 1].b, h, NLMSG_ALIGN(h->nlmsg_len));
	nlmsg_free(m);
}

static void add_end(uint32_t seq, uint16_t type, int flags, int err)
{
	struct nlmsgerr e = { .error = err };
	struct nl_msg *m = nlmsg_alloc();

	assert_non_null(nlmsg_put(m, 0, seq, type, 0, flags));
	nlmsg_append(m, &e, type == NLMSG_DONE ? sizeof(err) : sizeof(e),
		     NLMSG_ALIGNTO);
	add(m);
}

/* a route by interface @oif */
static void add_route(uint32_t seq, uint32_t oif)
{
	struct rtmsg rt = { .rtm_family = AF_INET, .rtm_type = RTN_UNICAST };
	struct nl_msg *m = nlmsg_alloc();

	assert_non_null(nlmsg_put(m, 0, seq, RTM_NEWROUTE, 0, 0));
	nlmsg_append(m, &rt, sizeof(rt), NLMSG_ALIGNTO);
	nla_put_u32(m, RTA_OIF, oif);
	add(m);
}

/* an address of ours on lo, as one of a list */
static void add_addr(uint32_t seq, int flags, const char *text)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET,
		.ifa_index = if_nametoindex("lo"),
	};
	struct nl_msg *m = nlmsg_alloc();
	struct lb_addr a;

	assert_int_equal(lb_addr_parse(&a, text), 0);
	assert_non_null(nlmsg_put(m, 0, seq, RTM_NEWADDR, 0,
				  NLM_F_MULTI | flags));
	nlmsg_append(m, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	nla_put(m, IFA_LOCAL, a.len, a.b);
	nla_put_u8(m, IFA_PROTO, PROTO_OURS);
	add(m);
}

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	return 0;
}

static int end(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < fake.n; i++)
		lb_buf_free(&fake.block[i].b);
	return 0;
}

static int get_route(struct lb_route *r)
{
	struct nl_sock *sock = lb_rtnl_open();
	struct lb_addr to;
	int err;

	assert_non_null(sock);
	assert_int_equal(lb_addr_parse(&to, "192.0.2.1"), 0);
	err = lb_route_get(sock, &to, 0, r);
	nl_socket_free(sock);
	return err;
}

static void route_get__late(void **state)
{
	struct lb_route r;

	(void)state;
	/* what nobody waited for, and then what was asked for */
	fake.seq = 6;
	next_block(0);
	add_route(6, 11);
	next_block(0);
	add_end(5, NLMSG_ERROR, 0, -ENETUNREACH);
	next_block(0);
	add_route(7, 12);
	assert_int_equal(get_route(&r), 0);
	assert_int_equal(r.ifindex, 12);
	assert_int_equal(r.type, RTN_UNICAST);
}

static void route_get__somebody_else(void **state)
{
	struct lb_route r;

	(void)state;
	next_block(4711);
	add_route(1, 11);
	next_block(0);
	add_route(1, 12);
	assert_int_equal(get_route(&r), 0);
	assert_int_equal(r.ifindex, 12);
}

static void route_get__errors(void **state)
{
	struct lb_route r;

	(void)state;
	next_block(0);
	add_end(1, NLMSG_ERROR, 0, -ENETUNREACH);
	assert_int_equal(get_route(&r), -ENETUNREACH);
	assert_int_equal(r.type, RTN_UNSPEC);
	/* an acknowledgement is no route */
	next_block(0);
	add_end(2, NLMSG_ERROR, 0, 0);
	assert_int_equal(get_route(&r), -EBADMSG);
	assert_int_equal(get_route(&r), -EIO);
}

/* what is told while it is heard */
static struct {
	FILE *stderr_was;
	char *text;
	size_t len;
} ear;

static void hear(void)
{
	ear.stderr_was = stderr;
	stderr = open_memstream(&ear.text, &ear.len);
	assert_non_null(stderr);
}

static void heard(const char *text)
{
	fclose(stderr);
	stderr = ear.stderr_was;
	assert_string_equal(ear.text, text);
	free(ear.text);
}

/* director web has 192.0.2.7 on lo; Return: of lb_vips_plan() */
static int plan(struct lb_vips *v)
{
	struct lb_director d = { .name = "web", .opts.vip_iface = "lo" };
	struct lb_director *director = &d;
	struct lb_model m = { .director = &director, .n_directors = 1 };

	assert_int_equal(lb_addr_parse(&d.addr, "192.0.2.7"), 0);
	return lb_vips_plan(v, &m, false);
}

static void vips_plan__several_blocks(void **state)
{
	struct lb_vips v;

	(void)state;
	next_block(0);
	add_addr(1, 0, "192.0.2.8");
	next_block(0);
	add_addr(1, 0, "192.0.2.7");
	add_end(1, NLMSG_DONE, NLM_F_MULTI, 0);
	assert_int_equal(plan(&v), 0);
	assert_int_equal(v.n_add, 0);
	assert_int_equal(v.n_del, 1);
	assert_int_equal(v.del[0].addr.b[3], 8);
	lb_vips_free(&v);
}

static void vips_plan__torn(void **state)
{
	struct lb_vips v;

	(void)state;
	/* .8 is seen, is gone the second time, and with it what was torn */
	next_block(0);
	add_addr(1, 0, "192.0.2.8");
	add_addr(1, 0, "192.0.2.7");
	next_block(0);
	add_addr(1, NLM_F_DUMP_INTR, "192.0.2.9");
	add_end(1, NLMSG_DONE, NLM_F_MULTI, 0);
	next_block(0);
	add_addr(2, 0, "192.0.2.9");
	add_end(2, NLMSG_DONE, NLM_F_MULTI, 0);
	assert_int_equal(plan(&v), 0);
	assert_int_equal(fake.seq, 2);
	assert_int_equal(v.n_add, 1);
	assert_int_equal(v.add[0].addr.b[3], 7);
	assert_int_equal(v.n_del, 1);
	assert_int_equal(v.del[0].addr.b[3], 9);
	lb_vips_free(&v);
}

static void vips_plan__fails(void **state)
{
	struct lb_vips v;
	uint32_t i;

	(void)state;
	/* the end of a list tells it, too */
	next_block(0);
	add_end(1, NLMSG_DONE, NLM_F_MULTI, -ENOMEM);
	hear();
	assert_int_equal(plan(&v), LB_EXIT_KERNEL);
	heard("lbctl: cannot read the addresses of this machine: Cannot allocate memory, nothing was changed\n");
	assert_int_equal(fake.seq, 1);
	lb_vips_free(&v);
	for (i = 2; i < 22; i++) {
		next_block(0);
		add_end(i, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0);
	}
	hear();
	assert_int_equal(plan(&v), LB_EXIT_KERNEL);
	heard("lbctl: cannot read the addresses of this machine: they change all the time, nothing was changed\n");
	assert_int_equal(fake.seq, 21);
	lb_vips_free(&v);
}

static void make_vip(struct lb_vip *vip, const char *addr)
{
	memset(vip, 0, sizeof(*vip));
	assert_int_equal(lb_addr_parse(&vip->addr, addr), 0);
	strcpy(vip->iface, "eth9");
	vip->ifindex = 9;
}

static void vips_add__fails(void **state)
{
	struct lb_vip vip[4];
	struct lb_vips v = { .add = vip, .n_add = 4 };

	(void)state;
	make_vip(&vip[0], "192.0.2.1");
	make_vip(&vip[1], "192.0.2.2");
	make_vip(&vip[2], "192.0.2.3");
	make_vip(&vip[3], "192.0.2.4");
	/* .1 is ours, .2 somebody else's, .3 refused; .1 goes again */
	next_block(0);
	add_end(1, NLMSG_ERROR, 0, 0);
	next_block(0);
	add_end(2, NLMSG_ERROR, 0, -EEXIST);
	next_block(0);
	add_end(3, NLMSG_ERROR, 0, -EACCES);
	next_block(0);
	add_end(4, NLMSG_ERROR, 0, 0);
	hear();
	assert_int_equal(lb_vips_add(&v), LB_EXIT_KERNEL);
	heard("lbctl: cannot add 192.0.2.3 to eth9: Permission denied, nothing was changed\n");
	assert_int_equal(fake.seq, 4);
	assert_false(vip[0].done);
}

static void vips_add__stays(void **state)
{
	struct lb_vip vip[2];
	struct lb_vips v = { .add = vip, .n_add = 2 };

	(void)state;
	make_vip(&vip[0], "192.0.2.1");
	make_vip(&vip[1], "2001:db8::1");
	next_block(0);
	add_end(1, NLMSG_ERROR, 0, 0);
	next_block(0);
	add_end(2, NLMSG_ERROR, 0, -EACCES);
	next_block(0);
	add_end(3, NLMSG_ERROR, 0, -EPERM);
	hear();
	assert_int_equal(lb_vips_add(&v), LB_EXIT_KERNEL);
	heard("lbctl: 192.0.2.1 was added to eth9 and could not be taken away again: Operation not permitted; the next 'lbctl apply' tries it\n"
	      "lbctl: cannot add 2001:db8::1 to eth9: Permission denied, the configuration in force is what it was\n");
}

static void vips_settle__stays(void **state)
{
	struct lb_vip vip[4];
	struct lb_vips v = { .del = vip, .n_del = 4 };

	(void)state;
	make_vip(&vip[0], "192.0.2.1");
	make_vip(&vip[1], "2001:db8::1");
	make_vip(&vip[2], "192.0.2.3");
	make_vip(&vip[3], "192.0.2.4");
	/* one that fails keeps no other one */
	next_block(0);
	add_end(1, NLMSG_ERROR, 0, -EADDRNOTAVAIL);
	next_block(0);
	add_end(2, NLMSG_ERROR, 0, -EPERM);
	next_block(0);
	add_end(3, NLMSG_ERROR, 0, -ENODEV);
	next_block(0);
	add_end(4, NLMSG_ERROR, 0, 0);
	hear();
	assert_int_equal(lb_vips_settle(&v), LB_EXIT_STAYS);
	heard("lbctl: the configuration is in force, but 2001:db8::1, which no director wants, is still on eth9: Operation not permitted; run 'lbctl apply' again, or 'ip addr del 2001:db8::1/128 dev eth9'\n");
	assert_true(vip[0].done && !vip[1].done && vip[2].done && vip[3].done);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(route_get__late),
		TEST(route_get__somebody_else),
		TEST(route_get__errors),
		TEST(vips_plan__several_blocks),
		TEST(vips_plan__torn),
		TEST(vips_plan__fails),
		TEST(vips_add__fails),
		TEST(vips_add__stays),
		TEST(vips_settle__stays),
	};

	return cmocka_run_group_tests_name("rtnl", tests, NULL, NULL);
}
