# SPDX-License-Identifier: GPL-2.0
# make			l4lb.ko for the running kernel, and tool/lbctl
# make KDIR=...		... for the kernel built or prepared there
# make install		lbctl, and the module under /lib/modules
# make dkms-install	the module through DKMS
# make check		build, unit tests, selftests in a virtual machine
# make bench		instructions per packet beside IPVS, in a virtual machine
# make demo		see clients being balanced, in a virtual machine
#
# check takes AREAS="nat flows" for some of the selftests instead of all.
# check, bench and demo install what is missing and take KERNEL=6.1, 6.12 or
# debug. They build in build/KERNEL and leave l4lb.ko alone.

# Kbuild reads Kbuild, not this file.

PREFIX	?= /usr
W	?= 1
JOBS	?= $(shell nproc)
# Only if somebody named it: scripts/kdir finds the default and checks it.
KDIR	?=

# Type information for BPF would need a tool the headers do not come with.
KFLAGS	:= W=$(W) CONFIG_DEBUG_INFO_BTF_MODULES=

all: module tool

module:
	@kdir=$$(scripts/kdir $(KDIR)) && \
		$(MAKE) -C "$$kdir" M=$(CURDIR) $(KFLAGS) modules

tool:
	$(MAKE) -C tool

install: modules_install
	$(MAKE) -C tool install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

modules_install: module
	@kdir=$$(scripts/kdir $(KDIR)) && \
		$(MAKE) -C "$$kdir" M=$(CURDIR) $(KFLAGS) \
			INSTALL_MOD_PATH=$(DESTDIR) modules_install

dkms-install:
	scripts/dkms-install

# For the kernel of a virtual machine, beside the user's own build.
vm-build:
	+scripts/vm-build $(or $(KERNEL),6.1)

check:
	+selftests/check $(or $(KERNEL),6.1) -- $(AREAS)

bench:
	+selftests/vm/deps
	+scripts/vm-build $(or $(KERNEL),6.12)
	selftests/vm/run --kernel $(or $(KERNEL),6.12) --bench --timeout 3600 \
		-- selftests/bench/run $(BENCH)

demo:
	+selftests/vm/deps
	+scripts/vm-build $(or $(KERNEL),6.1)
	L4LB_KO=$(CURDIR)/build/$(or $(KERNEL),6.1)/module/l4lb.ko \
		selftests/vm/run --kernel $(or $(KERNEL),6.1) -- selftests/demo

clean:
	-$(MAKE) -C tool clean
	rm -rf build/6.* build/debug build/unit build/*.log
	find . -path ./build -prune -o -path ./tool -prune -o \
		\( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name modules.order \
		-o -name Module.symvers \) -print | xargs -r rm -f

# Kernels and packages fetched for the virtual machine too.
distclean: clean
	rm -rf build

.PHONY: all module tool install modules_install dkms-install vm-build check \
	bench demo clean distclean
