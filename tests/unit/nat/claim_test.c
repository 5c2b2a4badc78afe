/* SPDX-License-Identifier: Apache-2.0 */
/* Claims beside a naive ledger; exact to the last port; several threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <nat/claim.h>

#include <base/atomic.h>
#include <base/clock.h>
#include <base/role.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static int
setup(void **state)
{
	(void)state;
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_clock_use_virtual();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_claim_clear();
	return 0;
}

static uint32_t
draw(uint32_t *x, uint32_t below)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % below;
}

/* What others hold without a claim, and what steers here. */
struct world {
	bool foreign[65536];
	uint16_t every; /* n-th port is mine */
	uint32_t asked;
};

static bool
is_free(void *arg, uint16_t port)
{
	struct world *w = arg;

	w->asked++;
	return !w->foreign[port];
}

static bool
is_mine(void *arg, uint16_t port)
{
	return port % ((struct world *)arg)->every == 0;
}

/* Endpoints in a ledger: many more than one stripe's first table holds. */
enum { ENDPOINTS = 20000, SPAN = 8, FIRST = 30000, STEPS = 400000 };

static uint64_t
endpoint_of(uint32_t n)
{
	struct sl_tuple t = {.l4proto = IPPROTO_UDP, .family = SL_IPV4};

	t.src.u.w[0] = htonl(0xc6336400u + n);
	return sl_claim_endpoint(&t);
}

/* Random claims and releases, more of the first, then of the second: tables and
 * sets grow and shrink while the ledger is compared at every step. */
static void
as_the_ledger_says(void **state)
{
	static uint8_t ledger[ENDPOINTS]; /* a bit a port */
	static struct world world;
	struct sl_claim_tally tally[8];
	uint64_t held = 0;
	uint32_t x = 4711;

	(void)state;
	for (uint32_t i = 0; i < STEPS; i++) {
		uint32_t n = draw(&x, ENDPOINTS);
		bool growing = i % 200000 < 100000;
		struct sl_claim c = {.endpoint = endpoint_of(n),
		    .pool = (uint16_t)(n % 7 + 1),
		    .workers = 1,
		    .is_free = is_free,
		    .arg = &world};
		uint16_t port;
		int rc;

		if (draw(&x, 8) < (growing ? 6u : 2u)) {
			rc = sl_claim_any(&c, FIRST, FIRST + SPAN - 1, &port);
			assert_int_equal(
			    rc, ledger[n] == 0xff ? -EADDRINUSE : 0);
			if (rc)
				continue;
			assert_in_range(port, FIRST, FIRST + SPAN - 1);
			assert_false(ledger[n] >> (port - FIRST) & 1);
			ledger[n] |= (uint8_t)(1u << (port - FIRST));
			held++;
		} else if (ledger[n]) {
			port = (uint16_t)__builtin_ctz(ledger[n]);
			ledger[n] &= (uint8_t) ~(1u << port);
			sl_claim_release(c.endpoint, FIRST + port);
			held--;
		}
	}
	memset(tally, 0, sizeof(tally));
	sl_claim_tally(tally, SL_COUNT_OF(tally));
	for (uint32_t p = 1; p < SL_COUNT_OF(tally); p++) {
		struct sl_claim_tally want = {0};

		for (uint32_t n = p - 1; n < ENDPOINTS; n += 7) {
			uint32_t ports =
			    (uint32_t)__builtin_popcount(ledger[n]);

			want.ports += ports;
			want.endpoints += ports > 0;
			want.busiest = SL_MAX(want.busiest, ports);
		}
		assert_int_equal(tally[p].ports, want.ports);
		assert_int_equal(tally[p].endpoints, want.endpoints);
		assert_int_equal(tally[p].busiest, want.busiest);
		held -= want.ports;
	}
	assert_int_equal(held, 0);
	for (uint32_t n = 0; n < ENDPOINTS; n++)
		for (uint8_t left = ledger[n]; left; left &= left - 1)
			sl_claim_release(endpoint_of(n),
			    (uint16_t)(FIRST + __builtin_ctz(left)));
	memset(tally, 0, sizeof(tally));
	sl_claim_tally(tally, SL_COUNT_OF(tally));
	for (uint32_t p = 1; p < SL_COUNT_OF(tally); p++)
		assert_int_equal(tally[p].endpoints, 0);
}

/* Full is full, and the port that is given back is the one that is found, for a
 * handful of questions asked. */
static void
exact_to_the_last(void **state)
{
	static const struct {
		uint16_t lo, hi, workers, every;
	} rows[] = {
	    {5000, 5001, 1, 1},
	    {5000, 5001, 4, 4},
	    {1024, 2023, 2, 2},
	    {1024, 65535, 1, 1},
	    {1024, 65535, 8, 8},
	    {1, 65535, 64, 5000},
	};
	static struct world world;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		uint32_t size = rows[i].hi - rows[i].lo + 1u, x = 99;
		struct sl_claim c = {.endpoint = endpoint_of(i),
		    .workers = rows[i].workers,
		    .is_free = is_free,
		    .is_mine = is_mine,
		    .arg = &world};
		uint16_t port;

		world.every = rows[i].every;
		world.asked = 0;
		for (uint32_t n = 0; n < size; n++)
			assert_int_equal(
			    sl_claim_any(&c, rows[i].lo, rows[i].hi, &port), 0);
		assert_int_equal(world.asked, size);
		for (unsigned n = 0; n < 50; n++) {
			uint16_t back = (uint16_t)(rows[i].lo + draw(&x, size));

			assert_int_equal(
			    sl_claim_any(&c, rows[i].lo, rows[i].hi, &port),
			    -EADDRINUSE);
			assert_int_equal(sl_claim_one(&c, back), -EADDRINUSE);
			sl_claim_release(c.endpoint, back);
			assert_int_equal(
			    sl_claim_any(&c, rows[i].lo, rows[i].hi, &port), 0);
			assert_int_equal(port, back);
		}
		for (uint32_t p = rows[i].lo; p <= rows[i].hi; p++)
			sl_claim_release(c.endpoint, (uint16_t)p);
	}
}

/* Mine if there are some, anybody's else; never one to avoid or one that
 * somebody has without a claim. */
static void
preferences(void **state)
{
	static struct world world;
	static uint64_t avoid[1024];
	struct sl_claim c = {.endpoint = endpoint_of(77),
	    .workers = 8, // so many tries that all are looked at
	    .avoid = avoid,
	    .is_free = is_free,
	    .is_mine = is_mine,
	    .arg = &world};
	uint16_t port;

	(void)state;
	world.every = 4;
	for (unsigned p = 2000; p < 2064; p++) {
		if (p % 8 == 0)
			world.foreign[p] = true;
		if (p % 8 == 5)
			avoid[p / 64] |= 1ull << (p % 64);
	}
	for (unsigned i = 0; i < 64 - 8 - 8; i++) {
		assert_int_equal(sl_claim_any(&c, 2000, 2063, &port), 0);
		assert_int_not_equal(port % 8, 0);
		assert_int_not_equal(port % 8, 5);
		assert_true((port % 4 == 0) == (i < 8)); // mine first
	}
	assert_int_equal(sl_claim_any(&c, 2000, 2063, &port), -EADDRINUSE);
	assert_int_equal(sl_claim_one(&c, 2005), 0); // by name it is given
	assert_int_equal(sl_claim_one(&c, 2000), -EADDRINUSE);
}

/* Nobody can foretell a port: the same question, many answers. */
static void
unforeseeable(void **state)
{
	static struct world world;
	static uint8_t hits[16];
	struct sl_claim c = {.endpoint = endpoint_of(78),
	    .workers = 1,
	    .is_free = is_free,
	    .arg = &world};
	uint16_t port;

	(void)state;
	for (unsigned i = 0; i < 1600; i++) {
		assert_int_equal(sl_claim_any(&c, 1024, 65535, &port), 0);
		sl_claim_release(c.endpoint, port);
		hits[port / 4096]++;
	}
	for (unsigned i = 1; i < 16; i++)
		assert_in_range(hits[i], 40, 200);
}

/* Threads. */

enum { THREADS = 3, SERVERS = 3, POOL = 150, TURNS = 300000 };

struct racer {
	uint32_t x, n, refused;
	struct {
		uint32_t server;
		uint16_t port;
	} held[SERVERS * POOL];
};

static SL_ATOMIC(uint32_t) holder[SERVERS][POOL];
static SL_ATOMIC(uint32_t) twice;
static struct racer racers[THREADS];

static bool
is_always(void *arg, uint16_t port)
{
	(void)arg;
	(void)port;
	return true;
}

static void
claim_one_more(struct racer *r)
{
	uint32_t server = draw(&r->x, SERVERS);
	struct sl_claim c = {.endpoint = endpoint_of(900 + server),
	    .workers = 1,
	    .is_free = is_always};
	uint16_t port = (uint16_t)(FIRST + draw(&r->x, POOL));

	if (draw(&r->x, 2)) {
		if (sl_claim_one(&c, port))
			return;
	} else if (sl_claim_any(&c, FIRST, FIRST + POOL - 1, &port)) {
		r->refused++;
		return;
	}
	if (sl_exchange_acq_rel(&holder[server][port - FIRST], 1))
		sl_add_relaxed(&twice, 1);
	r->held[r->n].server = server;
	r->held[r->n++].port = port;
}

static void
release_one(struct racer *r)
{
	uint32_t i = draw(&r->x, r->n);
	uint32_t server = r->held[i].server;
	uint16_t port = r->held[i].port;

	r->held[i] = r->held[--r->n];
	if (!sl_exchange_acq_rel(&holder[server][port - FIRST], 0))
		sl_add_relaxed(&twice, 1);
	sl_claim_release(endpoint_of(900 + server), port);
}

static void *
race(void *arg)
{
	struct racer *r = arg;

	sl_role_enter(SL_ROLE_WORKER, (uint16_t)(r - racers), "racer");
	for (unsigned i = 0; i < TURNS; i++) {
		if (r->n && draw(&r->x, 16) < 5)
			release_one(r);
		else
			claim_one_more(r);
	}
	return NULL;
}

static void
no_port_twice(void **state)
{
	struct sl_claim_tally tally = {0};
	pthread_t threads[THREADS];
	uint64_t held = 0;

	(void)state;
	for (unsigned i = 0; i < THREADS; i++) {
		racers[i].x = 88172645u + i;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (unsigned i = 0; i < 100; i++) // control looks on
		sl_claim_tally(&tally, 1);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		held += racers[i].n;
		print_message(
		    "%u held, %u refused\n", racers[i].n, racers[i].refused);
	}
	assert_int_equal(sl_load_relaxed(&twice), 0);
	tally = (struct sl_claim_tally){0};
	sl_claim_tally(&tally, 1);
	assert_int_equal(tally.ports, held);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(as_the_ledger_says, teardown),
	    cmocka_unit_test_teardown(exact_to_the_last, teardown),
	    cmocka_unit_test_teardown(preferences, teardown),
	    cmocka_unit_test_teardown(unforeseeable, teardown),
	    cmocka_unit_test_teardown(no_port_twice, teardown),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
