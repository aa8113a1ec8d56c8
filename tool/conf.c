// SPDX-License-Identifier: GPL-2.0
/*
 * The parser: bytes in, model and problems out, nothing else is touched.
 *
 * A line that is wrong costs that line only; a section whose head is wrong is
 * still read, so that one pass tells everything.  What concerns more than one
 * line is judged afterwards, in verify.c.
 */
#include "conf.h"
#include "parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/**
 * lb_parse_peek() - look at the next word
 * @p: the parser
 *
 * Return: the word or NULL at the end of the line.
 */
const char *lb_parse_peek(const struct lb_parse *p)
{
	return p->at < p->line.n ? p->line.token[p->at].s : NULL;
}

/**
 * lb_parse_next() - take the next word
 * @p: the parser
 *
 * Return: the word or NULL at the end of the line.
 */
const char *lb_parse_next(struct lb_parse *p)
{
	return p->at < p->line.n ? p->line.token[p->at++].s : NULL;
}

/**
 * lb_parse_pos() - where the next word is, or would have to be
 * @p: the parser
 *
 * Return: the place.
 */
struct lb_pos lb_parse_pos(const struct lb_parse *p)
{
	struct lb_pos pos = { .line = p->line.no, .col = 1 };

	if (p->at < p->line.n)
		pos.col = p->line.token[p->at].col;
	else if (p->line.n)
		pos.col = p->line.token[p->line.n - 1].end;
	return pos;
}

/**
 * lb_parse_end() - complain if the line goes on
 * @p: the parser
 */
void lb_parse_end(struct lb_parse *p)
{
	const char *word = lb_parse_peek(p);

	if (word)
		lb_parse_error(p, lb_parse_pos(p), NULL,
			       "unexpected '%s' after '%s'", word,
			       p->line.token[p->at - 1].s);
	p->at = p->line.n;
}

/**
 * lb_parse_use() - note what the text needs from the module
 * @p: the parser
 * @pos: where
 * @kind: who decides whether it is there
 * @word: the keyword or name
 */
void lb_parse_use(struct lb_parse *p, struct lb_pos pos,
		  enum lb_use_kind kind, const char *word)
{
	struct lb_conf *c = p->conf;
	struct lb_use *use;

	c->use = lb_grow(c->use, c->n_uses, sizeof(*c->use));
	use = &c->use[c->n_uses++];
	use->pos = pos;
	use->kind = kind;
	snprintf(use->word, sizeof(use->word), "%s", word);
}

/**
 * lb_parse_meant() - make a hint out of a guess
 * @hint: room for it
 * @g: the guess
 *
 * Return: @hint, or NULL when nothing is near.
 */
const char *lb_parse_meant(char hint[LB_HINT_MAX], const struct lb_guess *g)
{
	if (!g->best)
		return NULL;
	snprintf(hint, LB_HINT_MAX, "did you mean '%s'?", g->best);
	return hint;
}

/**
 * lb_parse_name() - take a name
 * @p: the parser
 * @name: room for @max + 1 bytes; empty when there is none
 * @max: characters at most
 * @what: whose name, in words
 * @dots: whether '.' is allowed
 *
 * Return: true when there was one and it is good; else it was diagnosed.
 */
bool lb_parse_name(struct lb_parse *p, char *name, size_t max,
		   const char *what, bool dots)
{
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_next(p), *c;

	name[0] = '\0';
	if (!word) {
		lb_parse_error(p, pos, NULL, "%s has no name", what);
		return false;
	}
	for (c = word; isalnum((unsigned char)*c) || *c == '_' || *c == '-' ||
	     (dots && *c == '.'); c++)
		;
	if (*c || c == word) {
		lb_parse_error(p, pos, NULL,
			       "bad name '%s': letters, digits,%s '_' and '-'",
			       word, dots ? " '.'," : "");
		return false;
	}
	if (strlen(word) > max) {
		lb_parse_error(p, pos, NULL,
			       "name '%.20s...' is longer than %zu characters",
			       word, max);
		return false;
	}
	strcpy(name, word);
	return true;
}

/* how many words of the line row @key matches here; 0: none */
static unsigned int match_key(const struct lb_parse *p,
			      const struct lb_key *key)
{
	const char *space = strchr(key->name, ' ');
	const char *word = lb_parse_peek(p);
	size_t len;

	if (!word)
		return 0;
	if (!space)
		return !strcmp(word, key->name);
	len = space - key->name;
	if (strlen(word) != len || strncmp(word, key->name, len) ||
	    p->at + 1 >= p->line.n)
		return 0;
	return strcmp(p->line.token[p->at + 1].s, space + 1) ? 0 : 2;
}

static const struct lb_key *find_key(const struct lb_parse *p,
				     const struct lb_keys *keys,
				     unsigned int *words)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++) {
		*words = match_key(p, &keys->key[i]);
		if (*words)
			return &keys->key[i];
	}
	return NULL;
}

/**
 * lb_parse_is_key() - is the next word one of these keywords?
 * @p: the parser
 * @keys: the rows
 *
 * Return: true when it is.
 */
bool lb_parse_is_key(const struct lb_parse *p, const struct lb_keys *keys)
{
	unsigned int words;

	return find_key(p, keys, &words);
}

/* the value that a keyword wants, in words */
static const char *value_name(const struct lb_key *key)
{
	return key->type == LB_T_PROTO ? key->help : lb_type_name(key->type);
}

/* ADDR:PORT where only ADDR belongs: ports have a keyword of their own */
static const char *port_hint(char hint[LB_HINT_MAX], const struct lb_key *key,
			     const char *value)
{
	const char *cut = value[0] == '[' ? strchr(value, ']') : value;
	char addr[2 * LB_ADDR_STR];
	struct lb_ports ports;
	struct lb_net net;

	cut = cut ? strchr(cut, ':') : NULL;
	if (key->type != LB_T_NET || !cut || lb_ports_parse(&ports, cut + 1))
		return NULL;
	snprintf(addr, sizeof(addr), "%.*s", (int)(cut - value), value);
	if (lb_net_parse(&net, addr))
		return NULL;
	snprintf(hint, LB_HINT_MAX, "write '%s %s %sport %.11s'", key->name,
		 addr, key->name, cut + 1);
	return hint;
}

/**
 * lb_parse_key() - take one keyword and its value, if there is one here
 * @p: the parser
 * @keys: the rows
 * @base: the struct they describe
 * @pos: gets where the row was written, right or wrong; or NULL
 *
 * A bad value is diagnosed and skipped.
 *
 * Return: false when the next word is none of these keywords.
 */
bool lb_parse_key(struct lb_parse *p, const struct lb_keys *keys, void *base,
		  struct lb_pos *pos)
{
	struct lb_pos here = lb_parse_pos(p), where;
	struct lb_buf why = { 0 };
	const struct lb_key *key;
	const char *value = NULL;
	char hint[LB_HINT_MAX];
	unsigned int words, i;

	key = find_key(p, keys, &words);
	if (!key)
		return false;
	i = key - keys->key;
	if (pos && !lb_key_has(base, i))
		pos[i] = here;
	p->at += words;
	where = lb_parse_pos(p);
	if (key->type != LB_T_FLAG)
		value = lb_parse_next(p);
	if (!value && key->type != LB_T_FLAG) {
		lb_parse_error(p, where, NULL, "'%s' needs %s", key->name,
			       value_name(key));
	} else if (lb_key_has(base, i)) {
		lb_parse_error(p, here, NULL, "'%s' is given twice",
			       key->name);
	} else if (lb_key_parse(key, base, value, &why)) {
		lb_parse_error(p, where, port_hint(hint, key, value), "%s",
			       lb_buf_str(&why));
	} else {
		*(uint32_t *)base |= LB_BIT(i);
	}
	lb_buf_free(&why);
	return true;
}

/**
 * lb_parse_unknown() - complain about the next word and skip the line
 * @p: the parser
 * @keys: the rows that would have been right
 * @also: one more word that would have been right, or NULL
 */
void lb_parse_unknown(struct lb_parse *p, const struct lb_keys *keys,
		      const char *also)
{
	const char *word = lb_parse_peek(p), *where;
	char hint[LB_HINT_MAX];
	struct lb_guess g;
	unsigned int i;

	lb_guess_init(&g, word);
	for (i = 0; i < keys->n; i++)
		lb_guess_try(&g, keys->key[i].name);
	if (also)
		lb_guess_try(&g, also);
	where = p->line.token[0].s;
	lb_parse_error(p, lb_parse_pos(p), lb_parse_meant(hint, &g),
		       "unknown keyword '%s' in '%s%s%s'", word, where,
		       strcmp(where, "option") ? "" : " ",
		       strcmp(where, "option") ? "" : p->line.token[1].s);
	p->at = p->line.n;
}

/**
 * lb_parse_keys() - take keywords up to the end of the line
 * @p: the parser
 * @keys: the rows
 * @base: the struct they describe
 * @pos: gets where each row was written; or NULL
 *
 * Return: false when the line is empty from here on.
 */
bool lb_parse_keys(struct lb_parse *p, const struct lb_keys *keys, void *base,
		   struct lb_pos *pos)
{
	bool any = lb_parse_peek(p);

	while (lb_parse_peek(p))
		if (!lb_parse_key(p, keys, base, pos))
			lb_parse_unknown(p, keys, NULL);
	return any;
}

/* is it one that begins a line of a service section? */
static bool begins_service_line(const char *word)
{
	return !strcmp(word, "conntrack") || !strcmp(word, "pickup") ||
	       !strcmp(word, "timeout");
}

static void parse_service(struct lb_parse *p)
{
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_next(p);

	p->section = LB_S_SERVICE;
	if (!word)
		lb_parse_error(p, pos, "write 'service lvs'",
			       "'service' needs a name");
	else if (strcmp(word, "lvs"))
		lb_parse_error(p, pos, "the one service here is 'lvs'",
			       "unknown service '%s'", word);
	word = lb_parse_peek(p);
	if (word && begins_service_line(word)) {
		lb_parse_error(p, lb_parse_pos(p),
			       "write it on a line of its own, below 'service lvs'",
			       "unexpected '%s' after 'service lvs'", word);
		p->at = p->line.n;
	}
	lb_parse_end(p);
}

/* @word does not belong behind the keywords of a line that begins with @first */
static const char *service_hint(char hint[LB_HINT_MAX], const char *first,
				const char *word)
{
	struct lb_guess g;
	unsigned int i;

	lb_guess_init(&g, word);
	for (i = 0; i < lb_service_keys.n; i++)
		lb_guess_try(&g, lb_service_keys.key[i].name);
	if (!strcmp(word, "tcp") || !strcmp(word, "tcpfin") ||
	    !strcmp(word, "udp"))
		snprintf(hint, LB_HINT_MAX, "write 'timeout %s TIME'", word);
	else if (g.best)
		lb_parse_meant(hint, &g);
	else if (!strcmp(first, "timeout"))
		return "a timeout is tcp, tcpfin or udp, and one time";
	else
		snprintf(hint, LB_HINT_MAX,
			 "'%s' stands alone: written it is on, not written it is off",
			 first);
	return hint;
}

/* the keyword is the first word of the row, so the row is looked up again */
static void parse_service_line(struct lb_parse *p)
{
	struct lb_service *s = &p->conf->model.service;
	const char *first = p->line.token[0].s, *word;
	char hint[LB_HINT_MAX];

	p->at = 0;
	if (!lb_parse_key(p, &lb_service_keys, s, NULL)) {
		p->at = 1;
		word = lb_parse_peek(p);
		if (word)
			lb_parse_error(p, lb_parse_pos(p),
				       "'timeout' takes tcp, tcpfin or udp",
				       "unknown timeout '%s'", word);
		else
			lb_parse_error(p, lb_parse_pos(p), NULL,
				       "'timeout' needs tcp, tcpfin or udp");
		return;
	}
	/* several may stand on one line, as in 'pickup timeout tcp 900' */
	while ((word = lb_parse_peek(p))) {
		if (lb_parse_key(p, &lb_service_keys, s, NULL))
			continue;
		lb_parse_error(p, lb_parse_pos(p),
			       service_hint(hint, first, word),
			       "unknown keyword '%s' in '%s'", word, first);
		p->at = p->line.n;
	}
}

/** struct stmt - a word that can begin a line */
struct stmt {
	/** @word: the word */
	const char *word;
	/** @sections: the sections it belongs in; LB_S_TOP: begins one */
	unsigned int sections;
	/** @parse: takes the rest of the line */
	void (*parse)(struct lb_parse *p);
};

static const struct stmt stmts[] = {
	{ "director", LB_S_TOP, lb_parse_director },
	{ "balance", LB_S_DIRECTOR, lb_parse_balance },
	{ "mode", LB_S_DIRECTOR, lb_parse_mode },
	{ "check", LB_S_DIRECTOR, lb_parse_check },
	{ "option", LB_S_DIRECTOR, lb_parse_option },
	{ "server", LB_S_DIRECTOR, lb_parse_server },
	{ "flow", LB_S_TOP, lb_parse_flow },
	{ "outflow", LB_S_TOP, lb_parse_flow },
	{ "match", LB_S_FLOW, lb_parse_rule },
	{ "ignore", LB_S_FLOW, lb_parse_rule },
	{ "service", LB_S_TOP, parse_service },
	{ "conntrack", LB_S_SERVICE, parse_service_line },
	{ "pickup", LB_S_SERVICE, parse_service_line },
	{ "timeout", LB_S_SERVICE, parse_service_line },
	{ "nat", LB_S_TOP, lb_parse_nat },
	{ "in", LB_S_NAT, lb_parse_nat_line },
	{ "out", LB_S_NAT, lb_parse_nat_line },
	{ "proto", LB_S_NAT, lb_parse_nat_line },
	{ "before", LB_S_NAT, lb_parse_nat_line },
	{ "after", LB_S_NAT, lb_parse_nat_line },
};

static const char *section_name(unsigned int section)
{
	switch (section) {
	case LB_S_DIRECTOR:
		return "director";
	case LB_S_FLOW:
		return "flow";
	case LB_S_SERVICE:
		return "service";
	default:
		return "nat";
	}
}

static void misplaced(struct lb_parse *p, const struct stmt *s,
		      struct lb_pos pos)
{
	static const char *const hint[] = {
		[LB_S_DIRECTOR] = "begin one with 'director NAME ADDR:PORT TCP'",
		[LB_S_FLOW] = "begin one with 'flow NAME director NAME'",
		[LB_S_SERVICE] = "begin it with 'service lvs'",
		[LB_S_NAT] = "begin one with 'nat NAME'",
	};

	lb_parse_error(p, pos, hint[s->sections],
		       "'%s' belongs in a %s section", s->word,
		       section_name(s->sections));
}

/* what may begin a line here */
static const char *section_words(const struct lb_parse *p, struct lb_buf *b)
{
	const char *sep = " takes";
	size_t i;

	if (p->section == LB_S_TOP)
		return NULL;
	lb_buf_printf(b, "a %s section", section_name(p->section));
	for (i = 0; i < ARRAY_SIZE(stmts); i++) {
		if (!(stmts[i].sections & p->section))
			continue;
		lb_buf_printf(b, "%s %s", sep, stmts[i].word);
		sep = ",";
	}
	return lb_buf_str(b);
}

static void unknown_stmt(struct lb_parse *p, const char *word,
			 struct lb_pos pos)
{
	char hint[LB_HINT_MAX];
	struct lb_buf words = { 0 };
	struct lb_guess g;
	size_t i;

	lb_guess_init(&g, word);
	for (i = 0; i < ARRAY_SIZE(stmts); i++)
		if (stmts[i].sections & (LB_S_TOP | p->section))
			lb_guess_try(&g, stmts[i].word);
	lb_parse_error(p, pos, g.best ? lb_parse_meant(hint, &g) :
				       section_words(p, &words),
		       "unknown keyword '%s'", word);
	lb_buf_free(&words);
}

static void parse_line(struct lb_parse *p)
{
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_next(p);
	const struct stmt *s;
	size_t i;

	if (!word)
		return;
	for (i = 0; i < ARRAY_SIZE(stmts); i++)
		if (!strcmp(stmts[i].word, word))
			break;
	if (i == ARRAY_SIZE(stmts)) {
		unknown_stmt(p, word, pos);
		return;
	}
	s = &stmts[i];
	if (!(s->sections & (LB_S_TOP | p->section)))
		misplaced(p, s, pos);
	else
		s->parse(p);
}

/**
 * lb_conf_parse() - parse a text
 * @c: all zero; gets model, problems (sorted) and uses
 * @text: the text, any bytes
 * @len: its length
 */
void lb_conf_parse(struct lb_conf *c, const char *text, size_t len)
{
	struct lb_parse *p = lb_xcalloc(1, sizeof(*p));
	const char *at = text, *end = text + len, *stop;
	struct lb_pos pos;
	const char *wrong;

	p->conf = c;
	p->section = LB_S_TOP;
	while (at < end) {
		stop = memchr(at, '\n', end - at);
		if (!stop)
			stop = end;
		len = stop - at;
		if (len && at[len - 1] == '\r')
			len--;
		p->line.no++;
		p->at = 0;
		wrong = lb_lex(&p->line, at, len, &pos.col);
		pos.line = p->line.no;
		if (wrong)
			lb_parse_error(p, pos, NULL, "%s", wrong);
		else
			parse_line(p);
		at = stop < end ? stop + 1 : end;
	}
	free(p);
	lb_conf_verify(c);
	lb_service_normalize(&c->model.service);
	lb_diags_sort(&c->diags);
}

/**
 * lb_conf_free() - free what parsing made
 * @c: the parsed text, not freed itself
 */
void lb_conf_free(struct lb_conf *c)
{
	lb_model_free(&c->model);
	lb_diags_free(&c->diags);
	free(c->use);
	memset(c, 0, sizeof(*c));
}
