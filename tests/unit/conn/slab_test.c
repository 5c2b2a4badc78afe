/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <conn/pages.h>

static void
slots_are_aligned_numbered_and_clear(void **state)
{
	(void)state;
	for (int f = 0; f < 2; f++) {
		uint8_t family = f ? SL_IPV6 : SL_IPV4;
		struct sl_slab slab;

		assert_int_equal(sl_slab_init(&slab, family, 5), 0);
		for (uint32_t i = 0; i < 100; i++) {
			struct sl_conn *c = sl_slab_take(&slab);

			assert_non_null(c);
			assert_int_equal((uintptr_t)c % SL_CACHE_LINE, 0);
			assert_int_equal(c->ref, i << 1 | (unsigned)f);
			assert_ptr_equal(sl_slab_at(&slab, c->ref >> 1), c);
			assert_int_equal(c->owner, 5);
			assert_int_equal(c->family, family);
			assert_int_equal(c->out_port, SL_PORT_NONE);
			assert_int_equal(sl_conn_bits(c), 0);
			assert_int_equal(
			    (uint32_t)sl_load_relaxed(&c->id), c->ref);
		}
		sl_slab_fini(&slab);
	}
}

/* The memory budget, and that what reading a packet needs is one line. */
static void
slots_keep_their_budget(void **state)
{
	(void)state;
	assert_int_equal(SL_SLAB_STRIDE4, 192);
	assert_int_equal(SL_SLAB_STRIDE6, 256);
	assert_true(sizeof(struct sl_conn4) <= SL_SLAB_STRIDE4);
	assert_true(sizeof(struct sl_conn6) <= SL_SLAB_STRIDE6);
	assert_true(offsetof(struct sl_conn, dirs) == SL_CACHE_LINE);
}

/* Chunks are asked for one by one, and numbers go on across them. */
static void
chunks_come_on_demand(void **state)
{
	struct sl_slab slab;
	struct sl_conn *c = NULL;

	(void)state;
	assert_int_equal(sl_slab_init(&slab, SL_IPV4, 0), 0);
	assert_null(sl_load_relaxed(&slab.directory[0]));
	for (uint32_t i = 0; i < SL_SLAB_CHUNK; i++)
		c = sl_slab_take(&slab);
	assert_int_equal(c->ref >> 1, SL_SLAB_CHUNK - 1);
	assert_null(sl_load_relaxed(&slab.directory[1]));

	sl_store_relaxed(&sl_pages_refuse, true);
	assert_null(sl_slab_take(&slab));
	sl_store_relaxed(&sl_pages_refuse, false);

	c = sl_slab_take(&slab);
	assert_int_equal(c->ref >> 1, SL_SLAB_CHUNK);
	assert_ptr_equal(sl_slab_at(&slab, SL_SLAB_CHUNK), c);
	sl_slab_fini(&slab);
}

static void
a_reused_slot_has_a_new_id_and_nothing_of_the_old(void **state)
{
	struct sl_slab slab;
	struct sl_conn *c, *again;
	uint64_t id;

	(void)state;
	assert_int_equal(sl_slab_init(&slab, SL_IPV6, 0), 0);
	c = sl_slab_take(&slab);
	id = sl_load_relaxed(&c->id);
	memset(c->priv, 0x77, sizeof(c->priv));
	memset(((struct sl_conn6 *)(void *)c)->key6, 0x77,
	    sizeof(struct sl_conn_key6));
	sl_conn_account_owned(c, SL_ORIG, 100, S);
	sl_store_relaxed(&c->mark, 9);
	c->filter_rule = *sl_conn_nat_rule(c, 0) = *sl_conn_nat_rule(c, 1) = 9;
	sl_slab_give(&slab, c, c);
	again = sl_slab_take(&slab);
	assert_ptr_equal(again, c);
	assert_int_not_equal(sl_load_relaxed(&c->id), id);
	assert_int_equal(sl_load_relaxed(&c->mark), 0);
	assert_int_equal(c->filter_rule, 0);
	assert_int_equal(*sl_conn_nat_rule(c, 0), 0);
	assert_int_equal(*sl_conn_nat_rule(c, 1), 0);
	assert_int_equal(sl_load_relaxed(&c->dirs[SL_ORIG].bytes), 0);
	for (size_t i = 0; i < sizeof(c->priv); i++)
		assert_int_equal(c->priv[i], 0);
	for (size_t i = 0; i < sizeof(struct sl_conn_key6); i++)
		assert_int_equal(
		    ((uint8_t *)((struct sl_conn6 *)(void *)c)->key6)[i], 0);
	sl_slab_fini(&slab);
}

/* A slot whose generations are used up is not given out again. */
static void
ids_are_never_reused(void **state)
{
	struct sl_slab slab;
	struct sl_conn *c, *next;

	(void)state;
	assert_int_equal(sl_slab_init(&slab, SL_IPV4, 0), 0);
	c = sl_slab_take(&slab);
	sl_store_relaxed(&c->id, ~0xffull << 32 | c->ref);
	sl_slab_give(&slab, c, c);
	next = sl_slab_take(&slab);
	assert_ptr_not_equal(next, c);
	sl_slab_fini(&slab);
}

static void
chains_come_back_whole(void **state)
{
	enum { N = 10 };
	struct sl_slab slab;
	struct sl_conn *c[N];
	uint32_t used;

	(void)state;
	assert_int_equal(sl_slab_init(&slab, SL_IPV4, 0), 0);
	for (int i = 0; i < N; i++)
		c[i] = sl_slab_take(&slab);
	for (int i = 0; i < N - 1; i++)
		c[i]->wheel_next = c[i + 1]->ref + 1;
	used = sl_slab_used(&slab);
	sl_slab_give(&slab, c[0], c[N - 1]);
	for (int i = 0; i < N; i++)
		assert_ptr_equal(sl_slab_take(&slab), c[i]);
	assert_int_equal(sl_slab_used(&slab), used);
	sl_slab_fini(&slab);
}

static void
pages_are_zeroed_and_aligned(void **state)
{
	size_t len = 3 * SL_PAGES_HUGE + 4096;
	uint8_t *small = sl_pages_new(100, SL_PAGES_SMALL);
	uint8_t *large = sl_pages_new(len, SL_PAGES_LARGE);

	(void)state;
	assert_non_null(small);
	assert_non_null(large);
	assert_int_equal(small[99], 0);
	assert_int_equal((uintptr_t)large % SL_PAGES_HUGE, 0);
	large[0] = large[len - 1] = 1;
	sl_pages_free(small, 100);
	sl_pages_free(large, len);
	sl_pages_free(NULL, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slots_are_aligned_numbered_and_clear),
	    cmocka_unit_test(slots_keep_their_budget),
	    cmocka_unit_test(chunks_come_on_demand),
	    cmocka_unit_test(a_reused_slot_has_a_new_id_and_nothing_of_the_old),
	    cmocka_unit_test(ids_are_never_reused),
	    cmocka_unit_test(chains_come_back_whole),
	    cmocka_unit_test(pages_are_zeroed_and_aligned),
	};

	return RUN_WORLD(tests);
}
