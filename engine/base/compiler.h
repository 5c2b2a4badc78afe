/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of the house: branch hints, cache lines, invariants, and the four
 * headings under which every shared struct groups its fields:
 *
 *   SL_CONST   set before the object is published, never after
 *   SL_OWNED   plain accesses by the owner worker alone
 *   SL_SHARED  several writers or concurrent readers; the order is named
 *   SL_STATS   relaxed atomics; a reader may see a stale value
 */
#ifndef SL_BASE_COMPILER_H
#define SL_BASE_COMPILER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SL_CACHE_LINE 64

#define sl_likely(x)	     __builtin_expect(!!(x), 1)
#define sl_unlikely(x)	     __builtin_expect(!!(x), 0)
#define sl_prefetch(p)	     __builtin_prefetch((p), 0, 3)
#define sl_prefetch_write(p) __builtin_prefetch((p), 1, 3)

#define SL_ALIGNED(n)	__attribute__((aligned(n)))
#define SL_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define SL_NORETURN	__attribute__((noreturn))
#define SL_MUST_CHECK	__attribute__((warn_unused_result))
#define SL_COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

#define sl_container_of(ptr, type, member)                                     \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define SL_MIN(a, b) ((a) < (b) ? (a) : (b))
#define SL_MAX(a, b) ((a) > (b) ? (a) : (b))

/*
 * For our own invariants: never for bytes from outside, never for a plugin's
 * answer.  Stays on in release builds; keep it off per-byte loops.
 */
#define SL_ASSERT(cond)                                                        \
	do {                                                                   \
		if (sl_unlikely(!(cond)))                                      \
			sl_assert_failed(#cond, __FILE__, __LINE__);           \
	} while (0)

SL_NORETURN void sl_assert_failed(const char *what, const char *file, int line);

#endif
