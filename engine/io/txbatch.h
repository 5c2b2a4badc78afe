/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on their way out of one AF_PACKET socket: up to SL_BATCH_MAX of them,
 * each a virtio header and the frame's bytes where they lie, given to the
 * kernel with one sendmmsg().  Used by the queue's worker only.
 */
#ifndef SL_IO_TXBATCH_H
#define SL_IO_TXBATCH_H

#include <io/port.h>
#include <io/vnet.h>

#include <sys/socket.h>

struct sl_txbatch {
	int fd;
	uint32_t n;
	struct virtio_net_hdr vnet[SL_BATCH_MAX];
	struct iovec iov[SL_BATCH_MAX][2];
	struct mmsghdr msgs[SL_BATCH_MAX];
};

void sl_txbatch_init(struct sl_txbatch *, int fd);

/* Adds a frame; sends what is queued first if there is no room.
 * => Role: worker. */
void sl_txbatch_add(
    struct sl_txbatch *, const struct sl_pkt *pkt, struct sl_dev_stats *stats);

/* Sends all.  A frame that the kernel refuses twice is dropped and counted.
 * Returns false if the netdev looks gone or down.  => Role: worker. */
bool sl_txbatch_send(struct sl_txbatch *, struct sl_dev_stats *stats);

#endif
