/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of one worker's helped connections: blocks of a few sizes, with a limit.
 *
 * What it is.  Free lists by power of two.  A block that was given back is used
 *   again, so the steady state asks nothing of the allocator.
 * Life cycle.  zeroed with 'max' set -> take, give -> fini.
 * Who writes, who reads.  The worker.
 * Ordering.    None.
 * Bounds.      'max' bytes, free ones included.
 */
#ifndef SL_RELATED_STORE_H
#define SL_RELATED_STORE_H

#include <base/compiler.h>

#define SL_STORE_SIZE_MIN 128u
#define SL_STORE_CLASSES  11 /* up to 128 KiB */

struct sl_store_block {
	struct sl_store_block *next;
};

struct sl_store {
	uint64_t max, taken; /* bytes */
	struct sl_store_block *free[SL_STORE_CLASSES];
};

/* At least 'size' bytes, of which *room says how many there are (room may be
 * NULL); NULL: over the limit, or the system refuses. */
void *sl_store_take(struct sl_store *, uint32_t size, uint32_t *room);
/* 'size' as asked for, or *room.  NULL is fine. */
void sl_store_give(struct sl_store *, void *block, uint32_t size);

/* Everything was given back. */
void sl_store_fini(struct sl_store *);

#endif
