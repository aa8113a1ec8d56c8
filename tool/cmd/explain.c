// SPDX-License-Identifier: GPL-2.0
/*
 * lbctl explain: who would decide about a packet, and why.  Nothing is sent
 * and nothing changes: the module is asked.
 */
#include "../cmd.h"
#include "../json.h"
#include "../kernel.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct lb_command cmd;

static int parse_end(const char *text, struct lb_addr *a, uint16_t *port)
{
	unsigned int where;

	if (lb_addrport_parse(a, port, text, &where))
		return lb_fail(LB_EXIT_VALUE,
			       "'%s' is not ADDR:PORT, nor [ADDR]:PORT", text);
	if (!*port)
		return lb_fail(LB_EXIT_MISSING, "'%s' has no port", text);
	return 0;
}

/* "iface NAME" and "fwmark N" are what they are in a flow */
static int parse_fact(struct lb_explain *e, const char *word,
		      const char *value)
{
	struct lb_cond cond = { 0 };
	struct lb_buf why = { 0 };
	unsigned int row;
	int ret = 0;

	if (!strcmp(word, "iface"))
		row = LB_K_C_IFACE;
	else if (!strcmp(word, "fwmark"))
		row = LB_K_C_FWMARK;
	else
		return lb_fail(LB_EXIT_USAGE,
			       "unknown word '%s': iface or fwmark", word);
	if (!value)
		return lb_fail(LB_EXIT_MISSING, "'%s' needs a value", word);
	if (lb_key_parse(&lb_cond_keys.key[row], &cond, value, &why))
		ret = lb_fail(LB_EXIT_VALUE, "%s", lb_buf_str(&why));
	lb_buf_free(&why);
	if (row == LB_K_C_IFACE) {
		strcpy(e->iface, cond.iface);
	} else {
		e->fwmark = cond.fwmark;
		e->has_fwmark = true;
	}
	return ret;
}

static int parse(struct lb_explain *e, int argc, char **argv)
{
	int ret, i;

	if (argc < 3)
		return lb_cmd_usage(&cmd);
	if (!strcasecmp(argv[0], "tcp"))
		e->proto = IPPROTO_TCP;
	else if (!strcasecmp(argv[0], "udp"))
		e->proto = IPPROTO_UDP;
	else
		return lb_fail(LB_EXIT_VALUE,
			       "unknown protocol '%s': tcp or udp", argv[0]);
	ret = parse_end(argv[1], &e->client, &e->client_port);
	if (!ret)
		ret = parse_end(argv[2], &e->vip, &e->vip_port);
	if (!ret && e->client.len != e->vip.len)
		ret = lb_fail(LB_EXIT_VALUE,
			      "'%s' and '%s' are of different families",
			      argv[1], argv[2]);
	for (i = 3; !ret && i < argc; i += 2)
		ret = parse_fact(e, argv[i], argv[i + 1]);
	return ret;
}

static int on_answer(uint8_t c, struct nlattr **attr, void *arg)
{
	(void)c;
	if (!attr[LB_A_EXPLAIN])
		return -EBADMSG;
	return lb_msg_get_explain(attr[LB_A_EXPLAIN], arg);
}

/* the text of the rule that matches; the answer does without it, too */
static const struct lb_rule *find_rule(struct lb_nl *nl, struct lb_model *m,
				       const struct lb_explain *e)
{
	size_t i;

	if (!e->rule || lb_kernel_flows(nl, m))
		return NULL;
	for (i = 0; i < m->n_flows; i++)
		if (!strcmp(m->flow[i]->name, e->flow) &&
		    e->rule <= m->flow[i]->n_rules)
			return &m->flow[i]->rule[e->rule - 1];
	return NULL;
}

static void fact(const char *name, const char *value)
{
	if (value[0])
		printf("%-12s%s\n", name, value);
}

static void print_packet(const struct lb_explain *e)
{
	struct lb_buf b = { 0 };

	lb_buf_printf(&b, "%s ", e->proto == IPPROTO_TCP ? "tcp" : "udp");
	lb_addrport_print(&b, &e->client, e->client_port);
	lb_buf_puts(&b, " -> ");
	lb_addrport_print(&b, &e->vip, e->vip_port);
	if (e->iface[0])
		lb_buf_printf(&b, ", in by %s", e->iface);
	if (e->has_fwmark)
		lb_buf_printf(&b, ", fwmark %u", e->fwmark);
	fact("packet", lb_buf_str(&b));
	lb_buf_free(&b);
}

static void print_flow(const struct lb_explain *e, const struct lb_rule *r)
{
	struct lb_buf b = { 0 };

	if (!e->flow[0]) {
		fact("flow", "none matches");
		return;
	}
	lb_buf_printf(&b, "%s, policy %s", e->flow, e->policy);
	fact("flow", lb_buf_str(&b));
	lb_buf_reset(&b);
	lb_buf_printf(&b, "%u%s", e->rule, r ? ": " : "");
	if (r)
		lb_rule_print(&b, r);
	fact("rule", lb_buf_str(&b));
	lb_buf_free(&b);
}

static void print_answer(const struct lb_explain *e, const struct lb_rule *r)
{
	struct lb_buf b = { 0 };

	print_packet(e);
	print_flow(e, r);
	fact("director", e->director[0] ? e->director : "none");
	fact("decided by", e->decided_by);
	if (e->server[0]) {
		lb_buf_printf(&b, "%s ", e->server);
		if (e->server_addr.len)
			lb_addrport_print(&b, &e->server_addr,
					  e->server_port);
		fact("server", lb_buf_str(&b));
	} else {
		fact("server", "none");
	}
	fact("nat", e->nat);
	fact("reason", e->reason);
	fact("counter", e->counter);
	lb_buf_free(&b);
}

static int explain(struct lb_explain *e, bool json)
{
	struct lb_model flows = { 0 };
	const struct lb_rule *r;
	struct nl_msg *m;
	struct lb_nl nl;
	int ret;

	ret = lb_nl_connect(&nl);
	if (ret)
		return ret;
	m = lb_nl_msg(LB_CMD_EXPLAIN);
	lb_msg_put_question(m, e);
	ret = lb_nl_call(&nl, m, on_answer, e);
	if (ret) {
		ret = lb_nl_fail(&nl, ret, "cannot explain");
	} else {
		r = find_rule(&nl, &flows, e);
		if (json)
			lb_json_print(lb_json_explain(e, r));
		else
			print_answer(e, r);
	}
	lb_model_free(&flows);
	lb_nl_close(&nl);
	return ret;
}

static int run(int argc, char **argv)
{
	struct lb_explain e = { 0 };
	bool json = false;
	int ret, i, n = 0;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	ret = parse(&e, n, argv);
	return ret ? ret : explain(&e, json);
}

static const struct lb_command cmd = {
	.name = "explain",
	.args = "tcp|udp SRC:PORT DST:PORT [iface IF] [fwmark N] [--json]",
	.help = "tell who decides where a packet goes, and why",
	.detail = "Asks the module what would happen to a packet that began a "
		  "connection now: which\nflow and rule match, which director, "
		  "and whether a connection, a template of\npersistence, the "
		  "algorithm or a sorry server decides.  Changes nothing.",
	.run = run,
};
LB_CMD(cmd);
