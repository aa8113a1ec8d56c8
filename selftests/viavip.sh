#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check via vip: the monitor's probes go the way of clients, so what clients
# would miss at a server, the check misses. rs2 does not have the VIP on lo.
. "$(dirname "$0")/lib.sh"

L4LB_CASE_LIMIT=120

topo_one_arm 2
ip -n "$(ns rs2)" addr del "$VIP4/32" dev lo
ip -n "$(ns rs2)" addr del "$VIP6/128" dev lo
# Or the balancer's own packets would come from it, which servers take for
# theirs.
ip -n "$(ns lb)" addr change "$VIP6/128" dev eth0 preferred_lft 0
for i in 1 2; do
	http_server "rs$i" "rs$i" '*' 80
done

# config FAMILY VIP KEYWORDS: rs1 and rs2, in mode gateway.
config() {
	apply </dev/null
	{
		printf '%s\n' "director web $2:80 TCP" "mode gateway" \
			"option httpcheck" "check interval 1 timeout 800ms $3"
		"servers$1" "" check
	} | apply
}

# said N: health and reason of rsN.
said() {
	lb show servers --json | jq -r --arg n "rs$1" '.servers[] |
		select(.name == $n) | "\(.health) \(.check_reason)"'
}

# sees FAMILY VIP ADDRESS/LENGTH
sees() {
	config "$1" "$2" ""
	monitor_start
	wait_for 10 is_equal "up http: 200" said 1
	wait_for 10 is_equal "up http: 200" said 2
	config "$1" "$2" "via vip"
	wait_for 10 is_equal "down http: timeout after 800 ms" said 2
	wait_for 10 is_equal "up http: 200" said 1
	assert_eq "clients" "rs1 rs1 rs1" "$(get_many client "${2//[\[\]]}" 80 3 | paste -sd ' ')"
	add_addr rs2 lo "$3"
	wait_for 10 is_equal "up http: 200" said 2
	ip -n "$(ns rs2)" addr del "$3" dev lo
	wait_for 10 is_equal "down http: timeout after 800 ms" said 2
	books_balance
}

run_case "v4: a missing VIP is seen via vip, and by no other check [B14]" \
	sees 4 "$VIP4" "$VIP4/32"
run_case "v6: a missing VIP is seen via vip, and by no other check [B14]" \
	sees 6 "[$VIP6]" "$VIP6/128"
finish
