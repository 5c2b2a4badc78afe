/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that consume something when they match, and the rule as a whole. */
#include <rule/match.h>

#include <base/clock.h>

/* RouterOS fills its buckets up every 10 ms. */
#define STEP_NS (10 * SL_NS_PER_MS)

/* What 'n' packets or bits cost, in 1/64 ns. */
static uint64_t
price(const struct sl_match *m, uint64_t n)
{
	unsigned __int128 p =
	    (unsigned __int128)m->limit.cost * n >> m->limit.shift;

	return (uint64_t)SL_MIN(p, SL_LIVE_MOST);
}

/* A GSO frame needs what one of its segments needs, and pays for all of them: as
 * a whole it might be dearer than a full bucket, and never pass. */
bool
sl_match_limit(const struct sl_match_ctx *ctx, const struct sl_match *m,
    struct sl_live *live)
{
	uint64_t now = ctx->pkt->now_ns;
	bool bits = m->limit.bits;

	return sl_live_take(&live->limit, now - now % STEP_NS,
	    price(m, bits ? ctx->size * 8ull : 1),
	    price(m, bits ? ctx->pkt->l3_len * 8ull : 1), m->limit.depth);
}

static bool
matches(
    struct sl_match_ctx *ctx, const struct sl_match *m, struct sl_live *live)
{
	switch (m->kind) {
	case SL_MATCH_CONN_STATE:
	case SL_MATCH_CONN_NAT_STATE:
	case SL_MATCH_CONN_MARK:
		return sl_match_conn(ctx, m);
	case SL_MATCH_TOS:
	case SL_MATCH_TCP_MSS:
	case SL_MATCH_OPTIONS4:
	case SL_MATCH_HEADERS6:
	case SL_MATCH_INGRESS_PRIORITY:
	case SL_MATCH_PRIORITY:
	case SL_MATCH_ROUTING_MARK:
	case SL_MATCH_REALM:
		return sl_match_header(ctx, m);
	case SL_MATCH_TLS_HOST:
	case SL_MATCH_CONTENT:
	case SL_MATCH_LAYER7:
		return sl_match_payload(ctx, m);
	case SL_MATCH_LIMIT:
		return sl_match_limit(ctx, m, live);
	case SL_MATCH_TIME:
	case SL_MATCH_CONN_BYTES:
	case SL_MATCH_CONN_LIMIT:
	case SL_MATCH_CONN_RATE:
	case SL_MATCH_CONN_TYPE:
	case SL_MATCH_RANDOM:
	case SL_MATCH_NTH:
	case SL_MATCH_PSD:
	case SL_MATCH_DST_LIMIT:
	case SL_MATCH_PCC:
		return sl_match_flow(ctx, m);
	default:
		return sl_match_packet(ctx, m);
	}
}

bool
sl_match_one(
    struct sl_match_ctx *ctx, const struct sl_match *m, struct sl_live *live)
{
	return matches(ctx, m, live) != m->negate;
}

bool
sl_match_rule(struct sl_match_ctx *ctx, const struct sl_rule *rule)
{
	const struct sl_match *m = rule->matches;

	for (unsigned i = 0; i < rule->n_matches; i++, m++)
		if (!sl_match_one(ctx, m, rule->live))
			return false;
	return true;
}
