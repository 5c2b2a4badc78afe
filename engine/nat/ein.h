/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint-independent NAT: which public end an inside end has, for every remote.
 *
 * What it is.  A mapping ties an inside address and port to a port of one public
 *   address.  Found by inside end and public address in a hash table, by public
 *   end in an array of the ports of that address.
 * Life cycle.  Made by the first connection out (sl_ein_map); used by every
 *   connection of either way that goes through it, each of which holds it until
 *   it ends (conn/watch.h); then idle for udp-timeout; then retired by whoever
 *   meets it first, or by the sweep.
 * Who writes.  Any worker.  A port belongs to whoever set its bit; a mapping's
 *   count of connections is one word with a generation, so that the one who ends
 *   it knows that nobody took it up meanwhile.
 * Who reads.   Workers, inside a read section.
 * Ordering.    A mapping is complete before the table or the array has it
 *   (release); its port's bit is cleared after the array forgot it.
 * Bounds.      SL_EIN_MAX mappings, SL_EIN_PUBLICS addresses (never given back);
 *   a search for a port looks at each word of a bitmap of 65,536 at most twice.
 */
#ifndef SL_NAT_EIN_H
#define SL_NAT_EIN_H

#include <base/error.h>
#include <conn/conn.h>

#define SL_EIN_MAX     1048576u
#define SL_EIN_PUBLICS 1024u /* power of two */

struct sl_ein_end {
	struct sl_addr addr;
	sl_be16 id;
};

/* What a mapping is asked for with. */
struct sl_ein_wish {
	uint8_t family;
	struct sl_ein_end inside;
	struct sl_addr address; /* the public one */
	uint16_t lo, hi;	/* ports, host order, 0 < lo <= hi */
	const uint64_t *avoid;	/* a bit a port never to choose; NULL: none */
	bool keep;		/* take the inside port if it is free */
	bool parity;		/* keep odd odd and even even while there are */
};

/* Somebody has a rule that maps: makes room for mappings, once.  -ENOMEM.
 * => Role: control. */
int sl_ein_want(struct sl_err *);

/* Forgets all.  No worker runs and every connection is gone. => Role: main.
 * => May sleep. */
void sl_ein_clear(void);

/* The public port of an inside end, the one it has or a new one, held for a
 * connection: give the connection bit SL_CONN_EIN_SRC and its reply tuple, or
 * sl_ein_put() it.  False: no port, no memory, or a lost race.
 * => Role: worker.  => In a read section. */
bool sl_ein_map(const struct sl_ein_wish *, uint64_t now_ns, sl_be16 *id);

/* The inside end behind a public one, held for a connection (SL_CONN_EIN_DST).
 * False: nobody's.  => Role: worker.  => In a read section. */
bool sl_ein_take(uint8_t family, const struct sl_ein_end *outside,
    uint64_t now_ns, struct sl_ein_end *inside);

/* Is that public end somebody's?  Holds nothing.  => In a read section. */
bool sl_ein_has(
    uint8_t family, const struct sl_ein_end *outside, uint64_t now_ns);

/* The ports of a public address that mappings have, a bit each; NULL: none ever
 * had one.  An idle mapping keeps its port until it is retired.  => Role: any. */
/* clang-format off */
SL_ATOMIC(uint64_t) *sl_ein_ports(
    uint8_t family, const struct sl_addr *address);
/* clang-format on */

/* One connection less; without any the mapping lasts 'idle_ns' more.
 * => In a read section. */
void sl_ein_put(uint8_t family, const struct sl_ein_end *outside,
    uint64_t now_ns, uint64_t idle_ns);

/* Where a sweep goes on; starts zeroed. */
struct sl_ein_sweep {
	uint32_t slot, word;
	uint64_t next_ns;
};

/* Retires what is idle too long, a slice a millisecond: 8 s to look at all that
 * there can be.  For one worker, once a batch.  => In a read section. */
void sl_ein_sweep(struct sl_ein_sweep *, uint64_t now_ns);

/* Mappings now. */
uint32_t sl_ein_count(void);

#endif
