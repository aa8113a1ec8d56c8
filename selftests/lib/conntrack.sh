# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the conntrack areas share: nf_conntrack's entries, rules of the system
# and how often they hit. Sourced by them.

# --- looking at nf_conntrack ---

# entries: addresses and ports of both directions, a line each. The state of
# TCP and whether there was no answer come behind.
entries() {
	on lb conntrack -L 2>"$WORK/entries.log" >"$WORK/entries" ||
		echo "conntrack: $(cat "$WORK/entries.log")"
	awk '{
		line = ""
		for (i = 1; i <= NF; i++)
			if ($i ~ /^(src|dst|sport|dport)=/) {
				sub(/.*=/, "", $i)
				line = line $i " "
			}
		print line ($1 == "tcp" ? $4 : $1) \
			($0 ~ /UNREPLIED/ ? " one-way" : "")
	}' "$WORK/entries" | sort
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

# director NAME ADDRESS PROTO MODE
director() {
	printf 'director %s %s %s\n\tbalance roundrobin\n\tmode %s\n' "$@"
}

service() {
	echo "service lvs"
	[ "$1" = off ] || echo "	conntrack"
}
