/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction of a helped TCP connection: shown to the helper in order and once,
 * held back while a message is incomplete, edited the same way however often the
 * sender repeats it.
 *
 * What it is.  Four marks in the stream: first <= used <= next in the sender's
 *   numbers, and what the receiver acknowledged, in its own.  Bytes before 'used'
 *   may leave; those up to 'next' are held.
 * Life cycle.  zeroed -> begun by the first segment that tells its number ->
 *   ended with the session.
 * Who writes, who reads.  The owner of the connection.
 * Ordering.    None.
 * Bounds.      ops->hold_max held bytes, SL_STREAM_EDITS replacements that wait for
 *   their acknowledgement, SL_CUSTODY_MAX bytes in all.
 *
 * A segment behind a hole is dropped: what it carries may have to be edited, and
 * the helper must see what comes before it; its sender repeats it.  Held bytes are
 * cut off their segment and acknowledged to their sender as soon as the receiver
 * has acknowledged everything before them (else Nagle's algorithm keeps the rest
 * of the message back), by its own acknowledgement if one comes by, else by one of
 * ours.  So the sender always answers for something behind them, and when it
 * repeats that, they go with it, until the receiver has acknowledged them, too.
 * What the receiver has is not said again once something was replaced: the records
 * of it are gone.  A late repetition leaves without it, as a reminder to answer.
 */
#ifndef SL_RELATED_STREAM_H
#define SL_RELATED_STREAM_H

#include <base/drop.h>
#include <related/custody.h>
#include <related/shift.h>

#define SL_STREAM_EDITS 256u

struct sl_pkt;
struct sl_related;
struct sl_help_session;

struct sl_stream {
	struct sl_shift shift;
	struct sl_custody custody; /* what is held; before it, what was */
	uint64_t off;		   /* bytes that the helper has used */
	uint32_t first, used, next;
	uint32_t acked;	 /* by the receiver, in its numbers */
	uint16_t window; /* what it offered last, as in the header */
	bool begun;
	bool cut;    /* bytes went by unseen */
	bool edited; /* some of it was replaced */
	bool last;   /* the FIN was shown; it has the number 'next' */
};

/* The stream's next byte is 'seq'.  'picked': others came before it. */
void sl_stream_begin(struct sl_stream *, uint32_t seq, bool picked);
/* Gives back its memory. */
void sl_stream_end(struct sl_stream *, struct sl_store *);

/* The two stages of a segment, and back from the first; related.h.  => Owner only. */
void sl_stream_arrive(struct sl_help_session *, struct sl_pkt *);
void sl_stream_undo(struct sl_help_session *, struct sl_pkt *);
enum sl_verdict sl_stream_leave(
    struct sl_related *, struct sl_help_session *, struct sl_pkt *);

/* An ICMP error about a segment goes to who sent it, and quotes the number that he
 * gave it. */
void sl_stream_quote(const struct sl_help_session *, struct sl_pkt *error);

/* A SYN leaves without payload: nobody can say yet where in a stream it is, and
 * who sent it sends it again (RFC 7413 4.2.2). */
enum sl_verdict sl_stream_strip_syn(struct sl_pkt *);

#endif
