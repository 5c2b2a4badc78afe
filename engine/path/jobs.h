/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that control asks of a worker, because only the owner may do it: removing
 * connections, purging a port.
 *
 * What it is.  One single-producer ring of job pointers per worker.
 * Life cycle.  A job belongs to its caller, who waits for it.
 * Who writes.  Control enqueues (one at a time: the control lock); the worker
 *   dequeues and runs, one slice per batch until the job says it is done.
 * Ordering.    'done' is released by the worker and acquired by the waiter.
 * Bounds.      A slice is as short as the job makes it; JOB_RING jobs wait.
 */
#ifndef SL_PATH_JOBS_H
#define SL_PATH_JOBS_H

#include <path/engine.h>

struct sl_job {
	/* Does one bounded slice; true when the job is finished.
	 * => Owner only: runs on the worker. */
	bool (*run)(struct sl_job *, struct sl_worker *);
	SL_ATOMIC(uint32_t) done;
};

/* Runs 'job' on worker 'worker' and waits for it; right here if that has no thread
 * (in a replay, or before the workers start).  => Role: control.  => May sleep. */
void sl_job_call(struct sl_engine *, uint16_t worker, struct sl_job *job);

#endif
