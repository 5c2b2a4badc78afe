/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reap: how connections leave: expiry, eviction, reclamation.
 *
 * What it is.  The limbo is two batches of removed connections (chains through
 *   wheel_next, one per family) with their erased aliases: 'open' collects,
 *   'waiting' waits for one grace period.
 * Life cycle.  removed -> open -> (sl_reap_reclaim) waiting, retired by one
 *   call_rcu -> passed (callback, reclaim thread) -> back to the slabs (owner).
 * Who writes.  The owner; 'passed' is set by the reclaim thread.
 * Who reads.   Nobody else; readers may hold the connections themselves.
 * Ordering.    'passed' is stored with release after the grace period and
 *   loaded with acquire by the owner, who alone touches slabs.
 * Bounds.      One callback under way per shard.  Expiry looks at most at
 *   SL_REAP_BUDGET connections or empty slots a tick.  Eviction looks at most
 *   at SL_EVICT_CONNS connections and SL_EVICT_SLOTS slots a call.
 */
#ifndef SL_CONN_REAP_H
#define SL_CONN_REAP_H

#include <base/rcu.h>
#include <conn/alias.h>

/* Twice a batch: expiry keeps ahead of what one batch of packets can add. */
#define SL_REAP_BUDGET 128
#define SL_EVICT_CONNS 64
#define SL_EVICT_SLOTS 256

struct sl_chain {
	struct sl_conn *first, *last;
};

struct sl_batch {
	struct sl_chain chains[2]; /* by family, as slabs */
	struct sl_alias *aliases;
};

struct sl_limbo {
	/* SL_OWNED */
	struct sl_batch open, waiting;
	bool is_waiting;
	/* SL_SHARED: reclaim thread sets, owner clears */
	SL_ATOMIC(bool) passed;
	struct sl_rcu_head rcu;
};

/* The clock hand of eviction. */
struct sl_hand {
	uint32_t slot[2]; /* next slot to look at, by family */
	unsigned family;  /* which slab is being scanned */
};

/* Buries an unlinked connection.  => Owner only. */
void sl_reap_bury(struct sl_shard *, struct sl_conn *);

/* Removes what has expired, within budget.  => Owner only. */
void sl_reap_expired(struct sl_shard *, uint64_t now_ns);

/* Removes one connection that is expired or not assured; false if a bounded
 * search met none.  => Owner only. */
bool sl_reap_evict(struct sl_shard *, uint64_t now_ns);

/* Returns a batch whose grace period has passed to the slabs and sends the next
 * one to wait.  => Owner only.  => Outside any use of connection pointers. */
void sl_reap_reclaim(struct sl_shard *);

/* Could sl_reap_reclaim() do something now? */
bool sl_reap_is_ready(const struct sl_shard *);

/* Frees what waits; no reader is left and sl_rcu_drain() was called. */
void sl_reap_fini(struct sl_shard *);

#endif
