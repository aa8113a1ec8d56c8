#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mode gateway: where packets go, what they look like, who answers.
. "$(dirname "$0")/lib.sh"

# --- the seed's exchange example, as written: 10.0.0.9, .13 and .14 ---

NET4=10.0.0 HOST_VIP=9 HOST_RS=12
topo_one_arm 2
http_server rs1 rs1 '*' 443
http_server rs2 rs2 '*' 443

exchange_alternates() {
	lb apply "$TOP/examples/exchange.conf"
	assert_eq "answers" "rs1 rs2 rs1 rs2 rs1 rs2 " \
		"$(get_many client "$VIP4" 443 6 | tr '\n' ' ')"
	assert_eq "conns of exchange1" 3 "$(server_of exchange exchange1 conns)"
	assert_eq "conns of exchange2" 3 "$(server_of exchange exchange2 conns)"
}

# Replies go past the balancer: it must not see one packet from the VIP.
exchange_bypasses() {
	lb apply "$TOP/examples/exchange.conf"
	capture lb eth0 "$WORK/pcap" tcp port 443
	assert_match "answer" '^rs[12]$' "$(get client "$VIP4" 443)"
	capture_end
	assert_eq "packets from the VIP" 0 \
		"$(captured "$WORK/pcap" "src host $VIP4")"
	assert_eq "bytes to the client" 0 \
		"$(director_of exchange out_bytes)"
	assert_between "packets to the VIP, in and out" 8 40 \
		"$(captured "$WORK/pcap" "dst host $VIP4")"
}

run_case "exchange: answers alternate one to one [C21 C52]" exchange_alternates
run_case "exchange: replies bypass the balancer [C1]" exchange_bypasses
run_undo

# --- everything else ---

NET4=192.0.2 HOST_VIP=100 HOST_RS=10
topo_one_arm 2
http_server rs1 rs1 '*' 80
http_server rs2 rs2 '*' 80
http_server rs1 rs1-alt '*' 8080
http_server rs2 rs2-alt '*' 8080
# Bound to the VIP: a UDP server's answer must come from there.
for vip in "$VIP4" "$VIP6"; do
	echo_server rs1 rs1 udp "$vip" 7
	echo_server rs2 rs2 udp "$vip" 7
done

config() {
	apply <<-EOT
	director web4 $VIP4:80 TCP
		balance roundrobin
		mode gateway
	$(servers4 :80)
	director web6 [$VIP6]:80 TCP
		balance roundrobin
		mode gateway
	$(servers6 :80)
	director echo4 $VIP4:7 UDP
		balance roundrobin
		mode gateway
	$(servers4 :7)
	director echo6 [$VIP6]:7 UDP
		balance roundrobin
		mode gateway
	$(servers6 :7)
	EOT
}

alternates() {
	config
	assert_eq "spread" "rs1:10 rs2:10" \
		"$(get_many client "$1" 80 20 | spread)"
}


# The bytes of each packet from the IP header on, TTL and checksum masked.
ip_bytes() {
	python3 "$SELFTESTS/lib/ipbytes.py" "$1"
}

header_unchanged() {
	config
	capture lb eth0 "$WORK/at-lb" -Q in "dst host $1 and tcp port 80"
	lb_pid=$capture_pid
	capture rs1 eth0 "$WORK/at-rs1" "dst host $1 and tcp port 80"
	rs1_pid=$capture_pid
	capture rs2 eth0 "$WORK/at-rs2" "dst host $1 and tcp port 80"
	assert_eq "answers" 2 "$(get_many client "$1" 80 2 | wc -l)"
	capture_end
	capture_pid=$lb_pid capture_end
	capture_pid=$rs1_pid capture_end
	ip_bytes "$WORK/at-lb" | sort >"$WORK/before"
	cat <(ip_bytes "$WORK/at-rs1") <(ip_bytes "$WORK/at-rs2") |
		sort >"$WORK/after"
	assert_between "packets" 8 30 "$(wc -l <"$WORK/before")"
	assert "all but TTL is as it came" cmp "$WORK/before" "$WORK/after"
	assert_eq "TTLs at the client's side" 64 "$(ttls "$WORK/at-lb")"
	assert_eq "TTLs at the server's side" 63 "$(ttls "$WORK/at-rs1")"
}

ttls() {
	python3 "$SELFTESTS/lib/ipbytes.py" --ttl "$1" | sort -u
}

new_mac_header() {
	config
	capture rs1 eth0 "$WORK/pcap" -e "dst host $1 and tcp port 80"
	get_many client "$1" 80 2
	capture_end
	assert_match "link-layer addresses" \
		"^$(mac_of lb eth0) > $(mac_of rs1 eth0),?$" \
		"$(tcpdump -n -e -r "$WORK/pcap" 2>/dev/null |
			cut -d' ' -f2-4 | sort -u)"
}

client_is_seen() {
	config
	assert_match "who asked" "^rs[12] $2 5000 hello$" \
		"$(ask client udp "$1" 7 hello 5000)"
}

keeps_udp_flow() {
	local first

	config
	first=$(ask client udp "$1" 7 hello 5001)
	for _ in 1 2 3; do
		assert_eq "the same server" "$first" \
			"$(ask client udp "$1" 7 hello 5001)"
	done
	assert_eq "conns" 1 "$(lb show connections client "$2" --json |
		jq '[.connections[] | select(.client_port == 5001)] | length')"
}

any_port() {
	apply <<-EOT
	director all $VIP4 TCP
		mode gateway
	$(servers4 "" "" 1 1)
	director alt $VIP4:8080 TCP
		mode gateway
	$(servers4 :8080 "" 2 2)
	EOT
	assert_eq "any port" rs1 "$(get client "$VIP4" 80)"
	assert_eq "the exact port goes first" rs2-alt \
		"$(get client "$VIP4" 8080)"
	assert_eq "a port nobody listens on: who refuses" 7 \
		"$(get client "$VIP4" 65535 -o /dev/null; echo $?)"
	assert_eq "conns of all" 2 "$(director_of all conns)"
}

# stat_of NS NAME...: the sum of some of the kernel's own counters.
stat_of() {
	on "$1" nstat -asz "${@:2}" | awk '{ sum += $2 } END { print sum }'
}

echoes() {
	echo "$1 $(stat_of "$1" IcmpInEchos Icmp6InEchos)"
}

# The VIP's other ports, ICMP and other addresses are the machine's own. The
# servers have the VIP, too, and would answer an echo that came to them.
leaves_the_rest() {
	local vip

	config
	echo_server lb lb tcp '*' 22
	assert_match "another port of the VIP" "^lb $CLIENT4 " \
		"$(ask client tcp "$VIP4" 22 hello)"
	lb zero
	assert_eq "echoes before" "lb 0 rs1 0 rs2 0" \
		"$(echoes lb) $(echoes rs1) $(echoes rs2)"
	for vip in "$VIP4" "$VIP6"; do
		assert "echo to the VIP" on client \
			ping -qc4 -i 0.2 -W "$((2 * L4LB_SLOW))" "$vip"
	done
	assert_eq "who got them" "lb 8 rs1 0 rs2 0" \
		"$(echoes lb) $(echoes rs1) $(echoes rs2)"
	books_balance
	# At least: IPv6 neighbours talk ICMP, too.
	assert_between "pass_proto" 8 16 "${count[pass_proto]}"
	assert_eq "forward_icmp" 0 "${count[forward_icmp]}"
	assert_eq "TCP and UDP on one address and port" 2 \
		"$(lb show directors --json | jq '[.directors[] |
			select(.port == 80 or .port == 7) |
			select(.address == "'"$VIP4"'")] | length')"
}

missing_vip_alias() {
	config
	ip -n "$(ns rs2)" addr del "$VIP4/32" dev lo
	at_exit ip -n "$(ns rs2)" addr add "$VIP4/32" dev lo
	assert_eq "rs1 goes on answering, rs2 does not" "rs1:2" \
		"$(for _ in 1 2 3 4; do
			on client curl -s --max-time 2 "http://$VIP4/"
		done | spread)"
}

# A server behind a router would get it back: counted, not sent.
off_link() {
	ip -n "$(ns lb)" route add 203.0.113.0/24 via "$(rs4 1)"
	at_exit ip -n "$(ns lb)" route del 203.0.113.0/24
	cat >"$WORK/far" <<-EOT
	director far $VIP4:80 TCP
		mode gateway
		server far 203.0.113.9
	EOT
	assert_match "warning" "'far' 203.0.113.9 is not on a directly attached" \
		"$(lb validate "$WORK/far" 2>&1)"
	apply <"$WORK/far"
	assert_match "apply's" "'far' 203.0.113.9 is not on a directly attached" \
		"$(cat "$WORK/apply")"
	assert_eq "at boot, when routes may still come" "" \
		"$(lb apply --late-interfaces "$WORK/far" 2>&1 >/dev/null)"
	lb zero
	refute "answer" on client curl -s --max-time 1 "http://$VIP4/"
	assert_between "drop_off_link" 1 3 "$(counter drop_off_link)"
	assert_eq "forward_gateway" 0 "$(counter forward_gateway)"
}

# Waiting for an address resolution must not send the packet astray: a lost
# SYN would come again after a second.
first_packet_arrives() {
	config
	get_many client "$1" 80 2 >/dev/null
	arp_reset lb
	assert_eq "answers" 2 "$(on client curl -sS --max-time 0.9 \
		--no-keepalive -H 'Connection: close' \
		"http://$(bracket "$1")/[1-2]" | wc -l)"
	lb flush >/dev/null
}

# The client hears of it, and from the VIP; with one more the server gets it.
ttl_runs_out() {
	local told=IcmpInTimeExcds before

	[[ $1 != *:* ]] || told=Icmp6InTimeExcds
	config
	lb zero
	before=$(stat_of client $told)
	must client open t udp "$1" 7
	must client opt t recverr 1
	must client opt t ttl 1
	assert_eq "answer to TTL 1" EHOSTUNREACH "$(tell client say t x)"
	assert_eq "$told" $((before + 1)) "$(stat_of client $told)"
	assert_eq "who told it" "$1" "$(tell client offender t)"
	must client opt t ttl 2
	assert_match "answer to TTL 2" "^rs[12] $2 " "$(tell client say t x)"
	books_balance
	assert_eq "drop_ttl" 1 "${count[drop_ttl]}"
	assert_eq "all drops" 1 "$(sum_of drop)"
	assert_eq "forward_gateway" 1 "${count[forward_gateway]}"
}

agent client
for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family
	run_case "v$family: tcp: answers alternate, by one interface [C17 C116]" \
		alternates "$vip"
	run_case "v$family: tcp: all but TTL arrives as sent [C2]" \
		header_unchanged "$vip"
	run_case "v$family: tcp: the link-layer header is new [C3 C4]" \
		new_mac_header "$vip"
	run_case "v$family: regression: an unresolved neighbour loses nothing" \
		first_packet_arrives "$vip"
	run_case "v$family: udp: the server sees the client [C15 C29]" \
		client_is_seen "$vip" "$client"
	run_case "v$family: udp: a flow keeps its server" keeps_udp_flow \
		"$vip" "$client"
	run_case "v$family: udp: TTL 1 ends at the balancer, 2 at the server" \
		ttl_runs_out "$vip" "$client"
done
run_case "any port: serves all ports, an exact port goes first [C45]" any_port
run_case "rest: other ports and ICMP stay with the machine [C19]" \
	leaves_the_rest
run_case "server: without the VIP on lo it does not answer [C6]" \
	missing_vip_alias
run_case "server: behind a router it is not sent to [C114]" off_link
finish
