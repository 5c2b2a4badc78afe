/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port in memory, for unit tests and benchmarks: frames are put in, frames
 * sent are kept or given to a sink.
 *
 * What it is.  Per queue a ring of frames to receive and a list of frames sent.
 * Life cycle.  Opened and closed by the test.
 * Who writes.  The thread that is the queue's worker at the moment.
 * Who reads.   The same.
 * Ordering.    None: hand a queue from thread to thread by other means.
 * Bounds.      SL_MEM_RING frames wait to be received, SL_MEM_SENT are kept.
 */
#ifndef SL_IO_MEM_H
#define SL_IO_MEM_H

#include <io/port.h>

#define SL_MEM_RING 1024
#define SL_MEM_SENT 4096

struct sl_mem_frame {
	uint8_t *data;
	uint32_t len, room;
	struct sl_offload offload;
};

struct sl_dev *sl_mem_open(uint16_t queues, struct sl_err *err);

/* Puts in a frame by reference: the bytes are the caller's, stay valid until
 * rx_done() and may be changed in place.  False: the ring is full. */
bool sl_mem_offer(struct sl_dev *, uint16_t q, const struct sl_mem_frame *);

/* Puts in a copy of a frame, with room for 128 bytes more.  'offload' may be
 * NULL.  False: ring full or no memory. */
bool sl_mem_inject(struct sl_dev *, uint16_t q, const void *bytes, uint32_t len,
    const struct sl_offload *offload);

/* Frames sent since the last clear, copied as tx() got them.  Those beyond
 * SL_MEM_SENT are refused. */
uint32_t sl_mem_sent_count(const struct sl_dev *, uint16_t q);
const struct sl_mem_frame *sl_mem_sent(
    const struct sl_dev *, uint16_t q, uint32_t i);
void sl_mem_sent_clear(struct sl_dev *, uint16_t q);

/* From now on tx() calls 'sink' (which may look, not keep) and keeps nothing;
 * it returns false to refuse the frame.  NULL: keep copies again. */
typedef bool (*sl_mem_sink_fn)(void *arg, uint16_t q, const struct sl_pkt *);
void sl_mem_set_sink(struct sl_dev *, sl_mem_sink_fn sink, void *arg);

#endif
