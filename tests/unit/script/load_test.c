/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: all mistakes are named, and then nothing is applied. */
#include <script/session.h>

#include <base/role.h>
#include <script/blame.h>

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "configs.h"
#include "toy.h"

/* Loads a text; the errors as "LINE:COLUMN text" lines. */
static int
load(struct toy *toy, const char *text, size_t len, struct sl_text *errors)
{
	struct sl_errors list = {0};
	struct sl_err err = {0};
	struct sl_session *s = sl_session_new(toy->model, &toy->out, &err);
	int rc;

	assert_non_null(s);
	rc = sl_session_load_text(s, text, len, "x.rsc", &list);
	assert_int_equal(rc != 0, list.total != 0);
	for (size_t i = 0; i < list.n; i++) {
		assert_string_equal(list.list[i].place.file, "x.rsc");
		sl_text_printf(errors, "%u:%u %s\n", list.list[i].place.line,
		    list.list[i].place.column, list.list[i].text);
	}
	sl_errors_fini(&list);
	sl_session_free(s);
	return rc;
}

#define FILTER "/ip firewall filter\n"

static const struct {
	const char *text, *errors;
	size_t filters; /* afterwards */
} rows[] = {
    {FILTER "add chain=input\nadd chain=forward\n", "", 2},
    {FILTER "add chain=input action=masquarade\n"
	    "add chain=input dst-port=70000\n"
	    "add chain=input\n"
	    "add chain=x actoin=drop\n",
	"2:17 input does not match any value of action\n"
	"3:17 value of range out of range (0..65535)\n"
	"5:13 expected end of command\n",
	0},
    /* in blocks, too; but what is caught is no mistake */
    {FILTER "{\nadd chain=a foo=1\nadd chain=b\n:put $x\n}\n"
	    "/ip firewall { filter add bar=2; nat { add baz=3 } }\nadd x=1\n",
	"3:13 expected end of command\n5:6 unknown variable x\n"
	"7:27 expected end of command\n7:44 expected end of command\n"
	"8:5 expected end of command\n",
	0},
    {FILTER ":do { { add foo=1 } ; add chain=no } on-error={ add chain=a }\n",
	"", 1},
    /* the rest of a menu that does not exist is not wrong again */
    {"/ip firewall fitler\nadd chain=a\nset 0 b=c\n"
     "/ip firewall filter\nadd x=1\n",
	"1:14 bad command name fitler\n5:5 expected end of command\n", 0},
    {FILTER "add chain=a comment=\"open\nadd chain=\n:foo\n",
	"2:21 missing closing quote\n"
	"3:1 missing value(s) of argument(s) chain\n"
	"4:1 bad command name foo\n",
	0},
    {":local x [/ip firewall filter get *9 chain]\n:put $x\n",
	"1:35 no such item\n", 0},
    {FILTER ":if (true) do={\n  add chain=a\n  add chain=b y=1\n}\n",
	"4:15 expected end of command\n", 0},
    {FILTER "add chain=a;\nset [find chain=a] comment=b;;\n"
	    "remove [find comment=nope]\n",
	"", 1},
    {FILTER "# add chain=x \\\nadd chain=a comment=\"#\"\n"
	    "  # another\n;# third\n",
	"", 1},
    {FILTER "add chain=a src-address=1.2.3.4 \\\n    comment=b "
	    "dst-port=99999\n",
	"3:15 value of range out of range (0..65535)\n", 0},
    {"", "", 0},
};

static void
mistakes_are_collected(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_text errors = {0};
		struct toy toy;

		assert_true(toy_open(&toy));
		load(&toy, rows[i].text, strlen(rows[i].text), &errors);
		wrong += toy_differs(
		    rows[i].text, sl_text_str(&errors), rows[i].errors);
		assert_int_equal(
		    toy_count(&toy, "/ip/firewall/filter"), rows[i].filters);
		assert_int_equal(toy.applied > 0, rows[i].filters > 0);
		sl_text_free(&errors);
		toy_close(&toy);
	}
	assert_int_equal(wrong, 0);
}

static void
manual_names_its_open_quote(void **state)
{
	static const char open[] = "comment=\"Allow";
	const char *at = strstr(config_manual, open) + 8;
	struct sl_text errors = {0};
	char fixed[sizeof(config_manual) + 1];
	const char *end = strchr(at, '\n');
	size_t column = 1, before = (size_t)(end - config_manual);
	char want[64];
	struct toy toy;

	(void)state;
	while (at[-(long)column] != '\n')
		column++;
	snprintf(want, sizeof(want), "3:%zu missing closing quote\n", column);
	assert_true(toy_open(&toy));
	assert_int_not_equal(
	    load(&toy, config_manual, sizeof(config_manual) - 1, &errors), 0);
	assert_string_equal(sl_text_str(&errors), want);
	assert_int_equal(toy_count(&toy, "/ip/firewall/filter"), 0);

	/* With the quote closed, all four rules load. */
	snprintf(
	    fixed, sizeof(fixed), "%.*s\"%s", (int)before, config_manual, end);
	sl_text_clear(&errors);
	assert_int_equal(load(&toy, fixed, strlen(fixed), &errors), 0);
	assert_int_equal(toy_count(&toy, "/ip/firewall/filter"), 4);
	sl_text_free(&errors);
	toy_close(&toy);
}

static void
check_factory(const char *text, size_t len)
{
	static const char ask[] =
	    "/ip firewall filter\n"
	    ":put [find comment~\"^defconf: accept established\"]\n"
	    ":put [get [find in-interface-list=!LAN] comment]\n"
	    ":put [get [find action=fasttrack-connection] "
	    "connection-state]\n"
	    ":put [/ip address get [find interface=bridge] network]\n";
	struct sl_text errors = {0};
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;

	assert_true(toy_open(&toy));
	load(&toy, text, len, &errors);
	assert_string_equal(sl_text_str(&errors), "");
	assert_int_equal(toy_count(&toy, "/ip/firewall/filter"), 11);
	assert_int_equal(toy_count(&toy, "/ip/firewall/nat"), 1);
	assert_int_equal(toy_count(&toy, "/interface/list/member"), 2);
	/* One warning for each menu without effect. */
	assert_non_null(strstr(sl_text_str(&toy.warnings), "dhcp-server"));
	s = sl_session_new(toy.model, &toy.out, &err);
	sl_session_run(s, ask, sizeof(ask) - 1, NULL, &err);
	assert_string_equal(err.text, "");
	assert_string_equal(sl_text_str(&toy.text),
	    "*1;*9\ndefconf: drop all not coming from LAN\n"
	    "established;related\n192.168.88.0\n");
	sl_session_free(s);
	sl_text_free(&errors);
	toy_close(&toy);
}

static void
factory_config_loads(void **state)
{
	char dos[2 * sizeof(config_factory)], mac[sizeof(config_factory)];
	size_t n = 0;

	(void)state;
	check_factory(config_factory, sizeof(config_factory) - 1);
	for (size_t i = 0; i < sizeof(config_factory) - 1; i++) {
		mac[i] = config_factory[i];
		if (mac[i] == '\n') {
			mac[i] = '\r';
			dos[n++] = '\r';
		}
		dos[n++] = config_factory[i];
	}
	check_factory(dos, n);
	check_factory(mac, sizeof(config_factory) - 1);
}

static void
skipped_menus_warn_once(void **state)
{
	static const char text[] =
	    "/ip pool\nadd name=a ranges=1.1.1.1-1.1.1.9\nadd name=b\n"
	    "set [find name=a] x=[/ip pool get nothing] y=$nowhere\n"
	    "/ip pool print where anything=1\n"
	    "/system script add name=s source={ :foo ; { } } \n"
	    "/ip dhcp-server network\nadd address=1.1.1.0/24\n";
	struct sl_text errors = {0};
	struct toy toy;
	unsigned lines = 0;

	(void)state;
	assert_true(toy_open(&toy));
	load(&toy, text, sizeof(text) - 1, &errors);
	assert_string_equal(sl_text_str(&errors), "");
	for (const char *p = sl_text_str(&toy.warnings); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 3);
	sl_text_free(&errors);
	toy_close(&toy);
}

static void
many_lines_load(void **state)
{
	struct sl_text text = {0}, errors = {0};
	struct toy toy;

	(void)state;
	sl_text_adds(&text, "/ip firewall address-list\n");
	for (unsigned i = 0; i < 20000; i++)
		sl_text_printf(&text,
		    "add address=10.%u.%u.0/24 list=blocked\n", i >> 8,
		    i & 255);
	assert_true(toy_open(&toy));
	assert_int_equal(load(&toy, text.s, text.len, &errors), 0);
	assert_int_equal(toy_count(&toy, "/ip/firewall/address-list"), 20000);
	assert_int_equal(toy.applied, 1);
	sl_text_free(&errors);
	sl_text_free(&text);
	toy_close(&toy);
}

/* Writes a file, imports it with 'how', and compares what was said. */
static void
import(const char *text, const char *how, const char *out, const char *error,
    size_t filters)
{
	char path[] = "/tmp/sluice-import-XXXXXX", line[128];
	int fd = mkstemp(path);
	struct sl_err err = {0};
	struct sl_session *s;
	unsigned wrong = 0;
	struct toy toy;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, &toy.out, &err);
	snprintf(line, sizeof(line), "/import file=%s %s", path, how);
	sl_session_run(s, line, strlen(line), NULL, &err);
	wrong += toy_differs(text, err.text, error);
	if (out)
		wrong += toy_differs(text, sl_text_str(&toy.text), out);
	assert_int_equal(toy_count(&toy, "/ip/firewall/filter"), filters);
	sl_session_free(s);
	toy_close(&toy);
	unlink(path);
	assert_int_equal(wrong, 0);
}

static void
imports_run_files(void **state)
{
	static const char done[] =
	    "Script file loaded and executed successfully\n";

	(void)state;
	import(FILTER "add chain=a\n", "", done, "", 1);
	import(FILTER "add chain=a\n", "dry-run", "", "", 0);
	import(FILTER "add chain=a\nadd x=1\nadd chain=b\n", "", "",
	    "expected end of command", 1);
	import(FILTER "add chain=a\nadd x=1\n:foo\n", "dry-run", NULL,
	    "Script Error: found 2 error(s) in import file", 0);
	import("/ip\n" FILTER "add chain=a\n/ip firewall filter add chain=b\n",
	    "from-line=4", done, "", 1);
	import(":put 1\n", "verbose=yes",
	    ":put 1\n1\nScript file loaded and executed successfully\n", "", 0);
}

static void
recursion_of_imports_ends(void **state)
{
	char path[] = "/tmp/sluice-import-XXXXXX", line[128];
	int fd = mkstemp(path);
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;

	(void)state;
	assert_true(fd >= 0);
	snprintf(line, sizeof(line), "/import file=%s\n", path);
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	close(fd);
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, &toy.out, &err);
	assert_true(sl_session_run(s, line, strlen(line), NULL, &err) < 0);
	assert_string_equal(err.text, "too many imports in each other");
	sl_session_free(s);
	toy_close(&toy);
	unlink(path);
}

static void
files_that_are_none(void **state)
{
	struct sl_errors errors = {0};
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;
	char line[256];

	(void)state;
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, NULL, &err);
	assert_true(sl_session_load_file(s, "/nonexistent.rsc", &errors) < 0);
	assert_true(sl_session_load_file(s, "/tmp", &errors) < 0);
	assert_int_equal(errors.n, 2);
	sl_blame_print(&errors.list[0], line, sizeof(line));
	assert_string_equal(
	    line, "cannot open /nonexistent.rsc: No such file or directory");
	sl_errors_fini(&errors);
	sl_session_free(s);
	toy_close(&toy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mistakes_are_collected),
	    cmocka_unit_test(manual_names_its_open_quote),
	    cmocka_unit_test(factory_config_loads),
	    cmocka_unit_test(skipped_menus_warn_once),
	    cmocka_unit_test(many_lines_load),
	    cmocka_unit_test(imports_run_files),
	    cmocka_unit_test(recursion_of_imports_ends),
	    cmocka_unit_test(files_that_are_none),
	};

	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
