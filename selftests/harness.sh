#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The harness tested by itself: what a failing case looks like, deadlines, and
# the two topologies without a balancer in them.
. "$(dirname "$0")/lib.sh"

# --- reporting: a run of a made-up area, its output in $WORK/sub ---

# sub_run [OPTION...] <BODY: an area that consists of BODY.
sub_run() {
	mkdir -p "$WORK/selftests"
	cp "$SELFTESTS/run" "$WORK/selftests/"
	{
		echo ". '$SELFTESTS/lib.sh'"
		cat
	} >"$WORK/selftests/made-up.sh"
	L4LB_CASE='' L4LB_KO=/nowhere bash "$WORK/selftests/run" "$@" \
		>"$WORK/sub" 2>&1
}

sub_has() {
	assert "the run says '$1'" grep -qxE -- "$1" "$WORK/sub"
}

reports_a_pass() {
	assert "run" sub_run <<-'EOT'
	good() { assert_eq "one" 1 1; }
	run_case "good" good
	finish
	EOT
	sub_has 'ok 1 made-up: good # time=[0-9]+ms'
	sub_has '1 passed, 0 failed'
}

reports_a_failure() {
	refute "run" sub_run <<-'EOT'
	bad() { assert_eq "one" 1 2; }
	good() { assert_eq "one" 1 1; }
	run_case "bad" bad
	run_case "good" good
	finish
	EOT
	sub_has 'not ok 1 made-up: bad # time=[0-9]+ms'
	sub_has "# failed: one: expected '1', got '2'"
	sub_has 'ok 2 made-up: good .*'
	sub_has '1 passed, 1 failed'
}

reports_a_failed_command() {
	refute "run" sub_run <<-'EOT'
	bad() { assert_eq "one" 1 1; false; true; }
	run_case "bad" bad
	finish
	EOT
	sub_has '# line [0-9]+: status 1 of: false'
}

refuses_silence() {
	refute "run" sub_run <<-'EOT'
	silent() { true; }
	leaves() { assert_eq "one" 1 1; exit 0; }
	run_case "silent" silent
	run_case "leaves" leaves
	finish
	EOT
	sub_has 'not ok 1 made-up: silent .*'
	sub_has 'not ok 2 made-up: leaves .*'
	sub_has '0 passed, 2 failed'
}

refuses_a_second_name() {
	refute "run" sub_run <<-'EOT'
	good() { assert_eq "one" 1 1; }
	run_case "good" good
	run_case "good" good
	finish
	EOT
	sub_has 'not ok 2 made-up: good .*'
}

reports_a_dead_area() {
	refute "run" sub_run <<-'EOT'
	good() { assert_eq "one" 1 1; }
	run_case "good" good
	exit 0
	EOT
	sub_has 'not ok 2 made-up: runs to its end'
}

ends_a_hanging_case() {
	refute "run" env L4LB_CASE_LIMIT=1 bash -c "$(declare -f sub_run)
	SELFTESTS=$SELFTESTS WORK=$WORK
	sub_run" <<-'EOT'
	hangs() { assert_eq "one" 1 1; sleep 1000; }
	run_case "hangs" hangs
	finish
	EOT
	sub_has '# took too long'
}

skip_is_not_a_pass() {
	refute "a run of skips" sub_run <<-'EOT'
	skips() { skip "no such luck"; }
	run_case "skips" skips
	finish
	EOT
	sub_has 'ok 1 made-up: skips # SKIP no such luck'
	sub_has '0 passed, 0 failed'
}

strict_fails_a_skip() {
	refute "run" sub_run --strict <<-'EOT'
	skips() { skip "no such luck"; }
	run_case "skips" skips
	finish
	EOT
	sub_has 'not ok 1 made-up: skips # SKIP no such luck'
	sub_has '0 passed, 1 failed'
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

run_case "report: a good case passes" reports_a_pass
run_case "report: a bad case fails and says why" reports_a_failure
run_case "report: a failed command fails the case" reports_a_failed_command
run_case "report: a silent case fails" refuses_silence
run_case "report: a name used twice fails" refuses_a_second_name
run_case "report: an area that dies fails" reports_a_dead_area
run_case "report: a hanging case is ended" ends_a_hanging_case
run_case "report: a skip is no pass" skip_is_not_a_pass
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
