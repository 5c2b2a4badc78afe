/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between numbered hosts: 10.0.0.N or 2001:db8::N. */
#ifndef SL_TEST_PLUGIN_FRAMES_H
#define SL_TEST_PLUGIN_FRAMES_H

#include <packet/csum.h>
#include <packet/parse.h>

#include <string.h>

#define FRAME_MAX 512

/* What a frame is made of; ICMP: 'sport' is the id, 'dport' the type. */
struct recipe {
	bool six;
	uint8_t from, to, proto;
	uint16_t sport, dport;
	uint8_t flags;	   /* TCP */
	uint32_t seq, ack; /* TCP */
	uint16_t payload;
	uint16_t frag; /* IPv4 fragment field */
	bool bad_csum;
	const uint8_t *quote; /* ICMP error: the IP packet it quotes */
	uint16_t quote_len;
};

struct frame {
	struct sl_pkt pkt;
	uint8_t bytes[FRAME_MAX];
};

static inline void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static inline struct sl_addr
host_addr(bool six, uint8_t n)
{
	struct sl_addr a = {0};

	if (six) {
		put32(a.u.b, 0x20010db8);
		a.u.b[15] = n;
	} else {
		a.u.b[0] = 10;
		a.u.b[3] = n;
	}
	return a;
}

static inline uint32_t
put_l4(uint8_t *l4, const struct recipe *r)
{
	uint32_t len = 8u + r->payload;

	put16(l4, r->sport);
	put16(l4 + 2, r->dport);
	switch (r->proto) {
	case IPPROTO_TCP:
		put32(l4 + 4, r->seq);
		put32(l4 + 8, r->ack);
		l4[12] = 5 << 4;
		l4[13] = r->flags;
		put16(l4 + 14, 1000);
		return 20u + r->payload;
	case IPPROTO_UDP:
		put16(l4 + 4, len);
		return len;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		memset(l4, 0, 8);
		l4[0] = (uint8_t)r->dport;
		if (!r->quote) {
			put16(l4 + 4, r->sport);
			return len;
		}
		memcpy(l4 + 8, r->quote, r->quote_len);
		return 8u + r->quote_len;
	default:
		return len;
	}
}

static inline void
put_l4_csum(uint8_t *l4, uint32_t len, const struct recipe *r)
{
	struct sl_addr src = host_addr(r->six, r->from);
	struct sl_addr dst = host_addr(r->six, r->to);
	uint64_t sum = 0;
	uint32_t off = 2;
	uint16_t csum;

	if (r->proto == IPPROTO_TCP)
		off = 16;
	else if (r->proto == IPPROTO_UDP)
		off = 6;
	else if (r->proto != IPPROTO_ICMP && r->proto != IPPROTO_ICMPV6)
		return;
	if (r->proto != IPPROTO_ICMP)
		sum = sl_csum_pseudo(
		    r->six ? SL_IPV6 : SL_IPV4, &src, &dst, r->proto, len);
	csum = sl_csum_finish(sl_csum_add(sum, l4, len));
	if (r->bad_csum)
		csum ^= 0x0101;
	memcpy(l4 + off, &csum, 2);
}

/* Builds and parses; false if the parser drops it. */
static inline bool
make_frame(struct frame *f, const struct recipe *r, uint64_t now_ns)
{
	struct sl_addr src = host_addr(r->six, r->from);
	struct sl_addr dst = host_addr(r->six, r->to);
	uint8_t *ip = f->bytes + SL_ETH_LEN, *l4 = ip + (r->six ? 40 : 20);
	uint32_t len;
	uint16_t csum;

	memset(f, 0, sizeof(*f));
	len = put_l4(l4, r);
	put_l4_csum(l4, len, r);
	put16(f->bytes + 12, r->six ? 0x86dd : 0x0800);
	if (r->six) {
		ip[0] = 0x60;
		put16(ip + 4, len);
		ip[6] = r->proto;
		ip[7] = 255;
		memcpy(ip + 8, src.u.b, 16);
		memcpy(ip + 24, dst.u.b, 16);
	} else {
		ip[0] = 0x45;
		put16(ip + 2, 20 + len);
		put16(ip + 6, r->frag);
		ip[8] = 64;
		ip[9] = r->proto;
		memcpy(ip + 12, src.u.b, 4);
		memcpy(ip + 16, dst.u.b, 4);
		csum = sl_csum_finish(sl_csum_add(0, ip, 20));
		memcpy(ip + 10, &csum, 2);
	}
	f->pkt.data = f->bytes;
	f->pkt.len = (uint32_t)(l4 - f->bytes) + len;
	f->pkt.room = FRAME_MAX;
	f->pkt.in_port = f->pkt.out_port = SL_PORT_NONE;
	f->pkt.now_ns = now_ns;
	return sl_parse_frame(&f->pkt) == SL_GO;
}

#endif
