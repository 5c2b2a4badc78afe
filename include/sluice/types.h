/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that the engine and its plugins share: addresses, tuples, byte spans.
 * C11 and C++17.  Nothing here is atomic and nothing allocates.
 */
#ifndef SLUICE_TYPES_H
#define SLUICE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define SL_STATIC_ASSERT(cond, text) static_assert(cond, text)
#else
#define SL_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#endif

/* Big-endian integers as they stand in a packet; no suffix means host order. */
typedef uint16_t sl_be16;
typedef uint32_t sl_be32;

/* Address family of a tuple or packet: 4 or 6, as in the IP version field. */
enum sl_family { SL_IPV4 = 4, SL_IPV6 = 6 };

/* Direction of a packet within its connection. */
enum sl_dir {
	SL_ORIG = 0,  /* as the first packet went */
	SL_REPLY = 1, /* against it */
	SL_DIRS = 2
};

/* An IP address in network order.  IPv4 stands in the first four bytes and the
 * other twelve are zero, so that addresses compare and hash as 16 bytes. */
struct sl_addr {
	union {
		uint8_t b[16];
		sl_be32 w[4];
		uint64_t q[2];
	} u;
};

/*
 * What identifies one direction of a connection.  The ids are what the
 * protocol multiplexes by: ports, the id of an ICMP query, a GRE call id; a
 * protocol without ids uses zero.  Hashed as five 64-bit words: no padding.
 */
struct sl_tuple {
	struct sl_addr src, dst;
	sl_be16 src_id, dst_id;
	uint8_t l4proto; /* IPPROTO_* */
	uint8_t family;	 /* enum sl_family */
	uint16_t zone;	 /* tracking zone; 0 unless configured */
};
SL_STATIC_ASSERT(sizeof(struct sl_tuple) == 40, "tuple is hashed whole");

/* Read-only bytes; valid as long as the call that received them. */
struct sl_span {
	const uint8_t *data;
	uint32_t len;
};

static inline uint16_t
sl_get_be16(const uint8_t *p)
{
	return (uint16_t)((p[0] << 8) | p[1]);
}

static inline uint32_t
sl_get_be32(const uint8_t *p)
{
	return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) |
	       ((uint32_t)p[2] << 8) | (uint32_t)p[3];
}

/* The two bytes at 'p' unchanged: a big-endian field kept big-endian. */
static inline sl_be16
sl_raw_be16(const uint8_t *p)
{
	sl_be16 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* A number of the host's as a big-endian field. */
static inline sl_be16
sl_to_be16(uint16_t v)
{
	uint8_t b[2];

	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
	return sl_raw_be16(b);
}

#ifdef __cplusplus
}
#endif
#endif
