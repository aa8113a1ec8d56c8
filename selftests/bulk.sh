#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A long transfer in each mode, with segmentation offloads as veth has them,
# while configurations are applied and new conns come and go beside it.
# L4LB_BULK_MB: its size. A debug kernel under emulation needs four minutes for
# 100 MB (measured), so there it is 20.
# processors: all
. "$(dirname "$0")/lib.sh"

[ -e /proc/lockdep ] && MB=20 || MB=100
MB=${L4LB_BULK_MB:-$MB}

# The rest of the configuration is what is changed: weights, the scheduler, a
# server that takes no conns, a director. ROUND FAMILY MODE
config() {
	local i rs=("")

	declare -n vip=VIP$2
	for i in 1 2 9; do
		rs+=("$(bracket "$("rs$2" $i)")")
	done
	cat <<-EOT
	director web $(bracket "$vip"):80 TCP
		balance $([ "$1" = 0 ] && echo roundrobin || echo leastconn)
		mode $3
		server rs1 ${rs[1]} weight $(($1 + 1))
		server rs2 ${rs[2]}
	$([ "$1" = 0 ] || echo "	server rs3 ${rs[3]} weight 0")
	director bulk $(bracket "$vip"):9 TCP
		mode $3
		server rs1 ${rs[1]} weight $(($1 + 5))
	$([ "$1" = 0 ] || printf 'director more %s:81 TCP\n\tmode %s\n' "$(bracket "$vip")" "$3")
	EOT
}

# Applies one after the other, as fast as it goes; a line for each failure.
keep_applying() {
	local n=0

	while :; do
		on lb lbctl apply "$WORK/config$((n % 2))" >"$WORK/applying" 2>&1 ||
			cat "$WORK/applying"
		n=$((n + 1))
		echo >>"$WORK/applied"
	done
}

# transfers FAMILY MODE LISTEN_ADDRESS
transfers() {
	local vip applied log start took

	declare -n vip=VIP$1
	config 0 "$1" "$2" >"$WORK/config0"
	config 1 "$1" "$2" >"$WORK/config1"
	lb apply "$WORK/config0" >"$WORK/apply"
	lb zero
	rm -f "$WORK/got" "$WORK/applied"
	file_server rs1 "$3" 9 "$WORK/got"
	must client storm tcp "$vip" 80
	at_exit tell client calm
	background keep_applying
	applied=$!
	log=$(readlink "$WORK/bg.$applied")
	start=$(now_ms)
	send_file client "$vip" 9 "$WORK/sent"
	assert "the file arrives intact" \
		wait_for 30 cmp "$WORK/sent" "$WORK/got"
	took=$(($(now_ms) - start))
	stop "$applied"
	echo "# bulk: $2, IPv$1: $MB MB in $took ms" >>"$WORK/times"
	judges "$log"
}

# Nothing was lost, refused or reset, neither the transfer nor what else came.
judges() {
	local result

	assert_eq "failed applies" "" "$(cat "$1")"
	assert_between "applies" 2 10000 "$(wc -l <"$WORK/applied")"
	result=$(tell client calm)
	assert_match "conns beside it" '^[1-9][0-9]* good 0 bad$' "$result"
	books_balance
	assert_eq "packets dropped" 0 "$(sum_of drop)"
	assert_eq "conns evicted" 0 "${count[conn_evicted]}"
	echo "# $(wc -l <"$WORK/applied") applies, $result" >>"$WORK/times"
}

offloads_are_on() {
	local features

	features=$(on client ethtool -k eth0)
	assert_match "client" 'tcp-segmentation-offload: on' "$features"
	assert_match "client" 'generic-segmentation-offload: on' "$features"
}

head -c "$((MB << 20))" /dev/urandom >"$WORK/sent"

topo_two_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" tcp '*' 80
done
agent client
export L4LB_CASE_LIMIT=120
run_case "offloads are on" offloads_are_on
run_case "v4: nat: intact while configurations change [win]" \
	transfers 4 nat "$(rs4 1)"
run_case "v6: nat: intact while configurations change [win]" \
	transfers 6 nat "$(rs6 1)"
run_undo

topo_one_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" tcp '*' 80
done
agent client
run_case "v4: gateway: intact while configurations change [win]" \
	transfers 4 gateway "$VIP4"
cat "$WORK/times" 2>/dev/null
finish
