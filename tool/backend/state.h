/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_STATE_H
#define LBCTL_BACKEND_STATE_H

#include "backend/item.h"
#include "backend/request.h"

/** struct lb_be_state - what was asked for and made; all zero is nothing */
struct lb_be_state {
	/** @requests: what this machine is prepared for */
	struct lb_be_requests requests;
	/** @made: what was made, with what was there before */
	struct lb_be_items made;
	/** @dir: directories that were made, outermost first */
	char **dir;
	/** @n_dirs: how many */
	size_t n_dirs;
};

void lb_be_state_print(struct lb_buf *b, const struct lb_be_state *st);
int lb_be_state_parse(struct lb_be_state *st, const char *text,
		      struct lb_buf *why);
void lb_be_state_add_dir(struct lb_be_state *st, const char *dir);
void lb_be_state_copy(struct lb_be_state *to, const struct lb_be_state *from);
void lb_be_state_free(struct lb_be_state *st);

#endif
