/* SPDX-License-Identifier: Apache-2.0 */
#include <io/tap.h>

#include <io/framebuf.h>
#include <io/netdev.h>
#include <io/vnet.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef TUN_F_USO4 /* Linux 6.2 */
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

#define OFFLOADS     (TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN)
#define OFFLOADS_USO (OFFLOADS | TUN_F_USO4 | TUN_F_USO6)

#define TAP_MTU_MAX (65535 - SL_ETH_LEN) /* drivers/net/tun.c */

struct queue {
	SL_ALIGNED(SL_CACHE_LINE) int fd; /* -1: not open */
	struct sl_framebuf bufs;
};

struct tap {
	struct sl_dev dev;
	uint32_t ifindex;
	struct queue *queue; /* [dev.queues] */
};

static struct tap *
tap_of(const struct sl_dev *dev)
{
	return sl_container_of(dev, struct tap, dev);
}

/* Reads one frame into buffer 'i'.  False: none there, or *cut. */
static bool
read_frame(struct tap *t, struct queue *queue, uint32_t i, struct sl_pkt *pkt)
{
	uint8_t *buf = sl_framebuf_at(&queue->bufs, i);
	struct virtio_net_hdr vnet;
	struct iovec iov[2] = {{&vnet, SL_VNET_LEN}, {buf, SL_FRAMEBUF_SIZE}};
	ssize_t n = readv(queue->fd, iov, 2);

	if (n < (ssize_t)SL_VNET_LEN) {
		if (n < 0 && errno == EBADFD) /* the TAP has been deleted */
			sl_store_relaxed(&t->dev.is_dead, true);
		return false;
	}
	sl_vnet_read(&vnet, &pkt->offload);
	pkt->data = buf;
	pkt->len = (uint32_t)n - (uint32_t)SL_VNET_LEN;
	pkt->room = SL_FRAMEBUF_SIZE;
	pkt->origin = &t->dev;
	return true;
}

static uint32_t
rx(struct sl_dev *dev, uint16_t q, struct sl_pkt *pkts, uint32_t max)
{
	struct tap *t = tap_of(dev);
	uint64_t bytes = 0;
	uint32_t n = 0;

	if (sl_unlikely(!sl_dev_is_alive(dev)))
		return 0;
	max = SL_MIN(max, SL_BATCH_MAX);
	while (n < max && read_frame(t, &t->queue[q], n, &pkts[n]))
		bytes += pkts[n++].len;
	if (n)
		sl_dev_count_rx(dev, q, n, bytes);
	return n;
}

static void
rx_done(struct sl_dev *dev, uint16_t q)
{
	(void)dev; /* buffers are the queue's own */
	(void)q;
}

static bool
tx(struct sl_dev *dev, uint16_t q, const struct sl_pkt *pkt)
{
	struct virtio_net_hdr vnet;
	struct iovec iov[2] = {{&vnet, SL_VNET_LEN}, {pkt->data, pkt->len}};

	sl_vnet_write(&pkt->offload, &vnet);
	if (sl_unlikely(!sl_dev_is_alive(dev)) ||
	    writev(tap_of(dev)->queue[q].fd, iov, 2) < 0) {
		sl_bump_relaxed(&dev->stats[q].tx_dropped, 1);
		return false;
	}
	sl_dev_count_tx(dev, q, 1, pkt->len);
	return true;
}

static void
flush(struct sl_dev *dev, uint16_t q)
{
	(void)dev; /* tx() has written already */
	(void)q;
}

static int
fd(struct sl_dev *dev, uint16_t q)
{
	return sl_dev_is_alive(dev) ? tap_of(dev)->queue[q].fd : -1;
}

static void
close_dev(struct sl_dev *dev)
{
	struct tap *t = tap_of(dev);

	for (uint16_t q = 0; t->queue && q < dev->queues; q++) {
		sl_framebuf_fini(&t->queue[q].bufs);
		if (t->queue[q].fd >= 0)
			close(t->queue[q].fd);
	}
	free(t->queue);
	sl_dev_fini(dev);
	free(t);
}

static const struct sl_dev_ops ops = {
    .kind = "tap",
    .rx = rx,
    .rx_done = rx_done,
    .tx = tx,
    .flush = flush,
    .fd = fd,
    .close = close_dev,
};

/* The first descriptor creates the TAP, the others add queues. */
static int
open_queue(
    const char *name, struct queue *queue, bool multi, struct sl_err *err)
{
	struct ifreq ifr = {
	    .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
				 (multi ? IFF_MULTI_QUEUE : 0))};

	queue->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (queue->fd < 0)
		return sl_err_sys(err, -errno, "/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(queue->fd, TUNSETIFF, &ifr))
		return sl_err_sys(err, -errno, "TAP %s%s", name,
		    errno == EBUSY || errno == EINVAL
			? " (is there one of that name?)"
			: "");
	if (ioctl(queue->fd, TUNSETOFFLOAD, (unsigned long)OFFLOADS_USO) &&
	    ioctl(queue->fd, TUNSETOFFLOAD, (unsigned long)OFFLOADS))
		return sl_err_sys(err, -errno, "offloads of TAP %s", name);
	return sl_framebuf_init(&queue->bufs, err);
}

static int
open_queues(struct tap *t, const char *name, struct sl_err *err)
{
	int rc;

	t->queue =
	    aligned_alloc(SL_CACHE_LINE, t->dev.queues * sizeof(*t->queue));
	if (!t->queue)
		return sl_err_set(err, -ENOMEM, "TAP %s: out of memory", name);
	memset(t->queue, 0, t->dev.queues * sizeof(*t->queue));
	for (uint16_t q = 0; q < t->dev.queues; q++)
		t->queue[q].fd = -1;
	for (uint16_t q = 0; q < t->dev.queues; q++) {
		rc = open_queue(name, &t->queue[q], t->dev.queues > 1, err);
		if (rc)
			return rc;
	}
	return 0;
}

int
sl_tap_follow(
    const char *name, const uint8_t mac[6], uint32_t mtu, struct sl_err *err)
{
	int rc = sl_netdev_set_mac(name, mac, err);

	return rc ? rc : sl_netdev_set_mtu(name, SL_MIN(mtu, TAP_MTU_MAX), err);
}

struct sl_dev *
sl_tap_open(const char *name, const uint8_t mac[6], uint32_t mtu,
    uint16_t workers, struct sl_err *err)
{
	struct sl_netdev_facts facts;
	struct tap *t;

	if (strlen(name) >= IFNAMSIZ) {
		sl_err_set(err, -ENAMETOOLONG,
		    "TAP %s: an interface name has at most %d characters, so a "
		    "port's name has at most %d",
		    name, IFNAMSIZ - 1, IFNAMSIZ - 1 - (int)strlen("sl-"));
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (!t || sl_dev_init(&t->dev, &ops, workers, err)) {
		sl_err_set(err, -ENOMEM, "TAP %s: out of memory", name);
		free(t);
		return NULL;
	}
	if (open_queues(t, name, err) || sl_tap_follow(name, mac, mtu, err) ||
	    sl_netdev_set_up(name, true, err) ||
	    sl_netdev_read(name, &facts, err)) {
		close_dev(&t->dev);
		return NULL;
	}
	t->ifindex = facts.ifindex;
	sl_netdev_heed_carrier(name);
	return &t->dev;
}

void
sl_tap_set_carrier(struct sl_dev *dev, bool on)
{
	int carrier = on;

	ioctl(tap_of(dev)->queue[0].fd, TUNSETCARRIER, &carrier);
}

uint32_t
sl_tap_ifindex(const struct sl_dev *dev)
{
	return tap_of(dev)->ifindex;
}
