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

static const struct sl_option lists[] = {
    {"ports", SL_OPT_PORTS, 0, "21", "", 0, 0, NULL},
    {NULL},
};

static void
ports_are_lists(void **state)
{
	static const struct {
		const char *value;
		int want;
		unsigned n, last;
	} rows[] = {
	    {"", 0, 0, 0},
	    {"1", 0, 1, 1},
	    {"21,2121", 0, 2, 2121},
	    {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,65535", 0, 15, 65535},
	    {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", -ERANGE, 0, 0},
	    {"0", -ERANGE, 0, 0},
	    {"65536", -ERANGE, 0, 0},
	    {"21,", -EINVAL, 0, 0},
	    {",21", -EINVAL, 0, 0},
	    {"21-22", -EINVAL, 0, 0},
	    {"ftp", -EINVAL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_option_ports p = {0};
		struct sl_err err = {0};

		assert_int_equal(
		    sl_options_set(lists, &p, "ports", rows[i].value, &err),
		    rows[i].want);
		assert_int_equal(p.n, rows[i].n);
		if (p.n)
			assert_int_equal(p.port[p.n - 1], rows[i].last);
	}
}

static const struct sl_option addrs[] = {
    {"addr", SL_OPT_ADDR, 0, "", "", 0, 0, NULL},
    {NULL},
};

static void
addresses_are_of_either_family(void **state)
{
	static const struct {
		const char *value;
		int want;
		uint8_t family, first, last; /* byte 0; byte 3 or 15 */
	} rows[] = {
	    {"", 0, 0, 0, 0},
	    {"192.0.2.7", 0, SL_IPV4, 192, 7},
	    {"2001:db8::9", 0, SL_IPV6, 0x20, 9},
	    {"192.0.2", -EINVAL, 0, 0, 0},
	    {"192.0.2.256", -EINVAL, 0, 0, 0},
	    {"192.0.2.7/24", -EINVAL, 0, 0, 0},
	    {"host", -EINVAL, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_option_addr a = {0};
		struct sl_err err = {0};

		assert_int_equal(
		    sl_options_set(addrs, &a, "addr", rows[i].value, &err),
		    rows[i].want);
		assert_int_equal(a.family, rows[i].family);
		assert_int_equal(a.addr.u.b[0], rows[i].first);
		assert_int_equal(
		    a.addr.u.b[a.family == SL_IPV6 ? 15 : 3], rows[i].last);
	}
}

static void
times_are_printed_as_they_are_read(void **state)
{
	static const struct {
		uint64_t ms;
		const char *want;
	} rows[] = {
	    {0, "0s"},
	    {500, "500ms"},
	    {1500, "1s500ms"},
	    {60000, "1m"},
	    {93784000, "1d2h3m4s"},
	    {604800000, "1w"},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct block b = {0};
		struct sl_err err = {0};
		char text[32];

		sl_options_print_time(rows[i].ms, text, sizeof(text));
		assert_string_equal(text, rows[i].want);
		if (rows[i].ms == 0)
			continue;
		assert_int_equal(
		    sl_options_set(table, &b, "wait", text, &err), 0);
		assert_int_equal(b.wait, rows[i].ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults_fill_the_block),
	    cmocka_unit_test(values_are_parsed_and_checked),
	    cmocka_unit_test(ports_are_lists),
	    cmocka_unit_test(addresses_are_of_either_family),
	    cmocka_unit_test(times_are_printed_as_they_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
