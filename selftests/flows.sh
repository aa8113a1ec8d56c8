#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows: which packets they permit, deny and give to directors.
#
# The topology is topo_two_arm. Behind the balancer's address the client also
# routes POOL4.0/24 and POOL6:/64, addresses that nobody has: only a flow gives
# them a server.
. "$(dirname "$0")/lib.sh"

POOL4=203.0.113 POOL6=2001:db8:3:

topo_two_arm 2
add_addr rs2 lo "$POOL4.20/32" "$POOL6:20/128"
agent client
agent rs2 server
genl_agent lb raw
echo_server rs1 rs1 udp '*' 7000
echo_server rs1 rs1 tcp '*' 7000
echo_server rs2 rs2 udp '*' 50000
echo_server rs2 rs2 tcp '*' 50000
must raw socket s

# --- configuring, past lbctl ---

# director NAME MODE [JSON]: one without an address.
director() {
	echo "DIRECTOR_SET {\"DIRECTOR\": {\"NAME\": \"$1\", \"MODE\": \"$2\",
		\"SCHED\": \"roundrobin\"${3:-}}}" | tr -d '\n\t'
	echo
}

# rip DIRECTOR NAME ADDR [JSON]
rip() {
	echo "SERVER_SET {\"SERVER\": {\"DIRECTOR\": \"$1\", \"NAME\": \"$2\", \"ADDR\": \"$3\"${4:-}}}"
}

flow_requests() {
	python3 "$SELFTESTS/lib/flows.py" requests
}

# commit <REQUESTS: one transaction, which replaces all there was.
commit() {
	{
		flows | jq -r '.[] | select(.FLOW).FLOW.NAME |
			"FLOW_DEL {\"FLOW\": {\"NAME\": \"\(.)\"}}"'
		dump DIRECTOR_GET | jq -r '.[].DIRECTOR.NAME |
			"DIRECTOR_DEL {\"DIRECTOR\": {\"NAME\": \"\(.)\"}}"'
		cat
	} | edit
}

# edit <REQUESTS: one transaction.
edit() {
	{
		echo 'TXN_BEGIN {}'
		cat
		echo 'TXN_COMMIT {}'
	} >"$WORK/requests"
	must raw s FILE "$WORK/requests"
}

# drop_flows NAME...: one transaction.
drop_flows() {
	local name

	for name; do
		echo "FLOW_DEL {\"FLOW\": {\"NAME\": \"$name\"}}"
	done | edit
}

# --- looking ---

# dump COMMAND: a JSON list. Not by the agent's pipe: the shell reads it slowly.
dump() {
	must raw s DUMP "$1" "$WORK/dump" && cat "$WORK/dump"
}

flows() {
	dump FLOW_GET
}

# hits: "a:1 b:2", flows in order, those without hits left out.
hits() {
	flows | jq -r '[.[] | select(.FLOW and .FLOW.HITS > 0).FLOW |
		"\(.NAME):\(.HITS)"] | join(" ")'
}

# asks udp|tcp ADDR PORT: which server answers, or why none does.
asks() {
	local said

	said=$(tell client open q "$1" "$2" "$3")
	if [ "$said" = ok ]; then
		said=$(tell client say q x)
		# A FIN that nobody acknowledges would be sent again, into the
		# hits of a later case.
		tell client reset q >/dev/null
	fi
	echo "${said%% *}"
}

# served RS PROTO ADDR PORT... / unserved PROTO ADDR PORT...
served() {
	local port

	for port in "${@:4}"; do
		assert_eq "$2 $3 $port" "$1" "$(asks "$2" "$3" "$port")"
	done
}

# Nobody has the address: the balancer, as a router, says so or is silent.
unserved() {
	local port

	for port in "${@:3}"; do
		assert_match "$1 $2 $port" '^(EHOSTUNREACH|ENETUNREACH|timeout)$' \
			"$(asks "$1" "$2" "$port")"
	done
}

hears_rs1() {
	[[ $(tell client hear "$1") == rs1* ]]
}

pings() {
	on client ping -c1 -W1 "$1" >/dev/null
}

# --- cases ---

port_edges() {
	commit <<-EOT
	$(director rtp nat)
	$(rip rtp rs1 "$(rs4 1)" ', "PORT": 7000')
	$(flow_requests <<<"flow f director rtp
		match proto udp dst $POOL4.3 dstport 50000:51000
		match proto tcp dst $POOL4.3 dstport 50000:51000")
	EOT
	served rs1 udp "$POOL4.3" 50000 50500 51000
	served rs1 tcp "$POOL4.3" 50000 51000
	unserved udp "$POOL4.3" 49999 51001
	unserved tcp "$POOL4.3" 49999 51001
	unserved udp "$POOL4.2" 50000
	assert_eq "hits" "f:5" "$(hits)"
	# What answers is what was asked: each VIP and port is its own.
	assert_eq "VIPs" "$POOL4.3:50000 $POOL4.3:50500 $POOL4.3:51000" \
		"$(lb show connections --json | jq -r '[.connections[] |
			select(.protocol | ascii_downcase == "udp") |
			"\(.vip_address):\(.vip_port)"] | sort | join(" ")')"
}

address_edges() {
	commit <<-EOT
	$(director four nat)
	$(rip four rs1 "$(rs4 1)" ', "PORT": 7000')
	$(director six nat)
	$(rip six rs1 "$(rs6 1)" ', "PORT": 7000')
	$(flow_requests <<<"flow f director four
		match proto udp dst $POOL4.3-$POOL4.9
		match proto udp dst $POOL4.16/30
		flow g director six
		match proto udp dst $POOL6:3-$POOL6:9
		match proto tcp dst $POOL6:10/124")
	EOT
	served rs1 udp "$POOL4.3" 80
	served rs1 udp "$POOL4.9" 80
	served rs1 udp "$POOL4.16" 80
	served rs1 udp "$POOL4.19" 80
	served rs1 udp "$POOL6:3" 80
	served rs1 udp "$POOL6:9" 80
	served rs1 tcp "$POOL6:1f" 80
	unserved udp "$POOL4.2" 80
	unserved udp "$POOL4.10" 80
	unserved udp "$POOL4.15" 80
	unserved udp "$POOL4.21" 80
	unserved udp "$POOL6:2" 80
	unserved udp "$POOL6:a" 80
	unserved tcp "$POOL6:20" 80
	assert_eq "hits" "f:4 g:3" "$(hits)"
}

# Both directors have their own server, so the answer names the flow.
two_directors() {
	director one nat
	rip one rs1 "$(rs4 1)" ', "PORT": 7000'
	director two nat
	rip two rs2 "$(rs4 2)" ', "PORT": 50000'
}

first_match_decides() {
	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow a director one
		ignore src $CLIENT4 proto udp dstport 81
		match proto udp dst $POOL4.0/24 dstport 80:82
		flow b skip
		match
		flow c director two
		match proto udp dst $POOL4.0/24
		flow d director one
		match proto udp")
	EOT
	served rs1 udp "$POOL4.1" 80 82
	served rs2 udp "$POOL4.1" 81 83
	assert_eq "hits" "a:2 c:2" "$(hits)"
	drop_flows a
	served rs2 udp "$POOL4.7" 80
	drop_flows c
	served rs1 udp "$POOL4.8" 80
}

negated() {
	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow a director one
		match not dst $POOL4.5 proto udp not dstport 80:90 not iface eth1
		flow b director two
		match not src 192.0.2.77-192.0.2.99 dst $POOL4.0/24 not proto tcp")
	EOT
	served rs1 udp "$POOL4.4" 79 91
	served rs2 udp "$POOL4.4" 80 90
	served rs2 udp "$POOL4.5" 79
	unserved tcp "$POOL4.4" 80
}

permit_goes_on() {
	commit <<-EOT
	$(two_directors)
	DIRECTOR_SET {"DIRECTOR": {"NAME": "web", "ADDR": "$VIP4", "PORT": 80, "PROTO": 6, "MODE": "nat", "SCHED": "roundrobin"}}
	$(rip web rs1 "$(rs4 1)" ', "PORT": 7000')
	$(flow_requests <<<"flow a permit
		match proto tcp dst $VIP4
		flow b deny
		match proto tcp dst $VIP4
		flow c director two
		match")
	EOT
	served rs1 tcp "$VIP4" 80
	assert_eq "no director there" ECONNREFUSED "$(asks tcp "$VIP4" 81)"
	served rs2 tcp "$POOL4.1" 80
	assert_match "hits" "^a:[23]( c:[0-9]+)?$" "$(hits)"
}

denies() {
	local service="$(director web nat ", \"ADDR\": \"$VIP4\", \"PROTO\": 6")"

	commit <<-EOT
	$service
	$(rip web rs1 "$(rs4 1)" ', "PORT": 7000')
	EOT
	lb zero
	assert_eq "open" ok "$(tell client open c tcp "$VIP4" 80)"
	assert_match "before" "^rs1 " "$(tell client say c x)"
	assert "ping" pings "$VIP4"
	flow_requests <<<"flow f deny
		match proto tcp dst $VIP4
		match proto udp
		match proto icmp icmptype 8 dst $VIP4" | edit
	assert_eq "the conn there was" timeout "$(tell client say c x)"
	assert_eq "a new one" timeout "$(tell client open d tcp "$VIP4" 80)"
	assert_eq "udp" timeout "$(asks udp "$VIP4" 81)"
	refute "ping" pings "$VIP4"
	assert "ping of another address" pings "$LB4"
	assert_between "refused" 4 99 "$(counter drop_flow)"
	assert_eq "hits" "f:$(counter drop_flow)" "$(hits)"
	drop_flows f
	# What was said meanwhile is sent again, the later the longer it took.
	assert "after" wait_for 40 hears_rs1 c
	books_balance
}

# A conn remembers that it may pass; another commit of flows asks again.
judges_conns_once() {
	commit <<-EOT
	$(director d nat)
	$(rip d rs1 "$(rs4 1)" ', "PORT": 7000')
	$(flow_requests <<<"flow a deny
		match proto udp dstport 9
		flow b director d
		match proto udp dst $POOL4.0/24")
	EOT
	assert_eq "open" ok "$(tell client open c udp "$POOL4.1" 80)"
	assert_match "first" "^rs1 " "$(tell client say c x)"
	assert_match "second" "^rs1 " "$(tell client say c x)"
	assert_eq "hits of one conn" "b:1" "$(hits)"
	flow_requests <<<"flow a deny
		match proto udp dstport 80" | edit
	assert_eq "denied" timeout "$(tell client say c x)"
	assert_eq "hits" "a:1" "$(hits)"
	flow_requests <<<"flow a deny
		match proto udp srcport 7000" | edit
	assert_eq "its replies denied" timeout "$(tell client say c x)"
	assert_eq "hits" "a:1" "$(hits)"
}

by_interface() {
	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow a director one
		match iface eth0 dst $POOL4.0/24
		flow b director two
		match iface renamed dst $POOL4.0/24
		flow c deny
		match iface later")
	EOT
	served rs1 udp "$POOL4.1" 80
	assert_eq "open" ok "$(tell client open c udp "$POOL4.1" 81)"
	assert_match "first" "^rs1 " "$(tell client say c x)"
	at_exit rename_eth0 later eth0
	rename_eth0 eth0 renamed
	served rs2 udp "$POOL4.1" 82
	assert_match "a conn stays" "^rs1 " "$(tell client say c x)"
	rename_eth0 renamed later
	assert_eq "until its interface is denied" timeout \
		"$(tell client say c x)"
}

# rename_eth0 FROM TO: down in between, or old kernels refuse.
rename_eth0() {
	ip -n "$(ns lb)" -batch - <<-EOT
	link set $1 down
	link set $1 name $2
	link set $2 up
	address replace $LB6/64 dev $2 nodad
	address replace $VIP6/128 dev $2 nodad
	EOT
}

by_mark() {
	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow a director one
		match fwmark 1
		flow b deny
		match fwmark 3
		flow c director two
		match not fwmark 0 dst $POOL4.0/24")
	EOT
	on lb nft -f - <<-EOT
	table inet marks {
		chain c {
			type filter hook prerouting priority raw
			udp dport 80 meta mark set 1
			udp dport 81 meta mark set 2
			udp dport 82 meta mark set 3
		}
	}
	EOT
	at_exit on lb nft delete table inet marks
	served rs1 udp "$POOL4.1" 80
	served rs2 udp "$POOL4.1" 81
	assert_eq "denied" timeout "$(asks udp "$POOL4.1" 82)"
	unserved udp "$POOL4.1" 83
	assert_eq "open" ok "$(tell client open c udp "$POOL4.1" 80)"
	assert_match "first" "^rs1 " "$(tell client say c x)"
	on lb nft insert rule inet marks c udp dport 80 meta mark set 3 accept
	assert_eq "a conn whose packets are marked otherwise" timeout \
		"$(tell client say c x)"
}

# Packets keep their address: the server must have it. Its replies are routed.
by_gateway() {
	commit <<-EOT
	$(director four gateway)
	$(rip four rs2 "$(rs4 2)")
	$(director six gateway)
	$(rip six rs2 "$(rs6 2)")
	$(flow_requests <<<"flow f director four
		match dst $POOL4.0/24
		flow g director six
		match dst $POOL6:/64")
	EOT
	# A UDP server answers from the address it was asked at only if bound.
	echo_server rs2 rs2 udp "$POOL4.20" 5004
	echo_server rs2 rs2 udp "$POOL6:20" 5006
	served rs2 udp "$POOL4.20" 5004
	served rs2 tcp "$POOL4.20" 50000
	served rs2 udp "$POOL6:20" 5006
	served rs2 tcp "$POOL6:20" 50000
	assert_eq "conns" 4 "$(conns)"
}

# No address: nobody gets there but by flows, even by the servers' port.
flow_only() {
	commit <<-EOT
	$(two_directors)
	EOT
	unserved udp "$POOL4.1" 7000
	unserved tcp "$POOL4.1" 7000
	edit <<-EOT
	$(flow_requests <<<"flow a director one
		match dst $POOL4.1
		flow b director one
		match dst $POOL4.2
		match proto icmp
		flow c director two
		match dst $POOL4.3")
	EOT
	served rs1 udp "$POOL4.1" 7000
	served rs1 tcp "$POOL4.2" 7000
	served rs2 tcp "$POOL4.3" 7000
	assert "ICMP is for no director" pings "$VIP4"
	assert_eq "hits" "a:1 b:1 c:1" "$(hits)"
}

# A director takes what it can serve; of the wrong family, it refuses.
what_a_director_takes() {
	local refused

	commit <<-EOT
	$(director one nat ', "PROTO": 17')
	$(rip one rs1 "$(rs4 1)" ', "PORT": 7000')
	$(director two nat ', "PROTO": 6')
	$(rip two rs2 "$(rs4 2)" ', "PORT": 50000')
	$(flow_requests <<<"flow a director one
		match
		flow b director two
		match")
	EOT
	lb zero
	served rs1 udp "$POOL4.1" 80
	served rs2 tcp "$POOL4.1" 80
	refused=$(asks udp "$POOL6:1" 80)
	assert_eq "the counter for IPv6" 1 "$(counter drop_no_server)"
	assert_eq "IPv6" ECONNREFUSED "$refused"
}

ten_thousand() {
	{
		two_directors
		seq 0 9999 | awk '{
			if ($1 % 100 == 0)
				printf "FLOW_SET {\"FLOW\": {\"NAME\": \"f%d\", \"POLICY\": \"director\", \"DIRECTOR\": \"one\"}}\n", $1 / 100
			printf "RULE_ADD {\"RULE\": {\"FLOW\": \"f%d\", \"PROTO\": 17, \"DST\": \"10.1.%d.%d\", \"DSTPORT\": %d}}\n", $1 / 100, $1 / 100, $1 % 100, $1 + 1000
		}'
		flow_requests <<<"flow last director two
			match proto udp dst 10.1.0.0/16"
	} | commit
	assert_eq "rules" 10001 "$(flows | jq '[.[] | select(.RULE)] | length')"
	served rs1 udp 10.1.0.0 1000
	served rs1 udp 10.1.99.99 10999
	served rs1 udp 10.1.42.7 5207
	served rs2 udp 10.1.42.7 5208
	assert_eq "hits" "f0:1 f42:1 f99:1 last:1" "$(hits)"
}

at_most_65535() {
	[ "$L4LB_SLOW" = 1 ] || skip "65,536 messages take minutes on a debug kernel"
	commit </dev/null
	{
		echo 'TXN_BEGIN {}'
		echo 'FLOW_SET {"FLOW": {"NAME": "f", "POLICY": "deny"}}'
		seq 65536 | sed 's/.*/RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 17}}/'
	} >"$WORK/requests"
	assert_match "one too many" \
		'^ENOSPC: more than 65535 .*request 65538' \
		"$(tell raw s FILE "$WORK/requests")"
	assert_match "the transaction is gone" "^ENOENT" \
		"$(tell raw s TXN_ABORT)"
}

# A commit that does not touch flows shares them, hits included.
hits_stay() {
	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow a director one
		match dst $POOL4.0/24")
	EOT
	served rs1 udp "$POOL4.1" 80
	rip two rs1 "$(rs4 1)" | edit
	assert_eq "after another commit" "a:1" "$(hits)"
	served rs1 udp "$POOL4.1" 81
	assert_eq "and on" "a:2" "$(hits)"
	lb zero
	assert_eq "zero" "" "$(hits)"
	served rs1 udp "$POOL4.1" 82
	assert_eq "from there" "a:1" "$(hits)"
}

# What was set is told, in order, with an index; nets by their first address.
dump_is_what_was_set() {
	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow a director one
		match iface eth0 not proto tcp src 10.0.0.0/8 not dst 10.1.0.1-10.1.0.9 fwmark 4294967295
		ignore proto udp not srcport 0:65535 dstport 53
		ignore proto icmp icmptype 0
		flow b-B_2 skip
		flow c deny
		match not src 2001:db8::/32 dst ::/0 proto tcp dstport 1:1
		match src 0.0.0.0
		match
		flow d permit")
	EOT
	sed -n '/^\(FLOW_SET\|RULE_ADD\) /s///p' "$WORK/requests" |
		jq -Sc . >"$WORK/set"
	flows | jq -Sc '.[] | del(.GENERATION) | if .FLOW then
		del(.FLOW.HITS, .FLOW.RULES) else del(.RULE.INDEX) end' \
		>"$WORK/told"
	assert "dump" diff "$WORK/set" "$WORK/told"
	assert_eq "indexes" "1 2 3 1 2 3" "$(flows | jq -r \
		'[.[] | select(.RULE).RULE.INDEX] | join(" ")')"
	assert_eq "numbers of rules" "3 0 3 0" "$(flows | jq -r \
		'[.[] | select(.FLOW).FLOW.RULES] | join(" ")')"
	# Replaced in place, and empty; another at the end.
	edit <<-EOT
	RULE_ADD {"RULE": {"FLOW": "d", "SRC": "10.1.2.3", "SRC_PLEN": 16}}
	FLOW_SET {"FLOW": {"NAME": "a", "POLICY": "permit"}}
	FLOW_DEL {"FLOW": {"NAME": "c"}}
	FLOW_SET {"FLOW": {"NAME": "c", "POLICY": "permit"}}
	EOT
	assert_eq "flows" "a:permit:0 b-B_2:skip:0 d:permit:1 c:permit:0" \
		"$(flows | jq -r '[.[] | select(.FLOW).FLOW |
			"\(.NAME):\(.POLICY):\(.RULES)"] | join(" ")')"
	assert_eq "net" "10.1.0.0" \
		"$(flows | jq -r '.[] | select(.RULE).RULE.SRC')"
}

# REQUEST | REASON
refusals() {
	local request reason long

	commit <<-EOT
	$(two_directors)
	$(flow_requests <<<"flow f deny
		match proto udp dstport 99")
	EOT
	flows >"$WORK/before"
	long=$(printf 'x%.0s' {1..28})
	while IFS='|' read -r request reason; do
		must raw s TXN_BEGIN
		assert_match "$request" "^$reason" "$(tell raw s "$request")"
		tell raw s TXN_ABORT >/dev/null
	done <<-EOT
	FLOW_SET|EINVAL: LB_A_FLOW is missing
	FLOW_SET {"FLOW": {"POLICY": "deny"}}|EINVAL: the flow's name
	FLOW_SET {"FLOW": {"NAME": "a.b", "POLICY": "deny"}}|EINVAL: the flow's name
	FLOW_SET {"FLOW": {"NAME": "", "POLICY": "deny"}}|EINVAL: the flow's name
	FLOW_SET {"FLOW": {"NAME": "$long", "POLICY": "deny"}}|(EINVAL|ERANGE): 
	FLOW_SET {"FLOW": {"NAME": "a"}}|EINVAL: a flow needs a policy
	FLOW_SET {"FLOW": {"NAME": "a", "POLICY": "table"}}|EINVAL: no such policy
	FLOW_SET {"FLOW": {"NAME": "a", "POLICY": "director"}}|EINVAL: the director's name
	FLOW_SET {"FLOW": {"NAME": "a", "POLICY": "deny", "DIRECTOR": "one"}}|EINVAL: only the policy director
	FLOW_SET {"FLOW": {"NAME": "a", "POLICY": "deny", "RULES": 1}}|EINVAL: 
	FLOW_DEL {"FLOW": {"NAME": "nope"}}|ENOENT: no such flow
	RULE_ADD|EINVAL: LB_A_RULE is missing
	RULE_ADD {"RULE": {"PROTO": 6}}|EINVAL: the flow's name
	RULE_ADD {"RULE": {"FLOW": "nope"}}|ENOENT: no such flow
	RULE_ADD {"RULE": {"FLOW": "f", "INDEX": 1}}|EINVAL: 
	RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 47}}|EINVAL: the protocol must be
	RULE_ADD {"RULE": {"FLOW": "f", "DSTPORT": 80}}|EINVAL: a port needs
	RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 1, "SRCPORT": 80}}|EINVAL: a port needs
	RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 6, "NOT": 2, "DSTPORT": 80}}|EINVAL: a port needs
	RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 6, "DSTPORT_LAST": 80}}|EINVAL: the first port
	RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 6, "DSTPORT": 81, "DSTPORT_LAST": 80}}|EINVAL: the last port is below
	RULE_ADD {"RULE": {"FLOW": "f", "ICMPTYPE": 8}}|EINVAL: an ICMP type needs
	RULE_ADD {"RULE": {"FLOW": "f", "PROTO": 1, "NOT": 2, "ICMPTYPE": 8}}|EINVAL: an ICMP type needs
	RULE_ADD {"RULE": {"FLOW": "f", "NOT": 8}}|EINVAL: a condition that is absent
	RULE_ADD {"RULE": {"FLOW": "f", "NOT": 256}}|EINVAL: 
	RULE_ADD {"RULE": {"FLOW": "f", "IFACE": "a/b"}}|EINVAL: not an interface
	RULE_ADD {"RULE": {"FLOW": "f", "IFACE": "abcdefghijklmnop"}}|(EINVAL|ERANGE): 
	RULE_ADD {"RULE": {"FLOW": "f", "SRC": "hex:0102030405"}}|EINVAL: not an address
	RULE_ADD {"RULE": {"FLOW": "f", "SRC": "10.0.0.1", "SRC_PLEN": 33}}|EINVAL: the prefix length
	RULE_ADD {"RULE": {"FLOW": "f", "SRC": "::1", "SRC_PLEN": 129}}|(EINVAL|ERANGE): 
	RULE_ADD {"RULE": {"FLOW": "f", "SRC_PLEN": 8}}|EINVAL: the address is missing
	RULE_ADD {"RULE": {"FLOW": "f", "DST_LAST": "10.0.0.1"}}|EINVAL: the address is missing
	RULE_ADD {"RULE": {"FLOW": "f", "DST": "10.0.0.2", "DST_LAST": "10.0.0.1"}}|EINVAL: the last address is below
	RULE_ADD {"RULE": {"FLOW": "f", "DST": "10.0.0.2", "DST_LAST": "::1"}}|EINVAL: the first and last
	RULE_ADD {"RULE": {"FLOW": "f", "DST": "10.0.0.2", "DST_LAST": "10.0.0.3", "DST_PLEN": 8}}|EINVAL: both a last
	RULE_ADD {"RULE": {"FLOW": "f", "SRC": "10.0.0.2", "DST": "::1"}}|EINVAL: source and destination
	DIRECTOR_SET {"DIRECTOR": {"NAME": "a", "MODE": "nat", "SCHED": "roundrobin", "PORT": 80}}|EINVAL: a port without
	EOT
	assert_match "commit of an unknown director" \
		"^ENOENT: a flow names a director" "$(refused_commit \
		'FLOW_SET {"FLOW": {"NAME": "a", "POLICY": "director", "DIRECTOR": "nope"}}')"
	assert_match "commit of two families" \
		"^EINVAL: a server's address family" "$(refused_commit \
		"$(rip one six "$(rs6 1)")")"
	flows >"$WORK/after"
	assert "flows are as before" cmp "$WORK/before" "$WORK/after"
}

refused_commit() {
	must raw s TXN_BEGIN
	must raw s "$1"
	tell raw s TXN_COMMIT
}

as_the_model() {
	local seed=${L4LB_SEED:-$RANDOM}

	add_ns sender judge
	add_link sender eth0 judge eth0
	add_link sender eth1 judge eth1
	# No map: 6.12 walks them against its own RCU rules, lockdep says.
	on judge nft -f - <<-EOT
	table inet marks {
		chain c {
			type filter hook prerouting priority raw
			$(printf 'ip%s dscp %s meta mark set %s\n' "" 1 1 "" 2 2 \
				"" 3 3 6 1 1 6 2 2 6 3 3)
		}
	}
	EOT
	echo "seed $seed"
	assert "agreement" python3 "$SELFTESTS/lib/flows.py" agree \
		"$TOP/include/uapi/linux/l4lb.h" "/run/netns/$(ns sender)" \
		"/run/netns/$(ns judge)" "$seed" 8 250
}

run_case "ports: a range ends where it ends, tcp and udp [C47,C48]" port_edges
run_case "addresses: ranges and nets, v4 and v6 [C48]" address_edges
run_case "order: first match decides, ignore leaves the flow" \
	first_match_decides
run_case "not: negates one condition" negated
run_case "permit: ends flows, not directors" permit_goes_on
run_case "deny: tcp, udp, icmp and the conns there are" denies
run_case "deny: asks a conn once for each commit of flows" judges_conns_once
run_case "iface: by name, renamed or not" by_interface
run_case "fwmark: set by nftables" by_mark
run_case "gateway: keeps the address, v4 and v6 [C46,C48]" by_gateway
run_case "director: without address only through flows [C46]" flow_only
run_case "director: takes its protocol, refuses the other family" \
	what_a_director_takes
L4LB_CASE_LIMIT=180 run_case "10,000 rules: in one transaction, the right one decides" ten_thousand
L4LB_CASE_LIMIT=180 run_case "65,535 rules: not one more" at_most_65535
run_case "hits: stay over a commit of something else" hits_stay
run_case "dump: what was set" dump_is_what_was_set
run_case "kernel: refuses bad flows with a reason" refusals
run_case "random: rules and packets, decided as by the model" as_the_model

finish
