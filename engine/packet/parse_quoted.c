/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/parse.h>
#include <packet/parse_internal.h>

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

/* RFC 4884: an extended quote is padded to at least this; a smaller number in
 * the length byte is an old implementation's litter. */
#define EXTENDED_QUOTE_MIN 128

bool
sl_parse_is_icmp_error(const struct sl_pkt *pkt)
{
	uint8_t type;

	if ((pkt->flags & SL_PKT_LATER_FRAGMENT) || pkt->l4_len < 1)
		return false;
	type = sl_pkt_l4(pkt)[0];
	if (pkt->family == SL_IPV6) /* RFC 4443 2.1: errors have a 0 on top */
		return pkt->l4proto == IPPROTO_ICMPV6 && type < 128;
	if (pkt->family != SL_IPV4 || pkt->l4proto != IPPROTO_ICMP)
		return false;
	return type == ICMP_UNREACH || type == ICMP_SOURCEQUENCH ||
	       type == ICMP_REDIRECT || type == ICMP_TIMXCEED ||
	       type == ICMP_PARAMPROB;
}

/* What the length byte of RFC 4884 says, in bytes; 0 where there is none. */
static uint32_t
stated_quote_len(const struct sl_pkt *pkt, const uint8_t *icmp)
{
	if (pkt->family == SL_IPV6) {
		if (icmp[0] == ICMP6_DST_UNREACH ||
		    icmp[0] == ICMP6_TIME_EXCEEDED)
			return icmp[4] * 8u;
		return 0;
	}
	if (icmp[0] == ICMP_UNREACH || icmp[0] == ICMP_TIMXCEED ||
	    icmp[0] == ICMP_PARAMPROB)
		return icmp[5] * 4u;
	return 0;
}

uint32_t
sl_parse_quoted_len(const struct sl_pkt *pkt)
{
	uint32_t have, stated;

	if (pkt->l4_len < SL_ICMP_HDR)
		return 0;
	have = pkt->l4_len - SL_ICMP_HDR;
	stated = stated_quote_len(pkt, sl_pkt_l4(pkt));
	return stated >= EXTENDED_QUOTE_MIN && stated < have ? stated : have;
}

/* Where L4 starts and how long the quoted header says it is. */
static bool
read_ip4(const uint8_t *ip, uint32_t len, struct sl_quoted *q)
{
	uint32_t hlen, total;

	if (len < SL_IP4_HDR || ip[0] >> 4 != 4)
		return false;
	hlen = (ip[0] & 15u) * 4;
	total = sl_get_be16(ip + 2);
	if (hlen < SL_IP4_HDR || hlen > len || total < hlen)
		return false;
	if (sl_get_be16(ip + 6) & SL_FRAG_OFF4)
		return false;
	q->l4_off = hlen;
	q->l4_total = total - hlen;
	q->l4proto = ip[9];
	return true;
}

static bool
read_ip6(const uint8_t *ip, uint32_t len, struct sl_quoted *q)
{
	struct sl_ip6_chain chain;
	uint32_t total;

	if (len < SL_IP6_HDR || ip[0] >> 4 != 6)
		return false;
	total = SL_IP6_HDR + sl_get_be16(ip + 4);
	if (!sl_parse_ip6_chain(ip, SL_MIN(len, total), &chain))
		return false;
	if (chain.frag_word & SL_FRAG_OFF6)
		return false;
	q->l4_off = chain.l4_off;
	q->l4_total = total - chain.l4_off;
	q->l4proto = chain.l4proto;
	return true;
}

bool
sl_parse_quoted_ip(
    const uint8_t *ip, uint32_t len, uint8_t family, struct sl_quoted *q)
{
	q->family = family;
	if (!(family == SL_IPV4 ? read_ip4(ip, len, q) : read_ip6(ip, len, q)))
		return false;
	q->l4_have = SL_MIN(len - q->l4_off, q->l4_total);
	return q->l4_have >= 8 || q->l4_have == q->l4_total;
}

bool
sl_parse_quoted(const struct sl_pkt *pkt, struct sl_pkt_view *view,
    struct sl_tuple *tuple, uint32_t *off)
{
	const uint8_t *ip;
	struct sl_quoted q;

	if (!sl_parse_is_icmp_error(pkt) || pkt->l4_len < SL_ICMP_HDR)
		return false;
	*off = pkt->l4_off + SL_ICMP_HDR;
	ip = pkt->data + *off;
	if (!sl_parse_quoted_ip(ip, sl_parse_quoted_len(pkt), pkt->family, &q))
		return false;
	*view = (struct sl_pkt_view){
	    .size = sizeof(*view),
	    .family = q.family,
	    .l4proto = q.l4proto,
	    .quoted = 1,
	    .l3 = {ip, q.l4_off},
	    .l4 = {ip + q.l4_off, q.l4_have},
	    .l4_total = q.l4_total,
	    .now_ns = pkt->now_ns,
	};
	*tuple = (struct sl_tuple){.l4proto = q.l4proto, .family = q.family};
	if (q.family == SL_IPV4) {
		memcpy(tuple->src.u.b, ip + 12, 4);
		memcpy(tuple->dst.u.b, ip + 16, 4);
	} else {
		memcpy(tuple->src.u.b, ip + 8, 16);
		memcpy(tuple->dst.u.b, ip + 24, 16);
	}
	return true;
}
