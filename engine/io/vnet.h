/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header that AF_PACKET and TAP put before a frame (struct virtio_net_hdr,
 * ten bytes, the machine's byte order) and our struct sl_offload.
 */
#ifndef SL_IO_VNET_H
#define SL_IO_VNET_H

#include <packet/pkt.h>

#include <linux/virtio_net.h>

#define SL_VNET_LEN sizeof(struct virtio_net_hdr)

/* What the kernel said about a frame it gave us.  Unknown flags are ignored;
 * whether the numbers fit the frame is for parse to check. */
void sl_vnet_read(const struct virtio_net_hdr *, struct sl_offload *);

/* What we say about a frame we give the kernel.  "Checksum is valid" is not
 * said: the receiver has no reason to believe it. */
void sl_vnet_write(const struct sl_offload *, struct virtio_net_hdr *);

#endif
