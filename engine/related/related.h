/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Helpers at work: one worker's helped connections, and the two stages of the
 * packet's way that they pass.
 *
 * What it is.  The worker's sessions, the memory of its streams, and the means to
 *   send what the engine has to say itself.
 * Life cycle.  init -> arrive, leave, tick -> fini.
 * Who writes, who reads.  The worker.
 * Ordering.    None.
 * Bounds.      SL_HELP_SESSIONS_MAX sessions, SL_RELATED_BYTES held or replaced.
 *
 * A packet of a helped TCP connection is mapped when it arrives, so that everybody
 * between (tracking, rules, translation) sees sequence numbers of each direction
 * as its receiver has them; when it leaves, its payload is shown to the helper and
 * edited, and what it acknowledges is put into the words of whom it goes to.
 */
#ifndef SL_RELATED_RELATED_H
#define SL_RELATED_RELATED_H

#include <packet/pkt.h>
#include <related/call.h>
#include <related/event.h>
#include <related/help_session.h>
#include <track/track.h>

#define SL_RELATED_BYTES (32u * 1024 * 1024)

/* What the worker does for this layer. */
struct sl_related_way {
	void *worker;
	/* Memory for a frame until it is sent; len <= SL_FRAME_MAX. */
	uint8_t *(*scratch)(void *worker, uint32_t len);
	/* Sends 'frame' back to where 'pkt' came from. */
	void (*answer)(void *worker, const struct sl_pkt *pkt, uint8_t *frame,
	    uint32_t len);
	/* What may leave by where 'pkt' leaves, in IP bytes. */
	uint32_t (*mtu)(void *worker, const struct sl_pkt *pkt);
};

struct sl_related {
	/* SL_CONST */
	uint16_t worker;
	struct sl_track *track;
	struct sl_related_way way;

	/* SL_OWNED */
	struct sl_help_sessions sessions;
	struct sl_expected expected; /* by the sessions */
	struct sl_events events;     /* for the log */
	struct sl_store store;	     /* held bytes and replacements */
	struct sl_draft draft;	     /* of the call that is running */
};

/* Before workers start, and after they stopped.  => Role: main. */
int sl_related_init(struct sl_related *, struct sl_track *,
    const struct sl_related_way *, struct sl_err *err);
void sl_related_fini(struct sl_related *);

void sl_related_arrive_helped(struct sl_related *, struct sl_pkt *);
enum sl_verdict sl_related_leave_helped(struct sl_related *, struct sl_pkt *);

static inline bool
sl_related_is_helped(const struct sl_pkt *pkt)
{
	return pkt->conn && sl_conn_has(pkt->conn, SL_CONN_HELPED);
}

/* Before tracking judges 'pkt'.  => Owner only. */
static inline void
sl_related_arrive(struct sl_related *rel, struct sl_pkt *pkt)
{
	if (sl_unlikely(sl_related_is_helped(pkt)))
		sl_related_arrive_helped(rel, pkt);
}

/* When 'pkt' is translated and about to leave: a fresh connection may get its
 * helper, a helped one's payload is shown to it.  May move the packet to other
 * memory.  => Owner only. */
static inline enum sl_verdict
sl_related_leave(struct sl_related *rel, struct sl_pkt *pkt)
{
	if (sl_likely(
		!(pkt->flags & SL_PKT_NEW_CONN) && !sl_related_is_helped(pkt)))
		return SL_GO;
	return sl_related_leave_helped(rel, pkt);
}

/* 'pkt' as it arrived, for who answers it instead of letting it leave.
 * => Owner only. */
void sl_related_undo(struct sl_related *, struct sl_pkt *);

/* Timers.  => Owner only. */
void sl_related_tick(struct sl_related *, uint64_t now_ns);

#endif
