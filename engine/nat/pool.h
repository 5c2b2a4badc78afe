/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools: the addresses and protocols that sources were translated to, by number,
 * so that their use can be shown (what is in use is counted by nat/claim).
 *
 * What it is.  An array of pools by number, and an open-addressing index of
 *   numbers that only grows.
 * Life cycle.  A pool comes with the first connection translated to its address
 *   and stays: it has refusals to tell of.
 * Who writes.  Any worker adds one, under a spinlock, once a pool; counts
 *   refusals with an atomic addition.
 * Who reads.   Workers (first packets) and control, without a lock.
 * Ordering.    A pool is complete before its number is in the index (release,
 *   pairs with the acquire in sl_pool_find()).
 * Bounds.      SL_POOL_MAX - 1 pools; what comes after them is number 0, which is
 *   translated like all others and not shown.
 */
#ifndef SL_NAT_POOL_H
#define SL_NAT_POOL_H

#include <conn/tuple.h>
#include <nat/portset.h>

#define SL_POOL_MAX (SL_PORTSET_TAG_MAX + 1)

struct sl_pool {
	uint8_t family, l4proto;
	struct sl_addr addr;
	uint64_t refused; /* choices that found no port */
};

/* The number of the pool that a reply tuple comes back to; 0: none.
 * => Role: any. */
uint16_t sl_pool_find(const struct sl_tuple *reply);
/* The same, made if need be; 0: no room.  => Role: worker. */
uint16_t sl_pool_get(const struct sl_tuple *reply);

/* A choice found no port in it.  => Role: worker. */
void sl_pool_refuse(uint16_t pool);

/* Pool 'number', from 1 on, in order of appearance; false: there are not so
 * many.  => Role: any. */
bool sl_pool_at(uint32_t number, struct sl_pool *out);

/* => Role: main, no worker runs. */
void sl_pool_clear(void);

#endif
