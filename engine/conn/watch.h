/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told when a connection is no more: what layers above keep per connection
 * (a port of a pool, a place in a limit) is given back exactly once, whatever
 * ended the connection: expiry, eviction, a command, or a first packet that was
 * dropped.
 *
 * Life cycle.  A watcher takes one bit of SL_CONN_WATCHED before workers start and
 *   stays.  It sets the bit on the connections it wants to hear of.
 * Who writes.  Main.  Who reads.  The owner of the connection that ends.
 */
#ifndef SL_CONN_WATCH_H
#define SL_CONN_WATCH_H

#include <conn/conn.h>

/* Called by the owner, once for a connection with the bit; its fields are still
 * whole.  Not called for what is left when the table is freed. */
typedef void (*sl_conn_gone_fn)(struct sl_conn *);

/* 'bit': one of SL_CONN_WATCHED.  NULL takes the watcher away.  => Role: main. */
void sl_conn_watch(uint32_t bit, sl_conn_gone_fn gone);

/* => Owner only. */
void sl_conn_tell_gone(struct sl_conn *);

#endif
