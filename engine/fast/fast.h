/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FastTrack: connections that rules need not see any more.
 *
 * What it is.  A bit of a connection, set by action=fasttrack-connection, and the
 *   question whether a packet of such a connection may pass by raw, tracking and
 *   filter.
 * Life cycle.  The bit stays until the connection ends.  It takes effect while the
 *   family allows it and the tracker finds the connection open in both directions.
 * Who writes.  The bit: the connection's owner.  'allowed': control.  'used': any
 *   worker, once.
 * Who reads.   Workers; control for print.
 * Ordering.    Relaxed: a packet more or less on the slow path changes nothing.
 * Bounds.      Nothing is allocated.
 */
#ifndef SL_FAST_FAST_H
#define SL_FAST_FAST_H

#include <track/track.h>

struct sl_fast {
	/* SL_SHARED; [0] IPv4, [1] IPv6 */
	SL_ATOMIC(bool) allowed[2]; /* allow-fast-path */
	SL_ATOMIC(bool) used[2];    /* some connection was marked */
};
extern struct sl_fast sl_fast;

static inline unsigned
sl_fast_family(uint8_t family)
{
	return family == SL_IPV6;
}

/* A rule wants the packet's connection fasttracked.  Without effect on what is
 * neither TCP nor UDP, or not open in both directions yet.  => Owner only. */
void sl_fast_mark(struct sl_pkt *pkt);

/* May the packet pass?  Then its connection, direction and state are set.  Slow are
 * fragments, options, TCP's SYN, FIN and RST, the last hop's TTL, and connections
 * whose payload is still being looked at.  => In a read section. */
bool sl_fast_find(struct sl_track *, struct sl_pkt *pkt);

/* Counts a packet that passes, and keeps its connection alive. => Owner only. */
void sl_fast_account(struct sl_track *, struct sl_pkt *pkt);

#endif
