# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The monitor of the balancer, and what it thinks of servers. Sourced by lib.sh.

# monitor_start [ARGUMENT]...: returns when it has read the configuration. Its
# number is in $monitor_pid, what it says in $monitor_log.
monitor_start() {
	background on lb lbctl monitor --foreground "$@"
	# shellcheck disable=SC2034 # of the areas
	monitor_pid=$!
	monitor_log=$WORK/bg.$!
	wait_for 10 grep -q '^generation ' "$monitor_log"
}
