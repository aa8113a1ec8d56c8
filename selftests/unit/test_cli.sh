#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What lbctl says and exits with, where that needs no module. TAP.
# usage: test_cli.sh LBCTL EXAMPLES
set -u

lbctl=$1 examples=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0 bad=0

# case NAME STATUS "TEXT" ARG...: TEXT has to be in what is printed; with whole=x
# it has to be a whole line
case_() {
	local name=$1 status=$2 text=$3 got
	shift 3
	"$lbctl" "$@" >"$tmp/out" 2>&1 </dev/null
	got=$?
	n=$((n + 1))
	if [ "$got" = "$status" ] &&
		grep -qF"${whole:-}" -- "$text" "$tmp/out"; then
		echo "ok $n - cli: $name"
	else
		bad=$((bad + 1))
		echo "not ok $n - cli: $name"
		echo "# status $got, expected $status, and: $text"
		sed 's/^/# /' "$tmp/out"
	fi
}

printf 'director web 10.0.0.1:80\n balance rr\n' >"$tmp/bad.conf"
printf 'director web 10.0.0.1:80\n mode nat\n server a 127.0.0.1\n' \
	>"$tmp/here.conf"
printf 'nat n\n proto tcp\n in lbno0\n out lbno1\n after src 10.0.0.1\n' \
	>"$tmp/iface.conf"
mkdir "$tmp/dir"

case_ "no command" 1 "no command"
case_ "unknown command" 1 "did you mean 'apply'?" aply
case_ "help lists commands" 0 "validate" help
case_ "--help" 0 "validate" --help
case_ "help of a command" 0 "usage: lbctl apply" help apply
case_ "--help behind a command" 0 "usage: lbctl apply" apply --help
case_ "help of nothing" 1 "no help on" help nothing
case_ "help keywords" 0 "statuscode" help keywords
case_ "version" 0 "lbctl " version
case_ "validate: right" 0 "valid: 1 director, 2 servers" \
	validate "$examples/exchange.conf"
case_ "validate: canonical form" 0 "    mode gateway" \
	validate --print "$examples/exchange.conf"
case_ "validate: wrong" 101 ":2:10: error: unknown algorithm 'rr'" \
	validate "$tmp/bad.conf"
case_ "validate: standard input" 0 "<stdin>: valid: 0 directors" validate -
case_ "validate: not there" 101 "cannot open $tmp/none" validate "$tmp/none"
case_ "validate: a directory" 101 "is a directory" validate "$tmp/dir"
case_ "validate: bad option" 1 "usage: lbctl validate" validate --fast
case_ "validate: two files" 1 "usage: lbctl validate" validate a b
whole=x case_ "validate: this machine as a server" 0 \
	"$tmp/here.conf: valid: 1 director, 1 server" validate "$tmp/here.conf"
case_ "validate: inbound interface" 0 \
	":3:2: warning: there is no interface 'lbno0' here" \
	validate "$tmp/iface.conf"
case_ "validate: outbound interface" 0 \
	":4:2: warning: there is no interface 'lbno1' here" \
	validate "$tmp/iface.conf"
case_ "apply: wrong file" 101 "1 error, nothing was changed" \
	apply "$tmp/bad.conf" --dry-run
case_ "apply: bad option" 1 "usage: lbctl apply" apply --force
case_ "diff: wrong file" 101 "1 error" diff "$tmp/bad.conf"
case_ "save: argument" 1 "usage: lbctl save" save now
case_ "show: nothing" 1 "usage: lbctl show" show
case_ "show: unknown" 1 "usage: lbctl show" show cats
case_ "show: flows take no words" 1 "usage: lbctl show" show flows web
case_ "show: persistence: bad client" 25 "'here' is not an IP address" \
	show persistence client here
case_ "show: server needs director" 24 "'server' needs 'director'" \
	show connections server a
case_ "show: bad client" 25 "'here' is not an IP address" \
	show connections client here
case_ "set: no server" 24 "names no server" set server web up
case_ "set: bad weight" 25 "weight '-1'" set server web/a weight -1
case_ "set: no weight" 24 "'weight' needs a number" set server web/a weight
case_ "set: unknown state" 1 "unknown state 'off'" set server web/a off
case_ "flush: no value" 24 "'director' needs a value" flush director
case_ "flush: unknown word" 1 "unknown word 'vip'" flush vip 10.0.0.1
case_ "zero: client" 1 "unknown word 'client'" zero client 10.0.0.1
case_ "explain: nothing" 1 "usage: lbctl explain" explain
case_ "explain: no destination" 1 "usage: lbctl explain" explain tcp 10.0.0.1:1
case_ "explain: protocol" 25 "unknown protocol 'icmp'" \
	explain icmp 10.0.0.1:1 10.0.0.2:2
case_ "explain: bad source" 25 "'here:1' is not ADDR:PORT" \
	explain tcp here:1 10.0.0.2:2
case_ "explain: no port" 24 "'10.0.0.2' has no port" \
	explain tcp 10.0.0.1:1 10.0.0.2
case_ "explain: families" 25 "are of different families" \
	explain tcp 10.0.0.1:1 "[2001:db8::1]:2"
case_ "explain: unknown word" 1 "unknown word 'dev': iface or fwmark" \
	explain tcp 10.0.0.1:1 10.0.0.2:2 dev eth0
case_ "explain: no interface" 24 "'iface' needs a value" \
	explain tcp 10.0.0.1:1 10.0.0.2:2 iface
case_ "explain: bad interface" 25 "'a/b' is not an interface name" \
	explain tcp 10.0.0.1:1 10.0.0.2:2 iface a/b
case_ "explain: bad mark" 25 "'red' is not a number" \
	explain tcp 10.0.0.1:1 10.0.0.2:2 fwmark red --json
case_ "backend: nothing" 1 "usage: lbctl backend" backend
case_ "backend: unknown verb" 1 "usage: lbctl backend" backend repair
case_ "backend: no mode" 24 "--mode is missing" backend prepare --vip 10.0.0.1
case_ "backend: no VIP" 24 "--vip is missing" backend prepare --mode gateway
case_ "backend: bad mode" 25 "'direct' is no mode" backend check --mode direct
case_ "backend: no such interface" 22 "there is no interface 'lbno0'" \
	backend prepare --dry-run --root "$tmp" --mode gateway \
	--vip 192.0.2.1 --iface lbno0
case_ "backend: nothing prepared to check" 24 "nothing was prepared here" \
	backend check --root "$tmp"
whole=x case_ "backend: nothing to undo" 0 "nothing was prepared here" \
	backend undo --root "$tmp"
case_ "backend: hints for windows" 0 'set interface "net" weakhostreceive' \
	backend prepare --print windows --vip 192.0.2.1
case_ "backend: windows has other names" 0 'set interface "Ethernet 2" weak' \
	backend prepare --print windows --vip 192.0.2.1 --iface "Ethernet 2"
case_ "backend: an option of another verb" 1 "'--label' is no option of 'undo'" \
	backend undo --root "$tmp" --label 2
case_ "backend: undo in the words of prepare" 22 "192.0.2.1 was not prepared" \
	backend undo --root "$tmp" --mode gateway --vip 192.0.2.1/32 \
	--rip=192.0.2.2
case_ "backend: hints for windows, of no VIP yet" 0 'address "loopback" VIP 255' \
	backend prepare --print windows
case_ "backend: a prefix that is not one address" 25 "is a range" \
	backend prepare --dry-run --root "$tmp" --mode gateway \
	--vip 2001:db8::1/32 --iface lo
case_ "backend: a mode of other families" 25 "wants --rip to be an IPv6 address" \
	backend prepare --dry-run --root "$tmp" --mode ip6tnl \
	--vip 192.0.2.1 --rip 192.0.2.2
case_ "backend: a mode by its device" 0 "type ip6tnl" \
	backend prepare --dry-run --root "$tmp" --mode=4in6 \
	--vip=192.0.2.1/32 --rip=::1
case_ "backend: prints commands" 0 "ip addr add 192.0.2.1/32 dev lo" \
	backend prepare --dry-run --root "$tmp" --mode gateway \
	--vip 192.0.2.1 --iface lo
mkdir -p "$tmp/var/lib/lbctl"
echo "{" >"$tmp/var/lib/lbctl/backend.json"
case_ "backend: bad state" 101 "is not what this lbctl wrote" \
	backend undo --root "$tmp"

# What a file is told, without what depends on this machine's routes.
# warns NAME "LINE:COL: warning: TEXT"...: exactly these, and it is valid.
warns() {
	local file=$examples/$1.conf here status

	here='no route to|directly attached|no interface'
	shift
	"$lbctl" validate "$file" >"$tmp/out" 2>&1
	status=$?
	sed -n "s|^$file:\([0-9].*\)|\1|p" "$tmp/out" | grep -vE "$here" >"$tmp/got"
	[ $# = 0 ] || printf '%s\n' "$@" >"$tmp/want"
	[ $# != 0 ] || : >"$tmp/want"
	n=$((n + 1))
	if [ "$status" = 0 ] && cmp -s "$tmp/got" "$tmp/want"; then
		echo "ok $n - cli: example: ${file##*/}"
	else
		bad=$((bad + 1))
		echo "not ok $n - cli: example: ${file##*/}"
		diff "$tmp/want" "$tmp/got" | sed 's/^/# /'
	fi
}

warns exchange
warns udp
warns 01-web-nat
warns 02-exchange-dsr
warns 03-dns-onepacket "7:12: warning: tcpcheck probes TCP, not UDP"
warns 04-sip
warns 05-imaps-persistence
warns 06-ftp-anyport
warns 07-vod-maglev
warns 08-api-tunnel
warns 09-web6-failover
warns 10-rtp-flow \
	"7:13: warning: ovh on UDP: it counts active connections only"

if [ -d /sys/module/l4lb ]; then
	echo "# the module is loaded: the cases without it are skipped"
else
	loaded="the l4lb module is not loaded: run 'modprobe l4lb'"
	for args in "apply $examples/exchange.conf" \
		"apply --dry-run $examples/exchange.conf" \
		"diff $examples/exchange.conf" save "show directors" \
		"show servers" "show connections" "show counters --json" \
		"show persistence" "show flows --json" \
		"explain udp 10.0.0.1:1 10.0.0.2:2 iface eth0 fwmark 1" \
		"set server web/a up" flush zero events; do
		# shellcheck disable=SC2086 # words are meant
		case_ "no module: ${args%% *}" 102 "$loaded" $args
	done
fi

echo "1..$n"
[ "$bad" = 0 ]
