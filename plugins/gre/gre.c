/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GRE tracker (RFC 2784, 2890, 2637): flows and streams as of UDP.
 *
 * Version 0: a tunnel is its two addresses and its key.  The key stands folded in
 * both ids, so that tunnels of different keys are connections of their own; a
 * tunnel with a key for each direction is two connections, one a direction.
 *
 * Version 1 carries PPTP.  A packet names the receiver's call only; which two calls
 * are one tunnel was agreed on the control connection, and the pptp helper says so.
 * Without it each direction is a connection by itself.
 */
#include <sluice/plugin.h>

#define IP_PROTO_GRE 47
#define PROTO_PPP    0x880b

enum {
	OFF_FLAGS = 0,
	OFF_VERSION = 1,
	OFF_PROTO = 2,
	OFF_PAYLOAD_LEN = 4, /* version 1 */
	OFF_CALL = 6,	     /* version 1 */
	SHORT = 4,	     /* version 0 without options */
	SHORT_1 = 8,
};

/* First byte. */
enum {
	HAS_CSUM = 0x80, /* four bytes */
	HAS_ROUTE = 0x40,
	HAS_KEY = 0x20,
	HAS_SEQ = 0x10,
	RESERVED_1 = 0x0f, /* version 1: strict route, recursion */
};

/* Second byte. */
enum {
	HAS_ACK = 0x80,	     /* version 1 */
	RESERVED_2_1 = 0x78, /* version 1 */
	VERSION = 0x07
};

enum reason {
	REASON_SHORT,
	REASON_VERSION,
	REASON_ROUTED,
	REASON_FLAGS,
	REASON_PROTO,
	REASON_PAYLOAD,
	REASON_MIXED,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_VERSION] = "bad-version",
    [REASON_ROUTED] = "source-routed",
    [REASON_FLAGS] = "bad-flags",
    [REASON_PROTO] = "not-ppp",
    [REASON_PAYLOAD] = "bad-payload-length",
    [REASON_MIXED] = "other-version",
    NULL,
};

enum timeout {
	TIME_SINGLE,
	TIME_STREAM,
	TIME_CALL,
};

static const struct sl_timeout timeouts[] = {
    [TIME_SINGLE] = {"gre-timeout", 30 * 1000, "packets seen in one direction"},
    [TIME_STREAM] = {"gre-stream-timeout", 3 * 60 * 1000,
	"packets seen in both directions"},
    /* it ends with its control connection, and need not speak till then */
    [TIME_CALL] = {"gre-call-timeout", 5 * 60 * 60 * 1000,
	"packets of a PPTP call seen in both directions"},
    {NULL},
};

struct flow {
	uint8_t engines[4]; /* SL_L4_RECEIVER_ID: not ours */
	uint8_t version;
};

static enum sl_key
refuse_key(uint8_t *reason, enum reason why)
{
	*reason = (uint8_t)why;
	return SL_KEY_INVALID;
}

static uint32_t
header_len(const uint8_t *gre)
{
	uint32_t len = SHORT;

	if (gre[OFF_FLAGS] & HAS_CSUM)
		len += 4;
	if (gre[OFF_FLAGS] & HAS_KEY)
		len += 4;
	if (gre[OFF_FLAGS] & HAS_SEQ)
		len += 4;
	if ((gre[OFF_VERSION] & VERSION) == 1 && (gre[OFF_VERSION] & HAS_ACK))
		len += 4;
	return len;
}

/* A key in 16 bits, never 0: that is no key.  Keys below 65535 stay apart. */
static sl_be16
fold_key(const uint8_t *key)
{
	uint32_t id = sl_get_be32(key) % 0xffff + 1;
	const uint8_t raw[2] = {(uint8_t)(id >> 8), (uint8_t)id};

	return sl_raw_be16(raw);
}

static enum sl_key
key_of_0(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *gre = pkt->l4.data;
	uint32_t at = gre[OFF_FLAGS] & HAS_CSUM ? 8 : 4;

	if (gre[OFF_FLAGS] & HAS_ROUTE) /* its way is the sender's choice */
		return refuse_key(reason, REASON_ROUTED);
	if (!pkt->quoted && pkt->l4.len < header_len(gre))
		return refuse_key(reason, REASON_SHORT);
	if (!(gre[OFF_FLAGS] & HAS_KEY))
		return SL_KEY_TUPLE;
	if (pkt->l4.len < at + 4) /* an error that quotes only eight bytes */
		return refuse_key(reason, REASON_SHORT);
	tuple->src_id = tuple->dst_id = fold_key(gre + at);
	return SL_KEY_TUPLE;
}

static enum sl_key
key_of_1(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *gre = pkt->l4.data;
	uint32_t header = header_len(gre);

	if (!(gre[OFF_FLAGS] & HAS_KEY) ||
	    (gre[OFF_FLAGS] & (HAS_CSUM | HAS_ROUTE | RESERVED_1)) ||
	    (gre[OFF_VERSION] & RESERVED_2_1))
		return refuse_key(reason, REASON_FLAGS);
	if (sl_get_be16(gre + OFF_PROTO) != PROTO_PPP)
		return refuse_key(reason, REASON_PROTO);
	if (pkt->l4.len < (pkt->quoted ? SHORT_1 : header))
		return refuse_key(reason, REASON_SHORT);
	if (!pkt->quoted &&
	    sl_get_be16(gre + OFF_PAYLOAD_LEN) > pkt->l4.len - header)
		return refuse_key(reason, REASON_PAYLOAD);
	tuple->src_id = 0;
	tuple->dst_id = sl_raw_be16(gre + OFF_CALL);
	return SL_KEY_TUPLE;
}

static enum sl_key
gre_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	if (pkt->l4.len < SHORT)
		return refuse_key(reason, REASON_SHORT);
	switch (pkt->l4.data[OFF_VERSION] & VERSION) {
	case 0:
		return key_of_0(pkt, tuple, reason);
	case 1:
		return key_of_1(pkt, tuple, reason);
	default:
		return refuse_key(reason, REASON_VERSION);
	}
}

static enum sl_track_result
gre_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	struct flow *f = priv;

	(void)ctx;
	f->version = pkt->l4.data[OFF_VERSION] & VERSION;
	out->timeout = TIME_SINGLE;
	return SL_TRACK_VALID;
}

static enum sl_track_result
gre_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	const struct flow *f = priv;
	bool both = ctx->seen_reply || dir == SL_REPLY;

	/* a tunnel without a key, and call 0 */
	if ((pkt->l4.data[OFF_VERSION] & VERSION) != f->version) {
		out->reason = REASON_MIXED;
		return SL_TRACK_INVALID;
	}
	if (!both)
		out->timeout = TIME_SINGLE;
	else
		out->timeout = f->version == 1 ? TIME_CALL : TIME_STREAM;
	out->assured = ctx->seen_reply != 0;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops gre_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_GRE,
    .families = 3,
    .priv_size = sizeof(struct flow),
    .name = "gre",
    .layout =
	{
	    .src_off = SL_NONE,
	    .dst_off = OFF_CALL,
	    .csum_off = SL_NONE,
	    .min_len = SHORT,
	    .flags = SL_L4_RECEIVER_ID,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = gre_key,
    .open = gre_open,
    .update = gre_update,
};

static const struct sl_tracker_ops *const trackers[] = {&gre_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "gre",
    .version = "1.0",
    .summary = "GRE: tunnels by key, PPTP's by call",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
