/* SPDX-License-Identifier: Apache-2.0 */
#include <related/outgoing.h>

#include <related/related.h>

/* Replacements are sent whole. */
static void
round_out(const struct sl_stream *st, uint32_t *from, uint32_t *to)
{
	const struct sl_shift_edit *e = sl_shift_from(&st->shift, *from);

	if (e && sl_seq_before(e->seq, *from))
		*from = e->seq;
	e = sl_shift_from(&st->shift, *to);
	if (e && sl_seq_before(e->seq, *to))
		*to = sl_shift_end(e);
}

uint32_t
sl_outgoing_len(const struct sl_stream *st, uint32_t from, uint32_t to)
{
	if (from == to)
		return 0;
	round_out(st, &from, &to);
	return sl_shift_map(&st->shift, to) - sl_shift_map(&st->shift, from);
}

/* Bytes [from, to) as they came; what is in custody was seen first. */
static uint8_t *
copy(const struct sl_stream *st, const struct sl_segment *seg, uint8_t *out,
    uint32_t from, uint32_t to)
{
	const struct sl_custody *c = &st->custody;

	while (from != to) {
		const uint8_t *bytes;
		uint32_t n = to - from;

		if (sl_custody_has(c, from)) {
			bytes = c->bytes + (from - c->seq);
			n = SL_MIN(n, sl_custody_end(c) - from);
		} else {
			uint32_t off = from - seg->seq;

			SL_ASSERT(off < seg->len && n <= seg->len - off);
			bytes = sl_segment_payload(seg) + off;
		}
		memcpy(out, bytes, n);
		out += n;
		from += n;
	}
	return out;
}

static void
compose(const struct sl_stream *st, const struct sl_segment *seg, uint8_t *out,
    uint32_t from, uint32_t to)
{
	const struct sl_shift_edit *e = sl_shift_from(&st->shift, from);

	for (; e && sl_seq_before(e->seq, to); e = e->next) {
		out = copy(st, seg, out, from, e->seq);
		memcpy(out, e->bytes, e->new_len);
		out += e->new_len;
		from = sl_shift_end(e);
	}
	copy(st, seg, out, from, to);
}

static bool
is_as_it_came(const struct sl_stream *st, const struct sl_segment *seg,
    uint32_t from, uint32_t to)
{
	const struct sl_shift_edit *e = sl_shift_from(&st->shift, from);

	return from == seg->seq && to == seg->seq + seg->len &&
	       !(e && sl_seq_before(e->seq, to));
}

static void
set_seq(const struct sl_segment *seg, uint32_t seq)
{
	if (sl_get_be32(sl_pkt_l4(seg->pkt) + SL_SEGMENT_SEQ) != seq)
		sl_edit_set_tcp(seg->pkt, SL_SEGMENT_SEQ, seq, 4);
}

bool
sl_outgoing_write(struct sl_related *rel, const struct sl_stream *st,
    struct sl_segment *seg, uint32_t from, uint32_t to)
{
	struct sl_payload p = {
	    .len = sl_outgoing_len(st, from, to),
	    .mtu = rel->way.mtu(rel->way.worker, seg->pkt),
	};

	if (is_as_it_came(st, seg, from, to)) {
		set_seq(seg, sl_shift_map(&st->shift, from));
		return true;
	}
	p.room = seg->off + p.len;
	if (p.room > SL_FRAME_MAX)
		return false;
	p.frame = rel->way.scratch(rel->way.worker, p.room);
	if (from != to)
		round_out(st, &from, &to);
	compose(st, seg, p.frame + seg->off, from, to);
	if (!sl_edit_set_payload(seg->pkt, &p))
		return false;
	set_seq(seg, sl_shift_map(&st->shift, from));
	return true;
}

void
sl_outgoing_number(const struct sl_stream *st, struct sl_segment *seg)
{
	bool held = st->used != st->next;
	uint32_t seq = seg->seq;

	/* One before what comes next asks for an answer (a closed window, a
	 * connection that may be dead), and must look so to the receiver. */
	if (held && seq + 1 == st->next && !(seg->flags & SL_TCP_RST))
		seq = st->used - 1;
	else if (sl_seq_after(seq, st->used) && !sl_seq_after(seq, st->next))
		seq = st->used;
	set_seq(seg, sl_shift_map(&st->shift, seq));
}
