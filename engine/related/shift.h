/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequence numbers of a stream that is edited on its way: as its sender numbers
 * its bytes, and as its receiver does.
 *
 * What it is.  The replacements that the receiver has not acknowledged yet, in the
 *   order of the stream, and the distance between the two numberings before them.
 *   A replacement takes the place of at least one byte.
 * Numbers inside a replaced range stand for its end; numbers the receiver names
 * inside a replacement stand for its start (it has not got all of it).  Old
 * duplicates below what was acknowledged keep their distance to it.
 */
#ifndef SL_RELATED_SHIFT_H
#define SL_RELATED_SHIFT_H

#include <base/compiler.h>

struct sl_shift_edit {
	struct sl_shift_edit *next;
	uint32_t seq; /* the sender's, of the first byte replaced */
	uint16_t old_len, new_len;
	uint8_t bytes[];
};

struct sl_shift {
	struct sl_shift_edit *first, *last;
	uint32_t base; /* receiver's number minus sender's, before 'first' */
	uint32_t n;
};

/* a before b, a after b, modulo 2^32. */
static inline bool
sl_seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool
sl_seq_after(uint32_t a, uint32_t b)
{
	return sl_seq_before(b, a);
}

/* True if both numberings are one. */
static inline bool
sl_shift_is_none(const struct sl_shift *s)
{
	return !s->first && s->base == 0;
}

/* First number of the sender's behind the range. */
static inline uint32_t
sl_shift_end(const struct sl_shift_edit *e)
{
	return e->seq + e->old_len;
}

/* The receiver's number for one of the sender's. */
uint32_t sl_shift_map(const struct sl_shift *, uint32_t seq);

/* The sender's number for one of the receiver's.  _up: a number inside a
 * replacement stands for its end (left edges of what was received). */
uint32_t sl_shift_unmap(const struct sl_shift *, uint32_t seq);
uint32_t sl_shift_unmap_up(const struct sl_shift *, uint32_t seq);

/* Behind all others. */
void sl_shift_append(struct sl_shift *, struct sl_shift_edit *);

/* The first replacement that ends after the sender's 'seq'; NULL. */
const struct sl_shift_edit *sl_shift_from(
    const struct sl_shift *, uint32_t seq);

/* Takes out and returns the first replacement if the receiver's 'ack' covers it
 * all; NULL: it does not, or there is none. */
struct sl_shift_edit *sl_shift_take_acked(struct sl_shift *, uint32_t ack);

#endif
