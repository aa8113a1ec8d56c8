#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the words of the language do, seen by real clients: which director a
# packet is for, its defaults, the algorithms (schedulers.sh has them against a
# model), and what `lbctl explain` says about all that.
. "$(dirname "$0")/lib.sh"

topo_two_arm 3
NEIGHBOUR4=$OUT4.3 VIP4B=$OUT4.101
add_addr client eth0 "$NEIGHBOUR4/24"
add_addr lb eth0 "$VIP4B/32"
for i in 1 2 3; do
	echo_server "rs$i" "rs$i" both '*' 1 80 81 65535
done
agent client

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
	lb zero
}

# director NAME PLACE PROTO BALANCE [KEYWORDS...]: a server for each KEYWORDS.
director() {
	local i

	printf 'director %s %s %s\n' "${@:1:3}"
	printf '\t%s\n' "balance $4" 'mode nat'
	for ((i = 1; i <= $# - 4; i++)); do
		printf '\tserver rs%d %s %s\n' $i "$(rs4 $i)" "${@:4 + i:1}"
	done
}

# burst COUNT PROTO ADDR PORT [FROM]
burst() {
	tell client burst "$@"
}

# says FILE: the problems that lbctl finds, without their context.
says() {
	lb validate - <"$1" 2>&1 | grep '^<stdin>:[0-9]'
}

# --- which director ---

# All ports of the address are rs1's, but one, and that only for TCP.
any_port() {
	config <<-EOT
	$(director all "$VIP4" TCP roundrobin "")
	$(director exact "$VIP4:81" TCP roundrobin "" "" | grep -v rs1)
	EOT
	assert_eq "ports 1, 80, 65535" "rs1 rs1 rs1" "$(burst 1 tcp "$VIP4" \
		1) $(burst 1 tcp "$VIP4" 80) $(burst 1 tcp "$VIP4" 65535)"
	assert_eq "port 81" "rs2 rs2" "$(burst 2 tcp "$VIP4" 81)"
	assert_eq "server ports" "1 80 65535 81" \
		"$(lb show connections --json | jq -r '[.connections[] |
			{server_port, server}] | unique | sort_by(.server,
			.server_port) | map(.server_port) | join(" ")')"
	config <<<"$(director all "$VIP4" TCP roundrobin "")"
	assert_eq "the exact one is gone" rs1 "$(burst 1 tcp "$VIP4" 81)"
	assert_eq "UDP" ECONNREFUSED "$(burst 1 udp "$VIP4" 82)"
}

# The same address and port, and either case of the word.
both_protocols() {
	config <<-EOT
	$(director t "$VIP4:80" tcp roundrobin "")
	$(director u "$VIP4:80" Udp roundrobin "" "" | grep -v rs1)
	$(director v "$VIP4:81" UDP roundrobin "" "" | grep -v rs1)
	$(director w "$VIP4:81" Tcp roundrobin "")
	EOT
	assert_eq "TCP" "rs1 rs1" \
		"$(burst 1 tcp "$VIP4" 80) $(burst 1 tcp "$VIP4" 81)"
	assert_eq "UDP" "rs2 rs2" \
		"$(burst 1 udp "$VIP4" 80) $(burst 1 udp "$VIP4" 81)"
	assert_eq "saved" "TCP UDP UDP TCP" \
		"$(lb save | awk '/^director/ {printf "%s%s", sep, $4; sep = " "}')"
	assert_eq "four services" "t u v w" "$(lb show directors --json |
		jq -r '[.directors[].name] | join(" ")')"
}

doubles() {
	cat >"$WORK/doubles" <<-EOT
	director web $VIP4:80 TCP
	    mode nat
	    server a $(rs4 1)
	    server a $(rs4 2)
	director web $VIP4:81 TCP
	    mode nat
	    server a $(rs4 1)
	director same $VIP4:80 tcp
	    mode nat
	    server a $(rs4 1)
	director other $VIP4:80 udp
	    mode nat
	    server a $(rs4 1)
	director net $OUT4.0/24
	    mode nat
	    server a $(rs4 1)
	EOT
	assert_eq "problems" "$(cat <<-EOT
	<stdin>:4:12: error: server 'a' is already defined on line 3
	<stdin>:5:10: error: director 'web' is already defined on line 1
	<stdin>:8:15: error: $VIP4:80 TCP is already taken by director 'web' on line 1
	<stdin>:14:14: error: $OUT4.0/24 is a range; a director takes one address
	EOT
	)" "$(says "$WORK/doubles")"
}

defaults() {
	config <<-EOT
	director web $VIP4
	    server rs1 $(rs4 1)
	    server rs2 $(rs4 2)
	EOT
	assert_eq "algorithm, mode, protocol" "leastconn nat TCP" \
		"$(director_of web '| "\(.balance) \(.mode) \(.protocol)"')"
	assert_eq "weights" "1 1 1 1" "$(lb show servers --json |
		jq -r '[.servers[] | .weight, .effective_weight] | join(" ")')"
	must client open a tcp "$VIP4" 80
	must client open b tcp "$VIP4" 81
	assert_eq "least conns" "rs1 rs2" \
		"$(tell client chat a 1) $(tell client chat b 1)"
	assert_eq "server ports are the packets'" "80 81" \
		"$(lb show connections --json | jq -r \
			'[.connections[].server_port] | sort | join(" ")')"
	must client reset b
	wait_for 5 is_equal 0 server_of web rs2 active
	assert_eq "least conns again" rs2 "$(burst 1 tcp "$VIP4" 80)"
}

aliases() {
	local -A words=([shortestexpected]=shortexpdelay [ovf]=ovh
		[least-connections]=leastconn [hash-source]=source
		[hash-destination]=dest [hash-source-dest]=srcdst
		[shortest-expected-delay]=shortexpdelay
		[never-queue]=neverqueue)
	local word port=1000 expected=()

	for word in "${!words[@]}"; do
		director "$word" "$VIP4:$port" TCP "$word" "weight 2" ""
		port=$((port + 1))
	done | config
	for word in "${!words[@]}"; do
		expected+=("$word ${words[$word]}")
	done
	assert_eq "what is shown" "$(printf '%s\n' "${expected[@]}" | sort)" \
		"$(lb show directors --json |
			jq -r '.directors[] | "\(.name) \(.balance)"' | sort)"
	assert_eq "what is saved" "$(printf '%s\n' "${words[@]}" | sort)" \
		"$(lb save | awk '$1 == "balance" {print $2}' | sort)"
}

run_case "any port: all ports, but an exact one goes first [C45 C101]" any_port
run_case "protocol: TCP and UDP beside each other, in either case [C42 C44 C49]" \
	both_protocols
run_case "doubles: of names and keys are refused [C43 C44 C47 C100]" doubles
run_case "defaults: leastconn, weight 1, the packet's port [C50 C51 C101 C102]" \
	defaults
run_case "aliases: have one canonical form [C63]" aliases

# --- algorithms, as clients see them ---

failover() {
	director web "$VIP4:80" UDP fo "weight 1" "weight 3" "weight 2" |
		config
	assert_eq "the heaviest" "rs2 rs2 rs2" "$(burst 3 udp "$VIP4" 80)"
	lb set server web/rs2 down
	assert_eq "it fails" "rs3 rs3" "$(burst 2 udp "$VIP4" 80)"
	lb set server web/rs3 drain
	assert_eq "the next one, too" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	lb set server web/rs3 up
	lb set server web/rs2 up
	assert_eq "back" "rs2 rs2" "$(burst 2 udp "$VIP4" 80)"
}

# With equal weights the first line wins; its place is part of the config.
line_order() {
	local web

	web=$(director web "$VIP4:80" UDP fo "" "" "")
	config <<<"$web"
	assert_match "warning" "equal weights" "$(cat "$WORK/apply")"
	assert_eq "the first line" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	{
		sed '/server/d' <<<"$web"
		grep server <<<"$web" | sort -r
	} | apply
	assert_eq "the new first line" "rs3 rs3" "$(burst 2 udp "$VIP4" 80)"
	assert_eq "saved in that order" "rs3 rs2 rs1" "$(lb save |
		awk '$1 == "server" {printf "%s%s", sep, $2; sep = " "}')"
	assert_eq "conns of rs1 are still counted" "2 2" \
		"$(server_of web rs1 conns) $(server_of web rs1 active)"
}

# TCP, because only there a conn becomes inactive.
overflow() {
	local i

	director web "$VIP4:80" TCP ovh "weight 1" "weight 2" | config
	for i in a b c d e; do
		must client open $i tcp "$VIP4" 80
	done
	assert_eq "to the weight and one more" "rs2 rs2 rs2 rs1 rs1" \
		"$(for i in a b c d e; do tell client chat $i 1; done | xargs)"
	assert_eq "over" ECONNREFUSED "$(tell client open f tcp "$VIP4" 80)"
	must client close a
	wait_for 5 is_equal "2 1" server_of web rs2 \
		'| "\(.active) \(.inactive)"'
	must client open f tcp "$VIP4" 80
	assert_eq "an inactive one does not count" rs2 "$(tell client chat f 1)"
	director web "$VIP4:80" UDP ovh "weight 1" "weight 2" >"$WORK/udp"
	assert_match "UDP" "warning: ovh on UDP" "$(says "$WORK/udp")"
}

# Each of them for its own port; a client's ports and addresses differ.
hashes() {
	local name port=8000 all

	for name in source dest srcdst mh "source port" "mh port"; do
		port=$((port + 1))
		director "h$port" "$VIP4:$port" UDP "$name" "" "" ""
		director "b$port" "$VIP4B:$port" UDP "$name" "" "" ""
	done | sed "s/\(server.*${NET4//./\\.}\.[0-9]*\)/\1:80/" | config
	for port in 8001 8002 8003 8004; do
		assert_eq "port $port: a client" 1 "$(burst 8 udp "$VIP4" $port |
			tr ' ' '\n' | sort -u | wc -l)"
	done
	assert_eq "source: at each address of the service" \
		"$(burst 1 udp "$VIP4" 8001)" "$(burst 1 udp "$VIP4B" 8001)"
	assert_eq "dest: each client" "$(burst 1 udp "$VIP4" 8002)" \
		"$(burst 1 udp "$VIP4" 8002 "$NEIGHBOUR4")"
	for port in 8005 8006; do
		all=$(burst 40 udp "$VIP4" $port | tr ' ' '\n' | sort -u | xargs)
		assert_eq "with the client port: all servers" "rs1 rs2 rs3" "$all"
	done
	assert_eq "saved" "source port" "$(lb save |
		awk '$1 == "director" {d = $2} $1 == "balance" && d == "h8005" \
			{print $2, $3}')"
}

by_delay() {
	{
		director nq "$VIP4:80" UDP neverqueue "weight 10" "" ""
		director sed "$VIP4:81" UDP shortexpdelay "" "weight 3"
	} | config
	assert_eq "neverqueue: the idle ones, then the shortest delay" \
		"rs1 rs2 rs3 rs1 rs1" "$(burst 5 udp "$VIP4" 80)"
	# (C + 1) / weight; ties go to the first line.
	assert_eq "shortexpdelay" "rs2 rs2 rs1 rs2 rs2 rs2 rs1 rs2" \
		"$(burst 8 udp "$VIP4" 81)"
}

run_case "fo: the heaviest, on failure the next, and back [C66 C67]" failover
run_case "fo: equal weights: the order of the lines, as applied [C66]" \
	line_order
run_case "ovh: weight and one more, of active conns [C68 C69]" overflow
run_case "hashes: what is in the key decides [C60 C61 C62 C70]" hashes
run_case "neverqueue, shortexpdelay: by delay, UDP too [win] [C63 C64 C65]" by_delay

# --- explain ---

# explains KEYS ARGUMENT...: values of the answer, - for what is not there.
explains() {
	lb explain "${@:2}" --json |
		jq -r "[$1] | map(. // \"-\") | map(tostring) | join(\" \")"
}

who='.decided_by, .director, .server, .counter'

explain_scheduler() {
	local before

	director web "$VIP4:80" UDP roundrobin "" "" "" | config
	before=$(lb show counters --json | jq -c '[.counters[] |
		select(.name != "in" and .kind != "pass")]')
	for _ in 1 2 3; do
		assert_eq "the next" "scheduler web rs1 -" "$(explains "$who" \
			udp "$CLIENT4:7000" "$VIP4:80")"
	done
	assert_eq "counters" "$before" "$(lb show counters --json | jq -c \
		'[.counters[] | select(.name != "in" and .kind != "pass")]')"
	assert_eq "conns" 0 "$(conns)"
	assert_eq "who really is" "rs1 rs2" "$(burst 2 udp "$VIP4" 80)"
	assert_eq "the next" "scheduler web rs3 - $(rs4 3) 80" "$(explains \
		"$who, .server_address, .server_port" \
		udp "$CLIENT4:7000" "$VIP4:80")"
	assert_eq "who really is" "rs3 rs1" "$(burst 2 udp "$VIP4" 80)"
	assert_match "as text" "server +rs2 +$(rs4 2):80"$'\n'"reason +the scheduler's next choice" \
		"$(lb explain udp "$CLIENT4:7000" "$VIP4:80")"
}

explain_known() {
	{
		director kept "$VIP4:80" UDP roundrobin "" "" "" |
			sed '1a\	option persistence'
		director web "$VIP4:81" UDP roundrobin "" "" ""
	} | config
	must client open a udp "$VIP4" 81 7000
	assert_eq "a conn" rs1 "$(tell client chat a 1)"
	assert_eq "its next packet" "conn web rs1 -" "$(explains "$who" \
		udp "$CLIENT4:7000" "$VIP4:81")"
	assert_eq "its reply" "conn web rs1 -" "$(explains "$who" \
		udp "$(rs4 1):81" "$CLIENT4:7000")"
	assert_eq "another port" "scheduler web rs2 -" "$(explains "$who" \
		udp "$CLIENT4:7001" "$VIP4:81")"
	assert_eq "a client's first" "scheduler kept rs1 -" "$(explains "$who" \
		udp "$CLIENT4:7001" "$VIP4:80")"
	assert_eq "templates made by that" "" \
		"$(lb show persistence --json | jq -r '.persistence[].server')"
	assert_eq "it comes" rs1 "$(burst 1 udp "$VIP4" 80)"
	assert_eq "its second" "template kept rs1 -" "$(explains "$who" \
		udp "$CLIENT4:7001" "$VIP4:80")"
	assert_eq "another's" "scheduler kept rs2 -" "$(explains "$who" \
		udp "$NEIGHBOUR4:7001" "$VIP4:80")"
	lb set server kept/rs1 drain
	assert_eq "when its server is drained" "scheduler kept rs2 -" \
		"$(explains "$who" udp "$CLIENT4:7001" "$VIP4:80")"
}

# fill PORT...: one conn more for each, whether somebody answers or not.
fill() {
	local port

	for port; do
		must client open x udp "$VIP4" "$port"
		must client send x 1
		must client close x
	done
}

explain_nobody() {
	{
		director off "$VIP4:80" UDP roundrobin "weight 0"
		director sorry "$VIP4:81" UDP roundrobin "weight 0" sorry
		director full "$VIP4:82" UDP roundrobin "maxconn 1" \
			"maxconn 1 sorry"
		director over "$VIP4:83" UDP ovh "weight 1"
		director mine "$VIP4:84" UDP roundrobin "" |
			sed '1a\	option connlimit 1'
	} | config
	assert_eq "no director" "nobody - - pass_no_director" \
		"$(explains "$who" tcp "$CLIENT4:7000" "$VIP4:80")"
	assert_eq "no server" "nobody off - drop_no_server" \
		"$(explains "$who" udp "$CLIENT4:7000" "$VIP4:80")"
	assert_eq "sorry" "sorry sorry rs2 -" \
		"$(explains "$who" udp "$CLIENT4:7000" "$VIP4:81")"
	fill 82
	assert_eq "all others are full" "sorry full rs2 -" \
		"$(explains "$who" udp "$CLIENT4:7000" "$VIP4:82")"
	fill 82 83 83 84
	assert_eq "all are full" "nobody full - drop_maxconn" \
		"$(explains "$who" udp "$CLIENT4:7000" "$VIP4:82")"
	assert_eq "over their weight" "nobody over - drop_overflow" \
		"$(explains "$who" udp "$CLIENT4:7000" "$VIP4:83")"
	assert_eq "the client has enough" "nobody mine - drop_client_limit" \
		"$(explains "$who" udp "$CLIENT4:7000" "$VIP4:84")"
	assert_eq "another has not" "scheduler mine rs1 -" \
		"$(explains "$who" udp "$NEIGHBOUR4:7000" "$VIP4:84")"
}

explain_flow() {
	local flow='.flow, .rule_number, .policy'

	{
		director fed "" UDP roundrobin "" ""
		director web "$VIP4:80" UDP roundrobin "" "" ""
		printf '%s\n' 'flow refuse deny' \
			"	ignore src $NEIGHBOUR4" \
			"	match proto udp dst $VIP4B dstport 9" \
			"	match proto tcp dst $VIP4B" \
			'flow feed director fed' \
			"	match iface eth0 proto udp dst $VIP4B dstport 80:81" \
			'flow through permit' '	match proto udp dstport 80'
	} | config
	assert_eq "deny" "nobody - - drop_flow refuse 3 deny" "$(explains \
		"$who, $flow" tcp "$CLIENT4:7000" "$VIP4B:80")"
	assert_eq "ignored there" "nobody - - pass_no_director - - -" \
		"$(explains "$who, $flow" tcp "$NEIGHBOUR4:7000" "$VIP4B:80")"
	assert_eq "director" "scheduler fed rs1 - feed 1 director" "$(explains \
		"$who, $flow" udp "$CLIENT4:7000" "$VIP4B:81" iface eth0)"
	assert_eq "by another interface" "nobody - - pass_no_director - - -" \
		"$(explains "$who, $flow" udp "$CLIENT4:7000" "$VIP4B:81" \
			iface eth1)"
	assert_eq "permit" "scheduler web rs1 - through 1 permit" "$(explains \
		"$who, $flow" udp "$CLIENT4:7000" "$VIP4:80" iface eth0)"
	assert_eq "hits" "0 0 0" "$(lb show flows --json |
		jq -r '[.flows[].hits] | join(" ")')"
	assert_eq "who really is" "rs1 rs2" "$(burst 2 udp "$VIP4B" 81)"
}

run_case "explain: the scheduler's next, changing nothing" explain_scheduler
run_case "explain: conns and templates" explain_known
run_case "explain: sorry and nobody, with the counter" explain_nobody
run_case "explain: the flow and rule that decide [C46 C48]" explain_flow
finish
