/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/parse.h>
#include <packet/parse_internal.h>

#include <string.h>

#define PROTO_MOBILITY 135
#define PROTO_HIP      139
#define PROTO_SHIM6    140

/* True if 'proto' is a header with (length + 1) * 8 bytes that names the next;
 * fragment and AH are told apart by the caller. */
static inline bool
is_plain_extension(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

static inline bool
is_extension(uint8_t proto)
{
	return is_plain_extension(proto) || proto == IPPROTO_FRAGMENT ||
	       proto == IPPROTO_AH;
}

static inline uint8_t
kind_of(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_HOPOPTS:
		return SL_HEADER_HOP;
	case IPPROTO_DSTOPTS:
		return SL_HEADER_DST;
	case IPPROTO_ROUTING:
		return SL_HEADER_ROUTE;
	case IPPROTO_FRAGMENT:
		return SL_HEADER_FRAG;
	case IPPROTO_AH:
		return SL_HEADER_AH;
	default:
		return 0;
	}
}

/* Length of the extension header 'proto' at 'h', of which 8 bytes exist. */
static inline uint32_t
extension_len(uint8_t proto, const uint8_t *h)
{
	if (proto == IPPROTO_FRAGMENT)
		return SL_FRAG_HDR6;
	if (proto == IPPROTO_AH)
		return (h[1] + 2u) * 4;
	return (h[1] + 1u) * 8;
}

bool
sl_parse_ip6_chain(const uint8_t *ip, uint32_t len, struct sl_ip6_chain *chain)
{
	uint32_t off = SL_IP6_HDR, nh = 6, hlen;

	*chain = (struct sl_ip6_chain){.unfrag_end = off, .unfrag_nh = nh};
	for (; is_extension(ip[nh]); nh = off, off += hlen) {
		if (chain->headers++ == SL_EXT_HEADERS_MAX || len - off < 8)
			return false;
		hlen = extension_len(ip[nh], ip + off);
		if (hlen > len - off)
			return false;
		chain->kinds |= kind_of(ip[nh]);
		if (ip[nh] == IPPROTO_HOPOPTS || ip[nh] == IPPROTO_ROUTING) {
			chain->unfrag_end = off + hlen;
			chain->unfrag_nh = off;
		}
		if (ip[nh] != IPPROTO_FRAGMENT)
			continue;
		if (chain->frag_off)
			return false;
		chain->frag_off = off;
		chain->frag_nh = nh;
		chain->frag_word = sl_get_be16(ip + off + 2);
		memcpy(&chain->frag_id, ip + off + 4, 4);
		if (chain->frag_word & SL_FRAG_OFF6) {
			nh = off; /* the rest is data, whatever it is called */
			off += hlen;
			break;
		}
	}
	chain->l4_off = off;
	chain->l4proto = ip[nh];
	return true;
}

/* Shortest upper-layer header, all of which a first fragment must hold
 * (RFC 7112). */
static uint32_t
upper_header_len(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_NONE:
		return 0;
	case IPPROTO_TCP:
		return 20;
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return 12;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ESP:
		return 8;
	case IPPROTO_ICMPV6:
	case IPPROTO_GRE:
		return 4;
	default:
		return 1;
	}
}

static inline bool
is_v4_mapped(const uint8_t *a)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(a, prefix, sizeof(prefix)) == 0;
}

/* RFC 4291 2.5 and 2.7: what may stand in a packet on the wire. */
static inline bool
addresses_ok(const uint8_t *src, const uint8_t *dst)
{
	static const uint8_t loopback[16] = {[15] = 1};
	static const uint8_t unspecified[16];

	if (src[0] == 0xff)
		return false;
	if (src[0] == 0 &&
	    (memcmp(src, loopback, 16) == 0 || is_v4_mapped(src)))
		return false;
	if (dst[0] != 0)
		return true;
	return memcmp(dst, loopback, 16) != 0 &&
	       memcmp(dst, unspecified, 16) != 0 && !is_v4_mapped(dst);
}

static enum sl_verdict
parse_chain(struct sl_pkt *pkt)
{
	struct sl_ip6_chain chain;
	bool more, later;

	if (!sl_parse_ip6_chain(sl_pkt_l3(pkt), pkt->l3_len, &chain))
		return sl_drop(SL_DROP_EXT_HEADER);
	pkt->flags |= SL_PKT_IP_OPTIONS;
	pkt->l4_off = (uint16_t)(pkt->l3_off + chain.l4_off);
	pkt->l4_len = pkt->l3_len - chain.l4_off;
	pkt->l4proto = chain.l4proto;
	pkt->frag_id = chain.frag_id;
	more = chain.frag_word & SL_FRAG_MORE6;
	later = chain.frag_word & SL_FRAG_OFF6;
	if (!more && !later) /* no fragment, or an atomic one (RFC 6946) */
		return SL_GO;
	if (!later && pkt->l4_len < upper_header_len(pkt->l4proto))
		return sl_drop(SL_DROP_EXT_HEADER);
	if (!sl_parse_fragment(pkt, chain.frag_word & SL_FRAG_OFF6, more,
		pkt->l3_len - chain.frag_off - SL_FRAG_HDR6,
		chain.frag_off - SL_IP6_HDR))
		return sl_drop(SL_DROP_FRAG_LIE);
	return SL_GO;
}

enum sl_verdict
sl_parse_ip6(struct sl_pkt *pkt)
{
	const uint8_t *ip = sl_pkt_l3(pkt);
	uint32_t avail = pkt->len - pkt->l3_off;
	uint32_t payload;

	if (avail < SL_IP6_HDR)
		return sl_drop(SL_DROP_SHORT_IP);
	if (ip[0] >> 4 != 6)
		return sl_drop(SL_DROP_IP_VERSION);
	payload = sl_get_be16(ip + 4);
	if (payload == 0 && sl_parse_is_gso(pkt))
		payload = avail - SL_IP6_HDR;
	if (payload > avail - SL_IP6_HDR)
		return sl_drop(SL_DROP_SHORT_IP);
	if (!addresses_ok(ip + 8, ip + 24))
		return sl_drop(SL_DROP_IP_ADDRESS);
	pkt->family = SL_IPV6;
	pkt->l3_len = SL_IP6_HDR + payload;
	pkt->l4_off = (uint16_t)(pkt->l3_off + SL_IP6_HDR);
	pkt->l4_len = payload;
	pkt->l4proto = ip[6];
	pkt->ttl = ip[7];
	pkt->dscp = (uint8_t)((sl_get_be16(ip) >> 6) & 0x3f);
	if (!is_extension(pkt->l4proto))
		return SL_GO;
	return parse_chain(pkt);
}
