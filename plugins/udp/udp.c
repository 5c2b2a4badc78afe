/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The UDP tracker (RFC 768).  A flow is a stream once both sides have spoken,
 * and assured when it goes on after that: a single question with its answer
 * gives way when the table is full.
 */
#include <sluice/plugin.h>

#define IP_PROTO_UDP 17

enum { OFF_LEN = 4, OFF_CSUM = 6, HEADER = 8 };

enum reason {
	REASON_SHORT,
	REASON_LENGTH,
	REASON_NO_CSUM,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_LENGTH] = "bad-length",
    [REASON_NO_CSUM] = "checksum-missing",
    NULL,
};

enum timeout {
	TIME_SINGLE,
	TIME_STREAM,
};

static const struct sl_timeout timeouts[] = {
    [TIME_SINGLE] = {"udp-timeout", 10 * 1000, "packets seen in one direction"},
    [TIME_STREAM] = {"udp-stream-timeout", 3 * 60 * 1000,
	"packets seen in both directions"},
    {NULL},
};

static enum sl_key
udp_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *udp = pkt->l4.data;
	uint16_t len;

	if (pkt->l4.len < HEADER) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	tuple->src_id = sl_raw_be16(udp);
	tuple->dst_id = sl_raw_be16(udp + 2);
	if (pkt->quoted)
		return SL_KEY_TUPLE;
	len = sl_get_be16(udp + OFF_LEN);
	if (len < HEADER || len > pkt->l4.len) {
		*reason = REASON_LENGTH;
		return SL_KEY_INVALID;
	}
	/* "No checksum" exists only in IPv4 (RFC 8200 §8.1). */
	if (pkt->family == SL_IPV6 && !sl_raw_be16(udp + OFF_CSUM)) {
		*reason = REASON_NO_CSUM;
		return SL_KEY_INVALID;
	}
	return SL_KEY_TUPLE;
}

static enum sl_track_result
udp_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)priv;
	out->timeout = TIME_SINGLE;
	return SL_TRACK_VALID;
}

static enum sl_track_result
udp_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	bool both = ctx->seen_reply || dir == SL_REPLY;

	(void)pkt;
	(void)priv;
	out->timeout = both ? TIME_STREAM : TIME_SINGLE;
	out->assured = ctx->seen_reply != 0;
	out->fast_ok = both;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops udp_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_UDP,
    .families = 3,
    .name = "udp",
    .layout =
	{
	    .src_off = 0,
	    .dst_off = 2,
	    .csum_off = OFF_CSUM,
	    .csum_flags = SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE,
	    .min_len = HEADER,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = udp_key,
    .open = udp_open,
    .update = udp_update,
};

static const struct sl_tracker_ops *const trackers[] = {&udp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "udp",
    .version = "1.0",
    .summary = "UDP: one-way flows and streams",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
