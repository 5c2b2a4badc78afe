/* SPDX-License-Identifier: Apache-2.0 */
#include <base/control.h>

#include <base/atomic.h>
#include <base/role.h>

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SESSIONS 3
#define TURNS	 500

struct shared {
	uint32_t inside; /* plain: TSan and the assertions watch the lock */
	uint32_t turns[SESSIONS];
	SL_ATOMIC(uint32_t) started;
	SL_ATOMIC(bool) over;
};

struct session {
	struct shared *shared;
	unsigned number;
};

static void
lock_gives_the_role(void **state)
{
	(void)state;
	sl_role_enter(SL_ROLE_MAIN, 0, "main");
	for (int i = 0; i < 2; i++) {
		assert_false(sl_control_is_mine());
		assert_false(sl_role_is(SL_ROLE_CONTROL));
		sl_control_lock();
		assert_true(sl_control_is_mine());
		assert_true(sl_role_is(SL_ROLE_CONTROL));
		assert_true(sl_role_is(SL_ROLE_MAIN));
		sl_control_pause();
		assert_false(sl_control_is_mine());
		sl_control_resume();
		assert_true(sl_control_is_mine());
		assert_false(sl_control_yield()); /* nobody waits */
		sl_control_unlock();
	}
}

static void *
take_turns(void *arg)
{
	struct session *s = arg;
	struct shared *sh = s->shared;

	sl_role_enter(SL_ROLE_NONE, 0, "session");
	sl_add_relaxed(&sh->started, 1);
	while (sl_load_relaxed(&sh->started) < SESSIONS)
		sched_yield();
	sl_control_lock();
	for (int i = 0; i < TURNS; i++) {
		assert_int_equal(sh->inside++, 0);
		sh->turns[s->number]++;
		assert_int_equal(--sh->inside, 0);
		sl_control_yield();
	}
	sl_control_unlock();
	return NULL;
}

static void
one_is_inside_at_a_time(void **state)
{
	struct shared sh = {0};
	struct session s[SESSIONS];
	pthread_t t[SESSIONS];

	(void)state;
	for (unsigned i = 0; i < SESSIONS; i++) {
		s[i] = (struct session){&sh, i};
		pthread_create(&t[i], NULL, take_turns, &s[i]);
	}
	for (unsigned i = 0; i < SESSIONS; i++)
		pthread_join(t[i], NULL);
	for (unsigned i = 0; i < SESSIONS; i++)
		assert_int_equal(sh.turns[i], TURNS);
}

static void *
wait_for_the_lock(void *arg)
{
	struct shared *sh = arg;

	sl_role_enter(SL_ROLE_NONE, 0, "waiter");
	sl_control_lock();
	sl_store_relaxed(&sh->over, true);
	sl_control_unlock();
	return NULL;
}

/* A long print yields between slices: one yield that says it gave the lock up is
 * enough for whoever waited. */
static void
a_yield_lets_the_waiter_in(void **state)
{
	struct shared sh = {0};
	pthread_t t;

	(void)state;
	sl_control_lock();
	pthread_create(&t, NULL, wait_for_the_lock, &sh);
	while (!sl_control_yield())
		assert_false(sl_load_relaxed(&sh.over));
	assert_true(sl_load_relaxed(&sh.over));
	sl_control_unlock();
	pthread_join(t, NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lock_gives_the_role),
	    cmocka_unit_test(one_is_inside_at_a_time),
	    cmocka_unit_test(a_yield_lets_the_waiter_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
