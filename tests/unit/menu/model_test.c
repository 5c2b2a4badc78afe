/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <menu/log.h>

#include <base/log.h>

static const struct {
	const char *path, *word;
	enum sl_word want;
	const char *name; /* of the menu or verb */
} meanings[] = {
    {"/", "test", SL_WORD_MENU, "test"},
    {"/", "interf", SL_WORD_MENU, "interface"},
    {"/", "frob", SL_WORD_UNKNOWN, NULL},
    {"/", "s", SL_WORD_AMBIGUOUS, NULL},
    {"/", "exp", SL_WORD_VERB, "export"},
    {"/test", "ru", SL_WORD_MENU, "rule"},
    {"/test/rule", "a", SL_WORD_VERB, "add"},
    {"/test/rule", "pr", SL_WORD_VERB, "print"},
    {"/test/rule", "reset", SL_WORD_VERB, "reset-counters"},
    {"/test/rule", "en", SL_WORD_VERB, "enable"},
    {"/test/rule", "e", SL_WORD_AMBIGUOUS, NULL},
    {"/test/list", "move", SL_WORD_UNKNOWN, NULL},
    {"/test/tracking", "add", SL_WORD_UNKNOWN, NULL},
    {"/test/connection", "remove", SL_WORD_VERB, "remove"},
    {"/ip", "dhcp-server", SL_WORD_MENU, "dhcp-server"},
    {"/ip", "frobnicate", SL_WORD_UNKNOWN, NULL},
    {"/ip/firewall", "layer7", SL_WORD_MENU, "layer7-protocol"},
    {"/ip/dhcp-server", "add", SL_WORD_VERB, "add"},
    {"/ip/dhcp-server", "network", SL_WORD_MENU, "network"},
    {"/ip/dhcp-server", "Bad$", SL_WORD_UNKNOWN, NULL},
    {"/interface/list", "member", SL_WORD_MENU, "member"},
};

static void
test_resolve(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SL_COUNT_OF(meanings); i++) {
		struct sl_meaning m =
		    sl_menu_resolve(sl_model_find(f->model, meanings[i].path),
			meanings[i].word);
		const char *name = m.word == SL_WORD_MENU   ? m.menu->name
				   : m.word == SL_WORD_VERB ? m.verb
							    : NULL;

		if (m.word != meanings[i].want ||
		    (name && strcmp(name, meanings[i].name) != 0))
			fail_msg("%s %s: %d %s", meanings[i].path,
			    meanings[i].word, (int)m.word, name ? name : "-");
	}
}

/* Skipped menus: no effect, one warning each, interface names learned. */
static void
test_skipped(void **state)
{
	struct fixture *f = *state;
	struct sl_menu *made;

	run_ok(f, "/ip/dhcp-server", "add name=dhcp1 interface=bridge");
	run_ok(f, "/ip/dhcp-server", "add name=dhcp2 interface=bridge");
	assert_int_equal(f->engine.warnings, 1);
	run_ok(f, "/ip/dhcp-server", "find");
	assert_int_equal(f->result.type, SL_VALUE_ARRAY);
	assert_int_equal(sl_array_len(&f->result), 0);
	made = sl_menu_resolve(
	    sl_model_find(f->model, "/ip/dhcp-server"), "option-matcher")
		   .menu;
	assert_non_null(made);
	assert_string_equal(made->path, "/ip/dhcp-server/option-matcher");
	run_ok(f, made->path, "add name=x");
	assert_int_equal(f->engine.warnings, 2);

	assert_int_not_equal(
	    run(f, "/test/rule", "add chain=input in-interface=iot"), 0);
	run_ok(f, "/interface/vlan", "add name=iot vlan-id=3 interface=ether1");
	run_ok(f, "/test/rule", "add chain=input in-interface=iot");
	run_ok(f, "/test/rule", "add chain=input in-interface=!sfp-sfpplus2");
}

static void
test_interface_lists(void **state)
{
	static const struct {
		const char *list, *interface;
		bool want;
	} table[] = {
	    {"WAN", "wan", true},
	    {"WAN", "lan", false},
	    {"LAN", "lan", true},
	    {"BOTH", "wan", true},
	    {"BOTH", "lan", true},
	    {"NOTWAN", "lan", true},
	    {"NOTWAN", "wan", false},
	    {"KEPT", "wan", true}, /* excluded, but a member of its own */
	    {"all", "lan", true},
	    {"all", "nope", false},
	    {"static", "lan", true},
	    {"none", "lan", false},
	    {"dynamic", "lan", false},
	    {"NOPE", "lan", false},
	};
	struct fixture *f = *state;

	run_ok(f, "/interface/list", "add name=WAN");
	run_ok(f, "/interface/list", "add name=LAN");
	run_ok(f, "/interface/list/member", "add list=WAN interface=wan");
	run_ok(f, "/interface/list/member", "add list=LAN interface=lan");
	run_ok(f, "/interface/list", "add name=BOTH include=LAN,WAN");
	run_ok(f, "/interface/list", "add name=NOTWAN include=all exclude=WAN");
	run_ok(f, "/interface/list", "add name=KEPT include=all exclude=WAN");
	run_ok(f, "/interface/list/member", "add list=KEPT interface=wan");
	for (size_t i = 0; i < SL_COUNT_OF(table); i++)
		if (sl_interface_list_has(f->model, table[i].list,
			table[i].interface) != table[i].want)
			fail_msg("%s %s", table[i].list, table[i].interface);
	assert_int_equal(
	    run(f, "/interface/list", "set LAN include=BOTH"), -ELOOP);
	assert_int_equal(
	    run(f, "/interface/list/member", "add list=WAN interface=wan"),
	    -EEXIST);
	run_ok(f, "/interface/list/member", "disable 0");
	assert_false(sl_interface_list_has(f->model, "WAN", "wan"));
	assert_true(sl_interface_list_has(f->model, "NOTWAN", "wan"));
	run_ok(f, "/test/rule", "add chain=input in-interface-list=!LAN");
}

static void
count_change(void *arg)
{
	(*(unsigned *)arg)++;
}

static void
test_interface_names(void **state)
{
	static const struct {
		const char *name;
		bool shaped;
	} table[] = {
	    {"ether1", true},
	    {"ether24", true},
	    {"sfp-sfpplus1", true},
	    {"wlan2", true},
	    {"qsfp28-1-1", true},
	    {"bridge", true},
	    {"ether", false},
	    {"ether1x", false},
	    {"sfp-", false},
	    {"foo1", false},
	};
	struct sl_interface_names *names = sl_interface_names_new();
	unsigned changes = 0;

	(void)state;
	sl_interface_names_listen(names, count_change, &changes);
	for (size_t i = 0; i < SL_COUNT_OF(table); i++)
		if (table[i].shaped !=
		    (sl_interface_names_sources(names, table[i].name) ==
			SL_INTERFACE_SHAPED))
			fail_msg("%s", table[i].name);
	sl_interface_names_add(names, "b", SL_INTERFACE_NETDEV);
	sl_interface_names_add(names, "a", SL_INTERFACE_NETDEV);
	sl_interface_names_add(names, "a", SL_INTERFACE_CONFIG);
	assert_int_equal(changes, 2);
	sl_interface_names_remove(names, "a", SL_INTERFACE_NETDEV);
	assert_int_equal(
	    sl_interface_names_sources(names, "a"), SL_INTERFACE_CONFIG);
	assert_int_equal(changes, 2);
	sl_interface_names_remove(names, "a", SL_INTERFACE_CONFIG);
	assert_int_equal(sl_interface_names_sources(names, "a"), 0);
	assert_int_equal(changes, 3);
	sl_interface_names_free(names);
}

struct words {
	char text[1024];
};

static void
collect(const char *word, const char *help, void *arg)
{
	struct words *w = arg;
	size_t n = strlen(w->text);

	(void)help;
	snprintf(w->text + n, sizeof(w->text) - n, "%s ", word);
}

static void
test_completion(void **state)
{
	struct fixture *f = *state;
	struct sl_menu *rule = sl_model_find(f->model, "/test/rule");
	struct words w;

	w.text[0] = '\0';
	sl_menu_each_word(
	    sl_model_find(f->model, "/interface/list"), collect, &w);
	assert_string_equal(w.text,
	    "member add comment export find get print remove set unset ");
	w.text[0] = '\0';
	sl_command_each_arg(rule, "move", collect, &w);
	assert_string_equal(w.text, "numbers destination ");
	w.text[0] = '\0';
	sl_command_each_value(rule, "add", "act", collect, &w);
	assert_string_equal(w.text, "accept drop jump log reject ");
	w.text[0] = '\0';
	sl_command_each_value(rule, "set", "in-interface", collect, &w);
	assert_string_equal(w.text, "lan wan ");
	w.text[0] = '\0';
	sl_command_each_value(sl_model_find(f->model, "/test/port"), "set",
	    "numbers", collect, &w);
	assert_string_equal(w.text, "eth0 eth1 ");
}

/* Whatever is registered, the tables make a model. */
static void
test_system(void **state)
{
	static const struct sl_menu_def *const defs[] = {
	    &sl_menu_system_identity, &sl_menu_system_resource, &sl_menu_log,
	    NULL};
	struct fixture *f = *state;
	uint64_t seq;

	sl_model_free(f->model);
	f->model = sl_model_new(defs, NULL, &f->err);
	assert_non_null(f->model);
	run_ok(f, "/system/identity", "set name=gw");
	assert_string_equal(sl_system_identity(f->model), "gw");
	sl_clock_set(sl_now_ns() + 3661 * SL_NS_PER_SEC);
	run_ok(f, "/system/resource", "get uptime");
	assert_string_equal(result_text(f), "1h1m1s");
	run_ok(f, "/system/resource", "get total-memory");
	assert_true(f->result.num > 1 << 20);
	run_ok(f, "/system/resource", "print");
	assert_non_null(strstr(f->text.s, "cpu-count: "));
	assert_non_null(strstr(f->text.s, "version: " SLUICE_VERSION "\n"));

	sl_log_set_stderr_level(SL_LOG_ERROR);
	run_ok(f, "/log", "info hello");
	run_ok(f, "/log", "warning message=danger");
	run_ok(f, "/log", "print");
	assert_string_equal(
	    sl_text_str(&f->text) + sizeof("2024-01-01 01:01:01"),
	    "script,info hello\n2024-01-01 01:01:01 script,warning danger\n");
	run_ok(f, "/log", "find");
	seq = sl_array_at(&f->result, 1)->id;
	assert_int_equal(seq, 2);
	run_ok(f, "/log", "get *2 message");
	assert_string_equal(result_text(f), "danger");
}

int
main(void)
{
#define T(fn)                                                                  \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_resolve),
	    T(test_skipped),
	    T(test_interface_lists),
	    T(test_interface_names),
	    T(test_completion),
	    T(test_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
