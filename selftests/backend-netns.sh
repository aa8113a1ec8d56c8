#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl backend in network namespaces, each a server of its own, by the command
# that LANGUAGE.md E has, without any further option: two of them do not know
# each other, nothing of them is left, and who the balancer is shows by ARP.
. "$(dirname "$0")/lib.sh"

L4LB_CASE_LIMIT=120
TUNNELS=(ipip ip_gre sit ip6_gre ip6_tunnel)
SYSCTL_D=/etc/sysctl.d/90-lbctl-dsr.conf
VIP4=$NET4.100

# The router is another machine than the balancer.
topology() {
	add_switch
	add_ns lb router rs1 rs2
	for i in lb router rs1 rs2; do
		plug $i eth0
	done
	add_addr lb eth0 "$NET4.2/24" "$NET6:2/64" "$VIP4/32"
	add_addr router eth0 "$NET4.1/24"
	add_addr rs1 eth0 "$NET4.11/24" "$NET6:11/64"
	add_addr rs2 eth0 "$NET4.12/24" "$NET6:12/64"
}

# backend N VERB OPTION...: on server N.
backend() {
	on "rs$1" lbctl backend "$2" "${@:3}" >"$WORK/out" 2>&1
}

# looks N: all that may change. One program for all of ip.
looks() {
	printf '%s\n' "link show" "address show" "route show table all" |
		ip -n "$(ns "rs$1")" -d -batch -
	on "rs$1" grep -r . /proc/sys/net/ipv4/conf
}

remember() {
	for i in 1 2; do
		looks $i >"$WORK/before$i"
	done
}

is_as_before() {
	assert "server $1 is as before" diff "$WORK/before$1" <(looks "$1")
}

vips() {
	ip -n "$(ns "rs$1")" -j address show dev lo |
		jq -r '[.[0].addr_info[].local] - ["127.0.0.1", "::1"] | join(" ")'
}

undo_all() {
	for i in 1 2; do
		backend $i undo || true
	done
}

apart() {
	remember
	at_exit undo_all
	backend 1 prepare --mode gateway --vip "$VIP4" --rip "$NET4.11"
	assert "the settings" grep -qx 'net.ipv4.conf.all.arp_ignore = 1' \
		"$SYSCTL_D"
	assert_eq "VIPs of both" "$VIP4 / " "$(vips 1) / $(vips 2)"
	is_as_before 2
	backend 2 prepare --mode gateway --vip "$NET4.101" --rip "$NET4.12"
	assert_eq "VIPs of both" "$VIP4 / $NET4.101" "$(vips 1) / $(vips 2)"
	assert "the first finds nothing wrong" backend 1 check
	assert "the second neither" backend 2 check
	backend 1 undo --mode gateway --vip "$VIP4" --rip "$NET4.11"
	is_as_before 1
	assert_eq "VIP of the second" "$NET4.101" "$(vips 2)"
	assert "its settings stay" test -e "$SYSCTL_D"
	backend 2 undo
	is_as_before 2
	refute "the settings" test -e "$SYSCTL_D"
	refute "a state" compgen -G '/run/lbctl/*'
}

# What a namespace leaves that is deleted without undo is nobody's.
deleted() {
	add_ns short
	plug short eth0
	add_addr short eth0 "$NET4.13/24"
	on short lbctl backend prepare --mode gateway --vip "$VIP4" \
		--rip "$NET4.13" >/dev/null
	del_ns short
	at_exit undo_all
	backend 1 prepare --mode gateway --vip "$VIP4" --rip "$NET4.11"
	backend 1 undo
	refute "the settings" test -e "$SYSCTL_D"
	refute "a state" compgen -G '/run/lbctl/*'
}

# No tunl0 and the like, wherever the modules were not there before.
quiet() {
	local knob=net.core.fb_tunnels_only_for_init_net mode

	modprobe -r "${TUNNELS[@]}"
	remember
	at_exit undo_all
	for mode in ipip gre "gue port 6080" 6in4; do
		# shellcheck disable=SC2086 # words
		backend 1 prepare --mode $mode --vip \
			"$([ "$mode" = 6in4 ] && echo "$NET6:100" || echo "$VIP4")" \
			--rip "$NET4.11"
	done
	backend 1 prepare --mode ip6tnl --vip "$VIP4" --rip "$NET6:11"
	backend 1 prepare --mode ip6gre --vip "$VIP4" --rip "$NET6:11"
	assert_eq "the tunnels" "gre ip6gre ip6tnl ipip sit" "$(ip -n \
		"$(ns rs1)" -d -j link show | jq -r '[.[].linkinfo.info_kind // empty
			| select(. != "veth")] | sort | join(" ")')"
	is_as_before 2
	assert_eq "the system's setting" 0 "$(sysctl -n $knob)"
	backend 1 undo --mode gre
	assert_eq "the tunnels" "ip6tnl ipip sit" "$(ip -n "$(ns rs1)" -d -j \
		link show | jq -r '[.[].linkinfo.info_kind // empty
			| select(. != "veth")] | sort | join(" ")')"
	backend 1 undo
	is_as_before 1
}

# found OPTION...: the ids, notes with a '-'.
found() {
	on rs1 lbctl backend check --json "$@" 2>/dev/null |
		jq -r '[.findings[] | if .severity == "note" then "-" else "" end +
			.id] | sort | join(" ") + "."'
}

route() {
	ip -n "$(ns rs1)" route replace default via "$1"
}

by_arp() {
	local gateway=(--mode gateway --vip "$VIP4:22" --rip "$NET4.11")

	at_exit undo_all
	at_exit ip -n "$(ns rs1)" route flush default
	backend 1 prepare "${gateway[@]}"
	background on rs1 nc -lk "$VIP4" 22
	wait_for 10 is_listening rs1 tcp 22
	assert_eq "without a route" "-no-route." "$(found "${gateway[@]}")"
	route "$NET4.1"
	assert_eq "by the router" "." "$(found "${gateway[@]}")"
	route "$NET4.2"
	assert_eq "by the balancer" "route-balancer." "$(found "${gateway[@]}")"
	assert_eq "by nobody knows whom" "-route-unjudged listener-address vip-missing." \
		"$(found --mode gateway --vip "$NET4.77:22" --rip "$NET4.11")"
	assert_eq "mode nat wants it" "listener." "$(found --mode nat --vip "$VIP4:22" \
		--rip "$NET4.11:23")"
	assert_eq "without a port" "-listener-unjudged route-balancer." \
		"$(found --mode gateway --vip "$VIP4" --rip "$NET4.11")"
}

topology
run_case "two servers: neither knows of the other [C12]" apart
run_case "a namespace that is deleted leaves nothing to others" deleted
run_case "tunnels: no device that nobody asked for [C117]" quiet
run_case "check: the balancer is who answers ARP for the VIP [C13]" by_arp
finish
