/* SPDX-License-Identifier: Apache-2.0 */
#include <base/hash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BINS	32
#define PER_BIN 1024

/* Sum over bins of (seen - expected)^2 / expected; with 31 degrees of freedom a
 * fair hash stays below 80 but once in a million. */
static double
unevenness(const uint32_t bins[BINS])
{
	double sum = 0;

	for (int i = 0; i < BINS; i++) {
		double off = (double)bins[i] - PER_BIN;

		sum += off * off / PER_BIN;
	}
	return sum;
}

/* Keys that differ in few bits, as addresses and ports do. */
static void
words_spread_over_all_bits(void **state)
{
	static const unsigned shifts[] = {0, 16, 32, 59};

	(void)state;
	for (unsigned s = 0; s < SL_COUNT_OF(shifts); s++) {
		uint32_t bins[BINS] = {0};

		for (uint64_t n = 0; n < BINS * PER_BIN; n++) {
			uint64_t words[5] = {n & 255, n >> 8, 7, 0, 443};

			bins[sl_hash_words(words, 5) >> shifts[s] & 31]++;
		}
		assert_true(unevenness(bins) < 80);
	}
}

static void
words_depend_on_length_and_order(void **state)
{
	static const uint64_t keys[][3] = {
	    {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 2, 3}, {3, 2, 1}};
	uint64_t seen[SL_COUNT_OF(keys) * 3];
	unsigned n = 0;

	(void)state;
	for (unsigned k = 0; k < SL_COUNT_OF(keys); k++)
		for (unsigned len = 1; len <= 3; len++)
			seen[n++] = sl_hash_words(keys[k], len);
	/* {0,..} and {1,..} of length 1 and 2 repeat on purpose; full length
	 * never does */
	for (unsigned a = 2; a < n; a += 3)
		for (unsigned b = 2; b < a; b += 3)
			assert_true(seen[a] != seen[b]);
	assert_true(seen[0] != seen[1] && seen[1] != seen[2]);
}

static void
ids_are_symmetric_and_spread(void **state)
{
	static const uint32_t workers[] = {2, 3, 8, 32};

	(void)state;
	for (uint32_t a = 0; a < 65536; a += 257)
		for (uint32_t b = 0; b < 65536; b += 509)
			assert_int_equal(sl_hash_ids(a, b), sl_hash_ids(b, a));
	for (unsigned w = 0; w < SL_COUNT_OF(workers); w++) {
		uint32_t bins[32] = {0}, n = 0;

		/* clients of one server: only one port differs */
		for (uint32_t port = 32768; port < 61000; port++, n++)
			bins[(sl_hash_ids(port, 443) >> 16) % workers[w]]++;
		for (uint32_t i = 0; i < workers[w]; i++) {
			assert_true(bins[i] > n / workers[w] * 8 / 10);
			assert_true(bins[i] < n / workers[w] * 12 / 10);
		}
	}
}

static void
init_draws_new_keys(void **state)
{
	struct sl_hash_key before = sl_hash_key;

	(void)state;
	sl_hash_init();
	assert_memory_not_equal(&before, &sl_hash_key, sizeof(before));
	for (int i = 1; i < 4; i++) /* odd: multiplication loses nothing */
		assert_true(sl_hash_key.steer[i] & 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_spread_over_all_bits),
	    cmocka_unit_test(words_depend_on_length_and_order),
	    cmocka_unit_test(ids_are_symmetric_and_spread),
	    cmocka_unit_test(init_draws_new_keys),
	    /* once more, with the keys that were drawn */
	    cmocka_unit_test(words_spread_over_all_bits),
	    cmocka_unit_test(ids_are_symmetric_and_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
