/* SPDX-License-Identifier: Apache-2.0 */
/* ClientHellos: cut everywhere, in any order, and wrong in every length. */
#include "build.h"

#include "hello.h"

#include <base/random.h>
#include <rule/glob.h>
#include <rule/tls_hello.h>

static struct sl_tls_hello hello;

static void
expect(enum sl_tls_hello_state state, const char *host)
{
	assert_int_equal(hello.state, state);
	if (state == SL_TLS_HELLO)
		assert_string_equal(hello.host, host);
}

static void
is_cut_in_two_anywhere(void **state)
{
	uint8_t bytes[HELLO_ROOM];
	uint32_t n = hello_make(bytes, "www.example.com");

	(void)state;
	for (uint32_t cut = 1; cut < n; cut++) {
		sl_tls_hello_start(&hello);
		sl_tls_hello_add(&hello, 0, bytes, cut);
		expect(SL_TLS_MORE, "");
		sl_tls_hello_add(&hello, cut, bytes + cut, n - cut);
		expect(SL_TLS_HELLO, "www.example.com");
		assert_int_equal(hello.read, n);
		/* The other way round, and with some of it twice. */
		sl_tls_hello_start(&hello);
		sl_tls_hello_add(&hello, cut, bytes + cut, n - cut);
		expect(SL_TLS_MORE, "");
		sl_tls_hello_add(
		    &hello, cut / 2, bytes + cut / 2, (n - cut / 2) / 2);
		sl_tls_hello_add(&hello, 0, bytes, cut);
		expect(SL_TLS_HELLO, "www.example.com");
	}
}

static void
comes_byte_by_byte_in_any_order(void **state)
{
	uint8_t bytes[HELLO_ROOM];
	uint16_t order[HELLO_ROOM];
	uint32_t n = hello_make(bytes, "www.example.com");

	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		for (uint32_t i = 0; i < n; i++)
			order[i] = (uint16_t)i;
		for (uint32_t i = n - 1; i > 0 && round; i--) {
			uint32_t j = sl_random_below(i + 1);
			uint16_t t = order[i];

			order[i] = order[j];
			order[j] = t;
		}
		sl_tls_hello_start(&hello);
		for (uint32_t i = 0; i < n; i++) {
			expect(SL_TLS_MORE, "");
			sl_tls_hello_add(&hello, order[i], &bytes[order[i]], 1);
		}
		expect(SL_TLS_HELLO, "www.example.com");
	}
}

/* The message cut into records of 'size' bytes, each with a header. */
static uint32_t
into_records(const uint8_t *bytes, uint32_t n, uint32_t size, uint8_t *out)
{
	uint32_t len = 0;

	for (uint32_t at = 5; at < n; at += size) {
		uint32_t part = SL_MIN(size, n - at);

		len = hello_put(out, len, 0x160301, 3);
		len = hello_put(out, len, part, 2);
		memcpy(out + len, bytes + at, part);
		len += part;
	}
	return len;
}

static void
comes_in_records_of_any_size(void **state)
{
	uint8_t bytes[HELLO_ROOM], cut[HELLO_ROOM * 6];
	uint32_t n = hello_make(bytes, "www.example.com"), len;

	(void)state;
	for (uint32_t size = 1; size < n; size++) {
		len = into_records(bytes, n, size, cut);
		sl_tls_hello_start(&hello);
		sl_tls_hello_add(&hello, 0, cut, len / 2);
		sl_tls_hello_add(&hello, len / 2, cut + len / 2, len - len / 2);
		expect(SL_TLS_HELLO, "www.example.com");
	}
}

/* Of bytes that come twice the first count. */
static void
holds_to_what_it_saw_first(void **state)
{
	uint8_t first[HELLO_ROOM], second[HELLO_ROOM];
	uint32_t n = hello_make(first, "first.example");

	(void)state;
	assert_int_equal(hello_make(second, "other.example"), n);
	sl_tls_hello_start(&hello);
	sl_tls_hello_add(&hello, 20, first + 20, n - 20);
	sl_tls_hello_add(&hello, 0, second, n);
	expect(SL_TLS_HELLO, "first.example");
	sl_tls_hello_start(&hello);
	sl_tls_hello_add(&hello, 0, first, n - 1);
	sl_tls_hello_add(&hello, 0, second, n);
	expect(SL_TLS_HELLO, "first.example");
}

/* One byte changed; offsets as hello_make() lays it out with a one-letter name. */
static const struct {
	uint32_t at;
	uint8_t value;
	enum sl_tls_hello_state state;
	const char *what;
} wrong[] = {
    {0, 23, SL_TLS_NOT, "content type"},
    {1, 2, SL_TLS_NOT, "major version"},
    {2, 3, SL_TLS_HELLO, "minor version of the record"},
    {3, 0x41, SL_TLS_NOT, "record above 16384"},
    {4, 200, SL_TLS_HELLO, "record longer than the message"},
    {5, 2, SL_TLS_NOT, "a server hello"},
    {6, 1, SL_TLS_NOT, "message above 16384"},
    {8, 200, SL_TLS_MORE, "message longer"},
    {8, 20, SL_TLS_NOT, "message shorter"},
    {9, 2, SL_TLS_NOT, "version of the message"},
    {43, 33, SL_TLS_NOT, "session id too long"},
    {43, 3, SL_TLS_NOT, "session id shorter"},
    {49, 3, SL_TLS_NOT, "odd suites"},
    {49, 0, SL_TLS_NOT, "no suites"},
    {49, 250, SL_TLS_NOT, "suites beyond the end"},
    {54, 0, SL_TLS_NOT, "no compression"},
    {54, 9, SL_TLS_NOT, "compressions into the extensions"},
    {57, 21, SL_TLS_NOT, "extensions shorter"},
    {57, 99, SL_TLS_NOT, "extensions beyond the end"},
    {65, 99, SL_TLS_NOT, "extension beyond the end"},
    {67, 3, SL_TLS_NOT, "list of names shorter"},
    {67, 5, SL_TLS_NOT, "list of names longer"},
    {68, 1, SL_TLS_HELLO, "another kind of name"},
    {70, 0, SL_TLS_NOT, "empty name"},
    {70, 2, SL_TLS_NOT, "name beyond its list"},
    {71, 0, SL_TLS_NOT, "NUL in the name"},
    {71, ' ', SL_TLS_NOT, "blank in the name"},
    {71, 0x80, SL_TLS_NOT, "not ASCII"},
    {71, 'Z', SL_TLS_HELLO, "nothing wrong"},
};

static void
is_strict_about_every_length(void **state)
{
	uint8_t bytes[HELLO_ROOM];
	uint32_t n;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(wrong); i++) {
		n = hello_make(bytes, "a");
		assert_int_equal(bytes[71], 'a');
		bytes[wrong[i].at] = wrong[i].value;
		sl_tls_hello_start(&hello);
		sl_tls_hello_add(&hello, 0, bytes, n);
		if (hello.state != wrong[i].state)
			fail_msg("%s: %d", wrong[i].what, hello.state);
	}
}

static void
ends_at_its_limits(void **state)
{
	static uint8_t bytes[SL_TLS_HELLO_MAX + 64];
	char longest[SL_TLS_HOST_MAX + 1];
	uint32_t n;

	(void)state;
	memset(longest, 'x', SL_TLS_HOST_MAX);
	longest[SL_TLS_HOST_MAX] = '\0';
	n = hello_make(bytes, longest);
	sl_tls_hello_start(&hello);
	sl_tls_hello_add(&hello, 0, bytes, n);
	expect(SL_TLS_HELLO, longest);
	/* A message that would be just as long as the room is not there yet. */
	hello_put(bytes, 3, 16379, 2);
	hello_put(bytes, 6, 16379 - 4, 3);
	sl_tls_hello_start(&hello);
	sl_tls_hello_add(&hello, 0, bytes, SL_TLS_HELLO_MAX - 1);
	expect(SL_TLS_MORE, "");
	/* Bytes behind the room change nothing, nor do none. */
	sl_tls_hello_add(&hello, SL_TLS_HELLO_MAX, bytes, 64);
	sl_tls_hello_add(&hello, UINT32_MAX - 1, bytes, 64);
	sl_tls_hello_add(&hello, 0, bytes, 0);
	expect(SL_TLS_MORE, "");
	sl_tls_hello_add(
	    &hello, SL_TLS_HELLO_MAX - 1, bytes + SL_TLS_HELLO_MAX - 1, 64);
	expect(SL_TLS_NOT, ""); /* it is there now, and its end is wrong */
	/* Records without end. */
	for (uint32_t at = 0; at + 6 <= sizeof(bytes); at += 6)
		hello_put(bytes, at, 0x160301000100, 6);
	hello_put(bytes, 5, 1, 1);
	hello_put(bytes, 11, 0, 1);
	hello_put(bytes, 17, 0x3f, 1);
	sl_tls_hello_start(&hello);
	sl_tls_hello_add(&hello, 0, bytes, sizeof(bytes));
	expect(SL_TLS_NOT, "");
}

static const struct {
	const char *glob, *yes, *no;
} globs[] = {
    {"www.example.com", "WWW.example.COM", "www.example.com.br"},
    {"*.example.com", "a.b.example.com", "example.com"},
    {"*example.com", "example.com", "example.org"},
    {"*face*book*", "x.facexbook.y", "bookface"},
    {"w?w.*", "wxw.", "ww."},
    {"*", "", NULL},
    {"", "", "a"},
    {"*a*a*a*a*a*a*a*b", "aaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"},
};

static void
names_have_wildcards(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(globs); i++) {
		assert_true(sl_glob_is(globs[i].glob, globs[i].yes));
		if (globs[i].no)
			assert_false(sl_glob_is(globs[i].glob, globs[i].no));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_cut_in_two_anywhere),
	    cmocka_unit_test(comes_byte_by_byte_in_any_order),
	    cmocka_unit_test(comes_in_records_of_any_size),
	    cmocka_unit_test(holds_to_what_it_saw_first),
	    cmocka_unit_test(is_strict_about_every_length),
	    cmocka_unit_test(ends_at_its_limits),
	    cmocka_unit_test(names_have_wildcards),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
