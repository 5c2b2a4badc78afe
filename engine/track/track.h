/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connection tracking of packets: which connection, which state.
 *
 * classify() finds the tuple and the connection (any worker may do that);
 * packet() judges, on the owner; confirm() publishes a new connection when its
 * first packet leaves, abandon() forgets it when the packet was dropped.
 */
#ifndef SL_TRACK_TRACK_H
#define SL_TRACK_TRACK_H

#include <conn/table.h>
#include <packet/parse.h>
#include <track/settings.h>
#include <track/trackers.h>

/* One worker's view.  Filled once at start. */
struct sl_track {
	struct sl_table *table;
	struct sl_shard *shard; /* sl_table_shard(table, worker) */
	uint16_t worker;
};

/* Optional first half of classify(), so that a batch can be keyed and prefetched
 * before it is looked up: fills tuple, hash and tracker.  False: nothing can be
 * said yet (fragment, ICMP error, broken header), call sl_track_classify().
 * Judges and counts nothing.  => Role: worker. */
bool sl_track_key(struct sl_pkt *);
/* classify() for a packet that sl_track_key() has keyed. */
void sl_track_classify_keyed(struct sl_track *, struct sl_pkt *);

/* Sets pkt->tuple, hash, tracker, conn, dir, and state where that is already
 * settled: UNTRACKED (tracking off, notrack, ND/MLD), INVALID (reason counted).
 * For an ICMP error, conn is the connection that the quoted packet belongs to
 * and dir the direction the error travels in (against the quoted packet); tuple
 * has the error's own addresses and no ids.
 * state NEW means "not settled yet"; a packet handed over is classified again.
 * => Role: worker.  => In a read section. */
void sl_track_classify(struct sl_track *, struct sl_pkt *);

/* The worker that must process 'pkt' after classify(). */
uint16_t sl_track_owner(const struct sl_track *, const struct sl_pkt *);

/* Verifies, runs the tracker, sets pkt->state (and pkt->conn, flag NEW_CONN for
 * a fresh connection).  An invalid packet is SL_GO with state INVALID and conn
 * NULL: rules decide.  SL_DROP only when there is no room.  => Owner only. */
enum sl_verdict sl_track_packet(struct sl_track *, struct sl_pkt *);

/* The packet leaves the router: a fresh connection enters the table.  SL_DROP
 * on a clash.  => Owner only. */
enum sl_verdict sl_track_confirm(struct sl_track *, struct sl_pkt *);

/* The packet was dropped or refused: a fresh connection is forgotten.
 * => Owner only. */
void sl_track_abandon(struct sl_track *, struct sl_pkt *);

/* Circumstances of 'c' for a call of its tracker.  => Owner only. */
void sl_track_fill_ctx(const struct sl_track_settings *,
    const struct sl_conn *c, struct sl_track_ctx *ctx);

#endif
