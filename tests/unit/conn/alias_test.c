/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

enum { WORKERS = 4 };

/* The n-th tuple that steers to 'worker'. */
static struct sl_tuple
steered(uint16_t worker, uint32_t n)
{
	struct sl_tuple t =
	    tuple4(IPPROTO_TCP, 0x0a000001 + n, 1024, 0xc0000201, 80);

	while (sl_tuple_owner(&t, WORKERS) != worker)
		t.src_id = htons((uint16_t)(ntohs(t.src_id) + 1));
	return t;
}

/* A connection of 'worker', original tuple 'orig', reply tuple 'reply'. */
static int
insert_translated(struct sl_table *t, uint16_t worker,
    const struct sl_tuple *orig, const struct sl_tuple *reply,
    struct sl_conn **out)
{
	struct sl_shard *s = sl_table_shard(t, worker);
	struct sl_conn *c;
	int rc;

	act_as(worker);
	c = fresh(s, orig);
	assert_non_null(c);
	sl_conn_set_tuple(c, SL_REPLY, reply);
	sl_shard_refresh(s, c, sl_now_ns() + 10 * S);
	rc = sl_shard_insert(s, c, sl_now_ns());
	if (rc)
		sl_shard_free_fresh(s, c);
	*out = rc ? NULL : c;
	return rc;
}

static void
every_worker_finds_a_connection_by_its_alias(void **state)
{
	struct sl_table *t = table_of(WORKERS, 1000);
	struct sl_conn *c;
	enum sl_dir dir;

	(void)state;
	for (uint16_t a = 0; a < WORKERS; a++) {
		for (uint16_t b = 0; b < WORKERS; b++) {
			struct sl_tuple orig = steered(a, 10u * a + b);
			struct sl_tuple reply = steered(b, 900u + 10u * a + b);

			assert_int_equal(
			    insert_translated(t, a, &orig, &reply, &c), 0);
			assert_int_equal(
			    sl_conn_has(c, SL_CONN_ALIASED), a != b);
			assert_ptr_equal(look(t, b, &reply, &dir), c);
			assert_int_equal(dir, SL_REPLY);
			assert_int_equal(c->owner, a);
			assert_ptr_equal(look(t, a, &orig, &dir), c);
			assert_int_equal(dir, SL_ORIG);
			assert_false(
			    sl_table_reply_is_free_rcu(t, &reply, sl_now_ns()));
		}
	}
	assert_int_equal(
	    sl_load_relaxed(&t->aliases.count), WORKERS * (WORKERS - 1));
	sl_table_free(t); /* with aliases in it */
}

static void
an_alias_goes_with_its_connection(void **state)
{
	struct sl_table *t = table_of(WORKERS, 1000);
	struct sl_tuple orig = steered(0, 1), reply = steered(1, 2);
	struct sl_conn *c;
	enum sl_dir dir;

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(insert_translated(t, 0, &orig, &reply, &c), 0);
		sl_shard_remove(
		    sl_table_shard(t, 0), c, SL_COUNTER_CONN_REMOVED);
		assert_null(look(t, 1, &reply, &dir));
		assert_int_equal(sl_load_relaxed(&t->aliases.count), 0);
		if (round)
			pass_grace(t);
	}
	sl_table_free(t);
}

/* Two owners want the same reply tuple, which steers to a third. */
static void
the_second_alias_is_refused(void **state)
{
	struct sl_table *t = table_of(WORKERS, 1000);
	struct sl_tuple a = steered(0, 1), b = steered(1, 2);
	struct sl_tuple reply = steered(2, 3);
	struct sl_conn *first, *second;
	enum sl_dir dir;

	(void)state;
	assert_int_equal(insert_translated(t, 0, &a, &reply, &first), 0);
	assert_int_equal(insert_translated(t, 1, &b, &reply, &second), -EEXIST);
	assert_ptr_equal(look(t, 2, &reply, &dir), first);
	assert_null(look(t, 1, &b, &dir));
	sl_table_free(t);
}

/* An alias against the steer worker's own connection, in both orders. */
static void
an_alias_and_an_own_tuple_exclude_each_other(void **state)
{
	struct sl_table *t = table_of(WORKERS, 1000);
	struct sl_tuple orig = steered(0, 1), shared = steered(1, 2), inverse;
	struct sl_conn *own, *translated;
	enum sl_dir dir;

	(void)state;
	sl_tuple_invert(&shared, &inverse);
	assert_int_equal(insert_translated(t, 1, &shared, &inverse, &own), 0);
	assert_int_equal(
	    insert_translated(t, 0, &orig, &shared, &translated), -EEXIST);
	assert_int_equal(sl_load_relaxed(&t->aliases.count), 0);
	sl_shard_remove(sl_table_shard(t, 1), own, SL_COUNTER_CONN_REMOVED);

	assert_int_equal(
	    insert_translated(t, 0, &orig, &shared, &translated), 0);
	assert_int_equal(
	    insert_translated(t, 1, &shared, &inverse, &own), -EEXIST);
	/* As a reply of worker 1's own, too. */
	assert_int_equal(
	    insert_translated(t, 1, &inverse, &shared, &own), -EEXIST);
	assert_ptr_equal(look(t, 1, &shared, &dir), translated);
	sl_table_free(t);
}

/* An expired connection of the steer worker is not in the way; an expired alias
 * is, until its owner's next tick, and is not found meanwhile. */
static void
expired_holders(void **state)
{
	struct sl_table *t = table_of(WORKERS, 1000);
	struct sl_tuple orig = steered(0, 1), shared = steered(1, 2), inverse;
	struct sl_conn *own, *translated;
	enum sl_dir dir;

	(void)state;
	sl_tuple_invert(&shared, &inverse);
	assert_int_equal(insert_translated(t, 1, &shared, &inverse, &own), 0);
	sl_clock_set(sl_now_ns() + 10 * S);
	assert_int_equal(
	    insert_translated(t, 0, &orig, &shared, &translated), 0);
	assert_ptr_equal(look(t, 1, &shared, &dir), translated);

	sl_clock_set(sl_now_ns() + 10 * S);
	assert_null(look(t, 1, &shared, &dir));
	assert_false(sl_table_reply_is_free_rcu(t, &shared, sl_now_ns()));
	assert_int_equal(
	    insert_translated(t, 1, &shared, &inverse, &own), -EEXIST);
	sl_clock_set(sl_now_ns() + S);
	act_as(0);
	settle(sl_table_shard(t, 0));
	assert_true(sl_table_reply_is_free_rcu(t, &shared, sl_now_ns()));
	assert_int_equal(insert_translated(t, 1, &shared, &inverse, &own), 0);
	sl_table_free(t);
}

/* Worker 1 publishes between worker 0's first look and its second: simulated by
 * a connection that was seen and withdrawn, which must outlive its readers. */
static void
a_withdrawn_connection_waits_for_its_readers(void **state)
{
	struct sl_table *t = table_of(WORKERS, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple orig = steered(0, 1), seen;
	struct sl_conn *c;

	(void)state;
	act_as(0);
	c = fresh(s, &orig);
	sl_conn_set_bits_owned(c, SL_CONN_CONFIRMED | SL_CONN_DYING);
	sl_shard_free_fresh(s, c);
	sl_shard_tick(s, sl_now_ns());
	sl_conn_tuple(c, SL_ORIG, &seen);
	assert_true(sl_tuple_equal(&seen, &orig));
	assert_ptr_not_equal(fresh(s, &orig), c);
	pass_grace(t);
	assert_ptr_equal(fresh(s, &orig), c);
	sl_table_free(t);
}

/* Enough for the alias table to resize itself, both ways. */
static void
many_aliases(void **state)
{
	enum { N = 20000 };
	struct sl_table *t = table_of(WORKERS, 10 * N);
	struct sl_conn *c;
	enum sl_dir dir;

	(void)state;
	for (uint32_t n = 0; n < N; n++) {
		struct sl_tuple orig = steered(0, n);
		struct sl_tuple reply = steered(1, 0x100000 + n);

		assert_int_equal(insert_translated(t, 0, &orig, &reply, &c), 0);
		if (n % 256 == 0)
			sl_rcu_quiescent();
	}
	for (uint32_t n = 0; n < N; n++) {
		struct sl_tuple orig = steered(0, n);
		struct sl_tuple reply = steered(1, 0x100000 + n);

		c = look(t, 1, &reply, &dir);
		assert_non_null(c);
		assert_ptr_equal(look(t, 0, &orig, &dir), c);
		if (n % 4)
			sl_shard_remove(
			    sl_table_shard(t, 0), c, SL_COUNTER_CONN_REMOVED);
	}
	assert_int_equal(sl_load_relaxed(&t->aliases.count), N / 4);
	sl_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_worker_finds_a_connection_by_its_alias),
	    cmocka_unit_test(an_alias_goes_with_its_connection),
	    cmocka_unit_test(the_second_alias_is_refused),
	    cmocka_unit_test(an_alias_and_an_own_tuple_exclude_each_other),
	    cmocka_unit_test(expired_holders),
	    cmocka_unit_test(a_withdrawn_connection_waits_for_its_readers),
	    cmocka_unit_test(many_aliases),
	};

	return RUN_WORLD(tests);
}
