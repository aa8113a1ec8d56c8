#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every mode and family with every size of packet, TCP and UDP: what arrives is
# what was sent, byte for byte, both ways, and no checksum is wrong, whoever
# computes it. The servers are Linux as it comes.
#
# The topology of mode nat, and a way past the balancer, which the server takes
# for what it sends from the VIP:
#
#	client ------ lb ------+------ rs1	VIP4/VIP6 on lo, and a device
#	     \                 |		for each kind of tunnel
#	      +----------------+
. "$(dirname "$0")/lib.sh"

# Nothing here times out by rights; a busy machine is slow.
AGENT_PATIENCE=10

BULK=${L4LB_MATRIX_BULK:-2000000}
GUE_PORT=6080

# row NAME FAMILY OUTER_FAMILY MTU MODE...: what a client's packet can hold is
# the link's MTU less what the balancer puts around it.
rows=() families=() outers=() mtus=() modes=()
row() {
	rows+=("$1") families+=("$2") outers+=("$3") mtus+=("$4")
	modes+=("${*:5}")
}

row "gateway v4"	4 4 1500 gateway
row "gateway v6"	6 6 1500 gateway
row "nat v4"		4 4 1500 nat
row "nat v6"		6 6 1500 nat
# The second number is the outer family's.
row "ipip 4in4"		4 4 1480 tunnel ipip
row "ipip 6in6"		6 6 1460 tunnel ipip
row "ipip 6in4"		6 4 1480 tunnel ipip
row "ipip 4in6"		4 6 1460 tunnel ipip
row "gre 4in4"		4 4 1476 tunnel gre
row "gre 6in6"		6 6 1456 tunnel gre
row "gre 6in4"		6 4 1476 tunnel gre
row "gre 4in6"		4 6 1456 tunnel gre
row "gue 4in4"		4 4 1468 tunnel gue port $GUE_PORT
row "gue 6in6"		6 6 1448 tunnel gue port $GUE_PORT
row "gue 6in4"		6 4 1468 tunnel gue port $GUE_PORT
row "gue 4in6"		4 6 1448 tunnel gue port $GUE_PORT

# --- the network ---

# past_the_balancer IP_OPTION VIP WAY
past_the_balancer() {
	ip -n "$(ns rs1)" "$1" rule add from "$2" lookup 100
	ip -n "$(ns rs1)" "$1" route add default via "$3" table 100
}

set_up() {
	topo_two_arm 1
	plug client eth1
	add_addr client eth1 "$NET4.1/24" "$NET6:1/64"
	add_server_vip rs1 "$VIP4/32" "$VIP6/128"
	past_the_balancer -4 "$VIP4" "$NET4.1"
	past_the_balancer -6 "$VIP6" "$NET6:1"
	open_tunnels rs1 "$(rs4 1)" "$(rs6 1)" $GUE_PORT
	# shellcheck disable=SC2046 # ports
	mirror rs1 $(seq 2000 $((1999 + ${#rows[@]})))
	for host in client rs1 lb; do
		agent "$host"
	done
}

# A director for each row and protocol, on a port of its own.
config() {
	local i proto vip rs

	for i in "${!rows[@]}"; do
		declare -n vip=VIP${families[i]}
		rs=$("rs${outers[i]}" 1)
		for proto in TCP UDP; do
			printf 'director %s-%s %s:%s %s\n\tmode %s\n' \
				"${rows[i]// /-}" "$proto" "$(bracket "$vip")" \
				$((2000 + i)) "$proto" "${modes[i]}"
			printf '\tserver rs1 %s\n' "$(bracket "$rs")"
		done
	done
}

# Offloads as veth has them; all off, so that each segment has its checksums on
# the wire; or only the balancer's off, so that it has to complete what it gets
# unfinished. Or all on, and what the client's device takes apart comes to the
# balancer as lists of packets.
set_offloads() {
	local place word lists=off

	[ "$1" != lists ] || lists=on

	for place in "client eth0" "rs1 eth0" "lb eth0" "lb eth1"; do
		word=off
		case "$1 ${place% *}" in
		on*|lists*|"balancer client"|"balancer rs1")	word=on ;;
		esac
		on "${place% *}" ethtool -K "${place#* }" tx $word tso $word \
			gso $word gro off
	done >/dev/null
	[ $lists = off ] || on client ethtool -K eth0 tso off gso off >/dev/null
	on lb ethtool -K eth0 gro $lists rx-gro-list $lists >/dev/null
}

# --- the cases ---

# moves WHAT EXPECTED COMMAND...: the client's agent says so.
moves() {
	assert_match "$1" "^$2\$" "$(tell client "${@:3}")"
}

# all_sizes ROW: small, as large as fits, in bulk, in fragments. What the path
# holds a sender may learn on the way, but TCP before UDP.
all_sizes() {
	local i=$1 vip port=$((2000 + $1)) mtu=${mtus[$1]}

	declare -n vip=VIP${families[i]}
	ip -n "$(ns client)" "-${families[i]}" route flush cache
	moves "tcp: small" 'ok [0-9]+ [0-9]+' stream "$vip" "$port" 20
	moves "tcp: bulk" "ok $mtu [0-9]+" stream "$vip" "$port" "$BULK"
	moves "tcp: a few full segments" "ok $mtu [0-9]+" stream "$vip" "$port" 5000
	moves "udp: small" "ok $mtu" datagrams "$vip" "$port" 20 3
	moves "udp: full" "ok $mtu" datagrams "$vip" "$port" full 2
	# Without checksum offload no program may hand over segments.
	# shellcheck disable=SC2046 # a word or none
	moves "udp: bulk" "ok $mtu" datagrams "$vip" "$port" 1200 40 \
		$([ "$2" = off ] || echo 1200)
	moves "udp: in fragments" "ok $mtu" datagrams "$vip" "$port" 4000 2
	moves "udp: in many" "ok $mtu" datagrams "$vip" "$port" 60000 1
	for host in client rs1 lb; do
		assert_eq "bad packets at $host" 0 "$(tell "$host" bad)"
	done
	[ "$2" != on ] || one_stays_one "$i"
	[ "$2" != lists ] || comes_in_lists "$i"
}

# What comes as one large packet is one to the balancer: it counts fewer than
# there are segments, although it counts the acknowledgements of replies, too.
one_stays_one() {
	assert_between "packets for more segments than" 20 $((BULK / 1500)) \
		"$(director_of "${rows[$1]// /-}-TCP" in_packets)"
}

# Forty datagrams, and fewer packets.
comes_in_lists() {
	local vip name=${rows[$1]// /-}-UDP before

	declare -n vip=VIP${families[$1]}
	before=$(director_of "$name" in_packets)
	moves "udp: bulk" "ok [0-9]+" datagrams "$vip" $((2000 + $1)) 1200 40 1200
	assert_between "packets of datagrams" 1 30 \
		$(($(director_of "$name" in_packets) - before))
}

# The wire itself, inner and outer headers; and what comes out of the tunnel,
# for tcpdump does not look into gue. One TCP segment, because two of them would
# be one again by then, of which nobody computes the checksum.
on_the_wire() {
	local i=$1 vip port=$((2000 + $1))

	declare -n vip=VIP${families[i]}
	capture rs1 any "$WORK/pcap" -Q in 'ip or ip6 and not icmp6'
	moves "tcp" 'ok [0-9]+ [0-9]+' stream "$vip" "$port" 1000
	moves "udp" 'ok [0-9]+' datagrams "$vip" "$port" full 2
	capture_end
	sums_are_good "$WORK/pcap"
}

# Nothing is dropped but what is too long, of which the sender is told.
all_is_counted() {
	local ways=$((${#rows[@]} * 3 + 4))

	books_balance
	assert_eq "drops" "${count[drop_mtu]}" "$(sum_of drop)"
	assert_between "too long" 0 $((ways * 10)) "${count[drop_mtu]}"
	assert_eq "conns" $((ways * 8 + ${#rows[@]} * 2 + 4)) "${count[conn_new]}"
}

set_up
config | apply
for offloads in on balancer off lists; do
	set_offloads $offloads
	case $offloads in
	on)		remark="offloads on [parity]" ;;
	balancer)	remark="offloads off at the balancer" ;;
	off)		remark="offloads off" ;;
	lists)		remark="lists of packets" ;;
	esac
	for i in "${!rows[@]}"; do
		[[ $offloads != lists || ${rows[i]} =~ ^(nat|ipip 6in4|gue 4in6) ]] ||
			continue
		run_case "${rows[i]}: tcp, udp, every size, $remark" \
			all_sizes "$i" $offloads
		[ $offloads != balancer ] ||
			run_case "${rows[i]}: checksums on the wire" \
				on_the_wire "$i"
	done
done
run_case "all of it: the books balance, modes beside each other [C110 C119]" \
	all_is_counted
finish
