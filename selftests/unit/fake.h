/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A module in a hundred lines, for the tests of the netlink layer: it stands
 * behind libnl's send and receive (ld --wrap) and keeps a configuration as
 * the contract says.  It can be told to misbehave.
 */
#ifndef FAKE_H
#define FAKE_H

#include "model.h"

#include <stdbool.h>

/** struct fake - the module and its mood */
struct fake {
	/** @inforce: the configuration */
	struct lb_model inforce;
	/** @generation: its generation */
	uint32_t generation;
	/** @absent: there is no module */
	bool absent;
	/** @fail_at: refuse the n-th staged message, 0: none */
	unsigned int fail_at;
	/** @fail: with this errno */
	int fail;
	/** @begin_fail: refuse BEGIN with this errno */
	int begin_fail;
	/** @commit_fail: refuse COMMIT with this errno */
	int commit_fail;
	/** @reason: what the refusals say, or NULL */
	const char *reason;
	/** @interrupt: so many dumps are not consistent */
	unsigned int interrupt;
	/** @bump: so many dumps see a commit of somebody else */
	unsigned int bump;
	/** @overflow: the next receive fails with ENOBUFS once */
	bool overflow;
	/** @sends: how many times something was sent */
	unsigned int sends;
	/** @largest: most bytes in one send */
	size_t largest;
	/** @staged: how many messages the open transaction has */
	unsigned int staged;
};

extern struct fake fake;

void fake_reset(void);

#endif
