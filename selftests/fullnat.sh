#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Very many connections whose source is translated, at once. An area of its
# own, because it takes its time.
#
#   thousands of clients, which exist on the wire only
#            |
#          client             lb              rs1
#           eth0             eth0             eth0
#            .1         .2 + VIP .100          .11
#            |         + .200 - .203           |
#          --+----------------+----------------+--   192.0.2.0/24
. "$(dirname "$0")/lib.sh"

CLIENT4=$NET4.1 VIP4=$NET4.100
add_switch
add_ns client lb rs1
for host in client lb rs1; do
	plug "$host" eth0
done
add_addr client eth0 "$CLIENT4/24"
add_addr lb eth0 "$NET4.2/24" "$VIP4/32" "$NET4".20{0..3}/32
add_addr rs1 eth0 "$(rs4 1)/24"
ip -n "$(ns lb)" route add 10.64.0.0/16 via "$CLIENT4"

# What the server sees of the clients, in three numbers: conns, different
# sources, addresses of those.
sources() {
	lb show connections | awk '
		NR > 1 {
			n++; different += !($NF in seen); seen[$NF]
			split($NF, at, ":")
			addrs += !(at[1] in known); known[at[1]]
		}
		END { print n, different, addrs }'
}

# 4,000 clients that all want the same 50 ports, and four addresses with 64,512
# ports each: every conn has a source of its own, and every answer comes to its
# own client.
many() {
	local total=200000

	[ ! -e /proc/lockdep ] || total=20000
	apply <<-EOT
	director many $VIP4:99 UDP
	    mode nat
	    server s $(rs4 1):8001
	nat pool
	    in eth0
	    out eth0
	    after src $NET4.200-$NET4.203
	EOT
	mkfifo "$WORK/in"
	on rs1 python3 "$SELFTESTS/lib/many.py" echo "$(rs4 1)" 8001 \
		<>"$WORK/in" >"$WORK/peers" &
	at_exit stop $!
	wait_for 10 is_listening rs1 udp 8001
	assert_eq "answers" "$total right, 0 wrong, 0 lost" \
		"$(on client python3 "$SELFTESTS/lib/many.py" ask eth0 \
			"$(mac_of lb eth0)" "$VIP4" 99 10.64.0.0 $total)"
	echo end >"$WORK/in"
	wait_for 5 grep -q . "$WORK/peers"
	assert_eq "clients and addresses that the server saw" "$total 4" \
		"$(cat "$WORK/peers")"
	assert_eq "what is shown" "$total $total 4" "$(sources)"
	assert_eq "drop_snat_ports" 0 "$(counter drop_snat_ports)"
	books_balance
	lb flush >/dev/null
	assert_eq "conns after a flush" 0 "$(conns)"
}

# Under emulation a minute; five where one processor does all and another machine
# runs beside.
L4LB_CASE_LIMIT=900
run_case "200,000 conns on four addresses, all right" many
finish
