#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check via vip, by lbctl monitor: checks that go the way of clients, so what
# clients would miss at a server, the check misses. What the module does for
# them: health.sh.
. "$(dirname "$0")/lib.sh"

L4LB_CASE_LIMIT=120

topo_one_arm 2
# Or the balancer's own packets would come from it, which servers take for
# theirs.
ip -n "$(ns lb)" addr change "$VIP6/128" dev eth0 preferred_lft 0
FAR4=$OUT4.$HOST_VIP
ip -n "$(ns lb)" link add d0 up type dummy
add_addr lb d0 "$FAR4/32"
for i in 1 2; do
	open_tunnels "rs$i" "$(rs4 $i)" "$(rs6 $i)" 6080
	http_server "rs$i" "rs$i" '*' 80
done

# director MODE VIP METHOD [KEYWORDS]: rs1 and rs2, checked each second.
director() {
	local family=4

	[[ $2 != *:* ]] || family=6
	printf 'director web %s TCP\n' "$(bracket "$2"):80"
	printf '\t%s\n' "mode $1" "option $3" "check interval 1 ${4:-}"
	"servers$family" "" check
}

config() {
	apply </dev/null
	apply
	lb zero
}

# of SERVER: its health, and how its last check ended.
of() {
	lb show servers --json | jq -r --arg n "$1" '.servers[] |
		select(.name == $n) | "\(.health) \(.check_reason)"'
}

# becomes SERVER WHAT
becomes() {
	wait_for 10 is_equal "$2" of "$1"
}

# lose_vip VIP: of rs1, which gets it back at the end.
lose_vip() {
	local length=32

	[[ $1 != *:* ]] || length=128
	ip -n "$(ns rs1)" addr del "$1/$length" dev lo
	at_exit ip -n "$(ns rs1)" addr replace "$1/$length" dev lo
	at_exit ip -n "$(ns lb)" neigh flush dev eth0
}

# The mistake that a check of the server's own address does not see.
# sees VIP METHOD KEYWORDS GOOD BAD
sees() {
	director gateway "$1" "$2" "$3" | config
	lose_vip "$1"
	monitor_start
	becomes rs1 "up $4"
	becomes rs2 "up $4"
	director gateway "$1" "$2" "$3 via vip" | apply
	becomes rs1 "down $5"
	becomes rs2 "up $4"
	assert_eq "clients" "rs2 rs2 rs2" \
		"$(get_many client "$1" 80 3 | paste -sd ' ')"
	add_server_vip rs1 "$1"
	becomes rs1 "up $4"
	ip -n "$(ns rs1)" addr del "$1" dev lo
	becomes rs1 "down $5"
	stop "$monitor_pid"
	assert_eq "of the servers' traffic" 0 "$(director_of web out_packets)"
	books_balance
	assert "its conns were pinned" [ "${count[conn_pinned]}" -ge 4 ]
	assert_eq "and no others were made but the clients'" 3 \
		"${count[conn_new]}"
}

# http MODE VIP: the request arrives, by the mode, at the server it is for.
http() {
	director "$1" "$2" 'httpcheck uri /who vhost www.example.org' "via vip" |
		config
	monitor_start
	becomes rs1 "up http: 200"
	becomes rs2 "up http: 200"
	assert_eq "down by hand" "" "$(lb set server web/rs2 down)"
	wait_for 5 is_younger rs2
	assert_eq "is still checked" "up http: 200" "$(of rs2)"
}

# is_younger SERVER: it was checked less than the interval ago.
is_younger() {
	[ "$(server_of web "$1" check_age_ms)" -lt 1000 ]
}

no_source() {
	director gateway "$VIP4" tcpcheck "via vip source 10.99.99.99" | config
	monitor_start
	becomes rs1 "up check error: cannot use source 10.99.99.99: cannot assign requested address"
	assert_eq "and nothing was sent" 0 "$(counter conn_pinned)"
}

tunnel_gone() {
	director "tunnel ipip" "$VIP4" tcpcheck "via vip" | config
	monitor_start
	becomes rs1 "up tcp: connected"
	# sit takes IPv4 out, too
	for dev in tun44 tun64; do
		ip -n "$(ns rs1)" link set "$dev" down
		at_exit ip -n "$(ns rs1)" link set "$dev" up
	done
	assert "it is found out" wait_for 6 is_down rs1
	becomes rs2 "up tcp: connected"
	ip -n "$(ns rs1)" link set tun44 up
	becomes rs1 "up tcp: connected"
}

is_down() {
	[[ $(of "$1") = down* ]]
}

run_case "v4: tcp: a missing VIP is seen via vip, and by no other check [B14 C6 C115]" \
	sees "$VIP4" tcpcheck "" "tcp: connected" "tcp: timeout after 500 ms"
run_case "v4: http: a missing VIP is seen via vip [B14 C115]" \
	sees "$VIP4" httpcheck "timeout 800ms" "http: 200" \
	"http: timeout after 800 ms"
run_case "v6: http: a missing VIP is seen via vip [B14 C115]" \
	sees "$VIP6" httpcheck "timeout 800ms" "http: 200" \
	"http: timeout after 800 ms"
run_case "tunnel: a server without its tunnel device is down [C115]" tunnel_gone
run_case "http: v4: nat, to a VIP that is on no segment" http nat "$FAR4"
run_case "http: v6: gateway" http gateway "$VIP6"
run_case "http: v6: tunnel gue" http "tunnel gue port 6080" "$VIP6"
run_case "a source that cannot be used says nothing of the server" no_source
finish
