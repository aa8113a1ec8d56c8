// SPDX-License-Identifier: GPL-2.0
/*
 * Hints for a server under Windows: what others publish for direct routing,
 * never tried here.
 */
#include "backend/windows.h"

static void gateway(struct lb_buf *b, const char *vip, bool v4, const char *net)
{
	const char *family = v4 ? "ipv4" : "ipv6";

	lb_buf_printf(b, "netsh interface %s add address \"loopback\" %s%s\n",
		      family, vip,
		      v4 ? " 255.255.255.255" : "/128");
	lb_buf_printf(b, "netsh interface %s set interface \"%s\" "
		      "weakhostreceive=enabled\n", family, net);
	lb_buf_printf(b, "netsh interface %s set interface \"loopback\" "
		      "weakhostreceive=enabled\n", family);
	lb_buf_printf(b, "netsh interface %s set interface \"loopback\" "
		      "weakhostsend=enabled\n", family);
	if (!v4)
		lb_buf_puts(b, "netsh interface ipv6 set interface "
			    "\"loopback\" dadtransmits=0\n");
}

/**
 * lb_be_windows() - hints for a server under Windows
 * @b: where to append
 * @all: what it is to serve; none: some VIP in mode gateway
 * @net: the interface that packets come in by
 */
void lb_be_windows(struct lb_buf *b, const struct lb_be_requests *all,
		   const char *net)
{
	char vip[LB_ADDR_STR];
	size_t i;

	lb_buf_puts(b,
		    "REM Hints, not support: l4lb is not tested with servers under Windows.\n"
		    "REM \"loopback\" is a Microsoft KM-TEST Loopback Adapter that you add and\n"
		    "REM name so, \"net\" (or --iface) the interface that packets come in by.\n"
		    "REM Run as administrator; see your system's documentation.\n");
	if (!all->n)
		gateway(b, "VIP", true, net);
	for (i = 0; i < all->n; i++) {
		lb_addr_format(vip, &all->r[i].vip);
		if (all->r[i].mode == LB_BE_GATEWAY)
			gateway(b, vip, all->r[i].vip.len == 4, net);
		else if (all->r[i].mode == LB_BE_NAT)
			lb_buf_puts(b, "REM mode nat: nothing but the balancer as default gateway\n");
		else
			lb_buf_puts(b, "REM mode tunnel: no way to unpack it is known; take mode gateway or nat\n");
	}
}
