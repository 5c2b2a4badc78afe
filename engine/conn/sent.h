/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What packets have become by leaving, of translated connections whose packets
 * carry the receiver's id only (SL_CONN_RECEIVER_ID).
 *
 * An ICMP error quotes a packet as it left.  Elsewhere its inverse is how the
 * answer arrives, and so finds the connection; here the answer's id is another
 * one, which nothing in the quote tells.
 *
 * What it is.  One liburcu cds_lfht for all workers: the tuple of leaving packets,
 *   and by value the one they arrived with.
 * Life cycle.  added (sl_sent_add_owned, while the connection is fresh) -> erased,
 *   retired (when the connection is gone, conn/watch.h) -> freed.
 * Who writes.  The owner of the connection.
 * Who reads.   Any worker inside a read section; nothing while there is none.
 * Ordering.    A node is complete before it is added (cds_lfht).  It may be older
 *   or younger than the connection: the reader looks that up, and compares.
 * Bounds.      Two nodes a connection, from the allocator; without memory errors
 *   about it are not known.
 */
#ifndef SL_CONN_SENT_H
#define SL_CONN_SENT_H

#include <conn/conn.h>

/* -ENOMEM.  => Role: main. */
int sl_sent_init(void);
/* No worker runs.  => Role: main. */
void sl_sent_fini(void);

/* Remembers the translated directions of a connection whose tuples and ids are
 * final.  => Owner only.  Fresh connections only. */
void sl_sent_add_owned(struct sl_conn *);

/* How the packets arrived that leave as 'left'; false: none does.
 * => In a read section. */
bool sl_sent_find_rcu(const struct sl_tuple *left, struct sl_tuple *arrived);

#endif
