/* SPDX-License-Identifier: Apache-2.0 */
/* Single fields of a packet's own headers, each with the checksums it moves. */
#include <packet/edit.h>

#include <packet/edit_internal.h>
#include <packet/header.h>
#include <packet/parse_internal.h>

#include <netinet/ip.h>

#define TCP_CSUM 16

/* Writes 'v' to the 16-bit word at 'off' of an IPv4 header. */
static void
put_ip4_word(uint8_t *ip, uint32_t off, uint32_t v)
{
	uint8_t old[2];

	memcpy(old, ip + off, sizeof(old));
	sl_edit_put16(ip + off, v);
	sl_edit_move_csum(ip + 10, sl_csum_delta(old, ip + off, 2));
}

void
sl_edit_set_ttl(struct sl_pkt *pkt, uint8_t ttl)
{
	uint8_t *ip = sl_pkt_l3(pkt);

	if (pkt->family == SL_IPV4)
		put_ip4_word(ip, 8, (uint32_t)ttl << 8 | ip[9]);
	else
		ip[7] = ttl;
	pkt->ttl = ttl;
}

void
sl_edit_set_dscp(struct sl_pkt *pkt, uint8_t dscp)
{
	uint8_t *ip = sl_pkt_l3(pkt);

	dscp &= 0x3f;
	if (pkt->family == SL_IPV4)
		put_ip4_word(ip, 0,
		    (uint32_t)ip[0] << 8 | (uint32_t)dscp << 2 | (ip[1] & 3));
	else
		sl_edit_put16(
		    ip, (sl_get_be16(ip) & 0xf03fu) | (uint32_t)dscp << 6);
	pkt->dscp = dscp;
}

bool
sl_edit_lower_mss(struct sl_pkt *pkt, uint16_t mss)
{
	uint32_t off = sl_header_mss_off(pkt), even;
	uint8_t old[4];

	if (!off || sl_get_be16(pkt->data + off) <= mss)
		return false;
	/* A checksum adds words that begin at even places; a TCP header ends
	 * at one, so these four bytes are its own. */
	even = off - ((off - pkt->l4_off) & 1);
	memcpy(old, pkt->data + even, sizeof(old));
	sl_edit_put16(pkt->data + off, mss);
	if (!sl_pkt_is_partial(pkt))
		sl_edit_move_csum(sl_pkt_l4(pkt) + TCP_CSUM,
		    sl_csum_delta(old, pkt->data + even, sizeof(old)));
	return true;
}

bool
sl_edit_clear_df(struct sl_pkt *pkt, uint16_t id)
{
	uint8_t *ip = sl_pkt_l3(pkt);
	bool used = false;

	if (pkt->family != SL_IPV4 || !(pkt->flags & SL_PKT_DF))
		return false;
	put_ip4_word(ip, 6, sl_get_be16(ip + 6) & ~(uint32_t)SL_FRAG_DF);
	pkt->flags &= (uint16_t)~SL_PKT_DF;
	if (sl_get_be16(ip + 4) == 0 && !(pkt->flags & SL_PKT_FRAGMENT)) {
		put_ip4_word(ip, 4, id);
		pkt->frag_id = sl_raw_be16(ip + 4);
		used = true;
	}
	return used;
}

void
sl_edit_strip_options(struct sl_pkt *pkt)
{
	uint8_t *ip = sl_pkt_l3(pkt);
	uint32_t hlen = pkt->l4_off - pkt->l3_off;

	if (pkt->family != SL_IPV4 || hlen <= SL_IP4_HDR)
		return;
	memset(ip + SL_IP4_HDR, IPOPT_NOP, hlen - SL_IP4_HDR);
	sl_edit_ip4_csum(ip, hlen);
}
