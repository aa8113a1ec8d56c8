#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Option persistence: who counts as one client, how long it is remembered, and
# when it is not to be followed.
. "$(dirname "$0")/lib.sh"

# Three clients: two neighbours and a stranger from elsewhere.
topo_two_arm 3
NEIGHBOUR4=$OUT4.3 NEIGHBOUR6=$OUT6:3
STRANGER4=203.0.113.5 STRANGER6=2001:db8:3::5
VIP4B=$OUT4.101
add_addr client eth0 "$NEIGHBOUR4/24" "$STRANGER4/32"
add_second_addr client eth0 "$NEIGHBOUR6/64" "$STRANGER6/128"
add_addr lb eth0 "$VIP4B/32"
ip -n "$(ns lb)" route add "$STRANGER4" via "$CLIENT4"
ip -n "$(ns lb)" -6 route add "$STRANGER6" via "$CLIENT6"
for i in 1 2 3; do
	echo_server "rs$i" "rs$i" both '*' 21 80 50021
done
agent client

# director NAME PLACE PROTO [LINE]...: it would take rs1, rs2, rs3 in turn.
director() {
	printf 'director %s %s %s\n' "$1" "$2" "$3"
	printf '\t%s\n' 'balance roundrobin' 'mode nat' "${@:4}"
	case $2 in
	\[*)	servers6 "" "" 1 3 ;;
	*)	servers4 "" "" 1 3 ;;
	esac
}

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
	lb zero
}

# burst COUNT PROTO ADDR PORT [FROM]
burst() {
	tell client burst "$@"
}

# templates WHAT: of each template, a line each.
templates() {
	lb show persistence --json | jq -r ".persistence[] | \"$1\""
}

# --- who ---

hundred() {
	director web "$(bracket "$1"):80" TCP 'option persistence' | config
	assert_eq "a hundred conns" rs1:100 \
		"$(burst 100 tcp "$1" 80 | tr ' ' '\n' | spread)"
	assert_eq "another client" "rs2 rs2" "$(burst 2 tcp "$1" 80 "$2")"
	assert_eq "a third" "rs3 rs3" "$(burst 2 tcp "$1" 80 "$3")"
	assert_eq "the first" "rs1 rs1" "$(burst 2 tcp "$1" 80)"
	assert_eq "template_new" 3 "$(counter template_new)"
}

# groups VIP MASK CLIENTS NEIGHBOUR STRANGER: what the mask says is one client.
groups() {
	director web "$(bracket "$1"):80" UDP "option persistence netmask $2" |
		config
	assert_eq "a client, twice" "rs1 rs1" "$(burst 2 udp "$1" 80)"
	assert_eq "its neighbour" "rs1 rs1" "$(burst 2 udp "$1" 80 "$4")"
	assert_eq "a stranger" "rs2 rs2" "$(burst 2 udp "$1" 80 "$5")"
	assert_match "the net that is shown" $'(^|\n)'"$3 rs1 4"$'($|\n)' \
		"$(templates '\(.client_address)/\(.client_prefix) \(.server) \(.connections)')"
	assert_eq "templates" 2 "$(counter template_new)"
}

tells_apart() {
	director web "$(bracket "$1"):80" UDP 'option persistence' | config
	assert_eq "a client" rs1 "$(burst 1 udp "$1" 80)"
	assert_eq "its neighbour" rs2 "$(burst 1 udp "$1" 80 "$3")"
	assert_eq "again" "rs1 rs2" \
		"$(burst 1 udp "$1" 80) $(burst 1 udp "$1" 80 "$3")"
	assert_eq "templates" "$(printf '%s\n' "$2/$4 rs1" "$3/$4 rs2")" \
		"$(templates '\(.client_address)/\(.client_prefix) \(.server)' |
			sort)"
}

for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family
	declare -n neighbour=NEIGHBOUR$family stranger=STRANGER$family
	run_case "v$family: a client keeps its server [C87]" \
		hundred "$vip" "$neighbour" "$stranger"
	run_case "v$family: neighbours are told apart [C90]" tells_apart \
		"$vip" "$client" "$neighbour" $((family == 4 ? 32 : 128))
done
run_case "v4: a netmask makes a net one client [C89]" groups \
	"$VIP4" 255.255.255.0 "$OUT4.0/24" "$NEIGHBOUR4" "$STRANGER4"
run_case "v6: a prefix makes a net one client [C89]" groups \
	"$VIP6" 64 "$OUT6:/64" "$NEIGHBOUR6" "$STRANGER6"

# --- how long ---

# With conns that live a second, the template's time begins after that.
times_out() {
	local idle=$((3 * L4LB_SLOW)) seen gone

	{
		printf 'service lvs\n\ttimeout udp %d\n' "$L4LB_SLOW"
		director web "$VIP4:80" UDP "option persistence timeout $idle"
	} | config
	assert_eq "first" rs1 "$(burst 1 udp "$VIP4" 80)"
	for _ in 1 2 3; do
		sleep $((2 * L4LB_SLOW))
		assert_eq "refreshed by use" rs1 "$(burst 1 udp "$VIP4" 80)"
	done
	seen=$(now_ms)
	assert_eq "template_expired" 0 "$(counter template_expired)"
	wait_for 15 is_equal 1 counter template_expired
	gone=$(now_ms)
	assert_between "ms until it is forgotten" \
		$((idle * 1000 + 750 * L4LB_SLOW)) \
		$((idle * 1000 + 4000 * L4LB_SLOW)) $((gone - seen))
	assert_eq "afterwards" rs2 "$(burst 1 udp "$VIP4" 80)"
	assert_eq "template_new" 2 "$(counter template_new)"
}

outlives_conns() {
	director web "$VIP4:80" TCP "option persistence timeout $L4LB_SLOW" |
		config
	must client open a tcp "$VIP4" 80
	assert_match "a conn that stays" '^rs1 ' "$(tell client say a x)"
	sleep $((3 * L4LB_SLOW))
	assert_eq "its template" "rs1 1" "$(templates '\(.server) \(.connections)')"
	assert_eq "a new conn" rs1 "$(burst 1 tcp "$VIP4" 80)"
	# Closed conns are kept for ten seconds.
	must client close a
	wait_for 20 is_equal "" templates '\(.server)'
	assert_eq "both conns are gone" 0 "$(conns)"
	assert_eq "afterwards" rs2 "$(burst 1 tcp "$VIP4" 80)"
}

default_time() {
	director web "$VIP4:80" UDP 'option persistence' | config
	burst 1 udp "$VIP4" 80 >/dev/null
	# Times are kept in ticks of a quarter of a second, rounded up.
	assert_between "ms" $((360000 - 5000 * L4LB_SLOW)) 360256 \
		"$(templates '\(.expires_ms)')"
	assert_match "saved" "timeout 360" "$(lb save)"
}

run_case "timeout: forgotten after it, not before, and use renews [C88]" \
	times_out
run_case "timeout: a template outlives its conns [C88]" outlives_conns
run_case "timeout: 360 s by default [B7]" default_time

# --- many ports ---

# Control on port 21, passive data on another; only TCP.
any_port() {
	director ftp "$VIP4" TCP 'option persistence' | config
	must client open c tcp "$VIP4" 21
	assert_match "control" "^rs1 $CLIENT4" "$(tell client say c USER)"
	assert_eq "data" "rs1 rs1 rs1" "$(burst 3 tcp "$VIP4" 50021)"
	must client open d tcp "$VIP4" 21 0 "$NEIGHBOUR4"
	assert_match "control of another" "^rs2 $NEIGHBOUR4" \
		"$(tell client say d USER)"
	assert_eq "data of another" "rs2 rs2" \
		"$(burst 2 tcp "$VIP4" 50021 "$NEIGHBOUR4")"
	assert_match "control, still" "^rs1 $CLIENT4" "$(tell client say c QUIT)"
	assert_eq "templates" 2 "$(counter template_new)"
}

# A director without address: one template for all that its flow brings.
flow_fed() {
	{
		director ftp "" ""  'option persistence'
		printf 'flow ftp director ftp\n'
		printf '\tmatch proto tcp dst %s dstport 21\n' "$VIP4"
		printf '\tmatch proto tcp dst %s dstport 50000:51000\n' "$VIP4B"
		printf '\tmatch proto udp dst %s\n' "$VIP4B"
	} | config
	assert_eq "control" "rs1 rs1" "$(burst 2 tcp "$VIP4" 21)"
	assert_eq "data, at another address" "rs1 rs1" \
		"$(burst 2 tcp "$VIP4B" 50021)"
	assert_eq "another protocol" "rs1 rs1" "$(burst 2 udp "$VIP4B" 80)"
	assert_eq "a neighbour" "rs2 rs2" \
		"$(burst 1 tcp "$VIP4" 21 "$NEIGHBOUR4") $(burst 1 udp "$VIP4B" \
			80 "$NEIGHBOUR4")"
	assert_eq "templates" "$CLIENT4 rs1 6,$NEIGHBOUR4 rs2 2" \
		"$(templates '\(.client_address) \(.server) \(.connections)' |
			sort | paste -sd ,)"
}

run_case "any port: control and data on one server [C45 C87 C91]" any_port
run_case "flow: over addresses, ports and protocols [C48 C91]" flow_fed

# --- seen and forgotten by the operator ---

shows() {
	director web "$VIP4:80" UDP 'option persistence netmask 24 timeout 60' |
		config
	burst 2 udp "$VIP4" 80 >/dev/null
	assert_eq "fields" "$(jq -nSc --arg net "$OUT4.0" --arg rs "$(rs4 1)" \
		'{director: "web", client_address: $net, client_prefix: 24,
		server: "rs1", server_address: $rs, connections: 2}')" \
		"$(lb show persistence --json | jq -Sc \
			'.persistence[0] | del(.expires_ms, .server_port)')"
	assert_match "a line" \
		$'\nweb +'"$OUT4.0/24 +rs1 +$(rs4 1) +2 +[0-9]+\.[0-9]s" \
		"$(lb show persistence)"
	assert_eq "of a server that has none" 1 \
		"$(lb show persistence director web server rs2 | wc -l)"
	assert_eq "of a client in the net" 2 \
		"$(lb show persistence client "$NEIGHBOUR4" | wc -l)"
	assert_match "its director" ' nat +60s/24 +3 ' "$(lb show directors)"
	director web "$VIP4:80" UDP 'option persistence' | config
	assert_match "the default" ' nat +360s +3 ' "$(lb show directors)"
	director web "$VIP4:80" UDP | config
	assert_match "none" ' nat +- +3 ' "$(lb show directors)"
}

forgets() {
	director web "$VIP4:80" UDP 'option persistence netmask 24' | config
	assert_eq "two clients" "rs1 rs1 rs2" \
		"$(burst 2 udp "$VIP4" 80) $(burst 1 udp "$VIP4" 80 "$STRANGER4")"
	assert_eq "flush a neighbour, who has no conns" \
		"0 connections flushed, 1 client forgotten" \
		"$(lb flush client "$NEIGHBOUR4")"
	assert_eq "who comes now" rs3 "$(burst 1 udp "$VIP4" 80)"
	assert_eq "the stranger" rs2 "$(burst 1 udp "$VIP4" 80 "$STRANGER4")"
	assert_eq "flush a server" "1 connection flushed, 1 client forgotten" \
		"$(lb flush director web server rs3)"
	assert_eq "flush all" "4 connections flushed, 1 client forgotten" \
		"$(lb flush)"
	assert_eq "template_flushed" 3 "$(counter template_flushed)"
	assert_eq "templates" "" "$(templates '\(.server)')"
}

run_case "show: text, fields and filters" shows
run_case "flush: forgets the nets that a client is in" forgets

# --- not to be followed ---

# Each time the scheduler begins anew with the first server in line.
leaves_the_unusable() {
	director web "$VIP4:80" UDP 'option persistence' | config
	must client open a udp "$VIP4" 80
	assert_match "a conn of rs1" '^rs1 ' "$(tell client say a x)"
	lb set server web/rs1 drain
	assert_eq "rs1 drained" "rs2 rs2" "$(burst 2 udp "$VIP4" 80)"
	assert_match "the conn it has" '^rs1 ' "$(tell client say a x)"
	lb set server web/rs1 up
	assert_eq "rs1 up again" "rs2 rs2" "$(burst 2 udp "$VIP4" 80)"
	lb set server web/rs2 down
	assert_eq "rs2 down" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	lb set server web/rs2 up
	lb set server web/rs1 weight 0
	assert_eq "rs1 with weight 0" "rs2 rs2" "$(burst 2 udp "$VIP4" 80)"
	assert_eq "template_evicted" 3 "$(counter template_evicted)"
	assert_eq "templates" "rs2" "$(templates '\(.server)')"
}

leaves_by_apply() {
	local web

	web=$(director web "$VIP4:80" UDP 'option persistence')
	config <<<"$web"
	assert_eq "first" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	apply <<<"${web/$(rs4 1)/$(rs4 1) weight 0}"
	assert_eq "rs1 with weight 0" "rs2 rs2" "$(burst 2 udp "$VIP4" 80)"
	grep -v rs2 <<<"$web" | apply
	assert_eq "rs2 removed" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	apply <<<"$web"
	assert_eq "rs2 is back" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	assert_eq "template_evicted" 2 "$(counter template_evicted)"
}

option_goes() {
	local web

	web=$(director web "$VIP4:80" UDP 'option persistence')
	config <<<"$web"
	assert_eq "with the option" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	grep -v persistence <<<"$web" | apply
	wait_for 5 is_equal "" templates '\(.server)'
	assert_eq "without it" "rs1:1 rs2:1 rs3:1" \
		"$(burst 3 udp "$VIP4" 80 | tr ' ' '\n' | spread)"
	assert_eq "templates" "" "$(templates '\(.server)')"
}

onepacket() {
	director dns "$VIP4:80" UDP 'option persistence' 'option onepacket' |
		config
	assert_match "the warning" 'does not spread' "$(cat "$WORK/apply")"
	must client open a udp "$VIP4" 80
	assert_eq "one socket" "rs1 rs1 rs1" "$(tell client chat a 3)"
	assert_eq "more of them" "rs1 rs1" "$(burst 2 udp "$VIP4" 80)"
	assert_eq "a neighbour" "rs2 rs2" \
		"$(burst 2 udp "$VIP4" 80 "$NEIGHBOUR4")"
	assert_eq "conns, templates" "0 rs1:1 rs2:1" \
		"$(conns) $(templates '\(.server)' | spread)"
}

run_case "server: drained, down or of weight 0 is not followed [win] [C86]" \
	leaves_the_unusable
run_case "server: reweighted or removed by apply is not followed [C86]" \
	leaves_by_apply
run_case "option: taken away, its templates go" option_goes
run_case "onepacket: a client's datagrams go to one server [B24]" onepacket
finish
