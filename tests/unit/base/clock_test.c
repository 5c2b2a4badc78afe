/* SPDX-License-Identifier: Apache-2.0 */
#include <base/clock.h>

#include <base/random.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void
real_time_follows_the_system(void **state)
{
	uint64_t first = sl_clock_tick(), then;
	int64_t wall = sl_clock_wall_s(), now = time(NULL);

	(void)state;
	assert_false(sl_clock_is_virtual());
	assert_int_equal(sl_now_ns(), first);
	do { /* a tick is what moves it, and never back */
		assert_int_equal(sl_now_ns(), first);
		then = sl_clock_tick();
	} while (then == first);
	assert_true(then > first);
	assert_in_range(now - wall, 0, 2);
}

static void
local_time_follows_the_zone(void **state)
{
	static const struct {
		const char *zone;
		int64_t ahead_s;
	} rows[] = {{"UTC0", 0}, {"AAA-5:30", 19800}, {"AAA7", -25200}};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		int64_t local, now;

		assert_int_equal(setenv("TZ", rows[i].zone, 1), 0);
		sl_clock_sync_zone();
		local = sl_clock_local_s(sl_clock_tick());
		now = time(NULL) + rows[i].ahead_s;
		assert_in_range(now - local, 0, 2);
		/* An hour on. */
		assert_in_range(
		    sl_clock_local_s(sl_now_ns() + 3600 * SL_NS_PER_SEC) -
			local,
		    3600, 3601);
	}
	unsetenv("TZ");
}

/* A zone of ours comes before the machine's, and goes again. */
static void
a_zone_can_be_set(void **state)
{
	static const struct {
		const char *zone;
		int64_t ahead_s;
	} rows[] = {
	    {"Etc/GMT-3", 10800},
	    {"No/Such", 0},
	    {"Etc/GMT+4", -14400},
	    {NULL, 3600},
	    {"Etc/GMT-1", 3600},
	    {NULL, 3600},
	};

	(void)state;
	assert_int_equal(setenv("TZ", "AAA-1", 1), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		assert_int_equal(sl_clock_set_zone(rows[i].zone), 0);
		assert_in_range(time(NULL) + rows[i].ahead_s -
				    sl_clock_local_s(sl_clock_tick()),
		    0, 2);
	}
	assert_string_equal(getenv("TZ"), "AAA-1");
	unsetenv("TZ");
}

static void *
tick_elsewhere(void *arg)
{
	uint64_t *seen = arg;

	seen[0] = sl_now_ns(); /* this thread has not ticked */
	seen[1] = sl_clock_tick();
	return NULL;
}

static void
virtual_time_moves_by_set_alone(void **state)
{
	static const struct {
		uint64_t set, now;
		int64_t wall;
	} rows[] = {
	    {SL_NS_PER_SEC, SL_NS_PER_SEC, 1704067200},
	    {5 * SL_NS_PER_SEC + 1, 5 * SL_NS_PER_SEC + 1, 1704067204},
	    {4 * SL_NS_PER_SEC, 5 * SL_NS_PER_SEC + 1, 1704067204},
	    {86400 * SL_NS_PER_SEC, 86400 * SL_NS_PER_SEC, 1704153599},
	};
	uint64_t seen[2] = {1, 1};
	pthread_t t;

	(void)state;
	sl_clock_use_virtual();
	assert_true(sl_clock_is_virtual());
	assert_int_equal(sl_now_ns(), SL_NS_PER_SEC);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		sl_clock_set(rows[i].set);
		assert_int_equal(sl_now_ns(), rows[i].now);
		assert_int_equal(sl_clock_tick(), rows[i].now);
		assert_int_equal(sl_clock_wall_s(), rows[i].wall);
		sl_clock_sync_zone(); /* virtual time is UTC */
		assert_int_equal(sl_clock_local_s(sl_now_ns()), rows[i].wall);
	}
	assert_int_equal(pthread_create(&t, NULL, tick_elsewhere, seen), 0);
	pthread_join(t, NULL);
	assert_int_equal(seen[0], 0);
	assert_int_equal(seen[1], sl_now_ns());
}

static void *
draw(void *arg)
{
	uint64_t *out = arg;

	for (int i = 0; i < 4; i++)
		out[i] = sl_random_u64();
	return NULL;
}

/* Under virtual time every thread draws the same numbers: a replay is exact. */
static void
random_numbers_are_fixed_in_virtual_time(void **state)
{
	uint64_t a[4], b[4];
	pthread_t t;

	(void)state;
	pthread_create(&t, NULL, draw, a);
	pthread_join(t, NULL);
	pthread_create(&t, NULL, draw, b);
	pthread_join(t, NULL);
	assert_memory_equal(a, b, sizeof(a));
	assert_true(a[0] != a[1] && a[1] != a[2] && a[2] != a[3]);
}

static void
bounded_numbers_stay_below_and_spread(void **state)
{
	static const uint32_t bounds[] = {1, 2, 3, 10, 1000, UINT32_MAX};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(bounds); i++) {
		uint32_t low = UINT32_MAX, high = 0;

		for (int n = 0; n < 10000; n++) {
			uint32_t x = sl_random_below(bounds[i]);

			assert_true(x < bounds[i]);
			low = SL_MIN(low, x);
			high = SL_MAX(high, x);
		}
		assert_true(low <= bounds[i] / 100);
		assert_true(high >= bounds[i] - 1 - bounds[i] / 100);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(real_time_follows_the_system),
	    cmocka_unit_test(local_time_follows_the_zone),
	    cmocka_unit_test(a_zone_can_be_set),
	    cmocka_unit_test(virtual_time_moves_by_set_alone),
	    cmocka_unit_test(random_numbers_are_fixed_in_virtual_time),
	    cmocka_unit_test(bounded_numbers_stay_below_and_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
