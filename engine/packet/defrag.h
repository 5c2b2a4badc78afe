/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reassembly of IPv4 (RFC 791, 815) and IPv6 (RFC 8200 §4.5, RFC 5722)
 * fragments into whole datagrams.  One reassembler per worker: fragments are
 * steered by address, so all of a datagram arrive at one worker.
 *
 * Bounds: memory and datagrams, in total and per source, and fragments per
 * datagram; when they run out, the oldest datagram (of that source) gives way.  A
 * datagram must be whole within SL_DEFRAG_TIMEOUT_NS.  Overlap and contradicting
 * lengths drop the whole datagram, what is still to come of it included; exact
 * duplicates are ignored.  Drops are counted by fragment, wholes as "reassembled".
 */
#ifndef SL_PACKET_DEFRAG_H
#define SL_PACKET_DEFRAG_H

#include <packet/pkt.h>

#define SL_DEFRAG_TIMEOUT_NS (30ull * 1000000000ull)
#define SL_DEFRAG_FRAGMENTS  256 /* of one datagram: 64 KiB in 256 bytes each */

struct sl_defrag;

struct sl_defrag_limits {
	uint32_t bytes;	     /* memory for fragments, default 4 MiB */
	uint32_t datagrams;  /* under way at once, default 1024 */
	uint32_t per_source; /* of one source address, default 64 */
	/* Of 'bytes', those for one source address, default 1 MiB: who floods
	 * pushes out nobody else's.  0: all of them. */
	uint32_t source_bytes;
};

struct sl_defrag *sl_defrag_new(
    const struct sl_defrag_limits *limits); /* NULL: defaults */
void sl_defrag_free(struct sl_defrag *);

/* Gives a packet as parsed.  SL_TAKEN: a fragment, kept (copied), not whole yet.
 * SL_GO: 'pkt' is a whole datagram.  If it was not one before, it has the flag
 * SL_PKT_REASSEMBLED, the Ethernet header of the first fragment, DF clear, frag_id,
 * and in *max_frag the largest fragment (IP bytes): what leaves must not be cut
 * larger (0: it came whole).  Its bytes are the reassembler's and stay valid until
 * the next call of any function of 'd'; 'origin' is not touched.  Else a counted
 * drop.  => Owner only. */
enum sl_verdict sl_defrag_add(
    struct sl_defrag *d, struct sl_pkt *pkt, uint32_t *max_frag);

/* Drops datagrams that are overdue at 'now_ns' (counted).  Work O(overdue). */
void sl_defrag_expire(struct sl_defrag *d, uint64_t now_ns);

#endif
