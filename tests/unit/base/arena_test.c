/* SPDX-License-Identifier: Apache-2.0 */
#include <base/arena.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Small, at the chunk's size, larger than a chunk; again and again. */
static const size_t sizes[] = {
    0, 1, 15, 16, 17, 4000, 16383, 16384, 16385, 100000, 8};

static void
fill_all(struct sl_arena *a, uint8_t *at[], uint8_t seed)
{
	for (unsigned i = 0; i < SL_COUNT_OF(sizes); i++) {
		at[i] = sl_arena_alloc(a, sizes[i]);
		assert_non_null(at[i]);
		assert_int_equal((uintptr_t)at[i] % 16, 0);
		for (size_t b = 0; b < sizes[i]; b++)
			assert_int_equal(at[i][b], 0);
		memset(at[i], (uint8_t)(seed + i), sizes[i]);
	}
}

static void
allocations_are_zero_and_apart(void **state)
{
	struct sl_arena a = {0};
	uint8_t *at[SL_COUNT_OF(sizes)];

	(void)state;
	for (int round = 0; round < 3; round++) {
		fill_all(&a, at, (uint8_t)(0x40 * round + 1));
		for (unsigned i = 0; i < SL_COUNT_OF(sizes); i++)
			for (size_t b = 0; b < sizes[i]; b++)
				assert_int_equal(
				    at[i][b], (uint8_t)(0x40 * round + 1 + i));
		sl_arena_reset(&a); /* what comes next is zero again */
	}
	sl_arena_fini(&a);
	assert_null(a.head);
}

static void
copies_end_with_nul(void **state)
{
	struct sl_arena a = {0};

	(void)state;
	assert_string_equal(sl_arena_copy(&a, "hello", 5), "hello");
	assert_string_equal(sl_arena_copy(&a, "hello", 2), "he");
	assert_string_equal(sl_arena_copy(&a, NULL, 0), "");
	sl_arena_fini(&a);
}

static void
reset_keeps_one_small_chunk(void **state)
{
	struct sl_arena a = {0};
	void *first = sl_arena_alloc(&a, 100);

	(void)state;
	sl_arena_reset(&a);
	assert_ptr_equal(sl_arena_alloc(&a, 100), first);
	sl_arena_alloc(&a, 1 << 20);
	sl_arena_reset(&a);
	assert_ptr_equal(sl_arena_alloc(&a, 100), first);
	sl_arena_fini(&a);
	sl_arena_reset(&a); /* of nothing */
	sl_arena_alloc(&a, 1 << 20);
	sl_arena_reset(&a); /* a chunk that is too large to keep */
	assert_null(a.head);
	sl_arena_fini(&a);
}

static void
absurd_sizes_are_refused(void **state)
{
	struct sl_arena a = {0};

	(void)state;
	assert_null(sl_arena_alloc(&a, SIZE_MAX));
	assert_null(sl_arena_alloc(&a, SIZE_MAX - 15));
	sl_arena_fini(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(allocations_are_zero_and_apart),
	    cmocka_unit_test(copies_end_with_nul),
	    cmocka_unit_test(reset_keeps_one_small_chunk),
	    cmocka_unit_test(absurd_sizes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
