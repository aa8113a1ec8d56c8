#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ICMP errors about packets of conns: who gets them, and their bytes; path MTU
# discovery through routers on either side; fragments in any order.
#
#    client          r            lb    rs1     rs4     rs2       r2         rs3
#     eth0       eth0 eth1       eth0   eth0    eth0    eth0   eth0 eth1    eth0
#    OUT 1      OUT 254 NET 254  NET 2  NET 11  NET 14  NET 12 NET 253 .254  .3
#      |          |    |        + VIP    |       |       |      |    |        |
#      +----------+    +-----------+-----+-------+-------+------+    +--------+
#     OUT4.0/24, OUT6:/64       NET4.0/24, NET6:/64        FAR4.0/24, FAR6:/64
#
# rs1 and rs4 have the VIP on lo and answer clients by r, for mode gateway. rs2
# and rs3 are for mode nat: rs2 answers by lb, rs3 by r2, which sends it to lb.
. "$(dirname "$0")/lib.sh"

FAR4=203.0.113 FAR6=2001:db8:3:
CLIENT4=$OUT4.1 CLIENT6=$OUT6:1
VIP4=$NET4.100 VIP6=$NET6:100
R4=$NET4.254 R6=$NET6:254
R2_4=$NET4.253 R2_6=$NET6:253

wire_it() {
	local ns

	add_switch
	add_ns client r lb rs1 rs2 r2 rs3 rs4
	add_link client eth0 r eth0
	add_link r2 eth1 rs3 eth0
	plug r eth1
	for ns in lb rs1 rs2 r2 rs4; do
		plug "$ns" eth0
	done
	# Errors are what this is about: as many as there are reasons.
	for ns in client r lb rs1 rs2 r2 rs3 rs4; do
		on "$ns" sysctl -qw net.ipv4.icmp_ratelimit=0 \
			net.ipv6.icmp.ratelimit=0 net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

number_it() {
	local ns

	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr r eth0 "$OUT4.254/24" "$OUT6:254/64"
	add_addr r eth1 "$R4/24" "$R6/64"
	add_addr lb eth0 "$NET4.2/24" "$NET6:2/64" "$VIP4/32" "$VIP6/128"
	add_addr rs1 eth0 "$NET4.11/24" "$NET6:11/64"
	add_addr rs4 eth0 "$NET4.14/24" "$NET6:14/64"
	for ns in rs1 rs4; do
		add_server_vip $ns "$VIP4/32" "$VIP6/128"
		add_default_route $ns "$R4" "$R6"
	done
	add_addr rs2 eth0 "$NET4.12/24" "$NET6:12/64"
	add_addr r2 eth0 "$R2_4/24" "$R2_6/64"
	add_addr r2 eth1 "$FAR4.254/24" "$FAR6:254/64"
	add_addr rs3 eth0 "$FAR4.3/24" "$FAR6:3/64"
	add_default_route client "$OUT4.254" "$OUT6:254"
	add_default_route lb "$R4" "$R6"
	add_default_route rs2 "$NET4.2" "$NET6:2"
	add_default_route r2 "$NET4.2" "$NET6:2"
	add_default_route rs3 "$FAR4.254" "$FAR6:254"
	ip -n "$(ns lb)" route add "$FAR4.0/24" via "$R2_4"
	ip -n "$(ns lb)" -6 route add "$FAR6:/64" via "$R2_6"
}

# wire: packets made by hand, in any namespace, and where they arrive.
wire_agent() {
	local ns

	start_agent wire client wire.py "lb-$AREA-$$-"
	for ns in client rs1 rs2 rs3 rs4; do
		must wire listen "$ns" eth0
	done
}

# config: each service three times: port 1000 + PORT by gateway to rs1, 2000 +
# PORT by nat to rs2, 3000 + PORT by nat to rs3, both to 5000 + PORT. Ports: 7
# echo, 8 nobody listens, 80 sends a file, 81 takes one. And echo where there is
# a choice, 1009 and 2009; and 4007, which is 2007 but for the source.
config() {
	apply <<-EOT
	$(modes udp 7)
	$(modes udp 8)
	$(modes tcp 7)
	$(modes tcp 80)
	$(modes tcp 81)
	$(choice 1009 gateway rs1 "$NET4.11" "$NET6:11" rs4 "$NET4.14" "$NET6:14")
	$(choice 2009 nat rs2 "$NET4.12" "$NET6:12" rs3 "$FAR4.3" "$FAR6:3" :5007)
	$(full_nat udp)
	$(full_nat tcp)
	EOT
	lb flush >/dev/null
	lb zero
}

modes() {
	one "$1" "$((1000 + $2))" gateway rs1 "" "$NET4.11" "$NET6:11"
	one "$1" "$((2000 + $2))" nat rs2 ":$((5000 + $2))" \
		"$NET4.12" "$NET6:12"
	one "$1" "$((3000 + $2))" nat rs3 ":$((5000 + $2))" \
		"$FAR4.3" "$FAR6:3"
}

# one PROTO PORT MODE SERVER :PORT ADDR4 ADDR6
one() {
	local head='director %s %s:%s %s\n\tmode %s\n' rs='\tserver %s %s%s\n'

	# shellcheck disable=SC2059 # the formats are ours
	printf "$head$rs" "$1-$2-4" "$VIP4" "$2" "$1" "$3" "$4" "$6" "$5" \
		"$1-$2-6" "[$VIP6]" "$2" "$1" "$3" "$4" "[$7]" "$5"
}

# choice PORT MODE SERVER ADDR4 ADDR6 SERVER ADDR4 ADDR6 [:PORT]
choice() {
	local head='director %s %s:%s udp\n\tbalance roundrobin\n\tmode %s\n'
	local rs='\tserver %s %s%s\n\tserver %s %s%s\n'

	# shellcheck disable=SC2059 # the formats are ours
	printf "$head$rs" "choice-$1-4" "$VIP4" "$1" "$2" \
		"$3" "$4" "${9:-}" "$6" "$7" "${9:-}" \
		"choice-$1-6" "[$VIP6]" "$1" "$2" \
		"$3" "[$5]" "${9:-}" "$6" "[$8]" "${9:-}"
}

# full_nat PROTO: the server sees an address and a port of the balancer.
full_nat() {
	one "$1" 4007 nat rs2 :5007 "$NET4.12" "$NET6:12"
	printf 'nat %s\n\tproto %s\n\tbefore dst %s dstport 4007\n' \
		"full-$1-4" "$1" "$VIP4"
	printf '\tafter src %s srcport 4100-4199\n' "$NET4.2"
	printf 'nat %s\n\tproto %s\n\tbefore dst %s dstport 4007\n' \
		"full-$1-6" "$1" "$VIP6"
	printf '\tafter src %s srcport 4100-4199\n' "$NET6:2"
}

wire_it
number_it
for vip in "$VIP4" "$VIP6"; do
	echo_server rs1 rs1 both "$vip" 1007 1009
	echo_server rs4 rs4 both "$vip" 1009
done
echo_server rs2 rs2 both '*' 5007
echo_server rs3 rs3 both '*' 5007
agent client
wire_agent
config
on lb sysctl -qw net.ipv4.ipfrag_time=1 net.netfilter.nf_conntrack_frag6_timeout=1

# family N: short names for its addresses, and the errors' numbers.
family() {
	local name

	for name in CLIENT VIP R R2_; do
		declare -g "${name%_}=$(eval echo "\$$name$1")"
	done
	if [ "$1" = 4 ]; then
		LB=$NET4.2 RS2=$NET4.12 RS3=$FAR4.3
		too_big="type=3 code=4 rest=00000514"
		port_unreach="type=3 code=3"
		time_exceeded="type=11 code=0"
		odd_header="type=12 code=0 rest=09000000"
	else
		LB=$NET6:2 RS2=$NET6:12 RS3=$FAR6:3
		too_big="type=2 code=0 rest=00000514"
		port_unreach="type=1 code=4"
		time_exceeded="type=3 code=0"
		odd_header="type=4 code=0 rest=00000009"
	fi
}

# has_conn PROTO PORT SERVER: the client's, from port SPORT, one for each case.
has_conn() {
	SPORT=$((6000 + case_count))
	must client open "$1-$2" "$1" "$VIP" "$2" $SPORT
	assert_eq "answer" "$3 $CLIENT $SPORT hi" \
		"$(tell client say "$1-$2" hi)"
	lb zero
}

# --- whom an error reaches, and with which bytes ---

# Of routers between a server and its client: to the VIP.
gateway_reply() {
	local proto what

	for proto in udp tcp; do
		has_conn $proto 1007 rs1
		for what in "$too_big" "$port_unreach" "$time_exceeded" \
			"$odd_header"; do
			assert_eq "$proto, $what" exact "$(tell wire error r \
				rs1 src="$R" dst="$VIP" $what \
				quote=$proto,"$VIP",1007,"$CLIENT",$SPORT /)"
		done
		counted forward_icmp 4 conn_new 0
	done
}

# The same in mode nat: the server must read of itself and not of the VIP.
nat_reply() {
	local proto what

	for proto in udp tcp; do
		has_conn $proto 2007 rs2
		for what in "$too_big" "$port_unreach"; do
			assert_eq "$proto, $what" exact "$(tell wire error r \
				rs2 src="$R" dst="$VIP" $what \
				quote=$proto,"$VIP",2007,"$CLIENT",$SPORT / \
				dst="$RS2" \
				quote=$proto,"$RS2",5007,"$CLIENT",$SPORT)"
		done
		counted forward_icmp 2 conn_new 0
	done
}

# Of routers between us and the server, and of the server: to the client, who
# must read of the VIP.
nat_request() {
	local proto

	for proto in udp tcp; do
		has_conn $proto 3007 rs3
		assert_eq "$proto: of a router" exact "$(tell wire error r2 \
			client src="$R2" dst="$CLIENT" $too_big \
			quote=$proto,"$CLIENT",$SPORT,"$RS3",5007 / ttl=62 \
			quote=$proto,"$CLIENT",$SPORT,"$VIP",3007)"
		assert_eq "$proto: of the server" exact "$(tell wire error \
			rs3 client src="$RS3" dst="$CLIENT" $port_unreach \
			quote=$proto,"$CLIENT",$SPORT,"$RS3",5007 / ttl=61 \
			src="$VIP" quote=$proto,"$CLIENT",$SPORT,"$VIP",3007)"
		counted forward_icmp 2 conn_new 0
	done
}

# Full NAT. The server must read of itself and of whom it takes for its client.
full_nat_reply() {
	local proto what seen

	for proto in udp tcp; do
		has_full_nat_conn $proto
		for what in "$too_big" "$port_unreach"; do
			assert_eq "$proto: of a router" exact "$(tell wire \
				error r rs2 src="$R" dst="$VIP" $what \
				quote=$proto,"$VIP",4007,"$CLIENT",$SPORT / \
				dst="$RS2" \
				quote=$proto,"$RS2",5007,"$LB","$seen")"
		done
		assert_eq "$proto: of the client" exact "$(tell wire error \
			client rs2 src="$CLIENT" dst="$VIP" $port_unreach \
			quote=$proto,"$VIP",4007,"$CLIENT",$SPORT / ttl=62 \
			src="$LB" dst="$RS2" \
			quote=$proto,"$RS2",5007,"$LB","$seen")"
		counted forward_icmp 3 conn_new 0
	done
}

# It comes to an address of the balancer, and the client must read of itself
# and of the VIP.
full_nat_request() {
	local proto seen

	for proto in udp tcp; do
		has_full_nat_conn $proto
		assert_eq "$proto: of a router" exact "$(tell wire error r2 \
			client src="$R2" dst="$LB" $too_big \
			quote=$proto,"$LB","$seen","$RS2",5007 / ttl=62 \
			dst="$CLIENT" \
			quote=$proto,"$CLIENT",$SPORT,"$VIP",4007)"
		assert_eq "$proto: of the server" exact "$(tell wire error \
			rs2 client src="$RS2" dst="$LB" $port_unreach \
			quote=$proto,"$LB","$seen","$RS2",5007 / ttl=62 \
			src="$VIP" dst="$CLIENT" \
			quote=$proto,"$CLIENT",$SPORT,"$VIP",4007)"
		counted forward_icmp 2 conn_new 0
	done
}

# has_full_nat_conn PROTO: as has_conn. Sets seen, the port that the server sees.
has_full_nat_conn() {
	local answer

	SPORT=$((6000 + case_count))
	must client open "full-$1" "$1" "$VIP" 4007 $SPORT
	answer=$(tell client say "full-$1" hi)
	assert_match "answer" "^rs2 $LB 41[0-9]{2} hi$" "$answer"
	seen=${answer#rs2 * } seen=${seen% hi}
	lb zero
}

# Of several servers the one that has the conn, and not whose turn it is: errors
# are about conns 1 to 4 in an order that is nobody's turn.
own_server_gateway() {
	local n

	has_choice 1009 rs1 rs4
	for n in 2 2 1 4 3 3 1; do
		assert_eq "conn $n" exact "$(tell wire error r \
			"${servers[n]}" src="$R" dst="$VIP" $too_big \
			quote=udp,"$VIP",1009,"$CLIENT",$((6200 + n)) /)"
	done
	counted forward_icmp 7 conn_new 0
}

own_server_nat() {
	local n rs far conn

	has_choice 2009 rs2 rs3
	for n in 2 2 1 4 3 3 1; do
		rs=${servers[n]^^} far=0 conn=$CLIENT,$((6200 + n))
		[ $rs = RS2 ] || far=1
		assert_eq "conn $n: its server" exact "$(tell wire error r \
			"${servers[n]}" src="$R" dst="$VIP" $too_big \
			quote=udp,"$VIP",2009,"$conn" / \
			dst="${!rs}" ttl=$((63 - far)) \
			quote=udp,"${!rs}",5007,"$conn")"
		assert_eq "conn $n: its client" exact "$(tell wire error \
			"${servers[n]}" client src="${!rs}" dst="$CLIENT" \
			$port_unreach quote=udp,"$conn","${!rs}",5007 / \
			src="$VIP" ttl=$((62 - far)) \
			quote=udp,"$conn","$VIP",2009)"
	done
	counted forward_icmp 14 conn_new 0
}

# has_choice PORT SERVER SERVER: four conns, of which each has two. Sets servers.
has_choice() {
	local n

	servers=()
	for n in 1 2 3 4; do
		must client open "choice$n" udp "$VIP" "$1" $((6200 + n))
		servers[n]=$(tell client say "choice$n" hi | cut -d' ' -f1)
	done
	assert_eq "servers" "$2 $3 $2 $3" "${servers[*]}"
	lb zero
}

# What else a quote may look like: nat_quote KEYS: translated, byte for byte.
nat_quote() {
	has_conn "$1" 2007 rs2
	assert_eq "${*:2}" exact "$(tell wire error r rs2 src="$R" dst="$VIP" \
		$time_exceeded quote="$1,$VIP,2007,$CLIENT,$SPORT" "${@:2}" / \
		dst="$RS2" quote="$1,$RS2,5007,$CLIENT,$SPORT")"
	counted forward_icmp 1
}

# unmoved COUNTER KEYS...: an error from r that COUNTER is to see and nobody
# else.
unmoved() {
	expected[$1]=$((${expected[$1]:-0} + 1))
	must wire send r src="$R" dst="$VIP" "${@:2}"
}

# all_unmoved: when they have all come, the counters have all seen them.
all_unmoved() {
	local name

	for name in "${!expected[@]}"; do
		wait_for 5 counter_is "$name" "${expected[$name]}"
	done
	counted forward_icmp 0 conn_new 0
	assert_between "drops" 1 $((${expected[drop_ttl]:-0} +
		${expected[drop_icmp_checksum]:-0} +
		${expected[drop_ip_options]:-0} +
		${expected[drop_source]:-0} + ${expected[drop_flow]:-0})) \
		"$(sum_of drop)"
}

# At least: IPv6 neighbours talk ICMP, too.
counter_is() {
	[ "$(counter "$1")" -ge "$2" ]
}

# Nothing of it may move, nothing of it may leave a trace.
leaves_the_rest() {
	local before quote short=28
	local -A expected=()

	[[ $VIP != *:* ]] || short=48
	has_conn udp 2007 rs2
	quote=quote=udp,$VIP,2007,$CLIENT,$SPORT
	before=$(conn_of_case)
	if [[ $VIP != *:* ]]; then
		unmoved pass_proto $quote type=5 code=1 rest=c0000263
		unmoved pass_proto $quote type=4 code=0
		unmoved pass_proto $quote $too_big qfrag=10
		unmoved drop_ip_options $quote $too_big options=01010101
	else
		unmoved pass_proto $quote type=137 code=0
	fi
	unmoved pass_proto $quote $too_big cut=$((short - 1))
	unmoved pass_proto $quote $too_big cut=3
	unmoved pass_proto quote=udp,$VIP,2007,$CLIENT,6001 $too_big
	unmoved pass_proto quote=tcp,$VIP,2007,$CLIENT,$SPORT $too_big
	unmoved pass_proto quote=udp,$CLIENT,$SPORT,$VIP,2007 $too_big
	unmoved pass_proto $quote $too_big dst="$LB"
	unmoved drop_icmp_checksum $quote $too_big damage=1
	unmoved drop_ttl $quote $too_big ttl=1
	all_unmoved
	assert_eq "the conn" "$before" "$(conn_of_case)"
}

conn_of_case() {
	lb show connections --json | jq -c --argjson p "$SPORT" \
		'.connections[] | select(.client_port == $p) | .state'
}

# As for the first packet of a conn; counters.sh has all that cannot be.
refuses_source() {
	local -A expected=()
	local src

	has_conn udp 2007 rs2
	for src; do
		unmoved drop_source src="$src" $too_big \
			quote=udp,$VIP,2007,$CLIENT,$SPORT
	done
	all_unmoved
}

# A deny flow on ICMP comes first.
flows_deny() {
	local -A expected=()

	has_conn udp 2007 rs2
	{
		lb save
		printf 'flow no-errors deny\n\tmatch proto icmp\n'
	} | apply
	at_exit config
	unmoved drop_flow $too_big quote=udp,$VIP,2007,$CLIENT,$SPORT
	all_unmoved
}

# Larger than the way to the server: v4 in fragments, v6 dropped.
too_large() {
	has_conn udp 2007 rs2
	smaller_way lb "$1" "NET$1" 1300
	at_exit smaller_way lb "$1" "NET$1"
	must wire send r src="$R" dst="$VIP" $time_exceeded data=1350 \
		quote=udp,"$VIP",2007,"$CLIENT",$SPORT
	if [ "$1" = 4 ]; then
		wait_for 5 is_equal 1 counter forward_icmp
		counted fragmented 1
	else
		wait_for 5 is_equal 1 counter drop_mtu
		counted forward_icmp 0
	fi
}

# smaller_way NS FAMILY NET [MTU]: of what it sends to a network on its link.
smaller_way() {
	local dev net

	declare -n prefix=$3
	net=("$prefix.0/24")
	[ "$2" = 4 ] || net=("$prefix:/64" metric 256)
	dev=$(ip -n "$(ns "$1")" "-$2" -j route show "${net[0]}" | jq -r '.[0].dev')
	ip -n "$(ns "$1")" "-$2" route change "${net[@]}" dev "$dev" \
		proto kernel ${4:+mtu "$4"}
}

# --- what programs see of it ---

closed_ports() {
	config
	must client open a udp "$VIP" 2008
	assert_eq "a port that the server does not serve" ECONNREFUSED \
		"$(tell client say a x)"
	must client open b udp "$VIP" 3008
	assert_eq "and of one behind a router" ECONNREFUSED \
		"$(tell client say b x)"
	counted forward_icmp 2 forward_nat 2
}

# --- path MTU discovery ---

# stat_of NS NAME: one of the kernel's own counters.
stat_of() {
	on "$1" nstat -asz "$2" | awk -v n="$2" '$1 == n { print $2 }'
}

# forget FAMILY NS...: what was learnt before. Both ends offer segments of the
# size they know, and the balancer believes what is passed to its own stack.
forget() {
	local ns

	for ns in "${@:2}"; do
		ip -n "$(ns "$ns")" "-$1" route flush cache
	done
}

learnt() {
	assert_match "path MTU" 'mtu 1300' \
		"$(ip -n "$(ns "$1")" route get "$2")"
}

# download FAMILY PORT SERVER ADDR SERVER_PORT
download() {
	local timeouts

	config
	smaller_way r "$1" "OUT$1" 1300
	at_exit smaller_way r "$1" "OUT$1"
	forget "$1" client lb "$3"
	at_exit forget "$1" client "$3"
	timeouts=$(stat_of "$3" TcpExtTCPTimeouts)
	background on "$3" socat -u "OPEN:$WORK/file" \
		"TCP$1-LISTEN:$5,bind=$(bracket "$4"),reuseaddr"
	wait_for 10 is_listening "$3" tcp "$5"
	on client nc -d "$VIP" "$2" >"$WORK/got"
	assert "the file arrives intact" cmp "$WORK/file" "$WORK/got"
	learnt "$3" "$CLIENT"
	assert_eq "timeouts of the sender" "$timeouts" \
		"$(stat_of "$3" TcpExtTCPTimeouts)"
	books_balance
	assert_between "forward_icmp" 1 20 "${count[forward_icmp]}"
}

# A router between us and the server takes less than the client thinks.
upload() {
	local timeouts

	config
	smaller_way r2 "$1" "FAR$1" 1300
	at_exit smaller_way r2 "$1" "FAR$1"
	forget "$1" client lb rs3
	at_exit forget "$1" client
	timeouts=$(stat_of client TcpExtTCPTimeouts)
	rm -f "$WORK/got"
	file_server rs3 "$RS3" 5081 "$WORK/got"
	send_file client "$VIP" 3081 "$WORK/file"
	assert "the file arrives intact" \
		wait_for 10 cmp "$WORK/file" "$WORK/got"
	learnt client "$VIP"
	assert_eq "timeouts of the sender" "$timeouts" \
		"$(stat_of client TcpExtTCPTimeouts)"
	books_balance
	assert_between "forward_icmp" 1 20 "${count[forward_icmp]}"
}

# hex4 ADDRESS
hex4() {
	# shellcheck disable=SC2086 # four words
	printf '%02x%02x%02x%02x' ${1//./ }
}

# From one who sees nothing of it: ip_gre believes whoever quotes its protocol.
forged() {
	local gre=00000800deadbeef answer

	has_conn udp 2007 rs2
	modprobe ip_gre
	at_exit forget 4 lb
	must client quotes "$LB" 3 4 600 \
		"4500040000014000402f0000$(hex4 "$LB")$(hex4 "$RS2")$gre"
	assert "the stack believes it" wait_for 5 believes lb "$RS2" 600
	must client opt udp-2007 df 2
	must client send udp-2007 1400
	answer=$(tell client hear udp-2007)
	assert_match "answer" "^rs2 $CLIENT $SPORT x+$" "$answer"
	counted drop_mtu 0 forward_nat 1
}

believes() {
	ip -n "$(ns "$1")" route get "$2" | grep -q "mtu $3"
}

# Without DF: in fragments, segments of offloaded packets as well.
no_df() {
	config
	on client sysctl -qw net.ipv4.ip_no_pmtu_disc=1
	at_exit on client sysctl -qw net.ipv4.ip_no_pmtu_disc=0
	smaller_way lb 4 NET4 1300
	at_exit smaller_way lb 4 NET4
	rm -f "$WORK/got"
	capture rs1 eth0 "$WORK/pcap" "dst host $VIP"
	file_server rs1 "$VIP" 1081 "$WORK/got"
	send_file client "$VIP" 1081 "$WORK/file"
	assert "the file arrives intact" \
		wait_for 10 cmp "$WORK/file" "$WORK/got"
	capture_end
	books_balance
	assert_between "fragmented" 10 400 "${count[fragmented]}"
	assert_eq "drops" 0 "$(sum_of drop)"
	assert_between "packets" 300 1000 "$(captured "$WORK/pcap")"
	assert_eq "packets over the MTU" 0 \
		"$(captured "$WORK/pcap" 'ip[2:2] > 1300')"
}

# --- fragments ---

# pieces TO WANTED_SIZES KEYS...: how it arrives at TO, in which pieces.
pieces() {
	assert_eq "$*" "$2" "$(tell wire fragments client "$1" \
		src="$CLIENT" dst="$VIP" dport="$port" "${@:3}")"
}

any_order() {
	local port=$2 at=$1 sizes=$3 sport=6100 order

	config
	for order in 0,1,2 2,1,0 1,2,0; do
		pieces "$at" "$at intact $sizes" sport=$((sport++)) size=1400 \
			piece=600 order=$order
	done
	pieces "$at" "$at intact $at intact $sizes $sizes" size=1400 piece=600 \
		order=2,0,1 sport=6110 with=6111
	counted conn_new 5 pass_fragment 0 fragmented 5
}

# The kernel drops those and counts them, but not IPv6 overlaps: those that do
# not get whole because of it. Here they have a second and not thirty.
no_whole() {
	local port=$2 name=IpReasmFails fails

	[ "$3" = 4 ] || name=Ip6ReasmFails
	config
	fails=$(stat_of lb $name)
	pieces "$1" timeout sport=6120 size=1400 piece=600 overlap=8
	pieces "$1" timeout sport=6121 size=1400 piece=600 order=0,2
	counted forward_nat 0 conn_new 0
	assert "$name" wait_for 5 is_equal $((fails + ($3 == 4 ? 3 : 2))) \
		stat_of lb $name
}

head -c 400000 /dev/urandom >"$WORK/file"
for family in 4 6; do
	family $family
	n=v$family
	run_case "$n: gateway: about a reply: to its server as it came" \
		gateway_reply
	run_case "$n: nat: about a reply: to its server, translated [C40]" \
		nat_reply
	run_case "$n: nat: about a request: to the client, translated [C40]" \
		nat_request
	run_case "$n: gateway: two servers: to the one that has the conn" \
		own_server_gateway
	run_case "$n: nat: two servers: to the one that has the conn [C40]" \
		own_server_nat
	run_case "$n: full NAT: about a reply: to its server, translated [C40]" \
		full_nat_reply
	run_case "$n: full NAT: about a request: to the client, translated [C40]" \
		full_nat_request
	run_case "$n: nat: quotes 8 bytes of TCP" nat_quote tcp \
		cut=$((family == 4 ? 28 : 48))
	run_case "$n: nat: quotes without a UDP checksum" nat_quote udp qsum=0
	run_case "$n: nat: quotes with an extension" nat_quote tcp \
		data=200 extension=1
	run_case "$n: passed on or dropped: what is no error about a conn" \
		leaves_the_rest
	run_case "$n: dropped: denied by a flow" flows_deny
	run_case "$n: dropped: sources that cannot be" refuses_source \
		$([ $family = 4 ] && echo 127.0.0.9 "$LB" || echo "$LB" "$VIP" ::)
	run_case "$n: larger than the way to the server" too_large $family
	run_case "$n: nat: clients hear of closed ports" closed_ports
	run_case "$n: path MTU: gateway: of replies" download $family 1080 \
		rs1 "$VIP" 1080
	run_case "$n: path MTU: nat: of replies" download $family 2080 \
		rs2 "$RS2" 5080
	run_case "$n: path MTU: nat: of requests" upload $family
	sizes=$([ $family = 4 ] && echo 620 620 228 || echo 648 648 256)
	run_case "$n: fragments: gateway: in any order, as small as they came [C40]" \
		any_order rs1 1007 "$sizes"
	run_case "$n: fragments: nat: in any order, as small as they came [C40]" \
		any_order rs2 2007 "$sizes"
	run_case "$n: fragments: overlapping and incomplete ones are dropped" \
		no_whole rs2 2007 $family
done
family 4
run_case "v4: without DF: offloaded packets leave in fragments" no_df
run_case "v4: nat: quotes IP options" nat_quote udp qoptions=01010101
# Reassembled, so that what is quoted is not in one piece of memory.
run_case "v4: nat: came in fragments, which cut the quote" nat_quote tcp \
	data=300 split=24
run_case "v4: nat: a forged path MTU of the server is not believed" forged
finish
