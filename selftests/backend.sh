#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lbctl backend: a machine is made a server by one command and serves, in every
# mode and family, also after a boot; undo leaves it as it was.
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib/backend.sh
. "$SELFTESTS/lib/backend.sh"

# Each look at a machine is a dozen programs, slow where they are emulated.
L4LB_CASE_LIMIT=150

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

# --- the cases: what prepare and undo leave alone ---

twice() {
	at_exit reset_server
	remember
	prepare --mode ipip --vip "$VIP4" --rip "$RIP4" --label 7
	machine | sort >"$WORK/once"
	cp "$WORK/rs1/var/lib/lbctl/backend.json" "$WORK/state"
	assert_eq "commands left" "" "$(backend prepare --dry-run --mode ipip \
		--vip "$VIP4" --rip "$RIP4" | sed '/^cat/,/^EOF/d; /^#/d')"
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
	assert_match "the file comes first" "^cat >" \
		"$(head -n 1 "$WORK/commands")"
	sed '/^cat/,/^EOF/d; /^#/d' "$WORK/commands" >"$WORK/only"
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

# Only the VIP shows that a rule has its answers leave elsewhere, and what that
# takes fails: the rest stays, and is all that is known as made.
second_round_fails() {
	at_exit reset_server
	mkdir "$WORK/bin"
	cat >"$WORK/bin/sysctl" <<-EOT
	#!/bin/sh
	case "\$*" in *eth0.rp_filter*) exit 1 ;; esac
	exec $(command -v sysctl) "\$@"
	EOT
	chmod +x "$WORK/bin/sysctl"
	on rs1 sysctl -qw net.ipv4.conf.eth0.rp_filter=1
	at_exit on rs1 sysctl -qw net.ipv4.conf.eth0.rp_filter=0
	ip -n "$(ns rs1)" route add default dev eth1 table 7
	at_exit ip -n "$(ns rs1)" route del default dev eth1 table 7
	ip -n "$(ns rs1)" rule add from "$VIP4" table 7
	at_exit ip -n "$(ns rs1)" rule del from "$VIP4" table 7
	remember
	PATH=$WORK/bin:$PATH refute "prepare" prepare --mode gateway \
		--vip "$VIP4" --rip "$RIP4"
	assert_match "what became of it" "prepared, but for what failed" \
		"$(cat "$WORK/prepare")"
	refute "as made, or in a file" grep -r rp_filter "$WORK/rs1"
	assert_match "check" '(^| )rp-filter( |$)' "$(found --client 192.0.2.1)"
	prepare --mode gateway --vip "$VIP4" --rip "$RIP4"
	assert_eq "rp_filter" 2 \
		"$(on rs1 sysctl -n net.ipv4.conf.eth0.rp_filter)"
	assert "undo" backend undo
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

# answers VIP: who has told the client so far.
answers() {
	tcpdump -ner "$WORK/pcap" 2>/dev/null |
		sed -n "s/^.*Reply $1 is-at \([0-9a-f:]*\).*/\1/p" |
		sort | paste -sd ' '
}

# who_has VIP COUNT: asks from the client, and waits for so many answers. One
# more would have come by the end of the ping.
who_has() {
	ip -n "$(ns client)" neigh flush dev eth0
	capture client eth0 "$WORK/pcap" arp
	on client ping -qc3 -i 0.3 -W2 "$1" >/dev/null || true
	wait_for 5 has_answers "$1" "$2"
	capture_end
	answers "$1"
}

has_answers() {
	[ "$(answers "$1" | wc -w)" -ge "$2" ]
}

# Without it both answer; with it the balancer alone.
answers_arp() {
	at_exit reset_server
	prepare --mode gateway --vip "$VIP4" --rip "$RIP4"
	assert_eq "who has the VIP" "$(mac_of lb eth0)" "$(who_has "$VIP4" 1)"
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
		sort | paste -sd ' ')" "$(who_has "$VIP4" 2)"
	on rs1 sysctl -qw $all.arp_ignore=1
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

# A boot at which one thing fails, and one is the admin's: his is left to him,
# the other things are made, no file is touched.
boots_in_part() {
	local files

	at_exit reset_server
	ip -n "$(ns rs1)" addr add "$OTHER4/32" dev lo
	prepare --mode gateway --vip "$VIP4" "$VIP6" "$OTHER4" --rip "$RIP4"
	files=$(cd "$WORK/rs1" && find etc -type f -exec cksum {} +)
	ip -n "$(ns rs1)" -batch - <<-EOT
	addr del $VIP4/32 dev lo
	addr del $VIP6/128 dev lo
	addr del $OTHER4/32 dev lo
	EOT
	on rs1 sysctl -qw net.ipv6.conf.lo.disable_ipv6=1
	at_exit on rs1 sysctl -qw net.ipv6.conf.lo.disable_ipv6=0
	refute "restore" backend restore
	assert_eq "files" "$files" \
		"$(cd "$WORK/rs1" && find etc -type f -exec cksum {} +)"
	assert_eq "addresses" "$VIP4/32" "$(ip -n "$(ns rs1)" -o addr show lo |
		grep -o "[^ ]*/\(32\|128\)" | paste -sd ' ')"
	on rs1 sysctl -qw net.ipv6.conf.lo.disable_ipv6=0
	echo "mine" >"$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf"
	assert "restore" backend restore
	assert_match "undo" "was not written by 'lbctl backend': left as it is" \
		"$(backend undo)"
	assert_eq "his file" "mine" \
		"$(cat "$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf")"
	rm "$WORK/rs1/etc/sysctl.d/90-lbctl-dsr.conf"
}

run_case "gateway: prepare, serve, undo, v4 and v6 [C7 C8 C12 C14 C116]" gateway
run_case "ipip: prepare, serve, undo, every family in every [C7 C8 C117]" \
	tunnel ipip 0
run_case "gre: prepare, serve, undo, every family in every, rp_filter 1 [C118]" \
	tunnel gre 1
run_case "gue: prepare, serve, undo, every family in every, rp_filter 2 [C118]" \
	tunnel gue 2
run_case "prepare: twice is once" twice
run_case "prepare: the printed commands do it, too" printed_commands
run_case "prepare: when one command fails, nothing is left" half_fails
run_case "prepare: what only the VIP shows fails, the rest stays" \
	second_round_fails
run_case "undo: one of two VIPs that share a tunnel" one_of_two
run_case "undo: what the admin made or changed stays" admins_own
run_case "prepare: refuses what it would have to destroy" refuses
run_case "arp: one answer for the VIP, no question from it [C9 C10 C11 C17]" \
	answers_arp
run_case "restore: a boot brings everything back [C12]" boots
run_case "restore: one thing fails, the others are made" boots_in_part
run_case "all: nothing is left of any of it" nothing_left
finish
