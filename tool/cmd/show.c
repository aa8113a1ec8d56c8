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
	/** @begun: the head of what is printed as it comes is printed */
	bool begun;
	/** @n: objects so far */
	size_t n;
	/** @generation: of the answers, 0: not known */
	uint32_t generation;
	/** @checked: some servers are to be checked */
	bool checked;
	/** @table: the columns */
	struct lb_table table;
	/** @array: the JSON objects */
	struct json_object *array;
	/** @filter: which objects */
	struct lb_conn filter;
	/** @object: what is shown */
	const struct object *object;
	/** @flows: the flows */
	struct lb_model flows;
};

/** struct object - something that can be shown */
struct object {
	/** @name: its word */
	const char *name;
	/** @cmd: what to ask */
	uint8_t cmd;
	/** @fn: takes the answers; NULL: flows, which come in several */
	lb_nl_fn fn;
	/** @heads: heads of the columns */
	const char *heads;
	/** @right: columns of numbers */
	unsigned int right;
	/** @stream: printed as they come, with @heads as they are */
	bool stream;
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

static void add_mode(struct lb_table *t, const struct lb_director *d)
{
	if (d->encap_port)
		lb_table_add(t, "%s %s port %u", d->mode, d->encap,
			     d->encap_port);
	else
		lb_table_add(t, "%s%s%s", d->mode, d->encap[0] ? " " : "",
			     d->encap);
}

/* how long a client is remembered, and how many are one */
static void add_persist(struct lb_table *t, const struct lb_persist *p)
{
	struct lb_buf b = { 0 };

	if (p->on) {
		lb_ms_print(&b, p->timeout);
		if (!(p->timeout % 1000))
			lb_buf_puts(&b, "s");
	}
	if (p->on && lb_key_has(p, LB_K_NETMASK))
		lb_buf_printf(&b, "/%u", p->netmask.prefix);
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
	add_mode(t, d);
	add_persist(t, &d->persist);
	lb_table_add(t, "%u", d->run.servers);
	add_numbers(t, &d->run);
	lb_table_add(t, "%llu", (unsigned long long)d->run.refused);
	lb_table_add(t, "%s", d->run.sorry ? "yes" : "-");
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

static void add_row(struct lb_table *t, unsigned int i,
		    const struct lb_sopts *opts)
{
	struct lb_buf b = { 0 };

	if (lb_key_has(opts, i))
		lb_key_print(&lb_server_keys.key[i], opts, &b);
	lb_table_add(t, "%s", b.len ? lb_buf_str(&b) : "-");
	lb_buf_free(&b);
}

/* how long it took, how long ago it was, and how it ended */
static void add_checked(struct lb_table *t, const struct lb_server *server)
{
	const struct lb_runtime *run = &server->run;

	if (run->latency)
		lb_table_add(t, "%u.%03ums", run->latency / 1000,
			     run->latency % 1000);
	else
		lb_table_add(t, "-");
	if (run->result != LB_RESULT_NONE)
		lb_table_add(t, "%u.%us", run->age / 1000,
			     run->age / 100 % 10);
	else
		lb_table_add(t, "-");
	if (run->result != LB_RESULT_NONE)
		lb_table_add(t, "%s", run->reason ? run->reason : "");
	else
		lb_table_add(t, "%s", server->checked ? "not checked yet" :
							"-");
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
	lb_table_add(t, "%s", server->opts.sorry &&
		     server->run.admin == LB_ADMIN_UP &&
		     server->run.health == LB_HEALTH_UP ? "sorry" :
		     lb_state_name(server));
	lb_table_add(t, "%us", server->run.since);
	add_numbers(t, &server->run);
	add_row(t, LB_K_SLOWSTART, &server->opts);
	add_row(t, LB_K_MAXCONN, &server->opts);
	add_checked(t, server);
	if (server->checked)
		s->checked = true;
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
	if (!err && s->json)
		json_object_array_add(s->array,
				      lb_json_server(&server, director));
	else if (!err)
		add_server(s, &server, director);
	lb_server_clear(&server);
	return err;
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

#define CONN_HEADS \
	"PROTO|CLIENT|VIP|TO|DIRECTOR|SERVER|MODE|STATE|EXPIRES|SOURCE"
#define TEMPLATE_HEADS	"DIRECTOR|CLIENTS|SERVER|TO|CONNS|EXPIRES"

/* the heads of what is printed as it comes: nobody knows the widths yet */
static void print_heads(const char *heads, const int *width)
{
	size_t len;

	for (; *heads; heads += len + (heads[len] == '|')) {
		len = strcspn(heads, "|");
		if (heads[len])
			printf("%-*.*s  ", *width++, (int)len, heads);
		else
			printf("%s\n", heads);
	}
}

/* only when the kernel has accepted the question */
static void begin_stream(struct show *s)
{
	static const int conn[] = { 5, 22, 22, 22, 20, 16, 8, 12, 8 };
	static const int template[] = { 20, 22, 16, 22, 8 };

	if (s->begun)
		return;
	s->begun = true;
	if (s->json)
		printf("{\n  \"%s\": [", s->object->name);
	else
		print_heads(s->object->heads,
			    s->object->cmd == LB_CMD_CONN_GET ? conn :
								template);
}

static void print_conn(const struct lb_conn *c)
{
	static struct lb_buf a, b, s, t;
	char expires[16];

	snprintf(expires, sizeof(expires), "%u.%us", c->expires / 1000,
		 c->expires / 100 % 10);
	printf("%-5s  %-22s  %-22s  %-22s  %-20s  %-16s  %-8s  %-12s  %-8s  %s\n",
	       lb_proto_name(c->proto), place(&a, &c->client, c->client_port),
	       place(&b, &c->vip, c->vip_port),
	       place(&s, &c->server_addr, c->server_port), c->director,
	       c->server, c->mode, c->state, expires,
	       c->source.len ? place(&t, &c->source, c->source_port) : "-");
}

static void print_template(const struct lb_conn *c)
{
	char client[LB_ADDR_STR + 4], addr[LB_ADDR_STR];
	static struct lb_buf s;

	lb_addr_format(addr, &c->client);
	snprintf(client, sizeof(client), "%s/%u", addr, c->client_prefix);
	printf("%-20s  %-22s  %-16s  %-22s  %-8u  %u.%us\n", c->director,
	       client, c->server, place(&s, &c->server_addr, c->server_port),
	       c->count, c->expires / 1000, c->expires / 100 % 10);
}

/* printed as they come: a million of them shall not fill the memory first */
static int on_stream(uint8_t c, struct nlattr **attr, void *arg)
{
	struct show *s = arg;
	bool template = s->object->cmd == LB_CMD_PERSIST_GET;
	struct json_object *o;
	struct lb_conn conn;

	(void)c;
	note_generation(s, attr);
	if (!attr[LB_A_CONN] || lb_msg_get_conn(attr[LB_A_CONN], &conn))
		return -EBADMSG;
	begin_stream(s);
	if (s->json) {
		o = template ? lb_json_template(&conn) : lb_json_conn(&conn);
		printf("%s    %s", s->n ? ",\n" : "\n",
		       json_object_to_json_string_ext(o,
				JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else if (template) {
		print_template(&conn);
	} else {
		print_conn(&conn);
	}
	s->n++;
	/* a reader that is gone ends the work */
	return ferror(stdout) ? -EPIPE : 0;
}

/* a line for the flow, with its policy, and one for each of its rules */
static void add_flow(struct lb_table *t, const struct lb_flow *f)
{
	struct lb_buf b = { 0 };
	size_t i;

	lb_table_add(t, "%s", f->name);
	lb_table_add(t, "-");
	lb_table_add(t, "%llu", (unsigned long long)f->hits);
	lb_table_add(t, "%s%s%s", f->policy, f->director[0] ? " " : "",
		     f->director);
	for (i = 0; i < f->n_rules; i++) {
		lb_buf_reset(&b);
		lb_rule_print(&b, &f->rule[i]);
		lb_table_add(t, "%s", f->name);
		lb_table_add(t, "%zu", i + 1);
		lb_table_add(t, "-");
		lb_table_add(t, "%s", lb_buf_str(&b));
	}
	lb_buf_free(&b);
}

static void add_flows(struct show *s)
{
	size_t i;

	for (i = 0; i < s->flows.n_flows; i++) {
		if (s->json)
			json_object_array_add(s->array,
					lb_json_flow(s->flows.flow[i]));
		else
			add_flow(&s->table, s->flows.flow[i]);
	}
}

static const struct object objects[] = {
	{ "directors", LB_CMD_DIRECTOR_GET, on_director,
	  "DIRECTOR|ADDRESS|PROTO|BALANCE|MODE|PERSIST|SERVERS|ACTIVE|INACTIVE|CONNS|IN-PKTS|IN-BYTES|OUT-PKTS|OUT-BYTES|REFUSED|SORRY",
	  0x7fc0, false },
	{ "servers", LB_CMD_SERVER_GET, on_server,
	  "DIRECTOR|SERVER|ADDRESS|WEIGHT|NOW|STATE|SINCE|ACTIVE|INACTIVE|CONNS|IN-PKTS|IN-BYTES|OUT-PKTS|OUT-BYTES|SLOWSTART|MAXCONN|LATENCY|CHECKED|CHECK",
	  0x3ffd8, false },
	{ "connections", LB_CMD_CONN_GET, on_stream, CONN_HEADS, 0, true },
	{ "persistence", LB_CMD_PERSIST_GET, on_stream, TEMPLATE_HEADS, 0,
	  true },
	{ "flows", LB_CMD_FLOW_GET, NULL, "FLOW|RULE|HITS|WHAT", 0x6, false },
	{ "counters", LB_CMD_COUNTER_GET, on_counter,
	  "COUNTER|VALUE|KIND|MEANING", 0x2, false },
};

static struct nl_msg *request(const struct show *s)
{
	struct nl_msg *m = lb_nl_msg(s->object->cmd);

	if (s->object->stream)
		lb_msg_put_filter(m, &s->filter);
	else if (s->object->cmd == LB_CMD_SERVER_GET && s->filter.director[0])
		lb_msg_put_server_name(m, s->filter.director, NULL);
	return m;
}

static void begin(struct show *s)
{
	if (s->json && !s->object->stream)
		s->array = json_object_new_array();
	else if (!s->object->stream)
		lb_table_init(&s->table, s->object->heads, s->object->right);
}

/* begin again, or give up */
static void forget(struct show *s)
{
	if (s->object->stream)
		return;
	json_object_put(s->array);
	s->array = NULL;
	lb_table_free(&s->table);
	lb_model_free(&s->flows);
}

static void end(struct show *s)
{
	struct json_object *all;

	add_flows(s);
	lb_model_free(&s->flows);
	if (s->object->stream)
		begin_stream(s);
	if (s->json && !s->object->stream) {
		all = json_object_new_object();
		lb_json_uint(all, "generation", s->generation);
		json_object_object_add(all, s->object->name, s->array);
		lb_json_print(all);
	} else if (s->json) {
		printf("\n  ],\n  \"generation\": %u\n}\n", s->generation);
	} else if (!s->object->stream) {
		lb_table_print(&s->table);
	}
}

/* old results look as new ones do; the output itself is for programs, too */
static void note_monitor(struct lb_nl *nl)
{
	struct lb_info info;
	uint32_t generation;

	fflush(stdout);
	if (!lb_kernel_info(nl, &info, &generation) && !info.has_monitor)
		fprintf(stderr,
			"lbctl: no monitor runs, so no server is checked: 'lbctl monitor'\n");
}

/* connections come and go while they are listed, that is no reason to begin
 * again; a configuration that changes is
 */
static int ask(struct lb_nl *nl, struct show *s)
{
	int err = -EINTR, tries;

	for (tries = 0; err == -EINTR && tries < 20; tries++) {
		begin(s);
		if (s->object->fn)
			err = lb_nl_dump(nl, request(s), s->object->fn, s);
		else
			err = lb_kernel_flows(nl, &s->flows);
		if (err == -EINTR && s->object->stream)
			err = 0;
		if (err)
			forget(s);
	}
	if (!err && !s->generation)
		err = lb_kernel_info(nl, NULL, &s->generation);
	if (!err)
		end(s);
	else
		forget(s);
	if (!err && s->checked)
		note_monitor(nl);
	return err;
}

static int parse(struct show *s, int argc, char **argv)
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
	if (s->object->stream)
		return lb_filter_parse(&s->filter, n, words, true);
	if (s->object->cmd == LB_CMD_SERVER_GET && n == 1) {
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
	s.object = o;
	ret = parse(&s, argc - 2, argv + 2);
	if (!ret)
		ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	ret = ask(&nl, &s);
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
	.args = "{directors|servers [DIRECTOR]|connections [FILTER]|persistence [FILTER]|flows|counters} [--json]",
	.help = "show directors, servers, connections, persistence, flows, counters",
	.detail = "FILTER: [director D] [server S] [client ADDR].\n"
		  "The counters of one director or server are in its line; "
		  "'show counters' has every\nway a packet can take.",
	.run = run,
};
LB_CMD(cmd);
