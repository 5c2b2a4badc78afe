/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/edit.h>

#include <packet/crc32c.h>
#include <packet/csum.h>
#include <packet/edit_internal.h>

#include <string.h>

bool
sl_edit_dec_ttl(struct sl_pkt *pkt)
{
	uint8_t *ip = sl_pkt_l3(pkt);
	uint8_t *ttl = ip + (pkt->family == SL_IPV4 ? 8 : 7);
	uint8_t word[2]; /* TTL and protocol: what the checksum adds up */

	if (*ttl <= 1)
		return false;
	memcpy(word, ip + 8, sizeof(word));
	(*ttl)--;
	if (pkt->family == SL_IPV4)
		sl_edit_move_csum(ip + 10, sl_csum_delta(word, ip + 8, 2));
	return true;
}

/* Takes 'n' bytes of VLAN tags off the front: a port's frames are untagged. */
static void
shift_start(struct sl_pkt *pkt, uint16_t n)
{
	struct sl_offload *o = &pkt->offload;

	pkt->data += n;
	pkt->len -= n;
	pkt->room -= n;
	pkt->l3_off = (uint16_t)(pkt->l3_off - n);
	pkt->l4_off = (uint16_t)(pkt->l4_off - n);
	if (o->flags & SL_OFFLOAD_PARTIAL)
		o->csum_start = (uint16_t)(o->csum_start - n);
	if (o->hdr_len)
		o->hdr_len = (uint16_t)(o->hdr_len - n);
	pkt->vlan_id = 0;
}

void
sl_edit_set_l2(struct sl_pkt *pkt, const uint8_t dst[6], const uint8_t src[6])
{
	if (pkt->l3_off > SL_ETH_LEN)
		shift_start(pkt, (uint16_t)(pkt->l3_off - SL_ETH_LEN));
	memcpy(pkt->data, dst, 6);
	memcpy(pkt->data + 6, src, 6);
	pkt->data[12] = (uint8_t)(pkt->eth_type >> 8);
	pkt->data[13] = (uint8_t)pkt->eth_type;
}

/* DCCP covers its header and so many words of data (RFC 4340 9.2); 0: a header
 * that cannot be. */
static uint32_t
covered_by_dccp(const struct sl_pkt *pkt)
{
	const uint8_t *dccp = sl_pkt_l4(pkt);
	uint32_t header, words;

	if (pkt->l4_len < 12)
		return 0;
	header = dccp[4] * 4u;
	words = dccp[5] & 0xfu;
	if (header < 12 || header > pkt->l4_len)
		return 0;
	return words ? SL_MIN(pkt->l4_len, header + (words - 1) * 4)
		     : pkt->l4_len;
}

/* How many bytes of L4 the checksum covers: UDP has a length of its own
 * (RFC 768), UDP-Lite a coverage (RFC 3828).  0: a length that cannot be. */
static uint32_t
covered_len(const struct sl_pkt *pkt)
{
	uint32_t stated;

	if (pkt->l4proto == IPPROTO_DCCP)
		return covered_by_dccp(pkt);
	if (pkt->l4proto != IPPROTO_UDP && pkt->l4proto != IPPROTO_UDPLITE)
		return pkt->l4_len;
	if (pkt->l4_len < 8)
		return 0;
	stated = sl_get_be16(sl_pkt_l4(pkt) + 4);
	if (stated == 0 && pkt->l4proto == IPPROTO_UDPLITE)
		return pkt->l4_len;
	return stated >= 8 && stated <= pkt->l4_len ? stated : 0;
}

static bool
sum_is_right(const struct sl_pkt *pkt, bool pseudo)
{
	uint32_t len = covered_len(pkt);
	struct sl_addr src, dst;
	uint64_t sum = 0;

	if (len == 0)
		return false;
	sl_count(SL_COUNTER_CSUM_CHECKED, 1);
	if (pseudo) {
		sl_pkt_addrs(pkt, &src, &dst);
		sum = sl_csum_pseudo(pkt->family, &src, &dst, pkt->l4proto,
		    pkt->l4proto == IPPROTO_UDP ? len : pkt->l4_len);
	}
	return sl_csum_finish(sl_csum_add(sum, sl_pkt_l4(pkt), len)) == 0;
}

static bool
crc_is_right(const struct sl_pkt *pkt, uint32_t off)
{
	uint8_t crc[SL_CRC32C_LEN];

	if (pkt->l4_len < off + SL_CRC32C_LEN)
		return false;
	sl_count(SL_COUNTER_CSUM_CHECKED, 1);
	sl_crc32c(sl_pkt_l4(pkt), pkt->l4_len, off, crc);
	return memcmp(crc, sl_pkt_l4(pkt) + off, sizeof(crc)) == 0;
}

bool
sl_edit_csum_ok(const struct sl_pkt *pkt, const struct sl_l4_layout *layout)
{
	if (pkt->offload.flags & (SL_OFFLOAD_PARTIAL | SL_OFFLOAD_VALID))
		return true;
	if ((pkt->flags & SL_PKT_FRAGMENT) || layout->csum_off == SL_NONE)
		return true;
	if (layout->csum_flags & SL_CSUM_CRC32C)
		return crc_is_right(pkt, layout->csum_off);
	if (pkt->l4_len < layout->csum_off + 2u)
		return false;
	if ((layout->csum_flags & SL_CSUM_ZERO_MEANS_NONE) &&
	    sl_raw_be16(sl_pkt_l4(pkt) + layout->csum_off) == 0)
		return true;
	return sum_is_right(pkt, layout->csum_flags & SL_CSUM_PSEUDO);
}

sl_be16
sl_edit_partial_sum(const struct sl_pkt *pkt)
{
	const struct sl_offload *o = &pkt->offload;
	uint32_t end = pkt->l3_off + pkt->l3_len;
	sl_be16 csum = sl_csum_finish(
	    sl_csum_add(0, pkt->data + o->csum_start, end - o->csum_start));

	return csum ? csum : 0xffff; /* equal, and UDP's 0 means none */
}

void
sl_edit_csum_complete(struct sl_pkt *pkt)
{
	struct sl_offload *o = &pkt->offload;
	sl_be16 csum;

	if (!(o->flags & SL_OFFLOAD_PARTIAL))
		return;
	csum = sl_edit_partial_sum(pkt);
	memcpy(pkt->data + o->csum_start + o->csum_offset, &csum, 2);
	o->flags &= (uint8_t)~SL_OFFLOAD_PARTIAL;
	o->csum_start = 0;
	o->csum_offset = 0;
}
