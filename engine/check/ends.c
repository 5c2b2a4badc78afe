/* SPDX-License-Identifier: Apache-2.0 */
#include <check/ends.h>

#include <errno.h>
#include <string.h>

#define SEGMENT_MAX  1380u
#define FRAME_MAX    (SEGMENT_MAX + SL_WIRE_HEADERS)
#define FIRST_CLIENT 0xfffffe00u /* so that numbers wrap around */
#define FIRST_SERVER 1000u
#define OTHER_PORT   45000u

int
sl_ends_init(struct sl_ends *e, struct sl_box *box, struct sl_err *err)
{
	*e = (struct sl_ends){.box = box};
	for (int side = 0; side < SL_DIRS; side++) {
		e->end[side].got = malloc(SL_ENDS_BYTES);
		if (!e->end[side].got)
			return sl_err_sys(err, -ENOMEM, "hosts");
	}
	return 0;
}

void
sl_ends_fini(struct sl_ends *e)
{
	for (int side = 0; side < SL_DIRS; side++)
		free(e->end[side].got);
}

static int
wrong(struct sl_err *err, uint8_t side, const char *what)
{
	return sl_err_set(
	    err, -EINVAL, "the %s gets %s", sl_talk_side_name(side), what);
}

/* A packet of 'side' on the connection of the conversation. */
static struct sl_wire
packet_of(const struct sl_ends *e, uint8_t side)
{
	const struct sl_words_names *n = &e->names;

	return (struct sl_wire){
	    .family = n->family,
	    .l4proto = e->l4proto,
	    .src = n->own[side],
	    .dst = n->known[!side],
	    .src_id = n->port[side],
	    .dst_id = n->known_port[!side],
	    .seq = e->end[side].nxt,
	    .ack = e->end[side].rcv,
	};
}

static bool
is_of_conversation(
    const struct sl_ends *e, uint8_t side, const struct sl_wire *s)
{
	const struct sl_words_names *n = &e->names;

	return s->l4proto == e->l4proto && s->dst_id == n->port[side] &&
	       (s->src_id == n->known_port[!side] ||
		   (side == SL_REPLY && !n->known_port[SL_ORIG]));
}

/* Bytes that came before must come again the same way. */
static int
take_payload(struct sl_end *end, uint8_t side, const struct sl_wire *s,
    struct sl_err *err)
{
	uint32_t skip = end->rcv - s->seq, old;

	if ((int32_t)skip < 0)
		return wrong(err, side, "bytes with a gap before them");
	old = SL_MIN(skip, s->payload.len);
	if (skip <= end->n_got &&
	    memcmp(end->got + (end->n_got - skip), s->payload.data, old) != 0)
		return wrong(err, side, "other bytes than before");
	if (skip >= s->payload.len)
		return 0;
	if (end->n_got + s->payload.len - skip > SL_ENDS_BYTES)
		return wrong(err, side, "more than it can take");
	memcpy(end->got + end->n_got, s->payload.data + skip,
	    s->payload.len - skip);
	end->n_got += s->payload.len - skip;
	end->rcv += s->payload.len - skip;
	return 0;
}

static int
take_ack(struct sl_end *end, uint8_t side, const struct sl_wire *s,
    struct sl_err *err)
{
	if ((int32_t)(s->ack - end->nxt) > 0)
		return wrong(err, side,
		    "an acknowledgement of what it did "
		    "not send");
	if ((int32_t)(s->ack - end->una) > 0)
		end->una = s->ack;
	return 0;
}

static int arrive(
    struct sl_ends *e, uint8_t side, struct sl_wire *s, struct sl_err *err);

static int
answer(struct sl_ends *e, uint8_t side, uint8_t flags, struct sl_err *err)
{
	struct sl_wire s = packet_of(e, side);

	s.flags = flags;
	return arrive(e, side, &s, err);
}

static int
take_tcp(struct sl_ends *e, uint8_t side, const struct sl_wire *s,
    struct sl_err *err)
{
	struct sl_end *end = &e->end[side];
	uint32_t before = end->rcv;
	int rc;

	if (s->flags & SL_WIRE_RST)
		return 0;
	if (s->flags & SL_WIRE_SYN) {
		end->rcv = s->seq + 1;
		return 0;
	}
	if ((s->flags & SL_WIRE_ACK) && (rc = take_ack(end, side, s, err)))
		return rc;
	if ((rc = take_payload(end, side, s, err)))
		return rc;
	if ((s->flags & SL_WIRE_FIN) && s->seq + s->payload.len == end->rcv)
		end->rcv++;
	if (!s->payload.len && end->rcv == before)
		return 0;
	return answer(e, side, SL_WIRE_ACK, err);
}

static int
take_datagram(struct sl_ends *e, uint8_t side, const struct sl_wire *s,
    struct sl_err *err)
{
	struct sl_end *end = &e->end[side];

	if (end->n_got + s->payload.len > SL_ENDS_BYTES)
		return wrong(err, side, "more than it can take");
	memcpy(end->got + end->n_got, s->payload.data, s->payload.len);
	end->n_got += s->payload.len;
	return 0;
}

static int
take(struct sl_ends *e, uint8_t side, const struct sl_wire *s,
    struct sl_err *err)
{
	if (!is_of_conversation(e, side, s)) {
		e->other = (struct sl_arrival){true, side, *s};
		return 0;
	}
	if (side == SL_REPLY)
		e->names.known_port[SL_ORIG] = s->src_id;
	return s->l4proto == IPPROTO_TCP ? take_tcp(e, side, s, err)
					 : take_datagram(e, side, s, err);
}

/* Frames that left are copied first: what is answered to them makes more. */
struct left {
	uint8_t side, frame[2 * FRAME_MAX];
	struct sl_pkt pkt;
};

static uint32_t
collect(struct sl_ends *e, struct left *left, uint32_t max)
{
	uint32_t n = 0;

	while (n < max && sl_box_left(e->box, &left[n].side, &left[n].pkt)) {
		struct left *l = &left[n];

		if (l->pkt.len > sizeof(l->frame))
			continue;
		memcpy(l->frame, l->pkt.data, l->pkt.len);
		l->pkt.data = l->frame;
		n++;
	}
	return n;
}

static int
look_at_left(struct sl_ends *e, struct sl_err *err)
{
	struct left left[8];
	uint32_t n = collect(e, left, SL_COUNT_OF(left));
	int rc = 0;

	for (uint32_t i = 0; i < n && !rc; i++) {
		struct sl_wire s;

		rc = sl_wire_read(&left[i].pkt, &s, err);
		if (!rc &&
		    (s.l4proto == IPPROTO_TCP || s.l4proto == IPPROTO_UDP ||
			s.l4proto == IPPROTO_GRE))
			rc = take(e, left[i].side, &s, err);
	}
	return rc;
}

static int
arrive(struct sl_ends *e, uint8_t side, struct sl_wire *s, struct sl_err *err)
{
	uint8_t frame[FRAME_MAX], mac[6];
	uint32_t len;
	int rc = 0;

	sl_box_mac(e->box, side, mac);
	len = sl_wire_write(s, mac, frame, sizeof(frame));
	if (!len)
		return sl_err_set(err, -EMSGSIZE, "a message is too long");
	for (int i = 0; i < (e->manner.twice ? 2 : 1) && !rc; i++) {
		rc = sl_box_arrive(e->box, side, frame, len, err);
		if (!rc)
			rc = look_at_left(e, err);
	}
	return rc;
}

static int
shake_hands(struct sl_ends *e, struct sl_err *err)
{
	struct sl_end *client = &e->end[SL_ORIG], *server = &e->end[SL_REPLY];
	int rc;

	client->una = client->nxt = client->first = FIRST_CLIENT;
	server->una = server->nxt = server->first = FIRST_SERVER;
	if ((rc = answer(e, SL_ORIG, SL_WIRE_SYN, err)))
		return rc;
	client->una = ++client->nxt;
	if (server->rcv != client->nxt)
		return wrong(err, SL_REPLY, "no SYN");
	if ((rc = answer(e, SL_REPLY, SL_WIRE_SYN | SL_WIRE_ACK, err)))
		return rc;
	server->una = ++server->nxt;
	if (client->rcv != server->nxt)
		return wrong(err, SL_ORIG, "no SYN/ACK");
	return answer(e, SL_ORIG, SL_WIRE_ACK, err);
}

int
sl_ends_open(struct sl_ends *e, struct sl_err *err)
{
	for (int side = 0; side < SL_DIRS; side++) {
		uint8_t *got = e->end[side].got;

		e->end[side] = (struct sl_end){.got = got};
	}
	e->names.known_port[SL_ORIG] = 0;
	return e->l4proto == IPPROTO_TCP ? shake_hands(e, err) : 0;
}

/* Where the segment that begins at 'off' ends. */
static uint32_t
end_of_segment(const struct sl_manner *m, uint32_t off, uint32_t len)
{
	uint32_t to = SL_MIN(len, off + SEGMENT_MAX);

	if (m->bytewise)
		return off + 1;
	return off < m->cut && m->cut < to ? m->cut : to;
}

/* Sends bytes[from..len), each segment once. */
static int
send_round(struct sl_ends *e, uint8_t side, struct sl_span bytes, uint32_t base,
    struct sl_err *err)
{
	struct sl_end *end = &e->end[side];
	uint32_t from = end->una - base, starts[SL_ENDS_ROUNDS], n = 0;
	int rc = 0;

	for (uint32_t off = from; off < bytes.len && n < SL_ENDS_ROUNDS;
	     off = end_of_segment(&e->manner, off, bytes.len))
		starts[n++] = off;
	for (uint32_t i = 0; i < n && !rc; i++) {
		uint32_t off = starts[e->manner.backwards ? n - 1 - i : i];
		uint32_t to = end_of_segment(&e->manner, off, bytes.len);
		struct sl_wire s = packet_of(e, side);

		s.seq = base + off;
		s.flags = SL_WIRE_ACK | SL_WIRE_PSH;
		s.payload = (struct sl_span){bytes.data + off, to - off};
		if ((int32_t)(base + to - end->nxt) > 0)
			end->nxt = base + to;
		rc = arrive(e, side, &s, err);
	}
	return rc;
}

static int
say_stream(
    struct sl_ends *e, uint8_t side, struct sl_span bytes, struct sl_err *err)
{
	struct sl_end *end = &e->end[side];
	uint32_t base = end->nxt, stuck = 0;

	while (end->una != base + bytes.len && stuck < SL_ENDS_ROUNDS) {
		uint32_t before = end->una;
		int rc = send_round(e, side, bytes, base, err);

		if (rc)
			return rc;
		stuck = end->una == before ? stuck + 1 : 0;
	}
	if (end->una == base + bytes.len || e->manner.strange)
		return 0;
	return wrong(err, side, "no acknowledgement, however often it repeats");
}

static int
say_datagram(
    struct sl_ends *e, uint8_t side, struct sl_span bytes, struct sl_err *err)
{
	struct sl_wire s = packet_of(e, side);

	s.payload = bytes;
	return arrive(e, side, &s, err);
}

int
sl_ends_say(
    struct sl_ends *e, uint8_t side, struct sl_span bytes, struct sl_err *err)
{
	return e->l4proto == IPPROTO_TCP ? say_stream(e, side, bytes, err)
					 : say_datagram(e, side, bytes, err);
}

int
sl_ends_close(struct sl_ends *e, struct sl_err *err)
{
	int rc = 0;

	if (e->l4proto != IPPROTO_TCP)
		return 0;
	for (uint8_t side = 0; side < SL_DIRS && !rc; side++) {
		struct sl_wire s = packet_of(e, side);

		s.flags = SL_WIRE_FIN | SL_WIRE_ACK;
		e->end[side].nxt++;
		rc = arrive(e, side, &s, err);
	}
	return rc ? rc : answer(e, SL_ORIG, SL_WIRE_ACK, err);
}

int
sl_ends_try(struct sl_ends *e, uint8_t side, uint8_t l4proto, uint16_t port,
    struct sl_err *err)
{
	struct sl_wire s = packet_of(e, side);
	static const uint8_t hello[] = "hello";

	s.l4proto = l4proto;
	s.dst_id = port;
	s.src_id = OTHER_PORT;
	s.seq = 1;
	s.ack = 0;
	s.flags = SL_WIRE_SYN;
	if (l4proto != IPPROTO_TCP)
		s.payload = (struct sl_span){hello, sizeof(hello)};
	e->other.came = false;
	return arrive(e, side, &s, err);
}
