/* SPDX-License-Identifier: Apache-2.0 */
#include <base/clock.h>

#include <base/atomic.h>

#include <time.h>

/* 2024-01-01 00:00:00 UTC: replays print the same dates on every machine. */
#define VIRTUAL_EPOCH_S 1704067200

_Thread_local uint64_t sl_clock_now;

static bool is_virtual;
static SL_ATOMIC(uint64_t) virtual_now;
/* SL_SHARED: main or control stores, anyone reads, relaxed: what to add to
 * sl_now_ns() to get local time. */
static SL_ATOMIC(int64_t) local_ahead_ns;

uint64_t
sl_clock_tick(void)
{
	struct timespec ts;

	if (is_virtual) {
		sl_clock_now = sl_load_relaxed(&virtual_now);
	} else {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		sl_clock_now =
		    (uint64_t)ts.tv_sec * SL_NS_PER_SEC + (uint64_t)ts.tv_nsec;
	}
	return sl_clock_now;
}

void
sl_clock_use_virtual(void)
{
	is_virtual = true;
	sl_store_relaxed(&virtual_now, SL_NS_PER_SEC);
	sl_store_relaxed(
	    &local_ahead_ns, (VIRTUAL_EPOCH_S - 1) * (int64_t)SL_NS_PER_SEC);
	sl_clock_tick();
}

bool
sl_clock_is_virtual(void)
{
	return is_virtual;
}

void
sl_clock_set(uint64_t now_ns)
{
	SL_ASSERT(is_virtual);
	if (now_ns > sl_load_relaxed(&virtual_now))
		sl_store_relaxed(&virtual_now, now_ns);
	sl_clock_tick();
}

int64_t
sl_clock_wall_s(void)
{
	if (is_virtual)
		return VIRTUAL_EPOCH_S +
		       (int64_t)(sl_now_ns() / SL_NS_PER_SEC) - 1;
	return (int64_t)time(NULL);
}

int64_t
sl_clock_local_s(uint64_t now_ns)
{
	return ((int64_t)now_ns + sl_load_relaxed(&local_ahead_ns)) /
	       (int64_t)SL_NS_PER_SEC;
}

void
sl_clock_sync_zone(void)
{
	struct timespec mono, real;
	struct tm tm;

	if (is_virtual)
		return;
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	tzset();
	if (!localtime_r(&real.tv_sec, &tm))
		return;
	sl_store_relaxed(
	    &local_ahead_ns, (real.tv_sec - mono.tv_sec + tm.tm_gmtoff) *
				     (int64_t)SL_NS_PER_SEC +
				 real.tv_nsec - mono.tv_nsec);
}
