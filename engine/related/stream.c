/* SPDX-License-Identifier: Apache-2.0 */
#include <related/stream.h>

#include <related/ack.h>
#include <related/outgoing.h>
#include <related/related.h>

#include <packet/parse.h>

/* Shown at once: with what may be replaced in it, it must fit an IP packet. */
#define SHOW_MAX 49152u
/* IP and TCP headers at their largest, and some for extension headers. */
#define HEADERS_MAX 256u
/* Bytes whose sender would repeat them, kept so that custody has no gap. */
#define SPARE_MAX 32768u
/* The receiver's window before it said one, as in a header whose scale nobody
 * knows: not closed, and not more than a peer has that scales by ten bits. */
#define WINDOW_UNKNOWN 64

void
sl_stream_begin(struct sl_stream *st, uint32_t seq, bool picked)
{
	if (st->begun)
		return;
	st->begun = true;
	st->first = st->used = st->next = seq;
	st->acked = picked ? seq - 1 : seq; // it may wait for more before that
	st->window = WINDOW_UNKNOWN;
	st->cut = picked;
}

void
sl_stream_end(struct sl_stream *st, struct sl_store *store)
{
	struct sl_shift_edit *e;

	while ((e = st->shift.first)) {
		st->shift.first = e->next;
		sl_store_give(store, e, sizeof(*e) + e->new_len);
	}
	sl_store_give(store, st->custody.bytes, st->custody.room);
	*st = (struct sl_stream){0};
}

void
sl_stream_arrive(struct sl_help_session *s, struct sl_pkt *pkt)
{
	const struct sl_shift *shift = &s->stream[pkt->dir].shift;
	struct sl_segment seg;
	uint32_t seq;

	s->arrived = NULL;
	if (!sl_segment_read(&seg, pkt) || (seg.flags & SL_TCP_SYN))
		return;
	s->arrived = pkt;
	s->arrived_seq = seg.seq;
	seq = sl_shift_map(shift, seg.seq);
	if (seq != seg.seq)
		sl_edit_set_tcp(pkt, SL_SEGMENT_SEQ, seq, 4);
}

void
sl_stream_undo(struct sl_help_session *s, struct sl_pkt *pkt)
{
	sl_edit_set_tcp(pkt, SL_SEGMENT_SEQ, s->arrived_seq, 4);
	s->arrived = NULL;
}

/* Tracking took the segment as it came; by how much the stream has ended up
 * elsewhere, it is told here.  'top' is where it ended before. */
static void
tell_tracker(
    struct sl_help_session *s, const struct sl_segment *seg, uint32_t top)
{
	const struct sl_stream *st = &s->stream[seg->pkt->dir];
	const struct sl_tracker_ops *ops = sl_trackers_ops(s->conn->tracker);
	uint32_t now = sl_shift_map(&st->shift, st->next) + st->last;

	if (sl_seq_after(seg->shown_end, top))
		top = seg->shown_end;
	if (now != top && ops->seq_shift)
		ops->seq_shift(s->conn->priv, (enum sl_dir)seg->pkt->dir,
		    (int32_t)(now - top));
}

/* Bytes that the helper sees for the first time. */
struct fresh {
	const uint8_t *bytes;
	uint32_t len;
	bool fin;
	bool again; /* none: what is held is shown once more */
};

/* A segment that is too long at once is taken in part: its sender repeats the
 * rest. */
static struct fresh
fresh_of(const struct sl_stream *st, struct sl_segment *seg)
{
	uint32_t seen = st->next - seg->seq, held = st->next - st->used;
	struct fresh f = {
	    .bytes = sl_segment_payload(seg) + seen,
	    .len = seg->len - seen,
	    .fin = seg->flags & SL_TCP_FIN,
	};

	if (held + f.len > SHOW_MAX) {
		f.len = SHOW_MAX - held;
		f.fin = false;
		seg->len = seen + f.len;
		seg->flags &= (uint8_t)~SL_TCP_FIN;
	}
	return f;
}

/* Held bytes and fresh ones as one.  False: no memory. */
static bool
join(struct sl_related *rel, struct sl_stream *st, const struct fresh *f,
    struct sl_span *out)
{
	struct sl_custody *c = &st->custody;
	bool held = st->used != st->next;

	*out = (struct sl_span){f->bytes, f->len};
	if (!c->len || sl_custody_end(c) != st->next)
		return true;
	if (!held && c->len + f->len > SPARE_MAX)
		return true;
	if (!sl_custody_put(c, &rel->store, st->next, f->bytes, f->len))
		return !held;
	if (held)
		*out = (struct sl_span){c->bytes + (st->used - c->seq),
		    st->next - st->used + f->len};
	return true;
}

/* Sees to it that [seq, end) of the fresh bytes is in custody. */
static bool
hold(struct sl_related *rel, struct sl_stream *st, const struct fresh *f,
    uint32_t seq)
{
	struct sl_custody *c = &st->custody;
	uint32_t end = st->next + f->len;

	if (c->len)
		return sl_custody_end(c) == end;
	return sl_custody_put(
	    c, &rel->store, seq, f->bytes + (seq - st->next), end - seq);
}

/* Records of the draft's replacements.  False: no memory, none was made. */
static bool
record(struct sl_related *rel, struct sl_stream *st)
{
	const struct sl_draft *d = &rel->draft;
	struct sl_shift made = {0};
	struct sl_shift_edit *e;

	if (st->shift.n + d->n > SL_STREAM_EDITS)
		return false;
	for (uint32_t i = 0; i < d->n; i++) {
		const struct sl_draft_edit *from = &d->edits[i];

		e = sl_store_take(
		    &rel->store, sizeof(*e) + from->new_len, NULL);
		if (!e)
			goto undo;
		e->seq = st->used + from->off;
		e->old_len = from->old_len;
		e->new_len = from->new_len;
		memcpy(e->bytes, from->bytes, from->new_len);
		sl_shift_append(&made, e);
	}
	st->edited |= d->n != 0;
	while ((e = made.first)) {
		made.first = e->next;
		sl_shift_append(&st->shift, e);
	}
	return true;
undo:
	while ((e = made.first)) {
		made.first = e->next;
		sl_store_give(&rel->store, e, sizeof(*e) + e->new_len);
	}
	return false;
}

/* The fresh bytes are taken; what is before 'used' may leave. */
static void
advance(struct sl_stream *st, const struct fresh *f, uint32_t used)
{
	uint32_t end = st->next + f->len;

	st->cut = false;
	st->off += used - st->used;
	st->used = used;
	st->next = end;
	st->last |= f->fin;
}

/* What has become too long for the helper, or for memory, passes unseen. */
static void
let_by(struct sl_stream *st, const struct fresh *f)
{
	advance(st, f, st->next + f->len);
	st->cut = true;
}

/* What was taken before and is shown once more stays held. */
static enum sl_verdict
refuse(struct sl_related *rel, struct sl_stream *st, const struct fresh *f,
    enum sl_drop_reason why)
{
	if (f->again)
		return SL_GO;
	sl_custody_cut(&st->custody, &rel->store, st->next);
	return sl_drop(why);
}

/* The call has passed; its result takes effect here or not at all. */
static enum sl_verdict
settle(struct sl_related *rel, struct sl_help_session *s, struct sl_stream *st,
    const struct fresh *f)
{
	uint32_t end = st->next + f->len;
	uint32_t used = st->used + rel->draft.used;
	/* What waits for nothing but its turn is not too long. */
	bool over = !rel->draft.used && end - used > s->helper->ops.hold_max;

	if (s->quiet || over)
		used = end;
	if (used != end && !hold(rel, st, f, used)) {
		/* Custody has no gaps: wait until the receiver has what is in
		 * it.  Without memory there is nothing to wait for. */
		if (st->custody.len) {
			sl_call_undo(rel, s);
			return refuse(rel, st, f, SL_DROP_HELPER_HELD);
		}
		sl_count(SL_COUNTER_HELPER_FULL, 1);
		over = true;
		used = end;
	}
	if (!record(rel, st)) {
		sl_call_undo(rel, s);
		sl_count(SL_COUNTER_HELPER_FULL, 1);
		return refuse(rel, st, f, SL_DROP_HELPER);
	}
	sl_call_commit(rel, s);
	advance(st, f, used);
	st->cut = over;
	return SL_GO;
}

static enum sl_verdict
show_once(struct sl_related *rel, struct sl_help_session *s,
    struct sl_segment *seg, const struct fresh *f)
{
	struct sl_stream *st = &s->stream[seg->pkt->dir];
	struct sl_showing show = {
	    .session = s,
	    .stream_off = st->off,
	    .now_ns = seg->pkt->now_ns,
	    .room = UINT16_MAX - HEADERS_MAX,
	    .dir = seg->pkt->dir,
	    .flags = (uint8_t)((st->cut ? SL_CALL_CUT : 0) |
			       (f->fin ? SL_CALL_LAST : 0)),
	};

	if (!join(rel, st, f, &show.payload)) {
		sl_count(SL_COUNTER_HELPER_FULL, 1);
		let_by(st, f);
		return SL_GO;
	}
	if (!sl_call_run(rel, &show))
		return refuse(rel, st, f, SL_DROP_HELPER);
	return settle(rel, s, st, f);
}

/* A helper takes as many messages at once as it can; the rest is shown again, until
 * it waits for more. */
static enum sl_verdict
show(struct sl_related *rel, struct sl_help_session *s, struct sl_segment *seg)
{
	struct sl_stream *st = &s->stream[seg->pkt->dir];
	struct fresh f = fresh_of(st, seg);
	uint32_t before;
	enum sl_verdict v;

	do {
		before = st->used;
		v = show_once(rel, s, seg, &f);
		f = (struct fresh){.again = true, .fin = f.fin};
	} while (v == SL_GO && !s->quiet && st->used != before &&
		 st->used != st->next);
	return v;
}

/* Nobody looks; what was held goes with it. */
static void
pass_by(struct sl_stream *st, const struct sl_segment *seg)
{
	uint32_t end = seg->seq + seg->len;

	if (sl_seq_after(seg->seq, st->next) && st->used != st->next)
		return;
	if (sl_seq_after(end, st->next))
		st->next = end;
	st->used = st->next;
	st->last |= (seg->flags & SL_TCP_FIN) != 0;
}

static bool
is_fresh(const struct sl_stream *st, const struct sl_segment *seg)
{
	uint32_t end = seg->seq + seg->len;

	if (sl_seq_after(end, st->next))
		return true;
	return (seg->flags & SL_TCP_FIN) && !st->last && end == st->next;
}

/* The receiver has everything before this. */
static uint32_t
acked_of(const struct sl_stream *st)
{
	return sl_shift_unmap(&st->shift, st->acked);
}

/* What leaves with 'seg': [from, to), given the marks before it came. */
struct range {
	uint32_t from, to;
	bool is_old; /* all of the segment was seen before */
};

static struct range
range_of(const struct sl_stream *st, const struct sl_segment *seg,
    const struct sl_stream *was)
{
	const struct sl_custody *c = &st->custody;
	struct range r = {seg->seq, seg->seq + seg->len,
	    !sl_seq_after(seg->seq + seg->len, was->next)};
	bool again = sl_seq_before(seg->seq, was->next) ||
		     (st->next == was->next && st->last == was->last);

	if (sl_seq_after(seg->seq, was->next)) // of a quiet stream
		return r;
	if (sl_seq_after(r.from, was->used))
		r.from = was->used;
	/* What was held before it is said again with it. */
	if (again && c->len && sl_seq_before(c->seq, r.from) &&
	    !sl_seq_after(r.from, sl_custody_end(c)))
		r.from = c->seq;
	if (st->edited && sl_seq_before(r.from, acked_of(st)))
		r.from = acked_of(st);
	if (sl_seq_after(r.to, st->used))
		r.to = st->used;
	if (sl_seq_before(r.to, r.from))
		r.to = r.from;
	return r;
}

static bool
take_payload_out(struct sl_pkt *pkt)
{
	struct sl_payload none = {.frame = pkt->data, .room = pkt->room};

	return sl_edit_set_payload(pkt, &none);
}

/* Nothing of its payload is left; what it acknowledges may be worth sending. */
static enum sl_verdict
send_bare(const struct sl_stream *st, struct sl_segment *seg)
{
	if (!seg->ack_is_news || !take_payload_out(seg->pkt))
		return sl_drop(SL_DROP_HELPER_HELD);
	sl_outgoing_number(st, seg);
	return SL_GO;
}

/* All of it was acknowledged, and that got lost: a segment that is no news makes
 * the receiver say it again (RFC 9293 3.10.7.4). */
static enum sl_verdict
remind(const struct sl_stream *st, struct sl_segment *seg)
{
	if (!take_payload_out(seg->pkt))
		return sl_drop(SL_DROP_HELPER);
	sl_edit_set_tcp(seg->pkt, SL_SEGMENT_SEQ, st->acked - 1, 4);
	return SL_GO;
}

static enum sl_verdict
send_on(struct sl_related *rel, struct sl_help_session *s,
    struct sl_segment *seg, const struct range *r)
{
	const struct sl_stream *st = &s->stream[seg->pkt->dir];
	bool empty = !sl_outgoing_len(st, r->from, r->to);
	bool waits = seg->len && (st->used != st->next || empty);

	if (waits && (seg->flags & SL_TCP_ACK) && sl_ack_is_complete(st))
		sl_ack_send(rel, s, st, seg);
	if (r->is_old && st->edited && seg->len && !(seg->flags & SL_TCP_FIN) &&
	    !sl_seq_after(seg->seq + seg->len, acked_of(st)))
		return remind(st, seg);
	if (empty && !(seg->flags & SL_TCP_FIN))
		return send_bare(st, seg);
	if (sl_outgoing_write(rel, st, seg, r->from, r->to))
		return SL_GO;
	return sl_drop(SL_DROP_HELPER);
}

static enum sl_verdict
carry(struct sl_related *rel, struct sl_help_session *s, struct sl_segment *seg)
{
	struct sl_stream *st = &s->stream[seg->pkt->dir], was;
	uint32_t top = sl_shift_map(&st->shift, st->next) + st->last;
	struct range r;
	enum sl_verdict v;

	if (!s->quiet &&
	    (sl_seq_after(seg->seq, st->next) ||
		(st->last && sl_seq_after(seg->seq + seg->len, st->next))))
		return sl_drop(SL_DROP_HELPER_ORDER);
	was = *st;
	if (s->quiet)
		pass_by(st, seg);
	else if (is_fresh(st, seg) && (v = show(rel, s, seg)) != SL_GO)
		return v;
	tell_tracker(s, seg, top);
	r = range_of(st, seg, &was);
	return send_on(rel, s, seg, &r);
}

/* The two ends have agreed on a connection that is not the one we follow. */
static bool
is_another(const struct sl_help_session *s, const struct sl_segment *seg)
{
	const struct sl_stream *st = &s->stream[seg->pkt->dir];

	return st->begun && seg->seq + 1 != st->first &&
	       ((seg->flags & SL_TCP_ACK) ||
		   !sl_conn_has(s->conn, SL_CONN_SEEN_REPLY));
}

static enum sl_verdict
leave_syn(
    struct sl_related *rel, struct sl_help_session *s, struct sl_segment *seg)
{
	if (is_another(s, seg)) {
		for (int d = 0; d < SL_DIRS; d++)
			sl_stream_end(&s->stream[d], &rel->store);
		memset(s->priv, 0, sizeof(s->priv));
	}
	sl_stream_begin(&s->stream[seg->pkt->dir], seg->seq + 1, false);
	if (seg->flags & SL_TCP_ACK)
		sl_stream_begin(&s->stream[!seg->pkt->dir], seg->ack, false);
	return sl_stream_strip_syn(seg->pkt);
}

void
sl_stream_quote(const struct sl_help_session *s, struct sl_pkt *error)
{
	const struct sl_shift *shift = &s->stream[!error->dir].shift;
	struct sl_pkt_view view;
	struct sl_tuple quoted;
	uint32_t off, seq;

	if (sl_shift_is_none(shift) ||
	    !sl_parse_quoted(error, &view, &quoted, &off) || view.l4.len < 8)
		return;
	seq = sl_get_be32(view.l4.data + SL_SEGMENT_SEQ);
	off = (uint32_t)(view.l4.data - sl_pkt_l4(error)) + SL_SEGMENT_SEQ;
	sl_edit_set_quoted(error, off, sl_shift_unmap(shift, seq));
}

enum sl_verdict
sl_stream_strip_syn(struct sl_pkt *pkt)
{
	struct sl_segment seg;

	if (sl_segment_read(&seg, pkt) && (seg.flags & SL_TCP_SYN) && seg.len)
		take_payload_out(pkt);
	return SL_GO;
}

enum sl_verdict
sl_stream_leave(
    struct sl_related *rel, struct sl_help_session *s, struct sl_pkt *pkt)
{
	struct sl_stream *st = &s->stream[pkt->dir];
	struct sl_stream *back = &s->stream[!pkt->dir];
	struct sl_segment seg;
	bool picked = pkt->flags & SL_PKT_NEW_CONN;

	if (!sl_segment_read(&seg, pkt))
		return SL_GO;
	if (seg.flags & SL_TCP_SYN)
		return leave_syn(rel, s, &seg);
	if (s->arrived == pkt)
		seg.seq = s->arrived_seq;
	s->arrived = NULL;
	sl_stream_begin(st, seg.seq, picked);
	if (seg.flags & SL_TCP_ACK) {
		sl_stream_begin(back, seg.ack, picked);
		sl_ack_take(rel, back, &seg, !s->quiet);
	}
	if ((seg.flags & SL_TCP_RST) ||
	    (!seg.len && !(seg.flags & SL_TCP_FIN))) {
		sl_outgoing_number(st, &seg);
		return SL_GO;
	}
	return carry(rel, s, &seg);
}
