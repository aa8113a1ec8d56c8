// SPDX-License-Identifier: GPL-2.0
/*
 * Hints for a server under Windows: what others publish for direct routing,
 * never tried here.
 */
#include "backend/windows.h"

static void gateway(struct lb_buf *b, const struct lb_be_request *r,
		    const char *net)
{
	const char *family = r->vip.len == 4 ? "ipv4" : "ipv6";
	char vip[LB_ADDR_STR];

	lb_addr_format(vip, &r->vip);
	lb_buf_printf(b, "netsh interface %s add address \"loopback\" %s%s\n",
		      family, vip,
		      r->vip.len == 4 ? " 255.255.255.255" : "/128");
	lb_buf_printf(b, "netsh interface %s set interface \"%s\" "
		      "weakhostreceive=enabled\n", family, net);
	lb_buf_printf(b, "netsh interface %s set interface \"loopback\" "
		      "weakhostreceive=enabled\n", family);
	lb_buf_printf(b, "netsh interface %s set interface \"loopback\" "
		      "weakhostsend=enabled\n", family);
	if (r->vip.len == 16)
		lb_buf_puts(b, "netsh interface ipv6 set interface "
			    "\"loopback\" dadtransmits=0\n");
}

/**
 * lb_be_windows() - hints for a server under Windows
 * @b: where to append
 * @all: what it is to serve
 * @net: the interface that packets come in by
 */
void lb_be_windows(struct lb_buf *b, const struct lb_be_requests *all,
		   const char *net)
{
	size_t i;

	lb_buf_puts(b,
		    "REM Hints, not support: l4lb is not tested with servers under Windows.\n"
		    "REM \"loopback\" is a Microsoft KM-TEST Loopback Adapter that you add and\n"
		    "REM name so, \"net\" (or --iface) the interface that packets come in by.\n"
		    "REM Run as administrator; see your system's documentation.\n");
	for (i = 0; i < all->n; i++) {
		if (all->r[i].mode == LB_BE_GATEWAY)
			gateway(b, &all->r[i], net);
		else if (all->r[i].mode == LB_BE_NAT)
			lb_buf_puts(b, "REM mode nat: nothing but the balancer as default gateway\n");
		else
			lb_buf_puts(b, "REM mode tunnel: no way to unpack it is known; take mode gateway or nat\n");
	}
}
