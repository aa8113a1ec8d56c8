// SPDX-License-Identifier: GPL-2.0
/*
 * What `lbctl backend` sets up, one thing at a time: is it there, the command
 * that makes it, and the one that takes it away.
 *
 * A command is a line of words with single blanks and nothing that a shell
 * would touch, so that what is printed is what is run.  Names of interfaces
 * that are not so are never run, only printed, in quotes.
 */
#include "backend/item.h"
#include "backend/request.h"

#include <stdlib.h>
#include <string.h>

/**
 * lb_be_item_same() - are they about the same thing?
 * @a: one
 * @b: the other
 *
 * The value of a setting, the name of a tunnel and the label of an address do
 * not tell things apart.
 *
 * Return: true if so.
 */
bool lb_be_item_same(const struct lb_be_item *a, const struct lb_be_item *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case LB_BE_SYSCTL:
		return a->sysctl == b->sysctl && !strcmp(a->dev, b->dev);
	case LB_BE_FOU:
		return a->port == b->port && a->family == b->family;
	case LB_BE_LINK:
		return !strcmp(a->type, b->type) &&
		       lb_addr_equal(&a->local, &b->local);
	case LB_BE_UP:
		return !strcmp(a->dev, b->dev);
	case LB_BE_ADDR:
		return !strcmp(a->dev, b->dev) &&
		       lb_addr_equal(&a->addr, &b->addr);
	}
	return false;
}

/**
 * lb_be_link_is() - is this the tunnel that takes everybody's packets?
 * @l: the interface
 * @type: kind of tunnel
 * @local: its own end
 *
 * Return: true for one without another end and without a key: two of these
 * cannot exist.
 */
bool lb_be_link_is(const struct lb_be_link *l, const char *type,
		   const struct lb_addr *local)
{
	return !strcmp(l->kind, type) && lb_addr_equal(&l->local, local) &&
	       !l->remote.len && !l->keyed;
}

static bool fou_there(const struct lb_be_item *i, const struct lb_be_snap *s)
{
	size_t n;

	for (n = 0; n < s->n_fous; n++)
		if (s->fou[n].port == i->port &&
		    s->fou[n].family == i->family && s->fou[n].gue)
			return true;
	return false;
}

/**
 * lb_be_item_there() - is it there, as the item says?
 * @i: the item
 * @s: the picture
 *
 * An interface of the same name that is another tunnel does not count, nor
 * does what is on it.
 *
 * Return: true if so.
 */
bool lb_be_item_there(const struct lb_be_item *i, const struct lb_be_snap *s)
{
	const struct lb_be_if_addr *a;
	const struct lb_be_link *l;

	if (i->kind == LB_BE_SYSCTL)
		return lb_be_conf_of(s, i->dev, i->sysctl) == i->value;
	if (i->kind == LB_BE_FOU)
		return fou_there(i, s);
	l = lb_be_link_find(s, i->dev);
	if (!l || (i->type[0] && !lb_be_link_is(l, i->type, &i->local)))
		return false;
	if (i->kind == LB_BE_UP)
		return l->up;
	if (i->kind == LB_BE_LINK)
		return true;
	a = lb_be_addr_on(l, &i->addr);
	return a && a->prefix == i->addr.len * 8;
}

/**
 * lb_be_word() - write a name as one word for a shell
 * @b: where to append
 * @word: the name; the kernel takes nearly any character in one
 */
void lb_be_word(struct lb_buf *b, const char *word)
{
	if (lb_be_iface_ok(word)) {
		lb_buf_puts(b, word);
		return;
	}
	lb_buf_puts(b, "'");
	for (; *word; word++) {
		if (*word == '\'')
			lb_buf_puts(b, "'\\''");
		else
			lb_buf_printf(b, "%c", *word);
	}
	lb_buf_puts(b, "'");
}

static void add_addr(struct lb_buf *b, const struct lb_be_item *i,
		     const char *verb)
{
	char s[LB_ADDR_STR];

	lb_addr_format(s, &i->addr);
	lb_buf_printf(b, "ip addr %s %s/%u dev ", verb, s, i->addr.len * 8);
	lb_be_word(b, i->dev);
}

static void add_link(struct lb_buf *b, const struct lb_be_item *i)
{
	char s[LB_ADDR_STR];

	lb_addr_format(s, &i->local);
	lb_buf_puts(b, "ip link add ");
	lb_be_word(b, i->dev);
	lb_buf_printf(b, " type %s local %s %s", i->type, s,
		      strcmp(i->type, "ip6tnl") ? "remote any" : "mode any");
}

static void set_sysctl(struct lb_buf *b, const struct lb_be_item *i, int value)
{
	struct lb_buf dev = { 0 };

	lb_be_word(&dev, i->dev);
	lb_buf_puts(b, "sysctl -w ");
	lb_be_sysctl_key(b, lb_buf_str(&dev), i->sysctl);
	lb_buf_printf(b, "=%d", value);
	lb_buf_free(&dev);
}

static void set_link(struct lb_buf *b, const struct lb_be_item *i,
		     const char *state)
{
	lb_buf_puts(b, "ip link set ");
	lb_be_word(b, i->dev);
	lb_buf_printf(b, " %s", state);
}

/**
 * lb_be_item_do() - write the command that makes it
 * @b: where to append
 * @i: the item
 */
void lb_be_item_do(struct lb_buf *b, const struct lb_be_item *i)
{
	switch (i->kind) {
	case LB_BE_SYSCTL:
		set_sysctl(b, i, i->value);
		break;
	case LB_BE_FOU:
		lb_buf_printf(b, "ip fou add port %u gue%s", i->port,
			      i->family == 16 ? " -6" : "");
		break;
	case LB_BE_LINK:
		add_link(b, i);
		break;
	case LB_BE_UP:
		set_link(b, i, "up");
		break;
	case LB_BE_ADDR:
		add_addr(b, i, "add");
		if (i->label != LB_BE_NO_LABEL)
			lb_buf_printf(b, " label %s:%d", i->dev, i->label);
		break;
	}
}

/**
 * lb_be_item_undo() - write the command that takes it away
 * @b: where to append; stays empty when there is nothing to put back
 * @i: the item
 */
void lb_be_item_undo(struct lb_buf *b, const struct lb_be_item *i)
{
	switch (i->kind) {
	case LB_BE_SYSCTL:
		if (i->before != LB_BE_UNKNOWN && i->before != i->value)
			set_sysctl(b, i, i->before);
		break;
	case LB_BE_FOU:
		lb_buf_printf(b, "ip fou del port %u%s", i->port,
			      i->family == 16 ? " -6" : "");
		break;
	case LB_BE_LINK:
		lb_buf_puts(b, "ip link del ");
		lb_be_word(b, i->dev);
		break;
	case LB_BE_UP:
		set_link(b, i, "down");
		break;
	case LB_BE_ADDR:
		add_addr(b, i, "del");
		break;
	}
}

/**
 * lb_be_items_find() - find the item about the same thing
 * @all: where to look
 * @i: the item
 *
 * Return: the item, owned by @all, or NULL.
 */
struct lb_be_item *lb_be_items_find(const struct lb_be_items *all,
				    const struct lb_be_item *i)
{
	size_t n;

	for (n = 0; n < all->n; n++)
		if (lb_be_item_same(&all->item[n], i))
			return &all->item[n];
	return NULL;
}

/**
 * lb_be_items_add() - append an item
 * @all: the list
 * @i: the item; copied
 *
 * Return: the copy, until the next append.
 */
struct lb_be_item *lb_be_items_add(struct lb_be_items *all,
				   const struct lb_be_item *i)
{
	all->item = lb_grow(all->item, all->n, sizeof(*all->item));
	all->item[all->n] = *i;
	return &all->item[all->n++];
}

/**
 * lb_be_items_copy() - append all items of another list
 * @to: the list
 * @from: the other
 */
void lb_be_items_copy(struct lb_be_items *to, const struct lb_be_items *from)
{
	size_t n;

	for (n = 0; n < from->n; n++)
		lb_be_items_add(to, &from->item[n]);
}

/**
 * lb_be_items_free() - forget a list
 * @all: the list
 */
void lb_be_items_free(struct lb_be_items *all)
{
	free(all->item);
	memset(all, 0, sizeof(*all));
}
