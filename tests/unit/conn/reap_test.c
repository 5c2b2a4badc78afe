/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static struct sl_tuple
nth(uint32_t n)
{
	return n % 3 == 2 ? nth6(n) : nth4(n);
}

/* Lookups see the deadline exactly, whatever the wheel does. */
static void
expiry_is_exact_for_lookups(void **state)
{
	static const uint64_t timeouts[] = {
	    1, 100 * MS, 1 * S, 30 * S, 86400 * S, 30 * 86400 * S};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(timeouts); i++) {
		struct sl_table *t = table_of(1, 100);
		struct sl_shard *s = sl_table_shard(t, 0);
		struct sl_tuple in = nth((uint32_t)i);
		uint64_t start = sl_now_ns();
		uint64_t before = count_of(SL_COUNTER_CONN_EXPIRED);

		assert_non_null(open_conn(s, &in, timeouts[i]));
		sl_clock_set(start + timeouts[i] - 1);
		settle(s);
		if (timeouts[i] > 1)
			assert_non_null(look0(t, &in));
		sl_clock_set(start + timeouts[i]);
		assert_null(look0(t, &in));
		assert_true(sl_table_reply_is_free_rcu(t, &in, sl_now_ns()));
		sl_clock_set(start + timeouts[i] + 300 * MS);
		settle(s);
		assert_int_equal(sl_table_total(t), 0);
		assert_int_equal(count_of(SL_COUNTER_CONN_EXPIRED), before + 1);
		sl_table_free(t);
	}
}

static void
refresh_moves_the_deadline_both_ways(void **state)
{
	struct sl_table *t = table_of(1, 100);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in = nth4(1);
	struct sl_conn *c = open_conn(s, &in, 10 * S);
	uint64_t start = sl_now_ns();

	(void)state;
	for (int i = 1; i <= 50; i++) { /* lazily, past several visits */
		sl_clock_set(start + (uint64_t)i * 9 * S);
		settle(s);
		assert_ptr_equal(look0(t, &in), c);
		sl_shard_refresh(s, c, sl_now_ns() + 10 * S);
	}
	sl_shard_refresh(s, c, sl_now_ns() + 86400 * S);
	sl_clock_set(sl_now_ns() + 3600 * S);
	settle(s);
	assert_ptr_equal(look0(t, &in), c);

	sl_shard_refresh(s, c, sl_now_ns() + S); /* closer: RST, say */
	sl_clock_set(sl_now_ns() + S + 260 * MS);
	settle(s);
	assert_int_equal(sl_table_total(t), 0);
	sl_table_free(t);
}

/* A tuple in use by an expired connection that nobody reaped yet. */
static void
insertion_removes_an_expired_connection_in_its_way(void **state)
{
	struct sl_table *t = table_of(1, 100);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in = nth4(1);
	struct sl_conn *old = open_conn(s, &in, S), *c;

	(void)state;
	sl_clock_set(sl_now_ns() + S);
	assert_null(look0(t, &in));
	c = open_conn(s, &in, S);
	assert_non_null(c);
	assert_ptr_not_equal(c, old);
	assert_ptr_equal(look0(t, &in), c);
	assert_int_equal(sl_table_total(t), 1);
	settle(s);
	assert_ptr_equal(look0(t, &in), c);
	sl_table_free(t);
}

static void
a_tick_expires_a_bounded_number(void **state)
{
	enum { N = 1000 };
	struct sl_table *t = table_of(1, N);
	struct sl_shard *s = sl_table_shard(t, 0);
	uint64_t ticks = 0;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		struct sl_tuple in = nth(i);

		assert_non_null(open_conn(s, &in, S));
	}
	sl_clock_set(sl_now_ns() + 2 * S);
	while (sl_table_total(t) > 0) {
		uint64_t before = sl_table_total(t);

		sl_shard_tick(s, sl_now_ns());
		assert_true(before - sl_table_total(t) <= SL_REAP_BUDGET);
		if (sl_table_total(t) > 0)
			assert_true(sl_shard_is_busy(s));
		assert_true(++ticks < 100);
	}
	pass_grace(t);
	settle(s);
	assert_false(sl_shard_is_busy(s));
	sl_table_free(t);
}

/* Memory comes back after a grace period, not before, and is used again. */
static void
reclaimed_memory_is_used_again(void **state)
{
	enum { N = 500 };
	struct sl_table *t = table_of(1, N);
	struct sl_shard *s = sl_table_shard(t, 0);
	uint32_t used[2];

	(void)state;
	for (int round = 0; round < 5; round++) {
		for (uint32_t i = 0; i < N; i++) {
			struct sl_tuple in = nth(i);

			assert_non_null(open_conn(s, &in, 100 * S));
		}
		for (uint32_t i = 0; i < N; i++) {
			struct sl_tuple in = nth(i);

			sl_shard_remove(
			    s, look0(t, &in), SL_COUNTER_CONN_REMOVED);
		}
		if (round == 0) {
			used[0] = sl_slab_used(&s->slabs[0]);
			used[1] = sl_slab_used(&s->slabs[1]);
		}
		pass_grace(t);
	}
	assert_int_equal(sl_slab_used(&s->slabs[0]), used[0]);
	assert_int_equal(sl_slab_used(&s->slabs[1]), used[1]);
	sl_table_free(t);
}

/* While this thread has not reported, what it holds is not reclaimed. */
static void
a_reader_keeps_what_it_holds(void **state)
{
	struct sl_table *t = table_of(1, 100);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in = nth4(1), seen;
	struct sl_conn *c = open_conn(s, &in, 100 * S);

	(void)state;
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	for (int i = 0; i < 1000; i++)
		sl_shard_tick(s, sl_now_ns());
	sl_conn_tuple(c, SL_ORIG, &seen);
	assert_true(sl_tuple_equal(&seen, &in));
	pass_grace(t);
#if defined(SL_POISON) && !defined(__SANITIZE_ADDRESS__)
	assert_int_equal(c->priv[0], SL_POISON_BYTE);
#endif
	sl_table_free(t);
}

static void
unassured_connections_give_way(void **state)
{
	enum { MAX = 40 };
	struct sl_table *t = table_of(1, MAX);
	struct sl_shard *s = sl_table_shard(t, 0);
	uint64_t before = count_of(SL_COUNTER_CONN_EVICTED);

	(void)state;
	for (uint32_t i = 0; i < 10 * MAX; i++) {
		struct sl_tuple in = nth(i);
		struct sl_conn *c = open_conn(s, &in, 100 * S);

		assert_non_null(c);
		if (i < MAX / 2)
			sl_conn_set_bits_owned(c, SL_CONN_ASSURED);
		assert_true(sl_table_total(t) <= MAX);
	}
	assert_int_equal(sl_table_total(t), MAX);
	assert_int_equal(count_of(SL_COUNTER_CONN_EVICTED), before + 9 * MAX);
	for (uint32_t i = 0; i < MAX / 2; i++) {
		struct sl_tuple in = nth(i);

		assert_non_null(look0(t, &in)); /* assured ones stayed */
	}
	sl_table_free(t);
}

static void
a_table_full_of_assured_refuses(void **state)
{
	enum { MAX = 300 };
	struct sl_table *t = table_of(1, MAX);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in;
	enum sl_drop_reason reason = SL_DROP_N;

	(void)state;
	for (uint32_t i = 0; i < MAX; i++) {
		in = nth(i);
		sl_conn_set_bits_owned(
		    open_conn(s, &in, 100 * S), SL_CONN_ASSURED);
	}
	in = nth(MAX);
	assert_null(sl_shard_alloc(s, &in, sl_now_ns(), &reason));
	assert_int_equal(reason, SL_DROP_TABLE_FULL);
	assert_int_equal(sl_table_total(t), MAX);

	sl_table_set_max(t, MAX + 1); /* raised: one more */
	assert_non_null(open_conn(s, &in, 100 * S));
	in = nth(MAX + 1);
	assert_null(open_conn(s, &in, 100 * S));

	sl_clock_set(sl_now_ns() + 100 * S); /* expired ones give way too */
	assert_non_null(open_conn(s, &in, 100 * S));
	sl_table_free(t);
}

/* The one that may go is found wherever it stands, within few calls: the hand
 * goes on where it stopped. */
static void
the_hand_goes_round(void **state)
{
	enum { MAX = 300 };
	struct sl_table *t = table_of(1, MAX);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in, victim = nth(200);
	int calls = 0;

	(void)state;
	for (uint32_t i = 0; i < MAX; i++) {
		in = nth(i);
		struct sl_conn *c = open_conn(s, &in, 100 * S);

		if (i != 200)
			sl_conn_set_bits_owned(c, SL_CONN_ASSURED);
	}
	in = nth(MAX);
	while (!open_conn(s, &in, 100 * S))
		assert_true(++calls < 2 + 2 * MAX / SL_EVICT_CONNS);
	assert_null(look0(t, &victim));
	sl_table_free(t);
}

/* The first that came are the first to go. */
static void
eviction_goes_in_order_of_slots(void **state)
{
	enum { MAX = 20 };
	struct sl_table *t = table_of(1, MAX);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in;

	(void)state;
	for (uint32_t i = 0; i < MAX; i++) {
		in = nth4(i);
		open_conn(s, &in, 100 * S);
	}
	for (uint32_t i = 0; i < MAX; i++) {
		in = nth4(MAX + i);
		assert_non_null(open_conn(s, &in, 100 * S));
		in = nth4(i);
		assert_null(look0(t, &in));
	}
	sl_table_free(t);
}

/* Fresh connections of one batch count against the bound too. */
static void
fresh_connections_count(void **state)
{
	struct sl_table *t = table_of(1, 2);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in[] = {nth4(1), nth4(2), nth4(3)};
	struct sl_conn *a = fresh(s, &in[0]), *b = fresh(s, &in[1]);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_null(fresh(s, &in[2]));
	sl_shard_free_fresh(s, a);
	a = fresh(s, &in[2]);
	assert_non_null(a);
	sl_shard_free_fresh(s, a);
	sl_shard_free_fresh(s, b);
	assert_int_equal(sl_table_total(t), 0);
	sl_table_free(t);
}

/* Lowering evicts nobody by itself; new ones then replace two for one. */
static void
lowering_max_shrinks_with_use(void **state)
{
	struct sl_table *t = table_of(1, 100);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		in = nth4(i);
		open_conn(s, &in, 100 * S);
	}
	sl_table_set_max(t, 50);
	settle(s);
	assert_int_equal(sl_table_total(t), 100);
	for (uint32_t i = 100; i < 200; i++) {
		in = nth4(i);
		assert_non_null(open_conn(s, &in, 100 * S));
	}
	assert_int_equal(sl_table_total(t), 50);
	sl_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expiry_is_exact_for_lookups),
	    cmocka_unit_test(refresh_moves_the_deadline_both_ways),
	    cmocka_unit_test(
		insertion_removes_an_expired_connection_in_its_way),
	    cmocka_unit_test(a_tick_expires_a_bounded_number),
	    cmocka_unit_test(reclaimed_memory_is_used_again),
	    cmocka_unit_test(a_reader_keeps_what_it_holds),
	    cmocka_unit_test(unassured_connections_give_way),
	    cmocka_unit_test(a_table_full_of_assured_refuses),
	    cmocka_unit_test(the_hand_goes_round),
	    cmocka_unit_test(eviction_goes_in_order_of_slots),
	    cmocka_unit_test(fresh_connections_count),
	    cmocka_unit_test(lowering_max_shrinks_with_use),
	};

	return RUN_WORLD(tests);
}
