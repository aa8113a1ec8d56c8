#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The balancer's devices: a VLAN to the servers, and a bridge of its own.
. "$(dirname "$0")/lib.sh"

# Everybody is on the segment untagged; with a tag, balancer and server have
# another network, which is the one that the configuration names.
VLAN4=198.18.5 VLAN6=2001:db8:5:

topo_one_arm 1
for host in lb rs1; do
	ip -n "$(ns $host)" link add link eth0 name eth0.5 up type vlan id 5
done
add_addr lb eth0.5 "$VLAN4.2/24" "$VLAN6:2/64"
add_addr rs1 eth0.5 "$VLAN4.11/24" "$VLAN6:11/64"
echo_server rs1 rs1 tcp '*' 80
echo_server rs1 rs1 udp "$VIP4" 80
echo_server rs1 rs1 udp "$VIP6" 80
agent client

# --- VLAN ---

# vlan VIP SERVER: segments that fill the MTU, and fragments; all with the tag.
vlan() {
	local proto

	for proto in TCP UDP; do
		printf 'director %s %s:80 %s\n\tmode gateway\n\tserver s %s\n' \
			$proto "$(bracket "$1")" $proto "$(bracket "$2")"
	done | apply
	printf 'director bulk %s:81 TCP\n\tmode gateway\n\tserver s %s\n' \
		"$(bracket "$1")" "$(bracket "$2")" |
		cat <(lb save) - | apply
	lb zero
	capture rs1 eth0 "$WORK/pcap" -s 100 -Q in
	assert_eq "TCP" "rs1 rs1" "$(tell client burst 2 tcp "$1" 80)"
	must client open a udp "$1" 80
	must client opt a df 0
	must client send a 3000
	assert_eq "a datagram in fragments" "rs1 3000" \
		"$(tell client hear a | awk '{ print $1, length($4) }')"
	head -c 1000000 /dev/urandom >"$WORK/sent"
	file_server rs1 "$1" 81 "$WORK/got"
	send_file client "$1" 81 "$WORK/sent"
	assert "a file" wait_for 10 cmp "$WORK/sent" "$WORK/got"
	capture_end
	assert_between "frames with the tag" 20 2000 \
		"$(captured "$WORK/pcap" "vlan 5 and dst host $1")"
	assert_eq "frames without" 0 \
		"$(captured "$WORK/pcap" "(tcp or udp) and dst host $1")"
	books_balance
	assert_between "forwarded" 20 2000 "${count[forward_gateway]}"
	assert_eq "dropped" 0 "$(sum_of drop)"
}

run_case "v4: gateway: a VLAN to the server" vlan "$VIP4" "$VLAN4.11"
run_case "v6: gateway: a VLAN to the server" vlan "$VIP6" "$VLAN6:11"

# --- bridge ---

# The balancer is the segment as well:
#
#    left           lb  br1           right
#    eth0 ------- p1     p2 ---------- eth0
#   HOST 1       HOST 2 and 100     HOST 11, VIP on lo
BRIDGE4=203.0.113 BRIDGE6=2001:db8:6:

add_ns left right
add_link left eth0 lb p1
add_link right eth0 lb p2
ip -n "$(ns lb)" link add br1 up type bridge forward_delay 0
ip -n "$(ns lb)" link set p1 master br1
ip -n "$(ns lb)" link set p2 master br1
add_addr left eth0 "$BRIDGE4.1/24" "$BRIDGE6:1/64"
add_addr lb br1 "$BRIDGE4.2/24" "$BRIDGE6:2/64" "$BRIDGE4.100/32" \
	"$BRIDGE6:100/128"
add_addr right eth0 "$BRIDGE4.11/24" "$BRIDGE6:11/64"
add_server_vip right "$BRIDGE4.100/32" "$BRIDGE6:100/128"
echo_server right right tcp '*' 80
agent left

# show_frames 0|1: to netfilter. Nobody else is to have the module afterwards;
# modprobe -r would take the bridge, and so all bridges, along.
show_frames() {
	modprobe br_netfilter || skip "no br_netfilter"
	at_exit rmmod br_netfilter
	on lb sysctl -qw net.bridge.bridge-nf-call-iptables="$1" \
		net.bridge.bridge-nf-call-ip6tables="$1"
}

bridge_config() {
	apply <<-EOT
	director four $BRIDGE4.100:80 TCP
		mode gateway
		server right $BRIDGE4.11
	director six [$BRIDGE6:100]:80 TCP
		mode gateway
		server right [$BRIDGE6:11]
	EOT
	lb flush >/dev/null
	lb zero
}

# A frame for the server itself, as from another balancer, is none of ours.
bridged_past() {
	local vip

	show_frames 1
	bridge_config
	for vip in "$BRIDGE4.100" "$BRIDGE6:100"; do
		ip -n "$(ns left)" neigh replace "$vip" dev eth0 \
			lladdr "$(mac_of right eth0)" nud permanent
		at_exit ip -n "$(ns left)" neigh del "$vip" dev eth0
		assert_eq "answer" right "$(tell left burst 1 tcp "$vip" 80)"
	done
	books_balance
	assert_between "pass_bridged" 12 60 "${count[pass_bridged]}"
	assert_eq "conns" 0 "${count[conn_new]}"
	assert_eq "forwarded" 0 "$(sum_of forward)"
}

# balances SHOWN: a frame for the bridge's own address is for the balancer.
balances() {
	show_frames "$1"
	bridge_config
	assert_eq "v4" right "$(tell left burst 1 tcp "$BRIDGE4.100" 80)"
	assert_eq "v6" right "$(tell left burst 1 tcp "$BRIDGE6:100" 80)"
	books_balance
	assert_eq "conns" 2 "${count[conn_new]}"
	assert_between "forwarded" 6 30 "${count[forward_gateway]}"
	assert_eq "dropped" 0 "$(sum_of drop)"
}

run_case "bridge: what it passes to another machine is left alone" bridged_past
run_case "bridge: frames for the balancer are balanced" balances 0
run_case "bridge: frames for the balancer are balanced, if shown to netfilter" \
	balances 1
finish
