# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The balancers that bench/run compares. Each has
#   NAME_reset			start with empty tables
#   NAME_serve MODE SERVERS	one director on the VIP, leastconn or, l4lb
#				only, the scheduler in $balance; in mode
#				gateway one on VIP6 too; fails where it cannot
# Sourced by bench/run, whose VIP, VIP6, server and OUT they use.

# All memory of the balancer's slab caches, empty places included.
slab_bytes() {
	local caches=ip_vs_conn

	[ "$1" = ipvs ] || caches='l4lb.*'
	awk -v name="^$caches\$" '$1 ~ name { n += $15 * $6 * 4096 }
		END { print n + 0 }' /proc/slabinfo
}

# --- IPVS ---

ipvs_reset() {
	ipvsadm -C 2>/dev/null || true
	modprobe -r ip_vs_wlc ip_vs 2>/dev/null || true
	modprobe ip_vs_wlc
}

ipvs_serve() {
	local flag i

	case $1 in
	gateway)	flag=-g ;;
	nat)		flag=-m ;;
	tunnel)		flag=-i ;;
	esac
	{
		echo "-A -t $VIP:80 -s wlc"
		for ((i = 1; i <= $2; i++)); do
			echo "-a -t $VIP:80 -r $(server $i):80 $flag"
		done
		[ "$1" != gateway ] || ipvs_serve_v6
	} | ipvsadm -R
}

ipvs_serve_v6() {
	local i

	echo "-A -t [$VIP6]:80 -s wlc"
	for i in 1 2 3 4; do
		echo "-a -t [$VIP6]:80 -r [2001:db8:9::$i]:80 -g"
	done
}

# --- l4lb ---

# A configuration holds the module: an empty one lets it go, in a moment.
l4lb_reset() {
	local i

	if grep -q '^l4lb ' /proc/modules; then
		: >/run/bench.conf
		"$TOP/tool/lbctl" apply /run/bench.conf >/dev/null
		for ((i = 0; i < 50; i++)); do
			rmmod l4lb 2>/dev/null && break
			sleep 0.1
		done
	else
		load_depends
	fi
	insmod "$OUT/module/l4lb.ko"
}

l4lb_director() {
	local i n=$4 weight=1

	# ovh: room for all conns on the first server.
	[ "${balance:-}" != ovh ] || weight=100000
	printf 'director %s %s:80 TCP\n balance %s\n mode %s\n' "$1" "$2" \
		"${balance:-leastconn}" "$3"
	for ((i = 1; i <= n; i++)); do
		case $2 in
		\[*)	echo " server s$i [2001:db8:9::$i]:80 weight $weight" ;;
		*)	echo " server s$i $(server $i):80 weight $weight" ;;
		esac
	done
}

l4lb_serve() {
	{
		l4lb_director web "$VIP" "$1" "$2"
		[ "$1" != gateway ] || l4lb_director web6 "[$VIP6]" "$1" 4
	} >/run/bench.conf
	"$TOP/tool/lbctl" apply /run/bench.conf >/run/bench.out 2>&1 || {
		sed 's/^/# /' /run/bench.out
		return 1
	}
}

# l4lb_flows RULES POLICY: one flow of that policy with rules of five shapes for
# other packets, and a last one that gives the director its own.
l4lb_flows() {
	{
		echo 'TXN_BEGIN {}'
		echo "FLOW_SET {\"FLOW\": {\"NAME\": \"others\", \"POLICY\": \"$2\"$(
			[ "$2" != director ] || echo ', "DIRECTOR": "web"')}}"
		seq 2 "$1" | awk '{
			n = int($1 / 5)
			addr = "10." int(n / 62500) "." int(n / 250) % 250 "." n % 250
			rule = "\"FLOW\": \"others\", \"PROTO\": 6"
			if ($1 % 5 == 0)
				rule = rule ", \"DST\": \"" addr "\", \"DSTPORT\": 80"
			else if ($1 % 5 == 1)
				rule = rule ", \"DST\": \"" addr "\", \"DSTPORT\": 8000, \"DSTPORT_LAST\": 8099"
			else if ($1 % 5 == 2)
				rule = rule ", \"SRC\": \"" addr "\", \"SRC_PLEN\": 32"
			else if ($1 % 5 == 3)
				rule = rule ", \"DST\": \"203.0.113.1\", \"DSTPORT\": " 1000 + n
			else
				rule = rule ", \"SRC\": \"172." n % 250 "." int(n / 250) ".0\", \"SRC_PLEN\": 24, \"DSTPORT\": 80"
			print "RULE_ADD {\"RULE\": {" rule "}}"
		}'
		echo 'FLOW_SET {"FLOW": {"NAME": "own", "POLICY": "director", "DIRECTOR": "web"}}'
		echo "RULE_ADD {\"RULE\": {\"FLOW\": \"own\", \"PROTO\": 6, \"DST\": \"$VIP\", \"DSTPORT\": 80}}"
		echo 'TXN_COMMIT {}'
	} >/run/bench.rules
	printf '%s\n' '- socket s' '- s FILE /run/bench.rules' |
		python3 "$TOP/selftests/lib/genl.py" \
			"$TOP/include/uapi/linux/l4lb.h" |
		sed '/^- ok$/d; s/^/# /'
}

load_depends() {
	local depend

	for depend in $(modinfo -F depends "$OUT/module/l4lb.ko" | tr , ' '); do
		modprobe "$depend"
	done
}
