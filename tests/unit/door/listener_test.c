/* SPDX-License-Identifier: Apache-2.0 */
#include <door/listener.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/sl-listener-XXXXXX";
static char path[128];

static int
make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/run/sluice/s.sock", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	char sub[128];

	(void)state;
	unlink(path);
	snprintf(sub, sizeof(sub), "%s/run/sluice", dir);
	rmdir(sub);
	snprintf(sub, sizeof(sub), "%s/run", dir);
	rmdir(sub);
	return rmdir(dir);
}

static void
directory_and_mode(void **state)
{
	struct sl_listener l;
	struct stat st;

	(void)state;
	assert_int_equal(sl_listener_open(&l, path, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
	sl_listener_close(&l);
	assert_int_equal(stat(path, &st), -1);
}

static void
a_stale_file_is_replaced(void **state)
{
	struct sl_listener killed, l;

	(void)state;
	assert_int_equal(sl_listener_open(&killed, path, NULL), 0);
	close(killed.fd); /* as kill -9 leaves it */
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(sl_listener_open(&l, path, NULL), 0);
	sl_listener_close(&l);
	assert_int_equal(access(path, F_OK), -1);
}

static void
a_live_one_is_respected(void **state)
{
	struct sl_listener live, l;
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_listener_open(&live, path, NULL), 0);
	assert_int_equal(sl_listener_open(&l, path, &err), -EADDRINUSE);
	assert_non_null(strstr(err.text, "another sluiced serves"));
	assert_int_equal(access(path, F_OK), 0);
	sl_listener_close(&live);
}

static void
what_is_not_ours_stays(void **state)
{
	struct sl_listener l;
	struct sl_err err = {0};
	int fd;

	(void)state;
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(sl_listener_open(&l, path, &err), -EEXIST);
	assert_int_equal(unlink(path), 0);

	/* Somebody replaced our file: closing leaves theirs. */
	assert_int_equal(sl_listener_open(&l, path, NULL), 0);
	unlink(path);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	sl_listener_close(&l);
	assert_int_equal(unlink(path), 0);
}

static void
long_paths_are_refused(void **state)
{
	struct sl_listener l;
	char longest[200];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(sl_listener_open(&l, longest, NULL), -ENAMETOOLONG);
	assert_int_equal(sl_listener_open(&l, "", NULL), -ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(directory_and_mode),
	    cmocka_unit_test(a_stale_file_is_replaced),
	    cmocka_unit_test(a_live_one_is_respected),
	    cmocka_unit_test(what_is_not_ours_stays),
	    cmocka_unit_test(long_paths_are_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
