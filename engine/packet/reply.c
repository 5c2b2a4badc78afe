/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/reply.h>

#include <base/random.h>
#include <packet/csum.h>
#include <packet/edit_internal.h>
#include <packet/parse.h>
#include <packet/parse_internal.h>

#include <netinet/icmp6.h>
#include <netinet/tcp.h>
#include <string.h>

#define TTL	    64
#define QUOTE_MAX4  576	 /* of the whole IP packet: RFC 1812 4.3.2.3 */
#define QUOTE_MAX6  1280 /* RFC 4443 2.4c */
#define TOS_ERROR   0xc0 /* RFC 1812 4.3.2.5: internetwork control */
#define TOS_SERVICE 0x1e
#define TCP_HDR	    20
#define TCP_PSH	    0x08

/* The IP header of a reply. */
struct header {
	struct sl_addr src, dst;
	uint32_t payload; /* bytes behind it */
	uint16_t id;
	bool df;
	uint8_t tos;
	uint8_t proto;
};

/* One host, which may be told something: not zero, loopback, multicast,
 * reserved or broadcast. */
static bool
is_one_host(const struct sl_addr *a, uint8_t family)
{
	static const struct sl_addr unspecified;

	if (family == SL_IPV4)
		return a->u.b[0] != 0 && a->u.b[0] != 127 && a->u.b[0] < 224;
	return a->u.b[0] != 0xff && memcmp(a, &unspecified, sizeof(*a)) != 0;
}

/* From one host to one host: the only packets that are answered. */
static bool
may_answer(const struct sl_pkt *pkt, struct sl_addr *src, struct sl_addr *dst)
{
	if (pkt->family == 0 ||
	    (pkt->flags & (SL_PKT_L2_BROADCAST | SL_PKT_LATER_FRAGMENT)))
		return false;
	sl_pkt_addrs(pkt, src, dst);
	return is_one_host(src, pkt->family) && is_one_host(dst, pkt->family);
}

bool
sl_reply_may_icmp(const struct sl_pkt *pkt)
{
	struct sl_addr src, dst;

	if (!may_answer(pkt, &src, &dst) || sl_parse_is_icmp_error(pkt))
		return false;
	if (pkt->l4proto != IPPROTO_ICMPV6 || pkt->family != SL_IPV6)
		return true;
	return pkt->l4_len >= 1 && sl_pkt_l4(pkt)[0] != ND_REDIRECT;
}

/* The L2 header, tags and all, back to where 'pkt' came from. */
static void
put_l2(const struct sl_pkt *pkt, uint8_t *buf)
{
	memcpy(buf, pkt->data + 6, 6);
	memcpy(buf + 6, pkt->data, 6);
	memcpy(buf + 12, pkt->data + 12, pkt->l3_off - 12u);
}

static uint32_t
ip_header_len(uint8_t family)
{
	return family == SL_IPV4 ? SL_IP4_HDR : SL_IP6_HDR;
}

static void
put_ip(uint8_t family, const struct header *h, uint8_t *ip)
{
	memset(ip, 0, ip_header_len(family));
	if (family == SL_IPV6) {
		ip[0] = 0x60;
		sl_edit_put16(ip + 4, h->payload);
		ip[6] = h->proto;
		ip[7] = TTL;
		memcpy(ip + 8, &h->src, 16);
		memcpy(ip + 24, &h->dst, 16);
		return;
	}
	ip[0] = 0x45;
	ip[1] = h->tos;
	sl_edit_put16(ip + 2, SL_IP4_HDR + h->payload);
	sl_edit_put16(ip + 4, h->id);
	sl_edit_put16(ip + 6, h->df ? SL_FRAG_DF : 0u);
	ip[8] = TTL;
	ip[9] = h->proto;
	memcpy(ip + 12, &h->src, 4);
	memcpy(ip + 16, &h->dst, 4);
	sl_edit_ip4_csum(ip, SL_IP4_HDR);
}

/* Writes the checksum of the payload 'l4' at 'off'. */
static void
put_l4_csum(uint8_t family, const struct header *h, uint8_t *l4, uint32_t off)
{
	bool pseudo = h->proto != IPPROTO_ICMP;
	uint64_t sum = pseudo ? sl_csum_pseudo(family, &h->src, &h->dst,
				    h->proto, h->payload)
			      : 0;
	sl_be16 csum;

	memset(l4 + off, 0, 2);
	csum = sl_csum_finish(sl_csum_add(sum, l4, h->payload));
	memcpy(l4 + off, &csum, 2);
}

/* The L4 part of the first segment that 'pkt' would leave as: 'l4' is its copy
 * in the quote, which holds the header of 'hlen' bytes. */
static void
fix_segment_l4(const struct sl_pkt *pkt, uint8_t *l4, uint32_t hlen)
{
	uint32_t len = hlen + pkt->offload.gso_size;
	uint32_t csum_off = pkt->l4proto == IPPROTO_TCP ? 16 : 6;
	struct sl_addr src, dst;
	uint64_t sum;
	sl_be16 csum;

	if (pkt->l4proto == IPPROTO_TCP)
		l4[13] &= (uint8_t) ~(SL_TCP_FIN | TCP_PSH);
	else
		sl_edit_put16(l4 + 4, len);
	memset(l4 + csum_off, 0, 2);
	sl_pkt_addrs(pkt, &src, &dst);
	sum = sl_csum_pseudo(pkt->family, &src, &dst, pkt->l4proto, len);
	sum = sl_csum_add(sum, l4, hlen);
	csum =
	    sl_csum_finish(sl_csum_add(sum, sl_pkt_l4(pkt) + hlen, len - hlen));
	if (csum == 0)
		csum = 0xffff;
	memcpy(l4 + csum_off, &csum, 2);
}

/* Turns the quote of a large frame into that of its first segment: the peer
 * knows nothing of the frame.  Returns the bytes to quote. */
static uint32_t
quote_segment(const struct sl_pkt *pkt, uint8_t *q, uint32_t n)
{
	uint32_t l4 = (uint32_t)(pkt->l4_off - pkt->l3_off);
	uint32_t hdr = (uint32_t)(pkt->offload.hdr_len - pkt->l3_off);
	uint32_t len = hdr + pkt->offload.gso_size;

	if (pkt->family == SL_IPV4) {
		sl_edit_put16(q + 2, len);
		sl_edit_ip4_csum(q, l4);
	} else {
		sl_edit_put16(q + 4, len - SL_IP6_HDR);
	}
	if (hdr <= n)
		fix_segment_l4(pkt, q + l4, hdr - l4);
	return SL_MIN(n, len);
}

/* Copies at most 'room' bytes of the IP packet, with checksums as the wire
 * would have seen them. */
static uint32_t
put_quote(const struct sl_pkt *pkt, uint8_t *q, uint32_t room)
{
	const struct sl_offload *o = &pkt->offload;
	uint32_t n = SL_MIN(pkt->l3_len, room), at;
	sl_be16 csum;

	memcpy(q, sl_pkt_l3(pkt), n);
	if (sl_parse_is_gso(pkt) &&
	    (uint32_t)(o->hdr_len - pkt->l3_off) + o->gso_size < pkt->l3_len)
		return quote_segment(pkt, q, n);
	if (!(o->flags & SL_OFFLOAD_PARTIAL))
		return n;
	at = (uint32_t)(o->csum_start + o->csum_offset - pkt->l3_off);
	csum = sl_edit_partial_sum(pkt);
	if (at + 2 <= n)
		memcpy(q + at, &csum, 2);
	return n;
}

uint32_t
sl_reply_icmp(const struct sl_pkt *pkt, const struct sl_addr *src, uint8_t type,
    uint8_t code, uint32_t info, uint8_t buf[SL_REPLY_MAX])
{
	uint8_t *ip = buf + pkt->l3_off, *icmp;
	uint32_t ip_len = ip_header_len(pkt->family), limit, room;
	struct header h = {.src = *src};
	struct sl_addr was;

	if (pkt->family == 0)
		return 0;
	limit = pkt->family == SL_IPV4 ? QUOTE_MAX4 : QUOTE_MAX6;
	room = SL_MIN(limit, (uint32_t)SL_REPLY_MAX - pkt->l3_off) - ip_len -
	       SL_ICMP_HDR;
	icmp = ip + ip_len;
	sl_pkt_addrs(pkt, &h.dst, &was);
	if (pkt->family == SL_IPV4) {
		h.proto = IPPROTO_ICMP;
		h.tos = TOS_ERROR | (sl_pkt_l3(pkt)[1] & TOS_SERVICE);
		h.id = (uint16_t)sl_random_u64();
	} else {
		h.proto = IPPROTO_ICMPV6;
	}
	put_l2(pkt, buf);
	h.payload = SL_ICMP_HDR + put_quote(pkt, icmp + SL_ICMP_HDR, room);
	put_ip(pkt->family, &h, ip);
	icmp[0] = type;
	icmp[1] = code;
	sl_edit_put32(icmp + 4, info);
	put_l4_csum(pkt->family, &h, icmp, 2);
	return pkt->l3_off + ip_len + h.payload;
}

/* Sequence space that the segment 'tcp' takes (RFC 9293 3.4). */
static uint32_t
segment_len(const struct sl_pkt *pkt, const uint8_t *tcp)
{
	uint32_t len = pkt->l4_len - (tcp[12] >> 4) * 4u;

	return len + !!(tcp[13] & SL_TCP_SYN) + !!(tcp[13] & SL_TCP_FIN);
}

/* A sound segment from one host to one host: 'h' is filled with the way back. */
static bool
may_answer_tcp(const struct sl_pkt *pkt, struct header *h)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);

	*h = (struct header){
	    .payload = TCP_HDR, .proto = IPPROTO_TCP, .df = true};
	return pkt->l4proto == IPPROTO_TCP &&
	       may_answer(pkt, &h->dst, &h->src) && pkt->l4_len >= TCP_HDR &&
	       (tcp[12] >> 4) * 4u >= TCP_HDR &&
	       (tcp[12] >> 4) * 4u <= pkt->l4_len;
}

/* The timestamps option of the segment 'tcp', sound as may_answer_tcp() found it;
 * NULL: none. */
static const uint8_t *
find_stamps(const uint8_t *tcp)
{
	uint32_t end = (tcp[12] >> 4) * 4u;

	for (uint32_t i = TCP_HDR; i < end && tcp[i] != TCPOPT_EOL;) {
		if (tcp[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (end - i < 2 || tcp[i + 1] < 2 || tcp[i + 1] > end - i)
			return NULL;
		if (tcp[i] == TCPOPT_TIMESTAMP &&
		    tcp[i + 1] == TCPOLEN_TIMESTAMP)
			return tcp + i;
		i += tcp[i + 1];
	}
	return NULL;
}

/* Returns the length of the options. */
static uint32_t
put_stamps(const uint8_t *tcp, uint8_t *out)
{
	const uint8_t *stamps = find_stamps(tcp);

	if (!stamps)
		return 0;
	out[0] = out[1] = TCPOPT_NOP;
	out[2] = TCPOPT_TIMESTAMP;
	out[3] = TCPOLEN_TIMESTAMP;
	memcpy(out + 4, stamps + 6, 4);
	memcpy(out + 8, stamps + 2, 4);
	return TCPOLEN_TIMESTAMP + 2;
}

static uint32_t
put_tcp(const struct sl_pkt *pkt, struct header *h,
    const struct sl_tcp_answer *a, uint8_t *buf)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);
	uint8_t *ip = buf + pkt->l3_off, *out;

	out = ip + ip_header_len(pkt->family);
	memset(out, 0, TCP_HDR);
	if (a->stamps)
		h->payload += put_stamps(tcp, out + TCP_HDR);
	memcpy(out, tcp + 2, 2);
	memcpy(out + 2, tcp, 2);
	if (a->sent_as) {
		h->src = a->sent_as->dst;
		h->dst = a->sent_as->src;
		memcpy(out, &a->sent_as->dst_id, 2);
		memcpy(out + 2, &a->sent_as->src_id, 2);
	}
	sl_edit_put32(out + 4, a->seq);
	sl_edit_put32(out + 8, a->ack);
	out[12] = (uint8_t)(h->payload / 4 << 4);
	out[13] = a->flags;
	sl_edit_put16(out + 14, a->window);
	put_l2(pkt, buf);
	put_ip(pkt->family, h, ip);
	put_l4_csum(pkt->family, h, out, 16);
	return (uint32_t)(out - buf) + h->payload;
}

uint32_t
sl_reply_tcp(const struct sl_pkt *pkt, const struct sl_tcp_answer *a,
    uint8_t buf[SL_REPLY_MAX])
{
	struct header h;

	return may_answer_tcp(pkt, &h) ? put_tcp(pkt, &h, a, buf) : 0;
}

/* RFC 9293 3.10.7.1: a reset that its receiver will believe. */
uint32_t
sl_reply_tcp_reset(const struct sl_pkt *pkt, uint8_t buf[SL_REPLY_MAX])
{
	const uint8_t *tcp = sl_pkt_l4(pkt);
	struct sl_tcp_answer a = {.flags = SL_TCP_RST};
	struct header h;

	if (!may_answer_tcp(pkt, &h) || (tcp[13] & SL_TCP_RST))
		return 0;
	if (tcp[13] & SL_TCP_ACK) {
		a.seq = sl_get_be32(tcp + 8);
	} else {
		a.ack = sl_get_be32(tcp + 4) + segment_len(pkt, tcp);
		a.flags |= SL_TCP_ACK;
	}
	return put_tcp(pkt, &h, &a, buf);
}
