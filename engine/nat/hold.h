/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection holds of pools: the port its source was translated to, and
 * the port of a pool that it came to from outside.  Taken with its first packet,
 * given back when it is no more, whatever ended it (conn/watch.h).
 */
#ifndef SL_NAT_HOLD_H
#define SL_NAT_HOLD_H

#include <conn/conn.h>

/* From now on what connections hold is given back at their end.
 * => Role: main. */
void sl_hold_init(void);
/* Forgets all ports in use, with the table they are of.  => Role: main, no worker
 * runs. */
void sl_hold_fini(void);

/* The destination port of the reply tuple was claimed for it. => Owner only. */
void sl_hold_reply_owned(struct sl_conn *);
/* Gives that back, ahead of another choice.  => Owner only. */
void sl_hold_release_owned(struct sl_conn *);

/* If the original tuple comes to a pool, the pool's others keep off its port.
 * => Owner only. */
void sl_hold_orig_owned(struct sl_conn *);

#endif
