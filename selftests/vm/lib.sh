# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Where the virtual machine harness keeps things. Sourced, never run.
#
#   build/kernels/KERNEL/   one unpacked kernel: boot/, lib/modules/, headers
#   build/vm/KERNEL.log     the kernel messages of the last run
#   $L4LB_CACHE             what a fresh clone need not fetch or build again:
#                           packages as downloaded, the debug kernel as built

PATH=$PATH:/usr/sbin:/sbin
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=$TOP/build
KERNELS=$BUILD/kernels
CACHE=${L4LB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/l4lb}
mkdir -p "$CACHE" 2>/dev/null || CACHE=$BUILD/cache

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# Root may do it; others ask sudo, which says itself what is wrong.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}
