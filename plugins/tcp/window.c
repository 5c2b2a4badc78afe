/* SPDX-License-Identifier: Apache-2.0 */
#include "window.h"

/* Acknowledgements may be this old even if the windows were small: an
 * unscaled window and a little (van Rooij). */
#define ACK_SLACK 66000u

/* Window to assume where the scale was never seen: the largest there is
 * (RFC 7323 §2.3).  Half of the sequence space remains outside. */
#define PICK_WIN (0xffffu << TCP_SCALE_MAX)

#define WIN_MAX (1u << 30)

/* How far before 'end' a side that joined in the middle may have data out. */
#define PICK_FLIGHT 0xffffu

#define RETRANS_SATURATED 3u

static uint32_t
window_of(const struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	/* The window of a SYN is never scaled (RFC 7323 §2.2). */
	if (seg->flags & TCP_SYN)
		return seg->win;
	return seg->win << flow_scale(f, dir);
}

/* Highest number acknowledged; SACK counts only for who agreed to it. */
static uint32_t
acked_by(const struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	enum sl_dir other = flow_other(dir);

	if (!(seg->flags & TCP_ACK))
		return f->side[other].end;
	return f->flags[other] & SIDE_SACK ? seg->sack : seg->ack;
}

static void
agree_scale(struct flow *f, enum sl_dir dir)
{
	uint8_t mine = f->flags[dir], theirs = f->flags[flow_other(dir)];

	/* Both sides must have offered it (RFC 7323 §1.3). */
	if ((theirs & SIDE_SEEN) && !(mine & theirs & SIDE_SCALE))
		f->scales = 0;
}

void
sl_window_start(struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	struct side *own = &f->side[dir], *peer = &f->side[flow_other(dir)];

	/* A window in the other side's SYN already allows data (RFC 7413). */
	own->end = own->max_end = seg->end;
	if (f->flags[flow_other(dir)] & SIDE_SEEN)
		own->max_end += peer->max_win;
	own->max_win = seg->win ? seg->win : 1;
	own->max_ack = seg->seq;
	f->flags[dir] = SIDE_SEEN;
	if (seg->scale != TCP_NO_SCALE)
		f->flags[dir] |= SIDE_SCALE;
	if (seg->sack_ok)
		f->flags[dir] |= SIDE_SACK;
	flow_set_scale(f, dir, seg->scale == TCP_NO_SCALE ? 0 : seg->scale);
	agree_scale(f, dir);
}

void
sl_window_adopt_note(struct flow *f)
{
	enum sl_dir dir = f->note_dir ? SL_REPLY : SL_ORIG;
	struct segment syn = {
	    .seq = f->note_end - 1,
	    .end = f->note_end,
	    .win = f->note.syn.win,
	    .scale = f->note.syn.scale,
	    .sack_ok = f->note.syn.sack_ok != 0,
	    .flags = TCP_SYN,
	};

	*f = (struct flow){0};
	sl_window_start(f, dir, &syn);
}

void
sl_window_pick_up(struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	enum sl_dir other = flow_other(dir);
	struct side *own = &f->side[dir], *peer = &f->side[other];
	bool guessed = (f->flags[dir] & SIDE_PICKED) != 0;

	/* The other side may have acknowledged more than this segment shows. */
	if (!guessed || !seq_after(own->end, seg->end) ||
	    own->end - seg->end > PICK_WIN)
		own->end = seg->end;
	own->max_end = own->end + PICK_WIN;
	own->max_win = PICK_WIN;
	if (seg->flags & TCP_ACK) {
		own->max_ack = seg->ack;
		f->flags[dir] |= SIDE_ACKED;
	}
	f->flags[dir] |= SIDE_SEEN | SIDE_SACK | SIDE_PICKED;
	flow_set_scale(f, dir, TCP_SCALE_MAX);
	if (!(f->flags[other] & SIDE_SEEN)) {
		peer->end = seg->sack;
		peer->max_end = seg->sack + PICK_WIN;
		f->flags[other] |= SIDE_SACK | SIDE_PICKED;
	}
}

void
sl_window_rejoin(struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	enum sl_dir other = flow_other(dir);
	struct side *own = &f->side[dir], *peer = &f->side[other];

	/* Set, not compared: more than half of the sequence space may have
	 * passed since. */
	own->end = seg->end;
	own->max_end = seg->end + PICK_WIN;
	if (seg->flags & TCP_ACK) {
		peer->end = seg->ack;
		peer->max_end = seg->ack + PICK_WIN;
		own->max_ack = seg->ack;
	}
	f->flags[dir] |= SIDE_PICKED;
	f->flags[other] |= SIDE_PICKED;
}

static bool
is_acked_number_sent(const struct flow *f, enum sl_dir other, uint32_t sack)
{
	uint32_t end = f->side[other].end;

	if (!seq_after(sack, end))
		return true;
	/* We may have missed what is acknowledged here. */
	return (f->flags[other] & SIDE_PICKED) && sack - end <= PICK_WIN;
}

enum window
sl_window_judge(
    const struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	enum sl_dir other = flow_other(dir);
	const struct side *own = &f->side[dir], *peer = &f->side[other];
	uint32_t sack = acked_by(f, dir, seg);
	uint32_t slack = own->max_win > ACK_SLACK ? own->max_win : ACK_SLACK;

	if (seq_after(seg->seq, own->max_end))
		return WINDOW_SEQ_ABOVE;
	if ((f->flags[other] & SIDE_SEEN) &&
	    seq_before(seg->end, own->end - peer->max_win))
		return WINDOW_SEQ_BELOW;
	if (!is_acked_number_sent(f, other, sack))
		return WINDOW_ACK_ABOVE;
	if (seq_before(sack, peer->end - slack))
		return WINDOW_ACK_BELOW;
	return WINDOW_OK;
}

/* A repeated segment is one equal in all of seq, ack, length and window; four
 * words are remembered as one. */
static void
count_repeats(struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	uint32_t stamp = seg->seq * 0x9e3779b1u;

	stamp = (stamp ^ seg->ack) * 0x85ebca6bu;
	stamp = (stamp ^ seg->end) * 0xc2b2ae35u;
	stamp ^= seg->win << 1 | (uint32_t)dir;
	if (stamp != f->stamp) {
		f->stamp = stamp;
		f->retrans = 0;
	} else if (f->retrans < RETRANS_SATURATED) {
		f->retrans = (f->retrans + 1u) & 3u;
	}
}

static void
note_ack(struct flow *f, enum sl_dir dir, uint32_t ack)
{
	struct side *own = &f->side[dir];
	enum sl_dir other = flow_other(dir);

	if (!(f->flags[dir] & SIDE_ACKED) || seq_after(ack, own->max_ack))
		own->max_ack = ack;
	f->flags[dir] |= SIDE_ACKED;
	if (ack == f->side[other].end)
		f->flags[other] &= (uint8_t)~SIDE_UNACKED;
}

void
sl_window_advance(struct flow *f, enum sl_dir dir, const struct segment *seg)
{
	enum sl_dir other = flow_other(dir);
	struct side *own = &f->side[dir], *peer = &f->side[other];
	uint32_t win = window_of(f, dir, seg);
	uint32_t sack = acked_by(f, dir, seg);
	uint32_t grown;

	if (seq_after(sack, peer->end))
		peer->end = sack; /* picked up, or liberal */
	grown = seg->flags & TCP_ACK ? win + (sack - seg->ack) : win;
	if (grown > own->max_win)
		own->max_win = grown < WIN_MAX ? grown : WIN_MAX;
	if (seq_after(seg->end, own->end)) {
		own->end = seg->end;
		f->flags[dir] |= SIDE_UNACKED;
	}
	if (seg->flags & TCP_FIN)
		f->flags[dir] |= SIDE_FIN;
	if (seg->flags & TCP_ACK)
		note_ack(f, dir, seg->ack);
	/* A probe of a closed window lies beyond it; so may the answer. */
	if ((f->flags[other] & SIDE_SEEN) &&
	    seq_after(seg->end, own->max_end) && peer->max_win < WIN_MAX)
		peer->max_win += seg->end - own->max_end;
	if (!seq_before(sack + win, peer->max_end))
		peer->max_end = sack + win + (win == 0);
	if (seg->kind == TCP_KIND_ACK)
		count_repeats(f, dir, seg);
}

bool
sl_window_is_exact(const struct flow *f, enum sl_dir dir, uint32_t seq)
{
	enum sl_dir other = flow_other(dir);

	/* What the receiver last asked for, or what the sender sends next: the
	 * receiver's expectation is one of the two unless data was lost, and
	 * then it answers with a challenge and gets the former. */
	if ((f->flags[other] & SIDE_ACKED) && seq == f->side[other].max_ack)
		return true;
	return (f->flags[dir] & SIDE_SEEN) && seq == f->side[dir].end;
}

bool
sl_window_is_in_flight(const struct flow *f, enum sl_dir dir, uint32_t seq)
{
	enum sl_dir other = flow_other(dir);
	const struct side *own = &f->side[dir], *peer = &f->side[other];
	uint32_t first;

	if (f->flags[other] & SIDE_ACKED)
		first = peer->max_ack;
	else if (!(f->flags[dir] & SIDE_ACKED))
		first = own->max_ack; /* the SYN itself */
	else if (f->flags[dir] & SIDE_PICKED)
		first = own->end - PICK_FLIGHT;
	else
		first = own->max_end - peer->max_win - 1; /* the SYN/ACK */
	/* 'end' itself is the number of a pure acknowledgement. */
	return !seq_before(seq, first) && !seq_after(seq, own->end);
}
