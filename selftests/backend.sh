#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl backend: a machine is made a server by one command and serves, in every
# mode and family; what is wrong with one is found; undo leaves it as it was.
. "$(dirname "$0")/lib.sh"

# Everybody on one segment, so that who answers ARP is seen; the server's way
# to the rest of the world is the client.
#
#    client          lb             rs1
#     eth0          eth0         eth0, eth1
#    HOST 1        HOST 2         HOST 11
#      |         + HOST_VIP          |
#    --+-------------+---------------+--   NET4.0/24, NET6:/64
GUE_PORT=6080
CLIENT4=$NET4.1 LB4=$NET4.2 VIP4=$NET4.$HOST_VIP RIP4=$NET4.11 OTHER4=$NET4.101
CLIENT6=$NET6:1 LB6=$NET6:2 VIP6=$NET6:$HOST_VIP RIP6=$NET6:11
all=net.ipv4.conf.all

topology() {
	modprobe -a ipip ip_gre sit ip6_tunnel ip6_gre
	add_switch
	add_ns client lb
	plug client eth0
	plug lb eth0
	add_addr client eth0 "$CLIENT4/24" "$CLIENT6/64"
	add_addr lb eth0 "$LB4/24" "$LB6/64" "$VIP4/32" "$VIP6/128" \
		"$OTHER4/32"
	add_server rs1
	# Bound to a VIP, from where UDP has to answer, before it is there.
	on rs1 sysctl -qw net.ipv4.ip_nonlocal_bind=1 \
		net.ipv6.ip_nonlocal_bind=1
	for vip in "$VIP4" "$VIP6" "$OTHER4"; do
		# shellcheck disable=SC2046 # a list of ports
		echo_server rs1 rs1 both "$vip" $(seq 8000 8006)
	done
	config | apply
	agent client
}

# add_server NAME: as a distribution leaves it, with eth1 beside eth0.
add_server() {
	add_ns "$1"
	plug "$1" eth0
	ip -n "$(ns "$1")" -batch - <<-EOT
	link add eth1 type dummy
	link set eth1 arp on up
	EOT
	add_addr "$1" eth0 "$RIP4/24" "$RIP6/64"
	add_default_route "$1" "$CLIENT4" "$CLIENT6"
	mkdir -p "$WORK/$1/etc/systemd/system" "$WORK/$1/etc/sysctl.d"
}

# backend VERB OPTION...: on rs1, with files of its own.
backend() {
	on "${server:-rs1}" lbctl backend "$1" --root "$WORK/${server:-rs1}" \
		"${@:2}"
}

# --- what the machine is like ---

# Everything that prepare touches, and files. One program for all of ip.
machine() {
	printf '%s\n' "address show" "route show table all" \
		"-6 route show table all" "fou show" |
		ip -n "$(ns rs1)" -d -force -batch - 2>/dev/null || true
	on rs1 grep -r . /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf \
		2>/dev/null || true
	find "$WORK/rs1" -printf '%P %s\n'
}

remember() {
	machine | sort >"$WORK/before"
}

is_as_before() {
	machine | sort >"$WORK/after"
	asserted=$((asserted + 1))
	diff "$WORK/before" "$WORK/after" || fail "the machine is not as it was"
}

# Whatever a case leaves.
reset_server() {
	backend undo >/dev/null
	rm -rf "$WORK/rs1/var"
}

# prepare OPTION...: must work.
prepare() {
	backend prepare "$@" >"$WORK/prepare" 2>&1 || {
		cat "$WORK/prepare"
		return 1
	}
}

# found [OPTION...]: the ids of all that is wrong, and notes with a '-'. What
# mends it, as far as it is commands, is left in a file.
# shellcheck disable=SC2120 # without an option: what was prepared
found() {
	backend check --json "$@" 2>/dev/null | jq -r '([.findings[] |
		if .severity == "note" then "-" else "" end + .id] |
		sort | join(" ")), (.findings[].mend[] |
		select(startswith("#") | not))' >"$WORK/found"
	head -n 1 "$WORK/found"
}

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

# --- traffic ---

# Each way to this server has a port of its own on each VIP.
ways=(gateway "ipip 4" "ipip 6" "gre 4" "gre 6" "gue 4" "gue 6")

# port_of MODE RIP_FAMILY: sets port.
port_of() {
	local i

	for i in "${!ways[@]}"; do
		[ "${ways[i]}" != "$1${2:+ $2}" ] || port=$((8000 + i))
	done
}

# directors MODE_WORDS RIP4 RIP6 PORT: of the three VIPs, TCP and UDP.
directors() {
	local vip proto rip

	for vip in "$VIP4" "[$VIP6]" "$OTHER4"; do
		rip=$2
		[[ $vip != *:* ]] || rip=$3
		for proto in TCP UDP; do
			printf 'director %s-%s-%d %s:%d %s\n' "$proto" \
				"${vip//[^0-9a-f]/.}" "$4" "$vip" "$4" "$proto"
			printf '\tmode %s\n\tserver rs1 %s\n' "$1" "$rip"
		done
	done
}

config() {
	local encap words

	directors gateway "$RIP4" "$RIP6" 8000
	for encap in ipip gre gue; do
		words="tunnel $encap"
		[ $encap != gue ] || words+=" port $GUE_PORT"
		port_of $encap 4
		directors "$words" "$RIP4" "$RIP4" "$port"
		port_of $encap 6
		directors "$words" "$RIP6" "$RIP6" "$port"
	done
}

# serves VIP CLIENT: on $port, by TCP and UDP, and sees who asks.
serves() {
	must client open u udp "$1" "$port"
	assert_match "UDP to $1 port $port" "^rs1 $2 [0-9]+ hello$" \
		"$(tell client say u hello)"
	must client close u
	must client open t tcp "$1" "$port"
	assert_match "TCP to $1 port $port" "^rs1 $2 [0-9]+ hello$" \
		"$(tell client say t hello)"
	must client close t
}

# --- the cases: every mode ---

shows_vip() {
	assert_eq "VIPs on lo" "$VIP4/32 lo:1, $VIP6/128 null" \
		"$(ip -n "$(ns rs1)" -j address show lo | jq -r '
			[.[0].addr_info[] | select(.scope == "global") |
			"\(.local)/\(.prefixlen) \(.label)"] | join(", ")')"
	assert_eq "arp_ignore, arp_announce" "1 2" "$(on rs1 sysctl -n \
		$all.arp_ignore $all.arp_announce | paste -sd ' ')"
	assert "sysctl.d" grep -qx 'net.ipv4.conf.all.arp_ignore = 1' \
		"$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf"
	assert "the unit" grep -q '^ExecStart=/.*lbctl backend restore$' \
		"$WORK/rs1/etc/systemd/system/multi-user.target.wants/lbctl-backend.service"
}

gateway() {
	remember
	at_exit reset_server
	prepare --mode gateway --vip "$VIP4:8000" "[$VIP6]:8000/udp" \
		--rip "$RIP4" --lb "$LB4" "$LB6"
	shows_vip
	assert_eq "findings" "" "$(found)"
	port_of gateway
	serves "$VIP4" "$CLIENT4"
	serves "$VIP6" "$CLIENT6"
	assert "undo" backend undo
	is_as_before
}

# tunnel MODE RP_FILTER: both VIPs to either address of the server.
tunnel() {
	local family rip words=$1 port

	[ "$1" != gue ] || words="gue port $GUE_PORT"
	on rs1 sysctl -qw net.ipv4.conf.all.rp_filter="$2"
	at_exit on rs1 sysctl -qw net.ipv4.conf.all.rp_filter=0
	remember
	at_exit reset_server
	for family in 4 6; do
		declare -n rip=RIP$family
		port_of "$1" $family
		# shellcheck disable=SC2086 # words
		prepare --mode $words --vip "$VIP4:$port" "[$VIP6]:$port" \
			--rip "$rip" --lb "$LB4" "$LB6"
	done
	shows_vip
	assert_eq "findings" "-mtu -mtu -mtu -mtu" "$(found)"
	for family in 4 6; do
		port_of "$1" $family
		serves "$VIP4" "$CLIENT4"
		serves "$VIP6" "$CLIENT6"
	done
	assert "undo" backend undo
	is_as_before
}

# --- the cases: what is wrong is found, and the command mends it ---

wrong_addresses() {
	at_exit reset_server
	prepare --mode gateway --vip "$VIP4:8000" "[$VIP6]:8000" \
		--rip "$RIP4" --lb "$LB4"
	breaks "vip-missing" "addr del $VIP4/32 dev lo"
	breaks "vip-missing" "addr del $VIP6/128 dev lo"
	breaks "vip-prefix" "addr del $VIP4/32 dev lo" \
		"addr add $VIP4/24 dev lo"
	breaks "vip-prefix" "addr del $VIP6/128 dev lo" \
		"addr add $VIP6/64 dev lo"
	breaks "vip-broadcast" "addr add $VIP4/32 dev eth0"
	breaks "vip-broadcast" "addr del $VIP6/128 dev lo" \
		"addr add $VIP6/128 dev eth0 nodad"
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
	assert_eq "none" "no-route" "$(found)"
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
	on rs1 nft 'table inet t { chain c {
		type filter hook input priority 0; policy drop; } }'
	assert_eq "a firewall" "-firewall -mtu" "$(found)"
	on rs1 nft delete table inet t
}

# --- the cases: what prepare and undo leave alone ---

twice() {
	at_exit reset_server
	remember
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4" --label 7
	machine | sort >"$WORK/once"
	cp "$WORK/rs1/var/lib/lbctl/backend.json" "$WORK/state"
	assert_eq "commands left" "" "$(backend prepare --dry-run --mode ipip \
		--vip "$VIP4" --rip "$RIP4" | sed '/^cat/,$d')"
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4"
	assert "the state" diff "$WORK/state" "$WORK/rs1/var/lib/lbctl/backend.json"
	assert "the machine" diff "$WORK/once" <(machine | sort)
	assert "undo" backend undo
	is_as_before
	assert_eq "undo again" "nothing was prepared here" "$(backend undo)"
	is_as_before
}

# What --dry-run prints does it, in a shell.
printed_commands() {
	local port

	at_exit reset_server
	remember
	backend prepare --dry-run --mode gre --vip "$VIP4" "$VIP6" \
		--rip "$RIP4" >"$WORK/commands"
	is_as_before
	sed '/^cat/,$d' "$WORK/commands" >"$WORK/only"
	assert_between "commands" 6 8 "$(wc -l <"$WORK/only")"
	refute "anything but ip and sysctl" grep -vE '^(ip|sysctl -w) ' \
		"$WORK/only"
	on rs1 sh -e "$WORK/only" >/dev/null
	assert_eq "findings" "-mtu -mtu" "$(found --mode gre \
		--vip "$VIP4:8003" "[$VIP6]:8003" --rip "$RIP4" --lb "$LB4")"
	port_of gre 4
	serves "$VIP4" "$CLIENT4"
	serves "$VIP6" "$CLIENT6"
	ip -n "$(ns rs1)" -batch - <<-EOT
	link del lbt0
	addr del $VIP4/32 dev lo
	addr del $VIP6/128 dev lo
	EOT
	on rs1 sysctl -qw $all.arp_ignore=0 $all.arp_announce=0
}

# The last commands fail: somebody has the port.
half_fails() {
	at_exit reset_server
	remember
	echo_server rs1 rs1 udp '*' $GUE_PORT
	refute "prepare" prepare --mode gue --port $GUE_PORT \
		--vip "$VIP4" "$VIP6" --rip "$RIP4"
	assert_match "names the command" "'ip fou add port $GUE_PORT gue' failed" \
		"$(cat "$WORK/prepare")"
	assert_match "and what became of it" "machine is as it was before" \
		"$(cat "$WORK/prepare")"
	is_as_before
	prepare --mode gateway --vip "$VIP4" --rip "$RIP4"
	remember
	refute "prepare one more" prepare --mode gue --port $GUE_PORT \
		--vip "$VIP4" "$VIP6" --rip "$RIP4"
	is_as_before
}

one_of_two() {
	local port

	at_exit reset_server
	remember
	prepare --mode gre --vip "$VIP4" --rip "$RIP4"
	machine | sort >"$WORK/one"
	prepare --mode gre --vip "$OTHER4" --rip "$RIP4"
	prepare --mode gateway --vip "$OTHER4" --rip "$RIP4"
	assert_eq "one tunnel for both" 1 "$(ip -n "$(ns rs1)" -o link show |
		grep -c ': lbt')"
	assert_eq "labels" "lo:1 lo:2" "$(ip -n "$(ns rs1)" -o -4 addr show lo |
		grep -o 'lo:[0-9]' | paste -sd ' ')"
	port_of gre 4
	serves "$OTHER4" "$CLIENT4"
	assert_match "of a VIP unknown" "was not prepared here" \
		"$(backend undo --vip "$VIP6" 2>&1)"
	assert "undo" backend undo --vip "$OTHER4"
	assert "as with one" diff "$WORK/one" <(machine | sort)
	serves "$VIP4" "$CLIENT4"
	assert "undo" backend undo --vip "$VIP4"
	is_as_before
}

# An address, a tunnel and a setting of the admin's, before and in between.
admins_own() {
	at_exit reset_server
	ip -n "$(ns rs1)" -batch - <<-EOT
	link add mine type ipip local $RIP4 remote any
	link set mine up
	link set mine down
	addr add $VIP4/32 dev lo
	EOT
	at_exit ip -n "$(ns rs1)" link del mine
	at_exit ip -n "$(ns rs1)" addr del "$VIP4/32" dev lo
	on rs1 sysctl -qw $all.arp_ignore=2
	at_exit on rs1 sysctl -qw $all.arp_ignore=0 $all.arp_announce=0
	remember
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4"
	assert_match "his tunnel is used" '<.*[<,]UP[,>]' \
		"$(ip -n "$(ns rs1)" link show mine)"
	assert_eq "his setting will do" 2 \
		"$(on rs1 sysctl -n $all.arp_ignore)"
	assert "undo" backend undo
	is_as_before
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4"
	on rs1 sysctl -qw $all.arp_announce=1
	ip -n "$(ns rs1)" addr del "$VIP4/32" dev lo
	assert_match "undo" "arp_announce is 1 by now, not the 2" \
		"$(backend undo)"
	assert_eq "left alone" 1 "$(on rs1 sysctl -n $all.arp_announce)"
	ip -n "$(ns rs1)" addr add "$VIP4/32" dev lo
}

# What only the admin can take away, and files of his.
refuses() {
	local file=$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf

	at_exit reset_server
	at_exit rm -f "$file"
	echo "mine" >"$file"
	remember
	assert_match "a file" "was not written by 'lbctl backend'" \
		"$(backend prepare --mode gateway --vip "$VIP4" --rip "$RIP4" 2>&1)"
	is_as_before
	rm "$file"
	ip -n "$(ns rs1)" addr add "$VIP4/32" dev eth0
	at_exit ip -n "$(ns rs1)" addr del "$VIP4/32" dev eth0
	remember
	assert_match "a VIP" "ip addr del $VIP4/32 dev eth0.*nothing was changed" \
		"$(backend prepare --mode gateway --vip "$VIP4" --rip "$RIP4" 2>&1)"
	is_as_before
	assert_match "an address" "$NET4.99 is no address of this machine" \
		"$(backend prepare --mode ipip --vip "$VIP4" --rip "$NET4.99" 2>&1)"
	is_as_before
}

# --- the cases: ARP, rp_filter, boot, others ---

# who_has VIP: asks from the client; who answers.
who_has() {
	ip -n "$(ns client)" neigh flush dev eth0
	capture client eth0 "$WORK/pcap" arp
	on client ping -qc1 -W2 "$1" >/dev/null || true
	capture_end
	tcpdump -ner "$WORK/pcap" 2>/dev/null |
		sed -n "s/^.*Reply $1 is-at \([0-9a-f:]*\).*/\1/p" |
		sort | paste -sd ' '
}

# Without it both answer; with it the balancer alone.
answers_arp() {
	at_exit reset_server
	prepare --mode gateway --vip "$VIP4" --rip "$RIP4"
	assert_eq "who has the VIP" "$(mac_of lb eth0)" "$(who_has "$VIP4")"
	capture client eth0 "$WORK/pcap" "arp and ether src $(mac_of rs1 eth0)"
	ip -n "$(ns rs1)" neigh flush dev eth0
	on rs1 ping -qc1 -W2 -I "$VIP4" "$CLIENT4" >/dev/null || true
	capture_end
	assert_eq "who asks from the VIP" "$RIP4" \
		"$(tcpdump -nr "$WORK/pcap" 2>/dev/null |
		sed -n 's/.*who-has .* tell \([0-9.]*\),.*/\1/p' | sort -u)"
	on rs1 sysctl -qw $all.arp_ignore=0
	assert_eq "without arp_ignore" \
		"$(printf '%s\n' "$(mac_of lb eth0)" "$(mac_of rs1 eth0)" |
		sort | paste -sd ' ')" "$(who_has "$VIP4")"
	on rs1 sysctl -qw $all.arp_ignore=1
}

# Every larger value, with and without an address: what check says is what
# happens. The client waits less than usual for what is not to come.
rp_filter_matrix() {
	local pair addr port answer verdict

	at_exit reset_server
	at_exit on rs1 sysctl -qw $all.rp_filter=0
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4" --lb "$LB4"
	port_of ipip 4
	start_agent hasty client agent.py $L4LB_SLOW
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

# The same machine after a boot: nothing but its files.
boots() {
	local port before

	at_exit reset_server
	prepare --mode gue --port $GUE_PORT --vip "$VIP4" "$VIP6" --rip "$RIP4"
	prepare --mode gateway --vip "$OTHER4" --rip "$RIP4"
	before=$(ip -n "$(ns rs1)" -o addr show | sed 's/^[0-9]*//' | sort)
	ip -n "$(ns rs1)" -batch - <<-EOT
	fou del port $GUE_PORT
	link del lbt0
	link del lbt1
	addr del $VIP4/32 dev lo
	addr del $VIP6/128 dev lo
	addr del $OTHER4/32 dev lo
	EOT
	on rs1 sysctl -qw $all.arp_ignore=0 $all.arp_announce=0
	on rs1 sysctl -qep "$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf" 2>/dev/null
	assert_eq "settings" 1 "$(on rs1 sysctl -n $all.arp_ignore)"
	assert "restore" backend restore
	assert_eq "addresses" "$before" "$(ip -n "$(ns rs1)" -o addr show |
		sed 's/^[0-9]*//' | sort)"
	port_of gue 4
	serves "$VIP4" "$CLIENT4"
	serves "$VIP6" "$CLIENT6"
	assert "again" backend restore
}

# Nothing is to be done but a route, which is the admin's.
mode_nat() {
	at_exit reset_server
	machine | sort | grep -v '^[^-].* [0-9]*$' >"$WORK/before"
	prepare --mode nat --vip "$VIP4:80" --rip "$RIP4:9997" --lb "$LB4"
	assert_match "the route" "wrong: route-past-balancer" \
		"$(cat "$WORK/prepare")"
	assert_match "the service" "nobody listens on tcp $RIP4:9997" \
		"$(cat "$WORK/prepare")"
	assert "nothing is changed" diff "$WORK/before" \
		<(machine | sort | grep -v '^var\|^etc')
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

nothing_left() {
	assert "the machine" diff "$WORK/first" <(machine | sort)
}

topology
machine | sort >"$WORK/first"
run_case "gateway: prepare, serve, undo, v4 and v6 [C7 C8 C12 C116]" gateway
run_case "ipip: prepare, serve, undo, every family in every [C7 C8 C117]" \
	tunnel ipip 0
run_case "gre: prepare, serve, undo, every family in every, rp_filter 1 [C118]" \
	tunnel gre 1
run_case "gue: prepare, serve, undo, every family in every, rp_filter 2 [C118]" \
	tunnel gue 2
run_case "check: addresses and ARP: each mistake is found and mended [C6 C7 C9 C10]" \
	wrong_addresses
run_case "check: tunnels: each mistake is found and mended [C117 C118]" \
	wrong_tunnels
run_case "check: gue: port and IPv6 are found and mended" wrong_gue
run_case "check: routes: by the balancer, past it, none, elsewhere [C13]" \
	wrong_routes
run_case "check: services, size, firewalls" wrong_services
run_case "prepare: twice is once" twice
run_case "prepare: the printed commands do it, too" printed_commands
run_case "prepare: when one command fails, nothing is left" half_fails
run_case "undo: one of two VIPs that share a tunnel" one_of_two
run_case "undo: what the admin made or changed stays" admins_own
run_case "prepare: refuses what it would have to destroy" refuses
run_case "arp: one answer for the VIP, no question from it [C9 C10 C11 C17]" \
	answers_arp
run_case "rp_filter: check says what the kernel does [C118]" rp_filter_matrix
run_case "restore: a boot brings everything back [C12]" boots
run_case "nat: only says what the routes should be [C13]" mode_nat
run_case "windows: hints, no claims [C24]" windows
run_case "all: nothing is left of any of it" nothing_left
finish
