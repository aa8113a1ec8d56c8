#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl backend check: each classic mistake is found, exactly, and what it says
# mends it does; what it says of rp_filter is what the kernel does.
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/backend.sh
. "$SELFTESTS/lib/backend.sh"

# Each look at a machine is a dozen programs, slow where they are emulated.
L4LB_CASE_LIMIT=150

# breaks IDS COMMAND...: after the command, given as lines for ip without its
# first word or as a setting, exactly this is found; then what mends it is done.
# The next mistake would show what was not mended.
breaks() {
	local line

	for line in "${@:2}"; do
		case $line in
		*=*)	on rs1 sysctl -qw "$line" ;;
		*)	echo "$line" ;;
		esac
	done | ip -n "$(ns rs1)" -batch -
	assert_eq "after: ${*:2}" "$1" "$(found)"
	sed 1d "$WORK/found" | on rs1 sh -e >/dev/null
}

# --- the cases: what is wrong is found, and the command mends it ---

wrong_addresses() {
	at_exit reset_server
	prepare --mode gateway --vip "$VIP4" "$VIP6" --rip "$RIP4" --lb "$LB4"
	breaks "vip-missing" "addr del $VIP4/32 dev lo"
	breaks "vip-missing" "addr del $VIP6/128 dev lo"
	breaks "vip-prefix" "addr del $VIP4/32 dev lo" \
		"addr add $VIP4/24 dev lo"
	breaks "vip-prefix" "addr del $VIP6/128 dev lo" \
		"addr add $VIP6/64 dev lo"
	breaks "vip-broadcast" "addr add $VIP4/32 dev eth0"
	breaks "vip-broadcast" "addr del $VIP6/128 dev lo" \
		"addr add $VIP6/128 dev eth0 nodad"
	assert_eq "in the end" "" "$(found)"
}

wrong_arp() {
	at_exit reset_server
	at_exit on rs1 sysctl -qw net.ipv4.conf.eth0.arp_ignore=0
	prepare --mode gateway --vip "$VIP4" --rip "$RIP4" --lb "$LB4"
	breaks "arp-ignore" $all.arp_ignore=0
	breaks "arp-ignore" net.ipv4.conf.eth0.arp_ignore=8
	breaks "arp-announce" $all.arp_announce=1
	assert_eq "in the end" "" "$(found)"
	assert "is said, too" grep -q '^nothing is wrong$' <(backend check)
}

# What the route announces goes through any tunnel.
with_room() {
	printf 'route change default via %s advmss 1300\n' "$CLIENT4" "$CLIENT6" |
		ip -n "$(ns rs1)" -batch -
	at_exit without_room
}

without_room() {
	printf 'route change default via %s\n' "$CLIENT4" "$CLIENT6" |
		ip -n "$(ns rs1)" -batch -
}

# The name is the kernel's: the first tunnel is lbt0.
wrong_tunnels() {
	local add="link add lbt0 type" del="link del lbt0"

	at_exit reset_server
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4" --lb "$LB4"
	with_room
	breaks "tunnel-missing" "$del"
	breaks "tunnel-down" "link set lbt0 down"
	breaks "tunnel-local" "$del" "$add ipip local $NET4.99" \
		"link set lbt0 up"
	breaks "tunnel-remote" "$del" \
		"$add ipip local $RIP4 remote $NET4.99" "link set lbt0 up"
	breaks "tunnel-kind" "$del" "$add gre local $RIP4" "link set lbt0 up"
	ip -n "$(ns rs1)" link del lbt0
	breaks "rp-filter-tunnel" $all.rp_filter=1
	ip -n "$(ns rs1)" addr flush dev lbt1
	breaks "rp-filter-tunnel"
	on rs1 sysctl -qw $all.rp_filter=0
	assert_eq "in the end" "" "$(found)"
	ip -n "$(ns rs1)" link del lbt1
}

wrong_gue() {
	at_exit reset_server
	prepare --mode gue --port $GUE_PORT --vip "$VIP6" --rip "$RIP4" \
		--lb "$LB4"
	with_room
	breaks "gue-port" "fou del port $GUE_PORT"
	breaks "gue-port" "fou del port $GUE_PORT" \
		"fou add port $GUE_PORT ipproto 41"
	breaks "ipv6-off" net.ipv6.conf.lbt0.disable_ipv6=1
	assert_eq "in the end" "" "$(found)"
}

# What the routes are, no command can know: ROUTER stands for it.
wrong_routes() {
	at_exit reset_server
	at_exit ip -n "$(ns rs1)" route replace default via "$CLIENT4"
	prepare --mode gateway --vip "$VIP4" --rip "$RIP4" --lb "$LB6" "$LB4"
	ip -n "$(ns rs1)" route replace default via "$LB4"
	assert_eq "by the balancer" "route-balancer" "$(found)"
	assert_eq "in mode nat it has to be" "" \
		"$(found --mode nat --vip "$OTHER4" --rip "$RIP4" --lb "$LB4")"
	ip -n "$(ns rs1)" route del default
	assert_eq "none: only neighbours are served" "-no-route" "$(found)"
	assert_eq "none to a client" "no-route" "$(found --client 10.9.9.9)"
	assert_eq "to a neighbour" "" "$(found --client "$CLIENT4")"
	ip -n "$(ns rs1)" route replace default via "$CLIENT4"
	assert_eq "mode nat, past the balancer" "route-past-balancer" \
		"$(found --mode nat --vip "$OTHER4" --rip "$RIP4" --lb "$LB4")"
	ip -n "$(ns rs1)" route add default dev eth1 metric 5
	ip -n "$(ns rs1)" route del default via "$CLIENT4"
	breaks "rp-filter" $all.rp_filter=1
	assert_eq "rp_filter" "" "$(found)"
	on rs1 sysctl -qw $all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
	ip -n "$(ns rs1)" route del default
}

wrong_services() {
	at_exit reset_server
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4" --lb "$LB4"
	echo_server rs1 rs1 tcp "$RIP4" 9998
	assert_eq "nobody" "-mtu listener" "$(found --vip "$VIP4:9999")"
	assert_eq "only UDP" "-mtu listener" "$(found --vip "$VIP4:53/udp")"
	assert_eq "elsewhere" "-mtu listener-address" \
		"$(found --vip "$VIP4:9998")"
	assert_match "where" "only on $RIP4:9998" \
		"$(backend check --vip "$VIP4:9998" 2>&1 || true)"
	# The tunnel has no room for what the route announces.
	breaks "-mtu"
	assert_match "the route" "advmss 1440" \
		"$(ip -n "$(ns rs1)" route show default)"
	assert_eq "in the end" "" "$(found)"
	ip -n "$(ns rs1)" route change default via "$CLIENT4" dev eth0
	on rs1 nft -f - <<-EOT
	table inet t {
		chain c { type filter hook input priority 0; policy drop; }
	}
	EOT
	assert_eq "a firewall" "-firewall -mtu" "$(found)"
	on rs1 nft delete table inet t
}

# Every larger value, with and without an address: what check says is what
# happens. The client waits less than usual for what is not to come.
rp_filter_matrix() {
	local pair addr port answer verdict

	at_exit reset_server
	at_exit on rs1 sysctl -qw $all.rp_filter=0
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4" --lb "$LB4"
	port_of ipip 4
	start_agent hasty client agent.py "$L4LB_SLOW"
	must hasty open u udp "$VIP4" "$port"
	for addr in no yes; do
		[ $addr = no ] || add_addr rs1 lbt0 198.18.9.9/32
		for pair in "0 0" "0 1" "1 2" "0 2" "2 0"; do
			on rs1 sysctl -qw $all.rp_filter="${pair% *}" \
				net.ipv4.conf.lbt0.rp_filter="${pair#* }"
			answer=$(tell hasty say u x)
			verdict=$(found)
			verdict=${verdict//-mtu/}
			[[ $answer = rs1* ]] && answer='' ||
				answer=rp-filter-tunnel
			assert_eq "all, lbt0: $pair, address: $addr" \
				"$answer" "${verdict# }"
		done
	done
}

# Nothing is to be done but a route, which is the admin's.
mode_nat() {
	at_exit reset_server
	settings >"$WORK/settings"
	prepare --mode nat --vip "$VIP4:80" --rip "$RIP4:9997" --lb "$LB4"
	assert_match "the route" "wrong: route-past-balancer" \
		"$(cat "$WORK/prepare")"
	assert_match "the service" "nobody listens on tcp $RIP4:9997" \
		"$(cat "$WORK/prepare")"
	assert "nothing is changed" diff "$WORK/settings" <(settings)
}

windows() {
	local text

	text=$(backend prepare --print windows --vip "$VIP4" --iface net)
	assert_match "receive" \
		'set interface "net" weakhostreceive=enabled' "$text"
	assert_match "send" \
		'set interface "loopback" weakhostsend=enabled' "$text"
	assert_match "what it is worth" "Hints, not support" "$text"
}

run_case "check: addresses: each mistake is found and mended [C6 C7]" \
	wrong_addresses
run_case "check: ARP: each mistake is found and mended [C9 C10]" wrong_arp
run_case "check: tunnels: each mistake is found and mended [C117 C118]" \
	wrong_tunnels
run_case "check: gue: port and IPv6 are found and mended" wrong_gue
run_case "check: routes: by the balancer, past it, none, elsewhere [C13]" \
	wrong_routes
run_case "check: services, size, firewalls" wrong_services
run_case "rp_filter: check says what the kernel does [C118]" rp_filter_matrix
run_case "nat: only says what the routes should be [C13]" mode_nat
run_case "windows: hints, no claims [C24]" windows
run_case "all: nothing is left of any of it" nothing_left
finish
