# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A server that lbctl backend prepares, beside a balancer and a client. Sourced
# by the areas about it.
#
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
# shellcheck disable=SC2034 # for the areas
all=net.ipv4.conf.all

topology() {
	modprobe -a ipip ip_gre sit ip6_tunnel ip6_gre
	add_switch
	add_ns client lb
	plug client eth0
	plug lb eth0
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
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

# Everything that prepare sets. One program for all of ip.
settings() {
	printf '%s\n' "address show" "route show table all" \
		"-6 route show table all" "fou show" |
		ip -n "$(ns rs1)" -d -force -batch - 2>/dev/null || true
	on rs1 grep -r . /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf \
		2>/dev/null || true
}

machine() {
	settings
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

# found [OPTION...]: the ids of all that is wrong, and notes with a '-'. What
# mends it, as far as it is commands, is left in a file. A note that each VIP
# without a port has is left out.
# shellcheck disable=SC2120 # without an option: what was prepared
found() {
	backend check --json "$@" 2>/dev/null | jq -r '([.findings[] |
		select(.id != "listener-unjudged") |
		if .severity == "note" then "-" else "" end + .id] |
		sort | join(" ")), (.findings[].mend[] |
		select(startswith("#") | not))' >"$WORK/found"
	head -n 1 "$WORK/found"
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
		directors "$words" "$RIP4" "$RIP4" "$port"
		port_of $encap 6
		directors "$words" "$RIP6" "$RIP6" "$port"
	done
}

# serves VIP CLIENT: on $port, by TCP and UDP, and sees who asks.
serves() {
	must client open u udp "$1" "$port"
	assert_match "UDP to $1 port $port" "^rs1 $2 [0-9]+ hello$" \
		"$(tell client say u hello)"
	must client close u
	must client open t tcp "$1" "$port"
	assert_match "TCP to $1 port $port" "^rs1 $2 [0-9]+ hello$" \
		"$(tell client say t hello)"
	must client close t
}

# --- the end ---

nothing_left() {
	assert "the machine" diff "$WORK/first" <(machine | sort)
}

topology
machine | sort >"$WORK/first"
