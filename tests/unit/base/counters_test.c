/* SPDX-License-Identifier: Apache-2.0 */
#include <base/counters.h>
#include <base/drop.h>

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
every_worker_counts_in_its_own_block(void **state)
{
	static const struct {
		unsigned roles;
		uint16_t worker;
		unsigned slot;
	} rows[] = {
	    {SL_ROLE_WORKER, 0, 0}, {SL_ROLE_WORKER, 7, 7},
	    {SL_ROLE_WORKER, SL_WORKERS_MAX - 1, SL_WORKERS_MAX - 1},
	    {SL_ROLE_CONTROL, 0, SL_WORKERS_MAX},
	    {SL_ROLE_WORKER | SL_ROLE_CONTROL, 0, 0}, /* a replay */
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		SL_ATOMIC(uint64_t) *n =
		    &sl_counter_blocks[rows[i].slot].n[SL_COUNTER_FORWARDED];
		uint64_t before = sl_load_relaxed(n);

		sl_role_enter(rows[i].roles, rows[i].worker, "test");
		sl_count(SL_COUNTER_FORWARDED, i + 1);
		assert_int_equal(sl_load_relaxed(n), before + i + 1);
	}
	assert_int_equal(
	    sl_counter_sum(SL_COUNTER_FORWARDED), 1 + 2 + 3 + 4 + 5);
	assert_int_equal(sl_counter_sum(SL_COUNTER_RX_PACKETS), 0);
}

static void
a_drop_counts_under_its_reason(void **state)
{
	(void)state;
	sl_role_enter(SL_ROLE_WORKER, 3, "test");
	for (unsigned r = 0; r < SL_DROP_N; r++)
		assert_int_equal(sl_drop((enum sl_drop_reason)r), SL_DROP);
	for (unsigned r = 0; r < SL_DROP_N; r++)
		assert_int_equal(sl_counter_sum(SL_COUNTER_DROPS + r), 1);
}

static void
check_name(const char *name, const char *help)
{
	assert_non_null(help);
	assert_true(*name && *help);
	for (const char *c = name; *c; c++)
		assert_true(islower(*c) || isdigit(*c) || *c == '-');
}

static void
names_are_unique_words(void **state)
{
	(void)state;
	for (unsigned a = 0; a < SL_COUNTER_DROPS; a++) {
		check_name(sl_counter_name(a), sl_counter_help(a));
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(
			    sl_counter_name(a), sl_counter_name(b));
	}
	for (unsigned a = 0; a < SL_DROP_N; a++) {
		check_name(sl_drop_name(a), sl_drop_help(a));
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(
			    sl_drop_name(a), sl_drop_name(b));
	}
}

static void
blocks_share_no_cache_line(void **state)
{
	(void)state;
	assert_int_equal((uintptr_t)sl_counter_blocks % SL_CACHE_LINE, 0);
	assert_int_equal(sizeof(sl_counter_blocks[0]) % SL_CACHE_LINE, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_worker_counts_in_its_own_block),
	    cmocka_unit_test(a_drop_counts_under_its_reason),
	    cmocka_unit_test(names_are_unique_words),
	    cmocka_unit_test(blocks_share_no_cache_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
