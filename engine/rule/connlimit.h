/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connection-limit: does the block of a connection's source have more connections
 * than a rule allows?
 *
 * What it is.  For each rule (a memo) a number, the "limit"; for each worker a list,
 *   by connection, of the limits that count it and of the blocks
 *   (rule/connblock.h) they count it in.
 * Life cycle.  A connection is counted the first time a packet of it reaches the
 *   matcher, whatever its direction, and leaves when it is no more: expired, evicted,
 *   removed, or its first packet dropped (conn/watch.h).  A limit that is no more
 *   leaves its connections when they come by the next time, or end.
 * Who writes.  A connection's list: its owner.  Numbers: control gives them out,
 *   the reclaim thread takes them back.
 * Who reads.   The owner: for a connection that is counted already it takes a
 *   look at its own list and the block's count, no lock and no write.
 * Ordering.    A number's generation is relaxed: who sees the old one a moment
 *   longer counts what nobody reads.
 * Bounds.      SL_CONNLIMIT_RULES rules.  A list entry per connection and limit.
 *   When memory is refused the connection is over the limit, and counted as
 *   limits-refused: better one refused than none limited.
 */
#ifndef SL_RULE_CONNLIMIT_H
#define SL_RULE_CONNLIMIT_H

#include <conn/conn.h>
#include <rule/memo.h>

#define SL_CONNLIMIT_RULES 65536

/* Before workers start, and when they are gone.  => Role: main.  -ENOMEM. */
int sl_connlimit_init(uint16_t workers);
void sl_connlimit_fini(void);

/* A memo for blocks of a size; for sl_memo_want(). => Role: control. */
struct sl_memo *sl_connlimit_make(const uint64_t params[SL_MEMO_PARAMS]);

/* Connections of the block of 'prefix_len' bits around the source of 'c' that have
 * come this far, 'c' included; UINT32_MAX if 'c' could not be counted.
 * => Owner only. */
uint32_t sl_connlimit_count(
    const struct sl_memo *, struct sl_conn *c, uint8_t prefix_len);

#endif
