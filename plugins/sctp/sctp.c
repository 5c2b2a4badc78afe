/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SCTP tracker (RFC 9260): one connection per path of an association.
 *
 * Every packet carries the tag that its receiver chose; it is what a stranger does
 * not know, so a packet with another one is invalid and changes nothing.  Tags are
 * learned from INIT and INIT ACK, or from the first packet of either side where we
 * did not see those: on a further path of a multi-homed host, which opens with a
 * HEARTBEAT, and on an association picked up in the middle.
 *
 * A host that lost its association sends INIT over it (RFC 9260 §5.2).  INIT and
 * INIT ACK then pass with their tags noted; the COOKIE ECHO that bears the noted
 * tag proves that both ends agree, and the notes become the tags.
 */
#include "chunk.h"

#include <sluice/plugin.h>

#define IP_PROTO_SCTP 132

enum { OFF_TAG = 4, OFF_CRC = 8 };

#define FLAG_T 1 /* ABORT, SHUTDOWN COMPLETE: the sender's own tag (§8.5.1) */

enum state {
	STATE_NONE,
	STATE_COOKIE_WAIT,
	STATE_COOKIE_ECHOED,
	STATE_ESTABLISHED,
	STATE_SHUTDOWN,
	STATE_SHUTDOWN_ACK_SENT,
	STATE_CLOSED,
	STATE_HEARTBEAT_SENT,
	STATES
};

static const char *const states[] = {
    [STATE_NONE] = "none",
    [STATE_COOKIE_WAIT] = "cookie-wait",
    [STATE_COOKIE_ECHOED] = "cookie-echoed",
    [STATE_ESTABLISHED] = "established",
    [STATE_SHUTDOWN] = "shutdown",
    [STATE_SHUTDOWN_ACK_SENT] = "shutdown-ack-sent",
    [STATE_CLOSED] = "closed",
    [STATE_HEARTBEAT_SENT] = "heartbeat-sent",
    NULL,
};

#define SECONDS 1000u

/* By state.  Established is as short as that because idle paths are kept up by
 * HEARTBEAT, every 30 seconds (§8.3). */
static const struct sl_timeout timeouts[] = {
    [STATE_NONE] = {"sctp-timeout", 10 * SECONDS, "not known"},
    [STATE_COOKIE_WAIT] = {"sctp-cookie-wait-timeout", 3 * SECONDS,
	"INIT sent"},
    [STATE_COOKIE_ECHOED] = {"sctp-cookie-echoed-timeout", 3 * SECONDS,
	"COOKIE ECHO sent"},
    [STATE_ESTABLISHED] = {"sctp-established-timeout", 210 * SECONDS,
	"open and idle"},
    [STATE_SHUTDOWN] = {"sctp-shutdown-timeout", 3 * SECONDS,
	"one side shuts down"},
    [STATE_SHUTDOWN_ACK_SENT] = {"sctp-shutdown-ack-timeout", 3 * SECONDS,
	"both sides shut down"},
    [STATE_CLOSED] = {"sctp-closed-timeout", 10 * SECONDS,
	"aborted or complete"},
    [STATE_HEARTBEAT_SENT] = {"sctp-heartbeat-timeout", 30 * SECONDS,
	"a path nobody has answered on"},
    {NULL},
};

enum reason {
	REASON_SHORT,
	REASON_PORT,
	REASON_CHUNK,
	REASON_BUNDLED,
	REASON_NOT_OPEN,
	REASON_NOT_LOOSE,
	REASON_TAG,
	REASON_STATE,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_PORT] = "port-zero",
    [REASON_CHUNK] = "bad-chunk-length",
    [REASON_BUNDLED] = "bundled-setup",
    [REASON_NOT_OPEN] = "no-association",
    [REASON_NOT_LOOSE] = "not-loose",
    [REASON_TAG] = "bad-tag",
    [REASON_STATE] = "wrong-state",
    NULL,
};

struct flow {
	uint32_t tag[SL_DIRS];	/* in packets of that direction; 0: unknown */
	uint32_t note[SL_DIRS]; /* of an association over this one; 0: none */
};
SL_STATIC_ASSERT(sizeof(struct flow) <= SL_TRACK_PRIV_MAX, "private area");

/* One packet under judgement. */
struct step {
	struct flow f; /* a copy, until the whole packet is found good */
	enum sl_dir dir, other;
	uint32_t tag;
	uint8_t state;
	bool noted; /* it belongs to the association over this one */
	enum reason why;
};

/* Alone in its packet (§6.10). */
static bool
is_alone_type(uint8_t type)
{
	return type == CHUNK_INIT || type == CHUNK_INIT_ACK ||
	       type == CHUNK_SHUTDOWN_COMPLETE;
}

/* Chunk by chunk, every length; the reason why not, or -1. */
static int
check_chunks(const struct sl_span *l4)
{
	struct chunks all;
	struct chunk c;
	bool alone = false;
	unsigned n = 0;
	int more;

	sctp_chunks_start(&all, l4);
	while ((more = sctp_chunks_next(&all, &c)) > 0) {
		alone = alone || is_alone_type(c.type);
		n++;
		if ((c.type == CHUNK_INIT || c.type == CHUNK_INIT_ACK) &&
		    (c.len < 16 || !sl_get_be32(c.value)))
			return REASON_CHUNK;
	}
	if (more < 0 || !n)
		return REASON_CHUNK;
	return alone && n > 1 ? REASON_BUNDLED : -1;
}

static enum sl_key
sctp_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	int why;

	if (pkt->l4.len < (pkt->quoted ? 4 : (uint32_t)SCTP_HEADER)) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	tuple->src_id = sl_raw_be16(pkt->l4.data);
	tuple->dst_id = sl_raw_be16(pkt->l4.data + 2);
	if (!tuple->src_id || !tuple->dst_id) {
		*reason = REASON_PORT;
		return SL_KEY_INVALID;
	}
	if (pkt->quoted)
		return SL_KEY_TUPLE;
	why = check_chunks(&pkt->l4);
	if (why >= 0) {
		*reason = (uint8_t)why;
		return SL_KEY_INVALID;
	}
	return SL_KEY_TUPLE;
}

static enum sl_track_result
refuse(struct sl_track_out *out, enum reason reason)
{
	out->reason = (uint8_t)reason;
	return SL_TRACK_INVALID;
}

static enum sl_track_result
sctp_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	uint32_t tag = sl_get_be32(pkt->l4.data + OFF_TAG);
	struct flow *f = priv;
	struct chunks all;
	struct chunk first;

	sctp_chunks_start(&all, &pkt->l4);
	if (sctp_chunks_next(&all, &first) <= 0)
		return refuse(out, REASON_CHUNK);
	if ((tag == 0) != (first.type == CHUNK_INIT))
		return refuse(out, REASON_TAG);
	switch (first.type) {
	case CHUNK_INIT:
		f->tag[SL_REPLY] = sl_get_be32(first.value);
		out->state = STATE_COOKIE_WAIT;
		break;
	case CHUNK_INIT_ACK:
	case CHUNK_ABORT:
	case CHUNK_COOKIE_ACK:
	case CHUNK_SHUTDOWN_ACK:
	case CHUNK_SHUTDOWN_COMPLETE:
		return refuse(out, REASON_NOT_OPEN);
	default:
		if (first.type != CHUNK_HEARTBEAT && !ctx->loose)
			return refuse(out, REASON_NOT_LOOSE);
		f->tag[SL_ORIG] = tag;
		out->state = STATE_HEARTBEAT_SENT;
	}
	out->timeout = out->state;
	return SL_TRACK_VALID;
}

static bool
has_tag(struct step *s)
{
	if (s->f.tag[s->dir] == s->tag)
		return true;
	/* The first packet of a side we know nothing of. */
	if (!s->f.tag[s->dir] && s->tag && s->state == STATE_HEARTBEAT_SENT) {
		s->f.tag[s->dir] = s->tag;
		return true;
	}
	if (s->f.note[s->dir] && s->f.note[s->dir] == s->tag) {
		s->noted = true;
		return true;
	}
	s->why = REASON_TAG;
	return false;
}

static bool
init(struct step *s, const struct chunk *c)
{
	s->why = REASON_TAG;
	if (s->tag)
		return false;
	if (s->state != STATE_COOKIE_WAIT) {
		s->f.note[s->other] = sl_get_be32(c->value);
		s->f.note[s->dir] = 0;
		s->noted = true;
		return true;
	}
	/* Again, or both called at once (§5.2.1). */
	s->f.tag[s->other] = sl_get_be32(c->value);
	return true;
}

static bool
init_ack(struct step *s, const struct chunk *c)
{
	s->why = REASON_TAG;
	if (s->f.note[s->dir] && s->f.note[s->dir] == s->tag) {
		s->f.note[s->other] = sl_get_be32(c->value);
		s->noted = true;
		return true;
	}
	if (s->f.tag[s->dir] != s->tag)
		return false;
	s->why = REASON_STATE;
	if (s->state != STATE_COOKIE_WAIT)
		return false;
	s->f.tag[s->other] = sl_get_be32(c->value);
	return true;
}

/* What ends an association bears either tag, as its flag says. */
static bool
ends(struct step *s, const struct chunk *c)
{
	enum sl_dir whose = c->flags & FLAG_T ? s->other : s->dir;

	/* The answer to an INIT that was noted. */
	if (s->tag && s->f.note[s->dir] == s->tag) {
		s->f.note[s->dir] = s->f.note[s->other] = 0;
		s->noted = true;
		return true;
	}
	s->why = REASON_TAG;
	if (!s->tag || s->f.tag[whose] != s->tag)
		return false;
	s->why = REASON_STATE;
	if (c->type == CHUNK_SHUTDOWN_COMPLETE &&
	    s->state != STATE_SHUTDOWN_ACK_SENT)
		return false;
	s->state = STATE_CLOSED;
	return true;
}

/* Both ends agree on the association that was noted. */
static void
adopt_notes(struct step *s)
{
	s->f.tag[SL_ORIG] = s->f.note[SL_ORIG];
	s->f.tag[SL_REPLY] = s->f.note[SL_REPLY];
	s->f.note[SL_ORIG] = s->f.note[SL_REPLY] = 0;
	s->noted = false;
	s->state = STATE_COOKIE_ECHOED;
}

static bool
cookie_echo(struct step *s)
{
	if (!has_tag(s))
		return false;
	if (s->noted && s->f.note[s->other])
		adopt_notes(s);
	else if (s->state == STATE_COOKIE_WAIT)
		s->state = STATE_COOKIE_ECHOED;
	return true;
}

static uint8_t
after(uint8_t type, uint8_t state)
{
	bool open = state == STATE_COOKIE_ECHOED || state == STATE_ESTABLISHED;

	switch (type) {
	case CHUNK_COOKIE_ACK:
		return state == STATE_COOKIE_ECHOED ? STATE_ESTABLISHED : state;
	case CHUNK_SHUTDOWN:
		return open ? STATE_SHUTDOWN : state;
	case CHUNK_SHUTDOWN_ACK:
		return open || state == STATE_SHUTDOWN ? STATE_SHUTDOWN_ACK_SENT
						       : state;
	default:
		return state;
	}
}

static bool
judge(struct step *s, const struct chunk *c)
{
	switch (c->type) {
	case CHUNK_INIT:
		return init(s, c);
	case CHUNK_INIT_ACK:
		return init_ack(s, c);
	case CHUNK_ABORT:
	case CHUNK_SHUTDOWN_COMPLETE:
		return ends(s, c);
	case CHUNK_COOKIE_ECHO:
		return cookie_echo(s);
	default:
		if (!has_tag(s))
			return false;
		/* An answer on a path that was opened without INIT. */
		if (s->state == STATE_HEARTBEAT_SENT && s->dir == SL_REPLY)
			s->state = STATE_ESTABLISHED;
		s->state = after(c->type, s->state);
		return true;
	}
}

static enum sl_track_result
sctp_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	struct flow *f = priv;
	struct step s = {
	    .f = *f,
	    .dir = dir,
	    .other = dir == SL_ORIG ? SL_REPLY : SL_ORIG,
	    .tag = sl_get_be32(pkt->l4.data + OFF_TAG),
	    .state = out->state,
	};
	struct chunks all;
	struct chunk c;

	sctp_chunks_start(&all, &pkt->l4);
	while (sctp_chunks_next(&all, &c) > 0) {
		if (c.type == CHUNK_INIT && s.state == STATE_CLOSED && !s.tag)
			return SL_TRACK_RESTART;
		if (!judge(&s, &c))
			return refuse(out, s.why);
	}
	*f = s.f;
	if (s.noted)
		return SL_TRACK_IGNORE;
	out->state = out->timeout = s.state;
	out->assured = s.state == STATE_ESTABLISHED && ctx->seen_reply;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops sctp_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_SCTP,
    .families = 3,
    .priv_size = sizeof(struct flow),
    .name = "sctp",
    .layout =
	{
	    .src_off = 0,
	    .dst_off = 2,
	    .csum_off = OFF_CRC,
	    .csum_flags = SL_CSUM_CRC32C,
	    .min_len = SCTP_HEADER,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .states = states,
    .key = sctp_key,
    .open = sctp_open,
    .update = sctp_update,
};

static const struct sl_tracker_ops *const trackers[] = {&sctp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "sctp",
    .version = "1.0",
    .summary = "SCTP: associations by their tags",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
