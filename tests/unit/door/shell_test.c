/* SPDX-License-Identifier: Apache-2.0 */
#include "router.h"

#include <errno.h>

static int
open_shell(struct shell_answer *a)
{
	int fd = router_connect();

	shell_hello(fd);
	assert_true(shell_collect(fd, a));
	assert_non_null(strstr(a->prompt, "] > "));
	return fd;
}

static void
run(int fd, unsigned flags, const char *text, struct shell_answer *a)
{
	shell_send_run(fd, flags, text);
	assert_true(shell_collect(fd, a));
}

/* What the door promises; what a print looks like is tested by menu/. */
static const struct {
	const char *text;
	unsigned flags;
	bool ok;
	const char *in_output; /* NULL: none at all */
	const char *in_error;
	unsigned line, column; /* 0: not looked at */
} rows[] = {
    {"", 0, true, NULL, "", 0, 0},
    {"/system identity print", 0, true, "name: toy", "", 0, 0},
    {"/system/identity/print", SL_WIRE_JSON, true, "\"name\":", "", 0, 0},
    {"/ip firewall address-list add list=a address=192.0.2.1", 0, true, NULL,
	"", 0, 0},
    {"/ip firewall address-list print", 0, true, "192.0.2.1", "", 0, 0},
    {"/ip firewall address-list print count-only", 0, true, "1", "", 0, 0},
    {"/ip firewall address-list print count-only where list=b", 0, true, "0",
	"", 0, 0},
    {":put (1 + 2)", 0, true, "3", "", 0, 0},
    {"/ip firewall address-list bogus", 0, false, NULL, "bad command name", 1,
	27},
    {"\n\n/ip firewall address-list add list=a address=192.0.2.2 bogus=1", 0,
	false, NULL, "expected end of command", 3, 0},
    {"/ip firewall address-list remove *99", 0, false, NULL, "no such item", 0,
	0},
    {"/ip firewall filter add chain=x action=no", 0, false, NULL,
	"input does not match any value of action", 0, 0},
    {"/ip firewall filter add chain=\"x", 0, false, NULL, "(line 1 column ", 1,
	0},
};

static void
commands_answer(void **state)
{
	struct shell_answer a;
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		run(fd, rows[i].flags, rows[i].text, &a);
		if (!(a.flags & SL_WIRE_OK) == rows[i].ok ||
		    (rows[i].in_output ? !strstr(a.output, rows[i].in_output)
				       : a.output_len != 0) ||
		    !strstr(a.error, rows[i].in_error) ||
		    (rows[i].line && a.line != rows[i].line) ||
		    (rows[i].column && a.column != rows[i].column))
			fail_msg("%s: flags %x, %u:%u, error '%s', output '%s'",
			    rows[i].text, a.flags, a.line, a.column, a.error,
			    a.output);
	}
	close(fd);
	router_down();
}

/* A menu on its own line stays, for this session and no other. */
static void
menus_are_sticky(void **state)
{
	struct shell_answer a;
	int fd, other;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	other = open_shell(&a);
	run(fd, SL_WIRE_INTERACTIVE, "/ip firewall address-list", &a);
	assert_non_null(strstr(a.prompt, "/ip firewall address-list> "));
	run(fd, SL_WIRE_INTERACTIVE, "add list=a address=192.0.2.1", &a);
	assert_true(a.flags & SL_WIRE_OK);
	run(other, SL_WIRE_INTERACTIVE, "add list=a address=192.0.2.1", &a);
	assert_false(a.flags & SL_WIRE_OK);
	assert_null(strstr(a.prompt, "address-list"));
	close(fd);
	close(other);
	router_down();
}

/* A person types line by line: what is not complete is asked for. */
static void
lines_are_gathered(void **state)
{
	struct shell_answer a;
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	run(fd, SL_WIRE_INTERACTIVE, "{", &a);
	assert_int_equal(a.flags, SL_WIRE_OK | SL_WIRE_MORE);
	assert_string_equal(a.prompt, "{... ");
	run(fd, SL_WIRE_INTERACTIVE, "{\n:put \"x", &a);
	assert_int_equal(a.flags, SL_WIRE_OK | SL_WIRE_MORE);
	assert_string_equal(a.prompt, "\"... ");
	run(fd, SL_WIRE_INTERACTIVE, "{\n:put \"x\"\n}", &a);
	assert_int_equal(a.flags, SL_WIRE_OK);
	assert_string_equal(a.output, "x\n");
	assert_non_null(strstr(a.prompt, "] > "));
	/* a script has no more lines */
	run(fd, 0, "{", &a);
	assert_int_equal(a.flags, 0);
	close(fd);
	router_down();
}

static void
imports_say_where(void **state)
{
	char path[] = "/tmp/sluice-import-XXXXXX", line[64], want[128];
	int file = mkstemp(path), fd;
	struct shell_answer a;

	(void)state;
	assert_int_equal(write(file, "\n :foo\n", 7), 7);
	close(file);
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	snprintf(line, sizeof(line), "/import file=%s", path);
	snprintf(want, sizeof(want), "%s:2:2: bad command name foo", path);
	run(fd, 0, line, &a);
	unlink(path);
	assert_int_equal(a.flags, 0);
	assert_string_equal(a.error, want);
	assert_int_equal(a.line, 0);
	close(fd);
	router_down();
}

static const struct {
	const char *text;
	unsigned start;
	const char *word; /* one of the words */
} words[] = {
    {"", 0, "ip"},
    {"/ip fire", 4, "firewall"},
    {"/ip firewall address-list pr", 26, "print"},
    {"/ip firewall filter add act", 24, "action"},
    {"/ip firewall filter add action=dr", 31, "drop"},
};

static void
words_are_offered(void **state)
{
	static char payload[SL_WIRE_REPLY_MAX + 1];
	struct shell_answer a;
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	for (size_t i = 0; i < SL_COUNT_OF(words); i++) {
		uint8_t cursor[SL_WIRE_COMPLETE_LEN];
		bool found = false;
		uint32_t len = 0, at = SL_WIRE_WORDS_LEN;

		sl_wire_put32(cursor, (uint32_t)strlen(words[i].text));
		shell_request(fd, SL_WIRE_COMPLETE, cursor, sizeof(cursor),
		    words[i].text);
		assert_int_equal(
		    shell_frame(fd, payload, sizeof(payload), &len),
		    SL_WIRE_WORDS);
		assert_int_equal(
		    sl_wire_get32((uint8_t *)payload), words[i].start);
		while (at < len) {
			at++; /* the tail */
			found |= !strcmp(payload + at, words[i].word);
			at += (uint32_t)strlen(payload + at) + 1;
			at += (uint32_t)strlen(payload + at) + 1;
		}
		if (!found)
			fail_msg("'%s': no %s", words[i].text, words[i].word);
	}
	close(fd);
	router_down();
}

static void
cancel_ends_a_command(void **state)
{
	static const char *const endless[] = {
	    "/system identity print interval=50ms",
	    "/ip firewall filter print follow",
	    ":while (true) do={}",
	    "/toy row print",
	};
	struct shell_answer a;
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	for (size_t i = 0; i < SL_COUNT_OF(endless); i++) {
		shell_send_run(fd, 0, endless[i]);
		shell_request(fd, SL_WIRE_CANCEL, "", 0, "");
		assert_true(shell_collect(fd, &a));
		assert_false(a.flags & SL_WIRE_OK);
		assert_string_equal(a.error, "interrupted");
	}
	/* A late cancel hits nothing. */
	shell_request(fd, SL_WIRE_CANCEL, "", 0, "");
	run(fd, 0, ":put ok", &a);
	assert_true(a.flags & SL_WIRE_OK);
	assert_string_equal(a.output, "ok\n");
	close(fd);
	router_down();
}

static void
large_prints_stream(void **state)
{
	struct shell_answer a;
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	run(fd, 0, "/toy row print terse where value<=100000", &a);
	assert_true(a.flags & SL_WIRE_OK);
	assert_true(a.output_len > 100000 * strlen("0 value=1"));
	run(fd, 0, "/toy row print count-only where even", &a);
	assert_non_null(strstr(a.output, "500000"));
	close(fd);
	router_down();
}

static void
quit_ends_the_session(void **state)
{
	struct shell_answer a;
	char c;
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = open_shell(&a);
	shell_send_run(fd, SL_WIRE_INTERACTIVE, "/quit");
	assert_true(shell_collect(fd, &a));
	assert_int_equal(a.flags, SL_WIRE_OK | SL_WIRE_QUIT);
	assert_int_equal(recv(fd, &c, 1, 0), 0);
	close(fd);
	router_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_gathered),
	    cmocka_unit_test(imports_say_where),
	    cmocka_unit_test(commands_answer),
	    cmocka_unit_test(menus_are_sticky),
	    cmocka_unit_test(words_are_offered),
	    cmocka_unit_test(cancel_ends_a_command),
	    cmocka_unit_test(large_prints_stream),
	    cmocka_unit_test(quit_ends_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
