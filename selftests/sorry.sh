#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sorry servers, rs3 and rs4: they serve while no other server is usable, or
# all others have their maxconn; and no longer.
. "$(dirname "$0")/lib.sh"

topo_two_arm 4
NEIGHBOUR4=$OUT4.3
add_addr client eth0 "$NEIGHBOUR4/24"
for i in 1 2 3 4; do
	echo_server "rs$i" "rs$i" both '*' 80
done
agent client

# director PLACE PROTO BALANCE [KEYWORDS [SORRY_KEYWORDS [LINE]]]: rs1 to rs4.
director() {
	local family=4

	[[ $1 != \[* ]] || family=6
	printf 'director web %s %s\n' "$1" "$2"
	printf '\t%s\n' "balance $3" 'mode nat' "${6:-# no option}"
	"servers$family" "" "${4:-}"
	"servers$family" "" "sorry ${5:-}" 3 4
}

# config <DIRECTORS: and nothing left of the last case.
config() {
	apply </dev/null
	apply
	lb zero
}

burst() {
	tell client burst "$@"
}

# is_sorry: do sorry servers serve, as is shown?
is_sorry() {
	director_of web 'sorry // false'
}

# --- unavailable ---

# Down, drained and weight 0 are unavailable, one usable server is enough.
takes_over() {
	director "$(bracket "$1"):80" UDP roundrobin | config
	assert_eq "both are there" "rs1 rs2 rs1 rs2 false" \
		"$(burst 4 udp "$1" 80) $(is_sorry)"
	lb set server web/rs1 down
	assert_eq "one is there" "rs2 rs2" "$(burst 2 udp "$1" 80)"
	lb set server web/rs2 "${@:2}"
	assert_eq "none is there" "rs3 rs4 rs3 rs4 true" \
		"$(burst 4 udp "$1" 80) $(is_sorry)"
	lb set server web/rs1 up
	assert_eq "one is back" "rs1 rs1 rs1 false" \
		"$(burst 3 udp "$1" 80) $(is_sorry)"
}

nobody() {
	director "$VIP4:80" UDP roundrobin "weight 0" | config
	assert_eq "sorry servers" "rs3 rs4" "$(burst 2 udp "$VIP4" 80)"
	lb set server web/rs3 drain
	assert_eq "one of them" "rs4 rs4" "$(burst 2 udp "$VIP4" 80)"
	lb set server web/rs4 down
	assert_eq "nobody" ECONNREFUSED "$(burst 1 udp "$VIP4" 80)"
	assert_eq "drop_no_server" 1 "$(counter drop_no_server)"
}

# The director's own algorithm chooses among them.
same_algorithm() {
	director "$VIP4:80" UDP roundrobin "weight 0" | config
	lb set server web/rs3 weight 2
	assert_eq "roundrobin 2:1" "rs3 rs3 rs4 rs3 rs3 rs4" \
		"$(burst 6 udp "$VIP4" 80)"
	director "$VIP4:80" UDP leastconn "weight 0" "weight 2" | config
	must client open a udp "$VIP4" 80
	must client open b udp "$VIP4" 80
	assert_eq "leastconn" "rs3 rs4" "$(tell client chat a 1) $(tell client \
		chat b 1)"
	lb set server web/rs4 weight 10
	assert_eq "leastconn, rs4 heavier" "rs4 rs4 rs4" "$(burst 3 udp "$VIP4" 80)"
	director "$VIP4:80" UDP fo "weight 0" | config
	assert_eq "fo" "rs3 rs3" "$(burst 2 udp "$VIP4" 80)"
}

run_case "v4: serve when all others are down or drained [C104]" \
	takes_over "$VIP4" drain
run_case "v6: serve when all others are down or of weight 0 [C104]" \
	takes_over "$VIP6" weight 0
run_case "none left: refused" nobody
run_case "several: under the director's algorithm [C104]" same_algorithm

# --- back again ---

returns() {
	director "$VIP4:80" TCP roundrobin "" "" "option persistence" | config
	assert_eq "first" "rs1 rs1" "$(burst 2 tcp "$VIP4" 80)"
	lb set server web/rs1 drain
	lb set server web/rs2 down
	must client open a tcp "$VIP4" 80
	assert_match "a conn with a sorry server" '^rs3 ' "$(tell client say a x)"
	assert_eq "its client stays there" "rs3 rs3" "$(burst 2 tcp "$VIP4" 80)"
	assert_eq "template" rs3 \
		"$(lb show persistence --json | jq -r '.persistence[].server')"
	lb set server web/rs2 up
	assert_eq "rs2 is back" "rs2 rs2" "$(burst 2 tcp "$VIP4" 80)"
	assert_match "the conn goes on" '^rs3 ' "$(tell client say a x)"
	assert_eq "template" rs2 \
		"$(lb show persistence --json | jq -r '.persistence[].server')"
	lb set server web/rs1 up
	assert_eq "rs1 is back" "rs2 rs2" "$(burst 2 tcp "$VIP4" 80)"
	assert_match "and on" '^rs3 ' "$(tell client say a x)"
	must client close a
}

run_case "back: conns finish, templates leave [C105]" returns

# --- overload ---

# rs1 and rs2 take weight + 1 each; overload is not unavailability.
overload() {
	director "$VIP4:80" UDP ovh | config
	assert_eq "up to the weight and one more" "rs1 rs1 rs2 rs2" \
		"$(burst 4 udp "$VIP4" 80)"
	assert_eq "over" ECONNREFUSED "$(burst 1 udp "$VIP4" 80)"
	assert_eq "drop_overflow" 1 "$(counter drop_overflow)"
	assert_eq "sorry servers" "0 0" \
		"$(server_of web rs3 conns) $(server_of web rs4 conns)"
	assert_eq "refused, by the director" 1 "$(director_of web refused)"
	lb set server web/rs1 drain
	lb set server web/rs2 drain
	assert_eq "unavailable, sorry servers overflow, too" \
		"rs3 rs3 rs4 rs4 ECONNREFUSED" \
		"$(burst 4 udp "$VIP4" 80) $(burst 1 udp "$VIP4" 80)"
	assert_eq "drop_overflow" 2 "$(counter drop_overflow)"
}

maxconn() {
	director "$(bracket "$1"):80" UDP roundrobin "maxconn 2" "maxconn 1" |
		config
	assert_eq "in turn, then the sorry servers" \
		"rs1 rs2 rs1 rs2 rs3 rs4" "$(burst 6 udp "$1" 80)"
	assert_eq "over" ECONNREFUSED "$(burst 1 udp "$1" 80)"
	assert_eq "drop_maxconn, drop_no_server" "1 0" \
		"$(counter drop_maxconn) $(lb show counters --json | jq \
			'.counters[] | select(.name == "drop_no_server").value')"
	assert_eq "sorry is not shown: others are usable" false "$(is_sorry)"
	lb flush director web server rs2 >/dev/null
	assert_eq "room again" "rs2 rs2 ECONNREFUSED" \
		"$(burst 2 udp "$1" 80) $(burst 1 udp "$1" 80)"
}

# Who is sent to a sorry server by a full one has no home there.
maxconn_persistent() {
	director "$VIP4:80" UDP roundrobin "maxconn 1" "" "option persistence" |
		config
	assert_eq "home, elsewhere, sorry" "rs1 rs2 rs3" \
		"$(burst 3 udp "$VIP4" 80)"
	assert_eq "a neighbour" rs4 "$(burst 1 udp "$VIP4" 80 "$NEIGHBOUR4")"
	assert_eq "templates" "$CLIENT4 rs1" "$(lb show persistence --json |
		jq -r '.persistence[] | "\(.client_address) \(.server)"')"
	lb flush director web server rs2 >/dev/null
	assert_eq "the neighbour" rs2 "$(burst 1 udp "$VIP4" 80 "$NEIGHBOUR4")"
}

run_case "ovh: overload refuses, sorry servers stay out [C68 B12 B13]" overload
run_case "maxconn: v4: full, then sorry, then refused" maxconn "$VIP4"
run_case "maxconn: v6: full, then sorry, then refused" maxconn "$VIP6"
run_case "maxconn: a sorry server pins nobody" maxconn_persistent
finish
