/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TCP tracker.  Read state.c for the state machine and window.c for the
 * sequence checks; here they meet.
 *
 * Who may end a connection: its two ends, by FIN, or by a RST that carries
 * exactly the sequence number its receiver waits for (RFC 5961 §3.2).  Any other
 * RST is invalid and changes nothing.
 *
 * When our record may be wrong (a client that crashed and calls again from the
 * same port, a server that still has an older connection) the segment passes
 * unjudged and is noted; the answer decides:
 *   SYN over an open connection, answered by a SYN/ACK to it: both ends agree on
 *     a new connection, the record starts over from the note.
 *   The same SYN, answered by a challenge ACK: the client resets with the number
 *     it was told, which is exact: the record closes, its next SYN restarts.
 *   First SYN, answered by a stray ACK: the client resets the other side's old
 *     connection; ours is still being set up.
 */
#include "flow.h"
#include "state.h"
#include "window.h"

#include <sluice/plugin.h>

#define IP_PROTO_TCP 6

#define MAX_RETRANS 3 /* as many repeats mean a peer that is gone */

enum reason {
	REASON_SHORT,
	REASON_OFFSET,
	REASON_FLAGS,
	REASON_NOT_OPEN,
	REASON_NOT_LOOSE,
	REASON_STATE,
	REASON_SEQ_ABOVE,
	REASON_SEQ_BELOW,
	REASON_ACK_ABOVE,
	REASON_ACK_BELOW,
	REASON_RST_WINDOW,
	REASON_RST_NOT_EXACT,
	REASON_RST_ACK,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_OFFSET] = "bad-data-offset",
    [REASON_FLAGS] = "bad-flags",
    [REASON_NOT_OPEN] = "no-connection",
    [REASON_NOT_LOOSE] = "not-loose",
    [REASON_STATE] = "wrong-state",
    [REASON_SEQ_ABOVE] = "seq-above-window",
    [REASON_SEQ_BELOW] = "seq-below-window",
    [REASON_ACK_ABOVE] = "ack-not-sent",
    [REASON_ACK_BELOW] = "ack-too-old",
    [REASON_RST_WINDOW] = "rst-out-of-window",
    [REASON_RST_NOT_EXACT] = "rst-not-exact",
    [REASON_RST_ACK] = "rst-bad-ack",
    NULL,
};

enum timeout {
	TIME_SYN_SENT,
	TIME_SYN_RECEIVED,
	TIME_ESTABLISHED,
	TIME_FIN_WAIT,
	TIME_CLOSE_WAIT,
	TIME_LAST_ACK,
	TIME_TIME_WAIT,
	TIME_CLOSE,
	TIME_MAX_RETRANS,
	TIME_UNACKED,
};

#define SECONDS 1000u
#define MINUTES (60 * SECONDS)
#define DAYS	(24 * 60 * MINUTES)

static const struct sl_timeout timeouts[] = {
    [TIME_SYN_SENT] = {"tcp-syn-sent-timeout", 5 * SECONDS, "one SYN seen"},
    [TIME_SYN_RECEIVED] = {"tcp-syn-received-timeout", 5 * SECONDS,
	"SYN answered, handshake not complete"},
    [TIME_ESTABLISHED] = {"tcp-established-timeout", 1 * DAYS, "open and idle"},
    [TIME_FIN_WAIT] = {"tcp-fin-wait-timeout", 10 * SECONDS, "one side closed"},
    [TIME_CLOSE_WAIT] = {"tcp-close-wait-timeout", 10 * SECONDS,
	"one side closed and the other knows"},
    [TIME_LAST_ACK] = {"tcp-last-ack-timeout", 10 * SECONDS,
	"both sides closed"},
    [TIME_TIME_WAIT] = {"tcp-time-wait-timeout", 10 * SECONDS,
	"both sides closed and know"},
    [TIME_CLOSE] = {"tcp-close-timeout", 10 * SECONDS, "reset"},
    [TIME_MAX_RETRANS] = {"tcp-max-retrans-timeout", 5 * MINUTES,
	"a segment was repeated three times, or the window is closed"},
    [TIME_UNACKED] = {"tcp-unacked-timeout", 5 * MINUTES,
	"data waits for its acknowledgement"},
    {NULL},
};

static const char *const states[] = {
    [TCP_NONE] = "none",
    [TCP_SYN_SENT] = "syn-sent",
    [TCP_SYN_RECEIVED] = "syn-received",
    [TCP_ESTABLISHED] = "established",
    [TCP_FIN_WAIT] = "fin-wait",
    [TCP_CLOSE_WAIT] = "close-wait",
    [TCP_LAST_ACK] = "last-ack",
    [TCP_TIME_WAIT] = "time-wait",
    [TCP_CLOSE] = "close",
    [TCP_SYN_SENT2] = "listen", /* RouterOS and Linux print this slot so */
    NULL,
};

static const uint8_t state_timeout[TCP_STATES] = {
    [TCP_NONE] = TIME_SYN_SENT,
    [TCP_SYN_SENT] = TIME_SYN_SENT,
    [TCP_SYN_RECEIVED] = TIME_SYN_RECEIVED,
    [TCP_ESTABLISHED] = TIME_ESTABLISHED,
    [TCP_FIN_WAIT] = TIME_FIN_WAIT,
    [TCP_CLOSE_WAIT] = TIME_CLOSE_WAIT,
    [TCP_LAST_ACK] = TIME_LAST_ACK,
    [TCP_TIME_WAIT] = TIME_TIME_WAIT,
    [TCP_CLOSE] = TIME_CLOSE,
    [TCP_SYN_SENT2] = TIME_SYN_SENT,
};

/* One call of update(), so that its steps can share it. */
struct step {
	const struct sl_track_ctx *ctx;
	struct flow *f;
	enum sl_dir dir;
	struct segment seg;
	uint8_t state; /* before this segment */
	struct sl_track_out *out;
};

static enum sl_track_result
refuse(struct sl_track_out *out, enum reason reason)
{
	out->reason = (uint8_t)reason;
	return SL_TRACK_INVALID;
}

/* 'row', or 'limit' where that is shorter. */
static uint8_t
shorter(const struct sl_track_ctx *ctx, uint8_t row, uint8_t limit)
{
	return ctx->timeout_ms[limit] < ctx->timeout_ms[row] ? limit : row;
}

static uint8_t
choose_timeout(const struct step *s, uint8_t state)
{
	const struct flow *f = s->f;
	uint8_t row = state_timeout[state];

	if (f->retrans >= MAX_RETRANS)
		row = shorter(s->ctx, row, TIME_MAX_RETRANS);
	if ((f->flags[SL_ORIG] | f->flags[SL_REPLY]) & SIDE_UNACKED)
		row = shorter(s->ctx, row, TIME_UNACKED);
	if (s->seg.kind == TCP_KIND_ACK && s->seg.win == 0)
		row = shorter(s->ctx, row, TIME_MAX_RETRANS);
	/* Picked up, and nobody has answered yet. */
	if (state == TCP_ESTABLISHED && !s->ctx->seen_reply)
		row = shorter(s->ctx, row, TIME_UNACKED);
	return row;
}

static enum sl_track_result
accept_into(struct step *s, uint8_t state)
{
	struct sl_track_out *out = s->out;

	s->f->noted = NOTE_NONE;
	if (state == TCP_ESTABLISHED && s->ctx->seen_reply) {
		out->assured =
		    s->state == TCP_SYN_RECEIVED || s->state == TCP_ESTABLISHED;
		out->fast_ok = 1;
	}
	out->timeout = choose_timeout(s, state);
	out->state = state;
	return SL_TRACK_VALID;
}

static enum sl_track_result
pass_unjudged(struct step *s)
{
	struct flow *f = s->f;

	if (s->seg.kind == TCP_KIND_SYN) {
		/* The one we know, again, proves nothing. */
		if (s->seg.end == f->side[s->dir].end)
			return SL_TRACK_IGNORE;
		f->noted = NOTE_SYN;
		f->note_end = s->seg.end;
		f->note.syn.win = (uint16_t)s->seg.win;
		f->note.syn.scale = s->seg.scale;
		f->note.syn.sack_ok = s->seg.sack_ok;
		f->note_dir = s->dir == SL_REPLY;
	} else if (s->state == TCP_SYN_SENT) {
		f->noted = NOTE_ACK;
		f->note.ack = s->seg.ack;
		f->note_dir = s->dir == SL_REPLY;
	}
	return SL_TRACK_IGNORE;
}

/* Does this segment come from the side that has to answer the note? */
static bool
is_answer(const struct step *s, enum note note)
{
	return s->f->noted == note && s->f->note_dir != (s->dir == SL_REPLY);
}

/* A RST while a connection is being set up must prove that its sender saw the
 * SYN (RFC 9293 §3.10.7.3). */
static bool
does_answer_syn(const struct step *s)
{
	const struct flow *f = s->f;
	enum sl_dir other = flow_other(s->dir);

	return (s->seg.flags & TCP_ACK) && (f->flags[other] & SIDE_SEEN) &&
	       s->seg.ack == f->side[other].end;
}

static enum sl_track_result
reset_in_setup(struct step *s)
{
	/* The client rejects a stray answer and goes on waiting. */
	if (s->state == TCP_SYN_SENT && is_answer(s, NOTE_ACK) &&
	    s->seg.seq == s->f->note.ack)
		return SL_TRACK_IGNORE;
	if (does_answer_syn(s) ||
	    (s->dir == SL_ORIG && s->seg.seq == s->f->side[SL_ORIG].end))
		return accept_into(s, TCP_CLOSE);
	return refuse(s->out, REASON_RST_ACK);
}

static enum sl_track_result
reset(struct step *s)
{
	bool in_window;

	if (s->state == TCP_SYN_SENT || s->state == TCP_SYN_SENT2)
		return reset_in_setup(s);
	/* A refusal of the SYN we let through over this record.  It reaches its
	 * receiver; whether the old connection lives is not its business. */
	if (is_answer(s, NOTE_SYN) && (s->seg.flags & TCP_ACK) &&
	    s->seg.ack == s->f->note_end)
		return SL_TRACK_IGNORE;
	if (s->ctx->unseen) {
		/* Exactness cannot be known: let the ends judge, and forget the
		 * connection soon if they did close. */
		s->out->timeout =
		    shorter(s->ctx, s->out->timeout, TIME_UNACKED);
		return SL_TRACK_VALID;
	}
	if (sl_window_is_exact(s->f, s->dir, s->seg.seq))
		return accept_into(s, TCP_CLOSE);
	if (s->state == TCP_SYN_RECEIVED && s->seg.seq == 0 &&
	    does_answer_syn(s))
		return accept_into(s, TCP_CLOSE);
	in_window = sl_window_judge(s->f, s->dir, &s->seg) == WINDOW_OK;
	if (!in_window)
		return refuse(s->out, REASON_RST_WINDOW);
	return s->ctx->liberal ? SL_TRACK_IGNORE
			       : refuse(s->out, REASON_RST_NOT_EXACT);
}

/* A SYN where sl_state_next() has a state for it. */
static enum sl_track_result
syn(struct step *s, uint8_t next)
{
	struct flow *f = s->f;

	if (s->state == TCP_CLOSE)
		return SL_TRACK_RESTART;
	if (s->state == TCP_TIME_WAIT) {
		/* RFC 9293 §3.6.1: beyond the old connection's numbers.
		 * If not, its end may still take it (RFC 6191) and say so. */
		if (seq_after(s->seg.seq, f->side[s->dir].end))
			return SL_TRACK_RESTART;
		return pass_unjudged(s);
	}
	if (!(f->flags[s->dir] & SIDE_SEEN) ||
	    s->seg.end != f->side[s->dir].end)
		sl_window_start(f, s->dir, &s->seg);
	/* A repeated SYN does not prolong the wait: who sends nothing else must
	 * not hold a translation forever. */
	if (next == s->state)
		return SL_TRACK_IGNORE;
	f->simultaneous = 1;
	return accept_into(s, next);
}

/* The first segment of a side joined in the middle. */
static enum window
join_window(struct step *s)
{
	struct flow known = *s->f;
	enum window verdict;

	sl_window_pick_up(s->f, s->dir, &s->seg);
	verdict = sl_window_judge(s->f, s->dir, &s->seg);
	if (verdict != WINDOW_OK && !s->ctx->liberal)
		*s->f = known; /* what is invalid teaches nothing */
	return verdict;
}

/* Sequence checks; a reason, or -1. */
static int
check_window(struct step *s)
{
	static const int8_t reason_of[] = {
	    [WINDOW_OK] = -1,
	    [WINDOW_SEQ_ABOVE] = REASON_SEQ_ABOVE,
	    [WINDOW_SEQ_BELOW] = REASON_SEQ_BELOW,
	    [WINDOW_ACK_ABOVE] = REASON_ACK_ABOVE,
	    [WINDOW_ACK_BELOW] = REASON_ACK_BELOW,
	};
	enum window verdict;

	if (s->ctx->unseen) {
		sl_window_rejoin(s->f, s->dir, &s->seg);
		return -1;
	}
	if (s->f->flags[s->dir] & SIDE_SEEN)
		verdict = sl_window_judge(s->f, s->dir, &s->seg);
	else
		verdict = join_window(s);
	return s->ctx->liberal ? -1 : reason_of[verdict];
}

/* The answer to a SYN: does it acknowledge the one we know? */
static bool
is_syn_acked(const struct step *s)
{
	const struct side *peer = &s->f->side[flow_other(s->dir)];

	/* max_ack is still the number of the SYN */
	return seq_after(s->seg.ack, peer->max_ack) &&
	       !seq_after(s->seg.ack, peer->end);
}

static uint8_t
refine_next(const struct step *s, uint8_t next)
{
	const struct flow *f = s->f;
	enum sl_dir other = flow_other(s->dir);

	/* The same side's FIN again is not the other side's. */
	if (s->seg.kind == TCP_KIND_FIN && (f->flags[s->dir] & SIDE_FIN) &&
	    !(f->flags[other] & SIDE_FIN) &&
	    (s->state == TCP_FIN_WAIT || s->state == TCP_CLOSE_WAIT))
		return s->state;
	/* Both sent a SYN: either side's ACK completes the handshake. */
	if (s->state == TCP_SYN_RECEIVED && f->simultaneous &&
	    s->seg.kind == TCP_KIND_ACK)
		return TCP_ESTABLISHED;
	return next;
}

static enum sl_track_result
segment(struct step *s, uint8_t next)
{
	int reason;

	if (s->seg.kind == TCP_KIND_SYNACK &&
	    !(s->f->flags[s->dir] & SIDE_SEEN))
		sl_window_start(s->f, s->dir, &s->seg);
	next = refine_next(s, next);
	reason = check_window(s);
	if (reason >= 0)
		return refuse(s->out, (enum reason)reason);
	sl_window_advance(s->f, s->dir, &s->seg);
	return accept_into(s, next);
}

static enum sl_track_result
synack_or_pass(struct step *s)
{
	/* Both ends agree on a connection that we let through as a note. */
	if (s->seg.kind == TCP_KIND_SYNACK && is_answer(s, NOTE_SYN) &&
	    s->seg.ack == s->f->note_end) {
		sl_window_adopt_note(s->f);
		s->state = TCP_SYN_SENT;
		return segment(s, TCP_SYN_RECEIVED);
	}
	return pass_unjudged(s);
}

static enum sl_track_result
tcp_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	struct step s = {
	    .ctx = ctx, .f = priv, .dir = dir, .state = out->state, .out = out};
	uint8_t next;

	sl_segment_read(&pkt->l4, &s.seg);
	next = sl_state_next(dir, s.seg.kind, s.state);
	if (next == TCP_BAD)
		return refuse(out, REASON_STATE);
	if (next == TCP_PASS)
		return synack_or_pass(&s);
	if (s.seg.kind == TCP_KIND_RST)
		return reset(&s);
	if (s.seg.kind == TCP_KIND_SYN)
		return syn(&s, next);
	/* A SYN/ACK of an older connection: the client will reject it. */
	if (s.seg.kind == TCP_KIND_SYNACK && s.state == TCP_SYN_SENT &&
	    !is_syn_acked(&s))
		return pass_unjudged(&s);
	/* A challenge ACK to a SYN we let through does not acknowledge the last
	 * FIN. */
	if (s.seg.kind == TCP_KIND_ACK && s.state == TCP_LAST_ACK &&
	    is_answer(&s, NOTE_SYN)) {
		s.f->noted = NOTE_NONE;
		return SL_TRACK_IGNORE;
	}
	return segment(&s, next);
}

static enum sl_track_result
tcp_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	struct step s = {.ctx = ctx, .f = priv, .dir = SL_ORIG, .out = out};
	uint8_t next;

	sl_segment_read(&pkt->l4, &s.seg);
	next = sl_state_next(SL_ORIG, s.seg.kind, TCP_NONE);
	if (next == TCP_BAD)
		return refuse(out, REASON_NOT_OPEN);
	if (next == TCP_SYN_SENT) {
		sl_window_start(s.f, SL_ORIG, &s.seg);
		return accept_into(&s, next);
	}
	if (!ctx->loose)
		return refuse(out, REASON_NOT_LOOSE);
	sl_window_pick_up(s.f, SL_ORIG, &s.seg);
	return accept_into(&s, next);
}

static enum sl_key
tcp_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	bool offset_ok, flags_ok;

	if (pkt->l4.len < 8) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	tuple->src_id = sl_raw_be16(pkt->l4.data);
	tuple->dst_id = sl_raw_be16(pkt->l4.data + 2);
	if (pkt->quoted)
		return SL_KEY_TUPLE;
	if (!sl_segment_fits(&pkt->l4, &offset_ok, &flags_ok))
		*reason = REASON_SHORT;
	else if (!offset_ok)
		*reason = REASON_OFFSET;
	else if (!flags_ok)
		*reason = REASON_FLAGS;
	else
		return SL_KEY_TUPLE;
	return SL_KEY_INVALID;
}

static bool
tcp_quoted(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, const void *priv)
{
	const struct flow *f = priv;

	if (ctx->unseen)
		return true;
	return (f->flags[dir] & SIDE_SEEN) &&
	       sl_window_is_in_flight(f, dir, sl_get_be32(pkt->l4.data + 4));
}

static void
tcp_seq_shift(void *priv, enum sl_dir dir, int32_t delta)
{
	struct flow *f = priv;

	f->side[dir].end += (uint32_t)delta;
}

static const struct sl_tracker_ops tcp_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_TCP,
    .families = 3,
    .priv_size = sizeof(struct flow),
    .name = "tcp",
    .layout =
	{
	    .src_off = 0,
	    .dst_off = 2,
	    .csum_off = 16,
	    .csum_flags = SL_CSUM_PSEUDO,
	    .slow_off = 13,
	    .slow_mask = TCP_SYN | TCP_FIN | TCP_RST,
	    .min_len = TCP_HEADER_MIN,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .states = states,
    .key = tcp_key,
    .open = tcp_open,
    .update = tcp_update,
    .quoted = tcp_quoted,
    .seq_shift = tcp_seq_shift,
};

static const struct sl_tracker_ops *const trackers[] = {&tcp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "tcp",
    .version = "1.0",
    .summary = "TCP: states, windows, resets",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
