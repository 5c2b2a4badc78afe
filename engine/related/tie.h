/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ties: connections that end with the one that expected them, whoever owns them.
 *
 * What it is.  A tie names a connection, its master and its pair.  It is found by
 *   connection in a liburcu cds_lfht of all workers, and by master in the master's
 *   list.  A worker is told in a queue of its own that a connection is to end.
 * Life cycle.  made with the first packet (sl_tie_add) -> told (sl_tie_tell: out of
 *   the master's list, into the queue) -> its connection removed (sl_tie_run) ->
 *   reclaimed; or its connection ends first (conn/watch, bit SL_CONN_TIED).
 * Who writes.  The child's owner: the table, 'conn', the end.  The list: both
 *   owners, under the master's lock.  The queue: any worker adds, its own takes.
 * Who reads.   The same.
 * Ordering.    'told' is written and read under the master's lock: a tie is the
 *   child's owner's alone when it was not told, or when it came out of the queue.
 *   Of a withdrawal and a child on its way, one sees the other: the expectation is
 *   closed before the list is read, and looked at after the tie is in it.
 * Bounds.      One for each tied connection.
 */
#ifndef SL_RELATED_TIE_H
#define SL_RELATED_TIE_H

#include <conn/expect.h>
#include <conn/table.h>

/* -ENOMEM.  => Role: main. */
int sl_tie_init(void);
/* No worker runs, every session has ended, and the connection table goes next.
 * Leaves the caller offline for RCU.  => Role: main.  => May sleep. */
void sl_tie_fini(void);

/* Ties the fresh connection 'c' to the master of 'e'.  False: no memory, or 'e'
 * was withdrawn meanwhile.  => Owner only.  => In a read section. */
bool sl_tie_add(struct sl_conn *c, const struct sl_expectation *e);

/* The connections of a pair are to end, 0: all of the master's.
 * => Role: worker. */
void sl_tie_tell(struct sl_expect_master *, uint16_t pair);

/* Ends those of the worker that are to.  => Owner only. => In a read section. */
void sl_tie_run(struct sl_shard *, uint16_t worker);

#endif
