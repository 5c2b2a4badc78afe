/* SPDX-License-Identifier: Apache-2.0 */
#include <path/jobs.h>

#include <path/worker.h>

#include <base/control.h>

#include <time.h>

/* No wakeup exists towards control: it looks again this often. */
#define LOOK_AGAIN_NS 50000

void
sl_job_call(struct sl_engine *engine, uint16_t worker, struct sl_job *job)
{
	struct sl_worker *w = engine->worker[worker];
	struct timespec nap = {.tv_nsec = LOOK_AGAIN_NS};

	atomic_init(&job->done, 0);
	if (worker >= engine->workers_running) {
		sl_rcu_online();
		while (!job->run(job, w))
			sl_rcu_quiescent();
		sl_rcu_offline();
		return;
	}
	while (!ck_ring_enqueue_spsc(&w->job_ring, w->job_slots, job))
		nanosleep(&nap, NULL);
	sl_wake_up(&engine->wakes[worker]);
	/* pairs with the release in run_job() of worker.c */
	while (!sl_load_acquire(&job->done))
		nanosleep(&nap, NULL);
}
