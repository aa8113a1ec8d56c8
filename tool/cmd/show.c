// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl show: what is configured and what goes on, in columns or as JSON.
 */
#include "../cmd.h"
#include "../filter.h"
#include "../json.h"
#include "../kernel.h"
#include "../out.h"

#include <errno.h>
#include <json-c/json.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

static const struct lb_command cmd;

/** struct show - one output being made */
struct show {
	/** @json: as JSON instead of columns */
	bool json;
	/** @begun: the head of the connections is printed */
	bool begun;
	/** @n: objects so far */
	size_t n;
	/** @generation: of the answers, 0: not known */
	uint32_t generation;
	/** @table: the columns */
	struct lb_table table;
	/** @array: the JSON objects */
	struct json_object *array;
	/** @filter: which objects */
	struct lb_conn filter;
};

static void note_generation(struct show *s, struct nlattr **attr)
{
	if (attr[LB_A_GENERATION] && nla_len(attr[LB_A_GENERATION]) == 4)
		s->generation = nla_get_u32(attr[LB_A_GENERATION]);
}

static void add_numbers(struct lb_table *t, const struct lb_runtime *run)
{
	lb_table_add(t, "%u", run->active);
	lb_table_add(t, "%u", run->inactive);
	lb_table_add(t, "%llu", (unsigned long long)run->conns);
	lb_table_add(t, "%llu", (unsigned long long)run->in_pkts);
	lb_table_add(t, "%llu", (unsigned long long)run->in_bytes);
	lb_table_add(t, "%llu", (unsigned long long)run->out_pkts);
	lb_table_add(t, "%llu", (unsigned long long)run->out_bytes);
}

static void add_place(struct lb_table *t, const struct lb_addr *a,
		      uint16_t port)
{
	struct lb_buf b = { 0 };

	if (a->len)
		lb_addrport_print(&b, a, port);
	lb_table_add(t, "%s", b.len ? lb_buf_str(&b) : "-");
	lb_buf_free(&b);
}

static void add_director(struct show *s, const struct lb_director *d)
{
	struct lb_table *t = &s->table;

	lb_table_add(t, "%s", d->name);
	add_place(t, &d->addr, d->port);
	lb_table_add(t, "%s", d->proto ? lb_proto_name(d->proto) : "any");
	lb_table_add(t, "%s%s", d->sched, d->hash_port ? " port" : "");
	lb_table_add(t, "%s%s%s", d->mode, d->encap[0] ? " " : "", d->encap);
	lb_table_add(t, "%u", d->run.servers);
	add_numbers(t, &d->run);
	lb_table_add(t, "%llu", (unsigned long long)d->run.refused);
}

static int on_director(uint8_t c, struct nlattr **attr, void *arg)
{
	struct lb_director *d = lb_director_create();
	struct show *s = arg;
	int err = -EBADMSG;

	(void)c;
	note_generation(s, attr);
	if (attr[LB_A_DIRECTOR])
		err = lb_msg_get_director(attr[LB_A_DIRECTOR], d);
	if (!err && s->json)
		json_object_array_add(s->array, lb_json_director(d));
	else if (!err)
		add_director(s, d);
	lb_director_free(d);
	return err;
}

static void add_server(struct show *s, const struct lb_server *server,
		       const char *director)
{
	struct lb_table *t = &s->table;

	lb_table_add(t, "%s", director);
	lb_table_add(t, "%s", server->name);
	add_place(t, &server->addr, server->port);
	lb_table_add(t, "%u", server->opts.weight);
	lb_table_add(t, "%u", server->run.eff_weight);
	lb_table_add(t, "%s", lb_admin_name(server->run.admin));
	lb_table_add(t, "%us", server->run.since);
	add_numbers(t, &server->run);
}

static int on_server(uint8_t c, struct nlattr **attr, void *arg)
{
	char director[LB_NAME_MAX + 1] = "";
	struct lb_server server = { 0 };
	struct show *s = arg;
	int err;

	(void)c;
	note_generation(s, attr);
	if (!attr[LB_A_SERVER])
		return -EBADMSG;
	err = lb_msg_get_server(attr[LB_A_SERVER], &server, director);
	if (err)
		return err;
	if (s->json)
		json_object_array_add(s->array,
				      lb_json_server(&server, director));
	else
		add_server(s, &server, director);
	return 0;
}

static int on_counter(uint8_t c, struct nlattr **attr, void *arg)
{
	struct lb_counter counter;
	struct show *s = arg;

	(void)c;
	note_generation(s, attr);
	if (!attr[LB_A_COUNTER] ||
	    lb_msg_get_counter(attr[LB_A_COUNTER], &counter))
		return -EBADMSG;
	if (s->json) {
		json_object_array_add(s->array, lb_json_counter(&counter));
		return 0;
	}
	lb_table_add(&s->table, "%s", counter.name);
	lb_table_add(&s->table, "%llu", (unsigned long long)counter.value);
	lb_table_add(&s->table, "%s", lb_counter_kind_name(counter.kind));
	lb_table_add(&s->table, "%s", counter.help);
	return 0;
}

static const char *place(struct lb_buf *b, const struct lb_addr *a,
			 uint16_t port)
{
	lb_buf_reset(b);
	lb_addrport_print(b, a, port);
	return lb_buf_str(b);
}

/* printed as they come: a million of them shall not fill the memory first */
static void print_conn(const struct lb_conn *c)
{
	static struct lb_buf a, b, s;

	printf("%-5s  %-22s  %-22s  %-22s  %-20s  %-16s  %-8s  %-12s  %u.%us\n",
	       lb_proto_name(c->proto), place(&a, &c->client, c->client_port),
	       place(&b, &c->vip, c->vip_port),
	       place(&s, &c->server_addr, c->server_port), c->director,
	       c->server, c->mode, c->state, c->expires / 1000,
	       c->expires / 100 % 10);
}

/* only when the kernel has accepted the question */
static void begin_conns(struct show *s)
{
	if (s->begun)
		return;
	s->begun = true;
	if (s->json)
		printf("{\n  \"connections\": [");
	else
		printf("%-5s  %-22s  %-22s  %-22s  %-20s  %-16s  %-8s  %-12s  %s\n",
		       "PROTO", "CLIENT", "VIP", "TO", "DIRECTOR", "SERVER",
		       "MODE", "STATE", "EXPIRES");
}

static int on_conn(uint8_t c, struct nlattr **attr, void *arg)
{
	struct show *s = arg;
	struct json_object *o;
	struct lb_conn conn;

	(void)c;
	note_generation(s, attr);
	if (!attr[LB_A_CONN] || lb_msg_get_conn(attr[LB_A_CONN], &conn))
		return -EBADMSG;
	begin_conns(s);
	if (s->json) {
		o = lb_json_conn(&conn);
		printf("%s    %s", s->n ? ",\n" : "\n",
		       json_object_to_json_string_ext(o,
				JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		print_conn(&conn);
	}
	s->n++;
	/* a reader that is gone ends the work */
	return ferror(stdout) ? -EPIPE : 0;
}

/** struct object - something that can be shown */
struct object {
	/** @name: its word */
	const char *name;
	/** @cmd: what to ask, 0: not supported yet */
	uint8_t cmd;
	/** @fn: takes the answers */
	lb_nl_fn fn;
	/** @heads: heads of the columns */
	const char *heads;
	/** @right: columns of numbers */
	unsigned int right;
};

static const struct object objects[] = {
	{ "directors", LB_CMD_DIRECTOR_GET, on_director,
	  "DIRECTOR|ADDRESS|PROTO|BALANCE|MODE|SERVERS|ACTIVE|INACTIVE|CONNS|IN-PKTS|IN-BYTES|OUT-PKTS|OUT-BYTES|REFUSED",
	  0x3fe0 },
	{ "servers", LB_CMD_SERVER_GET, on_server,
	  "DIRECTOR|SERVER|ADDRESS|WEIGHT|NOW|STATE|SINCE|ACTIVE|INACTIVE|CONNS|IN-PKTS|IN-BYTES|OUT-PKTS|OUT-BYTES",
	  0x3fd8 },
	{ "connections", LB_CMD_CONN_GET, on_conn, NULL, 0 },
	{ "counters", LB_CMD_COUNTER_GET, on_counter,
	  "COUNTER|VALUE|KIND|MEANING", 0x2 },
	{ "persistence", 0, NULL, NULL, 0 },
	{ "flows", 0, NULL, NULL, 0 },
};

static struct nl_msg *request(const struct object *o, const struct show *s)
{
	struct nl_msg *m = lb_nl_msg(o->cmd);

	if (o->cmd == LB_CMD_CONN_GET)
		lb_msg_put_filter(m, &s->filter);
	else if (o->cmd == LB_CMD_SERVER_GET && s->filter.director[0])
		lb_msg_put_server_name(m, s->filter.director, NULL);
	return m;
}

static void begin(const struct object *o, struct show *s)
{
	if (s->json && o->heads)
		s->array = json_object_new_array();
	else if (o->heads)
		lb_table_init(&s->table, o->heads, o->right);
}

static void end(const struct object *o, struct show *s)
{
	struct json_object *all;

	if (!o->heads)
		begin_conns(s);
	if (s->json && o->heads) {
		all = json_object_new_object();
		lb_json_uint(all, "generation", s->generation);
		json_object_object_add(all, o->name, s->array);
		lb_json_print(all);
	} else if (s->json) {
		printf("\n  ],\n  \"generation\": %u\n}\n", s->generation);
	} else if (o->heads) {
		lb_table_print(&s->table);
	}
}

/* connections come and go while they are listed, that is no reason to begin
 * again; a configuration that changes is
 */
static int ask(struct lb_nl *nl, const struct object *o, struct show *s)
{
	int err = -EINTR, tries;

	for (tries = 0; err == -EINTR && tries < 20; tries++) {
		begin(o, s);
		err = lb_nl_dump(nl, request(o, s), o->fn, s);
		if (err == -EINTR && !o->heads)
			err = 0;
		if (err && o->heads) {
			json_object_put(s->array);
			s->array = NULL;
			lb_table_free(&s->table);
		}
	}
	if (!err && !s->generation)
		err = lb_kernel_info(nl, NULL, &s->generation);
	if (!err)
		end(o, s);
	return err;
}

static int parse(struct show *s, const struct object *o, int argc,
		 char **argv)
{
	char *words[8];
	int n = 0, i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			s->json = true;
		else if (argv[i][0] == '-' || n == (int)ARRAY_SIZE(words))
			return lb_cmd_usage(&cmd);
		else
			words[n++] = argv[i];
	}
	if (o->cmd == LB_CMD_CONN_GET)
		return lb_filter_parse(&s->filter, n, words, true);
	if (o->cmd == LB_CMD_SERVER_GET && n == 1) {
		char *filter[] = { "director", words[0] };

		return lb_filter_parse(&s->filter, 2, filter, false);
	}
	return n ? lb_cmd_usage(&cmd) : 0;
}

static int run(int argc, char **argv)
{
	struct show s = { 0 };
	const struct object *o;
	struct lb_nl nl;
	int ret;

	if (argc < 2)
		return lb_cmd_usage(&cmd);
	for (o = objects; o < objects + ARRAY_SIZE(objects); o++)
		if (!strcmp(o->name, argv[1]))
			break;
	if (o == objects + ARRAY_SIZE(objects))
		return lb_cmd_usage(&cmd);
	if (!o->cmd)
		return lb_fail(LB_EXIT_USAGE, "not supported yet: 'show %s'",
			       o->name);
	ret = parse(&s, o, argc - 2, argv + 2);
	if (!ret)
		ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	ret = ask(&nl, o, &s);
	/* Linux 6.1 does not pass on why a dump did not start */
	if (ret == -ENOENT && !nl.why.len)
		lb_buf_puts(&nl.why, s.filter.server[0] ?
			    "no such director or server" : "no such director");
	if (ret)
		ret = lb_nl_fail(&nl, ret, "cannot show %s", o->name);
	lb_nl_close(&nl);
	return ret;
}

static const struct lb_command cmd = {
	.name = "show",
	.args = "{directors|servers [DIRECTOR]|connections [FILTER]|counters} [--json]",
	.help = "show directors, servers, connections or counters",
	.detail = "FILTER: [director D] [server S] [client ADDR].\n"
		  "The counters of one director or server are in its line; "
		  "'show counters' has every\nway a packet can take.  "
		  "persistence and flows are not supported yet.",
	.run = run,
};
LB_CMD(cmd);
