#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The balancer as a server, and what of its own traffic is for no VIP.
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/local.sh
. "$SELFTESTS/lib/local.sh"

echo_server lb own tcp '*' 9000
# Bound, so that an answer comes from where it was asked.
for addr in "$LB4" "$LB6" "$VIP4" "$VIP6"; do
	echo_server lb own udp "$addr" 9000
done

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

for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family
	run_case "v$family: nat: this machine is the server" \
		nat_serves "$vip" "$client" $family
	run_case "v$family: nat: this machine is client and server" \
		nat_serves_itself "$vip"
	run_case "v$family: gateway: this machine is the server" \
		gateway_serves "$vip" "$client"
done
run_case "rest: checks, answers and services are left alone" leaves_the_rest
run_case "flows: rules that name lo are about own packets" flow_of_lo
run_case "links: a conn outlives its devices going down" link_down
run_case "netns: goes with its own clients" netns_goes
finish
