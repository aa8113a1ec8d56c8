#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Things go away under traffic: devices, namespaces, the module. What the
# kernel thinks of it, vm/run reads from its messages.
# processors: all
. "$(dirname "$0")/lib.sh"

ko=${L4LB_KO:-$TOP/l4lb.ko}
ROUNDS=${L4LB_ROUNDS:-3}

topo_two_arm 1
echo_server rs1 rs1 tcp '*' 80
echo_server rs1 rs1 udp '*' 80
agent client

# For TCP and UDP over both families.
config() {
	local proto

	for proto in TCP UDP; do
		echo "director four-$proto $VIP4:80 $proto"
		printf '\tmode nat\n\tserver rs1 %s\n' "$(rs4 1)"
		echo "director six-$proto [$VIP6]:80 $proto"
		printf '\tmode nat\n\tserver rs1 %s\n' "$(rs6 1)"
	done
}

storm() {
	must client storm tcp "$VIP4" 80
	must client storm udp "$VIP4" 80
	must client storm tcp "$VIP6" 80
	must client storm udp "$VIP6" 80
	at_exit tell client calm
}

answers() {
	[ "$(tell client burst 1 tcp "$VIP4" 80)" = rs1 ] &&
		[ "$(tell client burst 1 udp "$VIP6" 80)" = rs1 ]
}

# --- devices ---

# set down, then up again: the addresses of IPv6 have gone with it.
device_down() {
	config | apply
	lb zero
	storm
	wait_for 20 is_past forward_nat 20
	ip -n "$(ns lb)" link set eth1 down
	wait_for 20 is_past drop_no_route 1
	ip -n "$(ns lb)" link set eth1 up
	add_addr lb eth1 "$NET6:254/64"
	assert "answers again" wait_for 20 answers
}

is_past() {
	[ "$(counter "$1")" -ge "$2" ]
}

device_deleted() {
	config | apply
	lb zero
	storm
	wait_for 20 is_past forward_nat 20
	ip -n "$(ns lb)" link del eth1
	wait_for 20 is_past drop_no_route 1
	plug lb eth1
	add_addr lb eth1 "$NET4.254/24" "$NET6:254/64"
	arp_reset rs1
	assert "answers again" wait_for 20 answers
}

# Each conn holds a route by it, for answers. Not to be freed would make the
# deletion wait, and the kernel complain.
client_device_deleted() {
	local before

	config | apply
	lb zero
	must client open four tcp "$VIP4" 80
	must client open six tcp "$VIP6" 80
	assert_eq "conns" "rs1 rs1" \
		"$(tell client chat four 1) $(tell client chat six 1)"
	storm
	wait_for 20 is_past forward_nat_reply 20
	before=$(now_ms)
	ip -n "$(ns lb)" link del eth0
	assert_between "ms that took" 0 $((5000 * L4LB_SLOW)) \
		$(($(now_ms) - before))
	assert_between "conns that are left" 2 100000 "$(conns)"
	add_link client eth0 lb eth0
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr lb eth0 "$LB4/24" "$LB6/64" "$VIP4/32" "$VIP6/128"
	add_default_route client "$LB4" "$LB6"
	assert "answers again" wait_for 20 answers
	assert_eq "the conns of before" "rs1 rs1" \
		"$(tell client chat four 1) $(tell client chat six 1)"
}

# idle_device_deleted SERVER VIP: nothing after the deletion makes a server's route be
# looked up again, and so given back.
idle_device_deleted() {
	local before

	lb apply - >/dev/null 2>&1 <<-EOT
	director d $(bracket "$2"):80 UDP
		mode gateway
		server s $(bracket "$1")
	EOT
	lb zero
	must client open a udp "$2" 80
	must client send a 10
	wait_for 5 is_past forward_gateway 1
	before=$(now_ms)
	ip -n "$(ns lb)" link del eth1
	assert_between "ms that took" 0 $((5000 * L4LB_SLOW)) \
		$(($(now_ms) - before))
	plug lb eth1
	add_addr lb eth1 "$NET4.254/24" "$NET6:254/64"
	arp_reset rs1
}

run_case "device: set down and up under traffic [parity]" device_down
run_case "device: deleted and made again under traffic [parity]" \
	device_deleted
run_case "device: the clients' is deleted while conns have routes by it" \
	client_device_deleted
run_case "device: v4: deleted while a server's route by it is kept" \
	idle_device_deleted "$(rs4 1)" "$VIP4"
run_case "device: v6: deleted while a server's route by it is kept" \
	idle_device_deleted "$(rs6 1)" "$VIP6"

# --- the module ---

# lbctl in a namespace that has no configuration, so that it pins nothing.
says() {
	local rc=0

	lb "${@:3}" >"$WORK/out" 2>&1 || rc=$?
	assert_eq "exit code of ${*:3}" "$1" "$rc"
	assert_match "${*:3}" "$2" "$(cat "$WORK/out")"
	assert_eq "lines" 1 "$(wc -l <"$WORK/out")"
}

module_goes() {
	config | apply
	storm
	wait_for 20 is_past forward_nat 20
	refute "rmmod while configured" rmmod l4lb 2>"$WORK/err"
	assert_match "it says" 'in use' "$(cat "$WORK/err")"
	assert "it goes on" answers
	at_exit load
	apply </dev/null
	assert "rmmod" rmmod l4lb
	says 102 "the l4lb module is not loaded: run 'modprobe l4lb'" \
		show counters
	sleep 1
	assert "insmod" load
	config | apply
	assert "answers again" wait_for 20 answers
}

load() {
	insmod "$ko"
}

run_case "module: refuses to go, goes, comes back under traffic [parity]" \
	module_goes

# --- namespaces ---

# The namespace's end takes its devices and so the client's with it.
netns_deleted() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		config | apply
		storm
		wait_for 20 is_past forward_nat 20
		del_ns lb
		assert_match "storm" ' good ' "$(tell client calm)"
		wait_for 20 refuted ip -n "$(ns client)" link show eth0
		add_ns lb
		wire_two_arms eth0
		arp_reset rs1
	done
	config | apply
	assert "answers" wait_for 20 answers
}

refuted() {
	! "$@" >/dev/null 2>&1
}

netns_loop() {
	local i

	for ((i = 0; i < 2 * ROUNDS; i++)); do
		add_ns "extra$i"
		config | on "extra$i" lbctl apply - >/dev/null
		del_ns "extra$i"
	done
	assert_eq "names left" 0 "$(ip netns list | grep -c -- "-extra")"
}

# A socket outlives its namespace's name, and its transaction with it.
txn_outlives() {
	add_ns gone
	config | on gone lbctl apply - >/dev/null
	genl_agent gone raw
	must raw socket s
	must raw s TXN_BEGIN
	must raw s DIRECTOR_DEL '{"DIRECTOR": {"NAME": "four-TCP"}}'
	ip netns del "$(ns gone)"
	must raw s TXN_COMMIT
	must raw s TXN_BEGIN
	assert "the module is still there" grep -q '^l4lb ' /proc/modules
	# The agent's end is the namespace's end, transaction and all.
}

L4LB_CASE_LIMIT=120 run_case "netns: deleted under traffic, many times [parity]" \
	netns_deleted
run_case "netns: made, configured and deleted in a loop" netns_loop
run_case "netns: its end with a transaction open" txn_outlives

# Whatever was configured is gone with its namespace: nothing pins the module.
nothing_left() {
	wait_for 20 is_equal 0 users
	assert "rmmod" rmmod l4lb
	assert "insmod" load
}

users() {
	awk '$1 == "l4lb" { print $3 }' /proc/modules
}

run_case "module: nothing holds it in the end" nothing_left
finish
