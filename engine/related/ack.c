/* SPDX-License-Identifier: Apache-2.0 */
#include <related/ack.h>

#include <related/related.h>

#include <netinet/tcp.h>

#define TCP_HDR	   20u
#define SACK_BLOCK 8u

/* The window begins further on by what is held.  Its scale is not known here: no
 * more than half of it is taken away. */
static uint16_t
window_behind(uint16_t window, uint32_t held)
{
	return (uint16_t)(window - SL_MIN(held, window / 2u));
}

bool
sl_ack_is_complete(const struct sl_stream *st)
{
	return !sl_seq_before(sl_shift_unmap(&st->shift, st->acked), st->used);
}

/* Replacements and bytes that the receiver has are nobody's business any more. */
static void
forget_acked(struct sl_related *rel, struct sl_stream *st)
{
	uint32_t seq = sl_shift_unmap(&st->shift, st->acked);
	struct sl_shift_edit *e;

	if (sl_seq_after(seq, st->used))
		seq = st->used;
	sl_custody_trim(&st->custody, &rel->store, seq);
	while ((e = sl_shift_take_acked(&st->shift, st->acked)))
		sl_store_give(&rel->store, e, sizeof(*e) + e->new_len);
}

static void
learn(struct sl_related *rel, struct sl_stream *st, struct sl_segment *seg,
    bool checked)
{
	uint32_t sent = sl_shift_map(&st->shift, st->used) + st->last;

	st->window = sl_get_be16(sl_pkt_l4(seg->pkt) + SL_SEGMENT_WINDOW);
	if (!sl_seq_after(seg->ack, st->acked) ||
	    (checked && sl_seq_after(seg->ack, sent)))
		return;
	seg->ack_is_news = true;
	st->acked = seg->ack;
	forget_acked(rel, st);
}

/* An edge that lies inside a replacement: what is whole counts as received. */
static void
move_block(const struct sl_stream *st, struct sl_pkt *pkt, uint32_t off)
{
	const uint8_t *p = sl_pkt_l4(pkt) + off;
	uint32_t left = sl_get_be32(p), right = sl_get_be32(p + 4);
	uint32_t from = sl_shift_unmap_up(&st->shift, left);
	uint32_t to = sl_shift_unmap(&st->shift, right);

	if (sl_seq_before(to, from)) // nothing whole: a block that says nothing
		to = from;
	if (from != left)
		sl_edit_set_tcp(pkt, off, from, 4);
	if (to != right)
		sl_edit_set_tcp(pkt, off + 4, to, 4);
}

static void
move_sack(const struct sl_stream *st, struct sl_pkt *pkt)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);
	uint32_t end = (tcp[12] >> 4) * 4u, len;

	for (uint32_t i = TCP_HDR; i < end && tcp[i] != TCPOPT_EOL; i += len) {
		len = 1;
		if (tcp[i] == TCPOPT_NOP)
			continue;
		if (end - i < 2 || tcp[i + 1] < 2 || tcp[i + 1] > end - i)
			return;
		len = tcp[i + 1];
		if (tcp[i] != TCPOPT_SACK)
			continue;
		for (uint32_t k = 2; k + SACK_BLOCK <= len; k += SACK_BLOCK)
			move_block(st, pkt, i + k);
	}
}

void
sl_ack_take(struct sl_related *rel, struct sl_stream *st,
    struct sl_segment *seg, bool checked)
{
	uint32_t ack, held;

	/* Blocks name what is sent, and may need what 'ack' lets us forget. */
	if (!sl_shift_is_none(&st->shift))
		move_sack(st, seg->pkt);
	learn(rel, st, seg, checked);
	ack = sl_shift_unmap(&st->shift, seg->ack);
	held = st->next - st->used;
	if (held && ack == st->used) {
		ack = st->next;
		sl_edit_set_tcp(seg->pkt, SL_SEGMENT_WINDOW,
		    window_behind(st->window, held), 2);
	}
	if (ack != seg->ack)
		sl_edit_set_tcp(seg->pkt, SL_SEGMENT_ACK, ack, 4);
}

void
sl_ack_send(struct sl_related *rel, const struct sl_help_session *s,
    const struct sl_stream *st, const struct sl_segment *seg)
{
	struct sl_tuple sent_as;
	struct sl_tcp_answer a = {
	    .seq = seg->ack,
	    .ack = st->next,
	    .flags = SL_TCP_ACK,
	    .window = window_behind(st->window, st->next - st->used),
	    .stamps = true,
	    .sent_as = &sent_as,
	};
	uint8_t *frame = rel->way.scratch(rel->way.worker, SL_REPLY_MAX);
	uint32_t len;

	sl_conn_tuple(s->conn, (enum sl_dir)seg->pkt->dir, &sent_as);
	len = sl_reply_tcp(seg->pkt, &a, frame);
	if (!len)
		return;
	sl_count(SL_COUNTER_HELPER_ACKS, 1);
	rel->way.answer(rel->way.worker, seg->pkt, frame, len);
}
