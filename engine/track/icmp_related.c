/* SPDX-License-Identifier: Apache-2.0 */
#include <track/icmp_related.h>

int
sl_icmp_related_find(struct sl_track *track, struct sl_pkt *pkt)
{
	const struct sl_tracker *tracker;
	struct sl_tuple quoted, back;
	struct sl_pkt_view view;
	enum sl_key key;
	enum sl_dir dir;
	uint8_t slot, reason;
	uint32_t off;

	if (!sl_parse_quoted(pkt, &view, &quoted, &off))
		return SL_IP_REASON_ERROR_QUOTE;
	slot = sl_trackers_find(view.family, view.l4proto);
	if (slot == SL_TRACKER_NONE)
		return SL_IP_REASON_NO_TRACKER;
	tracker = sl_trackers_slot(slot);
	key = tracker->ops.key(&view, &quoted, &reason);
	if (key == SL_KEY_ERROR)
		return SL_IP_REASON_ERROR_NESTED;
	if (key != SL_KEY_TUPLE)
		return SL_IP_REASON_ERROR_QUOTE;
	if (memcmp(&quoted.src, &pkt->tuple.dst, sizeof(quoted.src)) != 0)
		return SL_IP_REASON_ERROR_ADDRESS;
	sl_tuple_invert(&quoted, &back);
	pkt->conn = sl_table_lookup_rcu(track->table,
	    sl_tuple_owner(&back, sl_table_workers(track->table)), &back,
	    sl_tuple_hash(&back), pkt->now_ns, &dir);
	if (!pkt->conn)
		return SL_IP_REASON_ERROR_UNKNOWN;
	pkt->dir = (uint8_t)dir;
	pkt->flags |= SL_PKT_ICMP_ERROR;
	return -1;
}

bool
sl_icmp_related_is_plausible(
    const struct sl_track_settings *settings, const struct sl_pkt *pkt)
{
	const struct sl_conn *c = pkt->conn;
	const struct sl_tracker *tracker = sl_trackers_slot(c->tracker);
	struct sl_track_ctx ctx;
	struct sl_pkt_view view;
	struct sl_tuple tuple;
	uint32_t off;

	if (!tracker->ops.quoted)
		return true;
	if (!sl_parse_quoted(pkt, &view, &tuple, &off))
		return false;
	sl_track_fill_ctx(settings, c, &ctx);
	return tracker->ops.quoted(
	    &ctx, &view, pkt->dir == SL_ORIG ? SL_REPLY : SL_ORIG, c->priv);
}
