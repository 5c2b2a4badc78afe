/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/csum.h>

#include <arpa/inet.h>
#include <string.h>

typedef unsigned __int128 wide;

static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* 2^16, 2^32 and 2^64 are all 1 modulo 0xffff: halves may be added freely.
 * The result fits 33 bits, so that a caller may add up many. */
static inline uint64_t
narrow(wide acc)
{
	uint64_t lo = (uint64_t)acc;
	uint64_t hi = (uint64_t)(acc >> 64); /* a count of carries: small */

	return (lo & 0xffffffff) + (lo >> 32) + hi;
}

uint64_t
sl_csum_add(uint64_t sum, const void *data, uint32_t len)
{
	const uint8_t *p = data;
	wide a = sum, b = 0; /* two chains of add-with-carry side by side */

	for (; len >= 32; len -= 32, p += 32) {
		a += load64(p);
		b += load64(p + 8);
		a += load64(p + 16);
		b += load64(p + 24);
	}
	for (; len >= 8; len -= 8, p += 8)
		a += load64(p);
	if (len & 4) {
		b += load32(p);
		p += 4;
	}
	if (len & 2) {
		b += sl_raw_be16(p);
		p += 2;
	}
	if (len & 1) {
		uint8_t last[2] = {*p, 0};

		b += sl_raw_be16(last);
	}
	return narrow(a + b);
}

uint64_t
sl_csum_pseudo(uint8_t family, const struct sl_addr *src,
    const struct sl_addr *dst, uint8_t l4proto, uint32_t l4_len)
{
	uint32_t len = family == SL_IPV4 ? 4 : 16;
	uint64_t sum = (uint64_t)htonl(l4_len) + htons(l4proto);

	sum = sl_csum_field(sum, src->u.b, len);
	return sl_csum_field(sum, dst->u.b, len);
}
