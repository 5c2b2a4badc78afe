/* SPDX-License-Identifier: Apache-2.0 */
#include <base/clock.h>

#include <base/atomic.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* 2024-01-01 00:00:00 UTC: replays print the same dates on every machine. */
#define VIRTUAL_EPOCH_S 1704067200

_Thread_local uint64_t sl_clock_now;

static bool is_virtual;
static SL_ATOMIC(uint64_t) virtual_now;
/* SL_SHARED: main or control stores, anyone reads, relaxed: what to add to
 * sl_now_ns() to get local time. */
static SL_ATOMIC(int64_t) local_ahead_ns;
/* main and control only */
static bool has_zone;	     /* one of ours */
static char machine_tz[256]; /* TZ before it; "": none */

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

/* Seconds that local time is ahead of UTC at that time. */
static int64_t
zone_ahead_s(time_t utc)
{
	struct tm tm;

	tzset(); /* the system's zone may be another by now */
	return localtime_r(&utc, &tm) ? tm.tm_gmtoff : 0;
}

void
sl_clock_sync_zone(void)
{
	struct timespec mono, real;
	int64_t ahead_ns;

	if (is_virtual) {
		ahead_ns = VIRTUAL_EPOCH_S - 1;
		if (has_zone)
			ahead_ns += zone_ahead_s((time_t)sl_clock_wall_s());
		ahead_ns *= (int64_t)SL_NS_PER_SEC;
	} else {
		clock_gettime(CLOCK_MONOTONIC, &mono);
		clock_gettime(CLOCK_REALTIME, &real);
		ahead_ns =
		    (real.tv_sec - mono.tv_sec + zone_ahead_s(real.tv_sec)) *
			(int64_t)SL_NS_PER_SEC +
		    real.tv_nsec - mono.tv_nsec;
	}
	sl_store_relaxed(&local_ahead_ns, ahead_ns);
}

int
sl_clock_set_zone(const char *name)
{
	char tz[SL_CLOCK_ZONE_MAX + 2];
	const char *was = getenv("TZ");
	int rc;

	if (!has_zone)
		snprintf(machine_tz, sizeof(machine_tz), "%s", was ? was : "");
	snprintf(tz, sizeof(tz), ":%s", name ? name : "");
	if (name)
		rc = setenv("TZ", tz, 1);
	else if (*machine_tz)
		rc = setenv("TZ", machine_tz, 1);
	else
		rc = unsetenv("TZ");
	if (rc)
		return -ENOMEM;
	has_zone = name != NULL;
	sl_clock_sync_zone();
	return 0;
}
