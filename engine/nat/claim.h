/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims: which ports are in use towards which far end, exactly, for all
 * workers, and a free one in no more work however few are left.
 *
 * What it is.  A table from *endpoints* to sets of ports (nat/portset.h).  An
 *   endpoint is everything of a reply tuple but the port being chosen: protocol,
 *   family, zone, both addresses, the far port, as one keyed 64-bit fingerprint.
 *   Two that had the same one would share a set, which is safe: a port would
 *   count as taken for both.  The table is cut into stripes by the fingerprint;
 *   each is an open-addressing table of 16-byte entries, grown and shrunk a few
 *   entries per operation.
 * Life cycle.  An entry comes with the first port of its endpoint and goes with
 *   the last.  sl_claim_clear() takes what is left.
 * Who writes.  Any worker, under the stripe's spinlock: once for the first packet
 *   of a connection that claims, once at its end.  Never for a packet between.
 * Who reads.   Those, and control for the tally, a stripe at a time.
 * Ordering.    The lock's.  A connection takes its claim before it is published
 *   and gives it back after it was taken out of the table, so whoever gets a
 *   port finds the tuple free.
 * Bounds.      Memory for endpoints in use only.  Work: SL_CLAIM_FOREIGN lookups
 *   at most, and those only among ports whose tuples are held without a claim.
 */
#ifndef SL_NAT_CLAIM_H
#define SL_NAT_CLAIM_H

#include <base/atomic.h>
#include <conn/tuple.h>

/* Free candidates looked at for one that steers to this worker, a worker; and in
 * all (half a microsecond). */
#define SL_CLAIM_TRIES	   8u
#define SL_CLAIM_TRIES_MAX 128u
/* Ports looked at that nobody claims but whose tuple a connection has: one that is
 * older than the pool. */
#define SL_CLAIM_FOREIGN 1024u

struct sl_claim {
	uint64_t endpoint;     /* sl_claim_endpoint() */
	uint16_t pool;	       /* number for the tally; 0: none */
	uint16_t workers;      /* 1: every port is mine */
	const uint64_t *avoid; /* a bit a port never to choose; NULL: none */
	/* The same for ports given out by somebody else meanwhile. */
	/* clang-format off */
	SL_ATOMIC(uint64_t) *others;
	/* clang-format on */
	/* Does the reply steer to this worker?  Is its tuple free, as far as those
	 * without claims go?  NULL: do not ask. */
	bool (*is_mine)(void *arg, uint16_t port);
	bool (*is_free)(void *arg, uint16_t port);
	void *arg;
};

/* The endpoint of a reply tuple whose 'dst_id' is the port to choose. */
uint64_t sl_claim_endpoint(const struct sl_tuple *reply);

/* Claims that port, to avoid or not.  0, -EADDRINUSE or -ENOMEM.
 * => Role: worker. */
int sl_claim_one(const struct sl_claim *, uint16_t port);

/* Claims a port of lo..hi: the first free one after an unpredictable start (RFC
 * 6056, 3.3.1), of those that are mine if one of them is found soon.  0,
 * -EADDRINUSE or -ENOMEM.  => Role: worker. */
int sl_claim_any(
    const struct sl_claim *, uint16_t lo, uint16_t hi, uint16_t *port);

/* Gives a claimed port back.  => Role: worker. */
void sl_claim_release(uint64_t endpoint, uint16_t port);

/* What there is of one pool. */
struct sl_claim_tally {
	uint64_t ports; /* claimed: that many connections */
	uint32_t endpoints;
	uint32_t busiest; /* ports of the endpoint that has most */
};

/* Adds up the claims of every pool into 'tallies' (by number, zeroed by the
 * caller; numbers from 'n' on are left out).  Stops no worker for longer than a
 * look at one stripe.  => Role: any. */
void sl_claim_tally(struct sl_claim_tally *tallies, uint32_t n);

/* Forgets every claim.  => Role: main, no worker runs. */
void sl_claim_clear(void);

#endif
