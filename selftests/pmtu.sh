#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Routers with a smaller MTU, on the clients' side and behind the balancer: TCP
# through every mode learns of it from the first packet that does not fit, in
# both directions. A message that is lost would show as a timeout of TCP, which
# then tries the same size again, and again.
#
#	                     lb 2, VIP 100
#	                      |
#	client 1 -- r1 3 -----+----- r2 4 -- rs2 12	rs1 is for mode gateway,
#	                      |				rs2 for all others
#	                     rs1 11
#	OUT4, OUT6        NET4, NET6       FAR4, FAR6
#
# What servers send from the VIP passes r2 and r1 but not the balancer; only
# what routers say about it comes to the balancer, who owns the VIP. What rs2
# sends from its own address goes by the balancer, and so does what r2 has to
# say to the client: it is about packets that mode nat has translated.
. "$(dirname "$0")/lib.sh"

# Nothing here times out by rights; a busy machine is slow.
AGENT_PATIENCE=10

declare -A net=([net4]=$NET4. [net6]=$NET6: [out4]=$OUT4. [out6]=$OUT6:
	[far4]=203.0.113. [far6]=2001:db8:3::)
SIZE=300000

# row MODE SERVER OVERHEAD4 OVERHEAD6: what a packet grows by on the way there.
rows=() servers=() overheads4=() overheads6=()
row() {
	rows+=("$1") servers+=("$2") overheads4+=("$3") overheads6+=("$4")
}

row gateway	rs1 0 0
row nat		rs2 0 0
row "tunnel ipip" rs2 20 40
row "tunnel gre" rs2 24 44
row "tunnel gue port 6080" rs2 32 52

# --- the network ---

# place HOST DEV NET NUMBER
place() {
	add_addr "$1" "$2" "${net[${3}4]}$4/24" "${net[${3}6]}$4/64"
}

set_up() {
	local family host

	CLIENT4=${net[out4]}1 VIP4=${net[net4]}100
	CLIENT6=${net[out6]}1 VIP6=${net[net6]}100
	add_switch
	add_ns client r1 lb r2 rs1 rs2
	for host in lb r1 r2 rs1; do
		plug $host eth0
	done
	add_link client eth0 r1 eth1
	add_link rs2 eth0 r2 eth1
	for host in lb r1 r2; do
		on $host sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1 \
			net.ipv4.conf.{all,eth0}.send_redirects=0
	done
	# What comes in by the segment may leave by it, to a better way.
	on rs1 sysctl -qw net.ipv6.conf.eth0.accept_redirects=0
	on r2 sysctl -qw net.ipv6.conf.eth0.accept_redirects=0
	place client eth0 out 1
	place r1 eth1 out 3
	place r1 eth0 net 3
	place lb eth0 net 2
	place r2 eth0 net 4
	place r2 eth1 far 4
	place rs1 eth0 net 11
	place rs2 eth0 far 12
	# Not the source of tunnels, though the stack would choose it for IPv6:
	# a server refuses what comes from an address that it has itself.
	add_addr lb eth0 "$VIP4/32" "$VIP6/128"
	add_server_vip rs1 "$VIP4/32" "$VIP6/128"
	add_server_vip rs2 "$VIP4/32" "$VIP6/128"
	open_tunnels rs2 "${net[far4]}12" "${net[far6]}12" 6080
	for family in 4 6; do
		ways $family
		mtus $family
	done
	mirror rs1 2000
	mirror rs2 $(seq 2000 $((1999 + ${#rows[@]})))
	for host in client rs1 rs2; do
		agent $host
	done
}

# ways FAMILY: the routes that stay.
ways() {
	local far=${net[far$1]}12 out

	declare -n out=CLIENT$1
	ip -n "$(ns client)" "-$1" route add default via "${net[out$1]}3"
	ip -n "$(ns rs2)" "-$1" route add default via "${net[far$1]}4"
	ip -n "$(ns rs1)" "-$1" route add default via "${net[net$1]}4"
	ip -n "$(ns lb)" "-$1" -batch - <<-EOT
	route add default via ${net[net$1]}3
	route add $far via ${net[net$1]}4
	EOT
	ip -n "$(ns r2)" "-$1" -batch - <<-EOT
	rule add from $far iif eth1 lookup 100
	rule add to $out iif lo lookup 100
	EOT
}

# mtus FAMILY [R1 [R2]]: what the two routers take, in both directions.
mtus() {
	local len=24 metric='' r1=${2:-1500} r2=${3:-1500}

	[ "$1" = 4 ] || len=64 metric="metric 256"
	ip -n "$(ns r1)" "-$1" -batch - <<-EOT
	route replace ${net[out$1]}0/$len dev eth1 proto kernel $metric mtu $r1
	route replace ${net[net$1]}0/$len dev eth0 proto kernel $metric mtu $r1
	EOT
	ip -n "$(ns r2)" "-$1" -batch - <<-EOT
	route replace ${net[far$1]}0/$len dev eth1 proto kernel $metric mtu $r2
	route replace ${net[net$1]}0/$len dev eth0 proto kernel $metric mtu $r2
	route replace default via ${net[net$1]}3 mtu $r2
	route replace default via ${net[net$1]}2 mtu $r2 table 100
	EOT
}

# A director for each row and family.
config() {
	local i family vip rs

	for i in "${!rows[@]}"; do
		for family in 4 6; do
			declare -n vip=VIP$family
			rs=${net[net$family]}11
			[ "${servers[i]}" = rs1 ] || rs=${net[far$family]}12
			printf 'director %s-%s %s:%s TCP\n\tmode %s\n' \
				"${rows[i]// /-}" "$family" "$(bracket "$vip")" \
				$((2000 + i)) "${rows[i]}"
			printf '\tserver rs %s\n' "$(bracket "$rs")"
		done
	done
}

# --- the cases ---

# Nobody knows of any path's MTU.
forget() {
	local host

	for host in client lb "$2"; do
		ip -n "$(ns "$host")" "-$1" route flush cache
	done
}

timeouts() {
	echo $(($(tell client timeouts) + $(tell "$1" timeouts)))
}

# learns ROW FAMILY R1 R2 CLIENT SERVER: with those MTUs at the routers, a
# transfer both ways is done without a timeout, and that is what the ends then
# know about the path to each other.
learns() {
	local i=$1 family=$2 rs=${servers[$1]} vip client start took before

	declare -n vip=VIP$family client=CLIENT$family
	mtus "$family" "$3" "$4"
	forget "$family" "$rs"
	before=$(timeouts "$rs")
	start=$(now_ms)
	assert_match "MTU and segments sent again" "^ok $5 [0-9]+$" \
		"$(tell client stream "$vip" $((2000 + i)) "$SIZE")"
	took=$(($(now_ms) - start))
	assert_eq "timeouts" "$before" "$(timeouts "$rs")"
	assert_between "ms" 0 $((5000 * L4LB_SLOW)) $took
	must "$rs" open p udp "$client" 9 0 "$(source_of "$i" "$family")"
	assert_eq "MTU at the server" "$6" "$(tell "$rs" mtu p)"
}

# The address that the server answers from.
source_of() {
	local vip

	declare -n vip=VIP$2
	case ${rows[$1]} in
	nat)	echo "${net[far$2]}12" ;;
	*)	echo "$vip" ;;
	esac
}

# In mode gateway only the way back passes the second router.
row_cases() {
	local i=$1 family=$2 name="v$2: ${rows[$1]}" more inner

	declare -n more=overheads$family
	inner=$((1500 - more[i]))
	[ "${more[i]}" = 0 ] ||
		run_case "$name: its own overhead, behind a router [C107]" \
			learns "$i" "$family" 1500 1500 $inner 1500
	run_case "$name: a smaller MTU on the client's side" \
		learns "$i" "$family" 1300 1500 1300 1300
	inner=$((1400 - more[i]))
	[ "${servers[i]}" = rs2 ] || inner=1500
	run_case "$name: a smaller MTU behind the balancer" \
		learns "$i" "$family" 1500 1400 $inner 1400
}

set_up
config | apply
for family in 4 6; do
	for i in "${!rows[@]}"; do
		row_cases "$i" $family
	done
done
run_case "the books balance" books_balance
finish
