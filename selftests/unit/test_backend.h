/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unit tests of lbctl backend share: pictures of machines, requests.
 */
#ifndef TEST_BACKEND_H
#define TEST_BACKEND_H

#include "unit.h"

#include "backend/options.h"
#include "backend/snap.h"
#include "backend/state.h"

#define R4	"10.0.0.11"
#define R6	"2001:db8::11"
#define V4	"10.0.0.100"
#define V6	"2001:db8::100"

/* what `ip -json -details address` prints of a plain server, shortened */
__attribute__((unused))
static const char plain[] =
	"[{\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\"],\"mtu\":65536,"
	"\"addr_info\":[{\"family\":\"inet\",\"local\":\"127.0.0.1\","
	"\"prefixlen\":8,\"label\":\"lo\"}]},"
	"{\"ifname\":\"eth0\",\"flags\":[\"BROADCAST\",\"UP\"],\"mtu\":1500,"
	"\"addr_info\":[{\"family\":\"inet\",\"local\":\"" R4 "\","
	"\"prefixlen\":24,\"label\":\"eth0\"},{\"family\":\"inet6\","
	"\"local\":\"" R6 "\",\"prefixlen\":64}]}]";

static struct lb_be_snap snap;
static struct lb_be_state state;
static struct lb_buf text;

static inline void picture(const char *json)
{
	size_t i;
	int n;

	lb_be_snap_free(&snap);
	assert_int_equal(lb_be_parse_addrs(&snap, json), 0);
	snap.has_fou = true;
	for (i = 0; i < snap.n_links; i++) {
		for (n = 0; n < LB_BE_SYSCTLS; n++)
			snap.link[i].conf[n] = 0;
		snap.link[i].no_ipv6 = 0;
	}
}

static inline int parse_words(struct lb_be_options *o, const char *words)
{
	static char copy[512];
	char *argv[64], *save, *w;
	int argc = 0, ret;

	lb_buf_reset(&text);
	strcpy(copy, words);
	for (w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	ret = lb_be_options_parse(o, LB_BE_PREPARE, argc, argv, &text);
	return ret ? ret : lb_be_options_join(o, &text);
}

static inline void ask(const char *words)
{
	struct lb_be_options o;
	size_t i;

	if (parse_words(&o, words))
		fail_msg("%s: %s", words, lb_buf_str(&text));
	for (i = 0; i < o.vips.n; i++)
		lb_be_requests_add(&state.requests, &o.vips.r[i]);
	lb_be_options_free(&o);
}

static inline int clean(void **unused)
{
	(void)unused;
	lb_be_snap_free(&snap);
	lb_be_state_free(&state);
	lb_buf_free(&text);
	return 0;
}

/* the same, prepared for two VIPs by ipip */
static const char prepared[] =
	"[{\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\"],\"mtu\":65536,"
	"\"addr_info\":[{\"local\":\"" V4 "\",\"prefixlen\":32},"
	"{\"local\":\"10.0.0.101\",\"prefixlen\":32}]},"
	"{\"ifname\":\"eth0\",\"flags\":[\"BROADCAST\",\"UP\"],\"mtu\":1500,"
	"\"addr_info\":[{\"local\":\"" R4 "\",\"prefixlen\":24}]},"
	"{\"ifname\":\"lbt0\",\"flags\":[\"NOARP\",\"UP\"],\"mtu\":1480,"
	"\"linkinfo\":{\"info_kind\":\"ipip\",\"info_data\":{\"proto\":\"any\","
	"\"remote\":\"any\",\"local\":\"" R4 "\"}},\"addr_info\":[]}]";

#endif
