/* SPDX-License-Identifier: Apache-2.0 */
#include <track/icmp_related.h>

#include <conn/sent.h>

static struct sl_conn *
look_up(struct sl_track *track, const struct sl_tuple *t, uint64_t now_ns,
    enum sl_dir *dir)
{
	return sl_table_lookup_rcu(track->table,
	    sl_tuple_owner(t, sl_table_workers(track->table)), t,
	    sl_tuple_hash(t), now_ns, dir);
}

static bool
leaves_as(const struct sl_conn *c, enum sl_dir dir, const struct sl_tuple *t)
{
	struct sl_tuple leaving;

	sl_conn_leaving(c, dir, &leaving);
	return sl_tuple_equal(&leaving, t);
}

/* Who carries the receiver's id only does not name its answer: what was sent is
 * looked for, as it stands or as it arrived here. */
static struct sl_conn *
find_sent(
    struct sl_track *track, struct sl_pkt *pkt, const struct sl_tuple *quoted)
{
	struct sl_tuple arrived;
	struct sl_conn *c;
	enum sl_dir dir;

	c = look_up(track, quoted, pkt->now_ns, &dir);
	if (!c || !leaves_as(c, dir, quoted)) {
		if (!sl_sent_find_rcu(quoted, &arrived))
			return NULL;
		c = look_up(track, &arrived, pkt->now_ns, &dir);
		if (!c || !leaves_as(c, dir, quoted))
			return NULL;
	}
	pkt->dir = (uint8_t)(dir == SL_ORIG ? SL_REPLY : SL_ORIG);
	return c;
}

/* The connection that sent 'quoted', and the direction that answers it. */
static struct sl_conn *
find_quoted(struct sl_track *track, struct sl_pkt *pkt,
    const struct sl_tuple *quoted, bool may_be_receivers)
{
	struct sl_conn *c = NULL;
	struct sl_tuple back;
	enum sl_dir dir;

	if (may_be_receivers)
		c = find_sent(track, pkt, quoted);
	if (c)
		return c;
	sl_tuple_invert(quoted, &back);
	c = look_up(track, &back, pkt->now_ns, &dir);
	if (c)
		pkt->dir = (uint8_t)dir;
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
		quoted.src_id == 0);
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
