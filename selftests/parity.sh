#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Beside IPVS: what it does has to work here too (parity), and where its users
# have trouble there must be none (win). Other areas' cases have the same words
# in their names: run --case '[parity]', run --case '[win]'.
. "$(dirname "$0")/lib.sh"

topo_two_arm 3
for i in 1 2 3; do
	echo_server "rs$i" "rs$i" both '*' 80
done
agent client

# director NAME PLACE PROTO BALANCE [LINE]
director() {
	printf 'director %s %s %s\n' "${@:1:3}"
	printf '\t%s\n' "balance $4" 'mode nat' "${5:-# no option}"
	servers4 "" "" 1 3
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

# --- servers go and come ---

# IPVS keeps a removed server for 120 s; here it is gone, conns and all, and a
# new one of its name is as good.
removed_and_back() {
	local web

	web=$(director web "$VIP4:80" TCP roundrobin)
	config <<<"$web"
	must client open a tcp "$VIP4" 80
	must client open b tcp "$VIP4" 80
	assert_eq "two conns" "rs1 rs2" \
		"$(tell client chat a 1) $(tell client chat b 1)"
	grep -v rs1 <<<"$web" | apply
	assert_eq "its conn" ECONNRESET "$(tell client say a x)"
	assert_eq "new conns" "rs2 rs3 rs2" "$(burst 3 tcp "$VIP4" 80)"
	apply <<<"$web"
	assert_eq "it is back" "rs1:2 rs2:2 rs3:2" \
		"$(burst 6 tcp "$VIP4" 80 | tr ' ' '\n' | spread)"
	assert_eq "a conn that was there before" rs2 "$(tell client chat b 1)"
	assert_eq "its conns" 2 "$(server_of web rs1 conns)"
}

# By keepalived's or ldirectord's habit a failing server's weight is 0.
weight_0() {
	local web

	web=$(director web "$VIP4:80" TCP roundrobin "$1")
	config <<<"$web"
	must client open a tcp "$VIP4" 80
	assert_match "a conn" '^rs1 ' "$(tell client say a x)"
	apply <<<"${web/$(rs4 1)/$(rs4 1) weight 0}"
	assert_match "it goes on" '^rs1 ' "$(tell client say a x)"
	assert_match "new ones go elsewhere" '^rs[23] rs[23] rs[23]$' \
		"$(burst 3 tcp "$VIP4" 80)"
	assert_eq "conns" "1 1" "$(server_of web rs1 '| "\(.conns) \(.active)"')"
}

run_case "parity: a server removed under conns and added again" \
	removed_and_back
run_case "parity: weight 0 keeps conns, takes no new ones" weight_0 ""
run_case "parity: weight 0 with persistence, too" weight_0 "option persistence"

# --- what IPVS refuses ---

schedulers=(roundrobin "leastconn localitybased" source
	"leastconn localitybased replication" srcdst leastconn mh "mh port"
	shortexpdelay dest neverqueue "source port" fo twos)

# Not one client is refused while each of them takes over from another.
swap() {
	local name proto

	for proto in TCP UDP; do
		director "web-$proto" "$VIP4:80" $proto roundrobin
	done | config
	must client storm tcp "$VIP4" 80
	must client storm udp "$VIP4" 80
	at_exit tell client calm
	for name in "${schedulers[@]}"; do
		for proto in TCP UDP; do
			director "web-$proto" "$VIP4:80" $proto "$name"
		done | apply
		assert_eq "in force" "${name% port} ${name% port}" "$(lb show directors --json |
			jq -r '[.directors[].balance] | join(" ")')"
	done
	assert_match "clients" '^[1-9][0-9]+ good 0 bad$' "$(tell client calm)"
	assert_eq "refused" 0 "$(counter drop_no_server)"
}

# Its clients go to others, at once, and come back.
hash_weight_0() {
	local name port=8000 first names=(source mh srcdst dest "source port"
		"mh port")

	for name in "${names[@]}"; do
		port=$((port + 1))
		director "h$port" "$VIP4:$port" UDP "$name" |
			sed 's/\(server.*\) $/\1:80/'
	done | config
	for ((port = 8001; port <= 8000 + ${#names[@]}; port++)); do
		first=$(burst 1 udp "$VIP4" $port)
		lb set server "h$port/$first" weight 0
		assert_match "h$port: served, by others than $first" \
			"^(rs[123] ){7}rs[123]\$" "$(burst 8 udp "$VIP4" $port)"
		assert_eq "h$port: conns of $first" 1 \
			"$(server_of "h$port" "$first" conns)"
	done
	assert_eq "refused" 0 "$(counter drop_no_server)"
}

L4LB_CASE_LIMIT=180 run_case "win: the scheduler changes under traffic, nobody is refused" swap
run_case "win: weight 0 in hash schedulers, nobody is refused" hash_weight_0

# --- what IPVS leaves behind ---

# The very next datagram of a busy conn.
udp_failover() {
	local start

	director dns "$VIP4:80" UDP roundrobin | config
	must client open a udp "$VIP4" 80
	assert_eq "before" rs1 "$(tell client chat a 1)"
	lb set server dns/rs1 down
	start=$(now_ms)
	assert_match "the next" '^rs[23]$' "$(tell client chat a 1)"
	assert_between "ms" 0 $((1000 * L4LB_SLOW)) \
		$(($(now_ms) - start))
	assert_match "and on" '^(rs2 rs2 rs2|rs3 rs3 rs3)$' \
		"$(tell client chat a 3)"
}

# Nothing ends a drain but its conns and the operator: with the flush of that
# server its clients know, and those of others go on.
drained_and_flushed() {
	director web "$VIP4:80" TCP roundrobin | config
	must client open a tcp "$VIP4" 80
	must client open b tcp "$VIP4" 80
	must client open c tcp "$VIP4" 80
	must client open d tcp "$VIP4" 80
	assert_eq "before" "rs1 rs2 rs3 rs1" "$(tell client chat a 1) $(
		tell client chat b 1) $(tell client chat c 1) $(
		tell client chat d 1)"
	lb set server web/rs1 drain
	assert_eq "drained" "rs1 rs1" "$(tell client chat a 2)"
	assert_match "new ones" '^rs[23] rs[23]$' "$(burst 2 tcp "$VIP4" 80)"
	assert_eq "flushed" "2 connections flushed" \
		"$(lb flush director web server rs1)"
	assert_eq "its clients" "ECONNRESET ECONNRESET" \
		"$(tell client say a x) $(tell client say d x)"
	assert_eq "those of others" "rs2 rs3" \
		"$(tell client chat b 1) $(tell client chat c 1)"
	assert_eq "its conns" "0 0" \
		"$(server_of web rs1 active) $(server_of web rs1 inactive)"
	assert_match "new ones" '^rs[23] rs[23]$' "$(burst 2 tcp "$VIP4" 80)"
}

# thousands FIRST LAST: directors with three servers each.
thousands() {
	awk -v first="$1" -v last="$2" 'BEGIN {
		for (i = first; i <= last; i++) {
			printf "director d%d 10.0.%d.%d:80 TCP\n", i, i / 250, i % 250 + 1
			print "\tmode nat"
			for (j = 1; j <= 3; j++)
				printf "\tserver s%d 192.0.2.%d\n", j, j + 10
		}
	}'
}

# 3,000 directors come, half of them go, and others see nothing of it.
reload() {
	local i web

	web=$(director web "$VIP4:80" TCP roundrobin)
	config <<<"$web"
	must client open a tcp "$VIP4" 80
	assert_eq "a conn" rs1 "$(tell client chat a 1)"
	must client storm tcp "$VIP4" 80
	at_exit tell client calm
	for i in 1500 3000 4500; do
		{
			echo "$web"
			thousands $((i - 1499)) $i
			[ $i != 3000 ] || thousands 1 1500
		} | apply
		assert_eq "the conn" rs1 "$(tell client chat a 1)"
	done
	assert_match "clients" '^[1-9][0-9]+ good 0 bad$' "$(tell client calm)"
	assert_eq "directors" 1501 "$(lb show directors --json |
		jq '.directors | length')"
	apply </dev/null
}

run_case "win: UDP leaves a server that fails within a second" udp_failover
run_case "win: a drain and the flush of one server end its conns, no others" \
	drained_and_flushed
run_case "win: thousands of directors in one go under traffic" reload
finish
