# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Programs that stay and are told what to do, line by line: the sockets of a
# host (agent.py) and raw requests to the module (genl.py). Sourced by lib.sh.

declare -A agent_in agent_out

# agent NS [NAME]: the sockets of a namespace. They wait for two seconds, which
# cases where nobody answers have to spend, or for $AGENT_PATIENCE.
agent() {
	start_agent "${2:-$1}" "$1" agent.py \
		"$((${AGENT_PATIENCE:-2} * L4LB_SLOW))"
}

# genl_agent NS NAME: raw netlink sockets in a namespace.
genl_agent() {
	start_agent "$2" "$1" genl.py "$TOP/include/uapi/linux/l4lb.h"
}

start_agent() {
	local in out pipe=$WORK/agent.$1

	mkfifo "$pipe.in" "$pipe.out"
	exec {in}<>"$pipe.in" {out}<>"$pipe.out"
	agent_in[$1]=$in agent_out[$1]=$out
	nsenter "--net=/run/netns/$(ns "$2")" -- \
		python3 "$SELFTESTS/lib/$3" "$4" <"$pipe.in" >"$pipe.out" \
		2>"$pipe.log" &
	at_exit stop $!
	at_exit rm "$pipe.in" "$pipe.out"
}

# tell NAME COMMAND...: prints the answer. The tag is for a case that was
# ended while it waited: its answer must not be taken for another's.
tell() {
	local tag=$EPOCHREALTIME name=$1 got answer

	shift
	echo "$tag $*" >&"${agent_in[$name]}"
	while IFS=' ' read -r -t "$((30 * L4LB_SLOW))" got answer \
		<&"${agent_out[$name]}"; do
		[ "$got" != "$tag" ] || break
	done
	[ "${got:-}" = "$tag" ] || {
		cat "$WORK/agent.$name.log"
		echo "no answer from $name to: $*"
		return 1
	}
	echo "$answer"
}

# must NAME COMMAND...: it has to answer ok.
must() {
	local answer

	answer=$(tell "$@") || fail "$answer"
	[ "$answer" = ok ] || fail "$*: $answer"
}
