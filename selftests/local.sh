#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The balancer's own processes as clients of a VIP, and itself as a server.
#
# VIP is an address of the balancer, FAR one that it only knows a way to. The
# servers have FAR on lo, too, for mode gateway, and their default route is the
# balancer.
. "$(dirname "$0")/lib.sh"

topo_two_arm 2
FAR4=$OUT4.200 FAR6=$OUT6:200
for i in 1 2; do
	add_server_vip "rs$i" "$FAR4/32" "$FAR6/128"
	echo_server "rs$i" "rs$i" both '*' 8000
	for far in "$FAR4" "$FAR6"; do
		echo_server "rs$i" "rs$i" udp "$far" 80
		echo_server "rs$i" "rs$i" tcp "$far" 80
	done
done
echo_server lb own both '*' 9000
agent lb
agent client

# director NAME VIP:PORT PROTO MODE, servers on stdin
director() {
	printf 'director %s %s %s\n\tbalance roundrobin\n\tmode %s\n' "$@"
	cat
}

# both_protos NAME VIP:PORT MODE SERVERS
both_protos() {
	director "$1-tcp" "$2" TCP "$3" <<<"$4"
	director "$1-udp" "$2" UDP "$3" <<<"$4"
}

config() {
	apply
	lb flush >/dev/null
	lb zero
}

# The configuration of most cases.
nat() {
	{
		both_protos vip4 "$VIP4:80" nat "$(servers4 :8000)"
		both_protos far4 "$FAR4:80" nat "$(servers4 :8000)"
		both_protos none4 "$VIP4:81" nat ""
		both_protos own4 "$VIP4:82" nat "	server own $LB4:9000"
		both_protos vip6 "[$VIP6]:80" nat "$(servers6 :8000)"
		both_protos far6 "[$FAR6]:80" nat "$(servers6 :8000)"
		both_protos none6 "[$VIP6]:81" nat ""
		both_protos own6 "[$VIP6]:82" nat "	server own [$LB6]:9000"
	} | config
}

gateway() {
	{
		both_protos far4 "$FAR4:80" gateway "$(servers4 "")"
		both_protos vip4 "$VIP4:80" gateway "$(servers4 "")"
		both_protos own4 "$VIP4:9000" gateway "	server own $LB4"
		both_protos far6 "[$FAR6]:80" gateway "$(servers6 "")"
		both_protos vip6 "[$VIP6]:80" gateway "$(servers6 "")"
		both_protos own6 "[$VIP6]:9000" gateway "	server own [$LB6]"
	} | config
}

# --- this machine as a client ---

# is_balanced VIP SOURCE: the servers take turns, and see SOURCE.
is_balanced() {
	local proto

	for proto in tcp udp; do
		assert_eq "$proto: servers" "rs1 rs2 rs1 rs2" \
			"$(tell lb burst 4 $proto "$1" 80)"
		must lb open a $proto "$1" 80 7000
		assert_eq "$proto: whom the server sees" "rs1 $2 7000 hi" \
			"$(tell lb say a hi)"
		assert_eq "$proto: the conn goes on" "rs1 rs1" \
			"$(tell lb chat a 2)"
		must lb close a
	done
	books_balance
	assert_eq "conns" 10 "${count[conn_new]}"
	assert_eq "drops" 0 "$(sum_of drop)"
}

nat_client() {
	nat
	is_balanced "$1" "$2"
	assert_between "forward_nat" 30 60 "${count[forward_nat]}"
	assert_between "forward_nat_reply" 28 60 \
		"${count[forward_nat_reply]}"
	assert_eq "replies came through lo" "${count[forward_nat_reply]}" \
		"${count[pass_loopback]}"
}

gateway_client() {
	gateway
	is_balanced "$1" "$2"
	assert_between "forward_gateway" 30 60 "${count[forward_gateway]}"
}

for family in 4 6; do
	declare -n vip=VIP$family far=FAR$family lb=LB$family
	run_case "v$family: nat: a process reaches an own VIP" \
		nat_client "$vip" "$vip"
	run_case "v$family: nat: a process reaches a VIP elsewhere" \
		nat_client "$far" "$lb"
	run_case "v$family: gateway: a process reaches a VIP elsewhere" \
		gateway_client "$far" "$lb"
done
finish
