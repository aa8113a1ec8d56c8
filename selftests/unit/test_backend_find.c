// SPDX-License-Identifier: GPL-2.0
/*
 * What `lbctl backend check` sees in a picture, and how it is taken.
 */
#include "test_backend.h"

#include "backend/find.h"
#include "backend/want.h"

/* --- find --- */

static const char *found(void)
{
	struct lb_be_findings all = { 0 };
	size_t i;

	lb_be_find(&all, &state.requests, &snap);
	lb_buf_reset(&text);
	for (i = 0; i < all.n; i++)
		lb_buf_printf(&text, "%s%s%s", i ? " " : "",
			      all.f[i].severity == LB_BE_NOTE ? "-" : "",
			      all.f[i].id);
	lb_be_findings_free(&all);
	return lb_buf_str(&text);
}

static void right_server(void)
{
	picture(prepared);
	snap.all[LB_BE_ARP_IGNORE] = 1;
	snap.all[LB_BE_ARP_ANNOUNCE] = 2;
}

static void find__tunnels(void **unused)
{
	struct lb_be_link *l;

	(void)unused;
	ask("--mode ipip --vip " V4 " --rip " R4 " --lb 10.0.0.2");
	right_server();
	assert_string_equal(found(), "");
	l = lb_be_link_find(&snap, "lbt0");
	lb_addr_parse(&l->remote, "10.0.0.2");
	assert_string_equal(found(), "");
	lb_addr_parse(&l->remote, "10.0.0.3");
	assert_string_equal(found(), "tunnel-remote");
	right_server();
	l = lb_be_link_find(&snap, "lbt0");
	/* sit takes IPv4, too, if it is not kept from it */
	strcpy(l->kind, "sit");
	assert_string_equal(found(), "");
	strcpy(l->proto, "ip6ip");
	assert_string_equal(found(), "tunnel-kind");
	/* tunl0, up and down */
	right_server();
	l = lb_be_link_find(&snap, "lbt0");
	memset(&l->local, 0, sizeof(l->local));
	assert_string_equal(found(), "");
	l->up = false;
	assert_string_equal(found(), "tunnel-missing");
	right_server();
	l = lb_be_link_find(&snap, "lbt0");
	l->conf[LB_BE_RP_FILTER] = 2;
	assert_string_equal(found(), "rp-filter-tunnel");
}

static void find__arp_of_the_interface(void **unused)
{
	static const struct {
		int all, dev;
		const char *found;
	} row[] = {
		{ 0, 0, "arp-ignore" }, { 1, 0, "" }, { 0, 1, "" },
		{ 2, 0, "" }, { 1, 3, "arp-ignore" }, { 1, 8, "arp-ignore" },
	};
	size_t i;

	(void)unused;
	ask("--mode gateway --vip " V4 " --rip " R4);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		right_server();
		snap.all[LB_BE_ARP_IGNORE] = row[i].all;
		snap.link[1].conf[LB_BE_ARP_IGNORE] = row[i].dev;
		assert_string_equal(found(), row[i].found);
	}
}

static void find__arp_elsewhere(void **unused)
{
	static const struct {
		int all, eth0, eth1, announce;
		const char *found;
	} row[] = {
		{ 1, 0, 0, 2, "" },
		{ 0, 1, 0, 2, "-arp-ignore" },
		{ 1, 0, 3, 2, "-arp-ignore" },
		{ 1, 0, 8, 2, "" },
		{ 1, 0, 0, 3, "arp-announce" },
		{ 0, 0, 0, 2, "arp-ignore" },
	};
	size_t i;

	(void)unused;
	ask("--mode gateway --vip " V4 " --rip " R4);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		right_server();
		snap.link[2].broadcast = true;
		snap.all[LB_BE_ARP_IGNORE] = row[i].all;
		snap.all[LB_BE_ARP_ANNOUNCE] = row[i].announce;
		snap.link[1].conf[LB_BE_ARP_IGNORE] = row[i].eth0;
		snap.link[2].conf[LB_BE_ARP_IGNORE] = row[i].eth1;
		assert_string_equal(found(), row[i].found);
	}
	right_server();
	snap.link[2].broadcast = true;
	snap.link[2].conf[LB_BE_ARP_ANNOUNCE] = 4;
	assert_string_equal(found(), "-arp-announce");
}

static void find__interface_of_another_name(void **unused)
{
	struct lb_be_request *r;

	(void)unused;
	ask("--mode gateway --vip " V4 " --rip " R4 " --iface eth7");
	right_server();
	assert_string_equal(found(), "iface-missing");
	r = &state.requests.r[0];
	r->iface_found = true;
	assert_string_equal(found(), "");
	assert_ptr_equal(lb_be_rx_link(&snap, r), &snap.link[1]);
	snap.link[1].conf[LB_BE_ARP_IGNORE] = 8;
	assert_string_equal(found(), "arp-ignore");
}

static void find__names_for_a_shell(void **unused)
{
	struct lb_be_findings all = { 0 };
	size_t i;

	(void)unused;
	ask("--mode ipip --vip " V4 " --rip " R4);
	right_server();
	lb_be_parse_nft(&snap, "table inet a;b {\n\tchain in {\n\t\ttype filter "
			"hook input priority filter; policy drop;\n\t}\n}\n");
	strcpy(snap.link[1].name, "x;reboot");
	snap.link[1].conf[LB_BE_ARP_IGNORE] = 8;
	lb_addr_parse(&snap.link[1].addr[0].addr, V4);
	strcpy(snap.link[2].name, "$(id)'");
	snap.link[2].up = false;
	snap.link[2].conf[LB_BE_RP_FILTER] = 1;
	lb_be_find(&all, &state.requests, &snap);
	lb_buf_reset(&text);
	for (i = 0; i < all.n; i++)
		lb_buf_printf(&text, "%s\n", all.f[i].mend);
	lb_be_findings_free(&all);
	assert_non_null(strstr(lb_buf_str(&text), "dev 'x;reboot'\n"));
	assert_non_null(strstr(lb_buf_str(&text),
			       "ip link set '$(id)'\\''' up\n"));
	assert_non_null(strstr(lb_buf_str(&text),
			       "conf.'$(id)'\\'''.rp_filter=0\n"));
	assert_null(strstr(lb_buf_str(&text), "a;b"));
	assert_null(strstr(lb_buf_str(&text), " x;reboot"));
}

static void find__listeners(void **unused)
{
	static const struct {
		const char *ss, *found;
	} row[] = {
		{ "tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*\n", "" },
		{ "tcp LISTEN 0 128 *:80 *:*\n", "" },
		{ "tcp LISTEN 0 128 " V4 ":80 0.0.0.0:*\n", "" },
		{ "tcp LISTEN 0 128 0.0.0.0%eth0:80 0.0.0.0:*\n", "" },
		{ "tcp LISTEN 0 128 0.0.0.0%eth7:80 0.0.0.0:*\n",
		  "listener-address" },
		{ "tcp LISTEN 0 128 [::]:80 [::]:*\n", "listener-address" },
		{ "tcp LISTEN 0 128 127.0.0.1:80 0.0.0.0:*\n",
		  "listener-address" },
		{ "udp UNCONN 0 0 0.0.0.0:80 0.0.0.0:*\n", "listener" },
		{ "tcp LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*\n", "listener" },
		{ "", "listener" },
	};
	size_t i;

	(void)unused;
	ask("--mode gateway --vip " V4 ":80 --rip " R4);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		right_server();
		lb_be_parse_sockets(&snap, row[i].ss);
		assert_string_equal(found(), row[i].found);
	}
}

static void find__routes(void **unused)
{
	static const struct {
		const char *json, *found;
	} row[] = {
		{ "[{\"dst\":\"default\",\"gateway\":\"10.0.0.1\",\"dev\":\"eth0\"}]",
		  "" },
		{ "[{\"dst\":\"default\",\"gateway\":\"10.0.0.2\",\"dev\":\"eth0\"}]",
		  "route-balancer" },
		{ "[{\"dst\":\"default\",\"nexthops\":[{\"gateway\":\"10.0.0.1\",\"dev\":\"eth0\"},"
		  "{\"gateway\":\"10.0.0.2\",\"dev\":\"eth0\"}]}]",
		  "route-balancer" },
		{ "[{\"dst\":\"default\",\"gateway\":\"" V4 "\",\"dev\":\"eth0\"}]",
		  "route-balancer" },
		{ "", "no-route" },
		{ "[{\"type\":\"blackhole\",\"dst\":\"default\",\"dev\":\"lo\"}]",
		  "no-route" },
	};
	struct lb_addr vip;
	size_t i;

	(void)unused;
	lb_addr_parse(&vip, V4);
	ask("--mode gateway --vip " V4 " --rip " R4 " --lb 10.0.0.2");
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		right_server();
		lb_be_parse_route(&snap, &vip, row[i].json);
		assert_string_equal(found(), row[i].found);
	}
}

static void find__room_in_the_tunnel(void **unused)
{
	static const struct {
		const char *mode;
		unsigned int room;
	} row[] = {
		{ "ipip --vip " V4 " --rip " R4, 1440 },
		{ "gre --vip " V4 " --rip " R4, 1436 },
		{ "gue port 5 --vip " V4 " --rip " R4, 1428 },
		{ "ipip --vip " V6 " --rip " R4, 1420 },
		{ "ipip --vip " V4 " --rip " R6, 1420 },
		{ "ipip --vip " V6 " --rip " R6, 1400 },
		{ "gre --vip " V6 " --rip " R6, 1396 },
	};
	char words[128], json[128];
	struct lb_be_request *r;
	size_t i;
	int more;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		snprintf(words, sizeof(words), "--mode %s --iface eth0",
			 row[i].mode);
		for (more = 0; more < 2; more++) {
			ask(words);
			r = &state.requests.r[0];
			right_server();
			snprintf(json, sizeof(json),
				 "[{\"dst\":\"default\",\"dev\":\"eth0\","
				 "\"metrics\":[{\"advmss\":%u}]}]",
				 row[i].room + more);
			lb_be_parse_route(&snap, &r->vip, json);
			assert_int_equal(strstr(found(), "-mtu") != NULL, more);
			clean(unused);
		}
	}
}

static void find__firewalls(void **unused)
{
	(void)unused;
	ask("--mode gateway --vip " V4 " --rip " R4);
	right_server();
	lb_be_parse_nft(&snap, "table inet a {\n\tchain in {\n\t\ttype filter "
			"hook input priority filter; policy accept;\n\t}\n}\n");
	assert_string_equal(found(), "");
	lb_be_parse_nft(&snap, "table inet a {\n\tchain in {\n\t\ttype filter "
			"hook input priority filter; policy accept;\n"
			"\t\ttcp dport 23 drop\n\t}\n}\n");
	assert_string_equal(found(), "-firewall");
	assert_string_equal(snap.chain[1].name, "inet a in");
	lb_be_parse_nft(&snap, "table ip b {\n\tchain out {\n\t\ttype filter "
			"hook output priority filter; policy drop;\n\t}\n}\n");
	assert_int_equal(snap.n_chains, 2);
}

static void snap__no_json(void **unused)
{
	(void)unused;
	assert_int_not_equal(lb_be_parse_addrs(&snap, "1: lo: <LOOPBACK"), 0);
	assert_int_not_equal(lb_be_parse_fou(&snap, "port 5 gue"), 0);
	assert_int_equal(lb_be_parse_addrs(&snap, "[{}, 7, {\"ifname\":1}]"),
			 0);
}

static void fou__families(void **unused)
{
	(void)unused;
	assert_int_equal(lb_be_parse_fou(&snap,
		"[{\"port\":6081,\"ipproto\":4,\"family\":\"inet\"},"
		"{\"port\":6080,\"gue\":null,\"family\":\"inet6\"}]"), 0);
	assert_int_equal(snap.n_fous, 2);
	assert_false(snap.fou[0].gue);
	assert_true(snap.fou[1].gue);
	assert_int_equal(snap.fou[1].family, 16);
}

int main(void)
{
#define T(f)	cmocka_unit_test_teardown(f, clean)
	const struct CMUnitTest tests[] = {
		T(find__tunnels),
		T(find__arp_of_the_interface),
		T(find__arp_elsewhere),
		T(find__interface_of_another_name),
		T(find__names_for_a_shell),
		T(find__listeners),
		T(find__routes),
		T(find__room_in_the_tunnel),
		T(find__firewalls),
		T(snap__no_json),
		T(fou__families),
	};

	return cmocka_run_group_tests_name("backend_find", tests, NULL, NULL);
}
