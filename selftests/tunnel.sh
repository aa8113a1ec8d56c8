#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mode tunnel: every encapsulation, over both families, to what stock kernels
# unpack; the outer header; path MTU, fragments, and errors from the way.
. "$(dirname "$0")/lib.sh"

# The servers are behind a router, and answer the client past the balancer:
#
#   client ---- eth0  lb  eth1 ---- eth0  router  eth1 --+-- rs1, rs2
#    eth1       OUT               MID       eth2         NET
#     +----------------------------- BACK ---+		VIPs on lo
#
# PLAIN4 is a VIP that the router itself serves, being next to the balancer.
MID4=203.0.113 MID6=2001:db8:3: BACK4=198.18.0 BACK6=2001:db8:4:
GUE_PORT=6080

topology() {
	CLIENT4=$OUT4.1 LB4=$OUT4.2 VIP4=$OUT4.100 PLAIN4=$OUT4.101
	CLIENT6=$OUT6:1 LB6=$OUT6:2 VIP6=$OUT6:100
	add_switch
	add_ns client lb router rs1 rs2
	add_link client eth0 lb eth0
	add_link lb eth1 router eth0
	plug router eth1
	add_link router eth2 client eth1
	plug rs1 eth0
	plug rs2 eth0
	on router sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	addresses
	for i in 1 2; do
		add_addr "rs$i" eth0 "$(rs4 $i)/24" "$(rs6 $i)/64"
		add_addr "rs$i" lo "$VIP4/32" "$VIP6/128"
		add_default_route "rs$i" "$NET4.254" "$NET6:254"
		decapsulators "rs$i" "$(rs4 $i)" "$(rs6 $i)"
	done
}

addresses() {
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr client eth1 "$BACK4.1/24" "$BACK6:1/64"
	add_addr lb eth0 "$LB4/24" "$LB6/64" "$VIP4/32" "$VIP6/128" \
		"$PLAIN4/32"
	add_addr lb eth1 "$MID4.1/24" "$MID6:1/64"
	add_default_route lb "$MID4.2" "$MID6:2"
	add_addr router eth0 "$MID4.2/24" "$MID6:2/64"
	add_addr router eth1 "$NET4.254/24" "$NET6:254/64"
	add_addr router eth2 "$BACK4.2/24" "$BACK6:2/64"
	add_addr router lo "$PLAIN4/32"
	printf 'route add %s via %s\n' "$OUT4.0/24" "$BACK4.1" \
		"$OUT6:/64" "$BACK6:1" | ip -n "$(ns router)" -batch -
}

# What LANGUAGE calls the decapsulators: stock devices, one for each kind.
decapsulators() {
	ip -n "$(ns "$1")" -batch - <<-EOT
	link add t4 type ipip local $2 remote any
	link add t64 type sit local $2 remote any
	link add t6 type ip6tnl local $3 mode any
	link add g4 type gre local $2 remote any
	link add g6 type ip6gre local $3 remote any
	link set t4 up
	link set t64 up
	link set t6 up
	link set g4 up
	link set g6 up
	fou add port $GUE_PORT gue
	EOT
	ip -n "$(ns "$1")" -6 fou add port $GUE_PORT gue
}

# --- all encapsulations and families, a director for each ---

mixes=()
for encap in ipip gre gue; do
	for mix in 4in4 6in4 4in6 6in6; do
		mixes+=("$encap $mix")
	done
done

# of ENCAP MIX: sets what is to be known of it; a subshell for each would cost
# more than all the packets.
of() {
	local i

	vip=$VIP4 client=$CLIENT4 header=28 overhead=20 outer=$MID4.1
	[[ $2 = 4in* ]] || vip=$VIP6 client=$CLIENT6 header=48
	[[ $2 = *in4 ]] || overhead=40 outer=$MID6:1
	server=$NET4.$((HOST_RS + 1))
	[[ $2 = *in4 ]] || server=$NET6:$((HOST_RS + 1))
	case $1 in
	gre)	overhead=$((overhead + 4)) ;;
	gue)	overhead=$((overhead + 12)) ;;
	esac
	for i in "${!mixes[@]}"; do
		[ "${mixes[i]}" != "$1 $2" ] || port=$((7000 + i))
	done
}

# director ENCAP MIX PROTO [SERVERS [BALANCE [PORT]]]
director() {
	local i words=$1 net=${NET4}.

	of "$1" "$2"
	[[ $2 = *in4 ]] || net=$NET6:
	[ "$1" != gue ] || words="gue port $GUE_PORT"
	[[ $vip != *:* ]] || vip="[$vip]"
	printf 'director %s-%s-%s %s:%d %s\n\tbalance %s\n\tmode tunnel %s\n' \
		"$1" "$2" "$3" "$vip" "${6:-$port}" "$3" \
		"${5:-roundrobin}" "$words"
	for ((i = 1; i <= ${4:-1}; i++)); do
		printf '\tserver rs%d %s\n' "$i" "$net$((HOST_RS + i))"
	done
}

config() {
	local mix

	for mix in "${mixes[@]}"; do
		# shellcheck disable=SC2086 # two words
		director $mix tcp
		# shellcheck disable=SC2086
		director $mix udp
	done
}

# Each mix once, TCP and UDP, under one capture for all the cases after it.
traffic_of_all() {
	local mix n=0

	lb apply "$WORK/all" >/dev/null
	lb flush >/dev/null
	lb zero
	capture lb eth0 "$WORK/before" -Q in tcp or udp
	before=$capture_pid
	capture lb eth1 "$WORK/after" -Q out not arp and not icmp6
	for mix in "${mixes[@]}"; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # two words
		of $mix
		tell client open u udp "$vip" "$port" $((6000 + n))
		tell client opt u tos $((n * 4 + n % 4))
		tell client say u "udp $mix"
		tell client open t tcp "$vip" "$port" $((6100 + n))
		tell client say t "tcp $mix"
		tell client close t
		tell client close u
	done >"$WORK/answers"
	capture_end
	capture_pid=$before capture_end
	python3 "$SELFTESTS/lib/tunnels.py" "$WORK/after" >"$WORK/lines"
}

answers_come() {
	local mix answers n=0

	traffic_of_all
	answers=$(<"$WORK/answers")
	for mix in "${mixes[@]}"; do
		n=$((n + 1))
		# shellcheck disable=SC2086
		of $mix
		assert_match "UDP in $mix" \
			"rs1 $client $((6000 + n)) udp $mix" "$answers"
		assert_match "TCP in $mix" \
			"rs1 $client $((6100 + n)) tcp $mix" "$answers"
	done
	books_balance
	assert_eq "packets in tunnels" "$(grep -c ' | ' "$WORK/lines")" \
		"${count[forward_tunnel]}"
	assert_eq "dropped" 0 "$(sum_of drop)"
}

# outer_header ENCAP MIX N: of the packets of the case above. The sender of a
# datagram asks for DF as the system does, each flow has its TOS.
outer_header() {
	local encap=$1 mix=$2 n=$3 gue=0 label=0 sum=none df=1 start line ports=()
	local flows=0 datagrams=0 tos

	of "$encap" "$mix"
	[[ $mix = *in4 ]] || label='[0-9a-f]+' df=0
	[ "$encap" != gue ] || gue='(4915[2-9]|491[6-9].|49[2-9]..|[56]....)'
	[ "$encap" != gue ] || [[ $mix = *in4 ]] || sum=good
	printf -v tos %x $((n * 4 + n % 4))
	while read -r line; do
		[[ $line = "$encap $mix "*":$port "* ]] || continue
		start="^$encap $mix $outer>$server ttl 64 tos [0-9a-f]+ df $df id 0 label $label port $gue sum $sum \| (tcp|udp) $client>$vip:$port ttl 63 tos [0-9a-f]+ df [01] off 0 len [0-9]+ sum good$"
		assert_match "packet" "$start" "$line"
		flows=$((flows + 1))
		[[ $line = *"| udp"* ]] || continue
		datagrams=$((datagrams + 1))
		assert_match "DSCP and ECN" " tos $tos df .*\|.* tos $tos df " \
			"$line"
	done <"$WORK/lines"
	assert_eq "datagrams" 1 $datagrams
	assert_between "packets" 5 12 $flows
	[ "$encap" = gue ] || return 0
	readarray -t ports < <(grep "^gue $mix .*:$port " "$WORK/lines" |
		sed 's/.* port \([0-9]*\) .*| \(...\) .*/\2 \1/' | sort -u)
	assert_eq "one source port for a flow, two flows" 2 "${#ports[@]}"
	refute "of its own" [ "${ports[0]#* }" = "${ports[1]#* }" ]
}

# All but TTL, with the checksum that goes with it, is as the client sent it.
inner_unchanged() {
	python3 "$SELFTESTS/lib/tunnels.py" --inner "$WORK/after" |
		sort >"$WORK/inner"
	python3 "$SELFTESTS/lib/ipbytes.py" "$WORK/before" |
		sort >"$WORK/sent"
	assert_between "packets" 60 200 "$(wc -l <"$WORK/sent")"
	assert "inner packets" cmp "$WORK/sent" "$WORK/inner"
}

# --- path MTU ---

# forget HOST ADDRESS: what the host has learned of paths, in its family.
forget() {
	local family=-4

	[[ $2 != *:* ]] || family=-6
	ip -n "$(ns "$1")" $family route flush cache
}

forget_all() {
	local host

	for host in client lb; do
		forget $host "$CLIENT4"
		forget $host "$CLIENT6"
	done
}

# A datagram of SIZE with DF: what is its sender told?
# df_is_told SIZE MTU_OF_THE_WAY COUNTER
df_is_told() {
	local mix want='' got='' room

	lb apply "$WORK/all" >/dev/null
	forget_all
	lb zero
	for mix in "${mixes[@]}"; do
		# shellcheck disable=SC2086
		of $mix
		room=$(($2 - overhead))
		forget client "$client"
		[ "$1" = "$2" ] || forget lb "$server"
		must client open a udp "$vip" "$port"
		must client opt a df 2
		must client opt a recverr 1
		must client send a $(($1 - header))
		want+="$mix: EMSGSIZE $room rs1"$'\n'
		got+="$mix: $(tell client error a)"
		got+=" $(tell client mtu a)"
		must client send a $((room - header))
		got+=" $(tell client hear a | cut -c1-3)"$'\n'
	done
	assert_eq "the client's errors" "$want" "$got"
	assert_eq "told by whom" "${#mixes[@]}" "$(counter "$3")"
}

# --- the rest ---

# A router on the way takes less: its error is about the outer packet.
router_is_narrow() {
	ip -n "$(ns router)" link set eth1 mtu 1400
	at_exit ip -n "$(ns router)" link set eth1 mtu 1500
	df_is_told 1448 1400 forward_tunnel_error
	assert_eq "drop_mtu" 0 "$(counter drop_mtu)"
}

# A datagram of 3000 bytes arrives in fragments and goes on in fragments, of
# the inner packet: none of an outer one.
fragments() {
	local mix answer n=0

	lb apply "$WORK/all" >/dev/null
	forget_all
	lb zero
	capture lb eth1 "$WORK/pcap" -Q out not arp and not icmp6
	for mix in "${mixes[@]}"; do
		# shellcheck disable=SC2086
		of $mix
		must client open a udp "$vip" "$port"
		must client opt a df 0
		forget client "$client"
		must client send a 3000
		# IPv6 is not fragmented on the way: the second one fits.
		[[ $mix = *4in* ]] || must client send a 3000
		answer=$(tell client hear a)
		assert_match "$mix" "^rs1 $client [0-9]+ x{3000}$" \
			"$answer"
	done
	capture_end
	python3 "$SELFTESTS/lib/tunnels.py" "$WORK/pcap" >"$WORK/lines"
	refute "a fragment of an outer packet" grep fragment "$WORK/lines"
	assert_eq "packets that left in fragments" 12 "$(counter fragmented)"
	for mix in "${mixes[@]}"; do
		# shellcheck disable=SC2086
		of $mix
		n=$((1500 - overhead))
		assert_eq "$mix: too long" "" \
			"$(grep "^$mix " "$WORK/lines" | sed 's/.* len //' |
				awk -v max=$n '$1 > max')"
		assert_eq "$mix: with an offset" 2 \
			"$(grep -c "^$mix .* off [1-9]" "$WORK/lines")"
	done
}

# Where not even 1280 bytes of IPv6 are left, the outer packet is fragmented.
least_of_ipv6() {
	local mix

	ip -n "$(ns lb)" link set eth1 mtu 1290
	at_exit ip -n "$(ns lb)" link set eth1 mtu 1500
	lb apply "$WORK/all" >/dev/null
	forget_all
	lb zero
	capture lb eth1 "$WORK/pcap" -Q out not arp and not icmp6
	for mix in "ipip 6in4" "gue 6in6"; do
		# shellcheck disable=SC2086
		of $mix
		forget client "$CLIENT6"
		must client open a udp "$VIP6" "$port"
		must client opt a df 2
		must client opt a recverr 1
		must client send a 1452
		assert_eq "$mix: told" "EMSGSIZE 1280" \
			"$(tell client error a) $(tell client mtu a)"
		must client send a 1232
		assert_match "$mix" "^rs1 $CLIENT6 [0-9]+ x{1232}$" \
			"$(tell client hear a)"
	done
	capture_end
	python3 "$SELFTESTS/lib/tunnels.py" "$WORK/pcap" >"$WORK/lines"
	assert_eq "fragments in IPv4" 2 "$(grep -c 'fragment 4' "$WORK/lines")"
	assert_eq "fragments in IPv6" 2 "$(grep -c 'fragment 6' "$WORK/lines")"
	assert_eq "fragmented" 2 "$(counter fragmented)"
}

told_by_icmp() {
	must client open a udp "$1" "$2"
	must client opt a recverr 1
	must client send a 10
	tell client error a
}

# The error of a router about a server that is not there reaches the client.
unreachable() {
	ip -n "$(ns router)" route add unreachable "$NET4.66"
	at_exit ip -n "$(ns router)" route del unreachable "$NET4.66"
	ip -n "$(ns router)" route add unreachable "$NET6:66"
	at_exit ip -n "$(ns router)" route del unreachable "$NET6:66"
	apply <<-EOT
	director four $VIP4:80 UDP
		mode tunnel gre
		server a $NET4.66
	director six [$VIP6]:80 UDP
		mode tunnel gue port $GUE_PORT
		server a $NET6:66
	director mixed [$VIP6]:81 UDP
		mode tunnel
		server a $NET4.66
	director tcp $VIP4:80 TCP
		mode tunnel
		server a $NET6:66
	EOT
	lb zero
	assert_eq "IPv4" EHOSTUNREACH "$(told_by_icmp "$VIP4" 80)"
	assert_eq "IPv6" EHOSTUNREACH "$(told_by_icmp "$VIP6" 80)"
	assert_eq "mixed" EHOSTUNREACH "$(told_by_icmp "$VIP6" 81)"
	assert_eq "told" 3 "$(counter forward_tunnel_error)"
	# At once or, if the error comes before the SYN is out, at the next.
	assert_eq "TCP" EHOSTUNREACH "$(tell client open a tcp "$VIP4" 80)"
	books_balance
}

# Errors that quote every length of a packet that was sent: of one that ends
# within the outer header nothing is known, behind the inner ports its client.
# quoted ENCAP MIX TYPE CODE ADDRESS
quoted() {
	local inner=28 whole ends=20

	of "$1" "$2"
	[[ $2 = 4in* ]] || inner=48
	[[ $2 = *in4 ]] || ends=40
	lb apply "$WORK/all" >/dev/null
	forget_all
	must client open a udp "$vip" "$port"
	must client opt a recverr 1
	capture lb eth1 "$WORK/pcap" -Q out not arp and not icmp6
	assert_match "answer" '^rs1 ' "$(tell client say a hello)"
	capture_end
	whole=$(python3 "$SELFTESTS/lib/tunnels.py" --raw "$WORK/pcap")
	lb zero
	must router quotes "$5" "$3" "$4" 1300 "$whole"
	assert_eq "told, only learned from" \
		"$((${#whole} / 2 - overhead - inner + 1)) $((overhead + inner - ends - ${6:-0}))" \
		"$(counter forward_tunnel_error) $(counter drop_tunnel_error)"
	assert_eq "the client's error and path" \
		"EMSGSIZE $((1300 - overhead))" \
		"$(tell client error a) $(tell client mtu a)"
	books_balance
	# The same from a conn that is no more.
	lb flush >/dev/null
	lb zero
	must router quotes "$5" "$3" "$4" 1290 "$whole"
	assert_eq "told without a conn" 0 "$(counter forward_tunnel_error)"
	assert_eq "learned" $((${#whole} / 2 + 1 - ends - ${6:-0})) \
		"$(counter drop_tunnel_error)"
}

# The servers of a director have its address and refuse it as a source.
source_is_no_vip() {
	sources "$MID6:1 $MID4.1"
	add_addr lb eth1 "$MID4.9/24" "$MID6:9/64"
	at_exit ip -n "$(ns lb)" addr del "$MID4.9/24" dev eth1
	at_exit ip -n "$(ns lb)" addr del "$MID6:9/64" dev eth1
	sources "$MID6:9 $MID4.9" "$MID4.1" "[$MID6:1]"
	sources "$MID6:1 $MID4.1" "$MID4.9" "[$MID6:9]"
	sources "$MID6:9 $MID4.1" "$MID4.1" "$MID4.9" "[$MID6:1]"
}

# sources EXPECTED [VIP...]: of what goes to servers, the outer addresses, while
# there are directors with these addresses, too.
sources() {
	local i

	{
		director ipip 4in4 udp 1
		director ipip 6in6 udp 1
		for ((i = 2; i <= $#; i++)); do
			printf 'director d%d %s:9 UDP\n\tserver s %s\n' "$i" \
				"${!i}" "$([[ ${!i} = *:* ]] &&
					echo "[$MID6:2]" || echo "$MID4.2")"
		done
	} | apply
	capture lb eth1 "$WORK/pcap" -Q out "ip proto 4 or ip6 proto 41"
	for i in "ipip 4in4" "ipip 6in6"; do
		# shellcheck disable=SC2086 # two words
		of $i
		must client open a udp "$vip" "$port"
		assert_match "answer" '^rs1 ' "$(tell client say a x)"
	done
	capture_end
	assert_eq "outer sources beside directors ${*:2}" "$1" "$(tcpdump -nr \
		"$WORK/pcap" 2>/dev/null | sed -E 's/^[^ ]+ IP6? ([^ ]+) .*/\1/' |
		sort -u | paste -sd ' ')"
}

# bulk ENCAP MIX: a file, and into how many packets it was cut on the way out.
bulk() {
	local before after came

	apply < <(director "$1" "$2" tcp 1 roundrobin 9000)
	of "$1" "$2"
	forget_all
	lb zero
	rm -f "$WORK/got"
	file_server rs1 "$vip" 9000 "$WORK/got"
	before=$(sent_by_lb)
	send_file client "$vip" 9000 "$WORK/file"
	assert "the file arrives intact" \
		wait_for 30 cmp "$WORK/file" "$WORK/got"
	after=$(sent_by_lb)
	# How many come together is the sender's choice, on a slow machine two.
	came=$(director_of "$1-$2-tcp" in_packets)
	assert_between "segments come together" 10 \
		$(($(stat -c %s "$WORK/file") / 2000)) "$came"
	assert_between "and stay together" "$came" $((came + 20)) \
		$((after - before))
	books_balance
}

sent_by_lb() {
	ip -n "$(ns lb)" -s -j link show eth1 | jq '.[0].stats64.tx.packets'
}

# The same with nothing offloaded: all sums and segments by the CPU.
bulk_without_offloads() {
	local host

	for host in client lb; do
		on $host ethtool -K eth0 tx off tso off gso off gro off
	done >/dev/null
	on lb ethtool -K eth1 tx off tso off gso off >/dev/null
	for mix in "ipip 4in4" "gue 6in6"; do
		rm -f "$WORK/got"
		# shellcheck disable=SC2086
		small_file $mix
	done
	offloads on
}

small_file() {
	apply < <(director "$1" "$2" tcp 1 roundrobin 9000)
	of "$1" "$2"
	file_server rs1 "$vip" 9000 "$WORK/got"
	head -c 1000000 "$WORK/file" >"$WORK/small"
	send_file client "$vip" 9000 "$WORK/small"
	assert "the file arrives intact" \
		wait_for 30 cmp "$WORK/small" "$WORK/got"
}

# offloads on|off: of checksums and segments, on the way to the server.
offloads() {
	local host

	for host in client lb; do
		on $host ethtool -K eth0 tx "$1" tso "$1" gso "$1"
	done >/dev/null
	on lb ethtool -K eth1 tx "$1" tso "$1" gso "$1" >/dev/null
	[ "$1" = off ] || on lb ethtool -K eth0 gro on >/dev/null
}

# One TTL of the inner packet is the balancer's; none left, none sent.
last_hop() {
	lb apply "$WORK/all" >/dev/null
	lb zero
	must client open a udp "$VIP4" 7000
	must client opt a ttl 1
	must client opt a recverr 1
	must client send a 10
	assert_eq "told" EHOSTUNREACH "$(tell client error a)"
	assert_eq "drop_ttl" 1 "$(counter drop_ttl)"
	must client opt a ttl 2
	assert_match "answer" '^rs1 ' "$(tell client say a hi)"
}

hashes() {
	local first

	apply < <(director ipip 4in6 tcp 2 "mh port")
	first=$(for i in {1..16}; do
		tell client burst 1 tcp "$VIP4" 7002
	done | sort | uniq -c | awk '{ print $2 }' | paste -sd ' ')
	assert_eq "both servers serve" "rs1 rs2" "$first"
	must client open a tcp "$VIP4" 7002 6500
	first=$(tell client chat a 1)
	must client reset a
	lb flush >/dev/null
	must client open a tcp "$VIP4" 7002 6500
	assert_eq "the same port, the same server" "$first" \
		"$(tell client chat a 1)"
}

# Two directors, two modes; and a change of encapsulation on the run.
two_modes() {
	local i

	echo_server router plain tcp "$PLAIN4" 80
	for i in ipip gre; do
		apply <<-EOT
		director plain $PLAIN4:80 TCP
			mode gateway
			server near $MID4.2
		director far $VIP4:7000 TCP
			mode tunnel $i
			server far $(rs4 1)
		EOT
		lb zero
		assert_eq "gateway" plain \
			"$(tell client burst 1 tcp "$PLAIN4" 80)"
		assert_eq "tunnel" rs1 "$(tell client burst 1 tcp "$VIP4" 7000)"
		assert_between "forward_gateway" 3 8 \
			"$(counter forward_gateway)"
		assert_between "forward_tunnel" 3 8 "$(counter forward_tunnel)"
		[ $i = gre ] || must client open kept tcp "$VIP4" 7000
	done
	capture lb eth1 "$WORK/pcap" -Q out proto 4
	assert_match "a conn of before" '^rs1 ' "$(tell client say kept hi)"
	capture_end
	assert_between "keeps its encapsulation" 1 4 "$(captured "$WORK/pcap")"
}

is_the_server() {
	echo_server lb lb both "$VIP4" 7000
	apply <<-EOT
	director tcp $VIP4:7000 TCP
		mode tunnel gue port $GUE_PORT
		server here $MID4.1
	director udp $VIP4:7000 UDP
		mode tunnel
		server here $MID6:1
	EOT
	lb zero
	assert_eq "answers" "lb lb" "$(tell client burst 1 tcp "$VIP4" \
		7000) $(tell client burst 1 udp "$VIP4" 7000)"
	assert_between "pass_local_server" 5 8 "$(counter pass_local_server)"
}

# What is saved is what was applied, and differs in nothing.
is_printed() {
	lb apply "$WORK/all" >/dev/null
	lb save >"$WORK/saved"
	assert_eq "modes" \
		"$(grep -c 'mode tunnel' "$WORK/all")" \
		"$(grep -c 'mode tunnel' "$WORK/saved")"
	assert_eq "gue" 8 \
		"$(grep -c "mode tunnel gue port $GUE_PORT\$" "$WORK/saved")"
	assert_eq "difference" "" "$(lb diff "$WORK/all")"
	assert_match "table" "tunnel gue port $GUE_PORT" "$(lb show directors)"
	assert_eq "JSON" "tunnel gue $GUE_PORT" "$(director_of gue-6in6-udp \
		'| "\(.mode) \(.encap) \(.encap_port)"')"
}

# The mode's name alone means ipip, on the wire too.
bare_mode() {
	local mix

	for mix in 4in4 6in4 4in6 6in6; do
		director ipip $mix udp
	done | sed 's/mode tunnel.*/mode tunnel/' >"$WORK/bare"
	assert_eq "modes without a word" 4 \
		"$(grep -c '^.mode tunnel$' "$WORK/bare")"
	apply <"$WORK/bare"
	capture lb eth1 "$WORK/pcap" -Q out not arp and not icmp6
	for mix in 4in4 6in4 4in6 6in6; do
		of ipip $mix
		assert_eq "answer by $mix" rs1 \
			"$(tell client burst 1 udp "$vip" "$port")"
	done
	capture_end
	assert_eq "protocols on the wire, in hex" "04 29 04 29" "$(
		python3 "$SELFTESTS/lib/tunnels.py" --raw "$WORK/pcap" |
			awk '{ at = /^4/ ? 19 : 13
				print substr($0, at, 2) }' | paste -sd ' ')"
}

# Packets of both families reach a director without an address.
fed_by_flow() {
	apply <<-EOT
	director any UDP
		mode tunnel gre
		server rs1 $(rs4 1)
	flow f director any
		match proto udp dstport 7001
	EOT
	assert_eq "answers" "rs1 rs1" "$(tell client burst 1 udp "$VIP4" \
		7001) $(tell client burst 1 udp "$VIP6" 7001)"
}

# No request for it loads this one.
modprobe fou6
topology
config >"$WORK/all"
for i in 1 2; do
	for vip in "$VIP4" "$VIP6"; do
		# shellcheck disable=SC2046 # a list of ports
		echo_server "rs$i" "rs$i" both "$vip" $(seq 7000 7011)
	done
done
agent client
agent router
# Complete checksums on the wire, so that a wrong one is seen.
for host in client lb; do
	on $host ethtool -K eth0 tx off >/dev/null
done
on lb ethtool -K eth1 tx off >/dev/null

run_case "all: TCP and UDP through each tunnel come back [C107 C110 C117]" \
	answers_come
n=0
for mix in "${mixes[@]}"; do
	n=$((n + 1))
	# shellcheck disable=SC2086
	run_case "$mix: the outer header, checksums [C73 C106 C108]" \
		outer_header $mix $n
done
run_case "all: the inner packet is as it came, but TTL [C109]" inner_unchanged
run_case "all: DF over the tunnel's MTU: the sender is told" \
	df_is_told 1500 1500 drop_mtu
run_case "all: a narrow router on the way: the sender is told" \
	router_is_narrow
run_case "all: what comes in fragments arrives in fragments" fragments
run_case "v6: 1280 bytes get through any tunnel" least_of_ipv6
run_case "source: no director's address, unless there is no other" \
	source_is_no_vip
run_case "error: a server out of reach is told to the client" unreachable
run_case "error: what is quoted is read as far as it goes, v4" \
	quoted ipip 6in4 3 4 $MID4.1
run_case "error: what is quoted is read as far as it goes, v6" \
	quoted gre 4in6 2 0 $MID6:1 4
run_case "error: what is quoted is read as far as it goes, gue" \
	quoted gue 4in4 3 4 $MID4.1 4
run_case "ttl: one is taken from the inner packet" last_hop
run_case "mh: a hash finds servers of the other family [C111]" hashes
run_case "modes: no word for the encapsulation is ipip on the wire [C73]" \
	bare_mode
run_case "modes: each director has its own [C119]" two_modes
run_case "flow: both families go to one director" fed_by_flow
run_case "local: a server that is the balancer gets the inner packet" \
	is_the_server
run_case "lbctl: prints what was applied" is_printed

head -c 8000000 /dev/urandom >"$WORK/file"
offloads on
for mix in "ipip 4in4" "ipip 6in6" "gre 6in4" "gre 4in6" "gue 4in4" "gue 4in6"; do
	# shellcheck disable=SC2086
	run_case "$mix: bulk, with offloads [C110]" bulk $mix
done
run_case "bulk: without offloads" bulk_without_offloads
finish
