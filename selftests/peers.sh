#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two balancers, a and b, with one configuration and one VIP. Each is a server,
# too; c is nothing but that. The client's way to the VIP is changed by hand,
# as a router or VRRP would.
#
#    client            a               b               c      VIP on lo
#     eth0            eth0            eth0            eth0    of a, b, c
#    HOST 1          HOST 11         HOST 12         HOST 13
#      |               |               |               |
#    --+---------------+---------------+---------------+--   NET4.0/24, NET6:/64
. "$(dirname "$0")/lib.sh"

CLIENT4=$NET4.1 VIP4=198.51.100.100 CLIENT6=$NET6:1 VIP6=2001:db8:2::100
add_switch
add_ns client a b c
plug client eth0
add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
i=0
for host in a b c; do
	i=$((i + 1))
	plug $host eth0
	add_addr $host eth0 "$(rs4 $i)/24" "$(rs6 $i)/64"
	add_server_vip $host "$VIP4/32" "$VIP6/128"
	echo_server $host $host udp "$VIP4" 80
	echo_server $host $host udp "$VIP6" 80
	echo_server $host $host tcp '*' 80
	open_tunnels $host "$(rs4 $i)" "$(rs6 $i)" 6080
done
agent client
mode=gateway

# As with health checks, they know each other's addresses.
acquaint() {
	local i

	for i in 1 2 3; do
		on a ping -qc1 "$(rs4 $i)"
		on a ping -qc1 "$(rs6 $i)"
		on b ping -qc1 "$(rs4 $i)"
		on b ping -qc1 "$(rs6 $i)"
	done
} >/dev/null
acquaint

# by HOST: the client's packets for the VIP go there.
by() {
	printf 'route replace %s via %s\n' "$VIP4" "$(rs4 "$(number "$1")")" \
		"$VIP6" "$(rs6 "$(number "$1")")" | ip -n "$(ns client)" -batch -
}

number() {
	case $1 in
	a)	echo 1 ;;
	b)	echo 2 ;;
	c)	echo 3 ;;
	esac
}

# directors SCHEDULER [HOST...]: with these servers, for both protocols.
directors() {
	local family proto host

	for family in 4 6; do
		for proto in tcp udp; do
			echo "director $proto$family $(vip $family):80 $proto"
			printf '\tbalance %s\n\tmode %s\n' "$1" "$mode"
			for host in "${@:2}"; do
				echo "server $host $("rs$family" \
					"$(number "$host")")"
			done
		done
	done
}

vip() {
	[ "$1" = 4 ] && echo "$VIP4" || echo "[$VIP6]"
}

# config HOST SCHEDULER [SERVER...]: of one balancer; head lines on stdin.
config() {
	cat - <(directors "${@:2}") >"$WORK/conf"
	on "$1" lbctl apply - <"$WORK/conf" >"$WORK/apply" 2>&1 || {
		cat "$WORK/apply"
		return 1
	}
	on "$1" lbctl flush >/dev/null
	on "$1" lbctl zero
}

# count_of HOST COUNTER
count_of() {
	on "$1" lbctl show counters --json | jq -e --arg n "$2" \
		'.counters[] | select(.name == $n) | .value'
}

# Each balancer gives a conn to itself, to the other, to c, and so on.
serves_what_peers_send() {
	local proto=$1 vip=$2

	config a roundrobin a b c </dev/null
	config b roundrobin a b c </dev/null
	by a
	assert_eq "by a" "a b c a b c" "$(tell client burst 6 "$proto" "$vip" 80)"
	by b
	assert_eq "by b" "a b c a b c" "$(tell client burst 6 "$proto" "$vip" 80)"
	assert_eq "conns" "6 6" "$(count_of a conn_new) $(count_of b conn_new)"
	assert_eq "expired" "0 0" "$(count_of a drop_ttl) $(
		count_of b drop_ttl)"
	assert_between "b: packets of a that b served" 2 20 \
		"$(count_of b pass_peer)"
}

# A flow that both have a conn for, each with the other as its server.
moves_without_loop() {
	config a roundrobin b a </dev/null
	config b roundrobin a b </dev/null
	by a
	must client open x udp "$1" 80 9001
	assert_eq "by a" "b b" "$(tell client chat x 2)"
	by b
	assert_eq "by b, whose turn is a" "a a" "$(tell client chat x 2)"
	by a
	assert_eq "by a again" "b b" "$(tell client chat x 2)"
	assert_eq "conns" "1 1" "$(count_of a conn_new) $(count_of b conn_new)"
	assert_eq "expired" "0 0" "$(count_of a drop_ttl) $(
		count_of b drop_ttl)"
}

# Before they know each other a packet may go a hop too far, but not round.
strangers() {
	config a roundrobin b a </dev/null
	config b roundrobin a b </dev/null
	at_exit acquaint
	arp_reset a
	arp_reset b
	by a
	assert_match "answers" "^[ab] [ab] [ab] [ab]$" \
		"$(tell client burst 4 udp "$1" 80)"
	assert_eq "expired" "0 0" "$(count_of a drop_ttl) $(
		count_of b drop_ttl)"
	assert_between "hops between them" 2 4 "$(($(count_of a \
		forward_gateway) + $(count_of b forward_gateway)))"
}

# Neither names itself, so neither can know: each hop costs a TTL.
ends_by_ttl() {
	config a roundrobin b </dev/null
	config b roundrobin a </dev/null
	by a
	must client open x udp "$VIP4" 80 9002
	must client send x 10
	wait_for 5 has_expired
	assert_eq "hops" 63 "$(($(count_of a forward_gateway) +
		$(count_of b forward_gateway)))"
	assert_eq "the end" 1 "$(($(count_of a drop_ttl) +
		$(count_of b drop_ttl)))"
}

has_expired() {
	[ "$(($(count_of a drop_ttl) + $(count_of b drop_ttl)))" = 1 ]
}

# The address that makes it a server comes after the configuration, and goes.
follows_addresses() {
	ip -n "$(ns b)" addr del "$(rs4 2)/24" dev eth0
	at_exit add_addr b eth0 "$(rs4 2)/24"
	config b roundrobin a b </dev/null
	add_addr b eth0 "$(rs4 2)/24"
	acquaint
	config a roundrobin b </dev/null
	by a
	assert_eq "by a" "b b b" "$(tell client burst 3 udp "$VIP4" 80)"
	assert_eq "pass_peer" 3 "$(count_of b pass_peer)"
}

# What comes out of a tunnel was sent by a peer.
by_tunnel() {
	mode="tunnel $1"
	serves_what_peers_send udp "$2"
	moves_without_loop "$2"
}

# --- active-active ---

# all_alike: both choose alike, and may begin in the middle.
all_alike() {
	local name

	# What earlier cases' would still say would be picked up, too.
	for name in 1 2 3 4 5 6; do
		tell client reset $name
	done >/dev/null
	for name in a b; do
		printf 'service lvs\n\tpickup\n' | config $name "mh port" c a b
	done
}

# So one goes on where the other ended.
picks_up() {
	local name server=()

	all_alike
	by a
	for name in 1 2 3 4 5 6; do
		must client open $name tcp "$1" 80 910$name
		server[name]=$(tell client chat $name 1)
	done
	by b
	ip -n "$(ns a)" link set eth0 down
	at_exit revive_a
	for name in 1 2 3 4 5 6; do
		if [ "${server[name]}" = a ]; then
			continue
		fi
		assert_eq "conn $name goes on" "${server[name]}" \
			"$(tell client chat $name 1)"
	done
	assert_between "servers" 2 3 \
		"$(printf '%s\n' "${server[@]}" | sort -u | wc -l)"
	assert_between "b: picked up" 1 6 "$(count_of b conn_new)"
}

# There and back again: a conn that its first balancer still knows.
fails_back() {
	local name host server=()

	all_alike
	by a
	for name in 1 2 3 4 5 6; do
		must client open $name tcp "$1" 80 920$name
		server[name]=$(tell client chat $name 1)
	done
	for host in b a b a; do
		by $host
		for name in 1 2 3 4 5 6; do
			assert_eq "conn $name by $host" \
				"${server[name]} ${server[name]}" \
				"$(tell client chat $name 2)"
		done
	done
	assert_between "servers" 2 3 \
		"$(printf '%s\n' "${server[@]}" | sort -u | wc -l)"
	assert_eq "conns, each once at both" "6 6" \
		"$(count_of a conn_new) $(count_of b conn_new)"
	assert_eq "expired" "0 0" "$(count_of a drop_ttl) $(
		count_of b drop_ttl)"
}

# spray: the client's packets go to both balancers in turn, one by one.
spray() {
	local vip=$VIP4 family

	for family in 4 6; do
		ip -n "$(ns client)" "-$family" -batch - <<-EOT
		rule add fwmark 1 lookup 101
		rule add fwmark 2 lookup 102
		route add $vip via $("rs$family" 1) table 101
		route add $vip via $("rs$family" 2) table 102
		EOT
		at_exit ip -n "$(ns client)" "-$family" rule del fwmark 1
		at_exit ip -n "$(ns client)" "-$family" rule del fwmark 2
		at_exit ip -n "$(ns client)" "-$family" route flush table 101
		at_exit ip -n "$(ns client)" "-$family" route flush table 102
		vip=$VIP6
	done
	at_exit on client nft delete table inet spray
	on client nft -f - <<-EOT
	table inet spray {
		chain out {
			type route hook output priority mangle
			ip daddr $VIP4 meta mark set numgen inc mod 2 offset 1
			ip6 daddr $VIP6 meta mark set numgen inc mod 2 offset 1
		}
	}
	EOT
}

# As with ECMP that has no regard for flows.
sprayed() {
	local name server=()

	all_alike
	by c
	spray
	for name in 1 2 3 4 5 6; do
		must client open $name tcp "$1" 80 930$name
		server[name]=$(tell client chat $name 1)
	done
	for name in 1 2 3 4 5 6; do
		assert_eq "conn $name" "$(printf '%s\n' {1..8} |
			sed "s/.*/${server[name]}/" | paste -sd ' ')" \
			"$(tell client chat $name 8)"
	done
	assert_between "servers" 2 3 \
		"$(printf '%s\n' "${server[@]}" | sort -u | wc -l)"
	assert_eq "conns, each once at both" "6 6" \
		"$(count_of a conn_new) $(count_of b conn_new)"
	for name in a b; do
		assert_between "$name: packets of clients" 30 400 \
			"$(on $name lbctl show directors --json |
				jq '[.directors[].in_packets] | add')"
	done
}

revive_a() {
	ip -n "$(ns a)" link set eth0 up
	add_addr a eth0 "$(rs6 1)/64"
}

for family in 4 6; do
	declare -n vip_of=VIP$family
	for proto in tcp udp; do
		run_case "v$family: $proto: what a peer sends on is served" \
			serves_what_peers_send $proto "$vip_of"
	done
	run_case "v$family: udp: a flow that moves between peers does not loop" \
		moves_without_loop "$vip_of"
	run_case "v$family: udp: peers that have just met do not loop" \
		strangers "$vip_of"
done
run_case "v4: tunnel ipip: what a peer sends on is served, without a loop" \
	by_tunnel ipip "$VIP4"
run_case "v4: tunnel gue: what a peer sends on is served, without a loop" \
	by_tunnel "gue port 6080" "$VIP4"
run_case "v6: tunnel gre: what a peer sends on is served, without a loop" \
	by_tunnel gre "$VIP6"
run_case "loop: between strangers it ends with the TTL" ends_by_ttl
run_case "addresses: a server address may come after the configuration" \
	follows_addresses
for family in 4 6; do
	declare -n vip_of=VIP$family
	run_case "v$family: pickup: a conn outlives its balancer [C112 C113]" \
		picks_up "$vip_of"
	run_case "v$family: pickup: a conn that comes back to its balancer lives [C112 C113]" \
		fails_back "$vip_of"
	run_case "v$family: pickup: one packet by each of two balancers [C112 C113]" \
		sprayed "$vip_of"
done
finish
