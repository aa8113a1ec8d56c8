#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl backend: a machine is made a server by one command and serves, in every
# mode and family; what is wrong with one is found; undo leaves it as it was.
. "$(dirname "$0")/lib.sh"

# Everybody on one segment, so that who answers ARP is seen; the server's way
# to the rest of the world is the client.
#
#    client          lb             rs1
#     eth0          eth0         eth0, eth1
#    HOST 1        HOST 2         HOST 11
#      |         + HOST_VIP          |
#    --+-------------+---------------+--   NET4.0/24, NET6:/64
GUE_PORT=6080
CLIENT4=$NET4.1 LB4=$NET4.2 VIP4=$NET4.$HOST_VIP RIP4=$NET4.11 OTHER4=$NET4.101
CLIENT6=$NET6:1 LB6=$NET6:2 VIP6=$NET6:$HOST_VIP RIP6=$NET6:11
OUTSIDE4=198.51.100.7

topology() {
	modprobe -a ipip ip_gre sit ip6_tunnel ip6_gre
	add_switch
	add_ns client lb
	plug client eth0
	plug lb eth0
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr client lo "$OUTSIDE4/32"
	add_addr lb eth0 "$LB4/24" "$LB6/64" "$VIP4/32" "$VIP6/128" \
		"$OTHER4/32"
	add_server rs1
	# Bound to a VIP, from where UDP has to answer, before it is there.
	on rs1 sysctl -qw net.ipv4.ip_nonlocal_bind=1 \
		net.ipv6.ip_nonlocal_bind=1
	for vip in "$VIP4" "$VIP6" "$OTHER4"; do
		# shellcheck disable=SC2046 # a list of ports
		echo_server rs1 rs1 both "$vip" $(seq 8000 8006)
	done
	config | apply
	agent client
}

# add_server NAME: as a distribution leaves it, with eth1 beside eth0.
add_server() {
	add_ns "$1"
	plug "$1" eth0
	ip -n "$(ns "$1")" -batch - <<-EOT
	link add eth1 type dummy
	link set eth1 arp on up
	EOT
	add_addr "$1" eth0 "$RIP4/24" "$RIP6/64"
	add_default_route "$1" "$CLIENT4" "$CLIENT6"
	mkdir -p "$WORK/$1/etc/systemd/system" "$WORK/$1/etc/sysctl.d"
}

# backend VERB OPTION...: on rs1, with files of its own.
backend() {
	on "${server:-rs1}" lbctl backend "$1" --root "$WORK/${server:-rs1}" \
		"${@:2}"
}

# --- what the machine is like ---

# Everything that prepare touches, and files. One program for all of ip.
machine() {
	printf '%s\n' "address show" "route show table all" \
		"-6 route show table all" "fou show" |
		ip -n "$(ns rs1)" -d -force -batch - 2>/dev/null || true
	on rs1 grep -r . /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf \
		2>/dev/null || true
	find "$WORK/rs1" -printf '%P %s\n'
}

remember() {
	machine | sort >"$WORK/before"
}

is_as_before() {
	machine | sort >"$WORK/after"
	asserted=$((asserted + 1))
	diff "$WORK/before" "$WORK/after" || fail "the machine is not as it was"
}

# Whatever a case leaves.
reset_server() {
	backend undo >/dev/null
	rm -rf "$WORK/rs1/var"
}

# prepare OPTION...: must work.
prepare() {
	backend prepare "$@" >"$WORK/prepare" 2>&1 || {
		cat "$WORK/prepare"
		return 1
	}
}

# found OPTION...: the ids of all that is wrong, and notes with a '-'.
found() {
	backend check --json "$@" 2>/dev/null | jq -r '[.findings[] |
		if .severity == "note" then "-" else "" end + .id] |
		sort | join(" ")'
}

# --- traffic ---

# Each way to this server has a port of its own on each VIP.
ways=(gateway "ipip 4" "ipip 6" "gre 4" "gre 6" "gue 4" "gue 6")

# port_of MODE RIP_FAMILY: sets port.
port_of() {
	local i

	for i in "${!ways[@]}"; do
		[ "${ways[i]}" != "$1${2:+ $2}" ] || port=$((8000 + i))
	done
}

# directors MODE_WORDS RIP4 RIP6 PORT: of the three VIPs, TCP and UDP.
directors() {
	local vip proto rip

	for vip in "$VIP4" "[$VIP6]" "$OTHER4"; do
		rip=$2
		[[ $vip != *:* ]] || rip=$3
		for proto in TCP UDP; do
			printf 'director %s-%s-%d %s:%d %s\n' "$proto" \
				"${vip//[^0-9a-f]/.}" "$4" "$vip" "$4" "$proto"
			printf '\tmode %s\n\tserver rs1 %s\n' "$1" "$rip"
		done
	done
}

config() {
	local encap words

	directors gateway "$RIP4" "$RIP6" 8000
	for encap in ipip gre gue; do
		words="tunnel $encap"
		[ $encap != gue ] || words+=" port $GUE_PORT"
		port_of $encap 4
		directors "$words" "$RIP4" "$RIP4" $port
		port_of $encap 6
		directors "$words" "$RIP6" "$RIP6" $port
	done
}

# serves VIP CLIENT: on $port, by TCP and UDP, and sees who asks.
serves() {
	must client open u udp "$1" $port
	assert_match "UDP to $1 port $port" "^rs1 $2 [0-9]+ hello$" \
		"$(tell client say u hello)"
	must client close u
	must client open t tcp "$1" $port
	assert_match "TCP to $1 port $port" "^rs1 $2 [0-9]+ hello$" \
		"$(tell client say t hello)"
	must client close t
}

# --- the cases: every mode ---

shows_vip() {
	assert_eq "VIPs on lo" "$VIP4/32 lo:1, $VIP6/128 null" \
		"$(ip -n "$(ns rs1)" -j address show lo | jq -r '
			[.[0].addr_info[] | select(.scope == "global") |
			"\(.local)/\(.prefixlen) \(.label)"] | join(", ")')"
	assert_eq "arp_ignore, arp_announce" "1 2" "$(on rs1 sh -c '
		cd /proc/sys/net/ipv4/conf/all
		echo $(cat arp_ignore arp_announce)')"
	assert "sysctl.d" grep -qx 'net.ipv4.conf.all.arp_ignore = 1' \
		"$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf"
	assert "the unit" grep -q '^ExecStart=/.*lbctl backend restore$' \
		"$WORK/rs1/etc/systemd/system/multi-user.target.wants/lbctl-backend.service"
}

gateway() {
	remember
	at_exit reset_server
	prepare --mode gateway --vip "$VIP4:8000" "[$VIP6]:8000/udp" \
		--rip "$RIP4" --lb "$LB4" "$LB6"
	shows_vip
	assert_eq "findings" "" "$(found)"
	port_of gateway
	serves "$VIP4" "$CLIENT4"
	serves "$VIP6" "$CLIENT6"
	assert "undo" backend undo
	is_as_before
}

# tunnel MODE RP_FILTER: both VIPs to either address of the server.
tunnel() {
	local family rip words=$1 port

	[ "$1" != gue ] || words="gue port $GUE_PORT"
	on rs1 sysctl -qw net.ipv4.conf.all.rp_filter="$2"
	at_exit on rs1 sysctl -qw net.ipv4.conf.all.rp_filter=0
	remember
	at_exit reset_server
	for family in 4 6; do
		declare -n rip=RIP$family
		port_of "$1" $family
		# shellcheck disable=SC2086 # words
		prepare --mode $words --vip "$VIP4:$port" "[$VIP6]:$port" \
			--rip "$rip" --lb "$LB4" "$LB6"
	done
	shows_vip
	assert_eq "findings" "-mtu -mtu -mtu -mtu" "$(found)"
	for family in 4 6; do
		port_of "$1" $family
		serves "$VIP4" "$CLIENT4"
		serves "$VIP6" "$CLIENT6"
	done
	assert "undo" backend undo
	is_as_before
}

topology
run_case "gateway: prepare, serve, undo, v4 and v6 [C7 C8 C12 C116]" gateway
run_case "ipip: prepare, serve, undo, every family in every [C7 C8 C117]" \
	tunnel ipip 0
run_case "gre: prepare, serve, undo, every family in every, rp_filter 1 [C118]" \
	tunnel gre 1
run_case "gue: prepare, serve, undo, every family in every, rp_filter 2 [C118]" \
	tunnel gue 2
finish
