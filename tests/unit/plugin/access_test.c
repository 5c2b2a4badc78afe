/* SPDX-License-Identifier: Apache-2.0 */
/* Folders and files by mode and owner.  Owners other than ours need root. */
#include <plugin/access.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define STRANGER 54321 /* nobody's, we hope */

static char base[64], folder[96], file[128];

static int
setup(void **state)
{
	FILE *f;

	(void)state;
	snprintf(base, sizeof(base), "/tmp/sluice-access-XXXXXX");
	if (!mkdtemp(base))
		return -1;
	snprintf(folder, sizeof(folder), "%s/helpers", base);
	snprintf(file, sizeof(file), "%s/x.so", folder);
	if (mkdir(folder, 0755) || !(f = fopen(file, "w")))
		return -1;
	return fclose(f);
}

static int
teardown(void **state)
{
	(void)state;
	unlink(file);
	rmdir(folder);
	return rmdir(base);
}

static int
check_file(struct sl_err *err)
{
	int fd = open(file, O_RDONLY), rc;

	assert_true(fd >= 0);
	rc = sl_access_check_file(fd, file, err);
	close(fd);
	return rc;
}

static void
modes_are_judged(void **state)
{
	static const struct {
		mode_t above, folder, file;
		int want_folder, want_file;
	} rows[] = {
	    {0755, 0755, 0644, 0, 0},
	    {0700, 0700, 0600, 0, 0},
	    {0755, 0757, 0644, -EACCES, 0},
	    {0757, 0755, 0644, -EACCES, 0},
	    {01777, 0755, 0644, 0, 0}, /* sticky: as /tmp is */
	    {0755, 01777, 0644, -EACCES, 0},
	    {0755, 0755, 0646, 0, -EACCES},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_err err = {0}, bad = {0};

		assert_int_equal(chmod(base, rows[i].above), 0);
		assert_int_equal(chmod(folder, rows[i].folder), 0);
		assert_int_equal(chmod(file, rows[i].file), 0);
		assert_int_equal(
		    sl_access_check_folder(folder, &err), rows[i].want_folder);
		assert_int_equal(check_file(&bad), rows[i].want_file);
	}
	assert_int_equal(chmod(folder, 0755), 0);
}

static void
what_it_is_counts(void **state)
{
	struct sl_err err = {0}, bad = {0}, none = {0};
	int fd = open(folder, O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(sl_access_check_folder(file, &err), -EINVAL);
	assert_non_null(strstr(err.text, "is no folder"));
	assert_int_equal(sl_access_check_file(fd, folder, &bad), -EINVAL);
	assert_non_null(strstr(bad.text, "is no regular file"));
	close(fd);
	assert_int_equal(
	    sl_access_check_folder("/nowhere/at/all", &none), -ENOENT);
}

static void
strangers_are_refused(void **state)
{
	struct sl_err err[4] = {0};

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(file, STRANGER, 0), 0);
	assert_int_equal(check_file(&err[0]), -EACCES);
	assert_non_null(strstr(err[0].text, "owner is 54321"));
	assert_int_equal(chown(file, 0, STRANGER), 0);
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(check_file(&err[1]), 0);
	assert_int_equal(chmod(file, 0664), 0);
	assert_int_equal(check_file(&err[1]), -EACCES);
	assert_non_null(strstr(err[1].text, "group 54321"));
	assert_int_equal(chown(folder, STRANGER, 0), 0);
	assert_int_equal(sl_access_check_folder(folder, &err[2]), -EACCES);
	assert_int_equal(chown(folder, 0, 0), 0);
	assert_int_equal(chmod(base, 0775), 0);
	assert_int_equal(chown(base, 0, STRANGER), 0);
	assert_int_equal(sl_access_check_folder(folder, &err[3]), -EACCES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(modes_are_judged, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_it_is_counts, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		strangers_are_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
