// SPDX-License-Identifier: GPL-2.0
/*
 * How `lbctl backend` reads its options, what `check` sees in a picture, and how
 * that is taken.
 */
#include "test_backend.h"

#include "backend/find.h"
#include "backend/want.h"
#include "out.h"

/* --- find --- */

static bool listeners;

static const char *found(void)
{
	struct lb_be_findings all = { 0 };
	size_t i;

	lb_be_find(&all, &state.requests, &snap);
	lb_buf_reset(&text);
	for (i = 0; i < all.n; i++) {
		/* of each request without a port, which is most of them here */
		if (!listeners && !strcmp(all.f[i].id, "listener-unjudged"))
			continue;
		lb_buf_printf(&text, "%s%s%s", text.len ? " " : "",
			      all.f[i].severity == LB_BE_NOTE ? "-" : "",
			      all.f[i].id);
	}
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
	clean(unused);
	ask("--mode gateway --vip " V4 " --rip " R4);
	right_server();
	listeners = true;
	assert_string_equal(found(), "-listener-unjudged");
	listeners = false;
}

/* nobody told which is the balancer, and ARP did */
static void find__routers(void **unused)
{
	static const struct {
		const char *mode;
		enum lb_be_whose whose[2];
		const char *found;
	} row[] = {
		{ "gateway", { LB_BE_OTHER, LB_BE_OTHER }, "" },
		{ "gateway", { LB_BE_OTHER, LB_BE_NOBODY_KNOWS },
		  "-route-unjudged" },
		{ "gateway", { LB_BE_OTHER, LB_BE_BALANCER }, "route-balancer" },
		{ "nat", { LB_BE_BALANCER, LB_BE_OTHER }, "" },
		{ "nat", { LB_BE_OTHER, LB_BE_OTHER }, "-route-unjudged" },
	};
	struct lb_addr vip, rip;
	char words[128];
	size_t i;

	(void)unused;
	lb_addr_parse(&vip, V4);
	lb_addr_parse(&rip, R4);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		snprintf(words, sizeof(words), "--mode %s --vip " V4 " --rip " R4,
			 row[i].mode);
		clean(unused);
		ask(words);
		right_server();
		lb_be_parse_route(&snap, strcmp(row[i].mode, "nat") ? &vip : &rip,
				  "[{\"dst\":\"default\",\"nexthops\":["
				  "{\"gateway\":\"10.0.0.1\",\"dev\":\"eth0\"},"
				  "{\"gateway\":\"10.0.0.2\",\"dev\":\"eth0\"}]}]");
		snap.route[0].hop[0].whose = row[i].whose[0];
		snap.route[0].hop[1].whose = row[i].whose[1];
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
		{ "", "-no-route" },
		{ "[{\"type\":\"blackhole\",\"dst\":\"default\",\"dev\":\"lo\"}]",
		  "-no-route" },
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

/* --- options --- */

static void options_parse__modes(void **unused)
{
	static const struct {
		const char *words, *mode;
	} row[] = {
		{ "nat", "nat" },
		{ "gateway", "gateway" },
		{ "tunnel", "tunnel ipip" },
		{ "ipip", "tunnel ipip" },
		{ "tunnel gre", "tunnel gre" },
		{ "gue port 6080", "tunnel gue port 6080" },
		{ "gue --port 6080", "tunnel gue port 6080" },
		{ "tunnel gue port 6080", "tunnel gue port 6080" },
		{ "4in4", "tunnel ipip" },
	};
	struct lb_be_options o;
	char words[128];
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		snprintf(words, sizeof(words), "--vip " V4 " --rip " R4
			 " --mode %s", row[i].words);
		assert_int_equal(parse_words(&o, words), 0);
		lb_be_mode_print(&text, &o.vips.r[0]);
		assert_string_equal(lb_buf_str(&text), row[i].mode);
		lb_be_options_free(&o);
	}
}

static void options_parse__wrong(void **unused)
{
	static const struct {
		const char *words;
		int ret;
		const char *why;
	} row[] = {
		{ "--mode direct", LB_EXIT_VALUE, "'direct' is no mode" },
		{ "--mode nat gre", LB_EXIT_VALUE, "'nat gre' is no mode" },
		{ "--mode tunnel gre port 1", LB_EXIT_VALUE, "is no mode" },
		{ "--mode gue port", LB_EXIT_VALUE, "comes 'port PORT'" },
		{ "--mode gue port 70000", LB_EXIT_VALUE, "comes 'port PORT'" },
		{ "--mode gue --vip " V4 " --rip " R4, LB_EXIT_MISSING,
		  "gue needs its port" },
		{ "--mode gre --port 5 --vip " V4 " --rip " R4, LB_EXIT_VALUE,
		  "'--port' is for mode tunnel gue" },
		{ "--mode gre --vip " V4, LB_EXIT_MISSING, "--rip is missing" },
		{ "--mode gateway --vip " V4, LB_EXIT_MISSING,
		  "--rip is missing" },
		{ "--mode ipip --vip " V4 " --rip " V4, LB_EXIT_VALUE,
		  "the same address" },
		{ "--mode ipip --vip " V4 " --rip " R4 ":80", LB_EXIT_VALUE,
		  "only mode nat translates ports" },
		{ "--mode nat --vip " V4 " --rip " R6, LB_EXIT_VALUE,
		  "different families" },
		{ "--mode", LB_EXIT_MISSING, "'--mode' needs a value" },
		{ "--vip 10.0.0.0/24", LB_EXIT_VALUE, "is a range" },
		{ "--vip 2001:db8::1:80", LB_EXIT_VALUE, "is ambiguous" },
		{ "--vip 10.0.0.1/tcp", LB_EXIT_MISSING, "and no port" },
		{ "--vip 224.0.0.1", LB_EXIT_VALUE, "no address of a machine" },
		{ "--rip web1", LB_EXIT_VALUE, "not the address of a machine" },
		{ "--rip " R4 " " R6, LB_EXIT_USAGE, "too much behind '--rip'" },
		{ "--lb 1.2.3", LB_EXIT_VALUE, "not an IP address" },
		{ "--label x", LB_EXIT_VALUE, "not the N of a label" },
		{ "--iface a/b", LB_EXIT_VALUE, "not an interface name" },
		{ "--iface $(id)", LB_EXIT_VALUE, "not an interface name" },
		{ "--root tmp", LB_EXIT_VALUE, "no absolute path" },
		{ "--print linux", LB_EXIT_VALUE, "cannot print 'linux'" },
		{ "--vips " V4, LB_EXIT_USAGE, "did you mean '--vip'?" },
		{ V4, LB_EXIT_USAGE, "stands behind no option" },
		{ "--mode sit --vip " V6 " --rip " R6, LB_EXIT_VALUE,
		  "wants --rip to be an IPv4 address" },
		{ "--mode 6in6 --vip " V4 " --rip " R6, LB_EXIT_VALUE,
		  "wants --vip to be an IPv6 address" },
		{ "--vip=" V4 "/24", LB_EXIT_VALUE, "is a range" },
		{ "--vip " V4 "/128", LB_EXIT_VALUE, "is a range" },
		{ "--rip=", LB_EXIT_VALUE, "'' is not the address" },
		{ "--json", LB_EXIT_USAGE, "'--json' is no option of 'prepare'" },
		{ "--mode gateway --label 65535 --vip " V4 " 10.0.0.101 --rip "
		  R4, LB_EXIT_VALUE, "65535 is the last" },
	};
	struct lb_be_options o;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		assert_int_equal(parse_words(&o, row[i].words), row[i].ret);
		if (!strstr(lb_buf_str(&text), row[i].why))
			fail_msg("%s: %s", row[i].words, lb_buf_str(&text));
		lb_be_options_free(&o);
	}
}

static void options_parse__of_another_verb(void **unused)
{
	static const struct {
		enum lb_be_verb verb;
		char *word[2];
	} row[] = {
		{ LB_BE_UNDO, { "--client", R4 } },
		{ LB_BE_UNDO, { "--iface", "eth0" } },
		{ LB_BE_UNDO, { "--lb", R4 } },
		{ LB_BE_CHECK, { "--label", "1" } },
		{ LB_BE_RESTORE, { "--vip", V4 } },
	};
	struct lb_be_options o;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		lb_buf_reset(&text);
		assert_int_equal(lb_be_options_parse(&o, row[i].verb, 2,
						     (char **)row[i].word,
						     &text), LB_EXIT_USAGE);
		assert_non_null(strstr(lb_buf_str(&text), row[i].word[0]));
		assert_non_null(strstr(lb_buf_str(&text),
				       lb_be_verb_name(row[i].verb)));
		lb_be_options_free(&o);
	}
}

static void vip_parse__both_ways(void **unused)
{
	static const char *const vip[] = {
		V4, V4 ":80/tcp", V4 ":53/udp", "[" V6 "]:443/tcp",
		"[" V6 "]",
	};
	struct lb_be_request r = { 0 };
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(vip); i++) {
		lb_buf_reset(&text);
		assert_int_equal(lb_be_vip_parse(&r, vip[i], &text), 0);
		lb_be_vip_print(&text, &r);
		assert_string_equal(lb_buf_str(&text), vip[i]);
	}
}

int main(void)
{
#define T(f)	cmocka_unit_test_teardown(f, clean)
	const struct CMUnitTest tests[] = {
		T(options_parse__modes),
		T(options_parse__wrong),
		T(options_parse__of_another_verb),
		T(vip_parse__both_ways),
		T(find__tunnels),
		T(find__arp_of_the_interface),
		T(find__arp_elsewhere),
		T(find__interface_of_another_name),
		T(find__names_for_a_shell),
		T(find__listeners),
		T(find__routers),
		T(find__routes),
		T(find__room_in_the_tunnel),
		T(find__firewalls),
		T(snap__no_json),
		T(fou__families),
	};

	return cmocka_run_group_tests_name("backend_find", tests, NULL, NULL);
}
