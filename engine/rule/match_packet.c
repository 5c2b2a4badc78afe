/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that look at the packet, its ports and its addresses. */
#include <rule/match.h>

#include <mirror/mirror.h>
#include <rule/addrlist.h>

#include <string.h>

bool
sl_match_has_ids(const struct sl_pkt *pkt)
{
	switch (pkt->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return !(pkt->flags & SL_PKT_LATER_FRAGMENT) &&
		       pkt->l4_len >= 4;
	default:
		return false;
	}
}

/* A GSO frame stands for packets of gso_size; rules see one of those. */
static uint32_t
segment_size(const struct sl_pkt *pkt)
{
	const struct sl_offload *o = &pkt->offload;

	if (!o->gso_type || !o->gso_size || o->hdr_len <= pkt->l3_off)
		return pkt->l3_len;
	return SL_MIN(
	    pkt->l3_len, (uint32_t)o->hdr_len - pkt->l3_off + o->gso_size);
}

void
sl_match_init(struct sl_match_ctx *ctx, struct sl_pkt *pkt)
{
	const uint8_t *l4 = sl_pkt_l4(pkt);

	ctx->pkt = pkt;
	sl_pkt_addrs(pkt, &ctx->src, &ctx->dst);
	ctx->has_l4 = !(pkt->flags & SL_PKT_LATER_FRAGMENT);
	ctx->has_ids = sl_match_has_ids(pkt);
	ctx->src_id = ctx->has_ids ? sl_get_be16(l4) : 0;
	ctx->dst_id = ctx->has_ids ? sl_get_be16(l4 + 2) : 0;
	ctx->src_type = ctx->dst_type = 0;
	ctx->size = segment_size(pkt);
}

static bool
addr_is_between(
    const struct sl_match *m, uint8_t family, const struct sl_addr *addr)
{
	uint32_t lo, a, hi;

	if (family == SL_IPV6)
		return memcmp(addr, &m->addr.min, sizeof(*addr)) >= 0 &&
		       memcmp(addr, &m->addr.max, sizeof(*addr)) <= 0;
	a = ntohl(addr->u.w[0]);
	lo = ntohl(m->addr.min.u.w[0]);
	hi = ntohl(m->addr.max.u.w[0]);
	return a >= lo && a <= hi;
}

static bool
spans_have(const struct sl_match *m, uint16_t id)
{
	unsigned lo = 0, hi = m->n_spans;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (m->spans[mid].hi < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->n_spans && m->spans[lo].lo <= id;
}

static bool
ports_have(const struct sl_match *m, uint16_t port)
{
	return port < SL_PORTS_MAX &&
	       (m->ports[port / 64] >> (port % 64) & 1) != 0;
}

static bool
type_is(const struct sl_match *m, uint8_t family, const struct sl_addr *addr,
    uint32_t *known)
{
	enum sl_route_type type;

	if (!*known) {
		type = sl_mirror_addr_type_rcu(family, addr);
		/* An address without a route is still somebody's: as Linux's
		 * addrtype has it, unicast is what no table calls otherwise. */
		if (type == SL_ROUTE_NONE)
			type = SL_ROUTE_UNICAST;
		*known = 1u << type;
	}
	return (m->set & *known) != 0;
}

static bool
in_span(const struct sl_match *m, uint32_t value)
{
	return value >= m->span.lo && value <= m->span.hi;
}

/* TTL and DSCP as they stand now: earlier stages may have changed them. */
static uint8_t
ttl_of(const struct sl_pkt *pkt)
{
	return sl_pkt_l3(pkt)[pkt->family == SL_IPV4 ? 8 : 7];
}

static uint8_t
dscp_of(const struct sl_pkt *pkt)
{
	const uint8_t *l3 = sl_pkt_l3(pkt);

	if (pkt->family == SL_IPV4)
		return l3[1] >> 2;
	return (uint8_t)(sl_get_be16(l3) >> 6 & 0x3f);
}

/*
 * Matchers on a header that this packet does not have (a later fragment, a
 * packet of the router's own) fail, negated or not: hence "m->negate" below.
 */
static bool
mac_is(const struct sl_match *m, const struct sl_pkt *pkt)
{
	if (pkt->in_port == SL_PORT_NONE || (pkt->flags & SL_PKT_FROM_HOST))
		return m->negate;
	return memcmp(pkt->data + 6, m->mac, 6) == 0;
}

static bool
tcp_flags_are(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	const struct sl_pkt *pkt = ctx->pkt;
	uint8_t flags;

	if (!ctx->has_l4 || pkt->l4proto != IPPROTO_TCP || pkt->l4_len < 14)
		return m->negate;
	flags = sl_pkt_l4(pkt)[13];
	return (flags & m->tcp_flags.set) == m->tcp_flags.set &&
	       (flags & m->tcp_flags.clear) == 0;
}

static bool
icmp_is(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	const struct sl_pkt *pkt = ctx->pkt;
	const uint8_t *l4 = sl_pkt_l4(pkt);

	if (!ctx->has_l4 || pkt->l4_len < 2 ||
	    pkt->l4proto !=
		(pkt->family == SL_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return m->negate;
	return l4[0] == m->icmp.type && l4[1] >= m->icmp.code_lo &&
	       l4[1] <= m->icmp.code_hi;
}

static bool
ids_are(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	if (!ctx->has_ids)
		return m->negate;
	switch (m->kind) {
	case SL_MATCH_SRC_ID:
		return spans_have(m, ctx->src_id);
	case SL_MATCH_DST_ID:
		return spans_have(m, ctx->dst_id);
	default:
		return spans_have(m, ctx->src_id) || spans_have(m, ctx->dst_id);
	}
}

bool
sl_match_packet(struct sl_match_ctx *ctx, const struct sl_match *m)
{ /* straight-line: one row a matcher */
	const struct sl_pkt *pkt = ctx->pkt;

	switch (m->kind) {
	case SL_MATCH_SRC_MAC:
		return mac_is(m, pkt);
	case SL_MATCH_IN_PORT:
	case SL_MATCH_IN_LIST:
		return ports_have(m, pkt->in_port);
	case SL_MATCH_OUT_PORT:
	case SL_MATCH_OUT_LIST:
		return ports_have(m, pkt->out_port);
	case SL_MATCH_SRC_ADDR:
		return addr_is_between(m, pkt->family, &ctx->src);
	case SL_MATCH_DST_ADDR:
		return addr_is_between(m, pkt->family, &ctx->dst);
	case SL_MATCH_PROTOCOL:
		return in_span(m, pkt->l4proto);
	case SL_MATCH_FRAGMENT:
		return ctx->has_l4 != m->yes;
	case SL_MATCH_SRC_TYPE:
		return type_is(m, pkt->family, &ctx->src, &ctx->src_type);
	case SL_MATCH_DST_TYPE:
		return type_is(m, pkt->family, &ctx->dst, &ctx->dst_type);
	case SL_MATCH_SRC_LIST:
		return sl_addrlist_has_rcu(
		    m->list.list, &ctx->src, pkt->now_ns);
	case SL_MATCH_DST_LIST:
		return sl_addrlist_has_rcu(
		    m->list.list, &ctx->dst, pkt->now_ns);
	case SL_MATCH_TTL:
		return in_span(m, ttl_of(pkt));
	case SL_MATCH_DSCP:
		return in_span(m, dscp_of(pkt));
	case SL_MATCH_PACKET_SIZE:
		return in_span(m, ctx->size);
	case SL_MATCH_DST_ID:
	case SL_MATCH_SRC_ID:
	case SL_MATCH_ANY_ID:
		return ids_are(ctx, m);
	case SL_MATCH_TCP_FLAGS:
		return tcp_flags_are(ctx, m);
	case SL_MATCH_ICMP:
		return icmp_is(ctx, m);
	case SL_MATCH_PACKET_MARK:
		return pkt->packet_mark == m->mark;
	default: /* SL_MATCH_NEVER */
		return false;
	}
}
