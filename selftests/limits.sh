#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How many conns a server and a client may have, how a server that comes up
# gets its share, and conns that are taken over in midstream.
. "$(dirname "$0")/lib.sh"

topo_two_arm 3
NEIGHBOUR4=$OUT4.3 NEIGHBOUR6=$OUT6:3
add_addr client eth0 "$NEIGHBOUR4/24"
add_second_addr client eth0 "$NEIGHBOUR6/64"
for i in 1 2 3; do
	echo_server "rs$i" "rs$i" both '*' 80
done
agent client

# director NAME PLACE PROTO BALANCE KEYWORDS [LINE]: rs1, rs2, rs3 on port 80.
director() {
	local family=4

	[[ $2 != \[* ]] || family=6
	printf 'director %s %s %s\n' "${@:1:3}"
	printf '\t%s\n' "balance $4" 'mode nat' "${6:-# no option}"
	"servers$family" :80 "$5" 1 3
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

share() {
	tr ' ' '\n' | spread
}

# --- maxconn ---

# Of each kind of algorithm one, each on a port of its own.
algorithms=(leastconn roundrobin source fo twos neverqueue)

maxconn() {
	local i port name

	for i in "${!algorithms[@]}"; do
		director "${algorithms[i]}" "$VIP4:$((8001 + i))" UDP \
			"${algorithms[i]}" "maxconn 2"
	done | config
	for i in "${!algorithms[@]}"; do
		name=${algorithms[i]} port=$((8001 + i))
		assert_eq "$name: up to maxconn" "rs1:2 rs2:2 rs3:2" \
			"$(burst 6 udp "$VIP4" $port | share)"
		assert_eq "$name: over" ECONNREFUSED \
			"$(burst 1 udp "$VIP4" $port)"
	done
	assert_eq "drop_maxconn" "${#algorithms[@]}" "$(counter drop_maxconn)"
	assert_eq "active" 2 "$(lb show servers --json |
		jq '[.servers[].active] | unique[]')"
	for i in "${!algorithms[@]}"; do
		name=${algorithms[i]} port=$((8001 + i))
		lb flush director "$name" server rs2 >/dev/null
		assert_eq "$name: where there is room" "rs2 rs2" \
			"$(burst 2 udp "$VIP4" $port)"
	done
}

# A full one is passed over, and only that one.
passes_over() {
	{
		director rr "$VIP4:81" UDP roundrobin "" |
			sed '/rs1/s/$/maxconn 1/'
		director hash "$VIP4:82" UDP source "maxconn 3"
		director lc "$VIP4:83" UDP leastconn "" |
			sed '/rs1/s/$/weight 100 maxconn 3/'
	} | config
	assert_eq "roundrobin: the next in line" "rs1 rs2 rs3 rs2 rs2 rs3" \
		"$(burst 6 udp "$VIP4" 81)"
	assert_eq "source: one server, then another" "3 3" \
		"$(burst 6 udp "$VIP4" 82 | tr ' ' '\n' | uniq -c |
			awk '{printf "%s%s", sep, $1; sep = " "}')"
	assert_eq "leastconn: however heavy it is" \
		"rs1 rs2 rs3 rs1 rs1 rs2 rs3" "$(burst 7 udp "$VIP4" 83)"
}

# Only conns that are alive count.
frees_on_close() {
	director web "$1:80" TCP leastconn "maxconn 1" | config
	for i in a b c; do
		must client open $i tcp "$2" 80
	done
	assert_eq "the fourth" ECONNREFUSED "$(tell client open d tcp "$2" 80)"
	assert_match "the second" '^rs2 ' "$(tell client say b x)"
	must client close b
	wait_for 5 is_equal 0 server_of web rs2 active
	must client open d tcp "$2" 80
	assert_match "afterwards" '^rs2 ' "$(tell client say d x)"
	assert_eq "active" "1 1 1" "$(lb show servers web --json |
		jq -r '[.servers[].active] | join(" ")')"
}

changes() {
	local web

	web=$(director web "$VIP4:80" UDP roundrobin "maxconn 1")
	config <<<"$web"
	assert_eq "three" "rs1 rs2 rs3" "$(burst 3 udp "$VIP4" 80)"
	assert_eq "over" ECONNREFUSED "$(burst 1 udp "$VIP4" 80)"
	apply <<<"${web//maxconn 1/maxconn 2}"
	assert_eq "raised by one" "rs1:1 rs2:1 rs3:1 ECONNREFUSED" \
		"$(burst 3 udp "$VIP4" 80 | share) $(burst 1 udp "$VIP4" 80)"
	apply <<<"${web//maxconn 1/}"
	assert_eq "taken away" "rs1:3 rs2:3 rs3:3" \
		"$(burst 9 udp "$VIP4" 80 | share)"
	apply <<<"$web"
	assert_eq "lowered below what there is" ECONNREFUSED \
		"$(burst 1 udp "$VIP4" 80)"
	assert_eq "conns" 15 "$(conns)"
}

# A client that is pinned to a full server goes elsewhere, and stays pinned.
pinned() {
	director web "$VIP4:80" UDP roundrobin "maxconn 2" \
		"option persistence" | config
	assert_eq "at home, then elsewhere" "rs1 rs1 rs2" \
		"$(burst 3 udp "$VIP4" 80)"
	lb flush director web server rs2 >/dev/null
	assert_eq "home" rs1 \
		"$(lb show persistence --json | jq -r '.persistence[].server')"
}

run_case "maxconn: full servers are passed over, then all refuse" maxconn
run_case "maxconn: only the full one is passed over" passes_over
run_case "maxconn: v4: a closed conn makes room" \
	frees_on_close "$VIP4" "$VIP4"
run_case "maxconn: v6: a closed conn makes room" \
	frees_on_close "[$VIP6]" "$VIP6"
run_case "maxconn: changed by apply" changes
run_case "maxconn: persistence goes elsewhere and stays pinned" pinned

# --- connlimit ---

connlimit() {
	director web "$(bracket "$1"):80" UDP roundrobin "" \
		"option connlimit 2" | config
	assert_eq "two" "rs1 rs2" "$(burst 2 udp "$1" 80)"
	assert_eq "the third" ECONNREFUSED "$(burst 1 udp "$1" 80)"
	assert_eq "another client" "rs3 rs1" "$(burst 2 udp "$1" 80 "$2")"
	assert_eq "its third" ECONNREFUSED "$(burst 1 udp "$1" 80 "$2")"
	assert_eq "drop_client_limit, refused" "2 2" \
		"$(counter drop_client_limit) $(director_of web refused)"
	lb flush client "$2" >/dev/null
	assert_eq "flushed" "rs2 rs3" "$(burst 2 udp "$1" 80 "$2")"
	assert_eq "the first client" ECONNREFUSED "$(burst 1 udp "$1" 80)"
}

connlimit_closes() {
	director web "$VIP4:80" TCP roundrobin "" "option connlimit 2" | config
	must client open a tcp "$VIP4" 80
	must client open b tcp "$VIP4" 80
	assert_eq "the third" ECONNREFUSED "$(tell client open c tcp "$VIP4" 80)"
	must client close a
	wait_for 5 is_equal 1 director_of web active
	must client open c tcp "$VIP4" 80
	assert_match "afterwards" '^rs3 ' "$(tell client say c x)"
	assert_match "the second" '^rs2 ' "$(tell client say b x)"
	assert_eq "the third again" ECONNREFUSED \
		"$(tell client open d tcp "$VIP4" 80)"
}

run_case "connlimit: v4: of each client address" connlimit "$VIP4" "$NEIGHBOUR4"
run_case "connlimit: v6: of each client address" connlimit "$VIP6" "$NEIGHBOUR6"
run_case "connlimit: a closed conn makes room" connlimit_closes

# --- slow start ---

# comes_up DIRECTOR/SERVER: and begins slowly.
comes_up() {
	lb set server "$1" down
	lb set server "$1" up
}

ramps() {
	local weight last=0 samples=0

	director web "$VIP4:80" UDP roundrobin \
		"weight 1000 slowstart $((8 * L4LB_SLOW))" | config
	assert_eq "at first, nobody waits" "1000 1000 1000" \
		"$(lb show servers --json |
			jq -r '[.servers[].effective_weight] | join(" ")')"
	comes_up web/rs1
	while [ "$last" != 1000 ]; do
		weight=$(server_of web rs1 effective_weight)
		assert_between "weight now" "$last" 1000 "$weight"
		[ "$samples" != 0 ] || assert_between "at first" 1 700 "$weight"
		last=$weight samples=$((samples + 1))
		[ "$samples" -le 200 ] || fail "it does not end"
		sleep 0.05
	done
	assert_between "samples" 3 200 "$samples"
	assert_eq "configured" "1000 1000" \
		"$(server_of web rs1 weight) $(server_of web rs2 effective_weight)"
	assert_eq "shares" "rs1:4 rs2:4 rs3:4" \
		"$(burst 12 udp "$VIP4" 80 | share)"
}

# A hundredth of the ramp: without it, leastconn would send it all there is.
few_at_first() {
	local i algorithm got

	i=0
	for algorithm in leastconn roundrobin shortexpdelay; do
		director $algorithm "$VIP4:$((81 + i))" UDP $algorithm \
			"weight 10 slowstart 600"
		director fast-$algorithm "$VIP4:$((91 + i))" UDP $algorithm \
			"weight 10"
		i=$((i + 1))
	done | config
	for i in 0 1 2; do
		burst 30 udp "$VIP4" $((81 + i)) >/dev/null
		burst 30 udp "$VIP4" $((91 + i)) >/dev/null
	done
	for algorithm in leastconn roundrobin shortexpdelay; do
		comes_up $algorithm/rs1
		comes_up fast-$algorithm/rs1
	done
	for i in 0 1 2; do
		got=$(burst 12 udp "$VIP4" $((81 + i)) | share)
		assert_match "few ($i)" '^(rs1:1 )?rs2:[56] rs3:[56]$' "$got"
	done
	assert_eq "leastconn without it" rs1:10 "$(burst 10 udp "$VIP4" 91 | share)"
	assert_eq "roundrobin without it" "rs1:4 rs2:4 rs3:4" \
		"$(burst 12 udp "$VIP4" 92 | share)"
	assert_eq "shortexpdelay without it" rs1:10 \
		"$(burst 10 udp "$VIP4" 93 | share)"
}

# What their weight means is no share.
not_ramped() {
	{
		director fo "$VIP4:81" UDP fo "slowstart 600" |
			sed '/rs1/s/$/ weight 9/'
		director ovh "$VIP4:82" UDP ovh "slowstart 600" |
			sed '/rs1/s/$/ weight 9/'
	} | config
	comes_up fo/rs1
	comes_up ovh/rs1
	assert_eq "fo" rs1:4 "$(burst 4 udp "$VIP4" 81 | share)"
	assert_eq "ovh" "rs1:10 rs2:2 rs3:2" "$(burst 14 udp "$VIP4" 82 | share)"
}

joins() {
	local web

	web=$(director web "$VIP4:80" UDP roundrobin "weight 10 slowstart 600")
	grep -v rs3 <<<"$web" | config
	assert_eq "two" "rs1:6 rs2:6" "$(burst 12 udp "$VIP4" 80 | share)"
	apply <<<"$web"
	# In two parts: only a step of the ramp, 30 s off, starts the order anew.
	assert_match "a third joins" '^rs1:[56] rs2:[56]( rs3:1)?$' \
		"$({
			burst 5 udp "$VIP4" 80
			sleep 0.3
			burst 7 udp "$VIP4" 80
		} | share)"
}

run_case "slowstart: the weight rises to the whole" ramps
run_case "slowstart: few conns at first, by share and by load" few_at_first
run_case "slowstart: a server that joins" joins
run_case "slowstart: fo and ovh have no ramp" not_ramped

# --- pickup ---

# A conn that the balancer does not know (any more).
midstream() {
	{
		printf 'service lvs\n\t%s\n' "${1:-# no option}"
		director web "$VIP4:80" TCP roundrobin "" | grep -v 'rs[23]'
	} | config
	must client open a tcp "$VIP4" 80
	assert_match "before" "^rs1 " "$(tell client say a x)"
	lb flush >/dev/null
	lb zero
}

passes_midstream() {
	midstream
	assert_eq "answer" ECONNRESET "$(tell client say a x)"
	assert_eq "pass_no_conn, conns" "1 0" \
		"$(counter pass_no_conn) $(conns)"
}

picks_up() {
	midstream pickup
	assert_match "answer" "^rs1 $CLIENT4" "$(tell client say a x)"
	assert_eq "states" ESTABLISHED "$(conn_states)"
	assert_eq "conn_new" 1 "$(counter conn_new)"
	assert_match "and on" "^rs1 $CLIENT4" "$(tell client say a x)"
}

run_case "pickup: without it a midstream segment passes" passes_midstream
run_case "pickup: with it a midstream segment makes a conn [C112]" picks_up
finish
