// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong inputs and exactly what is said about them, one row per diagnostic:
 * words, and the lines that make a service.
 */
#include "test_conf.h"

const struct wrong wrong_services[] = {
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
	{ "director__range_cidr_with_port",
	  IN("director web 10.0.0.0/24:80 UDP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"),
	  "1:14: error: 10.0.0.0/24:80 is a range; a director takes"
	  " one address\n"
	  "hint: write 'director web UDP' plus 'flow f director web"
	  " / match proto udp dst 10.0.0.0/24 dstport 80'\n" },
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
	  "2:14: error: unknown encapsulation 'grr': ipip, gre or gue\n"
	  "hint: did you mean 'gre'?\n" },
	{ "mode__encap_unknown_far",
	  IN("director web 10.0.0.1:80\n"
	  " mode tunnel vxlan\n"
	  " server a 10.0.1.1\n"),
	  "2:14: error: unknown encapsulation 'vxlan': ipip, gre or gue\n" },
	{ "mode__gre_port",
	  IN("director web 10.0.0.1:80\n"
	  " mode tunnel gre port 5\n"
	  " server a 10.0.1.1\n"),
	  "2:18: error: only 'gue' has a port\n"
	  "hint: drop it, or write 'mode tunnel gue port PORT'\n" },
	{ "mode__tunnel_bare_port",
	  IN("director web 10.0.0.1:80\n"
	  " mode tunnel port 5\n"
	  " server a 10.0.1.1\n"),
	  "2:14: error: only 'gue' has a port\n"
	  "hint: drop it, or write 'mode tunnel gue port PORT'\n" },
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
	{ "server__bad_source",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 check source 300.1.1.1\n"),
	  "3:33: error: '300.1.1.1' is not an IP address\n" },
};

const size_t n_wrong_services = sizeof(wrong_services) / sizeof(wrong_services[0]);
