/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receive ring of one AF_PACKET socket (TPACKET_V2).
 *
 * What it is.  Slots of SL_RXRING_SLOT bytes shared with the kernel, each a
 *   header, a virtio header and a frame.  A frame too long for its slot (GSO,
 *   jumbo) lies whole in the socket's queue, in ring order, and is fetched
 *   with recvmsg() into a buffer of our own.
 * Life cycle.  A slot is the kernel's -> ready -> held (take) -> the kernel's
 *   (release).
 * Who writes.  The kernel and the one worker of the queue, in turns.
 * Who reads.   The same.
 * Ordering.    tp_status: our acquire pairs with the kernel's barrier after
 *   filling, our release with its look before reuse.
 * Bounds.      At most SL_BATCH_MAX frames are held; a full ring makes the
 *   kernel drop, which it counts for us.
 */
#ifndef SL_IO_RXRING_H
#define SL_IO_RXRING_H

#include <io/framebuf.h>
#include <io/port.h>

#define SL_RXRING_SLOT 2048

struct sl_rxring {
	/* SL_CONST */
	int fd;
	uint32_t slots;
	uint8_t *base; /* NULL: not set up */
	struct sl_framebuf whole;
	/* SL_OWNED */
	uint32_t next; /* slot to look at */
	uint32_t held; /* slots before it that are ours */
};

/* Gives the unbound packet socket 'fd' a ring of at least 'slots' slots.
 * => Role: control. */
int sl_rxring_init(
    struct sl_rxring *, int fd, uint32_t slots, struct sl_err *err);
void sl_rxring_fini(struct sl_rxring *); /* zeroed or set up */

/* Takes up to 'max' frames: data, len, room and offload are filled.  Tagged
 * frames are dropped (foreign-vlan): they are for a VLAN netdev on top, whose
 * own port gets them untagged.  Cut frames and the kernel's own drops are
 * counted in stats->rx_dropped. => Role: worker. */
uint32_t sl_rxring_take(struct sl_rxring *, struct sl_pkt *pkts, uint32_t max,
    struct sl_dev_stats *stats);
void sl_rxring_release(struct sl_rxring *);

#endif
