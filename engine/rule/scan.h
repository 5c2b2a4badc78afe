/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psd: who is scanning ports?
 *
 * What it is.  A memo with a table (rule/keyed.h) from a sender to its score: what
 *   the different ports weigh that it tried, each within the delay of the one before.
 * Life cycle.  As its memo.  A sender is forgotten when the delay has passed.
 * Who writes.  Any worker, under the lock of the sender's set.
 * Who reads.   The same.
 * Ordering.    The lock's.
 * Bounds.      SL_SCAN_SENDERS; then the one with the lowest score gives way, so
 *   that forged senders do not hide a scan.  The last SL_SCAN_PORTS different ports
 *   of a sender are known.
 */
#ifndef SL_RULE_SCAN_H
#define SL_RULE_SCAN_H

#include <rule/match.h>
#include <rule/memo.h>

#define SL_SCAN_SENDERS 65536
#define SL_SCAN_PORTS	64

/* For sl_memo_want(). => Role: control. */
struct sl_memo *sl_scan_make(const uint64_t params[SL_MEMO_PARAMS]);

/* Is this packet to one more port of a sender whose score has reached the weight?
 * Answers are no scan: replies, and TCP with ACK or RST.  => Role: worker. */
bool sl_scan_is_one(const struct sl_match_ctx *, const struct sl_match *m);

#endif
