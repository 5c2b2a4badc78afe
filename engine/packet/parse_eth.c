/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/parse_internal.h>

#include <net/ethernet.h>

#define TAGS_MAX 2
#define TAG_LEN	 4
#define TAG_S	 0x88a8 /* IEEE 802.1Q service tag */
#define TAG_VID	 0x0fff
#define TAG_PCP	 13 /* bits below the priority */

static inline bool
is_tag(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == TAG_S;
}

enum sl_verdict
sl_parse_eth(struct sl_pkt *pkt)
{
	const uint8_t *p = pkt->data;
	uint32_t off = SL_ETH_LEN;
	uint16_t type;

	if (pkt->len < SL_ETH_LEN)
		return sl_drop(SL_DROP_SHORT_ETH);
	if (p[0] & 1)
		pkt->flags |= SL_PKT_L2_BROADCAST;
	type = sl_get_be16(p + 12);
	for (int tags = 0; tags < TAGS_MAX && is_tag(type); tags++) {
		if (pkt->len < off + TAG_LEN)
			return sl_drop(SL_DROP_SHORT_ETH);
		if (tags == 0) {
			uint16_t tci = sl_get_be16(p + off);

			pkt->vlan_id = tci & TAG_VID;
			pkt->ingress_priority = (uint8_t)(tci >> TAG_PCP);
		}
		type = sl_get_be16(p + off + 2);
		off += TAG_LEN;
	}
	pkt->eth_type = type;
	pkt->l3_off = (uint16_t)off;
	return SL_GO;
}
