/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/csum.h>
#include <packet/parse_internal.h>

#include <string.h>

bool
sl_parse_ip4_options(const uint8_t *opt, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && opt[i] != 0) {
		if (opt[i] == 1) {
			i++;
			continue;
		}
		if (len - i < 2 || opt[i + 1] < 2 || opt[i + 1] > len - i)
			return false;
		i += opt[i + 1];
	}
	return true;
}

/* A header is 5 to 15 words: too short for the setup of sl_csum_add(). */
static inline bool
header_csum_ok(const uint8_t *ip, uint32_t hlen)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < hlen; i += 4) {
		uint32_t word;

		memcpy(&word, ip + i, sizeof(word));
		sum += word;
	}
	return sl_csum_fold(sum) == 0xffff;
}

/* RFC 1122 3.2.1.3: what may stand in a packet on the wire. */
static inline bool
addresses_ok(const uint8_t *ip)
{
	uint32_t src = sl_get_be32(ip + 12), dst = sl_get_be32(ip + 16);

	if ((src >> 28) == 0xe || src == 0xffffffff)
		return false;
	if ((src >> 24) == 127 || (dst >> 24) == 127)
		return false;
	if ((src >> 24) == 0 && src != 0) /* 0.0.0.0 asks for an address */
		return false;
	return (dst >> 24) != 0;
}

static enum sl_verdict
check_header(const struct sl_pkt *pkt, uint32_t *hlen, uint32_t *total)
{
	const uint8_t *ip = sl_pkt_l3(pkt);
	uint32_t avail = pkt->len - pkt->l3_off;

	if (avail < SL_IP4_HDR)
		return sl_drop(SL_DROP_SHORT_IP);
	if (ip[0] >> 4 != 4)
		return sl_drop(SL_DROP_IP_VERSION);
	*hlen = (ip[0] & 15u) * 4;
	if (*hlen < SL_IP4_HDR)
		return sl_drop(SL_DROP_IP_HEADER);
	if (*hlen > avail)
		return sl_drop(SL_DROP_SHORT_IP);
	if (!header_csum_ok(ip, *hlen))
		return sl_drop(SL_DROP_IP_CSUM);
	*total = sl_get_be16(ip + 2);
	if (*total == 0 && sl_parse_is_gso(pkt))
		*total = avail;
	if (*total > avail)
		return sl_drop(SL_DROP_SHORT_IP);
	if (*total < *hlen)
		return sl_drop(SL_DROP_IP_HEADER);
	return SL_GO;
}

enum sl_verdict
sl_parse_ip4(struct sl_pkt *pkt)
{
	const uint8_t *ip = sl_pkt_l3(pkt);
	uint32_t hlen, total;
	uint16_t frag;

	if (check_header(pkt, &hlen, &total) != SL_GO)
		return SL_DROP;
	if (!addresses_ok(ip))
		return sl_drop(SL_DROP_IP_ADDRESS);
	pkt->family = SL_IPV4;
	pkt->l3_len = total;
	pkt->l4_off = (uint16_t)(pkt->l3_off + hlen);
	pkt->l4_len = total - hlen;
	pkt->l4proto = ip[9];
	pkt->ttl = ip[8];
	pkt->dscp = ip[1] >> 2;
	pkt->frag_id = sl_raw_be16(ip + 4);
	if (hlen > SL_IP4_HDR) {
		if (!sl_parse_ip4_options(ip + SL_IP4_HDR, hlen - SL_IP4_HDR))
			return sl_drop(SL_DROP_IP_HEADER);
		pkt->flags |= SL_PKT_IP_OPTIONS;
	}
	frag = sl_get_be16(ip + 6);
	if (frag & SL_FRAG_DF)
		pkt->flags |= SL_PKT_DF;
	if (!(frag & (SL_FRAG_MORE4 | SL_FRAG_OFF4)))
		return SL_GO;
	if (!sl_parse_fragment(pkt, (frag & SL_FRAG_OFF4) * 8u,
		frag & SL_FRAG_MORE4, pkt->l4_len, hlen))
		return sl_drop(SL_DROP_FRAG_LIE);
	return SL_GO;
}
