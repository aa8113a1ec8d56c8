#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every scheduler beside an independent model of it, model/, thousands of
# decisions each; [C..] are rows of the feature table. L4LB_SEED repeats a run.
. "$(dirname "$0")/lib.sh"

seed=${L4LB_SEED:-$RANDOM}
decisions=10000
[ "$L4LB_SLOW" = 1 ] || decisions=1000
L4LB_CASE_LIMIT=120

# A balancer of its own for each case: nothing is left of the case before.
fresh_ns() {
	local name

	add_ns "$@"
	netns=()
	for name; do
		netns+=("/run/netns/$(ns "$name")")
	done
}

# as_the_model WHAT [NAMESPACE...]: a job of model/run.py ends well.
as_the_model() {
	local said

	fresh_ns lb "${@:2}"
	said=$(python3 "$SELFTESTS/model/run.py" \
		"$TOP/include/uapi/linux/l4lb.h" "$decisions" "$seed" "$1" \
		"${netns[@]}")
	echo "$said"
	assert_match "decisions" "^$1 $decisions decisions" "$said"
}

exactly() {
	run_case "$1: $decisions picks as the model's [$2]" as_the_model "$1"
}

# Two balancers, to see that they agree.
consistently() {
	run_case "$1: shares by weight, only a lost server's clients move [$2]" \
		as_the_model "$1" twin
}

names() {
	fresh_ns lb
	apply <<-EOT
	director none 192.0.2.1:80 TCP
		mode gateway
		server s1 198.51.100.1
	director sed 192.0.2.2:80 TCP
		balance shortestexpected
		mode gateway
		server s1 198.51.100.1
	director ovf 192.0.2.3:80 UDP
		balance ovf
		mode gateway
		server s1 198.51.100.1
	EOT
	assert_match "overflow on UDP" "warning: ovh on UDP" "$(cat "$WORK/apply")"
	assert_eq "what is in force" "leastconn shortexpdelay ovh" \
		"$(lb show directors --json | jq -r '[.directors[].balance] |
			join(" ")')"
}

modprobe tun
echo "# seed $seed, $decisions decisions"
run_case "names: leastconn by default, aliases, a warning [C50,C63,C69]" names
exactly roundrobin C52,C53,C54
exactly leastconn C51
exactly localitybased C55,C56
exactly replication C57,C58
exactly shrink C59
consistently dest C60
consistently source C61
consistently source-port C61
consistently srcdst C62
exactly shortexpdelay C63
exactly neverqueue C64,C65
exactly fo C66,C67
exactly ovh C68,C69
consistently mh C70,C71
consistently mh-port C70,C71
run_case "twos: $decisions picks spread as the model says [C72]" \
	as_the_model twos
run_case "sorry: serve when nobody else can, same scheduler [C104]" \
	as_the_model sorry
run_case "churn: no SYN is lost while all changes" as_the_model churn
finish
