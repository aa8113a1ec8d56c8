// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong inputs and exactly what is said about them, one row per diagnostic:
 * checks, options, flows, nat.
 */
#include "test_conf.h"

const struct wrong wrong_options[] = {
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
	{ "check__inhibit_sorry_inherits",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check interval 5 inhibit\n"
	  " server b 10.0.1.2 check\n"
	  " server c 10.0.1.3 sorry\n"
	  " server a 10.0.1.1 sorry check\n"),
	  "3:19: warning: 'inhibit' on sorry server 'a' keeps conne"
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
	{ "option__half_of_it",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option vip eth0\n"
	  " option tcpcheck\n"
	  " check via\n"
	  " server a 10.0.1.1 check\n"),
	  "3:9: error: unknown option 'vip'\n"
	  "hint: did you mean 'vip iface'?\n"
	  "5:8: error: unknown keyword 'via' in 'check'\n"
	  "hint: did you mean 'via vip'?\n" },
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
	{ "persistence__netmask_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence netmask 0.0.0.0\n"
	  " server a 10.0.1.1\n"),
	  "3:21: error: netmask 0 makes all clients one: they would"
	  " all get one server\n"
	  "hint: a longer one, or no 'netmask' at all\n" },
	{ "persistence__netmask_v6_without_address",
	  IN("director d\n"
	  " mode nat\n"
	  " option persistence netmask 33\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " match\n"),
	  "3:21: error: netmask 33 is longer than an IPv4 address\n" },
	{ "persistence__netmask_129",
	  IN("director d [2001:db8::1]:80\n"
	  " mode nat\n"
	  " option persistence netmask 129\n"
	  " server a [2001:db8::2]\n"),
	  "3:29: error: '129' is not a netmask\n" },
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
	  "3:19: error: 'connlimit' 0 is out of range 1..2147483647\n" },
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
	  "2:14: error: unknown protocol 'sctp': tcp, udp or icmp\n" },
	{ "rule__proto_missing",
	  IN("flow f permit\n"
	  " match proto\n"),
	  "2:13: error: 'proto' needs tcp, udp or icmp\n" },
	{ "rule__port_in_address",
	  IN("flow f permit\n"
	  " match proto tcp src 10.0.0.0/8:1-1023\n"
	  " match proto tcp dst [2001:db8::1]:80\n"
	  " match proto tcp dst 10.0.0.1:http\n"
	  " match proto tcp dst www.example.org:80\n"),
	  "2:22: error: '10.0.0.0/8:1-1023' is not a network\n"
	  "hint: write 'src 10.0.0.0/8 srcport 1-1023'\n"
	  "3:22: error: '[2001:db8::1]:80' is not a network\n"
	  "hint: write 'dst [2001:db8::1] dstport 80'\n"
	  "4:22: error: '10.0.0.1:http' is not a network\n"
	  "5:22: error: 'www.example.org:80' is not a network\n" },
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
	{ "service__unknown_word_far",
	  IN("service lvs\n"
	  " frobnicate\n"),
	  "2:2: error: unknown keyword 'frobnicate'\n"
	  "hint: a service section takes conntrack, pickup, timeout\n" },
	{ "service__one_line",
	  IN("service lvs conntrack\n"),
	  "1:13: error: unexpected 'conntrack' after 'service lvs'\n"
	  "hint: write it on a line of its own, below 'service lvs'\n" },
	{ "service__garbage",
	  IN("service lvs on\n"),
	  "1:13: error: unexpected 'on' after 'lvs'\n" },
	{ "service__conntrack_value",
	  IN("service lvs\n"
	  " conntrack on\n"),
	  "2:12: error: unknown keyword 'on' in 'conntrack'\n"
	  "hint: 'conntrack' stands alone: written it is on, not written it "
	  "is off\n" },
	{ "service__two_timeouts",
	  IN("service lvs\n"
	  " pickup timeout tcp 900\n"
	  " timeout udp 5 tcpfin 60\n"),
	  "3:16: error: unknown keyword 'tcpfin' in 'timeout'\n"
	  "hint: write 'timeout tcpfin TIME'\n" },
	{ "service__timeout_garbage",
	  IN("service lvs\n"
	  " timeout tcp 900 seconds\n"),
	  "2:18: error: unknown keyword 'seconds' in 'timeout'\n"
	  "hint: a timeout is tcp, tcpfin or udp, and one time\n" },
	{ "service__typo_behind",
	  IN("service lvs\n"
	  " conntrack pikup\n"),
	  "2:12: error: unknown keyword 'pikup' in 'conntrack'\n"
	  "hint: did you mean 'pickup'?\n" },
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
	{ "rule__range_backwards",
	  IN("flow f permit\n"
	  " match src 10.0.0.9-10.0.0.1\n"),
	  "2:12: error: '10.0.0.9-10.0.0.1' runs backwards\n" },
	{ "rule__range_families",
	  IN("flow f permit\n"
	  " match src 10.0.0.9-2001:db8::1\n"),
	  "2:12: error: '10.0.0.9-2001:db8::1' is not a network\n" },
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
	  "6:1: error: unknown keyword 'foo'\n"
	  "hint: a director section takes balance, mode, check, option, "
	  "server\n" },
};

const size_t n_wrong_options = sizeof(wrong_options) / sizeof(wrong_options[0]);
