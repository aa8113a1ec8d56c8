#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `service lvs / conntrack` with everybody on one segment: the seed's example of
# one interface, and gateway mode.
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/conntrack.sh
. "$SELFTESTS/lib/conntrack.sh"

NET4=10.0.0 HOST_VIP=3 HOST_RS=19
topo_one_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" both '*' 8000 50000 51000
done
# A datagram's answer comes from the VIP only if the socket is bound to it.
echo_server rs1 rs1 udp "$VIP6" 8002
agent client

# A server that takes packets from the VIP must not have it.
without_server_vip() {
	local i

	for i in 1 2; do
		ip -n "$(ns "rs$i")" addr del "$VIP4/32" dev lo
		at_exit add_addr "rs$i" lo "$VIP4/32"
	done
}

one_interface() {
	without_server_vip
	translating "oifname \"eth0\" ct original ip daddr $VIP4 snat ip to $VIP4"
	apply <<-EOT
	$(service on)
	$(director web "$VIP4:8000" UDP nat)
	$(servers4 :8000 "" 1 1)
	$(director range "" UDP nat)
	$(servers4 "" "" 2 2)
	flow range director range
		match proto udp dst $VIP4 dstport 50000:51000
	EOT
	forget_entries
	must client open a udp "$VIP4" 8000 6000
	assert_eq "port 8000" "rs1 $VIP4 6000 hi" "$(tell client say a hi)"
	for port in 50000 51000; do
		must client open a udp "$VIP4" "$port" 6000
		assert_match "port $port" "^rs2 $VIP4 [0-9]+ hi$" \
			"$(tell client say a hi)"
	done
	assert_eq "beside the range" ECONNREFUSED \
		"$(tell client burst 1 udp "$VIP4" 51001)"
}

# A server that answers itself: each segment is new, and none invalid.
gateway() {
	watching
	apply <<-EOT
	$(service on)
	$(director tcp "$VIP4:8000" TCP gateway)
	$(servers4 "" "" 1 1)
	$(director udp "[$VIP6]:8002" UDP gateway)
	$(servers6 "" "" 1 1)
	EOT
	lb zero
	forget_entries
	must client open a tcp "$VIP4" 8000 6001
	assert_eq "tcp" "rs1 rs1 rs1" "$(tell client chat a 3)"
	must client open b udp "$VIP6" 8002 6001
	assert_eq "udp" "rs1 rs1 rs1" "$(tell client chat b 3)"
	assert_eq "entries" "$CLIENT4 $VIP4 6001 8000 $VIP4 $CLIENT4 8000 6001 ESTABLISHED one-way
$CLIENT6 $VIP6 6001 8002 $VIP6 $CLIENT6 8002 6001 udp one-way" "$(entries)"
	must client fin a
	assert_eq "end" EOF "$(tell client hear a)"
	books_balance
	assert_eq "new, established, others" \
		"${count[forward_gateway]} 0 0,${count[forward_gateway]} 0 0" \
		"$(seen pre),$(seen post)"
}

run_case "one interface: SNAT to the VIP, a port and a range [C33 C34 C35]" \
	one_interface
run_case "gateway: entries, no packet is invalid [C38]" gateway
finish
