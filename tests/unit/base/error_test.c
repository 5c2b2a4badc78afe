/* SPDX-License-Identifier: Apache-2.0 */
#include <base/error.h>
#include <base/protocol.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
the_first_error_stays(void **state)
{
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_err_set(&err, -EINVAL, "no %s", "good"), -EINVAL);
	assert_int_equal(sl_err_set(&err, -ENOMEM, "worse"), -ENOMEM);
	assert_int_equal(sl_err_sys(&err, -EIO, "worst"), -EIO);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.text, "no good");
	assert_int_equal(sl_err_set(NULL, -EPERM, "nobody asks"), -EPERM);
	assert_int_equal(sl_err_sys(NULL, -EPERM, "nobody asks"), -EPERM);
}

static void
system_errors_say_why(void **state)
{
	char long_name[600];
	struct sl_err err = {0};

	(void)state;
	sl_err_sys(&err, -ENOENT, "file %d", 3);
	assert_string_equal(err.text, "file 3: No such file or directory");
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	err = (struct sl_err){0};
	sl_err_sys(&err, -ENOENT, "%s", long_name);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void
protocols_have_names_and_numbers(void **state)
{
	static const struct {
		const char *text;
		int number;
	} rows[] = {
	    {"tcp", 6},
	    {"udp", 17},
	    {"icmp", 1},
	    {"icmpv6", 58},
	    {"gre", 47},
	    {"ipsec-esp", 50},
	    {"0", 0},
	    {"255", 255},
	    {"6", 6},
	    {"256", -1},
	    {"-1", -1},
	    {"", -1},
	    {"tcpx", -1},
	    {"6x", -1},
	    {"tc", -1},
	    {"99999999999999999999", -1},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++)
		assert_int_equal(
		    sl_protocol_number(rows[i].text), rows[i].number);
	for (int n = 0; n < 256; n++) {
		const char *name = sl_protocol_name((uint8_t)n);

		if (name)
			assert_int_equal(sl_protocol_number(name), n);
	}
	for (unsigned i = 0; sl_protocol_names[i]; i++)
		assert_int_not_equal(
		    sl_protocol_number(sl_protocol_names[i]), -1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_error_stays),
	    cmocka_unit_test(system_errors_say_why),
	    cmocka_unit_test(protocols_have_names_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
