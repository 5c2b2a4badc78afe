/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The UDP-Lite tracker (RFC 3828): flows and streams as of UDP, with whose
 * timeouts they live.
 */
#include <sluice/plugin.h>

#define IP_PROTO_UDPLITE 136

enum { OFF_COVERAGE = 4, OFF_CSUM = 6, HEADER = 8 };

enum reason {
	REASON_SHORT,
	REASON_COVERAGE,
	REASON_NO_CSUM,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_COVERAGE] = "bad-coverage",
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
udplite_key(
    const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *udp = pkt->l4.data;
	uint16_t coverage;

	if (pkt->l4.len < HEADER) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	tuple->src_id = sl_raw_be16(udp);
	tuple->dst_id = sl_raw_be16(udp + 2);
	if (pkt->quoted)
		return SL_KEY_TUPLE;
	coverage = sl_get_be16(udp + OFF_COVERAGE); /* 0: all of it */
	if ((coverage && coverage < HEADER) || coverage > pkt->l4.len) {
		*reason = REASON_COVERAGE;
		return SL_KEY_INVALID;
	}
	if (!sl_raw_be16(udp + OFF_CSUM)) { /* RFC 3828 §3.1 */
		*reason = REASON_NO_CSUM;
		return SL_KEY_INVALID;
	}
	return SL_KEY_TUPLE;
}

static enum sl_track_result
udplite_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)priv;
	out->timeout = TIME_SINGLE;
	return SL_TRACK_VALID;
}

static enum sl_track_result
udplite_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	bool both = ctx->seen_reply || dir == SL_REPLY;

	(void)pkt;
	(void)priv;
	out->timeout = both ? TIME_STREAM : TIME_SINGLE;
	out->assured = ctx->seen_reply != 0;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops udplite_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_UDPLITE,
    .families = 3,
    .name = "udp-lite",
    .layout =
	{
	    .src_off = 0,
	    .dst_off = 2,
	    .csum_off = OFF_CSUM,
	    .csum_flags = SL_CSUM_PSEUDO,
	    .min_len = HEADER,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = udplite_key,
    .open = udplite_open,
    .update = udplite_update,
};

static const struct sl_tracker_ops *const trackers[] = {&udplite_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "udplite",
    .version = "1.0",
    .summary = "UDP-Lite: one-way flows and streams",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
