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

# model WHAT: the module's picks are the model's.
as_the_model() {
	local said

	fresh_ns lb
	said=$(python3 "$SELFTESTS/model/run.py" \
		"$TOP/include/uapi/linux/l4lb.h" "$decisions" "$seed" "$1" \
		"${netns[@]}")
	echo "$said"
	assert_match "decisions" "^$1 $decisions decisions" "$said"
}

modprobe tun
echo "# seed $seed, $decisions decisions"
for what in roundrobin:C52,C53,C54 leastconn:C51; do
	run_case "${what%:*}: $decisions picks as the model's [${what#*:}]" \
		as_the_model "${what%:*}"
done
finish
