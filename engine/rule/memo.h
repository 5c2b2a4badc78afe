/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a matcher remembers from packet to packet: a count, a table of buckets.
 *
 * What it is.  The head of such an object, and whose it is: a rule's (struct
 *   sl_live), which outlives recompiles, and of certain parameters.
 * Life cycle.  sl_memo_want makes one, or gives the rule's when its parameters are
 *   the same -> named by the rule and by every ruleset that has the rule -> the
 *   last put retires it.
 * Who writes.  References: control.  The contents: as the object's own header says.
 * Who reads.   Workers, through the matcher of the ruleset they walk.
 * Ordering.    The ruleset's publishing makes a new one visible.
 * Bounds.      One of a kind a rule.
 */
#ifndef SL_RULE_MEMO_H
#define SL_RULE_MEMO_H

#include <base/rcu.h>

/* clang-format off */
enum sl_memo_kind {
	SL_MEMO_NTH,
	SL_MEMO_CONN_LIMIT,
	SL_MEMO_PSD,
	SL_MEMO_DST_LIMIT,
	SL_MEMO_KINDS
};
/* clang-format on */

#define SL_MEMO_PARAMS 4

struct sl_memo {
	struct sl_rcu_head rcu;
	/* control only */
	uint32_t refs;
	uint64_t params[SL_MEMO_PARAMS]; /* what it is of */
	/* SL_CONST: frees it, after a grace period, on the reclaim thread */
	void (*reclaim)(struct sl_rcu_head *);
};

/* Makes an object whose first member is a memo, zero but for 'reclaim'; NULL: no
 * memory. */
typedef struct sl_memo *(*sl_memo_make_fn)(
    const uint64_t params[SL_MEMO_PARAMS]);

/* The memo in '*place', or a new one in its place if that is of other parameters
 * or none.  NULL: no memory, and the place is empty.
 * => Role: control. => Returns a reference. */
struct sl_memo *sl_memo_want(struct sl_memo **place,
    const uint64_t params[SL_MEMO_PARAMS], sl_memo_make_fn make);

/* => Role: control. */
void sl_memo_put(struct sl_memo *);	   /* NULL: nothing */
void sl_memo_drop(struct sl_memo **place); /* empties it */

#endif
