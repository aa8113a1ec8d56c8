#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `service lvs / conntrack`: entries of balanced conns in nf_conntrack, and the
# system's own rules on all of their packets. Without it: nothing of either.
. "$(dirname "$0")/lib.sh"

# --- looking at nf_conntrack ---

# entries: addresses and ports of both directions, a line each. The state of
# TCP and whether there was no answer come behind.
entries() {
	local family

	for family in ipv4 ipv6; do
		on lb conntrack -L -f "$family" 2>/dev/null
	done | awk '{
		line = ""
		for (i = 1; i <= NF; i++)
			if ($i ~ /^(src|dst|sport|dport)=/) {
				sub(/.*=/, "", $i)
				line = line $i " "
			}
		print line ($1 == "tcp" ? $4 : $1) ($0 ~ /UNREPLIED/ ? " one-way" : "")
	}' | grep -v '^fe80' | sort
}

entry_count() {
	on lb cat /proc/sys/net/netfilter/nf_conntrack_count
}

forget_entries() {
	on lb conntrack -F >/dev/null 2>&1
}

# --- rules of the system ---

# rules <RULES: in a table that goes with the case.
rules() {
	at_exit on lb nft delete table inet t
	{
		echo "table inet t {"
		cat
		echo "}"
	} | on lb nft -f -
}

# Source translation of what matches.
translating() {
	rules <<-EOT
	chain post {
		type nat hook postrouting priority srcnat
		$1
	}
	EOT
}

# Counters of balanced packets by state: new, established, anything else.
watching() {
	rules <<-EOT
	chain pre {
		type filter hook prerouting priority mangle
		meta l4proto != tcp meta l4proto != udp accept
		ct state new counter accept
		ct state established counter accept
		counter
	}
	chain post {
		type filter hook postrouting priority mangle
		meta l4proto != tcp meta l4proto != udp accept
		ct state new counter accept
		ct state established counter accept
		counter
	}
	EOT
}

# seen CHAIN: what its counters say, in one line.
seen() {
	on lb nft list chain inet t "$1" |
		sed -n 's/.*counter packets \([0-9]*\).*/\1/p' | paste -sd ' '
}

# --- configurations ---

director() {
	printf 'director %s %s %s\n\tbalance roundrobin\n\tmode %s\n' "$@"
}

service() {
	echo "service lvs"
	[ "$1" = off ] || echo "	conntrack"
}

# config on|off
config() {
	apply <<-EOT
	$(service "$1")
	$(director tcp4 "$VIP4:80" TCP nat)
	$(servers4 :8000 "" 1 1)
	$(director tcp6 "[$VIP6]:80" TCP nat)
	$(servers6 :8000 "" 1 1)
	$(director udp4 "$VIP4:80" UDP nat)
	$(servers4 :8000 "" 1 1)
	$(director udp6 "[$VIP6]:80" UDP nat)
	$(servers6 :8000 "" 1 1)
	$(director push "$VIP4:9" UDP nat)
	$(servers4 :9000 "" 1 1)
	EOT
	lb flush >/dev/null
	lb zero
	[ "$1" = off ] || forget_entries
}

# --- two interfaces ---

was_loaded=$(grep -c '^nf_conntrack ' /proc/modules)
topo_two_arm 2
# Complete checksums on the wire, so that a wrong one is seen and refused.
for host in client lb rs1 rs2; do
	on "$host" ethtool -K eth0 tx off >/dev/null
done
on lb ethtool -K eth1 tx off >/dev/null
for i in 1 2; do
	echo_server "rs$i" "rs$i" both '*' 8000 49999 50000 51000 51001
done
agent client
agent rs1

needs_no_nf_conntrack() {
	local ko=${L4LB_KO:-$TOP/l4lb.ko}

	[ -e "$ko" ] || ko=l4lb
	refute "a dependency" grep -q nf_conntrack <<<"$(modinfo -F depends "$ko")"
	config off
	assert_match "who answers" '^rs' "$(tell client burst 1 tcp "$VIP4" 80)"
	assert_eq "modules loaded" "$was_loaded" \
		"$(grep -c '^nf_conntrack ' /proc/modules)"
	config on
	assert "module" [ -e /sys/module/nf_conntrack ]
	assert_eq "service" "service lvs conntrack" \
		"$(lb save | head -2 | xargs)"
}

# Neither rules nor loading are needed for entries.
makes_entries() {
	local proto=$1 vip=$2 client=$3 rs=$4 state=udp

	[ "$proto" = udp ] || state=ESTABLISHED
	config on
	must client open a "$proto" "$vip" 80 6000
	assert_eq "answers" "rs1 rs1 rs1" "$(tell client chat a 3)"
	assert_eq "entries" \
		"$client $vip 6000 80 $rs $client 8000 6000 $state" "$(entries)"
	must client close a
	books_balance
}

# Every packet of a session, with its state.
is_established() {
	local sent

	watching
	config on
	must client open a tcp "$VIP4" 80 6001
	assert_eq "answers" "rs1 rs1 rs1" "$(tell client chat a 3)"
	must client fin a
	assert_eq "end" EOF "$(tell client hear a)"
	books_balance
	sent=$((count[forward_nat] + count[forward_nat_reply]))
	assert_eq "new, established, others arriving" "1 $((sent - 1)) 0" \
		"$(seen pre)"
	assert_eq "and leaving" "1 $((sent - 1)) 0" "$(seen post)"
}

run_case "off: works and loads without nf_conntrack" needs_no_nf_conntrack
for family in 4 6; do
	declare -n vip=VIP$family client=CLIENT$family
	run_case "nat: v$family: tcp: an entry with the server as replier [C38]" \
		makes_entries tcp "$vip" "$client" "$("rs$family" 1)"
	run_case "nat: v$family: udp: an entry with the server as replier [C38]" \
		makes_entries udp "$vip" "$client" "$("rs$family" 1)"
done
run_case "nat: state rules see each packet, none is invalid [C38 C40]" \
	is_established
finish
