/* SPDX-License-Identifier: Apache-2.0 */
/* Packets with options and extension headers, for tests. */
#ifndef SL_TEST_HEADERS_H
#define SL_TEST_HEADERS_H

#include "../nat/packets.h"

/* Opens a gap of 'n' bytes at 'at' of the frame and fills it. */
static inline void
insert(struct test_pkt *t, uint32_t at, const void *bytes, uint32_t n)
{
	memmove(t->frame + at + n, t->frame + at, t->pkt.len - at);
	memcpy(t->frame + at, bytes, n);
	t->pkt.len += n;
}

/* Lengths and checksums of what was built, made right, and parsed again. */
static inline struct sl_pkt *
settle(struct test_pkt *t, uint32_t l4_off, uint8_t proto)
{
	uint8_t *ip = t->frame + SL_ETH_LEN, *l4 = t->frame + l4_off;
	uint32_t len = t->pkt.len - l4_off;
	struct sl_addr src = {0}, dst = {0};
	bool six = ip[0] >> 4 == 6;
	uint16_t csum;

	memcpy(&src, ip + (six ? 8 : 12), six ? 16 : 4);
	memcpy(&dst, ip + (six ? 24 : 16), six ? 16 : 4);
	if (six) {
		put16(ip + 4, (uint16_t)(t->pkt.len - SL_ETH_LEN - 40));
	} else {
		put16(ip + 2, (uint16_t)(t->pkt.len - SL_ETH_LEN));
		put16(ip + 10, 0);
		csum = sl_csum_finish(sl_csum_add(0, ip, (ip[0] & 15u) * 4));
		memcpy(ip + 10, &csum, 2);
	}
	if (proto == IPPROTO_TCP) {
		put16(l4 + 16, 0);
		csum = sl_csum_finish(
		    sl_csum_add(sl_csum_pseudo(six ? SL_IPV6 : SL_IPV4, &src,
				    &dst, proto, len),
			l4, len));
		memcpy(l4 + 16, &csum, 2);
	}
	assert_int_equal(sl_parse_frame(&t->pkt), SL_GO);
	t->pkt.state = SL_STATE_NEW;
	return &t->pkt;
}

/* A packet whose IPv4 header has these options; n is a multiple of 4. */
static inline struct sl_pkt *
build_ip_options(
    struct test_pkt *t, const struct recipe *r, const void *options, uint32_t n)
{
	build(t, r);
	insert(t, SL_ETH_LEN + 20, options, n);
	t->frame[SL_ETH_LEN] = (uint8_t)(0x45 + n / 4);
	return settle(t, SL_ETH_LEN + 20 + n, r->proto);
}

/* A TCP segment with these options; n is a multiple of 4. */
static inline struct sl_pkt *
build_tcp_options(
    struct test_pkt *t, const struct recipe *r, const void *options, uint32_t n)
{
	uint32_t l4 = build(t, r)->l4_off;

	insert(t, l4 + 20, options, n);
	t->frame[l4 + 12] = (uint8_t)((5 + n / 4) << 4);
	return settle(t, l4, IPPROTO_TCP);
}

/* A datagram with a chain of extension headers, the first of kind 'first'; the
 * last one names what follows. */
static inline struct sl_pkt *
build_extensions(struct test_pkt *t, const struct recipe *r, uint8_t first,
    const void *chain, uint32_t n)
{
	build(t, r);
	insert(t, SL_ETH_LEN + 40, chain, n);
	t->frame[SL_ETH_LEN + 6] = first;
	return settle(t, SL_ETH_LEN + 40 + n, 0);
}

#endif
