#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nat sections: servers that see the balancer in place of the client, because
# their answers would not come back through it otherwise.
#
# The seed's two drawings at once, with its addresses. The near servers are in
# the client's own network, the far one behind the balancer's second interface.
# The far one has a route back for the VIP, and for nobody else: its default
# router does not exist.
#
#   client          lb              rs1        rs2             rs3
#    eth0       eth0   eth1         eth0       eth0            eth0
#     .1        .2 +    |           .20        .21              |
#     |        VIP .3   |            |          |               |
#   --+-----------+-----|------------+----------+--             |
#   10.0.0.0/24, NET6:/64           bridge br0 in sw            |
#                       +---------------------------------------+
#                    .254   10.0.3.0/24, FAR6:/64              .20
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/conntrack.sh
. "$SELFTESTS/lib/conntrack.sh"

NET4=10.0.0 HOST_VIP=3 HOST_RS=19
FAR4=10.0.3 FAR6=2001:db8:3:
CLIENT4=$NET4.1 LB4=$NET4.2 VIP4=$NET4.3 VIP4B=$NET4.4
CLIENT6=$NET6:1 LB6=$NET6:2 VIP6=$NET6:3
add_switch
add_ns client lb rs1 rs2 rs3
for host in client lb rs1 rs2; do
	plug "$host" eth0
done
add_link rs3 eth0 lb eth1
on lb sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64" "$NET4.5/24" "$NET4.6/24"
add_addr lb eth0 "$LB4/24" "$LB6/64" {"$VIP4","$VIP4B",$NET4.1{00..03}}/32 \
	"$VIP6/128"
add_addr lb eth1 "$FAR4.254/24" "$FAR6:254/64"
for i in 1 2; do
	add_addr "rs$i" eth0 "$(rs4 $i)/24" "$(rs6 $i)/64"
done
add_addr rs3 eth0 "$FAR4.20/24" "$FAR6:20/64"
ip -n "$(ns rs3)" route add "$VIP4/32" via "$FAR4.254"
ip -n "$(ns rs3)" -6 route add "$VIP6/128" via "$FAR6:254"
add_default_route rs3 "$FAR4.99" "$FAR6:99"
for i in 1 2 3; do
	# Complete checksums on the wire, so that a wrong one is seen.
	on "rs$i" ethtool -K eth0 tx off >/dev/null
	echo_server "rs$i" "rs$i" both '*' 49999 50000 51000 51001 8000
done
on client ethtool -K eth0 tx off >/dev/null
agent client
agent rs1
genl_agent lb raw
must raw socket s

# config <NAT_SECTIONS: near and far services of both families, and those.
config() {
	apply <<-EOT
	$(service near4 "$VIP4:80" TCP) $(rs4 1):8000
	$(service near6 "[$VIP6]:80" TCP) [$(rs6 1)]:8000
	$(service echo4 "$VIP4:7" UDP) $(rs4 1):8000
	$(service echo6 "[$VIP6]:7" UDP) [$(rs6 1)]:8000
	$(service far4 "$VIP4:81" TCP) $FAR4.20:8000
	$(service far6 "[$VIP6]:81" TCP) [$FAR6:20]:8000
	$(service faru4 "$VIP4:9" UDP) $FAR4.20:8000
	$(service faru6 "[$VIP6]:9" UDP) [$FAR6:20]:8000
	$(cat)
	EOT
	lb flush >/dev/null
	lb zero
}

service() {
	printf 'director %s %s %s\n\tmode nat\n\tserver s' "$@"
}

# nat OUT_IFACE [LINE]...: a section.
nat() {
	printf 'nat %s\n\tin eth0\n\tout %s\n' "$1" "$1"
	printf '\t%s\n' "${@:2}"
}

# What the servers see in place of the client, of all conns.
sources() {
	lb show connections "$@" --json | jq -r '[.connections[] |
		"\(.source_address // "client") \(.source_port // "-")"] |
		sort | join(", ")'
}

# ask PROTO VIP PORT SPORT [FROM]: the answer on a new socket, a.
ask_from() {
	tell client open a "$1" "$2" "$3" "$4" "${5:-}" >/dev/null
	tell client say a hi
}

# --- the seed's own words ---

# @1: interface to the servers, @2: the server's address
seed() {
	local server=$1 addr=$2 out=$3

	apply <<-EOT
	director web 10.0.0.3:8000 UDP
	    balance leastconn
	    mode nat
	    server web1 $addr:8000 weight 10
	nat snat
	    in eth0
	    out $out
	    proto UDP
	    before dst 10.0.0.3 dstport 8000
	    after src 10.0.0.3
	EOT
	lb flush >/dev/null
	capture client eth0 "$WORK/pcap" udp or icmp
	assert_eq "whom the server sees" "$server 10.0.0.3 6000 hi" \
		"$(ask_from udp 10.0.0.3 8000 6000)"
	capture_end
	assert_eq "packets of others than client and VIP" 0 \
		"$(captured "$WORK/pcap" "not (host $CLIENT4 and host $VIP4)")"
	assert_eq "question and answer" 2 "$(captured "$WORK/pcap")"
}

# --- both families, both protocols, both drawings ---

# The servers of this one answer past the balancer, or not at all.
needs_it() {
	config </dev/null
	refute "an answer from next door" grep -q hi \
		<<<"$(ask_from udp "$1" 7 6001)"
	refute "an answer from afar" grep -q hi \
		<<<"$(ask_from udp "$1" 9 6001)"
}

# translates PROTO VIP PORT SERVER
translates() {
	local proto=$1 vip=$2 port=$3 rs=$4

	config <<-EOT
	$(nat eth0 "after src $VIP4")
	$(nat eth1 "after src $VIP4" | sed 's/^nat eth1/nat far4/')
	$(nat eth0 "after src $VIP6" | sed 's/^nat eth0/nat near6/')
	$(nat eth1 "after src $VIP6")
	EOT
	must client open a "$proto" "$vip" "$port" 6002
	assert_eq "who answers, and whom it sees" "$rs $vip 6002 hi" \
		"$(tell client say a hi)"
	assert_eq "and again" "$rs $vip 6002 more" "$(tell client say a more)"
	assert_eq "as shown" "$vip 6002" "$(sources)"
	must client close a
}

# The same, seen on both sides, with one interface.
looks_right() {
	local client=$4

	capture client eth0 "$WORK/client" "$1" or icmp or icmp6
	outside=$capture_pid
	capture rs1 eth0 "$WORK/server" "$1" or icmp
	translates "$1" "$2" "$3" rs1
	capture_end
	capture_pid=$outside capture_end
	assert_eq "strangers at the client" 0 "$(captured "$WORK/client" \
		"$1 and not (host $client and host $2)")"
	assert_eq "the client at the server" 0 \
		"$(captured "$WORK/server" "host $client")"
	assert_eq "redirects" 0 "$(captured "$WORK/client" \
		'icmp[0] = 5 or icmp6[0] = 137')"
	sums_are_good "$WORK/client"
	sums_are_good "$WORK/server"
	books_balance
}

# A server that is a client of the service that it serves itself.
hairpin() {
	config <<-EOT
	nat all
	    after src $1
	EOT
	must rs1 open a "$2" "$1" "$3" 6003
	assert_eq "whom it sees" "rs1 $1 6003 hi" "$(tell rs1 say a hi)"
	# From its own port: the answer's key must not be the question's.
	must rs1 open b udp "$1" 7 8000
	assert_match "from the service's port" "^rs1 $1 [0-9]+ hi$" \
		"$(tell rs1 say b hi)"
	must rs1 close a
	must rs1 close b
}

# --- what matches ---

in_and_out() {
	config <<-EOT
	$(nat eth0 "after src $VIP4")
	nat other
	    in eth1
	    after src $VIP4
	EOT
	assert_eq "out eth0" "rs1 $VIP4 6004 hi" "$(ask_from udp "$VIP4" 7 6004)"
	ask_from udp "$VIP4" 9 6004 >/dev/null
	assert_eq "out eth1, in eth0" "client -" "$(sources director faru4)"
}

# The packet as it arrives is what counts: VIP and service port.
as_it_arrives() {
	config <<-EOT
	nat server
	    before dst $(rs4 1)
	    after src $LB4
	nat port
	    proto udp
	    before dstport 8000
	    after src $LB4
	nat net
	    before src $NET4.6-$NET4.9
	    after src $LB4
	nat sport
	    proto udp
	    before srcport 6005
	    after src $VIP4B
	EOT
	lb explain udp "$CLIENT4:6006" "$VIP4:7" iface eth0 >"$WORK/out"
	refute "a rule for it" grep -q ^nat "$WORK/out"
	ask_from udp "$VIP4" 7 6006 >/dev/null
	assert_eq "by the server's address or port" "client -" "$(sources)"
	assert_eq "by the client's port" "rs1 $VIP4B 6005 hi" \
		"$(ask_from udp "$VIP4" 7 6005)"
	assert_eq "by the client's address" "rs1 $LB4 6005 hi" \
		"$(ask_from udp "$VIP4" 7 6005 "$NET4.6")"
}

# The rule's ports are the service's: 50000-51000, not one beside.
range_edges() {
	local port

	apply <<-EOT
	director rtp UDP
	    mode nat
	    server s $(rs4 1)
	flow rtp director rtp
	    match iface eth0 proto udp dst $VIP4 dstport 49999:51001
	nat rtp-snat
	    in eth0
	    out eth0
	    proto UDP
	    before dst $VIP4 dstport 50000-51000
	    after src $VIP4
	EOT
	lb flush >/dev/null
	for port in 50000 51000; do
		assert_eq "port $port" "rs1 $VIP4 6007 hi" \
			"$(ask_from udp "$VIP4" $port 6007)"
	done
	for port in 49999 51001; do
		ask_from udp "$VIP4" $port 6007 >/dev/null
	done
	assert_eq "shown by port" \
		"49999 null, 50000 10.0.0.3, 51000 10.0.0.3, 51001 null" \
		"$(lb show connections --json | jq -r '[.connections[] |
			"\(.vip_port) \(.source_address)"] | sort | join(", ")')"
	assert_eq "explained" "nat rtp-snat" "$(explained 50000)"
	assert_eq "explained beside it" "" "$(explained 49999)"
}

explained() {
	lb explain udp "$CLIENT4:6100" "$VIP4:$1" iface eth0 |
		awk '$1 == "nat" { print $1, $2 }'
}

# And the other range, of ports that the source may get.
source_edges() {
	local port seen

	config <<-EOT
	nat ports
	    proto udp
	    after src $VIP4 srcport 50000-51000
	EOT
	for port in 50000 51000; do
		assert_eq "from $port" "rs1 $VIP4 $port hi" \
			"$(ask_from udp "$VIP4" 7 $port)"
	done
	for port in 49999 51001; do
		seen=$(ask_from udp "$VIP4" 7 $port | cut -d' ' -f3)
		assert_between "from $port" 50001 50999 "$seen"
	done
}

# Blank fields: any, unchanged. The port is the client's while that is free.
keeps_port() {
	config <<-EOT
	nat all
	    after src $VIP4
	EOT
	assert_eq "a low one" "rs1 $VIP4 600 hi" "$(ask_from udp "$VIP4" 7 600)"
	assert_eq "the first" "rs1 $VIP4 6008 hi" \
		"$(ask_from udp "$VIP4" 7 6008)"
	seen=$(ask_from udp "$VIP4" 7 6008 "$NET4.5" | cut -d' ' -f3)
	assert_between "the second's" 1024 65535 "$seen"
	refute "the same" [ "$seen" = 6008 ]
	assert_eq "at another server: free again" "rs3 $VIP4 6008 hi" \
		"$(ask_from udp "$VIP4" 9 6008 "$NET4.6")"
	lb flush client "$CLIENT4" >/dev/null
	assert_eq "given back" "rs1 $VIP4 6008 hi" \
		"$(ask_from udp "$VIP4" 7 6008 "$NET4.6")"
	# A VIP's own port is nobody's: the server may be a client from there.
	seen=$(ask_from udp "$VIP4" 7 7 | cut -d' ' -f3)
	refute "the VIP's port" [ "$seen" = 7 ]
}

# Only the port: the server sees the client's address.
ports_only() {
	config <<-EOT
	nat ports
	    proto udp
	    after srcport 2000-2999
	EOT
	ask_from udp "$VIP4" 7 2500 >/dev/null
	assert_eq "in the range" "$CLIENT4 2500" "$(sources)"
	lb flush >/dev/null
	ask_from udp "$VIP6" 7 6009 >/dev/null
	assert_match "out of it" "^$CLIENT6 2[0-9]{3}$" "$(sources)"
}

pool() {
	local i seen

	config <<-EOT
	nat pool
	    after src $NET4.100-$NET4.103
	EOT
	for i in 1 5 6; do
		seen=$(ask_from udp "$VIP4" 7 6010 "$NET4.$i" | cut -d' ' -f2-3)
		assert_match "client $i" "^$NET4.10[0-3] [0-9]+$" "$seen"
		assert_eq "client $i again" "${seen% *} 6011" \
			"$(ask_from udp "$VIP4" 7 6011 "$NET4.$i" |
				cut -d' ' -f2-3 | sed 's/ .*/ 6011/')"
	done
}

# --- the system around it ---

# no_conntrack VIP LB: neither entries nor packets with a state, but for what is
# not balanced.
no_conntrack() {
	config <<-EOT
	nat all
	    after src $1
	EOT
	watching
	forget_entries
	assert_eq "entries before" 0 "$(entry_count)"
	assert_eq "translated" "rs1 $1 6012 hi" "$(ask_from udp "$1" 7 6012)"
	assert_eq "over TCP" "rs3 $1 6012 hi" "$(ask_from tcp "$1" 81 6012)"
	must client close a
	books_balance
	assert_eq "entries" 0 "$(entry_count)"
	assert_eq "seen arriving, and leaving" "0 0 0,0 0 0" \
		"$(seen pre),$(seen post)"
	assert_eq "not balanced" ECONNREFUSED "$(ask_from udp "$2" 7 6012)"
	assert_eq "its entry" 1 "$(entry_count)"
	assert_eq "seen arriving, and leaving" "1 0 0,0 0 0" \
		"$(seen pre),$(seen post)"
}

# All fragments of a datagram and of its answer.
fragments() {
	local text addr

	config <<-EOT
	nat four
	    after src $VIP4
	nat six
	    after src $VIP6
	EOT
	text=$(printf 'x%.0s' {1..4000})
	for addr in "$VIP4" "$VIP6"; do
		must client open a udp "$addr" 7 6013
		assert_eq "answer" "rs1 $addr 6013 $text" \
			"$(tell client say a "$text")"
	done
}

exhaustion() {
	local port

	config <<-EOT
	nat four
	    proto udp
	    after src $VIP4 srcport 3000-3003
	EOT
	for port in 1 2 3 4; do
		must client open "s$port" udp "$VIP4" 7 "701$port"
		assert_match "conn $port" "^rs1 $VIP4 300[0-3] hi$" \
			"$(tell client say "s$port" hi)"
	done
	assert_eq "all different" "$VIP4 3000, $VIP4 3001, $VIP4 3002, $VIP4 3003" \
		"$(sources)"
	must client open a udp "$VIP4" 7 7015
	assert_eq "one too many" ECONNREFUSED "$(tell client say a hi)"
	assert_eq "drop_snat_ports" 1 "$(counter drop_snat_ports)"
	assert_eq "conns" 4 "$(conns)"
	assert_eq "the first still" "rs1 $VIP4" \
		"$(tell client say s1 hi | cut -d' ' -f1-2)"
	assert_match "another server has four of its own" "^rs3 $VIP4 300. hi$" \
		"$(ask_from udp "$VIP4" 9 7015)"
	lb flush >/dev/null
	assert_match "when they are free" "^rs1 $VIP4 300[0-3] hi$" \
		"$(ask_from udp "$VIP4" 7 7015)"
	books_balance
}

# TCP conns that are over give way, those that are not do not.
replaces() {
	local port

	config <<-EOT
	nat two
	    proto tcp
	    after src $VIP4 srcport 3000-3001
	EOT
	for port in 1 2; do
		must client open "s$port" tcp "$VIP4" 80 "702$port"
		assert_match "conn $port" "^rs1 $VIP4 300[01] hi$" \
			"$(tell client say "s$port" hi)"
	done
	assert_eq "none left" ECONNREFUSED \
		"$(tell client open a tcp "$VIP4" 80 7023)"
	must client close s1
	wait_for 5 is_equal "CLOSE ESTABLISHED" conn_states
	wait_for 5 is_equal ok tell client open a tcp "$VIP4" 80 7024
	assert_match "in the place of the closed one" "^rs1 $VIP4 300[01] hi$" \
		"$(tell client say a hi)"
	assert_eq "the other" hi "$(tell client say s2 hi | cut -d' ' -f4)"
	assert_eq "conns" 2 "$(conns)"
	must client close a
	must client close s2
}

# --- the language ---

order_counts() {
	config <<-EOT
	nat first
	    proto udp
	    before src $NET4.5 dst $VIP4 dstport 7-8
	    after src $VIP4B srcport 2000-2999
	nat second
	    in eth0
	    out eth0
	    before dst $NET4.0/24
	    after src $NET4.100-$NET4.101
	nat third
	    after src $LB4
	EOT
	lb save | sed -n '/^nat/,$p' >"$WORK/saved"
	assert_eq "saved" "nat first
    proto UDP
    before src 10.0.0.5 dst 10.0.0.3 dstport 7-8
    after src 10.0.0.4 srcport 2000-2999

nat second
    in eth0
    out eth0
    before dst 10.0.0.0/24
    after src 10.0.0.100-10.0.0.101

nat third
    after src 10.0.0.2" "$(cat "$WORK/saved")"
	lb save >"$WORK/all"
	assert_eq "no difference" 0 "$(lb diff "$WORK/all" >/dev/null; echo $?)"
	ask_from udp "$VIP4" 7 6014 "$NET4.5" >/dev/null
	ask_from udp "$VIP4" 7 6014 >/dev/null
	ask_from udp "$VIP4" 9 6014 >/dev/null
	assert_match "by the first that matches" \
		"^10.0.0.10[01] 6014, 10.0.0.2 6014, 10.0.0.4 2[0-9]{3}$" \
		"$(sources)"
	sed '/^nat second/,$d' "$WORK/all" | lb apply - >"$WORK/out"
	assert "told" grep -q '2 nats removed' "$WORK/out"
	assert_eq "sections left" 1 "$(lb save | grep -c ^nat)"
	assert_eq "the conns stay" 3 "$(conns)"
}

# What was set is told, in order, nets by their first address.
dump_is_what_was_set() {
	config </dev/null
	cat >"$WORK/set" <<-EOT
	{"NAT":{"IN":"eth0","NAME":"a","OUT":"eth1","PROTO":17,"TO":"10.0.0.9"}}
	{"NAT":{"DST":"10.0.0.0","DST_PLEN":24,"DSTPORT":1,"DSTPORT_LAST":65535,"NAME":"b.B_2","SRC":"10.0.0.1","SRC_LAST":"10.0.0.9","SRCPORT":0,"TO_PORT":1,"TO_PORT_LAST":1}}
	{"NAT":{"DST":"2001:db8::","DST_PLEN":32,"NAME":"c","TO":"2001:db8::ff00","TO_LAST":"2001:db8::ffff"}}
	{"NAT":{"NAME":"d","PROTO":6,"TO":"192.0.2.0","TO_PLEN":24,"TO_PORT":1024,"TO_PORT_LAST":2047}}
	EOT
	must raw s TXN_BEGIN
	while read -r request; do
		must raw s NAT_SET "$request"
	done <"$WORK/set"
	# Replaced in place; gone and back, at the end.
	must raw s NAT_SET '{"NAT":{"NAME":"a","TO_PORT":5}}'
	must raw s NAT_DEL '{"NAT":{"NAME":"c"}}'
	must raw s NAT_SET "$(sed -n 3p "$WORK/set")"
	must raw s TXN_COMMIT
	{
		echo '{"NAT":{"NAME":"a","TO_PORT":5}}'
		sed -n '2p;4p' "$WORK/set"
		sed -n 3p "$WORK/set"
	} >"$WORK/expected"
	must raw s DUMP NAT_GET "$WORK/dump"
	jq -Sc '.[] | del(.GENERATION)' "$WORK/dump" >"$WORK/told"
	assert "dump" diff <(jq -Sc . "$WORK/expected") "$WORK/told"
}

# REQUEST | REASON
refusals() {
	local request reason

	config <<-EOT
	nat all
	    after src $VIP4
	EOT
	while IFS='|' read -r request reason; do
		must raw s TXN_BEGIN
		assert_match "$request" "^$reason" \
			"$(tell raw s "${request%% *}" "${request#* }")"
		tell raw s TXN_ABORT >/dev/null
	done <<-EOT
	NAT_SET {}|EINVAL: LB_A_NAT is missing
	NAT_SET {"NAT": {"TO": "10.0.0.1"}}|EINVAL: the nat rule's name
	NAT_SET {"NAT": {"NAME": "a/b", "TO": "10.0.0.1"}}|EINVAL: the nat rule's name
	NAT_SET {"NAT": {"NAME": "a"}}|EINVAL: the rule changes nothing
	NAT_SET {"NAT": {"NAME": "a", "PROTO": 1, "TO": "10.0.0.1"}}|EINVAL: the protocol must be
	NAT_SET {"NAT": {"NAME": "a", "IN": "a/b", "TO": "10.0.0.1"}}|EINVAL: not an interface
	NAT_SET {"NAT": {"NAME": "a", "DST": "10.0.0.1", "TO": "::2"}}|EINVAL: source and destination
	NAT_SET {"NAT": {"NAME": "a", "TO": "127.0.0.1"}}|EINVAL: not a host
	NAT_SET {"NAT": {"NAME": "a", "TO": "::1"}}|EINVAL: not a host
	NAT_SET {"NAT": {"NAME": "a", "TO": "10.0.0.0", "TO_PLEN": 23}}|EINVAL: a source can become
	NAT_SET {"NAT": {"NAME": "a", "TO": "10.0.0.1", "TO_LAST": "10.0.1.1"}}|EINVAL: a source can become
	NAT_SET {"NAT": {"NAME": "a", "TO": "2001:db8::", "TO_PLEN": 64}}|EINVAL: a source can become
	NAT_SET {"NAT": {"NAME": "a", "TO": "2001:db8::ffff:ffff:ffff:ffff", "TO_LAST": "2001:db8:0:1::"}}|EINVAL: a source can become
	NAT_SET {"NAT": {"NAME": "a", "TO_LAST": "10.0.0.1"}}|EINVAL: the rule changes nothing
	NAT_SET {"NAT": {"NAME": "a", "TO_PORT": 0}}|EINVAL: 0 is not a source port
	NAT_SET {"NAT": {"NAME": "a", "TO_PORT": 5, "TO_PORT_LAST": 4}}|EINVAL: the last port is below
	NAT_SET {"NAT": {"NAME": "a", "SRCPORT_LAST": 4, "TO_PORT": 5}}|EINVAL: the first port
	NAT_DEL {"NAT": {"NAME": "nope"}}|ENOENT: no such nat rule
	EOT
	{
		echo 'TXN_BEGIN {}'
		seq 1024 | sed 's/.*/NAT_SET {"NAT": {"NAME": "n&", "TO_PORT": 5}}/'
	} >"$WORK/requests"
	assert_match "one too many" '^ENOSPC: more than 1024 nat rules' \
		"$(tell raw s FILE "$WORK/requests")"
	assert_eq "nats are as before" "nat all" "$(lb save | grep ^nat)"
}

run_case "one interface: the seed's example [C33 C34]" \
	seed rs1 "$(rs4 1)" eth0
run_case "two interfaces: the seed's example [C33 C34]" \
	seed rs3 "$FAR4.20" eth1
for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family lb=LB$family
	run_case "v$family: without it there is no answer" needs_it "$vip"
	run_case "v$family: tcp: one interface [C33 C34]" \
		looks_right tcp "$vip" 80 "$client"
	run_case "v$family: udp: one interface [C33 C34]" \
		looks_right udp "$vip" 7 "$client"
	run_case "v$family: tcp: two interfaces [C33 C34]" \
		translates tcp "$vip" 81 rs3
	run_case "v$family: udp: two interfaces [C33 C34]" \
		translates udp "$vip" 9 rs3
	run_case "v$family: hairpin: a server is its own client [C34]" \
		hairpin "$vip" tcp 80
	run_case "v$family: conntrack: sees nothing [C39]" \
		no_conntrack "$vip" "$lb"
done
run_case "interfaces decide whether a rule matches [C34]" in_and_out
run_case "rules match the packet as it arrives [C35]" as_it_arrives
run_case "a range of service ports has sharp edges [C36]" range_edges
run_case "a range of source ports has sharp edges [C36]" source_edges
run_case "the client's port stays when it is free [C37]" keeps_port
run_case "no address: only the port changes [C37]" ports_only
run_case "a range of addresses: a client keeps his" pool
run_case "fragments are translated alike [C40]" fragments
run_case "exhaustion: refused, counted, and over with the conns" exhaustion
run_case "exhaustion: closed conns give way" replaces
run_case "netlink: what was set is told, in order" dump_is_what_was_set
run_case "netlink: nonsense is refused with a reason" refusals
run_case "the first section that matches counts, and is saved" order_counts
finish
