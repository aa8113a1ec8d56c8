#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What DKMS built for this kernel (scripts/vm-dkms) installs and loads by name.
# Only where /lib/modules is a copy that may be written to: in vm/run.
. "$(dirname "$0")/lib.sh"

# dkms runs depmod over all modules, which is long under emulation.
L4LB_CASE_LIMIT=400
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TOP/dkms.conf")
trees=$TOP/build/${L4LB_VM:-}/dkms

loads_by_name() {
	[ -n "${L4LB_VM:-}" ] && [ -d "$trees" ] || skip "no DKMS build here"
	# Installed, it would load itself where other areas want it absent; not
	# by dkms, which would run depmod once more.
	at_exit rm -f "/lib/modules/$(uname -r)/updates/dkms/l4lb.ko"
	dkms install --dkmstree "$trees/tree" --sourcetree "$trees/src" \
		-m l4lb -v "$version" \
		-k "$(uname -r)"
	assert_eq "file" "/lib/modules/$(uname -r)/updates/dkms/l4lb.ko" \
		"$(modinfo -n l4lb)"
	# Namespaces of the areas before hold it until the kernel has ended them.
	assert "unloaded" wait_for 200 unloaded
	assert "modprobe" modprobe l4lb
	assert "loaded" grep -q '^l4lb ' /proc/modules
}

unloaded() {
	! grep -q '^l4lb ' /proc/modules || rmmod l4lb 2>/dev/null
}

run_case "install: loads by name" loads_by_name
finish
