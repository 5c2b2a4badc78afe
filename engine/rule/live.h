/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a rule outlives a recompile: its counters, its token buckets and what
 * its matchers remember.
 *
 * What it is.  One object per rule, named by the rule's item and by every
 *   ruleset that has the rule.
 * Life cycle.  sl_live_new (one reference) -> get/put -> the last put retires.
 * Who writes.  Counters: each worker its own slot, no locked instruction.
 *   Buckets: any worker, by compare-and-swap (exact under several workers).
 *   References and reset: control.
 * Who reads.   Control sums the slots.
 * Ordering.    Relaxed; a sum may miss the packets of the moment.
 * Bounds.      A cache line per worker and rule.
 */
#ifndef SL_RULE_LIVE_H
#define SL_RULE_LIVE_H

#include <base/rcu.h>
#include <base/role.h>
#include <rule/memo.h>

struct sl_live_slot {
	/* SL_STATS: written by one worker */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) packets;
	SL_ATOMIC(uint64_t) bytes;
};

struct sl_live {
	/* SL_CONST */
	struct sl_rcu_head rcu;
	uint16_t workers;
	/* control only */
	uint32_t refs;
	uint64_t base_packets, base_bytes; /* sums at the last reset */
	uint64_t limit_cost, limit_depth;  /* what 'limit' is a bucket of */
	struct sl_memo *memos[SL_MEMO_KINDS];
	/* SL_SHARED: theoretical arrival times, 1/64 ns; cas */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) limit, log;
	struct sl_live_slot slot[];
};

/* How many workers count; objects made before have room for all possible.
 * Before workers start.  => Role: main. */
void sl_live_set_workers(uint16_t workers);
/* As set; until then, how many there can be.  => Role: any. */
uint16_t sl_live_workers(void);

/* NULL: no memory. => Role: control. => Returns a reference. */
struct sl_live *sl_live_new(void);
struct sl_live *sl_live_get(struct sl_live *);
void sl_live_put(struct sl_live *); /* NULL: nothing */

/* One packet of 'bytes'. => Role: worker. */
static inline void
sl_live_count(struct sl_live *live, uint32_t bytes)
{
	struct sl_live_slot *s = &live->slot[sl_role_worker];

	sl_bump_relaxed(&s->packets, 1);
	sl_bump_relaxed(&s->bytes, bytes);
}

/* Sums since the last reset. => Role: control. */
void sl_live_read(const struct sl_live *, uint64_t *packets, uint64_t *bytes);
void sl_live_reset(struct sl_live *);

/* The bucket 'limit' is of this price and depth; one of another starts anew.
 * => Role: control. */
void sl_live_set_limit(struct sl_live *, uint64_t cost, uint64_t depth);

/* Most that a cost or depth may be: 833 days, in 1/64 ns.  What is added up here,
 * two of them and the time since start, does not overflow. */
#define SL_LIVE_MOST (1ull << 62)

/* Takes 'cost' (1/64 ns) from the bucket 'tat' of 'depth' if it holds 'need' (at
 * most 'cost'), else false.  What it takes beyond its fill the bucket owes.  GCRA:
 * exact however many workers take.  => Role: worker. */
bool sl_live_take(SL_ATOMIC(uint64_t) * tat, uint64_t now_ns, uint64_t need,
    uint64_t cost, uint64_t depth);

#endif
