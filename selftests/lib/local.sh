# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the areas about the balancer's own processes share. Sourced by them.
#
# VIP is an address of the balancer, FAR one that it only knows a way to. The
# servers have FAR on lo, too, for modes gateway and tunnel, and their default
# route is the balancer.

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

# Not what the system chooses as source for what goes elsewhere.
ip -n "$(ns lb)" addr change "$VIP6/128" dev eth0 preferred_lft 0
