/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand-over of packets to the worker that owns their connection.
 *
 * What it is.  For every ordered pair of workers one ck_ring of frame copies,
 *   and one that brings the emptied buffers home.  Every worker has its own pool
 *   of small and large buffers, made at start.
 * Life cycle.  A buffer is free -> filled by its home worker -> in the ring ->
 *   processed by the owner -> in the return ring -> free.
 * Who writes.  A ring: its one sender and its one receiver (single producer,
 *   single consumer).  A pool: its home worker.
 * Ordering.    ck_ring's: what was written before enqueue is seen after dequeue.
 *   Packets of one flow keep their order, as they take the same ring.
 * Bounds.      Fixed pools; when the pool or ring is empty or full the packet is
 *   dropped as handoff-full.
 */
#ifndef SL_STEER_HANDOFF_H
#define SL_STEER_HANDOFF_H

#include <base/error.h>
#include <base/wake.h>
#include <packet/pkt.h>

struct sl_handoff;

/* Rings among 'workers'; 'wakes[i]' wakes worker i.  NULL on error. => Role: main. */
struct sl_handoff *sl_handoff_new(
    uint16_t workers, struct sl_wake *wakes, struct sl_err *err);
void sl_handoff_free(struct sl_handoff *);

/* Copies 'pkt' (frame, offload metadata, in/out port, flags, packet mark) to
 * worker 'to'.  SL_TAKEN, or SL_DROP (handoff-full).  Visible to the receiver
 * after sl_handoff_flush().  => Role: worker. */
enum sl_verdict sl_handoff_send(
    struct sl_handoff *, const struct sl_pkt *pkt, uint16_t to);

/* Wakes those who got packets since the last flush. => Role: worker. */
void sl_handoff_flush(struct sl_handoff *);

/* Packets handed to the caller, at most 'max', unparsed, flag SL_PKT_HANDED.
 * Their bytes stay valid until sl_handoff_done().  => Role: worker. */
uint32_t sl_handoff_recv(
    struct sl_handoff *, struct sl_pkt *pkts, uint32_t max);
void sl_handoff_done(struct sl_handoff *);

/* True if packets wait for the caller. => Role: worker. */
bool sl_handoff_has_work(const struct sl_handoff *);

#endif
