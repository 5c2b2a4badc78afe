/* SPDX-License-Identifier: Apache-2.0 */
#include <related/segment.h>

bool
sl_segment_read(struct sl_segment *seg, struct sl_pkt *pkt)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);
	uint32_t off = sl_edit_payload_off(pkt);

	if (pkt->l4proto != IPPROTO_TCP || !off)
		return false;
	*seg = (struct sl_segment){
	    .pkt = pkt,
	    .seq = sl_get_be32(tcp + SL_SEGMENT_SEQ),
	    .ack = sl_get_be32(tcp + SL_SEGMENT_ACK),
	    .off = off,
	    .len = pkt->l4_off + pkt->l4_len - off,
	    .flags = tcp[13],
	};
	seg->shown_end = seg->seq + seg->len + !!(seg->flags & SL_TCP_FIN);
	return true;
}
