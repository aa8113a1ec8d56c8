/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words in which results of checks are told.  Operators read them, and
 * tests compare them: they change with care.
 */
#ifndef LBCTL_HEALTH_REASON_H
#define LBCTL_HEALTH_REASON_H

#include <stdbool.h>
#include <stdint.h>

struct lb_buf;

void lb_reason_ms(struct lb_buf *b, uint32_t ms);
void lb_reason_span(struct lb_buf *b, uint64_t seconds);
void lb_reason_errno(struct lb_buf *b, int err);
bool lb_reason_is_failure(int err);
const char *lb_reason_icmp4(uint8_t type, uint8_t code);
const char *lb_reason_icmp6(uint8_t type, uint8_t code);

#endif
