/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only atomic vocabulary of the engine, over C11 atomics.  Default-order
 * operations (x++, atomic_store) are forbidden: every access says its order,
 * and every acquire or release names its partner in a comment.
 */
#ifndef SL_BASE_ATOMIC_H
#define SL_BASE_ATOMIC_H

#include <stdatomic.h>

/* A field that other threads may touch; reachable only through this file. */
#define SL_ATOMIC(T) _Atomic(T)

#define sl_load_relaxed(p) atomic_load_explicit((p), memory_order_relaxed)
#define sl_load_acquire(p) atomic_load_explicit((p), memory_order_acquire)
#define sl_store_relaxed(p, v)                                                 \
	atomic_store_explicit((p), (v), memory_order_relaxed)
#define sl_store_release(p, v)                                                 \
	atomic_store_explicit((p), (v), memory_order_release)
#define sl_add_relaxed(p, v)                                                   \
	atomic_fetch_add_explicit((p), (v), memory_order_relaxed)
#define sl_sub_release(p, v)                                                   \
	atomic_fetch_sub_explicit((p), (v), memory_order_release)
#define sl_or_relaxed(p, v)                                                    \
	atomic_fetch_or_explicit((p), (v), memory_order_relaxed)
#define sl_or_release(p, v)                                                    \
	atomic_fetch_or_explicit((p), (v), memory_order_release)
#define sl_and_release(p, v)                                                   \
	atomic_fetch_and_explicit((p), (v), memory_order_release)
#define sl_exchange_acq_rel(p, v)                                              \
	atomic_exchange_explicit((p), (v), memory_order_acq_rel)
#define sl_cas_acq_rel(p, expected, v)                                         \
	atomic_compare_exchange_strong_explicit(                               \
	    (p), (expected), (v), memory_order_acq_rel, memory_order_acquire)
#define sl_fence_acquire() atomic_thread_fence(memory_order_acquire)
#define sl_fence_release() atomic_thread_fence(memory_order_release)
#define sl_fence_seq_cst() atomic_thread_fence(memory_order_seq_cst)

/*
 * A counter with one writer: the writer does a plain add without a locked
 * instruction; any thread may read it at any time.
 */
#define sl_bump_relaxed(p, v) sl_store_relaxed((p), sl_load_relaxed(p) + (v))

#endif
