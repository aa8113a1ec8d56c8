# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Real servers and clients, and looking at the wire. Sourced by lib.sh.
#
# A server answers with its name and returns when it listens; it ends with the
# case or area that started it. ADDR is an address or * for all of them.

is_listening() {
	local ns=$1 proto=$2 port=$3

	[ -n "$(on "$ns" ss -Hln "--$proto" "sport = :$port")" ]
}

# [2001:db8::1] for an IPv6 address, anything else as it is.
bracket() {
	case $1 in
	*:*)	echo "[$1]" ;;
	*)	echo "$1" ;;
	esac
}

# --- HTTP ---

# http_server NS NAME ADDR PORT: nginx, the body is NAME; under /big 1 MB more.
http_server() {
	local dir=$WORK/http-$1-$4-$RANDOM listen

	mkdir -p "$dir"
	if [ "$3" = '*' ]; then
		listen="listen $4; listen [::]:$4;"
	else
		listen="listen $(bracket "$3"):$4;"
	fi
	cat >"$dir/conf" <<-EOT
	daemon off; user root; worker_processes 1; pid $dir/pid;
	error_log $dir/error;
	events { worker_connections 4096; }
	http {
		access_log $dir/access; client_body_temp_path $dir;
		proxy_temp_path $dir; fastcgi_temp_path $dir;
		uwsgi_temp_path $dir; scgi_temp_path $dir;
		server { $listen location / { return 200 "$2\n"; } }
	}
	EOT
	background on "$1" nginx -e "$dir/error" -p "$dir" -c "$dir/conf"
	wait_for 30 is_listening "$1" tcp "$4"
}

# get NS ADDR [PORT [CURL_OPTION...]]: the body of one request.
get() {
	on "$1" curl -sS --max-time "$((5 * L4LB_SLOW))" "${@:4}" \
		"http://$(bracket "$2"):${3:-80}/"
}

# get_many NS ADDR PORT COUNT: bodies of requests on a connection each. One
# curl for all of them, because starting it costs more than a request.
get_many() {
	on "$1" curl -sS --max-time "$((20 * L4LB_SLOW))" --no-keepalive \
		-H 'Connection: close' "http://$(bracket "$2"):$3/[1-$4]"
}

# --- echo ---

# echo_server NS NAME tcp|udp|both ADDR PORT...: for each line or datagram
# answers "NAME CLIENT_ADDRESS CLIENT_PORT DATA". It listens on the last port
# and protocol last.
echo_server() {
	background on "$1" python3 "$SELFTESTS/lib/echo.py" "${@:2}"
	wait_for 30 is_listening "$1" "${3/both/tcp}" "${*: -1}"
}

# mirror NS PORT...: takes what an agent's stream and datagrams send, judges it
# and answers in kind; see shapes.py.
mirror() {
	background on "$1" python3 "$SELFTESTS/lib/shapes.py" "${@:2}"
	wait_for 30 is_listening "$1" tcp "${*: -1}"
}

# ask NS tcp|udp ADDR PORT DATA [SOURCE_PORT]: what an echo server answers;
# fails without an answer.
ask() {
	local flags=(-N) answer

	[ "$2" = tcp ] || flags=(-u -W 1)
	[ -z "${6:-}" ] || flags+=(-p "$6")
	answer=$(echo "$5" | on "$1" nc "${flags[@]}" \
		-w "$((3 * L4LB_SLOW))" "$3" "$4") || return
	echo "$answer"
	[ -n "$answer" ]
}

# --- DNS and bulk ---

# dns_server NS NAME ADDR PORT: dnsmasq, TXT who.example.org is NAME.
dns_server() {
	background on "$1" dnsmasq --keep-in-foreground --conf-file=/dev/null \
		--no-resolv --no-hosts --user=root --pid-file= \
		--bind-interfaces --listen-address="$3" --port="$4" \
		--txt-record=who.example.org,"$2"
	wait_for 30 is_listening "$1" udp "$4"
}

# dns_ask NS ADDR [PORT]
dns_ask() {
	on "$1" dig +short +tries=1 "+time=$((3 * L4LB_SLOW))" \
		@"$2" -p "${3:-53}" TXT who.example.org | tr -d '"'
}

# iperf_server NS ADDR PORT
iperf_server() {
	background on "$1" iperf3 --server --bind "$2" --port "$3" --forceflush
	wait_for 30 is_listening "$1" tcp "$3"
}

# iperf_send NS ADDR PORT SIZE: prints how many bytes were sent. Whether they
# arrived intact is a question for send_file.
iperf_send() {
	on "$1" iperf3 --client "$2" --port "$3" --bytes "$4" --json |
		jq -e '.end.sum_sent.bytes'
}

# file_server NS ADDR PORT FILE: writes what one connection sends to FILE.
file_server() {
	local listen=TCP4-LISTEN

	[[ $2 != *:* ]] || listen=TCP6-LISTEN
	background on "$1" socat -u "$listen:$3,bind=$(bracket "$2"),reuseaddr" \
		"CREATE:$4"
	wait_for 30 is_listening "$1" tcp "$3"
}

# send_file NS ADDR PORT FILE: returns when the other side has closed.
send_file() {
	on "$1" nc -N "$2" "$3" <"$4"
}

# --- the wire ---

# capture NS DEV FILE [FILTER...]: writes packets until capture_end. One at a
# time in a case; for two, keep capture_pid and set it for capture_end.
# The kernel keeps packets for tcpdump in slots of the size of -s: where that is
# not given it is 256 KiB, and what -B has by default holds eight packets.
capture() {
	local ns=$1 dev=$2 file=$3

	shift 3
	background on "$ns" tcpdump -n -U --immediate-mode -s 65535 \
		-B 32768 -i "$dev" -w "$file" "$@"
	capture_pid=$!
	wait_for 10 grep -q 'listening on' "$WORK/bg.$capture_pid"
}

# tcpdump reads what the kernel still holds before it ends. A capture that lost
# packets would prove nothing of those that were not to be seen.
capture_end() {
	sleep 0.2
	stop "$capture_pid"
	assert_eq "packets that the capture lost" 0 \
		"$(sed -n 's/ packets\? dropped by kernel$//p' \
			"$WORK/bg.$capture_pid")"
}

# captured FILE [FILTER...]: how many packets.
captured() {
	tcpdump -n -r "$1" "${@:2}" 2>/dev/null | wc -l
}

# sums_are_good FILE: all checksums that tcpdump finds are right, and it does
# find some.
sums_are_good() {
	tcpdump -n -vv -r "$1" >"$1.txt" 2>/dev/null
	refute "a wrong checksum" grep -E '\(incorrect|(bad|wrong) [a-z ]*cksum' "$1.txt"
	assert "right ones" grep -qE '\(correct\)|udp sum ok' "$1.txt"
}

# arp_reset NS: forget all neighbours.
arp_reset() {
	ip -n "$(ns "$1")" neigh flush all
}
