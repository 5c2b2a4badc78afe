/* SPDX-License-Identifier: Apache-2.0 */
/* What of a stream leaves with a segment. */
#ifndef SL_RELATED_OUTGOING_H
#define SL_RELATED_OUTGOING_H

#include <related/segment.h>
#include <related/stream.h>

/* Makes the payload of 'seg' the bytes [from, to) of the stream, by the sender's
 * numbers, as replaced: out of the segment itself and what is in custody.  A
 * replacement is sent whole.  False: no memory or larger than a packet can be. */
bool sl_outgoing_write(struct sl_related *, const struct sl_stream *,
    struct sl_segment *, uint32_t from, uint32_t to);

/* Bytes that would leave. */
uint32_t sl_outgoing_len(const struct sl_stream *, uint32_t from, uint32_t to);

/* A segment without payload: held bytes have no number for the receiver. */
void sl_outgoing_number(const struct sl_stream *, struct sl_segment *);

#endif
