/* SPDX-License-Identifier: Apache-2.0 */
#include "router.h"

#include <base/clock.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static char dir[] = "/tmp/sl-server-XXXXXX";
static char path[128];

static uint64_t
count_of(const SL_ATOMIC(uint64_t) * count)
{
	return sl_load_relaxed((SL_ATOMIC(uint64_t) *)(uintptr_t)count);
}

static int
dial(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	client_guard(fd);
	strcpy(sun.sun_path, path);
	if (connect(fd, (const void *)&sun, sizeof(sun))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* 64 sessions of both kinds at once are served; more are told why not. */
static void
sessions_are_bounded(void **state)
{
	const struct sl_server_counts *counts;
	struct shell_answer a;
	int fds[SL_SERVER_SESSIONS], fd;

	(void)state;
	router_up((struct sl_server_config){.path = path});
	counts = sl_server_counts(server);
	for (unsigned i = 0; i < SL_SERVER_SESSIONS; i++) {
		fds[i] = dial();
		assert_true(fds[i] >= 0);
		if (i % 2) {
			shell_hello(fds[i]);
			assert_true(shell_collect(fds[i], &a));
		} else {
			api_send(fds[i], "/system/identity/print");
			assert_string_equal(
			    api_receive(fds[i]), "!re\n=name=toy");
			assert_string_equal(api_receive(fds[i]), "!done");
		}
	}
	assert_int_equal(sl_server_sessions(server), SL_SERVER_SESSIONS);

	fd = dial();
	shell_hello(fd);
	assert_false(shell_collect(fd, &a));
	assert_string_equal(a.error, "too many sessions");
	close(fd);
	fd = dial();
	api_send(fd, "/login");
	assert_string_equal(api_receive(fd), "!fatal\ntoo many sessions");
	assert_string_equal(api_receive(fd), "(end)");
	close(fd);
	assert_int_equal(count_of(&counts->refused), 2);

	/* One leaves, one may come; its end is seen by the server's close. */
	api_send(fds[0], "/quit");
	while (strcmp(api_receive(fds[0]), "(end)"))
		;
	close(fds[0]);
	fds[0] = dial();
	api_send(fds[0], "/system/identity/print");
	assert_string_equal(api_receive(fds[0]), "!re\n=name=toy");
	router_down();
	for (unsigned i = 0; i < SL_SERVER_SESSIONS; i++)
		close(fds[i]);
}

/* A client that asks for a million rows and reads none of them: closed after
 * the write timeout, while others are served. */
static void
slow_reader(const char *what, bool shell)
{
	const struct sl_server_counts *counts;
	struct shell_answer a;
	int slow, other;
	char c;

	router_up((struct sl_server_config){.write_timeout_ms = 200});
	counts = sl_server_counts(server);
	slow = router_connect();
	if (shell) {
		shell_hello(slow);
		assert_true(shell_collect(slow, &a));
		shell_send_run(slow, 0, what);
	} else {
		api_send(slow, what);
	}
	other = router_connect();
	for (int i = 0; i < 5; i++) {
		api_send(other, "/system/identity/print");
		assert_string_equal(api_receive(other), "!re\n=name=toy");
		assert_string_equal(api_receive(other), "!done");
	}
	/* Reads only when the server has given up: waits for the hang-up. */
	while (!count_of(&counts->slow))
		poll(&(struct pollfd){.fd = slow}, 1, 10);
	while (recv(slow, &c, 1, 0) > 0)
		;
	assert_int_equal(count_of(&counts->slow), 1);
	close(slow);
	close(other);
	router_down();
}

static void
slow_api_reader_is_closed(void **state)
{
	(void)state;
	slow_reader("/toy/row/print", false);
}

static void
slow_shell_reader_is_closed(void **state)
{
	(void)state;
	slow_reader("/toy row print", true);
}

static void
abrupt_disconnects(void **state)
{
	(void)state;
	router_up((struct sl_server_config){0});
	for (int i = 0; i < 20; i++) {
		int fd = router_connect();
		char buf[1000];

		if (i % 2) {
			shell_hello(fd);
			shell_send_run(fd, 0, "/toy row print");
		} else {
			api_send(fd, "/toy/row/print\n.tag=1");
			api_send(fd, "/toy/row/listen\n.tag=2");
		}
		assert_true(recv(fd, buf, sizeof(buf), 0) > 0);
		close(fd);
	}
	router_down();
}

static void
stop_ends_running_commands(void **state)
{
	struct shell_answer a;
	int api, shell, idle;

	(void)state;
	router_up((struct sl_server_config){.path = path});
	api = dial();
	shell = dial();
	idle = dial();
	api_send(api, "/system/identity/print\n=interval=10");
	assert_string_equal(api_receive(api), "!re\n=name=toy");
	shell_hello(shell);
	assert_true(shell_collect(shell, &a));
	shell_send_run(shell, 0, "/system identity print interval=10");
	router_down();
	assert_string_equal(api_receive(idle), "(end)");
	assert_int_equal(access(path, F_OK), -1);
	close(api);
	close(shell);
	close(idle);
}

static void
garbage_is_closed(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
	    {"\xf8", 1},
	    {"\xf8SL2", 4},
	    {"\xf8xyz", 4},
	    {"\xff\xff\xff\xff", 4},
	    {"\xf0\xff\xff\xff\xff", 5},
	    {SL_WIRE_MAGIC "R\xff\xff\xff\xff", 9},
	    {SL_WIRE_MAGIC "R\0\0\0\0", 9},
	    {SL_WIRE_MAGIC "C\0\0\0\4\0\0\0\1", 13},
	    {SL_WIRE_MAGIC "?\0\0\0\0", 9},
	};
	char buf[1000];

	(void)state;
	router_up((struct sl_server_config){0});
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		int fd = router_connect();

		client_write(fd, rows[i].bytes, rows[i].len);
		shutdown(fd, SHUT_WR);
		while (recv(fd, buf, sizeof(buf), 0) > 0)
			;
		close(fd);
	}
	assert_int_equal(count_of(&sl_server_counts(server)->malformed),
	    SL_COUNT_OF(rows) - 1); /* a lone F8 may be a cut magic */
	router_down();
}

static void
other_users_are_refused(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid())
		skip();
	router_up((struct sl_server_config){.path = path});
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(chmod(dir, 0755), 0);
	pid = fork();
	if (!pid) {
		struct shell_answer a;
		int fd;

		if (setgid(65534) || setuid(65534))
			_exit(1);
		fd = dial();
		api_send(fd, "/login\n=name=admin\n=password=");
		if (strcmp(
			api_receive(fd), "!fatal\nnot enough permissions (9)"))
			_exit(2);
		close(fd);
		fd = dial();
		shell_hello(fd);
		if (shell_collect(fd, &a) ||
		    strcmp(a.error, "not enough permissions (9)"))
			_exit(3);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(count_of(&sl_server_counts(server)->denied), 2);
	router_down();
}

/* The session test of the lab, with the real client library. */
static void
librouteros_session(void **state)
{
	char script[] = __FILE__;
	char *unit = strstr(script, "/unit/door/");
	char command[512];
	int rc;

	(void)state;
	if (!unit)
		skip();
	*unit = '\0';
	snprintf(
	    command, sizeof(command), "%s/lab/api_session.py %s", script, path);
	router_up((struct sl_server_config){.path = path});
	rc = system(command);
	router_down();
	if (WIFEXITED(rc) && (WEXITSTATUS(rc) == 77 || WEXITSTATUS(rc) == 127))
		skip(); /* no /usr/bin/python3, or no librouteros */
	assert_int_equal(rc, 0);
}

static int
make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/s.sock", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sessions_are_bounded),
	    cmocka_unit_test(slow_api_reader_is_closed),
	    cmocka_unit_test(slow_shell_reader_is_closed),
	    cmocka_unit_test(abrupt_disconnects),
	    cmocka_unit_test(stop_ends_running_commands),
	    cmocka_unit_test(garbage_is_closed),
	    cmocka_unit_test(other_users_are_refused),
	    cmocka_unit_test(librouteros_session),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
