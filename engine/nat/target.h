/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which address of a request a connection gets.
 *
 * A pool (src-nat, dst-nat) is by client: all its connections get the same, and
 * others only when that one has no port left (RFC 4787 REQ-2).  netmap keeps the
 * place of the address within its block: one to one, either way.  same is by client,
 * or by client and destination, and never another.
 */
#ifndef SL_NAT_TARGET_H
#define SL_NAT_TARGET_H

#include <nat/nat.h>

/* What the choice depends on. */
struct sl_target_of {
	uint8_t family;
	struct sl_addr client; /* the connection's first source */
	struct sl_addr remote; /* and where it goes */
	struct sl_addr was;    /* the address that is replaced */
};

/* How many there are to try; 1 if the request asks for none.  => Role: worker. */
unsigned sl_target_count(const struct sl_nat_request *, uint8_t family);

/* The nth of them, n < sl_target_count().  The request has_addr.
 * => Role: worker. */
void sl_target_addr(const struct sl_nat_request *, const struct sl_target_of *,
    unsigned nth, struct sl_addr *out);

#endif
