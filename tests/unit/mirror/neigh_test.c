/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/neigh.h>

#include <mirror/static.h>

#include "../base/tsan.h"

#include <base/hash.h>
#include <base/random.h>
#include <base/role.h>

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int
setup(void **state)
{
	(void)state;
	return sl_neigh_init(NULL);
}

static int
teardown(void **state)
{
	(void)state;
	sl_neigh_fini();
	return 0;
}

static struct sl_addr
nth(uint32_t n)
{
	return (struct sl_addr){.u.w = {n + 1}};
}

static struct sl_neigh_entry
entry(uint16_t port, uint32_t n, uint8_t state, uint8_t mac)
{
	struct sl_neigh_entry e = {
	    .port = port, .family = SL_IPV4, .state = state, .addr = nth(n)};

	memset(e.mac, mac, sizeof(e.mac));
	return e;
}

static void
expect_neigh(uint16_t port, uint32_t n, enum sl_neigh want, uint8_t want_mac)
{
	struct sl_addr a = nth(n);
	uint8_t mac[6] = {0}, all[6];

	memset(all, want_mac, sizeof(all));
	sl_rcu_online();
	assert_int_equal(sl_mirror_neigh_rcu(port, SL_IPV4, &a, mac), want);
	sl_rcu_offline();
	if (want == SL_NEIGH_OK || want == SL_NEIGH_STALE)
		assert_memory_equal(mac, all, sizeof(mac));
}

/* What a neighbour is after each step, and whether waiting packets look again. */
static void
set_replace_delete(void **state)
{
	static const struct {
		bool set;
		uint16_t port;
		uint32_t n;
		uint8_t state, mac;
	} steps[] = {
	    {true, 1, 1, SL_NEIGH_UNKNOWN, 0},
	    {true, 1, 1, SL_NEIGH_OK, 0xaa},
	    {true, 2, 1, SL_NEIGH_OK, 0xbb},
	    {true, 1, 1, SL_NEIGH_STALE, 0xaa},
	    {true, 1, 1, SL_NEIGH_OK, 0xcc},
	    {true, 1, 1, SL_NEIGH_FAILED, 0},
	    {false, 1, 1, SL_NEIGH_UNKNOWN, 0},
	};

	(void)state;
	expect_neigh(1, 1, SL_NEIGH_UNKNOWN, 0);
	for (unsigned i = 0; i < SL_COUNT_OF(steps); i++) {
		uint32_t before = sl_mirror_neigh_generation();
		struct sl_neigh_entry e = entry(
		    steps[i].port, steps[i].n, steps[i].state, steps[i].mac);

		if (steps[i].set)
			assert_int_equal(sl_neigh_set(&e), 0);
		else
			sl_neigh_delete(e.port, e.family, &e.addr);
		assert_int_not_equal(sl_mirror_neigh_generation(), before);
		expect_neigh(
		    steps[i].port, steps[i].n, steps[i].state, steps[i].mac);
	}
	expect_neigh(2, 1, SL_NEIGH_OK, 0xbb);
	sl_neigh_delete(9, SL_IPV4, &(struct sl_addr){0}); /* not there */
}

static void
count_one(void *arg, const struct sl_neigh_entry *e)
{
	uint32_t *n = arg;

	(void)e;
	++*n;
}

static uint32_t
count(void)
{
	uint32_t n = 0;

	sl_neigh_walk(count_one, &n);
	return n;
}

/* A new dump: who is still there is never missing, who is not goes. */
static void
a_dump_sweeps_away_the_rest(void **state)
{
	struct sl_neigh_entry e;

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		e = entry(1, i, SL_NEIGH_OK, 1);
		sl_neigh_set(&e);
	}
	sl_neigh_begin();
	for (uint32_t i = 0; i < 10; i += 2) {
		e = entry(1, i, SL_NEIGH_OK, 2);
		sl_neigh_set(&e);
		expect_neigh(1, i, SL_NEIGH_OK, 2);
		expect_neigh(1, i + 1, SL_NEIGH_OK, 1);
	}
	sl_neigh_sweep();
	assert_int_equal(count(), 5);
	for (uint32_t i = 0; i < 10; i++)
		expect_neigh(1, i, i % 2 ? SL_NEIGH_UNKNOWN : SL_NEIGH_OK, 2);
	sl_neigh_clear();
	assert_int_equal(count(), 0);
}

static void
a_full_table_forgets_rather_than_lies(void **state)
{
	struct sl_neigh_entry e;

	(void)state;
	for (uint32_t i = 0; i < SL_NEIGH_MAX; i++) {
		e = entry(1, i, SL_NEIGH_OK, 1);
		assert_int_equal(sl_neigh_set(&e), 0);
	}
	e = entry(1, SL_NEIGH_MAX, SL_NEIGH_OK, 1);
	assert_int_equal(sl_neigh_set(&e), -ENOSPC);
	e = entry(1, 5, SL_NEIGH_OK, 2); /* a new MAC for an old neighbour */
	assert_int_equal(sl_neigh_set(&e), -ENOSPC);
	expect_neigh(1, 5, SL_NEIGH_UNKNOWN, 0);
	assert_int_equal(sl_neigh_set(&e), 0); /* there is room now */
	expect_neigh(1, 5, SL_NEIGH_OK, 2);
}

static void
made_up_neighbors_answer(void **state)
{
	struct sl_addr a = {.u.b = {192, 0, 2, 7}};
	static const uint8_t want[6] = {2, 0, 192, 0, 2, 7};
	uint8_t mac[6];

	(void)state;
	sl_static_neighbors(true);
	assert_int_equal(sl_mirror_neigh_rcu(0, SL_IPV4, &a, mac), SL_NEIGH_OK);
	assert_memory_equal(mac, want, 6);
	sl_static_neighbors(false);
}

#define READERS	  2
#define NEIGHBORS 64
#define CHANGES	  20000

static SL_ATOMIC(bool) over;
static SL_ATOMIC(uint32_t) torn;

/* All six bytes of a MAC are one value: a torn or reclaimed entry shows. */
static void *
read_on(void *arg)
{
	(void)arg;
	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_relaxed(&over)) {
		for (uint32_t n = 0; n < NEIGHBORS; n++) {
			struct sl_addr a = nth(n);
			uint8_t mac[6];
			enum sl_neigh s =
			    sl_mirror_neigh_rcu(1, SL_IPV4, &a, mac);

			if (s == SL_NEIGH_OK && (memcmp(mac, mac + 1, 5) ||
						    mac[0] % NEIGHBORS != n))
				sl_add_relaxed(&torn, 1);
		}
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

static void
readers_see_whole_entries(void **state)
{
	pthread_t t[READERS];

	(void)state;
	if (is_tsan())
		skip();
	for (int i = 0; i < READERS; i++)
		pthread_create(&t[i], NULL, read_on, NULL);
	for (int i = 0; i < CHANGES; i++) {
		uint32_t n = sl_random_below(NEIGHBORS);
		struct sl_neigh_entry e = entry(1, n, SL_NEIGH_OK,
		    (uint8_t)(n + NEIGHBORS * sl_random_below(4)));

		if (sl_random_below(4))
			sl_neigh_set(&e);
		else
			sl_neigh_delete(1, SL_IPV4, &e.addr);
	}
	sl_store_relaxed(&over, true);
	for (int i = 0; i < READERS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(sl_load_relaxed(&torn), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(set_replace_delete),
	    TEST(a_dump_sweeps_away_the_rest),
	    TEST(a_full_table_forgets_rather_than_lies),
	    TEST(made_up_neighbors_answer),
	    TEST(readers_see_whole_entries),
	};
	int rc;

	sl_hash_init();
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "test");
	sl_rcu_register();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	sl_rcu_unregister();
	return rc;
}
