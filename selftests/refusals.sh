#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Wrong use: each refused with its reason and exit code, and nothing changed.
. "$(dirname "$0")/lib.sh"

# shellcheck source=lib/baseline.sh
. "$SELFTESTS/lib/baseline.sh"

# exits CODE LINES REGEX COMMAND...: exit code, lines on stderr, what they say.
exits() {
	local rc=0

	"${@:4}" >"$WORK/out" 2>"$WORK/err" </dev/null || rc=$?
	assert_eq "exit code of ${*:4}" "$1" "$rc"
	[ "$2" = - ] ||
		assert_eq "lines of ${*:4}" "$2" "$(wc -l <"$WORK/err")"
	assert_match "what ${*:4} says" "$3" "$(cat "$WORK/err")"
}

# The kernel itself: each of these, sent past lbctl. REQUEST | REASON
bad_requests() {
	local request reason long

	long=$(printf 'x%.0s' {1..64})
	fresh
	must raw socket s
	while IFS='|' read -r request reason; do
		must raw s TXN_BEGIN
		assert_match "$request" "^$reason" "$(tell raw s "$request")"
		tell raw s TXN_ABORT >/dev/null
	done <<-EOT
	DIRECTOR_SET $(vip a 1 ', "SCHED": "wild"')|EOPNOTSUPP: no such scheduler
	DIRECTOR_SET $(vip a 1 ', "MODE": "tunnels"')|EOPNOTSUPP: no such mode
	DIRECTOR_SET $(vip a 1 ', "MODE": "tunnel", "ENCAP": "vxlan"')|EOPNOTSUPP: the mode has no such
	DIRECTOR_SET $(vip a 1 ', "MODE": "nat", "ENCAP": "gre"')|EOPNOTSUPP: the mode has no such
	DIRECTOR_SET $(vip a 1 ', "MODE": "tunnel", "ENCAP": "gue"')|EINVAL: the encapsulation needs
	DIRECTOR_SET $(vip a 1 ', "MODE": "tunnel", "ENCAP_PORT": 7')|EINVAL: only the encapsulation
	DIRECTOR_SET $(vip a 1 ', "PROTO": 132')|EINVAL: the protocol must be
	DIRECTOR_SET $(vip a 1 ', "FLAGS": 1')|EINVAL: one-packet scheduling
	DIRECTOR_SET $(vip a 1 ', "FLAGS": 2')|EINVAL: the scheduler does not hash
	DIRECTOR_SET $(vip a 1 ', "FLAGS": 64')|EINVAL: 
	DIRECTOR_SET $(vip a 1 ', "SERVERS": 1')|EINVAL: 
	DIRECTOR_SET $(vip a 1 ', "#99": "hex:00"')|EINVAL: 
	DIRECTOR_SET $(vip 'a/b' 1)|EINVAL: the director's name
	DIRECTOR_SET $(vip "$long" 1)|(EINVAL|ERANGE): 
	DIRECTOR_SET $(vip '' 1)|EINVAL: the director's name
	DIRECTOR_SET $(vip a 1 ', "ADDR": "hex:0102030405"')|EINVAL: not a host
	DIRECTOR_SET $(vip a 1 ', "ADDR": "hex:010203"')|(EINVAL|ERANGE): 
	DIRECTOR_SET $(vip a 1 ', "ADDR": "0.0.0.0"')|EINVAL: not a host
	DIRECTOR_SET $(vip a 1 ', "CHECK": "hex:ffffffff"')|EINVAL: 
	DIRECTOR_SET $(vip a 1 ', "CHECK": {"RISE": 0}')|(EINVAL|ERANGE): 
	DIRECTOR_SET {"DIRECTOR": "hex:0100"}|EINVAL: 
	DIRECTOR_SET {"DIRECTOR": {"NAME": "a"}}|EINVAL: a director needs
	DIRECTOR_SET {"DIRECTOR": {"NAME": "a", "PORT": 1}}|EINVAL: a port without
	DIRECTOR_SET {"DIRECTOR": {"NAME": "a", "ADDR": "192.0.2.9"}}|EINVAL: a director with an address
	DIRECTOR_SET|EINVAL: LB_A_DIRECTOR is missing
	DIRECTOR_DEL {"DIRECTOR": {"NAME": "nope"}}|ENOENT: no such director
	SERVER_SET $(rip nope a)|ENOENT: no such director
	SERVER_SET $(rip web a ::1:2 | sed s/::1:2/hex:01/)|(EINVAL|ERANGE): 
	SERVER_SET $(rip web a 192.0.2.1 ', "WEIGHT": 2147483648')|EINVAL: 
	SERVER_SET $(rip web a 192.0.2.1 ', "FLAGS": 2')|EINVAL: 
	SERVER_DEL $(rip web nope)|ENOENT: no such server
	OPTIONS_SET {"OPTIONS": {"TIMEOUT_UDP": 0}}|(EINVAL|ERANGE): 
	SERVER_STATE {"SERVER": {"DIRECTOR": "web", "NAME": "nope"}}|ENOENT: no such server
	SERVER_STATE {"SERVER": {"DIRECTOR": "web", "NAME": "rs1", "ADMIN": 9}}|(EINVAL|ERANGE): 
	CONN_FLUSH {"CONN": {"SERVER": "rs1"}}|EINVAL: a server needs
	99|EOPNOTSUPP: 
	EOT
	unchanged
	must raw s TXN_BEGIN
	must raw s SERVER_SET "$(rip web c 2001:db8::1)"
	assert_match "commit of mixed families" "^EINVAL: a server's address" \
		"$(tell raw s TXN_COMMIT)"
	must raw s TXN_BEGIN
	must raw s SERVER_SET "$(rip six rs1 "$(rs6 1)" ', "PORT": 81')"
	assert_match "commit of a port the mode cannot map" \
		"^EINVAL: the mode cannot" "$(tell raw s TXN_COMMIT)"
	unchanged
}

exit_codes() {
	fresh
	exits 1 1 "unknown command 'aply': did you mean 'apply'" lb aply
	exits 22 1 'no such server' lb set server web/nope up
	exits 24 1 'weight' lb set server web/rs1 weight
	exits 25 1 'weight' lb set server web/rs1 weight many
	exits 22 1 'no such director' lb show connections director nope
	exits 101 1 'cannot open' lb apply /nowhere
	printf 'director a 192.0.2.1:80 TCP\n\tmode nut\n' >"$WORK/new"
	exits 101 - "new:2:7: error: unknown mode 'nut'" lb apply "$WORK/new"
	exits 102 1 'permission denied: needs CAP_NET_ADMIN' on lb setpriv \
		--bounding-set=-net_admin --inh-caps=-net_admin lbctl save
	exits 102 1 'permission denied' on lb setpriv \
		--bounding-set=-net_admin --inh-caps=-net_admin \
		lbctl set server web/rs1 down
	exits 102 1 'permission denied' on lb unshare --user --map-root-user \
		lbctl flush
	unchanged
}

run_case "kernel: refuses bad requests with a reason" bad_requests
run_case "lbctl: exit codes, one line each" exit_codes

finish
