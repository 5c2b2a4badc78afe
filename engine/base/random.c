/* SPDX-License-Identifier: Apache-2.0 */
#include <base/random.h>

#include <base/clock.h>

#include <sys/random.h>

static _Thread_local uint64_t state[2];

static void
seed(void)
{
	if (sl_clock_is_virtual() ||
	    getrandom(state, sizeof(state), 0) != (ssize_t)sizeof(state)) {
		state[0] = 0x9e3779b97f4a7c15ull;
		state[1] = 0xbf58476d1ce4e5b9ull;
	}
	state[0] |= 1; /* the all-zero state would stay zero */
}

/* xorshift128+ (Vigna), high half is what callers use. */
uint64_t
sl_random_u64(void)
{
	uint64_t a, b;

	if (sl_unlikely(!state[0] && !state[1]))
		seed();
	a = state[0];
	b = state[1];
	state[0] = b;
	a ^= a << 23;
	state[1] = a ^ b ^ (a >> 18) ^ (b >> 5);
	return state[1] + b;
}
