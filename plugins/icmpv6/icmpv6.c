/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ICMPv6 tracker (RFC 4443).  Queries are keyed as in the ICMP tracker.
 * What a link needs to work (neighbour discovery, multicast listeners) has no
 * connection and is never invalid, provided it has not crossed a router.
 */
#include <sluice/plugin.h>

#define IP_PROTO_ICMPV6 58

enum {
	OFF_CSUM = 2,
	OFF_ID = 4,
	HEADER = 8,
	IP6_HEADER = 40,
	IP6_OFF_HOPS = 7,
	HOPS_ON_LINK = 255
};

enum type {
	UNREACHABLE = 1,
	PARAMETER_PROBLEM = 4,
	ECHO = 128,
	ECHO_REPLY = 129,
	NODE_QUERY = 139,
	NODE_REPLY = 140,
};

enum reason {
	REASON_SHORT,
	REASON_TYPE,
	REASON_NO_QUERY,
	REASON_DIRECTION,
	REASON_OFF_LINK,
};

static const char *const reasons[] = {
    [REASON_SHORT] = "short-header",
    [REASON_TYPE] = "unknown-type",
    [REASON_NO_QUERY] = "reply-without-request",
    [REASON_DIRECTION] = "wrong-direction",
    [REASON_OFF_LINK] = "discovery-off-link",
    NULL,
};

static const struct sl_timeout timeouts[] = {
    {"icmp-timeout", 10 * 1000, "query or answer seen"},
    {NULL},
};

static bool
is_query(uint8_t type)
{
	return type == ECHO || type == NODE_QUERY;
}

static bool
is_answer(uint8_t type)
{
	return type == ECHO_REPLY || type == NODE_REPLY;
}

/* Types that are valid only with hop limit 255: neighbour discovery (RFC 4861),
 * its inverse (RFC 3122) and its certification paths (RFC 3971). */
static bool
is_discovery(uint8_t type)
{
	return (type >= 133 && type <= 137) || type == 141 || type == 142 ||
	       type == 148 || type == 149;
}

/* Types without a connection: multicast listeners (130-132, 143), router
 * renumbering (138), mobile IPv6 (144-147, 154), multicast routers (151-153),
 * RPL (155), duplicate address detection across links (157, 158). */
static bool
is_stateless(uint8_t type)
{
	return (type >= 130 && type <= 132) || type == 138 ||
	       (type >= 143 && type <= 147) || (type >= 151 && type <= 155) ||
	       type == 157 || type == 158;
}

static bool
is_on_link(const struct sl_pkt_view *pkt)
{
	return pkt->l3.len >= IP6_HEADER &&
	       pkt->l3.data[IP6_OFF_HOPS] == HOPS_ON_LINK;
}

static sl_be16
type_id(uint8_t type)
{
	const uint8_t wire[2] = {0, type};

	return sl_raw_be16(wire);
}

static enum sl_key
classify_other(const struct sl_pkt_view *pkt, uint8_t type, uint8_t *reason)
{
	if (type >= UNREACHABLE && type <= PARAMETER_PROBLEM)
		return SL_KEY_ERROR;
	if (is_stateless(type))
		return SL_KEY_UNTRACKED;
	*reason = REASON_TYPE;
	if (is_discovery(type)) {
		if (is_on_link(pkt))
			return SL_KEY_UNTRACKED;
		*reason = REASON_OFF_LINK;
	}
	return SL_KEY_INVALID;
}

static enum sl_key
icmpv6_key(
    const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	const uint8_t *icmp = pkt->l4.data;

	if (pkt->l4.len < HEADER) {
		*reason = REASON_SHORT;
		return SL_KEY_INVALID;
	}
	if (is_query(icmp[0])) {
		tuple->src_id = sl_raw_be16(icmp + OFF_ID);
		tuple->dst_id = type_id(icmp[0]);
		return SL_KEY_TUPLE;
	}
	if (is_answer(icmp[0])) {
		tuple->src_id = type_id(
		    (uint8_t)(icmp[0] == ECHO_REPLY ? ECHO : NODE_QUERY));
		tuple->dst_id = sl_raw_be16(icmp + OFF_ID);
		return SL_KEY_TUPLE;
	}
	return classify_other(pkt, icmp[0], reason);
}

static enum sl_track_result
icmpv6_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
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
icmpv6_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)priv;
	/* see the ICMP tracker */
	if (is_query(pkt->l4.data[0]) == (dir == SL_ORIG))
		return SL_TRACK_VALID;
	out->reason = REASON_DIRECTION;
	return SL_TRACK_INVALID;
}

static const struct sl_tracker_ops icmpv6_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .l4proto = IP_PROTO_ICMPV6,
    .families = 2,
    .name = "icmpv6",
    .layout =
	{
	    .src_off = OFF_ID,
	    .dst_off = OFF_ID,
	    .csum_off = OFF_CSUM,
	    .csum_flags = SL_CSUM_PSEUDO,
	    .min_len = HEADER,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = icmpv6_key,
    .open = icmpv6_open,
    .update = icmpv6_update,
};

static const struct sl_tracker_ops *const trackers[] = {&icmpv6_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "icmpv6",
    .version = "1.0",
    .summary = "ICMPv6 queries and their answers",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
