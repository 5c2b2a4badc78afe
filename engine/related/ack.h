/* SPDX-License-Identifier: Apache-2.0 */
/* Acknowledgements of a stream that is edited and held back on its way. */
#ifndef SL_RELATED_ACK_H
#define SL_RELATED_ACK_H

#include <related/segment.h>
#include <related/stream.h>

/* 'seg' comes from the receiver of 'st': what it acknowledges is remembered, and
 * put into the words of whom it goes to.  'checked': acknowledgements of what was
 * not sent teach nothing. */
void sl_ack_take(struct sl_related *, struct sl_stream *st,
    struct sl_segment *seg, bool checked);

/* Has the receiver acknowledged all that may leave? */
bool sl_ack_is_complete(const struct sl_stream *);

/* Tells the sender of 'seg' that everything up to st->next has arrived. */
void sl_ack_send(struct sl_related *, const struct sl_help_session *,
    const struct sl_stream *st, const struct sl_segment *seg);

#endif
