# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A configuration that cases change, or must find as it was. Sourced by areas.

topo_two_arm 2
genl_agent lb raw

# What no case changes and what every refused request must leave alone.
config() {
	cat <<-EOT
	service lvs
		timeout udp 30
	director web $VIP4:80 TCP
		balance roundrobin
		mode nat
	$(servers4 "" "weight 3")
	director other $VIP4:81 TCP
		balance leastconn
		mode nat
		check interval 7 timeout 2 rise 2 fall 3 inhibit
		option httpcheck uri /up statuscode 204 vhost up.example.org
		server rs1 $(rs4 1):80 check
		server rs2 $(rs4 2):80 weight 0 check interval 20
	director six [$VIP6]:80 UDP
		mode gateway
		server rs1 $(rs6 1)
	EOT
}

fresh() {
	config | apply
	lb flush >/dev/null
	lb zero
	lb save >"$WORK/before"
	generation=$(generation)
}

generation() {
	lb apply --dry-run - </dev/null | sed -n 's/.*(generation \([0-9]*\)).*/\1/p'
}

unchanged() {
	lb save >"$WORK/after"
	assert "the configuration is as before" \
		cmp "$WORK/before" "$WORK/after"
	assert_eq "generation" "$generation" "$(generation)"
}

# --- raw requests: what genl.py takes ---

vip() {
	echo "{\"DIRECTOR\": {\"NAME\": \"$1\", \"ADDR\": \"$VIP4\", \"PORT\": $2,
		\"PROTO\": 6, \"MODE\": \"nat\", \"SCHED\": \"roundrobin\"${3:-}}}" |
		tr -d '\n\t'
}

rip() {
	echo "{\"SERVER\": {\"DIRECTOR\": \"$1\", \"NAME\": \"$2\", \"ADDR\": \"${3:-192.0.2.11}\"${4:-}}}"
}

begin() {
	must raw socket "$1"
	must raw "$1" TXN_BEGIN
}
