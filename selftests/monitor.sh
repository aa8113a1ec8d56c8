#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl monitor: servers go and come back as their checks say.
. "$(dirname "$0")/lib.sh"

topo_two_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" both '*' 80
done
agent client
EXPECTED=
monitor_start
first() {
	apply <<-EOT
	director web $VIP4:80 TCP
		option tcpcheck
		check interval 1
		server rs1 $(rs4 1) check
		server rs2 $(rs4 2):81 check
	EOT
	sleep 3; cat $monitor_log; lb monitor -f; lb show servers --json
	lb show servers
	cat "$monitor_log"
	assert_eq a b c
}
run_case "first" first
finish
