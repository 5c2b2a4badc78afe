/* SPDX-License-Identifier: Apache-2.0 */
#include <base/rcu.h>

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 2000
#define ALIVE  0x600d600du
#define POISON 0xdeadbeefu

struct object {
	struct sl_rcu_head retire;
	uint32_t mark;
};

static SL_RCU_PTR(struct object) published;
static SL_ATOMIC(bool) over;
static SL_ATOMIC(uint32_t) reclaimed;

static struct object *
make(void)
{
	struct object *o = calloc(1, sizeof(*o));

	assert_non_null(o);
	o->mark = ALIVE;
	return o;
}

static void
reclaim(struct sl_rcu_head *head)
{
	struct object *o = sl_container_of(head, struct object, retire);

	o->mark = POISON; /* a reader that still looks will see it */
	sl_add_relaxed(&reclaimed, 1);
	free(o);
}

static void *
read_on(void *arg)
{
	(void)arg;
	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_relaxed(&over)) {
		for (int i = 0; i < 100; i++) {
			const struct object *o = sl_rcu_read(&published);

			if (i % 10 == 0) /* hold it, and be preempted */
				sched_yield();
			assert_int_equal(o->mark, ALIVE);
		}
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

/* Retiring from an offline and from an online thread: the latter stays online. */
static void
readers_never_see_what_is_reclaimed(void **state)
{
	pthread_t t[2];

	(void)state;
	sl_rcu_init(&published, make());
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, read_on, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		struct object *old;

		if (i % 2)
			sl_rcu_online();
		old = sl_rcu_swap(&published, make());
		sl_retire(&old->retire, reclaim);
		if (i % 2)
			sl_rcu_offline();
	}
	sl_rcu_drain();
	assert_int_equal(sl_load_relaxed(&reclaimed), ROUNDS);
	sl_store_relaxed(&over, true);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	free(sl_rcu_own(&published));
}

static void
an_offline_thread_holds_nobody_up(void **state)
{
	struct object *o = make();

	(void)state;
	sl_rcu_synchronize(); /* we are registered and offline: returns */
	sl_rcu_online();
	sl_retire(&o->retire, reclaim);
	for (int i = 0; i < 1000; i++) { /* online: it cannot be gone */
		sched_yield();
		assert_int_equal(o->mark, ALIVE);
	}
	sl_rcu_offline();
	sl_rcu_drain();
	assert_int_equal(sl_load_relaxed(&reclaimed), ROUNDS + 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(readers_never_see_what_is_reclaimed),
	    cmocka_unit_test(an_offline_thread_holds_nobody_up),
	};
	int rc;

	sl_rcu_register();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	sl_rcu_unregister();
	return rc;
}
