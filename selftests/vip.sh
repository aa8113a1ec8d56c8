#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# option vip iface: lbctl apply owns the addresses of directors.
. "$(dirname "$0")/lib.sh"

topo_one_arm 1
OWN4=$NET4.77 LATE4=$NET4.78 OWN6=$NET6:77

# director NAME PLACE IFACE [KEYWORD]: of one server; no IFACE: no option.
director() {
	printf 'director %s %s TCP\n\tmode nat\n' "$1" "$2"
	[ -z "$3" ] || printf '\toption vip iface %s\n' "$3"
	if [[ $2 = \[* ]]; then
		servers6 :80 "${4:-}" 1 1
	else
		servers4 :80 "${4:-}" 1 1
	fi
}

# owned: which of the two addresses are where.
owned() {
	ip -n "$(ns lb)" -j -d addr show | jq -r --arg a "$OWN4" --arg b "$OWN6" \
		'[.[] | .ifname as $i | .addr_info[] |
		select(.local == $a or .local == $b) |
		"\($i) \(.local)/\(.prefixlen)"] | join(", ")'
}

comes_and_goes() {
	{ director a "$OWN4:80" eth0; director b "$OWN4:81" eth0
	  director c "[$OWN6]:80" eth0; } >"$WORK/conf"
	assert_match "dry run" "\+ address $OWN4 on eth0" \
		"$(lb apply --dry-run "$WORK/conf")"
	assert_eq "nothing yet" "" "$(owned)"
	assert_eq "told" "+ address $OWN4 on eth0
+ address $OWN6 on eth0" "$(lb apply "$WORK/conf" | grep address)"
	assert_eq "there" "eth0 $OWN4/32, eth0 $OWN6/128" "$(owned)"
	assert "they answer" on client ping -qc1 -W5 "$OWN4"
	assert "they answer" on client ping -qc1 -W5 "$OWN6"
	assert_match "nothing to change" 'nothing to change' \
		"$(lb apply "$WORK/conf")"
	assert_eq "saved" 3 "$(lb save | grep -c 'option vip iface eth0')"
	assert_eq "shown" "eth0 eth0 eth0" "$(lb show directors --json |
		jq -r '[.directors[].vip_iface] | join(" ")')"
	director b "$OWN4:81" eth0 | apply
	assert_eq "one is still wanted" "eth0 $OWN4/32" "$(owned)"
	director b "$OWN4:81" "" | apply
	assert_eq "nobody wants it" "" "$(owned)"
}

comes_back() {
	director a "$OWN4:80" eth0 | apply
	ip -n "$(ns lb)" addr del "$OWN4/32" dev eth0
	assert_eq "told" "+ address $OWN4 on eth0" \
		"$(director a "$OWN4:80" eth0 | lb apply -)"
	assert_eq "there" "eth0 $OWN4/32" "$(owned)"
	ip -n "$(ns lb)" link add d0 up type dummy
	at_exit ip -n "$(ns lb)" link del d0
	director a "$OWN4:80" d0 | apply
	assert_eq "elsewhere" "d0 $OWN4/32" "$(owned)"
	apply </dev/null
	assert_eq "no director" "" "$(owned)"
}

# The same file restores what others take away, and changes nothing else.
is_restored() {
	local both="d0 $OWN4/32, d0 $OWN6/128"

	ip -n "$(ns lb)" link add d0 up type dummy
	at_exit ip -n "$(ns lb)" link del d0
	{ director a "$OWN4:80" d0; director c "[$OWN6]:80" d0; } >"$WORK/conf"
	apply <"$WORK/conf"
	bounce d0
	assert_eq "a link that goes down loses IPv6" "d0 $OWN4/32" "$(owned)"
	assert_eq "told" "+ address $OWN6 on d0" "$(lb apply "$WORK/conf")"
	assert_eq "there" "$both" "$(owned)"
	on lb sysctl -qw net.ipv6.conf.d0.keep_addr_on_down=1
	bounce d0
	assert_eq "unless it is told to keep it" "$both" "$(owned)"
	ip -n "$(ns lb)" addr flush dev d0
	assert_eq "flushed" "" "$(owned)"
	assert_eq "what is missing is told" "+ address $OWN4 on d0
+ address $OWN6 on d0" "$(lb apply --dry-run "$WORK/conf")"
	assert_eq "and put back" "+ address $OWN4 on d0
+ address $OWN6 on d0" "$(lb apply "$WORK/conf")"
	assert_eq "there" "$both" "$(owned)"
	apply </dev/null
	assert_eq "they are ours again" "" "$(owned)"
}

bounce() {
	ip -n "$(ns lb)" link set "$1" down
	ip -n "$(ns lb)" link set "$1" up
}

# What the administrator has put there is his.
not_ours() {
	add_addr lb eth0 "$OWN4/24"
	at_exit ip -n "$(ns lb)" addr del "$OWN4/24" dev eth0
	director a "$OWN4:80" eth0 | apply
	assert_eq "as it was" "eth0 $OWN4/24" "$(owned)"
	apply </dev/null
	assert_eq "stays" "eth0 $OWN4/24" "$(owned)"
}

# A router that knows another owner learns at once.
announces() {
	local mac

	mac=$(ip -n "$(ns lb)" -j link show eth0 | jq -r '.[0].address')
	ip -n "$(ns client)" neigh replace "$OWN4" lladdr 02:00:00:00:00:77 \
		dev eth0 nud stale
	ip -n "$(ns client)" neigh replace "$OWN6" lladdr 02:00:00:00:00:77 \
		dev eth0 nud stale
	capture client eth0 "$WORK/pcap" "arp or icmp6"
	{ director a "$OWN4:80" eth0; director c "[$OWN6]:80" eth0; } | apply
	wait_for 10 eval "captured \$WORK/pcap 'ip6[40] == 136 and dst ff02::1' |
		grep -q '^1\$'"
	capture_end
	assert_eq "ARP, request and reply" \
		"Request who-has $OWN4 tell $OWN4
Reply $OWN4 is-at $mac" "$(tcpdump -nr "$WORK/pcap" arp 2>/dev/null |
		grep -F "$OWN4" | sed -E 's/.*ARP, ([^,]*),.*/\1/')"
	assert_match "IPv6" "$OWN6 > ff02::1: .*neighbor advertisement, .*tgt is $OWN6, Flags \[override\]" \
		"$(tcpdump -vnr "$WORK/pcap" icmp6 2>/dev/null | tr -d '\n')"
	assert_match "IPv4: learned" "lladdr $mac" \
		"$(ip -n "$(ns client)" neigh show "$OWN4")"
	assert_match "IPv6: learned" "lladdr $mac" \
		"$(ip -n "$(ns client)" neigh show "$OWN6")"
	apply </dev/null
}

refused() {
	director a "$OWN4:80" "" | apply
	director a "$OWN4:80" eth9 >"$WORK/conf"
	exits 25 "there is no interface 'eth9'" lb apply "$WORK/conf"
	assert_eq "as before" "" "$(lb save | grep 'option vip')"
	# The module refuses what lbctl cannot know: nothing stays.
	director a "$OWN4:80" eth0 >"$WORK/conf"
	ip -n "$(ns lb)" link add d1 type dummy
	at_exit ip -n "$(ns lb)" link del d1
	on lb sysctl -qw net.ipv6.conf.d1.disable_ipv6=1
	{ cat "$WORK/conf"; director c "[$OWN6]:80" d1; } >"$WORK/conf2"
	exits 102 "cannot add $OWN6 to d1: " lb apply "$WORK/conf2"
	assert_eq "nothing was added" "" "$(owned)"
	assert_eq "as before" "" "$(lb save | grep 'option vip')"
}

# At boot one interface that is not there must not keep all else out.
late() {
	apply </dev/null
	{ director a "$OWN4:80" eth0; director b "$LATE4:80" late0; } >"$WORK/conf"
	exits 25 "there is no interface 'late0'" lb apply "$WORK/conf"
	exits 103 "in force, but for 1 address: run 'lbctl apply'" \
		lb apply --late-interfaces "$WORK/conf"
	assert_match "which" "director 'b': there is no interface 'late0' yet" \
		"$(cat "$WORK/said")"
	assert_eq "directors in force" "a b" "$(lb show directors --json |
		jq -r '[.directors[].name] | join(" ")')"
	assert_match "the other address" "$OWN4" "$(owned)"
	ip -n "$(ns lb)" link add late0 type dummy
	at_exit ip -n "$(ns lb)" link del late0
	exits 0 "" lb apply --late-interfaces "$WORK/conf"
	assert_match "address on late0" "$LATE4" "$(ip -n "$(ns lb)" addr show dev late0)"
}

# exits CODE TEXT COMMAND...
exits() {
	local code=0

	"${@:3}" >"$WORK/said" 2>&1 || code=$?
	assert_eq "exit code" "$1" "$code"
	assert_match "reason" "$2" "$(cat "$WORK/said")"
}

# Many at once, of two configurations that want the same address.
at_once() {
	local i pids=()

	director a "$OWN4:80" eth0 >"$WORK/one"
	{ cat "$WORK/one"; director b "$OWN4:81" eth0; } >"$WORK/two"
	for i in 1 2 3 4 5 6; do
		for conf in one two; do
			lb apply "$WORK/$conf" >>"$WORK/told" 2>&1 &
			pids+=($!)
		done
	done
	wait "${pids[@]}"
	assert_eq "there" "eth0 $OWN4/32" "$(owned)"
	assert_eq "errors" "" "$(grep -v "^applied\|^nothing\|^[+-~] \|^ " \
		"$WORK/told")"
	apply </dev/null
	assert_eq "gone" "" "$(owned)"
}

run_case "addresses come and go with their directors [C5]" comes_and_goes
run_case "what is lost comes back, what moves, moves" comes_back
run_case "what others take away, an apply of the same file restores" is_restored
run_case "an address that is not ours stays" not_ours
run_case "neighbours are told" announces
run_case "refused: nothing has changed" refused
run_case "an interface that comes late keeps only its own address out" late
run_case "applies at once do not take it from each other" at_once
finish
