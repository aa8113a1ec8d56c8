#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The harness tested by itself: what a failing case looks like, deadlines, and
# the two topologies without a balancer in them.
. "$(dirname "$0")/lib.sh"

# --- reporting: runs of made-up areas, their output in $WORK/out/AREA ---

# sub_run AREA [OPTION...] <BODY: what the area consists of.
sub_run() {
	local area=$1

	shift
	mkdir -p "$WORK/selftests" "$WORK/out"
	cp "$SELFTESTS/run" "$WORK/selftests/"
	{
		echo ". '$SELFTESTS/lib.sh'"
		cat
	} >"$WORK/selftests/$area.sh"
	L4LB_CASE='' L4LB_SLOW=1 L4LB_CASE_LIMIT=8 L4LB_KO=/nowhere \
		bash "$WORK/selftests/run" "$@" "$area" >"$WORK/out/$area" 2>&1
	echo "status $?" >>"$WORK/out/$area"
}

# run_says AREA REGEX: a whole line of the run's output.
run_says() {
	assert "'$2' in: $(cat "$WORK/out/$1")" grep -qxE -- "$2" "$WORK/out/$1"
}

run_all_kinds() {
	sub_run kinds <<-'EOT'
	good() { assert_eq "one" 1 1; }
	bad() { assert_eq "one" 1 2; }
	command() { assert_eq "one" 1 1; false; true; }
	silent() { true; }
	leaves() { assert_eq "one" 1 1; exit 0; }
	hangs() { assert_eq "one" 1 1; sleep 1000; }
	skips() { skip "no such luck"; }
	for f in good bad command silent leaves hangs skips good; do
		run_case $f $f
	done
	finish
	EOT
	sub_run dead <<-'EOT'
	exit 0
	EOT
	sub_run strict --strict <<-'EOT'
	skips() { skip "no such luck"; }
	run_case "skips" skips
	finish
	EOT
}

# Names as areas write them: quoted, over two lines, made by a function.
prints_rows() {
	sub_run rows --rows <<-'EOT'
	exit 1
	# run_case "not a call [C71]"
	run_case "v4: one [C42 C87]" one
		run_case "v$family: two [C43,C87]" \
			two
	made_by three C44,C45
	EOT
	assert_eq "rows of cases" "$(cat <<-'EOT'
	C42 rows: v4: one
	C43 rows: v4, v6: two
	C44 rows: made_by three
	C45 rows: made_by three
	C87 rows: v4, v6: two
	C87 rows: v4: one
	EOT
	)" "$(grep 'rows:' "$WORK/out/rows")"
	run_says rows 'C71 none'
	run_says rows 'status 0'
}

reports_a_pass() {
	run_says kinds 'ok 1 kinds: good # time=[0-9]+ms'
}

reports_a_failure() {
	run_says kinds 'not ok 2 kinds: bad # time=[0-9]+ms'
	run_says kinds "# failed: one: expected '1', got '2'"
}

reports_a_failed_command() {
	run_says kinds 'not ok 3 kinds: command .*'
	run_says kinds '# line [0-9]+: status 1 of: false'
}

refuses_silence() {
	run_says kinds 'not ok 4 kinds: silent .*'
	run_says kinds 'not ok 5 kinds: leaves .*'
}

ends_a_hanging_case() {
	run_says kinds 'not ok 6 kinds: hangs .*'
	run_says kinds '# took too long'
}

skip_is_not_a_pass() {
	run_says kinds 'ok 7 kinds: skips # SKIP no such luck'
}

refuses_a_second_name() {
	run_says kinds 'not ok 8 kinds: good .*'
	run_says kinds '# a second case of this name'
}

sums_up() {
	run_says kinds '1\.\.8'
	run_says kinds '1 passed, 6 failed'
	run_says kinds 'status 1'
}

reports_a_dead_area() {
	run_says dead 'not ok 1 dead: runs to its end'
	run_says dead 'status 1'
}

strict_fails_a_skip() {
	run_says strict 'not ok 1 strict: skips # SKIP no such luck'
	run_says strict '0 passed, 1 failed'
	run_says strict 'status 1'
}

# --- waiting and cleaning up ---

wait_keeps_its_deadline() {
	local start took

	start=$(now_ms)
	refute "waiting for what never comes" wait_for 1 false
	took=$(($(now_ms) - start))
	assert_between "ms waited" $((1000 * L4LB_SLOW)) \
		$((4000 * L4LB_SLOW)) "$took"
}

wait_ends_early() {
	local start

	start=$(now_ms)
	wait_for 30 test -d /
	assert_between "ms waited" 0 $((5000 * L4LB_SLOW)) \
		$(($(now_ms) - start))
}

case_cleans_up() {
	(
		undo=()
		trap run_undo EXIT
		add_ns gone
		background on gone sleep 1000
		echo $! >"$WORK/pid"
		wait_for 5 grep -q sleep "/proc/$!/comm"
	)
	refute "the namespace is there" test -e "/run/netns/$(ns gone)"
	refute "its program runs" kill -0 "$(cat "$WORK/pid")"
}

# --- the topologies ---

reaches_servers() {
	local i

	for i in 1 2; do
		assert_eq "rs$i over IPv4" "rs$i" "$(get client "$(rs4 $i)")"
		assert_eq "rs$i over IPv6" "rs$i" "$(get client "$(rs6 $i)")"
	done
}

echoes() {
	echo_server rs1 one "$1" '*' 7
	assert_eq "IPv4" "one $CLIENT4 4000 hello" \
		"$(ask client "$1" "$(rs4 1)" 7 hello 4000)"
	assert_eq "IPv6" "one $CLIENT6 4001 hello" \
		"$(ask client "$1" "$(rs6 1)" 7 hello 4001)"
}

# The servers have the VIP too, and must not answer for it.
vip_is_the_balancers() {
	arp_reset client
	on client ping -qc1 -W "$((2 * L4LB_SLOW))" "$VIP4"
	on client ping -qc1 -W "$((2 * L4LB_SLOW))" "$VIP6"
	for vip in "$VIP4" "$VIP6"; do
		assert_eq "owner of $vip" "$(mac_of lb eth0)" "$(
			ip -n "$(ns client)" -j neigh show "$vip" |
				jq -r '.[0].lladdr')"
	done
}

captures() {
	capture rs1 eth0 "$WORK/pcap" tcp port 80
	get client "$(rs4 1)"
	capture_end
	assert_eq "SYNs" 1 "$(captured "$WORK/pcap" \
		'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn')"
}

resolves() {
	dns_server rs1 one "$(rs4 1)" 53
	assert_eq "TXT record" one "$(dns_ask client "$(rs4 1)")"
}

transfers() {
	iperf_server rs1 "$(rs4 1)" 5201
	assert_eq "bytes sent" 1048576 \
		"$(iperf_send client "$(rs4 1)" 5201 1048576)"
}

sends_a_file() {
	head -c 10000000 /dev/urandom >"$WORK/sent"
	file_server rs1 "$(rs6 1)" 9 "$WORK/got"
	send_file client "$(rs6 1)" 9 "$WORK/sent"
	assert "the file is intact" wait_for 10 cmp "$WORK/sent" "$WORK/got"
}

# On two arms the balancer is a router, and the servers see the client.
routes_through_balancer() {
	capture lb eth1 "$WORK/pcap" tcp port 80
	reaches_servers
	capture_end
	assert_eq "SYNs on the inner arm" 4 "$(captured "$WORK/pcap" \
		'(tcp[13] & 18 = 2) or (ip6 and ip6[53] & 18 = 2)')"
}

run_all_kinds
run_case "rows: each with the cases that prove it" prints_rows
run_case "report: a good case passes" reports_a_pass
run_case "report: a bad case fails and says why" reports_a_failure
run_case "report: a failed command fails the case" reports_a_failed_command
run_case "report: a silent case fails" refuses_silence
run_case "report: a hanging case is ended" ends_a_hanging_case
run_case "report: a skip is no pass" skip_is_not_a_pass
run_case "report: a name used twice fails" refuses_a_second_name
run_case "report: the last line sums up" sums_up
run_case "report: an area that dies fails" reports_a_dead_area
run_case "report: strict makes a skip a failure" strict_fails_a_skip
run_case "wait: keeps its deadline" wait_keeps_its_deadline
run_case "wait: ends as soon as the condition holds" wait_ends_early
run_case "clean-up: takes namespaces and programs away" case_cleans_up

topo_one_arm 2
http_server rs1 rs1 '*' 80
http_server rs2 rs2 '*' 80
run_case "one arm: the client reaches each server" reaches_servers
run_case "one arm: only the balancer answers for the VIP" vip_is_the_balancers
run_case "one arm: tcp: the echo names the client" echoes tcp
run_case "one arm: udp: the echo names the client" echoes udp
run_case "one arm: a capture sees the packets" captures
run_case "one arm: dig is answered" resolves
run_case "one arm: iperf3 sends" transfers
run_case "one arm: a file arrives intact" sends_a_file
run_undo

topo_two_arm 2
http_server rs1 rs1 '*' 80
http_server rs2 rs2 '*' 80
run_case "two arms: traffic is routed by the balancer" routes_through_balancer
run_case "two arms: tcp: the echo names the client" echoes tcp
run_case "two arms: udp: the echo names the client" echoes udp
finish
