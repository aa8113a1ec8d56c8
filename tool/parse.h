/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the parser share: conf.c walks the lines, conf_director.c
 * and conf_flow.c know the statements of the sections.
 */
#ifndef LBCTL_PARSE_H
#define LBCTL_PARSE_H

#include "conf.h"
#include "key.h"
#include "lex.h"

/** enum lb_section - where in the file we are; bits, for the statement table */
enum lb_section {
	LB_S_TOP = 1,
	LB_S_DIRECTOR = 2,
	LB_S_FLOW = 4,
	LB_S_SERVICE = 8,
	LB_S_NAT = 16,
};

/** struct lb_parse - a text being parsed */
struct lb_parse {
	/** @conf: what comes out */
	struct lb_conf *conf;
	/** @section: the section open now */
	enum lb_section section;
	/** @director: the director open now, or NULL */
	struct lb_director *director;
	/** @flow: the flow open now, or NULL */
	struct lb_flow *flow;
	/** @nat: the nat section open now, or NULL */
	struct lb_nat *nat;
	/** @at: next word of the line */
	unsigned int at;
	/** @line: the line */
	struct lb_line line;
};

#define LB_HINT_MAX	512
#define lb_parse_error(p, pos, hint, ...) \
	lb_diag_add(&(p)->conf->diags, pos, LB_ERROR, hint, __VA_ARGS__)
#define lb_parse_warn(p, pos, hint, ...) \
	lb_diag_add(&(p)->conf->diags, pos, LB_WARNING, hint, __VA_ARGS__)

const char *lb_parse_peek(const struct lb_parse *p);
const char *lb_parse_next(struct lb_parse *p);
struct lb_pos lb_parse_pos(const struct lb_parse *p);
void lb_parse_end(struct lb_parse *p);
void lb_parse_use(struct lb_parse *p, struct lb_pos pos,
		  enum lb_use_kind kind, const char *word);
const char *lb_parse_meant(char hint[LB_HINT_MAX], const struct lb_guess *g);
bool lb_parse_name(struct lb_parse *p, char *name, size_t max,
		   const char *what, bool dots);
bool lb_parse_is_key(const struct lb_parse *p, const struct lb_keys *keys);
bool lb_parse_key(struct lb_parse *p, const struct lb_keys *keys, void *base,
		  struct lb_pos *pos);
bool lb_parse_keys(struct lb_parse *p, const struct lb_keys *keys, void *base,
		   struct lb_pos *pos);
void lb_parse_unknown(struct lb_parse *p, const struct lb_keys *keys,
		      const char *also);

void lb_parse_director(struct lb_parse *p);
void lb_parse_balance(struct lb_parse *p);
void lb_parse_mode(struct lb_parse *p);
void lb_parse_check(struct lb_parse *p);
void lb_parse_option(struct lb_parse *p);
void lb_parse_server(struct lb_parse *p);
void lb_parse_flow(struct lb_parse *p);
void lb_parse_rule(struct lb_parse *p);
void lb_parse_nat(struct lb_parse *p);
void lb_parse_nat_line(struct lb_parse *p);

#endif
