#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Option onepacket: every datagram is scheduled afresh, and nothing is kept.
# A client's socket is connected, so it hears nothing but VIP:port.
. "$(dirname "$0")/lib.sh"

# director NAME PLACE MODE SERVER_PORT [WEIGHT_OF_RS1]
director() {
	local family=4

	[[ $2 != \[* ]] || family=6
	printf 'director %s %s UDP\n' "$1" "$2"
	printf '\t%s\n' "balance roundrobin" "mode $3" "option onepacket"
	"servers$family" "$4" "weight ${5:-1}" 1 1
	"servers$family" "$4" "" 2 2
}

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
	lb zero
}

# Nothing is left of a director's datagrams but what was counted.
nothing_kept() {
	assert_eq "conns" 0 "$(conns)"
	assert_eq "counted, in, out, active, inactive" "$2" "$(director_of "$1" \
		'| "\(.conns) \(.in_packets) \(.out_packets) \(.active) \(.inactive)"')"
	books_balance
	assert_eq "conn_new" 0 "${count[conn_new]}"
	assert_eq "drops" 0 "$(sum_of drop)"
}

# --- gateway ---

topo_one_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" udp "$VIP4" 53
	echo_server "rs$i" "rs$i" udp "$VIP6" 53
done
agent client

gateway() {
	director dns "$(bracket "$1"):53" gateway "" | config
	must client open a udp "$1" 53
	assert_eq "one socket" "rs1 rs2 rs1 rs2 rs1 rs2" \
		"$(tell client chat a 6)"
	nothing_kept dns "6 6 0 0 0"
	assert_eq "forward_gateway" 6 "${count[forward_gateway]}"
}

run_case "gateway: v4: one socket, all servers in turn [C99]" gateway "$VIP4"
run_case "gateway: v6: one socket, all servers in turn [C99]" gateway "$VIP6"
run_undo

# --- nat ---

topo_two_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" udp '*' 53 8000
done
agent client

nat() {
	director dns "$(bracket "$1"):53" nat :8000 | config
	must client open a udp "$1" 53
	assert_eq "one socket" "rs1 rs2 rs1 rs2 rs1 rs2" \
		"$(tell client chat a 6)"
	nothing_kept dns "6 6 6 0 0"
	assert_eq "forward_nat and _reply" "6 6" \
		"${count[forward_nat]} ${count[forward_nat_reply]}"
}

weights() {
	director dns "$VIP4:53" nat "" 3 | config
	must client open a udp "$VIP4" 53
	assert_eq "eight datagrams" "rs1 rs1 rs1 rs2 rs1 rs1 rs1 rs2" \
		"$(tell client chat a 8)"
	lb set server dns/rs1 drain
	assert_eq "rs1 drained" "rs2 rs2 rs2" "$(tell client chat a 3)"
	lb set server dns/rs2 down
	assert_eq "nobody" ECONNREFUSED "$(tell client say a x)"
	assert_eq "drop_no_server" 1 "$(counter drop_no_server)"
	lb set server dns/rs2 up
	assert_eq "rs2 again" "rs2 rs2" "$(tell client chat a 2)"
}

# The reply tells nothing of the request: whose is it?
ambiguous() {
	director dns "$VIP4:53" nat :8000 | config
	refute "a second director with the same servers" apply <<-EOT
	$(director dns "$VIP4:53" nat :8000)
	$(director dns2 "$VIP4:54" nat :8000)
	EOT
	assert_match "reason" 'same address and port' "$(cat "$WORK/apply")"
	assert_eq "the old configuration stays" "rs1 rs2" \
		"$(tell client burst 2 udp "$VIP4" 53)"
	assert "other ports" apply <<-EOT
	$(director dns "$VIP4:53" nat :8000)
	$(director dns2 "$VIP4:54" nat :53)
	EOT
	assert_eq "the second director" "rs1 rs2" \
		"$(tell client burst 2 udp "$VIP4" 54)"
}

# A director that keeps conns has the same server, and gets its own replies.
beside_conns() {
	config <<-EOT
	$(director dns "$VIP4:53" nat :8000)
	$(director kept "$VIP4:54" nat :8000 | grep -v onepacket)
	EOT
	must client open a udp "$VIP4" 53
	must client open b udp "$VIP4" 54
	assert_eq "onepacket" "rs1 rs2" "$(tell client chat a 2)"
	assert_eq "kept" "rs1 rs1" "$(tell client chat b 2)"
	assert_eq "onepacket" "rs1 rs2" "$(tell client chat a 2)"
	assert_eq "conns" 1 "$(conns)"
}

any_port() {
	director dns "$VIP4" nat "" | config
	must client open a udp "$VIP4" 53
	must client open b udp "$VIP4" 8000
	assert_eq "port 53" "rs1 rs2" "$(tell client chat a 2)"
	assert_eq "port 8000" "rs1 rs2 rs1" "$(tell client chat b 3)"
	nothing_kept dns "5 5 5 0 0"
}

udp_only() {
	refute "TCP" eval "lbctl validate - >$WORK/said 2>&1 <<-EOT
		director web $VIP4:80 TCP
			mode nat
			option onepacket
			server rs1 $(rs4 1)
		EOT"
	assert_match "reason" \
		"<stdin>:[0-9]+:[0-9]+: error: 'option onepacket' needs a UDP director; 'web' is TCP" \
		"$(cat "$WORK/said")"
}

run_case "nat: v4: one socket, all servers in turn, replies from the VIP [C99]" \
	nat "$VIP4"
run_case "nat: v6: one socket, all servers in turn, replies from the VIP [C99]" \
	nat "$VIP6"
run_case "nat: weights and states hold for the next datagram [C53 C99]" weights
run_case "nat: any port, replies from the port that was asked [C45 C101]" \
	any_port
run_case "nat: beside a director that keeps conns" beside_conns
run_case "nat: a server that two directors would share is refused" ambiguous
run_case "tcp: refused [C98]" udp_only
finish
