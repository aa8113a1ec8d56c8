#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `service lvs / conntrack`: entries of balanced conns in nf_conntrack, and the
# system's own rules on all of their packets. Without it: nothing of either.
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/conntrack.sh
. "$SELFTESTS/lib/conntrack.sh"

# load on|off: what runs goes on.
load() {
	apply <<-EOT
	$(service "$1")
	$(director tcp4 "$VIP4:80" TCP nat)
	$(servers4 :8000 "" 1 1)
	$(director tcp6 "[$VIP6]:80" TCP nat)
	$(servers6 :8000 "" 1 1)
	$(director udp4 "$VIP4:80" UDP nat)
	$(servers4 :8000 "" 1 1)
	$(director udp6 "[$VIP6]:80" UDP nat)
	$(servers6 :8000 "" 1 1)
	$(director both "$VIP4:10" TCP nat)
	$(servers4 :8000)
	$(director both-udp "$VIP4:10" UDP nat)
	$(servers4 :8000)
	$(director file "$VIP4:11" TCP nat)
	$(servers4 :8001 "" 1 1)
	$(director push4 "$VIP4:9" UDP nat)
	$(servers4 :9000 "" 1 1)
	$(director push6 "[$VIP6]:9" UDP nat)
	$(servers6 :9000 "" 1 1)
	$(director closed4 "$VIP4:13" UDP nat)
	$(servers4 :8009 "" 1 1)
	$(director closed6 "[$VIP6]:13" UDP nat)
	$(servers6 :8009 "" 1 1)
	$(director range "$VIP4" UDP nat)
	$(servers4 "" "" 1 1)
	$(director here "$VIP4:14" TCP nat)
		server lb $LB4:9000
	$(director one "$VIP4:12" UDP nat)
		option onepacket
	$(servers4 :51001 "" 2 2)
	EOT
}

# config on|off: and all that ran is forgotten.
config() {
	load "$1"
	lb flush >/dev/null
	lb zero
	[ "$1" = off ] || forget_entries
}

# --- two interfaces ---

was_loaded=$(grep -c '^nf_conntrack ' /proc/modules)
topo_two_arm 2
# Complete checksums on the wire, so that a wrong one is seen and refused.
for host in client lb rs1 rs2; do
	on "$host" ethtool -K eth0 tx off >/dev/null
done
on lb ethtool -K eth1 tx off >/dev/null
for i in 1 2; do
	echo_server "rs$i" "rs$i" both '*' 8000 49999 50000 51000 51001
done
echo_server lb lb tcp '*' 9000
agent client
agent lb
agent rs1

needs_no_nf_conntrack() {
	local ko=${L4LB_KO:-$TOP/l4lb.ko}

	[ -e "$ko" ] || ko=l4lb
	refute "a dependency" grep -q nf_conntrack <<<"$(modinfo -F depends "$ko")"
	config off
	assert_match "who answers" '^rs' "$(tell client burst 1 tcp "$VIP4" 80)"
	assert_eq "modules loaded" "$was_loaded" \
		"$(grep -c '^nf_conntrack ' /proc/modules)"
	config on
	assert "module" [ -e /sys/module/nf_conntrack ]
	assert_eq "service" "service lvs conntrack" \
		"$(lb save | head -2 | xargs)"
}

# talk VIP PORT: asks over TCP (t) and UDP (u), from one port.
talk() {
	must client open t tcp "$1" 80 "$2"
	must client open u udp "$1" 80 "$2"
	echo "$(tell client say t hi), $(tell client say u hi)"
}

# Neither rules nor loading are needed for entries.
makes_entries() {
	local vip=$1 client=$2 rs=$3
	local tuples="$client $vip 6000 80 $rs $client 8000 6000"

	config on
	assert_eq "answers" "rs1 $client 6000 hi, rs1 $client 6000 hi" \
		"$(talk "$vip" 6000)"
	assert_eq "entries" "$tuples ESTABLISHED
$tuples udp" "$(entries)"
	must client close t
	must client close u
	books_balance
}

# Every packet of a session, with its state.
is_established() {
	local sent

	watching
	config on
	must client open a tcp "$VIP4" 80 6001
	assert_eq "answers" "rs1 rs1 rs1" "$(tell client chat a 3)"
	must client fin a
	assert_eq "end" EOF "$(tell client hear a)"
	books_balance
	sent=$((count[forward_nat] + count[forward_nat_reply]))
	assert_eq "new, established, others arriving" "1 $((sent - 1)) 0" \
		"$(seen pre)"
	assert_eq "and leaving" "1 $((sent - 1)) 0" "$(seen post)"
}

# Without the option its rules are for everything but balanced packets.
sees_nothing() {
	rules <<-EOT
	chain pre {
		type filter hook prerouting priority mangle
		meta l4proto tcp tcp dport 80 tcp sport 6040 ct state new counter
		meta l4proto udp udp dport 80 udp sport 6040 ct state new counter
		tcp dport 80 ct state new counter
	}
	chain post {
		type nat hook postrouting priority srcnat
		oifname "eth1" th sport 6040 counter masquerade
	}
	EOT
	config off
	wait_for 8 is_early
	forget_entries
	assert_eq "entries before" 0 "$(entry_count)"
	must client open a tcp "$VIP4" 80 6040
	assert_eq "tcp" "rs1 $CLIENT4 6040 hi" "$(tell client say a hi)"
	must client open b udp "$VIP6" 80 6040
	assert_eq "udp" "rs1 $CLIENT6 6040 hi" "$(tell client say b hi)"
	assert_eq "entries" 0 "$(entry_count)"
	assert_match "seen before" "^0 0 " "$(seen pre)"
	assert_eq "seen after" 0 "$(seen post)"
	# And they would, if it were not balanced.
	must client open b udp "$LB6" 80 6040
	assert_eq "not balanced" ECONNREFUSED "$(tell client say b hi)"
	assert_eq "entries" 1 "$(entry_count)"
	assert_match "seen before" "^0 1 " "$(seen pre)"
}

MASQUERADE='oifname "eth1" masquerade'

# The server sees the balancer, the client sees the VIP, in every packet; the
# last datagram is of three fragments there and back.
masquerades() {
	local vip=$1 client=$2 rs=$3 self=$4 outside answer
	local tuples="$client $vip 6002 80 $rs $self 8000 6002"

	config on
	translating "$MASQUERADE"
	capture client eth0 "$WORK/outside" "host $vip"
	outside=$capture_pid
	capture lb eth1 "$WORK/inside" "host $client or host $rs"
	assert_eq "whom the server sees" \
		"rs1 $self 6002 hi, rs1 $self 6002 hi" "$(talk "$vip" 6002)"
	assert_eq "entries" "$tuples ESTABLISHED
$tuples udp" "$(entries)"
	must client close t
	must client send u 4000
	answer=$(tell client hear u)
	assert_match "large answer" "^rs1 $self 6002 x*$" "$answer"
	assert_eq "its size" $((4010 + ${#self})) "${#answer}"
	assert_eq "packets to be fragmented" 2 "$(counter fragmented)"
	capture_end
	capture_pid=$outside capture_end
	assert_eq "strangers outside" 0 "$(captured "$WORK/outside" \
		"not host $client")"
	# Of other ports are what servers of earlier cases say once more.
	assert_eq "strangers inside" 0 "$(captured "$WORK/inside" "port 6002 \
		and not (host $self and port 8000) and not ($FRAGMENT)")"
	assert_eq "the client inside" 0 \
		"$(captured "$WORK/inside" "host $client and port 6002")"
	assert_eq "fragments to the server" 3 "$(captured "$WORK/inside" \
		"src host $self and ($FRAGMENT)")"
	sums_are_good "$WORK/outside"
	sums_are_good "$WORK/inside"
}

FRAGMENT='ip[6:2] & 0x3fff != 0 or ip6[6] = 44'

sums_are_good() {
	tcpdump -n -vv -r "$1" "not ($FRAGMENT)" >"$1.txt" 2>/dev/null
	refute "a wrong checksum" grep -E '\(incorrect|(bad|wrong) [a-z ]*cksum' "$1.txt"
	assert "right ones of TCP" grep -qF '(correct)' "$1.txt"
	assert "right ones of UDP" grep -qF 'udp sum ok' "$1.txt"
}

# The server's, about what the balancer has sent it, and the client's, about
# what it gets from the VIP: the system's source NAT is undone in what each
# quotes, or done to it.
translates_errors() {
	local vip=$1 client=$2 self=$3 rs=$4

	config on
	translating "$MASQUERADE"
	must client open a udp "$vip" 13 6005
	capture lb eth0 "$WORK/outside" "icmp or icmp6"
	must client send a 3
	assert_eq "the server's" ECONNREFUSED "$(tell client hear a)"
	capture_end
	assert_match "on the wire" "$vip > $client: .*$vip udp port 13 unreachable|\
$vip > $client: .*unreachable port, $vip udp port 13" \
		"$(tcpdump -n -r "$WORK/outside" 2>/dev/null)"
	must rs1 open s udp "$self" 6006 9000
	must client open a udp "$vip" 9 6006
	must client send a 3
	assert_eq "request" xxx "$(tell rs1 hear s)"
	must client close a
	capture lb eth1 "$WORK/inside" "icmp or icmp6"
	must rs1 send s 4
	assert_eq "the client's" ECONNREFUSED "$(tell rs1 hear s)"
	capture_end
	assert_match "on the wire" "$self > $rs: .*$self udp port 6006" \
		"$(tcpdump -n -r "$WORK/inside" 2>/dev/null)"
	books_balance
	assert_eq "errors" 2 "${count[forward_icmp]}"
}

# With offloads, a megabyte of large segments.
translates_bulk() {
	config on
	translating "$MASQUERADE"
	on client ethtool -K eth0 tx on >/dev/null
	at_exit on client ethtool -K eth0 tx off
	head -c 1000000 /dev/urandom >"$WORK/sent"
	file_server rs1 "$(rs4 1)" 8001 "$WORK/got"
	send_file client "$VIP4" 11 "$WORK/sent"
	assert "the same" wait_for 5 cmp "$WORK/sent" "$WORK/got"
	assert_between "large packets" 20 600 "$(counter forward_nat)"
}

# The seed's rule: source address the VIP, for ports 50000 to 51000.
translates_range() {
	local port who

	config on
	translating "oifname \"eth1\" udp dport 50000-51000 snat ip to $VIP4"
	for port in 49999 50000 51000 51001; do
		who=$VIP4
		[[ $port = 5[01]000 ]] || who=$CLIENT4
		must client open a udp "$VIP4" "$port" 6004
		assert_eq "$port: whom the server sees" "rs1 $who 6004 hi" \
			"$(tell client say a hi)"
	done
}

# both NAME: what the server sees of a TCP and a UDP conn.
both() {
	echo "$(tell client say "t$1" hi) $(tell client say "u$1" hi)"
}

open_both() {
	must client open "t$1" tcp "$VIP4" 80 "$2"
	must client open "u$1" udp "$VIP4" 80 "$2"
}

# sees ADDRESS PORT: what both say then.
sees() {
	echo "rs1 $1 $2 hi rs1 $1 $2 hi"
}

# A conn keeps what it began with, either way.
toggles() {
	local self=$NET4.254

	config off
	forget_entries
	translating "$MASQUERADE"
	open_both a 6010
	assert_eq "off" "$(sees "$CLIENT4" 6010)" "$(both a)"
	load on
	assert_eq "on, from before" "$(sees "$CLIENT4" 6010)" "$(both a)"
	assert_eq "entries of it" 0 "$(entry_count)"
	open_both b 6011
	assert_eq "on" "$(sees "$self" 6011)" "$(both b)"
	load off
	assert_eq "off again, from when it was on" "$(sees "$self" 6011)" \
		"$(both b)"
	assert_eq "from before" "$(sees "$CLIENT4" 6010)" "$(both a)"
	open_both c 6012
	assert_eq "off again" "$(sees "$CLIENT4" 6012)" "$(both c)"
	assert_eq "entries" 2 "$(entries | grep -c "^$CLIENT4 $VIP4 6011 80 ")"
	assert_eq "all entries" 2 "$(entry_count)"
	lb flush >/dev/null
}

# What runs under change is not refused, and at last all is as if never on.
toggles_under_load() {
	local i

	config off
	must client storm tcp "$VIP4" 80
	must client storm udp "$VIP4" 80
	for i in on off on off; do
		load "$i"
		sleep 0.3
	done
	assert_match "all answered" '^[0-9]+ good 0 bad$' "$(tell client calm)"
	books_balance
	lb flush >/dev/null
	watching
	assert "nf_conntrack is out of the way" wait_for 8 is_early
}

is_early() {
	local before

	before=$(seen pre)
	tell client burst 1 tcp "$VIP4" 80 >/dev/null
	[ "$before" = "$(seen pre)" ]
}

# Of a forgotten conn the entry stays, and is for the wrong server.
replaces_entry() {
	config on
	rules <<-EOT
	chain raw {
		type filter hook prerouting priority raw
		tcp flags rst drop
	}
	chain post {
		type nat hook postrouting priority srcnat
		$MASQUERADE
	}
	EOT
	must client open u udp "$VIP4" 10 6020
	must client open t tcp "$VIP4" 10 6020
	assert_eq "first" "$(sees "$NET4.254" 6020)" \
		"$(tell client say t hi) $(tell client say u hi)"
	# A reset that nobody hears of: for nf_conntrack it is still open.
	must client reset t
	lb flush >/dev/null
	must client open t tcp "$VIP4" 10 6020
	assert_eq "then" "$(sees "$NET4.254" 6020 | sed s/rs1/rs2/g)" \
		"$(tell client say t hi) $(tell client say u hi)"
	assert_eq "their entries" 2 "$(entries | grep -c \
		"^$CLIENT4 $VIP4 6020 10 $(rs4 2) $NET4.254 8000 6020 ")"
	assert_eq "entries" 2 "$(entry_count)"
}

# Mid-stream, nf_conntrack has forgotten it and will not guess.
drops_invalid() {
	config on
	translating "$MASQUERADE"
	must client open a tcp "$VIP4" 80 6030
	assert_eq "first" "rs1 $NET4.254 6030 hi" "$(tell client say a hi)"
	on lb sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	at_exit on lb sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1
	capture lb eth1 "$WORK/inside" tcp
	forget_entries
	must client send a 3
	wait_for 5 is_dropped_untracked
	on lb sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1
	# The client sends it again, at ever longer intervals.
	assert "when it may guess" wait_for 10 is_equal \
		"rs1 $NET4.254 6030 xxx" tell client hear a
	capture_end
	assert_eq "untranslated packets" 0 \
		"$(captured "$WORK/inside" "host $CLIENT4")"
	books_balance
}

is_dropped_untracked() {
	[ "$(counter drop_untracked)" -gt 0 ]
}

# The entry is lost, and a rule would take the server for a new client.
answers_without_entry() {
	config on
	must rs1 open s udp "$CLIENT4" 6031 9000
	must client open a udp "$VIP4" 9 6031
	must client send a 3
	assert_eq "request" xxx "$(tell rs1 hear s)"
	translating 'oifname "eth0" masquerade'
	must rs1 send s 4
	assert_eq "answer" xxxx "$(tell client hear a)"
	forget_entries
	must rs1 send s 5
	assert_eq "without an entry" xxxxx "$(tell client hear a)"
	assert_eq "entries" 0 "$(entry_count)"
	must client send a 6
	assert_eq "request" xxxxxx "$(tell rs1 hear s)"
	assert_eq "entry" "$CLIENT4 $VIP4 6031 9 $(rs4 1) $CLIENT4 9000 6031 udp one-way" \
		"$(entries)"
}

drops_by_rule() {
	config on
	rules <<-EOT
	chain post {
		type filter hook postrouting priority filter
		udp dport 8000 ct original proto-dst 80 drop
	}
	EOT
	must client open a udp "$VIP4" 80 6032
	must client send a 3
	must client send a 3
	wait_for 5 is_equal 2 counter drop_post_routing
	assert_eq "sent to the server" 0 "$(counter forward_nat)"
	assert_eq "packets of the server" 0 "$(server_of udp4 rs1 in_packets)"
	assert_eq "entries" 0 "$(entry_count)"
	books_balance
}

respects_notrack() {
	config on
	rules <<-EOT
	chain raw {
		type filter hook prerouting priority raw
		meta l4proto udp notrack
	}
	chain post {
		type nat hook postrouting priority srcnat
		$MASQUERADE
	}
	EOT
	must client open a udp "$VIP4" 80 6033
	assert_eq "answer" "rs1 $CLIENT4 6033 hi" "$(tell client say a hi)"
	assert_eq "entries" 0 "$(entry_count)"
}

leaves_onepacket() {
	config on
	must client open a udp "$VIP4" 12 6034
	assert_eq "answers" "rs2 rs2 rs2" "$(tell client chat a 3)"
	assert_eq "entries" 0 "$(entry_count)"
	books_balance
}

# Its own processes are served before nf_conntrack, and their answers end here:
# half of each would be seen, and made an entry the wrong way round.
leaves_own() {
	config on
	watching
	must lb open t tcp "$1" 80 6035
	must lb open u udp "$1" 80 6035
	assert_eq "answers" "rs1 $1 6035 hi, rs1 $1 6035 hi" \
		"$(tell lb say t hi), $(tell lb say u hi)"
	assert_eq "and again" "rs1 rs1, rs1 rs1" \
		"$(tell lb chat t 2), $(tell lb chat u 2)"
	assert_eq "their entries" "" "$(entries)"
	assert_eq "conns" 2 "$(conns)"
	must lb fin t
	assert_eq "end" EOF "$(tell lb hear t)"
	assert_eq "entries of any protocol" 0 "$(entry_count)"
	assert_eq "new, established, others leaving" "0 0 0" "$(seen post)"
	books_balance
	assert_eq "drops" 0 "$(sum_of drop)"
	assert_between "forward_nat" 8 16 "${count[forward_nat]}"
}

# What sockets here get is untracked: to nf_conntrack each packet is a new one,
# and a FIN no good beginning.
serves_here() {
	config on
	must client open a tcp "$VIP4" 14 6037
	assert_eq "answers" "lb lb lb" "$(tell client chat a 3)"
	must client fin a
	assert_eq "end" EOF "$(tell client hear a)"
	must client open a tcp "$VIP4" 14 6038
	assert_eq "answer" lb "$(tell client chat a 1)"
	must client reset a
	assert "the socket here is gone" wait_for 5 is_gone
	books_balance
	assert_eq "drops" 0 "$(sum_of drop)"
}

is_gone() {
	[ -z "$(on lb ss -Htn state established "( sport = 9000 )")" ]
}

# The module translates the source itself: the system must not do it again.
leaves_nat_sections() {
	config on
	{
		lb save
		printf 'nat all\n\tafter src %s\n' "$1"
	} | apply
	translating "$MASQUERADE"
	assert_eq "whom the server sees" "rs1 $1 6036 hi, rs1 $1 6036 hi" \
		"$(talk "$1" 6036)"
	assert_eq "and again" "rs1 $1 6036 more" "$(tell client say t more)"
	assert_eq "as shown" "$1 6036,$1 6036" "$(lb show connections --json |
		jq -r '[.connections[] | "\(.source_address) \(.source_port)"] |
			join(",")')"
	assert_eq "their entries" "" "$(entries)"
	must client fin t
	assert_eq "end" EOF "$(tell client hear t)"
	assert_eq "entries of any protocol" 0 "$(entry_count)"
	books_balance
	assert_eq "drops" 0 "$(sum_of drop)"
}

run_case "off: works and loads without nf_conntrack" needs_no_nf_conntrack
for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family
	run_case "nat: v$family: entries have the server as replier [C38]" \
		makes_entries "$vip" "$client" "$("rs$family" 1)"
done
run_case "nat: state rules see each packet, none is invalid [C38 C40]" \
	is_established
run_case "nat: v4: masquerade, every packet and fragment [C38 C40]" \
	masquerades "$VIP4" "$CLIENT4" "$(rs4 1)" "$NET4.254"
run_case "nat: v6: masquerade, every packet and fragment [C38 C40]" \
	masquerades "$VIP6" "$CLIENT6" "$(rs6 1)" "$NET6:254"
run_case "nat: v4: masquerade, ICMP errors to both ends [C40]" \
	translates_errors "$VIP4" "$CLIENT4" "$NET4.254" "$(rs4 1)"
run_case "nat: v6: masquerade, ICMP errors to both ends [C40]" \
	translates_errors "$VIP6" "$CLIENT6" "$NET6:254" "$(rs6 1)"
run_case "nat: bulk is translated, and intact" translates_bulk
run_case "two interfaces: SNAT to the VIP for ports 50000-51000 [C34 C36]" \
	translates_range
run_case "nat: an entry for another server gives way" replaces_entry
run_case "nat: an invalid packet is not shown to the server" drops_invalid
run_case "nat: a server speaks first when the entry is lost" \
	answers_without_entry
run_case "nat: what a rule drops is counted" drops_by_rule
run_case "nat: notrack is respected" respects_notrack
run_case "nat: this machine is the server" serves_here
run_case "onepacket: is not tracked" leaves_onepacket
for family in 4 6; do
	declare -n vip=VIP$family
	run_case "own: v$family: processes here are served, not tracked" \
		leaves_own "$vip"
	run_case "nat sections: v$family: translated once, not tracked [C39]" \
		leaves_nat_sections "$vip"
done
run_case "off: nf_conntrack and rules see nothing [C39]" sees_nothing
run_case "toggle: conns keep what they began with [C41]" toggles
run_case "toggle: under load nobody is refused [C41]" toggles_under_load
finish
