/* SPDX-License-Identifier: Apache-2.0 */
/* Packets for tests, built byte by byte. */
#ifndef SL_TEST_PACKETS_H
#define SL_TEST_PACKETS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/clock.h>
#include <conn/tuple.h>
#include <packet/csum.h>
#include <packet/parse.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* What a test packet is made of; zero fields take sane values: a TCP segment
 * from 192.0.2.7:1024 to 198.51.100.1:80, or the like of it in IPv6. */
struct recipe {
	bool six;
	const char *src, *dst; /* addresses of one family */
	uint8_t proto;	       /* IPPROTO_* */
	uint16_t sport, dport; /* ICMP: type and code */
	uint8_t tcp_flags;
	uint8_t ttl, tos;
	uint16_t payload; /* bytes after the L4 header */
	uint16_t id;	  /* ICMP query id */
	uint16_t frag;	  /* IPv4 fragment field, host order */
	uint16_t in, out; /* port numbers + 1; 0: none */
};

struct test_pkt {
	struct sl_pkt pkt;
	uint8_t frame[2048];
};

static inline void
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline uint32_t
l4_header_len(uint8_t proto)
{
	return proto == IPPROTO_TCP ? 20 : 8;
}

static inline void
build_l4(uint8_t *l4, const struct recipe *r, uint8_t family,
    const struct sl_addr *src, const struct sl_addr *dst)
{
	uint32_t len = l4_header_len(r->proto) + r->payload;
	bool pseudo = r->proto != IPPROTO_ICMP;
	uint32_t csum_off = 0;
	uint16_t csum;

	switch (r->proto) {
	case IPPROTO_TCP:
		put16(l4, r->sport);
		put16(l4 + 2, r->dport);
		l4[12] = 5 << 4;
		l4[13] = r->tcp_flags;
		csum_off = 16;
		break;
	case IPPROTO_UDP:
		put16(l4, r->sport);
		put16(l4 + 2, r->dport);
		put16(l4 + 4, (uint16_t)len);
		csum_off = 6;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		l4[0] = (uint8_t)r->sport;
		l4[1] = (uint8_t)r->dport;
		put16(l4 + 4, r->id);
		csum_off = 2;
		break;
	default:
		return;
	}
	for (uint32_t i = 0; i < r->payload; i++)
		l4[l4_header_len(r->proto) + i] = (uint8_t)(i * 7);
	csum = sl_csum_finish(sl_csum_add(
	    pseudo ? sl_csum_pseudo(family, src, dst, r->proto, len) : 0, l4,
	    len));
	memcpy(l4 + csum_off, &csum, 2);
}

static inline struct recipe
with_defaults(struct recipe r)
{
	if (!r.src)
		r.src = r.six ? "2001:db8:1::7" : "192.0.2.7";
	if (!r.dst)
		r.dst = strchr(r.src, ':') ? "2001:db8:2::1" : "198.51.100.1";
	if (!r.proto)
		r.proto = IPPROTO_TCP;
	if (r.proto == IPPROTO_TCP || r.proto == IPPROTO_UDP) {
		r.sport = r.sport ? r.sport : 1024;
		r.dport = r.dport ? r.dport : 80;
	}
	return r;
}

/* An address and its family. */
static inline uint8_t
test_addr(const char *text, struct sl_addr *out)
{
	bool six = strchr(text, ':') != NULL;

	memset(out, 0, sizeof(*out));
	assert_int_equal(inet_pton(six ? AF_INET6 : AF_INET, text, out), 1);
	return six ? SL_IPV6 : SL_IPV4;
}

/* Builds the frame and parses it. */
static inline struct sl_pkt *
build(struct test_pkt *t, const struct recipe *wanted)
{
	const struct recipe full = with_defaults(*wanted), *r = &full;
	struct sl_addr src, dst;
	uint8_t family, *ip = t->frame + SL_ETH_LEN;
	uint32_t l4_len = l4_header_len(r->proto) + r->payload, ip_len;
	uint16_t csum;

	memset(t, 0, sizeof(*t));
	test_addr(r->src, &src);
	family = test_addr(r->dst, &dst);
	memcpy(t->frame, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
	put16(t->frame + 12, family == SL_IPV4 ? 0x0800 : 0x86dd);
	if (family == SL_IPV4) {
		ip_len = 20 + l4_len;
		ip[0] = 0x45;
		ip[1] = r->tos;
		put16(ip + 2, (uint16_t)ip_len);
		put16(ip + 6, r->frag);
		ip[8] = r->ttl ? r->ttl : 64;
		ip[9] = r->proto;
		memcpy(ip + 12, &src, 4);
		memcpy(ip + 16, &dst, 4);
		csum = sl_csum_finish(sl_csum_add(0, ip, 20));
		memcpy(ip + 10, &csum, 2);
		build_l4(ip + 20, r, family, &src, &dst);
	} else {
		ip_len = 40 + l4_len;
		put16(ip, (uint16_t)(0x6000 | r->tos << 4));
		put16(ip + 4, (uint16_t)l4_len);
		ip[6] = r->proto;
		ip[7] = r->ttl ? r->ttl : 64;
		memcpy(ip + 8, &src, 16);
		memcpy(ip + 24, &dst, 16);
		build_l4(ip + 40, r, family, &src, &dst);
	}
	t->pkt.data = t->frame;
	t->pkt.len = SL_ETH_LEN + ip_len;
	t->pkt.room = sizeof(t->frame);
	t->pkt.in_port = r->in ? r->in - 1 : SL_PORT_NONE;
	t->pkt.out_port = r->out ? r->out - 1 : SL_PORT_NONE;
	t->pkt.now_ns = sl_now_ns();
	assert_int_equal(sl_parse_frame(&t->pkt), SL_GO);
	t->pkt.state = SL_STATE_NEW;
	return &t->pkt;
}

/* The IPv4 header and L4 checksums of a packet, recomputed whole. */
static inline bool
checksums_are_right(const struct sl_pkt *pkt)
{
	struct sl_addr src, dst;
	uint64_t sum = 0;

	if (pkt->family == SL_IPV4 &&
	    sl_csum_finish(sl_csum_add(0, sl_pkt_l3(pkt), 20)) != 0)
		return false;
	sl_pkt_addrs(pkt, &src, &dst);
	if (pkt->l4proto != IPPROTO_TCP && pkt->l4proto != IPPROTO_UDP &&
	    pkt->l4proto != IPPROTO_ICMP && pkt->l4proto != IPPROTO_ICMPV6)
		return true;
	if (pkt->l4proto != IPPROTO_ICMP)
		sum = sl_csum_pseudo(
		    pkt->family, &src, &dst, pkt->l4proto, pkt->l4_len);
	if (pkt->l4proto == IPPROTO_UDP && !sl_get_be16(sl_pkt_l4(pkt) + 6))
		return true; /* absent */
	return sl_csum_finish(sl_csum_add(sum, sl_pkt_l4(pkt), pkt->l4_len)) ==
	       0;
}

#endif
