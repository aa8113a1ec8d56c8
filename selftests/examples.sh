#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The configurations in examples/, as they are written, with the clients and
# servers they speak of. What the module cannot do yet is refused by name.
. "$(dirname "$0")/lib.sh"

# One segment with all the networks of the examples:
#
#   client           lb                 gw1, gw2         nat1, nat2, nat3
#   10.0.0.1, .4     eth0: 10.0.0.2     10.0.0.22 ...    10.0.1.11 ...
#   192.0.2.1        eth1: 203.0.113.2  203.0.113.81 ... via 10.0.N.254
#   203.0.113.1      10.0.3.254         VIPs on lo
#                    and all VIPs
#
# gw1 and gw2 are the servers of mode gateway, on the clients' networks; nat1,
# nat2 and nat3 those of mode nat, behind the balancer; dc1 and dc2 those at the
# end of tunnels, 10.20.0.5 and 10.30.0.5, 2001:db8:20::5 and 2001:db8:30::5.
clients=(192.0.2.1/24 10.0.0.1/24 10.0.0.4/24 203.0.113.1/24 198.51.100.1/24
	2001:db8:1::1/64)
gw_vips=(10.0.0.9/32 10.0.0.53/32 10.0.0.21/32 203.0.113.80/32)
tunnel_vips=(198.51.100.7/32 198.51.100.8/32 2001:db8:1::80/128)
nat_vips=(192.0.2.10/32 10.0.0.60/32 10.0.0.25/32 10.0.0.3/32)

topology() {
	local i net

	add_switch
	add_ns client lb gw1 gw2 nat1 nat2 nat3 dc1 dc2
	for i in client gw1 gw2 nat1 nat2 nat3 dc1 dc2 lb; do
		plug "$i" eth0
	done
	ip link add eth1 netns "$(ns lb)" type veth \
		peer name to-lb1 netns "$(ns sw)"
	ip -n "$(ns lb)" link set eth1 up
	ip -n "$(ns sw)" link set to-lb1 master br0 up
	# Two devices on one segment: each answers for its own addresses, and
	# asks with its own. To ask from eth1 for a server with the translated
	# source, an address of eth0, would move the client's packets to eth1.
	on lb sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2
	add_addr client eth0 "${clients[@]}"
	add_addr lb eth0 10.0.0.2/24 192.0.2.2/24 10.0.{1,2}.254/24 \
		10.20.0.2/24 10.30.0.2/24 2001:db8:20::2/64 2001:db8:30::2/64 \
		"${nat_vips[@]}" "${gw_vips[@]:0:3}" "${tunnel_vips[@]}"
	data_centre dc1 20
	data_centre dc2 30
	add_addr lb eth1 203.0.113.2/24 "${gw_vips[3]}" 10.0.3.254/24
	add_addr gw1 eth0 10.0.0.{13,22,54}/24 203.0.113.81/24
	add_addr gw2 eth0 10.0.0.{14,23,55}/24 203.0.113.82/24
	for i in gw1 gw2; do
		add_server_vip "$i" "${gw_vips[@]}"
	done
	add_addr nat1 eth0 10.0.1.{11,31}/24 10.0.2.61/24 10.0.3.41/24
	add_addr nat2 eth0 10.0.1.{12,32}/24 10.0.2.62/24 10.0.3.42/24
	add_addr nat3 eth0 10.0.1.250/24 10.0.3.49/24
	for i in nat1 nat2 nat3; do
		net=$([ $i = nat3 ] && echo 3 || echo 1)
		ip -n "$(ns $i)" route add default via "10.0.$net.254"
	done
}

# data_centre NAME NET: a server that unpacks tunnels.
data_centre() {
	add_server_vip "$1" "${tunnel_vips[@]}"
	add_addr "$1" eth0 "10.$2.0.5/24" "2001:db8:$2::5/64"
	ip -n "$(ns "$1")" -batch - <<-EOT
	route add 198.51.100.0/24 dev eth0 src 10.$2.0.5
	route add 2001:db8:1::/64 dev eth0
	link add t4 type ipip local 10.$2.0.5 remote any
	link add t6 type ip6tnl local 2001:db8:$2::5 mode any
	link add g4 type gre local 10.$2.0.5 remote any
	link set t4 up
	link set t6 up
	link set g4 up
	EOT
}

topology
for i in dc1 dc2; do
	echo_server $i $i tcp '*' 443
done
for i in gw1 gw2; do
	echo_server $i $i tcp '*' 21 443 50021
done
for i in 1 2; do
	echo_server nat$i nat$i tcp '*' 993
done
agent client

# example NAME: in force, with nothing left of the last one.
example() {
	apply </dev/null
	apply <"$TOP/examples/$1.conf"
	lb zero
}

burst() {
	tell client burst "$@"
}

distinct() {
	tr ' ' '\n' | sort -u | wc -l
}

web_nat() {
	http_server nat1 w1 '*' 8080
	http_server nat2 w2 '*' 8080
	http_server nat3 sry '*' 8081
	example 01-web-nat
	assert_eq "the heavier one" w1 "$(get client 192.0.2.10)"
	lb set server www/w1 drain
	assert_eq "the other one" w2 "$(get client 192.0.2.10)"
	lb set server www/w2 drain
	assert_eq "the sorry server" sry "$(get client 192.0.2.10)"
	lb set server www/w1 up
	assert_eq "back" w1 "$(get client 192.0.2.10)"
	assert_eq "the check is kept" \
		"option httpcheck uri /health statuscode 200 vhost www.example.org" \
		"$(lb save | grep -o 'option httpcheck.*')"
}

exchange_dsr() {
	example 02-exchange-dsr
	assert_eq "in turn" "gw1 gw2 gw1 gw2" "$(burst 4 tcp 10.0.0.9 443)"
	assert_eq "replies seen" 0 "$(director_of exchange out_packets)"
}

dns_onepacket() {
	dns_server gw1 ns1 10.0.0.53 53
	dns_server gw2 ns2 10.0.0.53 53
	example 03-dns-onepacket
	assert_eq "in turn" "ns1 ns2 ns1" "$(dns_ask client \
		10.0.0.53) $(dns_ask client 10.0.0.53) $(dns_ask client 10.0.0.53)"
	assert_eq "conns" 0 "$(conns)"
}

sip() {
	local one

	echo_server nat1 pbx1 udp 10.0.2.61 5060
	echo_server nat2 pbx2 udp 10.0.2.62 5060
	example 04-sip
	one=$(burst 1 udp 10.0.0.60 5060)
	assert_eq "one server for a client" "$one" \
		"$(burst 10 udp 10.0.0.60 5060 | tr ' ' '\n' | sort -u)"
	assert_eq "its template" "$one 11" "$(lb show persistence --json |
		jq -r '.persistence[] | "\(.server) \(.connections)"')"
	lb set server "sip/$one" drain
	refute "the same server" [ "$one" = "$(burst 1 udp 10.0.0.60 5060)" ]
}

imaps() {
	example 05-imaps-persistence
	assert_eq "a client's conns" 1 "$(burst 6 tcp 10.0.0.25 993 | distinct)"
	assert_eq "of one net with another client" \
		"$(burst 1 tcp 10.0.0.25 993)" \
		"$(burst 1 tcp 10.0.0.25 993 10.0.0.4)"
	assert_eq "another net: the other server" "nat2 nat2" \
		"$(burst 2 tcp 10.0.0.25 993 192.0.2.1)"
	assert_eq "templates" "10.0.0.0/24 mx1,192.0.2.0/24 mx2" \
		"$(lb show persistence --json | jq -r '.persistence[] |
			"\(.client_address)/\(.client_prefix) \(.server)"' |
			sort | paste -sd ,)"
}

ftp() {
	example 06-ftp-anyport
	must client open c tcp 10.0.0.21 21
	assert_match "control" '^gw1 10.0.0.1 ' "$(tell client say c USER)"
	assert_eq "data" "gw1 gw1" "$(burst 2 tcp 10.0.0.21 50021)"
	assert_eq "another client's data" "gw2" \
		"$(burst 1 tcp 10.0.0.21 50021 10.0.0.4)"
	assert_match "control, still" '^gw1 10.0.0.1 ' "$(tell client say c QUIT)"
}

vod() {
	local all

	example 07-vod-maglev
	all=$(burst 40 tcp 203.0.113.80 443)
	assert_eq "by the client's port: both" 2 "$(distinct <<<"$all")"
	must client open a tcp 203.0.113.80 443 7000
	all=$(tell client chat a 1)
	must client reset a
	lb flush >/dev/null
	must client open a tcp 203.0.113.80 443 7000
	assert_eq "the same port, forgotten" "$all" "$(tell client chat a 1)"
}

api_tunnel() {
	example 08-api-tunnel
	must client open a tcp 198.51.100.7 443
	must client open b tcp 198.51.100.7 443
	must client open c tcp 198.51.100.7 443
	must client open d tcp 198.51.100.7 443
	assert_eq "by weight" "dc1 dc1 dc1 dc2" "$(for i in a b c d; do
		tell client chat $i 1
	done | sort | paste -sd ' ')"
	assert_eq "by gre" "dc1" "$(burst 1 tcp 198.51.100.8 443)"
	assert_eq "replies seen" "0 0" "$(director_of api \
		out_packets) $(director_of api-gre out_packets)"
}

web6_failover() {
	example 09-web6-failover
	assert_eq "the first" "dc1 dc1" "$(burst 2 tcp 2001:db8:1::80 443)"
	lb set server web6/a down
	assert_eq "the second" "dc2" "$(burst 1 tcp 2001:db8:1::80 443)"
	lb set server web6/a up
	assert_eq "back" "dc1" "$(burst 1 tcp 2001:db8:1::80 443)"
}

# refuses NAME PROBLEM...: apply tells line and keyword, and changes nothing.
refuses() {
	apply <"$TOP/examples/02-exchange-dsr.conf"
	refute "apply" eval "lb apply $TOP/examples/$1.conf >$WORK/said 2>&1"
	assert_eq "problems" "$(printf '%s\n' "${@:2}")" \
		"$(sed -n "s|^.*examples/$1.conf:\([0-9]*\):[0-9]*: error: |\1: |p" \
			"$WORK/said")"
	assert_eq "what is in force" exchange \
		"$(lb show directors --json | jq -r '.directors[].name')"
}

# ovh of two weights, a sorry server, a flow, a translated source, conntrack.
rtp() {
	echo_server nat1 m1 udp 10.0.3.41 50000 51000
	echo_server nat2 m2 udp 10.0.3.42 50000
	echo_server nat3 m9 udp 10.0.3.49 51000
	example 10-rtp-flow
	assert_eq "both ends of the range" "m1 m1" "$(burst 1 udp \
		10.0.0.3 50000) $(burst 1 udp 10.0.0.3 51000)"
	must client open a udp 10.0.0.3 50000
	assert_eq "whom the server sees" "m1 10.0.0.3" \
		"$(tell client say a hi | cut -d' ' -f1-2)"
	assert_eq "beside it" ECONNREFUSED "$(burst 1 udp 10.0.0.3 5060)"
	lb set server rtp/m1 weight 1
	assert_eq "m1 has its weight and one more" "m2 m2" \
		"$(burst 2 udp 10.0.0.3 50000)"
	lb set server rtp/m1 drain
	lb set server rtp/m2 drain
	assert_eq "the sorry server" m9 "$(burst 1 udp 10.0.0.3 51000)"
	assert_eq "hits of the flow" 6 "$(lb show flows --json |
		jq '.flows[].hits')"
}

run_case "01: nat, weights, a sorry server [C30 C104]" web_nat
run_case "02: direct server return, in turn [C21]" exchange_dsr
run_case "03: one-packet DNS [C99]" dns_onepacket
run_case "04: SIP by source, and persistence [C61 C87]" sip
run_case "05: IMAPS, a net is one client [C89]" imaps
run_case "06: FTP on any port [C45 C91]" ftp
run_case "07: video by Maglev [C70]" vod
run_case "08: other subnets, by ipip and gre [C63 C73 C108]" api_tunnel
run_case "09: IPv6 through tunnels, failover [C66 C67 C117]" web6_failover
run_case "10: a range of ports by a flow, without what is refused [C46 C48 C68]" \
	rtp
finish
