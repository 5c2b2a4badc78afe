/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/options.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct block {
	uint64_t wait;
	uint32_t depth, mode;
	bool careful;
};

static const char *const modes[] = {"slow", "fast", NULL};

static const struct sl_option table[] = {
    {"wait", SL_OPT_TIME_MS, offsetof(struct block, wait), "10s", "", 1,
	1000000000, NULL},
    {"depth", SL_OPT_U32, offsetof(struct block, depth), "3", "", 1, 9, NULL},
    {"mode", SL_OPT_ENUM, offsetof(struct block, mode), "slow", "", 0, 0,
	modes},
    {"careful", SL_OPT_BOOL, offsetof(struct block, careful), "no", "", 0, 0,
	NULL},
    {NULL},
};

static void
defaults_fill_the_block(void **state)
{
	struct sl_err err = {0};
	struct block *b = sl_options_new(table, sizeof(*b), &err);

	(void)state;
	assert_non_null(b);
	assert_int_equal(b->wait, 10000);
	assert_int_equal(b->depth, 3);
	assert_int_equal(b->mode, 0);
	assert_false(b->careful);
	sl_options_free(b);
}

static void
values_are_parsed_and_checked(void **state)
{
	static const struct {
		const char *name, *value;
		int want;
		uint64_t stored;
	} rows[] = {
	    {"wait", "1", 0, 1000},
	    {"wait", "500ms", 0, 500},
	    {"wait", "1d2h3m4s", 0, 93784000},
	    {"wait", "1w", 0, 604800000},
	    {"wait", "0", -ERANGE, 0},
	    {"wait", "2w", -ERANGE, 0},
	    {"wait", "", -EINVAL, 0},
	    {"wait", "s", -EINVAL, 0},
	    {"wait", "1x", -EINVAL, 0},
	    {"wait", "1m-", -EINVAL, 0},
	    {"wait", "-1", -EINVAL, 0},
	    {"wait", "99999999999999999999", -EINVAL, 0},
	    {"wait", "999999999999999w999999999999999w", -EINVAL, 0},
	    {"depth", "9", 0, 9},
	    {"depth", "10", -ERANGE, 0},
	    {"depth", "0", -ERANGE, 0},
	    {"depth", "0x9", -EINVAL, 0},
	    {"depth", "9 ", -EINVAL, 0},
	    {"mode", "fast", 0, 1},
	    {"mode", "Fast", -EINVAL, 0},
	    {"careful", "yes", 0, 1},
	    {"careful", "no", 0, 0},
	    {"careful", "true", -EINVAL, 0},
	    {"other", "1", -ENOENT, 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_err err = {0};
		struct block b = {0}, zero = {0};
		int rc = sl_options_set(
		    table, &b, rows[i].name, rows[i].value, &err);

		if (rc != rows[i].want)
			fail_msg("%s=%s: want %d, got %d", rows[i].name,
			    rows[i].value, rows[i].want, rc);
		assert_int_equal(err.code, rc);
		if (rc)
			assert_memory_equal(&b, &zero, sizeof(b));
		else
			assert_int_equal(b.wait + b.depth + b.mode + b.careful,
			    rows[i].stored);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults_fill_the_block),
	    cmocka_unit_test(values_are_parsed_and_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
