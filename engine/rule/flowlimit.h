/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dst-limit: a token bucket for each flow.
 *
 * What it is.  A memo with a table (rule/keyed.h) from what a rule calls a flow to
 *   the instant when its bucket will be full again.
 * Life cycle.  As its memo.  A flow is forgotten when its bucket is full or its
 *   time without packets is over: both are what a newcomer would have.
 * Who writes.  Any worker, under the lock of the flow's set.
 * Who reads.   The same.
 * Ordering.    The lock's: exact however many workers take.
 * Bounds.      SL_FLOWLIMIT_KEYS flows with buckets that are not full.  A flow that
 *   finds no room has no token, and counts as limits-refused.
 */
#ifndef SL_RULE_FLOWLIMIT_H
#define SL_RULE_FLOWLIMIT_H

#include <rule/match.h>
#include <rule/memo.h>

#define SL_FLOWLIMIT_KEYS 262144

/* For sl_memo_want(). => Role: control. */
struct sl_memo *sl_flowlimit_make(const uint64_t params[SL_MEMO_PARAMS]);

/* Takes a token of the packet's flow; false: there was none.
 * => Role: worker. */
bool sl_flowlimit_take(const struct sl_match_ctx *, const struct sl_match *m);

#endif
