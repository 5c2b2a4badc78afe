/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Internet checksum (RFC 1071) whole and incremental (RFC 1624, eqn. 3).
 *
 * A "sum" is an unfolded 64-bit accumulator of 16-bit words in network order as
 * loaded by the machine; sums add up across even-length pieces.
 */
#ifndef SL_PACKET_CSUM_H
#define SL_PACKET_CSUM_H

#include <sluice/types.h>

#include <string.h>

/* Sum over 'len' bytes (an odd last byte is padded with zero). */
uint64_t sl_csum_add(uint64_t sum, const void *data, uint32_t len);

/* Folds to 16 bits, not inverted (as SL_OFFLOAD_PARTIAL wants it). */
static inline uint16_t
sl_csum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* Folds to 16 bits and inverts: the value to store in a checksum field. */
static inline uint16_t
sl_csum_finish(uint64_t sum)
{
	return (uint16_t)~sl_csum_fold(sum);
}

/* Sum of the pseudo-header of a packet with 'l4_len' bytes of L4. */
uint64_t sl_csum_pseudo(uint8_t family, const struct sl_addr *src,
    const struct sl_addr *dst, uint8_t l4proto, uint32_t l4_len);

/* The same for an address or an id, whose 'len' is even and at most 16: in line,
 * without the setup of sl_csum_add(). */
static inline uint64_t
sl_csum_field(uint64_t sum, const void *field, uint32_t len)
{
	const uint8_t *p = field;

	for (; len >= 4; len -= 4, p += 4) {
		uint32_t word;

		memcpy(&word, p, sizeof(word));
		sum += word;
	}
	return len ? sum + sl_raw_be16(p) : sum;
}

/* The delta that replacing the field 'from' by 'to' makes: a folded 16-bit
 * one's-complement number that sl_csum_apply() adds to a stored checksum;
 * deltas add with sl_csum_delta_join(). */
static inline uint16_t
sl_csum_delta(const void *from, const void *to, uint32_t len)
{
	uint16_t old = sl_csum_fold(sl_csum_field(0, from, len));

	return sl_csum_fold(sl_csum_field((uint16_t)~old, to, len));
}

static inline uint16_t
sl_csum_delta_join(uint16_t a, uint16_t b)
{
	uint32_t sum = (uint32_t)a + b;

	return (uint16_t)(sum + (sum >> 16));
}

/* New stored (inverted) checksum field after the covered bytes moved by delta. */
static inline sl_be16
sl_csum_apply(sl_be16 stored, uint16_t delta)
{
	return (uint16_t)~sl_csum_delta_join((uint16_t)~stored, delta);
}

/* The same for a SL_OFFLOAD_PARTIAL field, which holds the sum not inverted. */
static inline sl_be16
sl_csum_apply_partial(sl_be16 stored, uint16_t delta)
{
	return sl_csum_delta_join(stored, delta);
}

#endif
