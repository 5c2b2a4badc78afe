/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port choice: an id for the translated side of a reply tuple, so that no other
 * connection has that tuple.
 *
 * There is no pool to keep books about: a port is in use only together with the
 * other end of the connection, and the connection table itself says which
 * tuples are taken.  One address thus carries as many connections to each
 * server as there are ports.
 *
 * The order of preference: the id it has; an unpredictable one (RFC 6056) whose
 * reply steers to this worker; any other.  Candidates come in a random full
 * cycle over the range (start and step drawn anew), so occupied neighbours do
 * not slow it down.  Bounds: ranges of up to SL_PORTMAP_EXACT ids are searched
 * to the end; larger ones get SL_PORTMAP_PROBES lookups a pass, which misses a
 * free id only when the range is all but full.
 */
#ifndef SL_NAT_PORTMAP_H
#define SL_NAT_PORTMAP_H

#include <track/track.h>

#define SL_PORTMAP_PROBES 256
#define SL_PORTMAP_EXACT  1024

struct sl_portmap {
	struct sl_table *table;
	uint16_t worker; /* that should own the result */
	uint64_t now_ns;
	struct sl_tuple *reply;
	sl_be16 *id; /* the field of 'reply' to choose */
};

/* The class that an id stays in when nothing else is asked: < 512, 512-1023,
 * >= 1024.  Zero is never chosen. */
void sl_portmap_class(uint16_t id, uint16_t *lo, uint16_t *hi);

/* Sets *id to a free one in lo..hi (host order; lo <= hi); false: none found,
 * *id is then any in the range.  => Role: worker.  => In a read section. */
bool sl_portmap_choose(const struct sl_portmap *, uint16_t lo, uint16_t hi);

#endif
