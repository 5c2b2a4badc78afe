/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded table of keys and what is remembered of each: buckets of flows, scores
 * of senders.
 *
 * What it is.  Sets of SL_KEYED_WAYS entries in place, a key's set by its keyed
 *   hash, each set under a lock of its own.
 * Life cycle.  An entry comes with the first packet of its key and goes when
 *   another needs its place.
 * Who writes.  Any worker, under the set's lock.  Who reads.  The same.
 * Ordering.    The lock's.
 * Bounds.      n_sets * SL_KEYED_WAYS keys, however many there are in the world;
 *   the system gives pages as sets are first used.  Of a full set the least worth
 *   keeping gives way, or the newcomer finds no room: its owner says which.
 */
#ifndef SL_RULE_KEYED_H
#define SL_RULE_KEYED_H

#include <base/compiler.h>

#define SL_KEYED_WAYS 16

struct sl_keyed_key {
	uint64_t words[5];
};

struct sl_keyed {
	/* SL_CONST */
	uint32_t n_sets; /* power of two */
	uint32_t value_size;
	size_t set_size;
	uint8_t *sets;
};

/* What would be lost if this value were forgotten; 0: nothing.  'arg' is the
 * caller's. */
typedef uint64_t (*sl_keyed_worth_fn)(
    const void *value, uint64_t now_ns, const void *arg);

/* How to make room: values worth more than 'most' stay. */
struct sl_keyed_policy {
	sl_keyed_worth_fn worth;
	const void *arg;
	uint64_t most;
};

/* 'value_size': a multiple of 8.  -ENOMEM. => Role: control. */
int sl_keyed_init(struct sl_keyed *, uint32_t n_sets, uint32_t value_size);
void sl_keyed_fini(struct sl_keyed *);

/* The value of the key, zero if it is new, and its set locked: sl_keyed_leave()
 * follows at once.  NULL: no room, nothing is locked.  => Role: worker. */
void *sl_keyed_enter(struct sl_keyed *, const struct sl_keyed_key *,
    uint64_t now_ns, const struct sl_keyed_policy *);
void sl_keyed_leave(struct sl_keyed *, const void *value);

#endif
