/* SPDX-License-Identifier: Apache-2.0 */
#include <io/afpacket.h>

#include <io/rxring.h>
#include <io/steer_bpf.h>
#include <io/txbatch.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

/* Empty rx() calls between two looks at the socket's pending error. */
#define EMPTY_CALLS 16

/* What may wait in the netdev's queues: 200 GSO frames and some.  The default
 * is three, and then the kernel refuses. */
#define SNDBUF (16 << 20)

struct queue {
	SL_ALIGNED(SL_CACHE_LINE) int fd; /* -1: not open */
	uint32_t empty_calls;
	struct sl_rxring rx;
	struct sl_txbatch tx;
};

struct afpacket {
	struct sl_dev dev;
	int ifindex;
	struct queue *queue; /* [dev.queues] */
};

static struct afpacket *
afpacket_of(struct sl_dev *dev)
{
	return sl_container_of(dev, struct afpacket, dev);
}

/* The kernel puts -1 in the place of the index of a netdev that is gone. */
static bool
is_bound(int fd)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);

	return !getsockname(fd, (struct sockaddr *)&ll, &len) &&
	       ll.sll_ifindex > 0;
}

bool
sl_afpacket_is_alive(struct sl_dev *dev)
{
	return is_bound(afpacket_of(dev)->queue[0].fd);
}

static void
look_after_errors(struct afpacket *a, struct queue *queue)
{
	int error;
	socklen_t len = sizeof(error);

	/* reading the pending error clears it, and with it POLLERR */
	getsockopt(queue->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (!is_bound(queue->fd))
		sl_store_relaxed(&a->dev.is_dead, true);
}

static uint32_t
rx(struct sl_dev *dev, uint16_t q, struct sl_pkt *pkts, uint32_t max)
{
	struct afpacket *a = afpacket_of(dev);
	struct queue *queue = &a->queue[q];
	uint32_t n = sl_rxring_take(&queue->rx, pkts, max, &dev->stats[q]);
	uint64_t bytes = 0;

	if (!n) {
		if (++queue->empty_calls % EMPTY_CALLS == 0)
			look_after_errors(a, queue);
		return 0;
	}
	queue->empty_calls = 0;
	for (uint32_t i = 0; i < n; i++) {
		pkts[i].origin = dev;
		bytes += pkts[i].len;
	}
	sl_dev_count_rx(dev, q, n, bytes);
	return n;
}

static void
rx_done(struct sl_dev *dev, uint16_t q)
{
	sl_rxring_release(&afpacket_of(dev)->queue[q].rx);
}

static bool
tx(struct sl_dev *dev, uint16_t q, const struct sl_pkt *pkt)
{
	if (sl_unlikely(!sl_dev_is_alive(dev))) {
		sl_bump_relaxed(&dev->stats[q].tx_dropped, 1);
		return false;
	}
	sl_txbatch_add(&afpacket_of(dev)->queue[q].tx, pkt, &dev->stats[q]);
	return true;
}

static void
flush(struct sl_dev *dev, uint16_t q)
{
	struct afpacket *a = afpacket_of(dev);
	struct queue *queue = &a->queue[q];

	if (!sl_txbatch_send(&queue->tx, &dev->stats[q]))
		look_after_errors(a, queue);
}

static int
fd(struct sl_dev *dev, uint16_t q)
{
	return sl_dev_is_alive(dev) ? afpacket_of(dev)->queue[q].fd : -1;
}

static void
close_dev(struct sl_dev *dev)
{
	struct afpacket *a = afpacket_of(dev);

	for (uint16_t q = 0; a->queue && q < dev->queues; q++) {
		sl_rxring_fini(&a->queue[q].rx);
		if (a->queue[q].fd >= 0)
			close(a->queue[q].fd);
	}
	free(a->queue);
	sl_dev_fini(dev);
	free(a);
}

static const struct sl_dev_ops ops = {
    .kind = "afpacket",
    .rx = rx,
    .rx_done = rx_done,
    .tx = tx,
    .flush = flush,
    .fd = fd,
    .close = close_dev,
};

static int
set_flag(int fd, int option, const char *name, struct sl_err *err)
{
	int one = 1;

	if (setsockopt(fd, SOL_PACKET, option, &one, sizeof(one)))
		return sl_err_sys(err, -errno, "packet socket: %s", name);
	return 0;
}

static int
set_sndbuf(int fd, struct sl_err *err)
{
	int bytes = SNDBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)))
		return sl_err_sys(err, -errno, "packet socket: send buffer");
	return 0;
}

/* Until all sockets are in the group, each of them would get every frame. */
static int
hold_back(int fd, struct sl_err *err)
{
	struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
	struct sock_fprog prog = {1, &nothing};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		return sl_err_sys(err, -errno, "packet socket filter");
	return 0;
}

static int
let_flow(int fd, struct sl_err *err)
{
	int unused = 0;

	if (setsockopt(
		fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)))
		return sl_err_sys(err, -errno, "packet socket filter");
	return 0;
}

static int
bind_socket(const struct afpacket *a, int fd, struct sl_err *err)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_ALL),
	    .sll_ifindex = a->ifindex};
	struct packet_mreq all = {
	    .mr_ifindex = a->ifindex, .mr_type = PACKET_MR_ALLMULTI};

	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		return sl_err_sys(err, -errno, "binding a packet socket");
	if (setsockopt(
		fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)))
		return sl_err_sys(err, -errno, "receiving all multicast");
	return 0;
}

/* A socket of protocol 0 receives nothing before it is bound to one. */
static int
open_queue(const struct afpacket *a, struct queue *queue, struct sl_err *err)
{
	uint32_t slots =
	    SL_MAX(SL_AFPACKET_SLOTS / a->dev.queues, SL_AFPACKET_SLOTS_MIN);
	int rc;

	queue->fd =
	    socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (queue->fd < 0)
		return sl_err_sys(err, -errno, "packet socket");
	if ((rc = set_flag(queue->fd, PACKET_VNET_HDR, "VNET_HDR", err)) ||
	    (rc = set_flag(
		 queue->fd, PACKET_IGNORE_OUTGOING, "IGNORE_OUTGOING", err)) ||
	    (rc = set_sndbuf(queue->fd, err)) ||
	    (rc = sl_rxring_init(&queue->rx, queue->fd, slots, err)) ||
	    (rc = hold_back(queue->fd, err)))
		return rc;
	sl_txbatch_init(&queue->tx, queue->fd);
	return bind_socket(a, queue->fd, err);
}

/* Lets the kernel choose a group number that nobody in the namespace uses. */
static int
join_fanout(struct afpacket *a, struct sl_err *err)
{
	uint32_t arg = (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	socklen_t len = sizeof(arg);
	struct sl_steer_bpf bpf;
	struct sock_fprog prog;

	for (uint16_t q = 0; q < a->dev.queues; q++) {
		int s = a->queue[q].fd;

		if (setsockopt(s, SOL_PACKET, PACKET_FANOUT, &arg, sizeof(arg)))
			return sl_err_sys(err, -errno, "fanout group");
		if (q > 0)
			continue;
		if (getsockopt(s, SOL_PACKET, PACKET_FANOUT, &arg, &len))
			return sl_err_sys(err, -errno, "fanout group number");
		arg = (arg & 0xffff) | PACKET_FANOUT_CBPF << 16;
	}
	sl_steer_bpf_build(&bpf, a->dev.queues);
	prog = (struct sock_fprog){bpf.n, bpf.insns};
	if (setsockopt(a->queue[0].fd, SOL_PACKET, PACKET_FANOUT_DATA, &prog,
		sizeof(prog)))
		return sl_err_sys(err, -errno, "fanout program");
	return 0;
}

static int
open_queues(struct afpacket *a, struct sl_err *err)
{
	int rc;

	a->queue =
	    aligned_alloc(SL_CACHE_LINE, a->dev.queues * sizeof(*a->queue));
	if (!a->queue)
		return sl_err_set(err, -ENOMEM, "packet socket: out of memory");
	memset(a->queue, 0, a->dev.queues * sizeof(*a->queue));
	for (uint16_t q = 0; q < a->dev.queues; q++)
		a->queue[q].fd = -1;
	for (uint16_t q = 0; q < a->dev.queues; q++) {
		if ((rc = open_queue(a, &a->queue[q], err)))
			return rc;
	}
	if (a->dev.queues > 1 && (rc = join_fanout(a, err)))
		return rc;
	for (uint16_t q = 0; q < a->dev.queues; q++) {
		if ((rc = let_flow(a->queue[q].fd, err)))
			return rc;
	}
	return 0;
}

struct sl_dev *
sl_afpacket_open(const char *netdev, uint16_t workers, struct sl_err *err)
{
	unsigned ifindex = if_nametoindex(netdev);
	struct afpacket *a;

	if (!ifindex) {
		sl_err_sys(err, -ENODEV, "%s", netdev);
		return NULL;
	}
	a = calloc(1, sizeof(*a));
	if (!a || sl_dev_init(&a->dev, &ops, workers, err)) {
		sl_err_set(err, -ENOMEM, "%s: out of memory", netdev);
		free(a);
		return NULL;
	}
	a->ifindex = (int)ifindex;
	if (open_queues(a, err)) {
		close_dev(&a->dev);
		return NULL;
	}
	return &a->dev;
}
