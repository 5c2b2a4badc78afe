/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <conn/watch.h>

static unsigned gone_pooled, gone_counted;

static void
pooled(struct sl_conn *c)
{
	assert_true(sl_conn_has(c, SL_CONN_POOLED));
	gone_pooled++;
}

static void
counted(struct sl_conn *c)
{
	assert_true(sl_conn_has(c, SL_CONN_COUNTED));
	gone_counted++;
}

static struct sl_conn *
open_watched(struct sl_shard *s, uint32_t n, uint32_t bits)
{
	struct sl_tuple in = nth4(n);
	struct sl_conn *c = open_conn(s, &in, 10 * S);

	assert_non_null(c);
	sl_conn_set_bits_owned(c, bits);
	return c;
}

/* Removed twice, expired, evicted or never inserted: told once each. */
static void
each_end_is_told_once(void **state)
{
	struct sl_table *t = table_of(1, 3);
	struct sl_shard *s = sl_table_shard(t, 0);
	struct sl_tuple in = nth4(9);
	struct sl_conn *c;

	(void)state;
	gone_pooled = gone_counted = 0;
	sl_conn_watch(SL_CONN_POOLED, pooled);
	sl_conn_watch(SL_CONN_COUNTED, counted);

	c = open_watched(s, 0, SL_CONN_POOLED | SL_CONN_COUNTED);
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	sl_shard_remove(s, c, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(gone_pooled, 1);
	assert_int_equal(gone_counted, 1);

	c = fresh(s, &in); /* its packet is dropped */
	sl_conn_set_bits_owned(c, SL_CONN_POOLED);
	sl_shard_free_fresh(s, c);
	assert_int_equal(gone_pooled, 2);

	open_watched(s, 1, SL_CONN_COUNTED);
	sl_clock_set(sl_now_ns() + 11 * S);
	settle(s);
	assert_int_equal(gone_counted, 2);

	for (uint32_t n = 2; n < 5; n++)
		open_watched(s, n, SL_CONN_COUNTED);
	open_watched(s, 5, 0); /* the table is full: one gives way */
	assert_int_equal(gone_counted, 3);
	assert_int_equal(gone_pooled, 2);

	sl_conn_watch(SL_CONN_POOLED, NULL);
	sl_conn_watch(SL_CONN_COUNTED, NULL);
	sl_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_end_is_told_once),
	};

	return RUN_WORLD(tests);
}
