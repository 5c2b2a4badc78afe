/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: one coarse timestamp per batch, and a virtual clock for replays.
 *
 * sl_now_ns() is the calling thread's last tick, in nanoseconds since an
 * arbitrary start (CLOCK_MONOTONIC, or the virtual clock, which starts at
 * 1 s).  Nothing in the engine asks the system for the time in any other way,
 * so a replay is exact: the virtual clock moves only by sl_clock_set().
 */
#ifndef SL_BASE_CLOCK_H
#define SL_BASE_CLOCK_H

#include <base/compiler.h>

#define SL_NS_PER_SEC 1000000000ull
#define SL_NS_PER_MS  1000000ull

extern _Thread_local uint64_t sl_clock_now;

/* The time of the calling thread's last tick. => Role: any. */
static inline uint64_t
sl_now_ns(void)
{
	return sl_clock_now;
}

/* Reads the clock for the calling thread and returns it.  => Role: any. */
uint64_t sl_clock_tick(void);

/* Switches the process to virtual time.  Call before any thread starts. */
void sl_clock_use_virtual(void);
bool sl_clock_is_virtual(void);

/* Moves virtual time forward to 'now_ns' (a step back is ignored) and ticks
 * the calling thread.  Only with sl_clock_use_virtual(). */
void sl_clock_set(uint64_t now_ns);

/* Wall-clock seconds since 1970 that belong to sl_now_ns(): real time, or a
 * fixed date plus the virtual time that has passed. => Role: any. */
int64_t sl_clock_wall_s(void);

/* The same in the local time zone: what a clock on the wall shows at 'now_ns' (of
 * sl_now_ns()), as seconds since 1970-01-01 00:00 by that clock.  Asks nobody, so
 * a worker may; as fresh as the last sl_clock_sync_zone().  => Role: any. */
int64_t sl_clock_local_s(uint64_t now_ns);

/* Looks up the time zone and whether somebody set the system's clock.  Virtual
 * time is UTC unless a zone was set.  Once before workers start, then every second
 * or so.  => Role: main or control. */
void sl_clock_sync_zone(void);

/* The process's zone from now on, a name as of tzdata; NULL: the machine's.  One
 * that tzdata does not have is UTC.  -ENOMEM.  => Role: main or control. */
#define SL_CLOCK_ZONE_MAX 64
int sl_clock_set_zone(const char *name);

#endif
