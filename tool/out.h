/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_OUT_H
#define LBCTL_OUT_H

#include "util.h"

#include <stddef.h>

/** enum lb_exit - the exit codes, see "EXIT STATUS" of lbctl(8) */
enum lb_exit {
	LB_EXIT_OK = 0,
	LB_EXIT_USAGE = 1,
	LB_EXIT_NO_OBJECT = 22,
	LB_EXIT_EXISTS = 23,
	LB_EXIT_MISSING = 24,
	LB_EXIT_VALUE = 25,
	LB_EXIT_LOCKED = 100,
	LB_EXIT_CONFIG = 101,
	LB_EXIT_KERNEL = 102,
	/* the configuration is in force, an address that goes with none is, too */
	LB_EXIT_STAYS = 103,
};

int lb_fail(enum lb_exit code, const char *fmt, ...) LB_PRINTF(2, 3);
int lb_file_read(const char *path, char **text, size_t *len);

#define LB_COLUMNS_MAX	32

/** struct lb_table - text in aligned columns; all zero is an empty one */
struct lb_table {
	/** @n: columns */
	unsigned int n;
	/** @width: widest cell so far, per column */
	unsigned int width[LB_COLUMNS_MAX];
	/** @right: columns of numbers, bit per column */
	unsigned int right;
	/** @at: column of the next cell */
	unsigned int at;
	/** @cell: all cells in order */
	char **cell;
	/** @n_cells: how many */
	size_t n_cells;
};

void lb_table_init(struct lb_table *t, const char *heads, unsigned int right);
void lb_table_add(struct lb_table *t, const char *fmt, ...) LB_PRINTF(2, 3);
void lb_table_print(struct lb_table *t);
void lb_table_free(struct lb_table *t);

#endif
