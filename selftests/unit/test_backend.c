// SPDX-License-Identifier: GPL-2.0
/*
 * What `lbctl backend` computes before it changes anything: commands for every
 * mode and family, the rp_filter matrix, what is kept by undo.
 */
#include "test_backend.h"

#include "backend/plan.h"
#include "backend/want.h"

static const char *commands(const struct lb_be_plan *p)
{
	size_t i;

	lb_buf_reset(&text);
	for (i = 0; i < p->n; i++)
		lb_buf_printf(&text, "%s\n", p->step[i].cmd);
	return lb_buf_str(&text);
}

/* the commands for what was asked so far; what they make counts as made */
static void expect_do(const char *expected)
{
	struct lb_be_items want = { 0 };
	struct lb_be_plan p = { 0 };

	lb_be_want(&want, &state.requests, &snap, &state.made);
	lb_be_plan_do(&p, &want, &snap, &state.made);
	assert_string_equal(commands(&p), expected);
	lb_be_plan_free(&p);
	lb_be_items_free(&want);
}

static void expect_undo(const char *expected, const char *notes)
{
	struct lb_be_items keep = { 0 }, left = { 0 };
	struct lb_be_plan p = { 0 };

	lb_be_want(&keep, &state.requests, &snap, &state.made);
	lb_be_plan_undo(&p, &state.made, &keep, &snap, &left);
	assert_string_equal(commands(&p), expected);
	assert_string_equal(lb_buf_str(&p.note), notes);
	lb_be_items_free(&state.made);
	state.made = left;
	lb_be_plan_free(&p);
	lb_be_items_free(&keep);
}

/* what a boot makes again */
static void expect_restore(const char *expected)
{
	struct lb_be_items want = { 0 };
	struct lb_be_plan p = { 0 };

	lb_be_want(&want, &state.requests, &snap, &state.made);
	lb_be_plan_restore(&p, &want, &snap, &state.made);
	assert_string_equal(commands(&p), expected);
	lb_be_plan_free(&p);
	lb_be_items_free(&want);
}

/* is this setting wanted, and with which value? */
static int wanted(const char *dev, enum lb_be_sysctl which)
{
	struct lb_be_item key = { .kind = LB_BE_SYSCTL, .sysctl = which };
	struct lb_be_items want = { 0 };
	const struct lb_be_item *i;
	int value;

	strcpy(key.dev, dev);
	lb_be_want(&want, &state.requests, &snap, &state.made);
	i = lb_be_items_find(&want, &key);
	value = i ? i->value : LB_BE_UNKNOWN;
	lb_be_items_free(&want);
	return value;
}

/* --- want and plan --- */

#define ARP	"sysctl -w net.ipv4.conf.all.arp_ignore=1\n" \
		"sysctl -w net.ipv4.conf.all.arp_announce=2\n"
#define LO4	"ip addr add " V4 "/32 dev lo label lo:5\n"
#define LO6	"ip addr add " V6 "/128 dev lo\n"

static void want__every_mode_and_family(void **unused)
{
	static const struct {
		const char *words, *commands;
	} row[] = {
		{ "nat --vip " V4 " --rip " R4, "" },
		{ "gateway --vip " V4 " --rip " R4, ARP LO4 },
		{ "gateway --vip " V6 " --rip " R6, LO6 },
		{ "ipip --vip " V4 " --rip " R4,
		  ARP "ip link add lbt0 type ipip local " R4 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n" LO4 },
		{ "ipip --vip " V6 " --rip " R4,
		  "ip link add lbt0 type sit local " R4 " remote any\n"
		  "ip link set lbt0 up\n" LO6 },
		{ "ipip --vip " V6 " --rip " R6,
		  "ip link add lbt0 type ip6tnl local " R6 " mode any\n"
		  "ip link set lbt0 up\n" LO6 },
		{ "ipip --vip " V4 " --rip " R6,
		  ARP "ip link add lbt0 type ip6tnl local " R6 " mode any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n" LO4 },
		{ "gre --vip " V4 " --rip " R4,
		  ARP "ip link add lbt0 type gre local " R4 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n" LO4 },
		{ "gre --vip " V6 " --rip " R4,
		  "ip link add lbt0 type gre local " R4 " remote any\n"
		  "ip link set lbt0 up\n" LO6 },
		{ "gre --vip " V6 " --rip " R6,
		  "ip link add lbt0 type ip6gre local " R6 " remote any\n"
		  "ip link set lbt0 up\n" LO6 },
		{ "gre --vip " V4 " --rip " R6,
		  ARP "ip link add lbt0 type ip6gre local " R6 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n" LO4 },
		{ "gue port 6080 --vip " V4 " --rip " R4,
		  ARP "ip fou add port 6080 gue\n"
		  "ip link add lbt0 type ipip local " R4 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n" LO4 },
		{ "gue port 6080 --vip " V6 " --rip " R6,
		  "ip fou add port 6080 gue -6\n"
		  "ip link add lbt0 type ip6tnl local " R6 " mode any\n"
		  "ip link set lbt0 up\n" LO6 },
		{ "gue port 6080 --vip " V6 " --rip " R4,
		  "ip fou add port 6080 gue\n"
		  "ip link add lbt0 type sit local " R4 " remote any\n"
		  "ip link set lbt0 up\n" LO6 },
	};
	char words[160];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		picture(plain);
		snprintf(words, sizeof(words), "--label 5 --mode %s",
			 row[i].words);
		ask(words);
		expect_do(row[i].commands);
		clean(unused);
	}
}

static void want__strict_filter_of_all(void **unused)
{
	(void)unused;
	picture(plain);
	snap.all[LB_BE_RP_FILTER] = 1;
	ask("--label 5 --mode ipip --vip " V4 " " V6 " --rip " R4);
	expect_do(ARP "ip link add lbt0 type ipip local " R4 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=2\n"
		  "ip link set lbt0 up\n"
		  "ip addr add " V4 "/32 dev lbt0\n"
		  "ip link add lbt1 type sit local " R4 " remote any\n"
		  "ip link set lbt1 up\n" LO4 LO6);
}

static void want__strict_filter_of_interface(void **unused)
{
	struct lb_addr vip;

	(void)unused;
	picture(plain);
	lb_addr_parse(&vip, V4);
	snap.all[LB_BE_RP_FILTER] = 1;
	ask("--label 5 --mode gateway --vip " V4 " --rip " R4);
	lb_be_parse_route(&snap, &vip,
			  "[{\"dst\":\"default\",\"dev\":\"eth0\"}]");
	expect_do(ARP LO4);
	snap.n_routes = 0;
	lb_be_items_free(&state.made);
	lb_be_parse_route(&snap, &vip,
			  "[{\"dst\":\"default\",\"dev\":\"eth1\"}]");
	expect_do(ARP "sysctl -w net.ipv4.conf.eth0.rp_filter=2\n" LO4);
	/* at boot, before there are routes */
	snap.n_routes = 0;
	expect_do(ARP "sysctl -w net.ipv4.conf.eth0.rp_filter=2\n" LO4);
}

static void want__dotted_interface(void **unused)
{
	struct lb_buf b = { 0 };

	(void)unused;
	lb_be_sysctl_key(&b, "eth0.100", LB_BE_RP_FILTER);
	assert_string_equal(lb_buf_str(&b),
			    "net/ipv4/conf/eth0.100/rp_filter");
	lb_buf_free(&b);
}

static void want__loads_fou_once(void **unused)
{
	(void)unused;
	picture(plain);
	snap.has_fou = false;
	ask("--mode gue port 5 --vip " V6 " --rip " R4);
	ask("--mode gue port 5 --vip " V6 " --rip " R6);
	expect_do("modprobe fou\nip fou add port 5 gue\n"
		  "ip link add lbt0 type sit local " R4 " remote any\n"
		  "ip link set lbt0 up\n"
		  "ip fou add port 5 gue -6\n"
		  "ip link add lbt1 type ip6tnl local " R6 " mode any\n"
		  "ip link set lbt1 up\n" LO6);
}

static void prepare_two(void)
{
	picture(plain);
	ask("--label 5 --mode ipip --vip " V4 " 10.0.0.101 --rip " R4);
	expect_do(ARP "ip link add lbt0 type ipip local " R4 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n" LO4
		  "ip addr add 10.0.0.101/32 dev lo label lo:6\n");
	picture(prepared);
	snap.all[LB_BE_ARP_IGNORE] = 1;
	snap.all[LB_BE_ARP_ANNOUNCE] = 2;
}

static void plan_do__nothing_twice(void **unused)
{
	(void)unused;
	prepare_two();
	expect_do("");
}

static void plan_undo__one_of_two(void **unused)
{
	struct lb_addr vip;

	(void)unused;
	prepare_two();
	lb_addr_parse(&vip, V4);
	assert_true(lb_be_requests_drop(&state.requests, &vip, NULL));
	assert_false(lb_be_requests_drop(&state.requests, &vip, NULL));
	expect_undo("ip addr del " V4 "/32 dev lo\n", "");
	lb_be_requests_free(&state.requests);
	expect_undo("ip addr del 10.0.0.101/32 dev lo\n"
		    "ip link del lbt0\n"
		    "sysctl -w net.ipv4.conf.all.arp_announce=0\n"
		    "sysctl -w net.ipv4.conf.all.arp_ignore=0\n", "");
}

static void plan_undo__changed_meanwhile(void **unused)
{
	(void)unused;
	prepare_two();
	snap.all[LB_BE_ARP_ANNOUNCE] = 1;
	/* somebody made another tunnel of the name, and took an address away */
	lb_addr_parse(&snap.link[2].local, "10.0.0.12");
	snap.link[0].n_addrs = 1;
	lb_be_requests_free(&state.requests);
	expect_undo("ip addr del " V4 "/32 dev lo\n"
		    "sysctl -w net.ipv4.conf.all.arp_ignore=0\n",
		    "lbt0 is another device by now: left alone\n"
		    "net.ipv4.conf.all.arp_announce is 1 by now, not the 2 it was set to: left alone\n");
}

/* what does as well is taken as it is, but is not ours, nor what was before */
static void plan_undo__changed_and_prepared_again(void **unused)
{
	(void)unused;
	prepare_two();
	snap.all[LB_BE_ARP_IGNORE] = 2;
	expect_do("");
	expect_do("");
	assert_int_equal(wanted("all", LB_BE_ARP_IGNORE), 2);
	lb_be_requests_free(&state.requests);
	expect_undo("ip addr del 10.0.0.101/32 dev lo\n"
		    "ip addr del " V4 "/32 dev lo\n"
		    "ip link del lbt0\n"
		    "sysctl -w net.ipv4.conf.all.arp_announce=0\n",
		    "net.ipv4.conf.all.arp_ignore is 2 by now, not the 1 it was set to: left alone\n");
}

/* what will not do is set again, and goes back to what it was then */
static void plan_undo__changed_and_set_again(void **unused)
{
	(void)unused;
	prepare_two();
	snap.all[LB_BE_ARP_IGNORE] = 3;
	expect_do("sysctl -w net.ipv4.conf.all.arp_ignore=1\n");
	snap.all[LB_BE_ARP_IGNORE] = 1;
	lb_be_requests_free(&state.requests);
	expect_undo("ip addr del 10.0.0.101/32 dev lo\n"
		    "ip addr del " V4 "/32 dev lo\n"
		    "ip link del lbt0\n"
		    "sysctl -w net.ipv4.conf.all.arp_announce=0\n"
		    "sysctl -w net.ipv4.conf.all.arp_ignore=3\n", "");
}

/* a prepare or an undo that was killed half-way, an address that came again */
static void plan_undo__as_before_already(void **unused)
{
	(void)unused;
	prepare_two();
	snap.all[LB_BE_ARP_IGNORE] = 0;
	snap.all[LB_BE_ARP_ANNOUNCE] = 0;
	snap.n_links = 2;
	snap.link[0].addr[1].prefix = 28;
	lb_be_requests_free(&state.requests);
	expect_undo("ip addr del " V4 "/32 dev lo\n",
		    "10.0.0.101 on lo has /28 by now: left alone\n");
	snap.n_links = 3;
}

/* it does not come back: another of its name would be somebody else's */
static void plan_undo__our_tunnel_is_gone(void **unused)
{
	struct lb_addr vip;
	size_t i;

	(void)unused;
	prepare_two();
	snap.n_links = 2;
	lb_addr_parse(&vip, "10.0.0.101");
	lb_be_requests_drop(&state.requests, &vip, NULL);
	lb_addr_parse(&vip, V4);
	lb_be_requests_drop(&state.requests, &vip, NULL);
	ask("--label 5 --mode gateway --vip " V4 " --rip " R4);
	expect_undo("ip addr del 10.0.0.101/32 dev lo\n", "");
	for (i = 0; i < state.made.n; i++)
		assert_string_not_equal(state.made.item[i].dev, "lbt0");
	snap.n_links = 3;
}

static void requests_inherit__what_is_not_told(void **unused)
{
	struct lb_be_request *old, r;

	(void)unused;
	ask("--mode gateway --vip " V4 " --rip " R4
	    " --lb 10.0.0.2 10.0.0.3 --client 192.0.2.1 --iface eth1");
	old = &state.requests.r[0];
	r = *old;
	r.n_lb = 0;
	r.client.len = 0;
	r.iface[0] = '\0';
	lb_be_requests_inherit(&state.requests, &r);
	assert_int_equal(r.n_lb, 2);
	assert_true(lb_addr_equal(&r.client, &old->client));
	assert_string_equal(r.iface, "eth1");
	/* told, or for another address of this machine */
	r.n_lb = 1;
	lb_be_requests_inherit(&state.requests, &r);
	assert_int_equal(r.n_lb, 1);
	r.n_lb = 0;
	lb_addr_parse(&r.rip, "10.0.0.12");
	lb_be_requests_inherit(&state.requests, &r);
	assert_int_equal(r.n_lb, 0);
}

static void plan_restore__all_that_was_made(void **unused)
{
	(void)unused;
	prepare_two();
	expect_restore("");
	picture(plain);
	expect_restore(ARP
		       "ip link add lbt0 type ipip local " R4 " remote any\n"
		       "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		       "ip link set lbt0 up\n" LO4
		       "ip addr add 10.0.0.101/32 dev lo label lo:6\n");
	/* an administrator's device has the name: ours is not made by another */
	strcpy(snap.link[1].name, "lbt0");
	expect_restore(ARP
		       "ip link add lbt0 type ipip local " R4 " remote any\n"
		       LO4 "ip addr add 10.0.0.101/32 dev lo label lo:6\n");
}

/* Before his own configuration has made them: his tunnel is not made for him,
 * but what is set on it fails, so that the unit tries again.
 */
static void plan_restore__not_the_admins(void **unused)
{
	(void)unused;
	picture(prepared);
	strcpy(snap.link[2].name, "mine");
	ask("--label 5 --mode ipip --vip " V4 " --rip " R4);
	expect_do(ARP);
	picture(plain);
	expect_restore(ARP "sysctl -w net.ipv4.conf.mine.rp_filter=0\n");
}

/* two VIPs through a tunnel of the administrator's that needs an address */
static void adopt_for_two(void)
{
	picture(prepared);
	strcpy(snap.link[2].name, "tun9");
	snap.all[LB_BE_RP_FILTER] = 1;
	snap.link[2].conf[LB_BE_RP_FILTER] = 1;
	snap.link[0].n_addrs = 0;
	ask("--label 5 --mode ipip --vip " V4 " 10.0.0.101 --rip " R4);
	expect_do(ARP "sysctl -w net.ipv4.conf.tun9.rp_filter=2\n"
		  "ip addr add " V4 "/32 dev tun9\n"
		  "ip addr add 10.0.0.101/32 dev tun9\n" LO4
		  "ip addr add 10.0.0.101/32 dev lo label lo:6\n");
	snap.link[0].n_addrs = 2;
	snap.all[LB_BE_ARP_IGNORE] = 1;
	snap.all[LB_BE_ARP_ANNOUNCE] = 2;
}

static void plan_restore__found_tunnel_is_late(void **unused)
{
	struct lb_be_state copy = { 0 };

	(void)unused;
	adopt_for_two();
	/* a boot knows what the file says */
	lb_buf_reset(&text);
	lb_be_state_print(&text, &state);
	assert_int_equal(lb_be_state_parse(&copy, lb_buf_str(&text), &text), 0);
	lb_be_state_free(&state);
	state = copy;
	snap.n_links = 2;
	expect_restore("sysctl -w net.ipv4.conf.tun9.rp_filter=2\n"
		       "ip addr add " V4 "/32 dev tun9\n"
		       "ip addr add 10.0.0.101/32 dev tun9\n");
	/* there, with what sysctl.d says */
	snap.n_links = 3;
	snap.link[2].conf[LB_BE_RP_FILTER] = 2;
	expect_restore("ip addr add " V4 "/32 dev tun9\n"
		       "ip addr add 10.0.0.101/32 dev tun9\n");
	/* another tunnel by now: nothing is put on it */
	lb_addr_parse(&snap.link[2].local, "10.0.0.12");
	expect_restore("");
}

static void plan_undo__found_tunnel_is_away(void **unused)
{
	struct lb_addr vip;
	size_t i;

	(void)unused;
	adopt_for_two();
	lb_addr_parse(&vip, "10.0.0.101");
	assert_true(lb_be_requests_drop(&state.requests, &vip, NULL));
	snap.n_links = 2;
	expect_undo("ip addr del 10.0.0.101/32 dev lo\n", "");
	/* for sysctl.d */
	assert_int_equal(wanted("tun9", LB_BE_RP_FILTER), 2);
	assert_int_equal(wanted("lbt0", LB_BE_RP_FILTER), LB_BE_UNKNOWN);
	/* and back, as it was: what was to be undone meanwhile is still known */
	snap.n_links = 3;
	snap.link[2].conf[LB_BE_RP_FILTER] = 2;
	for (i = 0; i < 2; i++) {
		snap.link[2].addr = lb_grow(snap.link[2].addr, i,
					    sizeof(*snap.link[2].addr));
		snap.link[2].addr[i] = snap.link[0].addr[i];
	}
	snap.link[2].n_addrs = 2;
	snap.link[0].n_addrs = 1;
	expect_restore("");
	expect_undo("ip addr del 10.0.0.101/32 dev tun9\n", "");
	snap.link[2].n_addrs = 1;
	lb_be_requests_free(&state.requests);
	expect_undo("ip addr del " V4 "/32 dev lo\n"
		    "ip addr del " V4 "/32 dev tun9\n"
		    "sysctl -w net.ipv4.conf.tun9.rp_filter=1\n"
		    "sysctl -w net.ipv4.conf.all.arp_announce=0\n"
		    "sysctl -w net.ipv4.conf.all.arp_ignore=0\n", "");
}

static void want__interface_away(void **unused)
{
	struct lb_addr vip;

	(void)unused;
	picture(plain);
	lb_addr_parse(&vip, V4);
	snap.all[LB_BE_RP_FILTER] = 1;
	snap.link[1].conf[LB_BE_ARP_IGNORE] = 8;
	lb_be_parse_route(&snap, &vip,
			  "[{\"dst\":\"default\",\"dev\":\"eth1\"}]");
	ask("--label 5 --mode gateway --vip " V4 " --rip " R4 " --iface eth0");
	expect_do(ARP "sysctl -w net.ipv4.conf.eth0.arp_ignore=1\n"
		  "sysctl -w net.ipv4.conf.eth0.rp_filter=2\n" LO4);
	snap.n_routes = 0;
	snap.n_links = 1;
	assert_int_equal(wanted("eth0", LB_BE_RP_FILTER), 2);
	assert_int_equal(wanted("eth0", LB_BE_ARP_IGNORE), 1);
	snap.n_links = 2;
}

/* it would not be read back from the state */
static void want__odd_tunnel_name(void **unused)
{
	(void)unused;
	picture(prepared);
	strcpy(snap.link[2].name, "tun#1");
	ask("--label 5 --mode ipip --vip " V4 " --rip " R4);
	expect_do(ARP "ip link add lbt0 type ipip local " R4 " remote any\n"
		  "sysctl -w net.ipv4.conf.lbt0.rp_filter=0\n"
		  "ip link set lbt0 up\n");
}

static void want__what_will_do_stays(void **unused)
{
	struct lb_addr vip;

	(void)unused;
	picture(plain);
	lb_addr_parse(&vip, V4);
	snap.link[1].conf[LB_BE_RP_FILTER] = 1;
	snap.link[1].conf[LB_BE_ARP_ANNOUNCE] = 3;
	lb_be_parse_route(&snap, &vip,
			  "[{\"dst\":\"default\",\"dev\":\"eth1\"}]");
	ask("--label 5 --mode gateway --vip " V4 " --rip " R4);
	expect_do(ARP "sysctl -w net.ipv4.conf.eth0.arp_announce=2\n"
		  "sysctl -w net.ipv4.conf.eth0.rp_filter=2\n" LO4);
	snap.all[LB_BE_ARP_IGNORE] = 2;
	snap.link[1].conf[LB_BE_RP_FILTER] = 0;
	assert_int_equal(wanted("eth0", LB_BE_RP_FILTER), 0);
	assert_int_equal(wanted("all", LB_BE_ARP_IGNORE), 2);
	snap.link[1].conf[LB_BE_ARP_ANNOUNCE] = 2;
	snap.all[LB_BE_ARP_ANNOUNCE] = 2;
	expect_restore(LO4);
}

static void plan_do__foreign_tunnel(void **unused)
{
	(void)unused;
	picture(prepared);
	strcpy(snap.link[2].name, "mine");
	snap.link[2].up = false;
	ask("--label 5 --mode ipip --vip " V4 " --rip " R4);
	expect_do(ARP "ip link set mine up\n");
	snap.link[2].up = true;
	snap.all[LB_BE_ARP_IGNORE] = 1;
	snap.all[LB_BE_ARP_ANNOUNCE] = 2;
	lb_be_requests_free(&state.requests);
	expect_undo("ip link set mine down\n"
		    "sysctl -w net.ipv4.conf.all.arp_announce=0\n"
		    "sysctl -w net.ipv4.conf.all.arp_ignore=0\n", "");
}

static void rp_filter_passes__matrix(void **unused)
{
	/* by the larger value, without and with an address */
	static const bool passes[3][2] = {
		{ true, true }, { false, false }, { false, true },
	};
	int all, dev, addr, value;
	bool need;

	(void)unused;
	for (all = 0; all < 3; all++) {
		for (dev = 0; dev < 3; dev++)
			for (addr = 0; addr < 2; addr++)
				assert_int_equal(lb_be_rp_filter_passes(all,
							dev, addr),
						 passes[all > dev ? all : dev]
						       [addr]);
		lb_be_rp_filter_want(all, &value, &need);
		assert_true(lb_be_rp_filter_passes(all, value, need));
	}
}

/* --- state --- */

static void state__both_ways(void **unused)
{
	struct lb_be_state copy = { 0 };
	struct lb_buf again = { 0 };

	(void)unused;
	prepare_two();
	ask("--mode gue port 6080 --vip [" V6 "]:53/udp --rip " R6
	    " --lb 10.0.0.1 2001:db8::1 --client 192.0.2.1 --iface eth0");
	ask("--mode nat --vip " V4 ":80 --rip " R4 ":8080");
	picture(prepared);
	state.requests.r[1].iface_found = true;
	lb_be_state_add_dir(&state, "/var/lib/lbctl");
	lb_buf_reset(&text);
	lb_be_state_print(&text, &state);
	assert_int_equal(lb_be_state_parse(&copy, lb_buf_str(&text), &again),
			 0);
	lb_be_state_print(&again, &copy);
	assert_string_equal(lb_buf_str(&again), lb_buf_str(&text));
	lb_be_state_free(&copy);
	lb_buf_free(&again);
}

static void state__wrong(void **unused)
{
	static const char *const wrong[] = {
		"", "[]", "{", "{\"version\": 2}", "{\"version\": 1}",
		"{\"version\": 1, \"requests\": [], \"made\": [{}], \"directories\": []}",
		"{\"version\": 1, \"requests\": [{}], \"made\": [], \"directories\": []}",
		"{\"version\": 1, \"requests\": [], \"directories\": [], \"made\": [{\"kind\": \"up\", \"dev\": \"a b\"}]}",
		"{\"version\": 1, \"requests\": [], \"directories\": [], \"made\": [{\"kind\": \"link\", \"dev\": \"x\", \"type\": \"veth\"}]}",
	};
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_not_equal(lb_be_state_parse(&state, wrong[i], &text),
				     0);
		lb_be_state_free(&state);
	}
}

int main(void)
{
#define T(f)	cmocka_unit_test_teardown(f, clean)
	const struct CMUnitTest tests[] = {
		T(want__every_mode_and_family),
		T(want__strict_filter_of_all),
		T(want__strict_filter_of_interface),
		T(want__dotted_interface),
		T(want__loads_fou_once),
		T(plan_do__nothing_twice),
		T(plan_do__foreign_tunnel),
		T(plan_restore__all_that_was_made),
		T(plan_restore__not_the_admins),
		T(plan_restore__found_tunnel_is_late),
		T(want__interface_away),
		T(want__odd_tunnel_name),
		T(want__what_will_do_stays),
		T(plan_undo__one_of_two),
		T(plan_undo__changed_meanwhile),
		T(plan_undo__changed_and_prepared_again),
		T(plan_undo__changed_and_set_again),
		T(plan_undo__found_tunnel_is_away),
		T(plan_undo__our_tunnel_is_gone),
		T(plan_undo__as_before_already),
		T(requests_inherit__what_is_not_told),
		T(rp_filter_passes__matrix),
		T(state__both_ways),
		T(state__wrong),
	};

	return cmocka_run_group_tests_name("backend", tests, NULL, NULL);
}
