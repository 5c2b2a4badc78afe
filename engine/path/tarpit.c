/* SPDX-License-Identifier: Apache-2.0 */
#include <path/tarpit.h>

#include <nat/nat.h>

#define OPENING (SL_TCP_SYN | SL_TCP_ACK | SL_TCP_FIN | SL_TCP_RST)

/* The fixed part of a TCP header that tracking found sound. */
struct segment {
	uint32_t seq, ack, payload;
	uint8_t flags;
};

static bool
read_segment(const struct sl_pkt *pkt, struct segment *s)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);

	if (!pkt->conn || pkt->l4proto != IPPROTO_TCP || pkt->l4_len < 20 ||
	    pkt->dir != SL_ORIG)
		return false;
	s->seq = sl_get_be32(tcp + 4);
	s->ack = sl_get_be32(tcp + 8);
	s->payload = pkt->l4_len - (tcp[12] >> 4) * 4u;
	s->flags = tcp[13] & OPENING;
	return true;
}

/* How far our first sequence number is behind the peer's: nobody else's guess
 * (RFC 6528), and the same for every packet of the connection. */
static uint32_t
distance(struct sl_conn *conn)
{
	uint64_t id = sl_load_relaxed(&conn->id);

	return (uint32_t)sl_hash_words(&id, 1);
}

static struct sl_tcp_answer
answer_syn(const struct sl_pkt *pkt, const struct segment *s)
{
	return (struct sl_tcp_answer){
	    .seq = s->seq + distance(pkt->conn),
	    .ack = s->seq + 1,
	    .flags = SL_TCP_SYN | SL_TCP_ACK,
	};
}

/* Tracking must see both directions, or the peer's next packet is invalid. */
static void
track_answer(
    struct sl_worker *w, const struct sl_pkt *pkt, uint8_t *frame, uint32_t len)
{
	struct sl_pkt answer = {.data = frame,
	    .len = len,
	    .room = len,
	    .in_port = pkt->in_port,
	    .out_port = SL_PORT_NONE,
	    .now_ns = pkt->now_ns};

	if (sl_parse_frame(&answer) != SL_GO)
		return;
	answer.conn = pkt->conn;
	answer.dir = SL_REPLY;
	answer.tracker = pkt->tracker;
	answer.state = SL_STATE_NEW;
	sl_track_packet(&w->track, &answer);
	sl_track_abandon(&w->track, &answer);
}

/* With the answer in hand, so that what is not answered leaves no trace. */
static enum sl_verdict
open_conn(struct sl_worker *w, struct sl_pkt *pkt, const struct segment *s)
{
	struct sl_tcp_answer a = answer_syn(pkt, s);
	enum sl_verdict v;
	uint8_t *frame;
	uint32_t len;

	sl_reply_undo_dstnat(pkt);
	frame = sl_reply_make_tcp(w, pkt, &a, &len);
	if (!frame)
		return sl_drop(SL_DROP_TARPIT);
	sl_conn_set_bits_owned(pkt->conn, SL_CONN_TARPIT);
	if ((v = sl_nat_setup_none(&w->track, pkt)) != SL_GO ||
	    (v = sl_track_confirm(&w->track, pkt)) != SL_GO)
		return v;
	track_answer(w, pkt, frame, len);
	sl_count(SL_COUNTER_TARPIT_SENT, 1);
	sl_reply_send(w, pkt, frame, len);
	return sl_drop(SL_DROP_TARPIT);
}

enum sl_verdict
sl_tarpit_take(struct sl_worker *w, struct sl_pkt *pkt)
{
	struct sl_tcp_answer a = {.flags = SL_TCP_ACK};
	struct segment s;
	uint8_t *frame;
	uint32_t len;

	if (!read_segment(pkt, &s))
		return sl_drop(SL_DROP_TARPIT);
	if ((pkt->flags & SL_PKT_NEW_CONN) && s.flags == SL_TCP_SYN)
		return open_conn(w, pkt, &s);
	if (s.flags != SL_TCP_ACK || !s.payload)
		return sl_drop(SL_DROP_TARPIT);
	/* Its other end is not ours: take nothing of it, and close the window. */
	sl_reply_undo_dstnat(pkt);
	a.seq = s.ack;
	a.ack = s.seq;
	frame = sl_reply_make_tcp(w, pkt, &a, &len);
	if (frame) {
		sl_count(SL_COUNTER_TARPIT_SENT, 1);
		sl_reply_send(w, pkt, frame, len);
	}
	return sl_drop(SL_DROP_TARPIT);
}

/* What there is to say to the peer; false: nothing.  An acknowledgement that asks
 * nothing gets none, lest two tarpits talk for ever. */
static bool
choose_answer(
    const struct sl_pkt *pkt, const struct segment *s, struct sl_tcp_answer *a)
{
	if (s->flags == SL_TCP_SYN) {
		*a = answer_syn(pkt, s);
		return true;
	}
	*a = (struct sl_tcp_answer){
	    .seq = s->ack,
	    .ack = s->ack - distance(pkt->conn),
	    .flags = SL_TCP_ACK,
	};
	return s->flags == SL_TCP_ACK && (s->payload || s->seq != a->ack);
}

enum sl_verdict
sl_tarpit_hold(struct sl_worker *w, struct sl_pkt *pkt)
{
	struct sl_tcp_answer a;
	struct segment s;
	uint8_t *frame;
	uint32_t len;

	if (!read_segment(pkt, &s) || !choose_answer(pkt, &s, &a))
		return sl_drop(SL_DROP_TARPIT);
	frame = sl_reply_make_tcp(w, pkt, &a, &len);
	if (frame) {
		track_answer(w, pkt, frame, len);
		sl_count(SL_COUNTER_TARPIT_SENT, 1);
		sl_reply_send(w, pkt, frame, len);
	}
	return sl_drop(SL_DROP_TARPIT);
}
