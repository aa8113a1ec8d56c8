#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A monitor that stands still for seconds takes no server down for it, for what
# came in time was only read late. The servers are addresses of one machine.
. "$(dirname "$0")/lib.sh"

L4LB_CASE_LIMIT=120

topo_two_arm 1
many_addresses

# Of 200 servers, 60 are being asked when the monitor stands still; afterwards it
# reads 32 sockets, then looks at its clock.
stalled() {
	http_server rs1 rs1 '*' 80
	tc -n "$(ns rs1)" qdisc add dev eth0 root netem delay 300ms limit 100000
	at_exit tc -n "$(ns rs1)" qdisc del dev eth0 root
	many_servers 200 "option $1" "$3" "$2" | apply
	monitor_start_quiet
	wait_for 60 is_equal 0 not_passed
	kill -STOP "$monitor_pid"
	sleep 2.5
	kill -CONT "$monitor_pid"
	sleep 3
	stop "$monitor_pid"
	assert_eq "servers that were down" "" "$(grep ' down: ' "$monitor_log" | head -3)"
}

# One server for each method: the only timer is that of its time-out.
stalled_few() {
	local method i

	http_server rs1 rs1 '*' 80
	tc -n "$(ns rs1)" qdisc add dev eth0 root netem delay 350ms
	at_exit tc -n "$(ns rs1)" qdisc del dev eth0 root
	for method in icmp tcp http; do
		i=$((i + 1))
		printf '%s\n' "director $method $VIP4:8$i TCP" "mode nat" \
			"option ${method}check" "check interval 1 timeout 900ms" \
			"server s $(rs4 1):80 check"
	done | apply
	monitor_start_quiet
	wait_for 20 is_equal 0 not_passed
	for i in 1 2 3 4; do
		kill -STOP "$monitor_pid"
		sleep 1.7
		kill -CONT "$monitor_pid"
		sleep 1.3
	done
	stop "$monitor_pid"
	assert_match "told" "stood still [1-9]" "$(tail -1 "$monitor_log")"
	assert_eq "servers that were down" "" "$(grep ' down: ' "$monitor_log" | head -3)"
}

run_case "tcp: no server is down for it" \
	stalled tcpcheck :80 "1 timeout 900ms"
run_case "http: no server is down for it" stalled httpcheck :80 "2 timeout 1900ms"
run_case "icmp: no server is down for it" stalled icmpcheck "" "1 timeout 900ms"
run_case "one server for each method: none is down for it" stalled_few
finish
