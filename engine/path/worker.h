/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker: one thread that moves packets, run to completion.
 *
 * What it is.  The loop rx -> path -> tx -> housekeeping, and everything that
 *   one worker owns: its shard, reassembler, waiting packets, scratch memory.
 * Life cycle.  sl_worker_new -> (thread or replay loop) sl_worker_step ... ->
 *   sl_worker_free.
 * Who writes.  The worker itself.  Who reads.  Nobody else.
 * Ordering.    One quiescent report per step; offline while it sleeps.
 * Bounds.      A step takes at most one batch from every device and ring.
 */
#ifndef SL_PATH_WORKER_H
#define SL_PATH_WORKER_H

#include <io/port.h>
#include <nat/ein.h>
#include <packet/defrag.h>
#include <packet/reply.h>
#include <path/engine.h>
#include <path/pending.h>
#include <path/reply.h>
#include <related/related.h>
#include <track/track.h>

#include <ck_ring.h>
#include <pthread.h>

#define SL_SCRATCH_BYTES (256 * 1024)
#define SL_JOB_RING	 64

struct sl_worker {
	/* SL_CONST */
	uint16_t id;
	struct sl_engine *engine;

	/* SL_OWNED */
	struct sl_track track;
	struct sl_defrag *defrag;
	struct sl_related related;     /* helped connections */
	struct sl_ein_sweep sweep;     /* of worker 0 */
	struct sl_pending pending;     /* packets that wait for a neighbor */
	struct sl_reply_limit replies; /* rate of our own ICMP and RST */
	uint64_t dirty[2][SL_PORTS_MAX / 64]; /* devices to flush: wire, host */
	uint8_t *scratch; /* frames of our own until the flush */
	uint32_t scratch_used;
	bool host_is_busy;  /* the last look at TAPs found frames */
	uint64_t verify_ns; /* when to ask about a stale neighbour */
	struct sl_pkt pkts[SL_BATCH_MAX];

	/* jobs from control; see jobs.h */
	ck_ring_t job_ring;
	ck_ring_buffer_t job_slots[SL_JOB_RING];
	struct sl_job *job; /* SL_OWNED: the one being run */

	pthread_t thread;
	SL_ATOMIC(bool) stop; /* main sets, the worker reads, relaxed */
};

/* => Role: main. */
struct sl_worker *sl_worker_new(
    struct sl_engine *, uint16_t id, struct sl_err *err);
void sl_worker_free(struct sl_worker *);

/* One round over devices, rings, timers and jobs; the caller is online and has
 * ticked the clock.  Returns how many packets and jobs there were.
 * => Role: worker. */
uint32_t sl_worker_step(struct sl_worker *);

/* The thread's body: steps, and sleeps when there is nothing to do. */
void *sl_worker_main(void *worker);

/* Queues a frame for a port's wire or host side, to go with the next flush.
 * Counts; SL_TAKEN or a counted drop.  => Role: worker. */
enum sl_verdict sl_worker_tx_wire(
    struct sl_worker *, uint16_t port, const struct sl_pkt *pkt);
enum sl_verdict sl_worker_tx_host(
    struct sl_worker *, uint16_t port, const struct sl_pkt *pkt);

/* Memory for a frame of our own, valid until the flush that sends it.
 * len <= SL_SCRATCH_BYTES / 2. => Role: worker. */
uint8_t *sl_worker_scratch(struct sl_worker *, uint32_t len);

/* Sends everything queued. => Role: worker. */
void sl_worker_flush(struct sl_worker *);

#endif
