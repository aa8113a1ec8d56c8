#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The balancer's own processes as clients of a VIP.
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/local.sh
. "$SELFTESTS/lib/local.sh"

# is_balanced VIP SOURCE: the servers take turns, and see SOURCE.
is_balanced() {
	local proto

	for proto in tcp udp; do
		assert_eq "$proto: servers" "rs1 rs2 rs1 rs2" \
			"$(tell lb burst 4 $proto "$1" 80)"
		must lb open a $proto "$1" 80 7000
		assert_eq "$proto: whom the server sees" "rs1 $2 7000 hi" \
			"$(tell lb say a hi)"
		assert_eq "$proto: the conn goes on" "rs1 rs1" \
			"$(tell lb chat a 2)"
		must lb close a
	done
	books_balance
	assert_eq "conns" 10 "${count[conn_new]}"
	assert_eq "drops" 0 "$(sum_of drop)"
}

nat_client() {
	nat
	is_balanced "$1" "$2"
	assert_between "forward_nat" 30 60 "${count[forward_nat]}"
	assert_between "forward_nat_reply" 28 60 \
		"${count[forward_nat_reply]}"
	assert_eq "replies came through lo" "${count[forward_nat_reply]}" \
		"${count[pass_loopback]}"
}

gateway_client() {
	gateway
	is_balanced "$1" "$2"
	assert_between "forward_gateway" 30 60 "${count[forward_gateway]}"
}

# As the stack does it: bulk in large packets, and any datagram that fits one.
nat_bulk() {
	nat
	head -c 3000000 /dev/urandom >"$WORK/sent"
	file_server rs1 "$2" 8100 "$WORK/got"
	lb save | cat - <(director bulk "$(bracket "$1"):8100" TCP nat \
		<<<"	server rs1 $(bracket "$2")") | apply
	send_file lb "$1" 8100 "$WORK/sent"
	wait_for 10 cmp "$WORK/sent" "$WORK/got"
	assert "what the server got" cmp "$WORK/sent" "$WORK/got"
}

nat_datagrams() {
	local size

	nat
	must lb open a udp "$1" 80
	for size in 1400 1473 4000 60000; do
		must lb send a $size
		assert_match "answer to $size bytes" "^rs1 [^ ]* [^ ]* x+$" \
			"$(tell lb hear a | cut -c-200)"
	done
	counted forward_nat 4 forward_nat_reply 4 fragmented 3
}

# A way to the servers that takes less than the one that the process knows.
nat_small_way() {
	local route=("$NET4.0/24")

	[ "$3" = 4 ] || route=("$NET6:/64" metric 256)
	ip -n "$(ns lb)" "-$3" route change "${route[@]}" dev eth1 \
		proto kernel mtu 1300
	at_exit ip -n "$(ns lb)" "-$3" route change "${route[@]}" dev eth1 \
		proto kernel
	at_exit ip -n "$(ns lb)" "-$3" route flush cache
	nat_bulk "$1" "$2"
	must lb open a udp "$1" 80
	must lb opt a df 2
	assert_eq "a datagram over it" EMSGSIZE "$(tell lb send a 1400)"
	assert_eq "what the process knows" 1300 "$(tell lb mtu a)"
	must lb send a 1200
	assert_match "one that fits" "^rs[12] " "$(tell lb hear a)"
}

# Who has no server is told by the system call, not after a second.
refused() {
	local before

	nat
	before=$(now_ms)
	assert_eq "connect()" ECONNREFUSED "$(tell lb open a tcp "$1" 81)"
	must lb open a udp "$1" 81
	assert_eq "send()" ECONNREFUSED "$(tell lb send a 10)"
	assert_between "ms that took" 0 $((900 * L4LB_SLOW)) \
		$(($(now_ms) - before))
	counted drop_no_server 2 forward_nat 0 conn_new 0
	assert_eq "refused" "1 1" "$(director_of "none$2-tcp" refused) $(
		director_of "none$2-udp" refused)"
}

limits_and_persistence() {
	config <<-EOT
	director web $VIP4:80 TCP
		mode nat
		option connlimit 1
	$(servers4 :8000)
	director sticky $VIP4:81 TCP
		balance roundrobin
		mode nat
		option persistence timeout 60
	$(servers4 :8000)
	EOT
	must lb open a tcp "$VIP4" 80
	assert_eq "over connlimit" ECONNREFUSED "$(tell lb open b tcp "$VIP4" 80)"
	must lb close a
	assert_eq "a template" "rs1 rs1 rs1" "$(tell lb burst 3 tcp "$VIP4" 81)"
	assert_eq "whose" "$VIP4" "$(lb show persistence --json |
		jq -r '.persistence[].client_address')"
	counted drop_client_limit 1
}

# Its own packets from the VIP itself can go nowhere else.
gateway_own_vip() {
	gateway
	assert_eq "connect()" ECONNREFUSED "$(tell lb open a tcp "$1" 80)"
	must lb open a udp "$1" 80
	assert_eq "send()" ok "$(tell lb send a 10)"
	wait_for 5 is_equal ECONNREFUSED tell lb error a
	counted pass_own_source 2 conn_new 0 forward_gateway 0
	assert_match "explain" pass_own_source "$(lb explain tcp \
		"$(bracket "$1"):1" "$(bracket "$1"):80" iface lo)"
}

# share_vip VIP BITS: the servers have it, too, and their answers, which come
# from an address of the balancer, are accepted.
share_vip() {
	local i

	on lb sysctl -qw net.ipv4.conf.eth1.accept_local=1
	at_exit on lb sysctl -qw net.ipv4.conf.eth1.accept_local=0
	for i in 1 2; do
		add_addr "rs$i" lo "$1/$2"
		at_exit ip -n "$(ns "rs$i")" addr del "$1/$2" dev lo
	done
}

# From another address than the VIP it can.
gateway_bound() {
	local i

	director bound "$(bracket "$1"):8081" TCP gateway \
		<<<"$("servers$4" "")" | config
	share_vip "$1" "$2"
	for i in 1 2; do
		echo_server "rs$i" "rs$i" tcp "$1" 8081
	done
	assert_eq "servers" "rs1 rs2 rs1" \
		"$(tell lb burst 3 tcp "$1" 8081 "$3")"
	counted pass_own_source 0 conn_new 3
}

# --- through a tunnel ---

# tunnel MODE VIP FAMILY PORT: a director for TCP, one for UDP.
tunnel() {
	both_protos t "$(bracket "$2"):$4" "tunnel $1" "$("servers$3" "")" |
		config
}

tunnel_client() {
	tunnel ipip "$1" "$3" 80
	is_balanced "$1" "$2"
	assert_between "forward_tunnel" 30 60 "${count[forward_tunnel]}"
}

sent_by_lb() {
	ip -n "$(ns lb)" -s -j link show eth1 | jq '.[0].stats64.tx.packets'
}

# forget_paths FAMILY: what has become known of MTUs.
forget_paths() {
	ip -n "$(ns lb)" "-$1" route flush cache
}

# The process begins with segments that fill the MTU, without the tunnel's
# header. Those that come together stay so.
# tunnel_bulk MODE VIP SOURCE FAMILY
tunnel_bulk() {
	local before host

	tunnel "$1" "$2" "$4" 8100
	at_exit forget_paths "$4"
	head -c 3000000 /dev/urandom >"$WORK/sent"
	for host in rs1 rs2; do
		file_server $host "$2" 8100 "$WORK/got"
	done
	before=$(sent_by_lb)
	on lb nc -N -s "$3" "$2" 8100 <"$WORK/sent"
	wait_for 10 cmp "$WORK/sent" "$WORK/got"
	assert "what the server got" cmp "$WORK/sent" "$WORK/got"
	assert_between "packets, of many segments" 10 1000 \
		$(($(sent_by_lb) - before))
	books_balance
	assert_between "segments over the MTU" 1 20 "${count[drop_mtu]}"
	assert_eq "nothing else dropped" "${count[drop_mtu]}" "$(sum_of drop)"
}

# MTU_INSIDE has to be less than the bulk before it has left known: IPv6 does not
# forget the path to an own address.
# tunnel_datagrams MODE VIP SOURCE FAMILY MTU_INSIDE
tunnel_datagrams() {
	local host size room=$(($5 - ($4 == 4 ? 28 : 48)))

	tunnel "$1" "$2" "$4" 8082
	at_exit forget_paths "$4"
	for host in rs1 rs2; do
		echo_server $host $host udp "$2" 8082
	done
	must lb open a udp "$2" 8082 0 "$3"
	for size in 1400 1460 4000 60000; do
		must lb send a $size
		assert_eq "answer to $size bytes" "rs1 $size" \
			"$(tell lb hear a | awk '{ print $1, length($4) }')"
	done
	counted forward_tunnel 4 fragmented 3
	must lb opt a df 2
	# By the call and by an ICMP error, as the stack tells it.
	assert_eq "over the MTU with DF" "EMSGSIZE EMSGSIZE" \
		"$(tell lb send a $((room + 1))) $(tell lb error a)"
	must lb send a "$room"
	assert_match "one that fits" "^rs1 " "$(tell lb hear a)"
	# Of a local route an IPv4 socket remembers nothing; it is told again.
	[ "$4 $2" = "4 $VIP4" ] ||
		assert_eq "what the process knows" "$5" "$(tell lb mtu a)"
	assert_eq "over the MTU with DF again" EMSGSIZE \
		"$(tell lb send a $((room + 1)))"
	counted forward_tunnel 5 fragmented 3
	assert_between "drop_mtu" 1 2 "${count[drop_mtu]}"
}

# To the VIP that is the balancer's own, and that it believes to be near.
own_vip() {
	share_vip "$3" $(($5 == 4 ? 32 : 128))
	"$@"
}

for i in 1 2; do
	open_tunnels "rs$i" "$(rs4 $i)" "$(rs6 $i)" 6080
done

for family in 4 6; do
	declare -n vip=VIP$family far=FAR$family lb=LB$family
	bits=$((family == 4 ? 32 : 128))
	run_case "v$family: nat: a process reaches an own VIP [C30 C31]" \
		nat_client "$vip" "$vip"
	run_case "v$family: nat: a process reaches a VIP elsewhere" \
		nat_client "$far" "$lb"
	run_case "v$family: gateway: a process reaches a VIP elsewhere" \
		gateway_client "$far" "$lb"
	run_case "v$family: gateway: from the VIP itself it stays here" \
		gateway_own_vip "$vip"
	run_case "v$family: gateway: from another address than the VIP" \
		gateway_bound "$vip" "$bits" "$lb" $family
	run_case "v$family: tunnel: a process reaches a VIP elsewhere" \
		tunnel_client "$far" "$lb" $family
	room=$((family == 4 ? 1480 : 1460))
	run_case "v$family: tunnel: bulk to a VIP elsewhere arrives as sent" \
		tunnel_bulk ipip "$far" "$lb" $family
	run_case "v$family: tunnel: bulk to an own VIP arrives as sent" \
		own_vip tunnel_bulk gre "$vip" "$lb" $family
	run_case "v$family: tunnel: datagrams of any size to a VIP elsewhere" \
		tunnel_datagrams gre "$far" "$lb" $family $((room - 4))
	run_case "v$family: tunnel: datagrams of any size to an own VIP" \
		own_vip tunnel_datagrams "gue port 6080" "$vip" "$lb" $family \
		$((room - 12))
	run_case "v$family: nat: bulk arrives as sent" nat_bulk "$vip" \
		"$("rs$family" 1)"
	run_case "v$family: nat: datagrams of any size" nat_datagrams "$vip"
	run_case "v$family: nat: a smaller way than the process knows" \
		nat_small_way "$vip" "$("rs$family" 1)" $family
	run_case "v$family: no server: refused at once" refused "$vip" $family
done
run_case "limits and persistence hold for a process" limits_and_persistence
finish
