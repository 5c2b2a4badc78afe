/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <conn/pages.h>

static bool
is_link(void *arg, uint32_t link)
{
	return link == *(const uint32_t *)arg;
}

static bool
has(struct sl_index *index, uint32_t tag, uint32_t link)
{
	return sl_index_find_rcu(index, tag, is_link, &link) == link;
}

static bool
is_clean(struct sl_index *index)
{
	struct sl_array *array = sl_index_current(index);

	for (uint32_t b = 0; b >> array->bits == 0; b++) {
		if (sl_load_relaxed(&array->buckets[b].overflow) != 0)
			return false;
		for (int i = 0; i < SL_INDEX_ENTRIES; i++)
			if (sl_load_relaxed(&array->buckets[b].entries[i]))
				return false;
	}
	return true;
}

static uint32_t
spread(uint32_t n)
{
	return n * 2654435761u;
}

static void
links_name_ref_and_direction(void **state)
{
	static const uint32_t refs[] = {0, 1, 2, SL_SLAB_MAX * 2 - 1};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(refs); i++)
		for (unsigned dir = 0; dir < 2; dir++) {
			uint32_t link = sl_index_link(refs[i], dir);

			assert_int_not_equal(link, 0);
			assert_int_equal(sl_index_link_ref(link), refs[i]);
			assert_int_equal(sl_index_link_dir(link), dir);
		}
}

/* Every key is found after every single insertion, through several grows, and
 * every grow ends before the next is needed. */
static void
grow_loses_nothing_at_any_step(void **state)
{
	enum { N = 6000 };
	struct sl_index index;
	unsigned grows = 0;

	(void)state;
	assert_int_equal(sl_index_init(&index), 0);
	for (uint32_t i = 0; i < N; i++) {
		bool was_growing = sl_index_is_growing(&index);

		assert_int_equal(sl_index_reserve(&index, 1), 0);
		grows += !was_growing && sl_index_is_growing(&index);
		sl_index_insert(&index, spread(i), i + 1);
		for (uint32_t k = i % 7; k <= i; k += 1 + i / 200)
			assert_true(has(&index, spread(k), k + 1));
		assert_true(has(&index, spread(i), i + 1));
		assert_false(has(&index, spread(i), i + 2));
	}
	assert_in_range(grows, 4, 5);
	for (uint32_t i = 0; i < N; i++) {
		assert_true(has(&index, spread(i), i + 1));
		sl_index_erase(&index, spread(i), i + 1);
		assert_false(has(&index, spread(i), i + 1));
	}
	sl_index_step(&index, UINT32_MAX);
	assert_true(is_clean(&index));
	sl_index_fini(&index);
}

/* All keys want the last bucket: the probe wraps round, and erasing in any
 * order leaves no count behind. */
static void
overflow_wraps_and_is_undone(void **state)
{
	enum { N = 40 };
	struct sl_index index;

	(void)state;
	assert_int_equal(sl_index_init(&index), 0);
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(sl_index_reserve(&index, 1), 0);
		sl_index_insert(&index, 0xffffffffu - i, i + 1);
	}
	for (uint32_t k = 0; k < N; k++) {
		uint32_t i = k * 7 % N;

		sl_index_erase(&index, 0xffffffffu - i, i + 1);
		for (uint32_t m = k + 1; m < N; m++) {
			uint32_t j = m * 7 % N;

			assert_true(has(&index, 0xffffffffu - j, j + 1));
		}
	}
	assert_true(is_clean(&index));
	sl_index_fini(&index);
}

/* Tag 0 looks like an empty place and is none. */
static void
tag_zero_is_a_tag(void **state)
{
	struct sl_index index;

	(void)state;
	assert_int_equal(sl_index_init(&index), 0);
	assert_false(has(&index, 0, 1));
	assert_int_equal(sl_index_reserve(&index, 1), 0);
	sl_index_insert(&index, 0, 1);
	assert_true(has(&index, 0, 1));
	sl_index_erase(&index, 0, 1);
	assert_true(is_clean(&index));
	sl_index_fini(&index);
}

/* Random insertions and erasures against a model, during grows as well. */
static void
churn_agrees_with_a_model(void **state)
{
	enum { KEYS = 3000, STEPS = 60000 };
	static bool model[KEYS];
	struct sl_index index;
	uint32_t x = 2463534242u;

	(void)state;
	assert_int_equal(sl_index_init(&index), 0);
	for (int step = 0; step < STEPS; step++) {
		uint32_t k;

		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		k = x % KEYS;
		/* Few distinct tags: much overflow, many equal tags. */
		assert_int_equal(has(&index, spread(k / 16), k + 1), model[k]);
		if (model[k]) {
			sl_index_erase(&index, spread(k / 16), k + 1);
		} else {
			assert_int_equal(sl_index_reserve(&index, 1), 0);
			sl_index_insert(&index, spread(k / 16), k + 1);
		}
		model[k] = !model[k];
	}
	for (uint32_t k = 0; k < KEYS; k++)
		assert_int_equal(has(&index, spread(k / 16), k + 1), model[k]);
	sl_index_fini(&index);
}

/* Without memory the array fills to its hard limit, refuses, and goes on when
 * memory is back. */
static void
refused_memory_delays_the_grow(void **state)
{
	enum { PLACES = SL_INDEX_ENTRIES << SL_INDEX_MIN_BITS };
	struct sl_index index;
	uint32_t n = 0;

	(void)state;
	assert_int_equal(sl_index_init(&index), 0);
	sl_store_relaxed(&sl_pages_refuse, true);
	for (; sl_index_reserve(&index, 2) == 0; n++)
		sl_index_insert(&index, spread(n), n + 1);
	assert_in_range(n, PLACES * 88 / 100, PLACES * 90 / 100);
	assert_false(sl_index_is_growing(&index));
	sl_store_relaxed(&sl_pages_refuse, false);
	assert_int_equal(sl_index_reserve(&index, 2), 0);
	assert_true(sl_index_is_growing(&index));
	sl_index_step(&index, UINT32_MAX);
	assert_false(sl_index_is_growing(&index));
	for (uint32_t i = 0; i < n; i++)
		assert_true(has(&index, spread(i), i + 1));
	sl_index_fini(&index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_name_ref_and_direction),
	    cmocka_unit_test(grow_loses_nothing_at_any_step),
	    cmocka_unit_test(overflow_wraps_and_is_undone),
	    cmocka_unit_test(tag_zero_is_a_tag),
	    cmocka_unit_test(churn_agrees_with_a_model),
	    cmocka_unit_test(refused_memory_delays_the_grow),
	};

	return RUN_WORLD(tests);
}
