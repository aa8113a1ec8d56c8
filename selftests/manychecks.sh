#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 5,000 servers, each checked every second by one monitor: probes start in time,
# and memory stays small. The servers are addresses of one machine.
#
# An emulated machine has not always the time it needs, unless an instruction is
# what its time is made of: this wants such a machine (selftests/check). In it,
# L4LB_MANY says for what there are 5,000: icmp, or yes for both; tcp then takes
# five minutes. Elsewhere, and on a debug kernel, there are fewer servers.
# processors: clock
. "$(dirname "$0")/lib.sh"

# That clock jumps to the next timer when all wait for the disk.
L4LB_CASE_LIMIT=600

topo_two_arm 1
many_addresses

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

# Asking for thousands of servers takes a while.
all_passed() {
	sleep 0.5
	is_equal 0 not_passed
}

# many SERVERS INTERVAL SECONDS: what is asked at start is not counted.
many() {
	local before after began started

	monitor_start_quiet
	wait_for 60 all_passed
	sleep 2
	read -ra before <<<"$(figures 1)"
	began=$(now_ms)
	sleep "$3"
	read -ra after <<<"$(figures 2)"
	began=$(($(now_ms) - began))
	grep -v '^server' "$monitor_log"
	awk '{ print "CPU, user and system, in ticks of 10 ms:", $14, $15 }' \
		"/proc/$monitor_pid/stat"
	started=$((after[0] - before[0]))
	assert_between "probes started in $began ms" \
		$(($1 * (began - 2000) / 1000 / $2)) \
		$(($1 * (began + 2000) / 1000 / $2)) "$started"
	assert_between "later than a tenth of the interval" 0 \
		$((started / 10)) $((after[1] - before[1]))
	memory=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$monitor_pid/status")
	echo "KiB of memory, at most: $memory"
	assert_between "KiB of memory, at most" 1000 50000 "$memory"
	assert_eq "servers that are not up" 0 "$(not_passed)"
}

in_full() {
	[[ ${L4LB_MANY:-} == @(yes|$1) ]] && [ "$L4LB_SLOW" = 1 ]
}

icmp() {
	local servers=2000

	! in_full icmp || servers=5000
	many_servers $servers "option icmpcheck" 1 | apply
	many $servers 1 60
}

tcp() {
	local servers=1000 interval=10

	! in_full tcp || servers=5000 interval=1
	http_server rs1 rs1 '*' 80
	many_servers $servers "option tcpcheck" $interval :80 | apply
	many $servers $interval 15
}

run_case "icmp: 5,000 servers every second for 60 s" icmp
run_case "tcp: 1,000 servers every 10 s, or 5,000 every second" tcp
finish
