/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/edit.h>

#include <packet/edit_internal.h>
#include <packet/parse_internal.h>

#define TCP_HDR	      20u
#define TCP_CSUM_OFF  16u
#define UDP_HDR	      8u
#define UDP_CSUM_OFF  6u
#define ICMP_CSUM_OFF 2u

uint32_t
sl_edit_payload_off(const struct sl_pkt *pkt)
{
	uint32_t hlen;

	if (pkt->flags & SL_PKT_LATER_FRAGMENT)
		return 0;
	if (pkt->l4proto == IPPROTO_UDP)
		return pkt->l4_len >= UDP_HDR ? pkt->l4_off + UDP_HDR : 0;
	if (pkt->l4proto != IPPROTO_TCP || pkt->l4_len < TCP_HDR)
		return 0;
	hlen = (sl_pkt_l4(pkt)[12] >> 4) * 4u;
	return hlen >= TCP_HDR && hlen <= pkt->l4_len ? pkt->l4_off + hlen : 0;
}

/* What a checksum moves by when bytes at an odd offset change: a sum of swapped
 * words is the swapped sum (RFC 1071 2 B). */
static uint16_t
delta_at(uint32_t off, const void *from, const void *to, uint32_t n)
{
	uint16_t delta = sl_csum_delta(from, to, n);

	return off % 2 ? __builtin_bswap16(delta) : delta;
}

void
sl_edit_set_tcp(struct sl_pkt *pkt, uint32_t off, uint32_t value, uint32_t n)
{
	uint8_t *tcp = sl_pkt_l4(pkt), bytes[4];
	uint16_t delta;

	SL_ASSERT((n == 2 || n == 4) && off + n <= pkt->l4_len);
	if (n == 4)
		sl_edit_put32(bytes, value);
	else
		sl_edit_put16(bytes, value);
	delta = delta_at(off, tcp + off, bytes, n);
	memcpy(tcp + off, bytes, n);
	if (!sl_pkt_is_partial(pkt)) // else the sum is of the pseudo-header
		sl_edit_move_csum(tcp + TCP_CSUM_OFF, delta);
}

void
sl_edit_set_quoted(struct sl_pkt *pkt, uint32_t off, uint32_t value)
{
	uint8_t *icmp = sl_pkt_l4(pkt), bytes[4];
	uint16_t delta;

	SL_ASSERT(off + 4 <= pkt->l4_len);
	sl_edit_put32(bytes, value);
	delta = delta_at(off, icmp + off, bytes, 4);
	memcpy(icmp + off, bytes, 4);
	sl_edit_move_csum(icmp + ICMP_CSUM_OFF, delta);
}

static void
set_ip_len(struct sl_pkt *pkt)
{
	uint8_t *ip = sl_pkt_l3(pkt), bytes[2];

	if (pkt->family == SL_IPV6) {
		sl_edit_put16(ip + 4, pkt->l3_len - SL_IP6_HDR);
		return;
	}
	sl_edit_put16(bytes, pkt->l3_len);
	sl_edit_move_csum(ip + 10, sl_csum_delta(ip + 2, bytes, 2));
	memcpy(ip + 2, bytes, 2);
}

/* A segment that no link of ours takes whole leaves as a frame for the kernel to
 * cut; one that was such a frame and became small is one no more. */
static void
set_segments(struct sl_pkt *pkt, uint32_t hdr, uint32_t mtu)
{
	struct sl_offload *o = &pkt->offload;
	uint32_t payload = pkt->len - hdr, headers = hdr - pkt->l3_off;
	uint32_t mss = o->gso_size;
	uint8_t ecn = o->gso_type & SL_GSO_ECN;

	if (o->gso_type == SL_GSO_NONE && pkt->l4proto == IPPROTO_TCP)
		mss = mtu > headers ? SL_MIN(mtu - headers, 0xffffu) : 0;
	if (mss && payload > mss) {
		if (o->gso_type == SL_GSO_NONE)
			o->gso_type =
			    pkt->family == SL_IPV4 ? SL_GSO_TCP4 : SL_GSO_TCP6;
		o->gso_type |= ecn;
		o->gso_size = (uint16_t)mss;
		o->hdr_len = (uint16_t)hdr;
		return;
	}
	o->gso_type = SL_GSO_NONE;
	o->gso_size = o->hdr_len = 0;
}

/* Of the whole packet; a frame to be cut gets the pseudo-header's sum. */
static void
make_csum(struct sl_pkt *pkt)
{
	bool udp = pkt->l4proto == IPPROTO_UDP;
	uint32_t off = udp ? UDP_CSUM_OFF : TCP_CSUM_OFF;
	uint8_t *l4 = sl_pkt_l4(pkt);
	struct sl_offload *o = &pkt->offload;
	struct sl_addr src, dst;
	uint64_t sum;
	sl_be16 csum;

	if (udp && sl_raw_be16(l4 + off) == 0 && !sl_pkt_is_partial(pkt))
		return; // absent, and stays so
	sl_pkt_addrs(pkt, &src, &dst);
	sum =
	    sl_csum_pseudo(pkt->family, &src, &dst, pkt->l4proto, pkt->l4_len);
	if (sl_pkt_is_partial(pkt) || o->gso_type != SL_GSO_NONE) {
		o->flags = SL_OFFLOAD_PARTIAL;
		o->csum_start = pkt->l4_off;
		o->csum_offset = (uint16_t)off;
		csum = sl_csum_fold(sum);
	} else {
		o->flags = 0;
		memset(l4 + off, 0, 2);
		csum = sl_csum_finish(sl_csum_add(sum, l4, pkt->l4_len));
		if (udp && csum == 0)
			csum = 0xffff;
	}
	memcpy(l4 + off, &csum, 2);
}

bool
sl_edit_set_payload(struct sl_pkt *pkt, const struct sl_payload *p)
{
	uint32_t hdr = sl_edit_payload_off(pkt);

	if (!hdr || hdr - pkt->l3_off + p->len > SL_IP_MAX ||
	    hdr + p->len > p->room)
		return false;
	if ((pkt->offload.flags & SL_OFFLOAD_PARTIAL) &&
	    !sl_pkt_is_partial(pkt))
		sl_edit_csum_complete(pkt);
	if (p->frame != pkt->data)
		memcpy(p->frame, pkt->data, hdr);
	pkt->data = p->frame;
	pkt->room = p->room;
	pkt->len = hdr + p->len;
	pkt->l3_len = pkt->len - pkt->l3_off;
	pkt->l4_len = pkt->len - pkt->l4_off;
	set_ip_len(pkt);
	if (pkt->l4proto == IPPROTO_UDP)
		sl_edit_put16(sl_pkt_l4(pkt) + 4, pkt->l4_len);
	set_segments(pkt, hdr, p->mtu);
	make_csum(pkt);
	return true;
}

void
sl_edit_allow_cut(struct sl_pkt *pkt, uint32_t id)
{
	if (pkt->family == SL_IPV4) {
		sl_edit_clear_df(pkt, (uint16_t)id);
		return;
	}
	pkt->flags |= SL_PKT_REASSEMBLED;
	pkt->frag_id = id;
}
