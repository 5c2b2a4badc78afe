/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICMP errors: which connection one is about, and whether to believe it.
 *
 * A router or host far off quotes the packet it complains about.  The connection
 * is found by the inverse of the quoted tuple: what would come back from where
 * the packet went.  The error is believed if it goes to whom the quoted packet
 * came from, and if the tracker finds the quoted packet plausible (RFC 5927).
 */
#ifndef SL_TRACK_ICMP_RELATED_H
#define SL_TRACK_ICMP_RELATED_H

#include <track/track.h>

/* Finds the connection: conn, dir, flag ICMP_ERROR; or a reason (not counted).
 * Returns -1, or an enum sl_ip_reason.
 * => Role: worker.  => In a read section. */
int sl_icmp_related_find(struct sl_track *track, struct sl_pkt *pkt);

/* Is the quoted packet one that pkt->conn could have sent?  => Owner only. */
bool sl_icmp_related_is_plausible(
    const struct sl_track_settings *settings, const struct sl_pkt *pkt);

#endif
