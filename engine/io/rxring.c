/* SPDX-License-Identifier: Apache-2.0 */
#include <io/rxring.h>

#include <io/vnet.h>

#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Allocated by the kernel as one piece: small enough to be found in a
 * fragmented memory, large enough to keep its page vector short. */
#define BLOCK_SIZE	65536u
#define SLOTS_PER_BLOCK (BLOCK_SIZE / SL_RXRING_SLOT)

/* The kernel puts the IP header at a multiple of 16, plus this, plus the virtio
 * header: together 16 again, so that IP headers are aligned. */
#define RESERVE (16 - SL_VNET_LEN)

/* Large frames wait in the socket's queue: 256 GSO frames and some. */
#define RCVBUF (16 << 20)

#define VLAN_ID_MASK 0xfff
#define VLAN_PCP     13 /* bits below the priority */

static struct tpacket2_hdr *
slot_at(const struct sl_rxring *r, uint32_t i)
{
	return (void *)(r->base + (size_t)i * SL_RXRING_SLOT);
}

static int
set_option(int fd, int level, int option, int value, struct sl_err *err)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		return sl_err_sys(
		    err, -errno, "packet socket option %d", option);
	return 0;
}

int
sl_rxring_init(struct sl_rxring *r, int fd, uint32_t slots, struct sl_err *err)
{
	uint32_t blocks = (slots + SLOTS_PER_BLOCK - 1) / SLOTS_PER_BLOCK;
	struct tpacket_req req = {.tp_block_size = BLOCK_SIZE,
	    .tp_block_nr = blocks,
	    .tp_frame_size = SL_RXRING_SLOT,
	    .tp_frame_nr = blocks * SLOTS_PER_BLOCK};
	int rc;

	memset(r, 0, sizeof(*r));
	r->fd = fd;
	r->slots = req.tp_frame_nr;
	if ((rc = set_option(
		 fd, SOL_PACKET, PACKET_VERSION, TPACKET_V2, err)) ||
	    (rc = set_option(fd, SOL_PACKET, PACKET_RESERVE, RESERVE, err)) ||
	    (rc = set_option(fd, SOL_PACKET, PACKET_COPY_THRESH, 1, err)) ||
	    (rc = set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, RCVBUF, err)))
		return rc;
	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return sl_err_sys(
		    err, -errno, "receive ring of %u slots", r->slots);
	if ((rc = sl_framebuf_init(&r->whole, err)))
		return rc;
	r->base = mmap(NULL, (size_t)blocks * BLOCK_SIZE,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (r->base != MAP_FAILED)
		return 0;
	rc = -errno;
	r->base = NULL;
	sl_framebuf_fini(&r->whole);
	return sl_err_sys(err, rc, "mapping of the receive ring");
}

void
sl_rxring_fini(struct sl_rxring *r)
{
	if (r->base)
		munmap(r->base, (size_t)r->slots * SL_RXRING_SLOT);
	r->base = NULL;
	sl_framebuf_fini(&r->whole);
}

static ssize_t
receive(struct sl_rxring *r, struct virtio_net_hdr *vnet, uint8_t *buf)
{
	struct iovec iov[2] = {{vnet, SL_VNET_LEN}, {buf, SL_FRAMEBUF_SIZE}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	return recvmsg(r->fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
}

/* The frame at the head of the socket's queue goes to buffer 'i'.  It must
 * leave the queue in any case, or slots and queue would be out of step. */
static bool
fetch_whole(struct sl_rxring *r, uint32_t i, struct sl_pkt *pkt)
{
	uint8_t *buf = sl_framebuf_at(&r->whole, i);
	struct virtio_net_hdr vnet;
	ssize_t n = receive(r, &vnet, buf);

	if (n < 0) /* an error of the netdev is reported once, ahead of data */
		n = receive(r, &vnet, buf);
	if (n < (ssize_t)(SL_VNET_LEN + SL_ETH_LEN) ||
	    n > (ssize_t)(SL_VNET_LEN + SL_FRAME_MAX))
		return false;
	sl_vnet_read(&vnet, &pkt->offload);
	pkt->data = buf;
	pkt->len = (uint32_t)n - (uint32_t)SL_VNET_LEN;
	pkt->room = SL_FRAMEBUF_SIZE;
	return true;
}

static bool
map_frame(struct tpacket2_hdr *h, struct sl_pkt *pkt)
{
	uint32_t mac = h->tp_mac, len = h->tp_snaplen;
	struct virtio_net_hdr vnet;

	if (len != h->tp_len || len < SL_ETH_LEN ||
	    mac < TPACKET2_HDRLEN + SL_VNET_LEN || mac > SL_RXRING_SLOT ||
	    len > SL_RXRING_SLOT - mac)
		return false;
	memcpy(&vnet, (uint8_t *)h + mac - SL_VNET_LEN, sizeof(vnet));
	sl_vnet_read(&vnet, &pkt->offload);
	pkt->data = (uint8_t *)h + mac;
	pkt->len = len;
	pkt->room = SL_RXRING_SLOT - mac;
	return true;
}

/* The kernel counts what it could not store; reading resets its count. */
static void
collect_losses(struct sl_rxring *r, struct sl_dev_stats *stats)
{
	struct tpacket_stats s;
	socklen_t len = sizeof(s);

	if (!getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len))
		sl_bump_relaxed(&stats->rx_dropped, s.tp_drops);
}

uint32_t
sl_rxring_take(struct sl_rxring *r, struct sl_pkt *pkts, uint32_t max,
    struct sl_dev_stats *stats)
{
	uint32_t n = 0, seen = 0;

	SL_ASSERT(r->held == 0);
	max = SL_MIN(max, SL_BATCH_MAX);
	while (n < max && r->held < r->slots) {
		struct tpacket2_hdr *h = slot_at(r, r->next);
		/* pairs with the kernel's barrier after filling the slot */
		uint32_t status =
		    sl_load_acquire((SL_ATOMIC(uint32_t) *)&h->tp_status);

		if (!(status & TP_STATUS_USER))
			break;
		r->next = r->next + 1 == r->slots ? 0 : r->next + 1;
		r->held++;
		seen |= status;
		if (!(status & TP_STATUS_COPY ? fetch_whole(r, n, &pkts[n])
					      : map_frame(h, &pkts[n])))
			sl_bump_relaxed(&stats->rx_dropped, 1);
		else if ((status & TP_STATUS_VLAN_VALID) &&
			 (h->tp_vlan_tci & VLAN_ID_MASK))
			sl_drop(SL_DROP_VLAN);
		else {
			if (status & TP_STATUS_VLAN_VALID)
				pkts[n].offload.tag_priority =
				    (uint8_t)(h->tp_vlan_tci >> VLAN_PCP);
			n++;
		}
	}
	if (sl_unlikely(seen & TP_STATUS_LOSING))
		collect_losses(r, stats);
	if (!n) /* all of them dropped: nobody will give them back */
		sl_rxring_release(r);
	return n;
}

void
sl_rxring_release(struct sl_rxring *r)
{
	uint32_t i = r->next >= r->held ? r->next - r->held
					: r->next + r->slots - r->held;

	for (; r->held; r->held--) {
		struct tpacket2_hdr *h = slot_at(r, i);

		/* we are done with the bytes before the kernel reuses them */
		sl_store_release(
		    (SL_ATOMIC(uint32_t) *)&h->tp_status, TP_STATUS_KERNEL);
		i = i + 1 == r->slots ? 0 : i + 1;
	}
}
