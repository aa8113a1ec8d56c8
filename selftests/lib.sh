# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every area script starts with:
#
#	. "$(dirname "$0")/lib.sh"
#	topo_one_arm 2				# or other set-up
#	alternates() {
#		assert_eq "first answer" rs1 "$(get client "$VIP4")"
#	}
#	run_case "gateway: tcp: alternates" alternates
#	finish
#
# A case is a function, run in a subshell under "set -e": the first command or
# assertion that fails ends it. It passes when it reaches its end and asserted
# something. What it prints is shown when it fails (or if L4LB_VERBOSE is set).
# Whatever it started or put under at_exit is gone when it ends; what the area
# set up before stays for all its cases.
#
# Deadlines are given for a stock kernel under emulation and multiplied by
# L4LB_SLOW, which defaults to 5 on a debug kernel.

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP=${SELFTESTS%/*}
export PATH=$TOP/tool:$PATH:/usr/sbin:/sbin
AREA=$(basename "$0" .sh)
WORK=$(mktemp -d)
[ -e /proc/lockdep ] && : "${L4LB_SLOW:=5}" || : "${L4LB_SLOW:=1}"

# shellcheck source=lib/topo.sh
. "$SELFTESTS/lib/topo.sh"
# shellcheck source=lib/servers.sh
. "$SELFTESTS/lib/servers.sh"
# shellcheck source=lib/agents.sh
. "$SELFTESTS/lib/agents.sh"
# shellcheck source=lib/lb.sh
. "$SELFTESTS/lib/lb.sh"
# shellcheck source=lib/monitor.sh
. "$SELFTESTS/lib/monitor.sh"

case_count=0 case_failed=0 asserted=0
declare -A case_names
undo=()

# --- clean-up ---

# Runs a command when the case (or the area, outside of cases) ends, last come
# first served.
at_exit() {
	undo=("$(printf '%q ' "$@")" "${undo[@]}")
}

run_undo() {
	local command

	trap - ERR
	set +eE
	for command in "${undo[@]}"; do
		eval "$command" >/dev/null 2>&1
	done
	undo=()
}

# Starts a program that ends with the case or area; its number is in $!.
# Its output goes to a file, $WORK/bg.PID.
background() {
	local log=$WORK/bg.$BASHPID.$RANDOM

	# As a function it would run below a shell, and that one be stopped.
	[ "$1" != on ] || set -- nsenter "--net=/run/netns/$(ns "$2")" -- "${@:3}"
	"$@" >"$log" 2>&1 &
	ln -s "$log" "$WORK/bg.$!"
	at_exit stop $!
}

# Ends a background program and waits until it is gone.
stop() {
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# --- waiting ---

now_ms() {
	local us=${EPOCHREALTIME//[!0-9]/}

	echo $((us / 1000))
}

# wait_for SECONDS COMMAND...: until the command succeeds, or fails in time.
wait_for() {
	local deadline

	deadline=$(($(now_ms) + $1 * 1000 * L4LB_SLOW))
	shift
	until "$@"; do
		if [ "$(now_ms)" -ge "$deadline" ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		sleep 0.1
	done
}

# --- assertions ---

fail() {
	echo "failed: $*"
	exit 1
}

skip() {
	echo "$*" >"$WORK/skip"
	exit 4
}

# assert WHAT COMMAND...
assert() {
	local what=$1

	shift
	asserted=$((asserted + 1))
	"$@" || fail "$what: status $? of: $*"
}

refute() {
	local what=$1

	shift
	asserted=$((asserted + 1))
	! "$@" || fail "$what: no failure of: $*"
}

# assert_eq WHAT EXPECTED GOT
assert_eq() {
	asserted=$((asserted + 1))
	[ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# assert_match WHAT REGEX GOT
assert_match() {
	asserted=$((asserted + 1))
	[[ $3 =~ $2 ]] || fail "$1: expected /$2/, got '$3'"
}

# assert_between WHAT LOW HIGH GOT
assert_between() {
	asserted=$((asserted + 1))
	[ "$2" -le "$4" ] && [ "$4" -le "$3" ] ||
		fail "$1: expected $2..$3, got '$4'"
}

# --- cases ---

case_body() {
	undo=()
	trap run_undo EXIT
	trap 'exit 124' TERM
	trap 'echo "line $LINENO: status $? of: $BASH_COMMAND" >&2' ERR
	set -eE
	"$@"
	trap - ERR
	[ "$asserted" -gt 0 ] || fail "the case asserts nothing"
	echo end >"$WORK/end"
}

# Ends a case that takes too long: first what it waits for, because the shell
# looks at a signal only between two commands.
watch() {
	trap 'kill $!; exit' TERM
	sleep "$((${L4LB_CASE_LIMIT:-60} * L4LB_SLOW))" &
	wait
	echo late >"$WORK/late"
	pkill -P "$1"
	kill "$1"
}

# A case that hangs must not take the whole run with it.
run_limited() {
	local pid watchdog rc

	case_body "$@" >"$WORK/output" 2>&1 </dev/null &
	pid=$!
	watch "$pid" >/dev/null 2>&1 &
	watchdog=$!
	wait "$pid"
	rc=$?
	kill "$watchdog" 2>/dev/null
	wait "$watchdog" 2>/dev/null
	# Ended with 0, but not by reaching its end: an exit in the middle.
	[ "$rc" != 0 ] || [ -e "$WORK/end" ] || rc=99
	[ ! -e "$WORK/late" ] || rc=124
	return "$rc"
}

# report ok|"not ok" NAME REMARK
report() {
	local line

	echo "$1 $case_count $AREA: $2 # $3"
	[ "$1" = ok ] && [ -z "${L4LB_VERBOSE:-}" ] && return
	[ "$1" = ok ] || case_failed=$((case_failed + 1))
	while IFS= read -r line; do
		echo "# $line"
	done <"$WORK/output"
}

# run_case NAME FUNCTION [ARGUMENT]...
run_case() {
	local name=$1 start rc time

	[[ $name == *"${L4LB_CASE:-}"* ]] || return 0
	shift
	case_count=$((case_count + 1))
	rm -f "$WORK/end" "$WORK/skip" "$WORK/late"
	if [ -n "${case_names[$name]:-}" ]; then
		echo "a second case of this name" >"$WORK/output"
		report "not ok" "$name" "time=0ms"
		return
	fi
	case_names[$name]=yes
	start=$(now_ms)
	run_limited "$@"
	rc=$?
	time=time=$(($(now_ms) - start))ms
	case $rc in
	0)	report ok "$name" "$time" ;;
	4)	report ok "$name" "SKIP $(cat "$WORK/skip" 2>/dev/null)" ;;
	99)	echo "left before its end" >>"$WORK/output" ;;&
	124) echo "took too long" >>"$WORK/output" ;;&
	*)	report "not ok" "$name" "$time" ;;
	esac
}

# The area's last line; without it the run counts a failure.
finish() {
	echo "1..$case_count"
	[ "$case_failed" = 0 ]
}

# A child that is ended before it has got round to forgetting its parent's
# traps runs them: a watchdog of a short case did, on a busy machine.
clean_area() {
	[ "$BASHPID" = $$ ] || return
	run_undo
	rm -rf "$WORK"
}

trap clean_area EXIT
trap 'exit 130' INT TERM
echo "KTAP version 1"
