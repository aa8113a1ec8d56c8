#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every way out of the path has its counter, and the books balance after each:
# packets in = forwarded + passed on + dropped.
. "$(dirname "$0")/lib.sh"

topo_two_arm 1
echo_server rs1 rs1 tcp '*' 80
echo_server rs1 rs1 udp '*' 80
agent client

# The configuration of all cases; none changes it.
director() {
	printf 'director %s %s\n\tmode nat\n' "$1" "$2"
	[ -z "${3:-}" ] || printf '\tserver rs1 %s\n' "$3"
}

apply <<-EOT
$(director web4 "$VIP4:80 TCP" "$(rs4 1)")
$(director web6 "[$VIP6]:80 TCP" "$(rs6 1)")
$(director echo4 "$VIP4:80 UDP" "$(rs4 1)")
$(director echo6 "[$VIP6]:80 UDP" "$(rs6 1)")
$(director none4 "$VIP4:81 UDP")
$(director none6 "[$VIP6]:81 UDP")
$(director lost4 "$VIP4:82 UDP" 203.0.113.5)
$(director lost6 "[$VIP6]:82 UDP" 2001:db8:99::5)
EOT

begin() {
	lb flush >/dev/null
	lb zero
}

# counted NAME NUMBER...: when all is still, exactly these and no other drop.
counted() {
	local drops=0

	books_balance
	while [ $# -gt 0 ]; do
		assert_eq "$1" "$2" "${count[$1]}"
		[ "${kind[$1]}" != drop ] || drops=$((drops + $2))
		shift 2
	done
	assert_eq "all drops" "$drops" "$(sum_of drop)"
}

forwards() {
	begin
	must client open a udp "$1" 80
	for _ in 1 2 3; do
		assert_match "answer" '^rs1 ' "$(tell client say a x)"
	done
	assert_eq "tcp" "rs1 rs1" "$(tell client burst 2 tcp "$1" 80)"
	books_balance
	assert_between "forward_nat" 11 20 "${count[forward_nat]}"
	assert_between "forward_nat_reply" 9 20 "${count[forward_nat_reply]}"
	assert_eq "conn_new" 3 "${count[conn_new]}"
	counted pass_no_director 0
}

passes_the_rest() {
	begin
	must client open a udp "$1" 99
	assert_eq "another port" ECONNREFUSED "$(tell client say a x)"
	must client open a tcp "$1" 80
	assert_match "answer" '^rs1 ' "$(tell client say a x)"
	lb flush >/dev/null
	assert_eq "in midstream" ECONNRESET "$(tell client say a x)"
	on client ping -qc2 -i 0.2 "$1"
	on lb ping -qc1 "$3"
	must client open a udp "$2" 99
	must client send a 10
	wait_for 5 counter_is pass_not_host 1
	counted pass_no_director 1 pass_no_conn 1 pass_loopback 2
	assert_between "pass_proto" 2 20 "${count[pass_proto]}"
}

# At least: IPv6 neighbours use multicast themselves.
counter_is() {
	[ "$(counter "$1")" -ge "$2" ]
}

no_server() {
	begin
	must client open a udp "$1" 81
	assert_eq "answer" ECONNREFUSED "$(tell client say a x)"
	counted drop_no_server 1 conn_new 0
}

no_way() {
	begin
	must client open a udp "$1" 82
	must client send a 10
	wait_for 5 is_equal 1 counter drop_no_route
	counted drop_no_route 1
}

ttl_runs_out() {
	begin
	must client open a udp "$1" 80
	must client opt a recverr 1
	must client opt a ttl 1
	assert_eq "answer to TTL 1" EHOSTUNREACH "$(tell client say a x)"
	must client opt a ttl 2
	assert_match "answer to TTL 2" '^rs1 ' "$(tell client say a x)"
	counted drop_ttl 1 forward_nat 1
}

# smaller_way FAMILY: the way to the servers takes 1300 bytes.
smaller_way() {
	local route=("$NET4.0/24")

	[ "$1" = 4 ] || route=("$NET6:/64" metric 256)
	ip -n "$(ns lb)" "-$1" route change "${route[@]}" dev eth1 \
		proto kernel ${2:+mtu "$2"}
}

mtu_is_told() {
	smaller_way "$2" 1300
	at_exit smaller_way "$2"
	at_exit ip -n "$(ns client)" "-$2" route flush cache
	begin
	must client open a udp "$1" 80
	must client opt a df 2
	must client send a 1400
	wait_for 5 is_equal 1300 tell client mtu a
	assert_eq "what the client knows" EMSGSIZE \
		"$(tell client send a 1400)"
	counted drop_mtu 1 forward_nat 0
	must client open b udp "$1" 80
	must client send b 1200
	assert_match "what fits" '^rs1 .* x+$' "$(tell client hear b)"
}

# Without DF it goes on, in fragments; also what came in fragments.
fragments() {
	local size

	smaller_way 4 1300
	at_exit smaller_way 4
	for size in 1400 4000; do
		begin
		must client open a udp "$VIP4" 80
		must client opt a df 0
		must client send a "$size"
		assert_match "answer" "^rs1 .* x{$size}$" \
			"$(tell client hear a)"
		counted forward_nat 1 forward_nat_reply 1 \
			fragmented $((1 + (size > 1500)))
	done
}

reassembles() {
	begin
	must client open a udp "$1" 80
	must client send a 4000
	assert_match "answer" '^rs1 .* x{4000}$' "$(tell client hear a)"
	counted forward_nat 1 fragmented 2 forward_nat_reply 1 \
		pass_fragment 0
}

ip_options() {
	begin
	must client open a udp "$VIP4" 80
	must client opt a options 01010101
	assert_eq "answer" timeout "$(tell client say a x)"
	counted drop_ip_options 1 conn_new 0
}

# A source that is behind another device, as told by rp_filter, and martians.
spoofed() {
	begin
	must client spoof "$NET4.77" 1000 "$VIP4" 80
	wait_for 5 is_equal 1 counter conn_new
	on lb sysctl -qw net.ipv4.conf.eth0.rp_filter=1
	at_exit on lb sysctl -qw net.ipv4.conf.eth0.rp_filter=0
	begin
	must client spoof "$NET4.77" 1001 "$VIP4" 80
	must client spoof "$VIP4" 1002 "$VIP4" 80
	must client spoof 127.0.0.1 1003 "$VIP4" 80
	must client spoof 224.0.0.5 1004 "$VIP4" 80
	wait_for 5 is_equal 4 counter drop_source
	counted drop_source 4 conn_new 0
}

# IPv6: addresses of the balancer, and none at all. Loopback and multicast
# addresses the stack has refused before, as wrong headers.
spoofed6() {
	local before src

	begin
	must client spoof "$OUT6:77" 1000 "$VIP6" 80
	wait_for 5 is_equal 1 counter conn_new
	begin
	for src in "$VIP6" "$LB6" "$NET6:254" ::; do
		must client spoof "$src" 1001 "$VIP6" 80
	done
	wait_for 5 is_equal 4 counter drop_source
	counted drop_source 4 conn_new 0
	before=$(header_errors)
	for src in ::1 ff02::1 ff0e::1; do
		must client spoof "$src" 1002 "$VIP6" 80
	done
	wait_for 5 is_equal $((before + 3)) header_errors
	counted drop_source 4 conn_new 0
}

header_errors() {
	on lb nstat -asz Ip6InHdrErrors | awk '/^Ip6/ { print $2 }'
}

for family in 4 6; do
	declare -n vip=VIP$family
	many=$([ $family = 4 ] && echo 224.0.0.1 || echo ff02::1%eth0)
	self=$([ $family = 4 ] && echo 127.0.0.1 || echo ::1)
	run_case "v$family: forwarded" forwards "$vip"
	run_case "v$family: passed on" passes_the_rest "$vip" "$many" "$self"
	run_case "v$family: dropped: no server" no_server "$vip"
	run_case "v$family: dropped: no way to the server" no_way "$vip"
	run_case "v$family: dropped: TTL [parity]" ttl_runs_out "$vip"
	run_case "v$family: dropped: MTU, and the sender learns it" \
		mtu_is_told "$vip" $family
	run_case "v$family: reassembled and sent on in fragments" \
		reassembles "$vip"
done
run_case "v4: without DF in fragments to a smaller MTU" fragments
run_case "v4: dropped: IP options" ip_options
run_case "v4: dropped: sources that cannot be" spoofed
run_case "v6: dropped: sources that cannot be" spoofed6
finish
