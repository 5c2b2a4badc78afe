/* SPDX-License-Identifier: Apache-2.0 */
/* Prefix translation: RFC 6296's example, every kind of length, and back. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include <arpa/inet.h>
#include <packet/npt.h>

static struct sl_addr
addr(const char *text)
{
	struct sl_addr a;

	assert_int_equal(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

/* One's complement sum; 0 and 0xffff are the same number. */
static uint32_t
sum(const struct sl_addr *a)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < 16; i += 2)
		n += (uint32_t)(a->u.b[i] << 8 | a->u.b[i + 1]);
	return n % 0xffff;
}

static const struct {
	const char *from, *to;
	uint8_t bits;
	const char *in, *want; /* NULL: no counterpart; "": not inside */
} rows[] = {
    {"fd01:203:405::", "2001:db8:1::", 48, "fd01:203:405:1::1234",
	"2001:db8:1:d550::1234"},
    {"fd01:203:405::", "2001:db8:1::", 48, "fd01:203:405:ffff::1", NULL},
    {"fd01:203:405::", "2001:db8:1::", 48, "fd01:203:406:1::1", ""},
    {"fd01:203:400::", "2001:db8::", 40, "fd01:203:4ab:1::1",
	"2001:db8:ab:d54c::1"},
    {"fd01:203:405:7::", "2001:db8:1:2::", 64, "fd01:203:405:7::1",
	"2001:db8:1:2:d554::1"},
    {"fd01:203:405:7::", "2001:db8:1:2::", 64, "fd01:203:405:7:ffff::1",
	"2001:db8:1:2:ffff:d554:0:1"},
    {"fd01:203:405:7::", "2001:db8:1:2::", 64,
	"fd01:203:405:7:ffff:ffff:ffff:ffff", NULL},
    {"fd01:203:405:7::", "2001:db8:1:2::", 64, "fd01:203:405:8::1", ""},
    {"fd01:203:405:700::", "2001:db8:1:200::", 56, "fd01:203:405:7ab::1",
	"2001:db8:1:2ab:da4f::1"},
    {"fd01::", "fd01::", 48, "fd01:0:0:5::9", "fd01:0:0:5::9"},
};

static void
prefixes_map(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr from = addr(rows[i].from), to = addr(rows[i].to);
		struct sl_addr in = addr(rows[i].in), got = in;
		char text[INET6_ADDRSTRLEN];
		struct sl_npt out, back;
		int rc;

		sl_npt_init(&out, &from, &to, rows[i].bits);
		sl_npt_init(&back, &to, &from, rows[i].bits);
		rc = sl_npt_map(&out, got.u.b);
		if (!rows[i].want || !*rows[i].want) {
			assert_int_equal(rc, rows[i].want ? 0 : -1);
			assert_memory_equal(&got, &in, sizeof(in));
			continue;
		}
		assert_int_equal(rc, 1);
		inet_ntop(AF_INET6, &got, text, sizeof(text));
		assert_string_equal(text, rows[i].want);
		assert_int_equal(sum(&got), sum(&in));
		assert_int_equal(sl_npt_map(&back, got.u.b), 1);
		assert_memory_equal(&got, &in, sizeof(in));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prefixes_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
