#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The systemd units as `make install` leaves them, under a systemd of their own:
# process 1 of a PID namespace on the balancer, which knows no more units than
# these and the journal's.
. "$(dirname "$0")/lib.sh"

L4LB_CASE_LIMIT=120
IN=/run/l4lb

if [ ! -x /lib/systemd/systemd ]; then
	run_case "the units" skip "no systemd here"
	finish
	exit
fi
topo_two_arm 1
http_server rs1 rs1 '*' 80

# The two units, and what they are ordered after and pulled in by.
install_units() {
	local unit dir=$WORK/root$IN/units

	make -s -C "$TOP/tool" install DESTDIR="$WORK/root" PREFIX="$IN" \
		UNITDIR="$IN/units"
	for unit in sysinit basic shutdown network network-online multi-user; do
		printf '[Unit]\nDefaultDependencies=no\n' >"$dir/$unit.target"
	done
	cp /lib/systemd/system/systemd-journald{.service,.socket,-dev-log.socket} \
		"$dir"
	mkdir "$dir/multi-user.target.wants"
	ln -s ../systemd-journald.service "$dir/multi-user.target.wants"
}

# /run and /etc become its own, so that it harms no other systemd.
start_systemd() {
	install_units
	background on lb unshare --mount --pid --cgroup --uts --ipc --fork \
		--kill-child --mount-proc sh -ec "
			mount --bind '$WORK/root$IN' /mnt
			mount -t tmpfs -o mode=755 run /run
			mkdir -p $IN /run/etc/upper /run/etc/work
			mount --move /mnt $IN
			mount -t overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work etc /etc
			rm -rf /etc/systemd/system /etc/systemd/system.conf* /etc/l4lb.conf
			echo 0123456789abcdef0123456789abcdef >/etc/machine-id
			export container=l4lb SYSTEMD_UNIT_PATH=$IN/units
			exec /lib/systemd/systemd --unit=multi-user.target --log-target=null"
	unshare_pid=$!
	at_exit pkill -KILL -P "$unshare_pid"
	wait_for 20 has_systemd
	systemd_pid=$(pgrep -P "$unshare_pid")
	wait_for 60 systemctl_is active multi-user.target
}

has_systemd() {
	local pid

	pid=$(pgrep -P "$unshare_pid") && [ -S "/proc/$pid/root/run/systemd/private" ]
}

# inside COMMAND...: where that systemd runs.
inside() {
	nsenter -t "$systemd_pid" -m -p -n -C -- \
		env "SYSTEMD_UNIT_PATH=$IN/units" "$@"
}

systemctl_is() {
	[ "$(inside systemctl show -P ActiveState "$2")" = "$1" ]
}

# property NAME: of the monitor's unit.
property() {
	inside systemctl show -P "$1" lbctl-monitor
}

# journal UNIT [ARGUMENT...]: "PRIORITY TEXT" of what its programs said.
journal() {
	inside journalctl --sync
	inside journalctl -o json "${@:2}" _SYSTEMD_UNIT="$1.service" |
		jq -r '"\(.PRIORITY) \(.MESSAGE)"'
}

# every method in both families, in mode nat
write_config() {
	local method n=0

	for method in icmp tcp http arp; do
		n=$((n + 1))
		printf '%s\n' "director ${method}4 $VIP4:$((8000 + n)) TCP" \
			"option ${method}check" \
			"check interval 1 timeout 900ms rise 1 fall 1" \
			"server rs1 $(rs4 1):80 check" \
			"director ${method}6 [$VIP6]:$((8000 + n)) TCP" \
			"option ${method}check" \
			"check interval 1 timeout 900ms rise 1 fall 1" \
			"server rs1 [$(rs6 1)]:80 check"
	done
}

# write_file: standard input becomes /etc/l4lb.conf there.
write_file() {
	inside sh -c 'cat >/etc/l4lb.conf'
}

# health: how many servers are up and checked, and how many are not.
health() {
	lb show servers --json | jq -r '[.servers[] |
		.health == "up" and .check_result == "pass"] |
		"\(map(select(.)) | length) \(map(select(. | not)) | length)"'
}

verified() {
	assert_eq "complaints" "" "$(SYSTEMD_UNIT_PATH=$WORK/root$IN/units \
		inside systemd-analyze verify --man=no l4lb.service \
		lbctl-monitor.service 2>&1)"
}

boots() {
	write_config | write_file
	inside systemctl start l4lb lbctl-monitor
	wait_for 20 is_equal "8 0" health
	assert_eq "restarts" 0 "$(property NRestarts)"
	wait_for 5 is_equal "8 servers checked, 0 not up" property StatusText
	assert_eq "said by the monitor" "6 generation 1: 8 servers, 8 probes" \
		"$(journal lbctl-monitor)"
	assert_eq "privileges" 0000000000003000 "$(inside sed -n \
		's/^CapEff:\t//p' "/proc/$(property MainPID)/status")"
}

broken() {
	local said

	{ write_config; echo "server web nowhere:80"; } | write_file
	refute "reload" inside systemctl reload l4lb
	assert "still active" systemctl_is active l4lb
	refute "restart" inside systemctl restart l4lb
	assert "failed" systemctl_is failed l4lb
	said=$(inside systemctl status -n 20 l4lb) || true
	assert_match "status" '/etc/l4lb.conf:33:12: error: ' "$said"
	assert_eq "in force" "8 0" "$(health)"
	write_config | sed '/director arp6/,$d' | write_file
	inside systemctl restart l4lb
	assert_eq "in force" "7 0" "$(health)"
	write_config | write_file
	inside systemctl reload l4lb
	wait_for 10 is_equal "8 0" health
}

killed() {
	local old

	on rs1 nft add table inet t
	at_exit on rs1 nft delete table inet t
	on rs1 nft add chain inet t in '{ type filter hook input priority 0; }'
	on rs1 nft add rule inet t in tcp dport 80 reject with tcp reset
	wait_for 10 is_equal "4 4" health
	wait_for 5 is_equal "8 servers checked, 4 not up" property StatusText
	old=$(property MainPID)
	inside kill -KILL "$old"
	wait_for 20 is_equal 1 property NRestarts
	wait_for 20 systemctl_is active lbctl-monitor
	sleep 2
	assert_eq "turns, each once" 4 "$(journal lbctl-monitor -p notice |
		grep -c '^5 server .* down: .*: connection refused')"
	assert_eq "nothing else of note" 4 "$(journal lbctl-monitor -p notice | wc -l)"
	assert_eq "states" "4 4" "$(health)"
}

another() {
	wait_for 10 is_equal "8 0" health
	inside systemctl stop lbctl-monitor
	assert_eq "states after a stop" "8 0" "$(health)"
	monitor_start
	refute "start" inside systemctl start lbctl-monitor
	sleep 2
	assert "stays down" systemctl_is failed lbctl-monitor
	assert_match "why" "3 lbctl: another monitor runs \(process $monitor_pid\)" \
		"$(journal lbctl-monitor | tail -n 1)"
	stop "$monitor_pid"
	inside systemctl start lbctl-monitor
	inside systemctl reload lbctl-monitor
	assert "runs" systemctl_is active lbctl-monitor
}

start_systemd
run_case "systemd-analyze verify" verified
run_case "every check passes under the units' limits" boots
run_case "a broken file: a failed unit that says why, and nothing changed" broken
run_case "kill -9: another monitor, the same states, nothing said twice" killed
run_case "another monitor runs: the unit does not fight it" another
finish
