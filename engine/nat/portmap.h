/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port choice: an id for the translated side of a reply tuple, so that no other
 * connection has that tuple.
 *
 * A port is in use only together with the other end of the connection, so one
 * address carries as many connections to each server as there are ports.  Who
 * has which is written down in nat/claim, also of what comes from outside to an
 * address that is a pool.  The connection table is asked about the one port that
 * is about to be taken: a connection that is older than the pool has no claim.
 *
 * The order of preference: the id it has; an unpredictable one (RFC 6056) whose
 * reply steers to this worker; any other.  Refused only when none is free, for no
 * more work than when most are.
 *
 * A claim is the connection's until it is no more: whoever claims sets
 * SL_CONN_POOLED on it, and gives the claim back when told (conn/watch.h).
 */
#ifndef SL_NAT_PORTMAP_H
#define SL_NAT_PORTMAP_H

#include <track/track.h>

/* In a range of up to so many ports, connections that have expired and wait for
 * the wheel (a quarter of a second) are taken away at once. */
#define SL_PORTMAP_REAP 8

struct sl_portmap {
	struct sl_table *table;
	uint16_t worker; /* that should own the result */
	uint64_t now_ns;
	struct sl_tuple *reply; /* its 'dst_id' is to be chosen */
	bool is_mapped;		/* by the mapping that has the id (nat/ein.h) */
	bool is_reserved;	/* by the expectation that goes to the id */
};

/* The class that an id stays in when nothing else is asked: < 512, 512-1023,
 * >= 1024.  Zero is never chosen. */
void sl_portmap_class(uint16_t id, uint16_t *lo, uint16_t *hi);

/* The ports that sockets of this router are bound to at reply->dst, a bit each;
 * NULL: it is none of the router's, or nothing is bound.  => In a read section. */
const uint64_t *sl_portmap_served_rcu(const struct sl_tuple *reply);

/* Claims an id in lo..hi (host order; lo <= hi): the one that 'reply' has, or
 * another.  Where there is a choice, none that a socket of this router is bound
 * to.  0, -EADDRINUSE (none is free; reply->dst_id is then any) or -ENOMEM.
 * => Role: worker.  => In a read section. */
int sl_portmap_claim(const struct sl_portmap *, uint16_t lo, uint16_t hi);

/* Claims the tuple as it is, socket or not.  => As sl_portmap_claim(). */
int sl_portmap_keep(const struct sl_portmap *);

/* Writes down that a tuple is taken whose destination may be a port of a pool: the
 * original one of a connection from outside.  False: nothing to write down, or
 * it is already.  => Role: worker. */
bool sl_portmap_occupy(const struct sl_tuple *tuple);

/* Gives back what was claimed or occupied.  => Role: worker. */
void sl_portmap_release(const struct sl_tuple *tuple);

/* For the other side, where sameness is settled later (at srcnat): sets
 * reply->src_id to an id in lo..hi, the one it has if free, else one of a few
 * drawn at random that is, preferring those that steer to this worker; or any.
 * => Role: worker.  => In a read section. */
void sl_portmap_spread(const struct sl_portmap *, uint16_t lo, uint16_t hi);

#endif
