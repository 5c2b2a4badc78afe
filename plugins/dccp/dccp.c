/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DCCP tracker (RFC 4340): from Request to Reset, by who called whom.
 *
 * A Reset ends a connection only if its sequence number is near what its sender
 * used last: who does not see the packets has one chance in four thousand million.
 * FastTrack does not carry DCCP.
 */
#include <sluice/plugin.h>

#define IP_PROTO_DCCP 33

enum { OFF_OFFSET = 4, OFF_CSUM = 6, OFF_TYPE = 8, SHORT = 12, LONG = 16 };

/* Packet types, RFC 4340 §5.1. */
enum type {
	REQUEST,
	RESPONSE,
	DATA,
	ACK,
	DATA_ACK,
	CLOSE_REQ,
	CLOSE,
	RESET,
	SYNC,
	SYNC_ACK,
	TYPES
};

enum state {
	NONE,
	REQUESTED,
	RESPONDED,
	PARTOPEN,
	OPEN,
	CLOSE_ASKED,
	CLOSING,
	TIME_WAIT,
	STATES,
	BAD,  /* cannot be sent here */
	PASS, /* legal, and says nothing */
};

static const char *const states[] = {
    [NONE] = "none",
    [REQUESTED] = "request",
    [RESPONDED] = "respond",
    [PARTOPEN] = "partopen",
    [OPEN] = "open",
    [CLOSE_ASKED] = "close-req",
    [CLOSING] = "closing",
    [TIME_WAIT] = "time-wait",
    NULL,
};

enum reason {
	REASON_SHORT,
	REASON_OFFSET,
	REASON_TYPE,
	REASON_NOT_OPEN,
	REASON_NOT_LOOSE,
	REASON_STATE,
	REASON_RESET,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_OFFSET] = "bad-data-offset",
    [REASON_TYPE] = "bad-type",
    [REASON_NOT_OPEN] = "no-connection",
    [REASON_NOT_LOOSE] = "not-loose",
    [REASON_STATE] = "wrong-state",
    [REASON_RESET] = "reset-not-near",
    NULL,
};

#define SECONDS 1000u
#define MSL	(2 * 60 * SECONDS)

/* By state. */
static const struct sl_timeout timeouts[] = {
    [NONE] = {"dccp-timeout", 2 * MSL, "not known"},
    [REQUESTED] = {"dccp-request-timeout", 2 * MSL, "asked"},
    [RESPONDED] = {"dccp-respond-timeout", 4 * MSL, "answered"},
    [PARTOPEN] = {"dccp-partopen-timeout", 4 * MSL, "one side is open"},
    [OPEN] = {"dccp-open-timeout", 12 * 60 * 60 * SECONDS, "open and idle"},
    [CLOSE_ASKED] = {"dccp-close-req-timeout", 64 * SECONDS,
	"the server wants to close"},
    [CLOSING] = {"dccp-closing-timeout", 64 * SECONDS, "one side closed"},
    [TIME_WAIT] = {"dccp-time-wait-timeout", 2 * MSL, "reset"},
    {NULL},
};

struct flow {
	uint64_t seq[SL_DIRS]; /* last used; 48 bits, or as many as were sent */
	uint8_t seen[SL_DIRS]; /* seq is one */
	uint8_t client;	       /* enum sl_dir of who called */
	uint8_t picked;	       /* joined in the middle: 'client' is a guess */
};
SL_STATIC_ASSERT(sizeof(struct flow) <= SL_TRACK_PRIV_MAX, "private area");

/* What follows a packet of the client, and of the server. */
/* clang-format off */
#define NO NONE
#define RQ REQUESTED
#define RS RESPONDED
#define PO PARTOPEN
#define OP OPEN
#define CR CLOSE_ASKED
#define CG CLOSING
#define TW TIME_WAIT
#define BD BAD
#define PS PASS
static const uint8_t next_state[2][TYPES][STATES] = {
	{	/* client	NO  RQ  RS  PO  OP  CR  CG  TW */
		[REQUEST]   = {RQ, PS, PS, PS, PS, PS, PS, RQ},
		[RESPONSE]  = {BD, BD, BD, BD, BD, BD, BD, BD},
		[DATA]	    = {OP, BD, BD, PO, OP, CR, CG, PS},
		[ACK]	    = {OP, BD, PO, PO, OP, CR, CG, PS},
		[DATA_ACK]  = {OP, BD, PO, PO, OP, CR, CG, PS},
		[CLOSE_REQ] = {BD, BD, BD, BD, BD, BD, BD, BD},
		[CLOSE]	    = {BD, BD, BD, CG, CG, CG, CG, PS},
		[RESET]	    = {BD, TW, TW, TW, TW, TW, TW, PS},
		[SYNC]	    = {BD, BD, BD, PO, OP, CR, CG, PS},
		[SYNC_ACK]  = {BD, BD, BD, PO, OP, CR, CG, PS},
	},
	{	/* server	NO  RQ  RS  PO  OP  CR  CG  TW */
		[REQUEST]   = {BD, BD, BD, BD, BD, BD, BD, BD},
		[RESPONSE]  = {BD, RS, RS, PS, PS, PS, PS, PS},
		[DATA]	    = {BD, BD, BD, OP, OP, CR, CG, PS},
		[ACK]	    = {BD, BD, BD, OP, OP, CR, CG, PS},
		[DATA_ACK]  = {BD, BD, BD, OP, OP, CR, CG, PS},
		[CLOSE_REQ] = {BD, BD, BD, CR, CR, CR, PS, PS},
		[CLOSE]	    = {BD, BD, BD, CG, CG, CG, CG, PS},
		[RESET]	    = {BD, TW, TW, TW, TW, TW, TW, PS},
		[SYNC]	    = {BD, BD, BD, OP, OP, CR, CG, PS},
		[SYNC_ACK]  = {BD, BD, BD, OP, OP, CR, CG, PS},
	},
};
/* clang-format on */

static enum type
type_of(const uint8_t *dccp)
{
	return (enum type)(dccp[OFF_TYPE] >> 1 & 15);
}

#define SEQ_MASK 0xffffffffffffull

/* 48 bits, or the lower 24 of them (RFC 4340 §5.1: only data and Ack): then what
 * is nearest to the last. */
static uint64_t
seq_of(const uint8_t *dccp, uint64_t last)
{
	uint32_t low = sl_get_be32(dccp + OFF_TYPE) & 0xffffff;
	uint32_t ahead = (low - (uint32_t)last) & 0xffffff;

	if (dccp[OFF_TYPE] & 1)
		return (uint64_t)sl_get_be16(dccp + 10) << 32 |
		       sl_get_be32(dccp + 12);
	if (ahead < 1u << 23)
		return (last + ahead) & SEQ_MASK;
	return (last + ahead - (1u << 24)) & SEQ_MASK;
}

static enum sl_key
dccp_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *dccp = pkt->l4.data;
	uint32_t header;
	bool is_long;

	*reason = REASON_SHORT;
	if (pkt->l4.len < (pkt->quoted ? 4 : SHORT))
		return SL_KEY_INVALID;
	tuple->src_id = sl_raw_be16(dccp);
	tuple->dst_id = sl_raw_be16(dccp + 2);
	if (pkt->quoted)
		return SL_KEY_TUPLE;
	is_long = dccp[OFF_TYPE] & 1;
	header = dccp[OFF_OFFSET] * 4u;
	*reason = REASON_OFFSET;
	if (header < (is_long ? LONG : SHORT) || header > pkt->l4.len)
		return SL_KEY_INVALID;
	*reason = REASON_TYPE;
	if (type_of(dccp) >= TYPES ||
	    (!is_long && type_of(dccp) != DATA && type_of(dccp) != ACK &&
		type_of(dccp) != DATA_ACK))
		return SL_KEY_INVALID;
	return SL_KEY_TUPLE;
}

static enum sl_track_result
refuse(struct sl_track_out *out, enum reason reason)
{
	out->reason = (uint8_t)reason;
	return SL_TRACK_INVALID;
}

static enum sl_track_result
accept_into(struct sl_track_out *out, uint8_t state)
{
	out->state = out->timeout = state;
	return SL_TRACK_VALID;
}

static void
note_seq(struct flow *f, enum sl_dir dir, uint64_t seq)
{
	f->seq[dir] = seq;
	f->seen[dir] = 1;
}

static enum sl_track_result
dccp_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	const uint8_t *dccp = pkt->l4.data;
	struct flow *f = priv;
	uint8_t next = next_state[0][type_of(dccp)][NONE];

	if (next == BAD)
		return refuse(out, REASON_NOT_OPEN);
	if (next == OPEN && !ctx->loose)
		return refuse(out, REASON_NOT_LOOSE);
	if (dccp[OFF_TYPE] & 1) /* else its upper half is not known */
		note_seq(f, SL_ORIG, seq_of(dccp, 0));
	accept_into(out, next);
	if (next != OPEN)
		return SL_TRACK_VALID;
	f->picked = 1;
	out->timeout = CLOSING; /* until somebody answers */
	return SL_TRACK_VALID;
}

/* Within 65,536 of the last, either way. */
static bool
is_near(const struct flow *f, enum sl_dir dir, uint64_t seq)
{
	uint64_t apart = (seq - f->seq[dir] + 65536) & SEQ_MASK;

	return !f->seen[dir] || apart < 2 * 65536;
}

static enum sl_track_result
dccp_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	const uint8_t *dccp = pkt->l4.data;
	struct flow *f = priv;
	enum type type = type_of(dccp);
	uint64_t seq = seq_of(dccp, f->seq[dir]);
	uint8_t next;

	if (f->picked && type == CLOSE_REQ) { /* only servers ask */
		f->client = dir == SL_ORIG ? SL_REPLY : SL_ORIG;
		f->picked = 0;
	}
	next = next_state[dir != f->client][type][out->state];
	if (next == REQUESTED && out->state == TIME_WAIT)
		return SL_TRACK_RESTART;
	if (next == BAD)
		return refuse(out, REASON_STATE);
	if (next == PASS)
		return SL_TRACK_IGNORE;
	if (type == RESET && !is_near(f, dir, seq))
		return refuse(out, REASON_RESET);
	if ((dccp[OFF_TYPE] & 1) || f->seen[dir])
		note_seq(f, dir, seq);
	accept_into(out, next);
	out->assured = next == OPEN && ctx->seen_reply;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops dccp_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_DCCP,
    .families = 3,
    .priv_size = sizeof(struct flow),
    .name = "dccp",
    .layout =
	{
	    .src_off = 0,
	    .dst_off = 2,
	    .csum_off = OFF_CSUM,
	    .csum_flags = SL_CSUM_PSEUDO,
	    .min_len = SHORT,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .states = states,
    .key = dccp_key,
    .open = dccp_open,
    .update = dccp_update,
};

static const struct sl_tracker_ops *const trackers[] = {&dccp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "dccp",
    .version = "1.0",
    .summary = "DCCP: from Request to Reset",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
