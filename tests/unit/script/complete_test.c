/* SPDX-License-Identifier: Apache-2.0 */
/* What tab offers at the end of a text. */
#include <script/session.h>

#include <base/role.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "toy.h"

static void
add_candidate(const struct sl_candidate *c, void *arg)
{
	struct sl_text *text = arg;

	sl_text_printf(text, "%s%zu:%s%s", text->len ? " " : "", c->from,
	    c->word,
	    c->tail == '='   ? "="
	    : c->tail == ' ' ? "_"
			     : "");
}

static const struct {
	const char *text, *want; /* FROM:WORD, "_" and "=": may follow */
} rows[] = {
    {"/ip fi", "4:firewall_"},
    {"/ip/fi", "4:firewall_"},
    {"/ip firewall n", "13:nat_"},
    {"ip firewall f", "12:filter_"},
    {"/ip firewall filter ad", "20:add_"},
    {"/ip/firewall/filter/ad", "20:add_"},
    {"/ip firewall filter add ac", "24:action="},
    {"/ip firewall filter add action=dr", "31:drop_"},
    {"/ip firewall filter add connection-state=established,inv", "53:invalid"},
    {"/ip firewall filter add connection-nat-state=!ds", "46:dstnat"},
    {"/ip firewall filter add disabled=", "33:no_ 33:yes_"},
    {"/ip firewall filter add chain=input action=dr", "43:drop_"},
    {"/ip firewall filter print where ch", "32:chain"},
    {"/ip firewall filter print where !dis", "33:disabled"},
    {"/ip firewall filter print where action=j", "39:jump_"},
    {"/ip firewall filter remove [find com", "33:comment"},
    {"/ip firewall filter set [find chain=input] act", "43:action="},
    {":put [/ip firewall nat pr", "23:print_"},
    {"/ip firewall service-port set f", "30:ftp_"},
    {":fore", "1:foreach_"},
    {":put 1; /sys", "9:system_"},
    {"imp", "0:import_"},
    {"{ /ip add", "6:address_"},
    {"/ip firewall filter add comment=\"ac", ""},
    {"/nowhere ac", ""},
};

static void
words_are_offered(void **state)
{
	static const char before[] = "/ip firewall service-port add name=ftp";
	unsigned wrong = 0;
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;

	(void)state;
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, &toy.out, &err);
	sl_session_run(s, before, sizeof(before) - 1, NULL, &err);
	assert_string_equal(err.text, "");
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_text got = {0};

		sl_session_complete(
		    s, rows[i].text, strlen(rows[i].text), add_candidate, &got);
		wrong +=
		    toy_differs(rows[i].text, sl_text_str(&got), rows[i].want);
		sl_text_free(&got);
	}
	sl_session_free(s);
	toy_close(&toy);
	assert_int_equal(wrong, 0);
}

static void
current_menu_counts(void **state)
{
	struct sl_text got = {0};
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;

	(void)state;
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, &toy.out, &err);
	sl_session_run(s, "/ip firewall", 12, NULL, &err);
	sl_session_complete(s, "ser", 3, add_candidate, &got);
	assert_string_equal(sl_text_str(&got), "0:service-port_");
	sl_text_free(&got);
	sl_session_free(s);
	toy_close(&toy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_offered),
	    cmocka_unit_test(current_menu_counts),
	};

	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
