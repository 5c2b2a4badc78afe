/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

enum { N = 3000 };

struct tally {
	unsigned visits;
	unsigned per_n[2 * N]; /* by the number kept in 'mark' */
	unsigned stop_every;   /* 0: never */
	struct sl_shard *remove_from;
};

static bool
count_visit(void *arg, const struct sl_conn *c)
{
	struct tally *tally = arg;
	struct sl_conn *own = (struct sl_conn *)(uintptr_t)c;
	uint32_t n = sl_load_relaxed(&own->mark);

	assert_in_range(n, 0, 2 * N - 1);
	tally->per_n[n]++;
	tally->visits++;
	if (tally->remove_from)
		sl_shard_remove(
		    tally->remove_from, own, SL_COUNTER_CONN_REMOVED);
	return !tally->stop_every || tally->visits % tally->stop_every != 0;
}

static void
open_numbered(struct sl_table *t, uint32_t n)
{
	struct sl_tuple in = n % 3 ? nth4(n) : nth6(n);
	uint16_t owner = sl_tuple_owner(&in, t->workers);
	struct sl_conn *c = open_conn(sl_table_shard(t, owner), &in, 100 * S);

	assert_non_null(c);
	sl_store_relaxed(&c->mark, n);
}

/* Whatever the slices, everything is visited exactly once. */
static void
everything_once_in_any_slices(void **state)
{
	static const struct {
		uint32_t budget;
		unsigned stop_every;
	} rows[] = {{UINT32_MAX, 0}, {1, 0}, {7, 0}, {64, 3}, {UINT32_MAX, 1}};
	struct sl_table *t = table_of(3, 3 * N);

	(void)state;
	for (uint32_t n = 0; n < N; n++)
		open_numbered(t, n);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct tally tally = {.stop_every = rows[i].stop_every};
		struct sl_walk walk = {0};

		while (sl_walk_slice(
		    t, &walk, rows[i].budget, count_visit, &tally))
			;
		assert_int_equal(tally.visits, N);
		for (uint32_t n = 0; n < N; n++)
			assert_int_equal(tally.per_n[n], 1);
		assert_false(sl_walk_slice(t, &walk, 1, count_visit, &tally));
	}
	sl_table_free(t);
}

/* The index grows and others come and go between the slices. */
static void
those_that_stay_are_visited_once_during_a_grow(void **state)
{
	struct sl_table *t = table_of(1, 3 * N);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct tally tally = {0};
	struct sl_walk walk = {0};
	uint32_t next = N;

	(void)state;
	for (uint32_t n = 0; n < N; n++)
		open_numbered(t, n);
	while (sl_walk_slice(t, &walk, 50, count_visit, &tally)) {
		for (int i = 0; i < 20 && next < 2 * N; i++) {
			struct sl_tuple gone;
			uint32_t n = next - N;

			open_numbered(t, next++);
			if (n % 2)
				continue;
			gone = n % 3 ? nth4(n) : nth6(n);
			sl_shard_remove(
			    s, look0(t, &gone), SL_COUNTER_CONN_REMOVED);
		}
		sl_shard_tick(s, sl_now_ns());
	}
	for (uint32_t n = 0; n < N; n++) {
		if (n % 2)
			assert_int_equal(tally.per_n[n], 1);
		else
			assert_in_range(tally.per_n[n], 0, 1);
	}
	for (uint32_t n = N; n < 2 * N; n++)
		assert_in_range(tally.per_n[n], 0, 1);
	sl_table_free(t);
}

static void
a_visit_may_remove_what_it_owns(void **state)
{
	struct sl_table *t = table_of(1, 3 * N);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct tally tally = {.remove_from = s};
	struct sl_walk walk = {0};

	(void)state;
	for (uint32_t n = 0; n < N; n++)
		open_numbered(t, n);
	while (sl_walk_shard_slice(s, &walk, 100, count_visit, &tally))
		;
	assert_int_equal(tally.visits, N);
	assert_int_equal(sl_table_total(t), 0);
	sl_table_free(t);
}

static void
fresh_and_removed_are_not_shown(void **state)
{
	struct sl_table *t = table_of(1, 100);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in[] = {nth4(1), nth4(2)};
	struct sl_conn *unborn = fresh(s, &in[0]);
	struct tally tally = {0};
	struct sl_walk walk = {0};

	(void)state;
	sl_shard_remove(s, open_conn(s, &in[1], S), SL_COUNTER_CONN_REMOVED);
	assert_false(sl_walk_slice(t, &walk, 100, count_visit, &tally));
	assert_int_equal(tally.visits, 0);
	sl_shard_free_fresh(s, unborn);
	sl_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_once_in_any_slices),
	    cmocka_unit_test(those_that_stay_are_visited_once_during_a_grow),
	    cmocka_unit_test(a_visit_may_remove_what_it_owns),
	    cmocka_unit_test(fresh_and_removed_are_not_shown),
	};

	return RUN_WORLD(tests);
}
