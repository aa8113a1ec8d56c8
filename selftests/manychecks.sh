#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many servers, each checked every second by one monitor: probes start in time,
# and memory stays small. The servers are addresses of one machine.
#
# An emulated machine has not always the time it needs: one probe in ten may be
# late, and servers are fewer. Under an instruction clock (selftests/vm/run
# --bench) with L4LB_MANY=yes there are 5,000, and none is late.
# That clock jumps to the next timer when all wait for the disk: a case may then
# have "taken too long" in no time, and is to be run again.
. "$(dirname "$0")/lib.sh"

L4LB_CASE_LIMIT=180
SERVERS=2000
[ -z "${L4LB_MANY:-}" ] || SERVERS=5000

topo_two_arm 1
ip -n "$(ns rs1)" route add local 10.77.0.0/16 dev lo
ip -n "$(ns lb)" route add 10.77.0.0/16 via "$(rs4 1)"

# director LINE INTERVAL [PORT]
director() {
	printf '%s\n' "director many $VIP4:80 TCP" "mode nat" "$1" \
		"check interval $2"
	awk -v n="$SERVERS" -v port="${3:-}" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "server s%d 10.77.%d.%d%s check\n", i,
				int(i / 250), i % 250 + 1, port }'
}

# has_figures N: the monitor has told its figures N times.
has_figures() {
	[ "$(grep -c 'servers checked by' "$monitor_log")" -ge "$1" ]
}

# figures N: "STARTED LATE LATEST_MS", the Nth time.
figures() {
	kill -USR1 "$monitor_pid"
	wait_for 10 has_figures "$1"
	sed -nE 's/.*; ([0-9]+) started, ([0-9]+) of them late, the latest by ([0-9]+) ms.*/\1 \2 \3/p' \
		"$monitor_log" | tail -1
}

not_yet() {
	lb show servers --json |
		jq '[.servers[] | select(.check_result != "pass")] | length'
}

# many INTERVAL SECONDS: what is asked at start is not counted.
many() {
	local before after began started

	monitor_start_quiet
	wait_for 60 is_equal 0 not_yet
	sleep 2
	read -ra before <<<"$(figures 1)"
	began=$(now_ms)
	sleep "$2"
	read -ra after <<<"$(figures 2)"
	began=$(($(now_ms) - began))
	grep -v '^server' "$monitor_log"
	awk '{ print "CPU, user and system, in ticks of 10 ms:", $14, $15 }' \
		"/proc/$monitor_pid/stat"
	started=$((after[0] - before[0]))
	assert_between "probes started in $began ms" \
		$((SERVERS * (began - 2000) / 1000 / $1)) \
		$((SERVERS * (began + 2000) / 1000 / $1)) "$started"
	assert_between "later than a tenth of the interval" 0 \
		$((started / 10)) $((after[1] - before[1]))
	memory=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$monitor_pid/status")
	echo "KiB of memory, at most: $memory"
	assert_between "KiB of memory, at most" 1000 50000 "$memory"
	assert_eq "servers that are not up" 0 "$(not_yet)"
}

icmp() {
	director "option icmpcheck" 1 | apply
	many 1 60
}

tcp() {
	local interval=1

	[ -n "${L4LB_MANY:-}" ] || SERVERS=1000 interval=5
	http_server rs1 rs1 '*' 80
	director "option tcpcheck" "$interval" :80 | apply
	many "$interval" 15
}

# Of 200 servers, 60 are being asked when the monitor stands still; afterwards it
# reads 32 sockets, then looks at its clock.
stalled() {
	SERVERS=200
	http_server rs1 rs1 '*' 80
	tc -n "$(ns rs1)" qdisc add dev eth0 root netem delay 300ms limit 100000
	at_exit tc -n "$(ns rs1)" qdisc del dev eth0 root
	director "option $1" "$3" "$2" | apply
	monitor_start_quiet
	wait_for 60 is_equal 0 not_yet
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
	wait_for 20 is_equal 0 not_yet
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

run_case "icmp: 2,000 or 5,000 servers every second for 60 s" icmp
run_case "tcp: 1,000 servers every 5 s, or 5,000 every second" tcp
run_case "tcp: the monitor stands still, and no server is down for it" \
	stalled tcpcheck :80 "1 timeout 900ms"
run_case "http: the same" stalled httpcheck :80 "2 timeout 1900ms"
run_case "icmp: the same" stalled icmpcheck "" "1 timeout 900ms"
run_case "one server for each method: the same" stalled_few
finish
