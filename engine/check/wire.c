/* SPDX-License-Identifier: Apache-2.0 */
#include <check/wire.h>

#include <packet/csum.h>
#include <sluice/types.h>

#include <errno.h>
#include <string.h>

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_IP6 0x86dd
#define IP4_HEADER    20u
#define IP6_HEADER    40u
#define TCP_HEADER    20u
#define UDP_HEADER    8u
#define GRE_HEADER    12u /* version 1 with a sequence number, RFC 2637 §4.1 */
#define GRE_FLAGS     0x3001 /* key and sequence number present, version 1 */
#define GRE_PPP	      0x880b
#define HOPS	      64
#define WINDOW	      65535

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void
put_sum(uint8_t *p, uint64_t sum)
{
	uint16_t v = sl_csum_finish(sum);

	memcpy(p, &v, sizeof(v));
}

static uint32_t
l4_header(const struct sl_wire *s)
{
	switch (s->l4proto) {
	case IPPROTO_TCP:
		return TCP_HEADER;
	case IPPROTO_UDP:
		return UDP_HEADER;
	default:
		return GRE_HEADER;
	}
}

static void
put_l4(const struct sl_wire *s, uint8_t *l4, uint32_t len)
{
	uint64_t sum =
	    sl_csum_pseudo(s->family, &s->src, &s->dst, s->l4proto, len);

	memset(l4, 0, l4_header(s));
	if (s->payload.len)
		memcpy(l4 + l4_header(s), s->payload.data, s->payload.len);
	if (s->l4proto == IPPROTO_GRE) {
		put16(l4, GRE_FLAGS);
		put16(l4 + 2, GRE_PPP);
		put16(l4 + 4, s->payload.len);
		put16(l4 + 6, s->dst_id);
		return;
	}
	put16(l4, s->src_id);
	put16(l4 + 2, s->dst_id);
	if (s->l4proto == IPPROTO_UDP) {
		put16(l4 + 4, len);
		put_sum(l4 + 6, sl_csum_add(sum, l4, len));
		if (!l4[6] && !l4[7])
			put16(l4 + 6, 0xffff);
		return;
	}
	put32(l4 + 4, s->seq);
	put32(l4 + 8, s->ack);
	l4[12] = TCP_HEADER << 2;
	l4[13] = s->flags;
	put16(l4 + 14, WINDOW);
	put_sum(l4 + 16, sl_csum_add(sum, l4, len));
}

uint32_t
sl_wire_write(const struct sl_wire *s, const uint8_t mac[6], uint8_t *frame,
    uint32_t size)
{
	uint32_t ip_len = s->family == SL_IPV6 ? IP6_HEADER : IP4_HEADER;
	uint32_t l4_len = l4_header(s) + s->payload.len;
	uint32_t len = SL_ETH_LEN + ip_len + l4_len;
	uint8_t *ip = frame + SL_ETH_LEN;

	if (len > size)
		return 0;
	memset(frame, 0, SL_ETH_LEN + ip_len);
	memcpy(frame, mac, 6);
	frame[6] = 2;
	put16(frame + 12, s->family == SL_IPV6 ? ETHERTYPE_IP6 : ETHERTYPE_IP4);
	if (s->family == SL_IPV6) {
		ip[0] = 0x60;
		put16(ip + 4, l4_len);
		ip[6] = s->l4proto;
		ip[7] = HOPS;
		memcpy(ip + 8, &s->src, 16);
		memcpy(ip + 24, &s->dst, 16);
	} else {
		ip[0] = 0x45;
		put16(ip + 2, ip_len + l4_len);
		ip[6] = 0x40; /* do not fragment */
		ip[8] = HOPS;
		ip[9] = s->l4proto;
		memcpy(ip + 12, &s->src, 4);
		memcpy(ip + 16, &s->dst, 4);
		put_sum(ip + 10, sl_csum_add(0, ip, ip_len));
	}
	put_l4(s, ip + ip_len, l4_len);
	return len;
}

static int
bad(struct sl_err *err, const char *what, uint32_t got, uint32_t wanted)
{
	return sl_err_set(err, -EINVAL,
	    "a packet leaves whose %s is %u, wanted %u", what, got, wanted);
}

/* Sets *l4_len to what the header says, and where it begins. */
static int
read_ip(const struct sl_pkt *f, struct sl_wire *s, const uint8_t **l4,
    uint32_t *l4_len, struct sl_err *err)
{
	const uint8_t *ip = f->data + SL_ETH_LEN;
	uint32_t len = f->len - SL_ETH_LEN, total;

	if (f->len < SL_ETH_LEN + IP4_HEADER)
		return bad(err, "length", f->len, SL_ETH_LEN + IP4_HEADER);
	s->family =
	    sl_get_be16(f->data + 12) == ETHERTYPE_IP6 ? SL_IPV6 : SL_IPV4;
	memset(&s->src, 0, sizeof(s->src));
	memset(&s->dst, 0, sizeof(s->dst));
	if (s->family == SL_IPV6) {
		if (len < IP6_HEADER)
			return bad(err, "length", len, IP6_HEADER);
		total = IP6_HEADER + sl_get_be16(ip + 4);
		memcpy(&s->src, ip + 8, 16);
		memcpy(&s->dst, ip + 24, 16);
		s->l4proto = ip[6];
		*l4 = ip + IP6_HEADER;
	} else {
		total = sl_get_be16(ip + 2);
		memcpy(&s->src, ip + 12, 4);
		memcpy(&s->dst, ip + 16, 4);
		s->l4proto = ip[9];
		*l4 = ip + (ip[0] & 15) * 4;
		if (sl_csum_finish(sl_csum_add(0, ip, (ip[0] & 15) * 4u)))
			return bad(err, "IPv4 checksum", 1, 0);
	}
	if (total != len || (uint32_t)(*l4 - ip) > total)
		return bad(err, "length in the IP header", total, len);
	*l4_len = total - (uint32_t)(*l4 - ip);
	return 0;
}

/* A partial checksum holds the pseudo-header's sum. */
static int
check_sum(const struct sl_pkt *f, const struct sl_wire *s, const uint8_t *l4,
    uint32_t len, struct sl_err *err)
{
	uint64_t sum =
	    sl_csum_pseudo(s->family, &s->src, &s->dst, s->l4proto, len);
	uint32_t off = s->l4proto == IPPROTO_TCP ? 16 : 6;
	uint16_t stored;

	memcpy(&stored, l4 + off, sizeof(stored));
	if (s->l4proto == IPPROTO_UDP && !stored && s->family == SL_IPV4)
		return 0;
	if (f->offload.flags & SL_OFFLOAD_PARTIAL) {
		if (stored != sl_csum_fold(sum))
			return bad(err, "partial checksum", ntohs(stored),
			    ntohs(sl_csum_fold(sum)));
		return 0;
	}
	if (sl_csum_finish(sl_csum_add(sum, l4, len)))
		return bad(err, "checksum", ntohs(stored), 0);
	return 0;
}

int
sl_wire_read(const struct sl_pkt *f, struct sl_wire *s, struct sl_err *err)
{
	const uint8_t *l4 = NULL;
	uint32_t len = 0, header;
	int rc;

	*s = (struct sl_wire){0};
	if ((rc = read_ip(f, s, &l4, &len, err)))
		return rc;
	if (s->l4proto != IPPROTO_TCP && s->l4proto != IPPROTO_UDP &&
	    s->l4proto != IPPROTO_GRE)
		return 0;
	header = l4_header(s);
	if (len < header)
		return bad(err, "L4 length", len, header);
	if (s->l4proto == IPPROTO_GRE) {
		s->dst_id = sl_get_be16(l4 + 6);
		s->payload = (struct sl_span){l4 + header, len - header};
		return 0;
	}
	s->src_id = sl_get_be16(l4);
	s->dst_id = sl_get_be16(l4 + 2);
	if (s->l4proto == IPPROTO_UDP && sl_get_be16(l4 + 4) != len)
		return bad(err, "UDP length", sl_get_be16(l4 + 4), len);
	if (s->l4proto == IPPROTO_TCP) {
		s->seq = sl_get_be32(l4 + 4);
		s->ack = sl_get_be32(l4 + 8);
		header = (l4[12] >> 4) * 4u;
		s->flags = l4[13];
		if (header < TCP_HEADER || header > len)
			return bad(err, "TCP header length", header, len);
	}
	s->payload = (struct sl_span){l4 + header, len - header};
	return check_sum(f, s, l4, len, err);
}
