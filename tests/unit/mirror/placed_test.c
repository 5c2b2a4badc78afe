/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/placed.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Records are letters; what put() was asked is written down. */
static char done[64];
static const char *refuse = "", *later = "";

static int
put(bool add, const void *record, struct sl_err *err)
{
	char letter = *(const char *)record;
	size_t n = strlen(done);

	snprintf(done + n, sizeof(done) - n, "%c%c", add ? '+' : '-', letter);
	if (add && strchr(later, letter))
		return 1;
	if (strchr(refuse, letter))
		return sl_err_set(err, -EPERM, "no %c", letter);
	return 0;
}

static int
commit(struct sl_placed *p, const char *wanted, struct sl_err *err)
{
	done[0] = '\0';
	sl_placed_begin(p);
	for (; *wanted; wanted++)
		assert_int_equal(sl_placed_want(p, wanted, err), 0);
	return sl_placed_commit(p, err);
}

static bool
is_letter(void *arg, const void *record)
{
	return strchr(arg, *(const char *)record) != NULL;
}

/* One life of a set: what is wanted, what the kernel says, what is asked of it. */
static void
only_differences_are_put(void **state)
{
	static const struct {
		const char *wanted, *refuse, *later, *lost;
		int rc;
		const char *done;
	} steps[] = {
	    {"", "", "", "", 0, ""},
	    {"cab", "", "", "", 0, "+a+b+c"},
	    {"abc", "", "", "", 0, ""},
	    {"bd", "", "", "", 0, "-a-c+d"},
	    /* a refusal is returned, the rest is done, the next commit tries
		 * again */
	    {"bdef", "e", "", "", -EPERM, "+e+f"},
	    {"bdef", "", "", "", 0, "+e"},
	    /* not now: no error, and tried again */
	    {"bdefg", "", "g", "", 0, "+g"},
	    {"bdefg", "", "g", "", 0, "+g"},
	    {"bdefg", "", "", "", 0, "+g"},
	    /* the kernel lost some by itself */
	    {"bdefg", "", "", "bg", 0, "+b+g"},
	    /* taking away what is gone already is no error */
	    {"b", "defg", "", "", 0, "-d-e-f-g"},
	    {"", "", "", "", 0, "-b"},
	};
	struct sl_placed *p = sl_placed_new(1, put);

	(void)state;
	assert_non_null(p);
	for (unsigned i = 0; i < SL_COUNT_OF(steps); i++) {
		struct sl_err err = {0};

		refuse = steps[i].refuse;
		later = steps[i].later;
		sl_placed_forget(
		    p, is_letter, (void *)(uintptr_t)steps[i].lost);
		assert_int_equal(commit(p, steps[i].wanted, &err), steps[i].rc);
		assert_string_equal(done, steps[i].done);
		assert_int_equal(err.code, steps[i].rc);
		if (steps[i].rc)
			assert_string_equal(err.text, "no e");
	}
	sl_placed_free(p);
}

static void
clear_takes_everything_away(void **state)
{
	struct sl_placed *p = sl_placed_new(1, put);

	(void)state;
	refuse = later = "";
	commit(p, "xyz", NULL);
	done[0] = '\0';
	sl_placed_clear(p);
	assert_string_equal(done, "-x-y-z");
	done[0] = '\0';
	sl_placed_clear(p);
	assert_string_equal(done, "");
	sl_placed_free(p);
	sl_placed_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_differences_are_put),
	    cmocka_unit_test(clear_takes_everything_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
