/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zeroed memory straight from the system, for what is too large or too
 * long-lived for the allocator: slabs of connections and index arrays.  The
 * system gives a page when it is first touched, not before.
 */
#ifndef SL_CONN_PAGES_H
#define SL_CONN_PAGES_H

#include <base/atomic.h>
#include <base/compiler.h>

#define SL_PAGES_HUGE (2ull << 20) /* a huge page of x86-64 and of arm64/4k */

enum sl_pages_kind {
	SL_PAGES_SMALL, /* pays exactly for what is touched */
	SL_PAGES_LARGE, /* aligned for, and asking for, huge pages */
};

/* 'len' zeroed bytes, at least page aligned; NULL when the system refuses.
 * => Role: any. */
void *sl_pages_new(size_t len, enum sl_pages_kind kind);
void sl_pages_free(void *pages, size_t len);

/* While true every request is refused: how tests make memory run out. */
extern SL_ATOMIC(bool) sl_pages_refuse;

#endif
