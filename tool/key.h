/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keywords of the language as rows.
 *
 * One row drives parsing, range checks, printing, comparing, JSON and
 * `lbctl help keywords`; a new parameter is one row and one struct field.
 * The struct a row set describes begins with "uint32_t set".
 */
#ifndef LBCTL_KEY_H
#define LBCTL_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lb_buf;

/** enum lb_type - what a keyword takes and what its field is */
enum lb_type {
	LB_T_FLAG,		/* nothing; bool */
	LB_T_UINT,		/* number; uint32_t */
	LB_T_BYTE,		/* number; uint8_t */
	LB_T_CODE,		/* number; uint16_t */
	LB_T_MS,		/* time; uint32_t, ms */
	LB_T_PORT,		/* port; uint16_t, host byte order */
	LB_T_PORTS,		/* port or range; struct lb_ports */
	LB_T_ADDR,		/* address; struct lb_addr */
	LB_T_NET,		/* address[/mask]; struct lb_net */
	LB_T_MASK,		/* mask; struct lb_mask */
	LB_T_IFNAME,		/* interface; char[LB_IFNAME_MAX + 1] */
	LB_T_STR,		/* string; char *, owned */
	LB_T_PROTO,		/* tcp, udp, icmp; uint8_t */
};

/** struct lb_key - one keyword */
struct lb_key {
	/** @name: the word, or two with one space between */
	const char *name;
	/** @type: what follows it */
	enum lb_type type;
	/** @offset: of its field in the struct of the set */
	size_t offset;
	/** @min: smallest value, in the unit of the field */
	uint64_t min;
	/** @max: largest value */
	uint64_t max;
	/** @def: default in words, for help and man page */
	const char *def;
	/** @help: one line */
	const char *help;
};

/** struct lb_keys - the rows of one struct */
struct lb_keys {
	/** @where: what they may follow, in words */
	const char *where;
	/** @key: the rows, in the order they are printed */
	const struct lb_key *key;
	/** @n: how many, at most 32 */
	unsigned int n;
};

/** struct lb_word - one value of a keyword that takes words */
struct lb_word {
	/** @name: the canonical word */
	const char *name;
	/** @alias: another spelling of it that is accepted, or NULL */
	const char *alias;
	/** @help: one line */
	const char *help;
};

/** struct lb_mistake - a word of another program and what it means here */
struct lb_mistake {
	/** @word: the word */
	const char *word;
	/** @hint: the whole hint */
	const char *hint;
};

/** struct lb_method_word - one value of `option …check` */
struct lb_method_word {
	/** @option: the word in the file */
	const char *option;
	/** @name: the name on the wire */
	const char *name;
	/** @keys: its parameters, over struct lb_method */
	const struct lb_keys *keys;
	/** @help: one line */
	const char *help;
};

extern const struct lb_keys lb_check_keys, lb_persist_keys, lb_dopt_keys;
extern const struct lb_keys lb_server_keys, lb_cond_keys, lb_nat_keys;
extern const struct lb_keys lb_nat_side_keys, lb_service_keys;
extern const struct lb_keys *const lb_all_keys[];
extern const struct lb_word lb_scheds[], lb_modes[], lb_encaps[];
extern const struct lb_mistake lb_sched_mistakes[], lb_mode_mistakes[];
extern const struct lb_method_word lb_methods[];

/* rows that other code must know by their number */
enum { LB_K_INTERVAL, LB_K_TIMEOUT, LB_K_SOURCE, LB_K_PORT, LB_K_RISE,
       LB_K_FALL, LB_K_INHIBIT, LB_K_VIA_VIP };
enum { LB_K_WEIGHT, LB_K_SORRY, LB_K_SLOWSTART, LB_K_MAXCONN };
enum { LB_K_PERSIST_TIMEOUT, LB_K_NETMASK };
enum { LB_K_ONEPACKET, LB_K_CONNLIMIT, LB_K_VIP_IFACE };
enum { LB_K_CONNTRACK, LB_K_PICKUP, LB_K_TCP, LB_K_TCPFIN, LB_K_UDP };
enum { LB_K_URI, LB_K_STATUSCODE, LB_K_VHOST };
enum { LB_K_ARP_IFACE };
enum { LB_K_C_IFACE, LB_K_C_PROTO, LB_K_C_SRC, LB_K_C_SRCPORT, LB_K_C_DST,
       LB_K_C_DSTPORT, LB_K_C_ICMPTYPE, LB_K_C_FWMARK };
enum { LB_K_NAT_IN, LB_K_NAT_OUT, LB_K_NAT_PROTO };
enum { LB_K_SIDE_SRC, LB_K_SIDE_SRCPORT, LB_K_SIDE_DST, LB_K_SIDE_DSTPORT };

#define LB_BIT(n)	(1U << (n))

bool lb_key_has(const void *base, unsigned int i);
int lb_key_parse(const struct lb_key *key, void *base, const char *text,
		 struct lb_buf *why);
void lb_key_print(const struct lb_key *key, const void *base,
		  struct lb_buf *b);
bool lb_key_equal(const struct lb_key *key, const void *a, const void *b);
void lb_keys_print(const struct lb_keys *keys, const void *base,
		   struct lb_buf *b);
const char *lb_type_name(enum lb_type type);
void lb_key_range(const struct lb_key *key, struct lb_buf *b);
const struct lb_word *lb_word_find(const struct lb_word *words,
				   const char *name);
const struct lb_method_word *lb_method_find(const char *name);

#endif
