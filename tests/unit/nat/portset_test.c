/* SPDX-License-Identifier: Apache-2.0 */
/* A set of ports beside an array of 65,536 truths, through all its forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <nat/portset.h>

#include <string.h>

enum { PORTS = 65536, TAG = 12345 };

static bool model[PORTS];
static uint16_t members[PORTS];
static uint32_t n_members;
static struct sl_portset set;
static uint32_t x = 2463534242u;

static uint32_t
draw(uint32_t below)
{
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % below;
}

static void
add(uint16_t port)
{
	if (model[port])
		return;
	if (set.v)
		assert_int_equal(sl_portset_add(&set, port), 0);
	else
		set = sl_portset_one(port, TAG);
	model[port] = true;
	members[n_members++] = port;
}

static void
take_out(uint32_t i)
{
	uint16_t port = members[i];

	sl_portset_remove(&set, port);
	model[port] = false;
	members[i] = members[--n_members];
}

static void
compare(void)
{
	assert_int_equal(sl_portset_count(&set), n_members);
	assert_int_equal(sl_portset_tag(&set), n_members ? TAG : 0);
	assert_true((set.v != 0) == (n_members != 0));
	for (uint32_t w = 0; w < SL_PORTSET_WORDS; w++) {
		uint64_t want = 0, got = sl_portset_word(&set, w);
		uint32_t next = sl_portset_skip(&set, w);

		for (uint32_t b = 0; b < 64; b++)
			want |= (uint64_t)model[w * 64 + b] << b;
		if (got != want)
			fail_msg("%u members, word %u", n_members, w);
		assert_true(next >= w);
		for (uint32_t i = w; i < next; i++) // what it skips is full
			assert_true(sl_portset_word(&set, i) == ~0ull);
	}
}

static void
start(void **state)
{
	(void)state;
	sl_portset_clear(&set);
	memset(model, 0, sizeof(model));
	n_members = 0;
}

/* Up to 'top' members and down to none, within 'span' ports. */
static void
breathe(uint32_t top, uint32_t first, uint32_t span)
{
	while (n_members < top) {
		add((uint16_t)(first + draw(span)));
		if (n_members < 200 || n_members % 997 == 0)
			compare();
		if (draw(4) == 0 && n_members < span / 2)
			take_out(draw(n_members));
	}
	compare();
	while (n_members) {
		take_out(draw(n_members));
		if (n_members < 200 || n_members % 997 == 0)
			compare();
	}
	compare();
}

static void
all_forms(void **state)
{
	static const struct {
		uint32_t top, first, span;
	} rows[] = {
	    {3, 0, PORTS},
	    {4, 65000, 536},
	    {124, 0, PORTS},
	    {125, 1024, 64512},
	    {125, 32768, 126},
	    {3000, 1000, 3000},
	    {60000, 0, PORTS},
	};

	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		start(state);
		breathe(rows[i].top, rows[i].first, rows[i].span);
	}
}

static void
full_to_the_last(void **state)
{
	start(state);
	for (uint32_t port = 0; port < PORTS; port++)
		add((uint16_t)port);
	assert_int_equal(sl_portset_skip(&set, 0), SL_PORTSET_WORDS);
	assert_int_equal(sl_portset_skip(&set, 1023), SL_PORTSET_WORDS);
	take_out(64 * 700 + 63);
	for (uint32_t w = 0; w < SL_PORTSET_WORDS; w++)
		assert_int_equal(sl_portset_skip(&set, w),
		    w <= 700 ? 700 : SL_PORTSET_WORDS);
	start(state);
}

/* A port that is not there changes nothing. */
static void
absent_ports_stay_absent(void **state)
{
	static const uint32_t sizes[] = {0, 1, 3, 4, 50, 124, 125, 2000};

	for (unsigned i = 0; i < SL_COUNT_OF(sizes); i++) {
		start(state);
		while (n_members < sizes[i])
			add((uint16_t)(2 * draw(PORTS / 2)));
		for (unsigned n = 0; n < 100; n++)
			sl_portset_remove(
			    &set, (uint16_t)(2 * draw(PORTS / 2) + 1));
		compare();
	}
	start(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_forms),
	    cmocka_unit_test(full_to_the_last),
	    cmocka_unit_test(absent_ports_stay_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
