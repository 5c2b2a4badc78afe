/* SPDX-License-Identifier: Apache-2.0 */
/* Port choice against a real table: kept, class kept, exact where promised. */
#include "packets.h"

#include <nat/portmap.h>

#define WORKERS 4

static struct sl_table *table;

static int
setup(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_clock_use_virtual();
	sl_rcu_register();
	sl_rcu_online();
	table = sl_table_new(WORKERS, 200000, &err);
	assert_non_null(table);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_table_free(table);
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

static struct sl_tuple
reply_to(const char *server, uint16_t sport, const char *nat, uint16_t dport)
{
	struct sl_tuple t = {.l4proto = IPPROTO_UDP};

	assert_true(sl_addr_parse(server, &t.family, &t.src));
	assert_true(sl_addr_parse(nat, &t.family, &t.dst));
	t.src_id = htons(sport);
	t.dst_id = htons(dport);
	return t;
}

/* Puts a connection with this reply tuple into the table of its owner. */
static void
occupy(const struct sl_tuple *reply)
{
	uint16_t owner = sl_tuple_owner(reply, WORKERS);
	struct sl_shard *shard = sl_table_shard(table, owner);
	enum sl_drop_reason reason;
	struct sl_tuple orig;
	struct sl_conn *conn;

	sl_tuple_invert(reply, &orig);
	conn = sl_shard_alloc(shard, &orig, sl_now_ns(), &reason);
	assert_non_null(conn);
	sl_store_relaxed(&conn->deadline_ns, UINT64_MAX);
	assert_int_equal(sl_shard_insert(shard, conn, sl_now_ns()), 0);
}

static bool
choose(struct sl_tuple *reply, uint16_t worker, uint16_t lo, uint16_t hi)
{
	struct sl_portmap p = {
	    .table = table,
	    .worker = worker,
	    .now_ns = sl_now_ns(),
	    .reply = reply,
	    .id = &reply->dst_id,
	};

	return sl_portmap_choose(&p, lo, hi);
}

static void
a_free_port_is_kept(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.1", 53, "203.0.113.1", 4000);

	(void)state;
	assert_true(choose(&t, 0, 1024, 65535));
	assert_int_equal(ntohs(t.dst_id), 4000);
	assert_true(choose(&t, 1, 4000, 4000));
}

static void
a_taken_port_moves_to_one_of_ours(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.2", 53, "203.0.113.1", 4000);
	unsigned same = 0;
	uint16_t last = 0;

	(void)state;
	occupy(&t);
	for (uint16_t i = 0; i < 64; i++) {
		uint16_t worker = i % WORKERS;

		t.dst_id = htons(4000);
		assert_true(choose(&t, worker, 1024, 65535));
		assert_int_not_equal(ntohs(t.dst_id), 4000);
		assert_in_range(ntohs(t.dst_id), 1024, 65535);
		assert_int_equal(sl_tuple_owner(&t, WORKERS), worker);
		same += ntohs(t.dst_id) == last;
		last = ntohs(t.dst_id);
	}
	assert_true(same < 4); /* nobody can foretell the next */
	t = reply_to("198.51.100.3", 53, "203.0.113.1", 4000);
	assert_true(choose(&t, 0, 1024, 65535)); /* another server: reuse */
	assert_int_equal(ntohs(t.dst_id), 4000);
}

static void
a_port_outside_the_range_moves_in(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.4", 53, "203.0.113.1", 4000);

	(void)state;
	assert_true(choose(&t, 0, 5000, 5999));
	assert_in_range(ntohs(t.dst_id), 5000, 5999);
}

/* Ranges up to SL_PORTMAP_EXACT are used to the last port, whoever asks. */
static void
small_ranges_are_exact(void **state)
{
	static const uint16_t sizes[] = {1, 2, 3, 100, 512, 1024};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(sizes); i++) {
		uint16_t lo = 20000, hi = (uint16_t)(lo + sizes[i] - 1);
		struct sl_tuple t = reply_to(
		    "198.51.100.5", (uint16_t)(1000 + i), "203.0.113.1", 1);

		for (unsigned n = 0; n < sizes[i]; n++) {
			t.dst_id = htons(1);
			if (!choose(&t, (uint16_t)(n % WORKERS), lo, hi))
				fail_msg("%u of %u", n, sizes[i]);
			assert_in_range(ntohs(t.dst_id), lo, hi);
			occupy(&t);
		}
		t.dst_id = htons(1);
		assert_false(choose(&t, 0, lo, hi));
	}
}

static void
classes(void **state)
{
	static const struct {
		uint16_t id, lo, hi;
	} rows[] = {
	    {0, 1, 511},
	    {511, 1, 511},
	    {512, 512, 1023},
	    {1023, 512, 1023},
	    {1024, 1024, 65535},
	    {65535, 1024, 65535},
	};
	uint16_t lo, hi;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		sl_portmap_class(rows[i].id, &lo, &hi);
		assert_int_equal(lo, rows[i].lo);
		assert_int_equal(hi, rows[i].hi);
	}
}

/* A large range that is full: refused after bounded work; one more free port
 * in ten is found. */
static void
large_ranges_are_bounded(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.6", 53, "203.0.113.1", 1024);
	unsigned found = 0;

	(void)state;
	for (uint32_t port = 30000; port < 33000; port++) {
		t.dst_id = htons((uint16_t)port);
		if (port % 10)
			occupy(&t);
	}
	for (unsigned i = 0; i < 50; i++) {
		t.dst_id = htons(30001);
		found += choose(&t, 0, 30000, 32999);
	}
	assert_int_equal(found, 50);
	for (uint32_t port = 30000; port < 33000; port += 10) {
		t.dst_id = htons((uint16_t)port);
		occupy(&t);
	}
	t.dst_id = htons(30001);
	assert_false(choose(&t, 0, 30000, 32999));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_free_port_is_kept),
	    cmocka_unit_test(a_taken_port_moves_to_one_of_ours),
	    cmocka_unit_test(a_port_outside_the_range_moves_in),
	    cmocka_unit_test(small_ranges_are_exact),
	    cmocka_unit_test(classes),
	    cmocka_unit_test(large_ranges_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
