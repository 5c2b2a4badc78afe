/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/pkt.h>

#include <string.h>

const char *const sl_state_names[SL_STATES + 1] = {
    [SL_STATE_INVALID] = "invalid",
    [SL_STATE_NEW] = "new",
    [SL_STATE_ESTABLISHED] = "established",
    [SL_STATE_RELATED] = "related",
    [SL_STATE_UNTRACKED] = "untracked",
};

void
sl_pkt_view(const struct sl_pkt *pkt, struct sl_pkt_view *view)
{
	bool later = (pkt->flags & SL_PKT_LATER_FRAGMENT) != 0;
	uint8_t vouched = SL_OFFLOAD_PARTIAL | SL_OFFLOAD_VALID;

	*view = (struct sl_pkt_view){
	    .size = sizeof(*view),
	    .family = pkt->family,
	    .l4proto = pkt->l4proto,
	    .csum_ok = (pkt->offload.flags & vouched) != 0,
	    .l3 = {sl_pkt_l3(pkt), (uint32_t)(pkt->l4_off - pkt->l3_off)},
	    .l4 = {sl_pkt_l4(pkt), later ? 0 : pkt->l4_len},
	    .l4_total = later ? 0 : pkt->l4_len,
	    .now_ns = pkt->now_ns,
	};
}
