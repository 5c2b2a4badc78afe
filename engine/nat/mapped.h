/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that go through a mapping (nat/ein.h): each holds its mapping from
 * the rule that chose it to its own end.
 *
 * Out of the inside, the mapping is chosen by the reply tuple's destination; into
 * it, by the original tuple's.  A connection may do both.
 */
#ifndef SL_NAT_MAPPED_H
#define SL_NAT_MAPPED_H

#include <nat/nat.h>

/* Gives mappings back when connections end.  => Role: main. */
void sl_mapped_init(void);

/* The port that 'client' has of the public address reply->dst, into the reply
 * tuple: hold it with the connection that gets the tuple, or undo it.  False:
 * none is left.  => Owner only. */
bool sl_mapped_out(const struct sl_pkt *, const struct sl_nat_request *,
    const struct sl_ein_end *client, struct sl_tuple *reply);
void sl_mapped_hold_owned(struct sl_conn *);
void sl_mapped_undo(const struct sl_pkt *, const struct sl_tuple *reply);

/* The inside end behind the packet's destination, into the reply tuple.  False:
 * nobody's.  => Owner only. */
bool sl_mapped_in(const struct sl_pkt *, struct sl_tuple *reply);

#endif
