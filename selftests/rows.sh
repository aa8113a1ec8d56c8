#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rows of the language's feature table that no other area is about: what direct
# server return is for, and what its documents show.
. "$(dirname "$0")/lib.sh"

ko=${L4LB_KO:-$TOP/l4lb.ko}
FAR=198.18.0

topo_one_arm 3
for i in 1 2 3; do
	echo_server "rs$i" "rs$i" tcp '*' 80 81
done
agent client

# gateway NAME PLACE PROTO [SERVER_NUMBERS...]
gateway() {
	local i

	printf 'director %s %s %s\n\tbalance roundrobin\n\tmode gateway\n' \
		"${@:1:3}"
	for i in "${@:4}"; do
		printf '\tserver s%s %s\n' "$i" "$(rs4 "$i")"
	done
}

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
	lb zero
}

# --- the segment ---

# Both servers have the VIP too: only the balancer may say so.
one_owner() {
	gateway web "$VIP4:80" TCP 1 2 | config
	arp_reset client
	capture client eth0 "$WORK/pcap" arp
	assert_match "answers" '^rs[12] rs[12]$' "$(tell client burst 2 tcp "$VIP4" 80)"
	sleep 0.5
	capture_end
	assert_eq "who has the VIP" "$(mac_of lb eth0)" \
		"$(tcpdump -n -r "$WORK/pcap" 2>/dev/null |
			sed -n "s/.*Reply $VIP4 is-at \([0-9a-f:]*\),.*/\1/p")"
}

from_the_vip() {
	gateway web "$VIP4:80" TCP 1 2 | config
	capture client eth0 "$WORK/pcap" tcp
	must client open a tcp "$VIP4" 80 5000
	assert_eq "what the server sees" "rs1 $CLIENT4 5000 hi" \
		"$(tell client say a hi)"
	must client close a
	capture_end
	assert_between "what the client gets" 3 10 "$(captured "$WORK/pcap" \
		"src host $VIP4 and src port 80 and dst host $CLIENT4")"
	assert_eq "of others" 0 "$(captured "$WORK/pcap" \
		"not (host $VIP4 and host $CLIENT4)")"
}

run_case "arp: of balancer and servers one answers for the VIP [C5 C11]" one_owner
run_case "answers: from the VIP to the client's own address [C14 C15]" \
	from_the_vip

# --- what the balancer does not see ---

# All of them are addresses of one host, which says its own name.
many_servers() {
	local i

	for ((i = 20; i < 52; i++)); do
		echo "$(rs4 $i)/32"
	done >"$WORK/addrs"
	# shellcheck disable=SC2046 # addresses
	add_addr rs1 eth0 $(cat "$WORK/addrs")
	# shellcheck disable=SC2046 # numbers
	gateway web "$VIP4:80" TCP $(seq 20 51) | config
	assert_eq "answers" rs1:64 \
		"$(tell client burst 64 tcp "$VIP4" 80 | tr ' ' '\n' | spread)"
	assert_eq "conns" "32 times 2" "$(lb show servers --json |
		jq -r '.servers[].conns' | uniq -c | awk '{print $1, "times", $2}')"
	assert_eq "packets and bytes from servers" "0 0" \
		"$(director_of web '| "\(.out_packets) \(.out_bytes)"')"
}

high_volume() {
	local before after

	gateway video "$VIP4:5201" TCP 1 | config
	iperf_server rs1 "$VIP4" 5201
	before=$(received)
	assert_between "bytes to the client" 8000000 9000000 \
		"$(on client iperf3 --client "$VIP4" --port 5201 --reverse \
			--bytes 8M --json | jq .end.sum_received.bytes)"
	after=$(received)
	assert_between "bytes to the balancer" 1000 800000 $((after - before))
	assert_eq "bytes from servers" 0 "$(director_of video out_bytes)"
}

received() {
	on lb cat /proc/net/dev | awk '$1 == "eth0:" { print $2 }'
}

# Far more than a port has numbers: nothing is translated.
many_conns() {
	local conns=72000 dev=/proc/net/pktgen/eth0

	modprobe pktgen || skip "no pktgen"
	ip -n "$(ns lb)" route add "$FAR.0/24" via "$CLIENT4"
	at_exit ip -n "$(ns lb)" route del "$FAR.0/24"
	gateway dns "$VIP4:53" UDP 1 | config
	# With one processor all of them are sent before the first is received.
	at_exit sysctl -qw "net.core.netdev_max_backlog=$(
		sysctl -n net.core.netdev_max_backlog)"
	sysctl -qw net.core.netdev_max_backlog=$conns
	# 9 addresses and 8000 ports, counted up together, meet once each.
	on client bash -ec "
		echo add_device eth0 >/proc/net/pktgen/kpktgend_0
		for word in 'count $conns' 'delay 0' 'clone_skb 0' \
			'pkt_size 60' 'dst_mac $(mac_of lb eth0)' \
			'dst $VIP4' 'udp_dst_min 53' 'udp_dst_max 53' \
			'src_min $FAR.1' 'src_max $FAR.9' \
			'udp_src_min 1024' 'udp_src_max 9024'; do
			echo \$word >$dev
		done
		echo start >/proc/net/pktgen/pgctrl
		cat $dev
		echo rem_device_all >/proc/net/pktgen/kpktgend_0"
	wait_for 10 is_equal $conns server_of dns s1 active
	assert_eq "conns of one server on one port" $conns \
		"$(server_of dns s1 active)"
	books_balance
	assert_eq "forwarded" $conns "${count[forward_gateway]}"
	assert_eq "dropped" 0 "$(sum_of drop)"
	assert_eq "flushed" "$conns connections flushed" "$(lb flush)"
}

run_case "many servers: each is used, none is heard of [C16]" many_servers
run_case "volume: the balancer forwards requests only [C23]" high_volume
run_case "many conns: 72,000 on one port of one server [C18]" many_conns

# --- TLS ---

# What is inside is no business of a balancer of layer 4.
handshake() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj /CN=www.example.org -keyout "$WORK/key" \
		-out "$WORK/cert" 2>/dev/null
	background on rs1 openssl s_server -accept 443 -key "$WORK/key" \
		-cert "$WORK/cert" -rev
	wait_for 10 is_listening rs1 tcp 443
	gateway tls "$VIP4:443" TCP 1 | config
	# The server turns lines around and, at this word, ends.
	assert_eq "a line, by TLS, backwards" olleh \
		"$(printf 'hello\nCLOSE\n' |
			on client timeout $((10 * L4LB_SLOW)) openssl s_client \
				-quiet -verify_return_error \
				-CAfile "$WORK/cert" -connect "$VIP4:443")"
	refute "cookies" apply <<-EOT
	director tls $VIP4:443 TCP
		mode gateway
		option cookie
		server s1 $(rs4 1)
	EOT
}

run_case "tls: passes untouched, and no keyword looks inside [C20]" handshake

# --- consistent hashing ---

# of_mh FAMILY MODE: a director of three servers.
of_mh() {
	local place=$VIP4:81

	[ "$1" = 4 ] || place="[$VIP6]:81"
	printf 'director mh %s TCP\n\tbalance mh\n\tmode %s\n' "$place" "$2"
	"servers$1" "" "" 1 3
}

# picks FAMILY: whom each of twelve clients gets.
picks() {
	local i vip=$VIP4 net=$NET4.

	[ "$1" = 4 ] || vip=$VIP6 net=$NET6:
	for i in {201..212}; do
		tell client burst 1 tcp "$vip" 81 "$net$i"
	done | paste -sd ' '
}

# keeps GONE BEFORE AFTER: what clients have after, if they had others before.
keeps() {
	paste <(xargs -n1 <<<"$2") <(xargs -n1 <<<"$3") |
		grep -v "^$1" | cut -f 2 | paste -sd ' '
}

# Who loses its server gets another, nobody else does; each comes back.
# consistent FAMILY MODE COUNTER
consistent() {
	local gone before after

	of_mh "$1" "$2" | config
	before=$(picks "$1")
	gone=${before%% *}
	assert_match "of more than one" 'rs[1-3]' "${before//$gone/}"
	of_mh "$1" "$2" | grep -v "$gone " | apply
	after=$(picks "$1")
	assert_match "each is served, none by the one that is gone" \
		'^(rs[1-3] ){11}rs[1-3]$' "${after//$gone/gone}"
	assert_eq "who had others" "$(keeps "$gone" "$before" "$before")" \
		"$(keeps "$gone" "$before" "$after")"
	of_mh "$1" "$2" | apply
	assert_eq "when it is back" "$before" "$(picks "$1")"
	assert_between "packets this way" 108 400 "$(counter "$3")"
}

for i in 1 2 3; do
	open_tunnels "rs$i" "$(rs4 $i)" "$(rs6 $i)" 6080
done
for i in {201..212}; do
	add_addr client eth0 "$NET4.$i/32"
	add_second_addr client eth0 "$NET6:$i/128"
done
for family in 4 6; do
	for mode in gateway tunnel; do
		run_case "v$family: mh: $mode: a lost server's clients move, no others [C111]" \
			consistent $family $mode forward_$mode
	done
done

# --- the documents ---

# The marks that the appliance itself writes, and titles.
comments() {
	config <<-EOT
	######## exchange, $VIP4 ########
	#alctl: exchange
	director exchange $VIP4:80 TCP #alctl: exchange
	    balance roundrobin    # load balancing algorithm
	    mode gateway#no space
	    #### servers
	    server rs1 $(rs4 1)   #alctl: server rs1
	EOT
	assert_eq "what is there" "exchange roundrobin gateway" \
		"$(lb show directors --json | jq -r '.directors[] |
			"\(.name) \(.balance) \(.mode)"')"
	assert_eq "answer" rs1 "$(tell client burst 1 tcp "$VIP4" 80)"
}

# As extracted documents have it: no address at all, or none at the server.
addressless() {
	lb validate - >"$WORK/said" 2>&1 <<-EOT
	director exchange TCP
	    mode gateway
	    server exchange1 10.0.0.13
	flow exchange director exchange
	    match dst 10.0.0.9
	EOT
	assert_eq "director: problems" 0 "$(grep -c error "$WORK/said")"
	refute "server" lb validate - >"$WORK/said" 2>&1 <<-EOT
	director exchange 10.0.0.9:443 TCP
	    mode gateway
	    server exchange1 weight 10 check
	EOT
	assert_match "what is said" \
		"<stdin>:3:[0-9]+: error: server 'exchange1' has no address" \
		"$(cat "$WORK/said")"
}

# What was saved outlives the module.
restart() {
	apply </dev/null
	lb apply "$TOP/examples/exchange.conf" >/dev/null
	lb save >"$WORK/saved"
	apply </dev/null
	wait_for 20 rmmod l4lb
	at_exit eval "grep -q '^l4lb ' /proc/modules || insmod $ko"
	insmod "$ko"
	lb apply "$WORK/saved" >/dev/null
	lb save >"$WORK/again"
	assert "the same is saved" cmp "$WORK/saved" "$WORK/again"
	assert_match "servers" '^exchange1 10 exchange2 10$' "$(lb show servers \
		--json | jq -r '[.servers[] | .name, .weight] | join(" ")')"
}

run_case "comments: of all the kinds in the documents [C22]" comments
run_case "address: a director can do without, a server cannot [C27 C28]" \
	addressless
run_case "save: outlives the module, to the letter [C25]" restart
finish
