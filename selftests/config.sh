#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The configuration as a whole: apply, save, diff, transactions, refusals.
. "$(dirname "$0")/lib.sh"

# shellcheck source=lib/baseline.sh
. "$SELFTESTS/lib/baseline.sh"

for i in 1 2; do
	echo_server "rs$i" "rs$i" tcp '*' 80
done
agent client

# --- apply, save, diff ---

save_is_stable() {
	fresh
	assert_eq "apply of what was saved" \
		"nothing to change (generation $generation)" \
		"$(lb apply "$WORK/before" | head -1)"
	unchanged
	assert_eq "diff" "" "$(lb diff "$WORK/before")"
	apply </dev/null
	assert_eq "nothing saves as nothing" "" "$(lb save | grep -v '^#')"
	lb apply "$WORK/before" >/dev/null
	lb save >"$WORK/after"
	assert "the configuration is as before" \
		cmp "$WORK/before" "$WORK/after"
}

diff_and_dry_run() {
	fresh
	sed '/^director web/,/^director/s/weight 3/weight 4/' "$WORK/before" \
		>"$WORK/new"
	assert_eq "diff" "~ server web/rs1: ~ server web/rs2:" \
		"$(lb diff "$WORK/new" | cut -d' ' -f1-3 | paste -sd' ')"
	assert_match "dry run" "dry run, nothing was changed" \
		"$(lb apply --dry-run "$WORK/new")"
	unchanged
	lb apply "$WORK/new" >/dev/null
	assert_eq "diff afterwards" "" "$(lb diff "$WORK/new")"
	assert_eq "generation" "$((generation + 1))" "$(generation)"
}

# A conn of what is not touched lives through everything.
keeps_unchanged() {
	local before after edit

	fresh
	must client open a tcp "$VIP4" 80
	assert_match "before" '^rs1 ' "$(tell client say a x)"
	before=$(server_of web rs1 in_packets)
	for edit in '/^director other/,/^director/s/leastconn/roundrobin/' \
		'/^director other/,$d' 's/weight 3/weight 9/' \
		's/roundrobin/leastconn/' 's/timeout udp 30/timeout udp 40/'; do
		sed "$edit" "$WORK/before" | apply
		assert_match "after $edit" '^rs1 ' "$(tell client say a x)"
		after=$(server_of web rs1 in_packets)
		assert "packets go on counting ($before, $after)" \
			test "$after" -gt "$before"
		before=$after
	done
	assert_eq "conns of rs1" 1 "$(server_of web rs1 conns)"
	assert_eq "conns made and ended" "1 0" \
		"$(counter conn_new) $(counter conn_evicted)"
}

server_removed() {
	fresh
	must client open a tcp "$VIP4" 80
	must client open b tcp "$VIP4" 80
	assert_match "first" '^rs1 ' "$(tell client say a x)"
	assert_match "second" '^rs2 ' "$(tell client say b x)"
	sed "/^director web/,/^director/{/server rs1/d}" "$WORK/before" | apply
	assert_eq "a conn of rs1" ECONNRESET "$(tell client say a x)"
	assert_match "a conn of rs2" '^rs2 ' "$(tell client say b x)"
	wait_for 5 is_equal 1 conns director web
	assert_eq "conn_evicted" 1 "$(counter conn_evicted)"
	assert_eq "conns the director has had" 2 "$(director_of web conns)"
}

run_case "save: apply of it changes nothing" save_is_stable
run_case "diff: tells what apply does" diff_and_dry_run
run_case "apply: what is not touched goes on [win] [C26]" keeps_unchanged
run_case "apply: a removed server's conns end at once [win]" server_removed

# --- transactions ---

all_or_nothing() {
	fresh
	begin s
	must raw s DIRECTOR_SET "$(vip new 90)"
	must raw s SERVER_SET "$(rip new a)"
	must raw s DIRECTOR_DEL '{"DIRECTOR": {"NAME": "web"}}'
	assert_match "a bad address" "^EINVAL: not a host's address" \
		"$(tell raw s SERVER_SET "$(rip new b 224.0.0.1)")"
	assert_match "commit" '^ENOENT: no transaction' \
		"$(tell raw s TXN_COMMIT)"
	unchanged
	begin s
	must raw s DIRECTOR_SET "$(vip new 80)"
	assert_match "commit of a second director for one VIP" \
		'^EEXIST: two directors' "$(tell raw s TXN_COMMIT)"
	unchanged
	must raw s TXN_BEGIN
	must raw s DIRECTOR_DEL '{"DIRECTOR": {"NAME": "web"}}'
	must raw s TXN_ABORT
	unchanged
	must raw s TXN_BEGIN
	must raw s DIRECTOR_SET "$(vip new 90)"
	must raw close s
	unchanged
}

one_of_two_wins() {
	fresh
	begin a
	begin b
	assert_match "a second begin" '^EBUSY: ' "$(tell raw a TXN_BEGIN)"
	must raw a DIRECTOR_SET "$(vip new 90)"
	must raw b DIRECTOR_SET "$(vip newer 90)"
	must raw a TXN_COMMIT
	assert_match "the slower one" '^ESTALE: another transaction' \
		"$(tell raw b TXN_COMMIT)"
	assert_eq "who is there" "new" "$(lb save | sed -n 's/^director \(new[er]*\) .*/\1/p')"
	assert_match "an old generation" '^ESTALE: another generation' \
		"$(tell raw b TXN_BEGIN "{\"GENERATION\": $generation}")"
}

# Many pairs: the loser says so in one line, and what is there is a winner's.
race() {
	local i n p1 p2 rc1 rc2 losses=0 names

	fresh
	for i in 1 2 3 4 5; do
		for n in 1 2; do
			{
				cat "$WORK/before"
				echo "director r$i-$n $VIP4:$((100 + i)) TCP"
				echo "	mode nat"
			} >"$WORK/race$n"
			on lb lbctl apply "$WORK/race$n" >"$WORK/r$n" 2>&1 &
			eval "p$n=$!"
		done
		rc1=0 rc2=0
		wait "$p1" || rc1=$?
		wait "$p2" || rc2=$?
		names=$(lb save | grep -c "^director r$i-")
		assert_eq "one of the two is there" 1 "$names"
		assert_match "exit codes" '^(0 0|0 100|100 0)$' "$rc1 $rc2"
		[ "$rc1" = 0 ] || loser_says "$WORK/r1"
		[ "$rc2" = 0 ] || loser_says "$WORK/r2"
		losses=$((losses + (rc1 + rc2) / 100))
	done
	echo "$losses of 5 races had a loser"
}

loser_says() {
	local said='the configuration changed while this was applied'

	assert_match "the loser" "^lbctl: $said [^:]*: run it again\$" \
		"$(grep '^lbctl:' "$1")"
}

run_case "transaction: one bad message, close or abort: all as before" \
	all_or_nothing
run_case "transaction: of two the first wins" one_of_two_wins
run_case "apply: two at once, the loser is told" race

# --- size ---

timed() {
	local start

	start=$(now_ms)
	"${@:2}"
	echo "# $1: $(($(now_ms) - start)) ms" >>"$WORK/times"
}

# 10,000 directors of 10 servers: in one transaction, shown whole, and gone.
large() {
	awk 'BEGIN { for (i = 0; i < 10000; i++) {
		printf "director d%d 10.%d.%d.1:80 TCP\n", i, i / 250, i % 250
		print "\tbalance roundrobin\n\tmode nat"
		for (j = 1; j <= 10; j++)
			printf "\tserver s%d 192.0.2.%d\n", j, j
	} }' >"$WORK/large"
	apply </dev/null
	timed "apply" lb apply "$WORK/large" >"$WORK/out"
	assert_match "sum" '10000 directors added, 100000 servers added' \
		"$(tail -1 "$WORK/out")"
	timed "show servers" lb show servers >"$WORK/out"
	assert_eq "lines" 100001 "$(wc -l <"$WORK/out")"
	timed "save" lb save >"$WORK/saved"
	timed "apply of what was saved" lb apply "$WORK/saved" >"$WORK/out"
	assert_match "answer" '^nothing to change' "$(cat "$WORK/out")"
	timed "apply of nothing" lb apply - </dev/null >"$WORK/out"
	assert_eq "left" 0 "$(lb show servers --json | jq '.servers | length')"
}

L4LB_CASE_LIMIT=240 run_case "size: 10,000 directors of 10 servers" large
cat "$WORK/times" 2>/dev/null
finish
