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
