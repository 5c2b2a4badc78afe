/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which way in and out of an AF_PACKET socket is the cheapest?  A bare layer 2
 * forwarder between two netdevs, one thread, no engine: only the system calls
 * under comparison.  The numbers it gave are in engine/io/README.md.
 *
 *   io_probe forward RX TX DEV0 DEV1 SECONDS
 *       RX: v2:SLOT:SLOTS (what exceeds a slot comes by recvmsg)
 *           v3:BLOCK_KIB:BLOCKS, mmsg
 *       TX: mmsg, bypass (mmsg with PACKET_QDISC_BYPASS), ring
 *   io_probe drain RX TX DEV0 DEV1 SECONDS
 *       sleeps while somebody floods, then times the backlog, frame by frame
 *   io_probe flood DEV SECONDS    60-byte frames, as fast as sendmmsg can
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	  64
#define FRAME_MAX 66000
#define VNET_LEN  sizeof(struct virtio_net_hdr)
#define TX_SLOT	  (1 << 17)
#define TX_SLOTS  64

enum rx_kind { RX_V2, RX_V3, RX_MMSG };

/* A frame on hand: its virtio header, then (not always adjacent) its bytes. */
struct frame {
	struct virtio_net_hdr *vnet;
	uint8_t *data;
	uint32_t len;
};

struct side {
	int fd;
	enum rx_kind kind;
	uint8_t *ring;
	uint32_t slot, slots, next, held;
	struct tpacket_block_desc *block; /* v3: the block being read */
	struct tpacket3_hdr *hdr3;
	uint32_t left3;
	uint8_t *bufs; /* BATCH buffers of VNET_LEN + FRAME_MAX */
	int tx_fd;
	bool tx_is_ring;
	uint8_t *tx_ring;
	uint32_t tx_next;
	uint64_t sent, lost;
};

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
must(long rc, const char *what)
{
	if (rc < 0) {
		perror(what);
		exit(1);
	}
}

static void
set_packet(int fd, int option, int value)
{
	must(setsockopt(fd, SOL_PACKET, option, &value, sizeof(value)),
	    "PACKET option");
}

static void
bind_to(int fd, const char *dev, int protocol)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET,
	    .sll_protocol = htons((uint16_t)protocol),
	    .sll_ifindex = (int)if_nametoindex(dev)};

	must(ll.sll_ifindex ? 0 : -1, dev);
	must(bind(fd, (struct sockaddr *)&ll, sizeof(ll)), "bind");
}

static uint8_t *
map_ring(int fd, int which, const struct tpacket_req3 *req, size_t req_len)
{
	size_t len = (size_t)req->tp_block_size * req->tp_block_nr;
	void *p;

	must(
	    setsockopt(fd, SOL_PACKET, which, req, (socklen_t)req_len), "ring");
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
	    fd, 0);
	must(p == MAP_FAILED ? -1 : 0, "mmap");
	return p;
}

static void
open_rx(struct side *s, const char *spec, const char *dev)
{
	struct tpacket_req3 req = {0};
	unsigned a = 0, b = 0;
	int rcvbuf = 16 << 20;

	s->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	must(s->fd, "socket");
	set_packet(s->fd, PACKET_VNET_HDR, 1);
	set_packet(s->fd, PACKET_IGNORE_OUTGOING, 1);
	must(setsockopt(
		 s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)),
	    "SO_RCVBUFFORCE");
	s->bufs = malloc(BATCH * (VNET_LEN + FRAME_MAX));
	must(s->bufs ? 0 : -1, "malloc");
	if (sscanf(spec, "v2:%u:%u", &a, &b) == 2) {
		s->kind = RX_V2;
		s->slot = a;
		s->slots = b;
		set_packet(s->fd, PACKET_VERSION, TPACKET_V2);
		set_packet(s->fd, PACKET_COPY_THRESH, 1);
		req.tp_block_size = a > 65536 ? a : 65536;
		req.tp_block_nr = b / (req.tp_block_size / a);
		req.tp_frame_size = a;
		req.tp_frame_nr = b;
		s->ring = map_ring(
		    s->fd, PACKET_RX_RING, &req, sizeof(struct tpacket_req));
	} else if (sscanf(spec, "v3:%u:%u", &a, &b) == 2) {
		s->kind = RX_V3;
		s->slot = a * 1024;
		s->slots = b;
		set_packet(s->fd, PACKET_VERSION, TPACKET_V3);
		req.tp_block_size = s->slot;
		req.tp_block_nr = b;
		req.tp_frame_size = 2048;
		req.tp_frame_nr = s->slot / 2048 * b;
		req.tp_retire_blk_tov = 1;
		s->ring = map_ring(s->fd, PACKET_RX_RING, &req, sizeof(req));
	} else {
		s->kind = RX_MMSG;
	}
	bind_to(s->fd, dev, ETH_P_ALL);
}

static void
open_tx(struct side *s, const char *spec, const char *dev)
{
	struct tpacket_req3 req = {.tp_block_size = TX_SLOT,
	    .tp_block_nr = TX_SLOTS,
	    .tp_frame_size = TX_SLOT,
	    .tp_frame_nr = TX_SLOTS};

	s->tx_fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	must(s->tx_fd, "socket");
	s->tx_is_ring = !strcmp(spec, "ring");
	set_packet(s->tx_fd, PACKET_VNET_HDR, 1);
	set_packet(s->tx_fd, PACKET_QDISC_BYPASS, !strcmp(spec, "bypass"));
	if (s->tx_is_ring) {
		set_packet(s->tx_fd, PACKET_VERSION, TPACKET_V2);
		s->tx_ring = map_ring(
		    s->tx_fd, PACKET_TX_RING, &req, sizeof(struct tpacket_req));
	}
	bind_to(s->tx_fd, dev, 0);
}

static bool
fetch_whole(struct side *s, uint32_t i, struct frame *f)
{
	uint8_t *buf = s->bufs + i * (VNET_LEN + FRAME_MAX);
	ssize_t n = recv(s->fd, buf, VNET_LEN + FRAME_MAX, 0);

	if (n <= (ssize_t)VNET_LEN)
		return false;
	*f = (struct frame){
	    (void *)buf, buf + VNET_LEN, (uint32_t)n - (uint32_t)VNET_LEN};
	return true;
}

static uint32_t
rx_v2(struct side *s, struct frame *f)
{
	uint32_t n = 0;

	for (s->held = 0; n < BATCH && s->held < s->slots; s->held++) {
		struct tpacket2_hdr *h =
		    (void *)(s->ring +
			     (size_t)((s->next + s->held) % s->slots) *
				 s->slot);
		uint32_t status =
		    __atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE);
		uint8_t *mac = (uint8_t *)h + h->tp_mac;

		if (!(status & TP_STATUS_USER))
			break;
		if (status & TP_STATUS_COPY)
			n += fetch_whole(s, n, &f[n]);
		else if (h->tp_len == h->tp_snaplen)
			f[n++] = (struct frame){
			    (void *)(mac - VNET_LEN), mac, h->tp_len};
		else
			s->lost++;
	}
	return n;
}

static void
done_v2(struct side *s)
{
	for (; s->held; s->held--, s->next = (s->next + 1) % s->slots) {
		struct tpacket2_hdr *h =
		    (void *)(s->ring + (size_t)s->next * s->slot);

		__atomic_store_n(
		    &h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
}

static uint32_t
rx_v3(struct side *s, struct frame *f)
{
	uint32_t n = 0;

	if (!s->left3) {
		s->block = (void *)(s->ring + (size_t)s->next * s->slot);
		if (!(__atomic_load_n(
			  &s->block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) &
			TP_STATUS_USER))
			return 0;
		s->left3 = s->block->hdr.bh1.num_pkts;
		s->hdr3 = (void *)((uint8_t *)s->block +
				   s->block->hdr.bh1.offset_to_first_pkt);
	}
	for (; s->left3 && n < BATCH; s->left3--) {
		uint8_t *mac = (uint8_t *)s->hdr3 + s->hdr3->tp_mac;

		f[n++] = (struct frame){
		    (void *)(mac - VNET_LEN), mac, s->hdr3->tp_snaplen};
		s->hdr3 =
		    (void *)((uint8_t *)s->hdr3 + s->hdr3->tp_next_offset);
	}
	return n;
}

static void
done_v3(struct side *s)
{
	if (s->left3 || !s->block)
		return;
	__atomic_store_n(&s->block->hdr.bh1.block_status, TP_STATUS_KERNEL,
	    __ATOMIC_RELEASE);
	s->block = NULL;
	s->next = (s->next + 1) % s->slots;
}

static uint32_t
rx_mmsg(struct side *s, struct frame *f)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	uint32_t n = 0;
	int got;

	memset(msgs, 0, sizeof(msgs));
	for (uint32_t i = 0; i < BATCH; i++) {
		iov[i].iov_base = s->bufs + i * (VNET_LEN + FRAME_MAX);
		iov[i].iov_len = VNET_LEN + FRAME_MAX;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	got = recvmmsg(s->fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < got; i++) {
		uint8_t *buf = iov[i].iov_base;

		f[n++] = (struct frame){(void *)buf, buf + VNET_LEN,
		    msgs[i].msg_len - (uint32_t)VNET_LEN};
	}
	return n;
}

static void
tx_mmsg(struct side *s, struct frame *f, uint32_t n)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH][2];
	uint32_t sent = 0;

	memset(msgs, 0, sizeof(msgs));
	for (uint32_t i = 0; i < n; i++) {
		iov[i][0] = (struct iovec){f[i].vnet, VNET_LEN};
		iov[i][1] = (struct iovec){f[i].data, f[i].len};
		msgs[i].msg_hdr.msg_iov = iov[i];
		msgs[i].msg_hdr.msg_iovlen = 2;
	}
	while (sent < n) {
		int rc = sendmmsg(s->tx_fd, msgs + sent, n - sent, 0);

		if (rc < 0)
			s->lost++;
		sent += rc < 0 ? 1 : (uint32_t)rc;
		s->sent += rc < 0 ? 0 : (uint32_t)rc;
	}
}

static void
tx_ring(struct side *s, struct frame *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct tpacket2_hdr *h =
		    (void *)(s->tx_ring + (size_t)s->tx_next * TX_SLOT);
		uint8_t *data =
		    (uint8_t *)h + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll);

		if (__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) !=
		    TP_STATUS_AVAILABLE) {
			s->lost++;
			continue;
		}
		memcpy(data, f[i].vnet, VNET_LEN);
		memcpy(data + VNET_LEN, f[i].data, f[i].len);
		h->tp_len = f[i].len + (uint32_t)VNET_LEN;
		__atomic_store_n(
		    &h->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
		s->tx_next = (s->tx_next + 1) % TX_SLOTS;
		s->sent++;
	}
	if (n)
		send(s->tx_fd, NULL, 0, 0);
}

static uint32_t
forward_batch(struct side *in, struct side *out)
{
	struct frame f[BATCH];
	uint32_t n = in->kind == RX_V2	 ? rx_v2(in, f)
		     : in->kind == RX_V3 ? rx_v3(in, f)
					 : rx_mmsg(in, f);

	if (n && out->tx_is_ring)
		tx_ring(out, f, n);
	else if (n)
		tx_mmsg(out, f, n);
	if (in->kind == RX_V2)
		done_v2(in);
	else if (in->kind == RX_V3)
		done_v3(in);
	return n;
}

static double
cpu_s(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static void
open_sides(struct side s[2], char **argv)
{
	for (int i = 0; i < 2; i++) {
		open_rx(&s[i], argv[0], argv[2 + i]);
		open_tx(&s[i], argv[1], argv[2 + i]);
	}
}

static void
drain(char **argv)
{
	static struct side s[2];
	double start;

	open_sides(s, argv);
	usleep((useconds_t)(atof(argv[4]) * 1e6));
	start = now_s();
	while (forward_batch(&s[0], &s[1]))
		;
	printf("%s %s: %lu frames, %.0f ns each\n", argv[0], argv[1], s[1].sent,
	    (now_s() - start) * 1e9 / (double)s[1].sent);
}

static void
forward(char **argv)
{
	static struct side s[2];
	double until = now_s() + atof(argv[4]);
	uint64_t batches = 0;
	struct pollfd pfd[2];

	open_sides(s, argv);
	for (int i = 0; i < 2; i++)
		pfd[i] = (struct pollfd){.fd = s[i].fd, .events = POLLIN};
	while (now_s() < until) {
		uint32_t n = forward_batch(&s[0], &s[1]);

		n += forward_batch(&s[1], &s[0]);
		batches++;
		if (!n)
			poll(pfd, 2, 100);
	}
	printf("%s %s: ->1 %lu frames (%lu lost)  ->0 %lu (%lu lost)  "
	       "%lu rounds  cpu %.2f s\n",
	    argv[0], argv[1], s[1].sent, s[1].lost, s[0].sent, s[0].lost,
	    batches, cpu_s());
}

static void
flood(const char *dev, double seconds)
{
	static uint8_t bytes[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
	    0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
	    0x10, 0, 0x20, 0, 0, 26};
	static struct virtio_net_hdr vnet;
	double until = now_s() + seconds;
	struct side s = {0};
	struct frame f[BATCH];

	open_tx(&s, "mmsg", dev);
	for (int i = 0; i < BATCH; i++)
		f[i] = (struct frame){&vnet, bytes, sizeof(bytes)};
	while (now_s() < until)
		tx_mmsg(&s, f, BATCH);
	printf("flood: %lu sent, %lu lost\n", s.sent, s.lost);
}

int
main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "forward"))
		forward(argv + 2);
	else if (argc == 7 && !strcmp(argv[1], "drain"))
		drain(argv + 2);
	else if (argc == 4 && !strcmp(argv[1], "flood"))
		flood(argv[2], atof(argv[3]));
	else
		return 2;
	return 0;
}
