/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/fib.h>

#include <base/hash.h>
#include <base/random.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROUTES	600
#define LOOKUPS 20000

static uint8_t
bits_of(uint8_t family)
{
	return family == SL_IPV4 ? 32 : 128;
}

/* Addresses from a small space, so that prefixes nest and repeat. */
static struct sl_addr
random_addr(uint8_t family)
{
	struct sl_addr a = {0};
	unsigned bytes = bits_of(family) / 8;

	for (unsigned i = 0; i < bytes; i++)
		a.u.b[i] = (uint8_t)(sl_random_below(8) ? 0 : sl_random_u64());
	a.u.b[0] = (uint8_t)sl_random_below(4);
	return a;
}

static bool
covers(uint8_t family, const struct sl_fib_route *r, const struct sl_addr *a)
{
	struct sl_addr net = r->dst, masked = *a;

	sl_addr_mask(family, &net, r->len);
	sl_addr_mask(family, &masked, r->len);
	return !memcmp(&net, &masked, sizeof(net));
}

/* The definition: longest prefix, then lowest metric, then first. */
static const struct sl_fib_route *
by_hand(uint8_t family, const struct sl_fib_route *routes, uint32_t n,
    const struct sl_addr *a)
{
	const struct sl_fib_route *best = NULL;

	for (uint32_t i = 0; i < n; i++) {
		const struct sl_fib_route *r = &routes[i];

		if (covers(family, r, a) &&
		    (!best || r->len > best->len ||
			(r->len == best->len && r->metric < best->metric)))
			best = r;
	}
	return best;
}

static void
compare_with_definition(uint8_t family)
{
	static struct sl_fib_route routes[ROUTES];
	struct sl_fib *fib;

	memset(routes, 0, sizeof(routes));
	for (uint32_t i = 0; i < ROUTES; i++) {
		routes[i].dst = random_addr(family);
		routes[i].len = (uint8_t)sl_random_below(bits_of(family) + 1u);
		routes[i].metric = sl_random_below(4);
		routes[i].mtu = i; /* says which route it is */
	}
	fib = sl_fib_build(family, routes, ROUTES);
	assert_non_null(fib);
	for (int i = 0; i < LOOKUPS; i++) {
		struct sl_addr a = random_addr(family);
		const struct sl_fib_route *want =
		    by_hand(family, routes, ROUTES, &a);
		const struct sl_fib_route *got = sl_fib_lookup(fib, &a);

		assert_int_equal(want != NULL, got != NULL);
		if (want)
			assert_int_equal(want->mtu, got->mtu);
	}
	sl_fib_free(fib);
}

static void
lookup_is_the_definition(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		compare_with_definition(SL_IPV4);
		compare_with_definition(SL_IPV6);
	}
}

static void
mask_clears_the_host_part(void **state)
{
	static const struct {
		uint8_t family, len;
		uint8_t bytes[16];
	} rows[] = {
	    {SL_IPV4, 0, {0}},
	    {SL_IPV4, 1, {0x80}},
	    {SL_IPV4, 20, {0xff, 0xff, 0xf0}},
	    {SL_IPV4, 32, {0xff, 0xff, 0xff, 0xff}},
	    {SL_IPV6, 0, {0}},
	    {SL_IPV6, 7, {0xfe}},
	    {SL_IPV6, 64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
	    {SL_IPV6, 67,
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe0}},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr a = {0};

		memset(a.u.b, 0xff, rows[i].family == SL_IPV4 ? 4 : 16);
		sl_addr_mask(rows[i].family, &a, rows[i].len);
		assert_memory_equal(a.u.b, rows[i].bytes, 16);
	}
}

static void
an_empty_table_finds_nothing(void **state)
{
	struct sl_addr a = {0};
	static const struct sl_fib_route none;
	struct sl_fib *fib = sl_fib_build(SL_IPV6, &none, 0);

	(void)state;
	assert_non_null(fib);
	assert_null(sl_fib_lookup(fib, &a));
	sl_fib_free(fib);
	sl_fib_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lookup_is_the_definition),
	    cmocka_unit_test(mask_clears_the_host_part),
	    cmocka_unit_test(an_empty_table_finds_nothing),
	};

	sl_hash_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
