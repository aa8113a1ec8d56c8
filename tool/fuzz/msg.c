// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the readers of netlink attributes: the first byte chooses the reader,
 * the rest is the inside of the nest.
 */
#include "msg.h"

#include <netlink/attr.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_one(uint8_t which, struct nlattr *nest)
{
	struct lb_director *d = lb_director_create();
	struct lb_service service = { 0 };
	struct lb_server server = { 0 };
	char name[LB_NAME_MAX + 1];
	char flow_name[LB_FLOW_NAME_MAX + 1];
	struct lb_explain explain = { 0 };
	struct lb_flow flow = { 0 };
	struct lb_nat nat = { 0 };
	struct lb_rule rule = { 0 };
	struct lb_counter counter;
	struct lb_info info;
	struct lb_conn conn;

	switch (which % 10) {
	case 0:
		lb_msg_get_director(nest, d);
		break;
	case 1:
		lb_msg_get_server(nest, &server, name);
		lb_server_clear(&server);
		break;
	case 2:
		lb_msg_get_options(nest, &service);
		break;
	case 3:
		lb_msg_get_info(nest, &info);
		break;
	case 4:
		lb_msg_get_conn(nest, &conn);
		break;
	case 5:
		lb_msg_get_counter(nest, &counter);
		break;
	case 6:
		lb_msg_get_flow(nest, &flow);
		break;
	case 7:
		lb_msg_get_rule(nest, &rule, flow_name);
		break;
	case 8:
		lb_msg_get_explain(nest, &explain);
		break;
	case 9:
		lb_msg_get_nat(nest, &nat);
		break;
	}
	lb_director_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlattr *nest;

	if (size < 1 || size > 60000)
		return 0;
	nest = malloc(NLA_HDRLEN + size - 1);
	nest->nla_type = 1;
	nest->nla_len = NLA_HDRLEN + size - 1;
	memcpy((char *)nest + NLA_HDRLEN, data + 1, size - 1);
	read_one(data[0], nest);
	free(nest);
	return 0;
}
