# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The monitor of the balancer. Sourced by lib.sh.

# monitor_start, monitor_start_quiet: return when it has read the
# configuration. Its number is in $monitor_pid, what it says in $monitor_log:
# quiet does not tell every result.
monitor_start() {
	run_monitor --verbose
}

monitor_start_quiet() {
	run_monitor --foreground
}

run_monitor() {
	background on lb lbctl monitor "$@"
	# shellcheck disable=SC2034 # of the areas
	monitor_pid=$!
	monitor_log=$WORK/bg.$!
	wait_for 10 grep -q '^generation ' "$monitor_log"
}

# many_addresses: those of many_servers, on the first server.
many_addresses() {
	ip -n "$(ns rs1)" route add local 10.77.0.0/16 dev lo
	ip -n "$(ns lb)" route add 10.77.0.0/16 via "$(rs4 1)"
}

# many_servers N LINE INTERVAL [PORT]: a director with that many.
many_servers() {
	printf '%s\n' "director many $VIP4:80 TCP" "mode nat" "$2" \
		"check interval $3"
	awk -v n="$1" -v port="${4:-}" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "server s%d 10.77.%d.%d%s check\n", i,
				int(i / 250), i % 250 + 1, port }'
}

# not_passed: how many servers' last check did not.
not_passed() {
	lb show servers --json |
		jq '[.servers[] | select(.check_result != "pass")] | length'
}
