/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keyed hashes, with keys drawn from the kernel at start.
 *
 * Two hashes with two jobs.  sl_hash_bytes() spreads keys inside a table; who
 * does not know the key cannot make collisions.  sl_hash_ids() is the steer
 * hash: symmetric and computed from the two 16-bit ids alone, simple enough
 * for a classic BPF program to compute the same (io/afpacket).  Ids, not
 * addresses, because a translation that keeps the port then keeps the owner.
 */
#ifndef SL_BASE_HASH_H
#define SL_BASE_HASH_H

#include <base/compiler.h>

struct sl_hash_key {
	uint64_t seed[2];  /* sl_hash_bytes */
	uint32_t steer[4]; /* sl_hash_ids: k0, odd k1, odd k2, odd k3 */
};

extern struct sl_hash_key sl_hash_key;

/* Draws the process's keys; call once, before any thread starts. */
void sl_hash_init(void);

/* Hash of 'words' 64-bit words, keyed. => Role: any. */
static inline uint64_t
sl_hash_words(const uint64_t *words, unsigned n)
{
	uint64_t h = sl_hash_key.seed[0] + n;

	/* Multiply-fold as in wyhash: one 64x64->128 multiply a word. */
	for (unsigned i = 0; i < n; i++) {
		unsigned __int128 m =
		    (unsigned __int128)(words[i] ^ sl_hash_key.seed[1]) *
		    (h ^ 0x9e3779b97f4a7c15ull);

		h = (uint64_t)m ^ (uint64_t)(m >> 64);
		h += sl_hash_key.seed[i & 1];
	}
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	h ^= h >> 32;
	return h;
}

static inline uint32_t
sl_hash_id(uint32_t id)
{
	uint32_t x = (id + sl_hash_key.steer[0]) * sl_hash_key.steer[1];

	x ^= x >> 15;
	return x * sl_hash_key.steer[2];
}

/* Steer hash of two ids (host order, up to 32 bits each); symmetric.  The
 * caller reduces it: ((hash >> 16) % workers). */
static inline uint32_t
sl_hash_ids(uint32_t a, uint32_t b)
{
	uint32_t x = sl_hash_id(a) + sl_hash_id(b);

	x ^= x >> 15;
	return x * sl_hash_key.steer[3];
}

#endif
