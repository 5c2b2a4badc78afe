/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Window tracking: which sequence and acknowledgement numbers can belong to a
 * connection, seen from a router between the two ends.
 *
 * Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2000),
 * with selective acknowledgements counted in the upper bounds.  For a segment of
 * side A with the other side B:
 *   seq  <= A.max_end                    B has room for it
 *   end  >= A.end - B.max_win            not older than a window: a retransmission
 *   sack <= B.end                        acknowledges only what was sent
 *   sack >= B.end - max(A.max_win, 66000) and not something ancient
 */
#ifndef SL_TCP_WINDOW_H
#define SL_TCP_WINDOW_H

#include "flow.h"

enum window {
	WINDOW_OK,
	WINDOW_SEQ_ABOVE,
	WINDOW_SEQ_BELOW,
	WINDOW_ACK_ABOVE,
	WINDOW_ACK_BELOW,
};

/* The side 'dir' starts with its SYN or SYN/ACK. */
void sl_window_start(
    struct flow *f, enum sl_dir dir, const struct segment *seg);

/* A SYN noted earlier turns out to be right: its sender starts from it, the
 * other side is as if it had never been heard. */
void sl_window_adopt_note(struct flow *f);

/* Joins in the middle: the side 'dir' is known by this segment only. */
void sl_window_pick_up(
    struct flow *f, enum sl_dir dir, const struct segment *seg);

/* Catches up with a connection whose segments went by unseen. */
void sl_window_rejoin(
    struct flow *f, enum sl_dir dir, const struct segment *seg);

/* Does the segment fit?  Changes nothing. */
enum window sl_window_judge(
    const struct flow *f, enum sl_dir dir, const struct segment *seg);

/* Takes the segment into account; counts it if it repeats the last one. */
void sl_window_advance(
    struct flow *f, enum sl_dir dir, const struct segment *seg);

/* Is the sequence number of a RST exactly the one its receiver expects next,
 * as far as a router can know (RFC 5961 §3.2)? */
bool sl_window_is_exact(const struct flow *f, enum sl_dir dir, uint32_t seq);

/* Can 'seq' belong to a segment of 'dir' that is still in flight (RFC 5927)? */
bool sl_window_is_in_flight(
    const struct flow *f, enum sl_dir dir, uint32_t seq);

#endif
