#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl monitor: what follows from the results of checks, for servers and their
# clients; and that it may come and go. What is asked and answered: checks.sh.
#
# Most servers are checked on a port that the case opens and closes, so that a
# server is "ill" and still serves.
. "$(dirname "$0")/lib.sh"

topo_two_arm 4
NEIGHBOUR4=$OUT4.3
# rs2 is the router there, and forwards nothing.
GONE4=10.97.0.1
add_addr client eth0 "$NEIGHBOUR4/24"
for i in 1 2 3 4; do
	echo_server "rs$i" "rs$i" tcp '*' 80
	agent "rs$i"
done
agent client
ip -n "$(ns lb)" route add 10.97.0.0/16 via "$(rs4 2)"

# well N..., ill N...: what the checks of rsN will find.
well() {
	local i

	for i; do
		must "rs$i" listen "check$i" 0.0.0.0 99
		at_exit tell "rs$i" close "check$i"
	done
}

ill() {
	local i

	for i; do
		must "rs$i" close "check$i"
	done
}

# director [LINE [CHECK_KEYWORDS [SERVERS]]]: rs1 and rs2 checked each second.
director() {
	printf 'director web %s TCP\n' "$VIP4:80"
	printf '\t%s\n' 'balance roundrobin' 'mode nat' 'option tcpcheck' \
		"check interval 1 port 99 ${2:-}" "${1:-# no option}"
	servers4 :80 check
	printf '\t%s\n' "${3:-# no other}"
}

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
}

burst() {
	tell client burst "$1" tcp "$VIP4" 80
}

# health DIRECTOR/SERVER: as the kernel has it: "up 1", "inhibited 0" ...
health() {
	lb show servers --json | jq -r --arg d "${1%/*}" --arg n "${1#*/}" \
		'.servers[] | select(.director == $d and .name == $n) |
		"\(.health) \(.effective_weight)"'
}

# becomes SERVER HEALTH: within an interval and a time-out, and some time.
becomes() {
	wait_for 4 is_equal "$2" health "$1"
}

# turns SERVER: what the log says has become of it, in order.
turns() {
	sed -nE "s|^server $1 ([a-z]+): .*|\1|p" "$monitor_log" | paste -sd ' '
}

# --- down, inhibited, and back ---

down_and_up() {
	well 1 2
	director | config
	monitor_start
	becomes web/rs1 "up 1"
	must client open a tcp "$VIP4" 80
	assert_match "a conn" "^rs[12] " "$(tell client say a x)"
	must client open b tcp "$VIP4" 80
	assert_match "another" "^rs[12] " "$(tell client say b x)"
	ill 1
	becomes web/rs1 "down 0"
	assert_eq "one conn is reset, one goes on" "ECONNRESET rs2" \
		"$({ tell client say a x; tell client say b x; } |
			cut -d' ' -f1 | sort | paste -sd ' ')"
	assert_eq "new conns" "rs2 rs2 rs2" "$(burst 3)"
	well 1
	becomes web/rs1 "up 1"
	assert_eq "back" "rs1 rs2" "$(burst 2 | tr ' ' '\n' | sort | paste -sd ' ')"
	assert_eq "told" "down up" "$(turns web/rs1)"
	assert_match "why" "^server web/rs1 down: tcp: connection refused \(was up for [0-9]+ s\)$" \
		"$(grep 'rs1 down' "$monitor_log")"
	assert_eq "of rs2" "" "$(turns web/rs2)"
}

inhibit() {
	well 1 2
	director "option persistence" inhibit | config
	monitor_start
	must client open a tcp "$VIP4" 80
	home=$(tell client say a x)
	home=${home:0:3}
	ill "${home#rs}"
	becomes "web/$home" "inhibited 0"
	assert_match "the conn goes on" "^$home " "$(tell client say a x)"
	assert_eq "its server is listed, without weight" "$home inhibited 0 1" \
		"$(lb show servers --json | jq -r --arg n "$home" '.servers[] |
			select(.name == $n) | "\(.name) \(.health)" +
			" \(.effective_weight) \(.weight)"')"
	other=rs$((3 - ${home#rs}))
	assert_eq "the same client's new conns" "$other $other" "$(burst 2)"
	assert_match "and the conn goes on" "^$home " "$(tell client say a x)"
	well "${home#rs}"
	becomes "web/$home" "up 1"
	must client close a
}

sorry() {
	well 1 2
	director "option persistence" "" "server sorry $(rs4 3):80 sorry" | config
	monitor_start
	assert_match "before" "^rs[12]$" "$(burst 1)"
	ill 1 2
	becomes web/rs1 "down 0"
	becomes web/rs2 "down 0"
	assert_eq "none is left" "rs3 rs3" "$(burst 2)"
	assert_eq "the client's home" sorry \
		"$(lb show persistence --json | jq -r '.persistence[].server')"
	well 2
	becomes web/rs2 "up 1"
	assert_eq "one is back" "rs2 rs2 rs2" "$(burst 3)"
	assert_eq "the client's home" rs2 \
		"$(lb show persistence --json | jq -r '.persistence[].server')"
}

run_case "down: conns are reset, new ones go elsewhere; up again [B10]" \
	down_and_up
run_case "inhibit: conns go on, new ones go elsewhere, persistent or not [C84 C85 C86]" \
	inhibit
run_case "sorry: from the first check that fails to the first that passes [C104 C105]" \
	sorry

# --- when: one configuration for all ---

# What the probes of port N and their server became, from the log.
sequence() {
	sed -nE "s/.*:$1 .*: http: ([0-9]+).*/\1/p; s/^server when\/$2 ([a-z]+): .*/\1/p" \
		"$monitor_log" | paste -sd ' '
}

# gap PORT N [M]: ms between request N and M, or the next, as the server saw them.
gap() {
	awk -v port="$1" -v n="$2" -v m="${3:-$(($2 + 1))}" \
		'$1 == port { t[++i] = $3 }
		END { printf "%d\n", (t[m] - t[n]) * 1000 }' "$moody_log"
}

prepare_when() {
	background on rs1 python3 "$SELFTESTS/lib/moody.py" \
		8101=503,200,503,200,200 8102=503,200,503,503 \
		8103=200 8104=200 8105=200 8106=200
	moody_log=$WORK/bg.$!
	wait_for 30 is_listening rs1 tcp 8106
	monitor_start
	# The first http check of a machine reads libcurl from the disk, which
	# takes a second of emulated time: not what these cases are about.
	printf '%s\n' "director warm $VIP4:83 TCP" "mode nat" \
		"option httpcheck" "server up $(rs4 1):8106 check" | apply
	becomes warm/up "up 1"
	when_begun=$(now_ms)
	apply <<-EOT
		director when $VIP4:81 TCP
			mode nat
			option httpcheck
			server rise $(rs4 1):8101 check interval 1 rise 2
			server fall $(rs4 1):8102 check interval 1 fall 2
			server second $(rs4 1):8103 check interval 1
			server third $(rs4 1):8104 check interval 3
			server default $(rs4 1):8105 check
			server gone $GONE4:80 check
		director again $VIP4:82 TCP
			mode nat
			option httpcheck
			server second $(rs4 1):8103 check interval 1 fall 3
	EOT
	when_applied=$(now_ms)
}

gone_is_down() {
	grep -q '^server when/gone down' "$monitor_log"
}

default_timeout() {
	wait_for 8 gone_is_down
	assert_between "ms until the server that is gone was down" 5000 20000 \
		$(($(now_ms) - when_begun))
	assert_between "ms, not counting apply" 0 7000 \
		$(($(now_ms) - when_applied))
	assert_eq "why" "http: timeout after 5 s" \
		"$(server_of when gone check_reason)"
}

came_twice() {
	[ "$(grep -c '^8105 ' "$moody_log")" -ge 2 ]
}

default_interval() {
	wait_for 12 came_twice
	assert_between "ms between two probes" 9700 10300 "$(gap 8105 1)"
}

# When a request comes is up to two busy machines; drift would add up.
intervals() {
	assert_between "1: the third after the second" 800 1200 "$(gap 8103 2)"
	assert_between "3: the third after the second" 2800 3200 "$(gap 8104 2)"
	assert_between "no drift: the ninth after the second" 6850 7150 \
		"$(gap 8103 2 9)"
}

rise_and_fall() {
	assert_match "rise 2" "^503 down 200 503 200 200 up( 200)*$" \
		"$(sequence 8101 rise)"
	assert_match "fall 2" "^503 200 503 503 down( 503)*$" \
		"$(sequence 8102 fall)"
}

# It stands still for that, or the next probe comes between the two counts; one
# may be on its way.
shared() {
	local requests results

	kill -STOP "$monitor_pid"
	at_exit kill -CONT "$monitor_pid"
	results=$(grep -c '^http .*:8103 ' "$monitor_log")
	requests=$(grep -c '^8103 ' "$moody_log")
	assert_between "requests without a result" 0 1 $((requests - results))
	assert_between "seconds" 8 60 "$requests"
	assert_eq "both have its result" "http: 200 http: 200" \
		"$(server_of when second check_reason) $(server_of again second \
			check_reason)"
}

prepare_when
run_case "timeout: by default half of the interval [C77]" default_timeout
run_case "interval: by default 10 s [C76]" default_interval
run_case "interval: a server's own, and no drift [C103]" intervals
run_case "rise, fall: so many in a row [C82 C83]" rise_and_fall
run_case "directors that check a server in the same way share a probe" shared
stop "$monitor_pid"

# --- it follows the configuration ---

# An order that changes nothing is told all the same.
listens_to_events() {
	lb set server web/rs1 up
	grep -q '"name":"rs1"' "$events"
}

follow_events() {
	background on lb stdbuf -oL lbctl events --json
	events=$WORK/bg.$!
	wait_for 10 listens_to_events
}

follows() {
	well 1 2
	monitor_start
	director | config
	becomes web/rs2 "up 1"
	director "" "" "server rs3 $(rs4 3):80 check" | apply
	becomes web/rs3 "down 0"
	assert_eq "why" "tcp: connection refused" \
		"$(server_of web rs3 check_reason)"
	director "" inhibit "server rs3 $(rs4 3):80 check interval 60" | apply
	becomes web/rs3 "inhibited 0"
	director "" "" "server rs3 $(rs4 3):80" | apply
	becomes web/rs3 "null 1"
	assert "it is told" wait_for 4 grep -q \
		'server web/rs3 not checked any more: was inhibited for ' \
		"$monitor_log"
	assert_match "it comes and goes, the others stay" "^down inhibited$" \
		"$(turns web/rs3)"
	assert_eq "rs1" "" "$(turns web/rs1)"
}

# An order has not the last check's reason as its own.
tells_orders() {
	local events

	well 1
	monitor_start
	director | config
	becomes web/rs1 "up 1"
	background on lb stdbuf -oL lbctl events
	events=$WORK/bg.$!
	wait_for 10 ordered
	assert "up again" wait_for 5 grep -q \
		'server web/rs1 up, weight 1: tcp: ' "$events"
}

ordered() {
	lb set server web/rs1 drain
	lb set server web/rs1 up
	grep -q 'rs1 drain (by hand), weight 0; its check: up: tcp: conn' \
		"$events"
}

# A server that others check as before does not notice a commit.
undisturbed() {
	background on rs1 python3 "$SELFTESTS/lib/moody.py" 8109=200
	moody_log=$WORK/bg.$!
	wait_for 30 is_listening rs1 tcp 8109
	monitor_start
	for i in 1 2 3 4; do
		printf '%s\n' "director d$i $VIP4:80$i TCP" "mode nat" \
			"option httpcheck" "server s $(rs4 1):8109 check interval 1" |
			apply
		sleep 0.7
	done
	sleep 1
	for i in 1 2 3; do
		assert_between "ms after request $i" 800 1200 "$(gap 8109 "$i")"
	done
}

# With another address a director has its servers made anew. The monitor has a
# result of one, and does not know yet.
made_anew() {
	monitor_start
	director | config
	becomes web/rs1 "down 0"
	kill -STOP "$monitor_pid"
	at_exit kill -CONT "$monitor_pid"
	director "" "fall 1000" | sed "s/$VIP4:80/$VIP4:81/" | apply
	assert_eq "a new server" "null 1" "$(health web/rs1)"
	sleep 1.2
	kill -CONT "$monitor_pid"
	becomes web/rs1 "down 0"
}

run_case "commits: servers come, change and go" follows
run_case "events: an order, beside what the check says" tells_orders
run_case "commits: a server that is down stays down when it is made anew" \
	made_anew
run_case "commits: probes that stay keep their time" undisturbed

# --- its own life ---

# Nothing is told of any server while it goes and comes.
killed() {
	well 2
	director | config
	monitor_start
	becomes web/rs1 "down 0"
	becomes web/rs2 "up 1"
	follow_events
	told=$(grep -c '"event":"server"' "$events")
	kill -KILL "$monitor_pid"
	wait_for 5 grep -q '"event":"monitor"' "$events"
	assert_eq "as it was" "down 0 up 1" \
		"$(health web/rs1) $(health web/rs2)"
	assert_eq "clients" "rs2 rs2" "$(burst 2)"
	monitor_start
	sleep 2.5
	assert_eq "as it was" "down 0 up 1" \
		"$(health web/rs1) $(health web/rs2)"
	assert_eq "told of servers" "$told" "$(grep -c '"event":"server"' "$events")"
	ill 2
	becomes web/rs2 "down 0"
	wait_for 5 grep -q '"name":"rs2"' "$events"
	assert_eq "told of rs1, too" "$told" \
		"$(grep -c '"name":"rs1"' "$events")"
}

second() {
	monitor_start
	lb monitor >"$WORK/second" 2>&1 && fail "it runs"
	assert_eq "exit code" 23 $?
	assert_eq "why" "lbctl: another monitor runs (process $monitor_pid)" \
		"$(cat "$WORK/second")"
	stop "$monitor_pid"
	monitor_start
	assert "another one, afterwards" kill -0 "$monitor_pid"
}

ended() {
	well 2
	director | config
	monitor_start
	becomes web/rs1 "down 0"
	kill -USR1 "$monitor_pid"
	wait_for 5 grep -qE '^2 servers checked by 2 probes; [0-9]+ started, 0 of them late' \
		"$monitor_log"
	kill -TERM "$monitor_pid"
	wait "$monitor_pid"
	assert_eq "exit code" 0 $?
	assert_eq "servers" "down 0 up 1" \
		"$(health web/rs1) $(health web/rs2)"
}

has_read() {
	[ "$(grep -c '^generation ' "$monitor_log")" -ge "$1" ]
}

hangup() {
	well 2
	director | config
	monitor_start
	becomes web/rs1 "down 0"
	n=$(grep -c '^generation ' "$monitor_log")
	kill -HUP "$monitor_pid"
	wait_for 5 has_read $((n + 1))
	sleep 1.5
	assert_eq "servers" "down 0 up 1" "$(health web/rs1) $(health web/rs2)"
	assert_eq "turns" "down" "$(turns web/rs1)$(turns web/rs2)"
}

# The service manager's socket.
notifies() {
	local socket=$WORK/notify

	background socat -u "UNIX-RECVFROM:$socket,fork" "OPEN:$WORK/notified,creat,append"
	wait_for 10 test -S "$socket"
	well 2
	director | config
	export NOTIFY_SOCKET=$socket WATCHDOG_USEC=400000
	monitor_start
	unset NOTIFY_SOCKET WATCHDOG_USEC
	wait_for 5 grep -q "STATUS=2 servers checked, 1 not up" "$WORK/notified"
	assert "ready" grep -q READY=1 "$WORK/notified"
	wait_for 5 grep -q WATCHDOG=1 "$WORK/notified"
	kill -TERM "$monitor_pid"
	wait "$monitor_pid"
	wait_for 5 grep -q STOPPING=1 "$WORK/notified"
}

run_case "killed: servers stay as they are, another goes on" killed
run_case "a second monitor does not run" second
run_case "SIGUSR1 tells its figures, SIGTERM ends it" ended
run_case "SIGHUP: it reads again, and nothing changes" hangup
run_case "the service manager is told" notifies

monitor_is_gone() {
	! kill -0 "$monitor_pid" 2>/dev/null
}

# The module does without a monitor, a monitor not without the module.
without_module() {
	ko=${L4LB_KO:-$TOP/l4lb.ko}
	director | config
	monitor_start
	follow_events
	listener=$!
	apply </dev/null
	wait_for 20 rmmod l4lb
	at_exit eval "grep -q '^l4lb ' /proc/modules || insmod $ko"
	wait_for 15 monitor_is_gone
	wait "$monitor_pid" || code=$?
	assert_eq "exit code" 102 "${code:-0}"
	assert_match "it says" "the l4lb module was removed; ending$" \
		"$(tail -2 "$monitor_log" | head -1)"
	code=0
	wait "$listener" || code=$?
	assert_eq "exit code of who listens to events" 102 "$code"
	assert_eq "and it says" \
		"lbctl: cannot follow the events: the l4lb module was removed" \
		"$(tail -n 1 "$events")"
	insmod "$ko"
	well 2
	director | config
	monitor_start
	becomes web/rs2 "up 1"
}

run_case "the module goes: it ends, and another one begins anew" without_module

# --- a server that dies under load ---

# The machine is gone: nobody answers, nobody refuses.
dies() {
	local i at hammer before after after_rs1 late

	for i in 1 2 3 4; do
		http_server "rs$i" "rs$i" '*' 8080
	done
	{
		printf '%s\n' "director web $VIP4:80 TCP" "balance roundrobin" \
			"mode nat" "check interval 1 timeout 500ms $1"
		servers4 :8080 check 1 4
	} | config
	monitor_start
	becomes web/rs4 "up 1"
	on client python3 "$SELFTESTS/lib/hammer.py" "$VIP4" 80 8 \
		>"$WORK/requests" &
	hammer=$!
	wait_for 20 grep -q ready "$WORK/requests"
	sleep 2
	at=$(now_ms)
	ip -n "$(ns sw)" link set to-rs1 down
	at_exit ip -n "$(ns sw)" link set to-rs1 up
	wait_for 5 is_equal "$2" health web/rs1
	wait "$hammer"
	# An interval and a time-out, and what an emulated machine needs to act.
	awk -v at="$at" '!/rs[1234]$/ && NF == 2 { print $1 - at, $2 }' "$WORK/requests"
	read -r before after_rs1 after late <<<"$(awk -v at="$at" '
		NF == 2 && $1 < at { before += /rs1$/ }
		NF == 2 && $1 > at + 1600 { after++; rs1 += /rs1$/; late += !/rs[234]$/ }
		END { print before + 0, rs1 + 0, after + 0, late + 0 }' \
		"$WORK/requests")"
	assert_between "answers of rs1, before" 5 10000 "$before"
	assert_between "requests begun after 1.5 s" 20 10000 "$after"
	assert_eq "those that failed, or came to rs1" "0 0" "$late $after_rs1"
	assert_eq "why" "icmp: timeout after 500 ms" \
		"$(server_of web rs1 check_reason)"
}

run_case "a server dies under load: none fails after interval and time-out" \
	dies "" "down 0"
run_case "a server dies under load: inhibit" dies inhibit "inhibited 0"
finish
