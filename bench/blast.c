/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blast: small UDP frames out of a netdev as fast as one thread can, for the
 * forwarding comparison (bench/lab).  Many flows: the source port counts.
 *
 * usage: blast DEV DST-MAC SRC-IP DST-IP FLOWS SECONDS [PPS]
 *
 * Prints the number of frames sent.  Sends to the named netdev only, which must
 * be a veth of the lab.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define FRAME 60 /* smallest Ethernet frame without its checksum */

struct frame {
	struct ether_header eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t payload[FRAME - 14 - 20 - 8];
} __attribute__((packed, aligned(2)));

static struct frame frames[BATCH];

static uint16_t
ip_checksum(const void *ip)
{
	const uint16_t *w = ip;
	uint32_t sum = 0;

	for (unsigned i = 0; i < sizeof(struct iphdr) / 2; i++)
		sum += w[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int
open_netdev(const char *name, uint8_t mac[6])
{
	struct sockaddr_ll to = {
	    .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;
	struct ifreq ifr = {0};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (fd < 0 || !to.sll_ifindex || ioctl(fd, SIOCGIFHWADDR, &ifr) ||
	    setsockopt(
		fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		perror(name);
		exit(1);
	}
	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	return fd;
}

static void
fill(struct frame *f, char **argv, const uint8_t src[6])
{
	uint8_t *d = f->eth.ether_dhost;

	if (sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &d[0], &d[1],
		&d[2], &d[3], &d[4], &d[5]) != 6) {
		fprintf(stderr, "blast: not a MAC: %s\n", argv[2]);
		exit(2);
	}
	memcpy(f->eth.ether_shost, src, 6);
	f->eth.ether_type = htons(ETHERTYPE_IP);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.tot_len = htons(FRAME - 14);
	f->ip.ttl = 64;
	f->ip.protocol = IPPROTO_UDP;
	f->ip.saddr = inet_addr(argv[3]);
	f->ip.daddr = inet_addr(argv[4]);
	f->ip.check = ip_checksum((const uint8_t *)f + 14);
	f->udp.dest = htons(9);
	f->udp.len = htons(FRAME - 14 - 20); /* checksum 0: none (RFC 768) */
}

/* Never faster than 'pps' (0: as fast as it goes). */
static void
pace(uint64_t start, uint64_t sent, uint64_t pps)
{
	if (!pps)
		return;
	while (sent * 1000000000u / pps > now_ns() - start) {
		struct timespec nap = {.tv_nsec = 50000};

		nanosleep(&nap, NULL);
	}
}

int
main(int argc, char **argv)
{
	struct mmsghdr msgs[BATCH] = {0};
	struct iovec iov[BATCH];
	uint64_t sent = 0, start, end, pps;
	uint32_t flows, flow = 0;
	uint8_t mac[6];
	int fd;

	if (argc < 7) {
		fprintf(stderr, "usage: blast DEV DST-MAC SRC-IP DST-IP FLOWS "
				"SECONDS [PPS]\n");
		return 2;
	}
	fd = open_netdev(argv[1], mac);
	flows = (uint32_t)atoi(argv[5]);
	if (flows < 1)
		flows = 1;
	pps = argc > 7 ? strtoull(argv[7], NULL, 10) : 0;
	for (unsigned i = 0; i < BATCH; i++) {
		fill(&frames[i], argv, mac);
		iov[i] = (struct iovec){&frames[i], FRAME};
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	start = now_ns();
	end = start + (uint64_t)(atof(argv[6]) * 1e9);
	while (now_ns() < end) {
		int n;

		for (unsigned i = 0; i < BATCH; i++, flow++) {
			frames[i].udp.source =
			    htons((uint16_t)(1024 + flow % flows % 60000));
			frames[i].udp.dest =
			    htons((uint16_t)(9 + flow % flows / 60000));
		}
		n = sendmmsg(fd, msgs, BATCH, 0);
		if (n > 0)
			sent += (uint64_t)n;
		else if (errno != ENOBUFS && errno != EAGAIN)
			break;
		pace(start, sent, pps);
	}
	printf("%llu\n", (unsigned long long)sent);
	return 0;
}
