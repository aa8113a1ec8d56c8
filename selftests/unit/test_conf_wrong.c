// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong inputs and exactly what is said about them.  One row per diagnostic;
 * the names are those of the statement that is wrong.
 */
#include "test_conf.h"

#define IN(s)	s, sizeof(s) - 1

const struct wrong wrongs[] = {
	{ "lex__open_quote",
	  IN("director \"web 10.0.0.1\n"),
	  "1:10: error: the quote is never closed\n" },
	{ "lex__backslash_at_end",
	  IN("director web\\\n"),
	  "1:13: error: '\\' at the end of the line\n" },
	{ "lex__unknown_escape",
	  IN("director w\\x 10.0.0.1\n"),
	  "1:11: error: unknown escape: '\\' takes the meaning from "
	  "'\"', '#', '\\' and blanks\n" },
	{ "lex__control_character",
	  IN("director w\001b 10.0.0.1\n"),
	  "1:11: error: control character\n" },
	{ "lex__nul_byte",
	  IN("director w\000b 10.0.0.1\n"),
	  "1:11: error: NUL byte\n" },
	{ "lex__word_too_long",
	  IN("director aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
	  "1:10: error: the word is longer than 300 bytes\n" },
	{ "lex__too_many_words",
	  IN("director a a a a a a a a a a a a a a a a a a a a a a a a"
	  " a a a a a a a a a a a a a a a a a a a a a a a a a a a a"
	  " a a a a a a a a a a a a\n"),
	  "1:136: error: more than 64 words on a line\n" },
	{ "stmt__unknown",
	  IN("directr web 10.0.0.1:80\n"),
	  "1:1: error: unknown keyword 'directr'\n"
	  "hint: did you mean 'director'?\n" },
	{ "stmt__unknown_far",
	  IN("frobnicate\n"),
	  "1:1: error: unknown keyword 'frobnicate'\n" },
	{ "stmt__server_outside",
	  IN("server a 10.0.0.1\n"),
	  "1:1: error: 'server' belongs in a director section\n"
	  "hint: begin one with 'director NAME ADDR:PORT TCP'\n" },
	{ "stmt__match_outside",
	  IN("match src 10.0.0.0/8\n"),
	  "1:1: error: 'match' belongs in a flow section\n"
	  "hint: begin one with 'flow NAME director NAME'\n" },
	{ "stmt__conntrack_outside",
	  IN("conntrack\n"),
	  "1:1: error: 'conntrack' belongs in a service section\n"
	  "hint: begin it with 'service lvs'\n" },
	{ "stmt__after_outside",
	  IN("after src 10.0.0.1\n"),
	  "1:1: error: 'after' belongs in a nat section\n"
	  "hint: begin one with 'nat NAME'\n" },
	{ "stmt__balance_in_flow",
	  IN("flow f permit\n"
	  " match\n"
	  " balance roundrobin\n"),
	  "3:2: error: 'balance' belongs in a director section\n"
	  "hint: begin one with 'director NAME ADDR:PORT TCP'\n" },
	{ "stmt__unknown_in_section",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  " blance roundrobin\n"),
	  "4:2: error: unknown keyword 'blance'\n"
	  "hint: did you mean 'balance'?\n" },
	{ "director__no_name",
	  IN("director\n"),
	  "1:1: warning: mode not set, using nat\n"
	  "hint: add 'mode gateway', 'mode nat' or 'mode tunnel'\n"
	  "1:9: error: the director has no name\n" },
	{ "director__bad_name",
	  IN("director a/b 10.0.0.1:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:10: error: bad name 'a/b': letters, digits, '.', '_' and '-'\n" },
	{ "director__long_name",
	  IN("director nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	  "nnnnnnnnnnnnnnnnn 10.0.0.1:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:10: error: name 'nnnnnnnnnnnnnnnnnnnn...' is longer th"
	  "an 63 characters\n" },
	{ "director__dup_name",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "director web 10.0.0.2:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "4:10: error: director 'web' is already defined on line 1\n" },
	{ "director__dup_key",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "director w2 10.0.0.1:80 tcp\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "4:13: error: 10.0.0.1:80 TCP is already taken by directo"
	  "r 'web' on line 1\n" },
	{ "director__dup_key_any_port",
	  IN("director a 10.0.0.1\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "director b 10.0.0.1 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "4:12: error: 10.0.0.1 TCP is already taken by director '"
	  "a' on line 1\n" },
	{ "director__range_cidr",
	  IN("director web 10.0.0.0/24 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 10.0.0.0/24 is a range; a director takes on"
	  "e address\n"
	  "hint: write 'director web TCP' plus 'flow f director web"
	  " / match dst 10.0.0.0/24'\n" },
	{ "director__range_cidr_udp",
	  IN("director web 10.0.0.0/24 UDP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 10.0.0.0/24 is a range; a director takes on"
	  "e address\n"
	  "hint: write 'director web UDP' plus 'flow f director web"
	  " / match dst 10.0.0.0/24'\n" },
	{ "director__range_dash",
	  IN("director web 10.0.0.1-10.0.0.9\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 10.0.0.1-10.0.0.9 is a range; a director ta"
	  "kes one address\n"
	  "hint: write 'director web TCP' plus 'flow f director web"
	  " / match dst 10.0.0.1-10.0.0.9'\n" },
	{ "director__range_port",
	  IN("director web 10.0.0.1:80-90 UDP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:23: error: 80-90 is a range; a director takes one port\n"
	  "hint: write 'director web UDP' plus 'flow f director web"
	  " / match proto udp dst 10.0.0.1 dstport 80-90'\n" },
	{ "director__range_port_colon",
	  IN("director web [2001:db8::1]:80:90\n"
	  " mode nat\n"
	  " server a [2001:db8::2]\n"),
	  "1:28: error: 80:90 is a range; a director takes one port\n"
	  "hint: write 'director web TCP' plus 'flow f director web"
	  " / match proto tcp dst [2001:db8::1] dstport 80:90'\n" },
	{ "director__port_zero",
	  IN("director web 10.0.0.1:0\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:23: error: '0' is not a port number (1..65535)\n"
	  "hint: without ':PORT' it takes every port\n" },
	{ "director__port_big",
	  IN("director web 10.0.0.1:65536\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:23: error: '65536' is not a port number (1..65535)\n"
	  "hint: without ':PORT' it takes every port\n" },
	{ "director__port_name",
	  IN("director web 10.0.0.1:http\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:23: error: 'http' is not a port number (1..65535)\n"
	  "hint: without ':PORT' it takes every port\n" },
	{ "director__port_empty",
	  IN("director web 10.0.0.1:\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:23: error: '' is not a port number (1..65535)\n"
	  "hint: without ':PORT' it takes every port\n" },
	{ "director__host_name",
	  IN("director web www.example.org:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 'www.example.org:80' is not an IP address\n"
	  "hint: names are not looked up: write the address\n" },
	{ "director__bad_v4",
	  IN("director web 10.0.0.256:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: '10.0.0.256:80' is not an IP address\n"
	  "hint: names are not looked up: write the address\n" },
	{ "director__ambiguous",
	  IN("director web 2001:db8::1:80 TCP\n"
	  " mode nat\n"
	  " server a [2001:db8::2]\n"),
	  "1:14: error: '2001:db8::1:80' is ambiguous\n"
	  "hint: '[2001:db8::1]:80'\n" },
	{ "director__unspecified",
	  IN("director web 0.0.0.0:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 0.0.0.0:80 is not a unicast address\n" },
	{ "director__multicast",
	  IN("director web 224.0.0.1:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 224.0.0.1:80 is not a unicast address\n" },
	{ "director__multicast6",
	  IN("director web [ff02::1]:80\n"
	  " mode nat\n"
	  " server a [2001:db8::2]\n"),
	  "1:14: error: [ff02::1]:80 is not a unicast address\n" },
	{ "director__mapped",
	  IN("director web [::ffff:10.0.0.1]:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: [::ffff:10.0.0.1]:80 is an IPv4-mapped address\n"
	  "hint: write the IPv4 address\n" },
	{ "director__bad_proto",
	  IN("director web 10.0.0.1:80 TPC\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:26: error: unknown protocol 'TPC': TCP or UDP\n"
	  "hint: did you mean 'TCP'?\n" },
	{ "director__sctp",
	  IN("director web 10.0.0.1:80 SCTP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:26: error: unknown protocol 'SCTP': TCP or UDP\n" },
	{ "director__proto_first",
	  IN("director web TCP 10.0.0.1:80\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:10: warning: director 'web' has no address and no flow"
	  " names it: nothing reaches it\n"
	  "hint: add ADDR:PORT, or a flow that names it\n"
	  "1:18: error: unexpected '10.0.0.1:80' after 'TCP'\n" },
	{ "director__garbage",
	  IN("director web 10.0.0.1:80 TCP now\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:30: error: unexpected 'now' after 'TCP'\n" },
	{ "director__unreachable",
	  IN("director web TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:10: warning: director 'web' has no address and no flow"
	  " names it: nothing reaches it\n"
	  "hint: add ADDR:PORT, or a flow that names it\n" },
	{ "director__unreachable_no_proto",
	  IN("director web\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:10: warning: director 'web' has no address and no flow"
	  " names it: nothing reaches it\n"
	  "hint: add ADDR:PORT, or a flow that names it\n" },
	{ "director__no_mode",
	  IN("director web 10.0.0.1:80\n"
	  " server a 10.0.1.1\n"),
	  "1:1: warning: mode not set, using nat\n"
	  "hint: add 'mode gateway', 'mode nat' or 'mode tunnel'\n" },
	{ "director__no_server",
	  IN("director web 10.0.0.1:80\n"
	  " mode nat\n"),
	  "1:10: warning: director 'web' has no server: every conne"
	  "ction is refused\n" },
	{ "director__only_sorry",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 sorry\n"),
	  "1:10: warning: director 'web' has only sorry servers\n" },
	{ "balance__missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance\n"
	  " server a 10.0.1.1\n"),
	  "3:9: error: 'balance' needs an algorithm\n" },
	{ "balance__rr",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance rr\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'rr'\n"
	  "hint: did you mean 'roundrobin'? (roundrobin honours weights)\n" },
	{ "balance__wlc",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance wlc\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'wlc'\n"
	  "hint: did you mean 'leastconn'? (leastconn honours weights)\n" },
	{ "balance__sh",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance sh\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'sh'\n"
	  "hint: did you mean 'source'?\n" },
	{ "balance__lblcr",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance lblcr\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'lblcr'\n"
	  "hint: did you mean 'leastconn localitybased replication'?\n" },
	{ "balance__typo",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance rounrobin\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'rounrobin'\n"
	  "hint: did you mean 'roundrobin'?\n" },
	{ "balance__unknown",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance quantum\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'quantum'\n" },
	{ "balance__second",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance roundrobin\n"
	  " balance mh\n"
	  " server a 10.0.1.1\n"),
	  "4:10: error: second 'balance'; 'roundrobin' was chosen o"
	  "n line 3\n" },
	{ "balance__replication_alone",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance leastconn replication\n"
	  " server a 10.0.1.1\n"),
	  "3:20: error: 'replication' needs 'localitybased'\n"
	  "hint: write 'balance leastconn localitybased replication'\n" },
	{ "balance__localitybased_useless",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance leastconn localitybased\n"
	  " server a 10.0.1.1\n"),
	  "3:20: warning: 'localitybased' is useless here: director"
	  " 'web' has one fixed address\n" },
	{ "balance__port_misplaced",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance roundrobin port\n"
	  " server a 10.0.1.1\n"),
	  "3:21: error: 'port' goes with source, srcdst and mh, not"
	  " with 'roundrobin'\n" },
	{ "balance__garbage",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance twos three\n"
	  " server a 10.0.1.1\n"),
	  "3:15: error: unexpected 'three' after 'twos'\n" },
	{ "balance__fo_equal",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance fo\n"
	  " server a 10.0.1.1 weight 5\n"
	  " server b 10.0.1.2 weight 5\n"),
	  "3:10: warning: fo with equal weights: the order of the l"
	  "ines decides between 'a' and 'b'\n" },
	{ "balance__ovh_udp",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " balance ovh\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "2:10: warning: ovh on UDP: it counts active connections only\n" },
	{ "balance__ovf_onepacket",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " balance ovf\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " server a 10.0.1.1\n"),
	  "2:10: warning: ovh on UDP: it counts active connections only\n" },
	{ "balance__dest_fixed",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance dest\n"
	  " server a 10.0.1.1\n"),
	  "3:10: warning: dest sends everything to one server: dire"
	  "ctor 'web' has one fixed address\n" },
	{ "mode__missing",
	  IN("director web 10.0.0.1:80\n"
	  " mode\n"
	  " server a 10.0.1.1\n"),
	  "2:6: error: 'mode' needs gateway, nat or tunnel\n" },
	{ "mode__unknown",
	  IN("director web 10.0.0.1:80\n"
	  " mode dsr\n"
	  " server a 10.0.1.1\n"),
	  "2:7: error: unknown mode 'dsr'\n"
	  "hint: did you mean 'gateway'?\n" },
	{ "mode__typo",
	  IN("director web 10.0.0.1:80\n"
	  " mode gatway\n"
	  " server a 10.0.1.1\n"),
	  "2:7: error: unknown mode 'gatway'\n"
	  "hint: did you mean 'gateway'?\n" },
	{ "mode__second",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " mode gateway\n"
	  " server a 10.0.1.1\n"),
	  "3:7: error: second 'mode'; 'nat' was chosen on line 2\n" },
	{ "mode__encap_unknown",
	  IN("director web 10.0.0.1:80\n"
	  " mode tunnel grr\n"
	  " server a 10.0.1.1\n"),
	  "2:14: error: unknown encapsulation 'grr'\n"
	  "hint: did you mean 'gre'?\n" },
	{ "mode__gue_no_port",
	  IN("director web 10.0.0.1:80\n"
	  " mode tunnel gue\n"
	  " server a 10.0.1.1\n"),
	  "2:17: error: 'gue' needs a port\n"
	  "hint: write 'mode tunnel gue port PORT'\n" },
	{ "mode__gue_bad_port",
	  IN("director web 10.0.0.1:80\n"
	  " mode tunnel gue port 0\n"
	  " server a 10.0.1.1\n"),
	  "2:23: error: 'port' 0 is out of range 1..65535\n" },
	{ "mode__gateway_port",
	  IN("director web 10.0.0.1:443\n"
	  "mode gateway\n"
	  "server exchange1 10.0.0.13:8443\n"),
	  "3:28: error: server 'exchange1' uses port 8443 but 'mode"
	  " gateway' cannot translate ports (service port 443)\n"
	  "hint: drop the port or use 'mode nat'\n" },
	{ "mode__tunnel_port",
	  IN("director web 10.0.0.1:443\n"
	  "mode tunnel\n"
	  "server s 10.0.0.13:8443\n"),
	  "3:20: error: server 's' uses port 8443 but 'mode tunnel'"
	  " cannot translate ports (service port 443)\n"
	  "hint: drop the port or use 'mode nat'\n" },
	{ "mode__gateway_any_port",
	  IN("director web 10.0.0.1\n"
	  "mode gateway\n"
	  "server s 10.0.0.13:8443\n"),
	  "3:20: error: server 's' uses port 8443 but 'mode gateway"
	  "' cannot translate ports (director 'web' takes every port)\n"
	  "hint: drop the port or use 'mode nat'\n" },
	{ "mode__nat_any_port",
	  IN("director web 10.0.0.1\n"
	  "mode nat\n"
	  "server s 10.0.0.13:8443\n"),
	  "3:20: warning: director 'web' takes every port; server '"
	  "s' gets them all on port 8443\n"
	  "hint: drop the port to keep the packet's\n" },
	{ "mode__mixed_families",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a [2001:db8::2]\n"),
	  "3:11: error: server 'a' is IPv6 but director 'web' is IP"
	  "v4; 'mode nat' cannot mix them\n"
	  "hint: only 'mode tunnel' can\n" },
	{ "check__missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check\n"
	  " server a 10.0.1.1 check\n"),
	  "3:7: error: 'check' needs a parameter\n"
	  "hint: 'check' on a server line turns its checks on\n" },
	{ "check__unused",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 5\n"
	  " server a 10.0.1.1\n"),
	  "3:2: warning: check parameters unused: no server of 'web"
	  "' has 'check'\n"
	  "hint: add 'check' to the server lines\n" },
	{ "check__method_unused",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option tcpcheck\n"
	  " server a 10.0.1.1\n"),
	  "3:9: warning: check method unused: no server of 'web' ha"
	  "s 'check'\n"
	  "hint: add 'check' to the server lines\n" },
	{ "check__unknown",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check intervall 5\n"
	  " server a 10.0.1.1 check\n"),
	  "3:8: error: unknown keyword 'intervall' in 'check'\n"
	  "hint: did you mean 'interval'?\n" },
	{ "check__interval_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 0\n"
	  " server a 10.0.1.1 check\n"),
	  "3:17: error: 'interval' 0 is out of range 1..86400 seconds\n" },
	{ "check__interval_big",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 86401\n"
	  " server a 10.0.1.1 check\n"),
	  "3:17: error: 'interval' 86401 is out of range 1..86400 seconds\n" },
	{ "check__interval_huge",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 99999999999999999999999999\n"
	  " server a 10.0.1.1 check\n"),
	  "3:17: error: 'interval' 99999999999999999999999999 is ou"
	  "t of range 1..86400 seconds\n" },
	{ "check__interval_word",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval soon\n"
	  " server a 10.0.1.1 check\n"),
	  "3:17: error: 'soon' is not a time\n" },
	{ "check__interval_negative",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval -5\n"
	  " server a 10.0.1.1 check\n"),
	  "3:17: error: 'interval' -5 is out of range 1..86400 seconds\n" },
	{ "check__interval_missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval\n"
	  " server a 10.0.1.1 check\n"),
	  "3:16: error: 'interval' needs a time\n" },
	{ "check__interval_twice",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 5 interval 6\n"
	  " server a 10.0.1.1 check\n"),
	  "3:19: error: 'interval' is given twice\n" },
	{ "check__timeout_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check timeout 0\n"
	  " server a 10.0.1.1 check\n"),
	  "3:16: error: 'timeout' 0 is out of range 1ms..86400 seconds\n" },
	{ "check__timeout_long",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 10 timeout 20\n"
	  " server a 10.0.1.1 check\n"),
	  "3:20: warning: timeout 20 is longer than interval 10: th"
	  "e next probe starts when the previous ends\n" },
	{ "check__timeout_long_default",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check timeout 10001ms\n"
	  " server a 10.0.1.1 check\n"),
	  "3:8: warning: timeout 10001ms is longer than interval 10"
	  ": the next probe starts when the previous ends\n" },
	{ "check__timeout_long_server",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check timeout 8\n"
	  " server a 10.0.1.1 check interval 2500ms\n"),
	  "4:26: warning: timeout 8 is longer than interval 2500ms:"
	  " the next probe starts when the previous ends\n" },
	{ "check__source_bad",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check source eth0\n"
	  " server a 10.0.1.1 check\n"),
	  "3:15: error: 'eth0' is not an IP address\n" },
	{ "check__source_family",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check source 2001:db8::1\n"
	  " server a 10.0.1.1 check\n"),
	  "3:8: error: the check source is IPv6 but server 'a' is IPv4\n" },
	{ "check__port_icmp",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  "check interval 10 timeout 2 port 80\n"
	  " server a 10.0.1.1 check\n"),
	  "3:29: error: 'check port' has no meaning for icmp checks\n"
	  "hint: add 'option tcpcheck' or 'option httpcheck'\n" },
	{ "check__port_arp",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option arpcheck\n"
	  " check port 80\n"
	  " server a 10.0.1.1 check\n"),
	  "4:8: error: 'check port' has no meaning for arp checks\n"
	  "hint: use 'option tcpcheck' or 'option httpcheck'\n" },
	{ "check__port_icmp_server",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 check port 80\n"),
	  "3:26: error: 'check port' has no meaning for icmp checks\n"
	  "hint: add 'option tcpcheck' or 'option httpcheck'\n" },
	{ "check__port_bad",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option tcpcheck\n"
	  " check port 70000\n"
	  " server a 10.0.1.1 check\n"),
	  "4:13: error: 'port' 70000 is out of range 1..65535\n" },
	{ "check__rise_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check rise 0\n"
	  " server a 10.0.1.1 check\n"),
	  "3:13: error: 'rise' 0 is out of range 1..1000\n" },
	{ "check__fall_big",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check fall 1001\n"
	  " server a 10.0.1.1 check\n"),
	  "3:13: error: 'fall' 1001 is out of range 1..1000\n" },
	{ "check__inhibit_sorry",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server b 10.0.1.2\n"
	  " server a 10.0.1.1 sorry check inhibit\n"),
	  "4:32: warning: 'inhibit' on sorry server 'a' keeps conne"
	  "ctions on a server of last resort\n" },
	{ "check__no_port",
	  IN("director web 10.0.0.1\n"
	  " mode nat\n"
	  " option tcpcheck\n"
	  " server a 10.0.1.1 check\n"),
	  "4:9: error: the tcp check of server 'a' has no port: nei"
	  "ther the server nor director 'web' names one\n"
	  "hint: add 'check port PORT'\n" },
	{ "option__missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option\n"
	  " server a 10.0.1.1\n"),
	  "3:8: error: 'option' needs a name\n" },
	{ "option__unknown",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option tcpchek\n"
	  " server a 10.0.1.1\n"),
	  "3:9: error: unknown option 'tcpchek'\n"
	  "hint: did you mean 'tcpcheck'?\n" },
	{ "option__second_method",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck\n"
	  " option tcpcheck\n"
	  " server a 10.0.1.1 check\n"),
	  "4:9: error: second check method 'tcpcheck'; 'httpcheck' "
	  "was chosen on line 3\n" },
	{ "option__tcp_on_udp",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " option tcpcheck\n"
	  " server a 10.0.1.1 check\n"),
	  "3:9: warning: tcpcheck probes TCP, not UDP\n" },
	{ "option__http_on_udp",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " option httpcheck\n"
	  " server a 10.0.1.1 check\n"),
	  "3:9: warning: httpcheck probes TCP, not UDP\n" },
	{ "option__uri_relative",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck uri health\n"
	  " server a 10.0.1.1 check\n"),
	  "3:19: error: uri 'health' does not begin with '/'\n" },
	{ "option__uri_blank",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck uri \"/a b\"\n"
	  " server a 10.0.1.1 check\n"),
	  "3:23: error: 'uri' takes no blanks\n" },
	{ "option__uri_long",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck uri /uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
	  "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
	  "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
	  "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
	  "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\n"
	  " server a 10.0.1.1 check\n"),
	  "3:23: error: 'uri' takes 1 to 255 characters\n" },
	{ "option__statuscode_small",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck statuscode 99\n"
	  " server a 10.0.1.1 check\n"),
	  "3:30: error: 'statuscode' 99 is out of range 100..599\n" },
	{ "option__statuscode_big",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck statuscode 600\n"
	  " server a 10.0.1.1 check\n"),
	  "3:30: error: 'statuscode' 600 is out of range 100..599\n" },
	{ "option__vhost_empty",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck vhost \"\"\n"
	  " server a 10.0.1.1 check\n"),
	  "3:25: error: 'vhost' takes 1 to 255 characters\n" },
	{ "option__http_unknown",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option httpcheck url /\n"
	  " server a 10.0.1.1 check\n"),
	  "3:19: error: unknown keyword 'url' in 'option httpcheck'\n"
	  "hint: did you mean 'uri'?\n" },
	{ "option__tcp_argument",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option tcpcheck port 80\n"
	  " server a 10.0.1.1 check\n"),
	  "3:18: error: unknown keyword 'port' in 'option tcpcheck'\n" },
	{ "option__iface_long",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option arpcheck iface interface0123456\n"
	  " server a 10.0.1.1 check\n"),
	  "3:24: error: 'interface0123456' is not an interface name\n" },
	{ "option__onepacket_tcp",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " server a 10.0.1.1\n"),
	  "3:9: error: 'option onepacket' needs a UDP director; 'we"
	  "b' is TCP\n" },
	{ "option__onepacket_any",
	  IN("director d\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " match\n"),
	  "3:9: error: 'option onepacket' needs a UDP director; 'd'"
	  " is TCP and UDP\n"
	  "hint: write UDP on the director line\n" },
	{ "option__onepacket_persistence",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " option persistence\n"
	  " server a 10.0.1.1\n"),
	  "3:9: warning: with 'option persistence' onepacket does n"
	  "ot spread the packets of one client\n" },
	{ "persistence__timeout_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence timeout 0\n"
	  " server a 10.0.1.1\n"),
	  "3:29: error: 'timeout' 0 is out of range 1..2678400 seconds\n" },
	{ "persistence__timeout_long",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence timeout 2678401\n"
	  " server a 10.0.1.1\n"),
	  "3:29: error: 'timeout' 2678401 is out of range 1..267840"
	  "0 seconds\n" },
	{ "persistence__netmask_holes",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence netmask 255.0.255.0\n"
	  " server a 10.0.1.1\n"),
	  "3:29: error: '255.0.255.0' is not a netmask: it has holes\n" },
	{ "persistence__netmask_word",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence netmask lan\n"
	  " server a 10.0.1.1\n"),
	  "3:29: error: 'lan' is not a netmask\n" },
	{ "persistence__netmask_v4_on_v6",
	  IN("director d [2001:db8::1]:80\n"
	  " mode nat\n"
	  " option persistence netmask 255.255.255.0\n"
	  " server a [2001:db8::2]\n"),
	  "3:21: error: the netmask is IPv4 but director 'd' is IPv6\n"
	  "hint: write a prefix length, as in 'netmask 64'\n" },
	{ "persistence__netmask_v6_on_v4",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence netmask 64\n"
	  " server a 10.0.1.1\n"),
	  "3:21: error: netmask 64 is longer than an IPv4 address\n" },
	{ "persistence__second",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence\n"
	  " option persistence timeout 5\n"
	  " server a 10.0.1.1\n"),
	  "4:9: error: second 'option persistence'; the first is on line 3\n" },
	{ "connlimit__zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option connlimit 0\n"
	  " server a 10.0.1.1\n"),
	  "3:19: error: 'connlimit' 0 is out of range 1..4294967295\n" },
	{ "server__no_name",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server\n"),
	  "3:8: error: the server has no name\n" },
	{ "server__bad_name",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a:b 10.0.1.1\n"),
	  "3:9: error: bad name 'a:b': letters, digits, '.', '_' and '-'\n" },
	{ "server__no_address",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  "server exchange1 weight 10 check\n"),
	  "3:18: error: server 'exchange1' has no address\n" },
	{ "server__no_address_at_end",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  "server exchange1\n"),
	  "3:17: error: server 'exchange1' has no address\n" },
	{ "server__dup_name",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  " server a 10.0.1.2\n"),
	  "4:9: error: server 'a' is already defined on line 3\n" },
	{ "server__range",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.0/24\n"),
	  "3:11: error: 10.0.1.0/24 is a range; a server has one address\n" },
	{ "server__port_range",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1:80-81\n"),
	  "3:20: error: 80-81 is a range; a server has one port\n" },
	{ "server__port_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1:0\n"),
	  "3:20: error: '0' is not a port number (1..65535)\n"
	  "hint: without ':PORT' it keeps the packet's port\n" },
	{ "server__host_name",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a backend1\n"),
	  "3:11: error: 'backend1' is not an IP address\n"
	  "hint: names are not looked up: write the address\n" },
	{ "server__weight_negative",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 weight -1\n"),
	  "3:27: error: 'weight' -1 is out of range 0..2147483647\n" },
	{ "server__weight_big",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 weight 2147483648\n"),
	  "3:27: error: 'weight' 2147483648 is out of range 0..2147483647\n" },
	{ "server__weight_word",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 weight heavy\n"),
	  "3:27: error: 'heavy' is not a number\n" },
	{ "server__weight_missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 weight\n"),
	  "3:26: error: 'weight' needs a number\n" },
	{ "server__weight_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 weight 0\n"),
	  "3:20: warning: server 'a' has weight 0: it gets no new c"
	  "onnections\n" },
	{ "server__cparam_before_check",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 interval 5 check\n"),
	  "3:20: error: 'interval' before 'check'\n"
	  "hint: check parameters follow the word 'check'\n" },
	{ "server__check_twice",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 check weight 5 check\n"),
	  "3:35: error: second 'check' on the line\n" },
	{ "server__unknown",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 wieght 5\n"),
	  "3:20: error: unknown keyword 'wieght' in 'server'\n"
	  "hint: did you mean 'weight'?\n" },
	{ "server__unknown_after_check",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 check rize 2\n"),
	  "3:26: error: unknown keyword 'rize' in 'server'\n"
	  "hint: did you mean 'rise'?\n" },
	{ "flow__no_name",
	  IN("flow\n"
	  " match\n"),
	  "1:5: error: the flow has no name\n" },
	{ "flow__long_name",
	  IN("flow ffffffffffffffffffffffffffff permit\n"
	  " match\n"),
	  "1:6: error: name 'ffffffffffffffffffff...' is longer tha"
	  "n 27 characters\n" },
	{ "flow__bad_name",
	  IN("flow a.b permit\n"
	  " match\n"),
	  "1:6: error: bad name 'a.b': letters, digits, '_' and '-'\n" },
	{ "flow__dup",
	  IN("flow f permit\n"
	  " match\n"
	  "flow f deny\n"
	  " match\n"),
	  "3:6: error: flow 'f' is already defined on line 1\n" },
	{ "flow__policy_unknown",
	  IN("flow f permitt\n"
	  " match\n"),
	  "1:8: error: unknown policy 'permitt'\n"
	  "hint: did you mean 'permit'?\n" },
	{ "flow__no_director_name",
	  IN("flow f director\n"
	  " match\n"),
	  "1:16: error: the director has no name\n" },
	{ "flow__unknown_director",
	  IN("director rtp UDP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "flow ok director rtp\n"
	  " match\n"
	  "flow rtp director rpt\n"
	  " match\n"),
	  "6:6: error: flow 'rtp' names unknown director 'rpt'\n"
	  "hint: did you mean 'rtp'?\n" },
	{ "flow__no_rule",
	  IN("flow f permit\n"),
	  "1:6: warning: flow 'f' has no rule: it does nothing\n"
	  "hint: 'match' alone matches every packet\n" },
	{ "flow__table",
	  IN("flow f table 100\n"
	  " match\n"),
	  "1:8: error: 'table' steers the system's own routing, not"
	  " a director\n"
	  "hint: use 'ip rule' and 'ip route' for policy routing\n" },
	{ "outflow__refused",
	  IN("outflow f permit\n"
	  " match\n"),
	  "1:1: error: 'outflow' steers the system's own routing, n"
	  "ot a director\n"
	  "hint: use 'ip rule' and 'ip route' for policy routing\n" },
	{ "outflow__director",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "outflow f director web\n"
	  " match\n"),
	  "4:1: error: 'outflow' steers the system's own routing, n"
	  "ot a director\n"
	  "hint: use 'ip rule' and 'ip route' for policy routing\n"
	  "4:11: error: an outflow cannot feed a director\n"
	  "hint: write 'flow'\n" },
	{ "flow__proto_clash",
	  IN("director d UDP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " match proto tcp\n"),
	  "5:8: error: flow 'f' sends TCP to director 'd', which is UDP\n" },
	{ "flow__icmp_to_director",
	  IN("director d\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " match proto icmp\n"),
	  "5:8: error: director 'd' takes TCP and UDP, not icmp\n" },
	{ "rule__dstport_no_proto",
	  IN("flow f permit\n"
	  " match dstport 80\n"),
	  "2:8: error: 'dstport' needs 'proto tcp' or 'proto udp'\n" },
	{ "rule__srcport_icmp",
	  IN("flow f permit\n"
	  " match proto icmp srcport 80\n"),
	  "2:19: error: 'srcport' needs 'proto tcp' or 'proto udp'\n" },
	{ "rule__dstport_not_proto",
	  IN("flow f permit\n"
	  " match not proto tcp dstport 80\n"),
	  "2:22: error: 'dstport' needs 'proto tcp' or 'proto udp'\n" },
	{ "rule__icmptype_no_proto",
	  IN("flow f permit\n"
	  " match icmptype 8\n"),
	  "2:8: error: 'icmptype' needs 'proto icmp'\n" },
	{ "rule__icmptype_big",
	  IN("flow f permit\n"
	  " match proto icmp icmptype 256\n"),
	  "2:28: error: 'icmptype' 256 is out of range 0..255\n" },
	{ "rule__families",
	  IN("flow f permit\n"
	  " match src 10.0.0.0/8 dst 2001:db8::/32\n"),
	  "2:23: error: 'src' and 'dst' are of different families\n" },
	{ "rule__not_alone",
	  IN("flow f permit\n"
	  " match not\n"),
	  "2:8: error: 'not' needs a condition\n" },
	{ "rule__unknown",
	  IN("flow f permit\n"
	  " match sport 80\n"),
	  "2:8: error: unknown keyword 'sport' in 'match'\n"
	  "hint: did you mean 'srcport'?\n" },
	{ "rule__twice",
	  IN("flow f permit\n"
	  " match src 10.0.0.1 src 10.0.0.2\n"),
	  "2:21: error: 'src' is given twice\n" },
	{ "rule__bad_prefix",
	  IN("flow f permit\n"
	  " match src 10.0.0.0/33\n"),
	  "2:12: error: '10.0.0.0/33' is not a network\n" },
	{ "rule__bad_mask",
	  IN("flow f permit\n"
	  " match src 10.0.0.0/255.0.255.0\n"),
	  "2:12: error: '10.0.0.0/255.0.255.0' is not a netmask: it"
	  " has holes\n" },
	{ "rule__ports_backwards",
	  IN("flow f permit\n"
	  " match proto udp dstport 90-80\n"),
	  "2:26: error: '90-80' runs backwards\n" },
	{ "rule__proto_unknown",
	  IN("flow f permit\n"
	  " match proto sctp\n"),
	  "2:14: error: 'sctp' is not a protocol\n" },
	{ "rule__fwmark_word",
	  IN("flow f permit\n"
	  " match fwmark red\n"),
	  "2:15: error: 'red' is not a number\n" },
	{ "service__missing",
	  IN("service\n"),
	  "1:8: error: 'service' needs a name\n"
	  "hint: write 'service lvs'\n" },
	{ "service__unknown",
	  IN("service haproxy\n"),
	  "1:9: error: unknown service 'haproxy'\n"
	  "hint: the one service here is 'lvs'\n" },
	{ "service__unknown_word",
	  IN("service lvs\n"
	  " contrack\n"),
	  "2:2: error: unknown keyword 'contrack'\n"
	  "hint: did you mean 'conntrack'?\n" },
	{ "service__timeout_unknown",
	  IN("service lvs\n"
	  " timeout sctp 5\n"),
	  "2:10: error: unknown timeout 'sctp'\n"
	  "hint: 'timeout' takes tcp, tcpfin or udp\n" },
	{ "service__timeout_missing",
	  IN("service lvs\n"
	  " timeout\n"),
	  "2:9: error: 'timeout' needs tcp, tcpfin or udp\n" },
	{ "service__timeout_zero",
	  IN("service lvs\n"
	  " timeout tcp 0\n"),
	  "2:14: error: 'timeout tcp' 0 is out of range 1ms..267840"
	  "0 seconds\n" },
	{ "service__timeout_twice",
	  IN("service lvs\n"
	  " timeout tcp 5\n"
	  " timeout tcp 6\n"),
	  "3:2: error: 'timeout tcp' is given twice\n" },
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
	  "1:5: error: nat 'n' has no 'after': it changes nothing\n"
	  "hint: add 'after src ADDR'\n"
	  "2:7: error: 'after' needs src, dst, srcport or dstport\n" },
	{ "nat__ports_no_proto",
	  IN("nat n\n"
	  " before dstport 80\n"
	  " after src 10.0.0.1\n"),
	  "1:5: error: nat 'n' names ports but no protocol\n"
	  "hint: add 'proto TCP' or 'proto UDP'\n" },
	{ "nat__icmp",
	  IN("nat n\n"
	  " proto icmp\n"
	  " after src 10.0.0.1\n"),
	  "2:8: error: a nat section takes TCP and UDP only\n" },
	{ "nat__families",
	  IN("nat n\n"
	  " before dst 10.0.0.1\n"
	  " after src 2001:db8::1\n"),
	  "1:5: error: nat 'n' mixes IPv4 and IPv6\n" },
	{ "nat__unknown",
	  IN("nat n\n"
	  " after source 10.0.0.1\n"),
	  "1:5: error: nat 'n' has no 'after': it changes nothing\n"
	  "hint: add 'after src ADDR'\n"
	  "2:8: error: unknown keyword 'source' in 'after'\n" },
	{ "rule__range_backwards",
	  IN("flow f permit\n"
	  " match src 10.0.0.9-10.0.0.1\n"),
	  "2:12: error: '10.0.0.9-10.0.0.1' runs backwards\n" },
	{ "rule__range_families",
	  IN("flow f permit\n"
	  " match src 10.0.0.9-2001:db8::1\n"),
	  "2:12: error: '10.0.0.9-2001:db8::1' is not a network\n" },
	{ "server__bad_source",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 check source 300.1.1.1\n"),
	  "3:33: error: '300.1.1.1' is not an IP address\n" },
	{ "conf__all_problems_in_order",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " balance rr\n"
	  " mode nat\n"
	  " server a\n"
	  " server b 10.0.1.1 weight x\n"
	  "foo\n"),
	  "2:10: error: unknown algorithm 'rr'\n"
	  "hint: did you mean 'roundrobin'? (roundrobin honours weights)\n"
	  "4:10: error: server 'a' has no address\n"
	  "5:27: error: 'x' is not a number\n"
	  "6:1: error: unknown keyword 'foo'\n" },
};

const size_t n_wrongs = sizeof(wrongs) / sizeof(wrongs[0]);
