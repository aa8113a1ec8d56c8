#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Servers of modes gateway and tunnel, prepared by hand as the documents say:
# what each step is for, and what comes of leaving it out.
#
#    client           router            lb            rs1
#     eth0         eth0    eth1        eth0           eth0
#    HOST 1       HOST 2  HOST 254    HOST 2         HOST 11
#      |            |        |      + HOST_VIP         |
#      +------------+      --+-----------+-------------+--  NET4.0/24, NET6:/64
#     OUT4.0/24, OUT6:/64
#
# The default route of all is the router.
. "$(dirname "$0")/lib.sh"

CLIENT4=$OUT4.1 LB4=$NET4.2 VIP4=$NET4.$HOST_VIP ROUTER4=$NET4.254
CLIENT6=$OUT6:1 LB6=$NET6:2 VIP6=$NET6:$HOST_VIP ROUTER6=$NET6:254
add_switch
add_ns client router lb rs1
add_link client eth0 router eth0
plug router eth1
plug lb eth0
plug rs1 eth0
on router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
add_default_route client "$OUT4.2" "$OUT6:2"
add_addr router eth0 "$OUT4.2/24" "$OUT6:2/64"
add_addr router eth1 "$ROUTER4/24" "$ROUTER6/64"
add_addr lb eth0 "$LB4/24" "$LB6/64" "$VIP4/32" "$VIP6/128"
add_default_route lb "$ROUTER4" "$ROUTER6"
add_addr rs1 eth0 "$(rs4 1)/24" "$(rs6 1)/64"
add_default_route rs1 "$ROUTER4" "$ROUTER6"
echo_server rs1 rs1 tcp '*' 80 81
agent client
agent router
apply <<-EOT
director near4 $VIP4:80 TCP
	mode gateway
	server rs1 $(rs4 1)
director near6 [$VIP6]:80 TCP
	mode gateway
	server rs1 $(rs6 1)
director far4 $VIP4:81 TCP
	mode tunnel
	server rs1 $(rs4 1)
EOT

# alias [LENGTH]: ip addr add VIP/32 dev lo label lo:1
alias_vip() {
	local addr=$VIP4/${1:-32}

	ip -n "$(ns rs1)" addr add "$addr" dev lo label lo:1
	at_exit ip -n "$(ns rs1)" addr del "$addr" dev lo
}

# arp KEY VALUE [INTERFACE]: net.ipv4.conf.all.arp_KEY=VALUE
arp() {
	local key=net.ipv4.conf.${3:-all}.arp_$1

	on rs1 sysctl -qw "$key=$2"
	at_exit on rs1 sysctl -qw "$key=0"
}

# All of it; and then nobody knows another owner of the VIP, from a case before
# or from a packet of one that was sent again meanwhile.
prepared() {
	arp ignore 1
	arp announce 2
	alias_vip
	add_addr rs1 lo "$VIP6/128"
	at_exit ip -n "$(ns rs1)" addr del "$VIP6/128" dev lo
	arp_reset router
}

# ask_from HOST ADDRESS [PORT]: rs1, or timeout.
ask_from() {
	tell "$1" burst 1 tcp "$2" "${3:-80}"
}

# lo_of_server KEY ADDRESS: what is said of it.
lo_of_server() {
	ip -n "$(ns rs1)" -j addr show dev lo | jq -r --arg a "$2" \
		".[0].addr_info[] | select(.local == \$a) | .$1"
}

# --- the VIP ---

vip_on_lo() {
	assert_eq "without it" timeout "$(ask_from client "$1")"
	prepared
	assert_eq "prefix length" "$2" "$(lo_of_server prefixlen "$1")"
	assert_eq "with it" rs1 "$(ask_from client "$1")"
	ip -n "$(ns rs1)" addr del "$1/$2" dev lo
	assert_eq "without it again" timeout "$(ask_from client "$1")"
	add_addr rs1 lo "$1/$2"
}

# With the segment's own length every address of it would be the server's.
no_longer_prefix() {
	arp ignore 1
	arp announce 2
	alias_vip 24
	assert_eq "/24: a neighbour" timeout "$(ask_from router "$VIP4")"
	ip -n "$(ns rs1)" addr del "$VIP4/24" dev lo
	alias_vip 32
	assert_eq "/32: a neighbour" rs1 "$(ask_from router "$VIP4")"
}

label() {
	prepared
	assert_eq "label" lo:1 "$(lo_of_server label "$VIP4")"
	assert_match "shown" "inet $VIP4/32 scope global lo:1" \
		"$(ip -n "$(ns rs1)" addr show label lo:1)"
	assert_eq "answer" rs1 "$(ask_from client "$VIP4")"
}

# --- ARP ---

# One capture for all the steps of a case: it takes longer than they do.
marks=''

# step HOST: asks when the host has forgotten all neighbours.
step() {
	arp_reset "$1"
	assert_eq "answer" rs1 "$(ask_from client "$VIP4")"
	sleep 0.3
	marks+=" $EPOCHREALTIME"
}

# said REGEX: what stands behind it, of each step: "1 THIS 2 THAT".
said() {
	capture_end
	tcpdump -tt -n -r "$WORK/pcap" 2>/dev/null |
		awk -v marks="$marks" -v regex="$1" '
		BEGIN { n = split(marks, mark) }
		match($0, regex) {
			for (i = 1; i < n && $1 > mark[i]; i++)
				;
			split(substr($0, RSTART + RLENGTH), word, /[ ,]/)
			print i, word[1]
		}' | sort -u | paste -sd ' '
}

# The greatest of "all" and the interface's own is what counts.
arp_ignore() {
	local lb rs1 both

	lb=$(mac_of lb eth0) rs1=$(mac_of rs1 eth0)
	[[ $lb < $rs1 ]] && both="1 $lb 1 $rs1" || both="1 $rs1 1 $lb"
	alias_vip
	arp announce 2
	capture router eth1 "$WORK/pcap" arp
	step router
	arp ignore 1
	step router
	on rs1 sysctl -qw net.ipv4.conf.all.arp_ignore=0
	arp ignore 1 eth0
	step router
	assert_eq "who has the VIP, with 0, 1, and 1 of eth0 alone" \
		"$both 2 $lb 3 $lb" "$(said "Reply $VIP4 is-at ")"
}

# As whom the server asks for its router, to send an answer.
arp_announce() {
	alias_vip
	arp ignore 1
	capture rs1 eth0 "$WORK/pcap" -Q out arp
	step rs1
	arp announce 2
	step rs1
	assert_eq "tell, with 0 and 2" "1 $VIP4 2 $(rs4 1)" \
		"$(said "who-has $ROUTER4 tell ")"
}

# --- the way back ---

# answer_goes VIP CLIENT FAMILY
answer_goes() {
	local at_client at_lb ip=ip

	[ "$3" = 4 ] || ip=ip6
	prepared
	capture client eth0 "$WORK/client" -Q in tcp
	at_client=$capture_pid
	capture lb eth0 "$WORK/lb" "$ip" and tcp
	at_lb=$capture_pid
	assert_eq "answer" rs1 "$(ask_from client "$1")"
	capture_pid=$at_client capture_end
	capture_pid=$at_lb capture_end
	assert_between "from the VIP to the client" 3 10 "$(captured \
		"$WORK/client" "src host $1 and src port 80 and dst host $2")"
	assert_eq "from anybody else" 0 \
		"$(captured "$WORK/client" "not src host $1")"
	assert_between "requests at the balancer" 6 20 \
		"$(captured "$WORK/lb" "src host $2 and dst host $1")"
	assert_eq "answers at the balancer" 0 \
		"$(captured "$WORK/lb" "src host $1")"
}

# A machine does not forward what comes from its own address.
back_over_the_balancer() {
	prepared
	on lb sysctl -qw net.ipv4.ip_forward=1
	at_exit on lb sysctl -qw net.ipv4.ip_forward=0
	ip -n "$(ns rs1)" route replace default via "$LB4"
	at_exit ip -n "$(ns rs1)" route replace default via "$ROUTER4"
	capture lb eth0 "$WORK/lb" -Q in tcp and src host "$VIP4"
	assert_eq "by the balancer" timeout "$(ask_from client "$VIP4")"
	capture_end
	assert_between "answers at the balancer" 1 20 "$(captured "$WORK/lb")"
	ip -n "$(ns rs1)" route replace default via "$ROUTER4"
	assert_eq "by the router" rs1 "$(ask_from client "$VIP4")"
}

# --- the tunnel device ---

# lost_to_filter: how many packets the server's rp_filter has refused.
lost_to_filter() {
	on rs1 cat /proc/net/netstat | awk '$1 == "TcpExt:" {
		if (!at)
			for (at = 1; $at != "IPReversePathFilter"; at++)
				;
		else
			print $at
	}'
}

# filtered DEVICE ALL: the answer with these settings.
filtered() {
	on rs1 sysctl -qw "net.ipv4.conf.lbt0.rp_filter=$1" \
		"net.ipv4.conf.all.rp_filter=$2"
	ask_from client "$VIP4" 81
}

# What comes out of it goes back by eth0, which a strict filter does not like;
# and a loose one takes nothing from a device that has no address.
rp_filter() {
	local lost

	modprobe ipip
	prepared
	ip -n "$(ns rs1)" link add lbt0 up type ipip local "$(rs4 1)" remote any
	at_exit ip -n "$(ns rs1)" link del lbt0
	at_exit on rs1 sysctl -qw net.ipv4.conf.all.rp_filter=0
	assert_eq "without an address: 0" rs1 "$(filtered 0 0)"
	lost=$(lost_to_filter)
	assert_eq "without an address: 1, 2" "timeout timeout" \
		"$(filtered 1 0) $(filtered 2 0)"
	add_addr rs1 lbt0 "$VIP4/32"
	assert_eq "with one: 1, 2" "timeout rs1" \
		"$(filtered 1 0) $(filtered 2 0)"
	assert_eq "the greater of the device's and all: 0 1, 1 2" \
		"timeout rs1" "$(filtered 0 1) $(filtered 1 2)"
	assert_between "packets lost to the filter" 4 40 \
		$(($(lost_to_filter) - lost))
}

run_case "v4: the VIP on lo: with it the server answers [C6 C7]" \
	vip_on_lo "$VIP4" 32
run_case "v6: the VIP on lo: with it the server answers [C6 C7]" \
	vip_on_lo "$VIP6" 128
run_case "the VIP on lo has /32: the segment's length cuts it off [C7]" \
	no_longer_prefix
run_case "label: lo:1 is shown, and works [C8]" label
run_case "arp_ignore: 0 answers for the VIP, 1 does not [C9]" arp_ignore
run_case "arp_announce: 0 tells the VIP, 2 the server's address [C10]" \
	arp_announce
run_case "v4: the answer goes past the balancer [C13 C14]" \
	answer_goes "$VIP4" "$CLIENT4" 4
run_case "v6: the answer goes past the balancer [C13 C14]" \
	answer_goes "$VIP6" "$CLIENT6" 6
run_case "a default route by the balancer loses the answers [C13]" \
	back_over_the_balancer
run_case "rp_filter: of the tunnel device: 0 works, 1 loses, 2 if it has an address [C118]" \
	rp_filter
finish
