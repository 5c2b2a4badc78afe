/* SPDX-License-Identifier: Apache-2.0 */
#include <base/hash.h>

#include <sys/random.h>

/* Arbitrary odd words, so that hashing before sl_hash_init() is defined. */
struct sl_hash_key sl_hash_key = {
    .seed = {0x243f6a8885a308d3ull, 0x13198a2e03707345ull},
    .steer = {0xa4093822u, 0x299f31d1u, 0x082efa99u, 0xec4e6c89u},
};

void
sl_hash_init(void)
{
	struct sl_hash_key key;

	if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return; /* cannot happen below 256 bytes once the pool is up */
	for (int i = 1; i < 4; i++)
		key.steer[i] |= 1;
	sl_hash_key = key;
}
