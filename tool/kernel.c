// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration in force: read as one model, changed as one transaction.
 */
#include "kernel.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

/* how often a reader begins again while somebody else keeps committing */
#define TRIES	20

/** struct load - a configuration being read */
struct load {
	/** @model: where it goes */
	struct lb_model *model;
	/** @sorted: its directors by name, while servers are read */
	struct lb_director **sorted;
	/** @last: director of the last server */
	struct lb_director *last;
	/** @generation: of the answer read last */
	uint32_t generation;
	/** @info: for LB_CMD_INFO_GET */
	struct lb_info *info;
};

static int get_generation(struct nlattr **attr, uint32_t *generation)
{
	if (!attr[LB_A_GENERATION] || nla_len(attr[LB_A_GENERATION]) != 4)
		return -EBADMSG;
	*generation = nla_get_u32(attr[LB_A_GENERATION]);
	return 0;
}

static int on_info(uint8_t cmd, struct nlattr **attr, void *arg)
{
	struct load *l = arg;

	(void)cmd;
	if (!attr[LB_A_INFO])
		return -EBADMSG;
	if (l->info && lb_msg_get_info(attr[LB_A_INFO], l->info))
		return -EBADMSG;
	return get_generation(attr, &l->generation);
}

/**
 * lb_kernel_info() - ask the module about itself
 * @nl: the connection
 * @info: gets the answer, or NULL
 * @generation: gets the generation in force
 *
 * Return: 0 or a negative errno.
 */
int lb_kernel_info(struct lb_nl *nl, struct lb_info *info,
		   uint32_t *generation)
{
	struct load l = { .info = info };
	int err;

	err = lb_nl_call(nl, lb_nl_msg(LB_CMD_INFO_GET), on_info, &l);
	*generation = l.generation;
	return err;
}

/**
 * lb_kernel_offers() - what a module offers, for lb_feature_check()
 * @offers: gets it
 * @info: what the module told
 */
void lb_kernel_offers(struct lb_offers *offers, const struct lb_info *info)
{
	memset(offers, 0, sizeof(*offers));
	offers->known = true;
	offers->n_scheds = info->n_scheds;
	offers->n_modes = info->n_modes;
	offers->n_encaps = info->n_encaps;
	memcpy(offers->sched, info->sched, sizeof(offers->sched));
	memcpy(offers->mode, info->mode, sizeof(offers->mode));
	memcpy(offers->encap, info->encap, sizeof(offers->encap));
}

static int on_options(uint8_t cmd, struct nlattr **attr, void *arg)
{
	struct load *l = arg;

	(void)cmd;
	if (!attr[LB_A_OPTIONS])
		return 0;
	return lb_msg_get_options(attr[LB_A_OPTIONS], &l->model->service);
}

static int on_director(uint8_t cmd, struct nlattr **attr, void *arg)
{
	struct load *l = arg;

	(void)cmd;
	if (!attr[LB_A_DIRECTOR])
		return -EBADMSG;
	return lb_msg_get_director(attr[LB_A_DIRECTOR],
				   lb_model_add_director(l->model));
}

static int on_server(uint8_t cmd, struct nlattr **attr, void *arg)
{
	char director[LB_NAME_MAX + 1] = "";
	struct lb_server got = { 0 };
	struct load *l = arg;
	int err;

	(void)cmd;
	if (!attr[LB_A_SERVER])
		return -EBADMSG;
	err = lb_msg_get_server(attr[LB_A_SERVER], &got, director);
	if (!err && (!l->last || strcmp(l->last->name, director)))
		l->last = lb_named_find(l->sorted, l->model->n_directors,
					 director);
	/* the directors were read in another generation than this server */
	if (!err && !l->last)
		err = -EINTR;
	if (err)
		lb_server_clear(&got);
	else
		*lb_director_add_server(l->last) = got;
	return err;
}

/* each flow is followed by its rules */
static int on_flow(uint8_t cmd, struct nlattr **attr, void *arg)
{
	char flow[LB_FLOW_NAME_MAX + 1] = "";
	struct lb_rule rule = { 0 };
	struct load *l = arg;
	struct lb_model *m = l->model;
	int err;

	(void)cmd;
	if (attr[LB_A_FLOW])
		return lb_msg_get_flow(attr[LB_A_FLOW], lb_model_add_flow(m));
	if (!attr[LB_A_RULE])
		return -EBADMSG;
	err = lb_msg_get_rule(attr[LB_A_RULE], &rule, flow);
	if (err)
		return err;
	/* somebody committed between the flow and its rule */
	if (!m->n_flows || strcmp(m->flow[m->n_flows - 1]->name, flow))
		return -EINTR;
	*lb_flow_add_rule(m->flow[m->n_flows - 1]) = rule;
	return 0;
}

/**
 * lb_kernel_flows() - read the flows in force
 * @nl: the connection
 * @m: gets them behind those it has
 *
 * Return: 0, -EINTR when they changed meanwhile, or another negative errno.
 */
int lb_kernel_flows(struct lb_nl *nl, struct lb_model *m)
{
	struct load l = { .model = m };

	return lb_nl_dump(nl, lb_nl_msg(LB_CMD_FLOW_GET), on_flow, &l);
}

static int on_nat(uint8_t cmd, struct nlattr **attr, void *arg)
{
	struct load *l = arg;

	(void)cmd;
	if (!attr[LB_A_NAT])
		return -EBADMSG;
	return lb_msg_get_nat(attr[LB_A_NAT], lb_model_add_nat(l->model));
}

static int load_once(struct lb_nl *nl, struct load *l)
{
	uint32_t before;
	int err;

	err = lb_kernel_info(nl, NULL, &before);
	if (!err)
		err = lb_nl_call(nl, lb_nl_msg(LB_CMD_OPTIONS_GET),
				 on_options, l);
	if (!err)
		err = lb_nl_dump(nl, lb_nl_msg(LB_CMD_DIRECTOR_GET),
				 on_director, l);
	if (err)
		return err;
	l->sorted = lb_model_sort(l->model);
	err = lb_nl_dump(nl, lb_nl_msg(LB_CMD_SERVER_GET), on_server, l);
	free(l->sorted);
	if (!err)
		err = lb_kernel_flows(nl, l->model);
	if (!err)
		err = lb_nl_dump(nl, lb_nl_msg(LB_CMD_NAT_GET), on_nat, l);
	/* the module's first versions had none */
	if (err == -EOPNOTSUPP)
		err = 0;
	if (!err)
		err = lb_kernel_info(nl, NULL, &l->generation);
	if (!err && l->generation != before)
		err = -EINTR;
	return err;
}

/**
 * lb_kernel_load() - read the configuration in force, of one generation
 * @nl: the connection
 * @m: gets it, with the counters of every object
 * @generation: gets its generation
 *
 * Return: 0, -EBUSY when it never stood still, or another negative errno.
 */
int lb_kernel_load(struct lb_nl *nl, struct lb_model *m,
		   uint32_t *generation)
{
	unsigned int i;
	int err;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < TRIES; i++) {
		struct load l = { .model = m };

		err = load_once(nl, &l);
		*generation = l.generation;
		if (!err)
			return 0;
		lb_model_free(m);
		if (err != -EINTR)
			return err;
	}
	return -EBUSY;
}

/**
 * lb_kernel_read() - lb_kernel_load() that says why it failed
 * @nl: the connection
 * @m: gets the configuration
 * @generation: gets its generation
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_kernel_read(struct lb_nl *nl, struct lb_model *m, uint32_t *generation)
{
	int ret = lb_kernel_load(nl, m, generation);

	if (!ret)
		return 0;
	ret = lb_nl_fail(nl, ret, "cannot read the configuration");
	return ret == LB_EXIT_LOCKED ? ret : LB_EXIT_KERNEL;
}

/**
 * lb_kernel_open() - connect and read the configuration in force
 * @nl: gets the connection, closed already on failure
 * @m: gets the configuration
 * @generation: gets its generation
 *
 * Return: 0, or an exit code after saying why.
 */
int lb_kernel_open(struct lb_nl *nl, struct lb_model *m, uint32_t *generation)
{
	int ret = lb_nl_connect(nl);

	if (ret)
		return ret;
	ret = lb_kernel_read(nl, m, generation);
	if (ret)
		lb_nl_close(nl);
	return ret;
}

static struct nl_msg *delete_msg(const struct lb_change *c)
{
	struct nl_msg *m;

	switch (c->kind) {
	case LB_KIND_DIRECTOR:
		m = lb_nl_msg(LB_CMD_DIRECTOR_DEL);
		lb_msg_put_director_name(m, c->director->name);
		return m;
	case LB_KIND_SERVER:
		m = lb_nl_msg(LB_CMD_SERVER_DEL);
		lb_msg_put_server_name(m, c->director->name, c->server->name);
		return m;
	case LB_KIND_NAT:
		m = lb_nl_msg(LB_CMD_NAT_DEL);
		lb_msg_put_nat_name(m, c->nat->name);
		return m;
	default:
		m = lb_nl_msg(LB_CMD_FLOW_DEL);
		lb_msg_put_flow_name(m, c->flow->name);
		return m;
	}
}

static struct nl_msg *change_msg(const struct lb_change *c)
{
	struct nl_msg *m;

	if (c->op == LB_OP_DEL)
		return delete_msg(c);
	switch (c->kind) {
	case LB_KIND_SERVICE:
		m = lb_nl_msg(LB_CMD_OPTIONS_SET);
		lb_msg_put_options(m, c->service);
		return m;
	case LB_KIND_DIRECTOR:
		m = lb_nl_msg(LB_CMD_DIRECTOR_SET);
		lb_msg_put_director(m, c->director);
		return m;
	case LB_KIND_SERVER:
		m = lb_nl_msg(LB_CMD_SERVER_SET);
		lb_msg_put_server(m, c->director->name, c->server, c->last);
		return m;
	case LB_KIND_FLOW:
		m = lb_nl_msg(LB_CMD_FLOW_SET);
		lb_msg_put_flow(m, c->flow);
		return m;
	case LB_KIND_NAT:
		m = lb_nl_msg(LB_CMD_NAT_SET);
		lb_msg_put_nat(m, c->nat);
		return m;
	default:
		m = lb_nl_msg(LB_CMD_RULE_ADD);
		lb_msg_put_rule(m, c->flow->name, c->rule);
		return m;
	}
}

static void print_object(struct lb_buf *b, const struct lb_change *c)
{
	switch (c->kind) {
	case LB_KIND_SERVICE:
		lb_buf_puts(b, "service lvs");
		break;
	case LB_KIND_DIRECTOR:
		lb_buf_printf(b, "director %s", c->director->name);
		break;
	case LB_KIND_SERVER:
		lb_buf_printf(b, "server %s/%s", c->director->name,
			      c->server->name);
		break;
	case LB_KIND_FLOW:
		lb_buf_printf(b, "flow %s", c->flow->name);
		break;
	case LB_KIND_NAT:
		lb_buf_printf(b, "nat %s", c->nat->name);
		break;
	default:
		lb_buf_printf(b, "flow %s, rule '", c->flow->name);
		lb_rule_print(b, c->rule);
		lb_buf_puts(b, "'");
	}
}

/* which object the kernel refused; sequence numbers run with the changes */
static int refused(struct lb_nl *nl, int err, const struct lb_diff *diff,
		   uint32_t first)
{
	struct lb_buf what = { 0 };
	size_t i = nl->failed - first;

	if (err == -EPERM || !nl->failed || nl->failed < first ||
	    i >= diff->n)
		lb_buf_puts(&what, "the transaction");
	else
		print_object(&what, &diff->change[i]);
	lb_nl_fail(nl, err, "nothing was changed: the kernel refused %s",
		   lb_buf_str(&what));
	lb_buf_free(&what);
	return LB_EXIT_KERNEL;
}

static int stale(struct lb_nl *nl, int err, uint32_t generation)
{
	uint32_t now;

	if (err == -EBUSY)
		return lb_nl_fail(nl, err,
				  "another transaction is under way");
	if (lb_kernel_info(nl, NULL, &now))
		return lb_fail(LB_EXIT_LOCKED,
			       "the configuration changed while this was applied: run it again");
	return lb_fail(LB_EXIT_LOCKED,
		       "the configuration changed while this was applied (generation %u, now %u): run it again",
		       generation, now);
}

static int on_commit(uint8_t cmd, struct nlattr **attr, void *arg)
{
	(void)cmd;
	return get_generation(attr, arg);
}

static int begin(struct lb_nl *nl, uint32_t generation)
{
	struct nl_msg *m = lb_nl_msg(LB_CMD_TXN_BEGIN);

	nla_put_u32(m, LB_A_GENERATION, generation);
	return lb_nl_call(nl, m, NULL, NULL);
}

/**
 * lb_kernel_apply() - walk a comparison as one transaction
 * @nl: the connection; of no other use after a failure
 * @diff: from the configuration of @generation to the one wanted
 * @generation: the one edited; gets the new one
 *
 * Return: 0, or an exit code after saying why; then nothing has changed.
 */
int lb_kernel_apply(struct lb_nl *nl, const struct lb_diff *diff,
		    uint32_t *generation)
{
	uint32_t seq, first;
	size_t i;
	int err;

	nl->failed = 0;
	err = begin(nl, *generation);
	if (err == -ESTALE || err == -EBUSY)
		return stale(nl, err, *generation);
	if (err)
		return refused(nl, err, diff, UINT32_MAX);
	first = nl->seq + 1;
	for (i = 0; !err && i < diff->n; i++)
		err = lb_nl_queue(nl, change_msg(&diff->change[i]), &seq);
	if (!err)
		err = lb_nl_flush(nl);
	if (err)
		return refused(nl, err, diff, first);
	err = lb_nl_call(nl, lb_nl_msg(LB_CMD_TXN_COMMIT), on_commit,
			 generation);
	if (err == -ESTALE || err == -EBUSY)
		return stale(nl, err, *generation);
	return err ? refused(nl, err, diff, UINT32_MAX) : 0;
}
