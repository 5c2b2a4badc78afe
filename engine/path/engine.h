/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all workers share: the table, the hand-over rings, and the settings of
 * /ip settings that the path reads.
 *
 * Life cycle.  Made by the daemon before the workers start, freed after they
 *   stopped.
 * Who writes.  Settings: control, relaxed; everything else is constant.
 */
#ifndef SL_PATH_ENGINE_H
#define SL_PATH_ENGINE_H

#include <conn/table.h>
#include <steer/handoff.h>

struct sl_worker;

struct sl_ip_settings {
	/* SL_SHARED: control writes, workers read, relaxed */
	SL_ATOMIC(bool) forward4, forward6;
	SL_ATOMIC(uint32_t) icmp_rate_ms; /* spacing per target; 0: no limit */
	SL_ATOMIC(uint32_t) icmp_rate_mask; /* bit per ICMP type limited */
};

struct sl_engine {
	/* SL_CONST */
	uint16_t workers;
	/* Control only: threads started; none in a replay, where one thread is
	 * worker and control. */
	uint16_t workers_running;
	struct sl_table *table;
	struct sl_handoff *handoff;
	struct sl_wake *wakes;	   /* [workers] */
	struct sl_worker **worker; /* [workers] */

	struct sl_ip_settings ip;
};

/* Makes table, rings and worker contexts; starts nothing.  'max_entries' 0: the
 * machine's default.  NULL and 'err' on failure.  => Role: main. */
struct sl_engine *sl_engine_new(
    uint16_t workers, uint64_t max_entries, struct sl_err *err);
/* Workers have stopped.  NULL is fine.  => Role: main. */
void sl_engine_free(struct sl_engine *);

/* Starts and stops the worker threads. => Role: main. */
int sl_engine_start(struct sl_engine *, struct sl_err *err);
void sl_engine_stop(struct sl_engine *);

#endif
