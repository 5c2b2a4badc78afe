/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that look at options, extension headers, marks and priorities. */
#include <rule/match.h>

#include <mirror/mirror.h>
#include <packet/header.h>

static uint8_t
tos_of(const struct sl_pkt *pkt)
{
	const uint8_t *l3 = sl_pkt_l3(pkt);

	if (pkt->family == SL_IPV4)
		return l3[1];
	return (uint8_t)(sl_get_be16(l3) >> 4);
}

/* Without the option there is nothing to compare: no match, negated or not. */
static bool
mss_is(const struct sl_match *m, const struct sl_pkt *pkt)
{
	uint32_t off = sl_header_mss_off(pkt), mss;

	if (!off)
		return m->negate;
	mss = sl_get_be16(pkt->data + off);
	return mss >= m->span.lo && mss <= m->span.hi;
}

static bool
options_are(const struct sl_match *m, const struct sl_pkt *pkt)
{
	bool have = (sl_header_ip4_options(pkt) & m->options.set) != 0;

	return have == m->options.yes;
}

/* Every packet ends in something: what it ends in counts in "exact" only if the
 * rule names an end. */
static bool
headers_are(const struct sl_match *m, const struct sl_pkt *pkt)
{
	const uint8_t ends = SL_HEADER_ESP | SL_HEADER_NONE | SL_HEADER_PROTO;
	uint8_t have = sl_header_ip6_kinds(pkt);

	if (!m->headers.exact)
		return (have & m->headers.set) == m->headers.set;
	if (!(m->headers.set & ends))
		have &= (uint8_t)~ends;
	return have == m->headers.set;
}

static bool
in_span(const struct sl_match *m, uint32_t value)
{
	return value >= m->span.lo && value <= m->span.hi;
}

/* Of the route to where the packet goes now. */
static bool
realm_is(const struct sl_match *m, const struct sl_match_ctx *ctx)
{
	const struct sl_pkt *pkt = ctx->pkt;
	struct sl_route route;

	sl_mirror_route_rcu(pkt->family,
	    pkt->routing_mark ? pkt->routing_mark : SL_TABLE_MAIN, &ctx->dst, 0,
	    &route);
	return in_span(m, route.realm);
}

bool
sl_match_header(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	const struct sl_pkt *pkt = ctx->pkt;

	switch (m->kind) {
	case SL_MATCH_TOS:
		return (tos_of(pkt) & m->tos.mask) == m->tos.value;
	case SL_MATCH_TCP_MSS:
		return mss_is(m, pkt);
	case SL_MATCH_OPTIONS4:
		return options_are(m, pkt);
	case SL_MATCH_HEADERS6:
		return headers_are(m, pkt);
	case SL_MATCH_INGRESS_PRIORITY:
		return in_span(m, pkt->ingress_priority);
	case SL_MATCH_PRIORITY:
		return in_span(m, pkt->priority);
	case SL_MATCH_ROUTING_MARK:
		return pkt->routing_mark == m->mark;
	default: /* SL_MATCH_REALM */
		return realm_is(m, ctx);
	}
}
