/* SPDX-License-Identifier: Apache-2.0 */
#include <io/vnet.h>

#include <string.h>

SL_STATIC_ASSERT(sizeof(struct virtio_net_hdr) == 10, "the legacy header");

void
sl_vnet_read(const struct virtio_net_hdr *vnet, struct sl_offload *out)
{
	memset(out, 0, sizeof(*out));
	if (vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		out->flags |= SL_OFFLOAD_PARTIAL;
		out->csum_start = vnet->csum_start;
		out->csum_offset = vnet->csum_offset;
	}
	if (vnet->flags & VIRTIO_NET_HDR_F_DATA_VALID)
		out->flags |= SL_OFFLOAD_VALID;
	if (vnet->gso_type == VIRTIO_NET_HDR_GSO_NONE)
		return;
	out->gso_type = vnet->gso_type;
	out->gso_size = vnet->gso_size;
	out->hdr_len = vnet->hdr_len;
}

void
sl_vnet_write(const struct sl_offload *offload, struct virtio_net_hdr *vnet)
{
	memset(vnet, 0, sizeof(*vnet));
	if (offload->flags & SL_OFFLOAD_PARTIAL) {
		vnet->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		vnet->csum_start = offload->csum_start;
		vnet->csum_offset = offload->csum_offset;
	}
	if (offload->gso_type == VIRTIO_NET_HDR_GSO_NONE)
		return;
	vnet->gso_type = offload->gso_type;
	vnet->gso_size = offload->gso_size;
	vnet->hdr_len = offload->hdr_len;
}
