/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections a block of addresses has, for each limit that counts it.
 *
 * What it is.  A hash table of counts, in stripes.
 * Life cycle.  A block is made by the first connection that is added to it, and
 *   freed with the last one that is taken from it.
 * Who writes.  Any worker, a stripe under its lock.
 * Who reads.   Any worker that has added a connection and not taken it yet: until
 *   then the block stays.
 * Ordering.    The stripe's lock; a look at a count is relaxed.
 * Bounds.      A block per connection and limit at most.  Memory comes in chunks
 *   and stays until sl_connblock_fini(); 1,048,576 blocks make chains of four.
 */
#ifndef SL_RULE_CONNBLOCK_H
#define SL_RULE_CONNBLOCK_H

#include <base/atomic.h>
#include <sluice/types.h>

struct sl_connblock {
	/* SL_CONST while it has a connection */
	struct sl_addr net; /* first address */
	uint64_t limit;	    /* whose count it is */
	/* SL_SHARED: under the stripe's lock; anyone looks */
	SL_ATOMIC(uint32_t) count;
	struct sl_connblock *next; /* under the stripe's lock */
};

/* => Role: main, no worker runs.  -ENOMEM. */
int sl_connblock_init(void);
void sl_connblock_fini(void);

/* Adds a connection; '*count' is how many there are with it.  NULL: no memory.
 * => Role: worker. */
struct sl_connblock *sl_connblock_add(
    uint64_t limit, const struct sl_addr *net, uint32_t *count);
/* Takes it away.  => Role: worker. */
void sl_connblock_remove(struct sl_connblock *);

static inline uint32_t
sl_connblock_count(struct sl_connblock *b)
{
	return sl_load_relaxed(&b->count);
}

/* Blocks that have connections. => Role: any; for tests. */
uint64_t sl_connblock_total(void);

#endif
