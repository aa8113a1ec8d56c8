// SPDX-License-Identifier: GPL-2.0
/*
 * "director D server S client ADDR" on the command line.
 */
#include "filter.h"
#include "out.h"

#include <string.h>

static int take_name(char *to, const char *what, const char *name)
{
	if (strlen(name) > LB_NAME_MAX || !name[0])
		return lb_fail(LB_EXIT_VALUE, "bad %s name '%s'", what, name);
	strcpy(to, name);
	return 0;
}

static int take(struct lb_conn *f, const char *word, const char *value,
		bool client)
{
	if (!strcmp(word, "director"))
		return take_name(f->director, word, value);
	if (!strcmp(word, "server"))
		return take_name(f->server, word, value);
	if (client && !strcmp(word, "client")) {
		if (lb_addr_parse(&f->client, value))
			return lb_fail(LB_EXIT_VALUE,
				       "'%s' is not an IP address", value);
		return 0;
	}
	return lb_fail(LB_EXIT_USAGE, "unknown word '%s': director, server%s",
		       word, client ? " or client" : "");
}

/**
 * lb_filter_parse() - read a filter from the command line
 * @filter: gets it
 * @argc: number of words
 * @argv: the words
 * @client: whether "client ADDR" is allowed
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_filter_parse(struct lb_conn *filter, int argc, char **argv,
		    bool client)
{
	int i, ret;

	memset(filter, 0, sizeof(*filter));
	for (i = 0; i < argc; i += 2) {
		if (i + 1 == argc)
			return lb_fail(LB_EXIT_MISSING, "'%s' needs a value",
				       argv[i]);
		ret = take(filter, argv[i], argv[i + 1], client);
		if (ret)
			return ret;
	}
	if (filter->server[0] && !filter->director[0])
		return lb_fail(LB_EXIT_MISSING,
			       "'server' needs 'director' as well");
	return 0;
}
