/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files that write packet bytes share.  Nobody else includes this.
 */
#ifndef SL_PACKET_EDIT_INTERNAL_H
#define SL_PACKET_EDIT_INTERNAL_H

#include <packet/csum.h>
#include <packet/pkt.h>

#include <string.h>

/* Moves the stored (inverted) checksum at 'field' by 'delta'. */
static inline void
sl_edit_move_csum(uint8_t *field, uint16_t delta)
{
	sl_be16 csum = sl_csum_apply(sl_raw_be16(field), delta);

	memcpy(field, &csum, sizeof(csum));
}

/* Writes the checksum of the IPv4 header of 'hlen' bytes at 'ip'. */
static inline void
sl_edit_ip4_csum(uint8_t *ip, uint32_t hlen)
{
	sl_be16 csum;

	memset(ip + 10, 0, 2);
	csum = sl_csum_finish(sl_csum_add(0, ip, hlen));
	memcpy(ip + 10, &csum, sizeof(csum));
}

static inline void
sl_edit_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
sl_edit_put32(uint8_t *p, uint32_t v)
{
	sl_edit_put16(p, v >> 16);
	sl_edit_put16(p + 2, v & 0xffff);
}

/* What SL_OFFLOAD_PARTIAL leaves to be stored at csum_start + csum_offset. */
sl_be16 sl_edit_partial_sum(const struct sl_pkt *pkt);

#endif
