/* SPDX-License-Identifier: Apache-2.0 */
#include <base/log.h>

#include <base/clock.h>
#include <base/counters.h>
#include <base/log_route.h>

#include <ck_ring.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One per worker: the worker enqueues, whoever has the control role dequeues. */
struct log_ring {
	ck_ring_t ring;
	ck_ring_buffer_t slots[SL_LOG_RING];
	ck_ring_t free_ring;
	ck_ring_buffer_t free_slots[SL_LOG_RING];
	struct sl_log_line lines[SL_LOG_RING - 1];
};

static SL_ATOMIC(struct log_ring *) rings[SL_WORKERS_MAX];
static SL_ATOMIC(int) stderr_level = SL_LOG_INFO;

/* Guards the history: main logs before there is a control lock to hold. */
static pthread_mutex_t history_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct sl_log_line history[SL_LOG_HISTORY];
static uint64_t last_seq;

static const char *const level_names[] = {"error", "warning", "info", "debug"};

const char *
sl_log_level_name(enum sl_log_level level)
{
	return level_names[level];
}

bool
sl_log_is_wanted(enum sl_log_level level, const char *topic)
{
	return level != SL_LOG_DEBUG || strcmp(topic, "firewall") != 0 ||
	       sl_load_relaxed(&stderr_level) >= SL_LOG_DEBUG ||
	       sl_log_route_has_debug();
}

void
sl_log_set_stderr_level(enum sl_log_level level)
{
	sl_store_relaxed(&stderr_level, (int)level);
}

void
sl_log_lock(void)
{
	pthread_mutex_lock(&history_mutex);
}

void
sl_log_unlock(void)
{
	pthread_mutex_unlock(&history_mutex);
}

static void
keep(const struct sl_log_line *line)
{
	struct sl_log_line *slot;
	struct sl_log_way way;

	pthread_mutex_lock(&history_mutex);
	way = sl_log_route_line(line);
	if (way.keep) {
		slot = &history[last_seq % SL_LOG_HISTORY];
		*slot = *line;
		slot->seq = ++last_seq;
	}
	pthread_mutex_unlock(&history_mutex);
	if (way.echo || (int)line->level <= sl_load_relaxed(&stderr_level))
		fprintf(stderr, "sluiced: %s,%s %s\n", line->topic,
		    level_names[line->level], line->text);
}

static struct log_ring *
worker_ring(void)
{
	struct log_ring *r = sl_load_relaxed(&rings[sl_role_worker]);

	if (r)
		return r;
	r = calloc(1, sizeof(*r)); /* a worker's first line only */
	if (!r)
		return NULL;
	ck_ring_init(&r->ring, SL_LOG_RING);
	ck_ring_init(&r->free_ring, SL_LOG_RING);
	for (unsigned i = 0; i < SL_COUNT_OF(r->lines); i++)
		ck_ring_enqueue_spsc(
		    &r->free_ring, r->free_slots, &r->lines[i]);
	/* The ring is set up before control sees it; pairs with the acquire in
	 * sl_log_drain(). */
	sl_store_release(&rings[sl_role_worker], r);
	return r;
}

static SL_PRINTF(4, 0) void fill(struct sl_log_line *line,
    enum sl_log_level level, const char *topic, const char *fmt, va_list ap)
{
	line->level = level;
	line->wall_s = sl_clock_wall_s();
	snprintf(line->topic, sizeof(line->topic), "%s", topic);
	vsnprintf(line->text, sizeof(line->text), fmt, ap);
}

void
sl_log(enum sl_log_level level, const char *topic, const char *fmt, ...)
{
	struct sl_log_line own, *line = &own;
	struct log_ring *r = NULL;
	bool defer = sl_role_is(SL_ROLE_WORKER) && !sl_role_is(SL_ROLE_CONTROL);
	va_list ap;

	if (defer) {
		r = worker_ring();
		if (!r || !ck_ring_dequeue_spsc(
			      &r->free_ring, r->free_slots, &line)) {
			sl_count(SL_COUNTER_LOG_LOST, 1);
			return;
		}
	}
	va_start(ap, fmt);
	fill(line, level, topic, fmt, ap);
	va_end(ap);
	if (defer)
		ck_ring_enqueue_spsc(&r->ring, r->slots, line);
	else
		keep(line);
}

/* What was lost since it was last told, at most once a second. */
static void
tell_lost(void)
{
	static uint64_t told, next_ns;
	uint64_t lost = sl_counter_sum(SL_COUNTER_LOG_LOST), now = sl_now_ns();

	if (lost == told || now < next_ns)
		return;
	sl_log(SL_LOG_WARNING, "system", "%llu log lines were suppressed",
	    (unsigned long long)(lost - told));
	told = lost;
	next_ns = now + SL_NS_PER_SEC;
}

void
sl_log_drain(void)
{
	struct sl_log_line *line;

	for (unsigned i = 0; i < SL_WORKERS_MAX; i++) {
		/* pairs with the release in worker_ring() */
		struct log_ring *r = sl_load_acquire(&rings[i]);

		while (r && ck_ring_dequeue_spsc(&r->ring, r->slots, &line)) {
			keep(line);
			ck_ring_enqueue_spsc(
			    &r->free_ring, r->free_slots, line);
		}
	}
	tell_lost();
}

bool
sl_log_next(uint64_t after, struct sl_log_line *out)
{
	uint64_t oldest, seq;
	bool found = false;

	pthread_mutex_lock(&history_mutex);
	oldest = last_seq >= SL_LOG_HISTORY ? last_seq - SL_LOG_HISTORY + 1 : 1;
	seq = SL_MAX(after + 1, oldest);
	if (seq <= last_seq) {
		*out = history[(seq - 1) % SL_LOG_HISTORY];
		found = true;
	}
	pthread_mutex_unlock(&history_mutex);
	return found;
}
