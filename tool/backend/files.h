/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LBCTL_BACKEND_FILES_H
#define LBCTL_BACKEND_FILES_H

#include "backend/place.h"
#include "backend/state.h"

#define LB_BE_SYSCTL_D	"/etc/sysctl.d/90-lbctl-dsr.conf"
#define LB_BE_UNIT_NAME	"lbctl-backend.service"
#define LB_BE_UNIT	"/etc/systemd/system/" LB_BE_UNIT_NAME

void lb_be_sysctl_text(struct lb_buf *b, const struct lb_be_items *want);
void lb_be_unit_text(struct lb_buf *b, const char *program, bool try_again);

int lb_be_lock(const char *root, int *fd);
int lb_be_state_load(const char *root, struct lb_be_state *st);
int lb_be_state_save(const char *root, struct lb_be_state *st);
bool lb_be_files_has_sysctl_d(const char *root);
bool lb_be_files_has_unit(const char *root);
void lb_be_files_tell(const char *root);
int lb_be_files_ours(const char *root);
int lb_be_files_write(const char *root, struct lb_be_state *st,
		      const struct lb_be_items *want);
int lb_be_files_remove(const char *root);
void lb_be_dirs_remove(const char *root, const struct lb_be_state *st);

#endif
