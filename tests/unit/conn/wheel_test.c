/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

struct world {
	struct sl_slab slabs[2];
	struct sl_wheel wheel;
};

static struct world *
world_new(uint64_t now_ns)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(sl_slab_init(&w->slabs[0], SL_IPV4, 0), 0);
	assert_int_equal(sl_slab_init(&w->slabs[1], SL_IPV6, 0), 0);
	sl_wheel_init(&w->wheel, now_ns);
	return w;
}

static void
world_free(struct world *w)
{
	sl_slab_fini(&w->slabs[0]);
	sl_slab_fini(&w->slabs[1]);
	free(w);
}

static struct sl_conn *
armed(struct world *w, int family, uint64_t deadline_ns)
{
	struct sl_conn *c = sl_slab_take(&w->slabs[family]);

	sl_store_relaxed(&c->deadline_ns, deadline_ns);
	sl_wheel_arm(&w->wheel, w->slabs, c);
	return c;
}

static struct sl_conn *
pop(struct world *w, uint64_t now_ns)
{
	unsigned budget = 2 * SL_WHEEL_SLOTS;

	return sl_wheel_pop(&w->wheel, w->slabs, now_ns, &budget);
}

/* Whatever the deadline, a connection is due once the deadline has passed and
 * at most a slot later, or earlier only if it lay beyond the horizon. */
static void
due_after_the_deadline_within_a_slot(void **state)
{
	static const uint64_t after[] = {0, 1, 249 * MS, 250 * MS, 251 * MS,
	    1 * S, 10 * S, 100 * S, 255 * S};
	uint64_t start = 1000 * S + 100 * MS;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(after); i++) {
		struct world *w = world_new(start);
		uint64_t deadline = start + after[i];
		struct sl_conn *c = armed(w, i & 1, deadline);

		assert_null(after[i] ? pop(w, deadline - 1) : NULL);
		assert_ptr_equal(pop(w, deadline + 2 * SL_WHEEL_SLOT_NS), c);
		assert_null(pop(w, deadline + 1000 * S));
		world_free(w);
	}
}

static void
beyond_the_horizon_means_a_visit_at_the_horizon(void **state)
{
	struct world *w = world_new(S);
	struct sl_conn *c = armed(w, 0, UINT64_MAX);

	(void)state;
	assert_null(pop(w, 200 * S));
	assert_ptr_equal(pop(w, 300 * S), c);
	world_free(w);
}

/* Both families share lists; any order of leaving keeps them whole. */
static void
disarm_from_any_position(void **state)
{
	static const int orders[][3] = {
	    {0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};

	(void)state;
	for (size_t o = 0; o < SL_COUNT_OF(orders); o++) {
		struct world *w = world_new(S);
		struct sl_conn *c[3], *left;

		for (int i = 0; i < 3; i++)
			c[i] = armed(w, i & 1, 5 * S);
		sl_wheel_disarm(&w->wheel, w->slabs, c[orders[o][0]]);
		sl_wheel_disarm(&w->wheel, w->slabs, c[orders[o][1]]);
		sl_wheel_disarm(&w->wheel, w->slabs, c[orders[o][1]]);
		left = c[orders[o][2]];
		assert_ptr_equal(pop(w, 6 * S), left);
		assert_null(pop(w, 600 * S));
		world_free(w);
	}
}

static void
budget_bounds_the_work(void **state)
{
	struct world *w = world_new(S);
	unsigned budget = 10, popped = 0;

	(void)state;
	for (int i = 0; i < 30; i++)
		armed(w, 0, 2 * S);
	while (sl_wheel_pop(&w->wheel, w->slabs, 100 * S, &budget))
		popped++;
	assert_int_equal(budget, 0);
	assert_in_range(popped, 1, 10);
	assert_true(sl_wheel_is_due(&w->wheel, 100 * S));
	while (pop(w, 100 * S))
		popped++;
	assert_int_equal(popped, 30);
	assert_false(sl_wheel_is_due(&w->wheel, 100 * S));
	world_free(w);
}

/* The clock jumps by days: every slot is visited once, not a hundred times. */
static void
a_standstill_costs_one_round(void **state)
{
	struct world *w = world_new(S);
	unsigned budget = SL_WHEEL_SLOTS + 1;
	struct sl_conn *c = armed(w, 0, 3 * S);

	(void)state;
	assert_ptr_equal(
	    sl_wheel_pop(&w->wheel, w->slabs, 864000 * S, &budget), c);
	assert_null(sl_wheel_pop(&w->wheel, w->slabs, 864000 * S, &budget));
	assert_false(sl_wheel_is_due(&w->wheel, 864000 * S));
	world_free(w);
}

static void
late_means_the_slot_is_after_the_deadline(void **state)
{
	struct world *w = world_new(S);
	struct sl_conn *c = armed(w, 0, 20 * S);

	(void)state;
	assert_false(sl_wheel_is_late(&w->wheel, c, 20 * S));
	assert_false(sl_wheel_is_late(&w->wheel, c, 30 * S));
	assert_false(sl_wheel_is_late(&w->wheel, c, 20 * S - 100 * MS));
	assert_true(sl_wheel_is_late(&w->wheel, c, 19 * S));
	assert_true(sl_wheel_is_late(&w->wheel, c, 0));
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(due_after_the_deadline_within_a_slot),
	    cmocka_unit_test(beyond_the_horizon_means_a_visit_at_the_horizon),
	    cmocka_unit_test(disarm_from_any_position),
	    cmocka_unit_test(budget_bounds_the_work),
	    cmocka_unit_test(a_standstill_costs_one_round),
	    cmocka_unit_test(late_means_the_slot_is_after_the_deadline),
	};

	return RUN_WORLD(tests);
}
