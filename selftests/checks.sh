#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Health checks one by one: what is asked, as the wire and the servers' logs
# show it, and what is made of every kind of answer, and of none.
#
# rs1 answers, in many moods; rs2 does not answer pings; rs3 lets nothing in,
# but its link answers ARP and neighbour solicitations; 99 is nobody. rs1 is
# the router to FAR4 and FAR6, and says that they cannot be reached.
. "$(dirname "$0")/lib.sh"

topo_two_arm 3
FAR4=10.98.0.1 FAR6=2001:db8:98::1
NOWHERE4=10.99.0.1 NOWHERE6=2001:db8:99::1
SECOND4=$NET4.253
GONE4=$NET4.99 GONE6=$NET6:99
UNCHECKED4=$NET4.21
MISS="check error: cannot use source 10.9.9.9: cannot assign requested address"

add_addr lb eth1 "$SECOND4/24"
add_addr rs1 eth0 "$UNCHECKED4/24"
on rs1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
on rs1 sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
on rs1 nft -f - <<-EOT
	table inet t {
		chain forward {
			type filter hook forward priority 0
			ip daddr 10.98.0.0/16 reject with icmp type host-unreachable
		}
	}
EOT
ip -n "$(ns rs1)" route add unreachable 2001:db8:98::/48
ip -n "$(ns lb)" route add 10.98.0.0/16 via "$(rs4 1)"
ip -n "$(ns lb)" route add 2001:db8:98::/48 via "$(rs6 1)"
on rs2 nft -f - <<-EOT
	table inet t {
		chain in {
			type filter hook input priority 0
			icmp type echo-request drop
			icmpv6 type echo-request drop
			meta nfproto ipv6 tcp dport 83 reject with icmpv6 type admin-prohibited
		}
	}
EOT
on rs3 nft -f - <<-EOT
	table inet t {
		chain in {
			type filter hook input priority 0; policy drop
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
		}
	}
EOT

# nginx, with a log of what was asked for.
web_server() {
	mkdir "$WORK/web"
	cat >"$WORK/web/conf" <<-EOT
	daemon off; user root; worker_processes 1; pid $WORK/web/pid;
	error_log $WORK/web/error;
	events { }
	http {
		log_format l '\$server_addr \$remote_addr \$http_host \$request \$status';
		access_log $WORK/web/access l; client_body_temp_path $WORK/web;
		proxy_temp_path $WORK/web; fastcgi_temp_path $WORK/web;
		uwsgi_temp_path $WORK/web; scgi_temp_path $WORK/web;
		server { listen 80 default_server; listen [::]:80;
			location / { return 200 "ok\n"; }
			location /none { return 204; }
			location /sick { return 503; }
			location /virtual { return 404; } }
		server { listen 80; server_name www.example.org;
			location / { return 200 "ok\n"; } }
	}
	EOT
	background on rs1 nginx -e "$WORK/web/error" -p "$WORK/web" \
		-c "$WORK/web/conf"
	wait_for 30 is_listening rs1 tcp 80
}

web_server
background on rs1 python3 "$SELFTESTS/lib/moody.py" 8001=full 8002=silent \
	8003=reset 8004=close 8005=drip 8006=huge 8007=garbage 8008=endless \
	8009=hint 8010=redirect 8011=longline
MOODY_LOG=$WORK/bg.$!
wait_for 30 is_listening rs1 tcp 8011

# --- all at once ---

# director NAME FAMILY OPTION, server lines on standard input
director() {
	local vip=$VIP4

	[ "$2" = 4 ] || vip=[$VIP6]
	port=$((port + 1))
	printf 'director %s %s:%s TCP\n\tmode nat\n\tbalance roundrobin\n' \
		"$1" "$vip" "$port"
	echo "	check interval 3 timeout 2500ms"
	[ -z "$3" ] || echo "	option $3"
	cat
}

port=1000
{
	director icmp 4 "" <<-EOT
		server answers $(rs4 1) check
		server filters $(rs4 2) check
		server gone $GONE4 check
		server far $FAR4 check
		server nowhere $NOWHERE4 check
		server second $(rs4 1) check source $SECOND4
		server miss $(rs4 1) check source 10.9.9.9
		server unchecked $UNCHECKED4
	EOT
	director named 4 icmpcheck <<-EOT
		server filters $(rs4 2) check interval 4
	EOT
	director icmp6 6 "" <<-EOT
		server answers [$(rs6 1)] check
		server filters [$(rs6 2)] check
		server far [$FAR6] check
		server nowhere [$NOWHERE6] check
	EOT
	director arp 4 "arpcheck iface eth1" <<-EOT
		server closed $(rs4 3) check
		server gone $GONE4 check
		server second $(rs4 2) check source $SECOND4
		server miss $(rs4 2) check source 10.9.9.9
	EOT
	director arproute 4 arpcheck <<-EOT
		server closed $(rs4 3) check
		server far $FAR4 check
		server nowhere $NOWHERE4 check
	EOT
	director arpother 4 "arpcheck iface eth0" <<-EOT
		server closed $(rs4 3) check
	EOT
	director arpless 4 "arpcheck iface eth7" <<-EOT
		server closed $(rs4 3) check
	EOT
	director nd 6 arpcheck <<-EOT
		server closed [$(rs6 3)] check
		server gone [$GONE6] check
		server far [$FAR6] check
	EOT
	director tcp 4 tcpcheck <<-EOT
		server open $(rs4 1):80 check
		server other $(rs4 2):80 check port 82
		server full $(rs4 1):8001 check
		server silent $(rs4 1):8002 check
		server closed $(rs4 3):80 check
		server far $FAR4:80 check
		server nowhere $NOWHERE4:80 check
		server miss $(rs4 1):80 check source 10.9.9.9
	EOT
	director tcp6 6 tcpcheck <<-EOT
		server open [$(rs6 1)]:80 check
		server refused [$(rs6 2)]:82 check
		server denied [$(rs6 2)]:83 check
	EOT
	director http 4 httpcheck <<-EOT
		server good $(rs4 1):80 check source $SECOND4
		server refused $(rs4 2):80 check
		server full $(rs4 1):8001 check
		server silent $(rs4 1):8002 check
		server reset $(rs4 1):8003 check
		server close $(rs4 1):8004 check
		server drip $(rs4 1):8005 check
		server huge $(rs4 1):8006 check
		server garbage $(rs4 1):8007 check
		server endless $(rs4 1):8008 check
		server longline $(rs4 1):8011 check
		server hint $(rs4 1):8009 check
		server redirect $(rs4 1):8010 check
		server miss $(rs4 1):80 check source 10.9.9.9
	EOT
	director http204 4 "httpcheck uri /none" <<<"server s $(rs4 1):80 check"
	director http204ok 4 "httpcheck uri /none statuscode 204" \
		<<<"server s $(rs4 1):80 check"
	director http103 4 "httpcheck statuscode 103" \
		<<<"server s $(rs4 1):8009 check"
	director http503 4 "httpcheck uri /sick" <<<"server s $(rs4 1):80 check"
	director vhost 4 "httpcheck uri /virtual/../virtual?a=%20 vhost www.example.org" \
		<<<"server s $(rs4 1):80 check"
	director novhost 4 "httpcheck uri /virtual vhost example.net" \
		<<<"server s $(rs4 1):80 check"
	director http6 6 httpcheck <<<"server s [$(rs6 1)]:80 check"
} >"$WORK/config"

monitor_start
capture lb eth1 "$WORK/pcap"
apply <"$WORK/config"

# Servers that are to be checked, and have not been.
left() {
	lb show servers --json |
		jq '[.servers[] | select(.check and .health == null)] | length'
}

# The first probes of all, and one or more of each again. An emulated machine
# needs its time for all of them at once.
wait_for 20 is_equal 0 left
sleep 5
stop "$monitor_pid"
capture_end

# What is said of each server.
declare -A verdict
read_verdicts() {
	while read -r server words; do
		verdict[$server]=$words
	done < <(lb show servers --json | jq -r '.servers[] |
		"\(.director)/\(.name) \(.health) \(.check_reason)"')
}
read_verdicts

# says SERVER VERDICT...
says() {
	while [ $# -gt 0 ]; do
		assert_eq "$1" "$2" "${verdict[$1]}"
		shift 2
	done
}

# packets FILTER...: how many of them.
packets() {
	captured "$WORK/pcap" "$@"
}

# --- icmp ---

icmp() {
	says icmp/answers "up icmp: reply" \
		icmp/filters "down icmp: timeout after 2.5 s" \
		icmp/far "down icmp: host unreachable, says $(rs4 1)" \
		icmp/nowhere "down icmp: network is unreachable" \
		icmp6/answers "up icmp: reply" \
		icmp6/filters "down icmp: timeout after 2.5 s" \
		icmp6/far "down icmp: network unreachable, says $(rs6 1)" \
		icmp6/nowhere "down icmp: network is unreachable"
	assert_match "gone" '^down icmp: (timeout after 2.5 s|host unreachable, says .*)$' \
		"${verdict[icmp/gone]}"
	says named/filters "down icmp: timeout after 2.5 s"
	assert_between "echo requests to rs1" 3 30 \
		"$(packets "icmp[0] == 8 and dst host $(rs4 1)")"
	# two probes, of both directors, and no other packet goes there
	assert_between "echo requests to rs2, which named and icmp check" 4 30 \
		"$(packets "icmp[0] == 8 and dst host $(rs4 2)")"
}

unchecked() {
	says icmp/unchecked "null null"
	assert_eq "it is up" up "$(server_of icmp unchecked state)"
	assert_eq "packets to it" 0 "$(packets "host $UNCHECKED4")"
}

source_of() {
	says icmp/second "up icmp: reply" arp/second "up arp: reply" \
		http/good "up http: 200" icmp/miss "up $MISS" \
		tcp/miss "up $MISS" http/miss "up $MISS" arp/miss "up $MISS"
	assert_between "icmp" 2 30 \
		"$(packets "icmp[0] == 8 and src host $SECOND4")"
	assert_between "arp" 2 30 \
		"$(packets "arp[6:2] == 1 and arp src host $SECOND4")"
	assert_between "http" 2 30 "$(packets "tcp[13] == 2 and src host $SECOND4")"
	assert_eq "of the address that is not ours" 0 "$(packets host 10.9.9.9)"
}

run_case "icmp: the default, and by name: verdicts and reasons [C75 C78]" icmp
run_case "without check nobody asks, and the server is up [C74]" unchecked
run_case "source: probes come from it, or are not made [C79]" source_of

# --- arp ---

arp() {
	says arp/closed "up arp: reply" arp/gone "down arp: timeout after 2.5 s" \
		arproute/closed "up arp: reply" \
		arproute/far "down arp: $FAR4 is behind router $(rs4 1)" \
		arproute/nowhere "down arp: network is unreachable" \
		arpother/closed "down arp: timeout after 2.5 s" \
		arpless/closed "up check error: there is no interface 'eth7'"
	assert_between "who-has on eth1" 4 30 "$(packets \
		"arp[6:2] == 1 and arp dst host $(rs4 3) and arp src host $NET4.254")"
}

nd() {
	says nd/closed "up arp: reply" nd/gone "down arp: timeout after 2.5 s" \
		nd/far "down arp: $FAR6 is behind router $(rs6 1)"
	# to the group of the last three bytes, with hop limit 255 and our MAC
	assert_between "solicitations" 2 30 "$(packets "icmp6[0] == 135 and
		ip6[7] == 255 and dst host ff02::1:ff00:13 and
		icmp6[24] == 1 and icmp6[25] == 1")"
}

rs3_is_closed() {
	assert_eq "to ping and tcp" "down tcp: timeout after 2.5 s" \
		"${verdict[tcp/closed]}"
	assert_eq "it has answered neither" 0 \
		"$(packets "src host $(rs4 3) and (tcp or icmp[0] == 0)")"
}

run_case "arp: who-has on an interface, below the firewall [C97]" arp
run_case "arp: neighbour solicitation for IPv6 [C97 B17]" nd
run_case "arp: what answers it may answer nothing else [C97]" rs3_is_closed

# --- tcp ---

tcp() {
	says tcp/open "up tcp: connected" tcp/other "down tcp: connection refused" \
		tcp/full "down tcp: timeout after 2.5 s" \
		tcp/silent "up tcp: connected" \
		tcp/nowhere "down tcp: network is unreachable" \
		tcp/far "down tcp: no route to host" \
		tcp6/open "up tcp: connected" \
		tcp6/refused "down tcp: connection refused" \
		tcp6/denied "down tcp: permission denied"
}

# Opened and closed, and nothing is left of it.
handshake() {
	local conn

	conn="host $(rs4 1) and port 8002"
	assert_between "SYN" 4 30 "$(packets "tcp[13] == 2 and dst $conn")"
	assert_between "RST" 4 30 "$(packets "tcp[13] & 4 != 0 and dst $conn")"
	assert_eq "in TIME_WAIT" 0 "$(on lb ss -Htan state time-wait | wc -l)"
}

ports() {
	assert_between "check port 82" 2 30 "$(packets \
		"tcp[13] == 2 and dst host $(rs4 2) and dst port 82")"
	assert_between "the server's own" 2 30 "$(packets \
		"tcp[13] == 2 and dst host $(rs4 2) and dst port 80")"
	assert_eq "others" 0 "$(packets "tcp[13] == 2 and dst host $(rs4 2) and
		not dst port 80 and not dst port 82")"
	lb validate - <<-EOT >"$WORK/bad" 2>&1 && fail "accepted"
	director d $VIP4:80 TCP
		mode nat
		check port 81
		server s $(rs4 1) check
	EOT
	assert_match "with icmp" "'check port' has no meaning for icmp checks" \
		"$(cat "$WORK/bad")"
}

run_case "tcp: verdicts and reasons [C78 C96]" tcp
run_case "tcp: a connection is opened, and reset [C96]" handshake
run_case "port: the one named, else the server's; not with icmp [C80 C81]" ports

# --- http ---

http() {
	says http/good "up http: 200" http/refused "down http: connection refused" \
		http/full "down http: timeout after 2.5 s" \
		http/silent "down http: timeout after 2.5 s (connected, no answer)" \
		http/reset "down http: connection reset by peer" \
		http/close "down http: connection closed without an answer" \
		http/huge "up http: 200" \
		http/garbage "down http: no HTTP answer" \
		http/endless "down http: the head of the answer is longer than 64 KiB" \
		http/longline "down http: the head of the answer is longer than 64 KiB" \
		http/hint "up http: 200" \
		http/redirect "down http: 302, expected 200" \
		http6/s "up http: 200"
	assert_match "drip" "^down http: timeout after 2.5 s \(connected, no answer\)" \
		"${verdict[http/drip]}"
}

# What fits the buffers on both sides, and no more.
huge() {
	assert_match "sent" "^huge [0-7] MiB" "$(grep huge "$MOODY_LOG" | head -1)"
}

statuscode() {
	says http204/s "down http: 204, expected 200" http204ok/s "up http: 204" \
		http103/s "up http: 103" http503/s "down http: 503, expected 200" vhost/s "up http: 200" \
		novhost/s "down http: 404, expected 200"
}

# asked LINE: how often, by the log of nginx.
asked() {
	grep -cxF "$1" "$WORK/web/access"
}

log_of_server() {
	local lb4=$NET4.254

	assert_between "the default" 2 30 "$(asked \
		"$(rs4 1) $SECOND4 $(rs4 1) GET / HTTP/1.1 200")"
	assert_between "uri, of two directors" 4 30 "$(asked \
		"$(rs4 1) $lb4 $(rs4 1) GET /none HTTP/1.1 204")"
	assert_between "vhost, and uri as it is written" 2 30 "$(asked \
		"$(rs4 1) $lb4 www.example.org GET /virtual/../virtual?a=%20 HTTP/1.1 200")"
	assert_between "another vhost" 2 30 "$(asked \
		"$(rs4 1) $lb4 example.net GET /virtual HTTP/1.1 404")"
	assert_between "IPv6" 2 30 "$(asked \
		"$(rs6 1) $NET6:254 [$(rs6 1)] GET / HTTP/1.1 200")"
	assert_eq "nobody follows a redirect" 0 "$(grep -c 'GET /ok' \
		"$WORK/web/access")"
}

run_case "http: verdicts and reasons [C78 C92]" http
run_case "http: the body is not read [C92]" huge
run_case "http: statuscode, and what is not it [C94 C95]" statuscode
run_case "http: GET, uri, Host and address in the server's log [C92 C93 C95]" \
	log_of_server

# Told before anything is checked from there, at the place where it is named.
source_is_told() {
	{
		director here 4 tcpcheck <<-EOT
			server s $(rs4 1):80 check source $SECOND4
		EOT
		director miss 4 tcpcheck <<-EOT
			server all $(rs4 1):80 check
			server one $(rs4 1):80 check source 10.9.9.9
		EOT
		director own 4 tcpcheck <<-EOT
			server s $(rs4 1):80 check source 10.9.9.8
		EOT
		echo "director ip 10.9.9.8:80 TCP"
		printf '\t%s\n' "mode nat" "option vip iface eth0" \
			"server s $(rs4 1)"
		echo "director idle $VIP4:9 TCP"
		printf '\t%s\n' "mode nat" "check source 10.9.9.9" \
			"server s $(rs4 1)"
	} >"$WORK/sources"
	assert_eq "warnings" "$WORK/sources:13:32: warning: the check source 10.9.9.9 is not an address of this machine, so nothing is checked" \
		"$(lb validate "$WORK/sources" 2>&1 | grep 'check source.* is')"
}

run_case "source: one that is not here is told by validate [C79]" source_is_told

# --- again, with a sysctl that lets any address be sent from ---

nonlocal_source() {
	local miss="check source 10.9.9.9"

	on lb sysctl -qw net.ipv4.ip_nonlocal_bind=1
	apply </dev/null
	{
		director icmp 4 icmpcheck <<<"server miss $(rs4 1) $miss"
		director arp 4 arpcheck <<<"server miss $(rs4 1) $miss"
		director tcp 4 tcpcheck <<<"server miss $(rs4 1):80 $miss"
		director http 4 httpcheck <<<"server miss $(rs4 1):80 $miss"
		director here 4 tcpcheck \
			<<<"server s $(rs4 1):80 check source $SECOND4"
	} | apply
	monitor_start
	wait_for 20 is_equal 0 left
	stop "$monitor_pid"
	read_verdicts
	says icmp/miss "up $MISS" arp/miss "up $MISS" tcp/miss "up $MISS" \
		http/miss "up $MISS" here/s "up tcp: connected"
}

# Loaded only when there is an http check, and its absence is no server's fault.
without_curl() {
	mkdir "$WORK/lib"
	touch "$WORK/lib/libcurl.so.4"
	apply </dev/null
	{
		director tcp 4 tcpcheck <<<"server s $(rs4 1):80 check"
		director http 4 httpcheck <<<"server s $(rs4 1):80 check"
	} | apply
	LD_LIBRARY_PATH=$WORK/lib monitor_start
	wait_for 20 is_equal 0 left
	stop "$monitor_pid"
	read_verdicts
	says tcp/s "up tcp: connected" http/s \
		"up check error: $WORK/lib/libcurl.so.4: file too short"
}

run_case "source: nor with ip_nonlocal_bind [C79]" nonlocal_source
run_case "http: without libcurl" without_curl
finish
