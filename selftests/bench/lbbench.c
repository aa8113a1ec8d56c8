// SPDX-License-Identifier: GPL-2.0
/*
 * Packet injector for selftests/bench/run.
 *
 * Makes two Ethernet devices, lbin0 and lbout0, whose transmit function counts
 * a packet and frees it, and injects synthetic 40-byte packets at their receive
 * path.  Under an instruction clock the time that passes is the number of
 * instructions; what allocating, filling and freeing the packet costs is
 * measured the same way (base=1) and subtracted by the reader.
 *
 * Control: one line of key=value words written to /sys/kernel/debug/lbbench
 * runs one series, reading it gives the result of the last.
 *
 *	dev=lbin0	device the packets come in by
 *	src= dst=	addresses of flow 0, both IPv4 or both IPv6
 *	sport= dport=	ports of flow 0
 *	proto=tcp|udp	tcp flags: flags=2 SYN, 16 ACK, ...
 *	flows= first=	packet i belongs to flow first + i % flows; flow n has
 *			the source address src + n / 16384, port sport + n % 16384
 *	packets=
 *	base=1		free the packets instead of receiving them
 *	learn=1		remember where each flow was sent to
 *	reply=1		what the server of each learnt flow would answer
 *	floor=1|0	a hook that only rewrites the MAC and transmits
 *
 * Result: "packets=N sent=N ns=N", sent being those that reached a device.
 * One writer at a time, under bench_mutex.
 */
#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/version.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#define BENCH_BATCH		256
#define BENCH_PORTS		16384
#define BENCH_HEADROOM		128

union bench_addr {
	__be32 ip[4];
	struct in_addr in;
	struct in6_addr in6;
};

/* One end of a flow. */
struct bench_end {
	union bench_addr addr;
	u16 port;
};

struct bench_series {
	struct net_device *dev;
	struct bench_end src;
	struct bench_end dst;
	bool is_v6;
	u8 proto;
	u8 flags;
	u32 flows;
	u32 first;
	u32 packets;
	bool base;
	bool learn;
	bool reply;
	int floor;
};

static const char * const bench_names[] = { "lbin0", "lbout0" };
static struct net_device *bench_devs[ARRAY_SIZE(bench_names)];
static struct dentry *bench_file;
static DEFINE_MUTEX(bench_mutex);

/* All under bench_mutex; the last two also written by the transmit function. */
static char bench_result[128];
static struct bench_end *bench_learnt;
static u32 bench_learnt_flows;
static bool bench_floor_on;
static bool bench_watch;
static struct bench_end bench_last;
static u64 bench_sent;

/* --- the devices --- */

/* Where the balancer sent the packet: the inmost but one thing we ask. */
static void bench_note_dst(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const __be16 *ports;

	if (iph->version == 4) {
		bench_last.addr.ip[0] = iph->daddr;
		ports = (const __be16 *)(iph + 1);
	} else {
		bench_last.addr.in6 = ip6h->daddr;
		ports = (const __be16 *)(ip6h + 1);
	}
	bench_last.port = ntohs(ports[1]);
}

static netdev_tx_t bench_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_lstats_add(dev, skb->len);
	bench_sent++;
	if (unlikely(bench_watch))
		bench_note_dst(skb);
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static int bench_dev_init(struct net_device *dev)
{
	dev->lstats = netdev_alloc_pcpu_stats(struct pcpu_lstats);
	return dev->lstats ? 0 : -ENOMEM;
}

static void bench_dev_uninit(struct net_device *dev)
{
	free_percpu(dev->lstats);
}

static const struct net_device_ops bench_ops = {
	.ndo_init = bench_dev_init,
	.ndo_uninit = bench_dev_uninit,
	.ndo_start_xmit = bench_xmit,
	.ndo_set_mac_address = eth_mac_addr,
};

/* Like dummy: no queue, no lock. */
static void bench_dev_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &bench_ops;
	dev->needs_free_netdev = true;
	dev->flags |= IFF_NOARP;
	dev->flags &= ~IFF_MULTICAST;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE;
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_GSO_SOFTWARE |
			 NETIF_F_HW_CSUM | NETIF_F_HIGHDMA;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
	eth_hw_addr_random(dev);
}

static int bench_dev_add(int i)
{
	struct net_device *dev;
	int err;

	dev = alloc_netdev(0, bench_names[i], NET_NAME_USER, bench_dev_setup);
	if (!dev)
		return -ENOMEM;
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	bench_devs[i] = dev;
	return 0;
}

static void bench_devs_del(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bench_devs); i++)
		if (bench_devs[i])
			unregister_netdev(bench_devs[i]);
}

/* --- the floor: what any hook that sends a packet on has to pay --- */

static unsigned int bench_floor_hook(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	static const u8 server[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
	struct net_device *out = bench_devs[1];
	struct ethhdr *eth;

	eth = skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, server);
	ether_addr_copy(eth->h_source, out->dev_addr);
	skb->dev = out;
	dev_queue_xmit(skb);
	return NF_STOLEN;
}

static const struct nf_hook_ops bench_floor_ops = {
	.hook = bench_floor_hook,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = -250,
};

static int bench_floor_set(bool on)
{
	int err = 0;

	if (on && !bench_floor_on)
		err = nf_register_net_hook(&init_net, &bench_floor_ops);
	else if (!on && bench_floor_on)
		nf_unregister_net_hook(&init_net, &bench_floor_ops);
	if (!err)
		bench_floor_on = on;
	return err;
}

/* --- packets --- */

/* The client of flow n. */
static struct bench_end bench_client(const struct bench_series *s, u32 n)
{
	struct bench_end end = s->src;
	int word = s->is_v6 ? 3 : 0;

	end.addr.ip[word] = htonl(ntohl(end.addr.ip[word]) + n / BENCH_PORTS);
	end.port += n % BENCH_PORTS;
	return end;
}

static __wsum bench_put_l4(void *l4, const struct bench_series *s,
			   const struct bench_end *src,
			   const struct bench_end *dst, int len)
{
	struct tcphdr *tcp = l4;
	struct udphdr *udp = l4;

	memset(l4, 0, len);
	/* The ports are at the same place in both. */
	udp->source = htons(src->port);
	udp->dest = htons(dst->port);
	if (s->proto == IPPROTO_UDP) {
		udp->len = htons(len);
	} else {
		tcp->doff = 5;
		tcp->window = htons(512);
		tcp_flag_byte(tcp) = s->flags;
	}
	return csum_partial(l4, len, 0);
}

static void bench_put_v4(struct sk_buff *skb, const struct bench_series *s,
			 const struct bench_end *src,
			 const struct bench_end *dst, int len)
{
	struct iphdr *iph = skb_put(skb, sizeof(*iph));
	void *l4 = skb_put(skb, len);
	__sum16 sum;

	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(sizeof(*iph) + len);
	iph->frag_off = htons(IP_DF);
	iph->ttl = 64;
	iph->protocol = s->proto;
	iph->saddr = src->addr.ip[0];
	iph->daddr = dst->addr.ip[0];
	ip_send_check(iph);
	sum = csum_tcpudp_magic(iph->saddr, iph->daddr, len, s->proto,
				bench_put_l4(l4, s, src, dst, len));
	if (s->proto == IPPROTO_TCP)
		((struct tcphdr *)l4)->check = sum;
	else
		((struct udphdr *)l4)->check = sum ?: CSUM_MANGLED_0;
}

static void bench_put_v6(struct sk_buff *skb, const struct bench_series *s,
			 const struct bench_end *src,
			 const struct bench_end *dst, int len)
{
	struct ipv6hdr *ip6h = skb_put(skb, sizeof(*ip6h));
	void *l4 = skb_put(skb, len);
	__sum16 sum;

	memset(ip6h, 0, sizeof(*ip6h));
	ip6h->version = 6;
	ip6h->payload_len = htons(len);
	ip6h->nexthdr = s->proto;
	ip6h->hop_limit = 64;
	ip6h->saddr = src->addr.in6;
	ip6h->daddr = dst->addr.in6;
	sum = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len, s->proto,
			      bench_put_l4(l4, s, src, dst, len));
	if (s->proto == IPPROTO_TCP)
		((struct tcphdr *)l4)->check = sum;
	else
		((struct udphdr *)l4)->check = sum ?: CSUM_MANGLED_0;
}

/* A packet of flow n as a driver would hand it up; 20 bytes from layer 4 on. */
static struct sk_buff *bench_build(const struct bench_series *s, u32 n)
{
	struct bench_end client = bench_client(s, n);
	const struct bench_end *src = &client;
	const struct bench_end *dst = &s->dst;
	struct sk_buff *skb;
	struct ethhdr *eth;

	if (s->reply) {
		src = &bench_learnt[n - s->first];
		dst = &client;
	}
	skb = alloc_skb(BENCH_HEADROOM + 128, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, BENCH_HEADROOM);
	eth = skb_put(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, s->dev->dev_addr);
	eth_zero_addr(eth->h_source);
	eth->h_proto = s->is_v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	if (s->is_v6)
		bench_put_v6(skb, s, src, dst, sizeof(struct tcphdr));
	else
		bench_put_v4(skb, s, src, dst, sizeof(struct tcphdr));
	skb->protocol = eth_type_trans(skb, s->dev);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return skb;
}

/* As one NAPI poll would.  Context: BH disabled here. */
static int bench_batch(const struct bench_series *s, u32 from, u32 to)
{
	struct sk_buff *skb;
	u32 i, n;

	for (i = from; i < to; i++) {
		n = i % s->flows;
		skb = bench_build(s, s->first + n);
		if (!skb)
			return -ENOMEM;
		if (s->base)
			dev_kfree_skb(skb);
		else
			netif_receive_skb(skb);
		if (s->learn)
			bench_learnt[n] = bench_last;
	}
	return 0;
}

static int bench_learn_prepare(const struct bench_series *s)
{
	if (s->reply && s->flows > bench_learnt_flows)
		return -EINVAL;
	if (!s->learn)
		return 0;
	kvfree(bench_learnt);
	bench_learnt = kvcalloc(s->flows, sizeof(*bench_learnt), GFP_KERNEL);
	bench_learnt_flows = bench_learnt ? s->flows : 0;
	return bench_learnt ? 0 : -ENOMEM;
}

static int bench_run(const struct bench_series *s)
{
	u64 ns = 0, start;
	u32 i, end;
	int err;

	err = bench_learn_prepare(s);
	if (err)
		return err;
	bench_sent = 0;
	bench_watch = s->learn;
	for (i = 0; i < s->packets && !err; i = end) {
		end = min(i + BENCH_BATCH, s->packets);
		local_bh_disable();
		start = ktime_get_ns();
		err = bench_batch(s, i, end);
		ns += ktime_get_ns() - start;
		local_bh_enable();
		cond_resched();
	}
	bench_watch = false;
	snprintf(bench_result, sizeof(bench_result),
		 "packets=%u sent=%llu ns=%llu\n", s->packets, bench_sent, ns);
	return err;
}

/* --- control --- */

static int bench_parse_addr(struct bench_series *s, struct bench_end *end,
			    const char *text)
{
	s->is_v6 = strchr(text, ':');
	if (s->is_v6)
		return in6_pton(text, -1, end->addr.in6.s6_addr, -1, NULL) ?
		       0 : -EINVAL;
	return in4_pton(text, -1, (u8 *)&end->addr.in, -1, NULL) ? 0 : -EINVAL;
}

static int bench_parse_dev(struct bench_series *s, const char *name)
{
	int i = match_string(bench_names, ARRAY_SIZE(bench_names), name);

	if (i < 0)
		return i;
	s->dev = bench_devs[i];
	return 0;
}

static int bench_parse_number(struct bench_series *s, const char *key, u32 n)
{
	if (!strcmp(key, "sport"))
		s->src.port = n;
	else if (!strcmp(key, "dport"))
		s->dst.port = n;
	else if (!strcmp(key, "flags"))
		s->flags = n;
	else if (!strcmp(key, "flows"))
		s->flows = n;
	else if (!strcmp(key, "first"))
		s->first = n;
	else if (!strcmp(key, "packets"))
		s->packets = n;
	else if (!strcmp(key, "base"))
		s->base = n;
	else if (!strcmp(key, "learn"))
		s->learn = n;
	else if (!strcmp(key, "reply"))
		s->reply = n;
	else if (!strcmp(key, "floor"))
		s->floor = n;
	else
		return -EINVAL;
	return 0;
}

static int bench_parse_word(struct bench_series *s, char *word)
{
	char *value = word;
	char *key = strsep(&value, "=");
	u32 n;

	if (!value)
		return -EINVAL;
	if (!strcmp(key, "dev"))
		return bench_parse_dev(s, value);
	if (!strcmp(key, "src"))
		return bench_parse_addr(s, &s->src, value);
	if (!strcmp(key, "dst"))
		return bench_parse_addr(s, &s->dst, value);
	if (!strcmp(key, "proto")) {
		s->proto = strcmp(value, "udp") ? IPPROTO_TCP : IPPROTO_UDP;
		return 0;
	}
	return kstrtou32(value, 0, &n) ?: bench_parse_number(s, key, n);
}

static int bench_command(char *line)
{
	struct bench_series s = {
		.dev = bench_devs[0],
		.proto = IPPROTO_TCP,
		.flows = 1,
		.floor = -1,
	};
	char *word;
	int err;

	while ((word = strsep(&line, " \n"))) {
		if (!*word)
			continue;
		err = bench_parse_word(&s, word);
		if (err)
			return err;
	}
	if (s.floor >= 0)
		return bench_floor_set(s.floor);
	return s.flows ? bench_run(&s) : -EINVAL;
}

static ssize_t bench_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	char *line;
	int err;

	if (len > PAGE_SIZE)
		return -E2BIG;
	line = memdup_user_nul(from, len);
	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&bench_mutex);
	err = bench_command(line);
	mutex_unlock(&bench_mutex);
	kfree(line);
	return err ?: len;
}

static ssize_t bench_read(struct file *file, char __user *to, size_t len,
			  loff_t *pos)
{
	ssize_t n;

	mutex_lock(&bench_mutex);
	n = simple_read_from_buffer(to, len, pos, bench_result,
				    strlen(bench_result));
	mutex_unlock(&bench_mutex);
	return n;
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.read = bench_read,
	.write = bench_write,
	.llseek = default_llseek,
};

static int __init bench_init(void)
{
	int err, i;

	for (i = 0; i < ARRAY_SIZE(bench_names); i++) {
		err = bench_dev_add(i);
		if (err)
			goto err_devs;
	}
	bench_file = debugfs_create_file("lbbench", 0600, NULL, NULL,
					 &bench_fops);
	return 0;

err_devs:
	bench_devs_del();
	return err;
}

static void __exit bench_exit(void)
{
	debugfs_remove(bench_file);
	bench_floor_set(false);
	bench_devs_del();
	kvfree(bench_learnt);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Packet injector to measure the l4lb data path");
