#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What time and traffic do to conns: TCP states, expiry, ports used again,
# limits, and clients that nobody serves.
. "$(dirname "$0")/lib.sh"

topo_two_arm 2
for i in 1 2; do
	echo_server "rs$i" "rs$i" tcp '*' 80
	echo_server "rs$i" "rs$i" udp '*' 80
done
agent client
agent rs1

# config MODE [OTHER LINES]: web is on a port where the agent listens itself.
config() {
	apply </dev/null
	apply <<-EOT
	${2:-}
	director web $VIP4:81 TCP
		mode $1
		server rs1 $(rs4 1)
	director echo $VIP4:80 TCP
		balance roundrobin
		mode nat
	$(servers4 "")
	director dns $VIP4:80 UDP
		balance roundrobin
		mode nat
	$(servers4 "" "" 1 1)
	director none $VIP4:82 TCP
		mode nat
		server rs1 $(rs4 1) weight 0
	director none-udp $VIP4:82 UDP
		mode nat
	director none6 [$VIP6]:82 TCP
		mode nat
	director none6-udp [$VIP6]:82 UDP
		mode nat
	EOT
	lb zero
}

state_is() {
	wait_for 5 is_equal "$1" conn_states director web
	assert_eq "state" "$1" "$(conn_states director web)"
}

# --- TCP states ---

listen() {
	must rs1 listen l "$(rs4 1)" 81
	at_exit tell rs1 close l
}

nat_client_closes() {
	config nat
	listen
	must client open a tcp "$VIP4" 81
	state_is ESTABLISHED
	must rs1 accept s l
	must client fin a
	state_is CLOSE_WAIT
	must rs1 close s
	state_is CLOSE
	assert_eq "active and inactive" "0 1" \
		"$(director_of web '| "\(.active) \(.inactive)"')"
}

nat_server_closes() {
	config nat
	listen
	must client open a tcp "$VIP4" 81
	must rs1 accept s l
	must rs1 fin s
	state_is FIN_WAIT
	must client close a
	state_is TIME_WAIT
}

nat_reset() {
	config nat
	listen
	must client open a tcp "$VIP4" 81
	must rs1 accept s l
	must rs1 reset s
	state_is CLOSE
	assert_eq "the client knows" ECONNRESET "$(tell client say a x)"
}

# A server that does not answer the SYN.
nat_half_open() {
	config nat
	on rs1 iptables -w -A INPUT -p tcp --dport 81 -j DROP
	at_exit on rs1 iptables -w -F INPUT
	assert_eq "connect" timeout "$(tell client open a tcp "$VIP4" 81)"
	state_is SYN_RECV
	assert_between "expires in ms" 50000 60000 "$(lb show connections \
		director web --json | jq '.connections[0].expires_ms')"
}

# Only the client's side is seen: the server has the VIP and answers itself,
# through the balancer as a router, which must let its own address pass.
gateway_states() {
	config gateway
	on lb sysctl -qw net.ipv4.conf.eth1.accept_local=1
	ip -n "$(ns rs1)" addr add "$VIP4/32" dev lo
	at_exit ip -n "$(ns rs1)" addr del "$VIP4/32" dev lo
	must rs1 listen l "$VIP4" 81
	at_exit tell rs1 close l
	must client open a tcp "$VIP4" 81
	state_is ESTABLISHED
	must rs1 accept s l
	must client fin a
	state_is FIN_WAIT
	must rs1 close s
	state_is FIN_WAIT
	must client open b tcp "$VIP4" 81
	must client reset b
	state_is "CLOSE FIN_WAIT"
}

run_case "nat: the client closes first" nat_client_closes
run_case "nat: the server closes first" nat_server_closes
run_case "nat: the server resets" nat_reset
run_case "nat: the server does not answer" nat_half_open
run_case "gateway: the client's side alone" gateway_states

# --- time ---

# Sets asked to when it last had not: to ask takes a while on a busy machine.
has_expired() {
	local now

	now=$(now_ms)
	! is_equal 1 counter conn_expired || return 0
	asked=$now
	return 1
}

# Not before its time, and not much later: the wheel turns in quarters of a
# second.
udp_expires() {
	local seen gone asked idle=$((4 * L4LB_SLOW))

	config nat $'service lvs\n\ttimeout udp '$idle
	must client open a udp "$VIP4" 80
	assert_match "answer" '^rs1 ' "$(tell client say a x)"
	for _ in 1 2 3 4 5; do
		sleep "$L4LB_SLOW"
		assert_match "renewed" '^rs1 ' "$(tell client say a x)"
	done
	seen=$(now_ms)
	asked=$seen
	assert_eq "conns made" 1 "$(counter conn_new)"
	assert_eq "conns expired" 0 "$(counter conn_expired)"
	wait_for 15 has_expired
	gone=$(now_ms)
	assert_between "ms idle" $((idle * 1000 - 150)) \
		$((30000 * L4LB_SLOW)) $((gone - seen))
	assert_between "ms after which it was still there" 0 \
		$((idle * 1000 + 2500)) $((asked - seen))
	assert_eq "conns" 0 "$(conns)"
}

expiry_follows_options() {
	local ms='.connections[0].expires_ms'

	config nat $'service lvs\n\ttimeout tcp 40\n\ttimeout tcpfin 20'
	listen
	must client open a tcp "$VIP4" 81
	must rs1 accept s l
	assert_between "ESTABLISHED" 30000 40000 \
		"$(lb show connections director web --json | jq "$ms")"
	must rs1 fin s
	state_is FIN_WAIT
	assert_between "FIN_WAIT" 10000 20000 \
		"$(lb show connections director web --json | jq "$ms")"
	lb save | sed '/^service/,/^$/d' | apply
	assert_between "FIN_WAIT by default" 100000 120000 \
		"$(lb show connections director web --json | jq "$ms")"
}

run_case "expiry: an idle UDP conn goes in time, a busy one stays" udp_expires
run_case "expiry: service lvs sets the times" expiry_follows_options

# --- a port used again ---

# A reset can be forged, so a SYN right behind it stays with the server; to be
# scheduled afresh it takes a second of silence.
port_again() {
	config nat
	must client open a tcp "$VIP4" 80 7100
	assert_match "first" "^rs1 $CLIENT4 7100" "$(tell client say a x)"
	must client reset a
	must client open a tcp "$VIP4" 80 7100
	assert_match "at once" "^rs1 $CLIENT4 7100" "$(tell client say a x)"
	assert_eq "conn_reused" 0 "$(counter conn_reused)"
	must client reset a
	sleep 1.3
	must client open a tcp "$VIP4" 80 7100
	assert_match "later" "^rs2 $CLIENT4 7100" "$(tell client say a x)"
	assert_eq "conn_reused" 1 "$(counter conn_reused)"
	assert_eq "conns" 1 "$(conns director echo)"
}

port_leaves_drained() {
	config nat
	must client open a tcp "$VIP4" 80 7101
	assert_match "first" "^rs1 $CLIENT4 7101" "$(tell client say a x)"
	lb set server echo/rs1 drain
	must client reset a
	must client open a tcp "$VIP4" 80 7101
	assert_match "at once, elsewhere" "^rs2 $CLIENT4 7101" \
		"$(tell client say a x)"
	lb set server echo/rs1 up
}

run_case "port: a closed one is used again at once" port_again
run_case "port: used again, it leaves a drained server" port_leaves_drained

# --- refused ---

# refuses PROTO VIP DIRECTOR FILTER: at once; but a TCP client that is still
# busy sending the SYN only believes it when it has sent a second one.
refuses() {
	local start answer took refused

	config nat
	capture client eth0 "$WORK/pcap" "$4"
	start=$(now_ms)
	answer=$(tell client open a "$1" "$2" 82)
	[ "$1" = tcp ] || answer=$(tell client say a x)
	took=$(($(now_ms) - start))
	assert_eq "answer" ECONNREFUSED "$answer"
	assert_between "ms" 0 "$((2000 * L4LB_SLOW))" "$took"
	capture_end
	refused=$(director_of "$3" refused)
	assert_between "refused" 1 "$([ "$1" = tcp ] && echo 2 || echo 1)" \
		"$refused"
	assert_eq "ICMP port unreachable" "$refused" \
		"$(captured "$WORK/pcap")"
	assert_eq "drop_no_server" "$refused" "$(counter drop_no_server)"
}

unreach4="icmp[0] = 3 and icmp[1] = 3 and src host $VIP4"
unreach6="icmp6[0] = 1 and icmp6[1] = 4 and src host $VIP6"
run_case "refused: v4: tcp" refuses tcp "$VIP4" none "$unreach4"
run_case "refused: v4: udp" refuses udp "$VIP4" none-udp "$unreach4"
run_case "refused: v6: tcp" refuses tcp "$VIP6" none6 "$unreach6"
run_case "refused: v6: udp" refuses udp "$VIP6" none6-udp "$unreach6"

# --- the limit ---

limit() {
	local max=/sys/module/l4lb/parameters/conn_max events

	config nat
	at_exit eval "echo $(cat $max) >$max"
	echo 3 >$max
	background on lb stdbuf -oL lbctl events
	events=$WORK/bg.$!
	# It prints nothing until something happens: make something happen.
	wait_for 10 heard 'dns/rs1 drain (by hand), weight 0$' "$events"
	assert_eq "three" "rs1 rs1 rs1" "$(tell client burst 3 udp "$VIP4" 80)"
	assert_eq "the fourth" timeout "$(tell client burst 1 udp "$VIP4" 80)"
	assert_eq "drop_conn_limit" 1 "$(counter drop_conn_limit)"
	wait_for 5 grep -q 'connection limit reached: 3 of 3' "$events"
	lb flush >/dev/null
	assert_eq "after a flush" rs1 "$(tell client burst 1 udp "$VIP4" 80)"
	refute "a limit of 0" eval "echo 0 >$max"
}

heard() {
	lb set server dns/rs1 drain
	lb set server dns/rs1 up
	grep -q "$1" "$2"
}

run_case "limit: conn_max holds and is told" limit
finish
