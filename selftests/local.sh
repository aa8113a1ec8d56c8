#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The balancer's own processes as clients of a VIP, and itself as a server.
#
# VIP is an address of the balancer, FAR one that it only knows a way to. The
# servers have FAR on lo, too, for mode gateway, and their default route is the
# balancer.
. "$(dirname "$0")/lib.sh"

topo_two_arm 2
FAR4=$OUT4.200 FAR6=$OUT6:200
for i in 1 2; do
	add_server_vip "rs$i" "$FAR4/32" "$FAR6/128"
	echo_server "rs$i" "rs$i" both '*' 8000
	for far in "$FAR4" "$FAR6"; do
		echo_server "rs$i" "rs$i" udp "$far" 80
		echo_server "rs$i" "rs$i" tcp "$far" 80
	done
done
echo_server lb own tcp '*' 9000
# Bound, so that an answer comes from where it was asked.
for addr in "$LB4" "$LB6" "$VIP4" "$VIP6"; do
	echo_server lb own udp "$addr" 9000
done
agent lb
agent client

# director NAME VIP:PORT PROTO MODE, servers on stdin
director() {
	printf 'director %s %s %s\n\tbalance roundrobin\n\tmode %s\n' "$@"
	cat
}

# both_protos NAME VIP:PORT MODE SERVERS
both_protos() {
	director "$1-tcp" "$2" TCP "$3" <<<"$4"
	director "$1-udp" "$2" UDP "$3" <<<"$4"
}

config() {
	apply
	lb flush >/dev/null
	lb zero
}

# The configuration of most cases.
nat() {
	{
		both_protos vip4 "$VIP4:80" nat "$(servers4 :8000)"
		both_protos far4 "$FAR4:80" nat "$(servers4 :8000)"
		both_protos none4 "$VIP4:81" nat ""
		both_protos own4 "$VIP4:82" nat "	server own $LB4:9000"
		both_protos vip6 "[$VIP6]:80" nat "$(servers6 :8000)"
		both_protos far6 "[$FAR6]:80" nat "$(servers6 :8000)"
		both_protos none6 "[$VIP6]:81" nat ""
		both_protos own6 "[$VIP6]:82" nat "	server own [$LB6]:9000"
	} | config
}

gateway() {
	{
		both_protos far4 "$FAR4:80" gateway "$(servers4 "")"
		both_protos vip4 "$VIP4:80" gateway "$(servers4 "")"
		both_protos own4 "$VIP4:9000" gateway "	server own $LB4"
		both_protos far6 "[$FAR6]:80" gateway "$(servers6 "")"
		both_protos vip6 "[$VIP6]:80" gateway "$(servers6 "")"
		both_protos own6 "[$VIP6]:9000" gateway "	server own [$LB6]"
	} | config
}

# --- this machine as a client ---

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
	counted forward_nat 4 forward_nat_reply 4 fragmented 6
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
	assert_match "one that fits" "^rs1 " "$(tell lb hear a)"
}

# counted NAME NUMBER...: when all is still.
counted() {
	books_balance
	while [ $# -gt 0 ]; do
		assert_eq "$1" "$2" "${count[$1]}"
		shift 2
	done
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

# From another address it can, if the answer's source, the VIP, is accepted.
gateway_bound() {
	director bound "$(bracket "$1"):8081" TCP gateway \
		<<<"$("servers$4" "")" | config
	on lb sysctl -qw net.ipv4.conf.eth1.accept_local=1
	at_exit on lb sysctl -qw net.ipv4.conf.eth1.accept_local=0
	for i in 1 2; do
		add_addr "rs$i" lo "$1/$2"
		at_exit ip -n "$(ns "rs$i")" addr del "$1/$2" dev lo
		echo_server "rs$i" "rs$i" tcp "$1" 8081
	done
	assert_eq "servers" "rs1 rs2 rs1" \
		"$(tell lb burst 3 tcp "$1" 8081 "$3")"
	counted pass_own_source 0 conn_new 3
}

# --- this machine as a server ---

# serves FROM VIP PORT CLIENT: it answers, and sees the client.
serves() {
	local proto

	for proto in tcp udp; do
		assert_eq "$proto: who answers" "own own own" \
			"$(tell "$1" burst 3 $proto "$2" "$3")"
		must "$1" open a $proto "$2" "$3" 7001
		assert_eq "$proto: whom it sees" "own $4 7001 hi" \
			"$(tell "$1" say a hi)"
		must "$1" close a
	done
	books_balance
	assert_eq "drops" 0 "$(sum_of drop)"
}

nat_serves() {
	nat
	capture client eth0 "$WORK/pcap" "$( [ "$3" = 4 ] || echo ip6 and )" \
		port 9000
	serves client "$1" 82 "$2"
	capture_end
	assert_eq "packets with the server's port outside" 0 \
		"$(captured "$WORK/pcap")"
	assert_eq "conns" 8 "${count[conn_new]}"
	assert_between "pass_local_server" 20 60 "${count[pass_local_server]}"
	assert_between "forward_nat_reply" 20 60 "${count[forward_nat_reply]}"
	assert_between "packets in and out" 20 120 "$(($(
		server_of "own$3-tcp" own "in_packets") + $(
		server_of "own$3-tcp" own "out_packets")))"
}

nat_serves_itself() {
	nat
	serves lb "$1" 82 "$1"
	assert_eq "conns" 8 "${count[conn_new]}"
	assert_eq "all through lo" "${count[pass_loopback]}" \
		"$((count[forward_nat] + count[forward_nat_reply]))"
}

gateway_serves() {
	gateway
	serves client "$1" 9000 "$2"
	assert_eq "conns" 8 "${count[conn_new]}"
	assert_between "pass_local_server" 20 60 "${count[pass_local_server]}"
	gateway
	serves lb "$1" 9000 "$1"
	assert_between "pass_own_source" 20 90 "${count[pass_own_source]}"
}

# --- what is for no VIP ---

# A health check from the balancer goes to the server that it is meant for,
# whatever flows say of what comes in, and answers are no requests.
leaves_the_rest() {
	config <<-EOT
	director all TCP
		balance roundrobin
		mode nat
	$(servers4 :8000)
	director one $OUT4.150:8000 UDP
		mode nat
		option onepacket
	$(servers4 :8000)
	flow all director all
		match proto tcp dstport 8000
	flow never deny
		match dst $(rs4 2)
	EOT
	assert_eq "checks by TCP" "rs1 rs2 rs2" "$(tell lb burst 1 tcp \
		"$(rs4 1)" 8000) $(tell lb burst 2 tcp "$(rs4 2)" 8000)"
	assert_eq "checks by UDP" "rs2 rs1" "$(tell lb burst 1 udp \
		"$(rs4 2)" 8000) $(tell lb burst 1 udp "$(rs4 1)" 8000)"
	assert_eq "a service here" "own own" \
		"$(tell client burst 2 udp "$LB4" 9000)"
	assert_eq "one-packet" "rs1 rs2 rs1" \
		"$(tell lb burst 3 udp "$OUT4.150" 8000)"
	counted conn_new 3 drop_flow 0
	assert_between "pass_own" 12 80 "${count[pass_own]}"
}

# Only rules that name lo are about own packets.
flow_of_lo() {
	config <<-EOT
	director far TCP
		balance roundrobin
		mode nat
	$(servers4 :8000)
	flow own director far
		ignore proto tcp dst $FAR4 dstport 81
		match iface lo dst $FAR4 proto tcp
	flow no deny
		match iface lo dst $FAR4 proto udp
	EOT
	assert_eq "director" "rs1 rs2" "$(tell lb burst 2 tcp "$FAR4" 80)"
	must lb open a udp "$FAR4" 80
	assert_eq "deny" EPERM "$(tell lb send a 10)"
	assert_match "explain" "own" "$(lb explain tcp "$LB4:1" "$FAR4:80" \
		iface lo)"
	assert_match "explain" "pass_own" "$(lb explain tcp \
		"$LB4:1" "$FAR4:81" iface lo)"
	counted conn_new 2 drop_flow 1
}

# --- lifetimes ---

# The route of a conn's answers goes and comes back with its device.
link_down() {
	nat
	must lb open a tcp "$VIP4" 80
	assert_match "before" "^rs[12] " "$(tell lb say a x)"
	ip -n "$(ns lb)" link set lo down
	at_exit ip -n "$(ns lb)" link set lo up
	ip -n "$(ns lb)" link set eth1 down
	ip -n "$(ns lb)" link set eth1 up
	ip -n "$(ns lb)" link set lo up
	add_addr lb eth1 "$NET6:254/64"
	assert_match "after" "^rs[12] " "$(tell lb say a x)"
}

# A namespace goes while its processes talk to its VIP.
netns_goes() {
	add_ns gone
	ip -n "$(ns gone)" link add d0 up type dummy
	add_addr gone d0 "192.0.2.50/24" "2001:db8:5::50/64"
	nsenter "--net=/run/netns/$(ns gone)" lbctl apply - >/dev/null 2>&1 <<-EOT
	director a 192.0.2.51:80 UDP
		mode nat
		server s 192.0.2.50:8000
	director b [2001:db8:5::51]:80 UDP
		mode nat
		server s [2001:db8:5::50]:8000
	EOT
	echo_server gone gone udp '*' 8000
	agent gone
	assert_eq "v4" "gone gone" "$(tell gone burst 2 udp 192.0.2.51 80)"
	assert_eq "v6" "gone gone" "$(tell gone burst 2 udp 2001:db8:5::51 80)"
	must gone storm udp 192.0.2.51 80
	sleep 0.3
	del_ns gone
	refute "the namespace" test -e "/run/netns/$(ns gone)"
}

ip -n "$(ns lb)" addr change "$VIP6/128" dev eth0 preferred_lft 0
for family in 4 6; do
	declare -n vip=VIP$family far=FAR$family lb=LB$family
	declare -n client=CLIENT$family
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
	run_case "v$family: nat: bulk arrives as sent" nat_bulk "$vip" \
		"$("rs$family" 1)"
	run_case "v$family: nat: datagrams of any size" nat_datagrams "$vip"
	run_case "v$family: nat: a smaller way than the process knows" \
		nat_small_way "$vip" "$("rs$family" 1)" $family
	run_case "v$family: no server: refused at once" refused "$vip" $family
	run_case "v$family: nat: this machine is the server" \
		nat_serves "$vip" "$client" $family
	run_case "v$family: nat: this machine is client and server" \
		nat_serves_itself "$vip"
	run_case "v$family: gateway: this machine is the server" \
		gateway_serves "$vip" "$client"
done
run_case "limits and persistence hold for a process" limits_and_persistence
run_case "rest: checks, answers and services are left alone" leaves_the_rest
run_case "flows: rules that name lo are about own packets" flow_of_lo
run_case "links: a conn outlives its devices going down" link_down
run_case "netns: goes with its own clients" netns_goes
finish
