# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Configuring the balancer and reading what it says. Sourced by lib.sh.

# lb COMMAND...: lbctl in the balancer's namespace.
lb() {
	on lb lbctl "$@"
}

# apply <CONFIG: silent unless it fails.
apply() {
	lb apply - >"$WORK/apply" 2>&1 || {
		cat "$WORK/apply"
		return 1
	}
}

# server_lines PORT [KEYWORDS [FIRST [LAST]]]: rs1 to rsN of the topology.
servers4() {
	local i

	for ((i = ${3:-1}; i <= ${4:-2}; i++)); do
		echo "	server rs$i $(rs4 "$i")$1 ${2:-}"
	done
}

servers6() {
	local i

	for ((i = ${3:-1}; i <= ${4:-2}; i++)); do
		echo "	server rs$i [$(rs6 "$i")]$1 ${2:-}"
	done
}

# counter NAME: its value.
counter() {
	lb show counters --json | jq -e --arg n "$1" \
		'.counters[] | select(.name == $n) | .value'
}

# read_counters: all of them at once, into count[NAME] and kind[NAME].
read_counters() {
	local name value what _

	declare -gA count=() kind=()
	while read -r name value what _; do
		count[$name]=$value kind[$name]=$what
	done < <(lb show counters | tail -n +2)
}

# sum_of KIND: of what was read.
sum_of() {
	local name sum=0

	for name in "${!count[@]}"; do
		[ "${kind[$name]}" != "$1" ] || sum=$((sum + count[$name]))
	done
	echo "$sum"
}

# Reads the counters when packets have stopped, and adds them up.
books_balance() {
	local before=x

	read_counters
	while [ "$before" != "${count[*]}" ]; do
		before=${count[*]}
		read_counters
	done
	assert_eq "packets in = forwarded + passed + dropped" "$(sum_of in)" \
		$(($(sum_of forward) + $(sum_of pass) + $(sum_of drop)))
}

# counted NAME NUMBER...: when all is still.
counted() {
	books_balance
	while [ $# -gt 0 ]; do
		assert_eq "$1" "$2" "${count[$1]}"
		shift 2
	done
}

# server_of DIRECTOR NAME KEY: one value of a server.
server_of() {
	lb show servers --json | jq -r --arg d "$1" --arg n "$2" \
		".servers[] | select(.director == \$d and .name == \$n) | .$3"
}

# director_of NAME KEY
director_of() {
	lb show directors --json | jq -r --arg n "$1" \
		".directors[] | select(.name == \$n) | .$2"
}

# conns [FILTER...]: how many connections there are.
conns() {
	lb show connections "$@" --json | jq '.connections | length'
}

# conn_states [FILTER...]: their states, sorted, in one line.
conn_states() {
	lb show connections "$@" --json |
		jq -r '[.connections[].state] | sort | join(" ")'
}

# is_equal EXPECTED COMMAND...: for wait_for.
is_equal() {
	local expected=$1

	shift
	[ "$("$@")" = "$expected" ]
}

# spread <ANSWERS: "rs1:5 rs2:5".
spread() {
	sort | uniq -c | awk '{printf "%s%s:%d", (NR > 1 ? " " : ""), $2, $1}'
}
