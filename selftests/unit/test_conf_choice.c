// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong inputs and exactly what is said about them, one row per diagnostic:
 * what chooses a server.
 */
#include "test_conf.h"

const struct wrong wrong_choices[] = {
	{ "balance__replication_useless",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance leastconn localitybased replication\n"
	  " server a 10.0.1.1\n"),
	  "3:20: warning: 'localitybased' is useless here: director "
	  "'web' has one fixed address\n" },
	{ "balance__port_locality",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance leastconn port\n"
	  " server a 10.0.1.1\n"),
	  "3:20: error: 'port' goes with source, srcdst and mh, not "
	  "with 'leastconn'\n" },
	{ "balance__dest_port",
	  IN("director web TCP\n"
	  " mode nat\n"
	  " balance dest port\n"
	  " server a 10.0.1.1\n"
	  "flow f director web\n"
	  " match\n"),
	  "3:15: error: 'port' goes with source, srcdst and mh, not "
	  "with 'dest'\n" },
	{ "balance__dh",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance dh\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'dh'\n"
	  "hint: did you mean 'dest'?\n" },
	{ "balance__sed",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance sed\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'sed'\n"
	  "hint: did you mean 'shortexpdelay'?\n" },
	{ "balance__nq",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance nq\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'nq'\n"
	  "hint: did you mean 'neverqueue'?\n" },
	{ "balance__lblc",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance lblc\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'lblc'\n"
	  "hint: did you mean 'leastconn localitybased'?\n" },
	{ "balance__maglev",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " balance maglev\n"
	  " server a 10.0.1.1\n"),
	  "3:10: error: unknown algorithm 'maglev'\n"
	  "hint: did you mean 'mh'?\n" },
	{ "balance__localitybased_alone",
	  IN("director web TCP\n"
	  " mode nat\n"
	  " balance localitybased\n"
	  " server a 10.0.1.1\n"
	  "flow f director web\n"
	  " match\n"),
	  "3:10: error: unknown algorithm 'localitybased'\n"
	  "hint: did you mean 'leastconn localitybased'?\n" },
	{ "mode__mixed_servers",
	  IN("director web TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  " server b [2001:db8::2]\n"
	  "flow f director web\n"
	  " match\n"),
	  "4:11: error: server 'b' is IPv6 but server 'a' is IPv4; '"
	  "mode nat' cannot mix them\n"
	  "hint: only 'mode tunnel' can\n" },
	{ "server__cparam_after_weight",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 check rise 2 weight 3 fall 2\n"),
	  "3:42: error: 'fall' does not follow 'check'\n"
	  "hint: check parameters follow the word 'check'\n" },
	{ "server__slowstart_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 slowstart 0\n"),
	  "3:30: error: 'slowstart' 0 is out of range 1..86400 secon"
	  "ds\n" },
	{ "server__slowstart_long",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 slowstart 25h\n"),
	  "3:30: error: 'slowstart' 25h is out of range 1..86400 sec"
	  "onds\n" },
	{ "server__slowstart_word",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 slowstart soon\n"),
	  "3:30: error: 'soon' is not a time\n" },
	{ "server__maxconn_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 maxconn 0\n"),
	  "3:28: error: 'maxconn' 0 is out of range 1..2147483647\n" },
	{ "server__maxconn_big",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1 maxconn 4294967296\n"),
	  "3:28: error: 'maxconn' 4294967296 is out of range 1..2147"
	  "483647\n" },
	{ "server__sorry_twice",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server b 10.0.1.2\n"
	  " server a 10.0.1.1 sorry sorry\n"),
	  "4:26: error: 'sorry' is given twice\n" },
	{ "server__sorry_value",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server b 10.0.1.2\n"
	  " server a 10.0.1.1 sorry 5\n"),
	  "4:26: error: unknown keyword '5' in 'server'\n" },
	{ "check__fall_zero",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " check fall 0\n"
	  " server a 10.0.1.1 check\n"),
	  "3:13: error: 'fall' 0 is out of range 1..1000\n" },
	{ "check__port_udp_icmp",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " check port 53\n"
	  " server a 10.0.1.1 check\n"),
	  "3:8: error: 'check port' has no meaning for icmp checks\n"
	  "hint: add 'option tcpcheck' or 'option httpcheck'\n" },
	{ "check__via_vip_icmp",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode gateway\n"
	  " check via vip\n"
	  " server a 10.0.1.1 check\n"),
	  "3:8: error: 'check via vip' is for tcp and http checks: the balancer answers others for the VIP itself\n"
	  "hint: add 'option tcpcheck' or 'option httpcheck'\n" },
	{ "check__via_vip_no_address",
	  IN("director web TCP\n"
	  " mode gateway\n"
	  " option tcpcheck\n"
	  " server a 10.0.1.1 check via vip port 80\n"
	  "flow f director web\n"
	  " match proto tcp dst 10.9.0.0/24\n"),
	  "4:26: error: 'check via vip' needs an address; director 'web' has none\n" },
	{ "check__via_vip_port",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode gateway\n"
	  " option tcpcheck\n"
	  " check via vip\n"
	  " server a 10.0.1.1 check port 81\n"),
	  "5:26: error: 'check port' has no meaning with 'via vip': the probe goes to port 80 of director 'web'\n" },
	{ "check__via_vip_any_port",
	  IN("director web 10.0.0.1 TCP\n"
	  " mode gateway\n"
	  " option tcpcheck\n"
	  " check via vip\n"
	  " server a 10.0.1.1 check\n"),
	  "4:8: error: 'check via vip' of server 'a' has no port: director 'web' takes every port\n"
	  "hint: add 'check port PORT'\n" },
	{ "check__via_vip_source",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode tunnel\n"
	  " option tcpcheck\n"
	  " check via vip source 2001:db8::1\n"
	  " server a 2001:db8::2 check\n"),
	  "4:16: error: the check source is IPv6 but director 'web', via whose address it goes, is IPv4\n" },
	{ "addr__link_local",
	  IN("director web [fe80::1]:80 TCP\n"
	  " mode nat\n"
	  " server a febf::2\n"),
	  "1:14: error: director 'web' has a link-local address, which names no host without its link\n"
	  "hint: give it a global or unique local address\n"
	  "3:11: error: server 'a' has a link-local address, which names no host without its link\n"
	  "hint: give it a global or unique local address\n" },
	{ "addr__link_local_checked",
	  IN("director web [fe80::1]:80 TCP\n"
	  " mode gateway\n"
	  " option vip iface eth0\n"
	  " option tcpcheck\n"
	  " server a fe80::2 check via vip\n"),
	  "1:14: error: director 'web' has a link-local address, which names no host without its link\n"
	  "hint: give it a global or unique local address\n"
	  "5:11: error: server 'a' has a link-local address, which names no host without its link\n"
	  "hint: give it a global or unique local address\n" },
	{ "addr__not_link_local",
	  IN("director web [fec0::1]:80 TCP\n"
	  " mode nat\n"
	  " server a fd00::2\n"
	  " server b fe7f::3\n"
	  "director old 169.254.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 169.254.0.2 check\n"), "" },
	{ "check__source_link_local",
	  IN("director web [2001:db8::1]:80 TCP\n"
	  " mode nat\n"
	  " check source fe80::9\n"
	  " server a 2001:db8::2 check source fe80::8\n"
	  " server b 2001:db8::3 check\n"),
	  "3:8: error: the check source is a link-local address, which cannot be used without its link\n"
	  "hint: take a global or unique local one, or leave it out\n"
	  "4:29: error: the check source is a link-local address, which cannot be used without its link\n"
	  "hint: take a global or unique local one, or leave it out\n" },
	{ "check__source_vip",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode gateway\n"
	  " server a 10.0.1.1 check source 10.0.0.1\n"
	  "director via 10.0.0.2:80 TCP\n"
	  " mode nat\n"
	  " option tcpcheck\n"
	  " server a 10.0.1.1 check source 10.0.0.2\n"
	  " server b 10.0.1.2 check via vip source 10.0.0.2\n"),
	  "3:26: error: server 'a' has the check source itself, the address of director 'web', and would answer itself\n"
	  "hint: take another address of this machine, or leave it out\n"
	  "8:34: error: server 'b' has the check source itself, the address of director 'via', and would answer itself\n"
	  "hint: take another address of this machine, or leave it out\n" },
	{ "option__vip_iface_two",
	  IN("director b 10.0.0.1:443 TCP\n"
	  " mode nat\n"
	  " option vip iface eth1\n"
	  " server a 10.0.1.1\n"
	  "director other 10.0.0.2:80 TCP\n"
	  " mode nat\n"
	  " option vip iface eth0\n"
	  " server a 10.0.1.1\n"
	  "director none 10.0.0.1:81 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "director same 10.0.0.1:82 TCP\n"
	  " mode nat\n"
	  " option vip iface eth1\n"
	  " server a 10.0.1.1\n"
	  "director a 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option vip iface eth0\n"
	  " server a 10.0.1.1\n"),
	  "18:9: error: director 'a' wants 10.0.0.1 on 'eth0', but director 'b' on line 1 wants it on 'eth1'\n"
	  "hint: name the same interface, or leave the option out of one of them\n" },
	{ "option__vip_iface_no_address",
	  IN("director web TCP\n"
	  " mode nat\n"
	  " option vip iface eth0\n"
	  " server a 10.0.1.1\n"
	  "flow f director web\n"
	  " match proto tcp\n"),
	  "3:9: error: director 'web' has no address that 'eth0' could own\n"
	  "hint: give addresses to interfaces with 'ip addr'\n" },
	{ "connlimit__word",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option connlimit many\n"
	  " server a 10.0.1.1\n"),
	  "3:19: error: 'many' is not a number\n" },
	{ "connlimit__missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option connlimit\n"
	  " server a 10.0.1.1\n"),
	  "3:18: error: 'connlimit' needs a number\n" },
	{ "connlimit__twice",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option connlimit 5\n"
	  " option connlimit 6\n"
	  " server a 10.0.1.1\n"),
	  "4:9: error: 'connlimit' is given twice\n" },
	{ "connlimit__onepacket",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " option connlimit 5\n"
	  " server a 10.0.1.1\n"),
	  "4:9: warning: 'option connlimit' is useless here: onepack"
	  "et keeps no connections\n" },
	{ "onepacket__maxconn",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " server a 10.0.1.1 maxconn 5\n"),
	  "4:20: warning: 'maxconn' is useless here: onepacket keeps"
	  " no connections\n" },
	{ "onepacket__nat_any_port",
	  IN("director d 10.0.0.1 UDP\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " server a 10.0.1.1:53\n"),
	  "4:20: error: onepacket cannot undo the port of server 'a'"
	  " in replies: director 'd' takes every port\n"
	  "hint: drop the port\n" },
	{ "onepacket__nat_no_address",
	  IN("director d UDP\n"
	  " mode nat\n"
	  " option onepacket\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " match\n"),
	  "3:9: error: 'option onepacket' with 'mode nat' needs an a"
	  "ddress that replies come from; 'd' has none\n"
	  "hint: give it an address, or use 'mode gateway'\n" },
	{ "onepacket__argument",
	  IN("director d 10.0.0.1:53 UDP\n"
	  " mode nat\n"
	  " option onepacket 5\n"
	  " server a 10.0.1.1\n"),
	  "3:19: error: unexpected '5' after 'onepacket'\n" },
	{ "persistence__unknown",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence timout 5\n"
	  " server a 10.0.1.1\n"),
	  "3:21: error: unknown keyword 'timout' in 'option persiste"
	  "nce'\n"
	  "hint: did you mean 'timeout'?\n" },
	{ "persistence__timeout_missing",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence timeout\n"
	  " server a 10.0.1.1\n"),
	  "3:28: error: 'timeout' needs a time\n" },
	{ "persistence__netmask_twice",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistence netmask 24 netmask 25\n"
	  " server a 10.0.1.1\n"),
	  "3:32: error: 'netmask' is given twice\n" },
	{ "persistence__typo",
	  IN("director web 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " option persistance\n"
	  " server a 10.0.1.1\n"),
	  "3:9: error: unknown option 'persistance'\n"
	  "hint: did you mean 'persistence'?\n" },
	{ "flow__family_clash",
	  IN("director d UDP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " ignore dst 2001:db8::/32\n"
	  " match not src 2001:db8::/32\n"
	  " match dst 2001:db8::1\n"),
	  "7:8: error: flow 'f' sends IPv6 to director 'd', which is"
	  " IPv4\n" },
	{ "flow__family_clash_address",
	  IN("director d [2001:db8::1]:53 UDP\n"
	  " mode nat\n"
	  " server a [2001:db8::2]\n"
	  "flow f director d\n"
	  " match src 10.0.0.0/8\n"),
	  "5:8: error: flow 'f' sends IPv4 to director 'd', which is"
	  " IPv6\n" },
	{ "flow__policy_garbage",
	  IN("flow f permit all\n"
	  " match\n"),
	  "1:15: error: unexpected 'all' after 'permit'\n" },
	{ "flow__skip_is_default",
	  IN("flow f\n"
	  " match dst 10.0.0.1\n"
	  " frobnicate\n"),
	  "3:2: error: unknown keyword 'frobnicate'\n"
	  "hint: a flow section takes match, ignore\n" },
	{ "flow__proto_clash_tcp",
	  IN("director d 10.0.0.1:80 TCP\n"
	  " mode nat\n"
	  " server a 10.0.1.1\n"
	  "flow f director d\n"
	  " match proto udp\n"),
	  "5:8: error: flow 'f' sends UDP to director 'd', which is "
	  "TCP\n" },
	{ "flow__wrong_case",
	  IN("flow f Permit\n"
	  " match\n"),
	  "1:8: error: unknown policy 'Permit'\n"
	  "hint: did you mean 'permit'?\n" },
	{ "rule__iface_long",
	  IN("flow f permit\n"
	  " match iface interface0123456\n"),
	  "2:14: error: 'interface0123456' is not an interface name\n" },
	{ "rule__fwmark_big",
	  IN("flow f permit\n"
	  " match fwmark 4294967296\n"),
	  "2:15: error: 'fwmark' 4294967296 is out of range 0..42949"
	  "67295\n" },
	{ "rule__fwmark_negative",
	  IN("flow f permit\n"
	  " match not fwmark -1\n"),
	  "2:19: error: 'fwmark' -1 is out of range 0..4294967295\n" },
	{ "rule__port_zero",
	  IN("flow f permit\n"
	  " match proto tcp dstport 0\n"),
	  "2:26: error: '0' is not a port or port range\n" },
	{ "rule__port_big",
	  IN("flow f permit\n"
	  " match proto tcp srcport 1:65536\n"),
	  "2:26: error: '1:65536' is not a port or port range\n" },
	{ "rule__value_missing",
	  IN("flow f permit\n"
	  " match src\n"),
	  "2:11: error: 'src' needs a network\n" },
	{ "rule__host_name",
	  IN("flow f permit\n"
	  " match dst www.example.org\n"),
	  "2:12: error: 'www.example.org' is not a network\n" },
	{ "rule__not_twice",
	  IN("flow f permit\n"
	  " match not not src 10.0.0.1\n"),
	  "2:12: error: 'not' is given twice\n" },
	{ "rule__v6_prefix",
	  IN("flow f permit\n"
	  " match dst 2001:db8::/129\n"),
	  "2:12: error: '2001:db8::/129' is not a network\n" },
	{ "rule__icmptype_tcp",
	  IN("flow f permit\n"
	  " match proto tcp icmptype 8\n"),
	  "2:18: error: 'icmptype' needs 'proto icmp'\n" },
	{ "service__pickup_value",
	  IN("service lvs\n"
	  " pickup yes\n"),
	  "2:9: error: unknown keyword 'yes' in 'pickup'\n"
	  "hint: 'pickup' stands alone: written it is on, not written it is "
	  "off\n" },
	{ "pickup__peer_chooses_another",
	  IN("director a 10.0.0.1:80\n"
	  " mode gateway\n"
	  " server a 10.0.0.11\n"
	  " server b 10.0.0.12\n"
	  "director b 10.0.0.2\n"
	  " mode tunnel\n"
	  " balance roundrobin\n"
	  " server a 10.0.0.11\n"
	  " server b 10.0.0.12\n"
	  "service lvs\n"
	  " pickup\n"),
	  "1:10: warning: with 'pickup', a peer balancer that goes on with a "
	  "connection of 'a' would choose another server\n"
	  "hint: 'balance mh', source or srcdst choose the same one on every "
	  "balancer\n"
	  "7:10: warning: with 'pickup', a peer balancer that goes on with a "
	  "connection of 'b' would choose another server\n"
	  "hint: 'balance mh', source or srcdst choose the same one on every "
	  "balancer\n" },
	{ "pickup__peer_chooses_alike",
	  IN("service lvs\n"
	  " pickup\n"
	  "director mh 10.0.0.1:80\n mode gateway\n balance mh port\n"
	  " server a 10.0.0.11\n server b 10.0.0.12\n"
	  "director source 10.0.0.1:81\n mode tunnel\n balance source\n"
	  " server a 10.0.0.11\n server b 10.0.0.12\n"
	  "director srcdst 10.0.0.1:82\n mode gateway\n balance srcdst\n"
	  " server a 10.0.0.11\n server b 10.0.0.12\n"
	  "director dest TCP\n mode gateway\n balance dest\n"
	  " server a 10.0.0.11\n server b 10.0.0.12\n"
	  "flow f director dest\n match proto tcp\n"
	  "director fo 10.0.0.1:84\n mode gateway\n balance fo\n"
	  " server a 10.0.0.11 weight 2\n server b 10.0.0.12\n"
	  "director one 10.0.0.1:85\n mode gateway\n"
	  " server a 10.0.0.11\n server b 10.0.0.12 sorry\n"
	  "director nat 10.0.0.1:86\n mode nat\n"
	  " server a 10.0.0.11\n server b 10.0.0.12\n"
	  "director dns 10.0.0.1:53 UDP\n mode gateway\n option onepacket\n"
	  " server a 10.0.0.11\n server b 10.0.0.12\n"),
	  "" },
	{ "service__pickup_twice",
	  IN("service lvs\n"
	  " pickup\n"
	  " pickup\n"),
	  "3:2: error: 'pickup' is given twice\n" },
	{ "service__timeout_long",
	  IN("service lvs\n"
	  " timeout udp 745h\n"),
	  "2:14: error: 'timeout udp' 745h is out of range 1ms..2678"
	  "400 seconds\n" },
};

const size_t n_wrong_choices = sizeof(wrong_choices) / sizeof(wrong_choices[0]);
