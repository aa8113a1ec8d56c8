#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check via vip, by lbctl monitor: checks that go the way of clients. What the
# module does for them: health.sh.
. "$(dirname "$0")/lib.sh"

topo_two_arm 2
for i in 1 2; do
	add_server_vip "rs$i" "$VIP4/32" "$VIP6/128"
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
	wait_for 6 is_equal "$2" of "$1"
}

lose_vip() {
	ip -n "$(ns rs1)" addr del "$VIP4/32" dev lo
}

# The mistake that a check of the server's own address does not see.
sees_lo() {
	director gateway "$VIP4" tcpcheck | config
	monitor_start
	becomes rs1 "up tcp: connected"
	lose_vip
	at_exit ip -n "$(ns rs1)" addr replace "$VIP4/32" dev lo
	at_exit ip -n "$(ns lb)" neigh flush dev eth1
	sleep 2
	assert_eq "its own address answers" "up tcp: connected" "$(of rs1)"
	director gateway "$VIP4" tcpcheck "via vip" | apply
	becomes rs1 "down tcp: timeout after 500 ms"
	becomes rs2 "up tcp: connected"
	add_addr rs1 lo "$VIP4/32"
	becomes rs1 "up tcp: connected"
	stop "$monitor_pid"
	assert_eq "of the servers' traffic" 0 "$(director_of web out_packets)"
	books_balance
	assert "its conns were pinned" [ "${count[conn_pinned]}" -ge 4 ]
	assert_eq "and no others were made" 0 "${count[conn_new]}"
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

run_case "gateway: a server without the VIP is down [C6 C115]" sees_lo
run_case "tunnel: a server without its tunnel device is down [C115]" tunnel_gone
run_case "http: v4: nat" http nat "$VIP4"
run_case "http: v6: gateway" http gateway "$VIP6"
run_case "http: v6: tunnel gue" http "tunnel gue port 6080" "$VIP6"
run_case "a source that cannot be used says nothing of the server" no_source
finish
