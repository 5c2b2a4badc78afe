/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <conn/pages.h>

static void
both_directions_are_found_in_both_families(void **state)
{
	struct sl_table *t = table_of(1, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in[] = {nth4(1), nth6(1)}, reply;
	enum sl_dir dir;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(in); i++) {
		struct sl_conn *c;

		sl_tuple_invert(&in[i], &reply);
		assert_null(look(t, 0, &in[i], &dir));
		c = open_conn(s, &in[i], 10 * S);
		assert_non_null(c);
		assert_true(sl_conn_has(c, SL_CONN_CONFIRMED));
		assert_ptr_equal(look(t, 0, &in[i], &dir), c);
		assert_int_equal(dir, SL_ORIG);
		assert_ptr_equal(look(t, 0, &reply, &dir), c);
		assert_int_equal(dir, SL_REPLY);
		assert_int_equal(sl_table_total_family(t, in[i].family), 1);
	}
	assert_int_equal(sl_table_total(t), 2);
	sl_table_free(t);
}

/* Everything equal but one field: another connection. */
static void
zone_protocol_and_family_separate(void **state)
{
	struct sl_table *t = table_of(1, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple v[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		v[i] = nth4(7);
	v[1].zone = 1;
	v[2].l4proto = IPPROTO_TCP;
	v[3].family = SL_IPV6;
	for (int i = 0; i < 4; i++) {
		assert_null(look0(t, &v[i]));
		assert_non_null(open_conn(s, &v[i], 10 * S));
	}
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_ptr_not_equal(look0(t, &v[i]), look0(t, &v[k]));
	sl_table_free(t);
}

static void
remove_takes_both_directions_and_happens_once(void **state)
{
	struct sl_table *t = table_of(1, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple orig = nth4(1), reply;
	struct sl_conn *c = open_conn(s, &orig, 10 * S);
	uint64_t before = count_of(SL_COUNTER_CONN_REMOVED);

	(void)state;
	sl_tuple_invert(&orig, &reply);
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	assert_true(sl_conn_has(c, SL_CONN_DYING));
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	sl_shard_refresh(s, c, 1000 * S); /* a packet of the same batch */
	assert_int_equal(count_of(SL_COUNTER_CONN_REMOVED), before + 1);
	assert_null(look0(t, &orig));
	assert_null(look0(t, &reply));
	assert_int_equal(sl_table_total(t), 0);
	/* The tuple is free again at once. */
	assert_non_null(open_conn(s, &orig, 10 * S));
	sl_table_free(t);
}

static void
a_taken_tuple_is_refused(void **state)
{
	struct sl_table *t = table_of(1, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple orig = nth4(1), reply, other = nth4(2);
	struct sl_conn *first = open_conn(s, &orig, 10 * S), *c;
	uint64_t before = count_of(SL_COUNTER_CONN_RACE);

	(void)state;
	sl_tuple_invert(&orig, &reply);
	assert_false(sl_table_reply_is_free_rcu(t, &orig, sl_now_ns()));
	assert_false(sl_table_reply_is_free_rcu(t, &reply, sl_now_ns()));
	assert_true(sl_table_reply_is_free_rcu(t, &other, sl_now_ns()));

	c = fresh(s, &orig); /* the same again */
	assert_int_equal(sl_shard_insert(s, c, sl_now_ns()), -EEXIST);
	sl_shard_free_fresh(s, c);
	c = fresh(s, &reply); /* against it */
	assert_int_equal(sl_shard_insert(s, c, sl_now_ns()), -EEXIST);
	sl_shard_free_fresh(s, c);
	c = fresh(s, &other); /* translated onto it */
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	assert_int_equal(sl_shard_insert(s, c, sl_now_ns()), -EEXIST);
	assert_null(look0(t, &other));
	sl_shard_free_fresh(s, c);

	assert_int_equal(count_of(SL_COUNTER_CONN_RACE), before + 3);
	assert_ptr_equal(look0(t, &orig), first);
	assert_int_equal(sl_table_total(t), 1);
	assert_int_equal(s->fresh, 0);
	sl_table_free(t);
}

/* Same addresses and ids both ways: one entry, original direction. */
static void
a_connection_to_itself_has_one_entry(void **state)
{
	struct sl_table *t = table_of(1, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple self = tuple4(IPPROTO_UDP, 5, 500, 5, 500);
	struct sl_conn *c = open_conn(s, &self, 10 * S);
	enum sl_dir dir = SL_REPLY;

	(void)state;
	assert_non_null(c);
	assert_ptr_equal(look(t, 0, &self, &dir), c);
	assert_int_equal(dir, SL_ORIG);
	assert_int_equal(s->index.entries, 1);
	assert_null(open_conn(s, &self, 10 * S));
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(s->index.entries, 0);
	assert_null(look0(t, &self));
	sl_table_free(t);
}

/* The reply tuple differs from the inverse, as NAT sets it. */
static void
translated_connections_are_found_by_their_reply(void **state)
{
	struct sl_table *t = table_of(1, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple orig = nth4(1), inverse, reply = nth4(40000);
	struct sl_conn *c = fresh(s, &orig);
	enum sl_dir dir;

	(void)state;
	sl_tuple_invert(&orig, &inverse);
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	assert_int_equal(sl_shard_insert(s, c, sl_now_ns()), 0);
	assert_ptr_equal(look(t, 0, &reply, &dir), c);
	assert_int_equal(dir, SL_REPLY);
	assert_null(look0(t, &inverse));
	sl_table_free(t);
}

/* Every connection of both families is found at every step of several grows,
 * with the prefetches in between, and gone after its removal. */
static void
all_keys_are_found_while_the_index_grows(void **state)
{
	enum { N = 4000 };
	struct sl_table *t = table_of(1, 10 * N);
	struct sl_shard *s = sl_table_shard(t, 0);

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		struct sl_tuple in = i & 1 ? nth6(i) : nth4(i);

		assert_non_null(open_conn(s, &in, 100 * S));
		for (uint32_t k = i % 11; k <= i; k += 1 + i / 50) {
			struct sl_tuple one = k & 1 ? nth6(k) : nth4(k), rev;

			sl_tuple_invert(&one, &rev);
			sl_shard_prefetch_index(s, sl_tuple_hash(&one));
			sl_shard_prefetch_conn(s, sl_tuple_hash(&one));
			assert_non_null(look0(t, &one));
			assert_non_null(look0(t, &rev));
		}
		if (i % 8 == 0)
			sl_shard_tick(s, sl_now_ns());
	}
	assert_true(sl_index_current(&s->index)->bits > SL_INDEX_MIN_BITS + 3);
	for (uint32_t i = 0; i < N; i++) {
		struct sl_tuple in = i & 1 ? nth6(i) : nth4(i);

		sl_shard_remove(s, look0(t, &in), SL_COUNTER_CONN_REMOVED);
		assert_null(look0(t, &in));
	}
	assert_int_equal(sl_table_total(t), 0);
	sl_table_free(t);
}

static void
ids_find_the_living_only(void **state)
{
	struct sl_table *t = table_of(2, 1000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple orig = nth6(1);
	struct sl_conn *c;
	uint64_t id;

	(void)state;
	while (sl_tuple_owner(&orig, 2) != 0)
		orig.src_id++;
	c = fresh(s, &orig);
	id = sl_load_relaxed(&c->id);
	assert_int_not_equal(id, 0);
	assert_null(sl_table_by_id_rcu(t, id)); /* not published */
	assert_int_equal(sl_shard_insert(s, c, sl_now_ns()), 0);
	assert_ptr_equal(sl_table_by_id_rcu(t, id), c);
	assert_null(sl_table_by_id_rcu(t, id + (1ull << 40)));
	assert_null(sl_table_by_id_rcu(t, id + (1ull << 32)));
	assert_null(sl_table_by_id_rcu(t, id + 2));
	assert_null(sl_table_by_id_rcu(t, 0));
	assert_null(sl_table_by_id_rcu(t, UINT64_MAX));
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	assert_null(sl_table_by_id_rcu(t, id));
	pass_grace(t);
	assert_null(sl_table_by_id_rcu(t, id)); /* reclaimed and poisoned */
	assert_non_null(open_conn(s, &orig, 10 * S));
	assert_null(sl_table_by_id_rcu(t, id)); /* the slot's next tenant */
	sl_table_free(t);
}

static void
max_is_shared_out_exactly(void **state)
{
	struct sl_table *t = table_of(3, 10);
	uint64_t sum = 0;

	(void)state;
	for (uint16_t w = 0; w < 3; w++)
		sum += sl_load_relaxed(&sl_table_shard(t, w)->share);
	assert_int_equal(sum, 10);
	sl_table_set_max(t, 5000000000ull);
	assert_int_equal(sl_table_max(t), 5000000000ull);
	assert_int_equal(sl_table_workers(t), 3);
	assert_true(sl_table_default_max() >= 65536);
	sl_table_free(t);
}

/* No memory at any point: refused with its reason, and nothing is lost. */
static void
refused_memory_is_survived(void **state)
{
	struct sl_err err = {0};
	struct sl_table *t;
	struct sl_shard *s;
	struct sl_tuple orig = nth4(1);
	enum sl_drop_reason reason = SL_DROP_N;

	(void)state;
	sl_store_relaxed(&sl_pages_refuse, true);
	assert_null(sl_table_new(2, 1000, &err));
	assert_int_equal(err.code, -ENOMEM);
	sl_store_relaxed(&sl_pages_refuse, false);

	t = table_of(1, 1000);
	s = sl_table_shard(t, 0);
	sl_store_relaxed(&sl_pages_refuse, true);
	assert_null(sl_shard_alloc(s, &orig, sl_now_ns(), &reason));
	assert_int_equal(reason, SL_DROP_NO_MEMORY);
	assert_int_equal(s->fresh, 0);
	sl_store_relaxed(&sl_pages_refuse, false);
	assert_non_null(open_conn(s, &orig, 10 * S));
	sl_table_free(t);
}

/* The index cannot grow: insertions fail with -ENOMEM, those that are in stay,
 * and all goes on when memory is back. */
static void
an_index_that_cannot_grow_refuses(void **state)
{
	struct sl_table *t = table_of(1, 100000);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in = nth4(0);
	struct sl_conn *c;
	uint32_t n = 1;

	(void)state;
	assert_non_null(open_conn(s, &in, 100 * S));
	sl_store_relaxed(&sl_pages_refuse, true);
	for (;; n++) {
		int rc;

		in = nth4(n);
		c = fresh(s, &in);
		assert_non_null(c);
		rc = sl_shard_insert(s, c, sl_now_ns());
		if (rc == 0)
			continue;
		assert_int_equal(rc, -ENOMEM);
		sl_shard_free_fresh(s, c);
		break;
	}
	assert_int_equal(sl_table_total(t), n);
	sl_store_relaxed(&sl_pages_refuse, false);
	assert_non_null(open_conn(s, &in, 100 * S));
	for (uint32_t i = 0; i <= n; i++) {
		in = nth4(i);
		assert_non_null(look0(t, &in));
	}
	sl_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_directions_are_found_in_both_families),
	    cmocka_unit_test(zone_protocol_and_family_separate),
	    cmocka_unit_test(remove_takes_both_directions_and_happens_once),
	    cmocka_unit_test(a_taken_tuple_is_refused),
	    cmocka_unit_test(a_connection_to_itself_has_one_entry),
	    cmocka_unit_test(translated_connections_are_found_by_their_reply),
	    cmocka_unit_test(all_keys_are_found_while_the_index_grows),
	    cmocka_unit_test(ids_find_the_living_only),
	    cmocka_unit_test(max_is_shared_out_exactly),
	    cmocka_unit_test(refused_memory_is_survived),
	    cmocka_unit_test(an_index_that_cannot_grow_refuses),
	};

	return RUN_WORLD(tests);
}
