#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mode nat: both directions, port translation, checksums, who sees whom.
. "$(dirname "$0")/lib.sh"

# --- the seed's UDP example, as written: 10.0.0.3:8000 to 10.0.0.20:8000 ---
# The VIP is in the servers' network, the clients are behind the balancer.

NET4=10.0.0 HOST_VIP=3 HOST_RS=19
topo_two_arm 1 inner
dns_server rs1 web1 "$(rs4 1)" 8000

example_resolves() {
	lb apply "$TOP/examples/udp.conf"
	capture client eth0 "$WORK/pcap" udp
	assert_eq "answer" web1 "$(dns_ask client "$VIP4" 8000)"
	capture_end
	assert_eq "packets of others than client and VIP" 0 \
		"$(captured "$WORK/pcap" "not (host $CLIENT4 and host $VIP4)")"
	assert_eq "questions and answers" 2 "$(captured "$WORK/pcap")"
	assert_eq "packets in and out" "1 1" \
		"$(server_of web web1 '| "\(.in_packets) \(.out_packets)"')"
}

run_case "udp: the example resolves names [C32]" example_resolves
run_undo

# --- everything else ---

NET4=192.0.2 HOST_VIP=100 HOST_RS=10
topo_two_arm 2
VIP4B=$OUT4.101 VIP6B=$OUT6:101
add_addr lb eth0 "$VIP4B/32" "$VIP6B/128"
# Complete checksums on the wire, so that a wrong one is seen and refused.
for host in client lb rs1 rs2; do
	on "$host" ethtool -K eth0 tx off >/dev/null
done
on lb ethtool -K eth1 tx off >/dev/null
for i in 1 2; do
	echo_server "rs$i" "rs$i" tcp '*' 8000
	echo_server "rs$i" "rs$i" udp '*' 8000
done
dns_server rs1 rs1 "$(rs4 1)" 53
dns_server rs2 rs2 "$(rs6 2)" 53
agent client

config() {
	apply <<-EOT
	$(director web4 "$VIP4:80" TCP)
	$(servers4 :8000)
	$(director web6 "[$VIP6]:80" TCP)
	$(servers6 :8000)
	$(director echo4 "$VIP4:7" UDP)
	$(servers4 :8000)
	$(director echo6 "[$VIP6]:7" UDP)
	$(servers6 :8000)
	$(director dns4 "$VIP4:53" UDP)
	$(servers4 "" "" 1 1)
	$(director dns6 "[$VIP6]:53" UDP)
	$(servers6 "" "" 2 2)
	EOT
	lb flush >/dev/null
	lb zero
}

director() {
	printf 'director %s %s %s\n\tbalance roundrobin\n\tmode nat\n' "$@"
}

dns_on_53() {
	config
	assert_eq "IPv4" rs1 "$(dns_ask client "$VIP4")"
	assert_eq "IPv6" rs2 "$(dns_ask client "$VIP6")"
}

# What both ends see, with the port translated on the way.
translates() {
	local proto=$1 vip=$2 port=$3 client=$4 rs=$5

	config
	capture client eth0 "$WORK/outside" "$proto"
	outside=$capture_pid
	capture lb eth1 "$WORK/inside" "$proto"
	must client open a "$proto" "$vip" "$port" 6000
	assert_eq "who answers, and whom it sees" "rs1 $client 6000 hi" \
		"$(tell client say a hi)"
	must client close a
	capture_end
	capture_pid=$outside capture_end
	assert_eq "strangers outside" 0 "$(captured "$WORK/outside" \
		"not (host $client and host $vip and port $port)")"
	assert_eq "strangers inside" 0 "$(captured "$WORK/inside" \
		"not (host $client and host $rs and port 8000)")"
	assert_between "packets outside" 2 20 "$(captured "$WORK/outside")"
	sums_are_good "$WORK/outside"
	sums_are_good "$WORK/inside"
}

alternates() {
	config
	assert_eq "servers" "rs1 rs2 rs1 rs2 rs1 rs2" \
		"$(tell client burst 6 "$1" "$2" "$3")"
}

# A datagram of 5 bytes there, "rs1 CLIENT 6001 hihi\n" back.
counts_both_ways() {
	local answer size

	config
	must client open a udp "$2" 7 6001
	for _ in 1 2 3; do
		answer=$(tell client say a hihi)
	done
	assert_match "answer" "^rs[12] $3 6001 hihi$" "$answer"
	size=$(($4 + ${#answer} + 1))
	assert_eq "conns, packets and bytes" "1 3 $((3 * ($4 + 5))) 3 $((3 * size))" \
		"$(director_of "$1" '| "\(.conns) \(.in_packets) \(.in_bytes) \(.out_packets) \(.out_bytes)"')"
	assert_eq "forward_nat" 3 "$(counter forward_nat)"
	assert_eq "forward_nat_reply" 3 "$(counter forward_nat_reply)"
}

keeps_any_port() {
	apply <<-EOT
	$(director all "$VIP4" UDP)
	$(servers4 "" "" 1 1)
	EOT
	must client open a udp "$VIP4" 8000 6002
	assert_eq "answer on the port that was asked" \
		"rs1 $CLIENT4 6002 hi" "$(tell client say a hi)"
	must client open b udp "$VIP4" 8001 6002
	assert_eq "a port nobody listens on" ECONNREFUSED \
		"$(tell client say b hi)"
	assert_eq "server ports" "8000 8001" "$(lb show connections --json |
		jq -r '[.connections[].server_port] | sort | join(" ")')"
}

# A UDP checksum of 0 means that there is none.
keeps_no_sum() {
	config
	capture lb eth1 "$WORK/pcap" "udp and dst host $(rs4 1)"
	must client open a udp "$VIP4" 7 6003
	must client opt a nocheck 1
	assert_eq "answer" "rs1 $CLIENT4 6003 hi" "$(tell client say a hi)"
	capture_end
	assert_eq "requests without a checksum" 1 \
		"$(captured "$WORK/pcap" 'udp[6:2] = 0')"
}

# Two VIPs, one server, one client port: both replies would look the same, so
# the second conn gets another port, and keeps the client's address.
resolves_clash() {
	local first second

	apply <<-EOT
	$(director one "$2:7" UDP)
	$("servers$1" :8000 "" 1 1)
	$(director two "$3:7" UDP)
	$("servers$1" :8000 "" 1 1)
	EOT
	lb flush >/dev/null
	lb zero
	must client open a udp "${2//[][]/}" 7 6004
	first="rs1 $4 6004 hi"
	assert_eq "the first" "$first" "$(tell client say a hi)"
	must client open b udp "${3//[][]/}" 7 6004
	second=$(tell client say b hi)
	assert_match "the second" "^rs1 $4 [0-9]+ hi$" "$second"
	refute "one port for both" [ "$first" = "$second" ]
	assert_eq "conn_clash" 1 "$(counter conn_clash)"
	assert_eq "the first still" "$first" "$(tell client say a hi)"
	assert_eq "the second still" "$second" "$(tell client say b hi)"
	assert_eq "who is shown with another source" "two" \
		"$(lb show connections --json | jq -r '.connections[] |
			select(.source_address) | .director')"
	lb flush director one >/dev/null
	assert_eq "the second, when the first is gone" "$second" \
		"$(tell client say b hi)"
	assert_eq "drop_snat_ports" 0 "$(counter drop_snat_ports)"
}

# What a server sends by itself is routed, not translated.
leaves_the_rest() {
	config
	agent rs1
	echo_server client client udp '*' 9
	must rs1 open a udp "$CLIENT4" 9 8001
	assert_eq "whom the client sees" "client $(rs4 1) 8001 hi" \
		"$(tell rs1 say a hi)"
}

run_case "dns: port 53 over both families" dns_on_53
for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family
	header=$((family == 4 ? 28 : 48))
	run_case "v$family: tcp: answers alternate" alternates tcp "$vip" 80
	run_case "v$family: tcp: translates, both see each other [C30 C31]" \
		translates tcp "$vip" 80 "$client" "$("rs$family" 1)"
	run_case "v$family: udp: translates, both see each other [C29 C31]" \
		translates udp "$vip" 7 "$client" "$("rs$family" 1)"
	run_case "v$family: udp: counts both directions" \
		counts_both_ways "echo$family" "$vip" "$client" "$header"
done
run_case "udp: a checksum of 0 stays 0" keeps_no_sum
run_case "any port: a server without a port keeps the packet's [C101]" \
	keeps_any_port
run_case "clash: v4: of two equal replies one gets another port" \
	resolves_clash 4 "$VIP4" "$VIP4B" "$CLIENT4"
run_case "clash: v6: of two equal replies one gets another port" \
	resolves_clash 6 "[$VIP6]" "[$VIP6B]" "$CLIENT6"
run_case "rest: a server's own traffic is left alone" leaves_the_rest
finish
