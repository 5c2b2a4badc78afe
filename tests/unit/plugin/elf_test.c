/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are cut off, or have a byte that is wrong, are refused or taken, and
 * nothing beyond their end is read: each is copied to a block of its own length,
 * which the sanitizer watches.  The file is this very program: an ELF file of our
 * machine with a dynamic section.
 */
#include <plugin/elf.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD 4096 /* headers: cut and changed at every byte */

static uint8_t *image;
static uint32_t image_len;

static int
setup(void **state)
{
	FILE *f = fopen("/proc/self/exe", "rb");
	long len;

	(void)state;
	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) <= HEAD)
		return -1;
	rewind(f);
	image_len = (uint32_t)len;
	image = malloc(image_len);
	if (!image || fread(image, 1, image_len, f) != image_len)
		return -1;
	return fclose(f);
}

static int
teardown(void **state)
{
	(void)state;
	free(image);
	return 0;
}

static int
check_copy(uint32_t len, uint32_t at, uint8_t flip)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct sl_err err = {0};
	int rc;

	assert_non_null(copy);
	memcpy(copy, image, len);
	if (at < len)
		copy[at] ^= flip;
	rc = sl_elf_check("x.so", (struct sl_span){copy, len}, &err);
	if (rc) {
		assert_int_equal(rc, -EINVAL);
		assert_memory_equal(err.text, "x.so: ", 6);
	}
	free(copy);
	return rc;
}

static void
whole_is_read_to_the_end(void **state)
{
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(
	    sl_elf_check("x.so", (struct sl_span){image, image_len}, &err),
	    -EINVAL);
	assert_string_equal(
	    err.text, "x.so: symbol sl_plugin_query is missing, wanted it");
}

static void
cut_off_anywhere(void **state)
{
	(void)state;
	for (uint32_t len = 0; len < HEAD; len++)
		assert_int_equal(check_copy(len, 0, 0), -EINVAL);
	for (uint32_t len = HEAD; len < image_len; len += 1021)
		assert_int_equal(check_copy(len, 0, 0), -EINVAL);
}

static void
a_byte_is_wrong(void **state)
{
	static const uint8_t flips[] = {0x01, 0x80, 0xff};

	(void)state;
	for (uint32_t at = 0; at < HEAD; at++)
		for (size_t i = 0; i < SL_COUNT_OF(flips); i++)
			check_copy(HEAD * 4 < image_len ? HEAD * 4 : image_len,
			    at, flips[i]);
}

static void
imports_that_are_allowed(void **state)
{
	static const struct {
		const char *name;
		bool want;
	} rows[] = {
	    {"memcpy", true},
	    {"memcp", false},
	    {"memcpyx", false},
	    {"__memcpy_chk", true},
	    {"__memcpy_ch", false},
	    {"__mem_chk", true},
	    {"__mem_chkx", false},
	    {"__str", false},
	    {"snprintf", true},
	    {"printf", false},
	    {"malloc", false},
	    {"dlopen", false},
	    {"pthread_create", false},
	    {"_ITM_registerTMCloneTable", true},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++)
		assert_int_equal(sl_elf_may_import(rows[i].name), rows[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_is_read_to_the_end),
	    cmocka_unit_test(cut_off_anywhere),
	    cmocka_unit_test(a_byte_is_wrong),
	    cmocka_unit_test(imports_that_are_allowed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
