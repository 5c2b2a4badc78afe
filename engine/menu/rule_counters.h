/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live objects (rule/live.h) of a menu's rules, by item id.
 *
 * By id and not in the item: an item may be taken back by an undo after its
 * counters have been given up, or freed before; an id is never a stale pointer.
 * => Role of all: control.
 */
#ifndef SL_MENU_RULE_COUNTERS_H
#define SL_MENU_RULE_COUNTERS_H

#include <rule/live.h>

struct sl_rule_counter;

struct sl_rule_counters { /* zero is empty and ready */
	struct sl_rule_counter **buckets;
	uint32_t n_buckets, n;
	uint32_t round;
};

/* A new round: what is not asked for in it goes with sl_rule_counters_end(). */
void sl_rule_counters_begin(struct sl_rule_counters *);
/* The live object of the item, made if needed; NULL: no memory.  Borrowed. */
struct sl_live *sl_rule_counters_want(struct sl_rule_counters *, uint64_t id);
void sl_rule_counters_end(struct sl_rule_counters *);

/* NULL: never had any. */
struct sl_live *sl_rule_counters_find(
    const struct sl_rule_counters *, uint64_t id);
void sl_rule_counters_reset_all(struct sl_rule_counters *);
void sl_rule_counters_fini(struct sl_rule_counters *);

#endif
