# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Network namespaces and the two topologies most areas use. Sourced by lib.sh.
#
# topo_one_arm N: everybody on one segment, for mode gateway. The VIP is the
# balancer's; every server has it on lo and keeps quiet about it.
#
#    client          lb             rs1      ...   rsN      VIP4/VIP6 on lo
#     eth0          eth0            eth0           eth0
#    HOST 1        HOST 2         HOST 10+1      HOST 10+N
#      |         + HOST_VIP          |              |
#    --+-------------+---------------+--------------+--   NET4.0/24, NET6:/64
#                                                         bridge br0 in sw
#
# topo_two_arm N: a routed balancer, for mode nat. It is everybody's default
# route.
#
#    client            lb                rs1    ...   rsN
#     eth0        eth0    eth1           eth0         eth0
#    HOST 1     HOST 2    HOST 254     HOST 10+1    HOST 10+N
#      |       + HOST_VIP   |             |            |
#      +-----------+      --+-------------+------------+--  NET4.0/24, NET6:/64
#     OUT4.0/24, OUT6:/64                                   bridge br0 in sw
#
# Set NET4, HOST_VIP or HOST_RS before, to get other addresses; topo_two_arm N
# inner puts the VIP on eth1, in the servers' network. Afterwards
# CLIENT4, LB4, VIP4 (and ...6) hold addresses; rs4 I and rs6 I print those of
# server I. No duplicate address detection, no reverse path filter, no delay.

NET4=192.0.2 NET6=2001:db8:1:
OUT4=198.51.100 OUT6=2001:db8:2:
HOST_VIP=100 HOST_RS=10

# --- namespaces and links ---

# ns NAME: the namespace's real name.
ns() {
	echo "lb-$AREA-$$-$1"
}

# on NAME COMMAND...: run it in the namespace. Cheaper than ip netns exec, but
# /sys stays that of the caller.
on() {
	local name=$1

	shift
	nsenter --net="/run/netns/lb-$AREA-$$-$name" -- "$@"
}

# Kills what runs in the namespace first: it would keep it alive.
del_ns() {
	local pids

	pids=$(ip netns pids "$(ns "$1")" 2>/dev/null)
	# shellcheck disable=SC2086 # a list of numbers
	[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
	ip netns del "$(ns "$1")"
}

# Few programs, because starting one costs 0.1 s on a debug kernel.
add_ns() {
	local name

	for name; do
		echo "netns add $(ns "$name")"
	done | ip -batch -
	for name; do
		at_exit del_ns "$name"
		on "$name" sh -c 'cd /proc/sys/net
			for i in all default; do
				echo 0 >ipv4/conf/$i/rp_filter
				echo 0 >ipv6/conf/$i/accept_dad
			done
			exec ip link set lo up'
	done
}

# add_link NAME DEV PEER_NAME PEER_DEV: a veth pair, both ends up.
add_link() {
	ip link add "$2" netns "$(ns "$1")" type veth \
		peer name "$4" netns "$(ns "$3")"
	ip -n "$(ns "$1")" link set "$2" up
	ip -n "$(ns "$3")" link set "$4" up
}

# A namespace that is nothing but a switch.
add_switch() {
	add_ns sw
	ip -n "$(ns sw)" link add br0 up type bridge forward_delay 0
}

# plug NAME DEV: a device of the namespace on the switch.
plug() {
	ip link add "$2" netns "$(ns "$1")" type veth \
		peer name "to-$1" netns "$(ns sw)"
	ip -n "$(ns "$1")" link set "$2" up
	ip -n "$(ns sw)" link set "to-$1" master br0 up
}

# add_addr NAME DEV ADDRESS/LENGTH...
add_addr() {
	local name=$1 dev=$2 addr

	shift 2
	for addr; do
		case $addr in
		*:*)	echo "address add $addr dev $dev nodad" ;;
		*)	echo "address add $addr dev $dev" ;;
		esac
	done | ip -n "$(ns "$name")" -batch -
}

# add_second_addr NAME DEV ADDRESS/LENGTH...: IPv6, only for who asks for it.
# Of several addresses the system would not choose the first as source.
add_second_addr() {
	printf "address add %s dev $2 nodad preferred_lft 0\n" "${@:3}" |
		ip -n "$(ns "$1")" -batch -
}

mac_of() {
	ip -n "$(ns "$1")" -j link show "$2" | jq -r '.[0].address'
}

# --- the topologies ---

rs4() {
	echo "$NET4.$((HOST_RS + $1))"
}

rs6() {
	echo "$NET6:$((HOST_RS + $1))"
}

# The VIP as a server has it in mode gateway: its own, but never told to the
# segment (arp_ignore, arp_announce; IPv6 answers for no other device anyway).
add_server_vip() {
	on "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2
	add_addr "$1" lo "${@:2}"
}

topo_one_arm() {
	local i

	CLIENT4=$NET4.1 LB4=$NET4.2 VIP4=$NET4.$HOST_VIP
	CLIENT6=$NET6:1 LB6=$NET6:2 VIP6=$NET6:$HOST_VIP
	add_switch
	# shellcheck disable=SC2046 # rs1 rs2 ...
	add_ns client lb $(seq -f rs%g "$1")
	plug client eth0
	plug lb eth0
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr lb eth0 "$LB4/24" "$LB6/64" "$VIP4/32" "$VIP6/128"
	for ((i = 1; i <= $1; i++)); do
		plug "rs$i" eth0
		add_addr "rs$i" eth0 "$(rs4 "$i")/24" "$(rs6 "$i")/64"
		add_server_vip "rs$i" "$VIP4/32" "$VIP6/128"
	done
}

topo_two_arm() {
	local i vip_dev=eth0

	CLIENT4=$OUT4.1 LB4=$OUT4.2 VIP4=$OUT4.$HOST_VIP
	CLIENT6=$OUT6:1 LB6=$OUT6:2 VIP6=$OUT6:$HOST_VIP
	[ "${2:-}" != inner ] ||
		vip_dev=eth1 VIP4=$NET4.$HOST_VIP VIP6=$NET6:$HOST_VIP
	add_switch
	# shellcheck disable=SC2046 # rs1 rs2 ...
	add_ns client lb $(seq -f rs%g "$1")
	wire_two_arms "$vip_dev"
	for ((i = 1; i <= $1; i++)); do
		plug "rs$i" eth0
		add_addr "rs$i" eth0 "$(rs4 "$i")/24" "$(rs6 "$i")/64"
		add_default_route "rs$i" "$NET4.254" "$NET6:254"
	done
}

# The balancer of topo_two_arm, and the client that hangs on it.
wire_two_arms() {
	add_link client eth0 lb eth0
	plug lb eth1
	on lb sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr lb eth0 "$LB4/24" "$LB6/64"
	add_addr lb "$1" "$VIP4/32" "$VIP6/128"
	add_default_route client "$LB4" "$LB6"
	add_addr lb eth1 "$NET4.254/24" "$NET6:254/64"
}

# open_tunnels NAME ADDR4 ADDR6 GUE_PORT: the server takes out of a tunnel what
# comes to these addresses in ipip, gre or gue, of both families in both. What
# comes out of gue goes on to the devices of ipip.
open_tunnels() {
	modprobe -a ipip ip_gre sit ip6_tunnel ip6_gre fou fou6
	{
		echo "link add tun44 up type ipip local $2 remote any"
		echo "link add tun64 up type sit local $2 remote any"
		echo "link add tun66 up type ip6tnl local $3 mode any"
		echo "link add gre4 up type gre local $2 remote any"
		echo "link add gre6 up type ip6gre local $3 remote any"
	} | ip -n "$(ns "$1")" -batch -
	ip -n "$(ns "$1")" fou add port "$4" gue
	ip -n "$(ns "$1")" fou add port "$4" gue -6
}

add_default_route() {
	ip -n "$(ns "$1")" route add default via "$2"
	ip -n "$(ns "$1")" -6 route add default via "$3"
}
