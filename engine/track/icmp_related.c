/* SPDX-License-Identifier: Apache-2.0 */
#include <track/icmp_related.h>

/*
 * The connection that sent 'quoted', and the direction that answers it.  Who
 * carries the receiver's id only does not name the answer: then what was sent is
 * looked for, and found unless it was translated.
 */
static struct sl_conn *
find_quoted(struct sl_track *track, struct sl_pkt *pkt,
    const struct sl_tuple *quoted, bool receiver_id)
{
	struct sl_tuple t = *quoted;
	enum sl_dir dir = SL_ORIG;
	struct sl_conn *c;

	if (!receiver_id)
		sl_tuple_invert(quoted, &t);
	c = sl_table_lookup_rcu(track->table,
	    sl_tuple_owner(&t, sl_table_workers(track->table)), &t,
	    sl_tuple_hash(&t), pkt->now_ns, &dir);
	pkt->dir = (uint8_t)(receiver_id ? !dir : dir);
	return c;
}

int
sl_icmp_related_find(struct sl_track *track, struct sl_pkt *pkt)
{
	const struct sl_tracker *tracker;
	struct sl_tuple quoted;
	struct sl_pkt_view view;
	enum sl_key key;
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
	pkt->conn = find_quoted(track, pkt, &quoted,
	    (tracker->ops.layout.flags & SL_L4_RECEIVER_ID) &&
		quoted.src_id != quoted.dst_id);
	if (!pkt->conn)
		return SL_IP_REASON_ERROR_UNKNOWN;
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
