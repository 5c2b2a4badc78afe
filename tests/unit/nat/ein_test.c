/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings: one outside end an inside end, no outside end twice, idle ones over
 * when they should be, and all of it under threads. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include <base/clock.h>
#include <base/hash.h>
#include <base/rcu.h>
#include <base/role.h>
#include <conn/tuple.h>
#include <nat/ein.h>

#include <pthread.h>

#define SEC	SL_NS_PER_SEC
#define THREADS 3

static struct sl_ein_wish
wish(uint32_t client, uint16_t port, uint16_t lo, uint16_t hi)
{
	struct sl_ein_wish w = {.family = SL_IPV4, .lo = lo, .hi = hi};

	w.inside.addr.u.w[0] = htonl(0x0a000000u + client);
	w.inside.id = htons(port);
	w.address.u.w[0] = htonl(0xcb007101u);
	w.keep = w.parity = true;
	return w;
}

static struct sl_ein_end
outside(const struct sl_ein_wish *w, sl_be16 id)
{
	return (struct sl_ein_end){w->address, id};
}

/* 0: none. */
static uint16_t
map(const struct sl_ein_wish *w, uint64_t now_ns)
{
	sl_be16 id;

	return sl_ein_map(w, now_ns, &id) ? ntohs(id) : 0;
}

static void
put(const struct sl_ein_wish *w, uint16_t port, uint64_t now_ns)
{
	struct sl_ein_end o = outside(w, htons(port));

	sl_ein_put(SL_IPV4, &o, now_ns, 10 * SEC);
}

static bool
has(const struct sl_ein_wish *w, uint16_t port, uint64_t now_ns)
{
	struct sl_ein_end o = outside(w, htons(port));

	return sl_ein_has(SL_IPV4, &o, now_ns);
}

static int
setup(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_rcu_register();
	assert_int_equal(sl_ein_want(&err), 0);
	sl_rcu_online();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_rcu_offline();
	sl_ein_clear();
	assert_int_equal(sl_ein_count(), 0);
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

static void
an_end_keeps_its_mapping(void **state)
{
	struct sl_ein_wish a = wish(1, 4001, 1024, 65535);
	struct sl_ein_wish b = wish(2, 4001, 1024, 65535);
	struct sl_ein_wish other = wish(1, 4001, 1024, 65535);
	struct sl_ein_end o, in;
	uint16_t port;

	(void)state;
	other.address.u.w[0] = htonl(0xcb007102u);
	assert_int_equal(map(&a, SEC), 4001);
	assert_int_equal(map(&a, SEC), 4001);
	assert_int_equal(map(&other, SEC), 4001); /* another address */
	port = map(&b, SEC);
	assert_in_range(port, 1024, 65535);
	assert_int_not_equal(port, 4001);
	assert_int_equal(port & 1, 1);
	assert_int_equal(map(&b, SEC), port);
	o = outside(&b, htons(port));
	assert_true(sl_ein_take(SL_IPV4, &o, SEC, &in));
	assert_memory_equal(&in.addr, &b.inside.addr, sizeof(in.addr));
	assert_int_equal(in.id, b.inside.id);
	o.id = htons(4003);
	assert_false(sl_ein_take(SL_IPV4, &o, SEC, &in));
	assert_false(sl_ein_take(SL_IPV6, &o, SEC, &in));
}

static void
parity_and_keeping_are_wishes(void **state)
{
	static const struct {
		uint16_t port, lo, hi;
		bool keep, parity;
		uint16_t want_lo, want_hi;
		int odd; /* -1: either */
	} rows[] = {
	    {300, 1, 511, true, true, 300, 300, 0},
	    {300, 1, 511, true, true, 1, 511, 0}, /* taken by the first */
	    {301, 1, 511, false, true, 1, 511, 1},
	    {40000, 20000, 20007, true, true, 20000, 20007, 0},
	    {40001, 20000, 20000, true, true, 20000, 20000, 0},
	    {65535, 1024, 65535, true, true, 65535, 65535, 1},
	    {65535, 65535, 65535, true, true, 0, 0, 0}, /* full */
	    {1, 1, 1, false, false, 1, 1, 1},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_ein_wish w =
		    wish(100 + i, rows[i].port, rows[i].lo, rows[i].hi);
		uint16_t got;

		w.address.u.w[0] = htonl(0xcb007103u);
		w.keep = rows[i].keep;
		w.parity = rows[i].parity;
		if (i == 4) /* not the one that row 3 may have */
			w.address.u.w[0] = htonl(0xcb007104u);
		got = map(&w, SEC);
		assert_in_range(got, rows[i].want_lo, rows[i].want_hi);
		if (rows[i].odd >= 0)
			assert_int_equal(got & 1, rows[i].odd);
	}
}

/* Every port of a range is given once, then none; one that is over makes room. */
static void
a_range_is_used_up_exactly(void **state)
{
	static const struct {
		uint16_t lo, hi;
	} rows[] = {
	    {5000, 5000}, {5000, 5001}, {63, 65}, {1000, 1200}, {1024, 65535}};
	static uint8_t seen[65536];

	(void)state;
	for (unsigned r = 0; r < SL_COUNT_OF(rows); r++) {
		uint32_t n = rows[r].hi - rows[r].lo + 1u;
		struct sl_ein_wish w = wish(0, 0, rows[r].lo, rows[r].hi);
		uint16_t last = 0;

		memset(seen, 0, sizeof(seen));
		for (uint32_t i = 0; i < n; i++) {
			w = wish(1000 + i, 1024, rows[r].lo, rows[r].hi);
			w.address.u.w[0] = htonl(0xcb007110u + r);
			last = map(&w, SEC);
			assert_in_range(last, rows[r].lo, rows[r].hi);
			assert_int_equal(seen[last]++, 0);
		}
		put(&w, last, SEC);
		assert_int_equal(map(&w, 10 * SEC), last); /* still there */
		put(&w, last, 10 * SEC);
		w.inside.addr.u.w[0] = htonl(0x0b000000u);
		assert_int_equal(map(&w, 19 * SEC), 0);
		if (n > 1024)
			continue; /* the sweep's */
		assert_int_equal(map(&w, 20 * SEC), last);
	}
}

static void
idle_mappings_are_swept(void **state)
{
	struct sl_ein_wish w = wish(7, 7000, 1024, 65535);
	struct sl_ein_sweep sweep = {0};
	uint32_t before = sl_ein_count();
	uint16_t port;

	(void)state;
	w.address.u.w[0] = htonl(0xcb007120u);
	port = map(&w, SEC);
	assert_int_equal(map(&w, SEC), port); /* two connections */
	put(&w, port, 2 * SEC);
	assert_true(has(&w, port, 100 * SEC));
	put(&w, port, 3 * SEC);
	assert_true(has(&w, port, 13 * SEC - 1));
	assert_false(has(&w, port, 13 * SEC));
	for (unsigned i = 0; i < 2000; i++)
		sl_ein_sweep(&sweep, 12 * SEC + i * SL_NS_PER_MS / 4);
	assert_int_equal(sl_ein_count(), before + 1);
	for (unsigned i = 0; i < 20000 && sl_ein_count() > before; i++)
		sl_ein_sweep(&sweep, 13 * SEC + i * SL_NS_PER_MS);
	assert_int_equal(sl_ein_count(), before);
}

/* Threads map, hold, check and let go of few ends over few ports, while one time
 * passes quickly for all: what a mapping says must be true while it is held. */

static SL_ATOMIC(uint64_t) time_ns = 1000 * SEC;

static uint32_t
next(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static void *
churn(void *arg)
{
	uint32_t x = 1 + (uint32_t)(uintptr_t)arg * 7919u;
	uintptr_t wrong = 0;
	struct sl_ein_sweep sweep = {0};

	sl_role_enter(SL_ROLE_WORKER, (uint16_t)(uintptr_t)arg, "churn");
	sl_rcu_register();
	sl_rcu_online();
	for (unsigned i = 0; i < 60000; i++) {
		uint64_t now = sl_add_relaxed(&time_ns, SEC / 4);
		struct sl_ein_wish w = wish(next(&x) % 12, 1024, 30000, 30007);
		struct sl_ein_end o, in;
		uint16_t port, again;

		w.address.u.w[0] = htonl(0xcb007130u);
		port = map(&w, now);
		if (port) {
			o = outside(&w, htons(port));
			if (!sl_ein_take(SL_IPV4, &o, now, &in) ||
			    memcmp(&in, &w.inside, sizeof(in.addr)) ||
			    (again = map(&w, now)) != port) {
				wrong++;
			} else {
				put(&w, again, now);
				put(&w, port, now);
			}
			put(&w, port, now);
		}
		sl_ein_sweep(&sweep, now);
		if (i % 16 == 0)
			sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return (void *)wrong;
}

static void
threads_agree(void **state)
{
	pthread_t threads[THREADS];
	void *wrong;

	(void)state;
	sl_rcu_offline();
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, churn, (void *)(i + 1)),
		    0);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	sl_rcu_online();
	/* nothing leaked: all eight ports can be had again */
	for (unsigned i = 0; i < 8; i++) {
		struct sl_ein_wish w = wish(500 + i, 1024, 30000, 30007);

		w.address.u.w[0] = htonl(0xcb007130u);
		assert_int_not_equal(
		    map(&w, sl_load_relaxed(&time_ns) + 100 * SEC), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_end_keeps_its_mapping),
	    cmocka_unit_test(parity_and_keeping_are_wishes),
	    cmocka_unit_test(a_range_is_used_up_exactly),
	    cmocka_unit_test(idle_mappings_are_swept),
	    cmocka_unit_test(threads_agree),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
