/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tarpit: a TCP peer gets its connection, from us in the place of whom it asked,
 * and a window of nothing.
 *
 * What it is.  A connection like any other, with the bit SL_CONN_TARPIT: all its
 *   packets are answered or absorbed here and none reaches a host.  Nothing else
 *   is kept: our sequence numbers start a secret distance behind the peer's, so
 *   that what it acknowledges tells where both stand.
 * Life cycle.  Taken with the SYN that a rule matched; ends with the connection.
 * Who writes.  The owner.  Who reads.  Nobody else.
 * Ordering.    None.
 * Bounds.      Every answer counts against the rates of path/reply.
 */
#ifndef SL_PATH_TARPIT_H
#define SL_PATH_TARPIT_H

#include <path/worker.h>

/* A rule says tarpit.  A SYN opens the connection; data of one that is under way
 * already is answered with a closed window; all else is absorbed.
 * Always SL_DROP.  => Owner only. */
enum sl_verdict sl_tarpit_take(struct sl_worker *, struct sl_pkt *);

/* A packet of a connection that has the bit, not translated yet.
 * Always SL_DROP.  => Owner only. */
enum sl_verdict sl_tarpit_hold(struct sl_worker *, struct sl_pkt *);

#endif
