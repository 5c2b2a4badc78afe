/* SPDX-License-Identifier: Apache-2.0 */
#include <track/track.h>

#include <conn/expect.h>
#include <track/icmp_related.h>

#include <errno.h>

void
sl_track_fill_ctx(const struct sl_track_settings *s, const struct sl_conn *c,
    struct sl_track_ctx *ctx)
{
	uint32_t bits = sl_conn_bits(c);

	*ctx = (struct sl_track_ctx){
	    .size = sizeof(*ctx),
	    .loose = s->loose,
	    .liberal = s->liberal,
	    .seen_reply = (bits & SL_CONN_SEEN_REPLY) != 0,
	    .unseen = (bits & SL_CONN_FASTTRACK) != 0,
	    .timeout_ms = s->timeout_ms[c->tracker],
	    .options = sl_trackers_slot(c->tracker)->options,
	};
}

/* The one place where a packet becomes invalid: counted, without connection. */
static void
set_invalid(struct sl_pkt *pkt, uint8_t slot, uint8_t reason)
{
	pkt->state = SL_STATE_INVALID;
	pkt->conn = NULL;
	pkt->tracker = slot;
	pkt->reason = reason;
	sl_trackers_count_invalid(slot, reason);
}

static bool
is_settled(const struct sl_pkt *pkt)
{
	return pkt->state == SL_STATE_INVALID ||
	       pkt->state == SL_STATE_UNTRACKED;
}

static bool
is_fragment(const struct sl_pkt *pkt)
{
	return (pkt->flags & SL_PKT_FRAGMENT) &&
	       !(pkt->flags & SL_PKT_REASSEMBLED);
}

/* Tuple without ids, then the tracker's part. */
static enum sl_key
make_key(struct sl_pkt *pkt, uint8_t slot)
{
	struct sl_pkt_view view;

	pkt->tracker = slot;
	pkt->reason = 0;
	pkt->tuple = (struct sl_tuple){
	    .l4proto = pkt->l4proto,
	    .family = pkt->family,
	};
	sl_pkt_addrs(pkt, &pkt->tuple.src, &pkt->tuple.dst);
	sl_pkt_view(pkt, &view);
	return sl_trackers_slot(slot)->ops.key(
	    &view, &pkt->tuple, &pkt->reason);
}

static void
find_conn(struct sl_track *track, struct sl_pkt *pkt)
{
	enum sl_dir dir = SL_ORIG;

	pkt->conn = sl_table_lookup_rcu(track->table,
	    sl_tuple_owner(&pkt->tuple, sl_table_workers(track->table)),
	    &pkt->tuple, pkt->hash, pkt->now_ns, &dir);
	pkt->dir = (uint8_t)dir;
}

bool
sl_track_key(struct sl_pkt *pkt)
{
	uint8_t slot = sl_trackers_find(pkt->family, pkt->l4proto);

	if (slot == SL_TRACKER_NONE || is_fragment(pkt) ||
	    make_key(pkt, slot) != SL_KEY_TUPLE)
		return false;
	pkt->hash = sl_tuple_hash(&pkt->tuple);
	return true;
}

static void
begin(struct sl_pkt *pkt)
{
	const struct sl_track_settings *s = sl_track_settings_rcu();

	pkt->conn = NULL;
	pkt->dir = SL_ORIG;
	pkt->state = SL_STATE_NEW;
	pkt->flags &= (uint16_t) ~(SL_PKT_NEW_CONN | SL_PKT_ICMP_ERROR);
	if ((pkt->flags & SL_PKT_NOTRACK) || !s ||
	    !sl_track_is_active(s, pkt->family))
		pkt->state = SL_STATE_UNTRACKED;
}

void
sl_track_classify_keyed(struct sl_track *track, struct sl_pkt *pkt)
{
	begin(pkt);
	if (pkt->state != SL_STATE_UNTRACKED)
		find_conn(track, pkt);
}

static void
classify_by_key(struct sl_track *track, struct sl_pkt *pkt, uint8_t slot)
{
	int reason;

	switch (make_key(pkt, slot)) {
	case SL_KEY_TUPLE:
		pkt->hash = sl_tuple_hash(&pkt->tuple);
		if (pkt->state != SL_STATE_UNTRACKED)
			find_conn(track, pkt);
		return;
	case SL_KEY_ERROR:
		pkt->hash = sl_tuple_hash(&pkt->tuple);
		if (pkt->state == SL_STATE_UNTRACKED)
			return;
		reason = sl_icmp_related_find(track, pkt);
		if (reason >= 0)
			set_invalid(pkt, SL_TRACKER_IP, (uint8_t)reason);
		return;
	case SL_KEY_UNTRACKED:
		pkt->state = SL_STATE_UNTRACKED;
		return;
	case SL_KEY_INVALID:
		break;
	}
	if (pkt->state != SL_STATE_UNTRACKED)
		set_invalid(pkt, slot, pkt->reason);
}

/* An untracked packet is keyed too, for rules that match its ids. */
void
sl_track_classify(struct sl_track *track, struct sl_pkt *pkt)
{
	uint8_t slot = sl_trackers_find(pkt->family, pkt->l4proto);

	begin(pkt);
	if (slot != SL_TRACKER_NONE && !is_fragment(pkt)) {
		classify_by_key(track, pkt, slot);
		return;
	}
	pkt->tracker = SL_TRACKER_NONE;
	pkt->tuple = (struct sl_tuple){
	    .l4proto = pkt->l4proto,
	    .family = pkt->family,
	};
	sl_pkt_addrs(pkt, &pkt->tuple.src, &pkt->tuple.dst);
	pkt->hash = sl_tuple_hash(&pkt->tuple);
	if (pkt->state != SL_STATE_UNTRACKED)
		set_invalid(pkt, SL_TRACKER_IP,
		    slot == SL_TRACKER_NONE ? SL_IP_REASON_NO_TRACKER
					    : SL_IP_REASON_FRAGMENT);
}

uint16_t
sl_track_owner(const struct sl_track *track, const struct sl_pkt *pkt)
{
	if (is_settled(pkt))
		return track->worker;
	if (pkt->conn)
		return pkt->conn->owner;
	return sl_tuple_owner(&pkt->tuple, sl_table_workers(track->table));
}

/* A plugin's answer is never trusted to be an index. */
static bool
is_answer_sane(const struct sl_tracker *t, const struct sl_track_out *out)
{
	return out->timeout < t->n_timeouts &&
	       (t->n_states == 0 || out->state < t->n_states);
}

static uint64_t
deadline_of(const struct sl_track_ctx *ctx, const struct sl_track_out *out,
    uint64_t now_ns)
{
	return now_ns + ctx->timeout_ms[out->timeout] * SL_NS_PER_MS;
}

static void
store_answer(struct sl_conn *c, const struct sl_track_out *out)
{
	uint32_t old = sl_conn_bits(c), bits = old & ~(uint32_t)SL_CONN_FAST_OK;

	if (out->assured)
		bits |= SL_CONN_ASSURED;
	if (out->fast_ok)
		bits |= SL_CONN_FAST_OK;
	if (bits != old)
		sl_store_relaxed(&c->bits, bits);
	if (sl_load_relaxed(&c->state) != out->state)
		sl_store_relaxed(&c->state, out->state);
	if (sl_load_relaxed(&c->timeout) != out->timeout)
		sl_store_relaxed(&c->timeout, out->timeout);
}

/* State of a packet of 'c', before this packet counts as a reply. */
static uint8_t
packet_state(const struct sl_conn *c, enum sl_dir dir)
{
	if (dir == SL_REPLY || sl_conn_has(c, SL_CONN_SEEN_REPLY))
		return SL_STATE_ESTABLISHED;
	return sl_conn_has(c, SL_CONN_EXPECTED) ? SL_STATE_RELATED
						: SL_STATE_NEW;
}

/* The packet belongs to its connection. */
static void
take_into(struct sl_pkt *pkt)
{
	struct sl_conn *c = pkt->conn;

	pkt->state = packet_state(c, pkt->dir);
	if (pkt->dir == SL_REPLY)
		sl_conn_set_bits_owned(c, SL_CONN_SEEN_REPLY);
	sl_conn_account_owned(c, pkt->dir, pkt->l3_len, pkt->now_ns);
}

/* Kinds of packets that have no such id have one for both directions. */
static bool
has_receiver_id(const struct sl_pkt *pkt)
{
	return (sl_trackers_ops(pkt->tracker)->layout.flags &
		   SL_L4_RECEIVER_ID) &&
	       pkt->tuple.src_id == 0;
}

/* What a connection has from who expected it, and from its protocol. */
static void
inherit(struct sl_pkt *pkt, const struct sl_taken *taken)
{
	const struct sl_expectation *e = taken->by;
	uint32_t bits = 0;

	pkt->expected = taken->by;
	pkt->expected_mate = taken->mate;
	if (e) {
		bits = SL_CONN_EXPECTED | (uint32_t)e->number
					      << SL_CONN_HELPER_SHIFT;
		sl_store_relaxed(&pkt->conn->mark, e->mark);
	}
	if (has_receiver_id(pkt)) {
		bits |= SL_CONN_RECEIVER_ID;
		sl_conn_set_leave_id_owned(
		    pkt->conn, SL_ORIG, pkt->tuple.dst_id);
	}
	if (bits)
		sl_conn_set_bits_owned(pkt->conn, bits);
}

/*
 * The first packet of a connection.  The tracker judges on a private area of
 * ours, so that an invalid packet never makes a connection give way.
 */
static enum sl_verdict
open_conn(struct sl_track *track, struct sl_pkt *pkt)
{
	const struct sl_track_settings *s = sl_track_settings_rcu();
	const struct sl_tracker *t = sl_trackers_slot(pkt->tracker);
	struct sl_track_ctx ctx = {
	    .size = sizeof(ctx),
	    .loose = s->loose,
	    .liberal = s->liberal,
	    .timeout_ms = s->timeout_ms[pkt->tracker],
	    .options = t->options,
	};
	SL_ALIGNED(8) uint8_t priv[SL_TRACK_PRIV_MAX] = {0};
	enum sl_drop_reason reason;
	struct sl_track_out out = {0};
	struct sl_pkt_view view;
	struct sl_taken taken;
	struct sl_conn *c;

	pkt->dir = SL_ORIG;
	sl_pkt_view(pkt, &view);
	if (t->ops.open(&ctx, &view, priv, &out) != SL_TRACK_VALID) {
		set_invalid(pkt, pkt->tracker, out.reason);
		return SL_GO;
	}
	if (!is_answer_sane(t, &out)) {
		set_invalid(pkt, SL_TRACKER_IP, SL_IP_REASON_TRACKER);
		return SL_GO;
	}
	if (sl_expect_take_rcu(&pkt->tuple, pkt->now_ns, &taken) ==
	    SL_TAKING_LOST)
		return sl_drop(SL_DROP_CLASH);
	c = sl_shard_alloc(track->shard, &pkt->tuple, pkt->now_ns, &reason);
	if (!c) {
		sl_expect_give_back(&taken);
		return sl_drop(reason);
	}
	c->tracker = pkt->tracker;
	memcpy(c->priv, priv, sizeof(priv));
	store_answer(c, &out);
	sl_store_relaxed(&c->deadline_ns, deadline_of(&ctx, &out, pkt->now_ns));
	pkt->conn = c;
	pkt->flags |= SL_PKT_NEW_CONN;
	inherit(pkt, &taken);
	take_into(pkt);
	return SL_GO;
}

static enum sl_verdict
update_conn(struct sl_track *track, struct sl_pkt *pkt)
{
	struct sl_conn *c = pkt->conn;
	const struct sl_tracker *t = sl_trackers_slot(c->tracker);
	struct sl_track_out out = {
	    .timeout = sl_load_relaxed(&c->timeout),
	    .state = sl_load_relaxed(&c->state),
	};
	struct sl_track_ctx ctx;
	struct sl_pkt_view view;

	sl_pkt_view(pkt, &view);
	sl_track_fill_ctx(sl_track_settings_rcu(), c, &ctx);
	switch (t->ops.update(&ctx, &view, pkt->dir, c->priv, &out)) {
	case SL_TRACK_VALID:
		if (!is_answer_sane(t, &out))
			break;
		store_answer(c, &out);
		sl_shard_refresh(
		    track->shard, c, deadline_of(&ctx, &out, pkt->now_ns));
		take_into(pkt);
		return SL_GO;
	case SL_TRACK_IGNORE:
		take_into(pkt);
		return SL_GO;
	case SL_TRACK_RESTART:
		sl_shard_remove(track->shard, c, SL_COUNTER_CONN_EXPIRED);
		pkt->conn = NULL;
		return open_conn(track, pkt);
	case SL_TRACK_INVALID:
		set_invalid(pkt, c->tracker, out.reason);
		return SL_GO;
	}
	set_invalid(pkt, SL_TRACKER_IP, SL_IP_REASON_TRACKER);
	return SL_GO;
}

/*
 * Between classify() and now an earlier packet of the batch may have opened this
 * connection (two questions from one socket), or ended it.
 */
static void
look_again(struct sl_track *track, struct sl_pkt *pkt)
{
	if (pkt->conn && !sl_conn_has(pkt->conn, SL_CONN_DYING))
		return;
	find_conn(track, pkt);
}

static enum sl_verdict
judge_error(struct sl_pkt *pkt)
{
	/* What an error says about a connection that just ended is too late;
	 * about one that lives it must quote what was sent. */
	if (sl_conn_has(pkt->conn, SL_CONN_DYING))
		set_invalid(pkt, SL_TRACKER_IP, SL_IP_REASON_ERROR_UNKNOWN);
	else if (!sl_icmp_related_is_plausible(sl_track_settings_rcu(), pkt))
		set_invalid(pkt, SL_TRACKER_IP, SL_IP_REASON_ERROR_FORGED);
	else
		pkt->state = SL_STATE_RELATED;
	return SL_GO;
}

enum sl_verdict
sl_track_packet(struct sl_track *track, struct sl_pkt *pkt)
{
	sl_assert_role(SL_ROLE_WORKER);
	if (is_settled(pkt))
		return SL_GO;
	if (!sl_edit_csum_ok(pkt, &sl_trackers_ops(pkt->tracker)->layout)) {
		set_invalid(pkt, SL_TRACKER_IP, SL_IP_REASON_BAD_CHECKSUM);
		return SL_GO;
	}
	if (pkt->flags & SL_PKT_ICMP_ERROR)
		return judge_error(pkt);
	look_again(track, pkt);
	if (!pkt->conn)
		return open_conn(track, pkt);
	/* Another worker was given the tuple since classify(). */
	if (pkt->conn->owner != track->worker)
		return sl_drop(SL_DROP_CLASH);
	return update_conn(track, pkt);
}

static void
settle_expected(const struct sl_pkt *pkt)
{
	struct sl_taken taken = {pkt->expected, pkt->expected_mate};

	if (!taken.by)
		return;
	sl_expect_settle(&taken);
	sl_count(SL_COUNTER_EXPECT_MET, 1);
}

static void
give_back_expected(const struct sl_pkt *pkt)
{
	struct sl_taken taken = {pkt->expected, pkt->expected_mate};

	sl_expect_give_back(&taken);
}

enum sl_verdict
sl_track_confirm(struct sl_track *track, struct sl_pkt *pkt)
{
	int rc;

	if (!(pkt->flags & SL_PKT_NEW_CONN))
		return SL_GO;
	rc = sl_shard_insert(track->shard, pkt->conn, pkt->now_ns);
	if (rc == 0) {
		settle_expected(pkt);
		pkt->flags &= (uint16_t)~SL_PKT_NEW_CONN;
		return SL_GO;
	}
	sl_track_abandon(track, pkt);
	return sl_drop(rc == -EEXIST ? SL_DROP_CLASH : SL_DROP_NO_MEMORY);
}

void
sl_track_abandon(struct sl_track *track, struct sl_pkt *pkt)
{
	if (!(pkt->flags & SL_PKT_NEW_CONN))
		return;
	give_back_expected(pkt);
	sl_shard_free_fresh(track->shard, pkt->conn);
	pkt->conn = NULL;
	pkt->flags &= (uint16_t)~SL_PKT_NEW_CONN;
}
