// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong inputs and exactly what is said about them, one row per diagnostic:
 * nat sections.
 */
#include "test_conf.h"

const struct wrong wrong_nats[] = {
	{ "nat__no_name",
	  IN("nat\n"
	  " after src 10.0.0.1\n"),
	  "1:4: error: the nat section has no name\n" },
	{ "nat__dup",
	  IN("nat n\n"
	  " after src 10.0.0.1\n"
	  "nat n\n"
	  " after src 10.0.0.2\n"),
	  "3:5: error: nat 'n' is already defined on line 1\n" },
	{ "nat__no_after",
	  IN("nat n\n"
	  " in eth0\n"),
	  "1:5: error: nat 'n' has no 'after': it changes nothing\n"
	  "hint: add 'after src ADDR'\n" },
	{ "nat__after_empty",
	  IN("nat n\n"
	  " after\n"),
	  "2:7: error: 'after' needs src, dst, srcport or dstport\n" },
	{ "nat__ports_no_proto",
	  IN("nat n\n"
	  " before dstport 80\n"
	  " after src 10.0.0.1\n"),
	  "2:9: error: nat 'n' names ports but no protocol\n"
	  "hint: add 'proto TCP' or 'proto UDP'\n" },
	{ "nat__after_ports_no_proto",
	  IN("nat n\n"
	  " before src 10.0.0.0/8\n"
	  " after src 10.0.0.1 srcport 1024-2047\n"),
	  "3:21: error: nat 'n' names ports but no protocol\n"
	  "hint: add 'proto TCP' or 'proto UDP'\n" },
	{ "nat__proto_unknown",
	  IN("nat n\n"
	  " proto sctp\n"
	  " before dstport 80\n"
	  " after src 10.0.0.1\n"),
	  "2:8: error: unknown protocol 'sctp': TCP or UDP\n" },
	{ "nat__proto_missing",
	  IN("nat n\n"
	  " proto\n"
	  " after src 10.0.0.1\n"),
	  "2:7: error: 'proto' needs TCP or UDP\n" },
	{ "nat__port_in_address",
	  IN("nat n\n"
	  " proto tcp\n"
	  " before dst 198.51.100.1:80\n"
	  " after src 10.0.0.1\n"),
	  "3:13: error: '198.51.100.1:80' is not a network\n"
	  "hint: write 'dst 198.51.100.1 dstport 80'\n" },
	{ "nat__icmp",
	  IN("nat n\n"
	  " proto icmp\n"
	  " after src 10.0.0.1\n"),
	  "2:8: error: a nat section takes TCP and UDP only\n" },
	{ "nat__families",
	  IN("nat n\n"
	  " before dst 10.0.0.1\n"
	  " after src 2001:db8::1\n"),
	  "3:8: error: nat 'n' mixes IPv4 and IPv6\n"
	  "hint: no packet changes its family: write a section for each\n" },
	{ "nat__families_before",
	  IN("nat n\n"
	  " before src 2001:db8::/32 dst 10.0.0.1\n"
	  " after src 2001:db8::1\n"),
	  "2:27: error: nat 'n' mixes IPv4 and IPv6\n"
	  "hint: no packet changes its family: write a section for each\n" },
	{ "nat__families_of_wrong_lines",
	  IN("nat n\n"
	  " before dst 10.0.0.0/33\n"
	  " after src 2001:db8::1\n"),
	  "2:13: error: '10.0.0.0/33' is not a network\n" },
	{ "nat__unknown",
	  IN("nat n\n"
	  " after source 10.0.0.1\n"),
	  "2:8: error: unknown keyword 'source' in 'after'\n" },
	{ "nat__after_dst",
	  IN("nat n\n"
	  " proto udp\n"
	  " after dst 10.0.0.1 dstport 80\n"),
	  "3:8: error: 'after dst': a nat section translates the source "
	  "only\n"
	  "hint: a director translates it: 'server NAME ADDR' in 'mode nat'\n"
	  "3:21: error: 'after dstport': a nat section translates the source "
	  "only\n"
	  "hint: a director translates it: 'server NAME ADDR:PORT' in 'mode "
	  "nat'\n" },
	{ "nat__pool_size",
	  IN("nat a\n"
	  " after src 10.0.0.0/23\n"
	  "nat b\n"
	  " after src 10.0.0.1-10.0.1.1\n"
	  "nat c\n"
	  " after src 2001:db8::/64\n"
	  "nat d\n"
	  " after src 2001:db8::ff-2001:db8::1ff\n"),
	  "2:8: error: 'after src' is more than 256 addresses\n"
	  "hint: a range ADDR-ADDR of some addresses is enough: each has 64512 "
	  "ports\n"
	  "4:8: error: 'after src' is more than 256 addresses\n"
	  "hint: a range ADDR-ADDR of some addresses is enough: each has 64512 "
	  "ports\n"
	  "6:8: error: 'after src' is more than 256 addresses\n"
	  "hint: a range ADDR-ADDR of some addresses is enough: each has 64512 "
	  "ports\n"
	  "8:8: error: 'after src' is more than 256 addresses\n"
	  "hint: a range ADDR-ADDR of some addresses is enough: each has 64512 "
	  "ports\n" },
	{ "nat__pool_of_no_hosts",
	  IN("nat a\n"
	  " after src 127.0.0.1\n"
	  "nat b\n"
	  " after src 223.255.255.255-224.0.0.0\n"
	  "nat c\n"
	  " after src ::1\n"
	  "nat d\n"
	  " after src ff02::1\n"),
	  "2:8: error: 'after src' is not an address that a host can have\n"
	  "4:8: error: 'after src' is not an address that a host can have\n"
	  "6:8: error: 'after src' is not an address that a host can have\n"
	  "8:8: error: 'after src' is not an address that a host can have\n" },
	{ "nat__pool_mapped",
	  IN("nat a\n"
	  " after src ::ffff:192.0.2.1\n"
	  "nat b\n"
	  " after src ::fffe:ffff:ffff-::ffff:0:4\n"),
	  "2:8: error: 'after src' is an IPv4-mapped address\n"
	  "hint: write the IPv4 address\n"
	  "4:8: error: 'after src' is an IPv4-mapped address\n"
	  "hint: write the IPv4 address\n" },
	{ "nat__pool_link_local",
	  IN("nat a\n"
	  " after src fe80::1\n"
	  "nat b\n"
	  " after src febf::1-febf::4\n"
	  "nat c\n"
	  " after src fec0::1\n"),
	  "2:8: error: 'after src' is a link-local address, which names no "
	  "host beyond its link\n"
	  "hint: take a global or a unique local one\n"
	  "4:8: error: 'after src' is a link-local address, which names no "
	  "host beyond its link\n"
	  "hint: take a global or a unique local one\n" },
	{ "nat__two_families_of_a_range",
	  IN("nat n\n"
	  " after src 10.0.0.1-::1\n"),
	  "2:12: error: '10.0.0.1-::1' is not a network\n" },
	{ "nat__server_address",
	  IN("director d 10.0.0.1:80\nmode nat\nserver a 10.0.1.1:8080\n"
	  "nat n\n proto tcp\n before dst 10.0.1.1\n"
	  " after src 10.0.0.2\n"
	  "nat m\n proto tcp\n before dstport 8080\n"
	  " after src 10.0.0.2\n"
	  "nat fits\n proto tcp\n before dst 10.0.0.0-10.0.0.1 dstport 1-80\n"
	  " after src 10.0.0.2\n"),
	  "4:5: warning: nat 'n' does nothing: no director gets what it "
	  "matches\n"
	  "hint: 'before' is the packet as it arrives: dst and dstport are the "
	  "director's, not a server's\n"
	  "8:5: warning: nat 'm' does nothing: no director gets what it "
	  "matches\n"
	  "hint: 'before' is the packet as it arrives: dst and dstport are the "
	  "director's, not a server's\n" },
	{ "nat__other_proto",
	  IN("director d 10.0.0.1:80\nmode nat\nserver a 10.0.1.1\n"
	  "nat n\n after src 10.0.0.2\n proto udp\n"),
	  "6:2: warning: nat 'n' does nothing: no director takes UDP\n" },
	{ "nat__other_family",
	  IN("director d 10.0.0.1:80\nmode nat\nserver a 10.0.1.1\n"
	  "director f UDP\nmode nat\nserver a 10.0.1.1\n"
	  "flow f director f\n match\n"
	  "nat n\n after src 2001:db8::2\n"
	  "nat m\n proto tcp\n before dst 2001:db8::1\n"
	  " after src 2001:db8::2\n"),
	  "10:8: warning: nat 'n' does nothing: it is IPv6, and no director "
	  "is\n"
	  "hint: no packet changes its family\n"
	  "13:9: warning: nat 'm' does nothing: it is IPv6, and no TCP "
	  "director is\n"
	  "hint: no packet changes its family\n" },
	{ "nat__family_of_a_tunnel",
	  IN("director d UDP\nmode tunnel\nserver a 10.0.1.1\n"
	  "flow f director d\n match\n"
	  "nat n\n after src 2001:db8::2\n"),
	  "6:5: warning: nat 'n' does nothing: director 'd' is in mode "
	  "tunnel, and only nat translates\n"
	  "hint: write 'mode nat' there\n" },
	{ "nat__other_mode",
	  IN("director d 10.0.0.1:80\nmode gateway\nserver a 10.0.0.3\n"
	  "nat n\n after src 10.0.0.2\n"),
	  "4:5: warning: nat 'n' does nothing: director 'd' is in mode "
	  "gateway, and only nat translates\n"
	  "hint: write 'mode nat' there\n" },
	{ "nat__onepacket",
	  IN("director d 10.0.0.1:53 UDP\nmode nat\noption onepacket\n"
	  "server a 10.0.0.3\nnat n\n after src 10.0.0.2\n"),
	  "5:5: warning: nat 'n' does not apply to director 'd': onepacket "
	  "keeps no connections\n" },
};

const size_t n_wrong_nats = sizeof(wrong_nats) / sizeof(wrong_nats[0]);
