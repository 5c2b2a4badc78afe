/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tracker to copy: an invented transport protocol with ports.
 *
 *	 0             2             4      5      6             8
 *	 | source port | destination | kind | zero | checksum    | data...
 *
 * A connection begins with HELLO, goes on with DATA both ways and ends with BYE.
 * The checksum is the Internet's, over pseudo-header, header and data.
 */
#include <sluice/plugin.h>

#define IP_PROTO_SKELETON 253 /* for experiments, RFC 3692 */

enum { OFF_KIND = 4, OFF_CSUM = 6, HEADER = 8 };

enum kind { KIND_HELLO, KIND_DATA, KIND_BYE };

enum reason {
	REASON_SHORT,
	REASON_CSUM,
	REASON_KIND,
	REASON_NOT_OPEN,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_CSUM] = "bad-checksum",
    [REASON_KIND] = "unknown-kind",
    [REASON_NOT_OPEN] = "not-open",
    NULL,
};

enum timeout {
	TIME_OPENING,
	TIME_OPEN,
	TIME_CLOSED,
};

static const struct sl_timeout timeouts[] = {
    [TIME_OPENING] = {"skeleton-opening", 10 * 1000, "nobody answered so far"},
    [TIME_OPEN] = {"skeleton-open", 60 * 60 * 1000, "both sides have spoken"},
    [TIME_CLOSED] = {"skeleton-closed", 10 * 1000, "one said BYE"},
    {NULL},
};

/* What is remembered of one connection. */
struct skeleton {
	bool is_closed;
};

/* Names the connection: addresses are there already. */
static enum sl_key
skeleton_key(
    const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *p = pkt->l4.data;

	if (pkt->l4.len < HEADER) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	tuple->src_id = sl_raw_be16(p);
	tuple->dst_id = sl_raw_be16(p + 2);
	return SL_KEY_TUPLE;
}

/* True if the packet may belong to a connection at all. */
static bool
is_sound(const struct sl_pkt_view *pkt, struct sl_track_out *out)
{
	if (!pkt->csum_ok) {
		out->reason = REASON_CSUM;
		return false;
	}
	if (pkt->l4.data[OFF_KIND] > KIND_BYE) {
		out->reason = REASON_KIND;
		return false;
	}
	return true;
}

static enum sl_track_result
skeleton_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	(void)priv; /* zeroed: not closed */
	if (!is_sound(pkt, out))
		return SL_TRACK_INVALID;
	if (pkt->l4.data[OFF_KIND] != KIND_HELLO && !ctx->loose) {
		out->reason = REASON_NOT_OPEN;
		return SL_TRACK_INVALID;
	}
	out->timeout = TIME_OPENING;
	return SL_TRACK_VALID;
}

static enum sl_track_result
skeleton_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	struct skeleton *s = priv;
	bool both = ctx->seen_reply || dir == SL_REPLY;

	if (!is_sound(pkt, out))
		return SL_TRACK_INVALID;
	if (s->is_closed && pkt->l4.data[OFF_KIND] == KIND_HELLO &&
	    dir == SL_ORIG)
		return SL_TRACK_RESTART;
	if (pkt->l4.data[OFF_KIND] == KIND_BYE)
		s->is_closed = true;
	out->timeout = s->is_closed ? TIME_CLOSED
		       : both	    ? TIME_OPEN
				    : TIME_OPENING;
	out->assured = both;
	out->fast_ok = both && !s->is_closed;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops skeleton_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_SKELETON,
    .families = 3,
    .priv_size = sizeof(struct skeleton),
    .name = "skeleton",
    .layout =
	{
	    .src_off = 0,
	    .dst_off = 2,
	    .csum_off = OFF_CSUM,
	    .csum_flags = SL_CSUM_PSEUDO,
	    .slow_off = OFF_KIND, /* BYE must be seen by update() */
	    .slow_mask = KIND_BYE,
	    .min_len = HEADER,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = skeleton_key,
    .open = skeleton_open,
    .update = skeleton_update,
};

static const struct sl_tracker_ops *const trackers[] = {&skeleton_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "skeleton",
    .version = "1.0",
    .summary = "an invented protocol, to copy from",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
