/* SPDX-License-Identifier: Apache-2.0 */
#include <base/wake.h>

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ITEMS 20000

static bool
is_readable(const struct sl_wake *w)
{
	struct pollfd fd = {w->fd, POLLIN, 0};

	return poll(&fd, 1, 0) == 1;
}

/* Waker and sleeper in the orders that one thread can show. */
static void
only_a_sleeper_is_woken(void **state)
{
	static const struct {
		const char *steps; /* p: prepare, w: wake up, d: done */
		bool readable;
	} rows[] = {
	    {"", false},
	    {"w", false},
	    {"p", false},
	    {"pw", true},
	    {"pww", true},
	    {"pwd", false},
	    {"pwdw", false},
	    {"pdw", false},
	    {"wp", false},
	    {"pwdpw", true},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_wake w;

		assert_int_equal(sl_wake_init(&w, NULL), 0);
		for (const char *s = rows[i].steps; *s; s++) {
			if (*s == 'p')
				sl_wake_prepare(&w);
			else if (*s == 'w')
				sl_wake_up(&w);
			else
				sl_wake_done(&w);
		}
		assert_int_equal(is_readable(&w), rows[i].readable);
		sl_wake_fini(&w);
		sl_wake_fini(&w); /* twice is fine */
	}
}

struct work {
	struct sl_wake wake;
	SL_ATOMIC(uint32_t) made;
};

static void *
make(void *arg)
{
	struct work *work = arg;

	for (uint32_t i = 1; i <= ITEMS; i++) {
		sl_store_relaxed(&work->made, i);
		sl_wake_up(&work->wake);
	}
	return NULL;
}

/* The sleeper never sleeps without a limit while there is work: a lost wake would
 * show as a poll() that times out. */
static void
no_wake_is_lost(void **state)
{
	struct work work = {0};
	struct pollfd fd;
	uint32_t seen = 0;
	pthread_t t;

	(void)state;
	assert_int_equal(sl_wake_init(&work.wake, NULL), 0);
	fd = (struct pollfd){work.wake.fd, POLLIN, 0};
	pthread_create(&t, NULL, make, &work);
	while (seen < ITEMS) {
		sl_wake_prepare(&work.wake);
		if (sl_load_relaxed(&work.made) == seen)
			assert_int_equal(poll(&fd, 1, 10000), 1);
		sl_wake_done(&work.wake);
		seen = sl_load_relaxed(&work.made);
	}
	pthread_join(t, NULL);
	sl_wake_fini(&work.wake);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_a_sleeper_is_woken),
	    cmocka_unit_test(no_wake_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
