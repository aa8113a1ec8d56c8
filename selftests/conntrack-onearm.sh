#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `service lvs / conntrack` with everybody on one segment: the seed's example of
# one interface, gateway and tunnel mode.
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
echo_server rs1 rs1 udp "$VIP4" 8002
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

# tunnel VIP4|VIP6 CLIENT SERVER: a TCP and a UDP conn through ipip.
tunnel() {
	local vip=$1

	[[ $vip != *:* ]] || vip=[$vip]
	watching
	capture rs1 eth0 "$WORK/pcap" ip proto 4 or ip proto 41
	apply <<-EOT
	$(service on)
	$(director tcp "$vip:8000" TCP tunnel)
		server rs1 $3
	$(director udp "$vip:8002" UDP tunnel)
		server rs1 $3
	EOT
	lb zero
	forget_entries
	must client open a tcp "$1" 8000 6002
	assert_eq "tcp" "rs1 rs1 rs1" "$(tell client chat a 3)"
	must client open b udp "$1" 8002 6002
	assert_eq "udp" "rs1 rs1 rs1" "$(tell client chat b 3)"
	made=$(entries)
	must client fin a
	assert_eq "end" EOF "$(tell client hear a)"
	capture_end
	books_balance
	sent=${count[forward_tunnel]}
	assert_between "forward_tunnel" 8 16 "$sent"
	assert_eq "conns" 2 "${count[conn_new]}"
	assert_eq "packets in a tunnel" "$sent" "$(captured "$WORK/pcap")"
}

# The system's rules see what is in the tunnel, and not the tunnel. As for mode
# gateway, without answers each packet is new.
tunnel_is_tracked() {
	local made sent

	tunnel "$VIP4" "$CLIENT4" "$(rs4 1)"
	assert_eq "entries" "$CLIENT4 $VIP4 6002 8000 $VIP4 $CLIENT4 8000 6002 ESTABLISHED one-way
$CLIENT4 $VIP4 6002 8002 $VIP4 $CLIENT4 8002 6002 udp one-way" "$made"
	assert_eq "of any protocol" 2 "$(entry_count)"
	assert_eq "new, established, others" "$sent 0 0,$sent 0 0" \
		"$(seen pre),$(seen post)"
}

# Rules could look into a route of the other family: they are not asked, and
# without POST_ROUTING nothing comes to be an entry. To nf_conntrack each packet
# is the first, and a FIN cannot be that.
tunnel_is_not_tracked() {
	local made sent

	tunnel "$VIP6" "$CLIENT6" "$(rs4 1)"
	assert_eq "entries" "" "$made"
	assert_eq "of any protocol" 0 "$(entry_count)"
	assert_eq "new, established, others" "$((sent - 1)) 0 1,0 0 0" \
		"$(seen pre),$(seen post)"
}

# What a rule drops is counted as such, and not as sent.
tunnel_meets_rules() {
	rules <<-EOT
	chain post {
		type filter hook postrouting priority filter
		udp dport 8002 counter drop
	}
	EOT
	apply <<-EOT
	$(service on)
	$(director udp "$VIP4:8002" UDP tunnel)
	$(servers4 "" "" 1 1)
	EOT
	lb zero
	forget_entries
	must client open b udp "$VIP4" 8002 6003
	must client send b 3
	must client send b 3
	wait_for 5 is_equal 2 counter drop_post_routing
	books_balance
	assert_eq "forward_tunnel" 0 "${count[forward_tunnel]}"
	assert_eq "packets of the server" 0 "$(server_of udp rs1 in_packets)"
	assert_eq "entries" 0 "$(entry_count)"
	assert_eq "seen by the rule" 2 "$(seen post)"
}

open_tunnels rs1 "$(rs4 1)" "$(rs6 1)" 6080
run_case "one interface: SNAT to the VIP, a port and a range [C33 C34 C35]" \
	one_interface
run_case "gateway: entries, no packet is invalid [C38]" gateway
run_case "tunnel: ipip, 4 in 4: entries, no packet is invalid [C38]" \
	tunnel_is_tracked
run_case "tunnel: ipip, 6 in 4: is not tracked, and works [C38]" \
	tunnel_is_not_tracked
run_case "tunnel: what a rule drops is counted [C38]" tunnel_meets_rules
finish
