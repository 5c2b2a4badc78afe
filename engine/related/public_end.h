/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public end of an expectation: an id at the address that its opener is told,
 * for which nobody else's first packet can be taken.
 *
 * Kept if free; else another of its class, unpredictable, with all ids of the row
 * free.  Not free is an id that another expectation of overlapping sources goes to,
 * that a program of the router serves, that belongs to an endpoint-independent
 * mapping, or, where packets carry the receiver's id only, that a connection has.
 * While it is expected, sources that are translated keep off it (nat/portmap).
 */
#ifndef SL_RELATED_PUBLIC_END_H
#define SL_RELATED_PUBLIC_END_H

#include <conn/expect.h>
#include <conn/table.h>

struct sl_public_end {
	struct sl_table *table;
	/* want.dst is the address, want.dst_id the id wished; left with any. */
	struct sl_expectation *like;
	unsigned ids; /* in a row */
	bool even;    /* if another, then an even one */
};

/* Is a row from 'id' on (host order) free, but for what the router's own keep
 * off?  => In a read section. */
bool sl_public_end_is_free_rcu(const struct sl_public_end *, uint16_t id);

/* A free row, the wished one if it is.  False: none in SL_EXPECTING_TRIES.
 * => Role: worker.  => In a read section. */
bool sl_public_end_choose_rcu(const struct sl_public_end *, sl_be16 *id);

#endif
