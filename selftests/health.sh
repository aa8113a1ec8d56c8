#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the module makes of the results of checks, here of a monitor that says
# what the case wants it to say. lbctl monitor itself: monitor.sh.
# processors: all
. "$(dirname "$0")/lib.sh"

topo_two_arm 4
NEIGHBOUR4=$OUT4.3
add_addr client eth0 "$NEIGHBOUR4/24"
for i in 1 2 3 4; do
	echo_server "rs$i" "rs$i" both '*' 80
done
agent client
agent lb
genl_agent lb raw
must raw socket m
must raw m MONITOR '{"INFO": {"MONITOR": 4711}}'

# director NAME PORT PROTO [LINE [KEYWORDS]]: rs1 and rs2 checked, rs3 sorry.
director() {
	printf 'director %s %s %s\n' "$1" "$VIP4:$2" "$3"
	printf '\t%s\n' 'balance roundrobin' 'mode nat' "${4:-# no option}"
	servers4 :80 "check ${5:-}"
	servers4 :80 sorry 3 3
}

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
	lb zero
}

burst() {
	tell client burst "$@"
}

# said DIRECTOR N RESULT [HEALTH [REASON [ADDR]]]: a result of rsN, for verdicts.
said() {
	local result=1 health=

	[ "$3" = pass ] || result=2
	[ "$3" != error ] || result=3
	case ${4:-} in
	up)		health='"HEALTH": 0,' ;;
	inhibited)	health='"HEALTH": 1,' ;;
	down)		health='"HEALTH": 2,' ;;
	esac
	printf '{"DIRECTOR": "%s", "NAME": "rs%s", "ADDR": "%s", "PORT": 80, %s
		"RESULT": %s, "LATENCY": 1234, "REASON": "%s"}' "$1" "$2" \
		"${6:-$(rs4 "$2")}" "$health" "$result" "${5:-tcp: whatever}" |
		tr -d '\n\t'
}

# verdicts SAID...: all of them in one message, which the module takes.
verdicts() {
	local all

	all=$(printf ', %s' "$@")
	must raw m CHECK_SET "{\"SERVER\": [${all#, }]}"
}

# health_of DIRECTOR N: what is shown: health, result, weight.
health_of() {
	lb show servers --json | jq -r --arg d "$1" --arg n "rs$2" \
		'.servers[] | select(.director == $d and .name == $n) |
		"\(.health) \(.check_result) \(.effective_weight)"'
}

# --- who may ---

one_monitor() {
	director web 80 TCP | config
	must raw socket other
	assert_eq "a second one" "EBUSY: another monitor runs" \
		"$(tell raw other MONITOR)"
	assert_eq "its results" \
		"EPERM: only the monitor may tell how checks end" \
		"$(tell raw other CHECK_SET "{\"SERVER\": $(said web 1 fail down)}")"
	assert_eq "nothing has changed" "null null 1" "$(health_of web 1)"
	background on lb stdbuf -oL lbctl events --json
	events=$WORK/bg.$!
	wait_for 10 listens_to_events
	must raw close m
	wait_for 5 grep -q '"event":"monitor"' "$events"
	must raw other MONITOR '{"INFO": {"MONITOR": 7}}'
	wait_for 5 grep -q '"event":"monitor","pid":7' "$events"
	assert_eq "now it may" ok \
		"$(tell raw other CHECK_SET "{\"SERVER\": $(said web 1 pass)}")"
	must raw close other
	must raw socket m
	must raw m MONITOR '{"INFO": {"MONITOR": 4711}}'
}

listens_to_events() {
	lb set server web/rs1 up
	grep -q '"name":"rs1"' "$events"
}

malformed() {
	director web 80 TCP | config
	assert_eq "as an order" \
		"EINVAL: the monitor tells how checks end, by LB_CMD_CHECK_SET" \
		"$(tell raw m SERVER_STATE \
			'{"SERVER": {"DIRECTOR": "web", "NAME": "rs1", "HEALTH": 2}}')"
	assert_eq "no result" "EINVAL: the result is missing" "$(tell raw m \
		CHECK_SET "$(echo '{"SERVER": {"DIRECTOR": "web", "NAME":' \
		'"rs1", "ADDR": "10.9.9.1"}}')")"
	assert_match "no such result" '^(EINVAL|ERANGE):' "$(tell raw m CHECK_SET \
		'{"SERVER": {"DIRECTOR": "web", "NAME": "rs1", "RESULT": 9}}')"
	assert_match "no such health" '^(EINVAL|ERANGE):' "$(tell raw m CHECK_SET \
		'{"SERVER": {"DIRECTOR": "web", "NAME": "rs1", "HEALTH": 3}}')"
	assert_match "a reason without end" '^(EINVAL|ERANGE):' "$(tell raw m CHECK_SET \
		"{\"SERVER\": {\"REASON\": \"$(printf 'x%.0s' {1..256})\"}}")"
	assert_match "no name" '^EINVAL: the server' "$(tell raw m CHECK_SET \
		'{"SERVER": {"DIRECTOR": "web", "RESULT": 1}}')"
	assert_eq "nothing has changed" "null null 1" "$(health_of web 1)"
}

# --- what it does ---

# A conn to a server that is down ends at once, and new ones go elsewhere.
down_ends() {
	director web 80 TCP | config
	must client open a tcp "$VIP4" 80
	must client open b tcp "$VIP4" 80
	assert_eq "one each" "rs1 rs2" "$(tell client chat a 1) $(tell client \
		chat b 1)"
	verdicts "$(said web 1 fail down 'tcp: connection refused')"
	assert_eq "as shown" "down fail 0" "$(health_of web 1)"
	assert_eq "its reason" "tcp: connection refused 1234 down up" "$(lb show \
		servers --json | jq -r '.servers[] | select(.name == "rs1") |
		"\(.check_reason) \(.check_latency_us) \(.state) \(.order)"')"
	assert_match "in columns" 'rs1 .* 0 +down \(check\) .* 1\.234ms +[0-9.]+s +tcp: connection refused$' \
		"$(lb show servers | grep ' rs1 ')"
	assert_eq "its conn has ended" ECONNRESET "$(tell client chat a 1)"
	assert_eq "the other one's goes on" rs2 "$(tell client chat b 1)"
	assert_eq "new ones" "rs2 rs2 rs2" "$(burst 3 tcp "$VIP4" 80)"
	verdicts "$(said web 1 pass up 'tcp: connected')"
	assert_eq "up again" "up pass 1" "$(health_of web 1)"
	assert_eq "it gets its share" 2 \
		"$(burst 4 tcp "$VIP4" 80 | grep -o rs1 | wc -l)"
}

down_udp() {
	director dns 53 UDP | config
	must client open u udp "$VIP4" 53
	assert_eq "the first" rs1 "$(tell client chat u 1)"
	verdicts "$(said dns 1 fail down)"
	assert_eq "the same socket, at once" rs2 "$(tell client chat u 1)"
}

# Inhibited: conns go on, new ones go elsewhere, a pinned client's too.
inhibited() {
	director web 80 TCP 'option persistence' | config
	must client open a tcp "$VIP4" 80
	assert_eq "pinned" "rs1 rs1" "$(tell client chat a 1) $(burst 1 tcp \
		"$VIP4" 80)"
	verdicts "$(said web 1 fail inhibited)"
	assert_eq "as shown" "inhibited fail 0" "$(health_of web 1)"
	assert_eq "it is still listed" 3 \
		"$(lb show servers --json | jq '.servers | length')"
	assert_eq "its conn goes on" rs1 "$(tell client chat a 1)"
	assert_eq "new ones go elsewhere" "rs2 rs2" "$(burst 2 tcp "$VIP4" 80)"
	assert_eq "its conn still goes on" rs1 "$(tell client chat a 1)"
}

half_open_conn() {
	lb show connections --json |
		jq -r '.connections[] | "\(.server) \(.state)"'
}

# again: the client sends its SYN once more, when no duplicate would come any more.
again() {
	sleep 0.8
	must client spoof "$OUT4.77" 7003 "$VIP4" 80
}

# A conn that is not open does not wait for a server that is ill: the client's next
# try goes elsewhere. Here nobody answers.
half_open() {
	local i

	for i in 1 2 3; do
		ip -n "$(ns "rs$i")" route add blackhole "$OUT4.77"
		at_exit ip -n "$(ns "rs$i")" route del blackhole "$OUT4.77"
	done
	director web 80 TCP | config
	must client spoof "$OUT4.77" 7003 "$VIP4" 80
	wait_for 5 is_equal "rs1 SYN_RECV" half_open_conn
	again
	wait_for 5 is_equal 2 server_of web rs1 in_packets
	assert_eq "its server is well" "rs1 SYN_RECV" "$(half_open_conn)"
	verdicts "$(said web 1 fail inhibited)"
	again
	wait_for 5 is_equal "rs2 SYN_RECV" half_open_conn
	assert_eq "conn_reused" 1 "$(counter conn_reused)"
	verdicts "$(said web 2 fail inhibited)"
	again
	wait_for 5 is_equal "rs3 SYN_RECV" half_open_conn
}

# All are down: sorry servers; their templates end with their turn.
sorry_turn() {
	director web 80 TCP 'option persistence' | config
	verdicts "$(said web 1 fail down)" "$(said web 2 fail inhibited)"
	assert_eq "sorry" "rs3 rs3 true" "$(burst 2 tcp "$VIP4" 80) $(director_of \
		web 'sorry // false')"
	assert_eq "pinned" 1 "$(lb show persistence --json |
		jq '.persistence | length')"
	verdicts "$(said web 2 pass up)"
	assert_eq "one is back" "rs2 rs2 false" \
		"$(burst 2 tcp "$VIP4" 80) $(director_of web 'sorry // false')"
	assert_eq "templates" rs2 "$(lb show persistence --json |
		jq -r '[.persistence[].server] | join(" ")')"
}

# A check that could not be made says nothing about the server.
error_result() {
	director web 80 TCP | config
	verdicts "$(said web 1 fail down 'tcp: timeout')"
	verdicts "$(said web 1 error '' 'check error: no address')"
	assert_eq "still down" "down error 0" "$(health_of web 1)"
	assert_eq "why" "check error: no address" \
		"$(server_of web rs1 check_reason)"
	verdicts "$(said web 2 error '' 'check error: no address')"
	assert_eq "still up" "up error 1" "$(health_of web 2)"
}

# Many in one message, whatever their order; who is not meant is left alone.
batch() {
	{ director web 80 TCP; director dns 53 UDP; } | config
	verdicts "$(said web 2 fail down)" "$(said web 1 pass)" \
		"$(said dns 1 fail down)" "$(said web 1 fail down)" \
		"$(said dns 2 pass up)"
	assert_eq "web" "down fail 0 / down fail 0" \
		"$(health_of web 1) / $(health_of web 2)"
	assert_eq "dns" "down fail 0 / up pass 1" \
		"$(health_of dns 1) / $(health_of dns 2)"
	verdicts "$(said web 1 pass up '' 10.99.99.99)" \
		"$(said web 3 fail down)" "$(said gone 1 fail down)" \
		"$(said web 9 fail down '' 10.1.1.1)" "$(said web 2 pass up)"
	verdicts "$(said web 1 pass up)" "$(said web 1 fail down)"
	assert_eq "there and back" "down fail 0" "$(health_of web 1)"
	assert_eq "only the last one was meant" \
		"down fail 0 / up pass 1 / null null 1" \
		"$(health_of web 1) / $(health_of web 2) / $(health_of web 3)"
}

# --- the operator, and the configuration ---

operator() {
	director web 80 TCP | config
	lb set server web/rs1 drain
	verdicts "$(said web 1 pass up)"
	assert_eq "drained stays drained" "up pass 0" "$(health_of web 1)"
	verdicts "$(said web 1 fail down)"
	lb set server web/rs1 up
	assert_eq "down stays down" "down fail 0" "$(health_of web 1)"
	lb set server web/rs1 down
	verdicts "$(said web 1 pass up)"
	assert_eq "and the other way" "up pass 0" "$(health_of web 1)"
	assert_eq "nobody goes there" "rs2 rs2" "$(burst 2 tcp "$VIP4" 80)"
	lb set server web/rs1 up
	assert_eq "both say up" "up pass 1" "$(health_of web 1)"
	assert_eq "it serves" "rs1 rs2" \
		"$(burst 2 tcp "$VIP4" 80 | tr ' ' '\n' | sort | paste -sd ' ')"
}

applies() {
	director web 80 TCP | config
	verdicts "$(said web 1 fail down)"
	director web 80 TCP '' 'weight 3' | apply
	assert_eq "another weight: still down" "down fail 0" "$(health_of web 1)"
	assert_eq "nobody goes there" "rs2 rs2" "$(burst 2 tcp "$VIP4" 80)"
	director web 80 TCP '' 'weight 3' | sed 's/check//' | apply
	assert_eq "no check: up" "null null 3" "$(health_of web 1)"
	must client open a tcp "$VIP4" 80
	assert_eq "it serves" rs1 "$(tell client chat a 1)"
	assert_eq "and what it serves goes on" rs1 "$(tell client chat a 1)"
	director web 80 TCP | apply
	assert_eq "checked again: up" "null null 1" "$(health_of web 1)"
}

outlives() {
	director web 80 TCP | config
	verdicts "$(said web 1 fail down 'icmp: timeout after 2 s')"
	must raw close m
	assert_eq "still down" "down fail 0" "$(health_of web 1)"
	assert_eq "nobody goes there" "rs2 rs2" "$(burst 2 tcp "$VIP4" 80)"
	lb show servers >/dev/null 2>"$WORK/said"
	assert_match "it is said" 'no monitor runs' "$(cat "$WORK/said")"
	must raw socket m
	must raw m MONITOR '{"INFO": {"MONITOR": 4711}}'
	assert_eq "not said" "" "$(lb show servers 2>&1 >/dev/null)"
	assert_eq "the new one finds it" "icmp: timeout after 2 s" \
		"$(server_of web rs1 check_reason)"
}

# --- conns for `check via vip` ---

# pin DIRECTOR SERVER FROM PORT VIP: what the module says.
pin() {
	tell raw m PIN "$(jq -nc --arg d "$1" --arg s "$2" --arg c "$3" \
		--arg v "$5" --argjson p "$4" '{PIN: {DIRECTOR: $d, SERVER: $s,
		CLIENT_ADDR: $c, CLIENT_PORT: $p, VIP_ADDR: $v, VIP_PORT: 80}}')"
}

pin_refused() {
	director web 80 TCP | config
	must raw socket other
	assert_eq "not the monitor" "EPERM: only the monitor may check" \
		"$(tell raw other PIN '{"PIN": {}}')"
	must raw close other
	assert_eq "nobody" \
		"ENOENT: no such server, or none for this address family" \
		"$(pin web rs7 "$NET4.254" 7001 "$VIP4")"
	assert_eq "another family" \
		"ENOENT: no such server, or none for this address family" \
		"$(pin web rs1 "$NET6:254" 7001 "$VIP6")"
	assert_match "mixed families" '^EINVAL: two ports' \
		"$(pin web rs1 "$NET6:254" 7001 "$VIP4")"
	assert_eq "nothing" "EINVAL: LB_A_PIN is missing" "$(tell raw m PIN)"
	assert_eq "equal ends" "EINVAL: both ends are the same" \
		"$(pin web rs1 "$VIP4" 80 "$VIP4")"
	assert_eq "once" ok "$(pin web rs1 "$NET4.254" 7001 "$VIP4")"
	assert_eq "once more, to another one" ok \
		"$(pin web rs2 "$NET4.254" 7001 "$VIP4")"
	assert_eq "conns" "1 rs2" "$(lb show connections --json |
		jq -r '.connections | "\(length) \(.[0].server)"')"
	must client open a tcp "$VIP4" 80 7002
	assert_eq "nobody's load" "0 0 0" "$(server_of web rs2 active) $(server_of \
		web rs2 inactive) $(server_of web rs2 conns)"
	assert_eq "a client's" "EEXIST: there is such a conn" \
		"$(pin web rs1 "$CLIENT4" 7002 "$VIP4")"
}

# via_vip MODE FAMILY PORT: checks reach the server they are for, up or down, on the
# way of the clients, and see what clients would.
via_vip() {
	local vip=VIP$2 from=$NET4.254 port=$3 server

	vip=${!vip}
	[ "$2" = 4 ] || from=$NET6:254
	{
		printf 'director web %s TCP\n' "$(bracket "$vip"):80"
		printf '\t%s\n' 'balance roundrobin' "mode $1"
		"servers$2" "" check
	} | config
	for server in rs2 rs2 rs1; do
		port=$((port + 1))
		assert_eq "pinned" ok "$(pin web $server "$from" $port "$vip")"
		must lb open a tcp "$vip" 80 $port "$from"
		assert_match "the one it is for" "^$server $from $port x" \
			"$(tell lb say a x)"
		must lb close a
	done
	[[ $2 = 6 ]] || verdicts "$(said web 2 fail down x | sed 's/"PORT": 80,//')"
	lb set server web/rs2 down
	assert_eq "pinned to one that is down" ok \
		"$(pin web rs2 "$from" $((port + 1)) "$vip")"
	must lb open a tcp "$vip" 80 $((port + 1)) "$from"
	assert_match "it answers" "^rs2 $from $((port + 1)) x" "$(tell lb say a x)"
	assert_eq "its conn stays" ESTABLISHED "$(lb show connections --json |
		jq -r --argjson p $((port + 1)) '.connections[] |
		select(.client_port == $p) | .state')"
	must lb close a
	[ "$1" != nat ] || return 0
	ip -n "$(ns rs1)" addr del "$vip/$([ "$2" = 4 ] && echo 32 || echo 128)" \
		dev lo
	at_exit add_addr rs1 lo "$vip/$([ "$2" = 4 ] && echo 32 || echo 128)"
	assert_eq "pinned" ok "$(pin web rs1 "$from" $((port + 2)) "$vip")"
	assert_match "without the VIP" '^(timeout|EHOSTUNREACH)' \
		"$(tell lb open a tcp "$vip" 80 $((port + 2)) "$from")"
	books_balance
	assert_between "forward_probe_reply" 8 60 "${count[forward_probe_reply]}"
}

for i in 1 2; do
	add_server_vip "rs$i" "$VIP4/32" "$VIP6/128"
	open_tunnels "rs$i" "$(rs4 $i)" "$(rs6 $i)" 6080
done

run_case "monitor: there is one at most" one_monitor
run_case "report: malformed ones change nothing" malformed
run_case "down: tcp: its conns end, new ones go elsewhere, and back" down_ends
run_case "down: udp: a socket in use goes elsewhere" down_udp
run_case "inhibited: conns go on, new and pinned ones go elsewhere [C84 C85 C86]" \
	inhibited
run_case "inhibited: a conn that is not open yet goes elsewhere [C86]" half_open
run_case "sorry: takes over, and goes with its templates [C104 C105]" sorry_turn
run_case "error: leaves the server as it is" error_result
run_case "report: many servers in a message" batch
run_case "operator: takes part if both say so" operator
run_case "apply: keeps what checks say, as long as there are checks" applies
run_case "monitor: its end changes nothing" outlives
run_case "via vip: what is refused" pin_refused
port=7100
for mode in gateway nat "tunnel ipip" "tunnel gre" "tunnel gue port 6080"; do
	run_case "via vip: v4: $mode" via_vip "$mode" 4 $((port += 10))
	run_case "via vip: v6: $mode" via_vip "$mode" 6 $((port += 10))
done
finish
