/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fast unpredictable-enough numbers, one generator per thread, seeded from the
 * kernel (or fixed under the virtual clock): xorshift128+, no lock, no system
 * call on the packet path.  Not for keys.
 */
#ifndef SL_BASE_RANDOM_H
#define SL_BASE_RANDOM_H

#include <base/compiler.h>

uint64_t sl_random_u64(void);

/* Uniform in [0, bound); bound > 0. */
static inline uint32_t
sl_random_below(uint32_t bound)
{
	return (uint32_t)(((sl_random_u64() >> 32) * bound) >> 32);
}

#endif
