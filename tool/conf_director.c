// SPDX-License-Identifier: GPL-2.0
/*
 * The statements of a director section.
 */
#include "parse.h"

#include <netinet/in.h>
#include <string.h>
#include <strings.h>

static uint8_t proto_of(const char *word)
{
	if (word && !strcasecmp(word, "TCP"))
		return IPPROTO_TCP;
	if (word && !strcasecmp(word, "UDP"))
		return IPPROTO_UDP;
	return 0;
}

/* what a range wants to be: a director without address, fed by a flow */
static const char *flow_hint(char hint[LB_HINT_MAX],
			     const struct lb_parse *p, const char *addr,
			     const char *port)
{
	const char *proto = "TCP", *name = p->director->name;

	if (proto_of(lb_parse_peek(p)) == IPPROTO_UDP)
		proto = "UDP";
	if (port)
		snprintf(hint, LB_HINT_MAX,
			 "write 'director %.63s %s' plus 'flow f director %.63s / match proto %s dst %.*s dstport %.40s'",
			 name, proto, name, proto[0] == 'U' ? "udp" : "tcp",
			 (int)(port - addr - 1 < 50 ? port - addr - 1 : 50),
			 addr, port);
	else
		snprintf(hint, LB_HINT_MAX,
			 "write 'director %.63s %s' plus 'flow f director %.63s / match dst %.50s'",
			 name, proto, name, addr);
	return hint;
}

/* the port behind an IPv4 range, as in 10.0.0.0/24:80 */
static const char *port_behind(const char *range)
{
	const char *colon = strchr(range, ':');

	return colon && !strchr(colon + 1, ':') ? colon + 1 : NULL;
}

/* which of the two readings of an IPv6 address with a port was meant? */
static void ambiguous(struct lb_parse *p, struct lb_pos pos, const char *word)
{
	const char *colon = strrchr(word, ':');
	char hint[LB_HINT_MAX];

	snprintf(hint, sizeof(hint), "'[%.*s]:%s'", (int)(colon - word), word,
		 colon + 1);
	lb_parse_error(p, pos, hint, "'%s' is ambiguous", word);
}

/**
 * bad_addr() - say what is wrong with ADDR[:PORT]
 * @p: the parser, behind the word
 * @err: what lb_addrport_parse() said
 * @word: the word
 * @where: offset of the port in it
 * @pos: its place
 * @director: true for a director's, false for a server's
 */
static void bad_addr(struct lb_parse *p, enum lb_addr_error err,
		     const char *word, unsigned int where, struct lb_pos pos,
		     bool director)
{
	struct lb_pos port = { .line = pos.line, .col = pos.col + where };
	const char *takes = director ? "a director takes one" :
				       "a server has one";
	char hint[LB_HINT_MAX];

	switch (err) {
	case LB_ADDR_RANGE:
		lb_parse_error(p, pos, director ?
			       flow_hint(hint, p, word, port_behind(word)) :
			       NULL,
			       "%s is a range; %s address", word, takes);
		break;
	case LB_ADDR_PORT_RANGE:
		lb_parse_error(p, port, director ?
			       flow_hint(hint, p, word, word + where) : NULL,
			       "%s is a range; %s port", word + where, takes);
		break;
	case LB_ADDR_PORT_BAD:
		lb_parse_error(p, port, director ?
			       "without ':PORT' it takes every port" :
			       "without ':PORT' it keeps the packet's port",
			       "'%s' is not a port number (1..65535)",
			       word + where);
		break;
	case LB_ADDR_AMBIGUOUS:
		ambiguous(p, pos, word);
		break;
	case LB_ADDR_NOT_UNICAST:
		lb_parse_error(p, pos, NULL, "%s is not a unicast address",
			       word);
		break;
	case LB_ADDR_MAPPED:
		lb_parse_error(p, pos, "write the IPv4 address",
			       "%s is an IPv4-mapped address", word);
		break;
	default:
		lb_parse_error(p, pos,
			       "names are not looked up: write the address",
			       "'%s' is not an IP address", word);
	}
}

static void parse_proto(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	const char *word = lb_parse_peek(p);
	char hint[LB_HINT_MAX];
	struct lb_guess g;

	if (word) {
		d->proto = proto_of(word);
		if (!d->proto) {
			lb_guess_init(&g, word);
			lb_guess_try(&g, "TCP");
			lb_guess_try(&g, "UDP");
			lb_parse_error(p, lb_parse_pos(p),
				       lb_parse_meant(hint, &g),
				       "unknown protocol '%s': TCP or UDP",
				       word);
			p->at = p->line.n - 1;
		}
		p->at++;
	} else if (d->addr.len) {
		d->proto = IPPROTO_TCP;
	}
}

/**
 * lb_parse_director() - director NAME [ADDR[:PORT]] [PROTO]
 * @p: the parser
 */
void lb_parse_director(struct lb_parse *p)
{
	struct lb_director *d = lb_model_add_director(&p->conf->model);
	enum lb_addr_error err;
	unsigned int where;
	const char *word;

	p->section = LB_S_DIRECTOR;
	p->director = d;
	d->pos.line = p->line.no;
	d->pos.col = p->line.token[0].col;
	d->name_pos = lb_parse_pos(p);
	lb_parse_name(p, d->name, LB_NAME_MAX, "the director", true);
	word = lb_parse_peek(p);
	if (word && !proto_of(word)) {
		d->addr_pos = lb_parse_pos(p);
		p->at++;
		err = lb_addrport_parse(&d->addr, &d->port, word, &where);
		if (err) {
			bad_addr(p, err, word, where, d->addr_pos, true);
			memset(&d->addr, 0, sizeof(d->addr));
			d->port = 0;
		}
	}
	parse_proto(p);
	lb_parse_end(p);
}

/* true when this is the second of its kind, which was then diagnosed */
static bool is_second(struct lb_parse *p, struct lb_pos first,
		      struct lb_pos pos, const char *what, const char *chosen)
{
	if (!first.line)
		return false;
	lb_parse_error(p, pos, NULL, "second '%s'; '%s' was chosen on line %u",
		       what, chosen, first.line);
	p->at = p->line.n;
	return true;
}

/* @also: ends the message: empty, or a colon and the words there are */
static void unknown_word(struct lb_parse *p, struct lb_pos pos,
			 const char *what, const char *word, const char *also,
			 const struct lb_word *words,
			 const struct lb_mistake *mistakes)
{
	const char *hint = NULL;
	char room[LB_HINT_MAX];
	struct lb_guess g;

	for (; mistakes->word; mistakes++)
		if (!strcasecmp(mistakes->word, word))
			hint = mistakes->hint;
	if (!hint) {
		lb_guess_init(&g, word);
		for (; words->name; words++) {
			lb_guess_try(&g, words->name);
			if (words->alias)
				lb_guess_try(&g, words->alias);
		}
		hint = lb_parse_meant(room, &g);
	}
	lb_parse_error(p, pos, hint, "unknown %s '%s'%s", what, word, also);
	p->at = p->line.n;
}

static bool take(struct lb_parse *p, const char *word)
{
	const char *next = lb_parse_peek(p);

	if (!next || strcmp(next, word))
		return false;
	p->at++;
	return true;
}

static void parse_locality(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);

	if (take(p, "localitybased")) {
		d->local_pos = pos;
		strcat(d->sched, " localitybased");
		if (take(p, "replication"))
			strcat(d->sched, " replication");
	} else if (take(p, "replication")) {
		lb_parse_error(p, pos,
			       "write 'balance leastconn localitybased replication'",
			       "'replication' needs 'localitybased'");
	}
}

static void parse_hash_port(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);

	if (!take(p, "port"))
		return;
	if (strcmp(d->sched, "source") && strcmp(d->sched, "srcdst") &&
	    strcmp(d->sched, "mh")) {
		lb_parse_error(p, pos, NULL,
			       "'port' goes with source, srcdst and mh, not with '%s'",
			       d->sched);
		return;
	}
	d->hash_port = true;
}

/**
 * lb_parse_balance() - balance ALGORITHM
 * @p: the parser
 */
void lb_parse_balance(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_next(p);
	const struct lb_word *row;

	if (!word) {
		lb_parse_error(p, pos, NULL, "'balance' needs an algorithm");
		return;
	}
	if (is_second(p, d->sched_pos, pos, "balance", d->sched))
		return;
	row = lb_word_find(lb_scheds, word);
	if (!row) {
		unknown_word(p, pos, "algorithm", word, "", lb_scheds,
			     lb_sched_mistakes);
		return;
	}
	strcpy(d->sched, row->name);
	d->sched_pos = pos;
	if (!strcmp(row->name, "leastconn"))
		parse_locality(p);
	parse_hash_port(p);
	lb_parse_use(p, pos, LB_USE_SCHED, d->sched);
	lb_parse_end(p);
}

static void parse_encap_port(struct lb_parse *p)
{
	const struct lb_key port = { .name = "port", .type = LB_T_PORT,
				     .min = 1, .max = 65535 };
	struct lb_pos pos = lb_parse_pos(p);
	struct lb_buf why = { 0 };
	const char *word;

	if (!take(p, "port")) {
		lb_parse_error(p, pos, "write 'mode tunnel gue port PORT'",
			       "'gue' needs a port");
		p->at = p->line.n;
		return;
	}
	pos = lb_parse_pos(p);
	word = lb_parse_next(p);
	if (!word)
		lb_parse_error(p, pos, NULL, "'port' needs a port number");
	else if (lb_key_parse(&port, &p->director->encap_port, word, &why))
		lb_parse_error(p, pos, NULL, "%s", lb_buf_str(&why));
	lb_buf_free(&why);
}

static void refuse_encap_port(struct lb_parse *p, struct lb_pos pos)
{
	lb_parse_error(p, pos,
		       "drop it, or write 'mode tunnel gue port PORT'",
		       "only 'gue' has a port");
	p->at = p->line.n;
}

static void parse_encap(struct lb_parse *p)
{
	static const struct lb_mistake none = { NULL, NULL };
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);
	const struct lb_word *row;
	const char *word;

	/* without a word, and as long as the word is wrong */
	strcpy(d->encap, "ipip");
	if (take(p, "port")) {
		refuse_encap_port(p, pos);
		return;
	}
	word = lb_parse_next(p);
	if (!word)
		return;
	row = lb_word_find(lb_encaps, word);
	if (!row) {
		unknown_word(p, pos, "encapsulation", word,
			     ": ipip, gre or gue", lb_encaps, &none);
		return;
	}
	strcpy(d->encap, row->name);
	lb_parse_use(p, pos, LB_USE_ENCAP, d->encap);
	pos = lb_parse_pos(p);
	if (!strcmp(row->name, "gue"))
		parse_encap_port(p);
	else if (take(p, "port"))
		refuse_encap_port(p, pos);
}

/**
 * lb_parse_mode() - mode gateway | nat | tunnel [ENCAP]
 * @p: the parser
 */
void lb_parse_mode(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_next(p);
	const struct lb_word *row;

	if (d->mode[0] && is_second(p, d->mode_pos, pos, "mode", d->mode))
		return;
	/* also when it is wrong: one message about the mode is enough */
	d->mode_pos = pos;
	if (!word) {
		lb_parse_error(p, pos, NULL,
			       "'mode' needs gateway, nat or tunnel");
		return;
	}
	row = lb_word_find(lb_modes, word);
	if (!row) {
		unknown_word(p, pos, "mode", word, "", lb_modes,
			     lb_mode_mistakes);
		return;
	}
	strcpy(d->mode, row->name);
	lb_parse_use(p, pos, LB_USE_MODE, d->mode);
	if (!strcmp(row->name, "tunnel"))
		parse_encap(p);
	lb_parse_end(p);
}

/**
 * lb_parse_check() - check PARAMETER...
 * @p: the parser
 */
void lb_parse_check(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);

	if (!d->check_pos.line) {
		d->check_pos.line = p->line.no;
		d->check_pos.col = p->line.token[0].col;
	}
	if (!lb_parse_keys(p, &lb_check_keys, &d->check, d->check.pos))
		lb_parse_error(p, pos,
			       "'check' on a server line turns its checks on",
			       "'check' needs a parameter");
}

static void parse_method(struct lb_parse *p, const struct lb_method_word *m,
			 struct lb_pos pos)
{
	struct lb_director *d = p->director;
	struct lb_pos at[3];

	if (d->method_pos.line) {
		lb_parse_error(p, pos, NULL,
			       "second check method '%s'; '%s' was chosen on line %u",
			       m->option,
			       lb_method_find(d->method.name)->option,
			       d->method_pos.line);
		p->at = p->line.n;
		return;
	}
	strcpy(d->method.name, m->name);
	d->method_pos = pos;
	lb_parse_keys(p, m->keys, &d->method, at);
	if (d->method.uri && d->method.uri[0] != '/')
		lb_parse_error(p, at[LB_K_URI], NULL, "uri '%s' does not begin with '/'",
			       d->method.uri);
}

static void parse_persistence(struct lb_parse *p, struct lb_pos pos)
{
	struct lb_persist *persist = &p->director->persist;

	if (persist->on) {
		lb_parse_error(p, pos, NULL,
			       "second 'option persistence'; the first is on line %u",
			       p->director->persist_pos.line);
		p->at = p->line.n;
		return;
	}
	p->director->persist_pos = pos;
	persist->on = true;
	lb_parse_keys(p, &lb_persist_keys, persist, persist->pos);
}

static void unknown_option(struct lb_parse *p, const char *word,
			   struct lb_pos pos)
{
	const struct lb_method_word *m;
	char hint[LB_HINT_MAX];
	struct lb_guess g;
	unsigned int i;

	lb_guess_init(&g, word);
	lb_guess_try(&g, "persistence");
	for (m = lb_methods; m->option; m++)
		lb_guess_try(&g, m->option);
	for (i = 0; i < lb_dopt_keys.n; i++)
		lb_guess_try(&g, lb_dopt_keys.key[i].name);
	lb_parse_error(p, pos, lb_parse_meant(hint, &g), "unknown option '%s'",
		       word);
	p->at = p->line.n;
}

/**
 * lb_parse_option() - option NAME [PARAMETER...]
 * @p: the parser
 */
void lb_parse_option(struct lb_parse *p)
{
	struct lb_director *d = p->director;
	struct lb_pos pos = lb_parse_pos(p);
	const char *word = lb_parse_peek(p);
	const struct lb_method_word *m;

	if (!word) {
		lb_parse_error(p, pos, NULL, "'option' needs a name");
		return;
	}
	if (lb_parse_key(p, &lb_dopt_keys, &d->opts, d->opts.pos)) {
		/* the place of an option is its name, not "option" */
		lb_parse_end(p);
		return;
	}
	p->at++;
	for (m = lb_methods; m->option && strcmp(m->option, word); m++)
		;
	if (m->option)
		parse_method(p, m, pos);
	else if (!strcmp(word, "persistence"))
		parse_persistence(p, pos);
	else
		unknown_option(p, word, pos);
}

static void parse_server_check(struct lb_parse *p, struct lb_server *s)
{
	if (s->checked)
		lb_parse_error(p, lb_parse_pos(p), NULL,
			       "second 'check' on the line");
	p->at++;
	s->checked = true;
	while (lb_parse_peek(p) &&
	       lb_parse_key(p, &lb_check_keys, &s->check, s->check.pos))
		;
}

static void parse_server_words(struct lb_parse *p, struct lb_server *s)
{
	const char *word;

	while ((word = lb_parse_peek(p))) {
		if (!strcmp(word, "check")) {
			parse_server_check(p, s);
		} else if (lb_parse_key(p, &lb_server_keys, &s->opts,
					s->opts.pos)) {
			continue;
		} else if (lb_parse_is_key(p, &lb_check_keys)) {
			lb_parse_error(p, lb_parse_pos(p),
				       "check parameters follow the word 'check'",
				       s->checked ? "'%s' does not follow 'check'" :
						    "'%s' before 'check'", word);
			p->at = p->line.n;
		} else if (s->checked) {
			/* both kinds of words would be right here */
			lb_parse_unknown(p, &lb_check_keys, "weight");
		} else {
			lb_parse_unknown(p, &lb_server_keys, "check");
		}
	}
}

/**
 * lb_parse_server() - server NAME ADDR[:PORT] [WORD...]
 * @p: the parser
 */
void lb_parse_server(struct lb_parse *p)
{
	struct lb_server *s = lb_director_add_server(p->director);
	enum lb_addr_error err;
	unsigned int where;
	const char *word;

	s->pos.line = p->line.no;
	s->pos.col = p->line.token[0].col;
	s->name_pos = lb_parse_pos(p);
	if (!lb_parse_name(p, s->name, LB_NAME_MAX, "the server", true) &&
	    !lb_parse_peek(p))
		return;
	s->addr_pos = lb_parse_pos(p);
	word = lb_parse_peek(p);
	if (!word || !strcmp(word, "check") ||
	    lb_parse_is_key(p, &lb_server_keys)) {
		lb_parse_error(p, s->addr_pos, NULL,
			       "server '%s' has no address", s->name);
	} else {
		p->at++;
		err = lb_addrport_parse(&s->addr, &s->port, word, &where);
		s->port_pos = s->addr_pos;
		s->port_pos.col += where;
		if (err) {
			bad_addr(p, err, word, where, s->addr_pos, false);
			memset(&s->addr, 0, sizeof(s->addr));
			s->port = 0;
		}
	}
	parse_server_words(p, s);
}
