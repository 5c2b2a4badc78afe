/* SPDX-License-Identifier: Apache-2.0 */
/* <sluice/text.h>: what it takes off a text, and what it writes. */
#include "harness.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sluice/text.h>

/* A copy without a byte to spare, so that a sanitizer sees every overrun. */
static struct sl_span
exact(const char *text)
{
	uint32_t len = (uint32_t)strlen(text);
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return (struct sl_span){copy, len};
}

static void
drop(struct sl_span text)
{
	free((void *)(uintptr_t)text.data);
}

static const struct {
	const char *text, *line;
	uint32_t taken; /* 0: no whole line */
} lines[] = {
    {"", NULL, 0},
    {"USER x", NULL, 0},
    {"USER x\r", NULL, 0},
    {"\n", "", 1},
    {"\r\n", "", 2},
    {"\r\r\n", "\r", 3},
    {"a\nb\n", "a", 2},
    {"QUIT\r\nx", "QUIT", 6},
};

static void
takes_whole_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct sl_span all = exact(lines[i].text), at = all, line = all;
		bool whole = sl_text_line(&at, &line);

		assert_int_equal(whole, lines[i].taken != 0);
		assert_int_equal(sl_text_off(all, at), lines[i].taken);
		assert_int_equal(at.len, all.len - lines[i].taken);
		if (whole)
			assert_true(sl_text_same(line, sl_text(lines[i].line)));
		drop(all);
	}
}

static const struct {
	const char *text;
	uint32_t max, taken, value;
} numbers[] = {
    {"", 9, 0, 0},
    {"x1", 9, 0, 0},
    {"-1", 9, 0, 0},
    {" 1", 9, 0, 0},
    {"9", 9, 1, 9},
    {"10", 9, 0, 0},
    {"0", 0, 1, 0},
    {"0000000000000000000000007", 9, 25, 7},
    {"255,1", 255, 3, 255},
    {"256", 255, 0, 0},
    {"65535|", 65535, 5, 65535},
    {"4294967295", UINT32_MAX, 10, UINT32_MAX},
    {"4294967296", UINT32_MAX, 0, 0},
    {"18446744073709551617", UINT32_MAX, 0, 0},
};

static void
takes_numbers_within_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sl_span all = exact(numbers[i].text), at = all;
		uint32_t value = 77;
		bool is = sl_text_number(&at, numbers[i].max, &value);

		assert_int_equal(is, numbers[i].taken != 0);
		assert_int_equal(sl_text_off(all, at), numbers[i].taken);
		assert_int_equal(value, is ? numbers[i].value : 77);
		drop(all);
	}
}

/* 'rest' is left over; NULL: no address. */
static const struct {
	uint8_t family;
	const char *text, *rest;
} addresses[] = {
    {SL_IPV4, "192.0.2.1", ""},
    {SL_IPV4, "192.0.2.1|x", "|x"},
    {SL_IPV4, "0.0.0.0", ""},
    {SL_IPV4, "255.255.255.255", ""},
    {SL_IPV4, "192.0.2.1.5", ".5"},
    {SL_IPV4, "256.0.2.1", NULL},
    {SL_IPV4, "192.0.2", NULL},
    {SL_IPV4, "192.0.2.", NULL},
    {SL_IPV4, "192..2.1", NULL},
    {SL_IPV4, "192,0,2,1", NULL},
    {SL_IPV4, "", NULL},
    {SL_IPV6, "::", ""},
    {SL_IPV6, "::1", ""},
    {SL_IPV6, "1::", ""},
    {SL_IPV6, "2001:db8::1|6446", "|6446"},
    {SL_IPV6, "2001:DB8:0:0:8:800:200C:417A", ""},
    {SL_IPV6, "1:2:3:4:5:6:7::", ""},
    {SL_IPV6, "::2:3:4:5:6:7:8", ""},
    {SL_IPV6, "1:2:3:4:5:6:192.0.2.1", ""},
    {SL_IPV6, "::ffff:192.0.2.1", ""},
    {SL_IPV6, "::192.0.2.1", ""},
    {SL_IPV6, "1:2:3:4:5:6:7:8:9", ":9"},
    {SL_IPV6, "1:2:3:4:5:6:7:8::", "::"},
    {SL_IPV6, "1::12345", "5"},
    {SL_IPV6, "fe80::1%eth0", "%eth0"},
    {SL_IPV6, "", NULL},
    {SL_IPV6, ":", NULL},
    {SL_IPV6, ":1", NULL},
    {SL_IPV6, "1", NULL},
    {SL_IPV6, "1:", NULL},
    {SL_IPV6, "1:2:3:4:5:6:7", NULL},
    {SL_IPV6, "1:2:3:4:5:6:7:", NULL},
    {SL_IPV6, "1::2:", NULL},
    {SL_IPV6, "1::2::3", NULL},
    {SL_IPV6, "::1:2:3:4:5:6:7:8", NULL},
    {SL_IPV6, "g::1", NULL},
    {SL_IPV6, "192.0.2.1", NULL},
};

/* libc has the last word. */
static void
takes_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct sl_span all = exact(addresses[i].text), at = all;
		uint8_t family = addresses[i].family;
		int af = family == SL_IPV4 ? AF_INET : AF_INET6;
		struct sl_addr got = {0}, want = {0};
		char text[64] = "";

		if (!addresses[i].rest) {
			assert_false(sl_text_addr(&at, family, &got));
			assert_int_equal(at.len, all.len);
			drop(all);
			continue;
		}
		assert_true(sl_text_addr(&at, family, &got));
		assert_true(sl_text_same(at, sl_text(addresses[i].rest)));
		memcpy(text, all.data, all.len - at.len);
		assert_int_equal(inet_pton(af, text, &want), 1);
		assert_memory_equal(&got, &want, sizeof(got));
		drop(all);
	}
}

static void
writes_addresses_as_libc_does(void **state)
{
	static const char *const texts[] = {"::", "::1", "1::", "2001:db8::1",
	    "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "1:0:0:2:3:0:0:4",
	    "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:0:0",
	    "ffff:ffff:ffff:ffff:ffff:"
	    "ffff:ffff:ffff"};
	char buf[SL_TEXT_IP6_MAX], want[64];
	struct sl_text_out out;
	struct sl_addr a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(inet_pton(AF_INET6, texts[i], &a), 1);
		assert_non_null(inet_ntop(AF_INET6, &a, want, sizeof(want)));
		out = sl_text_out(buf, sizeof(buf));
		sl_text_put_addr(&out, SL_IPV6, &a);
		assert_false(out.full);
		assert_int_equal(out.len, strlen(want));
		assert_memory_equal(buf, want, out.len);
	}
	assert_int_equal(inet_pton(AF_INET, "192.0.2.255", &a), 1);
	out = sl_text_out(buf, sizeof(buf));
	sl_text_put_addr(&out, SL_IPV4, &a);
	sl_text_put_byte(&out, ' ');
	sl_text_put_ip4(&out, &a, ',');
	assert_int_equal(out.len, 23);
	assert_memory_equal(buf, "192.0.2.255 192,0,2,255", 23);
}

static void
writes_no_more_than_fits(void **state)
{
	char buf[4] = "....";
	struct sl_text_out out = sl_text_out(buf, 3);

	(void)state;
	sl_text_put_port(&out, htons(21));
	assert_false(out.full);
	sl_text_put_number(&out, 100);
	assert_true(out.full);
	assert_int_equal(out.len, 2);
	sl_text_put(&out, "5");
	assert_true(out.full);
	assert_memory_equal(buf, "215.", 4);
}

static void
compares_without_case(void **state)
{
	struct sl_span all = exact("  PaSv \t"), at = all, word = all;
	uint32_t off;

	(void)state;
	assert_true(sl_text_is(sl_text_trim(all), "pasv"));
	assert_false(sl_text_is(sl_text_trim(all), "pas"));
	assert_false(sl_text_is(sl_text_trim(all), "pasvv"));
	assert_true(sl_text_find(all, "SV", &off));
	assert_int_equal(off, 4);
	assert_false(sl_text_find(all, "svx", &off));
	assert_false(sl_text_word(&at, &word));
	assert_true(sl_text_blanks(&at));
	assert_false(sl_text_blanks(&at));
	assert_true(sl_text_word(&at, &word));
	assert_true(sl_text_is(word, "PASV"));
	assert_false(sl_text_take(&at, " \t "));
	assert_true(sl_text_take(&at, " \t"));
	assert_false(sl_text_byte(&at, 0));
	assert_false(sl_text_is(sl_text("["), "{")); /* only letters fold */
	drop(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_whole_lines),
	    cmocka_unit_test(takes_numbers_within_bounds),
	    cmocka_unit_test(takes_addresses),
	    cmocka_unit_test(writes_addresses_as_libc_does),
	    cmocka_unit_test(writes_no_more_than_fits),
	    cmocka_unit_test(compares_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
