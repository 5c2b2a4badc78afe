/* SPDX-License-Identifier: Apache-2.0 */
/* How packets leave that carry the receiver's id only. */
#include "fixture.h"

#include <conn/sent.h>

enum { INSIDE = 0x0a000001, ROUTER = 0xc6336401, SERVER = 0xcb007109 };

static int
setup(void **state)
{
	start_world(state);
	assert_int_equal(sl_sent_init(), 0);
	return 0;
}

static int
teardown(void **state)
{
	sl_rcu_offline();
	sl_sent_fini();
	sl_rcu_drain();
	sl_rcu_online();
	return end_world(state);
}

static struct sl_tuple
gre(uint32_t src, uint32_t dst, uint16_t call)
{
	return tuple4(IPPROTO_GRE, src, 0, dst, call);
}

/* A call: the inside host's id is 1, 'seen' outside; the server's 'theirs'. */
static struct sl_conn *
call_of(struct sl_table *table, uint16_t seen, uint16_t theirs, bool translated)
{
	uint32_t outside = translated ? ROUTER : INSIDE;
	struct sl_tuple orig = gre(INSIDE, SERVER, theirs);
	struct sl_tuple reply = gre(SERVER, outside, seen);
	struct sl_conn *c = fresh(sl_table_shard(table, 0), &orig);

	assert_non_null(c);
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	sl_conn_set_bits_owned(c, SL_CONN_RECEIVER_ID);
	sl_conn_set_leave_id_owned(c, SL_ORIG, htons(theirs));
	sl_conn_set_leave_id_owned(c, SL_REPLY, htons(1));
	sl_sent_add_owned(c);
	sl_shard_refresh(sl_table_shard(table, 0), c, sl_now_ns() + S);
	assert_int_equal(
	    sl_shard_insert(sl_table_shard(table, 0), c, sl_now_ns()), 0);
	return c;
}

static void
expect_found(struct sl_tuple left, struct sl_tuple want)
{
	struct sl_tuple got;

	assert_true(sl_sent_find_rcu(&left, &got));
	assert_memory_equal(&got, &want, sizeof(got));
}

static void
expect_none(struct sl_tuple left)
{
	struct sl_tuple got;

	assert_false(sl_sent_find_rcu(&left, &got));
}

static void
both_directions_are_found(void **state)
{
	struct sl_table *table = table_of(1, 100);

	(void)state;
	expect_none(gre(ROUTER, SERVER, 5));
	call_of(table, 7, 5, true);
	expect_found(gre(ROUTER, SERVER, 5), gre(INSIDE, SERVER, 5));
	expect_found(gre(SERVER, INSIDE, 1), gre(SERVER, ROUTER, 7));
	expect_none(gre(ROUTER, SERVER, 6));
	expect_none(gre(SERVER, INSIDE, 7));
	expect_none(gre(INSIDE, SERVER, 5)); /* as it arrives */
	sl_table_free(table);
	sl_rcu_online();
}

static void
only_what_changes_is_kept(void **state)
{
	struct sl_table *table = table_of(1, 100);
	struct sl_conn *c = call_of(table, 1, 5, false);

	(void)state;
	assert_false(sl_conn_has(c, SL_CONN_SENT));
	expect_none(gre(INSIDE, SERVER, 5));
	sl_table_free(table);
	sl_rcu_online();
}

/* One call ends, by removal or before its first packet left; another stays. */
static void
it_ends_with_its_connection(void **state)
{
	struct sl_table *table = table_of(1, 100);
	struct sl_shard *shard = sl_table_shard(table, 0);
	struct sl_conn *c = call_of(table, 7, 5, true);
	struct sl_tuple orig = gre(INSIDE, SERVER, 9);
	struct sl_tuple reply = gre(SERVER, ROUTER, 9);
	struct sl_conn *dropped = fresh(shard, &orig);

	(void)state;
	call_of(table, 8, 6, true);
	sl_shard_remove(shard, c, SL_COUNTER_CONN_REMOVED);
	expect_none(gre(ROUTER, SERVER, 5));
	expect_found(gre(ROUTER, SERVER, 6), gre(INSIDE, SERVER, 6));

	sl_conn_set_tuple(dropped, SL_REPLY, &reply);
	sl_conn_set_bits_owned(dropped, SL_CONN_RECEIVER_ID);
	sl_conn_set_leave_id_owned(dropped, SL_ORIG, htons(9));
	sl_sent_add_owned(dropped);
	expect_found(gre(ROUTER, SERVER, 9), orig);
	sl_shard_free_fresh(shard, dropped);
	expect_none(gre(ROUTER, SERVER, 9));
	pass_grace(table);
	sl_table_free(table);
	sl_rcu_online();
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(both_directions_are_found),
	    T(only_what_changes_is_kept),
	    T(it_ends_with_its_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
