// SPDX-License-Identifier: GPL-2.0
/*
 * Says what is wrong: with the command line, and with this machine, as text or
 * as JSON as lbctl-backend(8) has it.
 */
#include "backend/report.h"
#include "json.h"
#include "out.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * lb_be_report_options() - make whole requests of a command line
 * @o: the command line
 *
 * Return: 0, or an exit code after saying what is wrong.
 */
int lb_be_report_options(struct lb_be_options *o)
{
	struct lb_buf why = { 0 };
	int ret = lb_be_options_need(o, &why);

	if (ret)
		lb_fail(ret, "backend: %s", lb_buf_str(&why));
	lb_buf_free(&why);
	return ret;
}

static void print_lines(const char *head, const char *text)
{
	char *copy = lb_xstrdup(text), *line, *save;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		printf("  %-5s %s\n", head, line);
		head = "";
	}
	free(copy);
}

static void print_finding(const struct lb_be_finding *f)
{
	printf("%s: %s: %s\n", f->severity == LB_BE_NOTE ? "note" : "wrong",
	       f->id, f->what);
	print_lines("why:", f->why);
	print_lines("mend:", f->mend);
}

/**
 * lb_be_report() - print findings for people
 * @all: the findings
 * @at_least: those so bad, or worse
 */
void lb_be_report(const struct lb_be_findings *all,
		  enum lb_be_severity at_least)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->f[i].severity >= at_least)
			print_finding(&all->f[i]);
}

static struct json_object *json_lines(const char *text)
{
	struct json_object *a = json_object_new_array();
	char *copy = lb_xstrdup(text), *line, *save;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		json_object_array_add(a, json_object_new_string(line));
	free(copy);
	return a;
}

/**
 * lb_be_report_json() - print findings for scripts
 * @all: the findings
 */
void lb_be_report_json(const struct lb_be_findings *all)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t i, wrong = lb_be_findings_count(all, LB_BE_WRONG);

	for (i = 0; i < all->n; i++) {
		const struct lb_be_finding *f = &all->f[i];
		struct json_object *one = json_object_new_object();

		lb_json_string(one, "id", f->id);
		lb_json_string(one, "severity", f->severity == LB_BE_NOTE ?
			       "note" : "wrong");
		lb_json_string(one, "what", f->what);
		lb_json_string(one, "why", f->why);
		json_object_object_add(one, "mend", json_lines(f->mend));
		json_object_array_add(list, one);
	}
	lb_json_uint(o, "wrong", wrong);
	lb_json_uint(o, "notes", all->n - wrong);
	json_object_object_add(o, "findings", list);
	lb_json_print(o);
}
