/* SPDX-License-Identifier: Apache-2.0 */
#include <path/engine.h>

#include <path/worker.h>

#include <base/log.h>
#include <conn/expect.h>
#include <conn/sent.h>
#include <nat/hold.h>
#include <nat/mapped.h>
#include <related/tie.h>
#include <rule/connlimit.h>
#include <rule/inspect.h>

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/* Defaults of /ip settings, as RouterOS prints them. */
#define ICMP_RATE_MS   10
#define ICMP_RATE_MASK 0x1818

static int
make_workers(struct sl_engine *e, struct sl_err *err)
{
	int rc;

	for (uint16_t i = 0; i < e->workers; i++) {
		if ((rc = sl_wake_init(&e->wakes[i], err)))
			return rc;
		e->worker[i] = sl_worker_new(e, i, err);
		if (!e->worker[i])
			return -ENOMEM;
	}
	return 0;
}

static int
make_parts(struct sl_engine *e, uint64_t max_entries, struct sl_err *err)
{
	e->wakes = calloc(e->workers, sizeof(*e->wakes));
	e->worker = calloc(e->workers, sizeof(*e->worker));
	if (!e->wakes || !e->worker)
		return sl_err_set(err, -ENOMEM, "engine: out of memory");
	for (uint16_t i = 0; i < e->workers; i++)
		e->wakes[i].fd = -1;
	if (sl_connlimit_init(e->workers) || sl_expect_init() ||
	    sl_tie_init() || sl_sent_init())
		return sl_err_set(err, -ENOMEM, "engine: out of memory");
	e->table = sl_table_new(e->workers,
	    max_entries ? max_entries : sl_table_default_max(), err);
	if (!e->table)
		return -ENOMEM;
	if (e->workers > 1) {
		e->handoff = sl_handoff_new(e->workers, e->wakes, err);
		if (!e->handoff)
			return -ENOMEM;
	}
	return make_workers(e, err);
}

struct sl_engine *
sl_engine_new(uint16_t workers, uint64_t max_entries, struct sl_err *err)
{
	struct sl_engine *e = calloc(1, sizeof(*e));

	if (!e) {
		sl_err_set(err, -ENOMEM, "engine: out of memory");
		return NULL;
	}
	sl_hold_init();
	e->workers = workers;
	sl_mapped_init();
	sl_inspect_init();
	atomic_init(&e->ip.forward4, true);
	atomic_init(&e->ip.forward6, true);
	atomic_init(&e->ip.icmp_rate_ms, ICMP_RATE_MS);
	atomic_init(&e->ip.icmp_rate_mask, ICMP_RATE_MASK);
	if (make_parts(e, max_entries, err)) {
		sl_engine_free(e);
		return NULL;
	}
	return e;
}

void
sl_engine_free(struct sl_engine *e)
{
	if (!e)
		return;
	sl_rcu_online(); // what sessions expect is read to be ended
	for (uint16_t i = 0; e->worker && i < e->workers; i++)
		sl_worker_free(e->worker[i]);
	sl_rcu_offline();
	sl_tie_fini();
	for (uint16_t i = 0; e->wakes && i < e->workers; i++)
		sl_wake_fini(&e->wakes[i]);
	sl_handoff_free(e->handoff);
	if (e->table)
		sl_table_free(e->table);
	sl_connlimit_fini();
	sl_expect_fini();
	sl_sent_fini();
	sl_hold_fini();
	sl_ein_clear();
	sl_inspect_fini();
	free(e->worker);
	free(e->wakes);
	free(e);
}

/* One worker, one processor; a machine with fewer is shared round robin. */
static void
pin(const struct sl_worker *w)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)(w->id % SL_MAX(cpus, 1L)), &set);
	if (pthread_setaffinity_np(w->thread, sizeof(set), &set))
		sl_log(
		    SL_LOG_WARNING, "system", "worker %u: not pinned", w->id);
}

int
sl_engine_start(struct sl_engine *e, struct sl_err *err)
{
	for (uint16_t i = 0; i < e->workers; i++) {
		struct sl_worker *w = e->worker[i];
		int rc = pthread_create(&w->thread, NULL, sl_worker_main, w);

		if (rc) {
			e->workers_running = i;
			sl_engine_stop(e);
			return sl_err_sys(err, -rc, "worker %u", i);
		}
		e->workers_running = (uint16_t)(i + 1);
		if (e->workers > 1)
			pin(w);
	}
	return 0;
}

void
sl_engine_stop(struct sl_engine *e)
{
	for (uint16_t i = 0; i < e->workers_running; i++) {
		sl_store_relaxed(&e->worker[i]->stop, true);
		sl_wake_up(&e->wakes[i]);
	}
	for (uint16_t i = 0; i < e->workers_running; i++)
		pthread_join(e->worker[i]->thread, NULL);
	e->workers_running = 0;
}
