/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a stream that the engine answers for: their sender believes them
 * received, and the receiver has not acknowledged them.
 *
 * What it is.  One contiguous run, by the sender's numbers, in a block of a store.
 * Life cycle.  zeroed (empty) -> put -> trimmed as the receiver acknowledges ->
 *   empty again, without a block.
 * Who writes, who reads.  The owner of the connection.
 * Ordering.    None.
 * Bounds.      What the store gives, SL_CUSTODY_MAX at most.
 */
#ifndef SL_RELATED_CUSTODY_H
#define SL_RELATED_CUSTODY_H

#include <related/store.h>

/* A message held back and the largest segment that may end it. */
#define SL_CUSTODY_MAX (96u * 1024)

struct sl_custody {
	uint8_t *bytes; /* NULL: empty */
	uint32_t seq;	/* of the first */
	uint32_t len, room;
};

static inline uint32_t
sl_custody_end(const struct sl_custody *c)
{
	return c->seq + c->len;
}

/* Is 'seq' one of the bytes? */
static inline bool
sl_custody_has(const struct sl_custody *c, uint32_t seq)
{
	return seq - c->seq < c->len;
}

/* Adds 'n' bytes that begin at 'seq': where it ends, or anywhere if it is empty.
 * False: no room, nothing is changed. */
bool sl_custody_put(struct sl_custody *, struct sl_store *, uint32_t seq,
    const uint8_t *bytes, uint32_t n);

/* Forgets what lies before 'seq', or from 'seq' on. */
void sl_custody_trim(struct sl_custody *, struct sl_store *, uint32_t seq);
void sl_custody_cut(struct sl_custody *, struct sl_store *, uint32_t seq);

#endif
