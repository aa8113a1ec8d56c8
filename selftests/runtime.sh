#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What operators order and what time does: states, weights, flush, zero,
# expiry, limits; and which server a scheduler picks.
. "$(dirname "$0")/lib.sh"

topo_two_arm 3
for i in 1 2 3; do
	echo_server "rs$i" "rs$i" tcp '*' 80
	echo_server "rs$i" "rs$i" udp '*' 80
done
agent client

# config BALANCE WEIGHT1 WEIGHT2 WEIGHT3 [OTHER LINES]: web and dns, web6.
config() {
	local weights=("${@:2:3}")

	{
		echo "${5:-}"
		director web "$VIP4:80" TCP "$1"
		servers rs4 ""
		director dns "$VIP4:80" UDP "$1"
		servers rs4 ""
		director web6 "[$VIP6]:80" TCP "$1"
		servers rs6 bracketed
		director dns6 "[$VIP6]:80" UDP "$1"
		servers rs6 bracketed
	} | fresh
}

# A config and nothing left of the last case, schedulers' positions included.
fresh() {
	apply </dev/null
	apply
	lb zero
}

director() {
	printf 'director %s %s %s\n\tbalance %s\n\tmode nat\n' "$@"
}

servers() {
	local i addr

	for i in 1 2 3; do
		addr=$("$1" "$i")
		[ -z "$2" ] || addr="[$addr]"
		echo "	server rs$i $addr weight ${weights[i - 1]}"
	done
}

burst() {
	tell client burst "$1" "${2:-tcp}" "${3:-$VIP4}" 80
}

# --- schedulers ---

roundrobin_weights() {
	config roundrobin 5 3 2
	assert_eq "ten picks, heaviest first" \
		"rs1 rs1 rs1 rs2 rs1 rs2 rs3 rs1 rs2 rs3" "$(burst 10)"
	assert_eq "ten datagrams" \
		"rs1 rs1 rs1 rs2 rs1 rs2 rs3 rs1 rs2 rs3" "$(burst 10 udp)"
	config roundrobin 2 0 4
	assert_eq "weight 0 gets nothing" "rs3 rs3 rs1 rs3 rs3 rs1" \
		"$(burst 6 tcp "$VIP6")"
}

# 256 for an active conn, 1 for another, by weight; ties: first line.
leastconn_picks() {
	local i answer=''

	config leastconn 1 2 1
	for i in 1 2 3 4 5 6 7 8; do
		must client open "c$i" udp "$VIP4" 80
		answer+=" $(tell client say "c$i" x | cut -d' ' -f1)"
	done
	# By weight 1:2:1 the second gets every other one.
	assert_eq "picks" " rs1 rs2 rs3 rs2 rs1 rs2 rs3 rs2" "$answer"
	assert_eq "active" "2 4 2" "$(lb show servers dns --json |
		jq -r '[.servers[].active] | join(" ")')"
}

leastconn_counts_inactive() {
	config leastconn 1 1 1
	must client open a tcp "$VIP4" 80
	assert_match "the first" '^rs1 ' "$(tell client say a x)"
	must client reset a
	wait_for 5 is_equal "0 1" server_of web rs1 \
		'| "\(.active) \(.inactive)"'
	assert_eq "one inactive is worse than none" "rs2 rs3" "$(burst 2)"
	wait_for 5 is_equal 0 director_of web active
	must client open b tcp "$VIP4" 80
	assert_match "one inactive each: first line" '^rs1 ' \
		"$(tell client say b x)"
}

run_case "roundrobin: weights are exact, heaviest first [C53 C54]" \
	roundrobin_weights
run_case "leastconn: the next server can be told [C51]" leastconn_picks
run_case "leastconn: inactive conns count 1" leastconn_counts_inactive

# --- orders ---

set_weight() {
	local saved

	config roundrobin 1 1 1
	saved=$(lb save)
	lb set server web/rs1 weight 4
	assert_eq "spread" "rs1:8 rs2:2 rs3:2" \
		"$(burst 12 | tr ' ' '\n' | spread)"
	assert_eq "shown" "1 4 4" "$(server_of web rs1 \
		'| "\(.weight) \(.weight_override) \(.effective_weight)"')"
	assert_eq "saved" "$saved" "$(lb save)"
	lb set server web/rs1 weight 0
	assert_eq "spread" "rs2:3 rs3:3" "$(burst 6 | tr ' ' '\n' | spread)"
	lb set server web/rs1 weight default
	assert_eq "spread" "rs1:2 rs2:2 rs3:2" \
		"$(burst 6 | tr ' ' '\n' | spread)"
	assert_eq "the other director" "rs1 rs2 rs3" "$(burst 3 udp)"
}

set_drain() {
	config roundrobin 1 1 1
	must client open a tcp "$VIP4" 80
	assert_match "before" '^rs1 ' "$(tell client say a x)"
	lb set server web/rs1 drain
	assert_eq "new conns" "rs2:3 rs3:3" "$(burst 6 | tr ' ' '\n' | spread)"
	assert_match "the old conn" '^rs1 ' "$(tell client say a x)"
	assert_eq "state, order and weight" "drain drain 0" "$(server_of web rs1 \
		'| "\(.state) \(.order) \(.effective_weight)"')"
	lb set server web/rs1 up
	assert_eq "up again" "rs1:2 rs2:2 rs3:2" \
		"$(burst 6 | tr ' ' '\n' | spread)"
}

# The VIP's owner answers the next segment with a reset.
set_down() {
	config roundrobin 1 1 1
	must client open a tcp "$1" 80
	must client open b tcp "$1" 80
	assert_match "first" '^rs1 ' "$(tell client say a x)"
	assert_match "second" '^rs2 ' "$(tell client say b x)"
	lb set server "$2/rs1" down
	assert_eq "a conn of rs1" ECONNRESET "$(tell client say a x)"
	assert_match "a conn of rs2" '^rs2 ' "$(tell client say b x)"
	assert_eq "new conns" "rs2:2 rs3:2" \
		"$(burst 4 tcp "$1" | tr ' ' '\n' | spread)"
	assert_eq "conns of rs1 left" 0 "$(conns director "$2" server rs1)"
	lb set server "$2/rs1" up
	assert_eq "up again" "rs1:1 rs2:1 rs3:1" \
		"$(burst 3 tcp "$1" | tr ' ' '\n' | spread)"
}

flushes() {
	config roundrobin 1 1 1
	burst 6 udp >/dev/null
	burst 4 udp "$VIP6" >/dev/null
	assert_eq "of a client that has none" "0 connections flushed" \
		"$(lb flush client 192.0.2.77)"
	assert_eq "of a server" "2 connections flushed" \
		"$(lb flush director dns server rs2)"
	assert_eq "of a director" "4 connections flushed" \
		"$(lb flush director dns)"
	assert_eq "of a client" "4 connections flushed" \
		"$(lb flush client "$CLIENT6")"
	burst 3 udp >/dev/null
	assert_eq "all" "3 connections flushed" "$(lb flush)"
	assert_eq "conn_flushed" 13 "$(counter conn_flushed)"
	refute "of a director that is not there" lb flush director nope
}

zeroes() {
	config roundrobin 1 1 1
	burst 3 udp >/dev/null
	burst 3 tcp >/dev/null
	lb zero director dns server rs1
	assert_eq "conns of dns" "0 1 1" "$(lb show servers dns \
		--json | jq -r '[.servers[].conns] | join(" ")')"
	lb zero director dns
	assert_eq "conns of dns and web" "0 3" \
		"$(director_of dns conns) $(director_of web conns)"
	assert_eq "conn_new" 6 "$(counter conn_new)"
	lb zero
	assert_eq "conn_new" 0 "$(counter conn_new)"
	assert_eq "conns of web" 0 "$(director_of web conns)"
	assert_eq "conns in the table" 3 "$(conns director dns)"
}

shows_conns() {
	local shown since

	config roundrobin 1 1 1
	since=$(now_ms)
	must client open a udp "$VIP4" 80 7001
	tell client say a x
	must client open b udp "$VIP6" 80 7002
	tell client say b x
	assert_eq "all" 2 "$(conns)"
	assert_eq "of a client" 1 "$(conns client "$CLIENT6")"
	assert_eq "of a director" 1 "$(conns director dns)"
	assert_eq "of a server that has none" 0 "$(conns director dns server rs2)"
	shown=$(lb show connections director dns --json)
	assert_eq "fields" \
		"UDP $CLIENT4 7001 $VIP4 80 $(rs4 1) 80 dns rs1 nat UDP" \
		"$(jq -r '.connections[0] | [.protocol, .client_address,
			.client_port, .vip_address, .vip_port, .server_address,
			.server_port, .director, .server, .mode, .state] |
			join(" ")' <<<"$shown")"
	# The 300 s of UDP less what has passed, to a tick of the wheel.
	assert_between "expires in ms" $((300000 - $(now_ms) + since - 256)) 300000 \
		"$(jq '.connections[0].expires_ms' <<<"$shown")"
}

run_case "set: weight is an override, and in force at once" set_weight
run_case "set: drain keeps what is there [parity]" set_drain
run_case "set: down ends what is there, v4 [win]" set_down "$VIP4" web
run_case "set: down ends what is there, v6 [win]" set_down "$VIP6" web6
run_case "flush: counts what it ends" flushes
run_case "zero: what it is told and nothing else" zeroes
run_case "show: connections by filter, all fields" shows_conns

finish
