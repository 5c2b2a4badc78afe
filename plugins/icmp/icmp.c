/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ICMP tracker (RFC 792): queries and their answers are connections; what
 * an error says about another packet is the engine's to find out.
 *
 * Ids of a query: source id is the query's identifier, destination id its type;
 * of an answer the other way round.  So an answer's tuple is the inverse of its
 * query's, two queries of different types never meet, and a translation changes
 * the identifier like a source port.
 */
#include <sluice/plugin.h>

#define IP_PROTO_ICMP 1

enum { OFF_ID = 4, OFF_CSUM = 2, HEADER = 8 };

enum type {
	ECHO_REPLY = 0,
	UNREACHABLE = 3,
	SOURCE_QUENCH = 4,
	REDIRECT = 5,
	ECHO = 8,
	TIME_EXCEEDED = 11,
	PARAMETER_PROBLEM = 12,
	TIMESTAMP = 13,
	TIMESTAMP_REPLY = 14,
	INFO = 15,
	INFO_REPLY = 16,
	MASK = 17,
	MASK_REPLY = 18,
};

enum reason {
	REASON_SHORT,
	REASON_TYPE,
	REASON_NO_QUERY,
	REASON_DIRECTION,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_TYPE] = "unknown-type",
    [REASON_NO_QUERY] = "reply-without-request",
    [REASON_DIRECTION] = "wrong-direction",
    NULL,
};

static const struct sl_timeout timeouts[] = {
    {"icmp-timeout", 10 * 1000, "query or answer seen"},
    {NULL},
};

static bool
is_query(uint8_t type)
{
	return type == ECHO || type == TIMESTAMP || type == INFO ||
	       type == MASK;
}

/* The query that 'type' answers, or 0, which is no query's type. */
static uint8_t
query_of(uint8_t type)
{
	switch (type) {
	case ECHO_REPLY:
		return ECHO;
	case TIMESTAMP_REPLY:
	case INFO_REPLY:
	case MASK_REPLY:
		return (uint8_t)(type - 1);
	default:
		return 0;
	}
}

static bool
is_error(uint8_t type)
{
	return type == UNREACHABLE || type == SOURCE_QUENCH ||
	       type == REDIRECT || type == TIME_EXCEEDED ||
	       type == PARAMETER_PROBLEM;
}

static sl_be16
type_id(uint8_t type)
{
	const uint8_t wire[2] = {0, type};

	return sl_raw_be16(wire);
}

static enum sl_key
icmp_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *icmp = pkt->l4.data;
	uint8_t query;

	if (pkt->l4.len < HEADER) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	if (is_error(icmp[0]))
		return SL_KEY_ERROR;
	query = query_of(icmp[0]);
	if (is_query(icmp[0])) {
		tuple->src_id = sl_raw_be16(icmp + OFF_ID);
		tuple->dst_id = type_id(icmp[0]);
	} else if (query) {
		tuple->src_id = type_id(query);
		tuple->dst_id = sl_raw_be16(icmp + OFF_ID);
	} else {
		*reason = REASON_TYPE;
		return SL_KEY_INVALID;
	}
	return SL_KEY_TUPLE;
}

static enum sl_track_result
icmp_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)priv;
	if (is_query(pkt->l4.data[0]))
		return SL_TRACK_VALID;
	out->reason = REASON_NO_QUERY;
	return SL_TRACK_INVALID;
}

static enum sl_track_result
icmp_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)priv;
	/* An identifier equal to its query's type makes a tuple that is its own
	 * inverse in the ids: a foreign query must not enter by it. */
	if (is_query(pkt->l4.data[0]) == (dir == SL_ORIG))
		return SL_TRACK_VALID;
	out->reason = REASON_DIRECTION;
	return SL_TRACK_INVALID;
}

static const struct sl_tracker_ops icmp_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_ICMP,
    .families = 1,
    .name = "icmp",
    .layout =
	{
	    .src_off = OFF_ID,
	    .dst_off = OFF_ID,
	    .csum_off = OFF_CSUM,
	    .min_len = HEADER,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = icmp_key,
    .open = icmp_open,
    .update = icmp_update,
};

static const struct sl_tracker_ops *const trackers[] = {&icmp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "icmp",
    .version = "1.0",
    .summary = "ICMP queries and their answers",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
