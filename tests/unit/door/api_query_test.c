/* SPDX-License-Identifier: Apache-2.0 */
#include <door/api_query.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The item under test: type=ether mtu=1500, nothing else. */
static const char *
value_of(const char *name)
{
	return !strcmp(name, "type")  ? "ether"
	       : !strcmp(name, "mtu") ? "1500"
				      : NULL;
}

static bool
has(void *ctx, const char *name)
{
	(void)ctx;
	return value_of(name) != NULL;
}

static bool
compare(void *ctx, const char *name, const char *text, int *order)
{
	const char *value = value_of(name);

	(void)ctx;
	if (!value)
		return false;
	*order = strcmp(name, "mtu") ? strcmp(value, text)
				     : atoi(value) - atoi(text);
	return true;
}

#define WORDS(...)                                                             \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

static const struct {
	const char *words[8];
	bool want;
} rows[] = {
    /* tests of one property */
    {WORDS("?type"), true},
    {WORDS("?name"), false},
    {WORDS("?-type"), false},
    {WORDS("?-name"), true},
    {WORDS("?type=ether"), true},
    {WORDS("?=type=ether"), true},
    {WORDS("?type=vlan"), false},
    {WORDS("?name="), false},
    {WORDS("?<mtu=1501"), true},
    {WORDS("?<mtu=1500"), false},
    {WORDS("?>mtu=200"), true},
    {WORDS("?>mtu=1500"), false},
    {WORDS("?<name=9"), false},
    /* several words: all must be true */
    {WORDS("?type=ether", "?mtu=1500"), true},
    {WORDS("?type=ether", "?mtu=9000"), false},
    /* operations */
    {WORDS("?type=vlan", "?#!"), true},
    {WORDS("?type=ether", "?type=vlan", "?#|"), true},
    {WORDS("?type=ether", "?type=vlan", "?#&"), false},
    {WORDS("?type=ether", "?type=vlan", "?#|!"), false},
    {WORDS("?type=vlan", "?mtu=1", "?#|!"), true},
    {WORDS("?type=vlan", "?mtu=1", "?name", "?#||!"), true},
    /* below what was pushed all is true */
    {WORDS("?#!"), false},
    {WORDS("?#&"), true},
    {WORDS("?#&!"), false},
    {WORDS("?type=vlan", "?#|"), true},
    /* an index at the end replaces the stack */
    {WORDS("?type=vlan", "?type=ether", "?#0"), true},
    {WORDS("?type=vlan", "?type=ether", "?#1"), false},
    {WORDS("?type=vlan", "?#99999999999"), true},
    /* an index before something pushes a copy: (vlan|ether) & !vlan */
    {WORDS("?type=vlan", "?type=ether", "?#1!&", "?#0"), true},
    {WORDS("?type=vlan", "?type=ether", "?#1.&", "?#0"), false},
    {WORDS("?type=ether", "?type=vlan", "?#1.0"), true},
    /* '.' after anything but an index copies the top */
    {WORDS("?type=vlan", "?#.!|"), true},
    {WORDS("?type=vlan", "?#.|"), false},
};

static void
the_machine_follows_its_rules(void **state)
{
	const struct sl_api_query_item item = {.has = has, .compare = compare};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_api_query q = {.n = 0};

		for (const char *const *w = rows[i].words; *w; w++)
			assert_int_equal(sl_api_query_add(&q, *w, NULL), 0);
		if (sl_api_query_match(&q, &item) != rows[i].want)
			fail_msg("row %zu: %s ...", i, rows[i].words[0]);
		sl_api_query_free(&q);
	}
}

static const struct {
	const char *word;
	int want;
} bad[] = {
    {"?", -EINVAL},
    {"?#", -EINVAL},
    {"?#x", -EINVAL},
    {"?#1|z", -EINVAL},
    {"?<mtu", -EINVAL},
    {"?>mtu", -EINVAL},
    {"?=mtu", -EINVAL},
};

static void
bad_words_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(bad); i++) {
		struct sl_api_query q = {.n = 0};
		struct sl_err err = {0};

		assert_int_equal(
		    sl_api_query_add(&q, bad[i].word, &err), bad[i].want);
		assert_true(err.text[0]);
		sl_api_query_free(&q);
	}
}

static void
the_stack_is_bounded(void **state)
{
	struct sl_api_query q = {.n = 0};
	char word[SL_API_QUERY_DEPTH_MAX + 8] = "?#";

	(void)state;
	memset(word + 2, '.', SL_API_QUERY_DEPTH_MAX);
	assert_int_equal(sl_api_query_add(&q, word, NULL), 0);
	assert_true(sl_api_query_match(
	    &q, &(struct sl_api_query_item){.has = has, .compare = compare}));
	assert_int_equal(sl_api_query_add(&q, "?type", NULL), -E2BIG);
	sl_api_query_free(&q);
	for (unsigned i = 0; i < SL_API_QUERY_WORDS_MAX; i++)
		assert_int_equal(sl_api_query_add(&q, "?type", NULL), 0);
	assert_int_equal(sl_api_query_add(&q, "?type", NULL), -E2BIG);
	sl_api_query_free(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_machine_follows_its_rules),
	    cmocka_unit_test(bad_words_are_refused),
	    cmocka_unit_test(the_stack_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
