/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of layer7-protocol: what they match, what is refused and in which
 * words, and that the worst of them take a bounded time. */
#include "build.h"

#include <rule/byte_set.h>
#include <rule/l7.h>
#include <rule/l7_regex.h>

#include <stdlib.h>

static struct sl_span
span(const char *text)
{
	return (struct sl_span){(const void *)text, (uint32_t)strlen(text)};
}

static void
on_hit(unsigned number, void *arg)
{
	(void)number;
	*(bool *)arg = true;
}

static bool
is_in(const char *regex, const char *data)
{
	struct sl_l7_entry entry = {.number = 7, .regex = span(regex)};
	struct sl_err err = {0};
	struct sl_l7 *l7 = sl_l7_get(&entry, 1, &err);
	bool hit = false;

	if (!l7)
		fail_msg("%s: %s", regex, err.text);
	sl_l7_scan(
	    l7, (const void *)data, (uint32_t)strlen(data), on_hit, &hit);
	sl_l7_put(l7);
	return hit;
}

static const struct {
	const char *regex, *yes, *no; /* NULL: none */
} matches[] = {
    {"^.+(facebook.com).*$", "GET http://FaceBook.com/", "facebook.com"},
    {"facebook\\.com", "www.facebook.com", "www.facebookXcom"},
    {"^get", "GET /", "x get"},
    {"^get", "get", "\nget"}, /* not the start of a line */
    {"bye$", "good bye", "bye\n"},
    {"a.c", "a\nc", "ac"},
    {"^\\x13bittorrent",
	"\x13"
	"BitTorrent",
	"\x12"
	"bittorrent"},
    {"^\\x13\\x00+bit",
	"\x13"
	"bit",
	"\x13"
	"0bit"},
    {"\\x2e", "a.b", "axb"}, /* a byte, not the operator */
    {"[\\x09-\\x0d -~]{3}", "a\tb",
	"\x01"
	"a\x02"},
    {"[[:digit:]]+-[[:alpha:]]", "12-x", "12-3"},
    {"[]x]y", "]y", "[y"},
    {"[^]x]y", "ay", "]y"},
    {"[a-]z", "-z", "bz"},
    {"[[.a.][=b=]]z", "bz", "cz"},
    {"[\\]\\d]z", "]z", "\\z"},
    {"[\\b]z", "\bz", "bz"},
    {"\\d\\D\\w\\W\\s\\S", "1a_- x", "aa_- x"},
    {"x\\tz", "x\tz", "xtz"},
    {"(?:ab){2,3}c", "ababc", "abc"},
    {"^a{,2}b", "aab", "aaab"},
    {"^(a|b|)c", "c", "dc"},
    {"a{x", "a{x", "ax"},
    {"*a", "*a", "ba"},
    {"(*a)", "*a", "ba"},
    {"a.*?b", "axxb", "axx"},
    {"^a+?b", "aab", "b"},
    {"()x", "x", "y"},
    {"(\\x00)x", "x", "y"},
    {"\\bcat\\b", "a cat!", "concat"},
    {"a\\+b\\(c\\)", "a+b(c)", "aab(c)"},
    {"\xe4", "x\xe4", "x\xc3"},
    {"", "anything", NULL},
    {"^ssh-[12]\\.[0-9]", "SSH-2.0-OpenSSH", "SSH-3.0"},
    {"http/(0\\.9|1\\.0|1\\.1) [1-5][0-9][0-9]", "HTTP/1.1 200",
	"HTTP/1.2 200"},
};

static void
matches_as_posix_has_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(matches); i++) {
		if (!is_in(matches[i].regex, matches[i].yes))
			fail_msg(
			    "%s misses %s", matches[i].regex, matches[i].yes);
		if (matches[i].no && is_in(matches[i].regex, matches[i].no))
			fail_msg(
			    "%s matches %s", matches[i].regex, matches[i].no);
	}
}

static const struct {
	const char *regex, *says;
} refused[] = {
    {"a(b", "( without ), before character 4"},
    {"a)b", ") without (, before character 3"},
    {"a[b", "[ without ], before character 4"},
    {"[[:nothing:]]", "unknown class in brackets, before character 3"},
    {"[[:alpha", "[: without :], before character 3"},
    {"[z-a]", "a range that is none, before character 5"},
    {"[a-\\d]", "a range that is none, before character 6"},
    {"[\\x01-\\x]", "\\x is not known, before character 8"},
    {"a\\", "a backslash at the end, before character 3"},
    {"(a)\\1", "\\1 is not known, before character 5"},
    {"\\q", "\\q is not known, before character 2"},
    {"a**", "a repeat of a repeat, before character 4"},
    {"a{2}{3}", "a repeat of a repeat, before character 8"},
    {"a{3,2}", "a repeat of more to fewer, before character 7"},
    {"(?=a)", "(? is not POSIX, before character 2"},
    {"a{5000}", "repeats make it longer than 4096, before character 8"},
    {"((a{0,99}){0,99}){0,99}",
	"repeats make it longer than 4096, before character 17"},
    {"foo^bar", "Embedded start anchors not supported."},
};

static void
refuses_with_a_reason(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(refused); i++) {
		struct sl_err err = {0};

		if (!sl_l7_check(span(refused[i].regex), &err))
			fail_msg("%s is accepted", refused[i].regex);
		assert_string_equal(err.text, refused[i].says);
	}
}

/* Groups in groups, and an expression of nothing but brackets. */
static void
bounds_what_it_is_given(void **state)
{
	char *text = malloc(20001);
	struct sl_err err = {0};

	(void)state;
	assert_non_null(text);
	memset(text, '(', 200);
	memset(text + 200, ')', 200);
	text[400] = '\0';
	assert_int_not_equal(sl_l7_check(span(text), &err), 0);
	assert_string_equal(
	    err.text, "groups nest deeper than 64, before character 66");
	for (unsigned i = 0; i < 20000; i += 2)
		memcpy(text + i, "\\S", 2);
	text[20000] = '\0';
	err = (struct sl_err){0};
	assert_int_not_equal(sl_l7_check(span(text), &err), 0);
	assert_non_null(strstr(err.text, "the expression is too long"));
	free(text);
}

/* What makes other matchers explode compiles here, or is refused. */
static void
takes_no_time_to_speak_of(void **state)
{
	static const char *const hard[] = {"(x+x+)+y", "(a?){400}a{400}",
	    "(.*x.{50}){8}", "^(.*a.*b.*c.*d.*e.*f.*g.*h.*)$",
	    ".{1000}.{1000}(a|b){500}", "((((((a|b)*c)*d)*e)*f)*g)*",
	    "([a-c].{1,200}){10}z", "(a.{0,300}b){13}", ".{4000}a"};
	uint64_t start = sl_clock_wall_s();

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(hard); i++) {
		struct sl_err err = {0};

		sl_l7_check(span(hard[i]), &err);
	}
	assert_in_range(sl_clock_wall_s() - start, 0, 60);
}

/* A scanner is made once for the same expressions, and anew for others. */
static void
keeps_the_scanner(void **state)
{
	struct sl_l7_entry entries[] = {{1, span("one")}, {2, span("two")}};
	struct sl_l7 *a = sl_l7_get(entries, 2, NULL), *b, *c;

	(void)state;
	b = sl_l7_get(entries, 2, NULL);
	assert_ptr_equal(a, b);
	entries[1].regex = span("too");
	c = sl_l7_get(entries, 2, NULL);
	assert_ptr_not_equal(a, c);
	sl_l7_put(a);
	sl_l7_put(b);
	sl_l7_put(c);
	assert_int_equal(sl_l7_number("web"), sl_l7_number("web"));
	assert_int_not_equal(sl_l7_number("web"), sl_l7_number("ssh"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(matches_as_posix_has_it),
	    cmocka_unit_test(refuses_with_a_reason),
	    cmocka_unit_test(bounds_what_it_is_given),
	    cmocka_unit_test(takes_no_time_to_speak_of),
	    cmocka_unit_test(keeps_the_scanner),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
