// SPDX-License-Identifier: GPL-2.0
/* Handlers of what is not an object: info, counters, zero. */
#include <linux/ctype.h>
#include <net/sock.h>
#include "../config.h"
#include "../conn.h"
#include "../flow.h"
#include "../nl.h"
#include "../xmit.h"
#include "handlers.h"

static int put_plugins(struct sk_buff *skb)
{
	const struct lb_sched_ops *sched;
	const struct lb_xmit_ops *xmit;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && (sched = lb_sched_at(i)); i++)
		err = nla_put_string(skb, LB_INFO_A_SCHED, sched->name);
	for (i = 0; !err && (xmit = lb_xmit_at(i)); i++) {
		/* Of a mode with several encapsulations, once. */
		if (lb_xmit_find(xmit->name, NULL) == xmit)
			err = nla_put_string(skb, LB_INFO_A_MODE, xmit->name);
		if (!err && xmit->encap)
			err = nla_put_string(skb, LB_INFO_A_ENCAP,
					     xmit->encap);
	}
	return err;
}

int lb_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	struct sk_buff *reply;
	struct nlattr *nest;
	void *hdr;

	reply = lb_nl_reply_new(info, LB_CMD_INFO_GET, &hdr);
	if (!reply)
		return -ENOMEM;
	nest = nla_nest_start(reply, LB_A_INFO);
	if (!nest ||
	    nla_put_string(reply, LB_INFO_A_VERSION, LB_VERSION) ||
	    nla_put_u32(reply, LB_INFO_A_CONN_MAX, lb_conn_max()) ||
	    nla_put_u32(reply, LB_INFO_A_CONN_COUNT,
			atomic_read(&ln->conn_count)) ||
	    put_plugins(reply) ||
	    (smp_load_acquire(&ln->monitor_port) &&
	     nla_put_u32(reply, LB_INFO_A_MONITOR,
			 READ_ONCE(ln->monitor_pid))))
		goto err_free;
	nla_nest_end(reply, nest);
	if (nla_put_u32(reply, LB_A_GENERATION, READ_ONCE(ln->generation)))
		goto err_free;
	return lb_nl_reply_send(info, reply, hdr);

err_free:
	nlmsg_free(reply);
	return -EMSGSIZE;
}

/* Rows are in upper case, as in the enum; operators read lower case. */
static int put_lower(struct sk_buff *skb, int type, const char *s)
{
	char lower[32];
	size_t i;

	for (i = 0; s[i] && i < sizeof(lower) - 1; i++)
		lower[i] = tolower(s[i]);
	lower[i] = '\0';
	return nla_put_string(skb, type, lower);
}

/**
 * lb_nl_put_counter_name() - put a counter's name as operators see it
 * @skb: where to
 * @type: attribute type
 * @id: the counter
 *
 * Return: 0 or -EMSGSIZE.
 */
int lb_nl_put_counter_name(struct sk_buff *skb, int type, enum lb_counter id)
{
	return put_lower(skb, type, lb_counter_name(id));
}

static int put_counter(struct sk_buff *skb, struct netlink_callback *cb,
		       struct lb_net *ln, enum lb_counter id)
{
	/* Before the sum: a zero in between must not make it less. */
	u64 base = READ_ONCE(ln->counter_base[id]), value;
	struct nlattr *nest;
	void *hdr;

	smp_rmb();
	value = lb_counter_sum(ln, id) - base;

	hdr = lb_nl_dump_put(skb, cb, LB_CMD_COUNTER_GET,
			     READ_ONCE(ln->generation));
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, LB_A_COUNTER);
	if (!nest ||
	    put_lower(skb, LB_COUNTER_A_NAME, lb_counter_name(id)) ||
	    nla_put_u8(skb, LB_COUNTER_A_KIND, lb_counter_kind(id)) ||
	    nla_put_u64_64bit(skb, LB_COUNTER_A_VALUE, value,
			      LB_COUNTER_A_PAD) ||
	    nla_put_string(skb, LB_COUNTER_A_HELP, lb_counter_help(id))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

int lb_nl_counter_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lb_net *ln = lb_net(sock_net(cb->skb->sk));

	while (cb->args[0] < LB_C_NR &&
	       !put_counter(skb, cb, ln, cb->args[0]))
		cb->args[0]++;
	return skb->len;
}

static void zero_director(struct lb_director *dir)
{
	u32 i;

	dir->dirid->refused_base += lb_dirid_refused(dir->dirid);
	memset(&dir->dirid->retired, 0, sizeof(dir->dirid->retired));
	for (i = 0; i < dir->nr; i++)
		lb_server_zero(dir->servers[i].srv);
}

static void zero_all(struct lb_net *ln, const struct lb_config *cfg)
{
	u32 i;

	for (i = 0; i < cfg->nr; i++)
		zero_director(cfg->directors[i]);
	lb_flows_zero(cfg->flows);
	for (i = 0; i < LB_C_NR; i++)
		WRITE_ONCE(ln->counter_base[i], lb_counter_sum(ln, i));
}

static int zero_one(const struct lb_config *cfg, const char *dirname,
		    const char *name, struct netlink_ext_ack *extack)
{
	struct lb_director *dir = lb_config_find_name(cfg, dirname);
	struct lb_dirserver *ds;

	if (!dir) {
		NL_SET_ERR_MSG(extack, "no such director");
		return -ENOENT;
	}
	if (!*name) {
		zero_director(dir);
		return 0;
	}
	ds = lb_director_find_server(dir, name);
	if (!ds) {
		NL_SET_ERR_MSG(extack, "no such server");
		return -ENOENT;
	}
	lb_server_zero(ds->srv);
	return 0;
}

/* Return: 1 if one is named, 0 if everything is meant, or -errno. */
static int zero_parse(char *dir, char *name, struct genl_info *info)
{
	struct nlattr *dtb[LB_DIRECTOR_A_MAX + 1];
	struct nlattr *stb[LB_SERVER_A_MAX + 1];
	int err;

	*name = '\0';
	if (info->attrs[LB_A_SERVER]) {
		err = lb_nl_nested(stb, LB_SERVER_A_MAX,
				   info->attrs[LB_A_SERVER], NULL,
				   info->extack) ?:
		      lb_nl_name(dir, stb[LB_SERVER_A_DIRECTOR],
				 "the director's name is missing or malformed",
				 info->extack) ?:
		      lb_nl_name(name, stb[LB_SERVER_A_NAME],
				 "the server's name is missing or malformed",
				 info->extack);
		return err ?: 1;
	}
	if (!info->attrs[LB_A_DIRECTOR])
		return 0;
	err = lb_nl_nested(dtb, LB_DIRECTOR_A_MAX, info->attrs[LB_A_DIRECTOR],
			   NULL, info->extack) ?:
	      lb_nl_name(dir, dtb[LB_DIRECTOR_A_NAME],
			 "the director's name is missing or malformed",
			 info->extack);
	return err ?: 1;
}

int lb_nl_zero_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lb_net *ln = lb_net(genl_info_net(info));
	char dir[LB_NAME_MAX + 1], name[LB_NAME_MAX + 1];
	const struct lb_config *cfg;
	int err = 0, named;

	named = zero_parse(dir, name, info);
	if (named < 0)
		return named;
	mutex_lock(&ln->mutex);
	cfg = rcu_dereference_protected(ln->config,
					lockdep_is_held(&ln->mutex));
	if (named)
		err = zero_one(cfg, dir, name, info->extack);
	else
		zero_all(ln, cfg);
	mutex_unlock(&ln->mutex);
	return err;
}
